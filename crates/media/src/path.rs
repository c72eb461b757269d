//! The absolute path of an entry inside its place.
//!
//! A path is kept as the drive spells it, decoded, with `/` between the names. It never holds an
//! empty name, `.`, `..`, a NUL or a control character, so it can be joined onto a drive's root
//! without being able to leave it.

use std::fmt;

/// An absolute, normal path inside a place. `/` is the place itself.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryPath(String);

/// Why a text is not an [`EntryPath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A name is `.` or `..`.
    #[error("a path may not contain “.” or “..” as a name")]
    Relative,
    /// A NUL, a line break or another control character stands in a name.
    #[error("a path may not contain control characters")]
    Control,
    /// More than [`EntryPath::MAX_BYTES`].
    #[error("the path is too long")]
    TooLong,
}

impl EntryPath {
    /// Longest path that is accepted, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 4096;

    /// The root of a place.
    pub fn root() -> Self {
        EntryPath("/".to_owned())
    }

    /// Reads a decoded path. A missing leading slash is added, repeated and trailing ones are dropped.
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

    /// The path as text, always beginning with `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the place itself.
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }

    /// The last name, empty for the root.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or("")
    }

    /// The names from the root down; none for the root.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|name| !name.is_empty())
    }

    /// The folder that holds this entry; `None` for the root.
    pub fn parent(&self) -> Option<EntryPath> {
        if self.is_root() {
            return None;
        }
        match self.0.rfind('/') {
            Some(0) | None => Some(Self::root()),
            Some(cut) => Some(EntryPath(self.0[..cut].to_owned())),
        }
    }

    /// The path of `name` inside this folder.
    pub fn join(&self, name: &str) -> Result<EntryPath, PathError> {
        Self::parse(&format!("{}/{name}", self.0))
    }

    /// Whether `self` is `other` or lies below it.
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
