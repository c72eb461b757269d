//! Uploads.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use reqwest::Method;

use super::super::{Emulation, NAME, Subject, Trouble, path, play};
use super::{NEW, request};
use crate::harness::*;
use drives::{ErrorKind, OnConflict, UploadBody, UploadProgress, UploadRequest};

pub(super) fn body(bytes: &[u8]) -> UploadBody {
    let pieces: Vec<_> = bytes
        .chunks(50_000)
        .map(bytes::Bytes::copy_from_slice)
        .collect();
    stream::iter(pieces.into_iter().map(Ok)).boxed()
}

/// Returns so many bytes that do not repeat.
pub(super) fn content(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

pub async fn a_file_goes_in_and_comes_out_again<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    // More than a part, at the smallest size of parts.
    let bytes = content(5_000_000, 7);
    let address = format!("/api/v1/content/{NAME}{}", encoded(NEW));
    let reply = drivein
        .ask(Method::PUT, &address)
        .body(bytes.clone())
        .send()
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json()["entry"]["path"], NEW);
    let whole = drivein.fetch(&play(&drivein, &path(NEW)).await, 200).await;
    assert!(whole.body == bytes, "what came out is not what went in");
    let listed = drivein.api(&format!("entries/{NAME}?limit=1000")).await;
    let mut names = listed["children"].as_array().unwrap().iter();
    assert!(names.any(|child| child["path"] == NEW), "{listed}");
}

pub async fn names_that_are_taken_are_kept_renamed_or_replaced<E: Emulation>(subject: Subject<E>) {
    let upload = subject.upload().unwrap();
    let (first, second, third) = (content(3000, 1), content(4000, 2), content(5000, 3));
    let made = upload
        .upload(&request(NEW, &first, OnConflict::Fail), body(&first))
        .await
        .unwrap();
    assert_eq!((made.path.as_str(), made.size), (NEW, 3000));

    let again = upload
        .upload(&request(NEW, &second, OnConflict::Fail), body(&second))
        .await;
    assert_eq!(again.unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(subject.drive.stat(&path(NEW)).await.unwrap().size, 3000);

    let beside = upload
        .upload(&request(NEW, &second, OnConflict::Rename), body(&second))
        .await
        .unwrap();
    assert_ne!(beside.path.as_str(), NEW);
    assert_eq!(subject.drive.stat(&beside.path).await.unwrap().size, 4000);

    upload
        .upload(&request(NEW, &third, OnConflict::Overwrite), body(&third))
        .await
        .unwrap();
    assert_eq!(subject.drive.stat(&path(NEW)).await.unwrap().size, 5000);

    // An aborted upload leaves nothing behind.
    let broken = stream::iter([
        Ok(bytes::Bytes::from_static(b"the beginning")),
        Err(std::io::Error::other("broken off")),
    ]);
    let cut = upload
        .upload(
            &request("/Broken off.mp4", &first, OnConflict::Fail),
            broken.boxed(),
        )
        .await;
    assert!(cut.is_err());
    let left = subject
        .drive
        .stat(&path("/Broken off.mp4"))
        .await
        .unwrap_err();
    assert_eq!(left.kind, ErrorKind::NotFound);
}

/// Returns a body that makes trouble when half of it has been sent.
fn troubled_body<E: Emulation + 'static>(
    subject: &Arc<Subject<E>>,
    bytes: &[u8],
    trouble: Trouble,
) -> UploadBody {
    let (first, rest) = bytes.split_at(bytes.len() / 2);
    let subject = subject.clone();
    let rest = bytes::Bytes::copy_from_slice(rest);
    let rest = stream::once(async move {
        subject.emulation.trouble(trouble);
        Ok(rest)
    });
    body(first).chain(rest).boxed()
}

pub async fn an_upload_goes_on_through_a_refused_part_and_a_stale_token<E: Emulation + 'static>(
    subject: Subject<E>,
) {
    let subject = Arc::new(subject);
    let upload = subject.upload().unwrap();
    for (number, trouble) in [Trouble::PartRefused, Trouble::StaleToken]
        .into_iter()
        .enumerate()
    {
        let bytes = content(300_000, number as u32);
        let at = format!("/Troubled {number}.mp4");
        let progress = Arc::new(UploadProgress::default());
        let request = UploadRequest {
            progress: Some(progress.clone()),
            resume: None,
            ..request(&at, &bytes, OnConflict::Fail)
        };
        let body = troubled_body(&subject, &bytes, trouble);
        let made = upload.upload(&request, body).await.unwrap();
        assert_eq!((made.path.as_str(), made.size), (at.as_str(), 300_000));
        assert_eq!(subject.drive.stat(&path(&at)).await.unwrap().size, 300_000);
        assert_eq!((progress.received(), progress.sent()), (300_000, 300_000));
    }
}

pub async fn an_upload_that_fails_is_told_and_resumes<E: Emulation + 'static>(subject: Subject<E>) {
    let subject = Arc::new(subject);
    let upload = subject.upload().unwrap();
    let bytes = content(300_000, 9);
    let request = request(NEW, &bytes, OnConflict::Fail);
    let troubled = troubled_body(&subject, &bytes, Trouble::Broken);
    let failed = upload.upload(&request, troubled).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::UpstreamFailed);
    subject.emulation.heal();
    let absent = subject.drive.stat(&path(NEW)).await.unwrap_err();
    assert_eq!(absent.kind, ErrorKind::NotFound);
    upload.check(&request).await.unwrap();
    let made = upload.upload(&request, body(&bytes)).await.unwrap();
    assert_eq!((made.path.as_str(), made.size), (NEW, 300_000));
}
