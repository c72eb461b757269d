//! Finds where the pictures of a stream begin, and which of them are key frames.

use std::collections::VecDeque;

use super::elementary::is_key_frame;
use super::packet::Packet;
use super::pes::{PesHeader, unwrapped};
use crate::Codec;

/// Bytes of a picture in which its kind is looked for: parameter sets and messages stand in front of its slices.
const MAX_HEAD_BYTES: usize = 8 << 10;

/// The beginning of a picture; in a stream of sound, of any PES packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PictureStart {
    /// Position in the file of its first packet.
    pub offset: u64,
    /// Its presentation time in ticks, without wrapping around.
    pub time: i64,
    pub is_key: bool,
}

/// Follows the packets of one PID.
#[derive(Debug)]
pub(super) struct PictureFinder {
    codec: Codec,
    /// The first time of the film; `None` until one was seen.
    first: Option<i64>,
    pending: Option<PendingPicture>,
    found: VecDeque<PictureStart>,
}

/// A picture whose kind is not known yet.
#[derive(Debug)]
struct PendingPicture {
    offset: u64,
    time: i64,
    head: Vec<u8>,
}

impl PictureFinder {
    pub fn new(codec: Codec, first: Option<i64>) -> Self {
        PictureFinder {
            codec,
            first,
            pending: None,
            found: VecDeque::new(),
        }
    }

    /// Takes a packet of the PID, whose unit stands at `offset`.
    pub fn push(&mut self, packet: Packet<'_>, offset: u64) {
        let Some(payload) = packet.payload() else {
            return;
        };
        if packet.starts_unit() {
            self.decide(Some(false));
            let Some(header) = PesHeader::parse(payload) else {
                return;
            };
            let Some(time) = header.time else { return };
            let first = *self.first.get_or_insert(time);
            self.pending = Some(PendingPicture {
                offset,
                time: unwrapped(time, first),
                head: payload.get(header.bytes..).unwrap_or(&[]).to_vec(),
            });
            if packet.is_random_access() {
                self.decide(Some(true));
            }
        } else if let Some(pending) = &mut self.pending {
            pending.head.extend_from_slice(payload);
        }
        let Some(pending) = &self.pending else { return };
        let is_key = is_key_frame(self.codec, &pending.head);
        let is_long = pending.head.len() > MAX_HEAD_BYTES;
        self.decide(is_key.or(is_long.then_some(false)));
    }

    fn decide(&mut self, is_key: Option<bool>) {
        if let Some(is_key) = is_key
            && let Some(PendingPicture { offset, time, .. }) = self.pending.take()
        {
            self.found.push_back(PictureStart {
                offset,
                time,
                is_key,
            });
        }
    }

    /// Returns the next picture whose kind is known, in the order of the file.
    pub fn next(&mut self) -> Option<PictureStart> {
        self.found.pop_front()
    }

    /// Returns the last picture if its kind is unknown still.
    pub fn finish(&mut self) -> Option<PictureStart> {
        self.decide(Some(false));
        self.next()
    }
}
