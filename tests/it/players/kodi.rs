//! Kodi under Xvfb: it browses, plays, seeks, is sent films, and its positions are stored.
//!
//! One Kodi for all of it, since it takes a while to start.

mod program;

use serde_json::json;

use super::numbered_ladder::NumberedLadder;
use super::{ANDROID, page_link};
use crate::harness::numbered_films::{SAMPLE, is_shown_at, seek_times};
use crate::harness::*;
use crate::servers::Remote;
use program::{Kodi, PATIENCE};

/// Seeks whose pictures are read back, some fifteen seconds of them.
const SEEKS: u32 = 50;

/// Returns every folder of the drive with more than one film; the names that Kodi shows there among videos,
/// folders and films; and the films and audio files in its playlist.
async fn folders_with_films(drivein: &Drivein) -> Vec<(String, Vec<String>, Vec<String>)> {
    let mut open = vec!["/".to_owned()];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        let folder = drivein
            .api(&format!("entries/{DRIVE}{}?limit=1000", encoded(&path)))
            .await;
        let of_kind = |kind: &str, key: &str| -> Vec<String> {
            let children = folder["children"].as_array().unwrap().iter();
            children
                .filter(|child| child["kind"] == kind)
                .map(|child| child[key].as_str().unwrap().to_owned())
                .collect()
        };
        open.extend(of_kind("folder", "path"));
        let films = of_kind("video", "name");
        if films.len() > 1 {
            let listed = [films.clone(), of_kind("audio", "name")].concat();
            let names = [of_kind("folder", "name"), films].concat();
            found.push((path, names, listed));
        }
    }
    found
}

/// Checks folders in the listing and over WebDAV, with the ticket and with Basic, and their playlists before
/// and after Kodi has browsed there, since it caches a folder's content.
async fn every_name_is_right(drivein: &Drivein, kodi: &Kodi, root: &str, more: [&str; 2]) {
    let folders = folders_with_films(drivein).await;
    assert!(folders.len() > 4, "{folders:?}");
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    for (path, names, listed) in folders {
        let inside = match encoded(&path) {
            root if root.is_empty() => root,
            folder => format!("{}/", &folder[1..]),
        };
        let titles = sorted(
            listed
                .iter()
                .map(|film| film.rsplit_once('.').unwrap().0.to_owned())
                .collect(),
        );
        let the_lists_are_right = async |when: &str, lists: &[&str]| {
            for list in lists {
                let address = format!("{root}{inside}{list}");
                let found = kodi.entries(&address, "video").await;
                let labels = found.iter().map(|(label, _)| label.clone()).collect();
                assert_eq!(sorted(labels), titles, "{address} {when}");
                for (label, file) in &found {
                    let film = file.strip_suffix("/master.m3u8").unwrap();
                    let name = decoded(film.rsplit('/').next().unwrap());
                    assert_eq!(name.rsplit_once('.').unwrap().0, label, "{file}");
                }
            }
        };
        the_lists_are_right("before its folder", &["list.m3u", "list.xspf"]).await;
        let names = sorted(names);
        for source in [root, more[0], more[1]] {
            let address = format!("{source}{inside}");
            let mut found = kodi.entries(&address, "video").await;
            found.retain(|(_, file)| *file != format!("{address}list.m3u"));
            let labels = found.iter().map(|(label, _)| label.clone()).collect();
            assert_eq!(sorted(labels), names, "{address}");
            for (label, file) in &found {
                let last = file.trim_end_matches('/').rsplit('/').next().unwrap();
                assert_eq!(&decoded(last), label, "{file}");
            }
        }
        the_lists_are_right("after its folder", &["list.m3u"]).await;
    }
}

/// Waits until the page of a film resumes within ten seconds of a position.
async fn page_resumes_near(drivein: &Drivein, film: &str, position_s: f64) {
    let watch = format!("/watch/{DRIVE}{}", encoded(film));
    let mut last = None;
    let found = soon(PATIENCE, async || {
        let page = drivein.get(&watch).await.text();
        last = all_between(&page, "\"resume_s\":", ",")
            .next()
            .map(str::to_owned);
        let resumes: f64 = last.as_ref()?.parse().ok()?;
        ((resumes - position_s).abs() <= 10.0).then_some(())
    });
    let is_near = found.await.is_some();
    assert!(is_near, "{film} was left at {position_s}, not {last:?}");
}

/// Checks that the page goes on where Kodi was stopped: in the adaptive stream, and in an original over WebDAV.
async fn positions_are_stored(drivein: &Drivein, kodi: &Kodi, root: &str, dav: &str) {
    for (film, address) in [
        (
            "/Three Moons.mp4",
            format!("{root}Three%20Moons.mp4/master.m3u8"),
        ),
        (
            "/Paper Mountains.mp4",
            format!("{dav}Paper%20Mountains.mp4"),
        ),
    ] {
        kodi.open(&address).await;
        let (stopped, _) = kodi.position(film, 14.0..30.0).await;
        kodi.stop().await;
        page_resumes_near(drivein, film, stopped).await;
    }
}

/// Checks the pictures after seeks in the ladder of a cloud drive, and in what a list has for a film without one.
async fn seeks_show_the_right_pictures(kodi: &Kodi) {
    let ladder = NumberedLadder::start().await;
    for (what, address, count) in [
        ("the ladder", &ladder.master, SEEKS),
        ("an original", &ladder.list_of_original, SAMPLE),
    ] {
        kodi.open(address).await;
        kodi.position(what, 1.0..30.0).await;
        kodi.pause(true).await;
        for seconds in seek_times(count) {
            kodi.seek(seconds).await;
            let mut last = None;
            let shown = soon(PATIENCE, async || {
                let number = kodi.picture();
                last = Some(number);
                is_shown_at(number, seconds).then_some(())
            });
            let is_right = shown.await.is_some();
            assert!(is_right, "{what} at {seconds}: picture {last:?}");
        }
        kodi.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kodi_browses_plays_seeks_and_is_sent_films() {
    let port = free_port();
    let player = format!(
        "[[player]]\nname = \"living room\"\nkind = \"kodi\"\nurl = \"http://127.0.0.1:{port}\"\nuser = \"kodi\"\npassword = \"popcorn\"\n"
    );
    let drivein = Drivein::setup().sections(&player).start().await;
    let root = format!("{}{}/", drivein.url(), drivein.play_root().await);
    let dav = root.replacen("http:", "dav:", 1);
    let signed_in = format!("dav://kodi:none@{}/dav/{DRIVE}/", drivein.address);
    let sources = [
        ("listing", &*root),
        ("dav", &*dav),
        ("signed in", &*signed_in),
    ];
    let kodi = Kodi::start(port, &sources).await;

    every_name_is_right(&drivein, &kodi, &root, [&dav, &signed_in]).await;

    // Sent from here: the adaptive stream, by the button's own call.
    let order = json!({"place": DRIVE, "path": FILM, "to": "living room"});
    let sent = drivein
        .ask(reqwest::Method::POST, "/api/v1/send")
        .json(&order)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(sent["to"], "living room");
    kodi.plays_and_seeks("the adaptive stream", 66.0).await;
    kodi.stop().await;

    positions_are_stored(&drivein, &kodi, &root, &signed_in).await;
    seeks_show_the_right_pictures(&kodi).await;

    // By the link on the page, which Android hands to Kodi as the URL that it has.
    let link = page_link(&drivein, ANDROID, "data-app=\"kodi\"", 5.0).await;
    let (rest, extras) = link
        .strip_prefix("intent://")
        .and_then(|link| link.split_once("#Intent;scheme=http;"))
        .unwrap_or_else(|| panic!("{link}"));
    assert!(extras.contains("package=org.xbmc.kodi;"), "{link}");
    kodi.open(&format!("http://{rest}")).await;
    kodi.plays_and_seeks("the link of the page", 66.0).await;
    kodi.stop().await;

    // Opened in Kodi: one quality as one file, and an original over WebDAV.
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let original = format!("{signed_in}{}", encoded_name(&FILM[1..]));
    for (what, address) in [
        ("one file", format!("{play}/480p.ts")),
        ("WebDAV", original),
    ] {
        kodi.open(&address).await;
        kodi.plays_and_seeks(what, 66.0).await;
        kodi.stop().await;
    }

    // The original of a film of a WebDAV server, and of one in a bucket.
    let remote = Remote::start().await;
    for drive in Remote::DRIVES {
        let play = remote.play(drive).await;
        kodi.open(&play).await;
        kodi.plays_and_seeks(drive, 66.0).await;
        kodi.stop().await;
    }

    // A playlist: Kodi plays its first film and has the rest in its queue.
    let season = format!("{root}Series/Paper%20Worlds/Season%201/list.m3u");
    kodi.open(&season).await;
    kodi.position("the first episode", 1.0..60.0).await;
    let items = kodi
        .ask("Playlist.GetItems", json!({"playlistid": 1}))
        .await;
    let labels: Vec<&str> = items["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["label"].as_str().unwrap())
        .collect();
    let episodes: Vec<String> = (1..=11).map(|n| format!("Episode {n}")).collect();
    assert_eq!(labels, episodes);
    kodi.stop().await;

    let asked = drivein.log();
    for target in [
        "Episode%201.mp4/",
        "/dav/films/Tidal%20Light.mp4",
        "480p.ts",
    ] {
        assert!(asked.contains(target), "Kodi never asked for {target}");
    }
}

#[tokio::test]
async fn a_player_that_is_off_or_unknown_is_told_of() {
    let section = format!(
        "[[player]]\nname = \"attic\"\nkind = \"kodi\"\nurl = \"http://127.0.0.1:{}\"\n",
        free_port()
    );
    let drivein = Drivein::setup().sections(&section).start().await;
    let players = drivein.api("players").await;
    assert_eq!(
        players,
        json!({"players": [{"name": "attic", "kind": "kodi"}]})
    );
    for (to, path, rendition, status, code) in [
        ("attic", FILM, None, 502, "upstream_failed"),
        ("cellar", FILM, None, 404, "not_found"),
        ("attic", "/Series", None, 400, "bad_request"),
        ("attic", "/none.mp4", None, 404, "not_found"),
        ("attic", FILM, Some("9p"), 400, "bad_request"),
    ] {
        let order = json!({"place": DRIVE, "path": path, "to": to, "rendition": rendition});
        let reply = drivein
            .ask(reqwest::Method::POST, "/api/v1/send")
            .json(&order)
            .send()
            .await
            .expect(status);
        assert_eq!(reply.code(), code, "{to} {path}");
    }
}
