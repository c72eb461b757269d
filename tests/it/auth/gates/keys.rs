//! Sessions and API tokens: shown, used within their scope, and revoked.

use super::*;

on_both_states! {
    the_owner_sees_where_she_is_signed_in_and_ends_it_there,
    tokens_are_shown_once_and_open_what_they_say_until_withdrawn,
    tokens_of_the_owner_work_in_the_gateway_too,
}

async fn the_owner_sees_where_she_is_signed_in_and_ends_it_there() {
    let drivein = Drivein::setup().password(PASSWORD).start().await;
    let desk = Browser::sign_in(&drivein, LINUX).await;
    let tv = Browser::sign_in(&drivein, TV).await;
    tv.get("/").await.expect(200);
    let page = desk.get("/sessions").await.expect(200).text();
    assert!(
        page.contains("Firefox on Linux <strong>(this one)</strong>"),
        "{page}"
    );
    assert!(page.contains("Chrome on webOS TV"));
    let sessions = desk.get("/api/v1/sessions").await.expect(200).json();
    let of_tv = sessions["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|session| session["current"] == false)
        .unwrap();
    let id = of_tv["id"].as_str().unwrap();
    desk.post("/sessions/end", &[("id", id)]).await.expect(303);
    tv.get("/").await.expect(303);
    desk.get("/").await.expect(200);
    let missing = desk
        .ask(Method::DELETE, &format!("/api/v1/sessions/{id}"))
        .send()
        .await;
    assert_eq!(missing.expect(404).code(), "not_found");

    let other = Browser::sign_in(&drivein, TV).await;
    desk.post("/logout", &[]).await.expect(303);
    // The cookie itself is revoked, wherever a copy of it may be.
    desk.get("/").await.expect(303);
    other.post("/sessions/end-all", &[]).await.expect(303);
    other.get("/").await.expect(303);
}

async fn tokens_are_shown_once_and_open_what_they_say_until_withdrawn() {
    let drivein = Drivein::setup().password(PASSWORD).start().await;
    let desk = Browser::sign_in(&drivein, LINUX).await;
    let page = desk
        .post("/tokens", &[("name", "Kodi <b>"), ("scope", "watch")])
        .await
        .expect(200);
    assert_eq!(page.header("cache-control"), "no-store");
    let text = page.text();
    let token = all_between(&text, "<code class=\"token\">", "</code>")
        .next()
        .unwrap()
        .to_owned();
    assert!(!text.contains("<b>"));
    let again = desk.get("/sessions").await.expect(200).text();
    assert!(again.contains("Kodi") && !again.contains(&token));

    let with = |method: Method, path: &str, token: &str| {
        drivein
            .ask(method, path)
            .header("authorization", &format!("Bearer {token}"))
    };
    with(Method::GET, "/api/v1/drives", &token)
        .expect(200)
        .await;
    for (method, path) in [
        (Method::GET, "/api/v1/tokens"),
        (Method::GET, "/api/v1/sessions"),
        (Method::GET, "/sessions"),
        (Method::POST, "/tokens"),
        (Method::POST, "/password"),
    ] {
        with(method, path, &token).expect(403).await;
    }
    let made = desk
        .ask(Method::POST, "/api/v1/tokens")
        .json(&json!({"name": "backup", "scope": "everything"}))
        .expect(201)
        .await
        .json();
    let whole = made["token"].as_str().unwrap();
    let listed = with(Method::GET, "/api/v1/tokens", whole).expect(200).await;
    assert!(!listed.text().contains(whole) && !listed.text().contains(&token));
    let listed = listed.json();
    let kodi = &listed["tokens"][1];
    assert_eq!(
        (kodi["name"].as_str(), kodi["scope"].as_str()),
        (Some("Kodi <b>"), Some("watch"))
    );
    assert!(kodi["last_used_at"].is_string());
    let id = kodi["id"].as_str().unwrap();
    with(Method::DELETE, &format!("/api/v1/tokens/{id}"), whole)
        .expect(204)
        .await;
    with(Method::GET, "/api/v1/drives", &token)
        .expect(401)
        .await;
    let own = made["id"].as_str().unwrap();
    desk.post("/tokens/withdraw", &[("id", own)])
        .await
        .expect(303);
    with(Method::GET, "/api/v1/drives", whole).expect(401).await;
    for wrong in [
        json!({"name": "", "scope": "watch"}),
        json!({"name": "x", "scope": "root"}),
        json!({"name": "x"}),
        json!({"name": "x", "scope": "watch", "more": 1}),
        json!([]),
    ] {
        let reply = desk
            .ask(Method::POST, "/api/v1/tokens")
            .json(&wrong)
            .send()
            .await;
        assert_eq!(reply.expect(400).code(), "bad_request", "{wrong}");
    }
    let state = drivein.stored().await;
    assert!(
        !state.contains(&token) && !state.contains(PASSWORD),
        "hashed at rest"
    );
    assert!(!drivein.log().contains(&token) && !drivein.log().contains(whole));
}

async fn tokens_of_the_owner_work_in_the_gateway_too() {
    let drivein = Drivein::setup().password(PASSWORD).start().await;
    let desk = Browser::sign_in(&drivein, LINUX).await;
    let made = desk
        .ask(Method::POST, "/api/v1/tokens")
        .json(&json!({"name": "client", "scope": "watch"}))
        .expect(201)
        .await
        .json();
    let token = made["token"].as_str().unwrap();
    let address = format!(
        "/openapi/api/streaming?path={}&type=M3U8_AUTO_480&access_tokens={token}",
        encoded_name(FILM)
    );
    drivein.get(&address).await.expect(200);
    assert!(!drivein.log().contains(token), "queries are not logged");
}
