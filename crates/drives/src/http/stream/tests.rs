//! Bodies over real sockets on this machine, with TLS and without: each byte once and in order, and every kind of end.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::HeaderMap;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection};

use super::{Media, StreamError, Streamed};
use crate::http::causes;
use crate::http::dns::GuardedDns;
use crate::http::guard::Guard;
use crate::http::settings::ClientSettings;

/// Valid for `localhost` and 127.0.0.1 until 2126, and its own authority.
const CERTIFICATE: &[u8] = include_bytes!("testdata/certificate.der");
const KEY: &[u8] = include_bytes!("testdata/key.der");

/// The way in which a server ends a connection after its answers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// With the close message of TLS, where there is TLS.
    Clean,
    /// By the socket alone.
    Cut,
    /// It sends no more, but reads on.
    HalfClosed,
}

/// A server with and without TLS that answers all requests in the same way.
#[derive(Clone)]
struct Server {
    answer: Arc<Vec<u8>>,
    /// Bytes in a write.
    step: usize,
    /// Answers on a connection.
    most: usize,
    end: End,
    connections: Arc<AtomicUsize>,
}

impl Server {
    fn new(answer: impl Into<Vec<u8>>) -> Self {
        Server {
            answer: Arc::new(answer.into()),
            step: usize::MAX,
            most: 100,
            end: End::Clean,
            connections: Arc::default(),
        }
    }

    /// Starts it and returns its URL.
    fn start(&self, is_tls: bool) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = self.clone();
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                server.connections.fetch_add(1, Ordering::Relaxed);
                let (server, socket) = (server.clone(), socket.unwrap());
                std::thread::spawn(move || match is_tls {
                    true => server.serve_tls(socket),
                    false => drop(
                        server
                            .answer_all(&mut &socket)
                            .map(|()| server.end(&socket)),
                    ),
                });
            }
        });
        match is_tls {
            true => format!("https://localhost:{port}/film"),
            false => format!("http://127.0.0.1:{port}/film"),
        }
    }

    fn serve_tls(&self, socket: TcpStream) {
        let certificate = vec![CertificateDer::from(CERTIFICATE)];
        let key = PrivateKeyDer::try_from(KEY).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(certificate, key)
            .unwrap();
        let connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, socket);
        if self.answer_all(&mut stream).is_err() {
            return;
        }
        if self.end != End::Cut {
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
        self.end(&stream.sock);
    }

    fn answer_all(&self, stream: &mut (impl Read + Write)) -> std::io::Result<()> {
        for _ in 0..self.most {
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte)?;
                request.push(byte[0]);
            }
            assert!(request.starts_with(b"GET /film HTTP/1.1\r\n"));
            for part in self.answer.chunks(self.step) {
                stream.write_all(part)?;
                stream.flush()?;
            }
        }
        Ok(())
    }

    fn end(&self, socket: &TcpStream) {
        if self.end == End::HalfClosed {
            socket.shutdown(Shutdown::Write).unwrap();
            let _ = (&mut &*socket).read(&mut [0; 100]);
        }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// Returns a client that trusts the certificate of the tests, or none.
fn media(trusts: bool) -> Media {
    let mut roots = RootCertStore::empty();
    if trusts {
        roots.add(CertificateDer::from(CERTIFICATE)).unwrap();
    }
    let tls = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let guard = Guard::new(&["127.0.0.1", "localhost"]).unwrap();
    let patience = Duration::from_secs(60);
    let settings = ClientSettings {
        connect_timeout: patience,
        read_timeout: patience,
        ..ClientSettings::default()
    };
    let dns = GuardedDns::new(Arc::new(guard));
    Media::new(dns, &settings, "tests", tls)
}

async fn get(media: &Media, url: &str) -> Streamed {
    media.get(url, &HeaderMap::new()).await.unwrap()
}

async fn body(mut response: Streamed) -> Result<Vec<u8>, StreamError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        assert!(!chunk.is_empty());
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn film(length: usize) -> Vec<u8> {
    (0..length as u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
}

fn with_length(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn chunked(body: &[u8], size: usize) -> Vec<u8> {
    let mut answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for chunk in body.chunks(size) {
        answer.extend(format!("{:x}\r\n", chunk.len()).bytes());
        answer.extend_from_slice(chunk);
        answer.extend(b"\r\n");
    }
    answer.extend(b"0\r\n\r\n");
    answer
}

#[tokio::test]
async fn each_byte_comes_once_in_order_however_it_is_sent() {
    for (length, step) in [
        (0, usize::MAX),
        (1, 1),
        (5000, 7),
        (300_001, 4096),
        (9_000_017, 100_003),
        (9_000_017, usize::MAX),
    ] {
        let film = film(length);
        for answer in [with_length(&film), chunked(&film, 100_000)] {
            for is_tls in [false, true] {
                let server = Server {
                    step,
                    ..Server::new(answer.clone())
                };
                let (media, url) = (media(true), server.start(is_tls));
                // The second and third time on the same connection, with larger reads.
                for _ in 0..3 {
                    let received = body(get(&media, &url).await).await.unwrap();
                    assert!(received == film, "{length} by {step}, TLS {is_tls}");
                }
                assert_eq!(server.connections(), 1, "{length} by {step}, TLS {is_tls}");
            }
        }
    }
}

#[tokio::test]
async fn a_body_without_a_length_ends_with_the_connection_and_over_tls_with_its_message() {
    let answer = b"HTTP/1.1 200 OK\r\n\r\nmedia";
    for (is_tls, end, is_whole) in [
        (false, End::Clean, true),
        (false, End::HalfClosed, true),
        (true, End::Clean, true),
        (true, End::HalfClosed, true),
        (true, End::Cut, false),
    ] {
        let server = Server {
            most: 1,
            end,
            ..Server::new(*answer)
        };
        let (media, url) = (media(true), server.start(is_tls));
        for connections in 1..3 {
            let mut response = get(&media, &url).await;
            assert_eq!(response.content_length(), None);
            assert_eq!(response.chunk().await.unwrap().unwrap(), "media");
            let rest = response.chunk().await;
            assert_eq!(
                rest.is_ok_and(|rest| rest.is_none()),
                is_whole,
                "{is_tls} {end:?}"
            );
            assert_eq!(server.connections(), connections);
        }
    }
}

#[tokio::test]
async fn a_body_that_is_cut_is_an_error_behind_what_has_come() {
    let cut = |answer: Vec<u8>| answer[..answer.len() - 10].to_vec();
    let film = film(100_000);
    for answer in [cut(with_length(&film)), cut(chunked(&film, 1000))] {
        for (is_tls, end) in [(false, End::Cut), (true, End::Cut), (true, End::Clean)] {
            let server = Server {
                most: 1,
                end,
                ..Server::new(answer.clone())
            };
            let mut response = get(&media(true), &server.start(is_tls)).await;
            let mut received = Vec::new();
            let error = loop {
                match response.chunk().await {
                    Ok(chunk) => received.extend_from_slice(&chunk.expect("the end of a cut body")),
                    Err(error) => break error,
                }
            };
            assert!(matches!(error, StreamError::Connection(_)), "{error:?}");
            assert!(film.starts_with(&received));
            assert!(received.len() > 98_000, "{}", received.len());
        }
    }
}

#[tokio::test]
async fn a_server_that_sends_more_than_it_says_is_not_asked_again_on_that_connection() {
    let more = [with_length(b"media"), b"and more".to_vec()].concat();
    let more_chunks = [chunked(b"media", 5), b"and more".to_vec()].concat();
    let interim = [
        b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n".to_vec(),
        with_length(b"media"),
    ]
    .concat();
    let closing =
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nmedia".to_vec();
    for (answer, connections) in [(more, 3), (more_chunks, 3), (interim, 1), (closing, 3)] {
        for is_tls in [false, true] {
            let server = Server::new(answer.clone());
            let (media, url) = (media(true), server.start(is_tls));
            for _ in 0..3 {
                assert_eq!(body(get(&media, &url).await).await.unwrap(), b"media");
            }
            assert_eq!(server.connections(), connections);
        }
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_replaced() {
    for end in [End::Clean, End::Cut, End::HalfClosed] {
        for is_tls in [false, true] {
            let server = Server {
                most: 2,
                end,
                ..Server::new(with_length(b"media"))
            };
            let (media, url) = (media(true), server.start(is_tls));
            for _ in 0..6 {
                assert_eq!(body(get(&media, &url).await).await.unwrap(), b"media");
            }
            assert_eq!(server.connections(), 3, "{end:?}, TLS {is_tls}");
        }
    }
}

#[tokio::test]
async fn what_is_no_answer_is_an_error() {
    let bodies: [&[u8]; 5] = [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"",
    ];
    for answer in bodies {
        let server = Server {
            most: 1,
            ..Server::new(answer)
        };
        for is_tls in [false, true] {
            let url = server.start(is_tls);
            let asked = media(true).get(&url, &HeaderMap::new()).await;
            let error = asked.unwrap_err();
            let is_expected = matches!(error, StreamError::Head(_) | StreamError::Closed);
            assert!(is_expected, "{answer:?}, TLS {is_tls}: {error:?}");
        }
    }
    // Malformed within the body.
    let answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n";
    let mut response = get(&media(true), &Server::new(*answer).start(false)).await;
    assert_eq!(response.chunk().await.unwrap().unwrap(), "abc");
    let error = response.chunk().await.unwrap_err();
    assert!(matches!(error, StreamError::Chunks(_)), "{error:?}");
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_for_the_host() {
    let url = Server::new(with_length(b"media")).start(true);
    let by_ip = url.replace("localhost", "127.0.0.1");
    let other_name = url.replace("localhost", "x.localhost");
    // A server that takes whatever comes for a request.
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let no_tls = format!(
        "https://localhost:{}/film",
        plain.local_addr().unwrap().port()
    );
    std::thread::spawn(move || {
        let (mut socket, _) = plain.accept().unwrap();
        assert!(socket.read(&mut [0; 10_000]).unwrap() > 0);
        socket
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    assert_eq!(
        body(get(&media(true), &by_ip).await).await.unwrap(),
        b"media"
    );
    for (url, trusts, word) in [
        (&url, false, "certificate"),
        (&other_name, true, "certificate"),
        (&no_tls, true, "does not speak TLS"),
    ] {
        let asked = media(trusts).get(url, &HeaderMap::new()).await;
        let error = asked.unwrap_err();
        let sentence = causes::sentence(&error).unwrap_or_default();
        assert!(sentence.contains(word), "{url}: {error:?}");
    }
}
