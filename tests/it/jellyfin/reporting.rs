//! Positions, marks and favourites: those of an app are those of the pages, both ways.

use super::*;

on_both_states! {
    a_position_is_the_same_in_app_and_browser_to_the_second,
    marks_and_favourites_are_kept,
    a_report_that_lies_changes_nothing,
}

const S: u64 = 10_000_000;

async fn position(drivein: &Drivein) -> Option<f64> {
    let history = owners_api(drivein, Method::GET, "history", None)
        .await
        .expect(200)
        .json();
    let entries = history["entries"].as_array().unwrap();
    let found = entries.iter().find(|entry| entry["path"] == FILM)?;
    found["position_s"].as_f64()
}

async fn a_position_is_the_same_in_app_and_browser_to_the_second() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let film = app.item(DRIVE, "Tidal Light").await;
    let report = async |path: &str, seconds: u64| {
        let body = json!({"ItemId": film, "MediaSourceId": film, "PositionTicks": seconds * S, "PlayMethod": "DirectPlay"});
        app.post(path, body).await.expect(204);
    };
    report("/Sessions/Playing", 0).await;
    let playing = app.json("/Sessions").await;
    assert_eq!(playing[0]["NowPlayingItem"]["Name"], "Tidal Light");
    report("/Sessions/Playing/Progress", 21).await;
    assert_eq!(position(&drivein).await, Some(21.0));
    report("/Sessions/Playing/Stopped", 33).await;
    assert_eq!(position(&drivein).await, Some(33.0));
    assert!(
        app.json("/Sessions").await[0]
            .get("NowPlayingItem")
            .is_none()
    );
    // Opening a film again does not lose its position.
    report("/Sessions/Playing", 0).await;
    assert_eq!(position(&drivein).await, Some(33.0));
    // The browser goes on, and the app resumes there.
    let call = format!("history/{DRIVE}{}", encoded(FILM));
    let body = json!({"position_s": 44.0, "duration_s": 66.0});
    owners_api(&drivein, Method::PUT, &call, Some(body))
        .await
        .expect(204);
    let data = app.json(&format!("/Items/{film}")).await["UserData"].clone();
    assert_eq!(data["PlaybackPositionTicks"], 44 * S);
    let resume = app.items("/UserItems/Resume").await;
    assert_eq!(resume.len(), 1);
    assert_eq!(resume[0]["UserData"]["PlaybackPositionTicks"], 44 * S);
    let old = app
        .items(&format!(
            "/Users/{}/Items/Resume?MediaTypes=Video",
            app.user
        ))
        .await;
    assert_eq!(old[0]["Id"], resume[0]["Id"]);
    // Near the end it was watched.
    report("/Sessions/Playing/Stopped", 65).await;
    let data = app.json(&format!("/UserItems/{film}/UserData")).await;
    assert_eq!(
        (&data["Played"], &data["PlaybackPositionTicks"]),
        (&json!(true), &json!(0))
    );
    assert!(app.items("/UserItems/Resume").await.is_empty());
}

async fn marks_and_favourites_are_kept() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let film = app.item(DRIVE, "Tidal Light").await;
    let played = app
        .post(
            &format!("/UserPlayedItems/{film}?userId={}", app.user),
            json!({}),
        )
        .await;
    assert_eq!(played.expect(200).json()["Played"], true);
    let root = app.view(DRIVE).await;
    let listed = app
        .items(&format!("/Items?ParentId={root}&Filters=IsPlayed"))
        .await;
    assert_eq!(names(&listed), ["Tidal Light"]);
    let unplayed = app
        .ask(
            Method::DELETE,
            &format!("/Users/{}/PlayedItems/{film}", app.user),
        )
        .send()
        .await;
    assert_eq!(unplayed.expect(200).json()["Played"], false);
    let favourite = app
        .post(&format!("/UserFavoriteItems/{film}"), json!({}))
        .await;
    assert_eq!(favourite.expect(200).json()["IsFavorite"], true);
    let favourites = app.items("/Items?Filters=IsFavorite&Recursive=true").await;
    assert_eq!(names(&favourites), ["Tidal Light"]);
    let other = TvApp::sign_in(&drivein, "phone").await;
    assert_eq!(
        other.json(&format!("/Items/{film}")).await["UserData"]["IsFavorite"],
        true
    );
    let gone = app
        .ask(Method::DELETE, &format!("/UserFavoriteItems/{film}"))
        .send()
        .await;
    assert_eq!(gone.expect(200).json()["IsFavorite"], false);
}

async fn a_report_that_lies_changes_nothing() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let film = app.item(DRIVE, "Tidal Light").await;
    let none = "0".repeat(32);
    app.post(
        "/Sessions/Playing/Progress",
        json!({"ItemId": none, "PositionTicks": 5}),
    )
    .await
    .expect(404);
    app.post("/Sessions/Playing/Progress", json!({"ItemId": "x"}))
        .await
        .expect(400);
    app.post("/Sessions/Playing/Progress", json!({}))
        .await
        .expect(400);
    let view = app.view(DRIVE).await;
    app.post(
        "/Sessions/Playing/Progress",
        json!({"ItemId": view, "PositionTicks": 5}),
    )
    .await
    .expect(204);
    assert_eq!(position(&drivein).await, None);
    // Beyond the end is the end, and before the beginning the beginning.
    let far = json!({"ItemId": film, "PositionTicks": i64::MAX});
    app.post("/Sessions/Playing/Progress", far)
        .await
        .expect(204);
    assert!(position(&drivein).await.is_some_and(|at| at < 70.0));
    let before = json!({"ItemId": film, "PositionTicks": -5});
    app.post("/Sessions/Playing/Progress", before)
        .await
        .expect(204);
    assert_eq!(position(&drivein).await, Some(0.0));
}
