//! Cookies are pasted: for a new drive, after the end of a session, beside an application.

use reqwest::Method;
use serde_json::json;

use super::{drive, stand, started};
use crate::harness::*;
use sandbox::WebSessionFault;

#[tokio::test]
async fn a_session_that_has_ended_is_said_and_another_is_pasted_on_its_page() {
    let drivein = started().await;
    stand(&drivein, WebSessionFault::Ended);
    let told = drive(&drivein).await;
    assert_eq!(told["state"], "signed_out");
    assert!(
        told["problem"]["detail"].as_str().unwrap().contains("ndus"),
        "{told}"
    );
    let page = drivein.text("/account/films").await;
    assert!(page.contains("With your browser’s cookie"), "{page}");

    let paste = async |text: &str| {
        let form = [("code", text)];
        drivein
            .ask(Method::POST, "/account/films/sign-in/code")
            .form(&form)
            .send()
            .await
    };
    let ours = drivein.sandbox.credentials().ndus;
    // Checked immediately: an empty cookie, a malformed one, an expired one, and one that the website rejects.
    let past =
        format!("[{{\"name\":\"ndus\",\"value\":\"{ours}\",\"expirationDate\":1500000000}}]");
    for (text, words) in [
        ("just words", "no cookie called ndus"),
        ("browserid=b1; lang=en", "no cookie called ndus"),
        (past.as_str(), "has ended already"),
        ("ndus=somebody-elses-cookie", "does not take"),
        ("ndus=somebody-elses-cookie", "Copy it again"),
    ] {
        let page = paste(text).await.expect(200).text();
        assert!(
            page.contains(words) || page.contains("has ended"),
            "{text}: {page}"
        );
        assert!(
            !page.contains("somebody-elses"),
            "what was pasted is not shown again"
        );
    }
    stand(&drivein, WebSessionFault::Good);
    let exported = format!(
        "# Netscape HTTP Cookie File\n.example.org\tTRUE\t/\tTRUE\t4000000000\tlang\ten\n\
         127.0.0.1\tFALSE\t/\tTRUE\t4000000000\tndus\t{ours}\n"
    );
    assert_eq!(paste(&exported).await.status, 303);
    let told = drive(&drivein).await;
    assert_eq!(told["state"], "ready");
    assert!(
        told["account"]["session_ends_at"]
            .as_str()
            .unwrap()
            .starts_with("2096-"),
        "{told}"
    );
    let page = drivein.text("/account/films").await;
    assert!(page.contains("2096-10-02"), "its end is shown: {page}");

    let drivein = drivein.restarted().await;
    assert_eq!(drive(&drivein).await["state"], "ready");
    drivein
        .post("drives/films/sign-out", json!({}))
        .await
        .expect(204);
    assert_eq!(drive(&drivein).await["state"], "signed_out");
    let drivein = drivein.restarted().await;
    assert_eq!(
        drive(&drivein).await["state"],
        "signed_out",
        "the configured one stays out"
    );
}

#[tokio::test]
async fn a_drive_is_connected_by_a_cookie_in_any_form() {
    let drivein = Drivein::setup().no_drive().start().await;
    let ours = drivein.sandbox.credentials().ndus;
    let connect = async |name: &str, paste: &str| {
        let fields = [
            ("kind", "terabox-web"),
            ("name", name),
            ("web.base_url", &drivein.sandbox.url()),
            ("web.ndus", paste),
        ];
        drivein
            .told()
            .ask(Method::POST, "/connect")
            .form(&fields)
            .send()
            .await
    };
    let form = drivein.text("/connect?kind=terabox-web").await;
    assert!(form.contains("<textarea id=\"connect-web.ndus\""), "{form}");
    for (paste, words) in [
        ("ndus=somebody-elses-cookie", "The web session"),
        ("lang=en", "no cookie called ndus"),
    ] {
        let refused = connect("films", paste).await.expect(422).text();
        assert!(refused.contains(words), "{paste}: {refused}");
    }
    assert_eq!(drivein.api("drives").await["drives"], json!([]));
    for (name, paste) in [
        ("bare", ours.clone()),
        (
            "header",
            format!("Cookie: lang=en; ndus={ours}; browserid=mine"),
        ),
        (
            "json",
            format!(
                "{{\"cookies\":[{{\"name\":\"ndus\",\"value\":\"{ours}\",\"domain\":\"127.0.0.1\"}}]}}"
            ),
        ),
    ] {
        let connected = connect(name, &paste).await;
        assert_eq!(connected.status, 303, "{name}: {}", connected.text());
    }
    let drivein = drivein.restarted().await;
    let drives = drivein.api("drives").await;
    let ready = drives["drives"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|drive| drive["state"] == "ready");
    assert_eq!(ready.count(), 3, "{drives}");
}

#[tokio::test]
async fn a_cookie_beside_an_application_is_replaced_on_the_same_page() {
    let drivein = Drivein::start().await;
    stand(&drivein, WebSessionFault::Ended);
    let code = |text: String| json!({"code": text});
    let ours = drivein.sandbox.credentials().ndus;
    let call = async |text: String| drivein.post("drives/films/sign-in/code", code(text)).await;
    let refused = call(format!("ndus={ours}")).await;
    assert!(
        refused.status >= 400 && refused.text().contains("cookie"),
        "{}",
        refused.text()
    );
    stand(&drivein, WebSessionFault::Good);
    call(format!("ndus={ours}")).await.expect(200);
    assert_eq!(
        drive(&drivein).await["state"],
        "ready",
        "the application’s session is untouched"
    );
    let page = drivein.get("/account/films").await.text();
    assert!(page.contains("With your browser’s cookie") && page.contains("With a QR code"));
}
