//! Usage reports of the service, in the API and on the pages; free trials of links; a new key.

use super::service::{FOLDER, KEY, LINK, Service};
use super::*;

#[tokio::test]
async fn every_report_is_passed_on_without_keys_and_addresses() {
    let (_service, drivein) = service_and_program().await;
    let known = drivein.api(&format!("drives/{NAME}/reports")).await;
    let ids: Vec<&str> = known["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|report| report["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "account",
            "dashboard",
            "usage",
            "requests",
            "activity",
            "plans"
        ]
    );
    for id in ids {
        let report = drivein.api(&format!("drives/{NAME}/reports/{id}")).await;
        assert!(!report["data"].is_null(), "{report}");
        let page = drivein
            .fetch(&format!("/account/{NAME}/reports/{id}"), 200)
            .await;
        assert!(page.text().contains(report["title"].as_str().unwrap()));
    }
    let asked = |report: &Value| report["data"]["asked"].as_str().unwrap().to_owned();
    let usage = drivein
        .api(&format!("drives/{NAME}/reports/usage?days=7&nonsense=1"))
        .await;
    assert_eq!(asked(&usage), "days=7");
    let page = drivein
        .fetch(&format!("/account/{NAME}/reports/usage?days=7"), 200)
        .await;
    assert!(page.text().contains("2026-01-02"), "{}", page.text());
    let history = drivein
        .api(&format!("drives/{NAME}/reports/requests?page=2&status=200"))
        .await;
    assert_eq!(asked(&history), "page=2&status=200");
    assert_eq!(
        history["data"]["items"][0]["url"], LINK,
        "links of shares may be seen"
    );
    let none = drivein
        .get(&format!("/api/v1/drives/{NAME}/reports/none"))
        .await;
    assert_eq!(none.status, 404);

    let table = drivein
        .fetch(&format!("/api/v1/drives/{NAME}/requests.csv"), 200)
        .await;
    assert!(table.header("content-type").starts_with("text/csv"));
    assert!(
        table
            .header("content-disposition")
            .starts_with("attachment")
    );
    assert!(
        table
            .text()
            .starts_with(&format!("url,answer,key\r\n{LINK},(an address),"))
    );
}

#[tokio::test]
async fn drives_that_count_nothing_say_so() {
    let drivein = Drivein::start().await;
    let reply = drivein
        .get(&format!("/api/v1/drives/{DRIVE}/reports"))
        .await;
    assert_eq!((reply.status, reply.code().as_str()), (422, "unsupported"));
    let page = drivein.get(&format!("/account/{DRIVE}")).await.expect(200);
    assert!(!page.text().contains("Regenerate API key"));
}

#[tokio::test]
async fn a_link_is_tried_without_spending_a_request() {
    let (service, drivein) = service_and_program().await;
    let call = format!("drives/{NAME}/trial");
    let tried = drivein
        .post(&call, json!({ "url": FOLDER }))
        .await
        .expect(200)
        .json();
    let files = tried["files"].as_array().unwrap();
    assert_eq!(files.len(), 30);
    assert_eq!(files[0]["streams"], true);
    let form = drivein
        .ask(Method::POST, &format!("/account/{NAME}/trial"))
        .form(&[("link", LINK)]);
    let page = form.expect(200).await;
    assert!(unescaped(&page.text()).contains("Harbour & Light #1.mp4"));
    assert_eq!((service.calls("/v1/api"), service.standing().used), (0, 0));
    // A text without a link does not cost one of three trials a day.
    let before = service.calls("/api/test");
    let words = drivein.post(&call, json!({ "url": "just words" })).await;
    assert_eq!(words.code(), "not_a_share_link");
    assert_eq!(service.calls("/api/test"), before);
}

#[tokio::test]
async fn another_key_is_stored_before_it_is_used_and_outlasts_a_restart() {
    let (service, drivein) = service_and_program().await;
    let page = drivein.text(&format!("/account/{NAME}")).await;
    assert!(page.contains(&format!("/account/{NAME}/key")));
    let reply = drivein.post(&format!("drives/{NAME}/key"), json!({})).await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    assert_ne!(service.standing().key, KEY);
    open(&drivein, LINK).await;
    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(service.secrets());
    open(&drivein, FOLDER).await;

    // A form does the same, and redirects back.
    let key = service.standing().key.clone();
    service.standing().ahead_s = 5;
    let form = drivein
        .ask(Method::POST, &format!("/account/{NAME}/key"))
        .send()
        .await;
    assert_eq!(form.status, 303);
    assert_ne!(service.standing().key, key);
    assert_eq!(drivein.api("drives").await["drives"][0]["state"], "ready");
}

#[tokio::test]
async fn a_service_is_connected_from_the_page() {
    let service = Service::start().await;
    let mut drivein = Drivein::setup().no_drive().start().await;
    drivein.keep_secret(service.secrets());
    let page = drivein.text("/connect?kind=teraboxdl").await;
    assert!(page.contains("API secret"));
    let url = service.url();
    let typed = |secret: &'static str| {
        let fields = [
            ("kind", "teraboxdl"),
            ("name", NAME),
            ("base_url", url.as_str()),
            ("api_key", secret),
            ("api_secret", super::service::SECRET),
        ];
        drivein
            .told()
            .ask(Method::POST, "/connect")
            .form(&fields)
            .send()
    };
    let refused = typed("not-the-key").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("API key"), "{}", refused.text());
    let connected = typed(KEY).await;
    assert_eq!(connected.status, 303, "{}", connected.text());
    assert_eq!(connected.header("location"), format!("/account/{NAME}"));
    open(&drivein, LINK).await;
}
