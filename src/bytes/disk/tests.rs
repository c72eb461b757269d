//! The disk cache: restarts, damaged files, eviction, and folders that cannot be written.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::tempdir;

use super::*;
use crate::bytes::block::BlockBuilder;
use crate::bytes::memory_budget::MemoryBudget;
use crate::bytes::page_pool::PAGE_BYTES;

fn content(seed: usize, length: usize) -> Vec<u8> {
    (0..length)
        .map(|i| ((i * 31 + seed * 7) % 251) as u8)
        .collect()
}

fn block(bytes: &[u8]) -> Arc<Block> {
    let memory = MemoryBudget::new(bytes.len() as u64)
        .reserve(bytes.len() as u64)
        .unwrap();
    let mut builder = BlockBuilder::new(PagePool::new(1 << 20), memory);
    builder.push(Bytes::copy_from_slice(bytes));
    Arc::new(builder.finish())
}

fn label(object: &str, length: usize) -> BlockHeader {
    BlockHeader::new(object, length as u64, 0, length as u64)
}

/// Reads everything from `at` on; `None` as soon as a read fails.
async fn rest(disk: &Disk, label: &BlockHeader, mut at: u64) -> Option<Vec<u8>> {
    let pool = PagePool::new(1 << 20);
    let mut found = Vec::new();
    while at < label.length {
        let pieces = disk.read_pages(label, at, &pool).await?;
        for piece in pieces {
            at += piece.len() as u64;
            found.extend_from_slice(&piece);
        }
    }
    Some(found)
}

#[tokio::test]
async fn a_reserve_of_the_disk_stays_free_and_the_cache_shrinks_when_others_fill_it() {
    let folder = tempdir().unwrap();
    let others = Arc::new(AtomicU64::new(0));
    // A disk of 20 MiB, of which one stays free.
    let space = {
        let (folder, others) = (folder.path().to_owned(), others.clone());
        move || {
            let used = on_disk(&folder) + others.load(Ordering::Relaxed);
            let total: u64 = 20 << 20;
            let free = total.saturating_sub(used);
            Ok::<_, std::io::Error>(DiskSpace { total, free })
        }
    };
    let free = space.clone();
    let disk = Disk::open_on(folder.path().to_owned(), 1 << 30, Box::new(space));
    let put = |number: usize| {
        let bytes = content(number, 1 << 20);
        disk.queue_write(label(&format!("film {number}"), bytes.len()), block(&bytes));
    };
    for number in 0..40 {
        put(number);
        disk.flush().await;
        assert!(free().unwrap().free >= 1 << 20, "{number}");
    }
    let full = disk.stats();
    assert!((17..=18).contains(&full.blocks), "{full:?}");
    assert!(disk.contains(&label("film 39", 1 << 20)));
    // Others write, and it makes room without being asked for anything.
    others.store(10 << 20, Ordering::Relaxed);
    disk.flush().await;
    assert!(free().unwrap().free >= 1 << 20);
    assert!((7..=8).contains(&disk.stats().blocks), "{:?}", disk.stats());
    // They fill it, and nothing is left; the cache goes on when there is room again.
    others.store(30 << 20, Ordering::Relaxed);
    put(40);
    disk.flush().await;
    let none = disk.stats();
    assert_eq!((none.blocks, none.dropped, none.off), (0, 1, None));
    others.store(0, Ordering::Relaxed);
    put(41);
    disk.flush().await;
    assert_eq!(disk.stats().blocks, 1);
}

/// Returns the bytes allocated for the files of a folder.
fn on_disk(folder: &Path) -> u64 {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| file::allocated(&entry.unwrap().metadata().unwrap()))
        .sum()
}

#[tokio::test]
async fn what_was_put_is_found_after_a_restart_from_any_byte() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("cache");
    let disk = Disk::open(path.clone(), 10 << 20);
    let sizes = [1, 1000, PAGE_BYTES, PAGE_BYTES + 1, 3 * PAGE_BYTES + 77];
    for (seed, size) in sizes.into_iter().enumerate() {
        let label = label(&format!("https://secret.example/{seed}"), size);
        assert!(!disk.contains(&label));
        disk.queue_write(label, block(&content(seed, size)));
    }
    disk.flush().await;
    assert_eq!(disk.stats().blocks, 5);
    drop(disk);
    let again = Disk::open(path.clone(), 10 << 20);
    for (seed, size) in sizes.into_iter().enumerate() {
        let object = format!("https://secret.example/{seed}");
        let label = label(&object, size);
        // Immediately, before the folder has been scanned.
        assert!(again.contains(&label));
        assert_eq!(again.object_length(&object).await, Some(size as u64));
        let bytes = content(seed, size);
        for at in [0, size / 2, size - 1] {
            assert!(
                rest(&again, &label, at as u64).await.unwrap() == bytes[at..],
                "{at} of {size}"
            );
        }
    }
    assert_eq!(again.object_length("another").await, None);
    // Accessible to the server alone, and without the origin in it.
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    for entry in fs::read_dir(&path).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(mode(&entry.path()), 0o600);
        let bytes = fs::read(entry.path()).unwrap();
        assert!(!bytes.windows(6).any(|word| word == b"secret"));
    }
}

#[tokio::test]
async fn the_limit_holds_while_far_more_is_put() {
    let folder = tempdir().unwrap();
    let limit = 2 << 20;
    let disk = Disk::open(folder.path().to_owned(), limit);
    for round in 0..200 {
        let size = 1 + (round * 7919) % 300_000;
        disk.queue_write(
            label(&round.to_string(), size),
            block(&content(round, size)),
        );
        disk.flush().await;
        let taken = on_disk(folder.path());
        assert!(taken <= limit, "{taken} after {round}");
        assert_eq!(disk.stats().bytes, taken);
    }
    // The newest are there, the oldest evicted.
    assert!(disk.contains(&label("199", 1 + (199 * 7919) % 300_000)));
    assert!(!disk.contains(&label("0", 1)));
    // Larger than the limit: not written.
    disk.queue_write(label("large", 3 << 20), block(&content(0, 3 << 20)));
    disk.flush().await;
    assert!(!disk.contains(&label("large", 3 << 20)));
    drop(disk);
    // A smaller limit holds from the start.
    let disk = Disk::open(folder.path().to_owned(), 500_000);
    disk.flush().await;
    assert!(on_disk(folder.path()) <= 500_000 && disk.stats().blocks > 0);
}

#[tokio::test]
async fn what_was_not_whole_when_the_power_went_is_cleared_away() {
    let folder = tempdir().unwrap();
    let disk = Disk::open(folder.path().to_owned(), 1 << 20);
    disk.queue_write(label("film", 5000), block(&content(1, 5000)));
    disk.flush().await;
    drop(disk);
    let part = folder
        .path()
        .join(BlockFileName::of(&label("other", 9000)).part());
    fs::write(&part, content(2, 4000)).unwrap();
    fs::write(folder.path().join("README"), "not ours").unwrap();
    let disk = Disk::open(folder.path().to_owned(), 1 << 20);
    disk.flush().await;
    assert!(!part.exists() && folder.path().join("README").exists());
    assert!(disk.contains(&label("film", 5000)) && !disk.contains(&label("other", 9000)));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_turns_it_off_and_nothing_else() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("taken");
    fs::write(&file, "a file where the folder should be").unwrap();
    let disk = Disk::open(file, 1 << 20);
    disk.queue_write(label("film", 5000), block(&content(1, 5000)));
    disk.flush().await;
    assert!(!disk.contains(&label("film", 5000)));
    assert!(disk.stats().off.is_some() && disk.stats().errors == 1);

    // The folder disappears while the server runs: the next write fails, once.
    let path = folder.path().join("cache");
    let disk = Disk::open(path.clone(), 1 << 20);
    disk.flush().await;
    fs::remove_dir_all(&path).unwrap();
    for number in 0..3 {
        disk.queue_write(label(&number.to_string(), 5000), block(&content(1, 5000)));
        disk.flush().await;
    }
    assert!(disk.stats().off.is_some() && disk.stats().errors == 1);
}

#[tokio::test]
async fn the_start_is_fast_with_very_many_blocks() {
    // Readers do not wait for the scan: blocks are found while the folder is being read.
    let folder = tempdir().unwrap();
    let disk = Disk::open(folder.path().to_owned(), 1 << 30);
    disk.queue_write(label("film", 5000), block(&content(1, 5000)));
    disk.flush().await;
    drop(disk);
    for number in 0..5000 {
        let name = BlockFileName::of(&label(&format!("other {number}"), 1));
        fs::write(folder.path().join(name.file()), b"x").unwrap();
    }
    let disk = Disk::open(folder.path().to_owned(), 1 << 30);
    assert!(disk.contains(&label("film", 5000)));
    assert!(rest(&disk, &label("film", 5000), 0).await.unwrap() == content(1, 5000));
    disk.flush().await;
    assert_eq!(disk.stats().blocks, 5001);
    // Invalid files: detected when they are read, counted, removed.
    let false_one = label("other 7", 1);
    assert!(disk.contains(&false_one) && rest(&disk, &false_one, 0).await.is_none());
    assert!(!disk.contains(&false_one) && disk.stats().errors == 1);
}

/// Damage to a file.
#[derive(Debug, Clone)]
enum Damage {
    Truncate(usize),
    Flip(usize, u8),
    Append(usize),
    Zero(usize, usize),
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// For any damage and any offset: the true bytes, or nothing.
    #[test]
    fn never_a_wrong_byte_of_a_damaged_file(
        length in prop_oneof![1usize..3000, (PAGE_BYTES - 3)..(PAGE_BYTES + 3), (2 * PAGE_BYTES)..(3 * PAGE_BYTES)],
        damage in prop_oneof![
            any::<usize>().prop_map(Damage::Truncate),
            (any::<usize>(), 1u8..=255).prop_map(|(at, by)| Damage::Flip(at, by)),
            // The header is small beside the content, but damaged as often.
            (0usize..100, 1u8..=255).prop_map(|(at, by)| Damage::Flip(at, by)),
            (1usize..10_000).prop_map(Damage::Append),
            (any::<usize>(), 1usize..5000).prop_map(|(at, count)| Damage::Zero(at, count)),
        ],
        at in any::<usize>(),
    ) {
        let folder = tempdir().unwrap();
        let path = folder.path().join("block");
        let label = label("film", length);
        let bytes = content(3, length);
        file::write(&path, &label, &block(&bytes)).unwrap();
        let sound = fs::read(&path).unwrap();
        let mut damaged = sound.clone();
        match damage {
            Damage::Truncate(to) => damaged.truncate(to % damaged.len()),
            Damage::Flip(at, by) => { let at = at % damaged.len(); damaged[at] ^= by }
            Damage::Append(count) => damaged.extend(content(4, count)),
            Damage::Zero(at, count) => {
                let at = at % damaged.len();
                let end = (at + count).min(damaged.len());
                damaged[at..end].fill(0);
            }
        }
        fs::write(&path, &damaged).unwrap();
        let at = at % length;
        let pool = PagePool::new(1 << 20);
        match file::read(&path, &label, at as u64, 100, &pool) {
            Ok(pages) => {
                prop_assert!(pages.concat() == bytes[at..]);
                // The damage may lie in a page that was not read; never in the header.
                let head = (label.file_length() - label.length) as usize;
                prop_assert!(damaged.len() == sound.len() && damaged[..head] == sound[..head]);
            }
            Err(fault) => prop_assert!(damaged != sound, "{fault}"),
        }
        // Another block under the same name is refused, too.
        let other = BlockHeader { offset: 1, ..label };
        prop_assert!(file::read(&path, &other, 0, 1, &pool).is_err());
    }
}
