//! Share links and direct links of one’s own.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::*;
use super::open;

#[tokio::test]
async fn links_of_ones_own_lead_somewhere_last_longer_and_are_withdrawn() {
    let (site, drivein) = stocked_and_served().await;
    // The page shows where the link leads.
    let owner = drivein.told();
    let call = async |method: Method, call: &str, body: Value| {
        let call = format!("/api/v1/drives/{NAS}/shares{call}");
        owner.ask(method, &call).json(&body).send().await
    };
    let listed = call(Method::GET, "", json!({})).await.expect(200).json();
    assert_eq!(listed["shares"], json!([]));
    let body = json!({"paths": ["/In pieces"], "period_days": 7, "password": "Abc123"});
    let made = call(Method::POST, "", body).await.expect(200).json();
    let id = made["id"].as_str().unwrap();
    // The site is configured as localhost, which is wrong for receivers of the link.
    assert_eq!(made["url"], format!("{}/s/{id}/Abc123", site.url()));
    let listed = call(Method::GET, "", json!({})).await.expect(200).json();
    let link = &listed["shares"][0];
    assert_eq!(
        (&link["paths"], &link["state"]),
        (&json!(["/In pieces"]), &json!("alive"))
    );
    assert_eq!(link["password"], "Abc123");

    let changed = json!({"period_days": 0});
    call(Method::PATCH, &format!("/{id}"), changed.clone())
        .await
        .expect(204);
    let listed = call(Method::GET, "", json!({})).await.expect(200).json();
    assert!(listed["shares"][0]["expires_at"].is_null(), "{listed}");
    for method in [Method::PATCH, Method::DELETE] {
        let absent = call(method, "/nothing", changed.clone()).await;
        assert_eq!(absent.code(), "not_found", "{}", absent.text());
    }
    let odd = json!({"period_days": 2});
    assert_eq!(
        call(Method::PATCH, &format!("/{id}"), odd).await.code(),
        "bad_request"
    );

    // An edit sets the number of downloads as well: the remaining number is kept.
    let link = site.share(FILM, None, Some(3));
    let counted = link.rsplit('/').next().unwrap();
    let week = json!({"period_days": 7});
    call(Method::PATCH, &format!("/{counted}"), week)
        .await
        .expect(204);
    assert_eq!(site.downloads_left(&link), Some(3));

    let two = json!({"paths": ["/In pieces", FILM], "period_days": 0});
    let refused = call(Method::POST, "", two).await;
    assert!(
        refused.text().contains("one file or one folder"),
        "{}",
        refused.text()
    );
    call(Method::DELETE, &format!("/{id}"), json!({}))
        .await
        .expect(204);
    assert_eq!(
        call(Method::DELETE, &format!("/{id}"), json!({}))
            .await
            .code(),
        "not_found"
    );

    for _ in 0..59 {
        site.share(FILM, None, None);
    }
    let first = call(Method::GET, "", json!({})).await.expect(200).json();
    let cursor = first["next"].as_str().unwrap();
    let more = call(Method::GET, &format!("?cursor={cursor}"), json!({}))
        .await
        .expect(200)
        .json();
    let counts = [&first, &more].map(|page| page["shares"].as_array().unwrap().len());
    assert_eq!(counts, [50, 10]);
    assert!(more["next"].is_null());
}

#[tokio::test]
async fn links_of_single_files_and_with_passwords_are_listed_with_their_paths_and_last_longer() {
    let site = stocked().await;
    site.put("/Deep & down/One #1.mp4", site.bytes(FILM).unwrap());
    let file = site.share("/Deep & down/One #1.mp4", None, None);
    let locked_file = site.share("/Deep & down/One #1.mp4", Some("Abc123"), None);
    let locked_folder = site.share("/In pieces", Some("Xyz789"), None);
    let root_file = site.share(FILM, Some("Root1"), None);
    let dead = site.share("/In pieces", None, None);
    site.end_share(&dead);
    let drivein = server(&site).await;
    // The page shows where the links lead.
    let owner = drivein.told();
    let shares = format!("/api/v1/drives/{NAS}/shares");
    let before = site.count("GET /share/info");
    let listed = owner.ask(Method::GET, &shares).expect(200).await.json();
    assert_eq!(
        site.count("GET /share/info") - before,
        4,
        "one call for each that lives"
    );
    let id_of = |link: &str| {
        link.split("/s/")
            .nth(1)
            .unwrap()
            .split('/')
            .next()
            .unwrap()
            .to_owned()
    };
    let told = |link: &str| {
        let id = id_of(link);
        let shares = listed["shares"].as_array().unwrap();
        shares
            .iter()
            .find(|share| share["id"] == id)
            .unwrap()
            .clone()
    };
    for (link, path) in [
        (&file, "/Deep & down/One #1.mp4"),
        (&locked_file, "/Deep & down/One #1.mp4"),
        (&locked_folder, "/In pieces"),
        (&root_file, FILM),
    ] {
        assert_eq!(told(link)["paths"], json!([path]), "{}", told(link));
        let one = format!("{shares}/{}", id_of(link));
        let week = json!({"period_days": 7});
        owner.ask(Method::PATCH, &one).json(&week).expect(204).await;
    }
    assert_eq!(told(&locked_file)["password"], "Abc123");
    // Nothing tells where a dead share led.
    assert_eq!(
        (&told(&dead)["paths"], &told(&dead)["state"]),
        (&json!([]), &json!("expired"))
    );
    let listed = owner.ask(Method::GET, &shares).expect(200).await.json();
    let ends = listed["shares"].as_array().unwrap().iter();
    assert_eq!(
        ends.filter(|share| share["expires_at"].is_string()).count(),
        5
    );
}

#[tokio::test]
async fn a_direct_link_is_a_share_of_one_file() {
    let site = stocked().await;
    let link = site.direct_link(FILM);
    let drivein = server(&site).await;
    let opened = open(&drivein, &link).await.expect(200).json();
    assert_eq!(opened["entry"]["path"], FILM, "{opened}");
    let place = opened["place"].as_str().unwrap().to_owned();
    let bytes = site.bytes(FILM).unwrap();
    let address = play(&drivein, &place, FILM).await;
    let part = drivein.ask(Method::GET, &address).range("bytes=1000-1999");
    assert!(part.expect(206).await.body == bytes[1000..2000]);
    assert_eq!(site.logins_at_bytes(), 0);
    // A signature that ran out is renewed.
    site.expire_addresses();
    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(site.secrets());
    let whole = drivein
        .fetch(&play(&drivein, &place, FILM).await, 200)
        .await;
    assert!(whole.is_whole && whole.body == bytes);
    let dead = open(&drivein, &format!("{}/f/nothing/a.mp4", site.url())).await;
    assert_eq!(dead.code(), "share_gone", "{}", dead.text());
}

#[tokio::test]
async fn direct_links_are_made_by_api_and_page() {
    let site = stocked().await;
    let section = site.section(NAS);
    let drivein = Drivein::setup().no_drive().drives(&section).start().await;
    let call = format!("drives/{NAS}/direct-links");
    let body = json!({"paths": [FILM, "/no such film.mp4"]});
    let made = drivein.post(&call, body).await.expect(200);
    let results = made.json()["results"].clone();
    assert_eq!(results[0]["ok"], true, "{results}");
    assert_eq!(results[0]["url"], site.direct_link(FILM), "{results}");
    assert_eq!(results[1]["problem"]["code"], "not_found", "{results}");
    let nothing = drivein.post(&call, json!({"paths": []})).await;
    assert_eq!(nothing.code(), "bad_request");
    let fields = [
        ("place", NAS),
        ("path", FILM),
        ("do", "direct"),
        ("now", "1"),
    ];
    let asked = drivein.ask(Method::POST, "/organize").form(&fields);
    let page = asked.expect(200).await.text();
    assert!(page.contains("/f/"), "{page}");
}
