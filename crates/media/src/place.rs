//! The name of a drive or of an opened share, as in URLs.

use std::fmt;

/// A drive's name (`films`) or a share's (`~1CcI0dJJ2nz`): 1 to 64 characters of `A-Z a-z 0-9 - _`, for a
/// share after a leading `~`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place(String);

/// The error of parsing a [`Place`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a place is 1 to 64 letters, digits, “-” or “_”")]
pub struct PlaceError;

impl Place {
    /// Parses the name of a drive or, with a leading `~`, of a share.
    ///
    /// # Errors
    ///
    /// Fails for other characters or lengths.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let name = text.strip_prefix('~').unwrap_or(text);
        let fits = (1..=64).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if fits {
            Ok(Place(text.to_owned()))
        } else {
            Err(PlaceError)
        }
    }

    /// Returns true if this is an opened share, not a drive.
    pub fn is_share(&self) -> bool {
        self.0.starts_with('~')
    }

    /// Returns the name as in URLs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl serde::Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_short_plain_names() {
        for good in ["films", "NAS-2", "a_b", "~1CcI0dJJ2nz"] {
            assert_eq!(Place::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "~", "a/b", "..", "a b", "ü", "~~x", "a?"] {
            assert!(Place::parse(bad).is_err(), "{bad:?}");
        }
    }
}
