//! Caches in front, with the configurations that we ship: what many open is fetched once, and what was revoked is gone
//! after the time that the server allows.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::front::{nginx, run_front};
use crate::harness::*;

/// Starts a server whose replies may be kept for two seconds.
async fn server() -> Drivein {
    Drivein::setup().shared_cache_s(2).start().await
}

/// Requests a segment under a ticket through a cache, and again after the ticket was revoked.
async fn a_segment_is_kept_until_its_time_is_over(drivein: &Drivein, front: &Visitor) {
    let body = json!({"name": "all", "scope": {"place": DRIVE, "path": FILM}});
    let made = drivein.post("tickets", body).await;
    let made = made.expect(200).json();
    let play = url::Url::parse(made["url"].as_str().unwrap()).unwrap();
    let segment = format!("{}/480p/1.ts", play.path());
    let truth = drivein.segment_source(FILM, "480p", 1).await;
    let list = format!("{}/480p.m3u8", play.path());
    let get = async |path: &str| front.ask(Method::GET, path).send().await;
    get(&list).await.expect(200);

    let first = get(&segment).await.expect(200);
    assert_eq!(
        first.header("cache-control"),
        "public, s-maxage=2, max-age=86400"
    );
    assert!(first.body == truth);
    let hit = eventually("a hit", Duration::from_secs(30), async || {
        let reply = get(&segment).await.expect(200);
        assert!(reply.body == truth);
        (reply.header("x-cache") == "HIT").then_some(reply)
    });
    hit.await;
    let part = front.ask(Method::GET, &segment).range("bytes=10-19");
    assert_eq!(part.expect(206).await.body, truth[10..20]);
    assert_eq!(drivein.sandbox.count_segment(FILM, "480p", 1), 1);

    let call = format!("tickets/{}", made["id"].as_str().unwrap());
    let revoked = drivein.call(Method::DELETE, &call, json!({})).await;
    assert!(revoked.status < 300, "{}", revoked.describe());
    assert_eq!(get(&list).await.status, 401, "lists are not kept");
    eventually("it is gone", Duration::from_secs(30), async || {
        let reply = get(&segment).await;
        assert!([200, 401].contains(&reply.status), "{}", reply.describe());
        (reply.status == 401).then_some(())
    })
    .await;
    get(&segment).await.expect(401);
}

#[tokio::test]
async fn nginx_keeps_what_many_open_until_a_revocation_counts() {
    let drivein = server().await;
    let folder = tempfile::tempdir().unwrap();
    let text = include_str!("../../../contrib/cluster/nginx-cache.conf");
    let (front, _nginx) = nginx(text, &[drivein.address], folder.path()).await;
    a_segment_is_kept_until_its_time_is_over(&drivein, &front).await;
}

#[tokio::test]
async fn varnish_keeps_what_many_open_until_a_revocation_counts() {
    need("/usr/sbin/varnishd", "varnish");
    let drivein = server().await;
    let folder = tempfile::tempdir().unwrap();
    let text = include_str!("../../../contrib/cluster/varnish.vcl");
    let port = format!(".port = \"{}\"", drivein.address.port());
    let text = text.replace(".port = \"7381\"", &port);
    assert!(text.contains(&port));
    let file = folder.path().join("front.conf").display().to_string();
    let work = folder.path().join("varnish").display().to_string();
    let (front, _varnish) = run_front(folder.path(), "no address", &text, |address| {
        let listen = format!("{address},HTTP");
        Program::new("/usr/sbin/varnishd").args([
            "-F",
            "-j",
            "none",
            "-n",
            &work,
            "-a",
            &listen,
            "-f",
            &file,
            "-s",
            "malloc,64m",
        ])
    })
    .await;
    a_segment_is_kept_until_its_time_is_over(&drivein, &front).await;
}
