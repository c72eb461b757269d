//! Benchmarks a library of 100,000 films: the first page, a page in the middle, and a search.

use criterion::{Criterion, criterion_group, criterion_main};
use drivein::store::{ItemKind, ItemQuery, ItemSort, SeenFolder, Store, Viewer};
use media::{Entry, EntryKind, EntryPath, Place, ViewerId};
use tokio::runtime::Runtime;

const FILMS: usize = 100_000;
const FILMS_PER_FOLDER: usize = 1_000;

/// Words that titles are made of.
const WORDS: [&str; 20] = [
    "Night", "Harbour", "Paper", "Moon", "Silent", "River", "Last", "Summer", "Iron", "Garden",
    "Winter", "Road", "Glass", "Letter", "Island", "Storm", "Golden", "Window", "Distant", "Fire",
];

async fn fill(store: &Store, place: &Place) {
    for folder_number in 0..FILMS / FILMS_PER_FOLDER {
        let folder = EntryPath::parse(&format!("/Films {folder_number}")).expect("a path");
        let film = |number: usize| {
            let number = folder_number * FILMS_PER_FOLDER + number;
            let (a, b) = (WORDS[number % 20], WORDS[number / 20 % 20]);
            let name = format!("{a} {b} {number} ({}).mkv", 1950 + number % 70);
            let path = folder.join(&name).expect("a path");
            let mut entry = Entry::bare(place, &path, EntryKind::Video);
            entry.id = Some(number.to_string());
            entry
        };
        let entries: Vec<Entry> = (0..FILMS_PER_FOLDER).map(film).collect();
        let seen = SeenFolder {
            place,
            folder: &folder,
            entries: &entries,
            is_complete: true,
        };
        store
            .record_folder(seen)
            .await
            .expect("a folder is recorded");
    }
}

fn library(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let dir = tempfile::tempdir().expect("a folder");
    let place = Place::parse("films").expect("a place");
    let store = runtime.block_on(async {
        let store = Store::open(dir.path()).await.expect("a store");
        fill(&store, &place).await;
        store
    });
    let query = |words: Option<&str>, offset: usize, sort| ItemQuery {
        kinds: vec![ItemKind::Film],
        sort,
        words: words.map(str::to_owned),
        offset,
        limit: 100,
    };
    let viewer = Viewer::new(ViewerId::OWNER, "Owner");
    for (name, query) in [
        ("first page", query(None, 0, ItemSort::Title)),
        ("recently added", query(None, 0, ItemSort::Added)),
        (
            "page in the middle",
            query(None, FILMS / 2, ItemSort::Title),
        ),
        ("search", query(Some("harbour wint"), 0, ItemSort::Title)),
    ] {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| {
                let page = store.library_page(&query, &viewer);
                runtime.block_on(page).expect("a page")
            });
        });
    }
}

criterion_group!(benches, library);
criterion_main!(benches);
