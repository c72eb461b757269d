//! A guest's view: the film or the folder of the link, its card, and nothing beside it.

use super::*;

on_both_states! {
    what_is_gone_withdrawn_or_not_the_guests_is_neutral,
    a_film_is_passed_on_by_a_form,
}

#[tokio::test]
async fn a_guest_sees_the_film_and_its_card_and_plays_it() {
    let drivein = setup().start().await;
    let (ticket, address) = pass_on(&drivein, FILM).await;
    let short = drivein.get(&format!("/guest/{ticket}/")).await.expect(303);
    assert_eq!(short.header("location"), address);
    let reply = drivein.get(&address).await.expect(200);
    assert_eq!(reply.header("x-robots-tag"), "noindex");
    assert_eq!(reply.header("referrer-policy"), "no-referrer");
    assert!(
        reply
            .header("content-security-policy")
            .contains("default-src 'none'")
    );
    let page = reply.text();
    let top = &page[..page.floor_char_boundary(32_768)];
    assert_eq!(meta(top, "og:title"), "Tidal Light.mp4");
    assert_eq!(meta(top, "og:type"), "video.other");
    assert_eq!(meta(top, "og:site_name"), "Drive-In");
    assert!(meta(top, "og:description").contains("1:06"));
    assert_eq!(meta(top, "og:url"), format!("{}{address}", drivein.url()));
    assert_eq!(meta(top, "twitter:card"), "summary_large_image");
    assert_eq!(meta(top, "robots"), "noindex");
    assert!(!page.contains("og:video"), "fetchers would load the film");

    let image = meta(top, "og:image");
    assert_eq!(
        (meta(top, "og:image:width"), meta(top, "og:image:height")),
        ("1200".to_owned(), "630".to_owned())
    );
    let card = drivein.get(&drivein.local(&image)).await.expect(200);
    assert_is_card(&card);
    let neutral = drivein
        .fetch(
            &format!("/guest/{ticket}/{DRIVE}{}/card.jpg", encoded(FILM)),
            200,
        )
        .await;
    assert!(
        card.body == neutral.body,
        "the short and the long address are one"
    );

    let data = json_ld(top);
    assert_eq!(data["@context"], "https://schema.org");
    assert_eq!(data["@type"], "VideoObject");
    assert_eq!(data["name"], "Tidal Light.mp4");
    assert_eq!(data["duration"], "PT1M6S");
    assert_eq!(data["thumbnailUrl"], image.as_str());
    assert!(data["uploadDate"].as_str().unwrap().ends_with('Z'));

    let oembed = all_between(top, "type=\"application/json+oembed\" href=\"", "\"")
        .next()
        .unwrap();
    let oembed = drivein.local(&unescaped(oembed));
    let answer = drivein.get(&oembed).await.expect(200).json();
    assert_eq!(
        (answer["type"].as_str(), answer["version"].as_str()),
        (Some("link"), Some("1.0"))
    );
    assert_eq!(
        (&answer["thumbnail_url"], &answer["thumbnail_width"]),
        (&json!(image), &json!(1200))
    );
    drivein.fetch(&format!("{oembed}?format=xml"), 501).await;
    drivein
        .fetch(&format!("{oembed}?url=https%3A%2F%2Fevil.example%2F"), 404)
        .await;
    let own = encoded_name(&meta(top, "og:url"));
    drivein
        .fetch(&format!("{oembed}?format=json&url={own}"), 200)
        .await;

    // The same URLs as anywhere, under the guest's ticket; nothing of the owner's.
    let block = all_between(&page, "id=\"film\">", "</script>")
        .next()
        .unwrap();
    let film: Value = serde_json::from_str(block).unwrap();
    let hls = film["hls"].as_str().unwrap();
    assert!(hls.starts_with(&format!("/play/{ticket}/")));
    drivein.get(hls).await.expect(200);
    let segment = drivein
        .fetch(&hls.replace("master.m3u8", "480p/1.ts"), 200)
        .await;
    assert!(segment.body == drivein.segment_source(FILM, "480p", 1).await);
    for owners in [
        "/status",
        "/search",
        "/logout",
        "/login",
        "/browse/",
        "/watch/",
        "/devices",
        "/guest-link",
        "/account",
        "/api/",
    ] {
        assert!(
            !page.contains(&format!("\"{owners}")),
            "{owners} on a guest's page"
        );
    }
    assert_eq!(
        film["next"],
        Value::Null,
        "the neighbours are not the guest's"
    );
    assert!(!page.contains("class=\"neighbours\""));
    for ticket_in in all_between(&page, "/play/", "/") {
        assert_eq!(ticket_in, ticket);
    }
}

#[tokio::test]
async fn a_guest_of_a_folder_walks_in_it_and_not_out_of_it() {
    let drivein = setup().start().await;
    let (ticket, address) = pass_on(&drivein, FOLDER).await;
    let page = drivein.text(&address).await;
    assert_eq!(meta(&page, "og:title"), "Nature & Light");
    assert_eq!(meta(&page, "og:type"), "website");
    let image = drivein.local(&meta(&page, "og:image"));
    assert_is_card(&drivein.get(&image).await.expect(200));
    let crumbs = all_between(&page, "class=\"crumbs\"", "</nav>")
        .next()
        .unwrap();
    assert!(!crumbs.contains("href"), "there is nothing above: {crumbs}");
    // Every link of the page stays within the scope; follows all of them to the end.
    let mut waiting = vec![address.clone()];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(next) = waiting.pop() {
        if !seen.insert(next.clone()) {
            continue;
        }
        let reply = drivein.get(&next).await;
        assert_eq!(reply.status, 200, "{next}");
        let text = reply.text();
        for link in all_between(&text, " href=\"", "\"").map(unescaped) {
            let fine = link.starts_with(&format!("/guest/{ticket}/"))
                || link.starts_with(&format!("/play/{ticket}/{DRIVE}/Nature%20%26%20Light"))
                || link.starts_with(&format!("{}/guest/{ticket}/", drivein.url()))
                || link.starts_with("/assets/")
                || link.starts_with('#');
            assert!(fine, "{link} on {next}");
            let within = format!("{address}/");
            if link.starts_with(&within) && !link.contains('?') && !link.ends_with(".json") {
                waiting.push(link);
            }
        }
    }
    assert!(seen.len() > 8, "{seen:?}");
    // A film inside: its breadcrumbs begin at the folder.
    let film = format!("{address}/{}", encoded_name("Waves & Wind.mp4"));
    let page = drivein.text(&film).await;
    let crumbs = all_between(&page, "class=\"crumbs\"", "</nav>")
        .next()
        .unwrap();
    let links: Vec<&str> = all_between(crumbs, "href=\"", "\"").collect();
    assert_eq!(links, [address.as_str()]);
    // Only the owner may reload.
    drivein.sandbox.reset_counts();
    drivein.fetch(&format!("{address}?refresh=1"), 200).await;
    assert_eq!(drivein.sandbox.count("list"), 0);
}

async fn what_is_gone_withdrawn_or_not_the_guests_is_neutral() {
    let drivein = setup().start().await;
    let (_, lost) = pass_on(&drivein, FILM).await;
    let scope = json!({ "place": DRIVE, "path": FILM });
    let withdrawn = drivein.ticket("x", scope.clone()).await;
    let id = withdrawn["id"].as_str().unwrap();
    drivein
        .owner(Method::DELETE, &format!("/api/v1/tickets/{id}"), None)
        .await
        .expect(204);
    let soon = chrono::Utc::now() + chrono::Duration::seconds(2);
    let body = json!({ "name": "short", "scope": scope, "expires_at": soon.to_rfc3339() });
    let short = drivein
        .owner(Method::POST, "/api/v1/tickets", Some(body))
        .await
        .expect(200)
        .json();
    let (valid, _) = pass_on(&drivein, "/Nature & Light/Waves & Wind.mp4").await;
    let film = format!("{DRIVE}{}", encoded(FILM));
    let page = |ticket: &str| format!("/guest/{ticket}/{film}");
    let ended = page(short["ticket"].as_str().unwrap());
    eventually(
        "the ticket has ended",
        Duration::from_secs(20),
        async || (drivein.get(&ended).await.status == 410).then_some(()),
    )
    .await;

    let drivein = drivein.restarted().await;
    // The film is gone. A viewer finds out; after that, chat previews show nothing either.
    drivein.fault("filemetas", Effect::errno(-9));
    drivein.fault("list", Effect::errno(-9));
    let seen = as_agent(&drivein, Method::GET, &lost, BROWSER).await;
    assert_eq!(seen.status, 404);
    let cases = [
        (page(withdrawn["ticket"].as_str().unwrap()), 410),
        (ended, 410),
        (page("AQAAAAAAAAAAAAAAAAAAAAAA"), 401),
        (page("x"), 401),
        (page(&valid), 403),
        (lost.clone(), 410),
        (format!("{lost}/oembed.json"), 410),
        (format!("/guest/{valid}/nowhere"), 403),
    ];
    for (address, status) in cases {
        for agent in [CRAWLERS[0], CRAWLERS[3]] {
            let reply = as_agent(&drivein, Method::GET, &address, agent).await;
            assert_eq!(reply.status, status, "{address}");
            let text = reply.text();
            assert_eq!(meta(&text, "og:title"), "Drive-In", "{address}");
            assert_eq!(meta(&text, "robots"), "noindex");
            assert!(
                !text.contains("Tidal") && !text.contains("Waves"),
                "{address}: {text}"
            );
            assert!(!text.contains("og:image"));
            assert_eq!(reply.header("cache-control"), "no-store");
            assert_eq!(reply.header("x-robots-tag"), "noindex");
        }
    }
    // It is back: so is its page.
    drivein.sandbox.heal();
    as_agent(&drivein, Method::GET, &lost, BROWSER)
        .await
        .expect(200);
    let page = as_agent(&drivein, Method::GET, &lost, CRAWLERS[0])
        .await
        .expect(200);
    assert_eq!(meta(&page.text(), "og:title"), "Tidal Light.mp4");
}

async fn a_film_is_passed_on_by_a_form() {
    let drivein = setup().start().await;
    let form = format!("/guest-link/{DRIVE}{}", encoded(FILM));
    drivein.get(&form).await.expect(303);
    let former = form.replace("/guest-link/", "/pass-on/");
    let moved = drivein.owner(Method::GET, &former, None).await.expect(308);
    assert_eq!(moved.header("location"), form);
    let watch = format!("/watch/{DRIVE}{}", encoded(FILM));
    let page = drivein
        .owner(Method::GET, &watch, None)
        .await
        .expect(200)
        .text();
    assert!(
        page.contains(&format!("href=\"{form}\"")),
        "the watch page leads to it"
    );
    let page = drivein
        .owner(Method::GET, &form, None)
        .await
        .expect(200)
        .text();
    assert!(page.contains("For whom"));
    let made = drivein
        .owners_form(&form, &[("name", "Mia"), ("until", "week")])
        .await
        .expect(200)
        .text();
    let address = all_between(&made, "readonly value=\"", "\"")
        .next()
        .unwrap();
    assert!(made.contains("data:image/svg+xml;base64,"));
    let guest = drivein.text(&drivein.local(address)).await;
    assert_eq!(meta(&guest, "og:title"), "Tidal Light.mp4");
    let listed = drivein
        .owner(Method::GET, "/api/v1/tickets", None)
        .await
        .json();
    assert_eq!(listed["tickets"][0]["name"], "Mia");
    assert!(listed["tickets"][0]["expires_at"].is_string());
    let nowhere = drivein
        .owner(Method::GET, "/guest-link/films/nowhere.mp4", None)
        .await;
    nowhere.expect(404);
}
