//! Changes by an owner: uploads, new folders, entries that are renamed, copied, moved and deleted, and the
//! account's own links.

use std::sync::Arc;

use drives::{ErrorKind, NewShare, OnConflict, Outcome, UploadBody, UploadProgress, UploadRequest};
use futures_util::{StreamExt, stream};
use media::{Entry, EntryKind, EntryPath, PageRequest};
use reqwest::Method;
use serde_json::json;

use super::{Emulation, NAME, Subject, Trouble, path, play};
use crate::harness::*;

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

pub async fn deleted_entries_are_listed_restored_and_deleted_for_good<E: Emulation>(
    subject: Subject<E>,
) {
    let (manage, trash) = (subject.manage().unwrap(), subject.drive.trash().unwrap());
    trash.empty().await.unwrap();
    assert_eq!(trash.list(None).await.unwrap().0, []);
    let folder = path("/New + folder & 1%");
    manage.make_folder(&folder).await.unwrap();
    let film = subject.film().0;
    manage
        .copy(std::slice::from_ref(&film), &folder)
        .await
        .unwrap();
    let copy = folder.join(film.name()).unwrap();
    let gone = manage.delete(std::slice::from_ref(&copy)).await.unwrap();
    assert_eq!(kinds(&gone), [None]);
    let (listed, next) = trash.list(None).await.unwrap();
    let [deleted] = listed.as_slice() else {
        panic!("{listed:?}");
    };
    assert_eq!((&deleted.path, next), (&copy, None));
    assert_eq!(deleted.size, subject.film().1.len() as u64);
    assert!(deleted.deleted_at.is_some(), "{deleted:?}");

    // A name that is taken is a conflict, and what was deleted stays in the trash.
    manage
        .copy(std::slice::from_ref(&film), &folder)
        .await
        .unwrap();
    let ids = [deleted.id.clone(), "no-such-id".to_owned()];
    let refused = trash.restore(&ids).await.unwrap();
    let kinds_of = |outcomes: &[drives::RestoreOutcome]| -> Vec<Option<ErrorKind>> {
        let kind =
            |outcome: &drives::RestoreOutcome| outcome.result.as_ref().err().map(|it| it.kind);
        outcomes.iter().map(kind).collect()
    };
    assert_eq!(
        kinds_of(&refused),
        [Some(ErrorKind::Conflict), Some(ErrorKind::NotFound)]
    );
    assert_eq!(trash.list(None).await.unwrap().0.len(), 1);

    manage.rename(&copy, "Another name.mp4").await.unwrap();
    let restored = trash.restore(&ids[..1]).await.unwrap();
    assert_eq!(kinds_of(&restored), [None]);
    assert_eq!(restored[0].path.as_ref(), Some(&copy));
    let entry = subject.drive.stat(&copy).await.unwrap();
    assert_eq!(entry.size, subject.film().1.len() as u64);
    assert_eq!(trash.list(None).await.unwrap().0, []);

    // A folder goes there with everything in it, and comes back so.
    manage.delete(std::slice::from_ref(&folder)).await.unwrap();
    let (listed, _) = trash.list(None).await.unwrap();
    assert_eq!((listed.len(), listed[0].is_folder), (1, true));
    trash
        .restore(std::slice::from_ref(&listed[0].id))
        .await
        .unwrap();
    assert_eq!(names(&subject, &folder).await.len(), 2);
    manage.delete(std::slice::from_ref(&folder)).await.unwrap();
    trash.empty().await.unwrap();
    assert_eq!(trash.list(None).await.unwrap().0, []);
    let error = subject.drive.stat(&folder).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
}

pub async fn a_trash_is_shown_restored_and_emptied_by_its_page<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let film = subject.film().0;
    let chosen = json!({"place": NAME, "paths": [film.as_str()]});
    drivein
        .call(Method::POST, "files/delete", chosen.clone())
        .await
        .expect(200);
    let listed = drivein.api(&format!("drives/{NAME}/trash")).await;
    let entry = &listed["entries"][0];
    assert_eq!(
        (&entry["path"], &entry["name"]),
        (&json!(film.as_str()), &json!(film.name())),
        "{listed}"
    );
    assert!(entry["deleted_at"].is_string(), "{listed}");
    let here = format!("/account/{NAME}/trash");
    let page = drivein.get(&here).await.expect(200).text();
    assert!(page.contains(film.name()), "{page}");
    let id = entry["id"].as_str().unwrap();
    let form = [("do", "restore"), ("id", id)];
    drivein
        .ask(Method::POST, &here)
        .form(&form)
        .send()
        .await
        .expect(303);
    drivein.get(&play(&drivein, &film).await).await.expect(200);

    drivein
        .call(Method::POST, "files/delete", chosen)
        .await
        .expect(200);
    // The first click asks for a confirmation.
    let asked = drivein.get(&format!("{here}?do=empty")).await.expect(200);
    assert!(asked.text().contains("Delete everything in the trash?"));
    drivein
        .ask(Method::POST, &here)
        .form(&[("do", "empty")])
        .send()
        .await
        .expect(303);
    let listed = drivein.api(&format!("drives/{NAME}/trash")).await;
    assert_eq!(listed["entries"], json!([]));
    let call = format!("drives/{NAME}/trash/restore");
    let restored = drivein
        .call(Method::POST, &call, json!({"ids": [id]}))
        .await
        .expect(200)
        .json();
    let result = &restored["results"][0];
    assert_eq!(
        (&result["id"], &result["ok"], &result["problem"]["code"]),
        (&json!(id), &json!(false), &json!("not_found")),
        "{restored}"
    );
}

pub async fn a_file_keeps_its_versions_and_each_of_them_plays<E: Emulation>(subject: Subject<E>) {
    let drivein = subject.program().await;
    let address = format!("/api/v1/content/{NAME}{}", encoded(NEW));
    let (first, second) = (content(3000, 1), content(4000, 2));
    for bytes in [&first, &second] {
        let address = format!("{address}?on_conflict=overwrite");
        let ask = drivein.ask(Method::PUT, &address).body(bytes.clone());
        ask.send().await.expect(200);
    }
    let call = format!("versions/{NAME}{}", encoded(NEW));
    let versions = drivein.api(&call).await["versions"].clone();
    let about = |number: usize| {
        (
            versions[number]["size"].as_u64(),
            &versions[number]["is_current"],
        )
    };
    assert_eq!(about(0), (Some(4000), &json!(true)), "{versions}");
    assert_eq!(about(1), (Some(3000), &json!(false)), "{versions}");
    let old = path(versions[1]["path"].as_str().unwrap());
    let whole = drivein.get(&play(&drivein, &old).await).await.expect(200);
    assert!(whole.body == first, "the bytes of another version");
    let part = drivein
        .ask(Method::GET, &play(&drivein, &old).await)
        .range("bytes=1000-1999")
        .send()
        .await
        .expect(206);
    assert!(part.body == first[1000..2000]);
    let page = drivein
        .get(&format!("/versions/{NAME}{}", encoded(NEW)))
        .await
        .expect(200);
    assert!(page.text().contains("Make it current"), "{}", page.text());

    let ids = [0_usize, 1].map(|number| versions[number]["id"].clone());
    let current = json!({"id": ids[0]});
    let refused = drivein.call(Method::DELETE, &call, current).await;
    assert_eq!(refused.code(), "bad_request", "{}", refused.text());
    let chosen = json!({"current": ids[1]});
    drivein.call(Method::PATCH, &call, chosen).await.expect(204);
    let whole = drivein.get(&play(&drivein, &path(NEW)).await).await;
    assert!(whole.expect(200).body == first, "it is not the current one");
    let gone = json!({"id": ids[0]});
    drivein
        .call(Method::DELETE, &call, gone.clone())
        .await
        .expect(204);
    let left = drivein.api(&call).await["versions"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
    let again = drivein.call(Method::DELETE, &call, gone).await;
    assert_eq!(again.code(), "not_found", "{}", again.text());
}

pub async fn a_link_is_fetched_by_the_drive_and_its_progress_is_told<E: Emulation>(
    subject: Subject<E>,
) {
    let drivein = subject.program().await;
    let call = format!("drives/{NAME}/remote-downloads");
    let body = |url: &str| json!({"url": url, "to": "/Fetched & new"});
    let link = "https://films.example.org/a/Some%20film.mp4?key=canary";
    let started = drivein.call(Method::POST, &call, body(link)).await;
    let task = started.expect(202).json()["task"].clone();
    assert_eq!(task["kind"], "remote_download", "{task}");
    assert_eq!(task["name"], "Some film.mp4", "{task}");
    let listed = drivein.api(&call).await;
    let told = &listed["tasks"][0];
    assert_eq!(told["id"], task["id"], "{listed}");
    assert_eq!(told["to"], json!({"place": NAME, "path": "/Fetched & new"}));
    assert!(!listed.to_string().contains("canary"), "{listed}");
    let page = drivein
        .get(&format!("/account/{NAME}/remote-downloads"))
        .await
        .expect(200);
    assert!(page.text().contains("Some film.mp4"), "{}", page.text());
    for wrong in ["file:///etc/passwd", "not a link"] {
        let refused = drivein.call(Method::POST, &call, body(wrong)).await;
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
    let page = drivein.get(&page).await.expect(200).text();
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
    asked.form(&fields).send().await.expect(303);
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
    let started = drivein.call(Method::POST, &call, body).await.expect(202);
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
    let started = drivein
        .call(Method::POST, &extract, unpack(film.as_str()))
        .await;
    let task = started.expect(202).json()["task"].clone();
    assert_eq!(
        (&task["kind"], &task["name"]),
        (&json!("extract"), &json!(film.name()))
    );
    assert_eq!(task["to"], json!({"place": NAME, "path": "/Unpacked here"}));

    let missing = drivein
        .call(Method::POST, &extract, unpack("/no such.zip"))
        .await;
    assert_eq!(missing.code(), "not_found");
    for (body, code) in [
        (pack(json!([film]), "/no archive.txt"), "bad_request"),
        (pack(json!([]), "/empty.zip"), "bad_request"),
        (pack(json!(["/no such film.mp4"]), "/a.zip"), "not_found"),
    ] {
        let refused = drivein.call(Method::POST, &call, body).await;
        assert_eq!(refused.code(), code, "{}", refused.text());
    }
}
