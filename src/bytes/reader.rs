//! A reader of one object for one viewer, over cached blocks and shared fetches.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;

use super::Object;
use super::block::{Block, BlockLayout};
use super::engine_state::{EngineInner, Lookup};
use super::shared_fetch::{FetchItem, SharedFetch};
use drives::DriveError;

/// A reader with its own position.
pub(super) struct Reader {
    engine: Arc<EngineInner>,
    object: Object,
    layout: BlockLayout,
    position: u64,
    end: u64,
    id: u64,
    location: ByteLocation,
    /// Notified of each position that the reader reaches.
    pub observer: Option<Box<dyn ReadObserver>>,
}

/// An observer of the progress of a [`Reader`].
pub(super) trait ReadObserver: Send {
    /// Called when the reader has read up to `position`.
    fn moved_to(&mut self, position: u64);
}

/// The place that the next bytes come from.
enum ByteLocation {
    /// Unknown: look in the cache, then for a fetch.
    Unknown,
    /// A cached block, by its index.
    Cached(u64, Arc<Block>),
    /// A shared fetch.
    Fetch(Arc<SharedFetch>),
    /// The end, or a failure.
    Ended,
}

impl Reader {
    /// Creates a reader of bytes `position..end`.
    pub fn new(
        engine: Arc<EngineInner>,
        object: Object,
        layout: BlockLayout,
        position: u64,
        end: u64,
    ) -> Self {
        let id = engine.new_reader();
        Reader {
            engine,
            object,
            layout,
            position,
            end,
            id,
            location: ByteLocation::Unknown,
            observer: None,
        }
    }

    /// Returns the offset of the byte that it reads next.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Returns true if the bytes that it reads are cached for readers behind it.
    pub fn is_kept(&self) -> bool {
        match &self.location {
            ByteLocation::Fetch(fetch) => fetch.is_caching(),
            ByteLocation::Unknown | ByteLocation::Cached(..) | ByteLocation::Ended => true,
        }
    }

    fn find(&self) -> ByteLocation {
        match self
            .engine
            .find(&self.object, self.layout, self.id, self.position, self.end)
        {
            Lookup::Cached(block) => ByteLocation::Cached(self.layout.index(self.position), block),
            Lookup::Fetch(fetch) => ByteLocation::Fetch(fetch),
        }
    }

    fn go(&mut self, location: ByteLocation) {
        if let ByteLocation::Fetch(fetch) = std::mem::replace(&mut self.location, location) {
            fetch.leave(self.id);
        }
    }

    fn advance(&mut self, mut chunk: Bytes) -> Bytes {
        chunk.truncate((self.end - self.position).min(chunk.len() as u64) as usize);
        self.position += chunk.len() as u64;
        if let Some(observer) = &mut self.observer {
            observer.moved_to(self.position);
        }
        chunk
    }
}

impl Stream for Reader {
    type Item = Result<Bytes, DriveError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if this.position >= this.end {
                this.go(ByteLocation::Ended);
                return Poll::Ready(None);
            }
            match &this.location {
                ByteLocation::Ended => return Poll::Ready(None),
                ByteLocation::Unknown => {
                    let location = this.find();
                    this.go(location);
                }
                ByteLocation::Cached(index, block) => {
                    match block.at(this.position - this.layout.start(*index)) {
                        Some(chunk) => return Poll::Ready(Some(Ok(this.advance(chunk)))),
                        None => this.go(ByteLocation::Unknown),
                    }
                }
                ByteLocation::Fetch(fetch) => {
                    match std::task::ready!(fetch.poll_at(this.id, this.position, context)) {
                        Ok(FetchItem::Bytes(chunk)) => {
                            return Poll::Ready(Some(Ok(this.advance(chunk))));
                        }
                        Ok(FetchItem::NotHere) => this.go(ByteLocation::Unknown),
                        // A failure of a prefetch does not count for a viewer, who starts a new fetch.
                        Err(_)
                            if fetch.was_prefetch_only(this.object.source.dynamic_priority()) =>
                        {
                            this.go(ByteLocation::Unknown);
                        }
                        Err(error) => {
                            this.go(ByteLocation::Ended);
                            return Poll::Ready(Some(Err(error)));
                        }
                    }
                }
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.go(ByteLocation::Ended);
    }
}
