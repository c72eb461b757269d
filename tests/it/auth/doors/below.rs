//! The server below a path as at the root of a host, and the files that pages need besides themselves.

use super::*;

on_both_states! {
    below_a_path_the_login_leads_back_below_it,
    the_cookie_stays_below_the_path_and_who_has_it_needs_no_form,
}

#[tokio::test]
async fn below_a_path_everything_works_there_and_at_the_root_behind_a_proxy() {
    let drivein = Drivein::setup()
        .public_url("http://films.example/drive-in")
        .api_token(TOKEN)
        .start()
        .await;
    // Forwarded as it came, or with the path removed by a proxy.
    for prefix in ["/drive-in", ""] {
        let at = |path: &str| format!("{prefix}{path}");
        for page in [
            "/",
            "/browse/films",
            "/watch/films/Tidal%20Light.mp4",
            "/status",
            "/search?q=light",
        ] {
            let text = drivein.get(&at(page)).await.expect(200).text();
            for link in
                all_between(&text, "href=\"", "\"").chain(all_between(&text, "src=\"", "\""))
            {
                let fine = link.starts_with("/drive-in/")
                    || link == "/drive-in"
                    || link.starts_with('#')
                    || link.starts_with("data:image/")
                    || link.starts_with("http://films.example/drive-in/")
                    || link.starts_with("vlc://http://films.example/drive-in/");
                assert!(fine, "{link} on {page}");
            }
        }
        let entry = drivein
            .fetch(
                &at(&format!("/api/v1/entries/{DRIVE}{}", encoded(FILM))),
                200,
            )
            .await
            .json();
        let hls = entry["entry"]["play"]["hls"].as_str().unwrap().to_owned();
        let below = hls.strip_prefix("http://films.example/drive-in").unwrap();
        let master = drivein.get(&at(below)).await.expect(200).text();
        assert!(master.contains("\n480p.m3u8"));
        let segment = drivein
            .fetch(&at(&below.replace("master.m3u8", "480p/0.ts")), 200)
            .await;
        assert!(segment.body == drivein.segment_source(FILM, "480p", 0).await);
        let list = entry["entry"]["lists"]["m3u"].as_str().unwrap();
        let list = drivein
            .fetch(
                &at(list.strip_prefix("http://films.example/drive-in").unwrap()),
                200,
            )
            .await;
        assert!(
            list.text()
                .contains("\nhttp://films.example/drive-in/play/"),
            "{}",
            list.text()
        );
        let gateway = at(&format!(
            "/openapi/api/streaming?path={}&type=M3U8_AUTO_480&access_token={TOKEN}",
            encoded_name(FILM)
        ));
        let text = drivein.get(&gateway).await.expect(200).text();
        let first = text.lines().find(|line| !line.starts_with('#')).unwrap();
        let base = url::Url::parse(&format!("{}{gateway}", drivein.url())).unwrap();
        drivein.fetch(base.join(first).unwrap().path(), 200).await;
    }
    drivein.get("/drive-in").await.expect(200);
    drivein.get("/drive-inn/").await.expect(404);
}

async fn below_a_path_the_login_leads_back_below_it() {
    let drivein = Drivein::setup()
        .public_url("http://films.example/drive-in")
        .password(PASSWORD)
        .start()
        .await;
    let reply = drivein.get("/drive-in/browse/films").await.expect(303);
    let to = reply.header("location").to_owned();
    assert!(to.starts_with("/drive-in/login?next="), "{to}");
    let form = drivein.get(&to).await.expect(200).text();
    assert!(form.contains("action=\"/drive-in/login\""));
    let next = unescaped(
        all_between(&form, "name=\"next\" value=\"", "\"")
            .next()
            .unwrap(),
    );
    let (_, to) = drivein.signed_in(&next).await;
    assert_eq!(to, "/drive-in/browse/films");
}

async fn the_cookie_stays_below_the_path_and_who_has_it_needs_no_form() {
    let drivein = Drivein::setup()
        .public_url("http://films.example/drive-in")
        .password(PASSWORD)
        .start()
        .await;
    let reply = drivein
        .ask(Method::POST, "/drive-in/login")
        .form(&[("password", PASSWORD)])
        .expect(303)
        .await;
    let given = reply.header("set-cookie").to_owned();
    assert!(given.contains("; Path=/drive-in; "), "{given}");
    let cookie = given.split(';').next().unwrap();
    // A request for the root of the host is redirected below the path, where the browser sends the cookie.
    let led = drivein.get("/browse/films").await.expect(303);
    let form = led.header("location").to_owned();
    drivein.get(&form).await.expect(200);
    let led = drivein.with_cookie(&form, cookie).await.expect(303);
    assert_eq!(led.header("location"), "/drive-in/browse/films");
    let elsewhere = "/drive-in/login?next=//evil.example/";
    let led = drivein.with_cookie(elsewhere, cookie).await.expect(303);
    assert_eq!(led.header("location"), "/drive-in/");
    // A wrong password does not lead into a redirect loop.
    let asked = drivein
        .ask(Method::GET, &form)
        .header("cookie", cookie)
        .basic("x", "not it");
    asked.expect(200).await;
    let out = drivein
        .ask(Method::POST, "/drive-in/logout")
        .header("cookie", cookie)
        .expect(303)
        .await;
    let taken = out.header("set-cookie");
    assert!(
        taken.contains("; Path=/drive-in; ") && taken.contains("Max-Age=0"),
        "{taken}"
    );
    drivein.with_cookie(&form, cookie).await.expect(200);
}

#[tokio::test]
async fn assets_are_kept_for_good_and_pages_are_strict() {
    let drivein = Drivein::start().await;
    let page = drivein.fetch("/watch/films/Tidal%20Light.mp4", 200).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert!(!policy.contains("unsafe"), "{policy}");
    let text = page.text();
    assert!(
        !text.contains(" style=\"") && !text.contains(" onclick="),
        "nothing inline"
    );
    let assets: Vec<&str> = all_between(&text, "href=\"/assets/", "\"")
        .chain(all_between(&text, "src=\"/assets/", "\""))
        .collect();
    assert!(assets.len() > 3);
    for asset in assets {
        let reply = drivein.get(&format!("/assets/{asset}")).await.expect(200);
        assert!(
            reply.header("cache-control").contains("immutable"),
            "{asset}"
        );
    }
}

#[tokio::test]
async fn programs_of_others_are_sent_as_they_were_compressed_at_the_build() {
    let drivein = Drivein::start().await;
    let page = drivein.get("/").await.expect(200).text();
    let all = all_between(&page, "href=\"/assets/", "/").next().unwrap();
    for (name, content_type) in [
        ("hls.min.mjs", "text/javascript; charset=utf-8"),
        ("libass/subtitles-octopus-worker.wasm", "application/wasm"),
    ] {
        let address = format!("/assets/{all}/vendor/{name}");
        let ask = |accepted: &str| {
            let ask = drivein.ask(Method::GET, &address);
            ask.header("accept-encoding", accepted).open()
        };
        let packed = ask("gzip, deflate, br").await;
        let plain = ask("identity").await;
        for reply in [&packed, &plain] {
            let header = |name: &str| reply.headers()[name].to_str().unwrap();
            assert_eq!(header("content-type"), content_type, "{name}");
            assert_eq!(header("vary"), "accept-encoding", "{name}");
            assert!(header("cache-control").contains("immutable"), "{name}");
        }
        assert_eq!(packed.headers()["content-encoding"], "gzip", "{name}");
        assert!(!plain.headers().contains_key("content-encoding"), "{name}");
        let (packed, plain) = (packed.content_length(), plain.content_length());
        assert!(
            packed.unwrap() * 2 < plain.unwrap(),
            "{name}: {packed:?}, {plain:?}"
        );
    }
}
