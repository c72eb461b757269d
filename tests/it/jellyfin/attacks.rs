//! Hostile apps: tokens at other doors, floods of ids, guesses, malformed calls.

use super::*;

on_both_states! {
    the_token_of_an_app_opens_nothing_of_the_owners,
    guesses_are_limited_as_at_the_door,
}

async fn the_token_of_an_app_opens_nothing_of_the_owners() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    // Our own API tokens are none of apps.
    let made = json!({"name": "x", "scope": "everything"});
    let token = owners_api(&drivein, Method::POST, "tokens", Some(made))
        .await
        .expect(201)
        .json();
    let other = TvApp {
        token: token["token"].as_str().unwrap().to_owned(),
        ..TvApp::new(&drivein, "tv")
    };
    other.get("/Users/Me").await.expect(401);
    let bearer = format!("Bearer {}", app.token);
    for route in drivein.routes.clone() {
        let path = route
            .pattern
            .replace("{*location}", "films")
            .replace("{drive}", "films");
        let is_owners = matches!(
            route.access,
            drivein::web::RouteAccess::Owner | drivein::web::RouteAccess::Program
        );
        if !is_owners || path.contains('{') {
            continue;
        }
        for ask in [
            drivein
                .ask(Method::GET, &path)
                .header("authorization", &bearer),
            app.drivein
                .ask(Method::GET, &format!("{path}?api_key={}", app.token)),
            drivein.ask(Method::GET, &path).basic("owner", &app.token),
        ] {
            let status = ask.send().await.status;
            // A wrong password is a guess, and guesses are limited.
            assert!(
                matches!(status, 303 | 401 | 403 | 405 | 429),
                "{path}: {status}"
            );
        }
    }
    // It changes nothing of the server in its own API either.
    for (method, path) in [
        (Method::DELETE, format!("/Items/{}", "0".repeat(32))),
        (Method::POST, "/Library/Refresh".to_owned()),
        (Method::POST, "/Users/New".to_owned()),
        (Method::GET, "/Auth/Keys".to_owned()),
        (Method::POST, "/System/Shutdown".to_owned()),
    ] {
        app.ask(method, &path).expect(403).await;
    }
}

async fn guesses_are_limited_as_at_the_door() {
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .trusted_proxy()
        .start()
        .await;
    let app = TvApp::new(&drivein, "tv");
    let guess = async |ip: &str, word: &str| {
        let ask = app.ask(Method::POST, "/Users/AuthenticateByName");
        let ask = ask.header("x-forwarded-for", ip);
        ask.json(&json!({"Username": "owner", "Pw": word}))
            .send()
            .await
    };
    let mut refused = 0;
    for attempt in 0..14 {
        let reply = guess("203.0.113.7", &format!("guess {attempt}")).await;
        match reply.status {
            401 => {}
            429 => {
                assert!(!reply.header("retry-after").is_empty());
                refused += 1;
            }
            status => panic!("{status}"),
        }
    }
    assert!(refused >= 3, "{refused}");
    // The right password waits as well, and the door of the pages with it.
    assert_eq!(guess("203.0.113.7", PASSWORD).await.status, 429);
    let door = drivein
        .ask(Method::POST, "/login")
        .header("x-forwarded-for", "203.0.113.7");
    assert_eq!(
        door.form(&[("password", PASSWORD)]).send().await.status,
        429
    );
    assert_eq!(guess("192.168.1.2", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_flood_of_ids_and_other_nonsense_is_bounded() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let film = app.item(DRIVE, "Tidal Light").await;
    let many = std::iter::repeat_n(film.as_str(), 500)
        .collect::<Vec<_>>()
        .join(",");
    assert_eq!(app.items(&format!("/Items?Ids={many}")).await.len(), 500);
    let million = "a,".repeat(1_000_000);
    app.get(&format!("/Items?Ids={}", &million[..40_000]))
        .await
        .expect(414);
    let before = drivein.upstream_calls();
    let invented: Vec<String> = (0..600).map(|n| format!("{n:032x}")).collect();
    assert!(
        app.items(&format!("/Items?Ids={}", invented.join(",")))
            .await
            .is_empty()
    );
    assert_eq!(drivein.upstream_calls(), before);
    let nested = "[".repeat(100_000);
    let reply = app
        .ask(Method::POST, &format!("/Items/{film}/PlaybackInfo"))
        .body(nested)
        .send()
        .await;
    reply.expect(400);
    let large = vec![b' '; 600 << 10];
    let reply = app
        .ask(Method::POST, "/Sessions/Capabilities/Full")
        .body(large)
        .send()
        .await;
    reply.expect(400);
    for path in [
        "/Items?StartIndex=-5&Limit=99999999999999999999",
        "/Items?StartIndex=18446744073709551615&Limit=1",
        "/Items?ParentId=..%2f..%2fetc",
        "/Items/%00/PlaybackInfo",
        "/Videos/%2e%2e/stream",
        "/DisplayPreferences/%3Cscript%3E",
        "/Users/%ff/Items",
        "/Sessions?deviceId=%00",
    ] {
        let status = app.get(path).await.status;
        assert!(status < 500, "{path}: {status}");
    }
    let hls = format!("/Videos/{film}/play/{}/..%2f..%2fx/master.m3u8", app.token);
    assert!(matches!(app.get(&hls).await.status, 400..=404));
}

#[tokio::test]
async fn a_ticket_for_one_film_plays_no_other() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let items = videos(&app).await;
    let other = another_film(&items);
    let film = id(named(&items, "Tidal Light"));
    let body = json!({"EnableDirectPlay": false, "EnableDirectStream": false});
    let info = app.playback_info(&film, body).await;
    let address = info["MediaSources"][0]["TranscodingUrl"].as_str().unwrap();
    let ticket = address
        .split("ApiKey=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let stranger = TvApp::new(&drivein, "x");
    stranger
        .get(&format!(
            "/Videos/{film}/stream?static=true&ApiKey={ticket}"
        ))
        .await
        .expect(200);
    stranger
        .get(&format!(
            "/Videos/{}/stream?static=true&ApiKey={ticket}",
            id(other)
        ))
        .await
        .expect(404);
    stranger
        .get(&format!("/Videos/{}/play/{ticket}/master.m3u8", id(other)))
        .await
        .expect(404);
    // The log leaves tickets out, so they stand behind a name that it knows.
    let of_film = format!("/Videos/{film}/play/{ticket}/master.m3u8");
    stranger.get(&of_film).await.expect(200);
    let shouted = of_film.replace("/play/", "/PLAY/");
    stranger.get(&shouted).await.expect(401);
    // It is no token of an app.
    stranger
        .get(&format!("/Users/Me?ApiKey={ticket}"))
        .await
        .expect(401);
}

#[tokio::test]
async fn markup_in_the_names_of_devices_is_text() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
    assert_eq!(
        app.json("/Sessions").await[0]["DeviceName"],
        "<script>alert(1)</script>"
    );
    let cookie = browser_cookie(&drivein).await;
    let page = drivein
        .ask(Method::GET, "/devices")
        .header("cookie", &cookie)
        .send()
        .await;
    let page = page.expect(200).text();
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(unescaped(&page).contains("<script>alert(1)</script>"));
}

#[tokio::test]
async fn a_page_of_another_site_does_not_sign_in_to_a_server_without_a_password() {
    let drivein = Drivein::start().await;
    let app = TvApp::new(&drivein, "tv");
    let sign_in = async |name: &str, value: &str| {
        let ask = app.ask(Method::POST, "/Users/AuthenticateByName");
        let ask = match name {
            "" => ask,
            name => ask.header(name, value),
        };
        let body = json!({"Username": "owner", "Pw": "any"});
        ask.json(&body).send().await.status
    };
    assert_eq!(sign_in("", "").await, 200);
    assert_eq!(sign_in("origin", &drivein.url()).await, 200);
    assert_eq!(sign_in("sec-fetch-site", "same-origin").await, 200);
    for (name, value) in [
        ("origin", "https://films.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        assert_eq!(sign_in(name, value).await, 403, "{name}: {value}");
    }
    // With a password, the page has to know it.
    let drivein = house().await;
    let app = TvApp::new(&drivein, "tv");
    let ask = app.ask(Method::POST, "/Users/AuthenticateByName");
    let ask = ask.header("origin", "https://films.example");
    let body = json!({"Username": "owner", "Pw": PASSWORD});
    ask.json(&body).expect(200).await;
}
