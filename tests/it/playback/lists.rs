//! Playlists for players beyond one folder: whole trees, searches, Kodi's own properties, archives of `.strm`
//! files.

use std::io::Read;
use std::time::Duration;

use reqwest::Method;
use sandbox::{Effect, Fault};

use crate::harness::*;

/// Returns the titles and URLs of an M3U.
fn titles(text: &str) -> Vec<(String, String)> {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("#EXTM3U"));
    let mut titles = Vec::new();
    let mut title = None;
    for line in lines {
        match line.strip_prefix("#EXTINF:") {
            Some(info) => title = info.split_once(',').map(|(_, title)| title.to_owned()),
            None if line.starts_with('#') => {}
            None => titles.push((title.take().unwrap(), line.to_owned())),
        }
    }
    titles
}

async fn list(drivein: &Drivein, address: &str) -> Vec<(String, String)> {
    let reply = drivein.get(address).await.expect(200);
    assert_eq!(reply.header("content-type"), "audio/x-mpegurl");
    assert_eq!(
        drivein
            .head(address)
            .await
            .expect(200)
            .header("content-length"),
        reply.body.len().to_string()
    );
    titles(&reply.text())
}

#[tokio::test]
async fn a_list_of_a_tree_is_in_the_order_of_watching_and_every_entry_plays() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    let all = list(&drivein, &format!("{root}/Series/all.m3u")).await;
    let names: Vec<&str> = all.iter().map(|(title, _)| title.as_str()).collect();
    let season: Vec<String> = (1..=11).map(|n| format!("Episode {n}")).collect();
    assert_eq!(names[..11], season, "{names:?}");
    for (title, address) in &all {
        let local = drivein.local(address);
        let reply = drivein.get(&local).await.expect(200);
        assert!(
            reply.text().starts_with("#EXTM3U\n#EXT-X-VERSION"),
            "{title}"
        );
    }
    let text = drivein.get(&format!("{root}/Series/all.m3u")).await.text();
    assert!(text.contains("group-title=\"Season 1\""), "{text}");
    let everything = list(&drivein, &format!("{root}/all.m3u")).await;
    assert!(everything.len() > all.len());
    let xspf = drivein.text(&format!("{root}/all.xspf")).await;
    assert_eq!(xspf.matches("<track>").count(), everything.len());
}

#[tokio::test]
async fn kodis_list_has_its_properties_and_the_plain_one_has_not() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let text = drivein.text(&format!("{play}/kodi.m3u")).await;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[2..5],
        [
            "#KODIPROP:inputstream=inputstream.adaptive",
            "#KODIPROP:inputstream.adaptive.manifest_type=hls",
            "#KODIPROP:mimetype=application/vnd.apple.mpegurl"
        ]
    );
    assert!(lines[5].ends_with("/Tidal%20Light.mp4/master.m3u8"));
    let plain = drivein.text(&format!("{play}/list.m3u")).await;
    assert!(!plain.contains("KODIPROP"));
    // A film has nothing below it.
    drivein.get(&format!("{play}/all.m3u")).await.expect(404);
    drivein.get(&format!("{play}/strm.zip")).await.expect(404);
}

#[tokio::test]
async fn a_search_is_a_list_that_looks_again() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    let ticket = root.strip_suffix("/films").unwrap();
    let address = format!("{ticket}/~~search/episode/list.m3u");
    // The folders of what was found are listed for subtitles, and have the pictures that the search lacks.
    drivein.get(&address).await.expect(200);
    let found = list(&drivein, &address).await;
    assert!(found.len() >= 11, "{found:?}");
    assert!(found.iter().all(|(title, _)| title.starts_with("Episode")));
    let nothing = list(
        &drivein,
        &format!("{ticket}/~~search/no%2Fsuch%20film/list.m3u"),
    )
    .await;
    assert!(nothing.is_empty());
    drivein
        .fetch(&format!("{ticket}/~~search/x/all.m3u"), 404)
        .await;

    // The search page offers it.
    let page = drivein.text("/search?q=episode").await;
    assert!(
        page.contains(&format!("{ticket}/~~search/episode/list.m3u")),
        "{page}"
    );

    drivein.fault("search", Effect::errno(-9));
    let reply = drivein
        .get(&format!("{ticket}/~~search/episode/list.m3u"))
        .await;
    assert!(reply.status >= 400, "{}", reply.describe());
}

#[tokio::test]
async fn a_list_that_is_loaded_again_shows_the_new_episode() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    let address = format!("{root}/Series/Paper%20Worlds/Season%202/list.m3u");
    let before = list(&drivein, &address).await;
    // Loaded again and again within half a minute: not one more call, since the folder has just been read.
    let lists = drivein.sandbox.count("list");
    assert_eq!(list(&drivein, &address).await, before);
    assert_eq!(drivein.sandbox.count("list"), lists);
    // Files that were uploaded through the server are listed at once.
    let episode = "/Series/Paper Worlds/Season 2/Episode 99.mp4";
    let bytes = drivein.source(FILM, "original").await;
    let reply = drivein.put(episode, "", bytes).await;
    assert!(reply.status < 300, "{}", reply.describe());
    let after = list(&drivein, &address).await;
    let new: Vec<_> = after.iter().filter(|film| !before.contains(film)).collect();
    assert_eq!(new.len(), 1, "{after:?}");
    assert_eq!(new[0].0, "Episode 99");
}

#[tokio::test]
async fn a_list_of_a_tree_that_is_too_deep_says_in_each_format_that_it_is_not_all() {
    let folder = tempfile::tempdir().unwrap();
    let at = |depth: usize| folder.path().join("deeper/".repeat(depth));
    std::fs::create_dir_all(at(24)).unwrap();
    std::fs::write(at(23).join("Seen.mp4"), "").unwrap();
    let drivein = Drivein::setup()
        .no_drive()
        .folder("home", folder.path())
        .start()
        .await;
    let listed = drivein.api("entries/home").await;
    let listed = listed["entry"]["lists"]["m3u"].as_str().unwrap();
    let base = drivein.local(listed.strip_suffix("list.m3u").unwrap());
    let texts = async || {
        let mut texts = Vec::new();
        for name in ["all.m3u", "all.xspf"] {
            texts.push(drivein.text(&format!("{base}{name}")).await);
        }
        // Names of files are not compressed in an archive.
        let archive = drivein.get(&format!("{base}strm.zip")).await.expect(200);
        texts.push(String::from_utf8_lossy(&archive.body).into_owned());
        texts
    };
    for text in texts().await {
        assert!(text.contains("Seen"), "{text}");
        assert!(
            text.contains("ends here") || text.contains("not everything"),
            "{text}"
        );
    }
    std::fs::remove_dir(at(24)).unwrap();
    let is_whole = |text: &String| !text.contains("ends here") && !text.contains("not everything");
    // The change is seen a moment after it was made.
    eventually("lists are whole", Duration::from_secs(60), async || {
        let texts = texts().await;
        assert!(texts.iter().all(|text| text.contains("Seen")), "{texts:?}");
        texts.iter().all(is_whole).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_list_tells_lengths_in_one_call_for_all_of_them_and_does_without_where_there_are_none() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    let address = format!("{root}/Series/Paper%20Worlds/Season%201/list.m3u");
    let lengths = async || -> Vec<i64> {
        let text = drivein.text(&address).await;
        all_between(&text, "#EXTINF:", " ")
            .map(|seconds| seconds.parse().unwrap())
            .collect()
    };
    // The folder is found, and its films are not listed.
    let fault = Fault::on("filemetas", Effect::errno(2)).matching("Episode");
    let fault = drivein.sandbox.fault(fault);
    assert_eq!(lengths().await, [-1; 11]);
    drivein.sandbox.mend(fault);
    let asked = drivein.sandbox.count("filemetas");
    let told = lengths().await;
    assert_eq!(drivein.sandbox.count("filemetas"), asked + 1);
    for (number, seconds) in (1..).zip(&told) {
        let path = format!("/Series/Paper Worlds/Season 1/Episode {number}.mp4");
        let film = drivein.entry(&path).await["entry"].clone();
        assert_eq!(
            *seconds,
            film["duration_s"].as_f64().unwrap().round() as i64
        );
    }
    assert_eq!(told.len(), 11);
    lengths().await;
    assert_eq!(drivein.sandbox.count("filemetas"), asked + 1);
    let xspf = drivein.get(&address.replace(".m3u", ".xspf")).await.text();
    assert_eq!(xspf.matches("<duration>").count(), 11);
}

#[tokio::test]
async fn the_list_of_a_share_holds_all_that_is_in_it() {
    let drivein = Drivein::start().await;
    let links = drivein.sandbox.share_links();
    let link = links.iter().find(|link| link.url.contains("Series"));
    let opened = drivein
        .post("shares/open", serde_json::json!({"url": link.unwrap().url}))
        .await
        .expect(200)
        .json();
    let address = drivein.local(opened["entry"]["lists"]["m3u"].as_str().unwrap());
    let films = list(&drivein, &address).await;
    assert!(films.len() > 1, "{films:?}");
    let below = list(&drivein, &address.replace("/list.m3u", "/all.m3u")).await;
    assert_eq!(films, below);
}

#[tokio::test]
async fn kodi_is_answered_in_the_format_in_which_it_reads_every_name() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    let address = format!("{root}/%E6%98%A0%E7%94%BB%20%F0%9F%8C%8A/list.m3u");
    for method in [Method::GET, Method::HEAD] {
        let reply = drivein
            .ask(method, &address)
            .header(
                "user-agent",
                "KodifromDebian/20.1 (X11; Linux x86_64) App_Bitness/64",
            )
            .expect(200)
            .await;
        assert_eq!(reply.header("content-type"), "application/xspf+xml");
        assert_eq!(reply.header("vary"), "User-Agent");
    }
    let plain = list(&drivein, &address).await;
    assert!(plain.iter().any(|(title, _)| title == "静かな山 🌙"));
    let own = list(&drivein, &address.replace("/list.m3u", "/kodi.m3u")).await;
    assert!(own.iter().any(|(title, _)| title == "静かな山"));
}

#[tokio::test]
async fn an_archive_of_strm_files_leads_to_every_film() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    let reply = drivein.get(&format!("{root}/strm.zip")).await.expect(200);
    assert_eq!(reply.header("content-type"), "application/zip");
    assert!(reply.header("content-disposition").contains("films.zip"));
    let archive = rawzip::ZipArchive::from_slice(&reply.body).unwrap();
    let mut paths = Vec::new();
    for entry in archive.entries() {
        let entry = entry.unwrap();
        let path = String::from_utf8(entry.file_path().as_ref().to_vec()).unwrap();
        let file = archive.get_entry(entry.wayfinder()).unwrap();
        let mut text = String::new();
        file.verifying_reader(file.data())
            .read_to_string(&mut text)
            .unwrap();
        let local = drivein.local(text.trim_end());
        drivein.head(&local).await.expect(200);
        paths.push(path);
    }
    for path in [
        "Tidal Light.strm",
        "Series/Paper Worlds/Season 1/Episode 10.strm",
        "Nature & Light/50% off, take #1.strm",
        "Nature & Light/The _Quiet_ Hour.strm",
    ] {
        assert!(paths.iter().any(|found| found == path), "{path}: {paths:?}");
    }
    let films = list(&drivein, &format!("{root}/all.m3u")).await.len();
    assert_eq!(paths.len(), films);
}

#[tokio::test]
async fn lists_of_a_guests_ticket_stay_within_it() {
    let drivein = Drivein::setup()
        .public_url("https://films.example.org/drive-in")
        .password("x")
        .api_token("an api token of some length")
        .start()
        .await;
    let reply = drivein
        .ask(Method::GET, "/api/v1/entries/films/Series")
        .header("authorization", "Bearer an api token of some length")
        .expect(200)
        .await
        .json();
    let address = reply["entry"]["lists"]["m3u"].as_str().unwrap().to_owned();
    let local = address
        .strip_prefix("https://films.example.org/drive-in")
        .unwrap();
    let all = local.replace("list.m3u", "all.m3u");
    for (_, film) in list(&drivein, &all).await {
        assert!(
            film.starts_with("https://films.example.org/drive-in/play/"),
            "{film}"
        );
    }
}

#[tokio::test]
async fn a_ticket_that_prefers_hls_lists_films_as_strm_files() {
    let drivein = Drivein::start().await;
    let wanted = serde_json::json!({"name": "the old box", "scope": {}, "prefers_hls": true});
    let made = drivein
        .ask(Method::POST, "/api/v1/tickets")
        .json(&wanted)
        .send()
        .await;
    assert!(matches!(made.status, 200 | 201), "{}", made.describe());
    let ticket = made.json()["ticket"].as_str().unwrap().to_owned();
    let page = drivein.text(&format!("/play/{ticket}/films/")).await;
    assert!(page.contains(">Tidal Light.mp4.strm</a>"), "{page}");
    assert!(!page.contains(">Tidal Light.mp4</a>"), "{page}");
    let strm = format!("/play/{ticket}/films/Tidal%20Light.mp4.strm");
    let address = drivein.text(&strm).await;
    assert!(
        address
            .trim_end()
            .ends_with("/Tidal%20Light.mp4/master.m3u8"),
        "{address}"
    );
}

#[tokio::test]
async fn a_subtitle_beside_a_film_is_there_for_players_to_find() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    let words = "1\n00:00:01,000 --> 00:00:02,000\nHello, Été 映画\n";
    let path = "/Series/Paper Worlds/Season 2/Episode 1.en.srt";
    let reply = drivein.put(path, "", words).await;
    assert!(reply.status < 300, "{}", reply.describe());
    let folder = format!("{root}/Series/Paper%20Worlds/Season%202/");
    let listing = drivein.text(&folder).await;
    let link = "<a href=\"Episode%201.en.srt\">Episode 1.en.srt</a>";
    assert!(listing.contains(link), "{listing}");
    let propfind = Method::from_bytes(b"PROPFIND").unwrap();
    let properties = drivein
        .ask(propfind, &folder)
        .header("depth", "1")
        .expect(207)
        .await
        .text();
    assert!(properties.contains("/Episode%201.en.srt</D:href>"));
    let address = format!("{folder}Episode%201.en.srt");
    let reply = drivein.get(&address).await.expect(200);
    assert_eq!(reply.text(), words);
    // The file is no film, so playlists leave it out.
    let films = list(&drivein, &format!("{folder}list.m3u")).await;
    assert!(films.iter().all(|(title, _)| !title.contains(".en")));
}
