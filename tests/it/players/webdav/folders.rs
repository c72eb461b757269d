//! Large folders, odd dates, and a server below a sub-path.

use super::{hrefs, propfind};
use crate::harness::*;

/// Starts a server with one drive, a folder of this machine.
async fn at_home(folder: &std::path::Path) -> Drivein {
    let section = format!("[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {folder:?}\n");
    Drivein::setup().drives(&section).start().await
}

/// Returns the play URL of the root of that drive.
async fn home_root(drivein: &Drivein) -> String {
    let list = drivein.api("entries/home").await["entry"]["lists"]["m3u"].to_string();
    let list = list
        .trim_matches('"')
        .strip_suffix("/list.m3u")
        .unwrap()
        .to_owned();
    drivein.local(&list)
}

#[tokio::test]
async fn no_date_of_a_file_keeps_a_folder_from_being_listed() {
    // A file system in memory takes any date.
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let dated = [
        ("old.mp4", -170_000_000_i64),
        ("far.mp4", 400_000_000_000),
        ("new.mp4", 1_700_000_000),
    ];
    for (name, seconds) in dated {
        let file = folder.path().join(name);
        std::fs::write(&file, name).unwrap();
        let date = format!("@{seconds}");
        let touch = Program::new("touch").args(["-d", &date]).args([&file]);
        assert!(touch.output().await.status.success());
    }
    let drivein = at_home(folder.path()).await;
    let root = home_root(&drivein).await;
    for address in ["/dav/home/", &format!("{root}/")] {
        let ask = drivein.ask(propfind(), address).header("depth", "1");
        let text = ask.send().await.expect(207).text();
        for (name, _) in dated {
            assert!(text.contains(&format!("/{name}</D:href>")), "{text}");
        }
        for date in [
            "Wed, 12 Aug 1964 09:46:40 GMT",
            "Tue, 14 Nov 2023 22:13:20 GMT",
        ] {
            assert!(
                text.contains(&format!("<D:getlastmodified>{date}")),
                "{text}"
            );
        }
        drivein.get(address).await.expect(200);
    }
    for (name, _) in dated {
        let file = drivein.get(&format!("/dav/home/{name}")).await.expect(200);
        assert_eq!(file.body, name.as_bytes());
    }
    drivein.get("/browse/home?sort=time").await.expect(200);
    let entries = drivein.api("entries/home").await;
    assert_eq!(entries["children"].as_array().unwrap().len(), 3);
    drivein.get("/watch/home/old.mp4").await.expect(200);
    drivein.get("/watch/home/far.mp4").await.expect(200);
}

#[tokio::test]
async fn a_large_folder_is_listed_whole() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..20_500 {
        std::fs::write(folder.path().join(format!("{number}.mp4")), "").unwrap();
    }
    let drivein = at_home(folder.path()).await;
    let ask = drivein.ask(propfind(), "/dav/home/").header("depth", "1");
    assert_eq!(hrefs(&ask.send().await.expect(207).text()).len(), 20_501);
    let root = home_root(&drivein).await;
    let list = drivein.text(&format!("{root}/list.m3u")).await;
    assert_eq!(list.matches("#EXTINF").count(), 20_500);
    assert!(!list.contains("This list ends here"));
}

#[tokio::test]
async fn a_folder_of_more_than_a_reply_holds_is_refused_and_lists_say_where_they_end() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..100_001 {
        std::fs::File::create(folder.path().join(format!("{number}.mp4"))).unwrap();
    }
    let drivein = at_home(folder.path()).await;
    let ask = drivein.ask(propfind(), "/dav/home/").header("depth", "1");
    let refused = ask.send().await.expect(507);
    assert!(
        refused.text().contains("more entries than one reply holds"),
        "{}",
        refused.text()
    );
    let root = home_root(&drivein).await;
    let page = drivein.text(&format!("{root}/")).await;
    assert!(page.contains("This list ends here"));
}

#[tokio::test]
async fn behind_a_sub_path_the_addresses_are_the_worlds() {
    let drivein = Drivein::setup()
        .public_url("http://127.0.0.1/drive-in")
        .start()
        .await;
    for address in ["/drive-in/dav/films/Series/", "/dav/films/Series/"] {
        let reply = drivein
            .ask(propfind(), address)
            .header("depth", "1")
            .send()
            .await
            .expect(207);
        for href in hrefs(&reply.text()) {
            assert!(href.starts_with("/drive-in/dav/films/Series/"), "{href}");
        }
    }
}
