//! Changes by an owner: uploads, new folders, entries that are renamed, copied, moved and deleted, and the
//! account's own links.

use std::sync::Arc;

use drives::{ErrorKind, NewShare, OnConflict, Outcome, UploadBody, UploadProgress, UploadRequest};
use futures_util::{StreamExt, stream};
use media::{Entry, EntryKind, EntryPath, PageRequest};
use reqwest::Method;

use super::{Emulation, NAME, Subject, Trouble, path, play};
use crate::harness::*;

const NEW: &str = "/Taken in & new #1 100% ä.mp4";

fn request(at: &str, bytes: &[u8], on_conflict: OnConflict) -> UploadRequest {
    UploadRequest {
        path: path(at),
        size: Some(bytes.len() as u64),
        on_conflict,
        progress: None,
    }
}

fn body(bytes: &[u8]) -> UploadBody {
    let pieces: Vec<_> = bytes
        .chunks(50_000)
        .map(bytes::Bytes::copy_from_slice)
        .collect();
    stream::iter(pieces.into_iter().map(Ok)).boxed()
}

/// Returns so many bytes that do not repeat.
fn content(length: usize, seed: u32) -> Vec<u8> {
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
    let whole = drivein
        .get(&play(&drivein, &path(NEW)).await)
        .await
        .expect(200);
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

fn kinds(outcomes: &[Outcome]) -> Vec<Option<ErrorKind>> {
    let kind = |outcome: &Outcome| outcome.result.as_ref().err().map(|error| error.kind);
    outcomes.iter().map(kind).collect()
}

async fn names<E: Emulation>(subject: &Subject<E>, folder: &EntryPath) -> Vec<String> {
    let mut found: Vec<String> = subject
        .all(folder, &PageRequest::default())
        .await
        .into_iter()
        .map(|entry: Entry| entry.name)
        .collect();
    found.sort();
    found
}

pub async fn entries_are_made_renamed_copied_moved_and_deleted<E: Emulation>(subject: Subject<E>) {
    let manage = subject.manage().unwrap();
    let (film, bytes) = subject.film();
    let folder = path("/New + folder & 1%");
    let made = manage.make_folder(&folder).await.unwrap();
    assert_eq!((made.kind, &made.path), (EntryKind::Folder, &folder));
    let again = manage.make_folder(&folder).await.unwrap_err();
    assert_eq!(again.kind, ErrorKind::Conflict);

    let absent = path("/no such film.mp4");
    let copied = manage
        .copy(&[film.clone(), absent.clone()], &folder)
        .await
        .unwrap();
    assert_eq!(kinds(&copied), [None, Some(ErrorKind::NotFound)]);
    assert_eq!([&copied[0].path, &copied[1].path], [&film, &absent]);
    assert_eq!(names(&subject, &folder).await, [film.name()]);
    let copy = folder.join(film.name()).unwrap();
    assert_eq!(
        subject.drive.stat(&copy).await.unwrap().size,
        bytes.len() as u64
    );

    let renamed = manage.rename(&copy, "Ebb & flow #2.mp4").await.unwrap();
    assert_eq!(renamed.path, folder.join("Ebb & flow #2.mp4").unwrap());
    assert_eq!(names(&subject, &folder).await, ["Ebb & flow #2.mp4"]);

    let root = EntryPath::root();
    let moved = manage
        .move_to(std::slice::from_ref(&renamed.path), &root)
        .await
        .unwrap();
    assert_eq!(kinds(&moved), [None]);
    assert!(names(&subject, &folder).await.is_empty());
    let there = path("/Ebb & flow #2.mp4");
    assert_eq!(
        subject.drive.stat(&there).await.unwrap().size,
        bytes.len() as u64
    );

    let gone = manage
        .delete(&[there.clone(), folder.clone()])
        .await
        .unwrap();
    assert_eq!(kinds(&gone), [None, None]);
    for path in [&there, &folder] {
        assert_eq!(
            subject.drive.stat(path).await.unwrap_err().kind,
            ErrorKind::NotFound
        );
    }
    // The source of a copy is unchanged.
    assert_eq!(subject.film_entry().await.size, bytes.len() as u64);
}

pub async fn links_of_ones_own_are_made_listed_and_withdrawn<E: Emulation>(subject: Subject<E>) {
    let links = subject.drive.own_shares().unwrap();
    let new = |period_days, password: Option<&str>| NewShare {
        paths: vec![subject.film().0],
        period_days,
        password: password.map(str::to_owned),
    };
    let week = links.create(&new(7, None)).await.unwrap();
    let private = links.create(&new(0, Some("a1b2"))).await.unwrap();
    assert_ne!(week.id, private.id);
    assert!(week.expires_at.is_some() && private.expires_at.is_none());
    assert_eq!(private.password.as_deref(), Some("a1b2"));
    let odd = links.create(&new(365_000, None)).await.unwrap_err();
    assert_eq!(odd.kind, ErrorKind::BadRequest);

    let (mut listed, _) = links.list(None).await.unwrap();
    listed.retain(|link| link.id == week.id || link.id == private.id);
    assert_eq!(listed.len(), 2);
    assert!(
        listed
            .iter()
            .all(|link| link.state == "alive" && link.url.contains("://"))
    );
    links.cancel(&week.id).await.unwrap();
    let (listed, _) = links.list(None).await.unwrap();
    let withdrawn = listed.iter().find(|link| link.id == week.id);
    assert!(withdrawn.is_none_or(|link| link.state == "cancelled"));
    let again = links.cancel(&week.id).await.unwrap_err();
    assert_eq!(again.kind, ErrorKind::NotFound);
}
