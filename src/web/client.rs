//! The client of a request: its IP, which behind a proxy is in a header, and whether it used https.
//!
//! `X-Forwarded-For` and `X-Forwarded-Proto` are used only if the connection comes from a proxy in
//! `network.trusted_proxies`, since any client can send them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use super::AppState;

/// The client of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientInfo {
    /// The client's own IP.
    pub ip: IpAddr,
    /// True if a trusted proxy reports that the client used https.
    pub is_https: bool,
}

/// The proxies whose forwarding headers are used.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

impl TrustedProxies {
    pub fn new(trusted: Vec<IpNet>) -> Self {
        TrustedProxies(trusted)
    }

    fn trusts(&self, ip: IpAddr) -> bool {
        self.0
            .iter()
            .any(|network| network.contains(&ip.to_canonical()))
    }

    /// Returns the client behind a connection: the last IP of the forwarding chain that is not a trusted
    /// proxy.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientInfo {
        let peer = peer.to_canonical();
        let mut client = ClientInfo {
            ip: peer,
            is_https: false,
        };
        if !self.trusts(peer) {
            return client;
        }
        let lines = || headers.get_all(FORWARDED_FOR).iter().rev();
        let hops = lines()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.rsplit(','))
            .map(|hop| parse_ip(hop.trim()));
        for hop in hops {
            // An unparsable hop ends the chain: the hops before it cannot be trusted.
            let Some(address) = hop else { break };
            client.ip = address;
            if !self.trusts(address) {
                break;
            }
        }
        // The value of the last proxy, if several were joined.
        client.is_https = headers
            .get_all(FORWARDED_PROTO)
            .iter()
            .next_back()
            .and_then(|value| value.to_str().ok()?.rsplit(',').next())
            .is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"));
        client
    }
}

impl ClientInfo {
    /// Returns the client that [`attach`] determined.
    pub fn of(request: &Request) -> Self {
        request
            .extensions()
            .get::<ClientInfo>()
            .copied()
            .unwrap_or(UNKNOWN_CLIENT)
    }
}

/// A client without a connection; only requests made in tests have none.
const UNKNOWN_CLIENT: ClientInfo = ClientInfo {
    ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    is_https: false,
};

/// Determines the client and attaches it to the request.
pub(super) async fn attach(
    State(site): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(UNKNOWN_CLIENT.ip, |ConnectInfo(peer)| peer.ip());
    let client = site.proxies.client(peer, request.headers());
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// Parses `203.0.113.9`, `203.0.113.9:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; `None` for anything else.
fn parse_ip(text: &str) -> Option<IpAddr> {
    let address: Option<IpAddr> = text.parse().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    address
        .or_else(with_port)
        .or_else(in_brackets)
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_behind_a_proxy() {
        let proxies = TrustedProxies::new(vec![
            "127.0.0.1/32".parse().unwrap(),
            "10.0.0.0/8".parse().unwrap(),
        ]);
        let cases: &[(&str, &[&str], &str)] = &[
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &["1.2.3.4, 203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &["203.0.113.9, 10.1.2.3"], "203.0.113.9"),
            (
                "127.0.0.1",
                &["1.2.3.4", "203.0.113.9, 10.1.2.3"],
                "203.0.113.9",
            ),
            ("127.0.0.1", &["10.1.2.3"], "10.1.2.3"),
            ("127.0.0.1", &["203.0.113.9:4711"], "203.0.113.9"),
            ("127.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("127.0.0.1", &["2001:db8::1"], "2001:db8::1"),
            ("127.0.0.1", &["1.2.3.4, nonsense, 10.1.1.1"], "10.1.1.1"),
            ("127.0.0.1", &["unknown"], "127.0.0.1"),
            ("127.0.0.1", &[""], "127.0.0.1"),
            ("::ffff:127.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("198.51.100.7", &["203.0.113.9"], "198.51.100.7"),
            ("::1", &["203.0.113.9"], "::1"),
        ];
        for (peer, lines, expected) in cases {
            let mut headers = HeaderMap::new();
            for line in *lines {
                headers.append(FORWARDED_FOR, line.parse().unwrap());
            }
            let client = proxies.client(peer.parse().unwrap(), &headers);
            assert_eq!(client.ip.to_string(), *expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn https_is_a_trusted_proxys_word() {
        let proxies = TrustedProxies::new(vec!["127.0.0.1/32".parse().unwrap()]);
        let cases = [
            ("127.0.0.1", "https", true),
            ("127.0.0.1", "HTTPS", true),
            ("127.0.0.1", "http, https", true),
            ("127.0.0.1", "https, http", false),
            ("127.0.0.1", "", false),
            ("203.0.113.9", "https", false),
        ];
        for (peer, scheme, expected) in cases {
            let headers = HeaderMap::from_iter([(FORWARDED_PROTO, scheme.parse().unwrap())]);
            let client = proxies.client(peer.parse().unwrap(), &headers);
            assert_eq!(client.is_https, expected, "{peer} {scheme}");
        }
    }
}
