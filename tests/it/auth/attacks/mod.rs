//! Hostile clients, whose requests are sent byte by byte because an HTTP client would refuse to.
//!
//! - [`paths`]: paths that lead out of their place
//! - [`floods`]: headers and bodies without an end, requests that never come, many clients
//! - [`files`]: files on a drive that a browser would run as pages

mod files;
mod floods;
mod paths;

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::*;

/// Sends bytes as they are, and returns the status and the whole reply.
async fn raw(address: SocketAddr, request: &[u8]) -> (u16, String) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    // A server that refuses early closes before it has read everything.
    let _ = socket.write_all(request).await;
    let text = read_to_end(&mut socket).await;
    (status_of(&text), text)
}

async fn read_to_end(socket: &mut TcpStream) -> String {
    let mut reply = Vec::new();
    let mut chunk = [0; 16 << 10];
    let ended = timeout(Duration::from_secs(60), async {
        while let Ok(read @ 1..) = socket.read(&mut chunk).await {
            reply.extend_from_slice(&chunk[..read]);
        }
    });
    ended.await.expect("the server never closed");
    String::from_utf8_lossy(&reply).into_owned()
}

fn status_of(reply: &str) -> u16 {
    reply
        .get(9..12)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0)
}

async fn raw_get(address: SocketAddr, target: &str, headers: &str) -> (u16, String) {
    let request =
        format!("GET {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n");
    raw(address, request.as_bytes()).await
}
