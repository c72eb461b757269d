//! Requests that are too large, too long, too slow, or too many.

use super::*;

#[tokio::test]
async fn headers_without_an_end_are_refused_and_the_server_lives_on() {
    let drivein = Drivein::start().await;
    let big = "x".repeat(10 << 20);
    let (status, _) = raw_get(drivein.address, "/", &format!("x-big: {big}\r\n")).await;
    assert!(matches!(status, 431 | 400 | 0), "{status}");
    let many = "x-many: y\r\n".repeat(200_000);
    let (status, _) = raw_get(drivein.address, "/", &many).await;
    assert!(matches!(status, 431 | 400 | 0), "{status}");
    let (status, _) = raw_get(drivein.address, &format!("/{big}"), "").await;
    assert!(matches!(status, 414 | 431 | 400 | 0), "{status}");
    let (status, reply) = raw_get(drivein.address, &format!("/{}", &big[..30_000]), "").await;
    assert_eq!(status, 414, "{reply}");
    drivein.get("/healthz").await.expect(200);
}

#[tokio::test]
async fn bodies_without_an_end_are_refused() {
    let drivein = Drivein::setup().password("open sesame").start().await;
    let reply = drivein
        .ask(Method::POST, "/login")
        .form(&[("password", &"x".repeat(10 << 20))])
        .send()
        .await;
    assert_eq!(reply.status, 413, "{}", reply.describe());
    let long = "x".repeat(2000);
    let reply = drivein
        .ask(Method::POST, "/login")
        .form(&[("password", &long)])
        .send()
        .await;
    reply.expect(403);
}

/// Only a file's content may be large; any other body has the size limit of a form.
#[tokio::test]
async fn forms_with_files_that_never_come_to_a_file_are_refused() {
    let drivein = Drivein::start().await;
    let edge = "--edge\r\ncontent-disposition: form-data; name=";
    for begun in [
        String::new(),
        "--edge\r\nx: ".to_owned(),
        format!("{edge}\"on_conflict\"\r\n\r\n"),
        format!("{edge}\"nobody knows it\"\r\n\r\n"),
        format!("{edge}\"file\"; filename=\"\"\r\n\r\n"),
    ] {
        let head = format!(
            "POST /upload/films/ HTTP/1.1\r\nhost: {}\r\ncontent-type: multipart/form-data; boundary=edge\r\n\
             content-length: 1000000000\r\n\r\n{begun}",
            drivein.address
        );
        let request = [head.as_bytes(), &vec![b'x'; 1 << 20]].concat();
        // The server answers, or closes the connection, although most of the announced body is still to come.
        let (status, reply) = raw(drivein.address, &request).await;
        assert!(matches!(status, 400 | 0), "{begun}: {reply}");
    }
    // A file of that size is accepted.
    let file = vec![b'x'; 1 << 20];
    let form = [
        format!("{edge}\"file\"; filename=\"large.bin\"\r\n\r\n").as_bytes(),
        &file,
        b"\r\n--edge--\r\n",
    ]
    .concat();
    let sent = drivein
        .ask(Method::POST, "/upload/films/")
        .header("content-type", "multipart/form-data; boundary=edge")
        .body(form)
        .send()
        .await;
    assert_eq!(sent.status, 303, "{}", sent.describe());
    let play = drivein.play("/large.bin").await;
    assert!(drivein.get(&play).await.expect(200).body == file);
}

#[tokio::test]
async fn who_sends_headers_drop_by_drop_is_cut_off() {
    let drivein = Drivein::setup().limit("headers_s = 1").start().await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut socket = TcpStream::connect(drivein.address).await.unwrap();
        socket
            .write_all(b"GET / HTTP/1.1\r\nhost: 127")
            .await
            .unwrap();
        slow.push(socket);
    }
    // Other clients are served meanwhile.
    drivein.get("/healthz").await.expect(200);
    for mut socket in slow {
        let reply = read_to_end(&mut socket).await;
        assert!(matches!(status_of(&reply), 0 | 408), "{reply}");
    }
}

#[tokio::test]
async fn who_connects_and_says_nothing_is_cut_off() {
    let drivein = Drivein::setup().limit("headers_s = 1").start().await;
    let idle = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", drivein.address);
    // Nothing, the beginning of anything, the preface of HTTP/2, and nothing more after a reply.
    for said in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        idle.as_str(),
    ] {
        let mut socket = TcpStream::connect(drivein.address).await.unwrap();
        socket.write_all(said.as_bytes()).await.unwrap();
        let reply = read_to_end(&mut socket).await;
        assert!(reply.matches("HTTP/1.1 ").count() <= 1, "{said}: {reply}");
    }
}

#[tokio::test]
async fn who_sends_a_body_drop_by_drop_is_cut_off() {
    let drivein = Drivein::setup()
        .password("open sesame")
        .limit("body_idle_timeout_s = 1")
        .start()
        .await;
    let mut socket = TcpStream::connect(drivein.address).await.unwrap();
    let head = format!(
        "POST /login HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: 1000\r\n\r\npassword=",
        drivein.address
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let reply = read_to_end(&mut socket).await;
    assert!((400..500).contains(&status_of(&reply)), "{reply}");
}

#[tokio::test]
async fn a_crowd_behind_one_address_waits_and_others_do_not() {
    let drivein = Drivein::setup()
        .trusted_proxy()
        .password("open sesame")
        .api_token("a-token-of-sixteen-letters")
        .limit("requests_per_address = 3")
        .start()
        .await;
    let entry = drivein
        .ask(
            Method::GET,
            &format!("/api/v1/entries/{DRIVE}{}", encoded(FILM)),
        )
        .header("authorization", "Bearer a-token-of-sixteen-letters")
        .expect(200)
        .await
        .json();
    let play = drivein.local(entry["entry"]["play"]["original"].as_str().unwrap());
    let from = |address: &str, path: &str| {
        drivein
            .ask(Method::GET, path)
            .header("x-forwarded-for", address)
    };
    // Three clients that never finish their requests.
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut socket = TcpStream::connect(drivein.address).await.unwrap();
        let head = format!(
            "POST /login HTTP/1.1\r\nhost: {}\r\nx-forwarded-for: 203.0.113.9\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\npassword=",
            drivein.address
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        held.push(socket);
    }
    let refused = eventually(
        "the fourth is refused",
        Duration::from_secs(20),
        async || {
            let reply = from("203.0.113.9", "/login").send().await;
            (reply.status != 200).then_some(reply)
        },
    )
    .await
    .expect(429);
    assert_eq!(refused.code(), "rate_limited");
    assert!(!refused.header("retry-after").is_empty());
    // A player would not come back after a 4xx.
    let refused = from("203.0.113.9", &play).send().await;
    assert_eq!(refused.expect(503).code(), "rate_limited");
    from("198.51.100.7", "/login").expect(200).await;
    drivein.get("/login").await.expect(200);
    drop(held);
    eventually("there is room again", Duration::from_secs(20), async || {
        let reply = from("203.0.113.9", "/login").send().await;
        (reply.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn two_lengths_or_a_length_and_chunks_are_not_two_requests() {
    let drivein = Drivein::start().await;
    let host = drivein.address;
    for head in [
        "content-length: 5\r\ncontent-length: 40\r\n",
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "content-length: -5\r\n",
        "content-length: 5 5\r\n",
    ] {
        let request = format!(
            "POST /login HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{head}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: {host}\r\n\r\n"
        );
        let (status, reply) = raw(drivein.address, request.as_bytes()).await;
        assert!(reply.matches("HTTP/1.1 ").count() <= 1, "{head}: {reply}");
        assert!(status == 0 || status >= 300, "{head}: {reply}");
    }
    assert!(!drivein.log().contains("/smuggled"));
}
