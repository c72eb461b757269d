//! Playback is resumed on another day and on another device.

use reqwest::Method;
use serde_json::json;

use crate::harness::*;

async fn note(drivein: &Drivein, path: &str, position_s: f64, duration_s: f64) -> Reply {
    let call = format!("history/{DRIVE}{}", encoded(path));
    let body = json!({"position_s": position_s, "duration_s": duration_s});
    drivein.call(Method::PUT, &call, body).await
}

#[tokio::test]
async fn a_film_goes_on_where_it_was_left_after_a_restart_too() {
    let drivein = Drivein::start().await;
    assert_eq!(drivein.api("history").await["entries"], json!([]));
    note(&drivein, "/Three Moons.mp4", 20.0, 60.0)
        .await
        .expect(204);
    note(&drivein, FILM, 12.0, 66.0).await.expect(204);
    note(&drivein, FILM, 33.0, 66.0).await.expect(204);
    let drivein = drivein.restarted().await;
    let history = drivein.api("history").await;
    let entries = history["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(
        (&entries[0]["place"], &entries[0]["path"]),
        (&json!(DRIVE), &json!(FILM))
    );
    assert_eq!(
        (&entries[0]["position_s"], &entries[0]["duration_s"]),
        (&json!(33.0), &json!(66.0))
    );
    assert_eq!(entries[0]["entry"]["kind"], "video");

    let home = drivein.get("/").await.text();
    let shelf = home
        .rsplit("Continue watching")
        .next()
        .expect("the shelf is there");
    assert!(shelf.find("Tidal Light").unwrap() < shelf.find("Three Moons").unwrap());
    assert!(shelf.contains(r#"value="50""#), "half of it was seen");
    let page = drivein
        .get(&format!("/watch/{DRIVE}{}", encoded(FILM)))
        .await
        .text();
    assert!(
        page.contains(r#""resume_s":33.0"#)
            && page.contains("/api/v1/history/films/Tidal%20Light.mp4")
    );
}

#[tokio::test]
async fn the_beginning_and_the_end_are_no_reason_to_go_on() {
    let drivein = Drivein::start().await;
    note(&drivein, FILM, 4.0, 66.0).await.expect(204);
    note(&drivein, "/Three Moons.mp4", 59.5, 60.0)
        .await
        .expect(204);
    assert!(!drivein.get("/").await.text().contains("Continue watching"));
}

#[tokio::test]
async fn what_makes_no_sense_is_not_noted() {
    let drivein = Drivein::start().await;
    for (position_s, duration_s) in [(-1.0, 60.0), (70.0, 60.0), (1.0, 1e12)] {
        let reply = note(&drivein, FILM, position_s, duration_s)
            .await
            .expect(400);
        assert_eq!(reply.code(), "bad_request");
    }
    let call = format!("history/{DRIVE}{}", encoded(FILM));
    drivein
        .call(Method::PUT, &call, json!({"position_s": "x"}))
        .await
        .expect(400);
    assert_eq!(
        note(&drivein, "/none.mp4", 1.0, 2.0)
            .await
            .expect(404)
            .code(),
        "not_found"
    );
    let folder = format!("history/{DRIVE}/Nature%20%26%20Light");
    drivein
        .call(
            Method::PUT,
            &folder,
            json!({"position_s": 1, "duration_s": 2}),
        )
        .await
        .expect(400);
    assert_eq!(drivein.api("history").await["entries"], json!([]));
}
