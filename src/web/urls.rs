//! Builds the URLs of this server, and parses the paths of incoming ones.
//!
//! Every URL is built here. Paths are encoded name by name, leaving only letters, digits and `-._~` as they
//! are, since players disagree about all else.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use media::{EntryPath, Place};

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Builds the URLs of this server.
#[derive(Debug, Clone)]
pub struct UrlBuilder {
    /// The base path before every path: empty, or such as `/drive-in`.
    base_path: String,
    /// Scheme and authority of `public_url`; `None` if it is not set.
    public_origin: Option<String>,
    /// The authority for clients that use a host name that is not trusted.
    fallback: String,
}

impl UrlBuilder {
    /// Returns a builder for URLs below `public_url` or, without one, below the host by which the client
    /// reached the server that listens at `listen`.
    pub fn new(public_url: Option<&Url>, listen: SocketAddr) -> Self {
        UrlBuilder {
            base_path: public_url.map_or(String::new(), |url| {
                url.path().trim_end_matches('/').to_owned()
            }),
            public_origin: public_url.map(|url| url.origin().ascii_serialization()),
            fallback: if listen.ip().is_unspecified() {
                format!("localhost:{}", listen.port())
            } else {
                listen.to_string()
            },
        }
    }

    /// Returns the base path, without a trailing slash.
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// Returns a URL from the root of the host: `/drive-in` + `path`.
    pub fn local(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }

    /// Returns the URL of an entry's page: `/drive-in/browse/films/a%20b`.
    pub fn of_entry(&self, page: &str, place: &Place, path: &EntryPath) -> String {
        format!("{}/{page}/{place}{}", self.base_path, encode_path(path))
    }

    /// Returns the play URL of an entry, from the root of the host; its streams are below it.
    pub fn play(&self, ticket: &str, place: &Place, path: &EntryPath) -> String {
        format!(
            "{}/play/{ticket}/{place}{}",
            self.base_path,
            encode_path(path)
        )
    }

    /// Returns the account page of a drive: `/drive-in/account/films`.
    pub fn account(&self, place: &Place) -> String {
        self.local(&format!("/account/{place}"))
    }

    /// Returns scheme and authority of `public_url`; `None` if it is not set.
    pub fn public_origin(&self) -> Option<&str> {
        self.public_origin.as_deref()
    }

    /// Returns the guest page of an entry, from the root of the host.
    pub fn guest(&self, ticket: &str, place: &Place, path: &EntryPath) -> String {
        format!(
            "{}/guest/{ticket}/{place}{}",
            self.base_path,
            encode_path(path)
        )
    }

    /// Returns the origin that makes a URL absolute: that of `public_url`. Without one, the host that the
    /// client used, if it is an IP or a name of a home network; any other name may belong to a stranger,
    /// and is used only if `public_url` names it.
    pub fn origin(&self, headers: &HeaderMap) -> String {
        if let Some(origin) = &self.public_origin {
            return origin.clone();
        }
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .filter(|host| is_local_name(host));
        format!("http://{}", host.unwrap_or(&self.fallback))
    }
}

/// Percent-encodes a path; empty for the root.
pub fn encode_path(path: &EntryPath) -> String {
    path.names()
        .map(|name| format!("/{}", encode_name(name)))
        .collect()
}

/// Percent-encodes one name.
pub fn encode_name(name: &str) -> String {
    utf8_percent_encode(name, PLAIN).to_string()
}

/// Parses `{place}/{path}`, percent-encoded, name by name: an encoded slash never becomes a separator.
/// `None` if it is malformed.
pub fn parse_location(encoded: &str) -> Option<(Place, EntryPath)> {
    let (place, rest) = encoded.split_once('/').unwrap_or((encoded, ""));
    Some((Place::parse(&decode_name(place)?).ok()?, parse_path(rest)?))
}

/// Parses a percent-encoded path, name by name. `None` if it is malformed.
pub fn parse_path(encoded: &str) -> Option<EntryPath> {
    let mut path = String::new();
    for name in encoded.split('/') {
        let name = decode_name(name)?;
        if name.contains('/') {
            return None;
        }
        path.push('/');
        path.push_str(&name);
    }
    EntryPath::parse(&path).ok()
}

fn decode_name(name: &str) -> Option<String> {
    Some(percent_decode_str(name).decode_utf8().ok()?.into_owned())
}

/// Returns true if an authority is an IP, or a name that cannot be registered in the public DNS: one
/// without a dot, or below a domain reserved for home networks (RFC 6761, 6762, 8375).
fn is_local_name(authority: &str) -> bool {
    const HOME: [&str; 6] = [
        ".localhost",
        ".local",
        ".lan",
        ".home",
        ".internal",
        ".home.arpa",
    ];
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, "0"),
    };
    if authority.len() >= 256 || port.parse::<u16>().is_err() {
        return false;
    }
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let is_name = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let lower = host.to_ascii_lowercase();
    is_name
        && (host.parse::<Ipv4Addr>().is_ok()
            || !lower.contains('.') && lower.bytes().any(|byte| byte.is_ascii_alphabetic())
            || HOME.iter().any(|domain| lower.ends_with(domain)))
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
            let text = format!("films{}", encode_path(&path));
            assert!(
                text.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~%/".contains(&b)),
                "{text}"
            );
            assert_eq!(
                parse_location(&text),
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
            assert_eq!(parse_location(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_public_url_comes_before_the_host_header() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "nas.local:7373".parse().unwrap());
        let listen = "0.0.0.0:7373".parse().unwrap();
        let own = UrlBuilder::new(None, listen);
        assert_eq!(own.origin(&headers), "http://nas.local:7373");
        assert_eq!(own.local("/status"), "/status");
        let url = Url::parse("https://films.example.org/drive-in/").unwrap();
        let public = UrlBuilder::new(Some(&url), listen);
        assert_eq!(public.origin(&headers), "https://films.example.org");
        assert_eq!(public.local("/status"), "/drive-in/status");
        let of_home = [
            "192.168.1.5:7373",
            "127.0.0.1",
            "[::1]:7373",
            "[fd00::5]",
            "localhost:7373",
            "nas",
            "NAS.lan",
            "tv.home.arpa:80",
        ];
        for host in of_home {
            headers.insert(header::HOST, host.parse().unwrap());
            assert_eq!(own.origin(&headers), format!("http://{host}"));
        }
        let anybodys = [
            "evil.example",
            "evil.example:7373",
            "192.168.1.5.evil.example",
            "local",
            "2130706433",
            "a\"b",
            "",
            "nas:port",
            "nas@evil.example",
            "[::1",
            "[evil.example]",
            "xn--nas.local.evil.example",
        ];
        for host in anybodys {
            headers.insert(header::HOST, host.parse().unwrap());
            let found = own.origin(&headers);
            let expected = match host {
                // A name without a dot is resolved by the home network.
                "local" => "http://local",
                _ => "http://localhost:7373",
            };
            assert_eq!(found, expected, "{host}");
        }
        let here = UrlBuilder::new(None, "192.168.1.5:80".parse().unwrap());
        assert_eq!(here.origin(&headers), "http://192.168.1.5:80");
    }
}
