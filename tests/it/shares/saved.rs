//! Films of a share copied into the account.

use std::time::Duration;

use sandbox::Effect;

use super::*;

async fn save(drivein: &Drivein, body: Value) -> Reply {
    let ask = drivein.ask(Method::POST, "/api/v1/shares/save");
    ask.json(&body).send().await
}

#[tokio::test]
async fn a_saved_film_is_in_the_folder_and_plays_from_there() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "password").await;
    // The cached listing of the folder must not hide new entries.
    drivein.entry("/Series").await;
    let body = json!({"place": place, "paths": ["/Locked Harbour.mp4"], "to": {"place": DRIVE, "path": "/Series"}});
    let results = save(&drivein, body.clone()).await.expect(200).json()["results"].clone();
    assert_eq!(results[0]["ok"], true, "{results}");
    assert_eq!(results[0]["path"], "/Locked Harbour.mp4");
    assert_eq!(results[0]["entry"]["path"], "/Series/Locked Harbour.mp4");
    assert!(names(&drivein.entry("/Series").await).contains(&"Locked Harbour.mp4".to_owned()));
    let play = drivein.play("/Series/Locked Harbour.mp4").await;
    drivein.get(&format!("{play}/480p/0.ts")).await.expect(200);

    let again = save(&drivein, body.clone()).await.expect(200).json()["results"].clone();
    assert_eq!(
        (&again[0]["ok"], &again[0]["problem"]["code"]),
        (&json!(false), &json!("conflict"))
    );
    let mut renamed = body;
    renamed["on_conflict"] = json!("rename");
    let third = save(&drivein, renamed).await.expect(200).json()["results"].clone();
    assert_eq!(third[0]["entry"]["path"], "/Series/Locked Harbour(1).mp4");
}

#[tokio::test]
async fn many_are_copied_in_the_background_and_each_has_its_own_result() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "series").await;
    let season = "/Paper Atlas/Season 1";
    let paths: Vec<String> = (1..=4)
        .map(|n| format!("{season}/Episode {n}.mp4"))
        .collect();
    let target = json!({"place": DRIVE, "path": "/Nature & Light"});
    let first = json!({"place": place, "paths": [paths[1]], "to": target});
    save(&drivein, first).await.expect(200);
    let mut asked = paths.clone();
    asked.push(format!("{season}/No such.mp4"));
    let all = json!({"place": place, "paths": asked, "to": target});
    let results = save(&drivein, all).await.expect(200).json()["results"].clone();
    let ok: Vec<bool> = (0..5)
        .map(|n| results[n]["ok"].as_bool().unwrap())
        .collect();
    assert_eq!(ok, [true, false, true, true, false], "{results}");
    assert_eq!(results[1]["problem"]["code"], "conflict");
    assert_eq!(results[4]["problem"]["code"], "not_found");
    assert!(drivein.sandbox.count("taskquery") >= 2);
    // The progress of a copy that cannot be read once is read again.
    drivein.fault_once("taskquery", Effect::status(500));
    let last = json!({"place": place, "paths": [format!("{season}/Episode 9.mp4")], "to": target});
    let results = save(&drivein, last).await.expect(200).json()["results"].clone();
    assert_eq!(results[0]["ok"], true, "{results}");
    // A whole folder counts as one entry.
    let folder = json!({"place": place, "paths": ["/Paper Atlas/Extras & more"], "to": {"place": DRIVE, "path": "/"}});
    let results = save(&drivein, folder).await.expect(200).json()["results"].clone();
    assert_eq!(
        (&results[0]["ok"], &results[0]["entry"]["kind"]),
        (&json!(true), &json!("folder"))
    );
    assert_eq!(names(&drivein.entry("/Extras & more").await).len(), 3);
}

#[tokio::test]
async fn only_shares_are_saved_and_only_to_drives_that_open_them() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "film").await;
    let to = json!({"place": DRIVE, "path": "/"});
    let from_drive = json!({"place": DRIVE, "paths": ["/Tidal Light.mp4"], "to": to});
    assert_eq!(save(&drivein, from_drive).await.code(), "unsupported");
    let to_share = json!({"place": place, "paths": ["/Borrowed Light.mp4"], "to": {"place": place, "path": "/"}});
    assert_eq!(save(&drivein, to_share).await.code(), "unsupported");
    let nowhere = json!({"place": place, "paths": ["/Borrowed Light.mp4"], "to": {"place": "none", "path": "/"}});
    assert_eq!(save(&drivein, nowhere).await.code(), "not_found");
    let nothing = json!({"place": place, "paths": [], "to": to});
    assert_eq!(save(&drivein, nothing).await.code(), "bad_request");
    let replacing = json!({"place": place, "paths": ["/Borrowed Light.mp4"], "to": to, "on_conflict": "overwrite"});
    assert_eq!(save(&drivein, replacing).await.code(), "bad_request");
}

#[tokio::test]
async fn a_save_is_a_task_while_it_runs() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "password").await;
    let fault = drivein.fault("share_transfer", Effect::latency(600_000));
    let to = json!({"place": DRIVE, "path": "/Series"});
    let body = json!({"place": place, "paths": ["/Locked Harbour.mp4"], "to": to});
    let call = drivein.ask(Method::POST, "/api/v1/shares/save").json(&body);
    let saving = tokio::spawn(call.send());
    let listed = async || {
        let tasks = drivein.api("tasks").await;
        let mut tasks = tasks["tasks"].as_array().unwrap().iter();
        tasks.find(|task| task["kind"] == "save").cloned()
    };
    let task = eventually("the save is a task", Duration::from_secs(20), listed).await;
    assert_eq!(
        (&task["state"], &task["to"]),
        (&json!("running"), &to),
        "{task}"
    );
    assert_eq!(task["from"]["paths"], json!(["/Locked Harbour.mp4"]));
    let page = drivein.text("/tasks").await;
    assert!(page.contains("Copy of “Locked Harbour.mp4”"), "{page}");
    saving.abort();
    drivein.sandbox.mend(fault);
    let is_over = async || listed().await.is_none().then_some(());
    eventually("the save is over", Duration::from_secs(20), is_over).await;
}
