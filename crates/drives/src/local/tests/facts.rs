//! Lengths, sizes and streams of files, also of those that were made to hurt.

use super::*;

#[tokio::test]
async fn containers_tell_lengths_and_sizes() {
    let folder = Folder::new();
    let picture = "-f lavfi -i testsrc=size=320x180:rate=10:duration=4";
    let sound = "-f lavfi -i sine=frequency=440:duration=4";
    for (name, input, codec) in [
        ("a.mp4", picture, "-c:v mpeg4"),
        ("a.mkv", picture, "-c:v mpeg4"),
        ("a.webm", picture, "-c:v libvpx"),
        ("a.ts", picture, "-c:v mpeg2video"),
        ("a.mp3", sound, "-c:a libmp3lame"),
        ("a.flac", sound, "-c:a flac"),
        ("a.m4a", sound, "-c:a aac"),
    ] {
        ffmpeg(&format!("{input} {codec}"), &folder.real(name));
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

#[test]
fn no_program_is_asked_about_text() {
    let folder = Folder::new();
    let text = "<html lang=\"de\">404 – nicht gefunden</html>\r\n".repeat(100);
    let mut avi = b"RIFF----AVI LIST".to_vec();
    avi[4..8].copy_from_slice(&1000_u32.to_le_bytes());
    for (content, is_asked) in [
        (text.as_bytes(), false),
        // The first bytes end within a character.
        ("–".repeat(1000).as_bytes(), false),
        (b"", false),
        (&avi, true),
        (b"FLV\x01\x05\0\0\0\x09", true),
        (b"\0\0\x01\xba", true),
        (&[0xff; 4096], true),
    ] {
        folder.write("a.mp4", content);
        let file = std::fs::File::open(folder.real("a.mp4")).unwrap();
        let probe = probe::facts("a.mp4", &file);
        let asked = matches!(probe, probe::FileProbe::AskFfprobe(_));
        let begins = content.get(..8.min(content.len()));
        assert_eq!(asked, is_asked, "{begins:?}");
    }
}

#[tokio::test]
async fn the_streams_of_a_file_follow_from_its_bytes_and_codecs_not_from_its_name() {
    let folder = Folder::new();
    let h264 = |sound: &str| format!("{H264} -c:a {sound}");
    let vp8 = "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libvorbis";
    let (wmv, theora) = ("-c:v wmv2 -c:a wmav2", "-c:v libtheora -c:a libvorbis");
    // Name, codecs, container, whether there is a source, whether ffmpeg copies it.
    let cases: [(&str, &str, &str, bool, bool); 8] = [
        ("flac.mkv", &h264("flac"), "matroska", true, false),
        ("opus.mkv", &h264("libopus"), "matroska", true, false),
        ("vp8.webm", vp8, "webm", true, false),
        ("renamed.avi", &h264("aac"), "matroska", true, false),
        ("renamed.mp4", &h264("aac"), "mpegts", true, false),
        ("a.wmv", wmv, "asf", false, false),
        ("a.ogv", theora, "ogg", false, false),
        ("a.flv", &h264("aac"), "flv", false, true),
    ];
    for (name, codecs, format, has_source, is_copied) in cases {
        let line = format!("{PICTURE} {SOUND} {codecs} -t 4 -f {format}");
        ffmpeg(&line, &folder.real(name));
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
    let film = |name: &str, more: &str| {
        let line = format!("{PICTURE} {SOUND} {H264} -c:a aac -t 8 {more}");
        ffmpeg(&line, &folder.real(name));
    };
    // As OBS records: a fragmented MP4 whose headers have no length.
    film("recorded.mp4", "-movflags frag_keyframe+empty_moov");
    film("live.mkv", "-live 1");
    film("unknown.mp4", "");
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
