//! All routes of the program, from the router's own list: a new route is tested here.

use drivein::web::{Route, RouteAccess};

use super::*;

on_both_states! {
    a_stranger_gets_past_no_route,
    counters_are_told_to_this_machine_and_to_who_has_a_token,
    a_token_to_watch_with_changes_nothing_anywhere,
}

/// Returns a URL that matches a route's pattern: each parameter stands for something that exists, if possible.
fn example(route: Route) -> String {
    let ticket = "AQBvd25lcgAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let parts = route.pattern.split('/').map(|part| match part {
        "{*location}" => "films/Tidal%20Light.mp4".to_owned(),
        "{*address}" => format!("{ticket}/films/Tidal%20Light.mp4/master.m3u8"),
        "{ticket}" => ticket.to_owned(),
        "{drive}" | "{place}" => "films".to_owned(),
        _ if part.starts_with('{') => "0123456789abcdef".to_owned(),
        plain => plain.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

fn methods() -> Vec<Method> {
    [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "MKCOL", "MOVE", "COPY",
    ]
    .map(|name| Method::from_bytes(name.as_bytes()).unwrap())
    .into()
}

async fn a_stranger_gets_past_no_route() {
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .api_token(TOKEN)
        .trusted_proxy()
        .start()
        .await;
    let calls_before = drivein.upstream_calls();
    assert!(drivein.routes.len() > 20);
    for route in drivein.routes.clone() {
        let address = example(route);
        let mut answered = 0;
        for method in methods() {
            let reply = drivein
                .ask(method.clone(), &address)
                .header("x-forwarded-for", "203.0.113.9")
                .send()
                .await;
            let what = format!("{method} {address}: {}", reply.describe());
            if reply.status == 405 {
                continue;
            }
            answered += 1;
            match route.access {
                RouteAccess::Open => assert_ne!(reply.status, 401, "{what}"),
                RouteAccess::Owner => {
                    assert_eq!(reply.status, 303, "{what}");
                    assert!(
                        reply.header("location").starts_with("/login?next="),
                        "{what}"
                    );
                    assert!(reply.body.is_empty(), "{what}");
                }
                RouteAccess::Program | RouteAccess::Ticket | RouteAccess::Operator => {
                    assert_eq!(reply.status, 401, "{what}");
                }
            }
        }
        assert!(
            answered > 0,
            "{address} was tried by no method that it knows"
        );
    }
    assert_eq!(
        drivein.upstream_calls(),
        calls_before,
        "nothing was asked for a stranger"
    );
    let open: Vec<&str> = drivein
        .routes
        .iter()
        .filter(|route| route.access == RouteAccess::Open)
        .map(|route| route.pattern)
        .collect();
    // An addition here must be deliberate.
    assert_eq!(
        open,
        [
            "/login",
            "/login/code",
            "/login/passkey",
            "/login/passkey/begin",
            "/login/openid",
            "/login/openid/callback",
            "/logout",
            "/language",
            "/assets/{hash}/{*name}",
            "/favicon.ico",
            "/healthz",
            "/readyz",
            "/jellyfin",
            "/jellyfin/"
        ]
    );
}

#[tokio::test]
async fn every_reply_has_the_headers_that_keep_it_harmless() {
    let drivein = Drivein::start().await;
    // A stream of events does not end.
    let mut routes = drivein.routes.clone();
    routes.retain(|route| !route.pattern.ends_with("/events"));
    let mut addresses: Vec<String> = routes.into_iter().map(example).collect();
    addresses.push("/no/such/page".to_owned());
    let play = drivein.play(FILM).await;
    addresses.extend([
        play.clone(),
        format!("{play}/master.m3u8"),
        format!("{play}/480p/0.ts"),
    ]);
    for address in addresses {
        let reply = drivein.get(&address).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{address}: {policy}");
        assert!(!policy.contains("'unsafe-eval'") && !policy.contains("script-src *"));
        assert_eq!(
            reply.header("x-content-type-options"),
            "nosniff",
            "{address}"
        );
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{address}");
        assert!(
            reply.header("permissions-policy").contains("camera=()"),
            "{address}"
        );
    }
}

async fn counters_are_told_to_this_machine_and_to_who_has_a_token() {
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .api_token(TOKEN)
        .start()
        .await;
    drivein.get("/metrics").await.expect(200);
    let from_elsewhere = || {
        drivein
            .ask(Method::GET, "/metrics")
            .header("x-forwarded-for", "203.0.113.9")
    };
    assert_eq!(from_elsewhere().expect(401).await.code(), "unauthorized");
    let bearer = format!("Bearer {TOKEN}");
    from_elsewhere()
        .header("authorization", &bearer)
        .expect(200)
        .await;
}

/// Methods that change state, as far as a route accepts them.
fn changing() -> Vec<Method> {
    let is_changing = |method: &Method| !method.is_safe() && method.as_str() != "PROPFIND";
    methods().into_iter().filter(is_changing).collect()
}

async fn a_token_to_watch_with_changes_nothing_anywhere() {
    let drivein = Drivein::setup().password(PASSWORD).start().await;
    let desk = Browser::sign_in(&drivein, LINUX).await;
    let made = desk
        .ask(Method::POST, "/api/v1/tokens")
        .json(&json!({"name": "tv", "scope": "watch"}))
        .expect(201)
        .await
        .json();
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
    // Actions within the scope `watch`: store a position, open a link, send a film to a player. Signing in takes another proof,
    // and the language is a cookie.
    let may = [
        "/api/v1/history/{*location}",
        "/api/v1/shares/open",
        "/api/v1/send",
        "/send",
        "/language",
        "/login",
        "/login/code",
        "/login/passkey",
        "/login/passkey/begin",
        "/logout",
    ];
    let routes = drivein.routes.iter().copied();
    for route in routes.filter(|route| !may.contains(&route.pattern)) {
        for method in changing() {
            let address = example(route);
            let reply = drivein
                .ask(method.clone(), &address)
                .header("authorization", &bearer)
                .send()
                .await;
            assert!(
                matches!(reply.status, 401 | 403 | 405),
                "{method} {address}: {}",
                reply.describe()
            );
        }
    }
}

#[tokio::test]
async fn nonsense_is_answered_in_our_words_and_is_repeated_nowhere() {
    const WORD: &str = "canary-5be1";
    let drivein = Drivein::start().await;
    let of_another_kind = json!({
        WORD: WORD, "url": {WORD: 1}, "password": [WORD], "code": {"a": WORD}, "name": [WORD], "scope": WORD,
        "place": [WORD], "path": {WORD: WORD}, "paths": WORD, "to": WORD, "position_s": WORD, "id": [WORD],
    })
    .to_string();
    let bodies = [
        ("application/json", of_another_kind.as_str()),
        ("application/json", "{\"password\": \"canary-5be1"),
        ("application/json", "\"canary-5be1\""),
        (
            "application/x-www-form-urlencoded",
            "password=canary-5be1&secret=canary-5be1&code=%ff&n=canary-5be1&n=2",
        ),
        ("application/x-www-form-urlencoded", "canary-5be1%"),
        ("multipart/form-data", "canary-5be1"),
        ("multipart/form-data; boundary=x", "--x\r\ncanary-5be1"),
        ("text/plain", "canary-5be1"),
        ("canary-5be1", "canary-5be1"),
    ];
    // A stream of events does not end.
    let mut routes = drivein.routes.clone();
    routes.retain(|route| !route.pattern.ends_with("/events"));
    for route in routes {
        for query in ["", "?limit=canary-5be1&cursor=%ff&sort=canary-5be1&n=1&n=2"] {
            for method in methods() {
                for (kind, body) in bodies {
                    let address = format!("{}{query}", example(route));
                    let reply = drivein
                        .ask(method.clone(), &address)
                        .header("content-type", kind)
                        .body(body.to_owned())
                        .send()
                        .await;
                    let what = format!("{method} {address} {kind} {body}: {}", reply.describe());
                    assert!(reply.status < 500 || reply.status == 502, "{what}");
                    if reply.status == 405 {
                        // The body is not even read then.
                        break;
                    }
                    if reply.status < 400 || method == Method::HEAD {
                        continue;
                    }
                    let told = reply.header("content-type");
                    let is_for_people = told == "text/html; charset=utf-8";
                    let is_for_programs = told == "application/problem+json";
                    let fits = match route.access {
                        RouteAccess::Owner => is_for_people,
                        RouteAccess::Program | RouteAccess::Operator => is_for_programs,
                        RouteAccess::Open => is_for_people || is_for_programs,
                        // WebDAV has no answer for a malformed request.
                        RouteAccess::Ticket => {
                            is_for_people || is_for_programs || reply.body.is_empty()
                        }
                    };
                    assert!(fits, "{what}");
                    assert!(!reply.text().contains(WORD), "{what}");
                }
            }
        }
    }
    assert!(!drivein.log().contains(WORD), "it was logged");
}
