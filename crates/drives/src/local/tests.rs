use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use futures_util::TryStreamExt;

use super::*;
use media::{Order, SortBy};

struct Folder {
    dir: tempfile::TempDir,
    drive: Local,
}

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("films")).unwrap();
        let place = Place::parse("home").unwrap();
        let path = dir.path().join("films");
        Folder {
            drive: Local::new(None, place, LocalConfig::read_only(path)),
            dir,
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.real(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn real(&self, name: &str) -> PathBuf {
        self.dir.path().join("films").join(name)
    }

    async fn names(&self, folder: &str, page: &PageRequest) -> Vec<String> {
        let listing = self.drive.list(&path(folder), page).await.unwrap();
        listing
            .entries
            .into_iter()
            .map(|entry| entry.name)
            .collect()
    }

    async fn read(&self, origin: &Origin, from: u64, last: Option<u64>) -> Vec<u8> {
        let incoming = self.drive.fetch(origin, from, last).await.unwrap();
        assert_eq!(incoming.offset, from);
        let pieces: Vec<Bytes> = incoming.chunks.try_collect().await.unwrap();
        pieces.concat()
    }
}

#[tokio::test]
async fn what_is_kept_of_many_files_is_bounded() {
    let drive = Folder::new().drive;
    let keys = vec![hls::Keyframe::default(); 5_000];
    for number in 0..40_000 {
        let version = format!("version {number} of a file");
        drive.facts.insert(version.clone(), Arc::default());
        if number % 100 == 0 {
            let index = KeyframeIndex {
                keys: keys.clone(),
                end_s: 1.0,
            };
            drive.keyframes.insert(version, Arc::new(index)).await;
        }
    }
    drive.facts.run_pending_tasks();
    drive.keyframes.run_pending_tasks().await;
    assert!(drive.facts.weighted_size() <= MAX_FACT_BYTES);
    assert!(drive.keyframes.weighted_size() <= MAX_KEYFRAME_BYTES);
    // A whole library fits, and none of them is counted as nothing.
    let (facts, films) = (drive.facts.entry_count(), drive.keyframes.entry_count());
    assert!((10_000..30_000).contains(&facts), "{facts}");
    assert!((20..200).contains(&films), "{films}");
}

#[tokio::test]
async fn a_file_that_is_written_to_while_it_is_read_ends_the_stream() {
    let folder = Folder::new();
    folder.write("a.avi", &vec![b'a'; 1 << 20]);
    let entry = folder.drive.stat(&path("/a.avi")).await.unwrap();
    let origin = folder.drive.original(&entry).await.unwrap();
    let mut chunks = folder.drive.fetch(&origin, 0, None).await.unwrap().chunks;
    let first = chunks.try_next().await.unwrap().unwrap();
    assert!(first.len() <= PIECE as usize && first.iter().all(|byte| *byte == b'a'));
    folder.write("a.avi", &vec![b'b'; 2 << 20]);
    assert_eq!(kind_of(chunks.try_next().await), ErrorKind::Gone);
    assert!(chunks.try_next().await.unwrap().is_none());
}

fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).unwrap()
}

fn kind_of<T>(answer: Result<T, DriveError>) -> ErrorKind {
    answer.err().expect("this must be refused").kind
}

/// Runs ffmpeg, which the tests have.
fn ffmpeg(arguments: &[&str], target: &Path) {
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y"])
        .args(arguments)
        .arg(target)
        .status()
        .unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn what_is_hidden_or_leads_out_is_not_there() {
    let folder = Folder::new();
    folder.write("a.mp4", b"film");
    folder.write(".secret", b"no");
    folder.write(".git/config", b"no");
    folder.write("in/b.mp4", b"film");
    std::fs::write(folder.dir.path().join("outside.mp4"), b"no").unwrap();
    symlink("../outside.mp4", folder.real("out.mp4")).unwrap();
    symlink("/etc", folder.real("etc")).unwrap();
    symlink("in/b.mp4", folder.real("linked.mp4")).unwrap();
    symlink("in", folder.real("linked")).unwrap();
    symlink("nowhere", folder.real("dangling")).unwrap();

    let names = folder.names("/", &PageRequest::default()).await;
    assert_eq!(names, ["in", "linked", "a.mp4", "linked.mp4"]);
    for bad in [
        "/.secret",
        "/.git/config",
        "/out.mp4",
        "/etc/passwd",
        "/etc",
        "/dangling",
        "/none",
        "/a.mp4/x",
    ] {
        assert_eq!(
            kind_of(folder.drive.stat(&path(bad)).await),
            ErrorKind::NotFound,
            "{bad}"
        );
    }
    assert!(folder.drive.stat(&path("/linked/b.mp4")).await.is_ok());
    let found = folder
        .drive
        .search("B.MP4", &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(found.entries[0].path, path("/in/b.mp4"));

    // A Mac writes the accent as a character of its own.
    let anew = Folder::new();
    anew.write("Cafe\u{301}.mp4", b"film");
    let found = anew
        .drive
        .search("CAF\u{c9}", &PageRequest::default())
        .await;
    assert_eq!(found.unwrap().entries.len(), 1);
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
    let folder = Folder::new();
    for number in 1..=12 {
        folder.write(&format!("Episode {number}.mp4"), &vec![0; 20 - number]);
    }
    let mut page = PageRequest {
        limit: 5,
        ..PageRequest::default()
    };
    let mut all = Vec::new();
    loop {
        let listing = folder.drive.list(&path("/"), &page).await.unwrap();
        all.extend(listing.entries.into_iter().map(|entry| entry.name));
        match listing.next {
            Some(next) => page.cursor = Some(next),
            None => break,
        }
    }
    let expected: Vec<String> = (1..=12).map(|n| format!("Episode {n}.mp4")).collect();
    assert_eq!(all, expected);
    let largest = PageRequest {
        limit: 1,
        sort: SortBy::Size,
        order: Order::Descending,
        ..PageRequest::default()
    };
    assert_eq!(folder.names("/", &largest).await, ["Episode 1.mp4"]);
    let nonsense = PageRequest {
        cursor: Some("x".to_owned()),
        ..PageRequest::default()
    };
    assert_eq!(
        kind_of(folder.drive.list(&path("/"), &nonsense).await),
        ErrorKind::BadRequest
    );
}

#[tokio::test]
async fn bytes_are_those_of_the_version_that_was_asked_for() {
    let folder = Folder::new();
    folder.write("ä b%.bin", b"0123456789");
    let entry = folder.drive.stat(&path("/ä b%.bin")).await.unwrap();
    let origin = folder.drive.original(&entry).await.unwrap();
    assert_eq!(folder.read(&origin, 0, None).await, b"0123456789");
    assert_eq!(folder.read(&origin, 3, Some(5)).await, b"345");
    assert_eq!(folder.read(&origin, 8, Some(99)).await, b"89");
    folder.write("ä b%.bin", b"another content");
    assert_eq!(
        kind_of(folder.drive.fetch(&origin, 0, None).await),
        ErrorKind::Gone
    );
    assert!(!format!("{origin:?}").contains("bin"));
}

#[tokio::test]
async fn a_new_file_is_told_of_and_listed() {
    let folder = Folder::new();
    folder.write("in/a.mp4", b"1");
    let mut changes = folder.drive.changes().unwrap();
    assert_eq!(
        folder.names("/in", &PageRequest::default()).await,
        ["a.mp4"]
    );
    folder.write("in/b.mp4", b"2");
    let told = tokio::time::timeout(std::time::Duration::from_secs(10), changes.recv());
    assert_eq!(told.await.unwrap().unwrap(), path("/in"));
    assert_eq!(
        folder.names("/in", &PageRequest::default()).await,
        ["a.mp4", "b.mp4"]
    );
}

#[tokio::test]
async fn what_comes_and_goes_is_put_into_its_place() {
    let folder = Folder::new();
    for name in ["Episode 2.mp4", "Episode 10.mp4", "b.mp4"] {
        folder.write(name, b"1");
    }
    std::fs::create_dir(folder.real("Season 1")).unwrap();
    let mut changes = folder.drive.changes().unwrap();
    let first = PageRequest::default();
    folder.names("/", &first).await;
    folder.write("Episode 9.mp4", b"1");
    folder.write("A.mp4", b"1");
    folder.write(".hidden.mp4", b"1");
    std::fs::remove_file(folder.real("b.mp4")).unwrap();
    std::fs::rename(folder.real("Season 1"), folder.real("Extras")).unwrap();
    symlink("/etc", folder.real("etc")).unwrap();
    let expected = [
        "Extras",
        "A.mp4",
        "Episode 2.mp4",
        "Episode 9.mp4",
        "Episode 10.mp4",
    ];
    while folder.names("/", &first).await != expected {
        let told = tokio::time::timeout(std::time::Duration::from_secs(10), changes.recv());
        told.await.expect("the last change is told").unwrap();
    }
    // A folder in place of a file of the same name.
    std::fs::remove_file(folder.real("A.mp4")).unwrap();
    std::fs::create_dir(folder.real("A.mp4")).unwrap();
    let expected = [
        "A.mp4",
        "Extras",
        "Episode 2.mp4",
        "Episode 9.mp4",
        "Episode 10.mp4",
    ];
    while folder.names("/", &first).await != expected {
        let told = tokio::time::timeout(std::time::Duration::from_secs(10), changes.recv());
        told.await.expect("the last change is told").unwrap();
    }
}

#[tokio::test]
async fn a_folder_that_was_removed_and_made_again_is_looked_at_anew() {
    let folder = Folder::new();
    folder.write("in/a.mp4", b"1");
    let mut changes = folder.drive.changes().unwrap();
    let first = PageRequest::default();
    assert_eq!(folder.names("/in", &first).await, ["a.mp4"]);
    std::fs::remove_dir_all(folder.real("in")).unwrap();
    std::fs::create_dir(folder.real("in")).unwrap();
    let mut becomes = async |expected: &[&str]| {
        while folder.names("/in", &first).await != expected {
            let told = tokio::time::timeout(std::time::Duration::from_secs(10), changes.recv());
            told.await.expect("the last change is told").unwrap();
        }
    };
    becomes(&[]).await;
    folder.write("in/c.mp4", b"1");
    becomes(&["c.mp4"]).await;
    folder.write("in/d.mp4", b"1");
    becomes(&["c.mp4", "d.mp4"]).await;
}

#[tokio::test]
async fn containers_tell_lengths_and_sizes() {
    let folder = Folder::new();
    let picture = [
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=320x180:rate=10:duration=4",
    ];
    let sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=4"];
    for (name, input, codec) in [
        ("a.mp4", picture, "mpeg4"),
        ("a.mkv", picture, "mpeg4"),
        ("a.webm", picture, "libvpx"),
        ("a.ts", picture, "mpeg2video"),
        ("a.mp3", sound, "libmp3lame"),
        ("a.flac", sound, "flac"),
        ("a.m4a", sound, "aac"),
    ] {
        let mut arguments = input.to_vec();
        arguments.extend([
            if name.len() == 5 && input == sound || name == "a.flac" {
                "-c:a"
            } else {
                "-c:v"
            },
            codec,
        ]);
        ffmpeg(&arguments, &folder.real(name));
        let entry = folder.drive.stat(&path(&format!("/{name}"))).await.unwrap();
        let length = entry.duration_s.unwrap_or_default();
        assert!((length - 4.0).abs() < 0.5, "{name}: {length}");
        if input == picture {
            assert_eq!(
                (entry.width, entry.height),
                (Some(320), Some(180)),
                "{name}"
            );
        }
    }
    folder.write("broken.mp4", &[0xff; 4096]);
    let broken = folder.drive.stat(&path("/broken.mp4")).await.unwrap();
    assert_eq!(broken.duration_s, None);
}

/// The decode times of a track's packets, in ticks of 90 kHz.
fn times(file: &Path, stream: &str) -> Vec<i64> {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-fflags",
            "+genpts",
            "-select_streams",
            stream,
        ])
        .args(["-show_entries", "packet=dts_time", "-of", "csv=p=0"])
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let first = |line: &str| {
        line.split(',')
            .next()
            .and_then(|time| time.parse::<f64>().ok())
    };
    let seconds = text.lines().filter_map(first);
    seconds
        .map(|seconds| (seconds * 90_000.0).round() as i64)
        .collect()
}

const PICTURE: [&str; 4] = [
    "-f",
    "lavfi",
    "-i",
    "testsrc=size=320x180:rate=25:duration=31",
];
const SOUND: [&str; 4] = ["-f", "lavfi", "-i", "sine=frequency=440:duration=31"];

/// Writes all segments of a film one after the other into a file.
async fn join_segments(folder: &Folder, entry: &Entry, target: &Path) {
    let renditions = folder.drive.possible_renditions(entry);
    let list = folder.drive.playlist(entry, renditions[0]).await.unwrap();
    let uris: Vec<&str> = list
        .text()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert!((3..=6).contains(&uris.len()), "{}", list.text());
    let mut whole = Vec::new();
    for uri in uris {
        let origin = list.address(uri).unwrap();
        assert!(folder.drive.segment_facts().read(&origin).content.is_some());
        whole.extend(folder.read(&origin, 0, None).await);
    }
    std::fs::write(target, whole).unwrap();
}

#[tokio::test]
async fn segments_hold_every_picture_and_every_sound_once_with_one_shift() {
    let folder = Folder::new();
    let h264 = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-bf",
        "2",
        "-g",
        "50",
    ];
    let mpeg = ["-c:v", "mpeg2video", "-bf", "2", "-g", "50"];
    for (name, picture, sound) in [
        ("a.flv", &h264[..], "aac"),
        ("a.avi", &["-c:v", "mpeg4", "-g", "50"][..], "libmp3lame"),
        ("a.mpg", &mpeg[..], "mp2"),
    ] {
        let film = [&PICTURE[..], &SOUND[..], picture, &["-c:a", sound]].concat();
        ffmpeg(&film, &folder.real(name));
        let entry = folder.drive.stat(&path(&format!("/{name}"))).await.unwrap();
        assert_eq!(
            (entry.width, entry.height),
            (Some(320), Some(180)),
            "{name}"
        );
        let joined = folder.dir.path().join("joined.ts");
        join_segments(&folder, &entry, &joined).await;
        let mut shifts = Vec::new();
        for stream in ["v:0", "a:0"] {
            let (file, found) = (times(&folder.real(name), stream), times(&joined, stream));
            assert_eq!(found.len(), file.len(), "{name} {stream}");
            shifts.extend(found.iter().zip(&file).map(|(found, file)| found - file));
        }
        // Containers with milliseconds round.
        let (least, most) = (shifts.iter().min().unwrap(), shifts.iter().max().unwrap());
        assert!(most - least <= 180, "{name}: from {least} to {most}");
        let pictures = folder.drive.thumbnail(&entry).await.unwrap();
        assert!(
            folder
                .read(&pictures, 0, None)
                .await
                .starts_with(b"\xff\xd8")
        );
    }
}

#[tokio::test]
async fn the_streams_of_a_file_follow_from_its_bytes_and_codecs_not_from_its_name() {
    let folder = Folder::new();
    let film = |codecs: &[&'static str]| [&PICTURE[..], &SOUND[..], codecs].concat();
    let h264 = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-g",
        "50",
        "-c:a",
    ];
    let vp8 = [
        "-c:v",
        "libvpx",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-c:a",
    ];
    // Name, codecs, container, whether there is a source, whether ffmpeg copies it.
    let cases: [(&str, Vec<&str>, &str, bool, bool); 8] = [
        (
            "flac.mkv",
            film(&[&h264[..], &["flac"]].concat()),
            "matroska",
            true,
            false,
        ),
        (
            "opus.mkv",
            film(&[&h264[..], &["libopus"]].concat()),
            "matroska",
            true,
            false,
        ),
        (
            "vp8.webm",
            film(&[&vp8[..], &["libvorbis"]].concat()),
            "webm",
            true,
            false,
        ),
        (
            "renamed.avi",
            film(&[&h264[..], &["aac"]].concat()),
            "matroska",
            true,
            false,
        ),
        (
            "renamed.mp4",
            film(&[&h264[..], &["aac"]].concat()),
            "mpegts",
            true,
            false,
        ),
        (
            "a.wmv",
            film(&["-c:v", "wmv2", "-c:a", "wmav2"]),
            "asf",
            false,
            false,
        ),
        (
            "a.ogv",
            film(&["-c:v", "libtheora", "-c:a", "libvorbis"]),
            "ogg",
            false,
            false,
        ),
        (
            "a.flv",
            film(&[&h264[..], &["aac"]].concat()),
            "flv",
            false,
            true,
        ),
    ];
    for (name, mut codecs, format, has_source, is_copied) in cases {
        codecs.extend(["-t", "4", "-f", format]);
        ffmpeg(&codecs, &folder.real(name));
        let listed = folder.drive.list(&path("/"), &PageRequest::default()).await;
        let listed = listed.unwrap().entries;
        let listed = listed.iter().find(|entry| entry.name == name).unwrap();
        assert_eq!(
            folder.drive.possible_renditions(listed),
            [],
            "{name}: promised unseen"
        );
        let entry = folder.drive.stat(&path(&format!("/{name}"))).await.unwrap();
        assert_eq!(folder.drive.has_source(&entry), has_source, "{name}");
        let renditions = folder.drive.possible_renditions(&entry);
        assert_eq!(!renditions.is_empty(), is_copied, "{name}");
        let length = entry.duration_s.unwrap_or_default();
        assert!((length - 4.0).abs() < 0.6, "{name}: {length}");
        if !is_copied {
            let hd = Rendition::Video { height: 360 };
            let refused = folder.drive.playlist(&entry, hd).await;
            assert_eq!(kind_of(refused), ErrorKind::Unsupported, "{name}");
        }
    }
}

#[tokio::test]
async fn a_length_that_is_missing_or_absurd_is_found_in_the_samples() {
    let folder = Folder::new();
    let codecs = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-g",
        "50",
        "-c:a",
        "aac",
        "-t",
        "8",
    ];
    let film = |name: &str, more: &[&'static str]| {
        ffmpeg(
            &[&PICTURE[..], &SOUND[..], &codecs[..], more].concat(),
            &folder.real(name),
        );
    };
    // As OBS records: a fragmented MP4 whose headers have no length.
    film("recorded.mp4", &["-movflags", "frag_keyframe+empty_moov"]);
    film("live.mkv", &["-live", "1"]);
    film("unknown.mp4", &[]);
    let mut bytes = std::fs::read(folder.real("unknown.mp4")).unwrap();
    let mvhd = bytes.windows(4).position(|name| name == b"mvhd").unwrap();
    bytes[mvhd + 20..mvhd + 24].fill(0xff);
    folder.write("unknown.mp4", &bytes);
    for name in ["recorded.mp4", "live.mkv", "unknown.mp4"] {
        let entry = folder.drive.stat(&path(&format!("/{name}"))).await.unwrap();
        let length = entry.duration_s.unwrap_or_default();
        assert!((length - 8.0).abs() < 0.5, "{name}: {length}");
        assert!(folder.drive.has_source(&entry), "{name}");
    }
}

/// Returns a box of ISO base media.
fn mp4_box(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes()[..], name, content].concat()
}

#[tokio::test]
async fn files_that_were_made_to_hurt_have_no_facts() {
    let folder = Folder::new();
    let ftyp = mp4_box(b"ftyp", b"isom\0\0\0\0isom");
    // 2^32 - 1 samples in a table of some bytes.
    let claims = [&[0; 4][..], &[0; 4], &[0xff; 4]].concat();
    let stbl = mp4_box(b"stbl", &mp4_box(b"stsz", &claims));
    let mdia = mp4_box(b"mdia", &mp4_box(b"minf", &stbl));
    let moov = mp4_box(b"moov", &mp4_box(b"trak", &mdia));
    folder.write("claims.mp4", &[&ftyp[..], &moov].concat());
    // User data that ends with a 32-bit zero, as QuickTime allows.
    let udta = mp4_box(b"udta", &[0; 4]);
    folder.write("zero.mov", &[&ftyp[..], &mp4_box(b"moov", &udta)].concat());
    // An `emsg` of a terabyte.
    let emsg = [
        &1u32.to_be_bytes()[..],
        b"emsg",
        &(1u64 << 40).to_be_bytes(),
    ]
    .concat();
    folder.write("emsg.mp4", &[&ftyp[..], &emsg].concat());
    let ebml = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska";
    // A segment that begins with a checksum, then a title of thirty gigabytes.
    let mut title = ebml.to_vec();
    title.extend(b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff\xbf\x84\0\0\0\0");
    title.extend(b"\x15\x49\xa9\x66\x01\xff\xff\xff\xff\xff\xff\xff\x7b\xa9\x01\0\0\x07\x80\0\0\0");
    folder.write("title.mkv", &title);
    // A sparse gigabyte of zeros.
    let mut zeros = ebml.to_vec();
    zeros.extend(b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff");
    folder.write("zeros.mkv", &zeros);
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(folder.real("zeros.mkv"));
    file.unwrap().set_len(1 << 30).unwrap();
    for name in [
        "claims.mp4",
        "zero.mov",
        "emsg.mp4",
        "title.mkv",
        "zeros.mkv",
    ] {
        let entry = folder.drive.stat(&path(&format!("/{name}"))).await.unwrap();
        assert_eq!(entry.duration_s, None, "{name}");
        assert_eq!(folder.drive.possible_renditions(&entry), [], "{name}");
        assert!(!folder.drive.has_source(&entry), "{name}");
        let picture = folder.drive.thumbnail(&entry).await.unwrap();
        assert!(
            folder.drive.fetch(&picture, 0, None).await.is_err(),
            "{name}"
        );
    }
}

/// Makes a film of three seconds in which every frame is a keyframe.
fn short_film(target: &Path) {
    let film = [
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=320x180:rate=5:duration=3",
    ];
    ffmpeg(
        &[&film[..], &["-c:v", "mpeg2video", "-g", "1"]].concat(),
        target,
    );
}

#[tokio::test]
async fn a_file_that_only_names_other_files_shows_none_of_them() {
    let folder = Folder::new();
    let secret = folder.dir.path().join("secret.ts");
    short_film(&secret);
    let secret = secret.display();
    let playlist =
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://{secret}\n#EXT-X-ENDLIST\n");
    let hostile = [
        ("hls.mp4", playlist.clone()),
        ("hls.mkv", playlist.clone()),
        ("hls.avi", playlist.replace("file://", "concat:")),
        (
            "concat.mkv",
            format!("ffconcat version 1.0\nfile {secret}\n"),
        ),
        (
            "dash.mp4",
            format!(
                "<?xml version=\"1.0\"?>\n<MPD type=\"static\" mediaPresentationDuration=\"PT3S\"><Period><AdaptationSet mimeType=\"video/mp2t\"><Representation id=\"1\" bandwidth=\"1\"><BaseURL>file://{secret}</BaseURL></Representation></AdaptationSet></Period></MPD>"
            ),
        ),
        (
            "sdp.mp4",
            "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 33\n".to_owned(),
        ),
    ];
    for (name, text) in hostile {
        folder.write(name, text.as_bytes());
        let entry = folder.drive.stat(&path(&format!("/{name}"))).await.unwrap();
        assert_eq!(entry.duration_s, None, "{name}");
        let picture = folder.drive.thumbnail(&entry).await.unwrap();
        assert_eq!(
            kind_of(folder.drive.fetch(&picture, 0, None).await),
            ErrorKind::NotFound,
            "{name}"
        );
        // Nor does it for a client that guesses the URL of a segment.
        let version = entry.content.clone().unwrap();
        let list = hls::playlist(&entry.path, &version, &[], 3.0, None);
        let address = list.lines().find(|line| !line.starts_with('#')).unwrap();
        let segment = folder
            .drive
            .fetch(&Origin::new(address, None), 0, None)
            .await;
        let told: Result<Vec<Bytes>, DriveError> = match segment {
            Ok(incoming) => incoming.chunks.try_collect().await,
            Err(error) => Err(error),
        };
        assert_eq!(kind_of(told), ErrorKind::UpstreamFailed, "{name}");
    }
    // The same film under a name of the folder does show.
    short_film(&folder.real("film.mkv"));
    let entry = folder.drive.stat(&path("/film.mkv")).await.unwrap();
    let picture = folder.drive.thumbnail(&entry).await.unwrap();
    assert!(
        folder
            .read(&picture, 0, None)
            .await
            .starts_with(b"\xff\xd8")
    );
}

#[tokio::test]
async fn a_file_that_is_exchanged_for_something_else_is_gone() {
    let folder = Folder::new();
    folder.write("in/film.mp4", b"a film");
    std::fs::create_dir(folder.dir.path().join("elsewhere")).unwrap();
    std::fs::write(folder.dir.path().join("elsewhere/film.mp4"), b"no").unwrap();
    let entry = folder.drive.stat(&path("/in/film.mp4")).await.unwrap();
    let origin = folder.drive.original(&entry).await.unwrap();
    let picture = folder.drive.thumbnail(&entry).await.unwrap();
    let refused = async |origin: &Origin| {
        // A pipe without a writer would block us for ever.
        let fetched = folder.drive.fetch(origin, 0, None);
        let patience = std::time::Duration::from_secs(30);
        kind_of(
            tokio::time::timeout(patience, fetched)
                .await
                .expect("it waits"),
        )
    };

    std::fs::remove_file(folder.real("in/film.mp4")).unwrap();
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        folder.real("in/film.mp4"),
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
    )
    .unwrap();
    assert_eq!(refused(&origin).await, ErrorKind::NotFound);
    assert_eq!(refused(&picture).await, ErrorKind::NotFound);
    assert!(
        folder
            .names("/in", &PageRequest::default())
            .await
            .is_empty()
    );

    std::fs::remove_file(folder.real("in/film.mp4")).unwrap();
    std::os::unix::net::UnixListener::bind(folder.real("in/film.mp4")).unwrap();
    assert_ne!(refused(&origin).await, ErrorKind::Gone);
    assert!(
        folder
            .names("/in", &PageRequest::default())
            .await
            .is_empty()
    );

    std::fs::remove_dir_all(folder.real("in")).unwrap();
    symlink("../elsewhere", folder.real("in")).unwrap();
    assert_eq!(refused(&origin).await, ErrorKind::NotFound);
}
