//! Bytes: originals by any range, streams from the ladder to the last segment, pictures.

use drives::ErrorKind;
use futures_util::TryStreamExt;
use media::{EntryKind, PageRequest};

use super::{Emulation, NAME, Subject, encoded, need, packet_hashes, play, told};

pub async fn an_original_comes_by_any_range<E: Emulation>(subject: Subject<E>) {
    let (at, bytes) = subject.film();
    let end = bytes.len() as u64 - 1;
    let origin = subject
        .drive
        .original(&subject.film_entry().await)
        .await
        .unwrap();
    for (from, last) in [
        (0, None),
        (0, Some(0)),
        (1000, Some(1999)),
        (end, None),
        (end - 99, Some(end)),
    ] {
        let incoming = subject.drive.fetch(&origin, from, last).await.unwrap();
        // An upstream may ignore the range, and reports that.
        let offset = incoming.offset;
        assert!(offset == from || offset == 0, "{from}: begins at {offset}");
        assert!(
            incoming
                .length
                .is_none_or(|length| length == bytes.len() as u64)
        );
        let pieces: Vec<bytes::Bytes> = incoming.chunks.try_collect().await.unwrap();
        let got = pieces.concat();
        let wanted = (last.unwrap_or(end) + 1 - offset) as usize;
        assert!(
            got.len() >= wanted,
            "{from} to {last:?}: {} bytes",
            got.len()
        );
        let truth = &bytes[offset as usize..offset as usize + wanted];
        assert!(got[..wanted] == *truth, "{from} to {last:?}: other bytes");
    }

    let drivein = subject.program().await;
    let play = play(&drivein, &at).await;
    let head = drivein.head(&play).await.expect(200);
    assert_eq!(head.header("content-length"), bytes.len().to_string());
    assert_eq!(head.header("accept-ranges"), "bytes");
    assert!(!head.header("etag").is_empty());
    let whole = drivein.get(&play).await.expect(200);
    assert!(
        whole.is_whole && whole.body == bytes,
        "the original differs"
    );
    let half = bytes.len() / 2;
    for (range, from, to) in [
        ("bytes=0-0".to_owned(), 0, 1),
        (format!("bytes={half}-{}", half + 999), half, half + 1000),
        ("bytes=-100".to_owned(), bytes.len() - 100, bytes.len()),
        (format!("bytes={half}-"), half, bytes.len()),
        (format!("bytes=1000-{}", bytes.len() * 2), 1000, bytes.len()),
    ] {
        let part = drivein.fetch_range(&play, &range).await;
        assert!(part.body == bytes[from..to], "{range}: other bytes");
        let told = format!("bytes {from}-{}/{}", to - 1, bytes.len());
        assert_eq!(part.header("content-range"), told, "{range}");
    }
    let beyond = format!("bytes={}-", bytes.len());
    drivein
        .ask(reqwest::Method::GET, &play)
        .range(&beyond)
        .expect(416)
        .await;
}

pub async fn the_file_of_a_stream_that_is_handed_out_is_there<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let at = subject.streaming();
    let folder = at.parent().unwrap();
    // As listed in its folder, with little metadata, and then by itself.
    let listed = drivein
        .api(&format!("entries/{NAME}{}", encoded(folder.as_str())))
        .await;
    let listed = listed["children"].as_array().unwrap();
    let child = listed
        .iter()
        .find(|child| child["path"] == at.as_str())
        .unwrap();
    let film = told(&drivein, &at).await;
    assert!(film["play"]["ts"].is_string(), "{film}");
    for play in [&child["play"], &film["play"]] {
        if let Some(address) = play["ts"].as_str() {
            let whole = drivein.get(&drivein.local(address)).await.expect(200);
            assert!(whole.is_whole && whole.body[0] == 0x47, "{address}");
        }
    }
}

pub async fn a_film_streams_from_its_ladder_to_its_last_segment<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let play = play(&drivein, &subject.streaming()).await;
    let ladder = drivein.text(&format!("{play}/master.m3u8")).await;
    let rung = ladder
        .lines()
        .find(|line| !line.starts_with('#') && !line.is_empty());
    let rung = rung
        .unwrap_or_else(|| panic!("an empty ladder: {ladder}"))
        .trim();
    let list = drivein.text(&format!("{play}/{rung}")).await;
    assert!(
        list.starts_with("#EXTM3U\n") && list.contains("#EXT-X-ENDLIST"),
        "{list}"
    );
    let segments: Vec<&str> = list
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect();
    assert!(segments.len() > 1, "{list}");
    let mut whole = Vec::new();
    for segment in &segments {
        assert!(
            !segment.contains("://"),
            "an address of the upstream: {segment}"
        );
        let reply = drivein.get(&format!("{play}/{segment}")).await.expect(200);
        assert!(
            reply.is_whole && reply.body[0] == 0x47,
            "{segment} is no transport stream"
        );
        whole.extend(reply.body);
    }
    let again = drivein.fetch(&format!("{play}/{}", segments[0]), 200).await;
    assert!(
        whole.starts_with(&again.body),
        "a segment changes from time to time"
    );
    let stream = drivein
        .fetch(&format!("{play}/{}", rung.replace(".m3u8", ".ts")), 200)
        .await;
    assert!(stream.body == whole, "the whole stream is not its segments");
}

pub async fn the_original_streams_packet_for_packet<E: Emulation>(subject: Subject<E>) {
    need("ffmpeg", "ffmpeg");
    let drivein = subject.program().await;
    let (at, bytes) = subject.film();
    let play = play(&drivein, &at).await;
    let list = drivein.text(&format!("{play}/source.m3u8")).await;
    assert!(
        list.starts_with("#EXTM3U\n") && list.contains("#EXT-X-ENDLIST"),
        "{list}"
    );
    assert!(
        !list.contains("://"),
        "an address of the upstream in {list}"
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let tracks = ["0:v:0", "0:a:0"];
    let wanted = packet_hashes(&file.path().display().to_string(), &tracks).await;
    assert_eq!(wanted.len(), 2);
    let address = format!("{}{play}/source.m3u8", drivein.url());
    assert_eq!(packet_hashes(&address, &tracks).await, wanted);
    let whole = format!("{}{play}/source.mp4", drivein.url());
    assert_eq!(packet_hashes(&whole, &tracks).await, wanted);
}

pub async fn pictures_are_pictures<E: Emulation>(subject: Subject<E>) {
    let mut entries = subject
        .all(&subject.folder(), &PageRequest::default())
        .await;
    entries.push(subject.film_entry().await);
    let drivein = subject.program().await;
    for entry in entries {
        let told = super::told(&drivein, &entry.path).await;
        let picture = subject.drive.thumbnail(&entry).await;
        match entry.kind {
            EntryKind::Folder | EntryKind::Subtitle | EntryKind::Other => {
                let kind = picture.err().map(|error| error.kind);
                assert_eq!(kind, Some(ErrorKind::NotFound), "{}", entry.path);
                assert!(!told["thumbnail"].is_string(), "{told}");
            }
            _ if entry.path == subject.film().0 => {
                let Some(address) = told["thumbnail"].as_str() else {
                    assert!(!entry.has_thumbnail, "{told}");
                    continue;
                };
                let reply = drivein.get(&drivein.local(address)).await.expect(200);
                assert!(reply.header("content-type").starts_with("image/"));
                assert!(is_picture(&reply.body), "{}", entry.path);
                // Without one of the upstream, it is out of the file.
                let Ok(origin) = picture else { continue };
                let incoming = subject.drive.fetch(&origin, 0, None).await.unwrap();
                let pieces: Vec<bytes::Bytes> = incoming.chunks.try_collect().await.unwrap();
                assert!(is_picture(&pieces.concat()), "{}", entry.path);
            }
            _ => {}
        }
    }
}

fn is_picture(bytes: &[u8]) -> bool {
    let magic: [&[u8]; 3] = [b"\xff\xd8\xff", b"\x89PNG", b"RIFF"];
    magic.iter().any(|magic| bytes.starts_with(magic))
}
