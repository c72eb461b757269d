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
            drive: Local::new(None, place, LocalConfig { path }),
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

#[test]
fn metadata_are_weighed_by_their_keyframes() {
    let facts = |count| Facts {
        keyframes: Some(vec![probe::Keyframe::default(); count]),
        ..Facts::default()
    };
    let more = facts(1000).memory_bytes() - facts(0).memory_bytes();
    assert_eq!(more, 16_000);
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

fn packets(file: &Path, stream: &str) -> usize {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-count_packets", "-select_streams", stream])
        .args(["-show_entries", "stream=nb_read_packets", "-of", "csv=p=0"])
        .arg(file)
        .output()
        .unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .split(|letter: char| !letter.is_ascii_digit())
        .next()
        .unwrap_or_default()
        .parse()
        .unwrap()
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
        if input == picture && name != "a.ts" {
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

#[tokio::test]
async fn segments_hold_every_picture_once() {
    let folder = Folder::new();
    let film = [
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=320x180:rate=25:duration=31",
        "-f",
        "lavfi",
        "-i",
        "sine=frequency=440:duration=31",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-bf",
        "2",
        "-g",
        "50",
        "-c:a",
        "aac",
    ];
    for name in ["a.mkv", "a.mp4", "a.ts"] {
        ffmpeg(&film, &folder.real(name));
        let entry = folder.drive.stat(&path(&format!("/{name}"))).await.unwrap();
        let rendition = folder.drive.possible_renditions(&entry)[0];
        let list = folder.drive.playlist(&entry, rendition).await.unwrap();
        let uris: Vec<&str> = list
            .text()
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        assert!((4..=6).contains(&uris.len()), "{name}: {}", list.text());
        let mut whole = Vec::new();
        for uri in uris {
            let origin = list.address(uri).unwrap();
            assert!(folder.drive.segment_facts().read(&origin).content.is_some());
            whole.extend(folder.read(&origin, 0, None).await);
        }
        let joined = folder.dir.path().join("joined.ts");
        std::fs::write(&joined, whole).unwrap();
        assert_eq!(packets(&joined, "v:0"), 31 * 25, "{name}");
        let pictures = folder.drive.thumbnail(&entry).await.unwrap();
        assert!(
            folder
                .read(&pictures, 0, None)
                .await
                .starts_with(b"\xff\xd8")
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
        let list = hls::playlist(&entry.path, &version, &[], 3.0);
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
