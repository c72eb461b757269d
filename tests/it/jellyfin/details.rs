//! Details of a film beside its streams: chapters, the intro to skip, and the pictures over the seek bar.

use super::*;

/// Sends a picture for the seek bar as a page does: ten seconds of a film, from `number` × 10 s on.
pub(super) async fn put_picture(drivein: &Drivein, number: u32, color: [u8; 3]) {
    let cookie = browser_cookie(drivein).await;
    let picture = image::RgbImage::from_pixel(240, 136, image::Rgb(color));
    let mut body = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut body, image::ImageFormat::Jpeg)
        .unwrap();
    let path = format!(
        "/api/v1/thumbnails/{DRIVE}{}?number={number}",
        encoded(FILM)
    );
    let ask = drivein.ask(Method::PUT, &path).header("cookie", &cookie);
    ask.body(body.into_inner()).expect(204).await;
}

#[tokio::test]
async fn pictures_over_the_seek_bar_are_grids_of_those_that_a_page_has_drawn() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let film = app.item(DRIVE, "Tidal Light").await;
    let details = format!("/Items/{film}");
    assert_eq!(app.json(&details).await["Trickplay"], json!({}));
    app.get(&format!("/Videos/{film}/Trickplay/160/0.jpg"))
        .await
        .expect(404);
    put_picture(&drivein, 1, [250, 0, 0]).await;
    put_picture(&drivein, 4, [0, 0, 250]).await;
    let facts = app.json(&details).await["Trickplay"][&film].clone();
    let (width, facts) = facts.as_object().unwrap().iter().next().unwrap();
    assert_eq!(
        (&facts["Width"], &facts["Height"], &facts["Interval"]),
        (&json!(160), &json!(90), &json!(10_000))
    );
    assert_eq!(
        (
            &facts["TileWidth"],
            &facts["TileHeight"],
            &facts["ThumbnailCount"]
        ),
        (&json!(10), &json!(10), &json!(5))
    );
    let listed = app
        .items(&format!("/Items?Ids={film}&Fields=Trickplay,Chapters"))
        .await;
    assert_eq!(listed[0]["Trickplay"][&film][width], *facts);
    let tiles = format!("/Videos/{film}/Trickplay/{width}/tiles.m3u8");
    let list = app.get(&tiles).await.expect(200).text();
    let address = list.lines().find(|line| !line.starts_with('#')).unwrap();
    // An app's picture loader sends no header: the address has its own key.
    let address = format!("/Videos/{film}/trickplay/{width}/{address}");
    let stranger = TvApp::new(&drivein, "picture loader");
    let grid = stranger.get(&address).await.expect(200);
    assert_eq!(grid.header("content-type"), "image/jpeg");
    let drawn = image::load_from_memory(&grid.body).unwrap().into_rgb8();
    assert_eq!(drawn.dimensions(), (1600, 90));
    let (red, none, blue) = (
        drawn.get_pixel(240, 45),
        drawn.get_pixel(80, 45),
        drawn.get_pixel(720, 45),
    );
    assert!(
        red[0] > 200 && blue[2] > 200 && none[0] < 40,
        "{red:?} {none:?} {blue:?}"
    );
    // A new picture is part of the next answer.
    put_picture(&drivein, 0, [0, 250, 0]).await;
    let again = stranger.ask(Method::GET, &address);
    let again = again.header("if-none-match", grid.header("etag"));
    let again = again.expect(200).await;
    let drawn = image::load_from_memory(&again.body).unwrap().into_rgb8();
    assert!(drawn.get_pixel(80, 45)[1] > 200);
    let unchanged = stranger.ask(Method::GET, &address);
    let unchanged = unchanged.header("if-none-match", again.header("etag"));
    unchanged.expect(304).await;
    for wrong in [
        format!("/Videos/{film}/Trickplay/320/0.jpg"),
        format!("/Videos/{film}/Trickplay/{width}/1.jpg"),
        format!("/Videos/{film}/Trickplay/{width}/4294967295.jpg"),
        format!("/Videos/{film}/Trickplay/{width}/x.jpg"),
    ] {
        app.get(&wrong).await.expect(404);
        stranger.get(&wrong).await.expect(401);
    }
}

#[tokio::test]
async fn the_intro_of_a_season_is_a_segment_of_its_episodes() {
    let drivein = library().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let series = app.item("Series", "Harbour Lights").await;
    let episodes = app.items(&format!("/Shows/{series}/Episodes")).await;
    let of_season = |number: i64| {
        let mut found = episodes
            .iter()
            .filter(|it| it["ParentIndexNumber"] == number);
        id(found.next().unwrap())
    };
    let (episode, other) = (of_season(1), of_season(2));
    assert!(
        app.items(&format!("/MediaSegments/{episode}"))
            .await
            .is_empty()
    );
    let listed = owners_api(&drivein, Method::GET, "library/series", None)
        .await
        .expect(200)
        .json();
    let listed = listed["items"].as_array().unwrap();
    let harbour = listed.iter().find(|it| it["title"] == "Harbour Lights");
    let call = format!("library/items/{}", harbour.unwrap()["id"].as_str().unwrap());
    let shown = owners_api(&drivein, Method::GET, &call, None).await.json();
    let season = shown["children"][0]["id"].as_str().unwrap();
    let mark = json!({"start_s": 5.0, "end_s": 35.5});
    let call = format!("library/items/{season}/intro");
    owners_api(&drivein, Method::PUT, &call, Some(mark))
        .await
        .expect(204);
    let info = app.playback_info(&episode, json!({})).await;
    let source = &info["MediaSources"][0];
    assert_eq!(source["HasSegments"], true);
    // Apps ask by the id of the episode or by that of its file.
    for item in [episode.as_str(), source["Id"].as_str().unwrap()] {
        let segments = app.items(&format!("/MediaSegments/{item}")).await;
        assert_eq!(segments.len(), 1, "{item}");
        assert_eq!(
            (
                &segments[0]["Type"],
                &segments[0]["StartTicks"],
                &segments[0]["EndTicks"]
            ),
            (&json!("Intro"), &json!(50_000_000), &json!(355_000_000))
        );
        assert_eq!(segments[0]["ItemId"], item);
    }
    let asked = format!("/MediaSegments/{episode}?includeSegmentTypes=");
    assert_eq!(
        app.items(&format!("{asked}Outro&includeSegmentTypes=Intro"))
            .await
            .len(),
        1
    );
    assert!(app.items(&format!("{asked}Outro")).await.is_empty());
    assert!(
        app.items(&format!("/MediaSegments/{other}"))
            .await
            .is_empty()
    );
    let info = app.playback_info(&other, json!({})).await;
    assert_eq!(info["MediaSources"][0]["HasSegments"], false);
    app.get(&format!("/MediaSegments/{}", "0".repeat(32)))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_song_has_album_and_artist_once_its_tags_were_read() {
    let folder = tempfile::tempdir().unwrap();
    let song = crate::browse::sequences::tagged_song();
    for name in ["3 Fog.mp3", "4 Sun.mp3"] {
        std::fs::write(folder.path().join(name), &song).unwrap();
    }
    let setup = Drivein::setup().password(PASSWORD).no_drive();
    let drivein = setup.folder("home", folder.path()).start().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let view = app.view("home").await;
    let list = format!("/Items?ParentId={view}");
    let listed = app.items(&list).await;
    assert_eq!(listed[0]["Name"], "3 Fog");
    assert_eq!(listed[0]["Album"], Value::Null, "a list reads no file");
    let details = app.json(&format!("/Items/{}", id(&listed[0]))).await;
    for song in [&details, &app.items(&list).await[0]] {
        assert_eq!(song["Name"], "Fog Bank", "{song}");
        assert_eq!(song["Album"], "Weather");
        assert_eq!(song["Artists"], json!(["The Fog"]));
        assert_eq!(song["AlbumArtist"], "The Fog");
        assert_eq!(song["IndexNumber"], 3);
    }
}
