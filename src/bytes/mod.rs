//! The byte engine: from an object that can be opened anywhere to bytes that a viewer can trust, with
//! one upstream fetch for everybody who wants the same bytes.
//!
//! ```text
//!   viewer ── reader ──┬── cache     blocks of objects, by content, in memory
//!   viewer ── reader ──┤
//!   viewer ── reader ──┴── run ──┬── disk         blocks that were here before
//!             position     one   └── resume ───── source (a drive)
//!             of its own   fetch     cut, expiry,
//!                          for all   ignored range
//! ```
//!
//! An object is a segment, or the original of a file. It is known by its content, not by its
//! address: another viewer, a rewind or a re-signed address meet the same bytes. Whoever reads
//! furthest ahead drives the fetch; the others take what has arrived, each at a position of its
//! own, so a slow viewer holds back nobody and a viewer who leaves stops what nobody else wants.
//!
//! Its upstream address may run out, its connection may be cut at any byte, and the upstream may
//! ignore the range that it was asked for; what leaves this room is exactly the bytes that were
//! wanted, in order, or an error. Nothing is ever padded, and bytes of two contents are never mixed.
//!
//! This room owns every retry of media. It knows neither drives' names nor viewers' HTTP.

mod block;
mod disk;
mod engine;
mod parallel;
mod prefetch;
mod progress;
mod reader;
mod resume;
mod shared_fetch;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

use crate::governor::DynamicPriority;
use drives::{DriveError, Incoming};
use media::ByteRange;

pub use disk::{Disk, DiskStats};
pub use engine::{Engine, EngineStats};
pub use prefetch::PrefetchSource;
pub use progress::{CacheStatus, FetchProgress};

/// An object that can be opened at any byte, and found again when its address has run out.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// Opens the object at byte `from`, up to and with `last` where given. May answer from byte 0.
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError>;

    /// Gets a fresh address, once for all who are waiting for one. Fails where the content behind
    /// it is no longer the same.
    async fn renew(&self) -> Result<(), DriveError>;

    /// How urgent opening it is; those who want the same bytes are counted in it as long as they do.
    fn dynamic_priority(&self) -> Option<&DynamicPriority> {
        None
    }

    /// How it is read ahead of who reads it in order; `None` where it is not.
    fn prefetch_source(&self) -> Option<PrefetchSource> {
        None
    }
}

/// Something with bytes: a segment, a whole rendition, or an original.
#[derive(Clone)]
pub struct Object {
    /// Where its bytes come from.
    pub source: Arc<dyn Source>,
    /// Bytes of the whole, where known. A body of another length is refused.
    pub length: Option<u64>,
    /// Names the content: never the same for other bytes. Without quotes.
    pub etag: String,
    /// Whether its bytes may be kept and shared. An object made of others is not: they are.
    pub shared: bool,
}

/// Bytes on their way. The first of them has already arrived.
pub struct ObjectBody {
    /// Bytes of the whole object, where known.
    pub length: Option<u64>,
    /// The bytes that were wanted. An error is the last item; after it nothing comes.
    pub body: BoxStream<'static, Result<Bytes, DriveError>>,
}

/// What is wanted of an object.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ReadRequest {
    /// The bytes; `None` for all of them.
    pub range: Option<ByteRange>,
    /// Bytes of the whole object, where they are known beforehand.
    pub length: Option<u64>,
}
