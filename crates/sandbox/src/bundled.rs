//! The films that come with the program, and an account that lists them under many names.
//!
//! There are three short films; every other video of the account is one of them under another name. The names test
//! clients: spaces, characters with a meaning in a URL, quotes, other scripts, natural order, an empty folder, a name of
//! the greatest length.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use anyhow::Context;
use bytes::Bytes;
use rust_embed::RustEmbed;
use serde::Deserialize;

use super::nodes::{
    BundledFilm, Content, Details, Node, Quality, SampleRendition, SampleSource, SegmentRange,
};

#[derive(RustEmbed)]
#[folder = "../../samples/"]
struct SampleFiles;

/// Modification time of the oldest bundled file: 2024-03-01, in seconds since the epoch.
pub const FIRST_DAY_S: i64 = 1_709_280_000;

/// Returns the three films; they are read once.
///
/// # Errors
/// If a sample file is missing or broken.
pub fn films() -> anyhow::Result<Vec<Arc<BundledFilm>>> {
    static FILMS: OnceLock<Vec<Arc<BundledFilm>>> = OnceLock::new();
    if let Some(films) = FILMS.get() {
        return Ok(films.clone());
    }
    let films = ["tidal-light", "paper-mountains", "three-moons"]
        .into_iter()
        .map(load)
        .collect::<anyhow::Result<_>>()?;
    Ok(FILMS.get_or_init(|| films).clone())
}

/// Returns the PNG that replaces a sign-in QR code.
pub fn sign_in_picture() -> Bytes {
    sample("sign-in.png").unwrap_or_default()
}

#[derive(Deserialize)]
struct FilmTable {
    title: String,
    duration_s: f64,
    width: u32,
    height: u32,
    frame_rate: f64,
    renditions: BTreeMap<String, RenditionTable>,
}

#[derive(Deserialize)]
struct RenditionTable {
    etag: String,
    segments: Vec<(u64, u64, f64)>,
}

fn load(folder: &str) -> anyhow::Result<Arc<BundledFilm>> {
    let table: FilmTable = serde_json::from_slice(&sample(&format!("{folder}/film.json"))?)?;
    let mut renditions = BTreeMap::new();
    for (name, rung) in [
        ("480", Quality::P480),
        ("720", Quality::P720),
        ("1080", Quality::P1080),
        ("audio", Quality::Audio),
    ] {
        let made = table
            .renditions
            .get(name)
            .with_context(|| format!("sample {folder} has no rendition {name}"))?;
        let object = sample(&format!("{folder}/{name}.ts"))?;
        let segment = |&(offset_bytes, length_bytes, duration_s)| SegmentRange {
            offset_bytes,
            length_bytes,
            duration_s,
        };
        let rendition = SampleRendition {
            object_bytes: object.len() as u64,
            object: SampleSource::Memory(object),
            etag: made.etag.clone(),
            segments: made.segments.iter().map(segment).collect(),
        };
        renditions.insert(rung, Arc::new(rendition));
    }
    let mut posters = BTreeMap::new();
    for width in [60, 140, 360, 850] {
        posters.insert(width, sample(&format!("{folder}/poster-{width}.jpg"))?);
    }
    let original = sample(&format!("{folder}/original.mp4"))?;
    let details = Details {
        duration_s: table.duration_s,
        width: table.width,
        height: table.height,
        frame_rate: table.frame_rate,
        // As samples/make.sh encodes them.
        rotate: 0,
        channels: 1,
        sample_rate: 32_000,
        video_codec: "h264".to_owned(),
        audio_codec: "aac".to_owned(),
        format_name: "mov,mp4,m4a,3gp,3g2,mj2".to_owned(),
        pixel_format: "yuv420p".to_owned(),
        video_bitrate: (original.len() as f64 * 8.0 / table.duration_s) as u64,
        audio_bitrate: 16_000,
    };
    let sound = sample(&format!("{folder}/sound.mp3")).ok();
    Ok(Arc::new(BundledFilm {
        title: table.title,
        details,
        renditions,
        original,
        sound,
        posters,
    }))
}

fn sample(name: &str) -> anyhow::Result<Bytes> {
    let file =
        SampleFiles::get(name).with_context(|| format!("the sample file {name} is missing"))?;
    Ok(match file.data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    })
}

/// Returns all entries of the account.
pub fn account(films: Vec<Arc<BundledFilm>>) -> Vec<Node> {
    let long = format!(
        "/Long names/{}.mp4",
        "A film whose name goes on and on ".repeat(7).trim_end()
    );
    let named: [(usize, &str); 29] = [
        (0, "/Tidal Light.mp4"),
        (1, "/Paper Mountains.mp4"),
        (2, "/Three Moons.mp4"),
        (0, "/Nature & Light/Waves & Wind.mp4"),
        (1, "/Nature & Light/Hills + Mist = Morning.mp4"),
        (0, "/Nature & Light/What's that; who's there?.mp4"),
        (2, "/Nature & Light/The \"Quiet\" Hour.mp4"),
        (1, "/Nature & Light/50% off, take #1.mp4"),
        (2, "/Nature & Light/already%20encoded%2Fname.mp4"),
        (0, "/Season 1 #finale 100%/Chapter #1.mp4"),
        (1, "/Season 1 #finale 100%/Chapter #2 & last.mp4"),
        (0, "/Series/Paper Worlds/Season 1/Episode 1.mp4"),
        (1, "/Series/Paper Worlds/Season 1/Episode 2.mp4"),
        (2, "/Series/Paper Worlds/Season 1/Episode 3.mp4"),
        (0, "/Series/Paper Worlds/Season 1/Episode 4.mp4"),
        (1, "/Series/Paper Worlds/Season 1/Episode 5.mp4"),
        (2, "/Series/Paper Worlds/Season 1/Episode 6.mp4"),
        (0, "/Series/Paper Worlds/Season 1/Episode 7.mp4"),
        (1, "/Series/Paper Worlds/Season 1/Episode 8.mp4"),
        (2, "/Series/Paper Worlds/Season 1/Episode 9.mp4"),
        (0, "/Series/Paper Worlds/Season 1/Episode 10.mp4"),
        (1, "/Series/Paper Worlds/Season 1/Episode 11.mp4"),
        (2, "/Series/Paper Worlds/Season 2/Episode 1.mp4"),
        (0, "/映画 🌊/波の光.mp4"),
        (1, "/映画 🌊/静かな山 🌙.mp4"),
        (2, "/映画 🌊/三つの月 (再編集版).mp4"),
        (2, "/映画 🌊/Été à Český Krumlov.mp4"),
        (1, &long),
        (0, "/Long names/x.mp4"),
    ];
    let mut nodes = vec![Node::new("/", 0, FIRST_DAY_S, Content::Folder)];
    let mut add = |path: &str, size: usize, content: Content| {
        let day = nodes.len() as i64;
        // Not in the order of the names, so that ordering by time differs from ordering by name.
        let modified_s = FIRST_DAY_S + (day * 7 % 31) * 86_400 + day * 61;
        nodes.push(Node::new(path, size as u64, modified_s, content));
    };
    for (n, path) in named {
        let Some(film) = films.get(n) else { continue };
        add(path, film.original.len(), Content::Film(film.clone()));
    }
    if let Some(film) = films.first() {
        let subtitles = Bytes::from(subtitles(&film.title, film.details.duration_s));
        add(
            "/Tidal Light.srt",
            subtitles.len(),
            Content::Bytes(subtitles.clone()),
        );
        add(
            "/Nature & Light/Waves & Wind.en.srt",
            subtitles.len(),
            Content::Bytes(subtitles),
        );
        add(
            "/Nature & Light/Waves & Wind.mp3",
            film.sound.as_ref().map_or(0, Bytes::len),
            Content::Sound(film.clone()),
        );
        let picture = film.poster(850).unwrap_or_default();
        add(
            "/Nature & Light/poster.jpg",
            picture.len(),
            Content::Picture(film.clone()),
        );
    }
    let note = Bytes::from_static(b"Three short films, painted by a shell script.\n");
    add(
        "/Nature & Light/read me.txt",
        note.len(),
        Content::Bytes(note),
    );
    add("/Nature & Light/Empty folder", 0, Content::Folder);
    nodes
}

/// Returns SRT text with a cue every five seconds.
fn subtitles(title: &str, duration_s: f64) -> String {
    let time = |s: u64| format!("00:{:02}:{:02},000", s / 60, s % 60);
    let cue = |n: u64| {
        format!(
            "{}\n{} --> {}\n{title}, second {}\n\n",
            n + 1,
            time(n * 5),
            time(n * 5 + 4),
            n * 5
        )
    };
    (0..(duration_s as u64 / 5)).map(cue).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_cover_their_objects_from_keyframe_to_keyframe() {
        for film in films().unwrap() {
            for (rung, rendition) in &film.renditions {
                let mut at = 0;
                let mut length_s = 0.0;
                let SampleSource::Memory(object) = &rendition.object else {
                    panic!("bundled films are in memory")
                };
                for segment in &rendition.segments {
                    assert_eq!(segment.offset_bytes, at, "{} {rung:?}", film.title);
                    assert_eq!(object[at as usize], 0x47, "a packet starts here");
                    at += segment.length_bytes;
                    length_s += segment.duration_s;
                }
                assert_eq!(at, rendition.object_bytes);
                assert!(
                    (length_s - film.details.duration_s).abs() < 0.1,
                    "{length_s}"
                );
                assert_eq!(
                    rendition.etag,
                    data_encoding::HEXLOWER.encode(&<md5::Md5 as md5::Digest>::digest(object))
                );
            }
            assert_eq!(&film.original[4..8], b"ftyp");
            assert_eq!(film.poster(61).unwrap()[..2], [0xff, 0xd8]);
        }
        assert_eq!(&sign_in_picture()[1..4], b"PNG");
    }

    #[test]
    fn names_fit_and_ids_differ() {
        let nodes = account(films().unwrap());
        let ids: std::collections::BTreeSet<u64> = nodes.iter().map(|n| n.fs_id).collect();
        assert_eq!(ids.len(), nodes.len());
        assert!(
            nodes
                .iter()
                .all(|n| n.name().len() <= 255 && n.fs_id < 1 << 53)
        );
        assert!(nodes.iter().any(|n| n.name().len() > 230));
    }
}
