//! Forms in which a name may occur more than once, such as one field for each ticked entry.

use std::collections::BTreeMap;

use secrecy::SecretString;

use crate::web::error::Problem;
use media::{EntryPath, Place};

/// The fields of a form or a query, in their order.
#[derive(Debug, Default)]
pub struct FormFields(Vec<(String, String)>);

impl FormFields {
    /// Parses `application/x-www-form-urlencoded` text.
    pub fn read(text: &[u8]) -> Self {
        FormFields(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// Returns the first value of that name; empty if there is none.
    pub fn one(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// Returns all values of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the first value of each name, as secrets.
    pub fn secrets(self) -> BTreeMap<String, SecretString> {
        let mut secrets = BTreeMap::new();
        for (key, value) in self.0 {
            secrets.entry(key).or_insert_with(|| value.into());
        }
        secrets
    }

    /// Parses the field `place`.
    ///
    /// # Errors
    ///
    /// `not_found` if it is not a place.
    pub fn place(&self) -> Result<Place, Problem> {
        Place::parse(self.one("place")).map_err(|_| Problem::NOT_FOUND)
    }

    /// Parses the path in a field; the root if it is empty.
    ///
    /// # Errors
    ///
    /// `not_found` if it is not a path.
    pub fn path(&self, name: &str) -> Result<EntryPath, Problem> {
        EntryPath::parse(self.one(name)).map_err(|_| Problem::NOT_FOUND)
    }

    /// Returns the chosen entries without duplicates and without the root.
    ///
    /// # Errors
    ///
    /// `not_found` if one is not a path.
    pub fn chosen(&self) -> Result<Vec<EntryPath>, Problem> {
        let mut chosen = Vec::new();
        for text in self.all("path") {
            let path = EntryPath::parse(text).map_err(|_| Problem::NOT_FOUND)?;
            if !path.is_root() && !chosen.contains(&path) {
                chosen.push(path);
            }
        }
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_stand_more_than_once() {
        let fields =
            FormFields::read(b"place=films&path=%2Fa+b&path=%2F&path=%2Fc&path=%2Fc&do=move");
        assert_eq!(fields.one("do"), "move");
        assert_eq!(fields.one("no"), "");
        let chosen: Vec<String> = fields
            .chosen()
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(chosen, ["/a b", "/c"]);
        assert!(FormFields::read(b"path=..").chosen().is_err());
        assert!(FormFields::read(b"place=%2F").place().is_err());
    }
}
