mod found;
mod series;
mod walks;

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
    a_film_is_watched_at_92_percent_and_no_longer_to_go_on_with,
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
