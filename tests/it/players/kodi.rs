//! Kodi under Xvfb, through its JSON-RPC (<https://kodi.wiki/view/JSON-RPC_API>).
//!
//! One Kodi for all tests, since it takes a while to start.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::*;
use crate::servers::Remote;

/// Kodi starts slowly, and renders without a graphics card.
const PATIENCE: Duration = Duration::from_secs(240);

struct Kodi {
    _screen: Running,
    _running: Running,
    home: tempfile::TempDir,
    address: String,
    client: reqwest::Client,
}

/// Returns Kodi's executable: Debian's `kodi` is a script that stays in front of it.
fn binary() -> PathBuf {
    let architectures = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    let found = architectures
        .map(|entry| entry.path().join("kodi/kodi.bin"))
        .find(|path| path.is_file());
    found.expect(
        "kodi is missing, and without it nothing is proven: install the Debian package kodi",
    )
}

impl Kodi {
    /// Starts Kodi with its web server on `port`, and with these sources of films.
    async fn start(port: u16, sources: &[(&str, &str)]) -> Self {
        need("Xvfb", "xvfb");
        let home = tempfile::tempdir().unwrap();
        let userdata = home.path().join(".kodi/userdata");
        std::fs::create_dir_all(&userdata).unwrap();
        write_settings(&userdata, port, sources);
        let mut screen = Program::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "320x240x24",
                "-nolisten",
                "tcp",
            ])
            .spawn();
        let display = screen.line_with("").await;
        let running = Program::new(binary().to_str().unwrap())
            .args(["--standalone"])
            .env("HOME", home.path().to_str().unwrap())
            .env("KODI_DATA", home.path().join(".kodi").to_str().unwrap())
            .env("DISPLAY", &format!(":{display}"))
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .spawn();
        let kodi = Self {
            _screen: screen,
            _running: running,
            home,
            address: format!("http://kodi:popcorn@127.0.0.1:{port}/jsonrpc"),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        eventually("Kodi answers", PATIENCE, async || {
            (kodi.try_ask("JSONRPC.Ping", json!({})).await? == "pong").then_some(())
        })
        .await;
        // It answers before all of it has started.
        eventually("Kodi shows its home", PATIENCE, async || {
            let wanted = json!({"properties": ["currentwindow"]});
            let shown = kodi.try_ask("GUI.GetProperties", wanted).await?;
            (shown["currentwindow"]["id"] == HOME_WINDOW).then_some(())
        })
        .await;
        kodi
    }

    async fn try_ask(&self, method: &str, params: Value) -> Option<Value> {
        let question = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let request = self.client.post(&self.address).json(&question);
        let reply = request.timeout(PATIENCE).send().await.ok()?;
        let answer: Value = reply.json().await.ok()?;
        answer.get("result").cloned()
    }

    /// Returns the last lines of its log.
    fn log(&self) -> String {
        let file = self.home.path().join(".kodi/temp/kodi.log");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    async fn ask(&self, method: &str, params: Value) -> Value {
        self.try_ask(method, params.clone())
            .await
            .unwrap_or_else(|| panic!("Kodi refuses {method} {params}; it says:\n{}", self.log()))
    }

    /// Returns the names and URLs of a folder or of a playlist, as Kodi parses them.
    async fn entries(&self, address: &str, media: &str) -> Vec<(String, String)> {
        let folder = json!({"directory": address, "media": media});
        let found = self.ask("Files.GetDirectory", folder).await;
        let files = found["files"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        files
            .iter()
            .map(|file| (text(&file["label"]), text(&file["file"])))
            .collect()
    }

    /// Returns position and length in seconds, once something plays.
    async fn time(&self) -> Option<(f64, f64)> {
        let wanted = json!({"playerid": 1, "properties": ["time", "totaltime", "speed"]});
        let found = self.try_ask("Player.GetProperties", wanted).await?;
        Some((seconds(&found["time"])?, seconds(&found["totaltime"])?))
    }

    /// Waits until it plays at a position in this range.
    async fn position(&self, what: &str, wanted: std::ops::Range<f64>) -> (f64, f64) {
        let mut last = None;
        let found = soon(PATIENCE, async || {
            last = self.time().await;
            last.filter(|(at, _)| wanted.contains(at))
        });
        match found.await {
            Some(found) => found,
            None => panic!(
                "{what}: never within {wanted:?}, but at {last:?}; Kodi says:\n{}",
                self.log()
            ),
        }
    }

    /// Checks that playback passes five seconds; then a seek to the middle lands there and continues.
    async fn plays_and_seeks(&self, what: &str, length_s: f64) {
        let (_, length) = self
            .position(&format!("{what}: five seconds"), 5.0..20.0)
            .await;
        assert!((length - length_s).abs() < 1.0, "{what}: {length} s long");
        // Kodi reports a position before it is there; the position from which it continues counts.
        self.ask("Player.PlayPause", json!({"playerid": 1, "play": false}))
            .await;
        let middle = length / 2.0;
        let there = json!({"playerid": 1, "value": {"percentage": 50.0}});
        self.ask("Player.Seek", there).await;
        self.position(
            &format!("{what}: in the middle"),
            middle - 2.0..middle + 2.0,
        )
        .await;
        self.ask("Player.PlayPause", json!({"playerid": 1, "play": true}))
            .await;
        self.position(
            &format!("{what}: on from the middle"),
            middle + 2.0..middle + 15.0,
        )
        .await;
    }

    async fn stop(&self) {
        self.ask("Player.Stop", json!({"playerid": 1})).await;
        eventually("Kodi stops", PATIENCE, async || {
            let players = self.ask("Player.GetActivePlayers", json!({})).await;
            players.as_array()?.is_empty().then_some(())
        })
        .await;
    }
}

fn seconds(time: &Value) -> Option<f64> {
    let part = |name: &str| time[name].as_f64();
    Some(
        part("hours")? * 3600.0
            + part("minutes")? * 60.0
            + part("seconds")?
            + part("milliseconds")? / 1000.0,
    )
}

fn write_settings(userdata: &Path, port: u16, sources: &[(&str, &str)]) {
    let settings = [
        ("services.webserver", "true".to_owned()),
        ("services.webserverport", port.to_string()),
        ("services.webserverauthentication", "true".to_owned()),
        ("services.webserverusername", "kodi".to_owned()),
        ("services.webserverpassword", "popcorn".to_owned()),
        ("services.zeroconf", "false".to_owned()),
        ("services.esenabled", "false".to_owned()),
        ("general.addonupdates", "2".to_owned()),
    ];
    let settings = settings.map(|(id, value)| format!("<setting id=\"{id}\">{value}</setting>"));
    let text = format!("<settings version=\"2\">{}</settings>", settings.concat());
    std::fs::write(userdata.join("guisettings.xml"), text).unwrap();
    let sources: String = sources
        .iter()
        .map(|(name, path)| {
            format!(
                "<source><name>{name}</name><path pathversion=\"1\">{path}</path><allowsharing>true</allowsharing></source>"
            )
        })
        .collect();
    let text = format!("<sources><video><default pathversion=\"1\"/>{sources}</video></sources>");
    std::fs::write(userdata.join("sources.xml"), text).unwrap();
}

/// Kodi's number of its first window.
const HOME_WINDOW: u64 = 10_000;

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

    // Opened in Kodi: one quality as one file, and an original over WebDAV.
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let original = format!("{signed_in}{}", encoded_name(&FILM[1..]));
    for (what, address) in [
        ("one file", format!("{play}/480p.ts")),
        ("WebDAV", original),
    ] {
        kodi.ask("Player.Open", json!({"item": {"file": address}}))
            .await;
        kodi.plays_and_seeks(what, 66.0).await;
        kodi.stop().await;
    }

    // The original of a film of a WebDAV server, and of one in a bucket.
    let remote = Remote::start().await;
    for drive in Remote::DRIVES {
        let play = remote.play(drive).await;
        kodi.ask("Player.Open", json!({"item": {"file": play}}))
            .await;
        kodi.plays_and_seeks(drive, 66.0).await;
        kodi.stop().await;
    }

    // A playlist: Kodi plays its first film and has the rest in its queue.
    let season = format!("{root}Series/Paper%20Worlds/Season%201/list.m3u");
    kodi.ask("Player.Open", json!({"item": {"file": season}}))
        .await;
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
