//! The search of apps for servers in the home network: a broadcast to UDP port 7359, answered with the URL.

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
    let origin = site.urls.public_origin();
    let server = FoundServer {
        id: site.jellyfin.server_id.clone(),
        public_address: origin.map(|origin| format!("{origin}{}", site.urls.local("/jellyfin"))),
        port,
    };
    match socket {
        Ok(socket) => {
            info!(port = PORT, "apps in the home network find this server");
            server.serve(&socket).await;
        }
        Err(error) => warn!(%error, port = PORT, "apps cannot search for this server"),
    }
}

/// The server as a search finds it.
struct FoundServer {
    id: String,
    /// The configured base URL of apps; `None` if apps use the IP of this machine.
    public_address: Option<String>,
    /// The port of the listening socket.
    port: u16,
}

impl FoundServer {
    async fn serve(&self, socket: &tokio::net::UdpSocket) {
        let mut buffer = [0u8; MAX_DATAGRAM_BYTES];
        loop {
            let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
                continue;
            };
            if let Some(answer) = self.answer(&buffer[..length], from) {
                let _ = socket.send_to(answer.as_bytes(), from).await;
            }
        }
    }

    /// Returns the answer to a datagram; `None` if it is no search, or comes from elsewhere than the home network.
    fn answer(&self, datagram: &[u8], from: SocketAddr) -> Option<String> {
        if !is_search(datagram) || !is_in_home_network(from.ip()) {
            return None;
        }
        let address = match &self.public_address {
            Some(address) => address.clone(),
            None => {
                let own = SocketAddr::new(own_address(from)?, self.port);
                format!("http://{own}/jellyfin")
            }
        };
        let answer = json!({
            "Address": address,
            "Id": self.id,
            "Name": "Drive-In",
            "EndpointAddress": null,
        });
        Some(answer.to_string())
    }
}

fn is_search(datagram: &[u8]) -> bool {
    let text = String::from_utf8_lossy(datagram).to_lowercase();
    text.contains(QUESTION)
}

/// Returns true for IPs of a home network: an answer to a forged one of the internet would be an attack on it.
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

    #[tokio::test]
    async fn an_app_that_searches_gets_the_address() {
        let listening = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = FoundServer {
            id: "0123".to_owned(),
            public_address: None,
            port: 7373,
        };
        let app = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = listening.local_addr().unwrap();
        let asks = async {
            app.send_to(b"who is embyserver?", address).await.unwrap();
            app.send_to(b"who is JellyfinServer?", address)
                .await
                .unwrap();
            let mut answer = [0u8; 1024];
            let (length, _) = app.recv_from(&mut answer).await.unwrap();
            serde_json::from_slice::<serde_json::Value>(&answer[..length]).unwrap()
        };
        let answer = tokio::select! {
            () = server.serve(&listening) => unreachable!("it serves until it is cancelled"),
            answer = asks => answer,
        };
        assert_eq!(answer["Address"], "http://127.0.0.1:7373/jellyfin");
        assert_eq!(
            (&answer["Id"], &answer["Name"]),
            (&json!("0123"), &json!("Drive-In"))
        );
        let public = FoundServer {
            public_address: Some("https://films.example/jellyfin".to_owned()),
            ..server
        };
        let answer = public.answer(b"Who is JellyfinServer?", "192.168.1.9:4".parse().unwrap());
        assert!(answer.unwrap().contains("https://films.example/jellyfin"));
        let far = "203.0.113.9:4".parse().unwrap();
        assert_eq!(public.answer(b"Who is JellyfinServer?", far), None);
    }

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
