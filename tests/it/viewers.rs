//! The members of a household: each has a history, marks and limits of its own, and none sees those of another.

mod limits;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::*;

on_both_states! {
    a_viewer_is_made_changed_and_deleted_by_the_api,
    two_viewers_do_not_see_each_others_history,
    a_browser_chooses_who_is_watching_once_and_a_pin_is_asked_for,
    pins_are_guessed_as_slowly_as_passwords,
}

const PASSWORD: &str = "open sesame";
const TOKEN: &str = "a-token-of-sixteen-letters";

/// A server with the drive `films`, and a folder `family` beside it.
async fn household() -> (Drivein, tempfile::TempDir) {
    let family = tempfile::tempdir().unwrap();
    std::fs::write(family.path().join("Birthday.mp4"), [0; 64]).unwrap();
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .api_token(TOKEN)
        .folder("family", family.path())
        .start()
        .await;
    (drivein, family)
}

async fn call(drivein: &Drivein, method: Method, call: &str, body: Value) -> Reply {
    let ask = drivein.ask(method, &format!("/api/v1/{call}"));
    let ask = ask.header("authorization", &format!("Bearer {TOKEN}"));
    match body {
        Value::Null => ask.send().await,
        body => ask.json(&body).send().await,
    }
}

async fn get(drivein: &Drivein, path: &str) -> Value {
    call(drivein, Method::GET, path, Value::Null)
        .await
        .expect(200)
        .json()
}

/// Adds a viewer and returns its id.
async fn add(drivein: &Drivein, viewer: Value) -> String {
    let added = call(drivein, Method::POST, "viewers", viewer).await;
    let added = added.expect(201).json();
    added["id"].as_str().unwrap().to_owned()
}

/// A browser that is signed in and keeps its cookies.
struct Browser<'a> {
    drivein: &'a Drivein,
    session: String,
    viewer: String,
}

impl<'a> Browser<'a> {
    async fn sign_in(drivein: &'a Drivein) -> Self {
        let reply = drivein
            .ask(Method::POST, "/login")
            .form(&[("password", PASSWORD), ("next", "/")])
            .expect(303)
            .await;
        Browser {
            drivein,
            session: cookie(&reply),
            viewer: String::new(),
        }
    }

    fn ask(&self, method: Method, path: &str) -> Ask {
        let cookies = format!("{}; {}", self.session, self.viewer);
        self.drivein.ask(method, path).header("cookie", &cookies)
    }

    async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path).send().await
    }

    async fn choose(&mut self, viewer: &str, pin: &str) -> Reply {
        let form = [("viewer", viewer), ("pin", pin), ("next", "/search")];
        let reply = self.ask(Method::POST, "/viewers/choose").form(&form);
        let reply = reply.send().await;
        if reply.status == 303 {
            self.viewer = cookie(&reply);
        }
        reply
    }
}

fn cookie(reply: &Reply) -> String {
    let set = reply.header("set-cookie");
    set.split(';').next().unwrap().to_owned()
}

async fn a_viewer_is_made_changed_and_deleted_by_the_api() {
    let (drivein, _family) = household().await;
    let viewers = get(&drivein, "viewers").await;
    assert_eq!(
        viewers["viewers"],
        json!([{"id": "owner", "name": "Owner", "colour": "#f2a65a", "has_pin": false}])
    );
    let new = json!({"name": "Ada", "colour": "#3366cc", "pin": "2468", "places": ["films"]});
    let id = add(&drivein, new).await;
    let expected =
        json!({"id": id, "name": "Ada", "colour": "#3366cc", "has_pin": true, "places": ["films"]});
    assert_eq!(get(&drivein, "viewers").await["viewers"][1], expected);
    let one = format!("viewers/{id}");
    let change = json!({"name": "Ada L.", "pin": null, "places": null});
    let changed = call(&drivein, Method::PATCH, &one, change).await;
    let expected = json!({"id": id, "name": "Ada L.", "colour": "#3366cc", "has_pin": false});
    assert_eq!(changed.expect(200).json(), expected);
    for (path, body) in [
        (one.as_str(), json!({"name": ""})),
        (&one, json!({"colour": "url(x)"})),
        (&one, json!({"pin": "12"})),
        (&one, json!({"places": ["a/b"]})),
        ("viewers/owner", json!({"places": ["films"]})),
    ] {
        let refused = call(&drivein, Method::PATCH, path, body.clone()).await;
        assert_eq!(refused.expect(400).code(), "bad_request", "{path} {body}");
    }
    let refused = call(&drivein, Method::DELETE, "viewers/owner", Value::Null).await;
    refused.expect(400);
    let drivein = drivein.restarted().await;
    assert_eq!(get(&drivein, "viewers").await["viewers"][1], expected);
    call(&drivein, Method::DELETE, &one, Value::Null)
        .await
        .expect(204);
    call(&drivein, Method::DELETE, &one, Value::Null)
        .await
        .expect(404);
    for path in ["history", "library/films", "library/next-up", "history?x=1"] {
        let mark = if path.contains('?') { '&' } else { '?' };
        let gone = format!("{path}{mark}viewer={id}");
        let gone = call(&drivein, Method::GET, &gone, Value::Null).await;
        assert_eq!(gone.expect(404).code(), "not_found", "{path}");
    }
}

async fn two_viewers_do_not_see_each_others_history() {
    let (drivein, _family) = household().await;
    let ada = add(&drivein, json!({"name": "Ada"})).await;
    for (viewer, position_s) in [("owner", 20.0), (&ada, 40.0)] {
        let path = format!("history/{DRIVE}{}?viewer={viewer}", encoded(FILM));
        let body = json!({"position_s": position_s, "duration_s": 66.0});
        call(&drivein, Method::PUT, &path, body).await.expect(204);
    }
    for (viewer, position_s) in [("owner", 20.0), (&ada, 40.0)] {
        let history = get(&drivein, &format!("history?viewer={viewer}")).await;
        assert_eq!(history["entries"].as_array().unwrap().len(), 1);
        assert_eq!(history["entries"][0]["position_s"], position_s);
        let begun = get(&drivein, &format!("library/continue?viewer={viewer}")).await;
        assert_eq!(begun["items"][0]["position_s"], position_s);
    }
    let history = get(&drivein, "history").await;
    assert_eq!(history["entries"][0]["position_s"], 20.0, "the owner's");

    // Marks, too.
    let film = get(&drivein, "library/films").await["items"][0].clone();
    let item = format!("library/items/{}", film["id"].as_str().unwrap());
    let mark = format!("{item}/watched?viewer={ada}");
    call(&drivein, Method::PUT, &mark, json!({"watched": true}))
        .await
        .expect(204);
    assert_eq!(
        get(&drivein, &format!("{item}?viewer={ada}")).await["watched"],
        true
    );
    let owners = get(&drivein, &item).await;
    assert_eq!(
        (&owners["watched"], &owners["position_s"]),
        (&json!(false), &json!(20.0))
    );
}

async fn a_browser_chooses_who_is_watching_once_and_a_pin_is_asked_for() {
    let (drivein, _family) = household().await;
    let mut browser = Browser::sign_in(&drivein).await;
    let page = browser.get("/").await.expect(200).text();
    assert!(
        !page.contains("viewer-badge"),
        "one viewer is asked nothing"
    );
    let ada = add(&drivein, json!({"name": "Ada <b>", "pin": "2468"})).await;
    let reply = browser.get("/search?q=moon").await.expect(303);
    assert_eq!(
        reply.header("location"),
        "/viewers/choose?next=%2Fsearch%3Fq%3Dmoon"
    );
    let page = browser.get("/viewers/choose").await.expect(200).text();
    assert!(
        page.contains("Ada &#60;b&#62;") || page.contains("Ada &lt;b&gt;"),
        "{page}"
    );
    assert!(!page.contains("drivein_viewer") && !page.contains("2468"));

    browser.choose(&ada, "").await.expect(403);
    browser.choose(&ada, "2469").await.expect(403);
    browser.get("/").await.expect(303);
    let chosen = browser.choose(&ada, "2468").await.expect(303);
    assert_eq!(chosen.header("location"), "/search");
    let home = browser.get("/").await.expect(200).text();
    assert!(
        home.contains("is watching. Choose another viewer"),
        "{home}"
    );
    let choices_of_the_player = format!("data-viewer=\"{ada}\"");
    assert!(home.contains(&choices_of_the_player), "{home}");
    assert!(home.contains("/app.webmanifest"), "{home}");
    // The page's own call of the API, and its tickets, are Ada's.
    let path = format!("/api/v1/history/{DRIVE}{}", encoded(FILM));
    let body = json!({"position_s": 30.0, "duration_s": 66.0});
    let noted = browser.ask(Method::PUT, &path).json(&body).send().await;
    noted.expect(204);
    assert_eq!(get(&drivein, "history").await["entries"], json!([]));
    let hers = get(&drivein, &format!("history?viewer={ada}")).await;
    assert_eq!(hers["entries"][0]["position_s"], 30.0);
    let watch = format!("/watch/{DRIVE}{}", encoded(FILM));
    let page = browser.get(&watch).await.expect(200).text();
    assert!(page.contains(r#""resume_s":30.0"#));
    // Another viewer's history is not hers to read, and viewers are the owner's to change.
    let other = browser.get("/api/v1/history?viewer=owner").await;
    assert_eq!(other.expect(403).code(), "forbidden");
    browser.get("/viewers").await.expect(403);
    let taken = browser.ask(Method::PATCH, "/api/v1/viewers/owner");
    taken.json(&json!({"pin": "0000"})).expect(403).await;

    // After another PIN, the browser asks again.
    let change = json!({"pin": "1357"});
    call(&drivein, Method::PATCH, &format!("viewers/{ada}"), change)
        .await
        .expect(200);
    browser.get("/").await.expect(303);
}

async fn pins_are_guessed_as_slowly_as_passwords() {
    let (drivein, _family) = household().await;
    let ada = add(&drivein, json!({"name": "Ada", "pin": "2468"})).await;
    let mut browser = Browser::sign_in(&drivein).await;
    let mut statuses = Vec::new();
    for guess in 0..12 {
        let reply = browser.choose(&ada, &format!("10{guess:02}")).await;
        if reply.status == 429 {
            assert!(!reply.header("retry-after").is_empty());
        }
        statuses.push(reply.status);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    // Not even the right one is tried now, and the password does not open more guesses.
    let mut other = Browser::sign_in(&drivein).await;
    other.choose(&ada, "2468").await.expect(429);
    other.choose("owner", "").await.expect(303);
}

#[tokio::test]
async fn pictures_over_the_seek_bar_are_sent_by_pages_and_served_to_all() {
    let (drivein, _family) = household().await;
    let film = encoded(FILM);
    let entry = get(&drivein, &format!("entries/{DRIVE}{film}")).await;
    let play = drivein.local(entry["entry"]["play"]["original"].as_str().unwrap());
    let list = format!("{play}/thumbnails.vtt");
    drivein.get(&list).await.expect(404);
    let picture = drivein.fetch(&format!("{play}/poster.jpg"), 200).await.body;
    let send = |number: &str, body: Vec<u8>| {
        let path = format!("/api/v1/thumbnails/{DRIVE}{film}?number={number}");
        let ask = drivein.ask(Method::PUT, &path);
        ask.header("authorization", &format!("Bearer {TOKEN}"))
            .body(body)
            .send()
    };
    send("3", picture.clone()).await.expect(204);
    for (number, body) in [
        ("0", b"<svg/>".to_vec()),
        ("0", Vec::new()),
        ("99999", picture.clone()),
        ("x", picture.clone()),
        ("0", vec![0; 100_000]),
    ] {
        let status = send(number, body).await.status;
        assert!(matches!(status, 400 | 413), "{number}: {status}");
    }
    let vtt = drivein.get(&list).await.expect(200);
    assert_eq!(vtt.header("content-type"), "text/vtt; charset=utf-8");
    assert_eq!(
        vtt.text(),
        "WEBVTT\n\n00:00:30.000 --> 00:00:40.000\nthumbnails/3.webp\n"
    );
    let served = drivein
        .fetch(&format!("{play}/thumbnails/3.webp"), 200)
        .await;
    assert_eq!(served.header("content-type"), "image/webp");
    assert_eq!(&served.body[8..12], b"WEBP");
    drivein
        .fetch(&format!("{play}/thumbnails/4.webp"), 404)
        .await;
}
