//! Bodies of media: chunks, connections that are used again, and those that end early.

use super::*;

/// Answers any number of requests on each connection, and counts the connections. Each connection is closed
/// without notice after `most` requests.
fn serve(
    listener: TcpListener,
    answer: &'static [u8],
    most: usize,
) -> Arc<std::sync::atomic::AtomicUsize> {
    let connections = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = connections.clone();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            tokio::spawn(async move {
                for _ in 0..most {
                    let mut request = Vec::new();
                    while !request.ends_with(b"\r\n\r\n") {
                        match socket.read_u8().await {
                            Ok(byte) => request.push(byte),
                            Err(_) => return,
                        }
                    }
                    if socket.write_all(answer).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    connections
}

async fn body(mut response: Streamed) -> Result<Vec<u8>, DriveError> {
    let (body, is_whole) = read_up_to("test", &mut response, 1 << 20).await?;
    assert!(is_whole);
    Ok(body.to_vec())
}

#[tokio::test]
async fn chunks_of_one_byte_are_joined() {
    let mut answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for byte in b'a'..=b'z' {
        answer.extend([b"1\r\n", &[byte][..], b"\r\n"].concat().repeat(1000));
    }
    answer.extend(b"0\r\n\r\n");
    let (listener, port) = listener().await;
    let _counted = serve(listener, answer.leak(), 1);
    let url = format!("http://127.0.0.1:{port}/x");
    let client = client();
    let open = client.open("test", &url, HeaderMap::new(), &[]);
    let mut response = open.await.unwrap();
    let (mut chunks, mut found) = (0, Vec::new());
    while let Some(chunk) = response.chunk().await.unwrap() {
        chunks += 1;
        found.extend_from_slice(&chunk);
    }
    let expected: Vec<u8> = (b'a'..=b'z').flat_map(|byte| [byte; 1000]).collect();
    assert!(found == expected);
    // The 130 KB come in a few reads of the socket, each of which may end in the middle.
    assert!(chunks <= 260, "{chunks}");
}

#[tokio::test]
async fn connections_of_media_are_used_again_and_replaced_where_they_were_closed() {
    let cases: [(&'static [u8], &[u8]); 3] = [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nmedia", b"media"),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nmed\r\n2\r\nia\r\n0\r\n\r\n",
            b"media",
        ),
        (b"HTTP/1.1 206 Partial\r\ncontent-length: 0\r\n\r\n", b""),
    ];
    for (answer, expected) in cases {
        for (most, connections) in [(100, 1), (3, 4), (1, 10)] {
            let (listener, port) = listener().await;
            let counted = serve(listener, answer, most);
            let url = format!("http://127.0.0.1:{port}/x");
            let client = client();
            for _ in 0..10 {
                let response = client
                    .open("test", &url, HeaderMap::new(), &[])
                    .await
                    .unwrap();
                assert_eq!(body(response).await.unwrap(), expected);
            }
            let counted = counted.load(std::sync::atomic::Ordering::Relaxed);
            assert_eq!(counted, connections, "{most} requests each");
        }
    }
}

#[tokio::test]
async fn who_stops_at_the_last_byte_leaves_the_connection_to_the_next_and_who_leaves_before_does_not()
 {
    let (listener, port) = listener().await;
    let counted = serve(
        listener,
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nmedia",
        100,
    );
    let url = format!("http://127.0.0.1:{port}/x");
    let client = client();
    for _ in 0..5 {
        let mut response = client
            .open("test", &url, HeaderMap::new(), &[])
            .await
            .unwrap();
        assert_eq!(response.chunk().await.unwrap().unwrap(), "media");
    }
    assert_eq!(counted.load(std::sync::atomic::Ordering::Relaxed), 1);
    drop(
        client
            .open("test", &url, HeaderMap::new(), &[])
            .await
            .unwrap(),
    );
    let response = client
        .open("test", &url, HeaderMap::new(), &[])
        .await
        .unwrap();
    assert_eq!(body(response).await.unwrap(), b"media");
    assert_eq!(counted.load(std::sync::atomic::Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_body_that_ends_early_or_goes_silent_is_a_failure() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nmedia";
    let cut_chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nmedia";
    for (answer, closes) in [
        (cut, true),
        (cut_chunk, true),
        (cut, false),
        ("HTTP/1.1 200", false),
    ] {
        let (listener, port) = listener().await;
        let server = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            assert!(socket.read(&mut buffer).await.unwrap() > 0);
            socket.write_all(answer.as_bytes()).await.unwrap();
            (!closes).then_some(socket)
        });
        let settings = ClientSettings {
            allow_hosts: vec!["127.0.0.1".to_owned()],
            read_timeout: Duration::from_millis(100),
            ..ClientSettings::default()
        };
        let client = Client::new(&settings).unwrap();
        let url = format!("http://127.0.0.1:{port}/x?sign=secret");
        let failed = match client.open("test", &url, HeaderMap::new(), &[]).await {
            Ok(response) => body(response).await.unwrap_err(),
            Err(error) => error,
        };
        let expected = match closes {
            true => ErrorKind::UpstreamFailed,
            false => ErrorKind::UpstreamTimeout,
        };
        assert_eq!(failed.kind, expected, "{answer:?}: {failed:?}");
        assert!(!format!("{failed:?}").contains("secret"));
        drop(server.await.unwrap());
    }
}

#[tokio::test]
async fn a_call_with_a_patience_of_its_own_outlasts_the_silence_of_others() {
    for (patience, expected) in [
        (None, Err(ErrorKind::UpstreamTimeout)),
        (Some(Duration::from_secs(3600)), Ok(())),
        (
            Some(Duration::from_millis(1)),
            Err(ErrorKind::UpstreamTimeout),
        ),
    ] {
        let (listener, port) = listener().await;
        let (speak, may_speak) = tokio::sync::oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            assert!(socket.read(&mut buffer).await.unwrap() > 0);
            let _ = may_speak.await;
            // The impatient client is gone.
            let _ = socket.write_all(EMPTY.as_bytes()).await;
        });
        let client = Client::new(&ClientSettings {
            allow_hosts: vec!["127.0.0.1".to_owned()],
            read_timeout: Duration::from_millis(50),
            call_timeout: Duration::from_millis(100),
            ..ClientSettings::default()
        })
        .unwrap();
        let url = format!("http://127.0.0.1:{port}/x");
        let call = HttpCall {
            method: Method::POST,
            url: &url,
            headers: HeaderMap::new(),
            body: None,
            limit: 100,
            patience,
        };
        let mut asked = std::pin::pin!(client.call("test", call));
        // Longer than a call without its own timeout may take.
        let long = Duration::from_millis(300);
        let answer = match tokio::time::timeout(long, &mut asked).await {
            Ok(answer) => answer,
            Err(_) => {
                speak.send(()).unwrap();
                asked.await
            }
        };
        let found = answer.map(|_| ()).map_err(|error| error.kind);
        assert_eq!(found, expected, "{patience:?}");
        server.abort();
    }
}
