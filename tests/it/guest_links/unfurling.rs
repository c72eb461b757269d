//! Chat previews of a link: finished texts, a picture, absolute URLs; and no upstream request for them.

use super::*;

#[tokio::test]
async fn who_only_looks_costs_nothing_upstream() {
    let drivein = setup().start().await;
    let (film_ticket, film) = pass_on(&drivein, FILM).await;
    let (_, folder) = pass_on(&drivein, FOLDER).await;
    // The cache is empty now.
    let drivein = drivein.restarted().await;
    drivein.sandbox.reset_counts();
    let inside = format!("{folder}/{}", encoded_name("Waves & Wind.mp4"));
    for agent in CRAWLERS {
        for (address, title) in [
            (&film, "Tidal Light.mp4"),
            (&folder, "Nature & Light"),
            (&inside, "Waves & Wind.mp4"),
        ] {
            let page = as_agent(&drivein, Method::GET, address, agent)
                .await
                .expect(200)
                .text();
            assert_eq!(meta(&page, "og:title"), title, "{agent}");
            let image = drivein.local(&meta(&page, "og:image"));
            assert_is_card(
                &as_agent(&drivein, Method::GET, &image, agent)
                    .await
                    .expect(200),
            );
            let oembed = format!("{address}/oembed.json");
            as_agent(&drivein, Method::GET, &oembed, agent)
                .await
                .expect(200);
        }
        // A play URL that was pasted into a chat.
        for below in ["", "/master.m3u8", "/480p/0.ts", "/poster.jpg", "/list.m3u"] {
            let play = format!("/play/{film_ticket}/{DRIVE}{}{below}", encoded(FILM));
            as_agent(&drivein, Method::GET, &play, agent)
                .await
                .expect(403);
        }
        // The owner's pages show a login, and nothing else.
        let owners = as_agent(
            &drivein,
            Method::GET,
            "/watch/films/Tidal%20Light.mp4",
            agent,
        )
        .await
        .expect(303);
        let login = as_agent(&drivein, Method::GET, owners.header("location"), agent)
            .await
            .expect(200);
        assert!(!login.text().contains("og:image"));
    }
    for address in [&film, &folder, &inside] {
        let head = as_agent(&drivein, Method::HEAD, address, BROWSER)
            .await
            .expect(200);
        assert!(head.body.is_empty());
    }
    // The card is the same for all clients.
    let card = as_agent(&drivein, Method::GET, &format!("{film}/card.jpg"), BROWSER)
        .await
        .expect(200);
    assert_is_card(&card);
    let neutral = as_agent(
        &drivein,
        Method::GET,
        &format!("{inside}/card.jpg"),
        BROWSER,
    )
    .await
    .expect(200);
    assert_is_card(&neutral);
    assert!(card.body != neutral.body);
    let seen: Vec<(&str, u64)> = sandbox::ROUTES
        .iter()
        .map(|route| (*route, drivein.sandbox.count(route)))
        .filter(|(_, count)| *count > 0)
        .collect();
    assert!(seen.is_empty(), "{seen:?}");
    // A viewer gets all of it.
    let page = as_agent(&drivein, Method::GET, &film, BROWSER)
        .await
        .expect(200)
        .text();
    assert_eq!(meta(&page, "og:title"), "Tidal Light.mp4");
}

#[tokio::test]
async fn a_film_is_shown_even_while_its_drive_is_away() {
    let drivein = setup().start().await;
    let (_, address) = pass_on(&drivein, FILM).await;
    let drivein = drivein.restarted().await;
    drivein.fault("*", Effect::status(503));
    let page = as_agent(&drivein, Method::GET, &address, BROWSER)
        .await
        .expect(200)
        .text();
    assert_eq!(meta(&page, "og:title"), "Tidal Light.mp4");
}

#[tokio::test]
async fn below_a_public_address_everything_on_the_card_is_absolute() {
    let drivein = setup()
        .public_url("https://films.example/drive-in")
        .start()
        .await;
    let made = drivein
        .ticket("Mia", json!({ "place": DRIVE, "path": FILM }))
        .await;
    let public = "https://films.example/drive-in";
    assert!(
        made["url"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{public}/play/"))
    );
    let address = format!(
        "/guest/{}/{DRIVE}{}",
        made["ticket"].as_str().unwrap(),
        encoded(FILM)
    );
    for prefix in ["", "/drive-in"] {
        let reply = drivein
            .ask(Method::GET, &format!("{prefix}{address}"))
            .header("x-forwarded-host", "evil.example")
            .expect(200)
            .await;
        let page = reply.text();
        assert!(!page.contains("evil.example"));
        assert_eq!(meta(&page, "og:url"), format!("{public}{address}"));
        for name in ["og:image", "twitter:image"] {
            let image = meta(&page, name);
            let local = image.strip_prefix(public).unwrap();
            assert_is_card(&drivein.get(&format!("{prefix}{local}")).await.expect(200));
        }
        assert_eq!(json_ld(&page)["url"], format!("{public}{address}"));
    }
}

#[tokio::test]
async fn the_owners_own_pages_unfurl_too() {
    let drivein = Drivein::start().await;
    for (page, title, kind) in [
        (
            format!("/watch/{DRIVE}{}", encoded(FILM)),
            "Tidal Light.mp4",
            "video.other",
        ),
        (
            format!("/browse/{DRIVE}{}", encoded(FOLDER)),
            "Nature & Light",
            "website",
        ),
    ] {
        let text = drivein.text(&page).await;
        assert_eq!(meta(&text, "og:title"), title);
        assert_eq!(meta(&text, "og:type"), kind);
        assert_eq!(meta(&text, "og:url"), format!("{}{page}", drivein.url()));
        let image = drivein.local(&meta(&text, "og:image"));
        assert_is_card(&drivein.get(&image).await.expect(200));
    }
}

#[tokio::test]
async fn a_hostile_name_is_harmless_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let film = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/samples/paper-mountains/original.mp4"
    ))
    .unwrap();
    let names = [
        "<script>alert(1)<script>.mp4".to_owned(),
        "\" onerror=\"alert(1)' x='.mp4".to_owned(),
        "exe.\u{202e}4pm.mp4".to_owned(),
        "--><b>&lt;i&gt;]]>%0d%0aX-Y: z.mp4".to_owned(),
        format!("{}.mp4", "\"<&'".repeat(60)),
        format!("{}.mp4", "映".repeat(80)),
    ];
    for name in &names {
        std::fs::write(folder.path().join(name), &film).unwrap();
    }
    let drivein = setup()
        .sandbox(sandbox::Options::with_films(sandbox::Films::Folder(
            folder.path().to_owned(),
        )))
        .start()
        .await;
    let harmless = |what: &str, text: &str| {
        for raw in ["<script>alert", "\" onerror=\"alert", "<b>&lt;", "--><b>"] {
            assert!(!text.contains(raw), "{raw} in {what}: {text}");
        }
    };
    for name in &names {
        let path = format!("/{name}");
        let (ticket, guest) = pass_on(&drivein, &path).await;
        let page = drivein.text(&guest).await;
        harmless("the page", &page);
        let last = page.find("ld+json").unwrap();
        assert!(last < 32_768, "the card begins at {last}");
        let title = meta(&page, "og:title");
        assert!(
            title.chars().count() <= 60 && !title.contains('\u{202e}'),
            "{title}"
        );
        assert_eq!(json_ld(&page)["name"], title.as_str());
        let oembed = drivein.fetch(&format!("{guest}/oembed.json"), 200).await;
        assert_eq!(oembed.header("x-content-type-options"), "nosniff");
        assert_eq!(oembed.json()["title"], title.as_str());
        assert_is_card(&drivein.get(&format!("{guest}/card.jpg")).await.expect(200));

        let play = format!("/play/{ticket}/{DRIVE}{}", encoded(&path));
        let head = drivein.head(&play).await.expect(200);
        let disposition = head.header("content-disposition");
        assert!(
            disposition.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
            "{disposition}"
        );
        let plain = all_between(disposition, "filename=\"", "\"; filename*=UTF-8''")
            .next()
            .unwrap();
        assert!(!plain.contains(['"', '\\', '%']), "{disposition}");
        assert!(!disposition.contains("%E2%80%AE"), "{disposition}");
        assert!(head.header("x-y").is_empty());
        let list = drivein.text(&format!("{play}/list.m3u")).await;
        assert_eq!(list.lines().count(), 3, "{list}");
        assert!(!list.contains('\u{202e}'));
        let xspf = drivein.text(&format!("{play}/list.xspf")).await;
        harmless("the list", &xspf);
        let made = drivein
            .owners_form(
                &format!("/guest-link/{DRIVE}{}", encoded(&path)),
                &[("name", name)],
            )
            .await
            .expect(200);
        harmless("the form", &made.text());
    }
    for page in ["/devices", "/browse/films", "/"] {
        harmless(
            page,
            &drivein
                .owner(Method::GET, page, None)
                .await
                .expect(200)
                .text(),
        );
    }
    let made = drivein.ticket("all", json!({ "place": DRIVE })).await;
    let listing = drivein
        .fetch(&drivein.local(made["url"].as_str().unwrap()), 200)
        .await;
    harmless("the listing", &listing.text());
    let log = drivein.log();
    // The sandbox is an upstream, and logs what it likes.
    let mut ours = log.lines().filter(|line| !line.contains(" sandbox::"));
    let hostile = |line: &&str| line.contains('\u{202e}') || line.contains("<script>alert");
    assert_eq!(ours.find(hostile), None, "in the log");
}
