//! The frames of one block.

use super::super::block::{self, Lacing};
use super::{BlockParser, Frame};
use crate::ContainerError;

/// Maximum bytes of a block's lacing sizes. Those of 256 frames of 16 KiB in Xiph lacing are fewer.
const MAX_LACING_BYTES: usize = 32 << 10;

impl BlockParser {
    /// Handles the frames of a block whose content starts at `content`. Returns false if more bytes are needed.
    pub(super) fn block(
        &mut self,
        bytes: &[u8],
        content: u64,
        size: u64,
        simple: bool,
    ) -> Result<bool, ContainerError> {
        let bytes = &bytes[..bytes.len().min(usize::try_from(size).unwrap_or(usize::MAX))];
        let all_here = bytes.len() as u64 == size;
        let header = match block::header(bytes) {
            Ok(header) => header,
            Err(ContainerError::Truncated)
                if !all_here && bytes.len() < block::MAX_HEADER_BYTES =>
            {
                return Ok(false);
            }
            Err(ContainerError::Truncated) => {
                return Err(ContainerError::Malformed("a block is cut off"));
            }
            Err(error) => return Err(error),
        };
        let length = usize::try_from(size)
            .ok()
            .filter(|_| size <= u64::from(u32::MAX))
            .ok_or(ContainerError::Malformed(
                "a block is larger than any frame",
            ))?
            - header.length;
        let data = &bytes[header.length..];
        let ranges = match block::frames(header.lacing, data, length) {
            Ok(ranges) => ranges,
            Err(ContainerError::Truncated) if !all_here && data.len() < MAX_LACING_BYTES => {
                return Ok(false);
            }
            Err(ContainerError::Truncated) => {
                return Err(ContainerError::Malformed(
                    "the sizes in a block are cut off",
                ));
            }
            Err(error) => return Err(error),
        };
        let time = self.time.ok_or(ContainerError::Malformed(
            "a block comes before its cluster's time",
        ))? + i64::from(header.time);
        let element = self.group.map_or(self.position, |group| group.position);
        let cluster = self.cluster.ok_or(ContainerError::Malformed(
            "a block stands where it must not",
        ))?;
        let place = (cluster.position, element.saturating_sub(cluster.content));
        let count = ranges.len().min(block::MAX_FRAMES) as u16;
        let start = content + header.length as u64;
        let frames = ranges.into_iter().zip(0..count).map(|(range, n)| Frame {
            track: header.track,
            time,
            duration: None,
            key: header.key,
            offset: start + range.start as u64,
            size: range.len() as u32,
            lace: (n, count),
            place,
        });
        debug_assert!(header.lacing != Lacing::None || count == 1);
        if simple {
            self.frames.extend(frames);
        } else {
            self.pending.extend(frames);
        }
        Ok(true)
    }
}
