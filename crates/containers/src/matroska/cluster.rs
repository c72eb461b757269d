//! A push parser of clusters (RFC 9559 §5.1.3): takes bytes of the file, returns positions and times of frames.
//!
//! Only headers are parsed. Frame data is skipped unread, so a caller with random access can continue at
//! [`BlockParser::position`], and one that streams pushes every byte it has. Memory is bounded by the longest
//! header.

mod frames;

use std::collections::VecDeque;

use super::{ebml, ids};
use crate::ContainerError;

/// Maximum bytes of a number in a cluster.
const MAX_NUMBER_BYTES: u64 = 8;

/// One frame of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub track: u64,
    /// Time of the block in the file's unit.
    pub time: i64,
    /// Duration of the block in the file's unit; `None` if it has none.
    pub duration: Option<u64>,
    pub key: bool,
    /// Position of the frame's bytes in the file.
    pub offset: u64,
    pub size: u32,
    /// Index of the frame in its block, and the number of frames there.
    pub lace: (u16, u16),
    /// Position of the frame's Cluster in the file, and of its SimpleBlock or BlockGroup in the content of that.
    pub place: (u64, u64),
}

/// Position of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClusterStart {
    pub position: u64,
    /// Start of its content.
    pub content: u64,
    /// End of its content; `None` if its size is unknown.
    pub end: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Group {
    end: u64,
    position: u64,
    duration: Option<u64>,
    referenced: bool,
}

/// The parser's state. See the module.
#[derive(Debug)]
pub(crate) struct BlockParser {
    /// Position in the file of the next byte that is needed.
    position: u64,
    /// Bytes of a header that is not complete yet.
    buffer: Vec<u8>,
    cluster: Option<ClusterStart>,
    time: Option<i64>,
    group: Option<Group>,
    /// Frames of the group that is being read.
    pending: Vec<Frame>,
    frames: VecDeque<Frame>,
    /// Elements at or after this position are not parsed.
    end: u64,
    done: bool,
    /// Elements seen.
    steps: u64,
}

impl BlockParser {
    /// Creates a parser that starts at the header of a Cluster, or of another element of the Segment, and stops
    /// at `end`.
    pub(crate) fn new(position: u64, end: u64) -> Self {
        BlockParser {
            position,
            buffer: Vec::new(),
            cluster: None,
            time: None,
            group: None,
            pending: Vec::new(),
            frames: VecDeque::new(),
            end,
            done: position >= end,
            steps: 0,
        }
    }

    /// Returns the position of the next byte that is needed.
    pub(crate) fn position(&self) -> u64 {
        self.position + self.buffer.len() as u64
    }

    /// Returns the position before which all frames were returned.
    pub(crate) fn pending_from(&self) -> u64 {
        self.group.map_or(self.position, |group| group.position)
    }

    /// Returns true once all elements before the end were seen.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// Returns the cluster that is being read; `None` between clusters.
    pub(crate) fn cluster(&self) -> Option<ClusterStart> {
        self.cluster
    }

    /// Returns the next frame; `None` until more bytes are pushed.
    pub(crate) fn next_frame(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }

    /// Skips the rest of the cluster that is being read. Does nothing if its end is unknown.
    pub(crate) fn skip_cluster(&mut self) {
        if let Some(end) = self.cluster.and_then(|cluster| cluster.end) {
            self.leave_group();
            self.buffer.clear();
            self.position = end.max(self.position);
            self.cluster = None;
            self.done |= self.position >= self.end;
        }
    }

    /// Takes bytes of the file that start at or before [`position`](Self::position); those before are ignored.
    ///
    /// # Errors
    /// `Malformed` if the bytes are no clusters or are invalid.
    pub(crate) fn push(&mut self, offset: u64, bytes: &[u8]) -> Result<(), ContainerError> {
        let mut at = match self.position().checked_sub(offset) {
            Some(known) => usize::try_from(known).unwrap_or(usize::MAX),
            None => return Err(ContainerError::Malformed("bytes of a cluster are missing")),
        };
        while !self.done && at < bytes.len() {
            let before = self.buffer.len();
            let consumed = if before == 0 {
                self.element(&bytes[at..])?
            } else {
                // The last piece ended within a header: a little more is enough for nearly all headers.
                let more = bytes.len().min(at + 64.max(before)) - at;
                let mut joined = std::mem::take(&mut self.buffer);
                joined.extend_from_slice(&bytes[at..at + more]);
                match self.element(&joined)? {
                    Some(consumed) => Some(consumed),
                    None => {
                        self.buffer = joined;
                        at += more;
                        continue;
                    }
                }
            };
            match consumed {
                Some(consumed) => {
                    self.position += consumed;
                    self.done |= self.position >= self.end;
                    let Some(next) = self
                        .position
                        .checked_sub(offset)
                        .and_then(|next| usize::try_from(next).ok())
                    else {
                        return Err(ContainerError::Malformed("bytes of a cluster are missing"));
                    };
                    at = next;
                }
                None => {
                    self.buffer = bytes[at..].to_vec();
                    break;
                }
            }
            self.close_ended();
        }
        Ok(())
    }

    /// Ends all open elements at the end of the file. Frames of a group that is cut off are returned as well.
    pub(crate) fn finish(&mut self) {
        self.leave_group();
        self.done = true;
    }

    /// Handles the element at the start of `bytes`. Returns the number of bytes to advance by; `None` if more
    /// bytes are needed.
    fn element(&mut self, bytes: &[u8]) -> Result<Option<u64>, ContainerError> {
        let header = match ebml::header(bytes) {
            Ok(header) => header,
            Err(ContainerError::Truncated) if bytes.len() < ebml::MAX_HEADER_BYTES => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let content = self.position + header.length as u64;
        if self.cluster.is_none() || self.cluster.is_some_and(|cluster| cluster.end.is_none()) {
            if ids::ends_cluster(header.id) {
                self.steps += 1;
                return self.segment_element(header, content).map(Some);
            }
            if self.cluster.is_none() && self.steps == 0 {
                return Err(ContainerError::Malformed(
                    "a cue does not lead to a cluster",
                ));
            }
        }
        let size = header.size.ok_or(ContainerError::Malformed(
            "an element within a cluster has no size",
        ))?;
        let end = content
            .checked_add(size)
            .filter(|&end| self.limit().is_none_or(|limit| end <= limit))
            .ok_or(ContainerError::Malformed(
                "an element reaches past the one that holds it",
            ))?;
        let whole = header.length as u64 + size;
        let value = &bytes[header.length..];
        let consumed = match header.id {
            _ if self.cluster.is_none() => Some(whole),
            ids::BLOCK_GROUP if self.group.is_none() => {
                self.group = Some(Group {
                    end,
                    position: self.position,
                    duration: None,
                    referenced: false,
                });
                Some(header.length as u64)
            }
            ids::SIMPLE_BLOCK | ids::BLOCK => {
                // Otherwise, a group of unknown size could hold a Block of its own and a SimpleBlock.
                let simple = header.id == ids::SIMPLE_BLOCK;
                if simple && self.group.is_some() || !simple && self.group.is_none() {
                    return Err(ContainerError::Malformed(
                        "a block stands where it must not",
                    ));
                }
                self.block(value, content, size, simple)?.then_some(whole)
            }
            ids::TIMESTAMP | ids::BLOCK_DURATION if size > MAX_NUMBER_BYTES => {
                return Err(ContainerError::Malformed(
                    "an integer is longer than eight bytes",
                ));
            }
            ids::TIMESTAMP => match value.get(..size as usize) {
                None => None,
                Some(value) => {
                    let time = i64::try_from(ebml::unsigned(value)?)
                        .ok()
                        .filter(|&time| time < i64::MAX >> 16)
                        .ok_or(ContainerError::Malformed("a cluster's time is absurd"))?;
                    self.time = Some(time);
                    Some(whole)
                }
            },
            ids::BLOCK_DURATION => match (value.get(..size as usize), &mut self.group) {
                (None, _) => None,
                (Some(value), Some(group)) => {
                    group.duration = Some(ebml::unsigned(value)?).filter(|&ticks| ticks < 1 << 40);
                    Some(whole)
                }
                (Some(_), None) => Some(whole),
            },
            ids::REFERENCE_BLOCK => {
                if let Some(group) = &mut self.group {
                    group.referenced = true;
                }
                Some(whole)
            }
            _ => Some(whole),
        };
        if consumed.is_some() {
            self.steps += 1;
        }
        Ok(consumed)
    }

    /// Handles an element of the Segment itself.
    fn segment_element(
        &mut self,
        header: ebml::Header,
        content: u64,
    ) -> Result<u64, ContainerError> {
        self.leave_group();
        self.cluster = None;
        if header.id == ids::CLUSTER {
            let end = match header.size {
                Some(size) => Some(
                    content
                        .checked_add(size)
                        .ok_or(ContainerError::Malformed("a cluster reaches past the file"))?,
                ),
                None => None,
            };
            self.time = None;
            self.cluster = Some(ClusterStart {
                position: self.position,
                content,
                end,
            });
            return Ok(header.length as u64);
        }
        match header.size {
            Some(size) => (header.length as u64)
                .checked_add(size)
                .filter(|&whole| self.position.checked_add(whole).is_some())
                .ok_or(ContainerError::Malformed(
                    "an element reaches past the file",
                )),
            // A live stream may start a new Segment, which does not belong to this film.
            None => {
                self.done = true;
                Ok(header.length as u64)
            }
        }
    }

    /// Returns the position that the next element must not extend past.
    fn limit(&self) -> Option<u64> {
        let cluster = self.cluster.and_then(|cluster| cluster.end);
        self.group.map(|group| group.end).or(cluster)
    }

    /// Closes groups and clusters that end here.
    fn close_ended(&mut self) {
        if self.group.is_some_and(|group| self.position >= group.end) {
            self.leave_group();
        }
        if self
            .cluster
            .is_some_and(|cluster| cluster.end.is_some_and(|end| self.position >= end))
        {
            self.leave_group();
            self.cluster = None;
        }
    }

    fn leave_group(&mut self) {
        let Some(group) = self.group.take() else {
            return;
        };
        for mut frame in self.pending.drain(..) {
            frame.duration = group.duration;
            frame.key = !group.referenced;
            self.frames.push_back(frame);
        }
    }
}
