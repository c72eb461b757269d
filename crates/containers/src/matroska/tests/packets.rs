//! Every packet of picture and sound in the output is the one in the file.

use super::fixtures::{FileReader, check, check_with, ffmpeg, mkvmerge};
use crate::matroska::Matroska;
use crate::{Budget, Codec, Hdr};

const PICTURE: &str = "-f lavfi -i testsrc2=s=160x90:r=24000/1001:d=14";
const SOUND: &str = "-f lavfi -i sine=440:sample_rate=48000:d=14";

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn h264(arguments: &str) -> String {
    format!(
        "{PICTURE} {SOUND} -c:v libx264 -preset ultrafast -bf 3 -b_strategy 0 -g 48 -c:a aac {arguments}"
    )
}

#[tokio::test]
async fn h264_with_b_pyramids_and_aac() {
    let room = directory();
    let path = ffmpeg(
        room.path(),
        "film.mkv",
        &h264("-x264-params b-pyramid=normal:ref=4"),
    );
    let film = check(&path).await;
    let [picture, sound] = film.tracks() else {
        panic!()
    };
    assert_eq!(picture.codec, Codec::H264);
    assert!(
        picture
            .codec_string
            .as_deref()
            .unwrap()
            .starts_with("avc1.")
    );
    assert!((picture.video.as_ref().unwrap().frame_rate.unwrap() - 24000.0 / 1001.0).abs() < 1e-9);
    assert_eq!(sound.codec_string.as_deref(), Some("mp4a.40.2"));
    assert_eq!(film.plan().len(), 3);

    let merged = mkvmerge(room.path(), "merged.mkv", "", &path);
    let film = check(&merged).await;
    assert!(film.tracks()[0].bit_rate.is_some());
}

#[tokio::test]
async fn open_groups_of_pictures() {
    let room = directory();
    let path = ffmpeg(
        room.path(),
        "open.mkv",
        &h264("-x264-params open-gop=1:keyint=48:min-keyint=48:scenecut=0"),
    );
    check(&path).await;
    check(&mkvmerge(room.path(), "merged.mkv", "", &path)).await;
}

#[tokio::test]
async fn hevc_of_ten_bits_with_dolby_sounds() {
    let room = directory();
    let arguments = format!(
        "{PICTURE} {SOUND} -map 0 -map 1 -map 1 -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params \
         log-level=error:bframes=3:keyint=48:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc -color_primaries \
         bt2020 -color_trc smpte2084 -colorspace bt2020nc -c:a:0 ac3 -c:a:1 eac3 -ac 6"
    );
    let path = ffmpeg(room.path(), "film.mkv", &arguments);
    let film = check(&path).await;
    let names: Vec<_> = film
        .tracks()
        .iter()
        .map(|track| track.codec_string.as_deref().unwrap())
        .collect();
    assert!(names[0].starts_with("hvc1.2.4."), "{names:?}");
    assert_eq!(names[1..], ["ac-3", "ec-3"]);
    assert_eq!(
        film.tracks()[0].video.as_ref().unwrap().hdr,
        Some(Hdr::Hdr10)
    );
    check(&mkvmerge(room.path(), "merged.mkv", "", &path)).await;
}

#[tokio::test]
async fn webm_with_vp9_and_opus() {
    let room = directory();
    let arguments = format!(
        "{PICTURE} {SOUND} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 48 -c:a libopus"
    );
    let path = ffmpeg(room.path(), "film.webm", &arguments);
    let film = check(&path).await;
    let names: Vec<_> = film
        .tracks()
        .iter()
        .map(|track| track.codec_string.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["vp09.00.10.08", "Opus"]);
}

#[tokio::test]
async fn vp8_with_vorbis() {
    let room = directory();
    let arguments =
        format!("{PICTURE} {SOUND} -c:v libvpx -deadline realtime -g 48 -c:a libvorbis");
    let film = check(&ffmpeg(room.path(), "film.webm", &arguments)).await;
    // Browsers support no name for Vorbis, but players support its sample entry.
    assert_eq!(film.tracks()[1].codec_string, None);
    assert!(film.tracks()[1].sample_entry.is_some());
}

#[tokio::test]
async fn av1_with_flac() {
    let room = directory();
    let arguments = "-f lavfi -i testsrc2=s=160x90:r=25:d=8 -f lavfi -i sine=440:sample_rate=44100:d=8 -c:v libsvtav1 \
                     -preset 12 -g 50 -c:a flac";
    let film = check(&ffmpeg(room.path(), "film.mkv", arguments)).await;
    let names: Vec<_> = film
        .tracks()
        .iter()
        .map(|track| track.codec_string.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["av01.0.00M.08", "fLaC"]);
}

#[tokio::test]
async fn every_other_sound() {
    let room = directory();
    let arguments = format!(
        "{PICTURE} {SOUND} -map 0 -map 1 -map 1 -map 1 -map 1 -map 1 -c:v mpeg4 -bf 2 -g 48 -c:a:0 libmp3lame -c:a:1 dca \
         -c:a:2 truehd -c:a:3 alac -c:a:4 mp2 -strict -2"
    );
    let path = ffmpeg(room.path(), "film.mkv", &arguments);
    let film = check(&path).await;
    let codecs: Vec<_> = film
        .tracks()
        .iter()
        .map(|track| track.codec.name())
        .collect();
    assert_eq!(codecs, ["mpeg4", "mp3", "dts", "truehd", "alac", "mp2"]);
    let names: Vec<_> = film
        .tracks()
        .iter()
        .map(|track| track.codec_string.as_deref())
        .collect();
    assert_eq!(
        names[1..],
        [
            Some("mp4a.6B"),
            Some("dtsc"),
            Some("mlpa"),
            Some("alac"),
            None
        ]
    );
}

#[tokio::test]
async fn tracks_have_their_languages_titles_and_flags() {
    let room = directory();
    let arguments = format!(
        "{PICTURE} {SOUND} -map 0 -map 1 -map 1 -c:v libx264 -preset ultrafast -c:a aac -metadata:s:a:0 language=ger \
         -metadata:s:a:0 title=Kommentar -disposition:a:0 0 -metadata:s:a:1 language=eng -disposition:a:1 default \
         -metadata title=Film"
    );
    let film = check(&ffmpeg(room.path(), "film.mkv", &arguments)).await;
    let [_, commentary, main] = film.tracks() else {
        panic!()
    };
    assert_eq!(
        (commentary.language.as_deref(), commentary.title.as_deref()),
        (Some("de"), Some("Kommentar"))
    );
    assert!(!commentary.default && main.default);
    assert_eq!(main.language.as_deref(), Some("en"));
    assert_eq!(film.title(), Some("Film"));
}

#[tokio::test]
async fn header_stripping_is_undone() {
    let room = directory();
    let path = ffmpeg(
        room.path(),
        "film.mkv",
        &format!("{PICTURE} {SOUND} -c:v mpeg4 -g 48 -sc_threshold 1000000000 -c:a ac3"),
    );
    let stripped = mkvmerge(
        room.path(),
        "stripped.mkv",
        "--compression 0:mpeg4_p2",
        &path,
    );
    // mkvmerge also strips the start codes from some pictures, which FFmpeg's parser then cannot separate.
    let film = check_with(&stripped, false).await;
    assert_eq!(film.tracks()[1].codec_string.as_deref(), Some("ac-3"));
}

#[tokio::test]
async fn tracks_compressed_in_other_ways_are_listed_but_not_carried() {
    let room = directory();
    let path = ffmpeg(room.path(), "film.mkv", &h264(""));
    let zlib = mkvmerge(room.path(), "zlib.mkv", "--compression 1:zlib", &path);
    let film = Matroska::open(&FileReader::open(&zlib), &Budget::default())
        .await
        .unwrap();
    assert!(film.tracks()[0].sample_entry.is_some());
    assert_eq!(
        (
            film.tracks()[1].codec,
            film.tracks()[1].sample_entry.clone()
        ),
        (Codec::Aac, None)
    );
}

#[tokio::test]
async fn sounds_laced_by_mkvmerge() {
    let room = directory();
    let arguments = format!("{SOUND} -c:a libmp3lame");
    let path = ffmpeg(room.path(), "sound.mp3", &arguments);
    let film = check(&mkvmerge(room.path(), "laced.mka", "", &path)).await;
    assert!(film.plan().len() > 1);
}

#[tokio::test]
async fn cues_in_front_and_at_the_end_cost_few_reads() {
    let room = directory();
    let end = ffmpeg(room.path(), "end.mkv", &h264("-b:v 2M -minrate 2M"));
    let front = ffmpeg(room.path(), "front.mkv", &h264("-b:v 2M -cues_to_front 1"));
    let merged = mkvmerge(room.path(), "merged.mkv", "", &end);
    for path in [&end, &front, &merged] {
        check(path).await;
        let reader = FileReader::open(path);
        let film = Matroska::open(&reader, &Budget::default()).await.unwrap();
        assert!(!film.needs_scan());
        let reads = reader.reads.lock().unwrap().len();
        assert!(reads <= 3, "{path:?}: {:?}", reader.reads.lock().unwrap());
        assert!(reader.bytes_read() <= 1 << 20);
    }
}

#[tokio::test]
async fn files_without_cues_are_scanned() {
    let room = directory();
    let path = ffmpeg(room.path(), "film.mkv", &h264(""));
    let live = ffmpeg(room.path(), "live.mkv", &h264("-f matroska -live 1"));
    let bare = mkvmerge(room.path(), "bare.mkv", "--no-cues", &path);
    for path in [live, bare] {
        let film = Matroska::open(&FileReader::open(&path), &Budget::default())
            .await
            .unwrap();
        assert!(film.needs_scan(), "{path:?}");
        let film = check(&path).await;
        assert_eq!(film.plan().len(), 3, "{path:?}");
        let end = film
            .plan()
            .iter()
            .map(|segment| segment.duration)
            .sum::<i64>();
        assert!((13_900..=14_100).contains(&end), "{path:?}: {end}");
    }
}

#[tokio::test]
async fn a_film_that_does_not_start_at_zero() {
    let room = directory();
    let path = ffmpeg(room.path(), "film.mkv", &h264("-output_ts_offset 100"));
    let film = check(&path).await;
    assert!(film.plan().get(0).unwrap().start >= 100_000);
}

#[tokio::test]
async fn frames_of_uneven_length() {
    let room = directory();
    let arguments = "-f lavfi -i testsrc2=s=160x90:r=30:d=14 -vf select='not(mod(n\\,7))+not(mod(n\\,5))+lt(n\\,60)' \
                     -vsync vfr -c:v libx264 -preset ultrafast -bf 3 -b_strategy 0 -g 30";
    let path = ffmpeg(room.path(), "film.mkv", arguments);
    check(&path).await;
    check(&mkvmerge(room.path(), "merged.mkv", "", &path)).await;
}

#[tokio::test]
async fn checksums_and_void_are_passed_over() {
    let room = directory();
    // ffmpeg writes CRC-32 elements into its masters, and Void for what it fills in later.
    let path = ffmpeg(
        room.path(),
        "film.mkv",
        &h264("-write_crc32 1 -reserve_index_space 50000"),
    );
    check(&path).await;
}

#[tokio::test]
async fn blocks_in_groups_with_durations() {
    let room = directory();
    let path = ffmpeg(room.path(), "film.mkv", &h264(""));
    let grouped = mkvmerge(
        room.path(),
        "grouped.mkv",
        "--engage no_simpleblocks",
        &path,
    );
    check(&grouped).await;
    let large = mkvmerge(room.path(), "large.mkv", "--cluster-length 9000ms", &path);
    check(&large).await;
    let small = mkvmerge(room.path(), "small.mkv", "--cluster-length 100ms", &path);
    check(&small).await;
}

#[tokio::test]
async fn samples_go_on_over_cuts_without_gap_or_overlap() {
    let room = directory();
    let closed = ffmpeg(room.path(), "closed.mkv", &h264(""));
    let open = ffmpeg(
        room.path(),
        "open.mkv",
        &h264("-x264-params open-gop=1:keyint=48:min-keyint=48:scenecut=0"),
    );
    let laced = mkvmerge(room.path(), "laced.mkv", "", &closed);
    for path in [closed, open, laced] {
        let reader = FileReader::open(&path);
        let film = super::fixtures::open(&reader).await;
        let found = super::fixtures::samples(&film, &reader, 100_000).await;
        for (track, samples) in found.by_track.iter().enumerate() {
            for pair in samples.windows(2) {
                let end = pair[0].1.decode_time + u64::from(pair[0].1.duration);
                assert_eq!(
                    end, pair[1].1.decode_time,
                    "{path:?} track {track}: {pair:?}"
                );
            }
        }
    }
}
