//! Every share of the sandbox opens, lists and plays, or reports why not.

use std::collections::BTreeSet;

use sandbox::{Effect, Fault};

use super::*;

#[tokio::test]
async fn a_single_film_is_a_place_with_one_film_that_plays_byte_for_byte() {
    let drivein = Drivein::start().await;
    let link = share(&drivein, "film");
    let opened = ask_to_open(&drivein, &link.url, None)
        .await
        .expect(200)
        .json();
    let place = opened["place"].as_str().unwrap();
    assert_eq!(place, format!("~1{}", link.surl));
    assert_eq!(opened["entry"]["kind"], "folder");
    assert_eq!(opened["entry"]["path"], "/");
    assert_eq!(opened["entry"]["name"], "Borrowed Light.mp4");

    let root = entry_of(&drivein, place, "/").await;
    assert_eq!(names(&root), ["Borrowed Light.mp4"]);
    let film = entry_of(&drivein, place, "/Borrowed Light.mp4").await["entry"].clone();
    assert_eq!(film["kind"], "video");
    assert!(film["duration_s"].as_f64().unwrap() > 60.0);
    assert_eq!(film["height"], 1080);

    let path = "/2024-03 shared/Borrowed Light.mp4";
    let play = play_of(&drivein, place, "/Borrowed Light.mp4").await;
    let master = drivein.fetch(&format!("{play}/master.m3u8"), 200).await;
    // Three pictures and the sound of the cloud, and the repackaged original.
    assert_eq!(master.text().matches("EXT-X-STREAM-INF").count(), 5);
    let segment = drivein.get(&format!("{play}/720p/2.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(path, "720p", 2).await);
    let original = drivein.get(&play).await.expect(200);
    assert!(original.body == drivein.source(path, "original").await);
    let part = drivein.fetch_range(&play, "bytes=1000-1999").await;
    assert!(part.body == drivein.source(path, "original").await[1000..2000]);
    let poster = drivein.get(&format!("{play}/poster.jpg")).await.expect(200);
    assert_eq!(poster.body[..2], [0xff, 0xd8]);
    let list = drivein.local(film["lists"]["m3u"].as_str().unwrap());
    assert!(drivein.text(&list).await.contains("Borrowed"));
}

#[tokio::test]
async fn the_link_of_the_real_service_and_a_whole_message_open_the_same_share() {
    let drivein = Drivein::start().await;
    let surl = share(&drivein, "film").surl;
    for text in [
        format!("https://www.terabox.com/s/1{surl}"),
        format!("https://1024tera.com/sharing/link?surl={surl}"),
        format!("Look at this: https://terabox.app/wap/share/filelist?surl={surl}, it is good!"),
    ] {
        let opened = ask_to_open(&drivein, &text, None).await.expect(200).json();
        assert_eq!(opened["place"], format!("~1{surl}"), "{text}");
    }
}

#[tokio::test]
async fn folders_in_a_share_are_paged_sorted_and_their_films_play() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "series").await;
    assert_eq!(
        names(&entry_of(&drivein, &place, "/").await),
        ["Paper Atlas"]
    );
    let atlas = entry_of(&drivein, &place, "/Paper Atlas").await;
    assert_eq!(names(&atlas), ["Extras & more", "Season 1", "Trailer.mp4"]);

    let mut all = BTreeSet::new();
    let mut cursor = String::new();
    let mut pages = 0;
    loop {
        let page = drivein
            .api(&format!(
                "entries/{place}/Paper%20Atlas/Season%201?limit=50&sort=time&order=desc{cursor}"
            ))
            .await;
        if pages == 0 {
            assert_eq!(names(&page)[0], "Episode 120.mp4");
        }
        all.extend(names(&page));
        pages += 1;
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={}", encoded_name(next)),
            None => break,
        }
    }
    assert_eq!((all.len(), pages), (120, 3));

    for name in ["A & B.mp4", "Über uns #2.mp4", "100% 映画 🌊.mp4"] {
        let path = format!("/Paper Atlas/Extras & more/{name}");
        let play = play_of(&drivein, &place, &path).await;
        let segment = drivein.get(&format!("{play}/480p/0.ts")).await.expect(200);
        assert!(
            segment.body == drivein.segment_source(&path, "480p", 0).await,
            "{name}"
        );
    }
    let missing = drivein
        .get(&format!(
            "/api/v1/entries/{place}/Paper%20Atlas/No%20such.mp4"
        ))
        .await;
    assert_eq!(
        (missing.status, missing.code().as_str()),
        (404, "not_found")
    );
    let no_folder = drivein
        .get(&format!("/api/v1/entries/{place}/Paper%20Atlas/No/such"))
        .await;
    assert_eq!(no_folder.status, 404);
}

#[tokio::test]
async fn things_from_several_folders_stand_side_by_side_and_equal_names_are_told_apart() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "mixed").await;
    let root = entry_of(&drivein, &place, "/").await;
    let mut found = names(&root);
    found.sort();
    assert_eq!(
        found,
        [
            "Borrowed Light (2).mp4",
            "Borrowed Light.mp4",
            "Notes & signs #1 100%.txt",
            "Sound only.mp3"
        ]
    );
    let one = play_of(&drivein, &place, "/Borrowed Light.mp4").await;
    let other = play_of(&drivein, &place, "/Borrowed Light (2).mp4").await;
    let bodies = [drivein.get(&one).await.body, drivein.get(&other).await.body];
    let mut truths = [
        drivein
            .source("/2024-03 shared/Borrowed Light.mp4", "original")
            .await,
        drivein
            .source("/Elsewhere/Borrowed Light.mp4", "original")
            .await,
    ];
    if bodies[0] != truths[0] {
        truths.swap(0, 1);
    }
    assert!(bodies == truths);
    // A few at a time, since the upstream returns the root only whole.
    let page = drivein.api(&format!("entries/{place}/?limit=3")).await;
    assert_eq!(names(&page).len(), 3);
    let next = page["next"].as_str().unwrap();
    let rest = drivein
        .api(&format!(
            "entries/{place}/?limit=3&cursor={}",
            encoded_name(next)
        ))
        .await;
    assert_eq!((names(&rest).len(), &rest["next"]), (1, &Value::Null));
}

#[tokio::test]
async fn what_is_over_and_what_never_was_is_gone() {
    let drivein = Drivein::start().await;
    for name in ["expired", "cancelled"] {
        let reply = ask_to_open(&drivein, &share(&drivein, name).url, None).await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (410, "share_gone"),
            "{name}"
        );
    }
    let never = "https://www.terabox.com/s/1NeverWasThereAtAll000xX";
    let reply = ask_to_open(&drivein, never, Some("w3xz")).await;
    assert_eq!(reply.code(), "share_gone");
    assert_eq!(reply.json()["upstream"]["errno"], 105);
}

#[tokio::test]
async fn what_is_no_link_is_told_and_nobody_is_asked() {
    let drivein = Drivein::start().await;
    for text in [
        "",
        "just words",
        "https://terabox.com.evil.example/s/1SbxFilm0000000000000aA",
        "https://notterabox.com/s/1SbxFilm0000000000000aA",
        "https://www.terabox.com@evil.example/s/1SbxFilm0000000000000aA",
    ] {
        let reply = ask_to_open(&drivein, text, None).await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (400, "not_a_share_link"),
            "{text}"
        );
    }
    assert_eq!(share_calls(&drivein), 0);
    let body = drivein
        .ask(Method::POST, "/api/v1/shares/open")
        .json(&json!({"link": 1}));
    assert_eq!(body.send().await.code(), "bad_request");
}

#[tokio::test]
async fn a_preview_says_so_and_its_original_is_not_given() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "preview").await;
    let play = play_of(&drivein, &place, "/Only a Glimpse.mp4").await;
    let master = drivein.get(&format!("{play}/master.m3u8")).await;
    assert_eq!(
        (master.status, master.code().as_str()),
        (403, "preview_only")
    );
    let original = drivein.get(&play).await;
    assert_eq!(
        (original.status, original.code().as_str()),
        (403, "plan_required")
    );
}

#[tokio::test]
async fn a_film_in_the_making_asks_to_wait_and_plays_when_it_is_there() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "transcoding").await;
    let play = play_of(&drivein, &place, "/Still in the Making.mp4").await;
    let list = format!("{play}/720p.m3u8");
    let waiting = drivein.get(&list).await;
    assert_eq!(
        (waiting.status, waiting.code().as_str()),
        (503, "transcoding")
    );
    assert_ne!(waiting.header("retry-after"), "");
    drivein.sandbox.finish_transcoding();
    // In another quality, since a refusal is cached for a moment.
    drivein.get(&format!("{play}/480p.m3u8")).await.expect(200);
    let segment = drivein.get(&format!("{play}/480p/0.ts")).await.expect(200);
    let path = "/2024-03 shared/Still in the Making.mp4";
    assert!(segment.body == drivein.segment_source(path, "480p", 0).await);
}

#[tokio::test]
async fn what_the_upstream_asks_for_is_told_in_its_own_code() {
    let drivein = Drivein::start().await;
    for (errno, status, code) in [
        (400_141, 403, "verification_required"),
        (400_210, 403, "verification_required"),
        (4_000_020, 403, "verification_required"),
        (-62, 403, "verification_required"),
        (9000, 422, "unsupported"),
        (111, 429, "rate_limited"),
        (9001, 502, "upstream_failed"),
        (140, 410, "share_gone"),
    ] {
        let fault = drivein.fault("shorturlinfo", Effect::errno(errno));
        let reply = ask_to_open(&drivein, &share(&drivein, "film").url, None).await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (status, code),
            "{errno}"
        );
        drivein.sandbox.mend(fault);
    }
    // During playback, too.
    let place = open(&drivein, "film").await;
    let play = play_of(&drivein, &place, "/Borrowed Light.mp4").await;
    drivein
        .sandbox
        .fault(Fault::on("share_streaming", Effect::errno(-21)).times(1));
    let reply = drivein.get(&format!("{play}/480p.m3u8")).await;
    assert_eq!(reply.code(), "verification_required");
    drivein.get(&format!("{play}/720p.m3u8")).await.expect(200);
}

#[tokio::test]
async fn without_a_drive_that_opens_links_it_is_said_what_to_connect() {
    let drivein = Drivein::setup().no_drive().start().await;
    let reply = ask_to_open(
        &drivein,
        "https://www.terabox.com/s/1SbxFilm0000000000000aA",
        None,
    )
    .await;
    assert_eq!((reply.status, reply.code().as_str()), (422, "unsupported"));
    assert!(
        reply.json()["detail"]
            .as_str()
            .unwrap()
            .contains("Connect an account")
    );
}

#[tokio::test]
async fn a_share_names_its_owner_and_shows_the_picture() {
    let drivein = Drivein::start().await;
    let link = share(&drivein, "series");
    let opened = ask_to_open(&drivein, &link.url, link.password.as_deref()).await;
    let opened = opened.expect(200).json();
    let place = opened["place"].as_str().unwrap();
    assert_eq!(opened["owner"]["name"], "4k***eo", "{opened}");
    let asked = drivein.sandbox.count("shorturlinfo");
    let picture = opened["owner"]["avatar_url"].as_str().unwrap();
    let picture = drivein.local(picture);
    let reply = drivein.get(&picture).await.expect(200);
    assert!(reply.header("content-type").starts_with("image/"));
    let page = drivein.get(&format!("/browse/{place}/")).await.expect(200);
    let page = page.text();
    assert!(page.contains("4k***eo"), "{page}");
    assert!(page.contains(&picture), "{page}");
    assert_eq!(drivein.sandbox.count("shorturlinfo"), asked, "it is known");
}
