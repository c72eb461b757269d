//! Serialization of secrets that are stored: exposed, by an explicit attribute on the field (`#[serde(with =
//! "secret_serde")]`).

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A field that holds secrets.
pub(crate) trait Secret: Sized {
    type Exposed<'a>: Serialize
    where
        Self: 'a;
    type Read: for<'de> Deserialize<'de>;

    fn expose(&self) -> Self::Exposed<'_>;
    fn hide(read: Self::Read) -> Self;
}

impl Secret for SecretString {
    type Exposed<'a> = &'a str;
    type Read = String;

    fn expose(&self) -> &str {
        self.expose_secret()
    }

    fn hide(read: String) -> Self {
        read.into()
    }
}

impl Secret for Option<SecretString> {
    type Exposed<'a> = Option<&'a str>;
    type Read = Option<String>;

    fn expose(&self) -> Option<&str> {
        self.as_ref().map(|secret| secret.expose_secret())
    }

    fn hide(read: Option<String>) -> Self {
        read.map(SecretString::from)
    }
}

impl Secret for Vec<(String, SecretString)> {
    type Exposed<'a> = Vec<(&'a str, &'a str)>;
    type Read = Vec<(String, String)>;

    fn expose(&self) -> Vec<(&str, &str)> {
        let pairs = self.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.expose_secret()))
            .collect()
    }

    fn hide(read: Vec<(String, String)>) -> Self {
        let pairs = read.into_iter();
        pairs.map(|(name, value)| (name, value.into())).collect()
    }
}

pub(crate) fn serialize<T: Secret, S: Serializer>(secret: &T, to: S) -> Result<S::Ok, S::Error> {
    secret.expose().serialize(to)
}

pub(crate) fn deserialize<'de, T: Secret, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    T::Read::deserialize(from).map(T::hide)
}
