//! The identity of a block on disk. Its encoding is in [`super::disk`].

use sha2::{Digest, Sha256};

/// The header of a block on disk, without the checksums of its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BlockHeader {
    /// The SHA-256 of the offset and the content's name.
    pub key: [u8; 32],
    /// The length of the whole object in bytes.
    pub object_length: u64,
    /// The offset of the block in the object.
    pub offset: u64,
    /// The length of the block in bytes.
    pub length: u64,
}

/// Returns the key of the block at `offset` of an object.
pub(super) fn block_key(object: &str, offset: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(offset.to_le_bytes());
    hash.update(object.as_bytes());
    hash.finalize().into()
}

impl BlockHeader {
    /// Creates the header of the block of `length` bytes at `offset` of the object named `object`.
    pub fn new(object: &str, object_length: u64, offset: u64, length: u64) -> Self {
        BlockHeader {
            key: block_key(object, offset),
            object_length,
            offset,
            length,
        }
    }
}
