//! Every route of the program, and who gets past it: a stranger nowhere, a token as far as its scope says,
//! the owner with a session that can be seen and ended.

use drivein::web::{Access, Route};
use reqwest::Method;
use serde_json::json;

use crate::harness::*;

const PASSWORD: &str = "open sesame";
const TOKEN: &str = "a-token-of-sixteen-letters";

/// An address that a pattern leads to: each parameter stands for something that exists where it can.
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

#[tokio::test]
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
            match route.access {
                Access::Open => assert_ne!(reply.status, 401, "{what}"),
                Access::Owner => {
                    assert_eq!(reply.status, 303, "{what}");
                    assert!(
                        reply.header("location").starts_with("/login?next="),
                        "{what}"
                    );
                    assert!(reply.body.is_empty(), "{what}");
                }
                Access::Program | Access::Ticket | Access::Operator => {
                    assert_eq!(reply.status, 401, "{what}");
                }
            }
        }
    }
    assert_eq!(
        drivein.upstream_calls(),
        calls_before,
        "nothing was asked for a stranger"
    );
    let open: Vec<&str> = drivein
        .routes
        .iter()
        .filter(|route| route.access == Access::Open)
        .map(|route| route.pattern)
        .collect();
    // Whoever adds one here has thought about it.
    assert_eq!(
        open,
        [
            "/login",
            "/logout",
            "/assets/{hash}/{*name}",
            "/favicon.ico",
            "/healthz",
            "/readyz"
        ]
    );
}

#[tokio::test]
async fn every_reply_has_the_headers_that_keep_it_harmless() {
    let drivein = Drivein::start().await;
    let mut addresses: Vec<String> = drivein.routes.iter().copied().map(example).collect();
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

#[tokio::test]
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
    assert_eq!(
        from_elsewhere().send().await.expect(401).code(),
        "unauthorized"
    );
    let bearer = format!("Bearer {TOKEN}");
    from_elsewhere()
        .header("authorization", &bearer)
        .send()
        .await
        .expect(200);
}

/// A browser that keeps its cookie.
struct Browser<'a> {
    drivein: &'a Drivein,
    cookie: String,
}

impl<'a> Browser<'a> {
    async fn sign_in(drivein: &'a Drivein, agent: &str) -> Self {
        let reply = drivein
            .ask(Method::POST, "/login")
            .header("user-agent", agent)
            .form(&[("password", PASSWORD), ("next", "/")])
            .send()
            .await
            .expect(303);
        let cookie = reply.header("set-cookie").split(';').next().unwrap();
        Self {
            drivein,
            cookie: cookie.to_owned(),
        }
    }

    fn ask(&self, method: Method, path: &str) -> Ask {
        self.drivein
            .ask(method, path)
            .header("cookie", &self.cookie)
    }

    async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path).send().await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.ask(Method::POST, path).form(form).send().await
    }
}

const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
const TV: &str =
    "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/94.0.4606.128 Safari/537.36";

#[tokio::test]
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
    // The cookie itself is worth nothing any more, wherever a copy of it may be.
    desk.get("/").await.expect(303);
    other.post("/sessions/end-all", &[]).await.expect(303);
    other.get("/").await.expect(303);
}

#[tokio::test]
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
        .send()
        .await
        .expect(200);
    for (method, path) in [
        (Method::GET, "/api/v1/tokens"),
        (Method::GET, "/api/v1/sessions"),
        (Method::GET, "/sessions"),
        (Method::POST, "/tokens"),
        (Method::POST, "/password"),
    ] {
        with(method, path, &token).send().await.expect(403);
    }
    let made = desk
        .ask(Method::POST, "/api/v1/tokens")
        .json(&json!({"name": "backup", "scope": "everything"}))
        .send()
        .await
        .expect(201)
        .json();
    let whole = made["token"].as_str().unwrap();
    let listed = with(Method::GET, "/api/v1/tokens", whole)
        .send()
        .await
        .expect(200);
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
        .send()
        .await
        .expect(204);
    with(Method::GET, "/api/v1/drives", &token)
        .send()
        .await
        .expect(401);
    let own = made["id"].as_str().unwrap();
    desk.post("/tokens/withdraw", &[("id", own)])
        .await
        .expect(303);
    with(Method::GET, "/api/v1/drives", whole)
        .send()
        .await
        .expect(401);
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
    let state = std::fs::read(drivein.data_dir().join("drivein.sqlite")).unwrap();
    let state = String::from_utf8_lossy(&state);
    assert!(
        !state.contains(&token) && !state.contains(PASSWORD),
        "hashed at rest"
    );
    assert!(!drivein.log().contains(&token) && !drivein.log().contains(whole));
}

#[tokio::test]
async fn tokens_of_the_owner_work_in_the_gateway_too() {
    let drivein = Drivein::setup().password(PASSWORD).start().await;
    let desk = Browser::sign_in(&drivein, LINUX).await;
    let made = desk
        .ask(Method::POST, "/api/v1/tokens")
        .json(&json!({"name": "client", "scope": "watch"}))
        .send()
        .await
        .expect(201)
        .json();
    let token = made["token"].as_str().unwrap();
    let address = format!(
        "/openapi/api/streaming?path={}&type=M3U8_AUTO_480&access_tokens={token}",
        encoded_name(FILM)
    );
    drivein.get(&address).await.expect(200);
    assert!(!drivein.log().contains(token), "queries are not logged");
}

#[tokio::test]
async fn forms_and_calls_of_another_site_do_nothing_although_the_cookie_comes_along() {
    let drivein = Drivein::setup().password(PASSWORD).start().await;
    let desk = Browser::sign_in(&drivein, LINUX).await;
    let own = drivein.url();
    for (headers, passes) in [
        (
            vec![
                ("origin", "https://evil.example"),
                ("sec-fetch-site", "cross-site"),
            ],
            false,
        ),
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("sec-fetch-site", "same-site")], false),
        (vec![("origin", "https://evil.example")], false),
        (vec![("origin", "null")], false),
        (vec![("origin", own.as_str())], true),
        (vec![("sec-fetch-site", "same-origin")], true),
    ] {
        for path in ["/tokens", "/api/v1/tokens"] {
            let mut ask = desk.ask(Method::POST, path);
            for (name, value) in &headers {
                ask = ask.header(name, value);
            }
            let ask = match path {
                "/tokens" => ask.form(&[("name", "x"), ("scope", "everything")]),
                _ => ask.json(&json!({"name": "x", "scope": "everything"})),
            };
            let reply = ask.send().await;
            assert_eq!(
                reply.status < 300,
                passes,
                "{path} {headers:?}: {}",
                reply.describe()
            );
        }
    }
    let made = desk.get("/api/v1/tokens").await.json();
    assert_eq!(made["tokens"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn behind_a_proxy_that_hides_the_host_the_owners_forms_pass() {
    let drivein = Drivein::setup()
        .public_url("https://films.example/drive-in")
        .password(PASSWORD)
        .start()
        .await;
    let sign_in = |origin: &'static str| {
        drivein
            .ask(Method::POST, "/drive-in/login")
            .header("origin", origin)
            .form(&[("password", PASSWORD)])
            .send()
    };
    let reply = sign_in("https://films.example").await.expect(303);
    assert!(reply.header("set-cookie").contains("; Secure"));
    sign_in("https://films.example.evil.example")
        .await
        .expect(403);
    sign_in("http://films.example").await.expect(403);
}

#[tokio::test]
async fn addresses_that_are_handed_out_never_hold_a_name_that_a_visitor_brought() {
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .api_token(TOKEN)
        .start()
        .await;
    let bearer = format!("Bearer {TOKEN}");
    for path in [
        format!("/api/v1/entries/{DRIVE}{}", encoded(FILM)),
        format!("/watch/{DRIVE}{}", encoded(FILM)),
        "/status".to_owned(),
    ] {
        for (name, value) in [
            ("host", "evil.example"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "host=evil.example"),
            ("x-original-url", "http://evil.example/"),
        ] {
            let reply = drivein
                .ask(Method::GET, &path)
                .header("authorization", &bearer)
                .header(name, value)
                .send()
                .await
                .expect(200);
            assert!(!reply.text().contains("evil.example"), "{path} {name}");
        }
    }
}

#[tokio::test]
async fn who_guesses_waits_and_who_is_signed_in_does_not_notice() {
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .trusted_proxy()
        .start()
        .await;
    let desk = Browser::sign_in(&drivein, LINUX).await;
    let guess = |password: &'static str, from: &'static str| {
        drivein
            .ask(Method::POST, "/login")
            .header("x-forwarded-for", from)
            .form(&[("password", password)])
            .send()
    };
    for _ in 0..10 {
        guess("wrong", "203.0.113.9").await.expect(403);
    }
    let reply = guess(PASSWORD, "203.0.113.9").await.expect(429);
    assert!(reply.header("retry-after").parse::<u64>().unwrap() <= 7);
    assert!(reply.text().contains("too many wrong attempts"));
    guess(PASSWORD, "198.51.100.7").await.expect(303);
    desk.get("/").await.expect(200);
}

#[tokio::test]
async fn nobody_takes_the_server_who_comes_after_the_code() {
    let drivein = Drivein::setup()
        .public_url("http://films.example/")
        .start()
        .await;
    let code = drivein.set_up_code.clone().unwrap();
    let from_outside =
        |method: Method, path: &str| drivein.ask(method, path).header("host", "films.example");
    let reply = from_outside(Method::POST, "/login")
        .form(&[("password", &code), ("next", "/status")])
        .send()
        .await
        .expect(303);
    assert_eq!(reply.header("location"), "/password?next=%2Fstatus");
    let cookie = reply
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let form = from_outside(Method::GET, "/login").send().await.expect(200);
    assert!(form.text().contains("The code was used") && !form.text().contains("<input"));
    from_outside(Method::POST, "/login")
        .form(&[("password", &code)])
        .send()
        .await
        .expect(403);
    let choose = |chosen: &'static str, again: &'static str| {
        from_outside(Method::POST, "/password")
            .header("cookie", &cookie)
            .form(&[("chosen", chosen), ("again", again), ("next", "/status")])
            .send()
    };
    choose("short", "short").await.expect(400);
    choose("long enough", "not the same").await.expect(400);
    let reply = choose(PASSWORD, PASSWORD).await.expect(303);
    assert_eq!(reply.header("location"), "/status");
    let fresh = reply
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let status = |cookie: String| from_outside(Method::GET, "/status").header("cookie", &cookie);
    status(cookie).send().await.expect(303);
    status(fresh.clone()).send().await.expect(200);

    let drivein = drivein.restarted().await;
    assert_eq!(drivein.set_up_code, None);
    let again = drivein
        .ask(Method::POST, "/login")
        .form(&[("password", PASSWORD)])
        .send();
    again.await.expect(303);
    drivein
        .ask(Method::GET, "/status")
        .header("cookie", &fresh)
        .send()
        .await
        .expect(200);
    // Once a password is set, it is asked for on the machine itself, too.
    drivein.get("/status").await.expect(303);
}
