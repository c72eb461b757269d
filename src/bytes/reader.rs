//! A reader of one object for one viewer, over cached blocks and shared fetches.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;

use super::Object;
use super::block::BlockLayout;
use super::engine_state::{EngineInner, Lookup};
use super::shared_fetch::{FetchItem, SharedFetch};
use drives::DriveError;

/// A reader with its own position.
pub(super) struct Reader {
    engine: Arc<EngineInner>,
    object: Object,
    /// The ETag of the object.
    name: Arc<str>,
    layout: BlockLayout,
    /// The first byte that was requested.
    start: u64,
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
    /// The cache, or else a fetch: looked up for each chunk. A reader that held the block would keep all of it in
    /// memory for as long as its viewer stalls.
    Unknown,
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
            name: object.etag.as_str().into(),
            object,
            layout,
            start: position,
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
            ByteLocation::Unknown | ByteLocation::Ended => true,
        }
    }

    /// Joins or starts the fetch of the next byte, unless it is cached. The fetch stays open if its other readers leave.
    pub fn join(&mut self) {
        if let Lookup::Fetch(fetch) = self.find() {
            self.go(ByteLocation::Fetch(fetch));
        }
    }

    /// Returns true if a viewer has read all that this reader has read, over the same fetch.
    pub fn is_overtaken(&self) -> bool {
        match &self.location {
            ByteLocation::Fetch(fetch) => fetch.has_viewer_at(self.position, self.id),
            ByteLocation::Unknown | ByteLocation::Ended => false,
        }
    }

    fn find(&self) -> Lookup {
        let here = (&self.object, &self.name);
        let bytes = (self.position, self.end);
        let is_continued = self.position > self.start;
        let engine = &self.engine;
        engine.find(here, self.layout, self.id, bytes, is_continued)
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
                ByteLocation::Unknown => match this.find() {
                    Lookup::Cached(block) => {
                        let start = this.layout.start(this.layout.index(this.position));
                        if let Some(chunk) = block.at(this.position - start) {
                            return Poll::Ready(Some(Ok(this.advance(chunk))));
                        }
                    }
                    Lookup::Fetch(fetch) => this.go(ByteLocation::Fetch(fetch)),
                },
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
