//! Drives over WebDAV, beyond what every drive has in common: sign-in, addresses, redirects, and what servers get wrong.

use std::sync::atomic::Ordering;
use std::time::Duration;

use drives::ErrorKind;
use reqwest::Method;
use serde_json::json;

use crate::commands::{checked, config_in, get, visitor};
use crate::harness::*;
use crate::servers::proxy::{self, FaultProxy};
use crate::servers::webdav::{DavServer, Kind, PASSWORD, login, section, start};
use crate::servers::{Remote, large, names_in, put, write_films};

/// Starts a server with films behind a proxy that redirects reads.
async fn stocked(kind: Kind) -> (DavServer, FaultProxy, Vec<u8>) {
    let server = start(kind).await;
    let (film, _) = write_films(&server.root());
    let host = format!("http://127.0.0.1:{}", server.port);
    let proxy = proxy::start(host, Some(login()), None).await;
    (server, proxy, film)
}

async fn drivein(url: &str) -> Drivein {
    let setup = Drivein::setup().no_drive();
    setup.drives(&section(url, PASSWORD)).start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_viewers_share_one_read_and_the_storage_never_sees_the_password() {
    let remote = Remote::start().await;
    fifty_viewers_share_one_fetch(&remote, "dav").await;
    assert_eq!(remote.dav.faults.leaks.load(Ordering::SeqCst), 0);
}

/// Lets fifty viewers read the original of a film, and fifty its stream, and counts what the upstream was asked for.
pub async fn fifty_viewers_share_one_fetch(remote: &Remote, drive: &str) {
    let (drivein, faults) = (&remote.drivein, &remote.proxy(drive).faults);
    let play = drivein.local(&remote.play(drive).await);
    let (sent, asked) = (faults.sent.load(Ordering::SeqCst), faults.count("GET"));
    let viewers = (0..50).map(|_| drivein.get(&play));
    for reply in futures_util::future::join_all(viewers).await {
        assert!(reply.expect(200).body == remote.film);
    }
    let film = remote.film.len() as u64;
    let sent = faults.sent.load(Ordering::SeqCst) - sent;
    assert!(sent < film + 20_000, "{sent} bytes for {film}");
    // A read that is redirected is two requests.
    let asked = faults.count("GET") - asked;
    assert!(asked <= 4, "{asked} requests for one film");

    let (sent, asked) = (faults.sent.load(Ordering::SeqCst), faults.count("GET"));
    let index = format!("{play}/source.m3u8");
    eventually("the index is read", Duration::from_secs(60), async || {
        (drivein.get(&index).await.status == 200).then_some(())
    })
    .await;
    let stream = format!("{play}/source.mp4");
    let viewers = (0..50).map(|_| drivein.get(&stream));
    let replies = futures_util::future::join_all(viewers).await;
    let lengths = replies.into_iter().map(|it| it.expect(200).body.len());
    assert!(lengths.into_iter().all(|it| it as u64 > film / 2));
    // The index is read in small blocks, which are others than those of the original.
    let sent = faults.sent.load(Ordering::SeqCst) - sent;
    assert!(sent < film + 20_000, "{sent} bytes for the index of {film}");
    let asked = faults.count("GET") - asked;
    assert!(asked <= 12, "{asked} requests for one stream");
}

#[tokio::test]
async fn a_large_folder_is_paged_in_any_order_without_reading_it_for_each_page() {
    const FILES: usize = 25_000;
    let large = large::start(FILES).await;
    let section = section(&large.url, PASSWORD);
    large::pages_within_bounds(&section, "dav", FILES).await;
    // Twelve pages. On a busy machine, the folder is old before the last of them.
    assert!(large.listings() <= 3, "{} readings", large.listings());
}

#[tokio::test]
async fn a_listing_that_is_cut_off_is_an_error_and_never_a_shorter_folder() {
    let (_server, proxy, _) = stocked(Kind::Rclone).await;
    let drivein = drivein(&proxy.url).await;
    let folder = encoded("/Season 1 #1 & more");
    drivein.api("entries/dav").await;
    proxy.faults.cut_after(1_500);
    let reply = drivein.get(&format!("/api/v1/entries/dav{folder}")).await;
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (502, "upstream_failed")
    );
    let whole = drivein.api(&format!("entries/dav{folder}")).await;
    assert_eq!(whole["children"].as_array().unwrap().len(), 12);
}

#[tokio::test]
async fn a_search_says_that_a_folder_could_not_be_looked_into() {
    let (server, proxy, _) = stocked(Kind::Rclone).await;
    std::fs::create_dir(server.root().join("Locked")).unwrap();
    std::fs::write(server.root().join("Locked/Gale.mp4"), "x").unwrap();
    std::fs::write(server.root().join("Gale.mp4"), "x").unwrap();
    let drivein = drivein(&proxy.url).await;
    proxy.faults.fail("/Locked", 20);
    let found = drivein.api("search?q=gale").await;
    let entries = found["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{found}");
    assert_eq!(entries[0]["path"], "/Gale.mp4");
    assert_eq!(found["partial"], json!(["dav"]));
    let page = drivein.text("/search?q=gale").await;
    assert!(unescaped(&page).contains("Not all folders of “dav” have been searched"));
    proxy.faults.heal();
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_and_said() {
    let (_server, proxy, _) = stocked(Kind::Rclone).await;
    let setup = Drivein::setup().no_drive();
    let drivein = setup.drives(&section(&proxy.url, "wrong")).start().await;
    for _ in 0..3 {
        let reply = drivein.get("/api/v1/entries/dav").await;
        assert_eq!(reply.code(), "signed_out", "{}", reply.describe());
    }
    let told = drivein.api("drives").await;
    assert_eq!(told["drives"][0]["state"], "signed_out", "{told}");
    assert_eq!(
        proxy.faults.count("PROPFIND"),
        1,
        "servers shut us out for more"
    );
}

#[tokio::test]
async fn digest_is_answered_where_a_server_offers_nothing_else() {
    let server = start(Kind::ApacheDigest).await;
    let (film, names) = write_films(&server.root());
    let drivein = drivein(&server.url).await;
    let listed = names_in(&drivein, "dav", "/Season 1 #1 & more").await;
    assert_eq!(listed.len(), names.len());
    let entry = drivein.api(&format!("entries/dav{}", encoded(FILM))).await;
    let play = drivein.local(entry["entry"]["play"]["original"].as_str().unwrap());
    assert!(drivein.get(&play).await.expect(200).body == film);
    let answer = put(&drivein, "content/dav/new.bin", b"sea".to_vec()).await;
    answer.expect(200);
    assert_eq!(
        std::fs::read(server.root().join("new.bin")).unwrap(),
        b"sea"
    );
}

#[tokio::test]
async fn the_address_of_a_nextcloud_website_leads_to_its_files() {
    let server = start(Kind::Nextcloud).await;
    write_films(&server.root());
    let website = format!("http://127.0.0.1:{}", server.port);
    let text = checked(&section(&website, PASSWORD)).await;
    assert!(text.contains("ready"), "{text}");
    assert!(text.contains("root: 2 entries"), "{text}");
}

#[tokio::test]
async fn check_names_the_cause() {
    let (server, proxy, _) = stocked(Kind::Rclone).await;
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let website = start(Kind::Website).await;
    for (section, word) in [
        (section(&proxy.url, "wrong"), "password"),
        (section(&website.url, PASSWORD), "not a WebDAV address"),
        (section(&nowhere, PASSWORD), "refused"),
        (
            section(&proxy.url.replace("http:", "https:"), PASSWORD),
            "TLS",
        ),
        (section("http://10.255.255.1", PASSWORD), "allow_hosts"),
    ] {
        let text = checked(&section).await;
        assert!(
            text.contains("drive “dav”") && text.contains(word),
            "{word}: {text}"
        );
    }
    drop(server);
}

#[tokio::test]
async fn an_upload_that_is_refused_leaves_neither_half_a_film_nor_the_rest_of_one() {
    let (server, proxy, _) = stocked(Kind::Rclone).await;
    let drivein = drivein(&proxy.url).await;
    drivein.api("entries/dav").await;
    let target = "content/dav/Season%202/Part%201.bin";
    put(&drivein, target, vec![7; 300_000]).await.expect(200);
    let root = server.root();
    assert_eq!(
        std::fs::read(root.join("Season 2/Part 1.bin"))
            .unwrap()
            .len(),
        300_000
    );
    proxy.faults.refuse("MOVE");
    let again = format!("{target}?on_conflict=overwrite");
    let refused = put(&drivein, &again, vec![8; 400_000]).await;
    assert_eq!(refused.code(), "forbidden", "{}", refused.describe());
    let names: Vec<String> = std::fs::read_dir(root.join("Season 2"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["Part 1.bin"]);
    assert_eq!(
        std::fs::read(root.join("Season 2/Part 1.bin")).unwrap()[0],
        7
    );
}

#[tokio::test]
async fn a_folder_is_never_moved_into_itself() {
    for kind in [Kind::Rclone, Kind::Nginx] {
        let server = start(kind).await;
        write_films(&server.root());
        let drivein = drivein(&server.url).await;
        let call = json!({"place": "dav", "paths": ["/Season 1 #1 & more"],
            "to": {"place": "dav", "path": "/Season 1 #1 & more/Extras"}});
        let reply = drivein.post("files/move", call).await;
        assert!(
            reply.status == 400 || reply.json()["results"][0]["ok"] == false,
            "{kind:?}: {}",
            reply.describe()
        );
        let still = server.root().join("Season 1 #1 & more/Extras/notes.txt");
        assert!(still.is_file(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_file_that_was_replaced_is_never_mixed_with_its_old_version() {
    let (server, proxy, film) = stocked(Kind::Apache).await;
    let file = server.root().join("Tidal Light.mp4");
    let dated = |seconds: u64| {
        let time = std::time::UNIX_EPOCH + Duration::from_secs(seconds);
        let file = std::fs::File::options().write(true).open(&file).unwrap();
        file.set_modified(time).unwrap();
    };
    dated(1_600_000_000);
    let (drive, _home) = crate::contract::open_drive(&section(
        &server
            .url
            .replace(&server.port.to_string(), &port_of(&proxy.url)),
        PASSWORD,
    ))
    .await;
    let path = media::EntryPath::parse(FILM).unwrap();
    let entry = drive.stat(&path).await.unwrap();
    let origin = drive.original(&entry).await.unwrap();
    assert!(drive.fetch(&origin, 0, None).await.is_ok());
    let other: Vec<u8> = film.iter().map(|byte| byte ^ 1).collect();
    std::fs::write(&file, other).unwrap();
    dated(1_650_000_000);
    let error = drive.fetch(&origin, 1000, None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Gone);
    let new = drive.stat(&path).await.unwrap();
    assert_ne!(new.content, entry.content);
}

fn port_of(url: &str) -> String {
    url.rsplit(':').next().unwrap().to_owned()
}

#[tokio::test]
async fn over_tls_with_http_1_and_http_2_each_byte_is_the_files() {
    for http2 in [false, true] {
        let server = start(Kind::NginxTls { http2 }).await;
        // Longer than all buffers on the way, and not a multiple of a TLS record.
        let film = file_content(9_000_017);
        std::fs::write(server.root().join("long.mp4"), &film).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "listen = \"127.0.0.1:0\"\ndata_dir = {:?}\n[network]\nallow_hosts = [\"localhost\"]\n{}",
            folder.path().join("data"),
            section(&server.url, PASSWORD)
        );
        let config = config_in(folder.path(), &text);
        let mut running = own_binary()
            .env("SSL_CERT_FILE", server.certificate().to_str().unwrap())
            .args(["serve", "--config"])
            .arg_last(&config)
            .spawn();
        let visitor = visitor(&mut running, "Drive-In is at").await;
        let entry = get(&visitor, "/api/v1/entries/dav/long.mp4").await;
        let original = entry.expect(200).json()["entry"]["play"]["original"].clone();
        let original = reqwest::Url::parse(original.as_str().unwrap()).unwrap();
        let whole = get(&visitor, original.path()).await.expect(200);
        assert!(whole.body == film, "the whole differs: HTTP/2 {http2}");
        // On the same connections, from the middle of a record to that of another.
        for (from, to) in [(0, 0), (4_321_000, 4_999_999), (8_999_000, 9_000_016)] {
            let range = format!("bytes={from}-{to}");
            let request = visitor.ask(Method::GET, original.path()).range(&range);
            let part = request.expect(206).await;
            assert!(part.body == film[from..=to], "{range}: HTTP/2 {http2}");
        }
        running.terminate().await;
        assert_eq!(running.ended().await.0, Some(0));
    }
}
