//! The byte engine: from an object that can be opened anywhere to bytes that a viewer can trust.
//!
//! An object is a segment, or the original of a file. Its upstream address may run out, its
//! connection may be cut at any byte, and the upstream may ignore the range that it was asked for;
//! what leaves this room is exactly the bytes that were wanted, in order, or an error. Nothing is
//! ever padded, and bytes of two contents are never mixed.
//!
//! This room owns every retry of media. It knows neither drives' names nor viewers' HTTP.

mod resume;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

use crate::drives::{DriveError, Incoming};
use crate::media::ByteRange;

pub use resume::read;

/// An object that can be opened at any byte, and found again when its address has run out.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// Opens the object at byte `from`, up to and with `last` where given. May answer from byte 0.
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError>;

    /// Gets a fresh address, once for all who are waiting for one. Fails where the content behind
    /// it is no longer the same.
    async fn renew(&self) -> Result<(), DriveError>;
}

/// What a viewer wants of an object.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The bytes; `None` for all of them.
    pub range: Option<ByteRange>,
    /// Bytes of the whole object, where they are known beforehand: a body of another length is refused.
    pub length: Option<u64>,
}

/// Bytes on their way. The first of them has already arrived.
pub struct Reading {
    /// Bytes of the whole object, where known.
    pub length: Option<u64>,
    /// The bytes that were wanted. An error is the last item; after it nothing comes.
    pub body: BoxStream<'static, Result<Bytes, DriveError>>,
}
