//! One viewer's way through one object, over blocks that are kept and runs that are under way.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;

use super::Object;
use super::block::{Block, BlockLayout};
use super::engine::{EngineInner, Lookup};
use super::prefetch::ReadTracker;
use super::shared_fetch::{FetchItem, SharedFetch};
use drives::DriveError;

/// A reader at a position of its own.
pub(super) struct Reader {
    parts: Arc<EngineInner>,
    object: Object,
    cut: BlockLayout,
    position: u64,
    end: u64,
    id: u64,
    place: ByteLocation,
    /// Who is told how far it is.
    follower: Option<Box<ReadTracker>>,
}

/// Where the next bytes come from.
enum ByteLocation {
    /// Not known: look in the cache, then for a run.
    Unknown,
    /// A kept block, by its index.
    Cached(u64, Arc<Block>),
    /// A run.
    Fetch(Arc<SharedFetch>),
    /// It failed: nothing comes any more.
    Ended,
}

impl Reader {
    /// A reader of bytes `position..end`.
    pub fn new(
        parts: Arc<EngineInner>,
        object: Object,
        cut: BlockLayout,
        position: u64,
        end: u64,
    ) -> Self {
        let id = parts.new_reader();
        Reader {
            parts,
            object,
            cut,
            position,
            end,
            id,
            place: ByteLocation::Unknown,
            follower: None,
        }
    }

    /// The same for a viewer, ahead of whom it may be read.
    pub fn followed(mut self) -> Self {
        let (object, position) = (&self.object, self.position);
        self.follower = ReadTracker::of(&self.parts, object, self.cut, position, self.end);
        self
    }

    /// The byte that it reads next.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Whether what it has read stays for those behind it.
    pub fn is_kept(&self) -> bool {
        match &self.place {
            ByteLocation::Fetch(run) => run.is_caching(),
            ByteLocation::Unknown | ByteLocation::Cached(..) | ByteLocation::Ended => true,
        }
    }

    fn find(&self) -> ByteLocation {
        match self
            .parts
            .find(&self.object, self.cut, self.id, self.position, self.end)
        {
            Lookup::Cached(block) => ByteLocation::Cached(self.cut.index(self.position), block),
            Lookup::Fetch(run) => ByteLocation::Fetch(run),
        }
    }

    fn go(&mut self, place: ByteLocation) {
        if let ByteLocation::Fetch(run) = std::mem::replace(&mut self.place, place) {
            run.leave(self.id);
        }
    }

    fn advance(&mut self, mut chunk: Bytes) -> Bytes {
        chunk.truncate((self.end - self.position).min(chunk.len() as u64) as usize);
        self.position += chunk.len() as u64;
        if let Some(follower) = &mut self.follower {
            follower.moved(self.position);
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
            match &this.place {
                ByteLocation::Ended => return Poll::Ready(None),
                ByteLocation::Unknown => {
                    let place = this.find();
                    this.go(place);
                }
                ByteLocation::Cached(index, block) => {
                    match block.at(this.position - this.cut.start(*index)) {
                        Some(chunk) => return Poll::Ready(Some(Ok(this.advance(chunk)))),
                        None => this.go(ByteLocation::Unknown),
                    }
                }
                ByteLocation::Fetch(run) => {
                    match std::task::ready!(run.poll_at(this.id, this.position, context)) {
                        Ok(FetchItem::Bytes(chunk)) => {
                            return Poll::Ready(Some(Ok(this.advance(chunk))));
                        }
                        Ok(FetchItem::NotHere) => this.go(ByteLocation::Unknown),
                        // What was refused to read-ahead may be given to a viewer; that fetch is over.
                        Err(_) if run.was_prefetch_only(this.object.source.dynamic_priority()) => {
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
