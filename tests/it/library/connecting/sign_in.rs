//! The account page: sign-ins by phone, code and login page.

use reqwest::Method;
use serde_json::json;

use super::quick;
use crate::harness::*;

/// Waits for the upstream's interval to pass.
pub(super) async fn until(what: &str, mut ask: impl AsyncFnMut() -> bool) {
    eventually(what, std::time::Duration::from_secs(20), async || {
        ask().await.then_some(())
    })
    .await;
}

pub(super) async fn state(drivein: &Drivein) -> String {
    let drives = drivein.api("drives").await;
    drives["drives"][0]["state"]
        .as_str()
        .unwrap_or("none")
        .to_owned()
}

#[tokio::test]
async fn a_phone_that_agrees_signs_the_drive_in() {
    let drivein = Drivein::setup().sandbox(quick()).signed_out().start().await;
    assert_eq!(state(&drivein).await, "signed_out");
    let begun = drivein
        .post("drives/films/sign-in/device", json!({}))
        .await
        .expect(200)
        .json();
    assert!(begun["qr"].as_str().unwrap().starts_with("data:image/"));
    assert!(begun["interval_s"].as_u64().unwrap() >= 1);
    assert!(
        begun["expires_at"]
            .as_str()
            .unwrap()
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
            > chrono::Utc::now()
    );
    let call = format!(
        "drives/films/sign-in/device/{}",
        begun["id"].as_str().unwrap()
    );
    let asked = drivein.sandbox.count("gettoken");
    for _ in 0..10 {
        assert_eq!(drivein.api(&call).await["state"], "pending");
    }
    assert!(
        drivein.sandbox.count("gettoken") <= asked + 1,
        "asked no faster than the upstream wants"
    );
    drivein.sandbox.approve();
    until("the sign-in is seen", async || {
        drivein.api(&call).await["state"] == "done"
    })
    .await;
    assert_eq!(state(&drivein).await, "ready");
    let drivein = drivein.restarted().await;
    assert_eq!(
        state(&drivein).await,
        "ready",
        "the session outlives a restart"
    );
    let call = format!(
        "drives/films/sign-in/device/{}",
        begun["id"].as_str().unwrap()
    );
    assert_eq!(drivein.api(&call).await["state"], "done");
    let unknown = "/api/v1/drives/films/sign-in/device/nothing";
    assert_eq!(drivein.get(unknown).await.expect(404).code(), "not_found");
}

#[tokio::test]
async fn a_code_of_the_login_page_signs_in_and_a_wrong_one_says_what_to_do() {
    let drivein = Drivein::setup().signed_out().start().await;
    let code = |code: &str| json!({"code": code});
    let wrong = drivein
        .post("drives/films/sign-in/code", code("no-such-code"))
        .await;
    assert_eq!(wrong.code(), "bad_request", "{}", wrong.describe());
    assert!(
        wrong.json()["detail"]
            .as_str()
            .unwrap()
            .contains("login page"),
        "{}",
        wrong.text()
    );
    let good = drivein.sandbox.authorization_code();
    let done = drivein
        .post("drives/films/sign-in/code", code(&good))
        .await
        .expect(200);
    assert_eq!(done.json()["state"], "done");
    assert_eq!(state(&drivein).await, "ready");
    drivein
        .post("drives/films/sign-out", json!({}))
        .await
        .expect(204);
    assert_eq!(state(&drivein).await, "signed_out");
    let drivein = drivein.restarted().await;
    assert_eq!(state(&drivein).await, "signed_out");
}

#[tokio::test]
async fn the_login_page_is_framed_on_its_own_page_alone() {
    let drivein = Drivein::setup().signed_out().start().await;
    let plain = drivein.get("/account/films").await.expect(200);
    assert!(
        !plain
            .header("content-security-policy")
            .contains("frame-src")
    );
    let framed = drivein
        .told()
        .ask(Method::GET, "/account/films?way=login")
        .expect(200)
        .await;
    let origin = drivein.sandbox.url();
    assert!(
        framed
            .header("content-security-policy")
            .ends_with(&format!("frame-src {origin}"))
    );
    assert!(
        framed
            .text()
            .contains(&format!(r#"data-origin="{origin}""#))
    );
}

#[tokio::test]
async fn the_account_page_tells_who_how_full_and_how_long() {
    let drivein = Drivein::start().await;
    let page = drivein.text("/account/films").await;
    for words in [
        "Plan",
        "Free",
        "Session ends",
        "Sign out of the drive",
        "Your links",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let drives = drivein.api("drives").await;
    let avatar = drives["drives"][0]["account"]["avatar_url"]
        .as_str()
        .unwrap();
    let picture = drivein.get(&drivein.local(avatar)).await.expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
    assert_eq!(&picture.body[..2], [0xff, 0xd8]);
    assert_eq!(drivein.get("/account/none").await.status, 404);
    assert_eq!(drivein.get("/account/~share").await.status, 404);
}
