//! A server with a film whose pictures have their numbers in them: on a cloud drive, which has a rendition of it, and in a
//! folder.

use std::time::Duration;

use crate::harness::numbered_films::make_numbered_films;
use crate::harness::*;

/// Padded, or a player would take the rendition of the sound alone for the better one. A key frame every four seconds and
/// nowhere else: an upstream rounds the lengths of segments to whole seconds.
const ENCODER: &str =
    "-sc_threshold 0 -b:v 400k -minrate 400k -maxrate 400k -bufsize 400k -x264-params nal-hrd=cbr";

const PATIENCE: Duration = Duration::from_secs(120);

pub struct NumberedLadder {
    _drivein: Drivein,
    _folders: [tempfile::TempDir; 2],
    /// The ladder of the cloud drive.
    pub master: String,
    /// The ladder of the folder: its original, repackaged.
    pub repackaged: String,
    /// The list with the film in the folder: its original.
    pub list_of_original: String,
}

impl NumberedLadder {
    pub async fn start() -> Self {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let [cloud, home] = &folders;
        let options: Vec<&str> = ENCODER.split(' ').collect();
        make_numbered_films(cloud.path(), &["Numbers.mp4", "Numbers.mkv"], &options);
        std::fs::rename(
            cloud.path().join("Numbers.mkv"),
            home.path().join("Numbers.mkv"),
        )
        .unwrap();
        let section = format!(
            "[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {:?}\n",
            home.path()
        );
        let sandbox = sandbox::Options {
            films: sandbox::Films::Folder(cloud.path().to_owned()),
            ..sandbox::Options::default()
        };
        let setup = Drivein::setup().sandbox(sandbox).drives(&section);
        let drivein = setup.start().await;
        let play = drivein.play_root().await;
        let ladder = format!("{play}/Numbers.mp4/master.m3u8");
        // The rendition is made after the first request. VLC gets it without the original above it.
        eventually("the film has a rendition", PATIENCE, async || {
            let ask = drivein.ask(reqwest::Method::GET, &ladder);
            let text = ask.header("user-agent", "VLC/3.0").send().await.text();
            (text.contains("p.m3u8") && !text.contains("source")).then_some(())
        })
        .await;
        let entry = drivein.api("entries/home/Numbers.mkv").await;
        let original = entry["entry"]["play"]["original"].as_str().unwrap();
        let original = format!("{}{}", drivein.url(), drivein.local(original));
        NumberedLadder {
            master: format!("{}{ladder}", drivein.url()),
            repackaged: format!("{original}/master.m3u8"),
            list_of_original: format!("{original}/list.m3u"),
            _drivein: drivein,
            _folders: folders,
        }
    }
}
