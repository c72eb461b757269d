//! The service's refusals, reported with the next step for the owner.

use super::service::{FILM, LINK, Service};
use super::*;

/// Returns status, code and sentence of a link that is not opened.
async fn refusal(drivein: &Drivein, link: &str) -> (u16, String, String) {
    let reply = ask_to_open(drivein, link).await;
    let detail = reply.json()["detail"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (reply.status, reply.code(), detail)
}

#[tokio::test]
async fn a_wrong_secret_and_a_dead_key_are_told_apart() {
    let service = Service::start().await;
    service.standing().secret = "another".to_owned();
    let drivein = program(&service).await;
    let (_, code, detail) = refusal(&drivein, LINK).await;
    assert_eq!(code, "signed_out");
    assert!(detail.contains("api_secret"), "{detail}");
    // The account itself can be requested: that requires the key alone.
    let drives = drivein.api("drives").await;
    assert_eq!(drives["drives"][0]["state"], "ready");

    service.standing().is_active = false;
    let (_, code, detail) = refusal(&drivein, LINK).await;
    assert_eq!(code, "signed_out");
    assert!(detail.contains("not active"), "{detail}");
}

#[tokio::test]
async fn a_clock_that_is_off_is_noticed_made_up_for_and_told() {
    for ahead_s in [1200, -86_400] {
        let service = Service::start().await;
        service.standing().ahead_s = ahead_s;
        let drivein = program(&service).await;
        open(&drivein, LINK).await;
        assert_eq!(
            service.calls("/v1/api"),
            2,
            "signed once more by the service’s clock"
        );
        let page = drivein.get(&format!("/account/{NAME}")).await.expect(200);
        let way = if ahead_s > 0 {
            "min behind the service’s"
        } else {
            "min ahead of the service’s"
        };
        assert!(unescaped(&page.text()).contains(way), "{}", page.text());
    }
    // With a wrong secret besides, both are named.
    let service = Service::start().await;
    service.standing().ahead_s = 1200;
    service.standing().secret = "another".to_owned();
    let drivein = program(&service).await;
    let (_, _, detail) = refusal(&drivein, LINK).await;
    assert!(
        detail.contains("clock") && detail.contains("api_secret"),
        "{detail}"
    );
}

#[tokio::test]
async fn an_allowance_that_is_used_up_is_not_asked_for_again() {
    let service = Service::start().await;
    service.standing().limit = 2;
    service.standing().used = 1;
    let drivein = program(&service).await;
    let place = open(&drivein, LINK).await;
    let page = drivein.text(&format!("/account/{NAME}")).await;
    assert!(page.contains("2 of 2"), "{page}");
    let calls = service.calls("/v1/api");
    for link in [
        super::service::FOLDER,
        "https://terabox.com/s/1DlAnotherOne0000000",
    ] {
        let reply = ask_to_open(&drivein, link).await;
        assert_eq!((reply.status, reply.code().as_str()), (429, "rate_limited"));
        assert!(!reply.header("retry-after").is_empty());
        assert!(reply.text().contains("allowance"), "{}", reply.text());
    }
    assert_eq!(
        service.calls("/v1/api"),
        calls,
        "nothing was asked for in vain"
    );
    // Open streams continue.
    let play = play(&drivein, &place, FILM).await;
    let whole = drivein.get(&play).await.expect(200);
    assert!(whole.body == service.original());
}

#[tokio::test]
async fn a_refusal_by_number_is_explained_by_what_the_account_says() {
    // The allowance was unknown when the service answered 429.
    let service = Service::start().await;
    service.standing().limit = 5;
    service.standing().used = 5;
    let drivein = program(&service).await;
    let (status, _, detail) = refusal(&drivein, LINK).await;
    assert!(status == 429 && detail.contains("allowance"), "{detail}");

    // Too fast is another case: no request is made before the service's pause is over.
    let service = Service::start().await;
    service.standing().next_statuses = vec![429];
    let drivein = program(&service).await;
    let reply = ask_to_open(&drivein, LINK).await;
    assert_eq!((reply.status, reply.code().as_str()), (429, "rate_limited"));
    assert!(reply.text().contains("slow down"), "{}", reply.text());
    let calls = service.calls("/v1/api");
    let again = ask_to_open(&drivein, LINK).await;
    assert_eq!((again.status, again.code().as_str()), (429, "rate_limited"));
    assert!(again.text().contains("slow down"), "{}", again.text());
    assert_eq!(service.calls("/v1/api"), calls);
}

#[tokio::test]
async fn a_bad_link_a_failure_and_a_failure_that_passes() {
    let (service, drivein) = service_and_program().await;
    let (status, code, detail) =
        refusal(&drivein, "https://terabox.com/s/1NobodyKnowsThis00000").await;
    assert_eq!((status, code.as_str()), (400, "not_a_share_link"));
    assert!(detail.contains("does not take this link"), "{detail}");

    service.standing().next_statuses = vec![500, 500];
    let (status, code, _) = refusal(&drivein, LINK).await;
    assert_eq!((status, code.as_str()), (502, "upstream_failed"));
    // One 500 is retried once, as the document says.
    service.standing().next_statuses = vec![500];
    open(&drivein, LINK).await;
}

#[tokio::test]
async fn check_says_how_the_service_is() {
    let service = Service::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("drivein.toml");
    let text = format!(
        "data_dir = {:?}\n[network]\nallow_hosts = [\"127.0.0.1\"]\n{}",
        folder.path().join("data"),
        service.section(NAME)
    );
    std::fs::write(&file, text).unwrap();
    let check = async || {
        let file = file.to_str().unwrap();
        let output = own_binary()
            .args(["check", "--config", file])
            .output()
            .await;
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.success(), said)
    };
    let (is_well, said) = check().await;
    assert!(is_well, "{said}");
    for word in [
        "(teraboxdl): ready",
        "harbour-master (Starter)",
        "requests today: 0 of 1000",
        "can: open_shares",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    service.standing().is_active = false;
    let (is_well, said) = check().await;
    assert!(!is_well && said.contains("API key"), "{said}");
    for secret in service.secrets() {
        assert!(!said.contains(&secret), "{said}");
    }
}
