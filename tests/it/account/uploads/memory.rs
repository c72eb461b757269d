//! The memory of a large upload.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::*;

/// Counts the chunks of a large body that are in memory at once.
#[derive(Default)]
struct Alive {
    now: AtomicU64,
    most: AtomicU64,
}

/// A piece of a body that is counted until it is dropped.
struct Piece(Vec<u8>, Arc<Alive>);

impl Piece {
    fn new(number: u64, length: usize, alive: &Arc<Alive>) -> Self {
        let now = alive.now.fetch_add(length as u64, Ordering::SeqCst) + length as u64;
        alive.most.fetch_max(now, Ordering::SeqCst);
        let mut bytes = vec![0; length];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        Piece(bytes, alive.clone())
    }
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        let length = self.0.len() as u64;
        self.1.now.fetch_sub(length, Ordering::SeqCst);
    }
}

/// Returns the resident memory of this process in MiB, the emulated upstream and other tests included.
fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.unwrap().split_whitespace().nth(1).unwrap();
    kib.parse::<u64>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_is_never_in_memory() {
    let mib: u64 =
        std::env::var("DRIVEIN_TEST_UPLOAD_MIB").map_or(128, |text| text.parse().unwrap());
    let rig = Rig::new(Mood::Strict).await;
    rig.names("/").await;
    let before = resident_mib();
    let alive = Arc::new(Alive::default());
    let counting = alive.clone();
    let pieces = (0..mib * 16)
        .map(move |number| Ok(Bytes::from_owner(Piece::new(number, 64 << 10, &counting))));
    let ask = UploadRequest {
        path: path("/large.bin"),
        size: Some(mib << 20),
        on_conflict: OnConflict::Fail,
        progress: Some(Arc::new(UploadProgress::default())),
        resume: None,
    };
    let peak = Arc::new(AtomicU64::new(0));
    let watching = tokio::spawn({
        let peak = peak.clone();
        async move {
            loop {
                peak.fetch_max(resident_mib(), Ordering::SeqCst);
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
    });
    let body: UploadBody = stream::iter(pieces).boxed();
    let entry = rig.uploads().upload(&ask, body).await.unwrap();
    watching.abort();
    assert_eq!(entry.size, mib << 20);
    assert_eq!(ask.progress.unwrap().sent(), mib << 20);
    assert_eq!(rig.sandbox.count("superfile2"), mib.div_ceil(4));
    let most = alive.most.load(Ordering::SeqCst);
    assert!(
        most <= 1 << 20,
        "{most} bytes of the body were held at once"
    );
    println!(
        "{mib} MiB uploaded: resident {before} MiB before, {} MiB at most",
        peak.load(Ordering::SeqCst)
    );
}
