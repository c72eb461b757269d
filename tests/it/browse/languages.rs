//! Languages: chosen by the browser or at the foot of a page, on every kind of page, and never by the API.

use super::*;

async fn in_language(drivein: &Drivein, path: &str, accepted: &str, cookie: &str) -> Reply {
    let ask = drivein.ask(Method::GET, path).header("cookie", cookie);
    ask.header("accept-language", accepted).send().await
}

#[tokio::test]
async fn a_page_has_the_language_of_the_cookie_or_of_the_browser() {
    let drivein = Drivein::start().await;
    let folder = format!("/browse/{DRIVE}/");
    let cases = [
        ("", "", "lang=\"en\" dir=\"ltr\"", "Skip to the content"),
        (
            "de-AT,en;q=0.5",
            "",
            "lang=\"de\" dir=\"ltr\"",
            "Zum Inhalt springen",
        ),
        (
            "en;q=0.5, de",
            "lang=xx",
            "lang=\"de\" dir=\"ltr\"",
            "Zum Inhalt springen",
        ),
        (
            "de",
            "lang=en",
            "lang=\"en\" dir=\"ltr\"",
            "Skip to the content",
        ),
        ("de", "lang=ar", "lang=\"ar\" dir=\"rtl\"", "Drive-In"),
    ];
    for (accepted, cookie, attributes, words) in cases {
        let reply = in_language(&drivein, &folder, accepted, cookie)
            .await
            .expect(200);
        let vary = reply.headers.get_all("vary").iter();
        let vary: Vec<_> = vary.map(|value| value.to_str().unwrap()).collect();
        assert!(vary.contains(&"accept-language, cookie"), "{vary:?}");
        assert!(!reply.header("cache-control").contains("public"));
        assert_eq!(reply.header("etag"), "", "a page is never confirmed by 304");
        let page = reply.text();
        assert!(page.contains(attributes), "{accepted} {cookie}");
        assert!(page.contains(words), "{accepted} {cookie}");
    }
}

#[tokio::test]
async fn the_language_chosen_at_the_foot_of_a_page_is_remembered() {
    let drivein = Drivein::start().await;
    let page = drivein.text("/status").await;
    assert!(page.contains("action=\"/language\"") && page.contains(">Deutsch</option>"));
    let choose = |from: &str| {
        let ask = drivein.ask(Method::POST, "/language");
        ask.form(&[("lang", "de")]).header("referer", from)
    };
    let reply = choose(&format!("{}/status?x=1", drivein.url()))
        .expect(303)
        .await;
    assert_eq!(reply.header("location"), "/status?x=1");
    let cookie = reply.header("set-cookie").to_owned();
    assert!(cookie.starts_with("lang=de; Path=/;"), "{cookie}");
    let page = in_language(&drivein, "/status", "en", "lang=de")
        .await
        .text();
    assert!(page.contains("lang=\"de\" selected>Deutsch"));

    let reply = choose("https://evil.example//other.example/")
        .expect(303)
        .await;
    assert_eq!(reply.header("location"), "/");
    let foreign = choose(&drivein.url()).header("sec-fetch-site", "cross-site");
    foreign.expect(403).await;
}

#[tokio::test]
async fn errors_guests_and_the_sign_in_are_translated_and_problems_of_the_api_are_not() {
    let drivein = Drivein::setup()
        .password("open sesame")
        .api_token("token-of-tests")
        .start()
        .await;
    let page = in_language(&drivein, "/login", "de", "")
        .await
        .expect(200)
        .text();
    assert!(page.contains("Guten Abend. Ihr Ticket, bitte."));
    let page = in_language(&drivein, "/guest/nonsense/", "de", "")
        .await
        .expect(401)
        .text();
    assert!(page.contains("Hier läuft nichts"));

    let missing = |path: &str| {
        let ask = drivein
            .ask(Method::GET, path)
            .header("accept-language", "de");
        ask.header("authorization", "Bearer token-of-tests").send()
    };
    let page = missing("/no/such/page").await.expect(404).text();
    assert!(page.contains("lang=\"de\"") && page.contains("Unter dieser Adresse ist nichts."));
    let problem = missing(&format!("/api/v1/entries/{DRIVE}/Nothing"))
        .await
        .expect(404)
        .json();
    assert_eq!(problem["title"], "Not here");
    assert_eq!(problem["code"], "not_found");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("There is nothing at this address."),
        "{detail}"
    );
}

#[tokio::test]
async fn the_scripts_of_a_page_have_its_language_by_a_url_of_their_own() {
    let drivein = Drivein::start().await;
    let mut urls = BTreeSet::new();
    for (language, words) in [("en", "`Sound off`"), ("de", "`Ton aus`")] {
        let film = format!("/watch/{DRIVE}{}", encoded(FILM));
        let page = in_language(&drivein, &film, language, "")
            .await
            .expect(200)
            .text();
        let script = all_between(&page, "src=\"", "/player.js\"").next().unwrap();
        let texts = drivein.get(&format!("{script}/texts.js")).await.expect(200);
        assert!(texts.header("cache-control").contains("immutable"));
        assert!(texts.text().contains(words), "{language}");
        urls.insert(script.to_owned());
    }
    assert_eq!(urls.len(), 2);
}

#[tokio::test]
async fn languages_of_subtitles_are_named_in_the_language_of_the_page() {
    let drivein = Drivein::start().await;
    let text = b"1\n00:00:01,000 --> 00:00:02,000\nAhoi\n".to_vec();
    let put = drivein.put("/Tidal Light.de.forced.srt", "", text).await;
    put.expect(200);
    let watch = format!("/watch/{DRIVE}{}", encoded(FILM));
    for (language, label) in [
        ("en", "German (forced)"),
        ("fr", "Allemand (forced)"),
        ("tr", "Almanca (forced)"),
        ("zh-TW", "德文 (forced)"),
    ] {
        let page = in_language(&drivein, &watch, language, "")
            .await
            .expect(200);
        let page = page.text();
        assert!(page.contains(&format!(" label=\"{label}\"")), "{language}");
    }
}
