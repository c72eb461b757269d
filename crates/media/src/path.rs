//! The absolute path of an entry inside of its place.
//!
//! A path is decoded and spelled as on the drive, with `/` between names. It never contains an empty name,
//! `.`, `..`, a NUL or a control character, so it can be appended to a drive's root without leaving it.

use std::fmt;

/// An absolute, normalised path inside of a place. `/` is the root.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryPath(String);

/// The reason why a text is not an [`EntryPath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A name is `.` or `..`.
    #[error("a path may not contain “.” or “..” as a name")]
    Relative,
    /// A name contains a NUL, a line break or another control character.
    #[error("a path may not contain control characters")]
    Control,
    /// Longer than [`EntryPath::MAX_BYTES`].
    #[error("the path is too long")]
    TooLong,
}

impl EntryPath {
    /// The maximum length in bytes of UTF-8.
    pub const MAX_BYTES: usize = 4096;

    /// Returns the root of a place.
    pub fn root() -> Self {
        EntryPath("/".to_owned())
    }

    /// Parses a decoded path. A missing leading slash is added; repeated and trailing slashes are dropped.
    ///
    /// # Errors
    ///
    /// Fails if a name is not allowed or the path is too long.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text.len() > Self::MAX_BYTES {
            return Err(PathError::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(PathError::Control);
        }
        let mut path = String::with_capacity(text.len() + 1);
        for name in text.split('/').filter(|name| !name.is_empty()) {
            if name == "." || name == ".." {
                return Err(PathError::Relative);
            }
            path.push('/');
            path.push_str(name);
        }
        if path.is_empty() {
            path.push('/');
        }
        Ok(EntryPath(path))
    }

    /// Returns the path as text, which always begins with `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns true for the root of a place.
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }

    /// Returns the last name; empty for the root.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or("")
    }

    /// Iterates over the names from the root down; none for the root.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|name| !name.is_empty())
    }

    /// Returns the folder that contains this entry; `None` for the root.
    pub fn parent(&self) -> Option<EntryPath> {
        if self.is_root() {
            return None;
        }
        match self.0.rfind('/') {
            Some(0) | None => Some(Self::root()),
            Some(cut) => Some(EntryPath(self.0[..cut].to_owned())),
        }
    }

    /// Returns the path of `name` inside of this folder.
    ///
    /// # Errors
    ///
    /// Fails like [`EntryPath::parse`].
    pub fn join(&self, name: &str) -> Result<EntryPath, PathError> {
        Self::parse(&format!("{}/{name}", self.0))
    }

    /// Returns true if `self` is `other` or lies below it.
    pub fn is_within(&self, other: &EntryPath) -> bool {
        other.is_root()
            || self.0 == other.0
            || self
                .0
                .strip_prefix(other.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
    }
}

impl fmt::Display for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl serde::Serialize for EntryPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_normal_or_refused() {
        let cases: &[(&str, Result<&str, PathError>)] = &[
            ("", Ok("/")),
            ("/", Ok("/")),
            ("a", Ok("/a")),
            ("/a//b/", Ok("/a/b")),
            ("/a b/#1 100% +&?.mp4", Ok("/a b/#1 100% +&?.mp4")),
            ("/映画/🌊.mp4", Ok("/映画/🌊.mp4")),
            ("/...", Ok("/...")),
            ("/a/../b", Err(PathError::Relative)),
            ("..", Err(PathError::Relative)),
            ("/a/./b", Err(PathError::Relative)),
            ("/a\0b", Err(PathError::Control)),
            ("/a\nb", Err(PathError::Control)),
        ];
        for (text, expected) in cases {
            let found = EntryPath::parse(text);
            assert_eq!(
                found.as_ref().map(EntryPath::as_str),
                expected.as_ref().copied(),
                "{text:?}"
            );
        }
        assert_eq!(EntryPath::parse(&"x".repeat(5000)), Err(PathError::TooLong));
    }

    #[test]
    fn parents_names_and_containment() {
        let path = EntryPath::parse("/a/b/c.mp4").unwrap();
        assert_eq!(path.name(), "c.mp4");
        assert_eq!(path.parent().unwrap().as_str(), "/a/b");
        assert_eq!(
            EntryPath::parse("/a").unwrap().parent().unwrap().as_str(),
            "/"
        );
        assert!(EntryPath::root().parent().is_none());
        assert!(path.is_within(&EntryPath::parse("/a/b").unwrap()));
        assert!(path.is_within(&EntryPath::root()));
        assert!(path.is_within(&path));
        assert!(!path.is_within(&EntryPath::parse("/a/b/c").unwrap()));
    }
}
