//! The password and its cookie, and tokens for API clients.

use super::*;

on_both_states! {
    without_the_password_pages_lead_to_the_login_and_programs_are_refused,
    without_a_password_who_comes_through_a_proxy_needs_the_code,
    a_bearer_token_opens_the_api,
    the_form_lets_in_and_back_and_the_cookie_survives_a_restart,
    a_wrong_password_says_so_and_leads_nowhere_else,
    a_form_of_another_page_is_refused,
}

async fn without_the_password_pages_lead_to_the_login_and_programs_are_refused() {
    let drivein = locked().await;
    for page in [
        "/",
        "/browse/films",
        "/browse/films/Nature%20%26%20Light",
        "/watch/films/x.mp4",
        "/search?q=a",
        "/status",
    ] {
        let reply = drivein.get(page).await.expect(303);
        let (login, next) = reply.header("location").split_once("?next=").unwrap();
        assert_eq!((login, decoded(next).as_str()), ("/login", page));
    }
    for call in ["drives", "entries/films", "search?q=a"] {
        let reply = drivein.get(&format!("/api/v1/{call}")).await.expect(401);
        assert_eq!(reply.code(), "unauthorized");
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
    }
    assert_eq!(
        drivein.upstream_calls(),
        0,
        "the upstream was not even asked"
    );
    let form = drivein.get("/login").await.expect(200).text();
    assert!(form.contains("name=\"password\""));
    for open in ["/healthz", "/readyz"] {
        drivein.get(open).await.expect(200);
    }
}

#[tokio::test]
async fn without_a_password_no_other_site_reaches_in_by_a_name_of_its_own() {
    let drivein = Drivein::start().await;
    let as_host = |path: &str, host: &str| {
        drivein
            .ask(reqwest::Method::GET, path)
            .header("host", host)
            .send()
    };
    for path in ["/", "/browse/films", "/status", "/api/v1/drives"] {
        for host in ["localhost:7373", "127.0.0.1", "[::1]:7373"] {
            as_host(path, host).await.expect(200);
        }
        let refused = as_host(path, "rebound.example").await.expect(421);
        assert!(refused.text().contains("auth.password"), "{path}");
    }
    let refused = as_host("/api/v1/drives", "rebound.example").await;
    assert_eq!(refused.code(), "bad_request");
    // A proxy that is not configured would make every client a local one.
    let through = drivein.ask(reqwest::Method::GET, "/status");
    let refused = through.header("x-forwarded-for", "203.0.113.9").send();
    let refused = refused.await.expect(421).text();
    assert!(refused.contains("public_url"), "{refused}");
}

async fn without_a_password_who_comes_through_a_proxy_needs_the_code() {
    let drivein = Drivein::setup()
        .public_url("http://films.example/drive-in")
        .start()
        .await;
    let through = |name: &'static str, value: &'static str| {
        drivein
            .ask(reqwest::Method::GET, "/drive-in/")
            .header(name, value)
            .send()
    };
    through("host", "localhost:7373").await.expect(200);
    through("host", "films.example").await.expect(303);
    through("x-forwarded-for", "203.0.113.9").await.expect(303);
    through("host", "rebound.example").await.expect(421);
}

async fn a_bearer_token_opens_the_api() {
    let drivein = locked().await;
    let drives = drivein
        .with_token("/api/v1/drives")
        .await
        .expect(200)
        .json();
    assert_eq!(drives["drives"][0]["state"], "ready");
    for wrong in [
        "Bearer a-token-of-sixteen-letterz",
        "Bearer ",
        "Basic YTpi",
        TOKEN,
    ] {
        let reply = drivein
            .ask(Method::GET, "/api/v1/drives")
            .header("authorization", wrong)
            .send()
            .await;
        assert_eq!(reply.expect(401).code(), "unauthorized", "{wrong}");
    }
}

async fn the_form_lets_in_and_back_and_the_cookie_survives_a_restart() {
    let drivein = locked().await;
    let (cookie, to) = drivein.signed_in("/browse/films").await;
    assert_eq!(to, "/browse/films");
    let page = drivein
        .with_cookie("/browse/films", &cookie)
        .await
        .expect(200)
        .text();
    assert!(page.contains("Tidal Light.mp4"));
    drivein
        .with_cookie("/api/v1/drives", &cookie)
        .await
        .expect(200);

    let drivein = drivein.restarted().await;
    drivein
        .with_cookie("/browse/films", &cookie)
        .await
        .expect(200);
    for broken in [
        format!("{cookie}A"),
        cookie.replace('=', "=A"),
        "drivein_session=".to_owned(),
    ] {
        drivein
            .with_cookie("/browse/films", &broken)
            .await
            .expect(303);
    }
}

async fn a_wrong_password_says_so_and_leads_nowhere_else() {
    let drivein = locked().await;
    let form = |password: &'static str, next: &'static str| {
        drivein
            .ask(Method::POST, "/login")
            .form(&[("password", password), ("next", next)])
            .send()
    };
    let reply = form("open sesam", "/").await.expect(403);
    assert_eq!(reply.header("set-cookie"), "");
    assert!(reply.text().contains("That was not it."));
    for elsewhere in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:x",
    ] {
        assert_eq!(
            form(PASSWORD, elsewhere)
                .await
                .expect(303)
                .header("location"),
            "/"
        );
    }
}

async fn a_form_of_another_page_is_refused() {
    let drivein = locked().await;
    let reply = drivein
        .ask(Method::POST, "/login")
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .form(&[("password", PASSWORD)])
        .send()
        .await;
    assert_eq!((reply.status, reply.header("set-cookie")), (403, ""));
}
