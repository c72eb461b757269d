//! Tags of recordings: of every format, on a folder and on a cloud drive, within bounds, and once for all who look.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::file_pictures::sample;
use crate::harness::*;

/// The formats that ffmpeg makes, with its options for each.
const FORMATS: [(&str, &[&str]); 7] = [
    ("ID3v2.3.mp3", &["-id3v2_version", "3"]),
    ("ID3v2.4.mp3", &["-id3v2_version", "4"]),
    ("FLAC.flac", &[]),
    ("Vorbis.ogg", &["-c:a", "libvorbis"]),
    ("Opus.opus", &["-c:a", "libopus"]),
    ("AAC.m4a", &["-c:a", "aac"]),
    ("PCM.wav", &[]),
];

/// Makes two seconds of a tone with tags.
fn song(folder: &Path, name: &str, options: &[&str]) {
    let tags = [
        "title=夜の雨 🌧",
        "artist=Ida",
        "album=Rain & Wind",
        "album_artist=Various",
        "date=1999",
        "track=3",
        "disc=2",
        "genre=Jazz",
    ];
    let tone = "-f lavfi -i sine=frequency=440:duration=2".split(' ');
    let tags = tags.iter().flat_map(|tag| ["-metadata", tag]);
    let arguments = tone.chain(tags).chain(options.iter().copied());
    make_film(&folder.join(name), arguments);
}

/// Starts a server with a folder and a cloud drive that both hold the same music.
async fn music() -> (Drivein, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for (name, options) in FORMATS {
        song(folder.path(), name, options);
    }
    let (sound, cover) = (sample("sound.mp3"), sample("poster-360.jpg"));
    let line = format!("-i {sound} -i {cover} -map 0 -map 1 -c copy -metadata title=Covered");
    let covered = format!("{line} -disposition:v:0 attached_pic");
    make_film(&folder.path().join("Cover.mp3"), covered.split(' '));
    std::fs::write(
        folder.path().join("None.mp3"),
        b"ID3\x03\0\0\x7f\x7f\x7f\x7f",
    )
    .unwrap();
    let options = sandbox::Options::with_films(sandbox::Films::Folder(folder.path().to_owned()));
    let setup = Drivein::setup()
        .sandbox(options)
        .folder("home", folder.path());
    (setup.start().await, folder)
}

async fn tags_of(drivein: &Drivein, place: &str, name: &str) -> Value {
    let call = format!("entries/{place}/{}?facts=tags", encoded_name(name));
    drivein.api(&call).await["entry"]["sound"].clone()
}

#[tokio::test]
async fn tags_of_every_format_are_read_from_a_folder_and_from_a_cloud_drive() {
    let (drivein, _folder) = music().await;
    for place in ["home", DRIVE] {
        for (name, _) in FORMATS {
            let mut tags = tags_of(&drivein, place, name).await;
            let length = tags["length_s"].take().as_f64().unwrap_or_default();
            assert!((length - 2.0).abs() < 0.2, "{place} {name}: {length}");
            // ffmpeg writes no artist of the album and no disc in the chunks of WAV.
            let mut expected = json!({
                "title": "夜の雨 🌧", "artist": "Ida", "album": "Rain & Wind", "album_artist": "Various",
                "year": 1999, "track": 3, "disc": 2, "genre": "Jazz", "length_s": null, "has_picture": false,
            });
            if name.ends_with(".wav") {
                for field in ["album_artist", "disc"] {
                    expected.as_object_mut().unwrap().remove(field);
                    tags.as_object_mut().unwrap().remove(field);
                }
            }
            assert_eq!(tags, expected, "{place} {name}");
        }
        let covered = tags_of(&drivein, place, "Cover.mp3").await;
        assert_eq!(covered["title"], "Covered", "{place}");
        assert_eq!(covered["has_picture"], true, "{place}");
        let none = tags_of(&drivein, place, "None.mp3").await;
        assert_eq!(none["has_picture"], false, "{place}: {none}");
        assert_eq!(none["title"], Value::Null, "{place}");
    }
    // Without the word, nothing is read.
    let entry = drivein.api("entries/home/FLAC.flac").await;
    assert_eq!(entry["entry"]["sound"], Value::Null);
}

#[tokio::test]
async fn a_large_recording_is_read_in_part_and_once() {
    let folder = tempfile::tempdir().unwrap();
    song(folder.path(), "Long.flac", &[]);
    let path = folder.path().join("Long.flac");
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_len(8 << 20).unwrap();
    let options = sandbox::Options::with_films(sandbox::Films::Folder(folder.path().to_owned()));
    let drivein = Drivein::setup().sandbox(options).start().await;
    let play = drivein.play("/Long.flac").await;
    drivein.sandbox.reset_counts();
    let path = format!("{play}/tags.json");
    let readers = (0..8).map(|_| drivein.get(&path));
    for reply in futures_util::future::join_all(readers).await {
        assert_eq!(reply.expect(200).json()["album"], "Rain & Wind");
    }
    let (requests, bytes) = (
        drivein.sandbox.count("original"),
        drivein.sandbox.bytes("original"),
    );
    assert!((1..=3).contains(&requests), "{requests} requests");
    assert!(bytes < 2 << 20, "{bytes} bytes");
}

#[tokio::test]
async fn the_queue_comes_with_names_and_has_tags_once_they_were_read() {
    let (drivein, _folder) = music().await;
    let page = format!("/watch/{DRIVE}/Opus.opus");
    drivein.sandbox.reset_counts();
    let first = unescaped(&drivein.text(&page).await);
    assert_eq!(
        drivein.sandbox.count("original"),
        0,
        "a page waits for no file"
    );
    assert!(
        first.contains(">FLAC</span>") && !first.contains("夜の雨"),
        "{first}"
    );
    let addresses: Vec<&str> = all_between(&first, "data-tags=\"", "\"").collect();
    assert_eq!(addresses.len(), FORMATS.len() + 2, "{first}");
    for address in addresses {
        drivein.get(address).await.expect(200);
    }
    let second = unescaped(&drivein.text(&page).await);
    assert!(!second.contains("data-tags"), "{second}");
    for part in [
        "<h1 dir=\"auto\">夜の雨 🌧</h1>",
        "id=\"song\" dir=\"auto\">Ida · Rain & Wind</p>",
        ">Covered</span>",
        "<span class=\"song-length\">0:02</span>",
        "Cover.mp3/poster-small.jpg\"",
    ] {
        assert!(second.contains(part), "{part} in {second}");
    }
}

#[tokio::test]
async fn a_guest_reads_the_tags_of_what_the_ticket_opens() {
    let (drivein, _folder) = music().await;
    let made = drivein
        .ticket("Mia", json!({"place": "home", "path": "/FLAC.flac"}))
        .await;
    let play = format!("/play/{}/home", made["ticket"].as_str().unwrap());
    let tags = drivein.get(&format!("{play}/FLAC.flac/tags.json")).await;
    assert_eq!(tags.expect(200).json()["artist"], "Ida");
    for other in ["Opus.opus/tags.json", "tags.json"] {
        drivein.get(&format!("{play}/{other}")).await.expect(403);
    }
}
