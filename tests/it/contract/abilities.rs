//! Declared abilities: the opened drive has each of them, and no other than its kind can have; every other ability is
//! refused with a sentence.

use drives::{Capability, ErrorKind};
use media::{Entry, EntryKind, PageRequest, Rendition};
use reqwest::Method;
use serde_json::{Value, json};

use super::operations::refusal;
use super::{Emulation, NAME, Subject, path};
use crate::harness::*;

pub async fn are_as_told<E: Emulation>(subject: Subject<E>) {
    let told = subject.drive.capabilities();
    let shown = Capability::ALL
        .into_iter()
        .filter(|ability| told.contains(ability));
    let shown: Vec<Capability> = shown.collect();
    assert_eq!(
        told, shown,
        "each once, in the order in which they are shown"
    );
    assert_eq!(
        told,
        subject.emulation.kind().capabilities(),
        "all that the kind can do"
    );

    let there = [
        (Capability::Manage, subject.manage().is_some()),
        (Capability::Upload, subject.upload().is_some()),
        (Capability::Share, subject.drive.own_shares().is_some()),
        (Capability::OpenShares, subject.open_shares().is_some()),
        (Capability::Trash, subject.drive.trash().is_some()),
        (Capability::Versions, subject.drive.versions().is_some()),
        (
            Capability::RemoteDownload,
            subject.drive.remote_downloads().is_some(),
        ),
        (
            Capability::Quota,
            subject.drive.account().await.unwrap().quota.is_some(),
        ),
    ];
    for (ability, is_there) in there {
        assert_eq!(subject.can(ability), is_there, "{ability:?}");
    }
    if subject.can(Capability::List) {
        let film = subject.drive.stat(&subject.streaming()).await.unwrap();
        let streams = subject.drive.streams(&film);
        assert_eq!(subject.can(Capability::Stream), streams);
    }

    let drivein = subject.program().await;
    let drives = drivein.api("drives").await;
    let drive = &drives["drives"][0];
    let words: Vec<&str> = told.iter().map(|ability| ability.as_str()).collect();
    assert_eq!(drive["capabilities"], json!(words));
    assert_eq!(
        (&drive["name"], &drive["state"]),
        (&json!(NAME), &json!("ready"))
    );
    assert_eq!(drive["quota"].is_object(), subject.can(Capability::Quota));
}

pub async fn the_emulation_is_as_the_table_says<E: Emulation>(subject: Subject<E>) {
    let (tree, links) = (subject.tree(), &subject.tree().links);
    let there = [
        ("list", tree.film.is_some() && tree.folder.1.len() >= 6),
        ("search", !tree.word.is_empty()),
        ("open_shares", links.open.is_some()),
        ("locked_links", links.locked.is_some()),
        ("gone_links", links.gone.is_some()),
        ("network", subject.emulation.has_network()),
    ];
    for (word, is_there) in there {
        assert_eq!(subject.has.contains(&word), is_there, "{word}");
    }
}

/// Returns a film, which need not be on the drive.
fn some_film<E: Emulation>(subject: &Subject<E>) -> Entry {
    Entry {
        place: subject.drive.place().clone(),
        path: path("/Some film.mp4"),
        name: "Some film.mp4".to_owned(),
        kind: EntryKind::Video,
        size: 1,
        modified: None,
        id: None,
        content: None,
        duration_s: None,
        width: None,
        height: None,
        has_thumbnail: false,
        tracks: Vec::new(),
        tags: Vec::new(),
    }
}

/// Words that belong to one kind of drive, in any sentence that is shown.
const WORDS_OF_KINDS: [(&str, &str); 14] = [
    ("TeraBox", "terabox"),
    ("web session", "terabox"),
    ("Open Platform", "terabox"),
    ("TeraboxDL", "teraboxdl"),
    ("resolving service", "teraboxdl"),
    ("Cloudreve", "cloudreve"),
    ("the site", "cloudreve"),
    ("group", "cloudreve"),
    ("administrator", "cloudreve"),
    ("WebDAV", "webdav"),
    ("S3", "s3"),
    ("bucket", "s3"),
    ("folder of the machine", "local"),
    ("write = true", "local"),
];

/// Asserts that the API refuses the call as unsupported, with the title of that ability and a sentence.
async fn is_refused(
    drivein: &Drivein,
    ability: Capability,
    method: Method,
    call: &str,
    body: Option<Value>,
) {
    let mut ask = drivein.ask(method, call);
    if let Some(body) = body {
        ask = ask.json(&body);
    }
    let reply = ask.send().await;
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (422, "unsupported"),
        "{call}: {}",
        reply.text()
    );
    let reply = reply.json();
    let sentence = reply["detail"].as_str().unwrap_or_default();
    assert!(
        sentence.ends_with('.'),
        "{call} is refused without words: {sentence:?}"
    );
    let title = reply["title"].as_str().unwrap();
    assert_eq!(title, refusal(ability), "{call}");
    // The words are those of this drive, not of another.
    let kind = drivein.api("drives").await["drives"][0]["kind"].clone();
    let shown = format!("{title} {sentence}");
    for (words, of) in WORDS_OF_KINDS {
        assert!(
            kind == of || !shown.contains(words),
            "{kind} {call}: {shown}"
        );
    }
    assert!(!shown.contains("stream"), "{kind} {call}: {shown}");
}

pub async fn a_missing_list_is_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let page = PageRequest::default();
    let listed = subject.drive.list(&path("/"), &page).await.unwrap_err();
    assert_eq!(listed.kind, ErrorKind::Unsupported);
    let drivein = subject.program().await;
    let call = format!("/api/v1/entries/{NAME}");
    is_refused(&drivein, Capability::List, Method::GET, &call, None).await;
}

pub async fn a_missing_search_is_refused<E: Emulation>(subject: Subject<E>) {
    let page = PageRequest::default();
    let found = subject.drive.search("film", &page).await.unwrap_err();
    assert_eq!(found.kind, ErrorKind::Unsupported);
}

pub async fn missing_streams_are_refused<E: Emulation>(subject: Subject<E>) {
    let film = some_film(&subject);
    let rendition = Rendition::Video { height: 720 };
    let playlist = subject.drive.playlist(&film, rendition).await;
    assert_eq!(playlist.err().unwrap().kind, ErrorKind::Unsupported);
    assert!(subject.drive.possible_renditions(&film).is_empty());
}

pub async fn missing_originals_are_refused<E: Emulation>(subject: Subject<E>) {
    let original = subject.drive.original(&some_film(&subject)).await;
    assert_eq!(original.err().unwrap().kind, ErrorKind::Unsupported);
}

pub async fn missing_uploads_are_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let call = format!("/api/v1/content/{NAME}/new.txt");
    is_refused(
        &drivein,
        Capability::Upload,
        Method::PUT,
        &call,
        Some(json!(1)),
    )
    .await;
}

pub async fn missing_changes_are_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let folder = json!({"place": NAME, "path": "/New folder"});
    is_refused(
        &drivein,
        Capability::Manage,
        Method::POST,
        "/api/v1/folders",
        Some(folder),
    )
    .await;
    let files = json!({"place": NAME, "paths": ["/Some film.mp4"]});
    is_refused(
        &drivein,
        Capability::Manage,
        Method::POST,
        "/api/v1/files/delete",
        Some(files),
    )
    .await;
}

pub async fn missing_links_of_ones_own_are_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let call = format!("/api/v1/drives/{NAME}/shares");
    let share = json!({"paths": ["/Some film.mp4"], "period_days": 0});
    is_refused(
        &drivein,
        Capability::Share,
        Method::POST,
        &call,
        Some(share),
    )
    .await;
    is_refused(&drivein, Capability::Share, Method::GET, &call, None).await;
}

pub async fn missing_shares_are_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let link = json!({"url": "https://www.terabox.com/s/1AbCdEfGhIjKlMnOpQrStUv"});
    is_refused(
        &drivein,
        Capability::OpenShares,
        Method::POST,
        "/api/v1/shares/open",
        Some(link),
    )
    .await;
}

pub async fn a_missing_trash_is_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let call = format!("/api/v1/drives/{NAME}/trash");
    is_refused(&drivein, Capability::Trash, Method::GET, &call, None).await;
    is_refused(&drivein, Capability::Trash, Method::DELETE, &call, None).await;
    let ids = json!({"ids": ["1"]});
    is_refused(
        &drivein,
        Capability::Trash,
        Method::POST,
        &format!("{call}/restore"),
        Some(ids),
    )
    .await;
}

pub async fn missing_versions_are_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let call = format!("/api/v1/versions/{NAME}/Some%20film.mp4");
    is_refused(&drivein, Capability::Versions, Method::GET, &call, None).await;
    let current = json!({"current": "1"});
    is_refused(
        &drivein,
        Capability::Versions,
        Method::PATCH,
        &call,
        Some(current),
    )
    .await;
}

pub async fn missing_remote_downloads_are_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let call = format!("/api/v1/drives/{NAME}/remote-downloads");
    is_refused(
        &drivein,
        Capability::RemoteDownload,
        Method::GET,
        &call,
        None,
    )
    .await;
    let link = json!({"url": "https://films.example.org/a.mp4", "to": "/"});
    is_refused(
        &drivein,
        Capability::RemoteDownload,
        Method::POST,
        &call,
        Some(link),
    )
    .await;
}

pub async fn missing_archives_are_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let call = format!("/api/v1/drives/{NAME}/archives");
    is_refused(&drivein, Capability::Archives, Method::GET, &call, None).await;
    let archive = json!({"paths": ["/Some film.mp4"], "to": "/a.zip"});
    is_refused(
        &drivein,
        Capability::Archives,
        Method::POST,
        &call,
        Some(archive),
    )
    .await;
    let archive = json!({"path": "/a.zip", "to": "/"});
    let extract = format!("{call}/extract");
    is_refused(
        &drivein,
        Capability::Archives,
        Method::POST,
        &extract,
        Some(archive),
    )
    .await;
}

pub async fn missing_direct_links_are_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let call = format!("/api/v1/drives/{NAME}/direct-links");
    let paths = json!({"paths": ["/Some film.mp4"]});
    is_refused(
        &drivein,
        Capability::DirectLinks,
        Method::POST,
        &call,
        Some(paths),
    )
    .await;
}

pub async fn missing_tags_are_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let call = format!("/api/v1/tags/{NAME}/Some%20film.mp4");
    is_refused(&drivein, Capability::Tags, Method::GET, &call, None).await;
    let tags = json!({"tags": [{"name": "seen"}]});
    is_refused(&drivein, Capability::Tags, Method::PUT, &call, Some(tags)).await;
}
