//! Files that are uploaded, organized and deleted, by API clients and by forms.

mod forms;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::*;

fn results(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{}", reply.describe());
    reply.json()["results"].as_array().unwrap().clone()
}

fn ok(reply: &Reply) -> Value {
    let results = results(reply);
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["ok"], true, "{}", reply.text());
    results[0].clone()
}

fn failed(reply: &Reply) -> String {
    let results = results(reply);
    assert_eq!(results[0]["ok"], false, "{}", reply.text());
    let problem = &results[0]["problem"];
    assert!(
        problem["title"].is_string() && problem["detail"].is_string(),
        "{problem}"
    );
    problem["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_that_is_put_is_listed_at_once_and_comes_back_whole() {
    let drivein = Drivein::start().await;
    // Cached beforehand, so that a stale listing would be noticed.
    assert!(
        !drivein
            .names("/")
            .await
            .contains(&"Müsli & Milch #1.bin".to_owned())
    );
    let content = file_content(300_000);
    let reply = drivein
        .put("/Müsli & Milch #1.bin", "", content.clone())
        .await
        .expect(200);
    let entry = &reply.json()["entry"];
    assert_eq!(entry["path"], "/Müsli & Milch #1.bin");
    assert_eq!(entry["size"], 300_000);
    assert!(
        drivein
            .names("/")
            .await
            .contains(&"Müsli & Milch #1.bin".to_owned())
    );
    let original = drivein.local(entry["play"]["original"].as_str().unwrap());
    assert_eq!(drivein.get(&original).await.expect(200).body, content);
}

#[tokio::test]
async fn a_name_that_is_taken_is_a_conflict_unless_one_says_otherwise() {
    let drivein = Drivein::start().await;
    drivein.put("/notes.txt", "", "one").await.expect(200);
    let reply = drivein.put("/notes.txt", "", "another").await.expect(409);
    assert_eq!(reply.code(), "conflict");
    let beside = drivein
        .put("/notes.txt", "?on_conflict=rename", "second")
        .await
        .expect(200)
        .json();
    assert_ne!(beside["entry"]["path"], "/notes.txt");
    drivein
        .put("/notes.txt", "?on_conflict=overwrite", "instead")
        .await
        .expect(200);
    let entry = drivein.entry("/notes.txt").await;
    assert_eq!(entry["entry"]["size"], 7);
    assert_eq!(
        drivein
            .put("/notes.txt", "?on_conflict=maybe", "x")
            .await
            .expect(400)
            .code(),
        "bad_request"
    );
}

#[tokio::test]
async fn what_the_drive_would_refuse_is_said_before_a_byte_travels() {
    let drivein = Drivein::start().await;
    let sent = || drivein.sandbox.count("superfile2");
    let asked = drivein.put("/film.mp4", "?check=1000", "").await;
    assert_eq!((asked.status, asked.body.len()), (204, 0));
    assert_eq!(
        drivein
            .put(FILM, "?check=1000", "")
            .await
            .expect(409)
            .code(),
        "conflict"
    );
    let empty = drivein.put("/empty.txt", "", "").await.expect(400);
    assert_eq!(empty.code(), "bad_request");
    assert!(
        empty.json()["detail"].as_str().unwrap().contains("empty"),
        "{}",
        empty.text()
    );
    let huge = drivein.put("/huge.bin", "?check=999999999999999", "").await;
    assert!(
        ["no_space", "plan_required"].contains(&huge.code().as_str()),
        "{}",
        huge.describe()
    );
    assert_eq!(
        drivein
            .put("/bad\u{7}name", "", "x")
            .await
            .expect(404)
            .code(),
        "not_found"
    );
    assert_eq!(
        drivein.put("/", "", "x").await.expect(400).code(),
        "bad_request"
    );
    assert_eq!(sent(), 0, "nothing has travelled");
}

#[tokio::test]
async fn how_far_an_upload_is_can_be_asked_from_its_check_until_after_its_end() {
    let drivein = Drivein::start().await;
    let watched = "api/v1/uploads/a-name-of-mine";
    let far = async |received: u64, sent: u64| {
        let state = drivein.get(&format!("/{watched}")).await.expect(200).json();
        assert_eq!(
            state,
            json!({"received": received, "sent": sent, "size": 300_000})
        );
    };
    drivein.get(&format!("/{watched}")).await.expect(404);
    let check = "?check=300000&id=a-name-of-mine";
    drivein.put("/film.mp4", check, "").await.expect(204);
    far(0, 0).await;
    let content = file_content(300_000);
    drivein
        .put("/film.mp4", "?id=a-name-of-mine", content)
        .await
        .expect(200);
    far(300_000, 300_000).await;
    // A name that is too short to be unique is not cached.
    drivein
        .put("/b.mp4", "?check=1&id=short", "")
        .await
        .expect(204);
    drivein.get("/api/v1/uploads/short").await.expect(404);
}

#[tokio::test]
async fn a_body_may_be_larger_than_a_form_and_a_form_may_not() {
    let drivein = Drivein::start().await;
    drivein
        .put("/large.bin", "", file_content(5 << 20))
        .await
        .expect(200);
    let reply = drivein
        .ask(Method::POST, "/api/v1/drives/films/shares")
        .header("content-type", "application/json")
        .body(vec![b' '; 1 << 20])
        .send()
        .await;
    assert!((400..500).contains(&reply.status), "{}", reply.describe());
}

#[tokio::test]
async fn a_folder_is_made_once_and_things_move_into_it() {
    let drivein = Drivein::start().await;
    let folder = json!({"place": DRIVE, "path": "/Best of 2026"});
    let made = ok(&drivein.post("folders", folder.clone()).await);
    assert_eq!(
        (&made["path"], &made["entry"]["kind"]),
        (&json!("/Best of 2026"), &json!("folder"))
    );
    assert_eq!(failed(&drivein.post("folders", folder).await), "conflict");

    drivein.put("/a.txt", "", "a").await.expect(200);
    drivein.put("/b.txt", "", "b").await.expect(200);
    let to = json!({"place": DRIVE, "path": "/Best of 2026"});
    let body = json!({"place": DRIVE, "paths": ["/a.txt", "/no such.txt"], "to": to});
    let moved = results(&drivein.post("files/move", body).await);
    assert_eq!(
        (&moved[0]["path"], &moved[0]["ok"]),
        (&json!("/a.txt"), &json!(true)),
        "{moved:?}"
    );
    assert_eq!(moved[1]["problem"]["code"], "not_found", "{moved:?}");
    let body = json!({"place": DRIVE, "paths": ["/b.txt"], "to": to});
    ok(&drivein.post("files/copy", body.clone()).await);
    assert_eq!(failed(&drivein.post("files/copy", body).await), "conflict");

    let mut inside = drivein.names("/Best of 2026").await;
    inside.sort();
    assert_eq!(inside, ["a.txt", "b.txt"]);
    let names = drivein.names("/").await;
    assert!(!names.contains(&"a.txt".to_owned()) && names.contains(&"b.txt".to_owned()));

    let into_itself = json!({"place": DRIVE, "paths": ["/Best of 2026"], "to": {"place": DRIVE, "path": "/Best of 2026"}});
    assert_eq!(
        drivein.post("files/move", into_itself).await.code(),
        "bad_request"
    );
    let elsewhere =
        json!({"place": DRIVE, "paths": ["/b.txt"], "to": {"place": "other", "path": "/"}});
    assert_eq!(
        drivein.post("files/move", elsewhere).await.code(),
        "not_found"
    );
}

#[tokio::test]
async fn a_name_is_changed_and_what_was_watched_follows() {
    let drivein = Drivein::start().await;
    let note = json!({"position_s": 30, "duration_s": 66});
    let at = format!("history/{DRIVE}{}", encoded(FILM));
    drivein.call(Method::PUT, &at, note).await.expect(204);
    let rename = |path: &str, name: &str| json!({"place": DRIVE, "path": path, "name": name});
    let renamed = ok(&drivein
        .post("files/rename", rename(FILM, "Ebb & Flow.mp4"))
        .await);
    assert_eq!(renamed["entry"]["path"], "/Ebb & Flow.mp4");
    assert_eq!(
        drivein
            .get(&format!("/api/v1/entries/{DRIVE}{}", encoded(FILM)))
            .await
            .status,
        404
    );
    assert_eq!(
        drivein.api("history").await["entries"][0]["path"],
        "/Ebb & Flow.mp4"
    );

    let taken = rename("/Ebb & Flow.mp4", "Three Moons.mp4");
    assert_eq!(
        failed(&drivein.post("files/rename", taken).await),
        "conflict"
    );
    assert_eq!(
        failed(
            &drivein
                .post("files/rename", rename("/none.mp4", "x.mp4"))
                .await
        ),
        "not_found"
    );
    for bad in ["", "  ", "a/b", "..", "x\ny"] {
        let reply = drivein
            .post("files/rename", rename("/Ebb & Flow.mp4", bad))
            .await;
        assert_eq!(
            reply.code(),
            "refused_name",
            "{bad:?}: {}",
            reply.describe()
        );
    }
}

#[tokio::test]
async fn what_is_deleted_is_gone_from_every_list() {
    let drivein = Drivein::start().await;
    drivein.put("/old.txt", "", "old").await.expect(200);
    assert!(drivein.names("/").await.contains(&"old.txt".to_owned()));
    let body = json!({"place": DRIVE, "paths": ["/old.txt"]});
    let gone = ok(&drivein.post("files/delete", body).await);
    assert_eq!(gone.get("entry"), None);
    assert!(!drivein.names("/").await.contains(&"old.txt".to_owned()));
    for body in [
        json!({"place": DRIVE, "paths": []}),
        json!({"place": DRIVE, "paths": ["/"]}),
        json!({"place": DRIVE, "paths": ["/../x"]}),
        json!({"place": DRIVE}),
        json!([]),
    ] {
        let reply = drivein.post("files/delete", body.clone()).await.expect(400);
        assert_eq!(reply.code(), "bad_request", "{body}");
    }
    let nowhere = json!({"place": "nowhere", "paths": ["/x"]});
    assert_eq!(
        drivein
            .post("files/delete", nowhere)
            .await
            .expect(404)
            .code(),
        "not_found"
    );
}

#[tokio::test]
async fn a_drive_that_is_signed_out_says_so_once_in_reply_and_log() {
    let drivein = Drivein::setup().signed_out().start().await;
    let body = json!({"place": DRIVE, "paths": ["/a"]});
    let reply = drivein.post("files/delete", body).await.expect(403);
    assert_eq!(reply.code(), "signed_out");
    assert!(reply.json()["detail"].as_str().unwrap().contains("Sign in"));
}

#[tokio::test]
async fn programs_are_told_of_every_call() {
    let drivein = Drivein::start().await;
    let document = drivein.api("openapi.json").await;
    for (path, call) in document["paths"].as_object().unwrap() {
        let here = path
            .replace("{place}/{path}", "films/none")
            .replace("{drive}", "none")
            .replace("{id}", "none");
        for method in call.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let asked = drivein.ask(method.clone(), &here).json(&json!({}));
            if here.ends_with("/events") {
                // Its reply does not end.
                assert!(asked.open().await.status().is_success(), "{here}");
                continue;
            }
            let reply = asked.send().await;
            assert_ne!(reply.status, 405, "{method} {here}");
            assert!(
                !reply.text().contains("There is no such call"),
                "{method} {here}"
            );
        }
    }
}
