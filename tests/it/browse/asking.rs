//! Counts upstream calls: one for concurrent callers, none for cached data, another one on reload.

use super::*;

#[tokio::test]
async fn a_second_view_asks_the_upstream_nothing() {
    let drivein = Drivein::start().await;
    let nature = encoded("/Nature & Light");
    let film = encoded(FILM);
    for address in [
        "/".to_owned(),
        format!("/browse/{DRIVE}{nature}"),
        format!("/watch/{DRIVE}{film}"),
        format!("/api/v1/entries/{DRIVE}{nature}"),
        format!("/api/v1/entries/{DRIVE}{film}"),
    ] {
        drivein.get(&address).await.expect(200);
        let before = drivein.upstream_calls();
        drivein.get(&address).await.expect(200);
        assert_eq!(drivein.upstream_calls(), before, "{address}");
    }
    let play = drivein.play(FILM).await;
    for stream in ["/master.m3u8", "/480p.m3u8", "/poster.jpg"] {
        drivein.get(&format!("{play}{stream}")).await.expect(200);
        let before = drivein.upstream_calls();
        drivein.get(&format!("{play}{stream}")).await.expect(200);
        assert_eq!(drivein.upstream_calls(), before, "{stream}");
    }
}

#[tokio::test]
async fn fifty_simultaneous_first_views_are_one_call() {
    let drivein = Drivein::start().await;
    let address = format!(
        "/api/v1/entries/{DRIVE}{}",
        encoded("/Series/Paper Worlds/Season 1")
    );
    let replies = join_all((0..50).map(|_| drivein.get(&address))).await;
    for reply in replies {
        assert_eq!(children(&reply.expect(200).json()).len(), 11);
    }
    assert_eq!(drivein.sandbox.count("list"), 1);
    assert_eq!(drivein.sandbox.count("filemetas"), 1);
    assert_eq!(drivein.sandbox.count("tokeninfo"), 1);
}

#[tokio::test]
async fn fifty_viewers_who_open_a_film_at_once_cost_one_call_per_quality() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let master = format!("{play}/master.m3u8");
    for reply in join_all((0..50).map(|_| drivein.get(&master))).await {
        assert!(reply.expect(200).text().contains("1080p.m3u8"));
    }
    assert_eq!(
        drivein.sandbox.count("streaming"),
        4,
        "480p, 720p, 1080p and sound"
    );
}

#[tokio::test]
async fn who_asks_for_a_fresh_answer_gets_one() {
    let drivein = Drivein::start().await;
    let folder = encoded("/Nature & Light");
    drivein
        .get(&format!("/api/v1/entries/{DRIVE}{folder}"))
        .await
        .expect(200);
    assert_eq!(drivein.sandbox.count("list"), 1);
    drivein
        .ask(Method::GET, &format!("/api/v1/entries/{DRIVE}{folder}"))
        .header("cache-control", "no-cache")
        .send()
        .await
        .expect(200);
    assert_eq!(drivein.sandbox.count("list"), 2);
    // A page that was requested fresh redirects to the plain one, so that a reload costs nothing.
    let asked = drivein
        .get(&format!("/browse/{DRIVE}{folder}?refresh=1"))
        .await
        .expect(303);
    drivein.get(asked.header("location")).await.expect(200);
    assert_eq!(drivein.sandbox.count("list"), 3);
}
