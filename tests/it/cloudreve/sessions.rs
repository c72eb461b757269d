//! Sessions: acquired, refreshed and expired; passwords, second factors, captchas, expired tokens.

mod captcha;

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{CLIENT, CODE, EMAIL, OTP, PASSWORD};
use super::*;

const PASSWORD_CALL: &str = "POST /session/token";
const SECOND_CALL: &str = "POST /session/token/2fa";
const REFRESH_CALL: &str = "POST /session/token/refresh";

async fn answer(drivein: &Drivein, answers: Value) -> Reply {
    let call = format!("drives/{NAS}/sign-in/form");
    let body = json!({"answers": answers});
    drivein.post(&call, body).await
}

async fn keys_of_the_form(drivein: &Drivein) -> Vec<String> {
    let form = drivein.api(&format!("drives/{NAS}/sign-in/form")).await;
    let fields = form["fields"].as_array().unwrap();
    let key = |field: &Value| field["key"].as_str().unwrap().to_owned();
    fields.iter().map(key).collect()
}

#[tokio::test]
async fn a_password_signs_in_once_and_the_session_outlasts_a_restart() {
    let (site, drivein) = stocked_and_served().await;
    let told = drive(&drivein).await;
    assert_eq!(told["state"], "ready", "{told}");
    assert_eq!(told["account"]["name"], "Owner of the site");
    assert_eq!(told["account"]["plan"], "Friends");
    assert_eq!(told["quota"]["total"], 3_702_272_294_912_u64);
    let page = drivein.text(&format!("/account/{NAS}")).await;
    for words in ["1.5 TB", "storage packs", EMAIL, "Session ends"] {
        assert!(page.contains(words), "{words}");
    }
    let avatar = told["account"]["avatar_url"].as_str().unwrap();
    let picture = drivein.get(&drivein.local(avatar)).await.expect(200);
    assert_eq!(&picture.body[..2], [0xff, 0xd8]);

    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(site.secrets());
    assert_eq!(drive(&drivein).await["state"], "ready");
    assert_eq!(
        (site.count(PASSWORD_CALL), site.count(REFRESH_CALL)),
        (1, 0)
    );
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_its_code_typed_in() {
    let site = stocked().await;
    site.with_second_factor();
    let drivein = server(&site).await;
    let told = drive(&drivein).await;
    assert_eq!(told["state"], "signed_out");
    assert!(
        told["problem"]["detail"]
            .as_str()
            .unwrap()
            .contains("authenticator app"),
        "{told}"
    );
    // A reload does not sign in again.
    drivein.get(&format!("/browse/{NAS}/")).await;
    assert_eq!(drive(&drivein).await["state"], "signed_out");
    assert_eq!(site.count(PASSWORD_CALL), 1);
    assert_eq!(keys_of_the_form(&drivein).await, ["code"]);
    let page = drivein.text(&format!("/account/{NAS}")).await;
    assert!(page.contains(r#"autocomplete="one-time-code""#) && !page.contains("QR code"));

    let wrong = answer(&drivein, json!({"code": "000000"})).await;
    assert_eq!(wrong.code(), "bad_request", "{}", wrong.text());
    assert!(wrong.text().contains("code is wrong"), "{}", wrong.text());
    assert_eq!(answer(&drivein, json!({})).await.code(), "bad_request");

    // Entered in the format in which the app shows it.
    let form = [("code", "123 456")];
    let done = drivein
        .ask(Method::POST, &format!("/account/{NAS}/sign-in/form"))
        .form(&form)
        .send()
        .await;
    assert_eq!(done.status, 303, "{}", done.describe());
    assert_eq!(drive(&drivein).await["state"], "ready");
    assert_eq!((site.count(PASSWORD_CALL), site.count(SECOND_CALL)), (1, 2));

    // From then on the token is sufficient.
    site.expire_access();
    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(site.secrets());
    assert_eq!(drive(&drivein).await["state"], "ready");
    assert_eq!(site.count(PASSWORD_CALL), 1);
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_tried_again() {
    let site = stocked().await;
    let section = site.section_with(NAS, &format!("email = {EMAIL:?}\npassword = \"wrong\"\n"));
    let drivein = server_with(&site, &section).await;
    for _ in 0..3 {
        let told = drive(&drivein).await;
        assert_eq!(told["state"], "signed_out");
        let detail = told["problem"]["detail"].as_str().unwrap();
        assert!(
            detail.contains("does not take this email address"),
            "{detail}"
        );
        let reply = drivein.get(&format!("/api/v1/entries/{NAS}")).await;
        assert_eq!(reply.code(), "signed_out");
    }
    assert_eq!(
        site.count(PASSWORD_CALL),
        1,
        "a site may lock an account for that"
    );

    let wrong = answer(&drivein, json!({"password": "wrong too"})).await;
    assert_eq!(wrong.code(), "bad_request", "{}", wrong.text());
    let done = answer(&drivein, json!({"password": PASSWORD}))
        .await
        .expect(200);
    assert_eq!(done.json()["state"], "done");
    assert_eq!(drive(&drivein).await["state"], "ready");
}

#[tokio::test]
async fn a_token_that_ran_out_is_renewed_before_anybody_is_taken_for_nobody() {
    let site = stocked().await;
    // Due soon: three quarters of its lifetime are over in a second and a half. The site counts whole seconds, so a token of one
    // may have ended when it comes.
    site.access_life_s(2);
    let drivein = server(&site).await;
    let patience = std::time::Duration::from_secs(20);
    eventually("the token was renewed", patience, async || {
        let reply = drivein.get(&format!("/api/v1/entries/{NAS}?limit=7")).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        drivein.fetch(&format!("/browse/{NAS}/?fresh=1"), 200).await;
        let reply = drivein.get("/api/v1/search?q=tidal").await.expect(200);
        assert_eq!(reply.json()["problems"], json!([]));
        (site.count(REFRESH_CALL) >= 1).then_some(())
    })
    .await;
    assert_eq!(site.count(PASSWORD_CALL), 1);
}

#[tokio::test]
async fn a_token_that_the_site_forgot_in_mid_play_is_renewed_unseen() {
    let (site, drivein) = stocked_and_served().await;
    let address = play(&drivein, NAS, FILM).await;
    let bytes = site.bytes(FILM).unwrap();
    let first = drivein.fetch_range(&address, "bytes=0-999").await;
    assert!(first.body == bytes[..1000]);
    site.expire_access();
    site.expire_addresses();
    let rest = drivein.fetch_range(&address, "bytes=1000-").await;
    assert!(
        rest.is_whole && rest.body == bytes[1000..],
        "{}",
        rest.describe()
    );
    assert_eq!(
        (site.count(PASSWORD_CALL), site.count(REFRESH_CALL)),
        (1, 1)
    );
}

#[tokio::test]
async fn a_session_that_died_is_won_anew_with_the_password_or_told() {
    let (site, drivein) = stocked_and_served().await;
    assert_eq!(drive(&drivein).await["state"], "ready");
    site.expire_access();
    site.expire_refresh();
    let listed = drivein.api(&format!("entries/{NAS}")).await;
    assert_eq!(listed["children"].as_array().unwrap().len(), 2);
    assert_eq!(site.count(PASSWORD_CALL), 2);

    site.change_password("another one");
    let reply = drivein
        .get(&format!("/api/v1/search?q=x&place={NAS}"))
        .await;
    let told = drive(&drivein).await;
    assert_eq!(told["state"], "signed_out", "{} {told}", reply.text());
    let tried = site.count(PASSWORD_CALL);
    drivein.get(&format!("/browse/{NAS}/?fresh=1")).await;
    assert_eq!(site.count(PASSWORD_CALL), tried);
    answer(&drivein, json!({"password": "another one"}))
        .await
        .expect(200);
    assert_eq!(drive(&drivein).await["state"], "ready");
}

#[tokio::test]
async fn signed_out_stays_signed_out_until_somebody_signs_in() {
    let (site, drivein) = stocked_and_served().await;
    assert_eq!(drive(&drivein).await["state"], "ready");
    let out = format!("drives/{NAS}/sign-out");
    drivein.post(&out, json!({})).await.expect(204);
    assert_eq!(site.count("DELETE /session/token"), 1);
    assert_eq!(drive(&drivein).await["state"], "signed_out");
    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(site.secrets());
    assert_eq!(drive(&drivein).await["state"], "signed_out");
    assert_eq!(site.count(PASSWORD_CALL), 1);
    // The password is in the settings already.
    assert_eq!(keys_of_the_form(&drivein).await, ["password", "code"]);
    answer(&drivein, json!({})).await.expect(200);
    assert_eq!(drive(&drivein).await["state"], "ready");
}

#[tokio::test]
async fn without_a_password_in_the_settings_everything_is_typed_in() {
    let site = stocked().await;
    site.with_second_factor();
    let drivein = server_with(&site, &site.section_with(NAS, "")).await;
    assert_eq!(drive(&drivein).await["state"], "signed_out");
    assert_eq!(site.count(PASSWORD_CALL), 0);
    assert_eq!(
        keys_of_the_form(&drivein).await,
        ["email", "password", "code"]
    );
    let missing = answer(&drivein, json!({"password": PASSWORD})).await;
    assert!(
        missing.text().contains("email address is missing"),
        "{}",
        missing.text()
    );
    let answers = json!({"email": EMAIL, "password": PASSWORD});
    let half = answer(&drivein, answers).await.expect(200);
    assert_eq!(half.json()["state"], "pending");
    assert_eq!(
        answer(&drivein, json!({"code": OTP}))
            .await
            .expect(200)
            .json()["state"],
        "done"
    );
    assert_eq!(drive(&drivein).await["state"], "ready");
}

#[tokio::test]
async fn a_user_who_was_banned_is_told_so() {
    let (site, drivein) = stocked_and_served().await;
    assert_eq!(drive(&drivein).await["state"], "ready");
    site.ban();
    let listed = drivein.get(&format!("/api/v1/entries/{NAS}")).await;
    assert_eq!((listed.status, listed.code().as_str()), (403, "signed_out"));
    assert!(
        listed.text().contains("banned this account"),
        "{}",
        listed.text()
    );
    let drivein = drivein.restarted().await;
    let told = drive(&drivein).await;
    assert_eq!(
        (&told["state"], &told["problem"]["code"]),
        (
            &serde_json::json!("signed_out"),
            &serde_json::json!("signed_out")
        ),
        "{told}"
    );
}

#[tokio::test]
async fn on_the_sites_own_page_one_signs_in_without_a_password_here() {
    let site = stocked().await;
    let (id, secret) = CLIENT;
    let keys = format!("client_id = {id:?}\nclient_secret = {secret:?}\n");
    let section = site.section_with(NAS, &keys);
    let drivein = Drivein::setup().no_drive().drives(&section).start().await;
    let state = async || drivein.api("drives").await["drives"][0]["state"].clone();
    assert_eq!(state().await, "signed_out");
    let account = format!("/account/{NAS}");
    let page = drivein.text(&account).await;
    let begin = format!("{account}/sign-in/site");
    assert!(page.contains(&begin), "{page}");

    let led = drivein.get(&begin).await.expect(303);
    let led = url::Url::parse(led.header("location")).unwrap();
    let asked: std::collections::HashMap<String, String> = led.query_pairs().into_owned().collect();
    let back = format!("{account}/sign-in/callback");
    assert!(
        led.as_str()
            .starts_with(&format!("{}/session/authorize?", site.url()))
    );
    assert_eq!(asked["client_id"], id);
    assert_eq!(asked["redirect_uri"], format!("{}{back}", drivein.url()));
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["code_challenge_method"], "S256");
    let scopes: Vec<&str> = asked["scope"].split(' ').collect();
    assert!(scopes.contains(&"openid") && scopes.contains(&"offline_access"));

    // Neither another state nor a refusal signs in.
    let forged = format!("{back}?code={CODE}&state=another");
    assert_eq!(drivein.get(&forged).await.status, 400);
    assert_eq!(site.count("POST /session/oauth/token"), 0);
    site.agrees(&asked["code_challenge"]);
    let answer = format!("{back}?code={CODE}&state={}", asked["state"]);
    let done = drivein.get(&answer).await.expect(303);
    assert_eq!(done.header("location"), account);
    assert_eq!(state().await, "ready");
    assert_eq!(drivein.get(&answer).await.status, 400, "it is good once");

    // The site names no reason: both are said.
    let led = drivein.get(&begin).await.expect(303);
    let led = url::Url::parse(led.header("location")).unwrap();
    let (_, again) = led.query_pairs().find(|(key, _)| key == "state").unwrap();
    let refused = drivein
        .get(&format!("{back}?code=another&state={again}"))
        .await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.text().contains("client_secret"),
        "{}",
        refused.text()
    );

    // The session is stored, and renewed like any other.
    let drivein = drivein.restarted().await;
    site.expire_access();
    let drives = drivein.api("drives").await;
    assert_eq!(drives["drives"][0]["state"], "ready", "{drives}");
    assert_eq!(site.count("POST /session/token"), 0, "no password was sent");
}
