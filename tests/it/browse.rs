//! Looking around: every name finds its way through every kind of address and back, a large folder
//! comes complete, and the upstream is asked no more than needed.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use quick_xml::events::Event;
use reqwest::Method;
use serde_json::Value;

use crate::harness::*;

/// Names with everything in them that means something in an address, a header, a list or a page.
const AWKWARD: &[&str] = &[
    "/Nature & Light/Waves & Wind.mp4",
    "/Nature & Light/Hills + Mist = Morning.mp4",
    "/Nature & Light/What's that; who's there?.mp4",
    "/Nature & Light/The \"Quiet\" Hour.mp4",
    "/Nature & Light/50% off, take #1.mp4",
    "/Nature & Light/already%20encoded%2Fname.mp4",
    "/Season 1 #finale 100%/Chapter #1.mp4",
    "/Season 1 #finale 100%/Chapter #2 & last.mp4",
    "/映画 🌊/波の光.mp4",
    "/映画 🌊/静かな山 🌙.mp4",
    "/映画 🌊/三つの月 (再編集版).mp4",
    "/映画 🌊/Été à Český Krumlov.mp4",
];

fn awkward() -> Vec<String> {
    let long = "A film whose name goes on and on ".repeat(7);
    let long = format!("/Long names/{}.mp4", long.trim_end());
    AWKWARD
        .iter()
        .map(|path| (*path).to_owned())
        .chain([long])
        .collect()
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn folder_of(path: &str) -> &str {
    &path[..path.rfind('/').unwrap()]
}

fn folders() -> BTreeSet<String> {
    awkward()
        .iter()
        .map(|path| folder_of(path).to_owned())
        .collect()
}

fn children(listing: &Value) -> Vec<&Value> {
    listing["children"].as_array().unwrap().iter().collect()
}

#[tokio::test]
async fn every_awkward_name_is_listed_and_described_by_the_api() {
    let drivein = Drivein::start().await;
    for path in awkward() {
        let folder = drivein.entry(folder_of(&path)).await;
        let listed = children(&folder)
            .into_iter()
            .find(|child| child["path"] == path.as_str())
            .unwrap_or_else(|| panic!("{path} is not in {folder}"))
            .clone();
        assert_eq!(listed["name"], name_of(&path));
        let entry = drivein.entry(&path).await["entry"].clone();
        for field in ["place", "path", "name", "kind", "size", "lists"] {
            assert_eq!(entry[field], listed[field], "{path}: {field}");
        }
        for field in ["hls", "original"] {
            assert_eq!(
                entry["play"][field], listed["play"][field],
                "{path}: {field}"
            );
        }
        // A listing tells no sizes, and names the quality that every film has.
        let ends = |play: &Value, with| play["ts"].as_str().unwrap().ends_with(with);
        assert!(ends(&listed["play"], "/480p.ts") && ends(&entry["play"], "/720p.ts"));
        assert_eq!(entry["kind"], "video");
        assert_eq!(
            entry["size"].as_u64().unwrap() as usize,
            drivein.source(&path, "original").await.len()
        );
    }
}

#[tokio::test]
async fn every_awkward_name_plays_from_the_addresses_of_the_api() {
    let drivein = Drivein::start().await;
    let visits = awkward().into_iter().map(|path| {
        let drivein = &drivein;
        async move {
            let entry = drivein.entry(&path).await["entry"].clone();
            let address = |what: &str| drivein.local(entry["play"][what].as_str().unwrap());
            let master = drivein.get(&address("hls")).await.expect(200);
            assert!(master.text().contains("\n480p.m3u8\n"), "{}", master.text());
            let folder = address("hls").replace("/master.m3u8", "");
            let list = drivein
                .get(&format!("{folder}/480p.m3u8"))
                .await
                .expect(200);
            assert!(list.text().contains("\n480p/1.ts\n"));
            let segment = drivein
                .get(&format!("{folder}/480p/1.ts"))
                .await
                .expect(200);
            assert!(segment.body == drivein.segment_source(&path, "480p", 1).await);
            let original = drivein.get(&address("original")).await.expect(200);
            assert!(original.body == drivein.source(&path, "original").await);
            let head = drivein.head(&address("ts")).await.expect(200);
            let whole = drivein.source(&path, "720p").await.len().to_string();
            assert_eq!(head.header("content-length"), whole);
            let thumbnail = drivein.local(entry["thumbnail"].as_str().unwrap());
            let picture = drivein.get(&thumbnail).await.expect(200);
            assert_eq!(picture.body[..2], [0xff, 0xd8], "{path}: a JPEG");
        }
    });
    join_all(visits).await;
}

#[tokio::test]
async fn every_awkward_name_is_saved_under_its_own_name() {
    let drivein = Drivein::start().await;
    for path in awkward() {
        let head = drivein.head(&drivein.play(&path).await).await.expect(200);
        let disposition = head.header("content-disposition").to_owned();
        let (_, name) = disposition.split_once("filename*=UTF-8''").unwrap();
        assert_eq!(decoded(name), name_of(&path), "{disposition}");
    }
}

#[tokio::test]
async fn pages_lead_to_every_awkward_name_by_links_alone() {
    let drivein = Drivein::start().await;
    // From the first page on, following what a visitor could click, and nothing else.
    let mut waiting = vec!["/".to_owned()];
    let mut seen = BTreeSet::new();
    let mut watched = BTreeMap::new();
    while let Some(address) = waiting.pop() {
        if !seen.insert(address.clone()) {
            continue;
        }
        let page = drivein.get(&address).await.expect(200).text();
        if address.starts_with("/watch/") {
            watched.insert(decoded(&address), page);
            continue;
        }
        for link in all_between(&page, "href=\"", "\"").map(unescaped) {
            if link.starts_with("/browse/") || link.starts_with("/watch/") {
                waiting.push(link);
            }
        }
    }
    for path in awkward() {
        let page = watched
            .get(&format!("/watch/{DRIVE}{path}"))
            .unwrap_or_else(|| panic!("no link leads to {path}"));
        let heading = all_between(page, "<h1 dir=\"auto\">", "</h1>")
            .next()
            .unwrap();
        assert_eq!(unescaped(heading), name_of(&path));
        let video = all_between(page, "<video ", ">").next().unwrap();
        let source = unescaped(all_between(video, "src=\"", "\"").next().unwrap());
        let reply = drivein
            .ask(Method::GET, &source)
            .range("bytes=0-9")
            .send()
            .await;
        assert_eq!(reply.expect(206).body.len(), 10);
    }
}

#[tokio::test]
async fn kodi_can_browse_to_every_awkward_name() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    for folder in folders() {
        let mut address = format!("{root}/");
        // Step by step, by the relative addresses of each listing.
        for name in folder.split('/').skip(1) {
            let links = kodi_links(&drivein.get(&address).await.expect(200));
            let link = &links[&format!("{name}/")];
            address.push_str(link);
        }
        let links = kodi_links(&drivein.get(&address).await.expect(200));
        for path in awkward().iter().filter(|path| folder_of(path) == folder) {
            let link = &links[name_of(path)];
            let reply = drivein
                .ask(Method::GET, &format!("{address}{link}"))
                .range("bytes=-7")
                .send()
                .await
                .expect(206);
            let source = drivein.source(path, "original").await;
            assert_eq!(reply.body, source[source.len() - 7..], "{path}");
        }
    }
}

#[tokio::test]
async fn a_listing_stands_only_where_its_relative_addresses_lead_on() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    for folder in [root.clone(), format!("{root}/Nature%20%26%20Light")] {
        let reply = drivein.get(&folder).await.expect(302);
        let base = url::Url::parse(&format!("{}{folder}", drivein.url())).unwrap();
        let target = base.join(reply.header("location")).unwrap();
        assert_eq!(target.path(), format!("{folder}/"));
        drivein.get(target.path()).await.expect(200);
    }
    for no_folder in [FILM, "/nowhere"] {
        let address = format!("{root}{}/", encoded(no_folder));
        drivein.get(&address).await.expect(404);
    }
}

/// Text and address of each link, as Kodi's regular expression finds them:
/// `<a href="([^"]*)"[^>]*>\s*(.*?)\s*</a>(.+?)(?=<a|</tr|$)`.
fn kodi_links(listing: &Reply) -> BTreeMap<String, String> {
    assert!(listing.header("content-type").starts_with("text/html"));
    let text = listing.text();
    let mut links = BTreeMap::new();
    for link in text.split("<a href=\"").skip(1) {
        let (address, rest) = link.split_once('"').unwrap();
        let (label, after) = rest.split_once('>').unwrap().1.split_once("</a>").unwrap();
        assert!(!after.is_empty(), "Kodi wants something after the link");
        if address == "../" {
            continue;
        }
        assert!(
            !address.starts_with('/') && !address.contains("://"),
            "{address} is relative"
        );
        let label = unescaped(label);
        assert_eq!(
            decoded(address),
            label,
            "Kodi wants text and address to be equal"
        );
        links.insert(label, address.to_owned());
    }
    links
}

#[tokio::test]
async fn lists_hold_every_awkward_name_and_an_address_that_plays() {
    let drivein = Drivein::start().await;
    for folder in folders() {
        let entry = drivein.entry(&folder).await["entry"].clone();
        let get = async |kind: &str| {
            let address = drivein.local(entry["lists"][kind].as_str().unwrap());
            drivein.get(&address).await.expect(200)
        };
        let m3u = get("m3u").await;
        assert_eq!(m3u.header("content-type"), "audio/x-mpegurl");
        let xspf = get("xspf").await;
        assert!(
            xspf.header("content-type")
                .starts_with("application/xspf+xml")
        );
        let (m3u, xspf) = (m3u_titles(&m3u.text()), xspf_titles(&xspf.text()));
        assert_eq!(m3u, xspf, "{folder}: both lists say the same");
        for path in awkward().iter().filter(|path| folder_of(path) == folder) {
            let title = name_of(path).strip_suffix(".mp4").unwrap();
            let (_, address) = m3u
                .iter()
                .find(|(found, address)| found == title && address.contains(&encoded(path)))
                .unwrap_or_else(|| panic!("{title:?} is not in {m3u:?}"));
            let streams = drivein.get(&drivein.local(address)).await.expect(200);
            assert_eq!(
                streams.header("content-type"),
                "application/vnd.apple.mpegurl"
            );
        }
    }
}

fn m3u_titles(text: &str) -> Vec<(String, String)> {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("#EXTM3U"));
    let lines: Vec<&str> = lines.collect();
    lines
        .chunks(2)
        .map(|pair| {
            let about = pair[0].strip_prefix("#EXTINF:").unwrap();
            // The address of a picture, in quotes, has no comma in it.
            (
                about.split_once(',').unwrap().1.to_owned(),
                pair[1].to_owned(),
            )
        })
        .collect()
}

fn xspf_titles(text: &str) -> Vec<(String, String)> {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut tracks, mut inside, mut track) = (Vec::new(), String::new(), BTreeMap::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                inside = start.name().as_ref().to_owned();
                if inside == "track" {
                    track = BTreeMap::new();
                }
            }
            Event::Text(words) => {
                track
                    .entry(inside.clone())
                    .or_insert_with(String::new)
                    .push_str(&words);
            }
            Event::GeneralRef(entity) => {
                let text = unescaped(&format!("&{};", &*entity));
                track
                    .entry(inside.clone())
                    .or_insert_with(String::new)
                    .push_str(&text);
            }
            Event::End(end) if end.name().as_ref() == "track" => {
                tracks.push((track["title"].clone(), track["location"].clone()));
            }
            Event::Eof => return tracks,
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_strm_file_holds_one_address_that_plays() {
    let drivein = Drivein::start().await;
    for path in awkward() {
        let play = drivein.play(&path).await;
        let strm = drivein
            .get(&format!("{play}.strm"))
            .await
            .expect(200)
            .text();
        assert_eq!(strm.lines().count(), 1, "{strm:?}");
        drivein
            .get(&drivein.local(strm.trim_end()))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn ten_thousand_entries_come_through_the_api_each_once() {
    let drivein = Drivein::start().await;
    drivein.sandbox.add_folder("/Ten thousand", 10_000).unwrap();
    let folder = format!("entries/{DRIVE}{}?limit=1000", encoded("/Ten thousand"));
    let mut names = BTreeSet::new();
    let (mut count, mut cursor) = (0, None::<String>);
    loop {
        let call = match &cursor {
            None => folder.clone(),
            Some(cursor) => format!("{folder}&cursor={}", encoded_name(cursor)),
        };
        let page = drivein.api(&call).await;
        for child in children(&page) {
            count += 1;
            names.insert(child["name"].as_str().unwrap().to_owned());
        }
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((count, names.len()), (10_000, 10_000));
    assert!(names.contains("Entry 00001.mp4") && names.contains("Entry 10000.mp4"));
}

#[tokio::test]
async fn ten_thousand_entries_come_through_the_pages_each_once() {
    let drivein = Drivein::start().await;
    drivein.sandbox.add_folder("/Ten thousand", 10_000).unwrap();
    let mut address = format!("/browse/{DRIVE}{}", encoded("/Ten thousand"));
    let mut names = BTreeSet::new();
    let (mut count, mut pages) = (0, 0);
    loop {
        let page = drivein.get(&address).await.expect(200).text();
        pages += 1;
        for link in all_between(&page, "<a href=\"/watch/", "\"") {
            count += 1;
            names.insert(decoded(&unescaped(link)));
        }
        let more = page
            .split("<a ")
            .find(|link| link.contains("rel=\"next\"") && link.contains("id=\"more\""));
        match more {
            Some(link) => address = unescaped(all_between(link, "href=\"", "\"").next().unwrap()),
            None => break,
        }
        assert!(pages < 1000, "the pages have an end");
    }
    assert_eq!((count, names.len()), (10_000, 10_000));
}

#[tokio::test]
async fn the_ten_thousandth_film_plays_from_the_middle_of_nowhere() {
    let drivein = Drivein::start().await;
    drivein.sandbox.add_folder("/Ten thousand", 10_000).unwrap();
    let film = "/Ten thousand/Entry 10000.mp4";
    let play = drivein.play(film).await;
    let segment = drivein.get(&format!("{play}/480p/0.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(film, "480p", 0).await);
    assert_eq!(
        drivein.sandbox.count("list"),
        0,
        "one film costs no listing"
    );
}

#[tokio::test]
async fn a_second_view_asks_the_upstream_nothing() {
    let drivein = Drivein::start().await;
    let nature = encoded("/Nature & Light");
    let film = encoded(FILM);
    for address in [
        "/".to_owned(),
        format!("/browse/{DRIVE}{nature}"),
        format!("/watch/{DRIVE}{film}"),
        format!("/api/v1/entries/{DRIVE}{nature}"),
        format!("/api/v1/entries/{DRIVE}{film}"),
    ] {
        drivein.get(&address).await.expect(200);
        let before = drivein.upstream_calls();
        drivein.get(&address).await.expect(200);
        assert_eq!(drivein.upstream_calls(), before, "{address}");
    }
    let play = drivein.play(FILM).await;
    for stream in ["/master.m3u8", "/480p.m3u8", "/poster.jpg"] {
        drivein.get(&format!("{play}{stream}")).await.expect(200);
        let before = drivein.upstream_calls();
        drivein.get(&format!("{play}{stream}")).await.expect(200);
        assert_eq!(drivein.upstream_calls(), before, "{stream}");
    }
}

#[tokio::test]
async fn fifty_simultaneous_first_views_are_one_call() {
    let drivein = Drivein::start().await;
    let address = format!(
        "/api/v1/entries/{DRIVE}{}",
        encoded("/Series/Paper Worlds/Season 1")
    );
    let replies = join_all((0..50).map(|_| drivein.get(&address))).await;
    for reply in replies {
        assert_eq!(children(&reply.expect(200).json()).len(), 11);
    }
    assert_eq!(drivein.sandbox.count("list"), 1);
    assert_eq!(drivein.sandbox.count("filemetas"), 1);
    assert_eq!(drivein.sandbox.count("tokeninfo"), 1);
}

#[tokio::test]
async fn fifty_viewers_who_open_a_film_at_once_cost_one_call_per_quality() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let master = format!("{play}/master.m3u8");
    for reply in join_all((0..50).map(|_| drivein.get(&master))).await {
        assert!(reply.expect(200).text().contains("1080p.m3u8"));
    }
    assert_eq!(
        drivein.sandbox.count("streaming"),
        4,
        "480p, 720p, 1080p and sound"
    );
}

#[tokio::test]
async fn who_asks_for_a_fresh_answer_gets_one() {
    let drivein = Drivein::start().await;
    let folder = encoded("/Nature & Light");
    drivein
        .get(&format!("/api/v1/entries/{DRIVE}{folder}"))
        .await
        .expect(200);
    assert_eq!(drivein.sandbox.count("list"), 1);
    drivein
        .ask(Method::GET, &format!("/api/v1/entries/{DRIVE}{folder}"))
        .header("cache-control", "no-cache")
        .send()
        .await
        .expect(200);
    assert_eq!(drivein.sandbox.count("list"), 2);
    // A page that was asked to be fresh leads on to the plain one, so that loading it again costs nothing.
    let asked = drivein
        .get(&format!("/browse/{DRIVE}{folder}?refresh=1"))
        .await
        .expect(303);
    drivein.get(asked.header("location")).await.expect(200);
    assert_eq!(drivein.sandbox.count("list"), 3);
}

#[tokio::test]
async fn folders_sort_by_name_time_and_size_both_ways() {
    let drivein = Drivein::start().await;
    let folder = encoded("/Series/Paper Worlds/Season 1");
    for (sort, field) in [("name", "name"), ("time", "modified"), ("size", "size")] {
        let mut orders = Vec::new();
        for order in ["asc", "desc"] {
            let page = drivein
                .api(&format!(
                    "entries/{DRIVE}{folder}?sort={sort}&order={order}"
                ))
                .await;
            let values: Vec<String> = children(&page)
                .iter()
                .map(|child| match &child[field] {
                    Value::Number(number) => format!("{:020}", number.as_u64().unwrap()),
                    other => other.as_str().unwrap().to_owned(),
                })
                .collect();
            orders.push(values);
        }
        let (up, mut down) = (orders[0].clone(), orders[1].clone());
        down.reverse();
        assert_eq!(up, down, "{sort}");
        if sort != "name" {
            assert!(up.is_sorted(), "{sort}: {up:?}");
        }
    }
}

#[tokio::test]
async fn an_empty_folder_is_empty_and_says_so() {
    let drivein = Drivein::start().await;
    let path = "/Nature & Light/Empty folder";
    let listing = drivein.entry(path).await;
    assert_eq!(
        (children(&listing).len(), &listing["next"]),
        (0, &Value::Null)
    );
    let page = drivein
        .get(&format!("/browse/{DRIVE}{}", encoded(path)))
        .await
        .expect(200);
    assert!(page.text().contains("This folder is empty."));
}

#[tokio::test]
async fn search_finds_awkward_names_in_api_and_page() {
    let drivein = Drivein::start().await;
    for (words, name) in [
        ("波の光", "波の光.mp4"),
        ("50% off", "50% off, take #1.mp4"),
        ("waves & wind", "Waves & Wind.mp4"),
        ("\"quiet\"", "The \"Quiet\" Hour.mp4"),
        ("+ mist", "Hills + Mist = Morning.mp4"),
    ] {
        let query = encoded_name(words);
        let found = drivein.api(&format!("search?q={query}")).await;
        let names: Vec<&str> = found["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["name"].as_str().unwrap())
            .collect();
        assert!(names.contains(&name), "{words}: {found}");
        let page = drivein
            .get(&format!("/search?q={query}"))
            .await
            .expect(200)
            .text();
        assert!(unescaped(&page).contains(name), "{words}");
    }
}

#[tokio::test]
async fn a_call_that_makes_no_sense_is_a_problem_document() {
    let drivein = Drivein::start().await;
    for call in [
        "entries/films?limit=0",
        "entries/films?limit=-1",
        "entries/films?limit=many",
        "entries/films?sort=colour",
        "entries/films?order=up",
        "entries/films?cursor=nonsense",
        "search?q=",
        "search?q=light&limit=0",
        "search?q=light&cursor=nonsense",
    ] {
        let problem = drivein.get(&format!("/api/v1/{call}")).await.expect(400);
        assert_eq!(problem.code(), "bad_request", "{call}");
        assert_eq!(problem.header("content-type"), "application/problem+json");
    }
    let problem = drivein.ask(Method::POST, "/api/v1/drives").send().await;
    assert_eq!(problem.expect(405).code(), "bad_request");
    // A trailing slash means nothing: a film is a film, a folder a folder.
    for path in [FILM, "/Nature & Light"] {
        let entry = drivein.entry(path).await;
        let call = format!("/api/v1/entries/{DRIVE}{}/", encoded(path));
        let reply = drivein.get(&call).await.expect(200);
        assert_eq!(reply.json(), entry, "{path}");
        assert_eq!(reply.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_page_for_people_and_a_problem_for_programs() {
    let drivein = Drivein::start().await;
    for path in ["/nowhere.mp4", "/Nature & Light/no such film.mp4"] {
        let path = encoded(path);
        for page in ["browse", "watch"] {
            let page = drivein
                .get(&format!("/{page}/{DRIVE}{path}"))
                .await
                .expect(404);
            assert!(page.header("content-type").starts_with("text/html"));
            assert!(page.text().contains("There is nothing at this address."));
        }
        let problem = drivein
            .get(&format!("/api/v1/entries/{DRIVE}{path}"))
            .await
            .expect(404);
        assert_eq!(problem.code(), "not_found");
        let play = format!("{}{path}", drivein.play_root().await);
        assert_eq!(drivein.get(&play).await.expect(404).code(), "not_found");
    }
    assert_eq!(
        drivein
            .get("/api/v1/entries/nodrive")
            .await
            .expect(404)
            .code(),
        "not_found"
    );
    assert_eq!(
        drivein.get("/api/v1/nothing").await.expect(404).code(),
        "not_found"
    );
}
