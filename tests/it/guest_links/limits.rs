//! Tickets for several paths, for a number of viewers or visits, and for streams alone.

use super::*;

on_both_states! {
    a_ticket_for_several_paths_opens_each_of_them_and_shows_them_together,
    a_ticket_serves_no_more_viewers_at_a_time_than_it_allows,
    visits_are_counted_and_used_up,
    a_ticket_for_streams_gives_out_no_byte_of_an_original,
    the_form_of_a_guest_link_has_limits,
    a_ticket_has_a_speed_and_gives_out_every_byte,
    several_ticked_entries_become_one_guest_link,
    webdav_at_the_root_of_several_paths_lists_them,
}

/// Issues a ticket with these fields besides a name.
async fn issue(drivein: &Drivein, fields: Value) -> Value {
    let mut body = json!({ "name": "Mia" });
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
    let made = drivein.post("tickets", body).await;
    made.expect(200).json()
}

fn text(made: &Value) -> String {
    made["ticket"].as_str().unwrap().to_owned()
}

/// Returns a scope of these paths of the drive.
fn scope_of(paths: &[&str]) -> Vec<Value> {
    let path = |path: &&str| json!({ "place": DRIVE, "path": path });
    paths.iter().map(path).collect()
}

/// Requests one byte as a player of this name.
async fn byte(drivein: &Drivein, address: &str, agent: &str) -> Reply {
    let ask = drivein.ask(Method::GET, address);
    let ask = ask.header("user-agent", agent).header("range", "bytes=0-0");
    ask.send().await
}

async fn a_ticket_for_several_paths_opens_each_of_them_and_shows_them_together() {
    let drivein = Drivein::start().await;
    let paths = [FILM, "/Series/Paper Worlds/Season 1"];
    let scope = scope_of(&paths);
    let made = issue(&drivein, json!({ "scope": scope })).await;
    assert_eq!(made["scope"], json!(scope));
    let listed = drivein.api("tickets").await;
    assert_eq!(listed["tickets"][0]["scope"], json!(scope));
    let ticket = text(&made);

    let root = drivein.get(&format!("/play/{ticket}/")).await;
    let root = root.expect(200).text();
    for href in [
        format!("\"{DRIVE}{}\"", encoded(FILM)),
        format!("\"{DRIVE}{}/\"", encoded(paths[1])),
    ] {
        assert!(root.contains(&href), "{href} in {root}");
    }
    let status = async |path: &str| {
        let address = format!("/play/{ticket}/{DRIVE}{}", encoded(path));
        byte(&drivein, &address, "player").await.status
    };
    assert_eq!(status(FILM).await, 206);
    let episode = format!("{}/Episode 1.mp4", paths[1]);
    assert_eq!(status(&episode).await, 206);
    for outside in [
        "/Nature & Light/Waves & Wind.mp4",
        "/Series",
        "/Series/Paper Worlds/Season 2",
    ] {
        assert_eq!(status(outside).await, 403, "{outside}");
    }

    let page = drivein.get(&format!("/guest/{ticket}/")).await;
    let page = page.expect(200).text();
    for path in paths {
        let href = format!("/guest/{ticket}/{DRIVE}{}", encoded(path));
        assert!(page.contains(&href), "{href} in {page}");
    }
    for (scope, sentence) in [
        (json!([]), "at least one"),
        (json!([{ "path": "/x" }]), "place"),
        (json!([{}]), "place"),
        (json!([{ "place": DRIVE, "path": "/none" }]), ""),
    ] {
        let body = json!({ "name": "Mia", "scope": scope });
        let refused = drivein.post("tickets", body).await;
        assert!(refused.status == 400 || refused.status == 404, "{scope}");
        assert!(refused.text().contains(sentence), "{}", refused.text());
    }
}

async fn a_ticket_serves_no_more_viewers_at_a_time_than_it_allows() {
    let drivein = Drivein::start().await;
    let scope = json!({ "place": DRIVE, "path": FILM });
    let made = issue(&drivein, json!({ "scope": scope, "max_viewers": 2 })).await;
    assert_eq!(made["max_viewers"], 2);
    let ticket = text(&made);
    let film = format!("/play/{ticket}/{DRIVE}{}", encoded(FILM));
    for agent in ["one", "two", "one", "two"] {
        assert_eq!(byte(&drivein, &film, agent).await.status, 206, "{agent}");
    }
    let third = byte(&drivein, &film, "three").await;
    // Players never retry a 4xx.
    assert_eq!(third.status, 503);
    assert_eq!(third.json()["code"], "rate_limited");
    assert!(third.header("retry-after").parse::<u64>().unwrap() > 0);
    let page = format!("/guest/{ticket}/{DRIVE}{}", encoded(FILM));
    let page = as_agent(&drivein, Method::GET, &page, BROWSER).await;
    assert_eq!(page.status, 429);
    assert!(page.text().contains("as its owner allows"));
    // A preview in a chat is no viewer, and those who are there go on.
    let crawler = format!("/guest/{ticket}/card.jpg");
    let card = as_agent(&drivein, Method::GET, &crawler, CRAWLERS[0]).await;
    assert_eq!(card.status, 200);
    assert_eq!(byte(&drivein, &film, "two").await.status, 206);
}

async fn visits_are_counted_and_used_up() {
    let drivein = Drivein::start().await;
    let scope = json!({ "place": DRIVE, "path": FILM });
    let made = issue(&drivein, json!({ "scope": scope, "max_visits": 2 })).await;
    let ticket = text(&made);
    let film = format!("/play/{ticket}/{DRIVE}{}", encoded(FILM));
    // One visit is as many requests as it takes.
    for agent in ["one", "one", "two", "one"] {
        assert_eq!(byte(&drivein, &film, agent).await.status, 206, "{agent}");
    }
    let third = byte(&drivein, &film, "three").await;
    assert_eq!((third.status, &third.json()["code"]), (410, &json!("gone")));
    let page = format!("/guest/{ticket}/{DRIVE}{}", encoded(FILM));
    let page = as_agent(&drivein, Method::GET, &page, BROWSER).await;
    assert!(page.expect(410).text().contains("a number of visits"));
    let listed = drivein.api("tickets").await;
    let listed = &listed["tickets"][0];
    assert_eq!(listed["visits"], 2, "{listed}");
    assert_eq!(listed["max_visits"], 2, "{listed}");
    // Visits that are used up stay so after a restart.
    let drivein = drivein.restarted().await;
    assert_eq!(byte(&drivein, &film, "three").await.status, 410);
}

async fn a_ticket_for_streams_gives_out_no_byte_of_an_original() {
    let drivein = Drivein::start().await;
    let scope = json!({ "place": DRIVE, "path": FILM });
    let made = issue(&drivein, json!({ "scope": scope, "original": false })).await;
    assert_eq!(made["original"], false);
    let ticket = text(&made);
    let film = format!("/play/{ticket}/{DRIVE}{}", encoded(FILM));
    for resource in [
        "",
        "/source.mp4",
        "/source.m3u8",
        "/source/init.mp4",
        "/source/0.m4s",
        "/sound-1.m3u8",
    ] {
        let refused = byte(&drivein, &format!("{film}{resource}"), "x").await;
        assert_eq!(refused.status, 403, "{resource}");
        assert_eq!(refused.json()["code"], "forbidden", "{resource}");
    }
    let master = drivein.get(&format!("{film}/master.m3u8")).await;
    let master = master.expect(200).text();
    assert!(master.contains("480p.m3u8"), "{master}");
    assert!(!master.contains("source"), "{master}");
    drivein.get(&format!("{film}/480p/0.ts")).await.expect(200);
    let page = format!("/guest/{ticket}/{DRIVE}{}", encoded(FILM));
    let page = drivein.text(&page).await;
    assert!(page.contains("\"original\":null") && page.contains("\"source\":false"));
}

async fn the_form_of_a_guest_link_has_limits() {
    let drivein = Drivein::start().await;
    let address = format!("/guest-link/{DRIVE}{}", encoded(FILM));
    let made = drivein
        .ask(Method::POST, &address)
        .form(&[
            ("name", "Mia"),
            ("max_viewers", "3"),
            ("max_visits", ""),
            ("without_originals", "on"),
        ])
        .send()
        .await;
    made.expect(200);
    let listed = drivein.api("tickets").await;
    let listed = &listed["tickets"][0];
    assert_eq!(listed["max_viewers"], 3, "{listed}");
    assert_eq!(listed["original"], false, "{listed}");
    assert!(listed.get("max_visits").is_none(), "{listed}");
    for wrong in ["0", "-1", "many", "70000"] {
        let ask = drivein.ask(Method::POST, &address);
        let refused = ask.form(&[("max_viewers", wrong)]).send().await;
        assert!(refused.expect(400).text().contains("number from 1"));
    }
}

async fn a_ticket_has_a_speed_and_gives_out_every_byte() {
    let drivein = Drivein::start().await;
    let scope = json!({ "place": DRIVE, "path": FILM });
    let made = issue(&drivein, json!({ "scope": scope, "speed": 400_000_000 })).await;
    assert_eq!(made["speed"], 400_000_000);
    assert_eq!(
        drivein.api("tickets").await["tickets"][0]["speed"],
        400_000_000
    );
    let film = format!("/play/{}/{DRIVE}{}", text(&made), encoded(FILM));
    let whole = drivein.get(&film).await.expect(200);
    assert_eq!(whole.header("content-length"), whole.body.len().to_string());
    let own = drivein.play(FILM).await;
    assert!(drivein.get(&own).await.expect(200).body == whole.body);
    let part = drivein
        .ask(Method::GET, &film)
        .range("bytes=100-70000")
        .send()
        .await;
    assert!(part.expect(206).body[..] == whole.body[100..=70_000]);
    for wrong in [json!(0), json!(12_499), json!(-1), json!("fast")] {
        let body = json!({ "name": "Mia", "scope": scope, "speed": wrong });
        drivein.post("tickets", body).await.expect(400);
    }
    // The speed is no right of an app.
    let address = format!("/guest-link/{DRIVE}{}", encoded(FILM));
    let form = [("speed", "2,5")];
    drivein
        .ask(Method::POST, &address)
        .form(&form)
        .expect(200)
        .await;
    assert_eq!(drivein.api("tickets").await["tickets"][0]["speed"], 312_500);
    let refused = drivein
        .ask(Method::POST, &address)
        .form(&[("speed", "0")])
        .send()
        .await;
    assert!(refused.expect(400).text().contains("0.1 Mbit/s"));
}

async fn several_ticked_entries_become_one_guest_link() {
    let drivein = Drivein::start().await;
    let folder = drivein.text(&format!("/browse/{DRIVE}/")).await;
    assert!(folder.contains("name=\"do\" value=\"guest\""));
    let chosen = [FILM, "/Series/Paper Worlds"];
    let ask = async |more: &[(&str, &str)]| {
        let mut form = vec![("place", DRIVE), ("do", "guest")];
        form.extend(chosen.map(|path| ("path", path)));
        form.extend_from_slice(more);
        drivein
            .ask(Method::POST, "/organize")
            .form(&form)
            .send()
            .await
    };
    let form = ask(&[]).await.expect(200).text();
    assert!(form.contains("Guest link to 2 entries") && form.contains("name=\"max_viewers\""));
    let refused = ask(&[("now", "1"), ("max_viewers", "0")])
        .await
        .expect(400)
        .text();
    assert!(refused.contains("number from 1"), "{refused}");
    let made = ask(&[
        ("now", "1"),
        ("name", "Mia"),
        ("until", "week"),
        ("max_viewers", "2"),
    ]);
    let made = made.await.expect(200).text();
    assert!(
        made.contains("The link is ready") && made.contains("/guest/"),
        "{made}"
    );
    let listed = drivein.api("tickets").await;
    let listed = &listed["tickets"][0];
    let scope = scope_of(&chosen);
    assert_eq!(listed["scope"], json!(scope), "{listed}");
    assert_eq!(
        (&listed["name"], &listed["max_viewers"]),
        (&json!("Mia"), &json!(2))
    );
    assert!(listed["expires_at"].is_string());
}

async fn webdav_at_the_root_of_several_paths_lists_them() {
    let drivein = Drivein::start().await;
    let paths = [FILM, "/Series/Paper Worlds/Season 1"];
    let scope = scope_of(&paths);
    let ticket = text(&issue(&drivein, json!({ "scope": scope })).await);
    let root = format!("/play/{ticket}/");
    let method = Method::from_bytes(b"PROPFIND").unwrap();
    let ask = drivein.ask(method, &root).header("depth", "1");
    let found = ask.expect(207).await.text();
    assert_eq!(found.matches("<D:response>").count(), 3, "{found}");
    for href in [
        format!("<D:href>{root}{DRIVE}{}</D:href>", encoded(FILM)),
        format!("<D:href>{root}{DRIVE}{}/</D:href>", encoded(paths[1])),
    ] {
        assert!(found.contains(&href), "{href} in {found}");
    }
    assert!(found.contains("getcontentlength"), "{found}");
}
