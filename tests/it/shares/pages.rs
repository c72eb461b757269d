//! The pages for a person who pastes a link.

use super::*;

fn share_page(text: &str) -> String {
    format!("/share?link={}", encoded_name(text))
}

#[tokio::test]
async fn a_pasted_link_leads_to_the_film_or_the_folder() {
    let drivein = Drivein::start().await;
    let film = share(&drivein, "film");
    let reply = drivein.get(&share_page(&film.url)).await.expect(303);
    assert_eq!(
        reply.header("location"),
        format!("/watch/~1{}/Borrowed%20Light.mp4", film.surl)
    );
    drivein.get(reply.header("location")).await.expect(200);
    let series = share(&drivein, "series");
    let reply = drivein.get(&share_page(&series.url)).await.expect(303);
    assert_eq!(
        reply.header("location"),
        format!("/browse/~1{}", series.surl)
    );
    let page = drivein.text(reply.header("location")).await;
    assert!(page.contains("Shared by") && page.contains("4k***eo") && page.contains("Ends on"));
    let season = format!("/browse/~1{}/Paper%20Atlas", series.surl);
    let page = drivein.text(&season).await;
    for words in [
        "Play from the first",
        "list.m3u",
        "Save to my drive",
        "1 film",
        "list.xspf",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let home = drivein.text("/").await;
    assert!(home.contains("Opened before") && home.contains("Paper Atlas"));
    assert!(home.contains("<textarea name=\"link\""));
}

#[tokio::test]
async fn a_share_that_does_not_answer_yet_is_waited_for_by_the_reload_and_opened_once() {
    let drivein = Drivein::start().await;
    let film = share(&drivein, "film");
    for call in ["shorturlinfo", "share_list"] {
        drivein.fault(call, Effect::latency(2500));
    }
    let address = share_page(&film.url);
    // The reload names the pasted URL: here, a host of the upstream.
    let visitor = drivein.told();
    let page = visitor.ask(Method::GET, &address).send_once().await;
    let page = page.expect(200);
    assert!(
        page.text().contains("has not answered yet"),
        "{}",
        page.text()
    );
    let reload = format!("{}&waited=1", address.trim_start_matches("/share"));
    assert_eq!(page.header("refresh"), format!("1; url={reload}"));
    let opened = drivein.get(&format!("{address}&waited=1")).await;
    assert_eq!(
        opened.expect(303).header("location"),
        format!("/watch/~1{}/Borrowed%20Light.mp4", film.surl)
    );
    assert_eq!(drivein.sandbox.count("shorturlinfo"), 1);
    assert_eq!(drivein.sandbox.count("share_list"), 1);
}

#[tokio::test]
async fn a_page_of_another_site_opens_nothing_by_leading_here() {
    let drivein = Drivein::start().await;
    let address = share_page(&share(&drivein, "film").url);
    // The page repeats the pasted URL: here, a host of the upstream.
    let visitor = drivein.told();
    let led_by = |site: &'static str| {
        let ask = visitor.ask(Method::GET, &address);
        ask.header("sec-fetch-site", site).send()
    };
    let calls = drivein.upstream_calls();
    for site in ["cross-site", "same-site", "of-tomorrow"] {
        let page = led_by(site).await.expect(200).text();
        assert!(page.contains("Another site has led here"), "{site}");
        assert!(
            unescaped(&page).contains("/s/1"),
            "it can be opened from here"
        );
    }
    assert_eq!(drivein.upstream_calls(), calls);
    let home = drivein.text("/").await;
    assert!(!home.contains("Opened before"), "nothing was remembered");
    for site in ["none", "same-origin"] {
        led_by(site).await.expect(303);
    }
}

#[tokio::test]
async fn what_is_no_link_gets_a_sentence_and_what_was_typed_back() {
    let drivein = Drivein::start().await;
    let reply = drivein
        .fetch(&share_page("<script>alert(1)</script> no link"), 200)
        .await;
    let page = reply.text();
    assert!(page.contains("no share link that Drive-In knows"));
    assert!(!page.contains("<script>alert"));
    assert!(unescaped(&page).contains("<script>alert(1)</script> no link"));
    drivein.get("/share").await.expect(200);
}

#[tokio::test]
async fn a_password_is_asked_for_by_a_form() {
    let drivein = Drivein::start().await;
    let link = share(&drivein, "password");
    let page = drivein.text(&share_page(&link.url)).await;
    assert!(page.contains("This share has a password") && page.contains("name=\"password\""));
    let place = all_between(&page, "name=\"place\" value=\"", "\"")
        .next()
        .unwrap();
    assert_eq!(place, format!("~1{}", link.surl));
    let send = |password: &'static str| {
        let ask = drivein.ask(Method::POST, "/share");
        ask.form(&[("place", place), ("password", password)]).send()
    };
    let wrong = send("aaaa").await.expect(200).text();
    assert!(wrong.contains("That is not the password") && wrong.contains("aria-invalid"));
    let right = send("w3xz").await.expect(303);
    assert_eq!(
        right.header("location"),
        format!("/watch/{place}/Locked%20Harbour.mp4")
    );
    // Forms of other sites are refused.
    let forged = drivein
        .ask(Method::POST, "/share")
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .form(&[("place", place), ("password", "w3xz")])
        .send()
        .await;
    assert_eq!(forged.status, 403);
}

#[tokio::test]
async fn a_message_with_several_links_becomes_several_cards() {
    let drivein = Drivein::start().await;
    let [film, locked, gone] = ["film", "password", "cancelled"].map(|name| share(&drivein, name));
    let text = format!(
        "One: {}\nTwo: {}\nThree: {} and {}",
        film.url, locked.url, gone.url, film.url
    );
    let page = drivein.text(&share_page(&text)).await;
    assert_eq!(page.matches("class=\"link-card").count(), 3);
    for words in [
        "Borrowed Light.mp4",
        "This share has a password",
        "The share is gone",
    ] {
        assert!(page.contains(words), "{words}");
    }
    // The open one has a picture, which was not fetched yet.
    let posters: Vec<&str> = all_between(&page, "<img src=\"", "\"").collect();
    let posters: Vec<&&str> = posters
        .iter()
        .filter(|it| it.ends_with("/poster-small.jpg"))
        .collect();
    assert_eq!(posters.len(), 1, "{page}");
    assert!(page.contains("loading=\"lazy\""));
    assert_eq!(drivein.sandbox.count("thumbnail"), 0);
    let picture = drivein.get(posters[0]).await.expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
    assert_eq!(drivein.sandbox.count("thumbnail"), 1);
    let with_password = format!("{} pwd: w3xz\n{}", locked.url, film.url);
    let page = drivein.text(&share_page(&with_password)).await;
    assert!(page.contains("Locked Harbour.mp4") && !page.contains("has a password"));
}

#[tokio::test]
async fn what_is_chosen_is_saved_and_each_file_has_its_line() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "film").await;
    let form = [
        ("place", place.as_str()),
        ("path", "/Borrowed Light.mp4"),
        ("to", DRIVE),
        ("folder", "/Series"),
    ];
    let send = || drivein.ask(Method::POST, "/share/save").form(&form).send();
    let page = send().await.expect(200).text();
    assert!(page.contains("1 of 1 saved") && page.contains("/browse/films/Series"));
    let again = send().await.expect(200).text();
    assert!(again.contains("0 of 1 saved") && again.contains("is there already"));
}

#[tokio::test]
async fn a_link_at_an_unknown_host_is_opened_by_a_press_of_a_button_and_not_before() {
    let drivein = Drivein::start().await;
    let film = share(&drivein, "film");
    let link = format!("https://www.newbox.example/s/1{}", film.surl);
    let calls = drivein.upstream_calls();
    let page = drivein.text(&share_page(&link)).await;
    for words in ["www.newbox.example", "Try it", "name=\"untried\""] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let refused = ask_to_open(&drivein, &link, None).await.expect(400);
    assert_eq!(refused.json()["code"], "not_a_share_link");
    assert_eq!(
        drivein.upstream_calls(),
        calls,
        "nothing is requested before"
    );

    let form = drivein.ask(Method::POST, "/share");
    let opened = form.form(&[("untried", link.as_str())]).expect(303).await;
    assert!(opened.header("location").starts_with("/watch/~1"));
    let body = json!({"url": link, "unknown_host": true});
    let asked = drivein.ask(Method::POST, "/api/v1/shares/open");
    let opened = asked.json(&body).expect(200).await.json();
    assert_eq!(opened["place"], format!("~1{}", film.surl));
}
