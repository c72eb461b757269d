//! The plan of segments, from Cues or from a [`Scan`](super::Scan).

use super::Matroska;
use super::block_table::BlockTables;
use super::cues::{self, CuePosition};
use super::head::element;
use super::ids;
use crate::metered::Metered;
use crate::mp4::{Cut, Cutter};
use crate::packed::PackedRows;
use crate::{ContainerError, ReadRange, SegmentPlan, TrackKind};

/// Maximum bytes of a Cluster's header and of the numbers before its first block. A key frame no further than
/// this from the start of its Cluster is its first block.
const CLUSTER_START_BYTES: u64 = 40;
/// Bytes of the longest Cluster header.
const CLUSTER_HEADER_BYTES: u64 = 12;

/// A key frame at which a segment may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyFrame {
    /// Ticks, without the shift.
    pub time: i64,
    /// Position of its Cluster in the file, and of its block in the content of that.
    pub place: (u64, u64),
}

impl Matroska {
    /// Makes the plan from the content of a Cues element. Cues that are malformed, or point outside of the
    /// media, count as none.
    pub(crate) async fn take_cues<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
        cues: &[u8],
        segment_start: u64,
    ) -> Result<(), ContainerError> {
        let reference = self.carried[self.reference].number;
        let mut keys = Vec::new();
        let mut subtitles: Vec<[i64; 4]> = Vec::new();
        let (media_start, media_end) = self.media;
        let (clock, carried) = (self.clock, &self.carried);
        let mut over = None;
        let parsed = cues::parse(cues, segment_start, media_end, |cue: CuePosition| {
            let counted = file
                .step(1)
                .and_then(|()| file.allocate(size_of::<[i64; 4]>() as u64));
            if let Err(error) = counted {
                over = Some(error.clone());
                return Err(error);
            }
            if cue.cluster < media_start {
                return Err(ContainerError::Malformed(
                    "a cue does not lead to a cluster",
                ));
            }
            let time = clock.ticks(cue.time);
            if cue.track == reference {
                let relative = cue
                    .relative
                    .filter(|&relative| relative > CLUSTER_START_BYTES);
                keys.push(KeyFrame {
                    time,
                    place: (cue.cluster, relative.unwrap_or(0)),
                });
            } else if let Some(index) = carried
                .iter()
                .position(|track| track.number == cue.track && track.kind == TrackKind::Subtitle)
            {
                let relative = cue.relative.map_or(-1, |relative| relative as i64);
                subtitles.push([index as i64, time, cue.cluster as i64, relative]);
            }
            Ok(())
        });
        if let Some(error) = over {
            return Err(error);
        }
        if parsed.is_err() || !leads_to_cluster(file, keys.first(), media_start).await? {
            return Ok(());
        }
        let mut packed = PackedRows::new();
        subtitles.iter().for_each(|row| packed.push(*row));
        packed.shrink();
        self.subtitle_cues = packed;
        self.plan_from(keys, self.duration, self.media.1)
    }

    /// Makes the plan from key frames, up to `end` in ticks and `media_end` in bytes. Key frames that go back
    /// in time are left out.
    pub(crate) fn plan_from(
        &mut self,
        keys: Vec<KeyFrame>,
        end: Option<i64>,
        media_end: u64,
    ) -> Result<(), ContainerError> {
        let mut cuts = cuts(keys, self.clock.timescale())?;
        if let Some(first) = cuts.first_mut() {
            // Sound that comes before the first key frame belongs to the film as well.
            first.place = (self.media.0, 0);
        }
        let mut plan = SegmentPlan::new(self.clock.timescale());
        let mut places = PackedRows::new();
        for (n, cut) in cuts.iter().enumerate() {
            let (cluster, relative) = cut.place;
            let end = match cuts.get(n + 1).map(|next| next.place) {
                Some((next, 0)) => next,
                Some((next, relative)) => next
                    .saturating_add(CLUSTER_HEADER_BYTES + relative)
                    .min(media_end),
                None => media_end,
            };
            plan.push(cut.time + self.shift, cluster..end.max(cluster), 0);
            places.push([cluster as i64, relative as i64]);
        }
        places.push([media_end as i64, 0]);
        places.shrink();
        let last = cuts.last().map_or(0, |cut| cut.time);
        let end = end.unwrap_or(0).max(last + 1);
        self.plan = plan.finish(end + self.shift);
        self.places = places;
        self.block_tables = BlockTables::default();
        Ok(())
    }
}

/// Returns true if the first cue points to a Cluster. If the length of a file's head was changed, all its cues
/// are off by the same number of bytes.
async fn leads_to_cluster<R: ReadRange>(
    file: &mut Metered<'_, R>,
    first: Option<&KeyFrame>,
    first_cluster: u64,
) -> Result<bool, ContainerError> {
    let Some(position) = first.map(|first| first.place.0) else {
        return Ok(true);
    };
    if position == first_cluster {
        return Ok(true);
    }
    match element(file, position).await {
        Ok((id, _, _)) => Ok(id == ids::CLUSTER),
        Err(ContainerError::Malformed(_) | ContainerError::Truncated) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Chooses the key frames at which segments start. Key frames that go back in time are left out.
fn cuts(keys: Vec<KeyFrame>, timescale: u32) -> Result<Vec<KeyFrame>, ContainerError> {
    let mut cutter = Cutter::new(timescale);
    let mut before: Option<KeyFrame> = None;
    for key in keys {
        if before.is_some_and(|before| key.time <= before.time || key.place <= before.place) {
            continue;
        }
        before = Some(key);
        let cut = Cut {
            time: key.time,
            position: key.place,
            key_frame_bytes: 0,
        };
        cutter.offer(cut, true)?;
    }
    let cuts = cutter.into_cuts().into_iter();
    Ok(cuts
        .map(|cut| KeyFrame {
            time: cut.time,
            place: cut.position,
        })
        .collect())
}
