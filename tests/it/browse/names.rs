//! Names with special characters: in the API, in play URLs, saved, linked to by pages, and found.

use super::*;

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
        // A listing has no picture sizes, and names the quality that every film has.
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
            let list = drivein.fetch(&format!("{folder}/480p.m3u8"), 200).await;
            assert!(list.text().contains("\n480p/1.ts\n"));
            let segment = drivein.fetch(&format!("{folder}/480p/1.ts"), 200).await;
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
    // Starts at the first page and follows only the links that a visitor could click.
    let mut waiting = vec!["/".to_owned()];
    let mut seen = BTreeSet::new();
    let mut watched = BTreeMap::new();
    while let Some(address) = waiting.pop() {
        if !seen.insert(address.clone()) {
            continue;
        }
        let page = drivein.text(&address).await;
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
        let name = name_of(&path);
        let title = name.rsplit_once('.').map_or(name, |(title, _)| title);
        assert_eq!(unescaped(heading), title);
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
        let page = drivein.text(&format!("/search?q={query}")).await;
        assert!(unescaped(&page).contains(name), "{words}");
    }
}
