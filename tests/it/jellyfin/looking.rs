//! Views, folders, titles of the library, lists, search and pictures.

use super::*;

#[tokio::test]
async fn a_drive_is_a_view_with_its_folders() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let views = app.items("/UserViews").await;
    assert_eq!(
        names(&views),
        [DRIVE],
        "nothing is known of films and series yet"
    );
    assert_eq!(
        (&views[0]["Type"], &views[0]["CollectionType"]),
        (&json!("CollectionFolder"), &json!("homevideos"))
    );
    let old = app.items(&format!("/Users/{}/Views", app.user)).await;
    assert_eq!(old[0]["Id"], views[0]["Id"]);
    let root = id(&views[0]);
    let children = app.items(&format!("/Items?ParentId={root}")).await;
    let film = named(&children, "Tidal Light");
    assert_eq!(
        (&film["Type"], &film["MediaType"], &film["IsFolder"]),
        (&json!("Video"), &json!("Video"), &json!(false))
    );
    let film_id = id(film);
    assert!(
        film_id.len() == 32 && film_id.bytes().all(|it| it.is_ascii_hexdigit()),
        "{film_id}"
    );
    assert_eq!(film["UserData"]["Played"], false);
    let folder = children
        .iter()
        .find(|item| item["Type"] == "Folder")
        .unwrap();
    let inside = app
        .items(&format!(
            "/users/{}/items?parentId={}",
            app.user,
            id(folder)
        ))
        .await;
    assert!(!inside.is_empty());
    // One item, with all fields; ids with dashes are the same.
    let dashed = format!("{}-{}", &film_id[..8], &film_id[8..]);
    let shown = app.json(&format!("/Items/{}", dashed.to_uppercase())).await;
    assert_eq!(
        (&shown["Name"], &shown["Genres"]),
        (&json!("Tidal Light"), &json!([]))
    );
    assert_eq!(shown["MediaSources"][0]["Container"], "mp4");
    let above = app.json(&format!("/Items/{film_id}/Ancestors")).await;
    assert_eq!(above[0]["Id"], root.as_str());
    app.get(&format!("/Items/{}", "0".repeat(32)))
        .await
        .expect(404);
    app.get("/Items/nonsense").await.expect(404);
    app.get(&format!("/Users/{}/Items", "1".repeat(32)))
        .await
        .expect(403);
}

#[tokio::test]
async fn a_folder_is_paged_sorted_and_filtered_with_one_call_of_the_upstream() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let root = app.view(DRIVE).await;
    let before = drivein.sandbox.count("list");
    let whole = app.json(&format!("/Items?ParentId={root}")).await;
    let total = whole["TotalRecordCount"].as_u64().unwrap() as usize;
    let all = whole["Items"].as_array().unwrap();
    assert!(total == all.len() && total > 3);
    let page = app
        .json(&format!("/Items?ParentId={root}&StartIndex=1&Limit=2"))
        .await;
    assert_eq!(
        (&page["TotalRecordCount"], &page["StartIndex"]),
        (&json!(total), &json!(1))
    );
    assert_eq!(page["Items"], json!(all[1..3]));
    let reversed = app
        .items(&format!(
            "/Items?ParentId={root}&SortBy=IsFolder,SortName&SortOrder=Descending"
        ))
        .await;
    let mut expected = names(all);
    expected.reverse();
    assert_eq!(names(&reversed), expected);
    let folders = app
        .items(&format!("/Items?ParentId={root}&Filters=IsFolder"))
        .await;
    assert!(
        !folders.is_empty() && folders.iter().all(|item| item["IsFolder"] == true),
        "{folders:?}"
    );
    let videos = app
        .items(&format!(
            "/Items?ParentId={root}&IncludeItemTypes=Video&IncludeItemTypes=Audio"
        ))
        .await;
    assert!(!videos.is_empty() && videos.iter().all(|item| item["IsFolder"] == false));
    let starting = app
        .items(&format!("/Items?ParentId={root}&NameStartsWith=tid"))
        .await;
    assert_eq!(names(&starting), ["Tidal Light"]);
    assert_eq!(
        drivein.sandbox.count("list") - before,
        1,
        "the folder was read once"
    );
    let deep = app
        .json(&format!(
            "/Items?ParentId={root}&Recursive=True&IncludeItemTypes=Video&Limit=1"
        ))
        .await;
    assert!(deep["TotalRecordCount"].as_u64().unwrap() as usize > videos.len());
}

#[tokio::test]
async fn two_thousand_films_in_forty_folders_cost_a_call_for_each_folder_that_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..40 {
        let below = folder.path().join(format!("Folder {number:02}"));
        std::fs::create_dir(&below).unwrap();
        for film in 0..50 {
            std::fs::write(below.join(format!("Film {number:02} {film:02}.mp4")), "x").unwrap();
        }
    }
    let cloud = sandbox::Options::with_films(sandbox::Films::Folder(folder.path().to_owned()));
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .sandbox(cloud)
        .start()
        .await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let root = app.view(DRIVE).await;
    let first = app
        .json(&format!(
            "/Items?ParentId={root}&StartIndex=0&Limit=100&Fields=MediaSources,Chapters,Trickplay"
        ))
        .await;
    let folders = first["Items"].as_array().unwrap();
    assert_eq!(folders.len(), 40);
    assert_eq!(drivein.sandbox.count("list"), 1, "the root alone");
    let before = drivein.upstream_calls();
    for below in &folders[..3] {
        let page = app
            .json(&format!(
                "/Items?ParentId={}&Limit=20&Fields=MediaSources&SortBy=DateCreated",
                id(below)
            ))
            .await;
        assert_eq!(page["TotalRecordCount"], 50);
    }
    assert_eq!(drivein.upstream_calls() - before, 3, "three more");
    let tree = format!("/Items?ParentId={root}&Recursive=true&IncludeItemTypes=Video&Limit=100");
    let all = app.json(&tree).await;
    assert_eq!(
        (
            &all["TotalRecordCount"],
            all["Items"].as_array().unwrap().len()
        ),
        (&json!(2_000), 100)
    );
    assert_eq!(drivein.upstream_calls() - before, 40, "each folder once");
    let next = app.json(&format!("{tree}&StartIndex=100")).await;
    assert_eq!(next["Items"][0]["Name"], "Film 02 00");
    assert_eq!(
        drivein.upstream_calls() - before,
        40,
        "pages come from the cache"
    );
}

#[tokio::test]
async fn films_and_series_are_those_of_the_library() {
    let drivein = library().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let views = app.items("/UserViews").await;
    assert_eq!(names(&views), ["Films", "Series", DRIVE]);
    assert_eq!(views[0]["CollectionType"], "movies");
    let films = format!(
        "/Items?ParentId={}&IncludeItemTypes=Movie&Recursive=true",
        id(&views[0])
    );
    let all = app.json(&films).await;
    let all_films = all["Items"].as_array().unwrap();
    assert_eq!(
        all["TotalRecordCount"].as_u64().unwrap() as usize,
        all_films.len()
    );
    let film = named(all_films, "Tidal Light");
    assert_eq!(film["Type"], "Movie");
    let page = app
        .items(&format!(
            "{films}&SortBy=SortName&SortOrder=Descending&StartIndex=1&Limit=2"
        ))
        .await;
    let mut backwards = names(all_films);
    backwards.reverse();
    assert_eq!(names(&page), backwards[1..3]);
    let series = app
        .items(&format!("/Items?ParentId={}", id(&views[1])))
        .await;
    let series = named(&series, "Harbour Lights");
    assert_eq!(
        (&series["Type"], &series["ProductionYear"]),
        (&json!("Series"), &json!(2022))
    );
    let seasons = app.items(&format!("/Shows/{}/Seasons", id(series))).await;
    let numbers: Vec<i64> = seasons
        .iter()
        .map(|it| it["IndexNumber"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 0]);
    let episodes = app
        .items(&format!(
            "/Shows/{}/Episodes?seasonId={}",
            id(series),
            id(&seasons[0])
        ))
        .await;
    assert!(
        episodes
            .iter()
            .all(|it| it["Type"] == "Episode" && it["ParentIndexNumber"] == 1)
    );
    assert_eq!(episodes[0]["SeriesName"], "Harbour Lights");
    assert_eq!(episodes[0]["SeasonId"], seasons[0]["Id"]);
    let all_episodes = app.items(&format!("/Shows/{}/Episodes", id(series))).await;
    assert!(all_episodes.len() > episodes.len());
    let below = app
        .items(&format!(
            "/Items?ParentId={}&Recursive=true&IncludeItemTypes=Episode",
            id(series)
        ))
        .await;
    assert_eq!(below.len(), all_episodes.len());
    let latest = app.json("/Items/Latest?Limit=3").await;
    assert_eq!(latest.as_array().unwrap().len(), 3);
    assert_eq!(app.items("/Shows/NextUp").await.len(), 0);
    let counts = app.json("/Items/Counts").await;
    assert_eq!(
        counts["MovieCount"].as_u64().unwrap() as usize,
        all_films.len()
    );
    // The next episode, once one was watched.
    app.post(&format!("/UserPlayedItems/{}", id(&episodes[0])), json!({}))
        .await
        .expect(200);
    let next = app.items("/Shows/NextUp").await;
    assert_eq!(next[0]["Id"], episodes[1]["Id"]);
    assert_eq!(
        app.items(&format!("/Items/{}/Similar", id(film)))
            .await
            .len(),
        0
    );
}

#[tokio::test]
async fn words_find_titles_and_files() {
    let drivein = library().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let found = app.items("/Items?SearchTerm=tidal&Recursive=true").await;
    assert_eq!(found[0]["Type"], "Movie");
    assert!(found.iter().any(|item| item["Type"] == "Video"));
    let films = app
        .items("/Items?searchTerm=tidal&IncludeItemTypes=Movie&Recursive=true")
        .await;
    assert!(films.iter().all(|item| item["Type"] == "Movie") && !films.is_empty());
    let hints = app.json("/Search/Hints?searchTerm=harbour").await;
    assert_eq!(hints["SearchHints"][0]["Name"], "Harbour Lights");
    assert!(
        app.items("/Items?SearchTerm=nothing%20has%20this%20name&Recursive=true")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn pictures_need_their_tag_or_a_token_and_come_in_sizes() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let root = app.view(DRIVE).await;
    let items = app.items(&format!("/Items?ParentId={root}")).await;
    let film = named(&items, "Tidal Light");
    let tag = film["ImageTags"]["Primary"].as_str().unwrap();
    let path = format!("/Items/{}/Images/Primary", id(film));
    let stranger = TvApp::new(&drivein, "nobody");
    stranger.get(&path).await.expect(401);
    stranger
        .get(&format!("{path}?tag={}", "0".repeat(32)))
        .await
        .expect(401);
    stranger
        .get(&format!("/Items/{root}/Images/Primary?tag={tag}"))
        .await
        .expect(401);
    let whole = stranger.get(&format!("{path}?tag={tag}")).await.expect(200);
    assert!(whole.header("content-type").starts_with("image/"));
    assert!(whole.header("cache-control").contains("max-age"));
    let etag = whole.header("etag").to_owned();
    let again = stranger
        .ask(Method::GET, &format!("{path}?tag={tag}"))
        .header("if-none-match", &etag);
    again.expect(304).await;
    let small = app
        .get(&format!("{path}?maxWidth=160&quality=90"))
        .await
        .expect(200);
    let size = |reply: &Reply| image::load_from_memory(&reply.body).unwrap().width();
    assert!(size(&small) <= 160, "{} of {}", size(&small), size(&whole));
    app.get(&format!("/Items/{}/Images/Logo", id(film)))
        .await
        .expect(404);
}

#[tokio::test]
async fn ids_stay_over_a_restart_and_settings_are_kept() {
    let drivein = house().await;
    let app = TvApp::sign_in(&drivein, "tv").await;
    let film = app.item(DRIVE, "Tidal Light").await;
    let preferences = format!(
        "/DisplayPreferences/usersettings?userId={}&client=emby",
        app.user
    );
    let empty = app.json(&preferences).await;
    assert_eq!(
        (&empty["SortBy"], &empty["ScrollDirection"]),
        (&json!("SortName"), &json!("Horizontal"))
    );
    let custom = json!({"CustomPrefs": {"homesection0": "resume"}});
    app.post(&preferences, custom).await.expect(204);
    let (token, user) = (app.token.clone(), app.user.clone());
    let drivein = drivein.restarted().await;
    let app = TvApp {
        token,
        user,
        ..TvApp::new(&drivein, "tv")
    };
    assert_eq!(
        app.json(&format!("/Items/{film}")).await["Name"],
        "Tidal Light"
    );
    assert_eq!(
        app.json(&preferences).await["CustomPrefs"]["homesection0"],
        "resume"
    );
}
