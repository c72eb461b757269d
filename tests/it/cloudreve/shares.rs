//! Shares of other users, with and without password, with counted downloads; and share links of the owner.

use reqwest::Method;
use serde_json::{Value, json};

use super::*;

async fn open(drivein: &Drivein, link: &str) -> Reply {
    let body = json!({"url": link});
    drivein.call(Method::POST, "shares/open", body).await
}

async fn opened(drivein: &Drivein, link: &str) -> String {
    let reply = open(drivein, link).await.expect(200);
    reply.json()["place"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_password_in_the_link_opens_the_share_and_stays_a_secret() {
    let site = stocked().await;
    site.put("/Lent/Deep/Borrowed Light.mp4", site.bytes(FILM).unwrap());
    let link = site.share("/Lent", Some("Aa9zQ1"), None);
    let mut drivein = server(&site).await;
    let place = opened(&drivein, &link).await;
    drivein.keep_secret(vec!["Aa9zQ1".to_owned()]);
    let path = "/Deep/Borrowed Light.mp4";
    let address = play(&drivein, &place, path).await;
    let whole = drivein.get(&address).await.expect(200);
    assert!(whole.is_whole && whole.body == site.bytes(FILM).unwrap());
    let found = drivein
        .api(&format!("search?q=borrowed&place={place}"))
        .await;
    assert_eq!(found["entries"][0]["path"], path, "{found}");
    drivein
        .get(&format!("/watch/{place}{}", encoded(path)))
        .await
        .expect(200);

    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(site.secrets());
    drivein.keep_secret(vec!["Aa9zQ1".to_owned()]);
    assert_eq!(entry(&drivein, &place, path).await["kind"], "video");
}

#[tokio::test]
async fn a_share_of_one_file_is_a_folder_with_that_file() {
    let site = stocked().await;
    let drivein = server(&site).await;
    let place = opened(&drivein, &site.share(FILM, None, None)).await;
    let listed = drivein.api(&format!("entries/{place}")).await;
    assert_eq!(listed["entry"]["name"], &FILM[1..]);
    assert_eq!(listed["children"].as_array().unwrap().len(), 1);
    assert!(listed["next"].is_null());
    let whole = drivein
        .get(&play(&drivein, &place, FILM).await)
        .await
        .expect(200);
    assert!(whole.body == site.bytes(FILM).unwrap());
}

#[tokio::test]
async fn a_film_that_is_played_is_one_download_and_used_up_is_said() {
    let site = stocked().await;
    site.put("/Lent/One.mp4", site.bytes(FILM).unwrap());
    site.put("/Lent/Two.mp4", site.bytes(FILM).unwrap());
    let link = site.share("/Lent", None, Some(1));
    let drivein = server(&site).await;
    let place = opened(&drivein, &link).await;
    let one = play(&drivein, &place, "/One.mp4").await;
    let two = play(&drivein, &place, "/Two.mp4").await;
    let bytes = site.bytes(FILM).unwrap();
    for from in [0, 300_000, 100, 640_000] {
        let range = format!("bytes={from}-");
        let part = drivein
            .ask(Method::GET, &one)
            .range(&range)
            .send()
            .await
            .expect(206);
        assert!(part.body == bytes[from..], "{range}");
    }
    assert_eq!(
        site.downloads(&link),
        1,
        "one download, however it is watched"
    );

    let refused = drivein.get(&two).await;
    assert_eq!(refused.code(), "share_gone", "{}", refused.describe());
    // A viewer who has started can watch to the end.
    let part = drivein
        .ask(Method::GET, &one)
        .range("bytes=500000-500099")
        .send()
        .await
        .expect(206);
    assert!(part.body == bytes[500_000..500_100]);

    let again = open(&drivein, &link).await;
    assert_eq!((again.status, again.code().as_str()), (410, "share_gone"));
    assert!(
        again.text().contains("downloads are used up"),
        "{}",
        again.text()
    );
}

#[tokio::test]
async fn a_link_with_an_id_that_the_site_cannot_have_given_out_is_no_bad_request() {
    let site = stocked().await;
    let drivein = server(&site).await;
    let unknown = open(&drivein, &format!("{}/s/nonono", site.url())).await;
    assert_eq!(
        (unknown.status, unknown.code().as_str()),
        (410, "share_gone")
    );
    assert!(
        unknown.text().contains("knows no share"),
        "{}",
        unknown.text()
    );
}

#[tokio::test]
async fn a_film_in_pieces_does_not_use_up_a_share() {
    let site = stocked().await;
    let drivein = server(&site).await;
    let counted = site.share("/In pieces", None, Some(5));
    let place = opened(&drivein, &counted).await;
    let address = play(&drivein, &place, "/index.m3u8").await;
    let refused = drivein.get(&format!("{address}/master.m3u8")).await;
    assert_eq!(refused.code(), "unsupported", "{}", refused.text());
    assert!(
        refused.text().contains("only so many times"),
        "{}",
        refused.text()
    );
    assert_eq!(site.downloads(&counted), 0);

    let free = site.share("/In pieces", None, None);
    let place = opened(&drivein, &free).await;
    let address = play(&drivein, &place, "/index.m3u8").await;
    drivein
        .get(&format!("{address}/720p/3.ts"))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_share_that_ends_while_it_is_open_says_so() {
    let site = stocked().await;
    let link = site.share("/In pieces", None, None);
    let drivein = server(&site).await;
    let place = opened(&drivein, &link).await;
    site.end_share(&link);
    let reply = drivein
        .get(&format!("/api/v1/entries/{place}?limit=9"))
        .await;
    assert_eq!((reply.status, reply.code().as_str()), (410, "share_gone"));
    let other = open(&drivein, &format!("{}/s/NoSuchShare", site.url())).await;
    assert_eq!(other.code(), "share_gone");
    let foreign = open(&drivein, "https://cloud.example.org/s/abc").await;
    assert_eq!(foreign.code(), "not_a_share_link");
}

#[tokio::test]
async fn links_of_ones_own_lead_somewhere_last_longer_and_are_withdrawn() {
    let site = stocked().await;
    let drivein = server(&site).await;
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
    let listed = owner
        .ask(Method::GET, &shares)
        .send()
        .await
        .expect(200)
        .json();
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
        owner
            .ask(Method::PATCH, &one)
            .json(&week)
            .send()
            .await
            .expect(204);
    }
    assert_eq!(told(&locked_file)["password"], "Abc123");
    // Nothing tells where a dead share led.
    assert_eq!(
        (&told(&dead)["paths"], &told(&dead)["state"]),
        (&json!([]), &json!("expired"))
    );
    let listed = owner
        .ask(Method::GET, &shares)
        .send()
        .await
        .expect(200)
        .json();
    let ends = listed["shares"].as_array().unwrap().iter();
    assert_eq!(
        ends.filter(|share| share["expires_at"].is_string()).count(),
        5
    );
}

#[tokio::test]
async fn links_open_where_they_lead_at_every_host_of_the_site() {
    let site = stocked().await;
    site.put(
        "/Lent/Deep 1 & 2/Deeper/Film.mp4",
        site.bytes(FILM).unwrap(),
    );
    let link = site.share("/Lent", Some("Aa9zQ1"), None);
    let id = link.split("/s/").nth(1).unwrap().split('/').next().unwrap();
    let section = site.section(NAS) + "links = [\"cloud.example.net\"]\n";
    let drivein = server_with(&site, &section).await;
    let base = site.url();
    let uri =
        format!("cloudreve%3A%2F%2F{id}%3AAa9zQ1%40share%2FDeep%25201%2520%2526%25202%2FDeeper");
    let deep = "/Deep 1 & 2/Deeper";
    for (link, path) in [
        (format!("{base}/s/{id}/Aa9zQ1"), "/"),
        (
            format!("{base}/s/{id}/Aa9zQ1?path=%2FDeep%201%20%26%202%2FDeeper"),
            deep,
        ),
        (format!("{base}/home?path={uri}"), deep),
        (
            format!("https://cloud.example.net/s/{id}/Aa9zQ1?path=/Deep%201%20%26%202"),
            "/Deep 1 & 2",
        ),
        (
            format!("cloudreve://{id}:Aa9zQ1@share/Deep%201%20%26%202/Deeper/Film.mp4"),
            "/Deep 1 & 2/Deeper/Film.mp4",
        ),
        (format!("{base}/s/{id}/Aa9zQ1?path=/Nothing"), "/"),
    ] {
        let opened = open(&drivein, &link).await.expect(200).json();
        assert_eq!(opened["entry"]["path"], path, "{link}");
        let place = opened["place"].as_str().unwrap();
        let page = drivein
            .get(&format!("/share?link={}", encoded_name(&link)))
            .await
            .expect(303);
        let to = page.header("location").to_owned();
        let kind = if path.ends_with(".mp4") {
            "watch"
        } else {
            "browse"
        };
        let path = if path == "/" { "" } else { path };
        assert_eq!(to, format!("/{kind}/{place}{}", encoded(path)), "{link}");
    }
    let foreign = open(
        &drivein,
        &format!("https://cloud.example.org/s/{id}/Aa9zQ1"),
    )
    .await;
    assert_eq!(foreign.code(), "not_a_share_link");
}

#[tokio::test]
async fn what_is_saved_of_a_share_is_a_shortcut_that_lists_and_plays() {
    let site = stocked().await;
    site.put("/Lent/Deep/Film.mp4", site.bytes(FILM).unwrap());
    site.folder("/Mine");
    let link = site.share("/Lent", Some("Aa9zQ1"), None);
    let drivein = server(&site).await;
    let place = opened(&drivein, &link).await;
    let save = async |on_conflict: &str| {
        let body = json!({
            "place": place, "paths": ["/Deep", "/Deep/Film.mp4", "/nothing.mp4"],
            "to": {"place": NAS, "path": "/Mine"}, "on_conflict": on_conflict,
        });
        let saved = drivein.call(Method::POST, "shares/save", body).await;
        saved.expect(200).json()["results"].clone()
    };
    let saved = save("fail").await;
    assert_eq!(saved[0]["entry"]["path"], "/Mine/Deep", "{saved}");
    assert_eq!(saved[1]["entry"]["path"], "/Mine/Film.mp4", "{saved}");
    assert_eq!(saved[2]["problem"]["code"], "not_found", "{saved}");
    for path in ["/Mine/Film.mp4", "/Mine/Deep/Film.mp4"] {
        let whole = drivein.get(&play(&drivein, NAS, path).await).await;
        assert!(
            whole.expect(200).body == site.bytes(FILM).unwrap(),
            "{path}"
        );
    }
    let again = save("fail").await;
    assert_eq!(again[0]["problem"]["code"], "conflict", "{again}");
    let beside = save("rename").await;
    assert_eq!(beside[1]["entry"]["path"], "/Mine/Film (1).mp4", "{beside}");
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
    assert!(part.send().await.expect(206).body == bytes[1000..2000]);
    assert_eq!(site.logins_at_bytes(), 0);
    // A signature that ran out is renewed.
    site.expire_addresses();
    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(site.secrets());
    let whole = drivein
        .get(&play(&drivein, &place, FILM).await)
        .await
        .expect(200);
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
    let made = drivein.call(Method::POST, &call, body).await.expect(200);
    let results = made.json()["results"].clone();
    assert_eq!(results[0]["ok"], true, "{results}");
    assert_eq!(results[0]["url"], site.direct_link(FILM), "{results}");
    assert_eq!(results[1]["problem"]["code"], "not_found", "{results}");
    let nothing = drivein
        .call(Method::POST, &call, json!({"paths": []}))
        .await;
    assert_eq!(nothing.code(), "bad_request");
    let fields = [
        ("place", NAS),
        ("path", FILM),
        ("do", "direct"),
        ("now", "1"),
    ];
    let asked = drivein.ask(Method::POST, "/organize").form(&fields);
    let page = asked.send().await.expect(200).text();
    assert!(page.contains("/f/"), "{page}");
}
