//! Items and the answers of a metadata service, in both kinds of state.

use super::*;
use crate::store::library::{LibraryItem, TitlePicture};
use crate::store::test_state::{TestState, on_both_states};
use crate::store::{ItemDetails, ItemQuery, SeenFolder, Viewer};
use media::{Entry, EntryKind, EntryPath, Place, ViewerId};

on_both_states! {
    an_answer_is_shown_sorted_and_found_by_its_title_and_by_the_name,
    the_files_beside_a_film_win,
    failures_are_remembered_and_the_pauses_grow,
    episodes_have_their_titles_also_those_that_come_later,
    pictures_are_stored_once,
}

fn owner() -> Viewer {
    Viewer::new(ViewerId::OWNER, "Owner")
}

async fn shelf(state: &TestState, paths: &[&str]) -> Store {
    let store = state.open().await;
    let place = Place::parse("films").unwrap();
    for path in paths {
        let path = EntryPath::parse(path).unwrap();
        let mut entry = Entry::bare(&place, &path, EntryKind::Video);
        entry.size = 7;
        let seen = SeenFolder {
            place: &place,
            folder: &path.parent().unwrap(),
            entries: &[entry],
            is_complete: false,
        };
        store.record_folder(seen).await.unwrap();
    }
    store
}

async fn films(store: &Store, words: Option<&str>) -> Vec<LibraryItem> {
    let query = ItemQuery {
        kinds: vec![ItemKind::Film, ItemKind::Series],
        words: words.map(str::to_owned),
        limit: 10,
        ..ItemQuery::default()
    };
    let owner = owner();
    store.library_page(&query, &owner).await.unwrap().items
}

fn facts(id: u64, title: &str) -> TitleFacts {
    TitleFacts {
        id,
        title: Some(title.to_owned()),
        year: Some(1998),
        overview: Some("A river.".to_owned()),
        rating: Some(7.4),
        poster: Some("p.jpg".to_owned()),
        ..TitleFacts::default()
    }
}

async fn an_answer_is_shown_sorted_and_found_by_its_title_and_by_the_name(state: TestState) {
    let store = shelf(&state, &["/The Ferry (1998).mp4", "/Boat (2001).mp4"]).await;
    let due = store.due_for_metadata("de", 10).await.unwrap();
    assert_eq!(due.len(), 2);
    let ferry = due.iter().find(|due| due.title == "The Ferry").unwrap();
    store
        .put_metadata(ferry, "de", Some(&facts(5, "Die Fähre")))
        .await
        .unwrap();
    let shown = films(&store, None).await;
    let titles: Vec<&str> = shown.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["Boat", "Die Fähre"]);
    assert_eq!(shown[1].overview.as_deref(), Some("A river."));
    assert_eq!(shown[1].rating, Some(7.4));
    assert!(matches!(&shown[1].poster, Some(TitlePicture::Metadata(it)) if it.name == "p.jpg"));
    for words in ["ferry", "fähre"] {
        assert_eq!(films(&store, Some(words)).await.len(), 1, "{words}");
    }
    // In another language it is due again, in this one it is not.
    assert_eq!(store.due_for_metadata("de", 10).await.unwrap().len(), 1);
    assert_eq!(store.due_for_metadata("en", 10).await.unwrap().len(), 2);
    assert_eq!(store.metadata_counts().await.unwrap(), (1, 0));
    store.forget_metadata().await.unwrap();
    assert_eq!(films(&store, None).await[1].title, "The Ferry");
}

async fn the_files_beside_a_film_win(state: TestState) {
    let store = shelf(&state, &["/The Ferry (1998).mp4"]).await;
    let due = store.due_for_metadata("de", 10).await.unwrap();
    let details = ItemDetails {
        title: Some("Ferry, my own".to_owned()),
        overview: Some("Mine.".to_owned()),
        ..ItemDetails::default()
    };
    store.store_details(due[0].id, &details).await.unwrap();
    store
        .put_metadata(&due[0], "de", Some(&facts(5, "Die Fähre")))
        .await
        .unwrap();
    let film = films(&store, None).await.remove(0);
    assert_eq!(film.title, "Ferry, my own");
    assert_eq!(film.overview.as_deref(), Some("Mine."));
    assert_eq!(film.rating, Some(7.4), "which the file does not have");
}

async fn failures_are_remembered_and_the_pauses_grow(state: TestState) {
    let store = shelf(&state, &["/The Ferry (1998).mp4"]).await;
    let due = store.due_for_metadata("de", 10).await.unwrap().remove(0);
    let pause = async || -> i64 {
        let at: (i64, i64) =
            sqlx::query_as("SELECT due_at - tried_at, failures FROM library_metadata")
                .fetch_one(&store.pool)
                .await
                .unwrap();
        (at.0 + 500) / 1000
    };
    let mut pauses = Vec::new();
    for _ in 0..3 {
        store
            .note_metadata_failure(&due, "de", "status 500")
            .await
            .unwrap();
        pauses.push(pause().await);
    }
    assert_eq!(pauses, [60, 120, 240]);
    assert!(store.due_for_metadata("de", 10).await.unwrap().is_empty());
    assert_eq!(films(&store, None).await[0].title, "The Ferry");
}

async fn episodes_have_their_titles_also_those_that_come_later(state: TestState) {
    let first = "/Dark (2017)/Season 1/Dark S01E01.mkv";
    let store = shelf(&state, &[first]).await;
    let due = store.due_for_metadata("de", 10).await.unwrap();
    assert_eq!(due.len(), 1, "a season is due once its series was found");
    store
        .put_metadata(&due[0], "de", Some(&facts(9, "Dark")))
        .await
        .unwrap();
    let season = store.due_for_metadata("de", 10).await.unwrap().remove(0);
    assert_eq!((season.season, season.series_source), (Some(1), Some(9)));
    let episode = |number: u16, title: &str| EpisodeFacts {
        number,
        title: Some(title.to_owned()),
        ..EpisodeFacts::default()
    };
    let found = SeasonFacts {
        season: facts(10, "Staffel 1"),
        episodes: vec![episode(1, "Geheimnisse"), episode(2, "Lügen")],
    };
    store
        .put_season_metadata(&season, "de", Some(&found))
        .await
        .unwrap();
    let place = Place::parse("films").unwrap();
    let path = EntryPath::parse("/Dark (2017)/Season 1/Dark S01E02.mkv").unwrap();
    let entry = Entry::bare(&place, &path, EntryKind::Video);
    let seen = SeenFolder {
        place: &place,
        folder: &path.parent().unwrap(),
        entries: &[entry],
        is_complete: false,
    };
    store.record_folder(seen).await.unwrap();
    let owner = owner();
    let episodes = store.library_children(season.id, &owner).await.unwrap();
    let titles: Vec<&str> = episodes.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["Geheimnisse", "Lügen"]);
    assert!(store.due_for_metadata("de", 10).await.unwrap().is_empty());
}

async fn pictures_are_stored_once(state: TestState) {
    let store = shelf(&state, &[]).await;
    for bytes in [b"one", b"two"] {
        store
            .put_metadata_picture("a.jpg", "image/jpeg", bytes)
            .await
            .unwrap();
    }
    let found = store.metadata_picture("a.jpg").await.unwrap().unwrap();
    assert_eq!(found, ("image/jpeg".to_owned(), b"one".to_vec()));
    assert_eq!(store.metadata_picture("b.jpg").await.unwrap(), None);
}
