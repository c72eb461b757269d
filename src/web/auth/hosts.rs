//! The hosts that a request names, and which of them are this machine.

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};

/// Headers by which proxies say for whom they ask.
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

/// Whether a proxy says that it asks for somebody else.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    FORWARDED.iter().any(|name| headers.contains_key(*name))
}

/// The hosts that a request names, without ports and in lower case; `None` for one that makes no sense.
pub(super) fn hosts(headers: &HeaderMap) -> impl Iterator<Item = Option<String>> {
    headers.get_all(header::HOST).iter().map(|value| {
        let authority = Authority::try_from(value.as_bytes()).ok()?;
        let host = authority.host().to_ascii_lowercase();
        Some(host.strip_suffix('.').unwrap_or(&host).to_owned())
    })
}

/// Whether a host is this machine, whoever asks.
pub(super) fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || address(host).is_some_and(|address| address.is_loopback())
}

/// The address that a host is written as; no name can be made to look like one.
pub(super) fn address(host: &str) -> Option<IpAddr> {
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    host.parse().ok()
}
