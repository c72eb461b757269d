//! The film through [`FilmSource`]: segments, key frames and the progressive file.

use std::path::Path;

use super::fixtures::{FileReader, Packet, ShortReads, ffmpeg, mkvmerge, probe, run};
use crate::matroska::ScanProgress;
use crate::{Budget, FilmSource, ReadRange, ReplyPiece, Segment, TrackKind};

const FILM: &str = "-f lavfi -i testsrc2=s=160x90:r=25:d=14 -f lavfi -i sine=440:sample_rate=48000:d=14 -c:v libx264 \
                    -preset ultrafast -bf 2 -g 50 -c:a aac";

async fn bytes_of(piece: ReplyPiece, reader: &FileReader) -> Vec<u8> {
    match piece {
        ReplyPiece::Bytes(bytes) => bytes.to_vec(),
        ReplyPiece::Range { offset, length } => {
            reader.read(offset, length as usize).await.unwrap().to_vec()
        }
    }
}

async fn collect(mut segment: Segment, reader: &FileReader) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(piece) = segment.next(reader).await.unwrap() {
        all.extend(bytes_of(piece, reader).await);
    }
    all
}

/// Returns the packets, with the shift of their times removed.
fn packets(path: &Path, shift: i64) -> Vec<Vec<Packet>> {
    let streams = probe(path, 1000).into_iter();
    streams
        .map(|stream| {
            let shifted = stream.into_iter().map(|(packet, _)| Packet {
                pts: packet.pts - shift,
                ..packet
            });
            shifted.collect()
        })
        .collect()
}

#[tokio::test]
async fn a_film_is_the_same_in_segments_and_as_one_file() {
    let room = tempfile::tempdir().unwrap();
    let made = ffmpeg(room.path(), "film.mkv", FILM);
    let merged = mkvmerge(room.path(), "merged.mkv", "", &made);
    for path in [made, merged] {
        let reader = FileReader::open(&path);
        let source = FilmSource::open(&reader, &Budget::default()).await.unwrap();
        assert!(!source.plan().is_empty());
        let selection = [source.picture().unwrap(), source.default_sound().unwrap()];
        let shift = (source.shift_s() * 1000.0).round() as i64;
        let wanted = packets(&path, 0);

        let init = source.init(&selection).unwrap();
        let mut all = init.to_vec();
        for n in 0..source.plan().len() {
            let segment = source.segment(&reader, &selection, n).await.unwrap();
            let segment = collect(segment, &reader).await;
            let mut in_pieces = Vec::new();
            let mut again = source
                .segment(&ShortReads(&reader), &selection, n)
                .await
                .unwrap();
            while let Some(piece) = again.next(&ShortReads(&reader)).await.unwrap() {
                in_pieces.extend(bytes_of(piece, &reader).await);
            }
            assert!(in_pieces == segment, "segment {n} depends on its reads");
            let alone = room.path().join("alone.mp4");
            std::fs::write(&alone, [init.as_ref(), &segment].concat()).unwrap();
            let first = packets(&alone, 0)[0][0].clone();
            assert_eq!(
                (first.pts, first.key),
                (source.plan().get(n).unwrap().start, true)
            );
            all.extend(segment);

            let picture = source.key_frame(&reader, n).await.unwrap();
            let picture = collect(picture, &reader).await;
            std::fs::write(&alone, [init.as_ref(), &picture].concat()).unwrap();
            let [key] = packets(&alone, 0)[0].clone().try_into().unwrap();
            assert_eq!((key.pts, key.crc), (first.pts, first.crc));
        }
        let joined = room.path().join("joined.mp4");
        std::fs::write(&joined, &all).unwrap();
        assert_eq!(packets(&joined, shift), wanted, "{path:?}");

        let layout = source.progressive(&reader, &selection).await.unwrap();
        let mut whole = Vec::new();
        let mut range = layout.range(0..u64::MAX);
        while let Some(piece) = range.next(&source, &layout, &reader).await.unwrap() {
            whole.extend(bytes_of(piece, &reader).await);
        }
        assert_eq!(whole.len() as u64, layout.length());
        let progressive = room.path().join("progressive.mp4");
        std::fs::write(&progressive, &whole).unwrap();
        assert_eq!(packets(&progressive, shift), wanted, "{path:?}");
        // ffprobe uses the index to find the key frame before a time.
        let target = progressive.display().to_string();
        let found = run(
            "ffprobe",
            &[
                "-v",
                "error",
                "-select_streams",
                "v",
                "-read_intervals",
                "9%+#1",
                "-show_entries",
                "packet=pts_time",
                "-of",
                "csv=p=0",
                &target,
            ],
        );
        let found: f64 = found.trim().trim_end_matches(',').parse().unwrap();
        assert!((7.9..=9.0).contains(&found), "{found}");
        for start in (0..whole.len()).step_by(whole.len() / 7) {
            let end = (start + 5_000).min(whole.len());
            let mut range = layout.range(start as u64..end as u64);
            let mut part = Vec::new();
            while let Some(piece) = range.next(&source, &layout, &reader).await.unwrap() {
                part.extend(bytes_of(piece, &reader).await);
            }
            assert!(part == whole[start..end], "{start}");
        }
    }
}

/// Returns segment `n` of a track as its stream reads it from the file.
async fn track_alone(source: &FilmSource, reader: &FileReader, track: usize, n: usize) -> Vec<u8> {
    let segment = source.segment(reader, &[track], n).await.unwrap();
    collect(segment, reader).await
}

#[tokio::test]
async fn the_second_stream_of_a_segment_is_the_same_as_without_the_first_and_reads_its_own_bytes() {
    let room = tempfile::tempdir().unwrap();
    let film = format!("{FILM} -b:v 4M -minrate 4M -bufsize 1M -g 25");
    let made = ffmpeg(room.path(), "film.mkv", &film);
    // Groups of blocks, and several frames of sound in a block.
    let merged = mkvmerge(room.path(), "merged.mkv", "", &made);
    let live = ffmpeg(room.path(), "live.mkv", &format!("{film} -live 1"));
    for path in [made, merged, live] {
        let reader = FileReader::open(&path);
        let open = async || {
            let mut source = FilmSource::open(&reader, &Budget::default()).await.unwrap();
            if let Some(mut scan) = source.scan() {
                while scan.step(&reader, 64).await.unwrap() == ScanProgress::More {}
                source.take_scan(&scan).unwrap();
            }
            source
        };
        let (first, second) = (open().await, open().await);
        let (picture, sound) = (first.picture().unwrap(), first.default_sound().unwrap());
        assert!(first.plan().len() > 1, "{path:?}");
        for n in 0..first.plan().len() {
            let pictures = track_alone(&first, &reader, picture, n).await;
            reader.reads.lock().unwrap().clear();
            let sounds = track_alone(&first, &reader, sound, n).await;
            let read = reader.bytes_read();
            assert!(read <= sounds.len(), "{read} of {}", sounds.len());

            assert!(
                sounds == track_alone(&second, &reader, sound, n).await,
                "{path:?} {n}"
            );
            assert!(
                pictures == track_alone(&second, &reader, picture, n).await,
                "{path:?} {n}"
            );
        }
    }
}

#[tokio::test]
async fn media_bytes_are_read_once() {
    let room = tempfile::tempdir().unwrap();
    let path = ffmpeg(
        room.path(),
        "film.mkv",
        &format!("{FILM} -b:v 4M -minrate 4M -bufsize 1M"),
    );
    let reader = FileReader::open(&path);
    let source = FilmSource::open(&reader, &Budget::default()).await.unwrap();
    let selection = [source.picture().unwrap(), source.default_sound().unwrap()];
    reader.reads.lock().unwrap().clear();
    let mut sent = 0;
    for n in 0..source.plan().len() {
        let segment = source.segment(&reader, &selection, n).await.unwrap();
        sent += collect(segment, &reader).await.len();
    }
    let read = reader.bytes_read();
    assert!(
        read as f64 <= sent as f64 * 1.02,
        "{read} read, {sent} sent"
    );
    assert_eq!(source.tracks()[0].kind, TrackKind::Video);
}

#[tokio::test]
async fn a_film_without_cues_plays_from_the_start_while_it_is_scanned() {
    let room = tempfile::tempdir().unwrap();
    let made = ffmpeg(room.path(), "film.mkv", &FILM.replace("d=14", "d=40"));
    let path = mkvmerge(room.path(), "bare.mkv", "--no-cues", &made);
    let reader = FileReader::open(&path);
    let mut source = FilmSource::open(&reader, &Budget::default()).await.unwrap();
    assert!(source.plan().is_empty());
    let selection = [source.picture().unwrap(), source.default_sound().unwrap()];
    let mut scan = source.scan().unwrap();
    let mut grown = Vec::new();
    let mut all = source.init(&selection).unwrap().to_vec();
    loop {
        let progress = scan.step(&reader, 2).await.unwrap();
        source.take_scan(&scan).unwrap();
        let known = source.plan().len();
        let stable = if progress == ScanProgress::Done {
            known
        } else {
            known.saturating_sub(1)
        };
        // Segments other than the last one stay as they are, so they can be played at once.
        for n in grown.last().copied().unwrap_or(0)..stable {
            let segment = source.segment(&reader, &selection, n).await.unwrap();
            all.extend(collect(segment, &reader).await);
        }
        grown.push(stable);
        if progress == ScanProgress::Done {
            break;
        }
    }
    assert!(
        grown.iter().any(|&known| known > 0 && known < 4),
        "{grown:?}"
    );
    let joined = room.path().join("joined.mp4");
    std::fs::write(&joined, &all).unwrap();
    let shift = (source.shift_s() * 1000.0).round() as i64;
    assert_eq!(packets(&joined, shift), packets(&path, 0));
}

#[tokio::test]
async fn segments_do_not_depend_on_a_selection() {
    let room = tempfile::tempdir().unwrap();
    let path = ffmpeg(room.path(), "film.mkv", FILM);
    let reader = FileReader::open(&path);
    let source = FilmSource::open(&reader, &Budget::default()).await.unwrap();
    let wanted = packets(&path, 0);
    let shift = (source.shift_s() * 1000.0).round() as i64;
    for track in [0, 1] {
        let mut all = source.init(&[track]).unwrap().to_vec();
        for n in 0..source.plan().len() {
            let segment = source.segment(&reader, &[track], n).await.unwrap();
            all.extend(collect(segment, &reader).await);
        }
        let alone = room.path().join("alone.mp4");
        std::fs::write(&alone, &all).unwrap();
        assert_eq!(packets(&alone, shift), [wanted[track].clone()]);
    }
}
