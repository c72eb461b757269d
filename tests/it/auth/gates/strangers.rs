//! Requests of other sites, under other host names, and of strangers, with and without the owner's cookie.

use super::*;

on_both_states! {
    forms_and_calls_of_another_site_do_nothing_although_the_cookie_comes_along,
    who_guesses_waits_and_who_is_signed_in_does_not_notice,
    guesses_of_others_at_the_same_ip_keep_nobody_out_who_is_known_there,
    nobody_takes_the_server_who_comes_after_the_code,
}

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
                .expect(200)
                .await;
            assert!(!reply.text().contains("evil.example"), "{path} {name}");
        }
    }
}

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

async fn guesses_of_others_at_the_same_ip_keep_nobody_out_who_is_known_there() {
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .api_token(TOKEN)
        .trusted_proxy()
        .start()
        .await;
    let play = |password: &'static str, from: &'static str| {
        drivein
            .ask(Method::GET, "/dav/")
            .header("x-forwarded-for", from)
            .basic("player", password)
            .send()
    };
    let form = |password: &'static str, from: &'static str| {
        drivein
            .ask(Method::POST, "/login")
            .header("x-forwarded-for", from)
            .form(&[("password", password)])
            .send()
    };
    let (home, elsewhere) = ("203.0.113.9", "198.51.100.7");
    let use_up = async |from: &'static str| {
        for _ in 0..30 {
            if form("wrong", from).await.status == 429 {
                return;
            }
        }
        panic!("{from} may guess without end");
    };
    play(PASSWORD, home).await.expect(200);
    for _ in 0..3 {
        use_up(home).await;
        // A form compares the password again, other than a player's request.
        form(PASSWORD, home).await.expect(303);
    }
    use_up(home).await;
    for _ in 0..20 {
        play(PASSWORD, home).await.expect(200);
        play(TOKEN, home).await.expect(200);
    }
    // At an IP from which the password never came, it waits as well; a token does not.
    use_up(elsewhere).await;
    form(PASSWORD, elsewhere).await.expect(429);
    play(TOKEN, elsewhere).await.expect(200);
}

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
        .expect(303)
        .await;
    assert_eq!(reply.header("location"), "/password?next=%2Fstatus");
    let cookie = reply
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let form = from_outside(Method::GET, "/login").expect(200).await;
    assert!(form.text().contains("The code was used") && !form.text().contains("<input"));
    from_outside(Method::POST, "/login")
        .form(&[("password", &code)])
        .expect(403)
        .await;
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
    status(cookie).expect(303).await;
    status(fresh.clone()).expect(200).await;

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
        .expect(200)
        .await;
    // Once a password is set, it is required on the machine itself, too.
    drivein.get("/status").await.expect(303);
}
