use std::sync::LazyLock;

use chrono::DateTime;

use super::*;
use crate::store::test_state::{TestState, on_both_states};
use crate::store::{SeenFolder, Store, Viewer};
use media::{Entry, EntryKind, ViewerId};

on_both_states! {
    files_become_films_with_versions_and_series_with_seasons,
    a_file_that_is_gone_leaves_the_library_and_a_folder_with_it,
    a_renamed_or_moved_file_keeps_its_id_its_mark_and_its_position,
    other_content_under_the_same_name_is_not_followed,
    series_are_one_by_title_and_several_by_year,
    next_up_is_one_episode_of_each_begun_series_and_never_a_special,
    a_film_is_watched_at_92_percent_and_no_longer_to_go_on_with,
    a_series_is_watched_when_its_episodes_are_specials_aside,
    titles_are_found_by_the_beginnings_of_their_words,
    pictures_and_descriptions_beside_a_film_belong_to_it,
    files_without_an_item_are_found_together,
    a_walk_goes_on_where_it_was_interrupted,
}

/// The viewer of the tests.
static VIEWER: LazyLock<Viewer> = LazyLock::new(|| Viewer::new(ViewerId::OWNER, "Owner"));

struct Shelf {
    store: Store,
    place: Place,
    _state: TestState,
}

impl Shelf {
    async fn new(state: TestState) -> Self {
        Shelf {
            store: state.open().await,
            place: Place::parse("films").unwrap(),
            _state: state,
        }
    }

    /// Records a folder with these names; `name=id` gives a file an id, and a name with a slash at its end is a folder.
    async fn see(&self, folder: &str, names: &[&str]) -> u64 {
        let folder = path(folder);
        let entries: Vec<Entry> = names
            .iter()
            .map(|name| {
                let (name, id) = name.split_once('=').unwrap_or((name, name));
                let kind = match name.ends_with('/') {
                    true => EntryKind::Folder,
                    false => EntryKind::of_file(name),
                };
                let mut entry = Entry::bare(&self.place, &folder.join(name).unwrap(), kind);
                entry.id = Some(id.to_owned());
                entry.size = 1000;
                entry.modified = DateTime::from_timestamp(1_700_000_000, 0);
                entry
            })
            .collect();
        let seen = SeenFolder {
            place: &self.place,
            folder: &folder,
            entries: &entries,
            is_complete: true,
        };
        self.store.record_folder(seen).await.unwrap()
    }

    async fn page(&self, kind: ItemKind, words: Option<&str>) -> Vec<LibraryItem> {
        let query = ItemQuery {
            kinds: vec![kind],
            words: words.map(str::to_owned),
            limit: 100,
            ..ItemQuery::default()
        };
        self.store
            .library_page(&query, &VIEWER)
            .await
            .unwrap()
            .items
    }

    async fn titles(&self, kind: ItemKind) -> Vec<String> {
        let items = self.page(kind, None).await;
        items.into_iter().map(|item| item.title).collect()
    }

    async fn episode(&self, series: i64, season: u16, number: u16) -> LibraryItem {
        for child in self.store.library_children(series, &VIEWER).await.unwrap() {
            if child.season == Some(season) {
                let episodes = self
                    .store
                    .library_children(child.id, &VIEWER)
                    .await
                    .unwrap();
                return episodes
                    .into_iter()
                    .find(|it| it.number == Some(number))
                    .unwrap();
            }
        }
        panic!("there is no season {season}");
    }

    async fn watch(&self, item: &LibraryItem, position_s: f64) {
        let version = &item.versions[0];
        self.store
            .note_position(VIEWER.id, &version.place, &version.path, position_s, 100.0)
            .await
            .unwrap();
        self.store
            .mark_by_position(&version.place, &version.path, VIEWER.id)
            .await
            .unwrap();
        // Positions are ordered by the millisecond.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }

    async fn next_up(&self) -> Vec<i64> {
        self.store.next_up_ids(&VIEWER).await.unwrap()
    }

    async fn resume(&self) -> Vec<i64> {
        self.store.continue_ids(&VIEWER).await.unwrap()
    }
}

fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).unwrap()
}

async fn files_become_films_with_versions_and_series_with_seasons(state: TestState) {
    let shelf = Shelf::new(state).await;
    let found = shelf
        .see(
            "/",
            &[
                "Tidal Light (2019) 1080p.mkv",
                "Tidal.Light.2019.2160p.mkv",
                "The Ferry.mp4",
                "clip.txt",
                "Show/",
            ],
        )
        .await;
    assert_eq!(found, 3);
    shelf
        .see(
            "/Show/Season 1",
            &["Show S01E02.mkv", "Show S01E01E02.mkv", "Show-trailer.mp4"],
        )
        .await;
    shelf.see("/Show/Specials", &["Show S00E01.mkv"]).await;
    let films = shelf.page(ItemKind::Film, None).await;
    let titles: Vec<&str> = films.iter().map(|film| film.title.as_str()).collect();
    assert_eq!(
        titles,
        ["The Ferry", "Tidal Light"],
        "sorted without the article"
    );
    let labels: Vec<_> = films[1]
        .versions
        .iter()
        .map(|version| version.label.as_deref())
        .collect();
    assert_eq!((labels.len(), films[1].year), (2, Some(2019)));
    assert!(labels.contains(&Some("2160p")));

    let series = shelf.page(ItemKind::Series, None).await;
    assert_eq!(series.len(), 1);
    let seasons = shelf
        .store
        .library_children(series[0].id, &VIEWER)
        .await
        .unwrap();
    let titles: Vec<&str> = seasons.iter().map(|season| season.title.as_str()).collect();
    assert_eq!(titles, ["Season 1", "Specials"], "specials come last");
    let double = shelf.episode(series[0].id, 1, 1).await;
    assert_eq!(
        (double.last_number, double.series_title.as_deref()),
        (Some(2), Some("Show"))
    );
}

async fn a_file_that_is_gone_leaves_the_library_and_a_folder_with_it(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf
        .see("/", &["A (2001).mkv", "B (2002).mkv", "Show/"])
        .await;
    shelf.see("/Show", &["Show S01E01.mkv"]).await;
    shelf.see("/", &["A (2001).mkv", "Show/"]).await;
    assert_eq!(shelf.titles(ItemKind::Film).await, ["A"]);
    assert_eq!(shelf.titles(ItemKind::Series).await, ["Show"]);
    shelf.see("/", &["A (2001).mkv"]).await;
    assert_eq!(shelf.titles(ItemKind::Series).await, Vec::<String>::new());
    assert_eq!(
        shelf.store.library_places().await.unwrap(),
        std::slice::from_ref(&shelf.place)
    );
    shelf.store.forget_place(&shelf.place).await.unwrap();
    assert_eq!(
        shelf.store.library_places().await.unwrap(),
        Vec::<Place>::new()
    );
    assert_eq!(shelf.titles(ItemKind::Film).await, Vec::<String>::new());
}

async fn a_renamed_or_moved_file_keeps_its_id_its_mark_and_its_position(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf.see("/", &["A.mkv=1", "B (2002).mkv=2", "New/"]).await;
    let before = shelf.page(ItemKind::Film, None).await;
    shelf
        .store
        .mark_watched(before[0].id, true, VIEWER.id)
        .await
        .unwrap();
    shelf.watch(&before[1], 40.0).await;
    // In the same folder.
    shelf
        .see("/", &["Ahead (2001).mkv=1", "B (2002).mkv=2", "New/"])
        .await;
    let now = shelf.page(ItemKind::Film, None).await;
    assert_eq!(
        (now[0].id, now[0].title.as_str(), now[0].year),
        (before[0].id, "Ahead", Some(2001))
    );
    assert!(now[0].is_watched);
    assert_eq!(shelf.page(ItemKind::Film, Some("ahead")).await.len(), 1);
    assert!(
        shelf
            .page(ItemKind::Film, Some("A"))
            .await
            .iter()
            .all(|film| film.title == "Ahead")
    );
    // Into a folder that is seen before the old place is seen again.
    shelf.see("/New", &["Beyond (2003).mkv=2"]).await;
    shelf.see("/", &["Ahead (2001).mkv=1", "New/"]).await;
    let now = shelf.page(ItemKind::Film, None).await;
    assert_eq!((now[1].id, now[1].title.as_str()), (before[1].id, "Beyond"));
    assert_eq!(now[1].position_s, Some(40.0));
}

async fn other_content_under_the_same_name_is_not_followed(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf.see("/", &["A (2001).mkv=1"]).await;
    shelf.see("/", &["B (2002).mkv=2"]).await;
    let films = shelf.page(ItemKind::Film, None).await;
    assert_eq!(films.len(), 1);
    assert_eq!(films[0].title, "B");
}

async fn series_are_one_by_title_and_several_by_year(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf.see("/Show/Season 1", &["Show S01E01.mkv"]).await;
    shelf.see("/Show (2019)/Season 2", &["S02E01.mkv"]).await;
    let series = shelf.page(ItemKind::Series, None).await;
    assert_eq!((series.len(), series[0].year), (1, Some(2019)));
    shelf.see("/Show (1984)/Season 1", &["S01E01.mkv"]).await;
    assert_eq!(shelf.page(ItemKind::Series, None).await.len(), 2);
}

async fn next_up_is_one_episode_of_each_begun_series_and_never_a_special(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf
        .see(
            "/Show/Season 1",
            &["Show S01E01.mkv", "Show S01E02.mkv", "Show S01E03.mkv"],
        )
        .await;
    shelf.see("/Show/Season 2", &["Show S02E01.mkv"]).await;
    shelf
        .see("/Show/Specials", &["Show S00E01.mkv", "Show S00E02.mkv"])
        .await;
    shelf
        .see("/Other", &["Other S01E01.mkv", "Other S01E02.mkv"])
        .await;
    let series = shelf.page(ItemKind::Series, None).await;
    let (other, show) = (series[0].id, series[1].id);
    assert_eq!(shelf.next_up().await, Vec::<i64>::new());
    let (first, second) = (
        shelf.episode(show, 1, 1).await,
        shelf.episode(show, 1, 2).await,
    );
    shelf.watch(&first, 95.0).await;
    assert_eq!(shelf.next_up().await, [second.id]);
    assert_eq!(
        shelf.resume().await,
        [second.id],
        "the next episode is offered"
    );
    shelf.watch(&second, 50.0).await;
    assert_eq!(shelf.resume().await, [second.id]);
    shelf.watch(&second, 93.0).await;
    let third = shelf.episode(show, 1, 3).await;
    shelf
        .store
        .mark_watched(third.id, true, VIEWER.id)
        .await
        .unwrap();
    let next_season = shelf.episode(show, 2, 1).await;
    assert_eq!(shelf.next_up().await, [next_season.id]);
    // A special is watched between, and another one is left.
    shelf.watch(&shelf.episode(show, 0, 1).await, 95.0).await;
    assert_eq!(shelf.next_up().await, [next_season.id]);
    shelf.watch(&next_season, 95.0).await;
    assert_eq!(shelf.next_up().await, Vec::<i64>::new());
    shelf.watch(&shelf.episode(other, 1, 1).await, 95.0).await;
    assert_eq!(shelf.next_up().await, [shelf.episode(other, 1, 2).await.id]);
}

async fn a_film_is_watched_at_92_percent_and_no_longer_to_go_on_with(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf.see("/", &["A (2001).mkv"]).await;
    let film = shelf.page(ItemKind::Film, None).await.remove(0);
    shelf.watch(&film, 91.0).await;
    assert_eq!(shelf.resume().await, [film.id]);
    shelf.watch(&film, 92.0).await;
    assert_eq!(shelf.resume().await, Vec::<i64>::new());
    assert!(shelf.page(ItemKind::Film, None).await[0].is_watched);
    // Watched once more.
    shelf.watch(&film, 30.0).await;
    assert_eq!(shelf.resume().await, [film.id]);
    shelf
        .store
        .mark_watched(film.id, false, VIEWER.id)
        .await
        .unwrap();
    let film = shelf.page(ItemKind::Film, None).await.remove(0);
    assert_eq!((film.is_watched, film.position_s), (false, None));
    assert!(
        !shelf
            .store
            .mark_watched(999, true, VIEWER.id)
            .await
            .unwrap()
    );
}

async fn a_series_is_watched_when_its_episodes_are_specials_aside(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf
        .see("/Show/Season 1", &["Show S01E01.mkv", "Show S01E02.mkv"])
        .await;
    shelf.see("/Show/Specials", &["Show S00E01.mkv"]).await;
    let series = shelf.page(ItemKind::Series, None).await.remove(0);
    assert!(!series.is_watched);
    shelf
        .store
        .mark_watched(series.id, true, VIEWER.id)
        .await
        .unwrap();
    assert!(shelf.page(ItemKind::Series, None).await[0].is_watched);
    assert!(!shelf.episode(series.id, 0, 1).await.is_watched);
    let first = shelf.episode(series.id, 1, 1).await;
    shelf
        .store
        .mark_watched(first.id, false, VIEWER.id)
        .await
        .unwrap();
    assert!(!shelf.page(ItemKind::Series, None).await[0].is_watched);
    let season = shelf
        .store
        .library_children(series.id, &VIEWER)
        .await
        .unwrap();
    assert!(!season[0].is_watched);
}

async fn titles_are_found_by_the_beginnings_of_their_words(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf
        .see(
            "/",
            &[
                "Café of the North (2001).mkv",
                "North (1994).mkv",
                "映画 (2008).mkv",
            ],
        )
        .await;
    let found = async |words| shelf.page(ItemKind::Film, Some(words)).await.len();
    assert_eq!(found("nor").await, 2);
    assert_eq!(found("cafe north").await, 1);
    assert_eq!(found("映画").await, 1);
    assert_eq!(found("south").await, 0);
    assert_eq!(found("\"' OR *").await, 0);
    assert_eq!(found("*").await, 0);
}

async fn pictures_and_descriptions_beside_a_film_belong_to_it(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf
        .see(
            "/A (2001)",
            &["A (2001).mkv", "poster.jpg", "fanart.jpg", "movie.nfo"],
        )
        .await;
    shelf
        .see(
            "/Many",
            &[
                "B (2002).mkv",
                "C (2003).mkv",
                "poster.jpg",
                "C (2003)-poster.jpg",
            ],
        )
        .await;
    shelf
        .see("/Show", &["poster.png", "tvshow.nfo", "Season 1/"])
        .await;
    shelf
        .see(
            "/Show/Season 1",
            &[
                "Show S01E01.mkv",
                "Show S01E01-thumb.jpg",
                "Show S01E01.nfo",
            ],
        )
        .await;
    let films = shelf.page(ItemKind::Film, None).await;
    let path = |picture: &Option<TitlePicture>| match picture {
        Some(TitlePicture::File(file)) => Some(file.path.to_string()),
        _ => None,
    };
    let poster = |item: &LibraryItem| path(&item.poster);
    assert_eq!(poster(&films[0]).as_deref(), Some("/A (2001)/poster.jpg"));
    assert!(path(&films[0].backdrop).unwrap().ends_with("/fanart.jpg"));
    assert_eq!(poster(&films[1]), None, "a folder of several films");
    assert_eq!(
        poster(&films[2]).as_deref(),
        Some("/Many/C (2003)-poster.jpg")
    );
    let series = shelf.page(ItemKind::Series, None).await.remove(0);
    assert_eq!(poster(&series).as_deref(), Some("/Show/poster.png"));
    let episode = shelf.episode(series.id, 1, 1).await;
    assert_eq!(
        poster(&episode).as_deref(),
        Some("/Show/Season 1/Show S01E01-thumb.jpg")
    );
    for (item, expected) in [
        (films[0].id, vec!["/A (2001)/movie.nfo"]),
        (films[1].id, vec![]),
        (series.id, vec!["/Show/tvshow.nfo"]),
        (episode.id, vec!["/Show/Season 1/Show S01E01.nfo"]),
    ] {
        let files = shelf.store.description_files(item).await.unwrap();
        let paths: Vec<String> = files.iter().map(|(_, path)| path.to_string()).collect();
        assert_eq!(paths, expected);
    }
    let details = ItemDetails {
        title: Some("The Real A".to_owned()),
        overview: Some("A story.".to_owned()),
        ..ItemDetails::default()
    };
    shelf
        .store
        .store_details(films[0].id, &details)
        .await
        .unwrap();
    let found = shelf.page(ItemKind::Film, Some("real")).await;
    assert_eq!(
        (found.len(), found[0].overview.as_deref()),
        (1, Some("A story."))
    );
    assert!(found[0].has_read_side_files);
}

async fn files_without_an_item_are_found_together(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf
        .see("/Films", &["Heat.1995.mkv", "Ran.1985.mkv"])
        .await;
    let other = Place::parse("other").unwrap();
    let (known, unknown) = (path("/Films/Heat.1995.mkv"), path("/Films/Kes.1969.mkv"));
    let asked = [
        (&shelf.place, &known),
        (&shelf.place, &unknown),
        (&other, &known),
    ];
    let found = shelf.store.files_without_item(asked).await.unwrap();
    let expected = [
        (shelf.place.clone(), unknown.clone()),
        (other.clone(), known.clone()),
    ];
    assert_eq!(found, expected.into_iter().collect());
    let none = shelf.store.files_without_item([]).await.unwrap();
    assert!(none.is_empty());
}

async fn a_walk_goes_on_where_it_was_interrupted(state: TestState) {
    let shelf = Shelf::new(state).await;
    let (store, place) = (&shelf.store, &shelf.place);
    assert_eq!(
        store.walk_status(place).await.unwrap().state,
        WalkState::Idle
    );
    let other = Place::parse("other").unwrap();
    let has_walked = async |places: &[&Place]| store.has_walked_any(places).await.unwrap();
    assert!(!has_walked(&[place, &other]).await);
    store.begin_walk(place, &[path("/")]).await.unwrap();
    assert!(has_walked(&[&other, place]).await);
    assert!(!has_walked(&[&other]).await && !has_walked(&[]).await);
    let inside = [path("/a"), path("/b")];
    store
        .finish_walk_folder(place, &path("/"), &inside, (5, 2))
        .await
        .unwrap();
    store
        .finish_walk_folder(place, &path("/a"), &[], (1, 1))
        .await
        .unwrap();
    let status = store.walk_status(place).await.unwrap();
    assert_eq!(
        (status.state, status.seen, status.found),
        (WalkState::Running, 6, 3)
    );
    assert_eq!(
        store.next_walk_folder(place).await.unwrap(),
        Some(path("/b"))
    );
    store
        .finish_walk_folder(place, &path("/b"), &[], (0, 0))
        .await
        .unwrap();
    assert_eq!(store.next_walk_folder(place).await.unwrap(), None);
    store.end_walk(place, WalkState::Done).await.unwrap();
    let status = store.walk_status(place).await.unwrap();
    assert_eq!(status.state, WalkState::Done);
    assert!(status.ended_at.is_some());
    store.end_walk(place, WalkState::Stopped).await.unwrap();
    assert_eq!(
        store.walk_status(place).await.unwrap().state,
        WalkState::Done
    );
    // The owner stops the next ones, too.
    store.stop_walks(place).await.unwrap();
    let stopped = store.walk_status(place).await.unwrap();
    assert_eq!(
        (stopped.state, stopped.found, stopped.ended_at),
        (WalkState::Stopped, 3, status.ended_at)
    );
    assert!(has_walked(&[place]).await);
}
