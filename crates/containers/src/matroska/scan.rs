//! A walk over the clusters of a file without Cues, for its key frames.
//!
//! Only headers are read: the start of each cluster up to its first key frame; in clusters of unknown size,
//! every block's header. The caller drives the walk in steps of its choice, and can take the plan of the
//! segments found so far.

use super::cluster::BlockParser;
use super::plan::KeyFrame;
use super::{Matroska, info::MatroskaClock};
use crate::{ContainerError, ReadRange};

/// Bytes of one read, which contains a cluster's header and the headers of its first blocks.
const READ_BYTES: u64 = 16 << 10;
/// Maximum number of key frames: two per second for a day.
const MAX_KEY_FRAMES: usize = 200_000;
/// A key frame no further than this from the start of its cluster is its first block.
const CLUSTER_START_BYTES: u64 = 40;

/// The state of a walk. It can be kept and resumed.
#[derive(Debug)]
pub struct Scan {
    clock: MatroskaClock,
    reference: u64,
    frame_ns: Option<u64>,
    parser: BlockParser,
    media_end: u64,
    keys: Vec<KeyFrame>,
    /// Time of the last frame of any media track.
    last: i64,
    cluster: Option<u64>,
    found_in_cluster: bool,
    /// Start of the last cluster that was left before its end.
    skipped: Option<u64>,
    /// True while the last cluster is walked to its end, for the end of the film.
    in_tail: bool,
    done: bool,
}

/// The outcome of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanProgress {
    /// The walk is not finished.
    More,
    /// All clusters were seen.
    Done,
}

impl Scan {
    /// Starts at the first cluster.
    pub fn new(matroska: &Matroska) -> Scan {
        let reference = &matroska.carried[matroska.reference];
        let (start, end) = matroska.media;
        Scan {
            clock: matroska.clock,
            reference: reference.number,
            frame_ns: reference.frame_ns,
            parser: BlockParser::new(start, end),
            media_end: end,
            keys: Vec::new(),
            last: 0,
            cluster: None,
            found_in_cluster: false,
            skipped: None,
            in_tail: false,
            done: false,
        }
    }

    /// Returns the position in the file that the walk has reached.
    pub fn position(&self) -> u64 {
        self.parser.position()
    }

    /// Makes up to `reads` reads of 16 KiB. In a file that is damaged or cut off, the walk ends where the
    /// damage begins.
    ///
    /// # Errors
    /// `Malformed` if not even one key frame was found, `OverBudget` for more key frames than a film has, and
    /// those of the reader.
    pub async fn step<R: ReadRange>(
        &mut self,
        reader: &R,
        reads: u32,
    ) -> Result<ScanProgress, ContainerError> {
        for _ in 0..reads {
            if self.done {
                break;
            }
            let at = self.parser.position();
            let length = self
                .media_end
                .min(reader.size())
                .saturating_sub(at)
                .min(READ_BYTES);
            if length == 0 || self.parser.is_done() {
                self.end();
                continue;
            }
            let bytes = match reader.read(at, length as usize).await {
                Ok(bytes) if !bytes.is_empty() => bytes,
                Ok(_) | Err(ContainerError::Truncated) => {
                    self.end();
                    continue;
                }
                Err(error) => return Err(error),
            };
            self.walk(at, &bytes)?;
        }
        Ok(if self.done {
            ScanProgress::Done
        } else {
            ScanProgress::More
        })
    }

    fn walk(&mut self, at: u64, bytes: &[u8]) -> Result<(), ContainerError> {
        // In small portions, so that the walk can leave a cluster at its first key frame.
        for (n, portion) in bytes.chunks(512).enumerate() {
            let start = at + 512 * n as u64;
            if self.parser.position() > start + portion.len() as u64 || self.done {
                continue;
            }
            let pushed = self.parser.push(start, portion);
            self.take_frames()?;
            if let Err(error) = pushed {
                if self.keys.is_empty() {
                    return Err(error);
                }
                self.media_end = self.media_end.min(self.parser.position());
                self.done = true;
                return Ok(());
            }
            let cluster = self.parser.cluster();
            if cluster.map(|cluster| cluster.position) != self.cluster {
                self.cluster = cluster.map(|cluster| cluster.position);
                self.found_in_cluster = self
                    .keys
                    .last()
                    .is_some_and(|key| Some(key.place.0) == self.cluster);
            }
            let is_last = cluster
                .and_then(|cluster| cluster.end)
                .is_none_or(|end| end >= self.media_end);
            if self.found_in_cluster && !is_last && !self.in_tail {
                self.skipped = self.cluster;
                self.parser.skip_cluster();
                self.found_in_cluster = false;
            }
        }
        Ok(())
    }

    fn take_frames(&mut self) -> Result<(), ContainerError> {
        while let Some(frame) = self.parser.next_frame() {
            if frame.track != self.reference {
                continue;
            }
            let time = self.clock.ticks(frame.time);
            self.last = self.last.max(time);
            if !frame.key
                || frame.lace.0 > 0
                || self.keys.last().is_some_and(|last| time <= last.time)
            {
                continue;
            }
            if self.keys.len() >= MAX_KEY_FRAMES {
                return Err(ContainerError::OverBudget("the key frames allowed for it"));
            }
            let (cluster, relative) = frame.place;
            let relative = if relative > CLUSTER_START_BYTES {
                relative
            } else {
                0
            };
            self.keys.push(KeyFrame {
                time,
                place: (cluster, relative),
            });
            self.found_in_cluster |= self.cluster == Some(cluster);
        }
        Ok(())
    }

    fn end(&mut self) {
        self.parser.finish();
        while let Some(frame) = self.parser.next_frame() {
            if frame.track == self.reference {
                self.last = self.last.max(self.clock.ticks(frame.time));
            }
        }
        self.media_end = self.media_end.min(self.parser.position());
        self.done = true;
        if let Some(last) = self.skipped.take().filter(|_| !self.in_tail) {
            self.in_tail = true;
            self.parser = BlockParser::new(last, self.media_end);
            self.done = false;
        }
    }
}

impl Matroska {
    /// Takes the plan of the segments that a scan has found so far. Before the scan is done, the last key frame
    /// is the end of the plan.
    ///
    /// # Errors
    /// `OverBudget` for more segments than a day has.
    pub fn take_scan(&mut self, scan: &Scan) -> Result<(), ContainerError> {
        let mut keys = scan.keys.clone();
        let (end, media_end) = if scan.done {
            let frame = scan
                .frame_ns
                .map_or(0, |ns| scan.clock.nanoseconds(i128::from(ns)));
            (scan.last + frame, scan.media_end)
        } else {
            match keys.pop() {
                Some(last) => (last.time, last.place.0),
                None => return Ok(()),
            }
        };
        self.plan_from(keys, Some(end), media_end)
    }
}
