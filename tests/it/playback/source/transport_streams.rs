//! Transport streams as originals: their own packets, in segments.

use super::ladder::{AGENTS, master_for};
use super::*;
use sandbox::Effect;

/// A server over a folder with a transport stream and one as a Blu-ray has it, with two sounds each.
async fn recordings() -> (tempfile::TempDir, Drivein) {
    need("ffmpeg", "ffmpeg");
    let folder = tempfile::tempdir().unwrap();
    for (name, second) in [("Recording.ts", "libmp3lame"), ("Disc.m2ts", "ac3")] {
        let inputs = "-f lavfi -i testsrc=size=320x180:rate=25:duration=20 -f lavfi -i sine=frequency=440:duration=20 \
                      -f lavfi -i sine=frequency=880:duration=20 -map 0 -map 1 -map 2";
        let codecs = "-c:v libx264 -preset veryfast -bf 2 -g 50 -pix_fmt yuv420p -c:a:0 ac3 -ac 2 \
                      -metadata:s:a:0 language=eng -metadata:s:a:1 language=deu";
        let arguments = inputs.split(' ').chain(codecs.split(' '));
        make_film(
            &folder.path().join(name),
            arguments.chain(["-c:a:1", second]),
        );
    }
    let section = format!(
        "[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {:?}\n",
        folder.path()
    );
    let drivein = Drivein::setup().drives(&section).start().await;
    (folder, drivein)
}

#[tokio::test]
async fn every_packet_of_a_transport_stream_arrives_from_a_folder_and_from_a_cloud() {
    let (folder, drivein) = recordings().await;
    for name in ["Recording.ts", "Disc.m2ts"] {
        let file = folder.path().join(name);
        let wanted = packet_hashes(file.to_str().unwrap(), &["0:v", "0:a:0", "0:a:1"]).await;
        let uploaded = format!("/{name}");
        let bytes = std::fs::read(&file).unwrap();
        drivein.put(&uploaded, "", bytes).await.expect(200);
        for play in [play(&drivein, name).await, drivein.play(&uploaded).await] {
            let stream = |stream: &str| format!("{}{play}/{stream}.m3u8", drivein.url());
            let muxed = packet_hashes(&stream("source"), &["0:v", "0:a"]).await;
            assert_eq!(muxed, wanted[..2], "{play}");
            let video = packet_hashes(&stream("source-video"), &["0"]).await;
            assert_eq!(video, wanted[..1], "{play}");
            for k in [1, 2] {
                let sound = packet_hashes(&stream(&format!("sound-{k}")), &["0"]).await;
                assert_eq!(sound, wanted[k..=k], "{play} {k}");
            }
        }
    }
}

#[tokio::test]
async fn a_transport_stream_has_playlists_tracks_and_a_place_in_the_master() {
    let (_folder, drivein) = recordings().await;
    let entry = entry(&drivein, "Disc.m2ts").await;
    let facts: Vec<_> = entry["tracks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|track| (track["codec"].as_str().unwrap(), track["language"].as_str()))
        .collect();
    let wanted = [("h264", None), ("ac3", Some("en")), ("ac3", Some("de"))];
    assert_eq!(facts, wanted, "{entry}");
    assert_eq!(entry["tracks"][0]["width"], 320);
    let length = entry["duration_s"].as_f64().unwrap();
    assert!((length - 20.0).abs() < 0.2, "{length}");
    let play = play(&drivein, "Disc.m2ts").await;
    let list = drivein.text(&format!("{play}/source.m3u8")).await;
    assert!(
        list.contains("\nsource/0.ts\n") && !list.contains("EXT-X-MAP"),
        "{list}"
    );
    for (resource, content_type) in [
        ("source/0.ts", "video/mp2t"),
        ("sound-2/1.ts", "video/mp2t"),
        ("source-iframes/0.ts", "video/mp2t"),
        ("sound-1-aac/init.mp4", "video/mp4"),
    ] {
        let reply = drivein.get(&format!("{play}/{resource}")).await.expect(200);
        let found = reply.header("content-type");
        assert!(
            found == content_type || found == "audio/mp4",
            "{resource}: {found}"
        );
        assert!(reply.is_whole, "{resource}");
    }
    for (resource, status) in [
        ("source/99.ts", 404),
        ("source/init.mp4", 404),
        ("source.mp4", 415),
    ] {
        let reply = drivein.get(&format!("{play}/{resource}")).await;
        assert_eq!(reply.status, status, "{resource}");
    }
    let play = self::play(&drivein, "Recording.ts").await;
    let master = master_for(&drivein, &play, AGENTS[0])
        .await
        .expect(200)
        .text();
    for words in [
        "URI=\"sound-1.m3u8\"",
        "URI=\"sound-2.m3u8\"",
        "URI=\"sound-1-aac.m3u8\"",
        "RESOLUTION=320x180",
        "CODECS=\"avc1.",
        "AUDIO=\"sound-ac3\"",
        "AUDIO=\"sound-mp3\"",
        "\nsource-video.m3u8",
    ] {
        assert!(master.contains(words), "{words} in {master}");
    }
}

/// Over all segments, each by itself, no time comes twice and none is missing (RFC 8216 §3).
#[tokio::test]
async fn segments_of_a_transport_stream_continue_one_another() {
    let (folder, drivein) = recordings().await;
    let times = async |input: &str, stream: &str| -> Vec<i64> {
        let output = Program::new("ffprobe")
            .args([
                "-v",
                "error",
                "-select_streams",
                stream,
                "-show_entries",
                "packet=pts",
            ])
            .args(["-of", "csv=p=0", input])
            .output()
            .await;
        assert!(
            output.stderr.is_empty(),
            "{input}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().filter(|line| !line.is_empty());
        let mut times: Vec<i64> = lines
            .map(|line| line.trim_end_matches(',').parse().unwrap())
            .collect();
        times.sort_unstable();
        times
    };
    for name in ["Recording.ts", "Disc.m2ts"] {
        let play = play(&drivein, name).await;
        let list = drivein.text(&format!("{play}/source.m3u8")).await;
        let count = list.matches(".ts\n").count();
        assert!(count > 2, "{list}");
        for stream in ["v:0", "a:0"] {
            let mut all = Vec::new();
            for n in 0..count {
                let address = format!("{}{play}/source/{n}.ts", drivein.url());
                all.extend(times(&address, stream).await);
            }
            let file = folder.path().join(name);
            assert_eq!(
                all,
                times(file.to_str().unwrap(), stream).await,
                "{name} {stream}"
            );
        }
    }
}

#[tokio::test]
async fn a_transport_stream_survives_a_link_that_dies_and_ranges_that_are_ignored() {
    let (folder, drivein) = recordings().await;
    let bytes = std::fs::read(folder.path().join("Recording.ts")).unwrap();
    let play = play(&drivein, "Recording.ts").await;
    let truth = drivein
        .get(&format!("{play}/source/2.ts"))
        .await
        .expect(200)
        .body;
    let faults = [
        Effect::cut_after(0),
        Effect::cut_after(50_000),
        Effect::status(503),
        Effect::ignore_range(),
        Effect::expired(),
    ];
    for (n, effect) in faults.into_iter().enumerate() {
        // Null packets make it another file, of which nothing is cached.
        let mut null = [0xff; 188];
        null[..4].copy_from_slice(&[0x47, 0x1f, 0xff, 0x10]);
        let other = [&bytes[..], &null.repeat(n + 1)].concat();
        let path = format!("/Recording {n}.ts");
        drivein.put(&path, "", other).await.expect(200);
        let play = drivein.play(&path).await;
        let list = drivein
            .get(&format!("{play}/source.m3u8"))
            .await
            .expect(200);
        assert!(list.text().contains("source/2.ts"), "{n}");
        let fault = drivein.fault_once("original", effect);
        let found = drivein
            .get(&format!("{play}/source/2.ts"))
            .await
            .expect(200);
        assert!(found.is_whole && found.body == truth, "fault {n}");
        assert!(!drivein.sandbox.mend(fault), "fault {n} was met");
    }
    // Nothing but failures is a reason, and never half of a segment that says it is whole.
    let path = "/Recording.ts";
    let other = [&bytes[..], &[0; 500]].concat();
    drivein.put(path, "", other).await.expect(200);
    let play = drivein.play(path).await;
    drivein.fault("original", Effect::status(500));
    let found = drivein.get(&format!("{play}/source/2.ts")).await;
    assert_eq!(
        (found.status, found.code().as_str()),
        (502, "upstream_failed")
    );
}
