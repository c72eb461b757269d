//! Missing paths and hostile paths: each is refused, and no other entry is returned in its place.

use drives::ErrorKind;
use media::{EntryPath, PageRequest};

use super::{Emulation, NAME, Subject, path};
use crate::harness::*;

pub async fn what_is_not_there_is_not_found<E: Emulation>(subject: Subject<E>) {
    let (drive, page) = (&subject.drive, PageRequest::default());
    for absent in ["/no such folder", "/no such folder/deeper/still.mp4"] {
        let listed = drive.list(&path(absent), &page).await.unwrap_err();
        assert_eq!(listed.kind, ErrorKind::NotFound, "list {absent}");
        let told = drive.stat(&path(absent)).await.unwrap_err();
        assert_eq!(told.kind, ErrorKind::NotFound, "stat {absent}");
    }
    // A film is no folder.
    let film = subject.film().0;
    assert!(drive.list(&film, &page).await.is_err());
    assert!(drive.stat(&film.join("inside").unwrap()).await.is_err());

    let drivein = subject.program().await;
    for page in ["/api/v1/entries", "/browse", "/watch"] {
        let reply = drivein
            .get(&format!("{page}/{NAME}/no%20such%20film.mp4"))
            .await;
        assert_eq!(reply.status, 404, "{page}: {}", reply.text());
    }
}

pub async fn what_is_not_there_is_neither_renamed_nor_deleted<E: Emulation>(subject: Subject<E>) {
    let manage = subject.manage().unwrap();
    let absent = manage.rename(&path("/no such film.mp4"), "other.mp4").await;
    assert_eq!(absent.unwrap_err().kind, ErrorKind::NotFound);
    let deleted = manage.delete(&[path("/no such film.mp4")]).await;
    let kind = match deleted {
        Ok(outcomes) => outcomes[0].result.as_ref().err().map(|error| error.kind),
        Err(error) => Some(error.kind),
    };
    assert_eq!(kind, Some(ErrorKind::NotFound));
}

/// Names with a meaning to a shell, a URL, a database or a file system.
const NAMES: &[&str] = &[
    "....",
    "..;",
    "%2e%2e",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..\\..\\outside.mp4",
    "~",
    "$(id)",
    "-rf",
    "film.mp4?path=/",
    "film.mp4#fragment",
    "a&b=c",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "C:",
    "\u{202e}4pm.film",
    "outside.mp4",
    ".hidden.mp4",
];

pub async fn hostile_paths_lead_nowhere<E: Emulation>(subject: Subject<E>) {
    for text in ["..", "/../outside.mp4", "/a/../../b", "/a\0b", "/a\nb"] {
        assert!(EntryPath::parse(text).is_err(), "{text:?} is a path");
    }
    let drivein = subject.program().await;
    for call in [
        "..%2foutside.mp4",
        "%2e%2e/outside.mp4",
        "a%00b",
        "a%0d%0aSet-Cookie:%20x=y",
    ] {
        let reply = drivein.get(&format!("/api/v1/entries/{NAME}/{call}")).await;
        assert!(
            (400..500).contains(&reply.status),
            "{call}: {}",
            reply.text()
        );
    }
}

pub async fn hostile_names_lead_nowhere<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let long = "x".repeat(3000);
    for name in NAMES.iter().copied().chain([long.as_str()]) {
        let error = subject.drive.stat(&path(name)).await.unwrap_err();
        let is_refused = matches!(
            error.kind,
            ErrorKind::NotFound | ErrorKind::BadRequest | ErrorKind::RefusedName
        );
        assert!(is_refused, "{name:?}: {error}");
        let listed = subject
            .drive
            .list(&path(name), &PageRequest::default())
            .await;
        assert!(listed.is_err(), "{name:?} lists {listed:?}");
        let reply = drivein
            .get(&format!("/api/v1/entries/{NAME}/{}", encoded_name(name)))
            .await;
        assert!(
            (400..500).contains(&reply.status),
            "{name:?}: {}",
            reply.text()
        );
    }
}
