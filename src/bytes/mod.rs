//! The byte engine: reads objects that can be opened at any byte, with one upstream fetch for all
//! concurrent readers of the same bytes.
//!
//! ```text
//!   viewer ── reader ──┬── cache       blocks of objects, by content, in memory
//!   viewer ── reader ──┤
//!   viewer ── reader ──┴── shared ──┬── disk        blocks from before
//!            one position  fetch    └── resume ───── source (a drive)
//!            each                       cut, expiry, ignored range
//! ```
//!
//! An object is a segment, or the original of a file. It is identified by its content, not by its URL:
//! another viewer, a rewind or a re-signed URL hit the same cached bytes. The reader that is furthest ahead
//! drives the fetch. The others take what has arrived, each at its own position, so a slow viewer delays no
//! other one, and a fetch stops with its last viewer.
//!
//! The upstream URL may expire, the connection may be cut at any byte, and the upstream may ignore the
//! range of a request. The engine returns exactly the requested bytes, in order, or an error. It never
//! pads, and never mixes bytes of two contents.
//!
//! This module owns every retry of media. It does not depend on the names of drives or on viewers' HTTP.

mod block;
mod block_cache;
mod block_header;
mod disk;
mod engine;
mod engine_state;
mod memory_budget;
mod pace;
mod page_pool;
mod parallel;
mod prefetch;
mod progress;
mod reader;
mod request_chain;
mod resume;
mod shared_fetch;
#[cfg(test)]
mod test_content;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

use crate::governor::DynamicPriority;
use drives::{DriveError, Incoming};
use media::ByteRange;

pub use disk::{Disk, DiskStats};
pub use engine::{Engine, EngineStats, PrefetchOutcome};
pub use prefetch::PrefetchSource;
pub use progress::{CacheStatus, FetchProgress};

/// An object that can be opened at any byte, and whose URL can be renewed after it expired.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// Opens the object at byte `from`, up to and including `last` if given. The answer may begin at byte
    /// 0.
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError>;

    /// Renews the upstream URL, once for all concurrent callers.
    ///
    /// # Errors
    ///
    /// Fails if the content behind the new URL is another one.
    async fn renew(&self) -> Result<(), DriveError>;

    /// Returns the priority of opening it, which rises with its readers. `None` if it has no priority.
    fn dynamic_priority(&self) -> Option<&DynamicPriority> {
        None
    }

    /// Returns the size of the blocks in which its bytes are cached; `None` for the usual one. It never changes for
    /// an ETag.
    fn block_bytes(&self) -> Option<u64> {
        None
    }

    /// Returns the rate of the content in bytes per second, by which a connection is judged; `None` if it is unknown.
    fn bytes_per_s(&self) -> Option<f64> {
        None
    }

    /// Returns the source by which the object is prefetched for sequential readers; `None` if it is not
    /// prefetched.
    fn prefetch_source(&self) -> Option<PrefetchSource> {
        None
    }
}

/// Something with bytes: a segment, a whole rendition, or an original.
#[derive(Clone)]
pub struct Object {
    /// The source of its bytes.
    pub source: Arc<dyn Source>,
    /// Length in bytes, if known. A body of another length is an error.
    pub length: Option<u64>,
    /// Identifies the content: never the same for other bytes. Without quotes.
    pub etag: String,
    /// True if its bytes may be cached and shared. False for objects composed of other objects, which are
    /// cached themselves.
    pub shared: bool,
}

/// A body whose first byte has already arrived.
pub struct ObjectBody {
    /// Length of the whole object in bytes, if known.
    pub length: Option<u64>,
    /// The requested bytes. An error is the last item.
    pub body: BoxStream<'static, Result<Bytes, DriveError>>,
}

/// A request for bytes of an object.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ReadRequest {
    /// The bytes; `None` for all.
    pub range: Option<ByteRange>,
    /// Length of the whole object in bytes, if known beforehand.
    pub length: Option<u64>,
    /// True if the viewer has bytes of the object already.
    pub is_continued: bool,
}
