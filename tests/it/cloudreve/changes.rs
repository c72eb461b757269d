//! Changes by the owner: batches with partial failures, and uploads in chunks.

use reqwest::Method;
use serde_json::{Value, json};

use super::*;

async fn put(drivein: &Drivein, path: &str, query: &str, body: Vec<u8>) -> Reply {
    let address = format!("/api/v1/content/{NAS}{}{query}", encoded(path));
    drivein.ask(Method::PUT, &address).body(body).send().await
}

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 % 251) as u8).collect()
}

#[tokio::test]
async fn of_a_batch_each_path_is_told_by_itself() {
    let site = stocked().await;
    for name in ["A & B (1).mp4", "C+D.mp4", "E.mp4"] {
        site.put(&format!("/From/{name}"), "film");
    }
    site.put("/To/C+D.mp4", "there already");
    let drivein = server(&site).await;
    let paths = json!([
        "/From/A & B (1).mp4",
        "/From/C+D.mp4",
        "/From/no such.mp4",
        "/From/E.mp4"
    ]);
    let to = json!({"place": NAS, "path": "/To"});
    let body = json!({"place": NAS, "paths": paths, "to": to});
    let moved = drivein
        .call(Method::POST, "files/move", body)
        .await
        .expect(200)
        .json();
    let results = moved["results"].as_array().unwrap();
    let told: Vec<(&Value, &Value)> = results
        .iter()
        .map(|result| (&result["ok"], &result["problem"]["code"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!(true), &Value::Null),
            (&json!(false), &json!("conflict")),
            (&json!(false), &json!("not_found")),
            (&json!(true), &Value::Null),
        ],
        "{moved}"
    );
    assert_eq!(results[0]["entry"]["path"], "/To/A & B (1).mp4");
    // A taken name alone is a result, too, and so are two sources of one name.
    site.put("/Other/E.mp4", "another film");
    site.put("/Third/E.mp4", "a third film");
    for (paths, codes) in [
        (json!(["/Other/E.mp4"]), json!(["conflict"])),
        (json!(["/Other/E.mp4", FILM]), json!(["conflict", null])),
    ] {
        let body = json!({"place": NAS, "paths": paths, "to": {"place": NAS, "path": "/To"}});
        let copied = drivein.call(Method::POST, "files/copy", body).await;
        let copied = copied.expect(200).json();
        let results = copied["results"].as_array().unwrap().iter();
        let told: Vec<&Value> = results.map(|result| &result["problem"]["code"]).collect();
        assert_eq!(json!(told), codes, "{copied}");
    }
    let twins = json!({"place": NAS, "paths": ["/Other/E.mp4", "/Third/E.mp4"], "to": {"place": NAS, "path": "/"}});
    let copied = drivein.call(Method::POST, "files/copy", twins).await;
    let copied = copied.expect(200).json();
    let told: Vec<&Value> = copied["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["ok"])
        .collect();
    assert_eq!(told, [&json!(true), &json!(false)], "{copied}");
    let body = json!({"place": NAS, "paths": ["/To", "/nothing"]});
    let deleted = drivein
        .call(Method::POST, "files/delete", body)
        .await
        .expect(200)
        .json();
    assert_eq!(deleted["results"][0]["ok"], true);
    assert_eq!(deleted["results"][1]["problem"]["code"], "not_found");
    let body = json!({"place": NAS, "path": FILM, "name": "What?.mp4"});
    let renamed = drivein
        .call(Method::POST, "files/rename", body)
        .await
        .expect(200)
        .json();
    assert_eq!(
        renamed["results"][0]["problem"]["code"], "refused_name",
        "{renamed}"
    );
}

#[tokio::test]
async fn a_file_goes_up_in_chunks_and_a_chunk_that_failed_once_more() {
    let site = stocked().await;
    site.chunks_of(100_000);
    let drivein = server(&site).await;
    let bytes = content(450_001);
    site.refuse_chunk(2);
    put(&drivein, "/Up/new.mp4", "", bytes.clone())
        .await
        .expect(200);
    assert!(site.bytes("/Up/new.mp4").unwrap() == bytes);
    assert_eq!(
        site.count("POST /file/upload"),
        6,
        "five chunks, one of them twice"
    );
    put(&drivein, "/Up/empty.txt", "", Vec::new())
        .await
        .expect(200);
    assert_eq!(site.bytes("/Up/empty.txt").unwrap().len(), 0);

    let taken = put(&drivein, "/Up/new.mp4", "", content(10)).await;
    assert_eq!(taken.code(), "conflict");
    let beside = put(&drivein, "/Up/new.mp4", "?on_conflict=rename", content(10))
        .await
        .expect(200);
    assert_eq!(beside.json()["entry"]["path"], "/Up/new (1).mp4");
    put(
        &drivein,
        "/Up/new.mp4",
        "?on_conflict=overwrite",
        content(20),
    )
    .await
    .expect(200);
    assert_eq!(site.bytes("/Up/new.mp4").unwrap().len(), 20);
    assert_eq!(site.uploads_under_way(), 0);
    let name = put(&drivein, "/Up/a:b.mp4", "", content(10)).await;
    assert_eq!(name.code(), "refused_name");
}

#[tokio::test]
async fn an_upload_that_broke_off_goes_on_with_the_chunks_that_are_missing() {
    let site = stocked().await;
    site.chunks_of(100_000);
    let drivein = server(&site).await;
    let bytes = content(500_000);
    site.refuse_chunk_for_good(3);
    let failed = put(&drivein, "/new.mp4", "", bytes.clone()).await;
    assert_eq!(failed.code(), "upstream_failed", "{}", failed.text());
    assert_eq!(site.uploads_under_way(), 1);
    site.heal();
    let before = site.count("POST /file/upload");
    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(site.secrets());
    put(&drivein, "/new.mp4", "", bytes.clone())
        .await
        .expect(200);
    assert_eq!(
        site.count("POST /file/upload") - before,
        2,
        "the last two of five"
    );
    assert!(site.bytes("/new.mp4").unwrap() == bytes);

    // Other content at the same path ends the session before it.
    site.refuse_chunk_for_good(1);
    put(&drivein, "/other.mp4", "", bytes.clone()).await;
    site.heal();
    put(&drivein, "/other.mp4", "", content(300_000))
        .await
        .expect(200);
    assert_eq!(site.count("DELETE /file/upload"), 1);
    assert_eq!(site.uploads_under_way(), 0);
    assert_eq!(site.bytes("/other.mp4").unwrap().len(), 300_000);
}

/// Waits until a condition holds.
async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    let limit = std::time::Duration::from_secs(30);
    tokio::time::timeout(limit, wait).await.expect(what);
}

#[tokio::test]
async fn changes_made_elsewhere_are_seen_by_the_events_of_the_site() {
    let site = stocked().await;
    let drivein = server(&site).await;
    let names = async |folder: &str| -> Vec<String> {
        let call = format!("entries/{NAS}{}", encoded(folder));
        let listed = drivein.api(&call).await;
        let children = listed["children"].as_array().unwrap().iter();
        children
            .map(|child| child["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        site.listeners(),
        0,
        "nothing is requested before a folder is listed"
    );
    site.put("/A b/One.mp4", "film");
    assert_eq!(names("/A b").await, ["One.mp4"]);
    eventually("no stream of events", || site.listeners() == 1).await;
    let listed = site.count("GET /file");
    assert_eq!(names("/A b").await, ["One.mp4"]);
    assert_eq!(
        site.count("GET /file"),
        listed,
        "a folder that is not reported is not listed again"
    );

    site.put("/A b/Two.mp4", "film");
    site.tell_change("create", "/A b/Two.mp4", "");
    let sees = async |count: usize| {
        while names("/A b").await.len() != count {
            tokio::task::yield_now().await;
        }
    };
    let limit = std::time::Duration::from_secs(10);
    tokio::time::timeout(limit, sees(2))
        .await
        .expect("the new file is not seen");

    // A stream that was cut is resumed.
    site.cut_events();
    eventually("the stream is not resumed", || site.listeners() == 1).await;
    site.put("/A b/Three.mp4", "film");
    site.tell_change("rename", "/Elsewhere/Three.mp4", "/A b/Three.mp4");
    tokio::time::timeout(limit, sees(3))
        .await
        .expect("the moved file is not seen");
}

#[tokio::test]
async fn a_picture_that_the_site_cannot_make_is_none() {
    let site = stocked().await;
    site.makes_no_pictures();
    let drivein = server(&site).await;
    let address = play(&drivein, NAS, FILM).await;
    let told = entry(&drivein, NAS, FILM).await;
    assert!(told["thumbnail"].is_string(), "{told}");
    for _ in 0..2 {
        let picture = drivein.get(&format!("{address}/poster.jpg")).await;
        assert_eq!(
            (picture.status, picture.code().as_str()),
            (404, "not_found")
        );
    }
    assert_eq!(site.count("GET /file/thumb"), 1, "it is asked for once");
}
