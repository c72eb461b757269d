//! Chapters, attachments and subtitles.

use super::fixtures::{FileReader, ffmpeg, mkvmerge, open};
use crate::matroska::{Matroska, ass_document};
use crate::{Budget, Codec, TextCue};

const SRT: &str = "1\n00:00:01,000 --> 00:00:02,500\nFirst line\nand a second\n\n2\n00:00:07,000 --> 00:00:09,000\nÜmlaut\n\n";

async fn all_cues(film: &Matroska, reader: &FileReader, track: usize) -> Vec<TextCue> {
    let mut subtitles = film.subtitles(track).unwrap();
    let mut found = Vec::new();
    while let Some(cues) = subtitles.step(reader, 2).await.unwrap() {
        found.extend(cues);
    }
    found
}

#[tokio::test]
async fn subtitles_are_read_by_cues_and_by_walking() {
    let room = tempfile::tempdir().unwrap();
    let srt = room.path().join("text.srt");
    std::fs::write(&srt, SRT).unwrap();
    let arguments = format!(
        "-f lavfi -i testsrc2=s=160x90:r=25:d=12 -i {} -map 0 -map 1 -map 1 -map 1 -c:v libx264 -preset ultrafast -g 50 -c:s:0 \
         subrip -c:s:1 ass -c:s:2 webvtt",
        srt.display()
    );
    let path = ffmpeg(room.path(), "film.mkv", &arguments);
    let merged = mkvmerge(room.path(), "merged.mkv", "--compression -1:none", &path);
    let zlib = mkvmerge(
        room.path(),
        "zlib.mkv",
        "--compression 1:zlib --compression 2:zlib --compression 3:zlib",
        &path,
    );
    let uncued = mkvmerge(
        room.path(),
        "uncued.mkv",
        "--cues 1:none --cues 2:none --cues 3:none",
        &path,
    );
    let mut ways = Vec::new();
    for path in [&path, &merged, &zlib, &uncued] {
        let reader = FileReader::open(path);
        let film = open(&reader).await;
        let shift = film.shift_ms() as u64;
        ways.push(film.subtitles(1).unwrap().is_cued());
        let text = all_cues(&film, &reader, 1).await;
        let expected = [
            (1000, 2500, "First line\nand a second"),
            (7000, 9000, "Ümlaut"),
        ];
        let got: Vec<_> = text
            .iter()
            .map(|cue| (cue.start_ms - shift, cue.end_ms - shift, cue.text.as_str()))
            .collect();
        assert_eq!(got, expected, "{path:?}");
        assert_eq!(film.tracks()[2].codec, Codec::Ass);
        let events = all_cues(&film, &reader, 2).await;
        assert_eq!(events.len(), 2, "{path:?}");
        let document = ass_document(&film.ass_header(2).unwrap(), &events);
        assert!(document.starts_with("[Script Info]"), "{document}");
        assert!(
            document.contains("First line\\Nand a second\n"),
            "{document}"
        );
        let web = all_cues(&film, &reader, 3).await;
        assert_eq!(web.len(), 2, "{path:?}");
        assert!(film.subtitles(0).is_none());
    }
    assert!(ways.contains(&true) && ways.contains(&false), "{ways:?}");
}

#[tokio::test]
async fn chapters_and_attachments_are_listed() {
    let room = tempfile::tempdir().unwrap();
    let chapters = room.path().join("chapters.txt");
    std::fs::write(
        &chapters,
        "CHAPTER01=00:00:00.000\nCHAPTER01NAME=Beginning\nCHAPTER02=00:00:05.500\nCHAPTER02NAME=End\n",
    )
    .unwrap();
    let font = room.path().join("font.ttf");
    std::fs::write(&font, vec![7u8; 300_000]).unwrap();
    let path = ffmpeg(
        room.path(),
        "film.mkv",
        "-f lavfi -i testsrc2=s=160x90:r=25:d=8 -c:v libx264 -preset ultrafast -g 50",
    );
    let arguments = format!(
        "--chapters {} --attachment-mime-type font/ttf --attach-file {}",
        chapters.display(),
        font.display()
    );
    let path = mkvmerge(room.path(), "merged.mkv", &arguments, &path);
    let reader = FileReader::open(&path);
    let film = open(&reader).await;
    let titles: Vec<_> = film
        .chapters()
        .iter()
        .map(|chapter| (chapter.start_s, chapter.title.as_str()))
        .collect();
    assert_eq!(titles, [(0.0, "Beginning"), (5.5, "End")]);
    let files = film.attachments(&reader, &Budget::default()).await.unwrap();
    let [file] = files.as_slice() else {
        panic!("{files:?}")
    };
    assert_eq!(
        (file.name.as_str(), file.media_type.as_str(), file.size),
        ("font.ttf", "font/ttf", 300_000)
    );
    let bytes = std::fs::read(&path).unwrap();
    assert!(
        bytes[file.offset as usize..][..300_000]
            .iter()
            .all(|&byte| byte == 7)
    );
}
