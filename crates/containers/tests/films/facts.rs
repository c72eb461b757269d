//! Facts of tracks, chapters and text, and the cost of reading an index.

use std::sync::atomic::Ordering;

use containers::{Budget, Codec, FilmSource, Hdr, TrackKind};

use super::fixtures::{Film, run};
use super::reading::{File, collect, progressive};

async fn open(film: &Film) -> (File, FilmSource) {
    let file = File::open(&film.path);
    let source = FilmSource::open(&file, &Budget::default()).await.unwrap();
    (file, source)
}

const SUBTITLES: &str = "1\n00:00:01,000 --> 00:00:02,500\nHello\nthere\n\n2\n00:00:07,000 --> 00:00:08,000\nÜber dem Meer\n\n";

const CHAPTERS: &str = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=4000\ntitle=The road\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=4000\nEND=10000\ntitle=Über dem Meer\n";

fn film_with_everything() -> Film {
    let film = Film::make("blank.wav", "-f lavfi -i anullsrc=duration=0.1", "");
    film.write("text.srt", SUBTITLES.as_bytes());
    film.write("chapters.txt", CHAPTERS.as_bytes());
    film.ffmpeg(
        "-f lavfi -i testsrc2=duration=10:size=160x90:rate=25 -f lavfi -i sine=440:duration=10 \
         -f lavfi -i sine=880:duration=10 -i text.srt -i chapters.txt \
         -map 0 -map 1 -map 2 -map 3 -map_metadata 4 -c:v libx264 -preset ultrafast -g 50 -c:a:0 aac -c:a:1 ac3 -ac:a:1 6 \
         -c:s mov_text -metadata:s:a:0 language=ger -metadata:s:a:1 language=eng -metadata:s:s:0 language=fre \
         -metadata:s:a:0 title=Kommentar -disposition:a:0 0 -disposition:a:1 default film.mp4",
    );
    Film {
        path: film.folder.path().join("film.mp4"),
        folder: film.folder,
    }
}

#[tokio::test]
async fn tracks_are_told_with_language_title_channels_and_default() {
    let (_, source) = open(&film_with_everything()).await;
    let kinds: Vec<(TrackKind, Codec)> = source
        .tracks()
        .iter()
        .map(|track| (track.kind, track.codec))
        .collect();
    assert_eq!(
        kinds,
        [
            (TrackKind::Video, Codec::H264),
            (TrackKind::Audio, Codec::Aac),
            (TrackKind::Audio, Codec::Ac3),
            (TrackKind::Subtitle, Codec::Tx3g),
        ]
    );
    let [picture, commentary, main, text] = source.tracks() else {
        panic!("four tracks");
    };
    let facts = picture.video.as_ref().unwrap();
    assert_eq!(
        (facts.width, facts.height, facts.frame_rate),
        (160, 90, Some(25.0))
    );
    assert!(
        picture
            .codec_string
            .as_deref()
            .unwrap()
            .starts_with("avc1.")
    );
    assert_eq!(commentary.language.as_deref(), Some("de"));
    assert_eq!(commentary.title.as_deref(), Some("Kommentar"));
    assert_eq!(commentary.audio.as_ref().unwrap().channels, 1);
    assert_eq!(commentary.audio.as_ref().unwrap().sample_rate, 44_100);
    assert!(!commentary.default && main.default);
    assert_eq!(main.language.as_deref(), Some("en"));
    assert_eq!(main.title, None);
    assert_eq!(main.audio.as_ref().unwrap().channels, 6);
    assert!(main.bit_rate.unwrap() > 100_000);
    assert_eq!(text.language.as_deref(), Some("fr"));
    assert_eq!(source.default_sound(), Some(2));
    assert_eq!(source.sounds(), [1, 2]);
    assert_eq!(source.picture(), Some(0));
}

#[tokio::test]
async fn chapters_come_with_their_titles() {
    let (_, source) = open(&film_with_everything()).await;
    let told: Vec<(f64, &str)> = source
        .chapters()
        .iter()
        .map(|chapter| (chapter.start_s, chapter.title.as_str()))
        .collect();
    assert_eq!(told, [(0.0, "The road"), (4.0, "Über dem Meer")]);
}

#[tokio::test]
async fn text_inside_becomes_cues_on_the_streams_clock() {
    let (file, source) = open(&film_with_everything()).await;
    let shift_ms = (source.shift_s() * 1000.0).round() as u64;
    let cues = source.cues(&file, 3, 0..u64::MAX).await.unwrap();
    let told: Vec<(u64, u64, &str)> = cues
        .iter()
        .map(|cue| {
            (
                cue.start_ms - shift_ms,
                cue.end_ms - shift_ms,
                cue.text.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (1_000, 2_500, "Hello\nthere"),
            (7_000, 8_000, "Über dem Meer")
        ]
    );
    let late = source.cues(&file, 3, 6_000..9_000).await.unwrap();
    assert_eq!(late, cues[1..]);
    assert!(source.cues(&file, 0, 0..1).await.is_err());
}

#[tokio::test]
async fn high_dynamic_range_and_rotation_are_seen() {
    let film = Film::make(
        "film.mp4",
        "-f lavfi -i testsrc2=duration=1:size=160x90:rate=25",
        "-c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1 -pix_fmt yuv420p10le \
         -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -movflags +write_colr",
    );
    let (_, source) = open(&film).await;
    let facts = source.tracks()[0].video.as_ref().unwrap();
    assert_eq!(facts.hdr, Some(Hdr::Hdr10));
    film.ffmpeg("-i film.mp4 -c copy -metadata:s:v:0 rotate=90 turned.mp4");
    let path = film.folder.path().join("turned.mp4");
    let turned = File::open(&path);
    let source = FilmSource::open(&turned, &Budget::default()).await.unwrap();
    // ffprobe counts counterclockwise: its 90 is a rotation by 270 degrees clockwise.
    let facts = source.tracks()[0].video.as_ref().unwrap();
    assert_eq!(facts.rotation, 270);
    let made = film.write("made.mp4", &progressive(&turned, &source, &[0]).await);
    for path in [path, made] {
        let streams = run(
            "ffprobe",
            &["-v", "error", "-show_streams", path.to_str().unwrap()],
            film.folder.path(),
        );
        assert!(streams.contains("rotation=90"), "{streams}");
        assert!(streams.contains("color_transfer=smpte2084"), "{streams}");
    }
}

#[tokio::test]
async fn an_index_at_the_end_costs_two_reads() {
    let film = Film::make(
        "film.mp4",
        "-f lavfi -i testsrc2=duration=20:size=320x180:rate=25 -f lavfi -i sine=duration=20",
        "-c:v libx264 -preset ultrafast -c:a aac",
    );
    let (file, source) = open(&film).await;
    // One read for the magic bytes and one for the head, which a cache of blocks merges into one, and one for
    // the index.
    assert!(file.reads.load(Ordering::Relaxed) <= 3);
    let before = file.reads.load(Ordering::Relaxed);
    source.segment(&file, &[0, 1], 1).await.unwrap();
    assert!(file.reads.load(Ordering::Relaxed) - before <= 12);
}

#[tokio::test]
async fn any_range_of_the_progressive_file_is_a_part_of_it() {
    let film = Film::make(
        "film.mp4",
        "-f lavfi -i testsrc2=duration=13:size=160x90:rate=25 -f lavfi -i sine=duration=13",
        "-c:v libx264 -preset ultrafast -g 50 -c:a aac",
    );
    let (file, source) = open(&film).await;
    let whole = progressive(&file, &source, &[0, 1]).await;
    let layout = source.progressive(&file, &[0, 1]).await.unwrap();
    let length = layout.length();
    for (from, to) in [
        (0, 1),
        (5, 900),
        (length - 1, length),
        (length / 3, length / 2),
        (700, length + 9),
        (length, length),
    ] {
        let mut reader = layout.range(from..to);
        let mut made = Vec::new();
        while let Some(piece) = reader.next(&source, &layout, &file).await.unwrap() {
            made.extend_from_slice(&file.bytes_of(&piece));
        }
        let to = to.min(length);
        assert!(made == whole[from as usize..to as usize], "{from}..{to}");
    }
}

#[tokio::test]
async fn a_key_frame_is_a_segment_of_its_own() {
    let film = Film::make(
        "film.mp4",
        "-f lavfi -i testsrc2=duration=13:size=160x90:rate=25",
        "-c:v libx264 -preset ultrafast -g 50 -bf 2",
    );
    let (file, source) = open(&film).await;
    let init = source.init(&[0]).unwrap();
    for n in 0..source.plan().len() {
        let planned = source.plan().get(n).unwrap();
        let made = collect(&file, source.key_frame(&file, n).await.unwrap()).await;
        let path = film.write("frame.mp4", &[&init[..], &made].concat());
        let packets = super::fixtures::packets(&path, "v:0");
        assert_eq!(packets.len(), 1);
        assert_eq!(packets[0].pts, planned.start);
        assert_eq!(Some(packets[0].size), planned.key_frame_bytes);
    }
}

/// A recording that was never finished has no index: only headers of fragments are read for its plan.
#[tokio::test]
async fn a_recording_without_an_index_costs_its_headers() {
    let film = Film::make(
        "film.mp4",
        "-f lavfi -i testsrc2=duration=200:size=320x180:rate=10",
        "-c:v libx264 -preset ultrafast -b:v 2M -g 10 -movflags frag_keyframe+empty_moov+skip_trailer",
    );
    let (file, source) = open(&film).await;
    assert!(
        (source.duration_s() - 200.0).abs() < 0.2,
        "{}",
        source.duration_s()
    );
    assert_eq!(source.plan().len(), 34);
    let read = file.read_bytes.load(Ordering::Relaxed);
    assert!(read < 200 * (5 << 10) + (256 << 10), "{read} bytes");
    let whole = std::fs::read(&film.path).unwrap();
    let cut = File::new(whole[..whole.len() * 2 / 3].to_vec());
    let source = FilmSource::open(&cut, &Budget::default()).await.unwrap();
    let last = source.plan().len() - 1;
    collect(&cut, source.segment(&cut, &[0], last).await.unwrap()).await;
    assert!(source.duration_s() > 100.0);
}

#[tokio::test]
async fn hev1_with_its_parameter_sets_becomes_hvc1() {
    let film = Film::make(
        "film.mp4",
        "-f lavfi -i testsrc2=duration=1:size=160x90:rate=25",
        "-c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hev1",
    );
    let (_, source) = open(&film).await;
    let name = source.tracks()[0].codec_string.as_deref().unwrap();
    assert!(name.starts_with("hvc1.1.6.L"), "{name}");
}

/// QuickTime writes longer sound entries with the decoder's box in a `wave`; browsers support only the plain
/// ones.
#[tokio::test]
async fn sound_entries_of_quicktime_become_plain() {
    let film = Film::make("film.mov", "-f lavfi -i sine=duration=1", "-c:a aac -ac 2");
    let (_, source) = open(&film).await;
    let entry = source.tracks()[0].sample_entry.as_ref().unwrap();
    assert_eq!(entry[16..18], [0, 0], "the version");
    assert_eq!(&entry[40..44], b"esds");
    assert!(!entry.windows(4).any(|part| part == b"wave"));
    assert_eq!(
        source.tracks()[0].codec_string.as_deref(),
        Some("mp4a.40.2")
    );
}

/// Two hours with two sounds: the plan and all data that is kept beside it.
#[tokio::test]
async fn two_hours_take_less_than_300_kb() {
    let film = Film::make(
        "film.mp4",
        "-f lavfi -i color=duration=7200:size=16x16:rate=25 -f lavfi -i anullsrc=duration=7200:sample_rate=8000",
        "-map 0 -map 1 -map 1 -c:v libx264 -preset ultrafast -bf 2 -g 50 -c:a aac -b:a 8k",
    );
    let (_, source) = open(&film).await;
    assert_eq!(source.plan().len(), 1200);
    assert!((source.duration_s() - 7200.0).abs() < 1.0);
    let bytes = source.memory_bytes();
    assert!(bytes < 300_000, "{bytes} bytes");
}
