//! Benchmarks what the state does for a page and for a play, in SQLite and in PostgreSQL. The latter needs an empty database,
//! whose URL is in `DRIVEIN_BENCH_STATE_URL`; without it, SQLite is measured alone.

use std::time::{Duration, SystemTime};

use criterion::{Criterion, criterion_group, criterion_main};
use drivein::store::{OwnerSession, Store};
use media::{EntryPath, Place, ViewerId};
use tokio::runtime::Runtime;

const FILMS: usize = 1_000;

/// Reads what the page of a folder needs: the session of the owner, the history of the drive, and the position of a film.
async fn page(store: &Store, hash: &[u8; 32], place: &Place, film: &EntryPath) {
    let session = store.session(hash).await.expect("a reply");
    assert!(session.is_some());
    let history = store.history_of(ViewerId::OWNER, place).await;
    assert_eq!(history.expect("a reply").len(), FILMS);
    let position = store.position(ViewerId::OWNER, place, film).await;
    position.expect("a reply");
}

/// Reads the position from which a film is played, and stores one.
async fn play(store: &Store, place: &Place, film: &EntryPath) {
    let position = store.position(ViewerId::OWNER, place, film).await;
    position.expect("a reply");
    store
        .note_position(ViewerId::OWNER, place, film, 60.0, 3_600.0)
        .await
        .expect("a position is stored");
}

fn measure(criterion: &mut Criterion, runtime: &Runtime, name: &str, store: &Store) {
    let place = Place::parse("films").expect("a place");
    let path = |number: usize| EntryPath::parse(&format!("/Film {number}.mp4")).expect("a path");
    let session = OwnerSession {
        viewer: None,
        hash: [7; 32],
        device: "Firefox on Linux".to_owned(),
        address: "192.0.2.1".to_owned(),
        created_at: SystemTime::now(),
        last_seen_at: SystemTime::now(),
    };
    runtime.block_on(async {
        let forgotten_before = SystemTime::now() - Duration::from_secs(3_600);
        store.revoke_sessions().await.expect("a reply");
        let stored = store.add_session(&session, forgotten_before).await;
        stored.expect("a session is stored");
        for number in 0..FILMS {
            store
                .note_position(ViewerId::OWNER, &place, &path(number), 30.0, 3_600.0)
                .await
                .expect("a position is stored");
        }
    });
    let film = path(FILMS / 2);
    criterion.bench_function(&format!("{name}: a page"), |bencher| {
        bencher.iter(|| runtime.block_on(page(store, &session.hash, &place, &film)));
    });
    criterion.bench_function(&format!("{name}: a play"), |bencher| {
        bencher.iter(|| runtime.block_on(play(store, &place, &film)));
    });
}

fn state(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let dir = tempfile::tempdir().expect("a folder");
    let sqlite = runtime.block_on(Store::open(dir.path())).expect("a store");
    measure(criterion, &runtime, "SQLite", &sqlite);
    let Ok(url) = std::env::var("DRIVEIN_BENCH_STATE_URL") else {
        println!("PostgreSQL is left out: DRIVEIN_BENCH_STATE_URL is not set");
        return;
    };
    let postgres = runtime
        .block_on(Store::open_at(Some(&url.into()), dir.path()))
        .expect("a store");
    measure(criterion, &runtime, "PostgreSQL", &postgres);
}

criterion_group!(benches, state);
criterion_main!(benches);
