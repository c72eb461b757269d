//! Subtitles that a drive makes.

use serde_json::json;

use super::media;
use crate::harness::*;
use sandbox::{Options, SubtitleReply};

/// Starts a server whose drive has subtitles of its own for a film. By its name, the file belongs to another film, so
/// that only the drive finds them.
async fn with_subtitles_of_the_drive(form: SubtitleReply) -> Drivein {
    let options = Options {
        subtitles: form,
        ..Options::default()
    };
    let drivein = Drivein::setup().sandbox(options).start().await;
    let film = drivein.source(FILM, "original").await;
    for name in ["Film.mp4", "Film.eng.mp4"] {
        let at = format!("/Alone/{name}");
        drivein.put(&at, "", film.clone()).await.expect(200);
    }
    let text = "1\n00:00:01,000 --> 00:00:02,000\nOf the drive\n";
    drivein
        .put("/Alone/Film.eng.srt", "", text)
        .await
        .expect(200);
    drivein
}

#[tokio::test]
async fn a_film_without_subtitles_gets_those_of_the_drive_in_both_forms() {
    for (form, name, id) in [
        (SubtitleReply::List, "English", "en"),
        (SubtitleReply::Srt, "Subtitles", "und"),
    ] {
        let drivein = with_subtitles_of_the_drive(form).await;
        let play = drivein.play("/Alone/Film.mp4").await;
        let asked = || drivein.sandbox.count("web_streaming");
        assert_eq!(asked(), 0, "an entry alone asks for none");
        let master = drivein.get(&format!("{play}/master.m3u8")).await;
        let master = master.expect(200).text();
        let listed = media(&master);
        assert!(
            !listed.is_empty() && listed[0].contains(&format!("NAME=\"{name}\"")),
            "{form:?}: {master}"
        );
        let expected = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nOf the drive\n\n";
        let address = format!("{play}/subtitles/{id}.vtt");
        assert_eq!(drivein.text(&address).await, expected);
        let page = format!("/watch/{DRIVE}{}", encoded("/Alone/Film.mp4"));
        let page = drivein.text(&page).await;
        assert!(page.contains(&format!("subtitles/{id}.vtt")), "{page}");
        assert_eq!(asked(), 1, "the answer is kept");

        // A film with a file beside it has that one, and nothing is asked for it.
        let play = drivein.play("/Alone/Film.eng.mp4").await;
        let master = drivein.get(&format!("{play}/master.m3u8")).await;
        assert!(!media(&master.expect(200).text()).is_empty());
        assert_eq!(asked(), 1);
    }
}

#[tokio::test]
async fn opening_the_menu_of_subtitles_asks_the_drive_for_its_own() {
    for (form, name, id) in [
        (SubtitleReply::List, "English", "en"),
        (SubtitleReply::Srt, "Subtitles 2", "und-2"),
    ] {
        let drivein = with_subtitles_of_the_drive(form).await;
        a_file_beside_the_film(&drivein).await;
        let play = drivein.play("/Alone/Film.mp4").await;
        let asked = || drivein.sandbox.count("web_streaming");
        let page = format!("/watch/{DRIVE}{}", encoded("/Alone/Film.mp4"));
        let page = drivein.text(&page).await;
        assert!(page.contains("/subtitles.json\""), "{page}");
        assert_eq!(asked(), 0, "a page alone asks for none");

        for _ in 0..2 {
            let all = drivein.get(&format!("{play}/subtitles.json")).await;
            let all = all.expect(200).json();
            let tracks = all["subtitles"].as_array().unwrap();
            let src = |id: &str| json!(format!("subtitles/{id}.vtt"));
            assert_eq!(tracks.len(), 2, "{all}");
            assert_eq!(tracks[0]["src"], src("und"), "{all}");
            assert_eq!(tracks[1]["src"], src(id), "{all}");
            assert_eq!(tracks[1]["label"], name, "{all}");
        }
        let text = drivein.get(&format!("{play}/subtitles/{id}.vtt")).await;
        assert!(text.expect(200).text().contains("Of the drive"));
        assert_eq!(asked(), 1, "the answer is kept");

        // A file beside the film is not listed again under the drive's name for it.
        let play = drivein.play("/Alone/Film.eng.mp4").await;
        let all = drivein.get(&format!("{play}/subtitles.json")).await;
        let all = all.expect(200).json();
        let count = all["subtitles"].as_array().unwrap().len();
        assert_eq!(
            count,
            if form == SubtitleReply::List { 1 } else { 2 },
            "{all}"
        );
    }
}

/// Puts a file beside the film that has subtitles of the drive.
async fn a_file_beside_the_film(drivein: &Drivein) {
    let text = "WEBVTT\n\n00:00:03.000 --> 00:00:04.000\nBeside the film\n";
    let put = drivein.put("/Alone/Film.vtt", "", text).await;
    put.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_shows_the_subtitles_of_the_drive_once_the_menu_is_open() {
    let drivein = with_subtitles_of_the_drive(SubtitleReply::List).await;
    a_file_beside_the_film(&drivein).await;
    let page = format!("/watch/{DRIVE}{}", encoded("/Alone/Film.mp4"));
    crate::browser::scenario(&drivein, "more-subtitles", &[&page]).await;
    assert_eq!(drivein.sandbox.count("web_streaming"), 1);
}

#[tokio::test]
async fn a_drive_that_has_no_subtitles_is_asked_once_and_a_stale_url_is_renewed() {
    let drivein = with_subtitles_of_the_drive(SubtitleReply::List).await;
    let play = drivein.play("/Alone/Film.mp4").await;
    let master = format!("{play}/master.m3u8");
    drivein.get(&master).await.expect(200);
    drivein.sandbox.expire_urls();
    let text = drivein.get(&format!("{play}/subtitles/en.vtt")).await;
    assert!(text.expect(200).text().contains("Of the drive"));
    assert_eq!(drivein.sandbox.count("web_streaming"), 2);

    let none = "/Alone/None.mp4";
    let film = drivein.source(FILM, "original").await;
    drivein.put(none, "", film).await.expect(200);
    let play = drivein.play(none).await;
    for _ in 0..2 {
        let master = drivein.get(&format!("{play}/master.m3u8")).await;
        assert!(media(&master.expect(200).text()).is_empty());
    }
    assert_eq!(drivein.sandbox.count("web_streaming"), 3);
}
