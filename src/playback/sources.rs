//! Segments and originals as sources of the byte engine.

use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;

use super::Playback;
use super::segment_index::SegmentIndex;
use crate::bytes::{PrefetchSource, Source};
use crate::governor::{DynamicPriority, Priority};
use drives::{DriveError, ErrorKind, Incoming, Origin, SegmentFacts};
use media::{Entry, Rendition};

/// One segment, by its number in the current segment index.
pub(super) struct SegmentSource {
    playback: Playback,
    entry: Arc<Entry>,
    rendition: Rendition,
    number: usize,
    index: Mutex<Arc<SegmentIndex>>,
    priority: DynamicPriority,
}

impl SegmentSource {
    pub fn new(
        playback: Playback,
        entry: Arc<Entry>,
        rendition: Rendition,
        (number, index): (usize, Arc<SegmentIndex>),
        priority: DynamicPriority,
    ) -> Self {
        SegmentSource {
            playback,
            entry,
            rendition,
            number,
            index: Mutex::new(index),
            priority,
        }
    }

    fn current_index(&self) -> Arc<SegmentIndex> {
        self.index.lock().clone()
    }

    fn facts(&self, index: &SegmentIndex) -> Result<SegmentFacts, DriveError> {
        index.facts(self.number).ok_or_else(gone)
    }
}

fn gone() -> DriveError {
    DriveError::new(
        ErrorKind::Gone,
        "segment",
        "the upstream's list has become shorter",
    )
}

#[async_trait]
impl Source for SegmentSource {
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        let index = self.current_index();
        let segment = index.segments.get(self.number).ok_or_else(gone)?;
        let origin = index.origin(self.number).ok_or_else(gone)?;
        let drive = self.playback.library().drive(&self.entry.place)?;
        let Some(range) = segment.range else {
            return drive
                .at(self.priority.clone())
                .fetch(&origin, from, last)
                .await;
        };
        // The segment is a byte range of something larger: translates offsets both ways.
        let last = last.map_or(range.last, |last| range.first + last);
        let first = range.first + from;
        let mut incoming = drive
            .at(self.priority.clone())
            .fetch(&origin, first, Some(last))
            .await?;
        if incoming.offset < range.first {
            return Err(DriveError::new(
                ErrorKind::UpstreamFailed,
                "fetch",
                "the upstream ignored the range of a piece",
            ));
        }
        incoming.offset -= range.first;
        incoming.length = Some(range.len());
        Ok(incoming)
    }

    async fn renew(&self) -> Result<(), DriveError> {
        let stale = self.current_index();
        let fresh = self
            .playback
            .renew_segment_index(&self.entry, self.rendition, &stale)
            .await?;
        if self.facts(&stale)? != self.facts(&fresh)? {
            return Err(DriveError::new(
                ErrorKind::UpstreamFailed,
                "renew",
                "the segment is now another one",
            ));
        }
        *self.index.lock() = fresh;
        Ok(())
    }

    fn bytes_per_s(&self) -> Option<f64> {
        let index = self.current_index();
        let seconds = index.segments.get(self.number)?.duration_s;
        let length = index.facts(self.number)?.length?;
        (seconds > 0.0).then(|| length as f64 / seconds)
    }

    fn dynamic_priority(&self) -> Option<&DynamicPriority> {
        Some(&self.priority)
    }
}

/// The original. Its download link is requested when it is first opened.
pub(super) struct OriginalSource {
    playback: Playback,
    entry: Arc<Entry>,
    origin: Mutex<Option<Arc<Origin>>>,
    priority: DynamicPriority,
    /// True if the engine reads ahead of those who read it in order.
    is_prefetched: bool,
}

impl OriginalSource {
    pub fn new(playback: Playback, entry: Arc<Entry>, priority: DynamicPriority) -> Self {
        OriginalSource {
            playback,
            entry,
            priority,
            origin: Mutex::new(None),
            is_prefetched: true,
        }
    }

    /// Leaves reading ahead to the caller.
    pub fn without_prefetch(self) -> Self {
        OriginalSource {
            is_prefetched: false,
            ..self
        }
    }

    fn cached_origin(&self) -> Option<Arc<Origin>> {
        self.origin.lock().clone()
    }

    fn cache_origin(&self, origin: Arc<Origin>) {
        *self.origin.lock() = Some(origin);
    }
}

#[async_trait]
impl Source for OriginalSource {
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        let origin = match self.cached_origin() {
            Some(origin) => origin,
            None => {
                let origin = self.playback.original_origin(&self.entry).await?;
                self.cache_origin(origin.clone());
                origin
            }
        };
        let drive = self.playback.library().drive(&self.entry.place)?;
        drive
            .at(self.priority.clone())
            .fetch(&origin, from, last)
            .await
    }

    async fn renew(&self) -> Result<(), DriveError> {
        let Some(stale) = self.cached_origin() else {
            return Ok(());
        };
        self.cache_origin(self.playback.renew_original(&self.entry, &stale).await?);
        Ok(())
    }

    fn bytes_per_s(&self) -> Option<f64> {
        let seconds = self.entry.duration_s.filter(|seconds| *seconds >= 1.0)?;
        Some(self.entry.size as f64 / seconds)
    }

    fn dynamic_priority(&self) -> Option<&DynamicPriority> {
        Some(&self.priority)
    }

    fn prefetch_source(&self) -> Option<PrefetchSource> {
        let drive = self.playback.library().drive(&self.entry.place).ok()?;
        if drive.is_local() || !self.is_prefetched {
            return None;
        }
        let source = OriginalSource {
            playback: self.playback.clone(),
            entry: self.entry.clone(),
            origin: Mutex::new(self.cached_origin()),
            priority: DynamicPriority::new(Priority::ReadAhead),
            is_prefetched: true,
        };
        Some(PrefetchSource {
            source: Arc::new(source),
            bytes_per_s: self.bytes_per_s(),
        })
    }
}

/// Blocks of an index: what is read of it is in a few places, and each costs a round trip anyway.
const INDEX_BLOCK_BYTES: u64 = 256 << 10;

/// The original in small blocks, which are cached apart from those of its media.
pub(super) struct OriginalIndexSource {
    original: OriginalSource,
}

impl OriginalIndexSource {
    pub fn new(original: OriginalSource) -> Self {
        OriginalIndexSource { original }
    }
}

#[async_trait]
impl Source for OriginalIndexSource {
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        self.original.open(from, last).await
    }

    async fn renew(&self) -> Result<(), DriveError> {
        self.original.renew().await
    }

    fn dynamic_priority(&self) -> Option<&DynamicPriority> {
        self.original.dynamic_priority()
    }

    fn block_bytes(&self) -> Option<u64> {
        Some(INDEX_BLOCK_BYTES)
    }
}
