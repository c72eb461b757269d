//! VLC, through its own HTTP interface.

mod seeking;

use std::time::Duration;

use serde_json::Value;

use super::{LINUX, page_link};
use crate::harness::*;
use crate::servers::Remote;

/// Timeout of a player on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// VLC in the background with its own HTTP interface.
struct Vlc {
    _running: Running,
    _home: tempfile::TempDir,
    address: String,
    client: reqwest::Client,
}

impl Vlc {
    /// Starts VLC and opens a URL.
    async fn open(address: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self::open_at(home, address, &["--vout", "dummy"])
    }

    /// Starts VLC in a folder, with options for its screen. VLC refuses to run as root, so another user runs it then.
    fn open_at(home: tempfile::TempDir, address: &str, screen: &[&str]) -> Self {
        need("cvlc", "vlc-bin");
        let port = free_port();
        let vlc = [
            "cvlc",
            "-I",
            "dummy",
            "--aout",
            "dummy",
            "--no-video-title-show",
            "--no-media-library",
            "--extraintf",
            "http",
            "--http-host",
            "127.0.0.1",
            "--http-password",
            "x",
        ];
        let is_root = std::fs::metadata("/proc/self")
            .is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
        let program = if is_root {
            need("setpriv", "util-linux");
            let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o777);
            std::fs::set_permissions(home.path(), everybody).unwrap();
            Program::new("setpriv")
                .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
                .args(vlc)
        } else {
            Program::new("cvlc").args(&vlc[1..])
        };
        let folder = home.path().to_str().unwrap();
        let running = program
            .args(screen)
            .args(["--http-port", &port.to_string()])
            .arg_last(address)
            .env("HOME", folder)
            .env("XDG_RUNTIME_DIR", folder)
            .in_folder(home.path())
            .spawn();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            _running: running,
            _home: home,
            address: format!("http://127.0.0.1:{port}/requests"),
            client,
        }
    }

    async fn ask(&self, page: &str) -> Option<Value> {
        let request = self.client.get(format!("{}/{page}", self.address));
        let reply = request.basic_auth("", Some("x")).send().await.ok()?;
        serde_json::from_slice(&reply.bytes().await.ok()?).ok()
    }

    /// Seeks to the middle and waits until playback continues there, at most ten seconds behind it: VLC plays on while a
    /// busy machine asks it.
    async fn seek_to_the_middle(&self, length_s: f64) {
        let answer = self.ask("status.json?command=seek&val=50%25").await;
        assert!(answer.is_some(), "VLC does not answer");
        let middle = length_s / 2.0;
        eventually("VLC plays on in the middle", PATIENCE, async || {
            let status = self.ask("status.json").await?;
            // The fraction of the length, in VLC's resolution.
            let at = status["position"].as_f64()? * length_s;
            (status["state"] == "playing" && (middle..=middle + 10.0).contains(&at)).then_some(())
        })
        .await;
    }

    /// Waits until it reports the length, which must be this one.
    async fn is_as_long_as(&self, seconds: u64) {
        let length = eventually("VLC knows the length", PATIENCE, async || {
            let status = self.ask("status.json").await?;
            status["length"].as_u64().filter(|length| *length > 0)
        })
        .await;
        assert_eq!(length, seconds);
    }

    /// Waits for the film of this name.
    async fn film(&self, name: &str) -> Value {
        eventually(name, PATIENCE, async || {
            let status = self.ask("status.json").await?;
            let meta = &status["information"]["category"]["meta"];
            let is_it = [&meta["title"], &meta["filename"]]
                .iter()
                .any(|text| text.as_str() == Some(name));
            (is_it && status["state"] == "playing").then_some(status)
        })
        .await
    }

    /// Returns its status once it plays and has decoded so many blocks.
    async fn playing(&self, statistic: &str, at_least: u64) -> Value {
        let mut last = Value::Null;
        let what = format!("VLC plays and {statistic} ≥ {at_least}");
        eventually(&what, PATIENCE, async || {
            let status = self.ask("status.json").await?;
            let count = status["information"]["category"]["meta"].is_object()
                && status["stats"][statistic].as_u64() >= Some(at_least);
            last = status.clone();
            (count && status["state"] == "playing").then_some(status)
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vlc_plays_the_stream_in_its_full_length() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let vlc = Vlc::open(&format!("{play}/master.m3u8")).await;
    vlc.playing("decodedvideo", 24).await;
    vlc.is_as_long_as(66).await;
    vlc.seek_to_the_middle(66.0).await;
}

/// “Open in VLC” is a list, which VLC is started with.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vlc_goes_on_by_the_link_of_the_page() {
    let drivein = Drivein::start().await;
    let link = page_link(&drivein, LINUX, "data-app=\"vlc\"", 40.0).await;
    assert!(link.ends_with("/list.m3u"), "{link}");
    let vlc = Vlc::open(&link).await;
    // It goes on from there, and has shown nothing of what is before.
    let first = eventually("VLC plays", PATIENCE, async || {
        let status = vlc.ask("status.json").await?;
        (status["time"].as_u64() >= Some(1)).then_some(status)
    })
    .await;
    assert!(first["time"].as_u64() >= Some(35), "{first}");
    // The picture does not come after the sound.
    let status = vlc.playing("decodedvideo", 24).await;
    assert!(status["time"].as_u64() <= Some(46), "{status}");
    vlc.playing("displayedpictures", 1).await;
    vlc.playing("playedabuffers", 1).await;
    assert!(drivein.log().contains("/list.m3u"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_resumes_where_vlc_stopped() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let vlc = Vlc::open(&format!("{play}/720p.m3u8")).await;
    let at = eventually("VLC plays for a while", PATIENCE, async || {
        let time = vlc.ask("status.json").await?["time"].as_f64()?;
        (time >= 23.0).then_some(time)
    })
    .await;
    drop(vlc);
    let noted = eventually("the position is stored", PATIENCE, async || {
        let history = drivein.api("history").await;
        let noted = history["entries"][0]["position_s"].as_f64()?;
        ((noted - at).abs() <= 10.0).then_some(noted)
    })
    .await;
    let watch = format!("/watch/{DRIVE}{}", encoded(FILM));
    let page = drivein.get(&watch).await.text();
    assert!(page.contains(r#""resume_s":"#), "after {noted} s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vlc_finds_the_subtitles_of_the_stream() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let vlc = Vlc::open(&format!("{play}/master.m3u8")).await;
    eventually("VLC knows a subtitle", PATIENCE, async || {
        let status = vlc.ask("status.json").await?;
        let streams = status["information"]["category"].as_object()?.values();
        streams
            .map(|stream| stream["Type"].as_str())
            .any(|kind| kind == Some("Subtitle"))
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vlc_plays_and_seeks_in_a_whole_rendition() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let vlc = Vlc::open(&format!("{play}/480p.ts")).await;
    // VLC's own demuxer looks for the end of a transport stream only if seeking is fast, and VLC never takes
    // HTTP for fast; it seeks by the fraction of the bytes.
    vlc.playing("decodedvideo", 24).await;
    vlc.seek_to_the_middle(66.0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vlc_knows_the_length_of_a_whole_rendition_by_its_other_demuxer() {
    let drivein = Drivein::start().await;
    let play = format!("{}{}", drivein.address, drivein.play(FILM).await);
    let vlc = Vlc::open(&format!("http/avformat://{play}/480p.ts")).await;
    vlc.playing("decodedvideo", 24).await;
    vlc.is_as_long_as(66).await;
    vlc.seek_to_the_middle(66.0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_paused_in_vlc_until_everything_has_run_out_plays_on() {
    let drivein = Drivein::setup().forgetful().start().await;
    let play = format!("{}{}", drivein.url(), drivein.play(FILM).await);
    let vlc = Vlc::open(&format!("{play}/480p.m3u8")).await;
    vlc.playing("decodedvideo", 24).await;
    vlc.ask("status.json?command=pl_pause").await.unwrap();
    let paused = eventually("VLC pauses", PATIENCE, async || {
        let status = vlc.ask("status.json").await?;
        (status["state"] == "paused").then_some(status)
    })
    .await;
    drivein.sandbox.reset_counts();
    drivein.sandbox.expire_urls();
    drivein.sandbox.expire_tokens();

    vlc.ask("status.json?command=rate&val=4").await.unwrap();
    vlc.ask("status.json?command=pl_pause").await.unwrap();
    let decoded = |status: &Value| status["stats"]["decodedvideo"].as_u64().unwrap();
    let status = eventually("VLC plays on", PATIENCE, async || {
        let status = vlc.ask("status.json").await?;
        let at = status["time"].as_u64()?;
        (status["state"] == "playing" && (60..66).contains(&at)).then_some(status)
    })
    .await;
    // Every frame between: 24 a second.
    let played_s = status["time"].as_u64().unwrap() - paused["time"].as_u64().unwrap();
    let pictures = decoded(&status) - decoded(&paused);
    assert!(
        pictures >= (played_s - 2) * 24,
        "{pictures} in {played_s} s"
    );
    assert_eq!(drivein.sandbox.count("refreshtoken"), 1);
    assert!(drivein.sandbox.count("streaming") >= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vlc_plays_an_awkward_original_in_its_full_length() {
    let drivein = Drivein::start().await;
    let film = "/Nature & Light/50% off, take #1.mp4";
    let play = format!("{}{}", drivein.url(), drivein.play(film).await);
    let vlc = Vlc::open(&play).await;
    vlc.playing("decodedvideo", 24).await;
    vlc.is_as_long_as(60).await;
    vlc.seek_to_the_middle(60.0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vlc_takes_the_list_of_a_folder_for_a_list_of_films() {
    let drivein = Drivein::start().await;
    let folder = "/Series/Paper Worlds/Season 1";
    let list = drivein.entry(folder).await["entry"]["lists"]["m3u"]
        .as_str()
        .unwrap()
        .to_owned();
    let vlc = Vlc::open(&list).await;
    vlc.playing("decodedvideo", 24).await;
    let tree = vlc.ask("playlist.json").await.unwrap();
    let mut leaves = Vec::new();
    collect_leaves(&tree, &mut leaves);
    let films: Vec<&String> = leaves
        .iter()
        .filter(|name| name.starts_with("Episode "))
        .collect();
    let expected: Vec<String> = (1..=11).map(|n| format!("Episode {n}")).collect();
    assert_eq!(films, expected.iter().collect::<Vec<_>>(), "{tree}");

    vlc.film("Episode 1").await;
    vlc.ask("status.json?command=pl_next").await.unwrap();
    vlc.film("Episode 2").await;
    let asked = drivein.log();
    for episode in ["Episode%201.mp4/", "Episode%202.mp4/"] {
        assert!(asked.contains(episode), "VLC never asked for {episode}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vlc_reads_the_titles_of_an_xspf() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    let list = format!("{}{root}/Nature%20%26%20Light/list.xspf", drivein.url());
    let vlc = Vlc::open(&list).await;
    vlc.playing("decodedvideo", 24).await;
    let tree = vlc.ask("playlist.json").await.unwrap();
    let mut leaves = Vec::new();
    collect_leaves(&tree, &mut leaves);
    for name in [
        "50% off, take #1",
        "already%20encoded%2Fname",
        "Hills + Mist = Morning",
        "The \"Quiet\" Hour",
        "What's that; who's there?",
    ] {
        assert!(leaves.iter().any(|leaf| leaf == name), "{name}: {leaves:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vlc_plays_and_seeks_in_films_of_webdav_and_s3() {
    let remote = Remote::start().await;
    for drive in Remote::DRIVES {
        let vlc = Vlc::open(&remote.play(drive).await).await;
        vlc.playing("decodedvideo", 24).await;
        vlc.is_as_long_as(66).await;
        vlc.seek_to_the_middle(66.0).await;
    }
}

fn collect_leaves(node: &Value, leaves: &mut Vec<String>) {
    match node["children"].as_array() {
        Some(children) => children
            .iter()
            .for_each(|child| collect_leaves(child, leaves)),
        None => leaves.extend(node["name"].as_str().map(str::to_owned)),
    }
}
