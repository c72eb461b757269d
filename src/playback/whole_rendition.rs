//! A whole rendition as one object: the concatenation of its segments. MPEG transport streams may be
//! concatenated byte by byte, so the result is a file that any player can seek in.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::Playback;
use crate::bytes::Source;
use drives::{DriveError, Incoming};
use media::{ByteRange, Entry, Rendition};

/// All segments of a rendition. If their lengths are known it opens at any byte; otherwise only at the
/// beginning, and the reader skips.
pub(super) struct WholeRenditionSource {
    playback: Playback,
    entry: Arc<Entry>,
    rendition: Rendition,
    lengths: Arc<[Option<u64>]>,
}

impl WholeRenditionSource {
    pub fn new(
        playback: Playback,
        entry: Arc<Entry>,
        rendition: Rendition,
        lengths: Vec<Option<u64>>,
    ) -> Self {
        WholeRenditionSource {
            playback,
            entry,
            rendition,
            lengths: lengths.into(),
        }
    }
}

#[async_trait]
impl Source for WholeRenditionSource {
    /// Segments are retried and renewed by themselves. The reader of this object reopens it where a segment
    /// failed, so a segment that keeps failing is tried three times three.
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        let lengths: Option<Vec<u64>> = self.lengths.iter().copied().collect();
        let total: Option<u64> = lengths.as_ref().map(|lengths| lengths.iter().sum());
        let (offset, pieces) = match (&lengths, total) {
            (Some(lengths), Some(total)) => {
                let last = last.unwrap_or(total.saturating_sub(1));
                let ranges = segment_ranges(lengths, from, last);
                let some = ranges
                    .into_iter()
                    .map(|(number, range)| (number, Some(range)));
                (from, some.collect::<Vec<_>>())
            }
            _ => (
                0,
                (0..self.lengths.len())
                    .map(|number| (number, None))
                    .collect(),
            ),
        };
        let (playback, entry, rendition) =
            (self.playback.clone(), self.entry.clone(), self.rendition);
        let bodies = stream::iter(pieces).then(move |(number, range)| {
            let (playback, entry) = (playback.clone(), entry.clone());
            async move {
                let segment = playback.segment(&entry, rendition, number).await?;
                playback
                    .engine()
                    .read(&segment, range)
                    .await
                    .map(|reading| reading.body)
            }
        });
        Ok(Incoming {
            offset,
            length: total,
            etag: None,
            chunks: bodies.try_flatten().boxed(),
        })
    }

    async fn renew(&self) -> Result<(), DriveError> {
        Ok(())
    }
}

/// Returns the ranges of segments that make up bytes `first..=last` of the whole.
fn segment_ranges(lengths: &[u64], first: u64, last: u64) -> Vec<(usize, ByteRange)> {
    let mut start = 0;
    let mut pieces = Vec::new();
    for (number, length) in lengths.iter().copied().enumerate() {
        let end = start + length;
        if length > 0 && end > first && start <= last {
            let range = ByteRange {
                first: first.saturating_sub(start),
                last: (last - start).min(length - 1),
            };
            pieces.push((number, range));
        }
        start = end;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_the_whole_is_ranges_of_its_segments() {
        let lengths = [10, 5, 0, 20];
        let piece = |number, first, last| (number, ByteRange { first, last });
        let cases = [
            (
                (0, 34),
                vec![piece(0, 0, 9), piece(1, 0, 4), piece(3, 0, 19)],
            ),
            ((0, 0), vec![piece(0, 0, 0)]),
            ((9, 10), vec![piece(0, 9, 9), piece(1, 0, 0)]),
            ((10, 14), vec![piece(1, 0, 4)]),
            ((34, 34), vec![piece(3, 19, 19)]),
            ((12, 16), vec![piece(1, 2, 4), piece(3, 0, 1)]),
        ];
        for ((first, last), expected) in cases {
            assert_eq!(
                segment_ranges(&lengths, first, last),
                expected,
                "{first}-{last}"
            );
        }
    }
}
