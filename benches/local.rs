//! Benchmarks a folder of 100,000 files: the first page on the first request after a start and on the next
//! one, and the time until a new file is reported.

use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use criterion::{Criterion, criterion_group, criterion_main};
use drivein::governor::{Governor, Priority, SharedDrive};
use drives::http::{Client, ClientSettings};
use drives::local::LocalConfig;
use drives::{Clock, DriveContext, DriveSettings, GovernedDrive, SessionStore, SessionStoreError};
use media::{EntryPath, PageRequest, Place};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const FILES: usize = 100_000;

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for films");
    for number in 0..FILES {
        let name = format!("Season {} Episode {number}.mkv", number % 97);
        File::create(folder.path().join(name)).expect("a file");
    }
    folder
}

/// A session store that is never used.
struct EmptySession;

#[async_trait]
impl SessionStore for EmptySession {
    async fn forget(&self) -> Result<(), SessionStoreError> {
        Ok(())
    }

    async fn load(&self) -> Result<Option<String>, SessionStoreError> {
        Ok(None)
    }
    async fn save(&self, _: &str) -> Result<(), SessionStoreError> {
        Ok(())
    }
}

fn drive(folder: &TempDir) -> SharedDrive {
    let place = Place::parse("home").expect("a place");
    let path = folder.path().to_owned();
    let context = DriveContext {
        http: Arc::new(Client::new(&ClientSettings::default()).expect("a client")),
        clock: Clock::system(),
        sessions: Arc::new(EmptySession),
        web_sessions: Arc::new(EmptySession),
        uploads: None,
        own_folder: None,
    };
    let drive = DriveSettings::Local(LocalConfig::read_only(path)).open(place, context);
    Arc::new(GovernedDrive::new(drive, Governor::of_account()))
}

fn look(runtime: &Runtime, drive: &SharedDrive) -> usize {
    let (root, page) = (EntryPath::root(), PageRequest::default());
    let calls = drive.at(Priority::Opening);
    let listing = runtime.block_on(calls.list(&root, &page));
    listing.expect("a page").entries.len()
}

fn large_folder(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = folder();
    let mut group = criterion.benchmark_group("a folder of 100,000 files");
    group.sample_size(10);
    group.bench_function("first page, first look", |bench| {
        bench.iter_batched_ref(
            || drive(&folder),
            |drive| look(&runtime, drive),
            criterion::BatchSize::PerIteration,
        );
    });
    let warm = drive(&folder);
    look(&runtime, &warm);
    group.bench_function("first page, next look", |bench| {
        bench.iter(|| look(&runtime, &warm));
    });
    let mut number = 0;
    group.bench_function("a new file is told of", |bench| {
        bench.iter_custom(|times| {
            let mut took = Duration::ZERO;
            for _ in 0..times {
                let mut changes = warm.changes().expect("a drive that tells of changes");
                number += 1;
                let began = Instant::now();
                File::create(folder.path().join(format!("New {number}.mkv"))).expect("a file");
                let told = runtime.block_on(changes.recv());
                took += began.elapsed();
                told.expect("a change");
            }
            took
        });
    });
    group.finish();
}

criterion_group!(benches, large_folder);
criterion_main!(benches);
