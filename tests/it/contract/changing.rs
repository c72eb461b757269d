//! Changes by an owner: uploads, new folders, entries that are renamed, copied, moved and deleted, and the
//! account's own links.

mod trash;
mod uploads;

use drives::{ErrorKind, NewShare, OnConflict, Outcome, UploadRequest};
use media::{Entry, EntryKind, EntryPath, PageRequest};
use reqwest::Method;
use serde_json::json;

use super::{Emulation, NAME, Subject, path};
use crate::harness::*;

pub use trash::{
    a_file_keeps_its_versions_and_each_of_them_plays,
    a_trash_is_shown_restored_and_emptied_by_its_page,
    deleted_entries_are_listed_restored_and_deleted_for_good,
};
pub use uploads::{
    a_file_goes_in_and_comes_out_again, an_upload_goes_on_through_a_refused_part_and_a_stale_token,
    an_upload_that_fails_is_told_and_resumes, names_that_are_taken_are_kept_renamed_or_replaced,
};

const NEW: &str = "/Taken in & new #1 100% ä.mp4";

fn request(at: &str, bytes: &[u8], on_conflict: OnConflict) -> UploadRequest {
    UploadRequest {
        path: path(at),
        size: Some(bytes.len() as u64),
        on_conflict,
        progress: None,
        resume: None,
    }
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
            .all(|link| link.state == drives::OwnShareState::Alive && link.url.contains("://"))
    );
    links.cancel(&week.id).await.unwrap();
    let (listed, _) = links.list(None).await.unwrap();
    let withdrawn = listed.iter().find(|link| link.id == week.id);
    assert!(withdrawn.is_none_or(|link| link.state == drives::OwnShareState::Cancelled));
    let again = links.cancel(&week.id).await.unwrap_err();
    assert_eq!(again.kind, ErrorKind::NotFound);
}

pub async fn a_link_is_fetched_by_the_drive_and_its_progress_is_told<E: Emulation>(
    subject: Subject<E>,
) {
    let drivein = subject.program().await;
    let call = format!("drives/{NAME}/remote-downloads");
    let body = |url: &str| json!({"url": url, "to": "/Fetched & new"});
    let link = "https://films.example.org/a/Some%20film.mp4?key=canary";
    let started = drivein.post(&call, body(link)).await;
    let task = started.expect(202).json()["task"].clone();
    assert_eq!(task["kind"], "remote_download", "{task}");
    assert_eq!(task["name"], "Some film.mp4", "{task}");
    let listed = drivein.api(&call).await;
    let told = &listed["tasks"][0];
    assert_eq!(told["id"], task["id"], "{listed}");
    assert_eq!(told["to"], json!({"place": NAME, "path": "/Fetched & new"}));
    assert!(!listed.to_string().contains("canary"), "{listed}");
    let page = drivein
        .fetch(&format!("/account/{NAME}/remote-downloads"), 200)
        .await;
    assert!(page.text().contains("Some film.mp4"), "{}", page.text());
    for wrong in ["file:///etc/passwd", "not a link"] {
        let refused = drivein.post(&call, body(wrong)).await;
        assert_eq!(refused.code(), "bad_request", "{wrong}");
    }
    let one = format!("{call}/{}", task["id"].as_str().unwrap());
    let nothing = json!({});
    drivein
        .call(Method::DELETE, &one, nothing.clone())
        .await
        .expect(204);
    let listed = drivein.api(&call).await;
    assert_eq!(listed["tasks"][0]["state"], "cancelled", "{listed}");
    let again = drivein.call(Method::DELETE, &one, nothing).await;
    assert_eq!(again.code(), "not_found");
}

pub async fn direct_links_hand_out_the_bytes_of_files_alone<E: Emulation>(subject: Subject<E>) {
    let links = subject.drive.direct_links().unwrap();
    let paths = [
        subject.film().0,
        subject.folder(),
        path("/no such film.mp4"),
    ];
    let made = links.make(&paths).await.unwrap();
    let [film, folder, missing] = made.as_slice() else {
        panic!("{made:?}");
    };
    assert_eq!([&film.path, &folder.path, &missing.path], paths.each_ref());
    let link = film.result.as_ref().unwrap();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let reply = client.build().unwrap().get(link).send().await.unwrap();
    assert!(reply.status().is_redirection(), "{}", reply.status());
    let kind = |link: &drives::DirectLink| link.result.as_ref().unwrap_err().kind;
    assert_eq!(kind(folder), ErrorKind::BadRequest);
    assert_eq!(kind(missing), ErrorKind::NotFound);
}

pub async fn tags_are_set_read_and_found<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let film = subject.film().0;
    let call = format!("tags/{NAME}{}", encoded(film.as_str()));
    assert_eq!(drivein.api(&call).await["tags"], json!([]));
    let tags = json!([{"name": "für später & #1", "colour": "#ff8800"}, {"name": "seen"}]);
    let set = drivein
        .call(Method::PUT, &call, json!({"tags": tags}))
        .await;
    assert_eq!(set.expect(200).json()["tags"], tags);
    assert_eq!(drivein.api(&call).await["tags"], tags);
    let entry = super::told(&drivein, &film).await;
    assert_eq!(entry["tags"], tags);

    let find = async |tag: &str| {
        let found = format!("search?place={NAME}&tag={}", encoded_name(tag));
        let found = drivein.api(&found).await;
        let entries = found["entries"].as_array().unwrap().clone();
        entries
            .iter()
            .map(|it| it["path"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(find("seen").await, [json!(film)]);
    assert_eq!(find("für später & #1").await, [json!(film)]);
    assert!(find("see").await.is_empty());
    let page = format!("/search?place={NAME}&tag=seen");
    let page = drivein.text(&page).await;
    assert!(page.contains("Tagged seen"), "{page}");

    // A form replaces them; a tag that stays keeps its colour.
    let asked = drivein.ask(Method::POST, "/organize");
    let fields = [
        ("place", NAME),
        ("path", film.as_str()),
        ("do", "tags"),
        ("tags", "für später & #1, new"),
        ("now", "1"),
    ];
    asked.form(&fields).expect(303).await;
    let expected = json!([{"name": "für später & #1", "colour": "#ff8800"}, {"name": "new"}]);
    assert_eq!(drivein.api(&call).await["tags"], expected);
    assert!(find("seen").await.is_empty());
    for wrong in [
        json!([{"name": " "}]),
        json!([{"name": "a", "colour": "red"}]),
    ] {
        let refused = drivein
            .call(Method::PUT, &call, json!({"tags": wrong}))
            .await;
        assert_eq!(refused.code(), "bad_request", "{wrong}");
    }
}

pub async fn entries_are_packed_and_unpacked_by_the_drive<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let (film, _) = subject.film();
    let call = format!("drives/{NAME}/archives");
    let pack = |paths: serde_json::Value, to: &str| json!({"paths": paths, "to": to});
    let body = pack(json!([film, subject.tree().folder.0]), "/Packed & new.zip");
    let started = drivein.post(&call, body).await.expect(202);
    let task = started.json()["task"].clone();
    assert_eq!(
        (&task["kind"], &task["state"]),
        (&json!("archive"), &json!("queued"))
    );
    assert_eq!(task["name"], "Packed & new.zip", "{task}");
    assert_eq!(task["to"], json!({"place": NAME, "path": "/"}));
    let listed = drivein.api(&call).await;
    assert_eq!(listed["tasks"][0]["id"], task["id"], "{listed}");
    let page = drivein.get(&format!("/account/{NAME}/archives")).await;
    assert!(page.expect(200).text().contains("Packed &#38; new.zip"));

    let extract = format!("{call}/extract");
    let unpack = |path: &str| json!({"path": path, "to": "/Unpacked here", "password": "a1b2"});
    let started = drivein.post(&extract, unpack(film.as_str())).await;
    let task = started.expect(202).json()["task"].clone();
    assert_eq!(
        (&task["kind"], &task["name"]),
        (&json!("extract"), &json!(film.name()))
    );
    assert_eq!(task["to"], json!({"place": NAME, "path": "/Unpacked here"}));

    let missing = drivein.post(&extract, unpack("/no such.zip")).await;
    assert_eq!(missing.code(), "not_found");
    for (body, code) in [
        (pack(json!([film]), "/no archive.txt"), "bad_request"),
        (pack(json!([]), "/empty.zip"), "bad_request"),
        (pack(json!(["/no such film.mp4"]), "/a.zip"), "not_found"),
    ] {
        let refused = drivein.post(&call, body).await;
        assert_eq!(refused.code(), code, "{}", refused.text());
    }
}
