//! The repackaged film equals the file, bit by bit: the same packets with the same bytes, sizes and differences
//! of time.

use std::path::Path;

use containers::{Budget, FilmSource, TrackKind};

use super::fixtures::{Film, Packet, complaints, hash, packets, run, stream_field};
use super::reading::{File, progressive, segments};

const PICTURE: &str = "-f lavfi -i testsrc2=duration=14:size=160x90:rate=25";
const TONE: &str = "-f lavfi -i sine=frequency=440:duration=14:sample_rate=48000";

/// Returns the times of packets as nanoseconds by the stream's own time base, kept as exact fractions.
fn seconds(ticks: i64, base: &str) -> (i128, i128) {
    let (numerator, denominator) = base.split_once('/').unwrap();
    let numerator: i128 = numerator.parse().unwrap();
    (i128::from(ticks) * numerator, denominator.parse().unwrap())
}

/// Checks that two lists of packets are the same but for one constant shift, and returns it in the ticks of the
/// first.
#[track_caller]
fn same_but_for_a_shift(original: &[Packet], made: &[Packet], what: &str) -> i64 {
    assert_eq!(original.len(), made.len(), "{what}: number of packets");
    let shift = made[0].dts - original[0].dts;
    for (n, (one, other)) in original.iter().zip(made).enumerate() {
        let moved = Packet {
            pts: one.pts + shift,
            dts: one.dts + shift,
            size: one.size,
        };
        assert_eq!(&moved, other, "{what}: packet {n}, shift {shift}");
    }
    shift
}

/// Repackages a film in every way and compares each output with the film.
async fn check(film: &Film) {
    let file = File::open(&film.path);
    let source = FilmSource::open(&file, &Budget::default()).await.unwrap();
    let mut shifts = Vec::new();
    let mut together = Vec::new();
    let (mut pictures, mut sounds) = (0, 0);
    for (index, track) in source.tracks().iter().enumerate() {
        let stream = match track.kind {
            TrackKind::Video => {
                pictures += 1;
                format!("v:{}", pictures - 1)
            }
            TrackKind::Audio => {
                sounds += 1;
                format!("a:{}", sounds - 1)
            }
            TrackKind::Subtitle => continue,
        };
        if !source.can_carry(index) {
            continue;
        }
        together.push((index, stream.clone()));
        let init = source.init(&[index]).unwrap();
        let parts = segments(&file, &source, &[index]).await;
        let whole = film.write("track.mp4", &[&init[..], &parts.concat()].concat());
        let only = format!("{}:0", &stream[..1]);
        assert_eq!(hash(&film.path, &stream), hash(&whole, &only), "{stream}");
        let original = packets(&film.path, &stream);
        let shift = same_but_for_a_shift(&original, &packets(&whole, &only), &stream);
        let base = stream_field(&film.path, &stream, "time_base");
        assert_eq!(base, stream_field(&whole, &only, "time_base"));
        let zero = stream_field(&whole, &only, "time_base");
        shifts.push(seconds(shift, &zero));
        for (n, part) in parts.iter().enumerate() {
            let alone = film.write("alone.mp4", &[&init[..], part].concat());
            assert_eq!(complaints(&alone), "", "{stream} segment {n}");
        }
    }
    for shift in &shifts {
        let first = shifts[0];
        assert_eq!(
            shift.0 * first.1,
            first.0 * shift.1,
            "one shift for all: {shifts:?}"
        );
    }
    assert!(!together.is_empty());
    let selection: Vec<usize> = together.iter().map(|(index, _)| *index).collect();
    let muxed = [
        ("source.mp4", progressive(&file, &source, &selection).await),
        (
            "muxed.mp4",
            [
                &source.init(&selection).unwrap()[..],
                &segments(&file, &source, &selection).await.concat(),
            ]
            .concat(),
        ),
    ];
    for (name, bytes) in muxed {
        let path = film.write(name, &bytes);
        for (_, stream) in &together {
            assert_eq!(
                hash(&film.path, stream),
                hash(&path, stream),
                "{name} {stream}"
            );
            let what = format!("{name} {stream}");
            same_but_for_a_shift(&packets(&film.path, stream), &packets(&path, stream), &what);
        }
        assert_eq!(complaints(&path), "", "{name}");
    }
}

macro_rules! exact {
    ($($name:ident: $file:literal, $inputs:expr, $arguments:expr;)*) => {
        $(#[tokio::test]
        async fn $name() {
            check(&Film::make($file, $inputs, $arguments)).await;
        })*
    };
}

fn both() -> &'static str {
    "-f lavfi -i testsrc2=duration=14:size=160x90:rate=25 -f lavfi -i sine=frequency=440:duration=14:sample_rate=48000"
}

exact! {
    h264_with_b_pyramids_and_aac: "film.mp4", both(),
        "-c:v libx264 -preset veryfast -bf 4 -x264-params b-pyramid=normal:keyint=50 -c:a aac";
    h264_with_its_index_in_front: "film.mp4", both(),
        "-c:v libx264 -preset veryfast -g 50 -c:a aac -movflags +faststart";
    h264_with_open_groups: "film.mp4", both(),
        "-c:v libx264 -preset veryfast -bf 3 -x264-params open-gop=1:keyint=40 -c:a aac";
    h264_with_negative_offsets: "film.mp4", both(),
        "-c:v libx264 -preset veryfast -bf 2 -g 50 -c:a aac -movflags +negative_cts_offsets";
    h264_of_intra_pictures_alone: "film.mp4", PICTURE, "-c:v libx264 -preset ultrafast -g 1";
    h264_in_ten_bits: "film.mp4", PICTURE, "-c:v libx264 -preset ultrafast -pix_fmt yuv420p10le -g 100";
    hevc_and_ac3: "film.mp4", both(),
        "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=60 -tag:v hvc1 -c:a ac3";
    hevc_as_hev1_and_eac3: "film.mp4", both(),
        "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=60:open-gop=1 -c:a eac3";
    hevc_in_ten_bits: "film.mp4", PICTURE,
        "-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p10le -color_trc smpte2084 -color_primaries bt2020 -colorspace bt2020nc";
    vp9_and_opus: "film.mp4", both(), "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 75 -c:a libopus";
    av1_and_flac: "film.mp4", both(), "-c:v libsvtav1 -preset 12 -g 50 -c:a flac -strict -2";
    mpeg4_and_mp3: "film.mp4", both(), "-c:v mpeg4 -bf 2 -g 50 -c:a libmp3lame";
    alac_in_quicktime: "film.mov", both(), "-c:v libx264 -preset ultrafast -g 50 -c:a alac";
    aac_in_quicktime: "film.mov", both(), "-c:v libx264 -preset ultrafast -g 50 -c:a aac";
    sound_of_five_and_one: "film.mp4", both(), "-c:v libx264 -preset ultrafast -c:a aac -ac 6";
    ac3_of_five_and_one: "film.mp4", both(), "-c:v libx264 -preset ultrafast -c:a ac3 -ac 6";
    sound_alone: "film.m4a", TONE, "-c:a aac";
    sound_of_44100: "film.mp4", both(), "-c:v libx264 -preset ultrafast -c:a aac -ar 44100";
    fifty_pictures_a_second: "film.mp4", "-f lavfi -i testsrc2=duration=14:size=160x90:rate=50", "-c:v libx264 -preset ultrafast -g 100";
    pictures_at_23_976: "film.mp4", "-f lavfi -i testsrc2=duration=14:size=160x90:rate=24000/1001", "-c:v libx264 -preset ultrafast -bf 3 -g 48";
    one_key_frame_in_ten_seconds: "film.mp4", "-f lavfi -i testsrc2=duration=32:size=160x90:rate=25", "-c:v libx264 -preset ultrafast -g 250 -sc_threshold 0";
    variable_frame_rate: "film.mp4", both(),
        "-vf select=not(mod(n\\,7))+not(mod(n\\,3)) -vsync vfr -c:v libx264 -preset ultrafast -bf 2 -g 30 -c:a aac";
    a_start_other_than_zero: "film.mp4", both(),
        "-c:v libx264 -preset ultrafast -g 50 -c:a aac -output_ts_offset 5 -avoid_negative_ts disabled";
    a_picture_that_starts_late: "film.mp4",
        "-itsoffset 1.5 -f lavfi -i testsrc2=duration=12:size=160x90:rate=25 -f lavfi -i sine=duration=14",
        "-c:v libx264 -preset ultrafast -g 50 -c:a aac";
    a_sound_much_longer_than_the_picture: "film.mp4",
        "-f lavfi -i testsrc2=duration=5:size=160x90:rate=25 -f lavfi -i sine=duration=40",
        "-c:v libx264 -preset ultrafast -g 50 -c:a aac";
    fragments_at_key_frames: "film.mp4", both(),
        "-c:v libx264 -preset ultrafast -bf 2 -g 50 -c:a aac -movflags frag_keyframe+empty_moov";
    fragments_of_a_duration: "film.mp4", both(),
        "-c:v libx264 -preset ultrafast -g 50 -c:a aac -movflags empty_moov+default_base_moof -frag_duration 700000";
    fragments_with_an_index_in_front: "film.mp4", both(),
        "-c:v libx264 -preset ultrafast -g 50 -c:a aac -movflags dash+global_sidx+frag_keyframe";
    fragments_without_any_index: "film.mp4", both(),
        "-c:v libx264 -preset ultrafast -g 50 -c:a aac -movflags frag_keyframe+empty_moov+skip_trailer+separate_moof";
    sound_of_seven_and_one: "film.mp4", both(), "-c:v libx264 -preset ultrafast -c:a aac -ac 8";
    opus_of_five_and_one: "film.mp4", both(), "-c:v libx264 -preset ultrafast -c:a libopus -ac 6 -mapping_family 1";
    flac_of_seven_and_one: "film.mp4", both(), "-c:v libx264 -preset ultrafast -c:a flac -ac 8 -strict -2";
    dts_of_five_and_one: "film.mp4", both(), "-c:v libx264 -preset ultrafast -c:a dca -ac 6 -strict -2";
    eac3_of_five_and_one: "film.mov", both(), "-c:v libx264 -preset ultrafast -c:a eac3 -ac 6";
    sound_of_96000: "film.m4a", TONE, "-c:a aac -ar 96000";
    vp9_in_ten_bits: "film.mp4", PICTURE,
        "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -profile:v 2 -pix_fmt yuv420p10le -g 75";
    av1_in_ten_bits: "film.mp4", PICTURE, "-c:v libsvtav1 -preset 12 -pix_fmt yuv420p10le -g 50";
    pictures_at_59_94: "film.mp4", "-f lavfi -i testsrc2=duration=14:size=160x90:rate=60000/1001",
        "-c:v libx264 -preset ultrafast -bf 2 -g 120";
    pictures_at_29_97_and_hevc_with_pyramids: "film.mp4",
        "-f lavfi -i testsrc2=duration=14:size=160x90:rate=30000/1001",
        "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=60:bframes=4:b-pyramid=1 -tag:v hvc1";
    interlaced_pictures: "film.mp4", "-f lavfi -i testsrc2=duration=14:size=160x96:rate=25 -f lavfi -i sine=duration=14",
        "-c:v libx264 -preset veryfast -flags +ilme+ildct -x264-params tff=1 -g 50 -c:a aac";
    turned_pictures: "film.mp4", both(), "-c:v libx264 -preset ultrafast -g 50 -metadata:s:v rotate=90 -c:a aac";
    fragments_with_two_sounds: "film.mp4",
        "-f lavfi -i testsrc2=duration=14:size=160x90:rate=25 -f lavfi -i sine=440:duration=14 -f lavfi -i sine=880:duration=14",
        "-map 0 -map 1 -map 2 -c:v libx264 -preset ultrafast -g 50 -c:a aac -movflags frag_keyframe+empty_moov";
    several_sounds: "film.mp4",
        "-f lavfi -i testsrc2=duration=14:size=160x90:rate=25 -f lavfi -i sine=440:duration=14 -f lavfi -i sine=880:duration=14 -f lavfi -i sine=1000:duration=14:sample_rate=44100",
        "-map 0 -map 1 -map 2 -map 3 -c:v libx264 -preset ultrafast -g 50 -c:a:0 aac -c:a:1 ac3 -c:a:2 libmp3lame";
}

/// ffmpeg leaves out samples that an edit list hides; here they stay. So the bytes are compared with the edit
/// list ignored, and the times at the end, where both have the same packets. ffmpeg moves an edit that starts
/// within a picture to the start of that picture, so the times may differ by up to half a picture.
#[tokio::test]
async fn an_edit_list_made_by_a_cut_keeps_one_shift() {
    let film = Film::make(
        "long.mp4",
        both(),
        "-c:v libx264 -preset ultrafast -bf 2 -g 75 -c:a aac",
    );
    film.ffmpeg("-ss 4.3 -i long.mp4 -c copy film.mov");
    let path = film.folder.path().join("film.mov");
    film.ffmpeg("-ignore_editlist 1 -i film.mov -map 0:v:0 -map 0:a:0 -c copy all.nut");
    let file = File::open(&path);
    let source = FilmSource::open(&file, &Budget::default()).await.unwrap();
    let made = film.write("source.mp4", &progressive(&file, &source, &[0, 1]).await);
    let mut shifts = Vec::new();
    for stream in ["v:0", "a:0"] {
        assert_eq!(
            hash(&film.folder.path().join("all.nut"), stream),
            hash(&made, stream)
        );
        let (original, made_of_it) = (packets(&path, stream), packets(&made, stream));
        let shift = made_of_it.last().unwrap().pts - original.last().unwrap().pts;
        shifts.push(seconds(shift, &stream_field(&path, stream, "time_base")));
    }
    let [picture, sound] = [shifts[0], shifts[1]];
    let apart = (picture.0 * sound.1 - sound.0 * picture.1).abs();
    assert!(apart * 50 <= picture.1 * sound.1, "{shifts:?}");
}

/// A seek by the segment index, in the middle of segments and at their edges, decodes the same picture as in the file.
#[tokio::test]
async fn a_seek_in_the_progressive_file_shows_the_right_picture() {
    let film = Film::make(
        "film.mp4",
        both(),
        "-c:v libx264 -preset ultrafast -bf 2 -g 50 -c:a aac",
    );
    let file = File::open(&film.path);
    let source = FilmSource::open(&file, &Budget::default()).await.unwrap();
    let made = film.write("source.mp4", &progressive(&file, &source, &[0, 1]).await);
    let picture = |path: &Path, seconds: f64| {
        let at = format!("{seconds:.4}");
        let line = [
            "-nostdin",
            "-v",
            "error",
            "-seek_timestamp",
            "1",
            "-ss",
            &at,
            "-i",
            path.to_str().unwrap(),
            "-map",
            "0:v:0",
            "-frames:v",
            "1",
            "-f",
            "md5",
            "-",
        ];
        run("ffmpeg", &line, film.folder.path())
    };
    for seconds in [0.02, 1.98, 2.02, 5.5, 6.02, 9.3, 13.9] {
        let original = picture(&film.path, seconds);
        assert_eq!(
            original,
            picture(&made, seconds + source.shift_s()),
            "{seconds}"
        );
    }
}

/// Two hours with a key frame in each ten seconds: the plan takes little memory, and all samples are there.
#[tokio::test]
async fn two_hours_at_one_key_frame_in_ten_seconds() {
    let film = Film::make(
        "film.mp4",
        "-f lavfi -i color=duration=7200:size=32x18:rate=10",
        "-c:v libx264 -preset ultrafast -g 100 -keyint_min 100 -sc_threshold 0",
    );
    let file = File::open(&film.path);
    let source = FilmSource::open(&file, &Budget::default()).await.unwrap();
    assert_eq!(source.plan().len(), 720);
    assert!(
        source
            .plan()
            .iter()
            .all(|segment| source.plan().seconds(segment.duration) == 10.0)
    );
    let bytes = source.memory_bytes();
    assert!(bytes < 300_000, "{bytes} bytes");
    let parts = segments(&file, &source, &[0]).await;
    let init = source.init(&[0]).unwrap();
    let whole = film.write("track.mp4", &[&init[..], &parts.concat()].concat());
    assert_eq!(hash(&film.path, "v:0"), hash(&whole, "v:0"));
    same_but_for_a_shift(
        &packets(&film.path, "v:0"),
        &packets(&whole, "v:0"),
        "two hours",
    );
}

/// Codecs that fragmented MP4 does not hold are listed, and refused.
#[tokio::test]
async fn pictures_and_sounds_that_cannot_be_carried_are_refused() {
    for (name, codecs) in [
        ("film.mov", "-c:v prores_ks -profile:v 0 -c:a pcm_s16le"),
        ("mjpeg.mov", "-c:v mjpeg -c:a pcm_s24le"),
    ] {
        let film = Film::make(name, both(), &format!("-t 1 {codecs}"));
        let source = FilmSource::open(&File::open(&film.path), &Budget::default()).await;
        let refused = matches!(&source, Err(containers::ContainerError::Unsupported(_)));
        assert!(refused || source.unwrap().picture().is_none(), "{name}");
    }
    let film = Film::make(
        "film.mov",
        both(),
        "-t 8 -c:v libx264 -preset ultrafast -c:a pcm_s16le",
    );
    let file = File::open(&film.path);
    let source = FilmSource::open(&file, &Budget::default()).await.unwrap();
    assert_eq!(source.picture(), Some(0));
    assert_eq!(source.tracks()[1].codec, containers::Codec::Pcm);
    let parts = segments(&file, &source, &[0]).await;
    let init = source.init(&[0]).unwrap();
    let whole = film.write("track.mp4", &[&init[..], &parts.concat()].concat());
    assert_eq!(hash(&film.path, "v:0"), hash(&whole, "v:0"));
}
