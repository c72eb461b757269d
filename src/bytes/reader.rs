//! One viewer's way through one object, over blocks that are kept and runs that are under way.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;

use super::Object;
use super::ahead::Follower;
use super::block::{Block, Cut};
use super::engine::{Found, Parts};
use super::run::{Run, Step};
use drives::DriveError;

/// A reader at a position of its own.
pub(super) struct Reader {
    parts: Arc<Parts>,
    object: Object,
    cut: Cut,
    position: u64,
    end: u64,
    id: u64,
    place: Place,
    /// Who is told how far it is.
    follower: Option<Box<Follower>>,
}

/// Where the next bytes come from.
enum Place {
    /// Not known: look in the cache, then for a run.
    Unknown,
    /// A kept block, by its index.
    Kept(u64, Arc<Block>),
    /// A run.
    Run(Arc<Run>),
    /// It failed: nothing comes any more.
    Over,
}

impl Reader {
    /// A reader of bytes `position..end`.
    pub fn new(parts: Arc<Parts>, object: Object, cut: Cut, position: u64, end: u64) -> Self {
        let id = parts.new_reader();
        Reader {
            parts,
            object,
            cut,
            position,
            end,
            id,
            place: Place::Unknown,
            follower: None,
        }
    }

    /// The same for a viewer, ahead of whom it may be read.
    pub fn followed(mut self) -> Self {
        let (object, position) = (&self.object, self.position);
        self.follower = Follower::of(&self.parts, object, self.cut, position, self.end);
        self
    }

    /// The byte that it reads next.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Whether what it has read stays for those behind it.
    pub fn is_kept(&self) -> bool {
        match &self.place {
            Place::Run(run) => run.is_keeping(),
            Place::Unknown | Place::Kept(..) | Place::Over => true,
        }
    }

    fn find(&self) -> Place {
        match self
            .parts
            .find(&self.object, self.cut, self.id, self.position, self.end)
        {
            Found::Kept(block) => Place::Kept(self.cut.index(self.position), block),
            Found::Run(run) => Place::Run(run),
        }
    }

    fn go(&mut self, place: Place) {
        if let Place::Run(run) = std::mem::replace(&mut self.place, place) {
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
                this.go(Place::Over);
                return Poll::Ready(None);
            }
            match &this.place {
                Place::Over => return Poll::Ready(None),
                Place::Unknown => {
                    let place = this.find();
                    this.go(place);
                }
                Place::Kept(index, block) => match block.at(this.position - this.cut.start(*index))
                {
                    Some(chunk) => return Poll::Ready(Some(Ok(this.advance(chunk)))),
                    None => this.go(Place::Unknown),
                },
                Place::Run(run) => {
                    match std::task::ready!(run.poll_at(this.id, this.position, context)) {
                        Ok(Step::Bytes(chunk)) => {
                            return Poll::Ready(Some(Ok(this.advance(chunk))));
                        }
                        Ok(Step::Leave) => this.go(Place::Unknown),
                        // What was refused to read-ahead may be given to a viewer; that fetch is over.
                        Err(_) if run.was_begun_for_less(this.object.source.urgency()) => {
                            this.go(Place::Unknown);
                        }
                        Err(error) => {
                            this.go(Place::Over);
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
        self.go(Place::Over);
    }
}
