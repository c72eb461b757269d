//! The URIs by which the upstream names files: `cloudreve://my/Films/a%20b.mp4` for the account's own,
//! `cloudreve://{share}:{password}@share/…` for a share (document section 3).
//!
//! Such a URI may contain the password of a share, so it is as secret as one: it is never logged.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use media::EntryPath;

/// Characters that `encodeURIComponent` does not encode.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The root of a tree of files.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum UriRoot {
    /// The account's own files.
    My,
    /// The account's deleted files, a flat list.
    Trash,
    /// The content of a share.
    Share {
        id: String,
        password: Option<String>,
    },
}

impl UriRoot {
    /// Returns the URI of an entry below this root.
    pub(crate) fn uri(&self, path: &EntryPath) -> String {
        let root = match self {
            UriRoot::My => "cloudreve://my".to_owned(),
            UriRoot::Trash => "cloudreve://trash".to_owned(),
            UriRoot::Share { id, password: None } => format!("cloudreve://{id}@share"),
            UriRoot::Share {
                id,
                password: Some(password),
            } => format!("cloudreve://{id}:{}@share", component(password)),
        };
        below(&root, path)
    }

    /// Returns the path of the entry with a URI below this root; `None` if it is elsewhere.
    pub(crate) fn path(&self, uri: &str) -> Option<EntryPath> {
        let rest = uri.strip_prefix("cloudreve://")?;
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) => (authority, path),
            None => (rest, ""),
        };
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (user, host),
            None => ("", authority),
        };
        let id = user.split(':').next().unwrap_or_default();
        let is_here = match self {
            UriRoot::My => host.eq_ignore_ascii_case("my"),
            UriRoot::Trash => host.eq_ignore_ascii_case("trash"),
            UriRoot::Share { id: own, .. } => host.eq_ignore_ascii_case("share") && id == own,
        };
        let mut text = String::with_capacity(path.len() + 1);
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let name = percent_decode_str(name).decode_utf8().ok()?;
            // Encoded, it would be part of a name, and no name contains a slash.
            if name.contains('/') {
                return None;
            }
            text.push('/');
            text.push_str(&name);
        }
        is_here.then(|| EntryPath::parse(&text).ok()).flatten()
    }
}

/// Returns the URI of `path` below the URI `root`.
pub(crate) fn below(root: &str, path: &EntryPath) -> String {
    let mut uri = root.trim_end_matches('/').to_owned();
    for name in path.names() {
        uri.push('/');
        uri.push_str(&component(name));
    }
    uri
}

/// Encodes a text for use in a URI or a query.
pub(crate) fn component(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> EntryPath {
        EntryPath::parse(text).unwrap()
    }

    #[test]
    fn addresses_there_and_back() {
        let share = |password: Option<&str>| UriRoot::Share {
            id: "VoMFL".to_owned(),
            password: password.map(str::to_owned),
        };
        let cases = [
            (UriRoot::My, "/", "cloudreve://my"),
            (
                UriRoot::My,
                "/A b/#1 100% +&.mp4",
                "cloudreve://my/A%20b/%231%20100%25%20%2B%26.mp4",
            ),
            (UriRoot::My, "/映画", "cloudreve://my/%E6%98%A0%E7%94%BB"),
            (share(None), "/x", "cloudreve://VoMFL@share/x"),
            (
                share(Some("2rje2bdj")),
                "/clip 12.mp4",
                "cloudreve://VoMFL:2rje2bdj@share/clip%2012.mp4",
            ),
            (
                share(Some("a:b@c")),
                "/",
                "cloudreve://VoMFL:a%3Ab%40c@share",
            ),
        ];
        for (root, text, uri) in cases {
            assert_eq!(root.uri(&path(text)), uri);
            assert_eq!(root.path(uri), Some(path(text)), "{uri}");
        }
    }

    #[test]
    fn what_lies_elsewhere_has_no_path_here() {
        let share = UriRoot::Share {
            id: "VoMFL".to_owned(),
            password: None,
        };
        // The server writes the password into its replies, for any caller.
        assert_eq!(
            share.path("cloudreve://VoMFL:pw@share/a/"),
            Some(path("/a"))
        );
        assert_eq!(UriRoot::My.path("cloudreve://my/"), Some(path("/")));
        assert_eq!(
            UriRoot::My.path("cloudreve://MY/a?name=x"),
            Some(path("/a"))
        );
        for other in [
            "cloudreve://trash/a",
            "cloudreve://VoMFL@share/a",
            "https://my/a",
            "cloudreve://my/a%2Fb",
            "cloudreve://my/%2e%2e/b",
        ] {
            assert_eq!(UriRoot::My.path(other), None, "{other}");
        }
        assert_eq!(share.path("cloudreve://Other@share/a"), None);
    }
}
