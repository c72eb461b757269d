//! The same names in files for players: listings as Kodi parses them, playlists with titles, and `.strm` files.

use super::*;

#[tokio::test]
async fn kodi_can_browse_to_every_awkward_name() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    for folder in folders() {
        let mut address = format!("{root}/");
        // Step by step, by the relative URLs of each listing.
        for name in folder.split('/').skip(1) {
            let links = kodi_links(&drivein.get(&address).await.expect(200));
            let link = &links[&format!("{name}/")];
            address.push_str(link);
        }
        let links = kodi_links(&drivein.get(&address).await.expect(200));
        for path in awkward().iter().filter(|path| folder_of(path) == folder) {
            let link = &links[name_of(path)];
            let reply = drivein
                .fetch_range(&format!("{address}{link}"), "bytes=-7")
                .await;
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

/// Returns text and URL of each link, as Kodi's regular expression finds them: `<a
/// href="([^"]*)"[^>]*>\s*(.*?)\s*</a>(.+?)(?=<a|</tr|$)`.
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
            // The URL of a picture, in quotes, has no comma in it.
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
        let strm = drivein.text(&format!("{play}.strm")).await;
        assert_eq!(strm.lines().count(), 1, "{strm:?}");
        drivein.fetch(&drivein.local(strm.trim_end()), 200).await;
    }
}
