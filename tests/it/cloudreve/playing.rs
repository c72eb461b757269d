//! Originals from the site and from its storage provider, films in pieces, and signatures that expire.

use reqwest::Method;

use super::server::Site;
use super::*;

#[tokio::test]
async fn a_film_is_its_file_and_says_how_long_and_large_its_picture_is() {
    let (_site, drivein) = stocked_and_served().await;
    let film = entry(&drivein, NAS, FILM).await;
    assert_eq!(film["duration_s"], 66.0);
    assert_eq!(
        (&film["width"], &film["height"]),
        (&1920.into(), &1080.into())
    );
    assert!(
        film["play"]["ts"].is_null(),
        "there is no quality that is not there: {film}"
    );
    let page = drivein
        .text(&format!("/watch/{NAS}{}", encoded(FILM)))
        .await;
    assert!(
        page.contains("\"direct\":true") && page.contains("video/mp4"),
        "the file itself plays first"
    );
    let list = drivein.local(film["lists"]["m3u"].as_str().unwrap());
    assert!(!drivein.text(&list).await.contains("master.m3u8"));

    let picture = drivein.local(film["thumbnail"].as_str().unwrap());
    let picture = drivein.get(&picture).await.expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
}

#[tokio::test]
async fn a_storage_provider_gets_its_own_signature_and_nobodys_login() {
    let site = stocked().await;
    site.stores_elsewhere();
    let drivein = server(&site).await;
    let bytes = site.bytes(FILM).unwrap();
    let address = play(&drivein, NAS, FILM).await;
    let whole = drivein.get(&address).await.expect(200);
    assert!(whole.is_whole && whole.body == bytes);
    site.expire_addresses();
    let part = drivein.fetch_range(&address, "bytes=600000-600999").await;
    assert!(part.body == bytes[600_000..601_000]);
    assert!(site.count("GET /bucket") >= 2);
    assert_eq!(site.logins_at_bytes(), 0);
}

#[tokio::test]
async fn a_signature_that_runs_out_while_the_film_runs_is_renewed() {
    for elsewhere in [false, true] {
        let site = stocked().await;
        if elsewhere {
            site.stores_elsewhere();
        }
        let drivein = server(&site).await;
        let address = play(&drivein, NAS, FILM).await;
        // Cut in the middle, and refused from then on: with status 200 by the site, with 403 by a provider.
        site.cut_and_expire_after(300_001);
        let whole = drivein.get(&address).await.expect(200);
        let bytes = site.bytes(FILM).unwrap();
        assert!(
            whole.is_whole && whole.body == bytes,
            "{}",
            whole.describe()
        );
        assert_eq!(site.count("POST /file/url"), 2);
        assert_eq!(site.logins_at_bytes(), 0);
    }
}

#[tokio::test]
async fn a_file_that_was_replaced_is_not_mixed_with_the_one_before() {
    let (site, drivein) = stocked_and_served().await;
    let address = play(&drivein, NAS, FILM).await;
    let first = drivein.fetch_range(&address, "bytes=0-9").await;
    assert!(first.body == site.bytes(FILM).unwrap()[..10]);
    let other = vec![9; site.bytes(FILM).unwrap().len()];
    site.put(FILM, other.clone());
    site.expire_addresses();
    let refused = drivein
        .ask(Method::GET, &address)
        .range("bytes=600000-")
        .send()
        .await;
    // Refused, or served in its new version: never a mixture.
    let is_new = refused.status == 206 && refused.body == other[600_000..];
    assert!(is_new || refused.status >= 400, "{}", refused.describe());
    // The changed entry is loaded again.
    let patience = std::time::Duration::from_secs(20);
    eventually("the new file plays", patience, async || {
        let reply = drivein
            .ask(Method::GET, &address)
            .range("bytes=600000-")
            .send()
            .await;
        (reply.status == 206 && reply.body == other[600_000..]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_film_in_pieces_streams_and_its_pieces_are_no_films() {
    let (site, drivein) = stocked_and_served().await;
    let folder = drivein.api(&format!("entries/{NAS}/In%20pieces")).await;
    let kinds: Vec<&str> = folder["children"]
        .as_array()
        .unwrap()
        .iter()
        .map(|child| child["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "video").count(),
        1,
        "{kinds:?}"
    );
    let film = entry(&drivein, NAS, PIECES).await;
    assert!(film["play"]["hls"].is_string(), "{film}");
    let play = play(&drivein, NAS, PIECES).await;
    let master = drivein.text(&format!("{play}/master.m3u8")).await;
    assert!(
        master.contains("720p.m3u8") && !master.contains("1080p"),
        "{master}"
    );
    assert_eq!(
        site.count("POST /file/url"),
        1,
        "the list is fetched once for all qualities"
    );
    let list = drivein.text(&format!("{play}/720p.m3u8")).await;
    assert_eq!(list.matches("#EXTINF").count(), 7);
    let whole = drivein.get(&format!("{play}/720p.ts")).await.expect(200);
    let stream = &include_bytes!("../../../samples/tidal-light/720.ts")[..];
    assert_eq!(whole.header("content-length"), stream.len().to_string());
    assert!(whole.is_whole && whole.body == stream);
    site.expire_addresses();
    site.expire_access();
    let piece = drivein.get(&format!("{play}/720p/6.ts")).await.expect(200);
    assert!(stream.ends_with(&piece.body) && piece.body[0] == 0x47);
}

#[tokio::test]
async fn a_list_of_lists_has_its_qualities_and_what_leads_elsewhere_is_refused() {
    let site = stocked().await;
    let (list, pieces) = pieces();
    let ladder = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=1280x720\n720/list.m3u8\n\
                  #EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=640x360\n360/list.m3u8\n";
    site.put("/Ladder/film.m3u8", ladder);
    for quality in ["720", "360"] {
        site.put(&format!("/Ladder/{quality}/list.m3u8"), list.clone());
        for (name, bytes) in &pieces {
            site.put(&format!("/Ladder/{quality}/{name}"), bytes.clone());
        }
    }
    let elsewhere = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://169.254.169.254/latest\n#EXT-X-ENDLIST\n";
    site.put("/Elsewhere.m3u8", elsewhere);
    let drivein = server(&site).await;
    let address = play(&drivein, NAS, "/Ladder/film.m3u8").await;
    let master = drivein.text(&format!("{address}/master.m3u8")).await;
    assert!(
        master.contains("720p.m3u8") && master.contains("360p.m3u8"),
        "{master}"
    );
    assert!(!master.contains("480p.m3u8"), "{master}");
    let piece = drivein.fetch(&format!("{address}/360p/2.ts"), 200).await;
    assert!(piece.body == pieces[2].1);

    let address = play(&drivein, NAS, "/Elsewhere.m3u8").await;
    let refused = drivein.get(&format!("{address}/master.m3u8")).await;
    assert_eq!(refused.code(), "unsupported", "{}", refused.text());
}

#[tokio::test]
async fn a_film_in_pieces_is_handed_out_in_a_quality_that_it_has() {
    let site = stocked().await;
    let (list, pieces) = pieces();
    let ladder = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1920x1080\n1080/list.m3u8\n\
                  #EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=640x360\n360/list.m3u8\n";
    site.put("/Ladder/film.m3u8", ladder);
    for quality in ["1080", "360"] {
        site.put(&format!("/Ladder/{quality}/list.m3u8"), list.clone());
        for (name, bytes) in &pieces {
            site.put(&format!("/Ladder/{quality}/{name}"), bytes.clone());
        }
    }
    let drivein = server(&site).await;
    let listed = async || {
        let folder = drivein.api(&format!("entries/{NAS}/Ladder")).await;
        let children = folder["children"].as_array().unwrap().clone();
        let film = children.into_iter().find(|child| child["kind"] == "video");
        film.unwrap()["play"].clone()
    };
    // A listing opens no playlist, and promises no rendition.
    let play = listed().await;
    assert!(play["ts"].is_null() && play["hls"].is_string(), "{play}");
    assert_eq!(site.count("POST /file/url"), 0);

    let film = entry(&drivein, NAS, "/Ladder/film.m3u8").await;
    let address = drivein.local(film["play"]["ts"].as_str().unwrap());
    assert!(address.ends_with("/360p.ts"), "{address}");
    let stream = &include_bytes!("../../../samples/tidal-light/720.ts")[..];
    let whole = drivein.get(&address).await.expect(200);
    assert!(whole.body == stream, "other bytes");
    // From then on it is known.
    assert_eq!(listed().await["ts"], film["play"]["ts"]);
    let page = drivein
        .text(&format!("/watch/{NAS}/Ladder/film.m3u8"))
        .await;
    assert!(page.contains("/360p.ts") && !page.contains("/720p.ts"));
}

#[tokio::test]
async fn a_shortcut_leads_into_the_share_behind_it() {
    let site: Site = stocked().await;
    site.put("/Lent/Deep/Borrowed Light.mp4", site.bytes(FILM).unwrap());
    let link = site.share("/Lent", Some("2rje2bdj"), None);
    let id = link.split("/s/").nth(1).unwrap().split('/').next().unwrap();
    site.folder("/From a friend");
    let target = format!("cloudreve://{id}:2rje2bdj@share");
    site.tell(
        "/From a friend",
        &[("sys:shared_redirect", target.as_str())],
    );
    let bytes = site.bytes(FILM).unwrap();

    let drivein = server(&site).await;
    let listed = drivein
        .api(&format!("entries/{NAS}/From%20a%20friend"))
        .await;
    assert_eq!(listed["children"][0]["name"], "Deep", "{listed}");
    let path = "/From a friend/Deep/Borrowed Light.mp4";
    let address = play(&drivein, NAS, path).await;
    let whole = drivein.get(&address).await.expect(200);
    assert!(whole.is_whole && whole.body == bytes);

    // After a restart no shortcut is known, and the whole path is requested at once.
    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(site.secrets());
    let whole = drivein.fetch(&play(&drivein, NAS, path).await, 200).await;
    assert!(whole.is_whole && whole.body == bytes);
    let absent = drivein
        .get(&format!(
            "/api/v1/entries/{NAS}/From%20a%20friend/nothing.mp4"
        ))
        .await;
    assert_eq!(absent.code(), "not_found");
}
