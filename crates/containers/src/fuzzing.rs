//! Entries for the fuzzer: every reader, fed with arbitrary bytes.

use std::future::Future;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use crate::matroska::{Matroska, Scan, ScanProgress};
use crate::{Budget, ContainerError, ReadRange};

/// A file in memory.
struct Memory<'a>(&'a [u8]);

impl ReadRange for Memory<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, ContainerError> {
        let start = usize::try_from(offset).map_err(|_| ContainerError::Truncated)?;
        let end = start.checked_add(length).ok_or(ContainerError::Truncated)?;
        let bytes = self.0.get(start..end).ok_or(ContainerError::Truncated)?;
        Ok(Bytes::copy_from_slice(bytes))
    }
}

/// Runs a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Opens the bytes as Matroska and reads all that can be read of it.
pub fn matroska(data: &[u8]) {
    ready(read_matroska(data));
}

async fn read_matroska(data: &[u8]) {
    let file = Memory(data);
    let Ok(mut film) = Matroska::open(&file, &Budget::default()).await else {
        return;
    };
    if film.needs_scan() {
        let mut scan = Scan::new(&film);
        for _ in 0..1_000 {
            match scan.step(&file, 4).await {
                Ok(ScanProgress::More) => film.take_scan(&scan),
                Ok(ScanProgress::Done) => break,
                Err(_) => return,
            }
        }
        film.take_scan(&scan);
    }
    let tracks: Vec<usize> = (0..film.tracks().len()).collect();
    for n in 0..film.plan().len().min(20) {
        let Some(mut segment) = film.segment(n, &tracks) else {
            continue;
        };
        let span = segment.span();
        let end = span.end.min(file.size());
        let mut at = span.start;
        // Uneven pieces, so that headers are cut everywhere.
        while at < end {
            let length = (at % 61 + 1).min(end - at);
            let Ok(bytes) = file.read(at, length as usize).await else {
                break;
            };
            if segment.push(at, &bytes).is_err() {
                break;
            }
            at += length;
        }
        segment.finish();
        let _ = film.key_frame(&file, n).await;
    }
    for track in tracks {
        let _ = film.cues(&file, track, 0..u64::MAX).await;
    }
    let _ = film.attachments(&file, &Budget::default()).await;
}
