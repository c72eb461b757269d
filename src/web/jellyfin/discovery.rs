//! The search of apps for servers in the home network: a broadcast to UDP port 7359, answered with the address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use serde_json::json;
use tracing::{info, warn};

use crate::web::AppState;

/// The port of the search.
const PORT: u16 = 7359;

/// The question of apps, in any case.
const QUESTION: &str = "who is jellyfinserver?";

/// Longest datagram that is read, in bytes.
const MAX_DATAGRAM_BYTES: usize = 512;

/// Answers searches until it is cancelled. `port` is that of the listening socket. Logs a warning if the port is taken.
pub async fn answer_searches(site: AppState, port: u16) {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT));
    let socket = socket.and_then(|socket| {
        socket.set_nonblocking(true)?;
        tokio::net::UdpSocket::from_std(socket)
    });
    match socket {
        Ok(socket) => {
            info!(port = PORT, "apps in the home network find this server");
            serve(&site, port, &socket).await;
        }
        Err(error) => warn!(%error, port = PORT, "apps cannot search for this server"),
    }
}

async fn serve(site: &AppState, port: u16, socket: &tokio::net::UdpSocket) {
    let mut buffer = [0u8; MAX_DATAGRAM_BYTES];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        if !is_search(&buffer[..length]) || !is_in_home_network(from.ip()) {
            continue;
        }
        let address = match site.urls.public_origin() {
            Some(origin) => format!("{origin}{}", site.urls.local("/jellyfin")),
            None => match own_address(from) {
                Some(ip) => format!("http://{}/jellyfin", SocketAddr::new(ip, port)),
                None => continue,
            },
        };
        let answer = json!({
            "Address": address,
            "Id": site.jellyfin.server_id,
            "Name": "Drive-In",
            "EndpointAddress": null,
        });
        let _ = socket.send_to(answer.to_string().as_bytes(), from).await;
    }
}

fn is_search(datagram: &[u8]) -> bool {
    let text = String::from_utf8_lossy(datagram).to_lowercase();
    text.contains(QUESTION)
}

/// Returns true for addresses of a home network: an answer to a forged one of the internet would be an attack on it.
fn is_in_home_network(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// Returns the IP of this machine on the way to another one; `None` without a route. Nothing is sent for it.
fn own_address(other: SocketAddr) -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(other).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_searches_of_the_home_network_are_answered() {
        assert!(is_search(b"Who is JellyfinServer?") && is_search(b"who is jellyfinserver?|x"));
        assert!(!is_search(b"who is embyserver?") && !is_search(&[0xff; 40]));
        for (ip, is_home) in [
            ("192.168.1.7", true),
            ("10.0.0.1", true),
            ("127.0.0.1", true),
            ("203.0.113.9", false),
            ("::ffff:8.8.8.8", false),
            ("fd00::5", true),
        ] {
            assert_eq!(is_in_home_network(ip.parse().unwrap()), is_home, "{ip}");
        }
        assert_eq!(
            own_address("127.0.0.1:9".parse().unwrap()),
            Some(IpAddr::V4(Ipv4Addr::LOCALHOST))
        );
    }
}
