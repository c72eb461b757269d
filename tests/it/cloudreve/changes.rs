//! Changes by the owner: batches with partial failures.

use reqwest::Method;
use serde_json::{Value, json};

use super::*;

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
