//! Benchmarks a folder of 100,000 files: the first page on the first request after a start and on the next
//! one, and the time until a new file is reported.

use std::fs::File;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use drives::Drive;
use drives::local::{Local, LocalConfig};
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

fn drive(folder: &TempDir) -> Local {
    let place = Place::parse("home").expect("a place");
    let path = folder.path().to_owned();
    Local::new(place, LocalConfig { path })
}

fn look(runtime: &Runtime, drive: &Local) -> usize {
    let (root, page) = (EntryPath::root(), PageRequest::default());
    let listing = runtime.block_on(drive.list(&root, &page));
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
