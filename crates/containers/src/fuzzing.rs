//! Entry points for fuzzing: opens a file and makes every kind of output from it, within the usual budget.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use crate::matroska::{Matroska, Scan, ScanProgress};
use crate::{Budget, ContainerError, FilmSource, ReadRange, TrackKind};

/// A file in memory.
struct Memory(Bytes);

impl ReadRange for Memory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, ContainerError> {
        let end = offset
            .checked_add(length as u64)
            .ok_or(ContainerError::Truncated)?;
        if end > self.size() {
            return Err(ContainerError::Truncated);
        }
        Ok(self.0.slice(offset as usize..end as usize))
    }
}

/// Runs a future that never waits, since its bytes are in memory.
fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Opens an MP4 and makes its init sections, all segments, key frames, cues and the progressive file. The
/// output must have the length that was announced.
pub fn mp4(data: &[u8]) {
    let budget = Budget {
        steps: 2_000_000,
        ..Budget::default()
    };
    run(take_apart(Memory(Bytes::copy_from_slice(data)), &budget));
}

/// Opens the bytes as a transport stream and makes all segments of it.
pub fn transport_stream(data: &[u8]) {
    run(take_apart(
        Memory(Bytes::copy_from_slice(data)),
        &Budget::default(),
    ));
}

async fn take_apart(file: Memory, budget: &Budget) {
    let Ok(source) = FilmSource::open(&file, budget).await else {
        return;
    };
    let carried: Vec<usize> = (0..source.tracks().len())
        .filter(|&track| source.can_carry(track))
        .collect();
    let _ = source.init(&carried);
    for n in 0..source.plan().len().min(32) {
        let _ = source.key_frame(&file, n).await;
        if let Ok(mut segment) = source.segment(&file, &carried, n).await {
            let mut made = 0;
            while let Ok(Some(piece)) = segment.next(&file).await {
                made += piece.length();
            }
            assert!(segment.length().is_none_or(|length| length == made));
        }
    }
    for (index, track) in source.tracks().iter().enumerate() {
        if track.kind == TrackKind::Subtitle {
            let _ = source.cues(&file, index, 0..u64::MAX).await;
        }
    }
    if source.plan().len() < 64 {
        let _ = source.progressive(&file, &carried).await;
    }
}

/// Opens the bytes as Matroska and reads everything that can be read from it.
pub fn matroska(data: &[u8]) {
    run(read_matroska(data));
}

async fn read_matroska(data: &[u8]) {
    let file = Memory(Bytes::copy_from_slice(data));
    let Ok(mut film) = Matroska::open(&file, &Budget::default()).await else {
        return;
    };
    if film.needs_scan() {
        let mut scan = Scan::new(&film);
        for _ in 0..1_000 {
            match scan.step(&file, 4).await {
                Ok(ScanProgress::More) => {
                    if film.take_scan(&scan).is_err() {
                        return;
                    }
                }
                Ok(ScanProgress::Done) => break,
                Err(_) => return,
            }
        }
        if film.take_scan(&scan).is_err() {
            return;
        }
    }
    let tracks: Vec<usize> = (0..film.tracks().len()).collect();
    for n in 0..film.plan().len().min(20) {
        let Some(mut segment) = film.segment(n, &tracks) else {
            continue;
        };
        let span = segment.span();
        let end = span.end.min(file.size());
        let mut at = span.start;
        // Pieces of uneven length, so that headers are cut everywhere.
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
