//! Open shares over a restart, and after changes by their owner.

use sandbox::{Effect, ShareCondition};

use super::*;

const HARBOUR: &str = "/Locked Harbour.mp4";

#[tokio::test]
async fn shares_are_places_again_after_a_restart_before_anybody_is_asked() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "password").await;
    let drivein = drivein.restarted().await;
    drivein.sandbox.reset_counts();
    let home = unescaped(&drivein.text("/").await);
    assert!(home.contains("Locked Harbour.mp4"));
    assert_eq!(share_calls(&drivein), 0);
    let play = play_of(&drivein, &place, HARBOUR).await;
    drivein.get(&format!("{play}/480p/0.ts")).await.expect(200);
    assert_eq!(drivein.sandbox.count("share_verify"), 0);
}

#[tokio::test]
async fn a_share_that_is_withdrawn_says_so_and_is_not_asked_about_again() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "film").await;
    let play = play_of(&drivein, &place, "/Borrowed Light.mp4").await;
    drivein
        .sandbox
        .set_share_state("film", ShareCondition::Cancelled);
    let gone = drivein.get(&format!("{play}/480p.m3u8")).await;
    assert_eq!((gone.status, gone.code().as_str()), (410, "share_gone"));
    drivein.sandbox.reset_counts();
    assert_eq!(
        drivein.get(&format!("{play}/720p.m3u8")).await.code(),
        "share_gone"
    );
    assert_eq!(drivein.get(&format!("/browse/{place}/x")).await.status, 410);
    let home = drivein.text("/").await;
    assert!(home.contains("has revoked it"));
    assert_eq!(share_calls(&drivein), 0);
    // Its owner may bring it back: pasting the link again requests it.
    drivein
        .sandbox
        .set_share_state("film", ShareCondition::Alive);
    assert_eq!(open(&drivein, "film").await, place);
    drivein.get(&format!("{play}/1080p.m3u8")).await.expect(200);
}

#[tokio::test]
async fn another_password_is_told_and_the_new_one_opens_the_same_place() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "password").await;
    let play = play_of(&drivein, &place, HARBOUR).await;
    drivein.sandbox.set_share_password("password", Some("n3w1"));
    let refused = drivein.get(&format!("{play}/480p.m3u8")).await;
    assert_eq!(refused.code(), "share_password_wrong");
    assert!(
        drivein
            .get("/")
            .await
            .text()
            .contains("Its password was changed")
    );
    let drivein = drivein.restarted().await;
    assert!(
        drivein
            .get("/")
            .await
            .text()
            .contains("Its password was changed")
    );
    let link = share(&drivein, "password");
    ask_to_open(&drivein, &link.url, Some("n3w1"))
        .await
        .expect(200);
    let play = play_of(&drivein, &place, HARBOUR).await;
    drivein.get(&format!("{play}/480p.m3u8")).await.expect(200);
    assert!(
        !drivein
            .get("/")
            .await
            .text()
            .contains("Its password was changed")
    );
}

#[tokio::test]
async fn a_key_that_has_run_out_is_won_again_with_the_password_that_is_known() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "password").await;
    let play = play_of(&drivein, &place, HARBOUR).await;
    drivein.fault_once("share_streaming", Effect::errno(-9));
    drivein.fault_once("shorturlinfo", Effect::errno(-9));
    drivein.sandbox.reset_counts();
    drivein.get(&format!("{play}/480p.m3u8")).await.expect(200);
    assert_eq!(drivein.sandbox.count("share_verify"), 1);
}

#[tokio::test]
async fn a_forgotten_share_is_no_place_any_more() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "film").await;
    let forgotten = drivein
        .ask(Method::POST, "/share/forget")
        .form(&[("place", &place)])
        .send()
        .await;
    assert_eq!(forgotten.status, 303);
    assert_eq!(
        drivein
            .get(&format!("/api/v1/entries/{place}/"))
            .await
            .status,
        404
    );
    let drivein = drivein.restarted().await;
    assert!(!drivein.get("/").await.text().contains("Borrowed Light"));
}
