//! What a drive tells of itself: every ability that it tells is there, all that its kind can do is told, and
//! what it lacks is refused in words.

use drives::{Capability, ErrorKind};
use media::{Entry, EntryKind, PageRequest, Rendition};
use reqwest::Method;
use serde_json::json;

use super::{Emulation, NAME, Subject, path};

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

pub async fn what_is_missing_is_refused_in_words<E: Emulation>(subject: Subject<E>) {
    let drive = &subject.drive;
    let page = PageRequest::default();
    let refused = |kind: Option<ErrorKind>| assert_eq!(kind, Some(ErrorKind::Unsupported));
    let some = Entry {
        place: drive.place().clone(),
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
    };
    let kind = |error: drives::DriveError| error.kind;
    if !subject.can(Capability::List) {
        refused(drive.list(&path("/"), &page).await.err().map(kind));
    }
    if !subject.can(Capability::Search) {
        refused(drive.search("film", &page).await.err().map(kind));
    }
    if !subject.can(Capability::Stream) {
        let rendition = Rendition::Video { height: 720 };
        refused(drive.playlist(&some, rendition).await.err().map(kind));
        assert!(drive.possible_renditions(&some).is_empty());
    }
    if !subject.can(Capability::Original) {
        refused(drive.original(&some).await.err().map(kind));
    }

    let drivein = subject.program().await;
    let folder = json!({"place": NAME, "path": "/New folder"});
    let share = json!({"paths": ["/Some film.mp4"], "period_days": 0});
    let link = json!({"url": "https://www.terabox.com/s/1AbCdEfGhIjKlMnOpQrStUv"});
    let files = json!({"place": NAME, "paths": ["/Some film.mp4"]});
    let shares = format!("/api/v1/drives/{NAME}/shares");
    let calls = [
        (
            Capability::List,
            Method::GET,
            format!("/api/v1/entries/{NAME}"),
            None,
        ),
        (
            Capability::Manage,
            Method::POST,
            "/api/v1/folders".to_owned(),
            Some(folder),
        ),
        (
            Capability::Manage,
            Method::POST,
            "/api/v1/files/delete".to_owned(),
            Some(files),
        ),
        (
            Capability::Upload,
            Method::PUT,
            format!("/api/v1/content/{NAME}/new.txt"),
            Some(json!(1)),
        ),
        (Capability::Share, Method::POST, shares.clone(), Some(share)),
        (Capability::Share, Method::GET, shares, None),
        (
            Capability::OpenShares,
            Method::POST,
            "/api/v1/shares/open".to_owned(),
            Some(link),
        ),
    ];
    for (ability, method, call, body) in calls {
        if subject.can(ability) {
            continue;
        }
        let mut ask = drivein.ask(method, &call);
        if let Some(body) = body {
            ask = ask.json(&body);
        }
        let reply = ask.send().await;
        let told = (reply.status, reply.code());
        assert_eq!(
            told,
            (422, "unsupported".to_owned()),
            "{call}: {}",
            reply.text()
        );
        let sentence = reply.json()["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(
            sentence.ends_with('.'),
            "{call} is refused without words: {sentence:?}"
        );
    }
}
