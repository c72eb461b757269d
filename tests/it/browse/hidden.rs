//! The note of a folder, and the names that it hides.

use serde_json::json;

use super::*;

const HIDDEN: &str = "/Nature & Light/Waves & Wind.mp4";
const SHOWN: &str = "/Nature & Light/Hills + Mist = Morning.mp4";

async fn put(drivein: &Drivein, folder: &str, body: Value) -> Reply {
    let call = format!("folder-settings/{DRIVE}{}", encoded(folder));
    drivein.call(Method::PUT, &call, body).await
}

/// Returns the hrefs of a folder by WebDAV.
async fn dav(drivein: &Drivein, address: &str) -> String {
    let ask = drivein.ask(Method::from_bytes(b"PROPFIND").unwrap(), address);
    ask.header("depth", "1").expect(207).await.text()
}

async fn guest_ticket(drivein: &Drivein) -> String {
    let body = json!({"name": "Mia", "scope": {"place": DRIVE, "path": "/"}});
    let made = drivein.post("tickets", body).await.expect(200);
    made.json()["ticket"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_a_folder_hides_is_in_no_list_and_players_do_not_find_it() {
    let drivein = Drivein::start().await;
    let ticket = guest_ticket(&drivein).await;
    let film = |path: &str| format!("/play/{ticket}/{DRIVE}{}", encoded(path));
    let byte = async |path: &str| {
        let ask = drivein.ask(Method::GET, &film(path));
        ask.range("bytes=0-0").send().await.status
    };
    assert_eq!(byte(HIDDEN).await, 206);
    let hidden = json!({"note": "", "hidden": ["waves*", "Season 1", "*.none"]});
    let set = put(&drivein, "/", hidden.clone()).await.expect(200);
    assert_eq!(set.json(), hidden);

    let lists = [
        format!("/browse/{DRIVE}/Nature%20%26%20Light"),
        format!("/api/v1/entries/{DRIVE}/Nature%20%26%20Light"),
        format!("/guest/{ticket}/{DRIVE}/Nature%20%26%20Light"),
        format!("/play/{ticket}/{DRIVE}/Nature%20%26%20Light/"),
        format!("/play/{ticket}/{DRIVE}/Nature%20%26%20Light/list.m3u"),
    ];
    for list in &lists {
        let list = decoded(&drivein.text(list).await);
        assert!(list.contains("Mist = Morning"), "{list}");
        assert!(!list.contains("Waves"), "{list}");
    }
    for address in [
        format!("/dav/{DRIVE}/Nature%20%26%20Light/"),
        format!("/play/{ticket}/{DRIVE}/Nature%20%26%20Light/"),
    ] {
        let found = decoded(&dav(&drivein, &address).await);
        assert!(
            found.contains("Morning") && !found.contains("Waves"),
            "{found}"
        );
    }
    let search = drivein.api("search?q=Waves").await;
    assert_eq!(search["entries"], json!([]), "{search}");
    let season = "/Series/Paper Worlds/Season 1";
    assert!(
        !drivein
            .names("/Series/Paper Worlds")
            .await
            .contains(&"Season 1".to_owned())
    );

    // Guests and players do not find it by its address; the owner does, to unhide or delete it.
    assert_eq!(byte(SHOWN).await, 206);
    for path in [HIDDEN, &format!("{season}/Episode 1.mp4")] {
        assert_eq!(byte(path).await, 404, "{path}");
        let page = format!("/guest/{ticket}/{DRIVE}{}", encoded(path));
        drivein.get(&page).await.expect(404);
        drivein.entry(path).await;
    }
    let folder = drivein.get(&format!("{}/", film(season))).await;
    assert_eq!(folder.status, 404);
    let own = drivein.play(HIDDEN).await;
    let own = drivein
        .ask(Method::GET, &own)
        .range("bytes=0-0")
        .send()
        .await;
    assert_eq!(own.status, 206, "the household plays it");

    let drivein = drivein.restarted().await;
    assert_eq!(drivein.api("search?q=Waves").await["entries"], json!([]));
    put(&drivein, "/", json!({})).await.expect(200);
    let found = drivein.api("search?q=Waves").await;
    assert!(!found["entries"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn the_library_forgets_what_is_hidden_and_finds_it_again() {
    let films = sandbox::Options::with_films(sandbox::Films::BundledLibrary);
    let drivein = Drivein::setup().sandbox(films).walking().start().await;
    let titles = async || {
        let films = drivein.api("library/films?limit=100").await;
        let films = films["items"].as_array().unwrap().clone();
        let titles = films
            .iter()
            .map(|item| item["title"].as_str().unwrap().to_owned());
        titles.collect::<BTreeSet<_>>()
    };
    let title = "The Ferry".to_owned();
    let wait = async |is_there: bool| {
        eventually(
            "the library",
            std::time::Duration::from_secs(20),
            async || (titles().await.contains(&title) == is_there).then_some(()),
        )
        .await;
    };
    wait(true).await;
    put(&drivein, "/Films", json!({"hidden": ["the ferry*"]}))
        .await
        .expect(200);
    assert!(!titles().await.contains(&title), "at once");
    put(&drivein, "/Films", json!({"hidden": []}))
        .await
        .expect(200);
    wait(true).await;
}

#[tokio::test]
async fn a_note_stands_above_the_list_and_follows_its_folder() {
    let drivein = Drivein::start().await;
    let folder = "/Nature & Light";
    let address = format!("/folder-settings/{DRIVE}{}", encoded(folder));
    let page = drivein.text(&address).await;
    assert!(page.contains("name=\"hidden\"") && page.contains("A note above the list"));
    let note = "Ask <b>Ada</b> first.\nMore: https://example.org/a?b=c.";
    let form = [("note", note), ("hidden", "*.nfo\r\n\r\n@eaDir\r\n")];
    let saved = drivein
        .ask(Method::POST, &address)
        .form(&form)
        .expect(303)
        .await;
    assert!(
        saved
            .header("location")
            .ends_with("/browse/films/Nature%20%26%20Light")
    );
    let call = format!("folder-settings/{DRIVE}{}", encoded(folder));
    let stored = drivein.api(&call).await;
    assert_eq!(stored, json!({"note": note, "hidden": ["*.nfo", "@eaDir"]}));

    let ticket = guest_ticket(&drivein).await;
    for at in [
        format!("/browse/{DRIVE}{}", encoded(folder)),
        format!("/guest/{ticket}/{DRIVE}{}", encoded(folder)),
    ] {
        let page = drivein.text(&at).await;
        let shown = page.split("folder-note").nth(1).expect("a note");
        let shown = shown.split("</p>").next().unwrap();
        assert!(
            unescaped(shown).contains("Ask <b>Ada</b> first."),
            "{shown}"
        );
        assert!(!shown.contains("<b>"), "a note is text: {shown}");
        assert!(
            shown.contains("<a href=\"https://example.org/a?b=c\""),
            "{shown}"
        );
    }
    assert_eq!(
        drivein
            .api(&format!("entries/{DRIVE}{}", encoded(folder)))
            .await["note"],
        note
    );

    let rename = json!({"place": DRIVE, "path": folder, "name": "Quiet"});
    drivein.post("files/rename", rename).await.expect(200);
    let moved = drivein.api(&format!("folder-settings/{DRIVE}/Quiet")).await;
    assert_eq!(moved["note"], note);
    let delete = json!({"place": DRIVE, "paths": ["/Quiet"]});
    drivein.post("files/delete", delete).await.expect(200);
    let ended = drivein.api(&format!("folder-settings/{DRIVE}/Quiet")).await;
    assert_eq!(ended, json!({"note": "", "hidden": []}));

    for wrong in ["a/b", "[a"] {
        let refused = put(&drivein, "/", json!({"hidden": [wrong]})).await;
        assert_eq!(refused.code(), "bad_request", "{wrong}");
    }
    assert_eq!(
        put(&drivein, "/nowhere", json!({"note": "x"})).await.status,
        404
    );
    let film = put(&drivein, FILM, json!({"note": "x"})).await;
    assert_eq!(film.status, 400);
}
