//! Addresses that we hand out, and those that come in.
//!
//! Every address is made here. Paths are encoded name by name, leaving only letters, digits and
//! `-._~` as they are, since players disagree about all else.

use axum::http::{HeaderMap, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use crate::media::{EntryPath, Place};

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Where we live, as the world sees it.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// Before every path of ours: empty, or such as `/drive-in`.
    base_path: String,
    /// Scheme and authority, where the owner told us.
    public_origin: Option<String>,
}

impl Addresses {
    /// Addresses below `public_url`, or below whatever host a viewer used.
    pub fn new(public_url: Option<&Url>) -> Self {
        Addresses {
            base_path: public_url.map_or(String::new(), |url| {
                url.path().trim_end_matches('/').to_owned()
            }),
            public_origin: public_url.map(|url| url.origin().ascii_serialization()),
        }
    }

    /// The path below which we live, without a slash at its end.
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// An address on this server, from the root of the host: `/drive-in` + `path`.
    pub fn local(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }

    /// The same for an entry: `/drive-in/browse/films/a%20b`.
    pub fn of_entry(&self, page: &str, place: &Place, path: &EntryPath) -> String {
        format!("{}/{page}/{place}{}", self.base_path, encoded(path))
    }

    /// The play address of an entry, from the root of the host; the streams are below it.
    pub fn play(&self, ticket: &str, place: &Place, path: &EntryPath) -> String {
        format!("{}/play/{ticket}/{place}{}", self.base_path, encoded(path))
    }

    /// The guest page of an entry, from the root of the host.
    pub fn guest(&self, ticket: &str, place: &Place, path: &EntryPath) -> String {
        format!("{}/guest/{ticket}/{place}{}", self.base_path, encoded(path))
    }

    /// What stands before an address from the root of the host to make it absolute: the configured
    /// origin, or the host that the viewer used.
    pub fn origin(&self, headers: &HeaderMap) -> String {
        if let Some(origin) = &self.public_origin {
            return origin.clone();
        }
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .filter(|host| is_host(host));
        format!("http://{}", host.unwrap_or("localhost"))
    }
}

/// A path as it stands in addresses; empty for the root.
pub fn encoded(path: &EntryPath) -> String {
    path.names()
        .map(|name| format!("/{}", encoded_name(name)))
        .collect()
}

/// One name as it stands in addresses.
pub fn encoded_name(name: &str) -> String {
    utf8_percent_encode(name, PLAIN).to_string()
}

/// Reads `{place}/{path}` as it came in, percent-encoded, name by name: an encoded slash never
/// becomes a border between names.
pub fn read_location(encoded: &str) -> Option<(Place, EntryPath)> {
    let (place, rest) = encoded.split_once('/').unwrap_or((encoded, ""));
    Some((Place::parse(&decoded_name(place)?).ok()?, read_path(rest)?))
}

/// Reads a percent-encoded path, name by name.
pub fn read_path(encoded: &str) -> Option<EntryPath> {
    let mut path = String::new();
    for name in encoded.split('/') {
        let name = decoded_name(name)?;
        if name.contains('/') {
            return None;
        }
        path.push('/');
        path.push_str(&name);
    }
    EntryPath::parse(&path).ok()
}

fn decoded_name(name: &str) -> Option<String> {
    Some(percent_decode_str(name).decode_utf8().ok()?.into_owned())
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() < 256
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']' | b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn awkward_names_survive_the_way_out_and_back() {
        for name in [
            "a b",
            "a+b",
            "a%20b",
            "100%",
            "#1",
            "a&b",
            "a?b",
            "a;b|c",
            "it's \"so\"",
            "映画 🌊",
            "<script>",
            "~",
            "a=b,c",
        ] {
            let path = EntryPath::root()
                .join(name)
                .unwrap()
                .join("film.mp4")
                .unwrap();
            let text = format!("films{}", encoded(&path));
            assert!(
                text.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~%/".contains(&b)),
                "{text}"
            );
            assert_eq!(
                read_location(&text),
                Some((Place::parse("films").unwrap(), path)),
                "{name}"
            );
        }
    }

    #[test]
    fn what_would_leave_its_folder_is_refused() {
        for bad in [
            "films/../x",
            "films/%2e%2e/x",
            "films/%2E./x",
            "films/a%2Fb",
            "films/a%2f..%2fb",
            "films/a%00",
            "films/%0a",
            "films/%ff",
            "fi%20lms/x",
            "/x",
            "%2e%2e/x",
            "films/./x",
        ] {
            assert_eq!(read_location(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_public_url_comes_before_the_host_header() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "nas.local:7373".parse().unwrap());
        let own = Addresses::new(None);
        assert_eq!(own.origin(&headers), "http://nas.local:7373");
        assert_eq!(own.local("/status"), "/status");
        let url = Url::parse("https://films.example.org/drive-in/").unwrap();
        let public = Addresses::new(Some(&url));
        assert_eq!(public.origin(&headers), "https://films.example.org");
        assert_eq!(public.local("/status"), "/drive-in/status");
        headers.insert(header::HOST, "a\"b".parse().unwrap());
        assert_eq!(own.origin(&headers), "http://localhost");
    }
}
