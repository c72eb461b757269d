//! The hosts that a request names, and the ones among them that are this machine.

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};

/// Headers by which a proxy reports the client that it forwards for.
const FORWARDED: [&str; 8] = [
    "cf-connecting-ip",
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
];

/// Returns true if a proxy reports that it forwards for another client.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    FORWARDED.iter().any(|name| headers.contains_key(*name))
}

/// Returns the hosts of a request, without ports and in lower case; `None` for one that cannot be parsed.
pub(super) fn hosts(headers: &HeaderMap) -> impl Iterator<Item = Option<String>> {
    headers.get_all(header::HOST).iter().map(|value| {
        let authority = Authority::try_from(value.as_bytes()).ok()?;
        let host = authority.host().to_ascii_lowercase();
        Some(host.strip_suffix('.').unwrap_or(&host).to_owned())
    })
}

/// Returns true if a host name or IP always means the local machine.
pub(super) fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || ip_of(host).is_some_and(|ip| ip.is_loopback())
}

/// Returns the IP that a host is written as; `None` for a name.
pub(super) fn ip_of(host: &str) -> Option<IpAddr> {
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    host.parse().ok()
}
