//! A walk over the segments of a film, starting at any of them.

use super::cursor::{Position, SampleCursor};
use super::movie::{Movie, SampleOrigin};
use crate::metered::Metered;
use crate::{Budget, ContainerError, ReadRange, TrackRun};

/// Bytes of memory that one sample of a segment takes, with its share of the headers.
const SAMPLE_BYTES: u64 = 64;

impl Movie {
    /// Starts a walk over the segments from `segment` on, for the tracks with the given indices.
    pub(crate) fn walk(
        &self,
        selection: &[usize],
        segment: usize,
    ) -> Result<SegmentWalk<'_>, ContainerError> {
        let mut cursors = Vec::new();
        if let SampleOrigin::Tables(all) = &self.samples {
            for &track in selection {
                let positions = all
                    .get(track)
                    .and_then(Option::as_ref)
                    .ok_or(ContainerError::Unsupported("this codec in fragmented MP4"))?;
                let row = positions
                    .get(segment)
                    .ok_or(ContainerError::Unsupported("a segment that is not there"))?;
                let position = Position::from_row(row);
                cursors.push(SampleCursor::new(self.indexes[track].tables, position));
            }
        }
        Ok(SegmentWalk {
            movie: self,
            selection: selection.to_vec(),
            cursors,
            segment,
        })
    }

    /// Returns the key frame that segment `segment` starts with; `None` if it starts with none.
    pub(crate) async fn key_frame<R: ReadRange>(
        &self,
        file: &mut Metered<'_, R>,
        segment: usize,
    ) -> Result<Option<TrackRun>, ContainerError> {
        let Some(track) = self.reference() else {
            return Ok(None);
        };
        let mut walk = self.walk(&[track], segment)?;
        let mut runs = match &mut walk.cursors[..] {
            [] => walk.next(file).await?,
            cursors => {
                let sample = cursors[0].next(file).await?;
                let samples = sample
                    .map(|sample| self.moves[track].apply(&sample))
                    .transpose()?;
                vec![TrackRun::new(track, samples.into_iter().collect())]
            }
        };
        let Some(run) = runs.first_mut() else {
            return Ok(None);
        };
        run.samples.truncate(1);
        let is_sync = run.samples.first().is_some_and(|sample| sample.sync);
        Ok(is_sync.then(|| runs.remove(0)))
    }
}

/// A walk over segments: each step returns the samples of one.
pub(crate) struct SegmentWalk<'a> {
    movie: &'a Movie,
    selection: Vec<usize>,
    cursors: Vec<SampleCursor>,
    segment: usize,
}

impl SegmentWalk<'_> {
    /// Returns the samples of the next segment, a run for each track.
    pub(crate) async fn next<R: ReadRange>(
        &mut self,
        file: &mut Metered<'_, R>,
    ) -> Result<Vec<TrackRun>, ContainerError> {
        let segment = self.segment;
        self.segment += 1;
        match &self.movie.samples {
            SampleOrigin::Fragments(fragments) => {
                fragments
                    .segment(file, &self.selection, &self.movie.moves, segment)
                    .await
            }
            SampleOrigin::Tables(all) => {
                let mut runs = Vec::with_capacity(self.selection.len());
                for (&track, cursor) in self.selection.iter().zip(&mut self.cursors) {
                    let end = all[track].as_ref().and_then(|rows| rows.get(segment + 1));
                    let end =
                        end.ok_or(ContainerError::Unsupported("a segment that is not there"))?;
                    let end = Position::from_row(end).sample;
                    let count = end.saturating_sub(cursor.position().sample);
                    if u64::from(count) * SAMPLE_BYTES > Budget::default().memory_bytes {
                        return Err(ContainerError::OverBudget("the samples of one segment"));
                    }
                    let mut samples = Vec::with_capacity(count as usize);
                    while cursor.position().sample < end
                        && let Some(sample) = cursor.next(file).await?
                    {
                        samples.push(self.movie.moves[track].apply(&sample)?);
                    }
                    runs.push(TrackRun::new(track, samples));
                }
                Ok(runs)
            }
        }
    }
}
