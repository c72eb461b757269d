//! Broken files, hostile files, and indexes that are wrong.

use std::path::Path;

use super::{cinema, entry, play};
use crate::harness::*;

#[tokio::test]
async fn a_broken_file_is_an_unsupported_type_and_never_our_failure() {
    let (_folder, drivein) = cinema().await;
    for name in ["Cut.mp4", "Noise.mkv"] {
        let entry = entry(&drivein, name).await;
        assert!(entry["play"]["source"].is_string(), "by its type alone");
        assert_eq!(entry["tracks"].as_array().unwrap().len(), 0);
        let play = drivein.local(entry["play"]["original"].as_str().unwrap());
        for resource in [
            "source.m3u8",
            "source/init.mp4",
            "source/0.m4s",
            "source.mp4",
            "sound-1.m3u8",
        ] {
            let reply = drivein.get(&format!("{play}/{resource}")).await;
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (415, "unsupported"),
                "{name} {resource}"
            );
        }
    }
}

/// Writes files that claim more than there is, or that are mostly nothing.
fn hostile_files(folder: &Path) -> [&'static str; 6] {
    let ftyp = b"\0\0\0\x18ftypisom\0\0\0\0isomiso2";
    let ebml = b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff";
    let huge_moov = b"\0\0\0\x01moov\x7f\xff\xff\xff\xff\xff\xff\xff";
    let huge_emsg = b"\0\0\0\x01emsg\0\0\x01\0\0\0\0\0";
    // A text of 30 GB in the description of the film.
    let huge_title = b"\x15\x49\xa9\x66\x08\0\0\x07\0\0\0\0\x7b\xa9\x08\0\0\x06\xff\0\0\0";
    let crc = b"\xbf\x84\0\0\0\0";
    let files: [(&str, Vec<u8>, u64); 6] = [
        ("moov.mp4", [&ftyp[..], huge_moov].concat(), 0),
        ("emsg.mp4", [&ftyp[..], huge_emsg].concat(), 96 << 20),
        ("title.mkv", [&ebml[..], huge_title].concat(), 96 << 20),
        ("zeros.mkv", ebml.to_vec(), 96 << 20),
        ("crc.mkv", [&ebml[..], crc].concat(), 0),
        ("zeros.mp4", ftyp.to_vec(), 96 << 20),
    ];
    files.map(|(name, beginning, length)| {
        let path = folder.join(name);
        std::fs::write(&path, &beginning).unwrap();
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_len(length.max(beginning.len() as u64)).unwrap();
        name
    })
}

#[tokio::test]
async fn hostile_files_of_a_cloud_are_refused_and_cost_a_bounded_part_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let names = hostile_files(folder.path());
    let cloud = sandbox::Options {
        films: sandbox::Films::Folder(folder.path().to_owned()),
        ..sandbox::Options::default()
    };
    let drivein = Drivein::setup().sandbox(cloud).start().await;
    for name in names {
        let play = drivein.play(&format!("/{name}")).await;
        drivein.sandbox.reset_counts();
        // The index may take longer to read than a player waits.
        let patience = std::time::Duration::from_secs(60);
        let refused = eventually("its index is read", patience, async || {
            let reply = drivein.get(&format!("{play}/source.m3u8")).await;
            (reply.status != 503).then_some(reply)
        });
        let refused = refused.await.expect(415);
        assert_eq!(refused.code(), "unsupported", "{name}");
        let read = drivein.sandbox.bytes("original");
        assert!(read <= 70 << 20, "{name}: {read} bytes");
    }
    drivein.get("/healthz").await.expect(200);
}

/// Moves the place that the last cue of a Matroska file leads to.
fn spoil_last_cue(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let cues = bytes
        .windows(4)
        .rposition(|it| it == [0x1c, 0x53, 0xbb, 0x6b]);
    // CueClusterPosition, an integer of one to four bytes.
    let is_position = |at: &usize| bytes[*at] == 0xf1 && (0x81..=0x84).contains(&bytes[at + 1]);
    let at = (cues.unwrap()..bytes.len() - 6).rfind(is_position).unwrap();
    let last = at + 1 + usize::from(bytes[at + 1] & 0x0f);
    bytes[last] ^= 0x15;
    std::fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn a_film_whose_index_is_wrong_is_read_once_more_and_plays() {
    let (folder, drivein) = cinema().await;
    let file = folder.path().join("Wrong index.mkv");
    std::fs::copy(folder.path().join("Film.mkv"), &file).unwrap();
    spoil_last_cue(&file);
    let play = play(&drivein, "Wrong index.mkv").await;
    let list = async || {
        let list = drivein.get(&format!("{play}/source.m3u8")).await;
        list.expect(200).text()
    };
    let segments = list().await.matches(".m4s").count();
    assert!(segments > 2);
    // The segments before the wrong place are right.
    drivein
        .get(&format!("{play}/source/0.m4s"))
        .await
        .expect(200);
    for n in 0..segments {
        let reply = drivein.get(&format!("{play}/source/{n}.m4s")).await;
        if reply.status != 200 {
            assert_eq!((reply.status, reply.code().as_str()), (503, "transcoding"));
        }
    }
    let right = folder.path().join("Film.mkv").display().to_string();
    let wanted = packet_hashes(&right, &["0:v", "0:a:0"]).await;
    let address = format!("{}{play}/source.m3u8", drivein.url());
    assert_eq!(packet_hashes(&address, &["0:v", "0:a"]).await, wanted);
}
