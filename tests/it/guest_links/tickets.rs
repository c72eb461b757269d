//! Tickets: issued by the owner, valid for their scope until they expire or are revoked.

mod keys;

use std::time::Duration;

use reqwest::Method;
use sandbox::Effect;
use serde_json::{Value, json};

use crate::harness::*;

on_both_states! {
    a_ticket_is_made_listed_with_its_use_and_withdrawn,
    a_use_is_written_down_at_the_stop,
    what_makes_no_sense_makes_no_ticket,
    a_ticket_for_one_film_opens_that_films_addresses_and_no_others,
    withdrawing_a_ticket_ends_what_runs_under_it_and_nothing_else,
}

const TOKEN: &str = "a-token-of-sixteen-letters";
const FOLDER: &str = "/Nature & Light";
const IN_FOLDER: &str = "/Nature & Light/Waves & Wind.mp4";

async fn locked() -> Drivein {
    Drivein::setup()
        .password("open sesame")
        .api_token(TOKEN)
        .start()
        .await
}

impl Drivein {
    /// Makes a call of the API as the owner.
    pub async fn owner(&self, method: Method, call: &str, body: Option<Value>) -> Reply {
        let ask = self
            .ask(method, call)
            .header("authorization", &format!("Bearer {TOKEN}"));
        match body {
            Some(body) => ask.json(&body).send().await,
            None => ask.send().await,
        }
    }

    /// Makes a new ticket, and returns it as it is shown once.
    pub async fn ticket(&self, name: &str, scope: Value) -> Value {
        let body = json!({ "name": name, "scope": scope });
        self.owner(Method::POST, "/api/v1/tickets", Some(body))
            .await
            .expect(200)
            .json()
    }

    /// Submits a form as the owner.
    pub async fn owners_form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.ask(Method::POST, path)
            .header("authorization", &format!("Bearer {TOKEN}"))
            .form(fields)
            .send()
            .await
    }

    async fn tickets(&self) -> Vec<Value> {
        let reply = self.owner(Method::GET, "/api/v1/tickets", None).await;
        reply.expect(200).json()["tickets"]
            .as_array()
            .unwrap()
            .clone()
    }
}

fn film(path: &str) -> Value {
    json!({ "place": DRIVE, "path": path })
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

async fn a_ticket_is_made_listed_with_its_use_and_withdrawn() {
    let drivein = locked().await;
    let body =
        json!({ "name": "Living room", "scope": film(FILM), "expires_at": "2199-01-31T20:15:00Z" });
    let made = drivein
        .owner(Method::POST, "/api/v1/tickets", Some(body))
        .await
        .expect(200)
        .json();
    assert_eq!(
        keys(&made),
        [
            "expires_at",
            "id",
            "name",
            "scope",
            "ticket",
            "url",
            "viewer"
        ]
    );
    assert_eq!(made["scope"], film(FILM));
    assert_eq!(made["expires_at"], "2199-01-31T20:15:00Z");
    let ticket = made["ticket"].as_str().unwrap();
    let url = drivein.local(made["url"].as_str().unwrap());
    assert_eq!(url, format!("/play/{ticket}/{DRIVE}{}", encoded(FILM)));

    let listed = drivein.tickets().await;
    assert_eq!(
        keys(&listed[0]),
        ["expires_at", "id", "name", "scope", "viewer"]
    );
    assert_eq!((listed.len(), &listed[0]["id"]), (1, &made["id"]));

    let original = drivein.get(&url).await.expect(200);
    assert!(original.body == drivein.source(FILM, "original").await);
    let used = drivein.tickets().await[0]["last_used_at"].clone();
    assert!(used.is_string(), "{used}");

    // All of it survives a restart of the server.
    let drivein = drivein.restarted().await;
    drivein.get(&url).await.expect(200);
    let listed = drivein.tickets().await;
    assert_eq!(listed[0]["name"], "Living room");
    assert!(listed[0]["last_used_at"].is_string());

    let id = made["id"].as_str().unwrap();
    let call = format!("/api/v1/tickets/{id}");
    drivein.owner(Method::DELETE, &call, None).await.expect(204);
    assert_eq!(drivein.get(&url).await.expect(401).code(), "unauthorized");
    assert!(drivein.tickets().await.is_empty());
    let again = drivein.owner(Method::DELETE, &call, None).await;
    assert_eq!(again.expect(404).code(), "not_found");
    let drivein = drivein.restarted().await;
    drivein.get(&url).await.expect(401);
    assert!(!drivein.log().contains(ticket), "a ticket was logged");
}

async fn a_use_is_written_down_at_the_stop() {
    let drivein = locked().await;
    let made = drivein.ticket("TV", json!({})).await;
    let url = drivein.local(made["url"].as_str().unwrap());
    assert!(url.ends_with('/'));
    drivein.get(&url).await.expect(200);
    let drivein = drivein.restarted().await;
    assert!(drivein.tickets().await[0]["last_used_at"].is_string());
}

async fn what_makes_no_sense_makes_no_ticket() {
    let drivein = locked().await;
    let cases = [
        (json!({ "scope": {} }), 400, "bad_request"),
        (json!({ "name": "  ", "scope": {} }), 400, "bad_request"),
        (
            json!({ "name": "x", "scope": { "path": "/a" } }),
            400,
            "bad_request",
        ),
        (
            json!({ "name": "x", "scope": { "place": "a/b" } }),
            400,
            "bad_request",
        ),
        (
            json!({ "name": "x", "scope": { "place": DRIVE, "path": "/../a" } }),
            400,
            "bad_request",
        ),
        (
            json!({ "name": "x", "scope": {}, "expires_at": "soon" }),
            400,
            "bad_request",
        ),
        (
            json!({ "name": "x", "scope": {}, "expires_at": "2001-01-01T00:00:00Z" }),
            400,
            "bad_request",
        ),
        (
            json!({ "name": "x", "scope": { "place": "nowhere" } }),
            404,
            "not_found",
        ),
        (
            json!({ "name": "x", "scope": film("/nowhere.mp4") }),
            404,
            "not_found",
        ),
        (json!([]), 400, "bad_request"),
    ];
    for (body, status, code) in cases {
        let reply = drivein
            .owner(Method::POST, "/api/v1/tickets", Some(body.clone()))
            .await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (status, code),
            "{body}"
        );
    }
    let anybody = drivein.ask(Method::POST, "/api/v1/tickets");
    let reply = anybody
        .json(&json!({ "name": "x", "scope": {} }))
        .send()
        .await;
    assert_eq!(reply.expect(401).code(), "unauthorized");
    for id in ["nonsense", "6f776e6572000000", "0000000000000000"] {
        let call = format!("/api/v1/tickets/{id}");
        let reply = drivein.owner(Method::DELETE, &call, None).await;
        assert_eq!(reply.expect(404).code(), "not_found", "{id}");
    }
    assert!(drivein.tickets().await.is_empty());
}

/// Every kind of URL below a film.
const BELOW: [&str; 9] = [
    "",
    "/master.m3u8",
    "/480p.m3u8",
    "/480p/0.ts",
    "/480p.ts",
    "/poster.jpg",
    "/list.m3u",
    "/list.xspf",
    ".strm",
];

async fn a_ticket_for_one_film_opens_that_films_addresses_and_no_others() {
    let drivein = locked().await;
    let made = drivein.ticket("one film", film(IN_FOLDER)).await;
    let ticket = made["ticket"].as_str().unwrap();
    let at = |door: &str, path: &str| format!("/{door}/{ticket}/{DRIVE}{}", encoded(path));
    for below in BELOW {
        let address = format!("{}{below}", at("play", IN_FOLDER));
        assert_eq!(drivein.get(&address).await.status, 200, "{below}");
        assert_eq!(drivein.head(&address).await.status, 200, "HEAD {below}");
    }
    for below in ["", "/card.jpg", "/oembed.json"] {
        drivein
            .fetch(&format!("{}{below}", at("guest", IN_FOLDER)), 200)
            .await;
    }
    drivein.sandbox.reset_counts();
    let others = [
        FILM.to_owned(),
        FOLDER.to_owned(),
        "/".to_owned(),
        "/Nature & Light/Hills + Mist = Morning.mp4".to_owned(),
        format!("{IN_FOLDER}x"),
        "/Nature & Light/Waves & Wind.mp".to_owned(),
    ];
    for other in &others {
        let of_folders = ["/", "/all.m3u", "/all.xspf", "/kodi.m3u", "/strm.zip"];
        for below in BELOW.into_iter().chain(of_folders) {
            if other == "/" && below == ".strm" {
                continue; // a place has no file of its own
            }
            let address = format!("{}{below}", at("play", other));
            let reply = drivein.get(&address).await;
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (403, "forbidden"),
                "{address}"
            );
        }
        for below in ["", "/card.jpg", "/oembed.json", "?refresh=1"] {
            let address = format!("{}{below}", at("guest", other));
            let reply = drivein.get(&address).await.expect(403);
            assert!(!reply.text().contains("Waves"), "{address}");
        }
    }
    // The listing at the top contains no place outside of its scope.
    let places = drivein.get(&format!("/play/{ticket}/")).await.expect(200);
    assert!(!places.text().contains(DRIVE));
    // Neither does its page, nor the results of a search.
    let neighbour = "Hills";
    let page = drivein.get(&at("guest", IN_FOLDER)).await.expect(200);
    assert!(!page.text().contains(neighbour));
    for list in ["list.m3u", "list.xspf", "kodi.m3u"] {
        let found = format!("/play/{ticket}/~~search/{neighbour}/{list}");
        let found = drivein.text(&found).await;
        assert!(!found.contains(&format!("{neighbour} +")), "{found}");
    }
    let properties = async |address: &str, basic: bool| {
        let method = Method::from_bytes(b"PROPFIND").unwrap();
        let ask = drivein.ask(method, address).header("depth", "1");
        let ask = if basic { ask.basic("x", ticket) } else { ask };
        ask.send().await
    };
    for (own, others, basic) in [
        (at("play", IN_FOLDER), at("play", FOLDER), false),
        (
            format!("/dav/{DRIVE}{}", encoded(IN_FOLDER)),
            format!("/dav/{DRIVE}{}", encoded(FOLDER)),
            true,
        ),
    ] {
        let told = properties(&own, basic).await.expect(207).text();
        assert!(!told.contains(neighbour), "{told}");
        properties(&others, basic).await.expect(403);
    }
    // It gives access to nothing else.
    for call in ["drives", "entries/films", "search?q=a", "tickets"] {
        for header in [format!("Bearer {ticket}"), format!("Basic {ticket}")] {
            let reply = drivein
                .ask(Method::GET, &format!("/api/v1/{call}"))
                .header("authorization", &header)
                .send()
                .await;
            reply.expect(401);
        }
    }
    for page in [
        "/",
        "/browse/films",
        "/devices",
        "/guest-link/films",
        "/pass-on/films",
        "/status",
    ] {
        drivein.get(page).await.expect(303);
        let guest = format!("/guest/{ticket}{page}");
        let reply = drivein.get(&guest).await;
        assert!(
            reply.status == 303 || reply.status >= 400,
            "{guest}: {}",
            reply.status
        );
    }
    // Not even by the search, which would search the whole drive.
    assert_eq!(drivein.upstream_calls(), 0, "nothing was asked upstream");
    let found = format!("/play/{ticket}/~~search/WAVES/list.m3u");
    let found = drivein.text(&found).await;
    assert!(found.contains(&encoded(IN_FOLDER)), "{found}");
    assert_eq!(drivein.sandbox.count("search"), 0);
}

async fn withdrawing_a_ticket_ends_what_runs_under_it_and_nothing_else() {
    let drivein = locked().await;
    let truth = drivein.source(FILM, "original").await;
    // Slow enough that the film would take minutes.
    drivein.fault("original", Effect::rate(truth.len() as u64 / 100));
    let watch = async |name: &str| {
        let made = drivein.ticket(name, film(FILM)).await;
        let url = drivein.local(made["url"].as_str().unwrap());
        let mut response = drivein.ask(Method::GET, &url).open().await;
        assert_eq!(response.status(), 200);
        assert_eq!(
            response.content_length(),
            Some(truth.len() as u64),
            "the length is told"
        );
        assert!(!response.chunk().await.unwrap().unwrap().is_empty());
        (made["id"].as_str().unwrap().to_owned(), response)
    };
    let (ended, mut response) = watch("ended").await;
    let (_, mut other) = watch("other").await;
    let call = format!("/api/v1/tickets/{ended}");
    drivein.owner(Method::DELETE, &call, None).await.expect(204);
    let rest = tokio::time::timeout(Duration::from_secs(5), async {
        while let Ok(chunk) = response.chunk().await {
            assert!(chunk.is_some(), "the body pretends to be whole");
        }
    });
    rest.await
        .expect("the stream goes on five seconds after its ticket was withdrawn");
    assert!(other.chunk().await.unwrap().is_some(), "the other plays on");
}
