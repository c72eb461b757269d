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
