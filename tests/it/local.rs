//! A folder of this machine, through the whole program: it lists, plays, searches and shows new files.

mod addresses;
mod programs;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use reqwest::Method;

use crate::commands::{config_in, get, visitor};
use crate::harness::*;

use programs::programs_of;

fn film(path: &Path) {
    film_of(path, 20);
}

/// Makes a film of so many seconds, with sound, in the container of the name's extension.
pub fn film_of(path: &Path, seconds: u32) {
    let picture = format!("testsrc=size=640x360:rate=25:duration={seconds}");
    let sound = format!("sine=frequency=440:duration={seconds}");
    let inputs = ["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound];
    let codecs = "-c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -c:a aac";
    make_film(path, inputs.into_iter().chain(codecs.split(' ')));
}

/// Makes one film that browsers can play, and two that they cannot.
pub fn folder_of_films() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    film_of(&folder.path().join("As it is.mp4"), 30);
    film_of(&folder.path().join("In a box.mkv"), 30);
    film_of(&folder.path().join("Recorded.flv"), 30);
    folder
}

#[tokio::test]
async fn a_folder_plays_beside_a_cloud_drive_and_shows_new_files() {
    need("ffmpeg", "ffmpeg");
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("Season 1")).unwrap();
    film(&folder.path().join("Season 1/Part #1 ä.mkv"));
    let drivein = Drivein::setup();
    let drivein = drivein.folder("home", folder.path()).start().await;
    let page = drivein.api("entries/home/Season%201").await;
    let listed = &page["children"][0];
    assert_eq!(listed["name"], "Part #1 ä.mkv");
    let entry = drivein
        .api(&format!(
            "entries/home{}",
            encoded("/Season 1/Part #1 ä.mkv")
        ))
        .await["entry"]
        .clone();
    assert_eq!(entry["duration_s"].as_f64().unwrap().round(), 20.0);
    assert_eq!(
        (&entry["width"], &entry["height"]),
        (&640.into(), &360.into())
    );

    let original = drivein.local(entry["play"]["original"].as_str().unwrap());
    let bytes = std::fs::read(folder.path().join("Season 1/Part #1 ä.mkv")).unwrap();
    let whole = drivein.get(&original).await;
    assert!(whole.body == bytes, "the original differs");
    let part = drivein
        .ask(Method::GET, &original)
        .header("range", "bytes=100-199")
        .send()
        .await;
    assert_eq!(part.status, 206);
    assert!(part.body == bytes[100..200]);

    let master = drivein.get(&format!("{original}/master.m3u8")).await;
    assert_eq!(master.status, 200, "{}", master.text());
    // Its own samples in fragmented MP4, without another program.
    assert!(
        master.text().contains("RESOLUTION=640x360"),
        "{}",
        master.text()
    );
    assert!(listed["play"]["ts"].is_null(), "{listed}");
    let init = drivein.get(&format!("{original}/source/init.mp4")).await;
    assert_eq!((init.status, &init.body[4..8]), (200, &b"ftyp"[..]));
    assert_eq!(
        drivein.get(&format!("{original}/360p.m3u8")).await.status,
        422
    );
    assert_eq!(programs_of(folder.path()), 0);
    let poster = drivein.get(&format!("{original}/poster.jpg")).await;
    assert_eq!(poster.header("content-type"), "image/jpeg");

    let found = drivein.api("search?q=part").await;
    let places: Vec<&str> = found["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["place"].as_str())
        .collect();
    assert!(places.contains(&"home"), "{found}");
    let at_home = |entry: &&serde_json::Value| entry["place"] == "home";
    let ours = found["entries"].as_array().unwrap().iter().find(at_home);
    assert!(ours.unwrap()["thumbnail"].is_string(), "{found}");
    assert!(ours.unwrap()["duration_s"].is_number(), "{found}");

    std::fs::write(folder.path().join("Season 1/Part #2.mkv"), b"new").unwrap();
    let patience = std::time::Duration::from_secs(20);
    eventually("the new file is listed", patience, async || {
        let page = drivein.api("entries/home/Season%201").await;
        (page["children"].as_array().unwrap().len() == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_file_that_was_replaced_is_served_in_its_new_version_at_the_same_address() {
    let folder = tempfile::tempdir().unwrap();
    let film = folder.path().join("film.avi");
    let old = vec![b'a'; 3_000_000];
    std::fs::write(&film, &old).unwrap();
    let drivein = Drivein::setup();
    let drivein = drivein.folder("home", folder.path()).start().await;
    let entry = drivein.api("entries/home/film.avi").await["entry"].clone();
    let original = drivein.local(entry["play"]["original"].as_str().unwrap());
    let first = drivein.get(&original).await.expect(200);
    assert!(first.body == old);
    // Over it, as a download does, and into it, as `cp` does.
    for (letter, is_renamed) in [(b'b', true), (b'c', false)] {
        let new = vec![letter; 4_000_000];
        let target = folder
            .path()
            .join(if is_renamed { ".part" } else { "film.avi" });
        std::fs::write(&target, &new).unwrap();
        if is_renamed {
            std::fs::rename(&target, &film).unwrap();
        }
        let again = drivein.get(&original).await.expect(200);
        assert!(again.body == new, "{}", again.describe());
        assert_ne!(again.header("etag"), first.header("etag"));
        // A player that continues the old version gets the whole of the new one.
        let rest = drivein
            .ask(Method::GET, &original)
            .range("bytes=1000-")
            .header("if-range", first.header("etag"))
            .expect(200)
            .await;
        assert!(rest.body == new);
        assert_eq!(
            drivein.api("entries/home/film.avi").await["entry"]["size"],
            4_000_000
        );
    }
}

#[tokio::test]
async fn a_folder_tells_what_is_true_of_it_and_what_is_wrong_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("films");
    std::fs::create_dir(&folder).unwrap();
    let drivein = Drivein::setup()
        .no_drive()
        .folder("home", &folder)
        .start()
        .await;
    let page = drivein.text("/account/home").await;
    for words in [
        "of the files themselves, and by ffmpeg",
        "show at once",
        "Used",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Sign in"), "there is nothing to sign in to");
    std::fs::remove_dir(&folder).unwrap();
    let reply = drivein.get("/api/v1/entries/home").await.expect(502);
    assert!(
        reply.text().contains("whether the disk is mounted"),
        "{}",
        reply.text()
    );
    let status = drivein.text("/status").await;
    assert!(status.contains("home"), "{status}");
}

#[tokio::test]
async fn a_file_that_the_server_may_not_read_is_called_that_by_page_status_api_and_check() {
    need("setpriv", "util-linux");
    let dir = tempfile::tempdir().unwrap();
    let (films, closed) = (dir.path().join("films"), dir.path().join("closed"));
    for folder in [&films, &closed] {
        std::fs::create_dir(folder).unwrap();
    }
    std::fs::write(films.join("Open.mp4"), vec![7; 5000]).unwrap();
    std::fs::write(films.join("Closed.mp4"), vec![7; 5000]).unwrap();
    let forbid = |path: &Path| {
        let none = std::fs::Permissions::from_mode(0o000);
        std::fs::set_permissions(path, none).unwrap();
    };
    forbid(&films.join("Closed.mp4"));
    forbid(&closed);
    let other = folder_section("closed", &closed);
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = {:?}\n{}{other}",
        dir.path().join("data"),
        folder_section("home", &films)
    );
    let config = config_in(dir.path(), &text);
    // Root may read everything, unless it gives up its capabilities.
    let is_root = std::fs::read_dir(&closed).is_ok();
    let run = |command: &str| {
        let program = env!("CARGO_BIN_EXE_drivein");
        let program = match is_root {
            true => {
                Program::new("setpriv").args(["--inh-caps=-all", "--bounding-set=-all", program])
            }
            false => Program::new(program),
        };
        program.args([command, "--config", &config])
    };
    let checked = run("check").output().await;
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(
        !checked.status.success() && said.contains("may not read"),
        "{said}"
    );

    let mut running = run("serve").spawn();
    let visitor = visitor(&mut running, "Drive-In is at").await;
    let words = "may not read this file";
    let entry = get(&visitor, "/api/v1/entries/home/Closed.mp4").await;
    let entry = entry.expect(200).json();
    let original = url::Url::parse(entry["entry"]["play"]["original"].as_str().unwrap()).unwrap();
    let tracks = "/api/v1/entries/home/Closed.mp4?facts=tracks".to_owned();
    let play = ["", "/master.m3u8", "/source.m3u8", "/poster.jpg"];
    let play = play.map(|end| format!("{}{end}", original.path()));
    for path in play.into_iter().chain([tracks]) {
        let problem = get(&visitor, &path).await.expect(502).json();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{path}: {detail}");
    }
    // The others of its folder are not hurt by it.
    get(&visitor, "/watch/home/Open.mp4").await.expect(200);
    for path in [
        "/status",
        "/browse/closed",
        "/account/closed",
        "/api/v1/entries/closed",
    ] {
        let text = get(&visitor, path).await.text();
        assert!(text.contains("may not read"), "{path}: {text}");
    }
    running.terminate().await;
}
