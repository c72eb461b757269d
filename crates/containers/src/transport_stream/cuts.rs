//! The positions at which a film is cut, found on demand.
//!
//! A transport stream has no index. So a segment has a planned time, and the cut is the first key frame from that time
//! on: a rule that leads to the same position whichever viewer asks, so that segments neither overlap nor leave a gap.
//! A segment that is read finds the next cut on the way; after a seek it is looked for between the nearest known ones, by
//! interpolation. Clock references are dense, but say when bytes arrive; the times of pictures, a few of which are in
//! every probe, say what is shown.

use std::sync::{Mutex, PoisonError};

use super::packet::{Framing, PacketReader};
use super::pes::TICKS_PER_S;
use super::pictures::{PictureFinder, PictureStart};
use crate::{Codec, ContainerError, ReadRange, SegmentPlan};

/// The time by which pictures that are decoded after another one may be shown before it.
const MAX_REORDER: i64 = TICKS_PER_S;

/// A position this far before a cut is close enough for reading on from there.
const CLOSE: i64 = 4 * TICKS_PER_S;

/// Positions that are looked at in search of a cut.
const MAX_PROBES: u32 = 12;

/// Bytes that are read in search of a picture, and of a cut from a position close to it.
const MAX_PROBE_BYTES: u64 = 4 << 20;
const MAX_SEARCH_BYTES: u64 = 64 << 20;

/// A cut that is not known.
const UNKNOWN: u64 = u64::MAX;

/// The cuts of a film.
#[derive(Debug)]
pub(super) struct Cuts {
    pub framing: Framing,
    pub size: u64,
    /// The stream whose key frames are the cuts.
    pub pid: u16,
    pub codec: Codec,
    /// The first time of that stream.
    pub first: i64,
    pub plan: SegmentPlan,
    /// One position for each segment, and that of the end.
    known: Mutex<Vec<u64>>,
}

impl Cuts {
    /// Creates the cuts of a film of which these are known, each with its segment.
    pub fn new(
        framing: Framing,
        size: u64,
        (pid, codec): (u16, Codec),
        first: i64,
        plan: SegmentPlan,
        found: impl Iterator<Item = (usize, u64)>,
    ) -> Self {
        let mut known = vec![UNKNOWN; plan.len() + 1];
        for (n, position) in found {
            if let Some(place) = known.get_mut(n) {
                *place = position;
            }
        }
        known[0] = framing.start;
        known[plan.len()] = size;
        Cuts {
            framing,
            size,
            pid,
            codec,
            first,
            plan,
            known: Mutex::new(known),
        }
    }

    /// Returns the bytes of memory that the cuts take.
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.plan.memory_bytes() + (self.plan.len() + 1) * 8
    }

    /// Returns the planned time of the cut before segment `n`; that of the end, past all others, for the last.
    pub fn time(&self, n: usize) -> i64 {
        self.plan
            .get(n)
            .map_or(i64::MAX / 2, |segment| segment.start)
    }

    /// Returns the position of the cut before segment `n` if it is known.
    pub fn known(&self, n: usize) -> Option<u64> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(n)
            .copied()
            .filter(|position| *position != UNKNOWN)
    }

    fn learn(&self, n: usize, position: u64) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = known.get_mut(n) {
            *place = position;
        }
    }

    /// Returns the position of the cut before segment `n`.
    ///
    /// # Errors
    /// `Malformed` where no picture can be found, and those of the reader.
    pub async fn find<R: ReadRange>(&self, reader: &R, n: usize) -> Result<u64, ContainerError> {
        if let Some(position) = self.known(n) {
            return Ok(position);
        }
        let from = self.close_before(reader, n).await?;
        self.find_from(reader, from, n).await
    }

    /// Returns the nearest known cuts around segment `n`: positions with their times.
    fn bounds(&self, n: usize) -> ((u64, i64), (u64, i64)) {
        let before = (0..n)
            .rev()
            .find_map(|n| Some((self.known(n)?, self.time(n))));
        let last = self.plan.len();
        let after = (n + 1..last).find_map(|n| Some((self.known(n)?, self.time(n))));
        let end = self.plan.iter().last();
        let end = end.map_or(self.first, |last| last.start + last.duration);
        (
            before.unwrap_or((self.framing.start, self.first)),
            after.unwrap_or((self.size, end)),
        )
    }

    /// Returns a position before the cut of segment `n` and close to it.
    async fn close_before<R: ReadRange>(
        &self,
        reader: &R,
        n: usize,
    ) -> Result<u64, ContainerError> {
        let wanted = self.time(n);
        let (mut low, mut high) = self.bounds(n);
        for _ in 0..MAX_PROBES {
            let target = wanted - MAX_REORDER - CLOSE / 2;
            if wanted - low.1 <= CLOSE + MAX_REORDER || low.0 + MAX_PROBE_BYTES / 16 >= high.0 {
                break;
            }
            let share = (target - low.1) as f64 / (high.1 - low.1).max(1) as f64;
            let guess = low.0 + ((high.0 - low.0) as f64 * share.clamp(0.0, 0.98)) as u64;
            let guess = self.framing.align(guess);
            if guess <= low.0 {
                break;
            }
            match self.picture_after(reader, guess).await? {
                Some(picture) if picture.time < wanted - MAX_REORDER => {
                    low = (guess, picture.time);
                }
                Some(picture) => high = (guess, picture.time.max(low.1 + 1)),
                None => high.0 = guess,
            }
        }
        Ok(low.0)
    }

    /// Returns the first picture that begins after a position; `None` if there is none nearby.
    async fn picture_after<R: ReadRange>(
        &self,
        reader: &R,
        position: u64,
    ) -> Result<Option<PictureStart>, ContainerError> {
        let mut packets = PacketReader::new(self.framing, position);
        let mut finder = PictureFinder::new(self.codec, Some(self.first));
        while packets.position() < position + MAX_PROBE_BYTES && packets.fill(reader).await? {
            while let Some(start) = packets.take() {
                let packet = packets.packet(start);
                if packet.pid() == self.pid {
                    finder.push(packet, packets.offset(start));
                    if let Some(found) = finder.next() {
                        return Ok(Some(found));
                    }
                }
            }
        }
        Ok(finder.finish())
    }

    /// Returns the position of the cut before segment `n`, which is not before `from`: the first key frame in the
    /// segment's time. A segment without one begins with another picture.
    ///
    /// # Errors
    /// Those of [`find`](Self::find).
    pub async fn find_from<R: ReadRange>(
        &self,
        reader: &R,
        from: u64,
        n: usize,
    ) -> Result<u64, ContainerError> {
        let (wanted, end) = (self.time(n), self.time(n + 1));
        let mut packets = PacketReader::new(self.framing, from);
        let mut finder = PictureFinder::new(self.codec, Some(self.first));
        let mut any: Option<u64> = None;
        let found = 'search: loop {
            let is_far = packets.position() > from + MAX_SEARCH_BYTES;
            if is_far || !packets.fill(reader).await? {
                break any;
            }
            while let Some(start) = packets.take() {
                let packet = packets.packet(start);
                if packet.pid() != self.pid {
                    continue;
                }
                finder.push(packet, packets.offset(start));
                while let Some(picture) = finder.next() {
                    if picture.time < wanted {
                        continue;
                    }
                    if picture.is_key && picture.time < end {
                        break 'search Some(picture.offset);
                    }
                    any = any.or(Some(picture.offset));
                    if picture.time > end.saturating_add(MAX_REORDER) {
                        break 'search any;
                    }
                }
            }
        };
        let at_end = packets.position() + MAX_PROBE_BYTES > self.size;
        let found = found.or_else(|| finder.finish().map(|picture| picture.offset));
        let found = found.or(at_end.then_some(self.size));
        let found = found.ok_or(ContainerError::Malformed(
            "a transport stream without pictures",
        ))?;
        self.learn(n, found);
        Ok(found)
    }
}
