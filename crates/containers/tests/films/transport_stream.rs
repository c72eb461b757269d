//! Segments of a transport stream consist of its own packets: over all of them, no time comes twice and none is missing,
//! each of them can be read by itself, and a viewer who seeks gets the same ones.

use std::path::Path;

use containers::{Budget, Codec, Container, ContainerError, FilmSource, TrackKind};

use super::fixtures::{Film, complaints, hash, packets, run};
use super::reading::{File, collect, segments};

const PICTURE: &str = "-f lavfi -i testsrc2=duration=14:size=160x90:rate=25";
const TONE: &str = "-f lavfi -i sine=frequency=440:duration=14:sample_rate=48000";

/// Noise, so that the file has more than two megabytes and is not read whole.
const NOISE: &str = "-f lavfi -i testsrc2=duration=30:size=160x90:rate=25,noise=alls=60:allf=t";
const LONG_TONE: &str = "-f lavfi -i sine=frequency=440:duration=30:sample_rate=48000";

/// Returns the presentation times of one stream in ticks, in the order of the file.
fn times(path: &Path, stream: &str) -> Vec<i64> {
    packets(path, stream)
        .iter()
        .map(|packet| packet.pts)
        .collect()
}

/// Repackages a film, alone and together, and compares each stream with the film.
async fn check(film: &Film, has_rare_key_frames: bool) {
    let file = File::open(&film.path);
    let source = FilmSource::open(&file, &Budget::default()).await.unwrap();
    assert_eq!(source.container(), Container::TransportStream);
    let carried: Vec<usize> = (0..source.tracks().len())
        .filter(|&track| source.can_carry(track))
        .collect();
    let together = film.write("all.ts", &segments(&file, &source, &carried).await.concat());
    let (mut pictures, mut sounds) = (0, 0);
    for &index in &carried {
        let (letter, number) = match source.tracks()[index].kind {
            TrackKind::Video => ("v", &mut pictures),
            _ => ("a", &mut sounds),
        };
        let stream = format!("{letter}:{number}");
        *number += 1;
        let parts = segments(&file, &source, &[index]).await;
        let alone = film.write("track.ts", &parts.concat());
        let only = format!("{letter}:0");
        let wanted = packets(&film.path, &stream);
        assert_eq!(packets(&alone, &only), wanted, "{stream} alone");
        assert_eq!(packets(&together, &stream), wanted, "{stream} together");
        assert_eq!(
            hash(&alone, &only),
            hash(&film.path, &stream),
            "{stream} alone"
        );
        assert_eq!(
            hash(&together, &stream),
            hash(&film.path, &stream),
            "{stream} together"
        );
        let mut all = Vec::new();
        for (n, part) in parts.iter().enumerate() {
            let path = film.write("part.ts", part);
            // Decoding starts at a key frame, which a segment may lack.
            if n == 0 || !has_rare_key_frames {
                assert!(complaints(&path).is_empty(), "{stream} segment {n}");
            }
            all.extend(times(&path, &only));
        }
        let mut wanted: Vec<i64> = wanted.iter().map(|packet| packet.pts).collect();
        all.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(all, wanted, "{stream}: each time once");
        // From the last to the first, by another viewer.
        let other = FilmSource::open(&file, &Budget::default()).await.unwrap();
        for n in (0..parts.len()).rev() {
            let segment = other.segment(&file, &[index], n).await.unwrap();
            assert!(
                collect(&file, segment).await == parts[n],
                "{stream} segment {n} by a seek"
            );
        }
    }
    assert!(source.plan().len() > 1);
}

macro_rules! exact {
    ($($name:ident: $file:literal, $inputs:expr, $arguments:expr;)*) => {
        $(#[tokio::test]
        async fn $name() {
            let inputs = $inputs.join(" ");
            let has_rare_key_frames = $arguments.contains("-g 2000") || $arguments.contains("-g 250");
            check(&Film::make($file, &inputs, $arguments), has_rare_key_frames).await;
        })*
    };
}

exact! {
    h264_and_aac: "film.ts", [PICTURE, TONE], "-c:v libx264 -preset ultrafast -bf 2 -g 50 -c:a aac";
    h264_and_several_sounds: "film.ts", [PICTURE, TONE, TONE, TONE],
        "-map 0 -map 1 -map 2 -map 3 -c:v libx264 -preset ultrafast -g 50 -c:a:0 ac3 -c:a:1 libmp3lame -c:a:2 aac";
    packets_with_arrival_times: "film.m2ts", [PICTURE, TONE],
        "-c:v libx264 -preset ultrafast -bf 2 -g 50 -c:a ac3";
    recorded_by_a_camera: "film.mts", [PICTURE, TONE],
        "-c:v libx264 -preset ultrafast -g 12 -c:a ac3 -mpegts_m2ts_mode 1 -f mpegts";
    hevc_and_eac3: "film.ts", [PICTURE, TONE],
        "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=60 -c:a eac3";
    mpeg2_and_mp2: "film.ts", [PICTURE, TONE], "-c:v mpeg2video -bf 2 -g 50 -c:a mp2";
    mpeg4_and_mp3: "film.ts", [PICTURE, TONE], "-c:v mpeg4 -g 50 -c:a libmp3lame";
    open_groups: "film.ts", [PICTURE, TONE],
        "-c:v libx264 -preset veryfast -bf 3 -x264-params open-gop=1:keyint=40 -c:a aac";
    a_clock_that_wraps_around: "film.ts", [PICTURE, TONE],
        "-c:v libx264 -preset ultrafast -g 50 -c:a aac -output_ts_offset 95435";
    sound_alone: "film.ts", [TONE], "-c:a aac";
    long_with_regular_key_frames: "film.ts", [NOISE, LONG_TONE],
        "-c:v libx264 -preset ultrafast -b:v 900k -g 50 -sc_threshold 0 -c:a aac";
    long_with_irregular_key_frames: "film.ts", [NOISE, LONG_TONE],
        "-c:v libx264 -preset ultrafast -b:v 900k -g 250 -force_key_frames 1,2.5,5,7.9,13,20.2 -c:a ac3";
    long_with_few_key_frames: "film.m2ts", [NOISE, LONG_TONE],
        "-c:v libx264 -preset ultrafast -b:v 900k -g 2000 -sc_threshold 0 -c:a ac3";
}

#[tokio::test]
async fn tracks_have_codecs_sizes_channels_and_languages() {
    let film = Film::make(
        "film.ts",
        &format!("{PICTURE} {TONE} {TONE}"),
        "-map 0 -map 1 -map 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 \
         -c:a:0 ac3 -ac:a:0 6 -c:a:1 aac -ac:a:1 2 -metadata:s:a:0 language=ger -metadata:s:a:1 language=eng",
    );
    let file = File::open(&film.path);
    let source = FilmSource::open(&file, &Budget::default()).await.unwrap();
    let [picture, german, english] = source.tracks() else {
        panic!("{:?}", source.tracks());
    };
    let video = picture.video.as_ref().unwrap();
    assert_eq!(
        (picture.codec, video.width, video.height),
        (Codec::H264, 160, 90)
    );
    assert_eq!(video.frame_rate, Some(25.0));
    assert!(
        picture
            .codec_string
            .as_ref()
            .unwrap()
            .starts_with("avc1.42")
    );
    let sound = |track: &containers::Track| {
        let audio = track.audio.as_ref().unwrap();
        (
            track.codec,
            track.language.clone().unwrap(),
            audio.channels,
            audio.sample_rate,
        )
    };
    assert_eq!(sound(german), (Codec::Ac3, "de".to_owned(), 6, 48_000));
    assert_eq!(sound(english), (Codec::Aac, "en".to_owned(), 2, 48_000));
    assert_eq!(english.codec_string.as_deref(), Some("mp4a.40.2"));
    assert!(
        (source.duration_s() - 14.0).abs() < 0.1,
        "{}",
        source.duration_s()
    );
    assert!(matches!(
        source.init(&[0]),
        Err(ContainerError::Unsupported(_))
    ));
    let progressive = source.progressive(&file, &[0, 1]).await;
    assert!(matches!(progressive, Err(ContainerError::Unsupported(_))));
}

#[tokio::test]
async fn a_key_frame_alone_is_one_picture() {
    let film = Film::make("film.ts", PICTURE, "-c:v libx264 -preset ultrafast -g 50");
    let file = File::open(&film.path);
    let source = FilmSource::open(&file, &Budget::default()).await.unwrap();
    for n in 0..source.plan().len() {
        let made = collect(&file, source.key_frame(&file, n).await.unwrap()).await;
        let path = film.write("key.ts", &made);
        assert_eq!(packets(&path, "v:0").len(), 1, "{n}");
        let line = [
            "-v",
            "error",
            "-show_entries",
            "frame=key_frame",
            "-of",
            "csv=p=0",
        ];
        let shown = run(
            "ffprobe",
            &[&line[..], &[path.to_str().unwrap()]].concat(),
            film.folder.path(),
        );
        assert!(shown.starts_with('1'), "{n}: {shown}");
    }
}

#[tokio::test]
async fn an_open_and_a_seek_read_little() {
    let film = Film::make(
        "film.ts",
        "-f lavfi -i testsrc2=duration=120:size=320x180:rate=25,noise=alls=80:allf=t",
        "-c:v libx264 -preset ultrafast -b:v 3M -g 50 -sc_threshold 0",
    );
    let file = File::open(&film.path);
    let size = std::fs::metadata(&film.path).unwrap().len();
    assert!(size > 20 << 20, "{size}");
    let counted = || {
        let read = |counter: &std::sync::atomic::AtomicU64| {
            counter.swap(0, std::sync::atomic::Ordering::Relaxed)
        };
        (read(&file.reads), read(&file.read_bytes))
    };
    let source = FilmSource::open(&file, &Budget::default()).await.unwrap();
    let (reads, bytes) = counted();
    assert!(
        reads <= 4 && bytes <= 2 << 20,
        "{reads} reads of {bytes} bytes"
    );
    let n = source.plan().len() / 2;
    drop(source.segment(&file, &[0], n).await.unwrap());
    let (reads, bytes) = counted();
    assert!(
        reads <= 24 && bytes <= 6 << 20,
        "{reads} reads of {bytes} bytes"
    );
    // Key frames are regular, so segments last as long as the plan says.
    let path = film.write(
        "part.ts",
        &collect(&file, source.segment(&file, &[0], n).await.unwrap()).await,
    );
    let planned = source.plan().get(n).unwrap();
    let shown = times(&path, "v:0");
    let first = *shown.iter().min().unwrap();
    assert!(
        (first - planned.start).abs() < 2_000,
        "{first} for {planned:?}"
    );
    assert_eq!(shown.len() as i64 * 3_600, planned.duration, "{planned:?}");
}

#[tokio::test]
async fn damaged_files_are_refused_or_played_around() {
    let film = Film::make(
        "film.ts",
        &format!("{PICTURE} {TONE}"),
        "-c:v libx264 -preset ultrafast -g 50 -c:a aac",
    );
    let bytes = std::fs::read(&film.path).unwrap();
    let open = async |bytes: Vec<u8>| {
        let file = File::new(bytes);
        let source = FilmSource::open(&file, &Budget::default()).await;
        (file, source)
    };
    for length in [0, 1, 187, 188, 940, 1_000, 3_000, 20_000] {
        let (_, source) = open(bytes[..length.min(bytes.len())].to_vec()).await;
        assert!(!matches!(source, Err(ContainerError::Read(_))), "{length}");
    }
    // Bytes that are missing and bytes that are noise, in the middle.
    let middle = bytes.len() / 2;
    let cut = [&bytes[..middle], &bytes[middle + 1_234..]].concat();
    let mut noise = bytes.clone();
    for (n, byte) in noise[middle..middle + 20_000].iter_mut().enumerate() {
        *byte = ((n * 7_919) >> 3) as u8;
    }
    for damaged in [cut, noise] {
        let length = damaged.len();
        let (file, source) = open(damaged).await;
        let source = source.unwrap();
        let parts = segments(&file, &source, &[0, 1]).await;
        let made: usize = parts.iter().map(Vec::len).sum();
        assert!(
            made > length * 9 / 10 && made < length + 4_000,
            "{made} of {length}"
        );
    }
    // A clock of which nothing is left.
    let mut still = bytes;
    for packet in still.chunks_mut(188) {
        if packet[1] & 0x40 != 0 && packet.len() == 188 {
            let at = packet
                .windows(4)
                .position(|it| it[..3] == [0, 0, 1] && it[3] >= 0xc0);
            if let Some(flags) = at.and_then(|at| packet.get_mut(at + 7)) {
                *flags = 0;
            }
        }
    }
    let (_, source) = open(still).await;
    assert!(matches!(source, Err(ContainerError::Unsupported(_))));
}
