//! Links opened by the service, watched, renewed, stored; and the choice of the drive that opens a link.

use super::service::{FILM, FOLDER, LINK, Service};
use super::*;

const EXTRACT: &str = "/v1/api";

#[tokio::test]
async fn a_film_is_watched_in_either_shape_of_replies() {
    for wrapped in [false, true] {
        let service = Service::start().await;
        service.standing().wrapped = wrapped;
        let drivein = program(&service).await;
        let place = open(&drivein, LINK).await;
        let film = entry(&drivein, &place, FILM).await;
        assert_eq!(film["size"], service.original().len());
        assert_eq!(film["thumbnail"].is_string(), !wrapped);
        let play = play(&drivein, &place, FILM).await;
        let whole = drivein.get(&play).await.expect(200);
        assert!(whole.body == service.original(), "the original differs");
        let list = drivein.get(&format!("{play}/720p.m3u8")).await.expect(200);
        assert_eq!(list.text().matches("#EXTINF").count(), service.segments());
        for number in [0, 1] {
            let segment = drivein
                .fetch(&format!("{play}/720p/{number}.ts"), 200)
                .await;
            assert!(
                segment.body == service.segment(number),
                "segment {number} differs"
            );
        }
        if !wrapped {
            let poster = drivein.get(&format!("{play}/poster.jpg")).await.expect(200);
            assert!(poster.body.starts_with(b"\xff\xd8"));
        }
        // All of it costs one request of the allowance.
        assert_eq!(service.calls(EXTRACT), 1);
    }
}

#[tokio::test]
async fn a_stream_and_an_original_that_run_out_in_mid_play_go_on() {
    let (service, drivein) = service_and_program().await;
    let place = open(&drivein, LINK).await;
    let play = play(&drivein, &place, FILM).await;
    drivein.get(&format!("{play}/720p.m3u8")).await.expect(200);
    let first = drivein.get(&format!("{play}/720p/0.ts")).await.expect(200);
    assert!(first.body == service.segment(0));
    service.expire();
    let last = service.segments() - 1;
    let segment = drivein.fetch(&format!("{play}/720p/{last}.ts"), 200).await;
    assert!(
        segment.body == service.segment(last),
        "{}",
        segment.describe()
    );
    assert_eq!(service.calls(EXTRACT), 2, "one request renews everything");

    let part = drivein.fetch_range(&play, "bytes=0-99").await;
    assert!(part.body == service.original()[..100]);
    service.expire();
    service.standing().cut_after = Some(50_000);
    let rest = drivein.fetch_range(&play, "bytes=100-").await;
    assert!(
        rest.is_whole && rest.body == service.original()[100..],
        "{}",
        rest.describe()
    );
    assert_eq!(service.calls(EXTRACT), 3);
}

#[tokio::test]
async fn a_folder_comes_as_its_files_each_under_its_own_name() {
    let (service, drivein) = service_and_program().await;
    let place = open(&drivein, FOLDER).await;
    let mut names: Vec<String> = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = drivein
            .api(&format!("entries/{place}?limit=7{cursor}"))
            .await;
        let children = page["children"].as_array().unwrap().iter();
        names.extend(children.map(|child| child["name"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={}", encoded_name(next)),
            None => break,
        }
    }
    assert_eq!(names.len(), 30);
    assert_eq!(
        names[..4],
        [
            "Episode 1.mp4",
            "Episode 2 (2).mp4",
            "Episode 2.mp4",
            "Episode 3.mp4"
        ]
    );
    assert!(names.contains(&"notes.txt".to_owned()));
    let notes = entry(&drivein, &place, "/notes.txt").await;
    assert_eq!(notes["kind"], "other");
    let twin = play(&drivein, &place, "/Episode 2 (2).mp4").await;
    let whole = drivein.get(&twin).await.expect(200);
    assert!(whole.body == service.original());
    drivein.get(&format!("/browse/{place}/")).await.expect(200);
    assert_eq!(service.calls(EXTRACT), 1);
}

#[tokio::test]
async fn what_a_share_holds_is_remembered_over_a_restart() {
    let (service, drivein) = service_and_program().await;
    let place = open(&drivein, LINK).await;
    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(service.secrets());
    let listed = drivein.api(&format!("entries/{place}")).await;
    assert_eq!(listed["children"][0]["path"], FILM);
    drivein.get("/").await.expect(200);
    assert_eq!(service.calls(EXTRACT), 1, "names and sizes are known");
    let play = play(&drivein, &place, FILM).await;
    let whole = drivein.get(&play).await.expect(200);
    assert!(whole.body == service.original());
    assert_eq!(service.calls(EXTRACT), 2, "addresses are not kept on disk");
}

#[tokio::test]
async fn an_account_goes_first_and_the_service_where_no_account_can() {
    let service = Service::start().await;
    for (is_signed_in, by_service) in [(true, 0), (false, 1)] {
        let setup = match is_signed_in {
            true => Drivein::setup(),
            false => Drivein::setup().signed_out(),
        };
        let drivein = setup.drives(&service.section(NAME)).start().await;
        let links = drivein.sandbox.share_links();
        let film = links.iter().find(|link| link.name == "film").unwrap();
        // Both have a share of this name.
        let link = match is_signed_in {
            true => format!("https://www.terabox.com/s/1{}", film.surl),
            false => LINK.to_owned(),
        };
        open(&drivein, &link).await;
        assert_eq!(service.calls(EXTRACT), by_service);
    }
}

#[tokio::test]
async fn a_share_of_the_service_is_not_offered_to_be_saved() {
    let service = Service::start().await;
    let drivein = Drivein::setup()
        .signed_out()
        .drives(&service.section(NAME))
        .start()
        .await;
    let place = open(&drivein, FOLDER).await;
    let page = drivein.get(&format!("/browse/{place}/")).await.expect(200);
    assert!(!page.text().contains("/share/save"));
    let body =
        json!({"place": place, "paths": ["/Episode 1.mp4"], "to": {"place": NAME, "path": "/"}});
    let saved = drivein.post("shares/save", body).await;
    assert_eq!((saved.status, saved.code().as_str()), (422, "unsupported"));
}

#[tokio::test]
async fn a_drive_without_files_stands_nowhere_among_the_folders() {
    let service = Service::start().await;
    let drivein = Drivein::setup()
        .drives(&service.section(NAME))
        .start()
        .await;
    let home = drivein.text("/").await;
    assert!(
        home.contains(&format!("/account/{NAME}")) && !home.contains(&format!("/browse/{NAME}"))
    );
    let root = drivein.play_root().await;
    let all = root.rsplit_once('/').unwrap().0;
    let places = drivein.text(&format!("{all}/")).await;
    assert!(places.contains(DRIVE) && !places.contains(NAME), "{places}");
    let found = drivein.api("search?q=tidal").await;
    assert_eq!(found["problems"], json!([]));
}
