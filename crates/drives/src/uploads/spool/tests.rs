//! Tests of `spool`.

use std::time::Duration;

use super::*;
use crate::{OnConflict, UploadResume};
use media::EntryPath;

fn request(size: Option<u64>, resume: Option<UploadResume>) -> UploadRequest {
    UploadRequest {
        path: EntryPath::parse("/film.mp4").unwrap(),
        size,
        on_conflict: OnConflict::Fail,
        progress: Some(Arc::default()),
        resume,
    }
}

fn body(pieces: &[&[u8]]) -> UploadBody {
    let pieces: Vec<io::Result<Bytes>> = pieces
        .iter()
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    stream::iter(pieces).boxed()
}

fn md5(text: &[u8]) -> String {
    HEXLOWER.encode(&Md5::digest(text))
}

#[tokio::test]
async fn a_file_is_hashed_in_parts_read_in_ranges_and_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("uploads");
    let spool = Spool::new(folder.clone());
    let request = request(Some(10), None);
    let pieces: [&[u8]; 4] = [b"abc", b"", b"defgh", b"ij"];
    let take = spool.receive("upload", body(&pieces), &request, (4, 100));
    let spooled = take.await.unwrap();
    let received = request.progress.unwrap().received();
    assert_eq!((spooled.length(), received), (10, 10));
    let by_four = [md5(b"abcd"), md5(b"efgh"), md5(b"ij")];
    assert_eq!(spooled.hashes(4).await.unwrap(), by_four);
    assert_eq!(
        spooled.hashes(5).await.unwrap(),
        [md5(b"abcde"), md5(b"fghij")]
    );
    let read: Vec<Bytes> = spooled
        .read(3, 5)
        .map(|piece| piece.unwrap())
        .collect()
        .await;
    assert_eq!(read.concat(), b"defgh");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    assert_eq!(spool.reserved.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_is_not_whole_or_too_large_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let spool = Spool::new(home.path().to_owned());
    for (pieces, announced, kind) in [
        (&[b"abc".as_slice()][..], Some(4), ErrorKind::BadRequest),
        (&[b"abcde"], Some(4), ErrorKind::BadRequest),
        (&[b"abcdefghijk"], None, ErrorKind::PlanRequired),
        (&[b"abc"], Some(u64::MAX / 2), ErrorKind::NoSpace),
    ] {
        let taken = spool
            .receive("upload", body(pieces), &request(announced, None), (4, 10))
            .await;
        assert_eq!(taken.err().unwrap().kind, kind);
    }
    let broken = stream::iter([Ok(Bytes::from("ab")), Err(io::Error::other("gone"))]).boxed();
    let taken = spool
        .receive("upload", broken, &request(None, None), (4, 10))
        .await;
    assert_eq!(taken.err().unwrap().kind, ErrorKind::BadRequest);
    assert_eq!(spool.reserved.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_upload_that_can_resume_goes_on_behind_what_has_arrived() {
    let home = tempfile::tempdir().unwrap();
    let spool = Spool::new(home.path().to_owned());
    let key = ResumeKey::of("a film");
    let content: Vec<u8> = (0..3 * super::super::MIN_RESUMABLE_BYTES)
        .map(|at| (at / 7) as u8)
        .collect();
    let size = content.len() as u64;
    let resumed = |from| {
        Some(UploadResume {
            key: key.clone(),
            from,
        })
    };
    assert_eq!(spool.resumable_bytes(&key).await, 0);
    // It is cut off in the middle.
    let half = content.len() / 2;
    let cut = [
        Ok(Bytes::copy_from_slice(&content[..half])),
        Err(io::Error::other("gone")),
    ];
    let first = request(Some(size), resumed(0));
    let taken = spool.receive("upload", stream::iter(cut).boxed(), &first, (1 << 20, size));
    assert_eq!(taken.await.err().unwrap().kind, ErrorKind::BadRequest);
    let from = spool.resumable_bytes(&key).await;
    assert!(0 < from && from < half as u64, "{from}");

    let second = request(Some(size), resumed(from));
    let rest = body(&[&content[from as usize..]]);
    let taken = spool.receive("upload", rest, &second, (1 << 20, size));
    let spooled = taken.await.unwrap();
    assert_eq!(second.progress.unwrap().received(), size);
    let parts: Vec<String> = content.chunks(1 << 20).map(md5).collect();
    assert_eq!(spooled.hashes(1 << 20).await.unwrap(), parts);
    spooled.finish().await;
    assert_eq!(spool.resumable_bytes(&key).await, 0);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_was_left_behind_a_day_ago_is_removed_unless_it_is_in_use() {
    let home = tempfile::tempdir().unwrap();
    let spool = Spool::new(home.path().to_owned());
    let [old, used, young] = ["old", "used", "young"].map(ResumeKey::of);
    let long_ago = SystemTime::now() - ABANDONED_AGE - Duration::from_secs(60);
    for (path, written) in [
        (spool.resumable_path(&old), long_ago),
        (spool.resumable_path(&used), long_ago),
        (spool.resumable_path(&young), SystemTime::now()),
        (home.path().join("other.part"), long_ago),
    ] {
        let file = File::create(path).unwrap();
        file.set_modified(written).unwrap();
    }
    let in_use = Arc::new(HashSet::from([used.clone()]));
    spool.remove_abandoned(&in_use).await;
    let is_there = |key: &ResumeKey| spool.resumable_path(key).exists();
    assert_eq!(
        [old, used, young].each_ref().map(is_there),
        [false, true, true]
    );
    assert!(home.path().join("other.part").exists());
}
