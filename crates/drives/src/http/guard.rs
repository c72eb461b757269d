//! The guard of outgoing requests: decides which URLs may be requested.
//!
//! A URL passes if it is http(s), has a host, no user name and no port of another protocol, and if either its
//! host is named in the owner's `allow_hosts` or the IP that is connected to is public. Literal IPs are checked
//! before the request, and names when they are resolved for the connection, so a name cannot be public when it
//! is checked and private when it is used. Nothing here does I/O, and a refusal never repeats the URL.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::ports;

/// Decides which URLs may be requested.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Vec<Allowed>,
}

/// One entry of `allow_hosts`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Allowed {
    /// A name, in lower case and without a dot at its end.
    Name { name: String, port: Option<u16> },
    /// All IPs whose first `prefix` bits are those of `network`.
    Network {
        network: IpAddr,
        prefix: u8,
        port: Option<u16>,
    },
}

/// The reason why a URL may not be requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not a URL.
    #[error("the address makes no sense")]
    Malformed,
    /// Its scheme is not http or https.
    #[error("the address is not http or https")]
    Scheme,
    /// It contains a user name or a password.
    #[error("the address has a user in it")]
    UserInfo,
    /// Its port belongs to another protocol, and the owner did not allow it by name.
    #[error("the address has a port that is not for web servers")]
    Port,
    /// It leads into a private network, and the owner did not allow that host.
    #[error("the address is not a public one and network.allow_hosts does not name it")]
    NotPublic,
}

/// A malformed entry of `allow_hosts`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” in network.allow_hosts is not a host, an address, a network such as 192.168.0.0/16, or one of them with a port"
)]
pub struct AllowedError(pub String);

impl Guard {
    /// Returns a guard that accepts public IPs and the hosts in `allow_hosts`: `nas.local`, `nas.local:8080`,
    /// `192.168.1.5`, `10.0.0.0/8`, `::1`, `[::1]:8080`.
    ///
    /// A name that is listed with a port passes at that port only.
    pub fn new<T: AsRef<str>>(allow_hosts: &[T]) -> Result<Self, AllowedError> {
        let allowed = allow_hosts
            .iter()
            .map(|entry| {
                let entry = entry.as_ref().trim();
                Allowed::parse(entry).ok_or_else(|| AllowedError(entry.to_owned()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Guard { allowed })
    }

    /// Checks a URL before it is requested. A host that is a name may still be refused by [`Guard::permits`]
    /// when it is resolved.
    pub fn check(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInfo);
        }
        let port = url.port_or_known_default();
        let host = url.host().ok_or(Refusal::Malformed)?;
        if port.is_some_and(|port| ports::is_bad(port) && !self.names_port(&host, port)) {
            return Err(Refusal::Port);
        }
        match host {
            Host::Ipv4(address) => self.check_literal(address.into(), port),
            Host::Ipv6(address) => self.check_literal(address.into(), port),
            Host::Domain(name) => self.check_name(name, port),
        }
    }

    /// Returns true if the owner allowed this very port of this host.
    fn names_port(&self, host: &Host<&str>, wanted: u16) -> bool {
        self.allowed.iter().any(|entry| match entry {
            Allowed::Name { name, port } => {
                let is_host = |host: &str| *name == normal_name(host);
                *port == Some(wanted) && matches!(host, Host::Domain(host) if is_host(host))
            }
            Allowed::Network { port, .. } => {
                *port == Some(wanted)
                    && match host {
                        Host::Ipv4(address) => entry.holds((*address).into()),
                        Host::Ipv6(address) => entry.holds((*address).into()),
                        Host::Domain(_) => false,
                    }
            }
        })
    }

    /// Returns true if a connection to `ip`, to which `name` resolved, may be opened.
    pub fn permits(&self, name: &str, ip: IpAddr) -> bool {
        let name = normal_name(name);
        is_public(ip)
            || self.allowed.iter().any(|allowed| match allowed {
                Allowed::Name { name: listed, .. } => *listed == name,
                Allowed::Network { port: Some(_), .. } => false,
                Allowed::Network { .. } => allowed.holds(ip),
            })
    }

    fn check_literal(&self, ip: IpAddr, port: Option<u16>) -> Result<(), Refusal> {
        let allowed = |entry: &Allowed| match entry {
            Allowed::Name { .. } => false,
            Allowed::Network { port: only, .. } => {
                (only.is_none() || *only == port) && entry.holds(ip)
            }
        };
        if is_public(ip) || self.allowed.iter().any(allowed) {
            Ok(())
        } else {
            Err(Refusal::NotPublic)
        }
    }

    /// Checks the port here, since it is not known when the name is resolved.
    fn check_name(&self, name: &str, port: Option<u16>) -> Result<(), Refusal> {
        let name = normal_name(name);
        let mut ports = self
            .allowed
            .iter()
            .filter_map(|entry| match entry {
                Allowed::Name { name: listed, port } if *listed == name => Some(*port),
                _ => None,
            })
            .peekable();
        if ports.peek().is_none() {
            return Ok(());
        }
        if ports.any(|only| only.is_none() || only == port) {
            Ok(())
        } else {
            Err(Refusal::NotPublic)
        }
    }
}

impl Allowed {
    fn parse(entry: &str) -> Option<Self> {
        if let Some((network, prefix)) = entry.split_once('/') {
            let network: IpAddr = unbracketed(network).parse().ok()?;
            let prefix: u8 = prefix.parse().ok()?;
            let bits = if network.is_ipv4() { 32 } else { 128 };
            return (prefix <= bits).then_some(Allowed::Network {
                network,
                prefix,
                port: None,
            });
        }
        let (host, port) = match entry.rsplit_once(':') {
            // More than one colon and no brackets: an IPv6 without a port.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, Some(port.parse().ok()?))
            }
            _ => (entry, None),
        };
        if let Ok(network) = unbracketed(host).parse::<IpAddr>() {
            let prefix = if network.is_ipv4() { 32 } else { 128 };
            return Some(Allowed::Network {
                network,
                prefix,
                port,
            });
        }
        match Host::parse(host).ok()? {
            Host::Domain(name) => Some(Allowed::Name {
                name: normal_name(&name),
                port,
            }),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }

    fn holds(&self, address: IpAddr) -> bool {
        let Allowed::Network {
            network, prefix, ..
        } = self
        else {
            return false;
        };
        let differing = match (network.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                (u32::from(a) ^ u32::from(b)).leading_zeros().min(32) as u8
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                (u128::from(a) ^ u128::from(b)).leading_zeros().min(128) as u8
            }
            _ => return false,
        };
        differing >= *prefix
    }
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

fn normal_name(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// Returns true if an IP belongs to the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    // A cloud's metadata service at a public IP.
    let metadata = address == Ipv4Addr::new(168, 63, 129, 16);
    let reserved = match (a, b, c) {
        (0 | 10 | 127 | 224..=255, _, _) => true,
        (100, 64..=127, _) => true, // carrier-grade NAT
        (169, 254, _) | (192, 168, _) => true,
        (172, 16..=31, _) => true,
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113) => true,
        (198, 18 | 19, _) => true,
        _ => false,
    };
    !reserved && !metadata
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Only 2000::/3 is allocated. That leaves out ::, ::1, ::ffff:0:0/96 (IPv4-mapped), 64:ff9b::/96 (NAT64),
    // fc00::/7, fe80::/10 and ff00::/8.
    let segments = address.segments();
    match (segments[0], segments[1]) {
        (0x2001, 0x0000..=0x01ff | 0x0db8) => false, // Teredo, ORCHID and other protocols; examples
        (0x2002, _) => false,                        // 6to4
        (0x3fff, 0x0000..=0x0fff) => false,          // examples
        (0x2000..=0x3fff, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::spellings::REFUSED;

    fn check(guard: &Guard, url: &str) -> Result<(), Refusal> {
        guard.check(&Url::parse(url).map_err(|_| Refusal::Malformed)?)
    }

    #[test]
    fn spellings_of_addresses_that_a_guard_without_exceptions_judges() {
        let cases: &[(&str, Result<(), Refusal>)] = &[
            ("https://www.terabox.com/x", Ok(())),
            ("http://v1.1024tera.com:8080/", Ok(())),
            ("https://8.8.8.8/", Ok(())),
            ("https://1.1.1.1:444/", Ok(())),
            ("https://[2606:4700::1111]/", Ok(())),
            ("https://172.15.0.1/", Ok(())),
            ("https://172.32.0.1/", Ok(())),
            ("https://100.128.0.1/", Ok(())),
            ("ftp://www.terabox.com/", Err(Refusal::Scheme)),
            ("file:///etc/passwd", Err(Refusal::Scheme)),
            ("https://user@www.terabox.com/", Err(Refusal::UserInfo)),
            ("https://www.terabox.com@127.0.0.1/", Err(Refusal::UserInfo)),
            ("https://", Err(Refusal::Malformed)),
            ("//www.terabox.com/", Err(Refusal::Malformed)),
            ("http://127.0.0.1/", Err(Refusal::NotPublic)),
            ("http://www.terabox.com:25/", Err(Refusal::Port)),
            ("https://8.8.8.8:6667/", Err(Refusal::Port)),
            ("http://127.0.0.1:22/", Err(Refusal::Port)),
        ];
        let guard = Guard::default();
        for (url, expected) in cases {
            assert_eq!(check(&guard, url), *expected, "{url}");
        }
        assert!(REFUSED.len() >= 60);
        for url in REFUSED {
            assert!(check(&guard, url).is_err(), "{url}");
        }
    }

    #[test]
    fn what_the_owner_allows() {
        let cases: &[(&str, &str, bool)] = &[
            ("127.0.0.1", "http://127.0.0.1:18081/", true),
            ("127.0.0.1", "http://127.1/", true),
            ("127.0.0.1", "http://127.0.0.2/", false),
            ("127.0.0.1", "http://[::1]/", false),
            ("127.0.0.1:80", "http://127.0.0.1/", true),
            ("127.0.0.1:8080", "http://127.0.0.1/", false),
            ("10.0.0.0/8", "http://10.9.8.7/", true),
            ("10.0.0.0/8", "http://11.0.0.0/", true),
            ("10.0.0.0/8", "http://192.168.0.1/", false),
            ("0.0.0.0/0", "http://192.168.0.1/", true),
            ("::1", "http://[::1]:8009/", true),
            ("[::1]:9", "http://[::1]:9/", true),
            ("[::1]:9", "http://[::1]/", false),
            ("fd00::/8", "http://[fd12::1]/", true),
            ("nas.local:81", "http://nas.local:81/", true),
            ("nas.local:81", "http://nas.local/", false),
            ("NAS.local.", "http://nas.LOCAL/", true),
            ("127.0.0.1", "http://127.0.0.1:6000/", false),
            ("127.0.0.1:6000", "http://127.0.0.1:6000/", true),
            ("127.0.0.1:6000", "http://127.0.0.2:6000/", false),
            ("nas.local:6000", "http://nas.local:6000/", true),
            ("nas.local:6000", "http://other.local:6000/", false),
        ];
        for (entry, url, passes) in cases {
            let guard = Guard::new(&[entry]).unwrap();
            assert_eq!(check(&guard, url).is_ok(), *passes, "{entry}: {url}");
        }
        for bad in ["", "http://nas/", "10.0.0.0/33", "nas:port", "a b"] {
            assert!(Guard::new(&[bad]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_are_judged_by_where_they_lead() {
        let guard = Guard::new(&["nas.local", "10.1.0.0/16", "10.2.0.1:80"]).unwrap();
        let cases = [
            ("www.terabox.com", "8.8.8.8", true),
            ("www.terabox.com", "127.0.0.1", false),
            ("localhost", "::1", false),
            ("nas.local", "192.168.1.5", true),
            ("NAS.local.", "192.168.1.5", true),
            ("evil.nas.local", "192.168.1.5", false),
            ("other.local", "10.1.2.3", true),
            ("other.local", "10.2.0.1", false),
        ];
        for (name, address, passes) in cases {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(guard.permits(name, address), passes, "{name} {address}");
        }
    }
}
