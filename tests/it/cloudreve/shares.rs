//! Shares of other users, with and without password, with counted downloads; and share links of the owner.

mod own;

use serde_json::json;

use super::*;

async fn open(drivein: &Drivein, link: &str) -> Reply {
    let body = json!({"url": link});
    drivein.post("shares/open", body).await
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
        .fetch(&format!("/watch/{place}{}", encoded(path)), 200)
        .await;

    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(site.secrets());
    drivein.keep_secret(vec!["Aa9zQ1".to_owned()]);
    assert_eq!(entry(&drivein, &place, path).await["kind"], "video");
}

#[tokio::test]
async fn a_share_of_one_file_is_a_folder_with_that_file() {
    let (site, drivein) = stocked_and_served().await;
    let place = opened(&drivein, &site.share(FILM, None, None)).await;
    let listed = drivein.api(&format!("entries/{place}")).await;
    assert_eq!(listed["entry"]["name"], &FILM[1..]);
    assert_eq!(listed["children"].as_array().unwrap().len(), 1);
    assert!(listed["next"].is_null());
    let whole = drivein
        .fetch(&play(&drivein, &place, FILM).await, 200)
        .await;
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
        let part = drivein.fetch_range(&one, &range).await;
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
    let part = drivein.fetch_range(&one, "bytes=500000-500099").await;
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
    let (site, drivein) = stocked_and_served().await;
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
    let (site, drivein) = stocked_and_served().await;
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
    drivein.fetch(&format!("{address}/720p/3.ts"), 200).await;
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
            .fetch(&format!("/share?link={}", encoded_name(&link)), 303)
            .await;
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
        let saved = drivein.post("shares/save", body).await;
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
