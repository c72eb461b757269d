//! Replies that are larger than they may be.

use super::*;

#[tokio::test]
async fn a_small_reply_that_unpacks_into_a_big_one_is_cut_off() {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![0; 10 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 20_000);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        packed.len()
    );
    for is_looked_up in [false, true] {
        let (listener, port) = listener().await;
        let parts = vec![head.clone().into_bytes(), packed.clone()];
        let server = tokio::spawn(answer_bytes(listener, parts));
        let url = format!("http://127.0.0.1:{port}/");
        let error = asked(is_looked_up, &url, 1 << 20).await.err().unwrap();
        server.await.unwrap();
        assert_eq!(error.kind, ErrorKind::UpstreamFailed);
        assert!(
            error.detail.contains("longer than 1048576 bytes"),
            "{}",
            error.detail
        );
    }
}

#[tokio::test]
async fn ten_megabytes_of_headers_or_of_a_playlist_are_not_read() {
    let line = format!("x-big: {}\r\n", "y".repeat(1000)).into_bytes();
    let mut headers = vec![b"HTTP/1.1 200 OK\r\n".to_vec()];
    headers.extend(vec![line; 10_000]);
    headers.push(b"content-length: 0\r\n\r\n".to_vec());
    let playlist = vec![
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec(),
        b"#EXTINF:10,\nhttps://v/x\n".repeat(10 << 20 >> 5),
    ];
    let both = |parts: Vec<Vec<u8>>| [(false, parts.clone()), (true, parts)];
    for (is_looked_up, parts) in both(headers).into_iter().chain(both(playlist)) {
        let (listener, port) = listener().await;
        let server = tokio::spawn(answer_bytes(listener, parts));
        let url = format!("http://127.0.0.1:{port}/");
        let error = asked(is_looked_up, &url, 1 << 20).await.err().unwrap();
        assert_eq!(error.kind, ErrorKind::UpstreamFailed);
        server.await.unwrap();
    }
}
