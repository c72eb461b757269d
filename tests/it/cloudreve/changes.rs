//! Changes by the owner: batches with partial failures.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::*;

/// Time in which the site's events are followed.
const PATIENCE: Duration = Duration::from_secs(30);

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
    let moved = drivein.post("files/move", body).await.expect(200).json();
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
        let copied = drivein.post("files/copy", body).await;
        let copied = copied.expect(200).json();
        let results = copied["results"].as_array().unwrap().iter();
        let told: Vec<&Value> = results.map(|result| &result["problem"]["code"]).collect();
        assert_eq!(json!(told), codes, "{copied}");
    }
    let twins = json!({"place": NAS, "paths": ["/Other/E.mp4", "/Third/E.mp4"], "to": {"place": NAS, "path": "/"}});
    let copied = drivein.post("files/copy", twins).await;
    let copied = copied.expect(200).json();
    let told: Vec<&Value> = copied["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["ok"])
        .collect();
    assert_eq!(told, [&json!(true), &json!(false)], "{copied}");
    let body = json!({"place": NAS, "paths": ["/To", "/nothing"]});
    let deleted = drivein.post("files/delete", body).await.expect(200).json();
    assert_eq!(deleted["results"][0]["ok"], true);
    assert_eq!(deleted["results"][1]["problem"]["code"], "not_found");
    let body = json!({"place": NAS, "path": FILM, "name": "What?.mp4"});
    let renamed = drivein.post("files/rename", body).await.expect(200).json();
    assert_eq!(
        renamed["results"][0]["problem"]["code"], "refused_name",
        "{renamed}"
    );
}

#[tokio::test]
async fn changes_made_elsewhere_are_seen_by_the_events_of_the_site() {
    let (site, drivein) = stocked_and_served().await;
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
    eventually("a stream of events", PATIENCE, async || {
        (site.listeners() == 1).then_some(())
    })
    .await;
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
        let seen = async || (names("/A b").await.len() == count).then_some(());
        eventually("the folder shows the change", Duration::from_secs(10), seen).await;
    };
    sees(2).await;

    // A stream that was cut is resumed.
    site.cut_events();
    eventually("the stream is resumed", PATIENCE, async || {
        (site.listeners() == 1).then_some(())
    })
    .await;
    site.put("/A b/Three.mp4", "film");
    site.tell_change("rename", "/Elsewhere/Three.mp4", "/A b/Three.mp4");
    sees(3).await;
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

#[tokio::test]
async fn an_older_site_has_no_events_and_its_trash_is_emptied_page_by_page() {
    let site = stocked().await;
    site.has_no_events();
    site.has_old_trash();
    let drivein = server(&site).await;
    drivein.api(&format!("entries/{NAS}")).await;
    let asked = async || (site.count("GET /file/events") == 1).then_some(());
    eventually("events are asked for", PATIENCE, asked).await;
    let body = json!({"place": NAS, "paths": [FILM, "/In pieces"]});
    drivein.post("files/delete", body).await.expect(200);
    assert_eq!(site.trashed().len(), 2);
    let call = format!("drives/{NAS}/trash");
    drivein
        .call(Method::DELETE, &call, json!({}))
        .await
        .expect(204);
    assert!(site.trashed().is_empty());
}

#[tokio::test]
async fn a_download_by_the_site_tells_its_progress_and_its_failure() {
    let (site, drivein) = stocked_and_served().await;
    let call = format!("drives/{NAS}/remote-downloads");
    let body = json!({"url": "https://films.example.org/a.mp4", "to": {"place": NAS, "path": "/"}});
    drivein.post(&call, body.clone()).await.expect(202);
    site.move_tasks_on(43, 100);
    let task = drivein.api(&call).await["tasks"][0].clone();
    assert_eq!(
        (&task["state"], &task["done_bytes"], &task["total_bytes"]),
        (&json!("running"), &json!(43), &json!(100)),
        "{task}"
    );
    for (phase, words) in [
        ("monitor", "could not do it"),
        ("transfer", "could not store it: its name is taken"),
    ] {
        site.fail_tasks_in(phase);
        let task = drivein.api(&call).await["tasks"][0].clone();
        assert_eq!(
            (&task["state"], &task["name"]),
            (&json!("failed"), &json!("a.mp4")),
            "{task}"
        );
        let detail = task["problem"]["detail"].as_str().unwrap();
        assert!(
            detail.contains(words) && !detail.contains("panic"),
            "{detail}"
        );
    }
    site.group_may_do_no_tasks();
    let refused = drivein.post(&call, body).await;
    assert_eq!(refused.code(), "plan_required", "{}", refused.text());
}

#[tokio::test]
async fn a_download_by_the_site_is_a_task_while_it_runs_and_is_cancelled_there() {
    let (site, drivein) = stocked_and_served().await;
    let call = format!("drives/{NAS}/remote-downloads");
    let body = json!({"url": "https://films.example.org/a.mp4", "to": {"place": NAS, "path": "/"}});
    let listed = async |state: &str, done: Value| {
        let tasks = drivein.api("tasks").await;
        let mut tasks = tasks["tasks"].as_array().unwrap().iter();
        let is_it = |task: &&Value| {
            task["kind"] == "remote_download"
                && task["state"] == state
                && task["done_bytes"] == done
        };
        tasks.find(is_it).cloned()
    };
    drivein.post(&call, body).await.expect(202);
    let waits = async || listed("queued", Value::Null).await;
    eventually("the download is a task", PATIENCE, waits).await;
    site.move_tasks_on(43, 100);
    let runs = async || listed("running", json!(43)).await;
    let task = eventually("its progress is seen", PATIENCE, runs).await;
    assert_eq!(task["total_bytes"], 100, "{task}");
    assert_eq!(task["to"], json!({"place": NAS, "path": "/"}));
    let page = drivein.get("/tasks").await.expect(200).text();
    assert!(page.contains("Download of “a.mp4”"), "{page}");
    assert!(page.contains(">43 %</progress>"), "{page}");
    let button = "name=\"do\" value=\"cancel\"";
    assert!(page.contains(button), "{page}");
    let task = format!("tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(drivein.api(&task).await["name"], "a.mp4");
    let act = async |action: &str| {
        let call = format!("{task}/{action}");
        drivein.post(&call, json!({})).await
    };
    act("pause").await.expect(409);
    let cancelled = act("cancel").await.expect(200).json();
    assert_eq!(cancelled["state"], "cancelled", "{cancelled}");
    act("cancel").await.expect(404);
    let own = drivein.api(&call).await["tasks"][0].clone();
    assert_eq!(own["state"], "cancelled", "{own}");
}

#[tokio::test]
async fn an_archive_made_by_the_site_tells_its_progress_and_its_failure() {
    let (site, drivein) = stocked_and_served().await;
    let call = format!("drives/{NAS}/archives");
    let body = json!({"paths": [FILM], "to": "/Packed.zip"});
    let started = drivein.post(&call, body.clone()).await;
    started.expect(202);
    let task = async || drivein.api(&call).await["tasks"][0].clone();
    assert_eq!(task().await["state"], "queued");
    site.move_tasks_on(30, 90);
    let told = task().await;
    assert_eq!(
        (&told["state"], &told["done_bytes"], &told["total_bytes"]),
        (&json!("running"), &json!(30), &json!(90)),
        "{told}"
    );
    let page = drivein.get(&format!("/account/{NAS}/archives")).await;
    assert!(page.expect(200).text().contains("33% of"));
    site.fail_tasks_in("upload_archive");
    let told = task().await;
    let detail = told["problem"]["detail"].as_str().unwrap();
    assert!(detail.contains("could not pack it"), "{detail}");
    site.group_may_do_no_tasks();
    let refused = drivein.post(&call, body).await;
    assert_eq!(refused.code(), "plan_required", "{}", refused.text());
}
