//! Folders, entries, searches, and the account.

use std::collections::BTreeSet;

use drives::ErrorKind;
use media::{Entry, EntryKind, FileKind, Order, PageRequest, SortBy};
use serde_json::Value;

use super::{Emulation, NAME, Subject, path, told};
use crate::harness::*;

fn names(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.name.as_str()).collect()
}

pub async fn a_folder_lists_everything_once_in_pages_of_any_length<E: Emulation>(
    subject: Subject<E>,
) {
    let (folder, known) = (subject.folder(), &subject.tree().folder.1);
    assert!(known.len() >= 6, "the tree is too small to try pages");
    let expected: BTreeSet<&str> = known.iter().map(String::as_str).collect();
    let whole = subject.all(&folder, &PageRequest::default()).await;
    for limit in [1, 4, known.len(), 1000] {
        let page = PageRequest::first(limit);
        let found = subject.all(&folder, &page).await;
        assert_eq!(names(&found), names(&whole), "in pages of {limit}");
        let first = subject.drive.list(&folder, &page).await.unwrap();
        assert!(first.entries.len() <= limit, "more than {limit} on a page");
    }
    assert_eq!(whole.len(), expected.len(), "{:?}", names(&whole));
    assert_eq!(names(&whole).into_iter().collect::<BTreeSet<_>>(), expected);
    for entry in &whole {
        assert_eq!(entry.path, folder.join(&entry.name).unwrap());
        assert_eq!(entry.place, *subject.drive.place());
        let is_folder = entry.kind == EntryKind::Folder;
        assert!(!is_folder || entry.size == 0, "{entry:?}");
        assert!(
            is_folder || entry.kind == EntryKind::of_file(&entry.name),
            "{entry:?}"
        );
    }
    let root = subject.all(&path("/"), &PageRequest::default()).await;
    assert!(
        root.iter()
            .any(|entry| entry.path == folder && entry.kind == EntryKind::Folder)
    );
    assert!(root.iter().any(|entry| entry.path == subject.film().0));

    let strange = PageRequest {
        cursor: Some("no cursor of anybody".to_owned()),
        ..PageRequest::default()
    };
    assert!(subject.drive.list(&folder, &strange).await.is_err());
}

/// Returns the paths of every page of an API call, from the list `field`.
async fn every_path(drivein: &Drivein, call: &str, field: &str) -> Vec<(String, String)> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = drivein.api(&format!("{call}&limit=3{cursor}")).await;
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
        let entries = page[field].as_array().unwrap().iter();
        found.extend(entries.map(|entry| (text(entry, "path"), text(entry, "kind"))));
        assert!(found.len() < 10_000, "the pages do not end");
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={}", encoded_name(next)),
            None => return found,
        }
    }
}

pub async fn a_kind_filters_a_folder_and_the_whole_drive<E: Emulation>(subject: Subject<E>) {
    let mut everything = Vec::new();
    let mut folders = vec![path("/")];
    while let Some(folder) = folders.pop() {
        for entry in subject.all(&folder, &PageRequest::large()).await {
            if entry.kind == EntryKind::Folder {
                folders.push(entry.path.clone());
            }
            everything.push(entry);
        }
    }
    let drivein = subject.program().await;
    let folder = subject.folder();
    let at = format!("entries/{NAME}{}", encoded(folder.as_str()));
    for kind in FileKind::ALL {
        let word = kind.as_str();
        // A drive may know better than the name: a film in pieces is a film, and its pieces are none.
        let is_meant = |entry: &&Entry| match kind {
            FileKind::Video => entry.kind == EntryKind::Video,
            _ => kind.matches_name(&entry.name) && entry.kind != EntryKind::Folder,
        };
        let expected: BTreeSet<&str> = everything
            .iter()
            .filter(is_meant)
            .map(|entry| entry.path.as_str())
            .collect();
        let call = format!("search?place={NAME}&kind={word}");
        let found = every_path(&drivein, &call, "entries").await;
        let paths: BTreeSet<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, expected, "{word}");
        assert_eq!(found.len(), expected.len(), "{word}: each once");

        let here = everything.iter().filter(|entry| {
            let is_here = entry.path.parent().as_ref() == Some(&folder);
            is_here && (entry.kind == EntryKind::Folder || is_meant(entry))
        });
        let expected: BTreeSet<&str> = here.map(|entry| entry.path.as_str()).collect();
        let found = every_path(&drivein, &format!("{at}?kind={word}"), "children").await;
        let paths: BTreeSet<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, expected, "{word}");
        assert_eq!(found.len(), expected.len(), "{word}: each once");

        let href = format!("/search?place={NAME}&kind={word}");
        let page = format!("/browse/{NAME}{}?kind={word}", encoded(folder.as_str()));
        let page = drivein.text(&page).await;
        assert!(unescaped(&page).contains(&href), "{page}");
        drivein.get(&href).await.expect(200);
    }
    let films = format!("/search?place={NAME}&kind=video");
    let films = drivein.text(&films).await;
    assert!(films.contains(&format!("Films in {NAME}")), "{films}");
    for call in [
        format!("{at}?kind=folder"),
        format!("search?place={NAME}&kind=x&q=a"),
    ] {
        let reply = drivein.get(&format!("/api/v1/{call}")).await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (400, "bad_request"),
            "{call}"
        );
    }
    drivein.fetch(&format!("/browse/{NAME}/?kind=x"), 400).await;
}

pub async fn a_folder_is_sorted_as_asked<E: Emulation>(subject: Subject<E>) {
    let folder = subject.folder();
    for sort in [SortBy::Name, SortBy::Time, SortBy::Size] {
        let mut orders = Vec::new();
        for order in [Order::Ascending, Order::Descending] {
            let page = PageRequest {
                sort,
                order,
                limit: 4,
                cursor: None,
            };
            // Upstreams differ in the order of folders and files.
            let mut files = subject.all(&folder, &page).await;
            files.retain(|entry| entry.kind != EntryKind::Folder);
            let rises = |a: &Entry, b: &Entry| match sort {
                SortBy::Name => true,
                SortBy::Time => a.modified <= b.modified,
                SortBy::Size => a.size <= b.size,
            };
            let is_sorted = match order {
                Order::Ascending => files.is_sorted_by(rises),
                Order::Descending => files.iter().rev().is_sorted_by(|a, b| rises(a, b)),
            };
            assert!(is_sorted, "{sort:?} {order:?}: {:?}", names(&files));
            orders.push(
                files
                    .into_iter()
                    .map(|entry| entry.name)
                    .collect::<Vec<_>>(),
            );
        }
        assert_ne!(orders[0], orders[1], "{sort:?} has no direction");
        if sort == SortBy::Name {
            orders[1].reverse();
            assert_eq!(orders[0], orders[1]);
        }
    }
}

pub async fn the_root_is_a_folder_with_the_name_of_the_drive<E: Emulation>(subject: Subject<E>) {
    let root = subject.drive.stat(&path("/")).await.unwrap();
    assert_eq!((root.kind, root.name.as_str()), (EntryKind::Folder, NAME));
}

pub async fn an_entry_is_told_as_its_folder_lists_it<E: Emulation>(subject: Subject<E>) {
    let (at, bytes) = subject.film();
    let film = subject.film_entry().await;
    assert_eq!(
        (film.kind, film.size),
        (EntryKind::Video, bytes.len() as u64)
    );
    assert_eq!((&film.path, film.name.as_str()), (&at, at.name()));
    assert!(film.content.is_some(), "nothing names the film's content");
    for listed in subject
        .all(&subject.folder(), &PageRequest::default())
        .await
    {
        let alone = subject.drive.stat(&listed.path).await.unwrap();
        assert_eq!(
            (
                &alone.path,
                &alone.name,
                alone.kind,
                alone.size,
                alone.modified,
                &alone.id
            ),
            (
                &listed.path,
                &listed.name,
                listed.kind,
                listed.size,
                listed.modified,
                &listed.id
            ),
        );
    }
}

pub async fn search_finds_the_film_and_nothing_elsewhere<E: Emulation>(subject: Subject<E>) {
    let (film, _) = subject.film();
    let page = PageRequest::default();
    let found = subject
        .drive
        .search(subject.tree().word, &page)
        .await
        .unwrap();
    assert!(
        found.entries.iter().any(|entry| entry.path == film),
        "{:?}",
        names(&found.entries)
    );
    let everything = subject.all(&subject.folder(), &page).await.len();
    assert!(
        found.entries.len() < everything,
        "the word finds everything"
    );
    for entry in &found.entries {
        let alone = subject.drive.stat(&entry.path).await.unwrap();
        assert_eq!(
            (alone.kind, alone.size),
            (entry.kind, entry.size),
            "{}",
            entry.path
        );
    }
    let nothing = subject
        .drive
        .search("no-such-name-anywhere", &page)
        .await
        .unwrap();
    assert_eq!((nothing.entries.len(), nothing.next), (0, None));

    let drivein = subject.program().await;
    let found = drivein
        .api(&format!("search?q={}", subject.tree().word))
        .await;
    assert_eq!(found["problems"].as_array().unwrap().len(), 0, "{found}");
    let paths = found["entries"].as_array().unwrap().iter();
    assert!(
        paths.clone().any(|entry| entry["path"] == film.as_str()),
        "{found}"
    );
}

pub async fn the_account_says_who_it_is<E: Emulation>(subject: Subject<E>) {
    let account = subject.drive.account().await.unwrap();
    assert!(!account.name.is_empty(), "an account without a name");
    subject.drive.refresh_if_due().await.unwrap();
    subject.drive.drain().await;

    let drivein = subject.program().await;
    let page = drivein.get(&format!("/account/{NAME}")).await.expect(200);
    assert!(
        unescaped(&page.text()).contains(&account.name),
        "the page does not say whose it is"
    );
    drivein.get("/status").await.expect(200);
}

pub async fn the_account_says_how_full_it_is<E: Emulation>(subject: Subject<E>) {
    let quota = subject.drive.account().await.unwrap().quota.unwrap();
    assert!(quota.total > 0 && quota.used <= quota.total, "{quota:?}");
    let drivein = subject.program().await;
    let drives = drivein.api("drives").await;
    assert_eq!(
        drives["drives"][0]["quota"]["total"], quota.total,
        "{drives}"
    );
}

pub async fn pages_and_api_show_what_the_drive_lists<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let (folder, known) = &subject.tree().folder;
    let call = format!("entries/{NAME}{}?limit=1000", encoded(folder));
    let listed = drivein.api(&call).await;
    let children = listed["children"].as_array().unwrap().iter();
    let found: BTreeSet<&str> = children
        .map(|child| child["name"].as_str().unwrap())
        .collect();
    assert_eq!(found, known.iter().map(String::as_str).collect());
    let page = drivein
        .fetch(&format!("/browse/{NAME}{}", encoded(folder)), 200)
        .await;
    let text = unescaped(&page.text());
    for name in known {
        assert!(
            text.contains(name.as_str()),
            "the page of the folder lacks {name}"
        );
    }
    let film = subject.film().0;
    assert_eq!(told(&drivein, &film).await["path"], film.as_str());
    drivein
        .fetch(&format!("/watch/{NAME}{}", encoded(film.as_str())), 200)
        .await;
    let absent = subject.drive.stat(&path("/no such film.mp4")).await;
    assert_eq!(absent.unwrap_err().kind, ErrorKind::NotFound);
}
