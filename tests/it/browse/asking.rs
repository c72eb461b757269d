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
        .fetch(&format!("/api/v1/entries/{DRIVE}{folder}"), 200)
        .await;
    assert_eq!(drivein.sandbox.count("list"), 1);
    drivein
        .ask(Method::GET, &format!("/api/v1/entries/{DRIVE}{folder}"))
        .header("cache-control", "no-cache")
        .expect(200)
        .await;
    assert_eq!(drivein.sandbox.count("list"), 2);
    // A page that was requested fresh redirects to the plain one, so that a reload costs nothing.
    let asked = drivein
        .fetch(&format!("/browse/{DRIVE}{folder}?refresh=1"), 303)
        .await;
    drivein.get(asked.header("location")).await.expect(200);
    assert_eq!(drivein.sandbox.count("list"), 3);
}

/// Asserts that no other calls were made than these, and no more of each.
fn are_at_most(calls: &BTreeMap<&'static str, u64>, most: &[(&str, u64)]) {
    for (route, count) in calls {
        let allowed = most.iter().find(|(allowed, _)| allowed == route);
        assert!(allowed.is_some_and(|(_, most)| count <= most), "{calls:?}");
    }
}

/// The calls of an upstream, with their numbers.
fn counts(drivein: &Drivein) -> BTreeMap<&'static str, u64> {
    let counts = sandbox::ROUTES
        .iter()
        .map(|route| (*route, drivein.sandbox.count(route)));
    counts.filter(|(_, count)| *count > 0).collect()
}

#[tokio::test]
async fn a_first_page_a_film_and_a_share_make_the_calls_that_they_need() {
    let drivein = Drivein::start().await;
    let folder = encoded("/Nature & Light");
    let address = format!("/browse/{DRIVE}{folder}");
    drivein.get(&address).await.expect(200);
    let page = [("tokeninfo", 1), ("filemetas", 1), ("list", 1)];
    are_at_most(&counts(&drivein), &page);

    // A film with subtitles beside it: its description, its qualities, the original's index, the folder, two segments.
    drivein.sandbox.reset_counts();
    let film = "/Nature & Light/Waves & Wind.mp4";
    let play = drivein.play(film).await;
    drivein.fetch(&format!("{play}/master.m3u8"), 200).await;
    for number in 0..2 {
        let segment = format!("{play}/480p/{number}.ts");
        drivein.get(&segment).await.expect(200);
    }
    let mut calls = counts(&drivein);
    for read_ahead in ["segment", "original", "dlink"] {
        assert!(calls.remove(read_ahead).is_some(), "{read_ahead}");
    }
    let of_a_film = [
        ("download", 1),
        ("filemetas", 1),
        ("list", 1),
        ("streaming", 4),
    ];
    are_at_most(&calls, &of_a_film);

    drivein.sandbox.reset_counts();
    let links = drivein.sandbox.share_links();
    let link = links.iter().find(|link| link.name == "film").unwrap();
    let ask = drivein.ask(Method::POST, "/api/v1/shares/open");
    let opened = ask.json(&serde_json::json!({"url": link.url})).send().await;
    let place = opened.expect(200).json()["place"].clone();
    drivein
        .api(&format!("entries/{}", place.as_str().unwrap()))
        .await;
    let share = [("share_list", 1), ("shorturlinfo", 1)];
    are_at_most(&counts(&drivein), &share);
}

#[tokio::test]
async fn small_screens_get_small_pictures() {
    let drivein = Drivein::start().await;
    let folder = encoded("/Nature & Light");
    let page = drivein.get(&format!("/browse/{DRIVE}{folder}")).await;
    let page = page.expect(200).text();
    let sources: Vec<&str> = page.split("<picture>").skip(1).collect();
    assert!(sources.len() >= 6, "{page}");
    for source in sources {
        let (large, small) = source.split_once("<img").unwrap();
        assert!(large.contains("min-width") && large.contains("/poster.jpg"));
        assert!(small.starts_with(" src=") && small.contains("/poster-small.jpg"));
    }
    let play = drivein.play("/Nature & Light/Waves & Wind.mp4").await;
    let width = async |name: &str| {
        let picture = drivein.get(&format!("{play}/{name}")).await.expect(200);
        image::load_from_memory(&picture.body).unwrap().width()
    };
    assert_eq!(width("poster-small.jpg").await, 360);
    assert_eq!(width("poster.jpg").await, 850);
    assert_eq!(width("poster-small.jpg").await, 360);
    assert_eq!(drivein.sandbox.count("thumbnail"), 2);
}

#[tokio::test]
async fn tracks_are_told_by_the_drive_where_the_file_cannot_be_read() {
    let drivein = Drivein::start().await;
    let call = format!("entries/{DRIVE}{}?facts=tracks", encoded(FILM));
    drivein.fault("dlink", sandbox::Effect::errno(31074));
    let told = drivein.api(&call).await["entry"]["tracks"].clone();
    let kinds: Vec<_> = told.as_array().unwrap().iter().collect();
    let [video, audio] = kinds.as_slice() else {
        panic!("{told}");
    };
    assert_eq!(
        (&video["kind"], &video["codec"]),
        (&"video".into(), &"h264".into())
    );
    assert_eq!(
        (&audio["kind"], &audio["codec"]),
        (&"audio".into(), &"aac".into())
    );
    assert!(video["frame_rate"].as_f64().unwrap() > 1.0, "{told}");
    assert!(video["width"].as_u64().unwrap() > 100, "{told}");
    assert!(audio["channels"].as_u64().unwrap() >= 1, "{told}");
}
