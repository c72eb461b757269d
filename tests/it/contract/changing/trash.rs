//! The trash, and versions of a file.

use reqwest::Method;
use serde_json::json;

use super::super::{Emulation, NAME, Subject, path, play};
use super::uploads::content;
use super::{NEW, kinds, names};
use crate::harness::*;
use drives::ErrorKind;

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
        .post("files/delete", chosen.clone())
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
    let page = drivein.text(&here).await;
    assert!(page.contains(film.name()), "{page}");
    let id = entry["id"].as_str().unwrap();
    let form = [("do", "restore"), ("id", id)];
    drivein
        .ask(Method::POST, &here)
        .form(&form)
        .expect(303)
        .await;
    drivein.get(&play(&drivein, &film).await).await.expect(200);

    drivein.post("files/delete", chosen).await.expect(200);
    // The first click asks for a confirmation.
    let asked = drivein.get(&format!("{here}?do=empty")).await.expect(200);
    assert!(asked.text().contains("Delete everything in the trash?"));
    drivein
        .ask(Method::POST, &here)
        .form(&[("do", "empty")])
        .expect(303)
        .await;
    let listed = drivein.api(&format!("drives/{NAME}/trash")).await;
    assert_eq!(listed["entries"], json!([]));
    let call = format!("drives/{NAME}/trash/restore");
    let restored = drivein
        .post(&call, json!({"ids": [id]}))
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
        ask.expect(200).await;
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
        .fetch_range(&play(&drivein, &old).await, "bytes=1000-1999")
        .await;
    assert!(part.body == first[1000..2000]);
    let page = drivein
        .fetch(&format!("/versions/{NAME}{}", encoded(NEW)), 200)
        .await;
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
