//! Signing in by password, by a device's ticket and by Quick Connect; devices on the page “Devices”.

use super::*;

on_both_states! {
    a_password_makes_an_app_a_device_that_is_seen_and_revoked,
    signing_out_and_a_restart_do_what_their_names_say,
    the_ticket_of_a_device_signs_an_app_in_within_its_scope,
    a_guests_link_and_the_owners_own_links_sign_nothing_in,
    quick_connect_waits_for_the_owner,
    a_viewer_signs_in_with_a_pin_and_has_a_history_and_places_of_its_own,
}

#[tokio::test]
async fn a_server_is_recognised_at_every_address_that_apps_try() {
    let drivein = house().await;
    let app = TvApp::new(&drivein, "tv");
    let info = app.json("/System/Info/Public").await;
    assert!(info["Version"].as_str().unwrap().starts_with("10.11."));
    assert_eq!(info["ProductName"], "Jellyfin Server");
    let server = info["Id"].as_str().unwrap();
    assert!(server.len() == 32 && server.bytes().all(|it| it.is_ascii_hexdigit()));
    for path in [
        "/jellyfin/system/info/public",
        "/JELLYFIN/SYSTEM/INFO/PUBLIC",
        "/System/Info/Public",
        "/system/info/public",
        "/emby/System/Info/Public",
        "/jellyfin/emby/system/info/public",
    ] {
        assert_eq!(
            drivein.get(path).await.expect(200).json()["Id"],
            server,
            "{path}"
        );
    }
    // Apps cut an address at `/web`.
    let reply = drivein.get("/jellyfin/").await.expect(303);
    assert!(reply.header("location").ends_with("/jellyfin/web/"));
    let page = drivein.get("/jellyfin/web/").await.expect(200);
    assert!(page.text().contains("/jellyfin</code>"));
    // Our own pages are where they were.
    drivein.get("/login").await.expect(200);
    for path in ["/socket", "/system/info"] {
        drivein.get(path).await.expect(401);
    }
    assert_eq!(
        app.json("/Users/Public").await,
        json!([]),
        "names are private"
    );
    assert_eq!(app.json("/QuickConnect/Enabled").await, json!(true));
}

async fn a_password_makes_an_app_a_device_that_is_seen_and_revoked() {
    let drivein = house().await;
    let app = TvApp::new(&drivein, "Living room");
    app.get("/Users/Me").await.expect(401);
    for (name, password) in [("owner", "wrong"), ("stranger", PASSWORD), ("owner", "")] {
        let body = json!({"Username": name, "Pw": password});
        app.post("/Users/AuthenticateByName", body)
            .await
            .expect(401);
    }
    let app = app.with_password("Owner", PASSWORD).await;
    let me = app.json("/Users/Me").await;
    assert_eq!(
        (&me["Name"], &me["Policy"]["IsAdministrator"]),
        (&json!("owner"), &json!(false))
    );
    // Older apps put the token elsewhere.
    for header in ["x-emby-token", "x-mediabrowser-token"] {
        let reply = drivein
            .ask(Method::GET, "/Users/Me")
            .header(header, &app.token);
        reply.expect(200).await;
    }
    for query in ["api_key", "ApiKey"] {
        drivein
            .ask(
                Method::GET,
                &format!("/jellyfin/users/me?{query}={}", app.token),
            )
            .expect(200)
            .await;
    }
    let tickets = owners_api(&drivein, Method::GET, "tickets", None)
        .await
        .expect(200)
        .json();
    let devices = tickets["tickets"].as_array().unwrap();
    assert_eq!(devices.len(), 1);
    let name = devices[0]["name"].as_str().unwrap();
    assert!(
        name.contains("Living room") && name.contains("Test app"),
        "{name}"
    );
    assert!(devices[0]["last_used_at"].is_string());
    // The same app on the same device is the same device.
    let again = TvApp::sign_in(&drivein, "Living room").await;
    assert_eq!(again.token, app.token);
    let cookie = browser_cookie(&drivein).await;
    let id = devices[0]["id"].as_str().unwrap();
    let path = format!("/devices/{id}/withdraw");
    drivein
        .ask(Method::POST, &path)
        .header("cookie", &cookie)
        .form(&[])
        .expect(303)
        .await;
    app.get("/Users/Me").await.expect(401);
    // Signing in once more makes another device.
    assert_ne!(
        TvApp::sign_in(&drivein, "Living room").await.token,
        app.token
    );
}

async fn signing_out_and_a_restart_do_what_their_names_say() {
    let drivein = house().await;
    let (token, user) = {
        let app = TvApp::sign_in(&drivein, "tv").await;
        (app.token.clone(), app.user.clone())
    };
    let drivein = drivein.restarted().await;
    let app = TvApp {
        token,
        user,
        ..TvApp::new(&drivein, "tv")
    };
    assert_eq!(app.json("/Users/Me").await["Id"], app.user.as_str());
    app.post("/Sessions/Logout", json!({})).await.expect(204);
    app.get("/Users/Me").await.expect(401);
}

async fn the_ticket_of_a_device_signs_an_app_in_within_its_scope() {
    let drivein = house().await;
    let body = json!({"name": "kids", "scope": {"place": DRIVE, "path": "/Series"}});
    let made = owners_api(&drivein, Method::POST, "tickets", Some(body))
        .await
        .expect(200)
        .json();
    let app = TvApp::new(&drivein, "tablet");
    let app = app
        .with_password("owner", made["ticket"].as_str().unwrap())
        .await;
    let views = app.items("/UserViews").await;
    assert_eq!(names(&views), ["Series"]);
    assert!(
        !app.items(&format!("/Items?ParentId={}", id(&views[0])))
            .await
            .is_empty()
    );
    // An item that another app saw is not found by its id.
    let all = TvApp::sign_in(&drivein, "tv").await;
    let film = all.item(DRIVE, "Tidal Light").await;
    all.get(&format!("/Items/{film}")).await.expect(200);
    for path in [
        format!("/Items/{film}"),
        format!("/Items/{film}/PlaybackInfo"),
        format!("/Videos/{film}/stream?static=true"),
        format!("/Videos/{film}/master.m3u8"),
        format!("/Items/{film}/Images/Primary"),
        format!("/Videos/{film}/Trickplay/160/0.jpg"),
        format!("/MediaSegments/{film}"),
        format!("/UserItems/{film}/UserData"),
        format!("/Items/{film}/Ancestors"),
        format!("/Items?ParentId={}", all.view(DRIVE).await),
    ] {
        app.get(&path).await.expect(404);
    }
    assert!(app.items(&format!("/Items?Ids={film}")).await.is_empty());
    for path in [
        format!("/UserFavoriteItems/{film}"),
        format!("/UserPlayedItems/{film}"),
    ] {
        app.post(&path, json!({})).await.expect(404);
    }
    let report = json!({"ItemId": film, "PositionTicks": 50_000_000});
    app.post("/Sessions/Playing/Progress", report)
        .await
        .expect(404);
    // Revoking the ticket revokes the app.
    let id = made["id"].as_str().unwrap();
    owners_api(&drivein, Method::DELETE, &format!("tickets/{id}"), None)
        .await
        .expect(204);
    app.get("/Users/Me").await.expect(401);
    all.get("/Users/Me").await.expect(200);
}

async fn a_guests_link_and_the_owners_own_links_sign_nothing_in() {
    let drivein = house().await;
    let play = {
        let entry = format!("entries/{DRIVE}{}", encoded(FILM));
        let entry = owners_api(&drivein, Method::GET, &entry, None)
            .await
            .expect(200)
            .json();
        entry["entry"]["play"]["original"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let ticket = all_between(&play, "/play/", "/").next().unwrap().to_owned();
    let app = TvApp::new(&drivein, "tv");
    let body = json!({"Username": "owner", "Pw": ticket});
    app.post("/Users/AuthenticateByName", body)
        .await
        .expect(401);
    let with_ticket = TvApp {
        token: ticket,
        ..app
    };
    with_ticket.get("/Users/Me").await.expect(401);
}

async fn quick_connect_waits_for_the_owner() {
    let drivein = house().await;
    let app = TvApp::new(&drivein, "Bedroom");
    let started = app
        .post("/QuickConnect/Initiate", json!({}))
        .await
        .expect(200)
        .json();
    let (code, secret) = (
        started["Code"].as_str().unwrap(),
        started["Secret"].as_str().unwrap(),
    );
    assert!(
        code.len() == 6 && code.bytes().all(|it| it.is_ascii_digit()),
        "{code}"
    );
    assert_eq!(
        (&started["Authenticated"], &started["DeviceName"]),
        (&json!(false), &json!("Bedroom"))
    );
    let state = format!("/QuickConnect/Connect?secret={secret}");
    assert_eq!(app.json(&state).await["Authenticated"], false);
    let early = app
        .post(
            "/Users/AuthenticateWithQuickConnect",
            json!({"Secret": secret}),
        )
        .await;
    early.expect(401);
    app.get("/QuickConnect/Connect?secret=0123")
        .await
        .expect(404);

    let cookie = browser_cookie(&drivein).await;
    let approve = async |code: &str| {
        let ask = drivein
            .ask(Method::POST, "/devices/app")
            .header("cookie", &cookie);
        ask.form(&[("code", code)]).send().await
    };
    let wrong = approve("000000x").await;
    assert!(wrong.expect(400).text().contains("No app shows this code"));
    let page = drivein
        .ask(Method::GET, "/devices")
        .header("cookie", &cookie)
        .send()
        .await;
    assert!(page.expect(200).text().contains("action=\"/devices/app\""));
    // An app cannot approve another one, and a stranger neither.
    let other = TvApp::sign_in(&drivein, "other").await;
    other
        .post(&format!("/QuickConnect/Authorize?code={code}"), json!({}))
        .await
        .expect(403);
    assert_eq!(
        drivein
            .ask(Method::POST, "/devices/app")
            .form(&[("code", code)])
            .send()
            .await
            .status,
        303
    );
    assert_eq!(app.json(&state).await["Authenticated"], false);
    approve(code).await.expect(303);
    assert_eq!(app.json(&state).await["Authenticated"], true);
    let result = app
        .post(
            "/Users/AuthenticateWithQuickConnect",
            json!({"Secret": secret}),
        )
        .await;
    let app = app.clone().signed_in(&result.expect(200).json());
    assert_eq!(app.json("/Users/Me").await["Name"], "owner");
    let twice = app
        .post(
            "/Users/AuthenticateWithQuickConnect",
            json!({"Secret": secret}),
        )
        .await;
    twice.expect(401);
}

#[tokio::test]
async fn the_api_can_be_turned_off() {
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .sections("[jellyfin]\nenabled = false\n")
        .start()
        .await;
    drivein.fetch("/jellyfin/System/Info/Public", 404).await;
    drivein.get("/System/Info/Public").await.expect(404);
}

async fn a_viewer_signs_in_with_a_pin_and_has_a_history_and_places_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("Holidays")).unwrap();
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .folder("shelf", folder.path())
        .start()
        .await;
    let body = json!({"name": "Kid <b>", "colour": "#336699", "pin": "4711", "places": [DRIVE]});
    owners_api(&drivein, Method::POST, "viewers", Some(body)).await;
    let app = TvApp::new(&drivein, "tablet");
    for (name, pin) in [("owner", "4711"), ("kid <b>", "4712"), ("kid", "4711")] {
        let body = json!({"Username": name, "Pw": pin});
        app.post("/Users/AuthenticateByName", body)
            .await
            .expect(401);
    }
    let kid = app.with_password("kid <B>", "4711").await;
    assert_eq!(kid.json("/Users/Me").await["Name"], "Kid <b>");
    assert_eq!(names(&kid.items("/UserViews").await), [DRIVE]);
    let owner = TvApp::sign_in(&drivein, "tv").await;
    assert_eq!(names(&owner.items("/UserViews").await), [DRIVE, "shelf"]);
    assert_ne!(kid.user, owner.user);
    kid.get(&format!("/Items?ParentId={}", owner.view("shelf").await))
        .await
        .expect(404);
    kid.get(&format!("/Users/{}/Items", owner.user))
        .await
        .expect(403);
    let film = kid.item(DRIVE, "Tidal Light").await;
    let report = json!({"ItemId": film, "PositionTicks": 300_000_000});
    kid.post("/Sessions/Playing/Progress", report)
        .await
        .expect(204);
    kid.post(&format!("/UserFavoriteItems/{film}"), json!({}))
        .await
        .expect(200);
    let data = async |app: &TvApp<'_>| app.json(&format!("/UserItems/{film}/UserData")).await;
    assert_eq!(data(&kid).await["PlaybackPositionTicks"], 300_000_000);
    assert_eq!(data(&owner).await["PlaybackPositionTicks"], 0);
    assert_eq!(data(&owner).await["IsFavorite"], false);
    // Neither sees what the other plays.
    assert_eq!(owner.json("/Sessions").await.as_array().unwrap().len(), 1);
    // The owner's password signs in for a viewer as well.
    let by_owner = TvApp::new(&drivein, "kitchen")
        .with_password("Kid <b>", PASSWORD)
        .await;
    assert_eq!(by_owner.user, kid.user);
}
