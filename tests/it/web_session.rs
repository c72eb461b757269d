//! TeraBox through the account's web session alone, through the whole program: a cookie gives the whole drive;
//! page tokens, regions, verifications, and a session that ends.

mod cookies;
mod uploads;

use reqwest::Method;
use sandbox::{Effect, Fault, Options, PlanChange, WebSessionFault};
use serde_json::{Value, json};

use crate::harness::*;

use uploads::put;

async fn started() -> Drivein {
    Drivein::setup().by_web_session().start().await
}

fn stand(drivein: &Drivein, standing: WebSessionFault) {
    drivein.sandbox.change_account(PlanChange {
        web_session: Some(standing),
        ..PlanChange::default()
    });
}

async fn drive(drivein: &Drivein) -> Value {
    drivein.api("drives").await["drives"][0].clone()
}

#[tokio::test]
async fn a_cookie_opens_the_whole_drive_and_nothing_of_it_leaves() {
    let drivein = started().await;
    assert_eq!(drive(&drivein).await["state"], "ready");
    assert_eq!(drive(&drivein).await["account"]["name"], "Sandbox");
    assert_eq!(
        drivein.sandbox.count("web_page"),
        1,
        "the token is read from the page, once"
    );
    assert!(drivein.names("/").await.contains(&FILM[1..].to_owned()));

    let play = drivein.play(FILM).await;
    let whole = drivein.get(&play).await.expect(200);
    assert!(
        whole.body == drivein.source(FILM, "original").await,
        "the original differs"
    );
    let ladder = drivein.text(&format!("{play}/master.m3u8")).await;
    for rung in ["1080p", "720p", "480p", "audio"] {
        assert!(ladder.contains(rung), "{ladder}");
    }
    let segment = drivein.get(&format!("{play}/720p/3.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(FILM, "720p", 3).await);
    let found = drivein.api("search?q=tidal").await;
    assert!(!found["entries"].as_array().unwrap().is_empty(), "{found}");

    for route in [
        "list",
        "filemetas",
        "search",
        "streaming",
        "download",
        "uinfo",
        "tokeninfo",
    ] {
        assert_eq!(
            drivein.sandbox.count(route),
            0,
            "{route}: the Open Platform is asked for nothing"
        );
    }
    assert_eq!(drivein.sandbox.count("web_page"), 1);
    let page = drivein.text("/account/films").await;
    for words in ["web session", "Session ends", "With your browser’s cookie"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("With a QR code"));
    drivein.get("/status").await.expect(200);
}

#[tokio::test]
async fn a_token_that_was_replaced_is_read_again_once_for_everybody() {
    let drivein = started().await;
    drivein.names("/").await;
    stand(&drivein, WebSessionFault::Stale);
    let pages = drivein.sandbox.count("web_page");
    let ask = async |folder: &str| drivein.names(folder).await.len();
    let (series, nature) = tokio::join!(ask("/Nature & Light"), ask("/Series"));
    assert!(series > 0 && nature > 0);
    assert_eq!(drivein.sandbox.count("web_page"), pages + 1);

    // During playback, viewers notice nothing.
    let play = drivein.play(FILM).await;
    drivein.get(&format!("{play}/720p/0.ts")).await.expect(200);
    stand(&drivein, WebSessionFault::Stale);
    drivein.sandbox.expire_urls();
    let segment = drivein.get(&format!("{play}/720p/5.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(FILM, "720p", 5).await);
}

#[tokio::test]
async fn a_page_that_holds_no_token_any_more_is_told_with_what_to_do() {
    let drivein = Drivein::setup().by_web_session();
    let drivein = drivein.start().await;
    stand(&drivein, WebSessionFault::Tokenless);
    let reply = drivein.get("/api/v1/entries/films").await.expect(502);
    assert_eq!(reply.code(), "upstream_failed");
    assert!(reply.text().contains("js_token"), "{}", reply.text());
    stand(&drivein, WebSessionFault::Good);
    assert!(
        !drivein.names("/").await.is_empty(),
        "nothing of it is remembered"
    );
}

fn in_a_region(prefix: &str) -> Options {
    Options {
        web_region: Some(prefix.to_owned()),
        public_host: Some("localhost".to_owned()),
        ..Options::default()
    }
}

#[tokio::test]
async fn the_region_of_the_account_is_followed_and_everything_plays_from_there() {
    let setup = Drivein::setup().sandbox(in_a_region("jp")).by_web_session();
    let drivein = setup
        .allow_host("localhost")
        .allow_host("jp.localhost")
        .start()
        .await;
    assert_eq!(drive(&drivein).await["state"], "ready");
    let play = drivein.play(FILM).await;
    let whole = drivein.get(&play).await.expect(200);
    assert!(
        whole.body == drivein.source(FILM, "original").await,
        "the original differs"
    );
    let asked = drivein.sandbox.count("web_list");
    drivein.names("/Nature & Light").await;
    assert_eq!(
        drivein.sandbox.count("web_list"),
        asked + 1,
        "the region is remembered"
    );
}

#[tokio::test]
async fn a_region_that_is_not_below_the_own_name_is_not_followed() {
    let drivein = started().await;
    drivein.names("/").await;
    for prefix in ["evil.example/", "a.b", "-jp", "JP"] {
        let asked = drivein.sandbox.count("web_list");
        let effect = Effect {
            errno: Some(-6),
            headers: [("url-domain-prefix".to_owned(), prefix.to_owned())].into(),
            ..Effect::default()
        };
        drivein
            .sandbox
            .fault(Fault::on("web_list", effect).times(1));
        let reply = drivein.fetch("/api/v1/entries/films/Series", 403).await;
        assert_eq!(reply.code(), "signed_out", "{prefix}");
        assert_eq!(drivein.sandbox.count("web_list"), asked + 1, "{prefix}");
    }
    let elsewhere = Effect {
        status: Some(302),
        headers: [("location".to_owned(), "http://evil.example/main".to_owned())].into(),
        ..Effect::default()
    };
    stand(&drivein, WebSessionFault::Stale);
    drivein
        .sandbox
        .fault(Fault::on("web_page", elsewhere).times(1));
    drivein.fetch("/api/v1/entries/films/Series", 502).await;
}

#[tokio::test]
async fn a_verification_is_told_and_asked_for_no_more() {
    let drivein = started().await;
    drivein.names("/").await;
    stand(&drivein, WebSessionFault::Verify);
    let before = drivein.upstream_calls();
    let reply = drivein.get("/api/v1/entries/films/Series").await;
    assert_eq!(
        reply.code(),
        "verification_required",
        "{}",
        reply.describe()
    );
    assert!(
        reply.json()["detail"].as_str().unwrap().contains("website"),
        "{}",
        reply.text()
    );
    assert_eq!(
        drivein.upstream_calls(),
        before + 1,
        "asked once, and nothing tried around it"
    );
    let page = drivein.get("/browse/films/Series").await.text();
    assert!(page.contains("Verification required"));
}

#[tokio::test]
async fn a_pasted_link_is_opened_watched_and_saved_by_the_web_calls() {
    let drivein = started().await;
    let links = drivein.sandbox.share_links();
    let link = |name: &str| links.iter().find(|link| link.name == name).unwrap().clone();
    let open = async |name: &str| {
        let link = link(name);
        let body = json!({"url": link.url, "password": link.password});
        drivein.post("shares/open", body).await.expect(200).json()["place"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for (name, film, owner) in [
        (
            "film",
            "/Borrowed Light.mp4",
            "/2024-03 shared/Borrowed Light.mp4",
        ),
        (
            "password",
            "/Locked Harbour.mp4",
            "/Behind a door/Locked Harbour.mp4",
        ),
    ] {
        let place = open(name).await;
        let entry = drivein
            .api(&format!("entries/{place}{}", encoded(film)))
            .await["entry"]
            .clone();
        let play = drivein.local(entry["play"]["original"].as_str().unwrap());
        let segment = drivein.get(&format!("{play}/480p/1.ts")).await.expect(200);
        assert!(
            segment.body == drivein.segment_source(owner, "480p", 1).await,
            "{name}"
        );
        let whole = drivein.get(&play).await.expect(200);
        assert!(
            whole.body == drivein.source(owner, "original").await,
            "{name}"
        );
    }
    let place = open("series").await;
    let save = async |to: &str| {
        let body = json!({"place": place, "paths": ["/Paper Atlas/Trailer.mp4"], "to": {"place": DRIVE, "path": to}});
        drivein.post("shares/save", body).await.json()["results"][0].clone()
    };
    let saved = save("/Series").await;
    assert_eq!(saved["ok"], true, "{saved}");
    assert!(
        drivein
            .names("/Series")
            .await
            .contains(&"Trailer.mp4".to_owned())
    );
    let made = save("/No such folder yet").await;
    assert_eq!(made["ok"], true, "{made}");
    assert_eq!(drivein.names("/No such folder yet").await, ["Trailer.mp4"]);
    for route in [
        "shorturlinfo",
        "share_list",
        "share_streaming",
        "share_download",
        "share_transfer",
    ] {
        assert_eq!(drivein.sandbox.count(route), 0, "{route}");
    }
}

#[tokio::test]
async fn links_of_ones_own_need_no_token_but_the_pages() {
    let drivein = started().await;
    let visitor = drivein.told();
    let call = async |method: Method, call: &str, body: Value| {
        visitor
            .ask(method, &format!("/api/v1/drives/films/shares{call}"))
            .json(&body)
            .send()
            .await
    };
    let made = call(Method::POST, "", json!({"paths": [FILM], "period_days": 0})).await;
    let id = made.expect(200).json()["id"].as_str().unwrap().to_owned();
    call(Method::DELETE, &format!("/{id}"), json!({}))
        .await
        .expect(204);
}

#[tokio::test]
async fn a_success_that_changed_nothing_is_done_again_with_a_new_token() {
    let drivein = started().await;
    drivein.names("/").await;
    let ignored = Effect::ignored();
    drivein
        .sandbox
        .fault(Fault::on("web_filemanager", ignored.clone()).times(1));
    let pages = drivein.sandbox.count("web_page");
    let body = json!({"place": DRIVE, "path": FILM, "name": "Renamed.mp4"});
    let reply = drivein.post("files/rename", body).await;
    assert_eq!(reply.expect(200).json()["results"][0]["ok"], true);
    let names = drivein.names("/").await;
    assert!(names.contains(&"Renamed.mp4".to_owned()), "{names:?}");
    assert!(!names.contains(&FILM[1..].to_owned()), "{names:?}");
    assert_eq!(drivein.sandbox.count("web_filemanager"), 2);
    assert_eq!(drivein.sandbox.count("web_page"), pages + 1);
}

#[tokio::test]
async fn changes_made_elsewhere_are_polled_and_no_folder_is_listed_for_them() {
    let drivein = started().await;
    let state = tempfile::tempdir().unwrap();
    let text = format!(
        "data_dir = {:?}\n[network]\nallow_hosts = [\"127.0.0.1\"]\n{}",
        state.path(),
        web_session_section(&drivein.sandbox, "watched")
    );
    let config = drivein::config::Config::parse(&text, std::iter::empty()).unwrap();
    let store = drivein::store::Store::open(&config.data_dir).await.unwrap();
    let drives = drivein::app::open_drives(&config, &store).await.unwrap();
    let drive = drives[0].clone();
    let library = drivein::library::Library::new(drives, 1 << 20);
    library.poll_changes(&drive).await;
    assert_eq!(
        drivein.sandbox.count("web_filediff"),
        0,
        "without anything cached, nothing is asked"
    );
    let (root, page) = (media::EntryPath::root(), media::PageRequest::default());
    let place = drive.place().clone();
    let cached = drivein::library::Freshness::Cached;
    library.listing(&place, &root, &page, cached).await.unwrap();
    let mut changes = drive.changes().unwrap();
    library.poll_changes(&drive).await;
    assert!(
        changes.recv().await.unwrap().is_root(),
        "what was before is unknown"
    );

    let lists = drivein.sandbox.count("web_list");
    put(&drivein, "/Series/Elsewhere.bin", b"new")
        .await
        .expect(200);
    let body = json!({"place": DRIVE, "paths": [FILM]});
    let gone = drivein.post("files/delete", body).await;
    assert_eq!(gone.expect(200).json()["results"][0]["ok"], true);
    library.poll_changes(&drive).await;
    let mut told = vec![changes.recv().await.unwrap().to_string()];
    while let Ok(path) = changes.try_recv() {
        told.push(path.to_string());
    }
    told.sort();
    assert_eq!(told, ["/Series/Elsewhere.bin", FILM]);
    library.poll_changes(&drive).await;
    assert!(changes.try_recv().is_err(), "nothing has changed since");
    assert_eq!(drivein.sandbox.count("web_list"), lists);
}
