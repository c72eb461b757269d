//! Sign-ins with a captcha.

use serde_json::json;

use super::super::server::{CAPTCHA, EMAIL, OTP, PASSWORD};
use super::super::*;
use super::{PASSWORD_CALL, REFRESH_CALL, answer, keys_of_the_form};

#[tokio::test]
async fn a_captcha_is_explained_and_a_refresh_token_is_the_way_around_the_door() {
    let site = stocked().await;
    site.with_captcha();
    let drivein = server(&site).await;
    for _ in 0..2 {
        let told = drive(&drivein).await;
        assert_eq!(told["problem"]["code"], "verification_required", "{told}");
        let detail = told["problem"]["detail"].as_str().unwrap();
        assert!(
            detail.contains("captcha") && detail.contains("refresh_token"),
            "{detail}"
        );
    }
    assert_eq!(site.count(PASSWORD_CALL), 1);

    let token = site.refresh_token();
    let section = site.section_with(NAS, &format!("refresh_token = {token:?}\n"));
    let drivein = server_with(&site, &section).await;
    assert_eq!(drive(&drivein).await["state"], "ready");
    assert_eq!(
        (site.count(PASSWORD_CALL), site.count(REFRESH_CALL)),
        (1, 1)
    );
}

#[tokio::test]
async fn the_picture_of_a_captcha_is_a_field_of_the_form() {
    let site = stocked().await;
    site.with_captcha();
    site.with_second_factor();
    let drivein = server_with(&site, &site.section_with(NAS, "")).await;
    let password = json!({"email": EMAIL, "password": PASSWORD});
    let told = answer(&drivein, password).await.expect(200).json();
    assert_eq!(told["state"], "pending", "{told}");
    let form = drivein.api(&format!("drives/{NAS}/sign-in/form")).await;
    let field = &form["fields"][0];
    assert_eq!(
        (&field["key"], &field["kind"]),
        (&json!("captcha"), &json!("captcha"))
    );
    let picture = field["picture"].as_str().unwrap();
    assert!(picture.starts_with("data:image/png;base64,"), "{picture}");
    let page = drivein.get(&format!("/account/{NAS}")).await.expect(200);
    assert!(page.text().contains(picture), "{}", page.text());

    let wrong = answer(&drivein, json!({"captcha": "nope"})).await;
    assert_eq!(wrong.code(), "bad_request", "{}", wrong.text());
    assert!(wrong.text().contains("another one"), "{}", wrong.text());
    let told = answer(&drivein, json!({"captcha": CAPTCHA}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        told["state"], "pending",
        "the second factor comes next: {told}"
    );
    assert_eq!(keys_of_the_form(&drivein).await, ["code"]);
    let told = answer(&drivein, json!({"code": OTP}))
        .await
        .expect(200)
        .json();
    assert_eq!(told["state"], "done", "{told}");
    assert_eq!(drive(&drivein).await["state"], "ready");
}

#[tokio::test]
async fn a_captcha_that_only_the_site_can_show_is_said_with_the_way_out() {
    let site = stocked().await;
    site.with_captcha_of_a_script();
    let drivein = server_with(&site, &site.section_with(NAS, "")).await;
    let password = json!({"email": EMAIL, "password": PASSWORD});
    let refused = answer(&drivein, password).await;
    assert_eq!(refused.code(), "verification_required");
    let text = refused.text();
    assert!(
        text.contains("own page alone") && text.contains("refresh_token"),
        "{text}"
    );
}
