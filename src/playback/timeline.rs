//! The times in a film that bytes of a reply belong to.

use std::sync::{Arc, OnceLock};

use super::source::SourceStream;
use super::{EntryKey, Playback};
use media::{Entry, Rendition};

/// Maps the bytes of one reply to times of the film.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// The time of the first byte, in seconds.
    from_s: f64,
    /// The time after the last byte, in seconds.
    to_s: f64,
    /// The length of the whole in bytes; `None` if it is not known.
    length: Option<u64>,
    /// First bytes and times of the pieces of an original, once its index was read.
    index: Arc<OnceLock<Vec<(u64, f64)>>>,
    /// The length of the film in seconds.
    duration_s: f64,
    is_segment: bool,
}

impl Timeline {
    fn new(from_s: f64, to_s: f64, length: Option<u64>, duration_s: f64) -> Self {
        Timeline {
            from_s,
            to_s,
            length,
            index: Arc::default(),
            duration_s,
            is_segment: false,
        }
    }

    fn of_segment(self) -> Self {
        Timeline {
            is_segment: true,
            ..self
        }
    }

    /// Returns the length of the segment in seconds; 0 for the timeline of a whole film.
    pub fn segment_s(&self) -> f64 {
        match self.is_segment {
            true => self.to_s - self.from_s,
            false => 0.0,
        }
    }

    /// Returns the length of the film in seconds.
    pub fn duration_s(&self) -> f64 {
        self.duration_s
    }

    /// Returns the time that the bytes before `byte` reach.
    pub fn time_s(&self, byte: u64) -> f64 {
        if let Some(index) = self.index.get() {
            return self.indexed_time_s(index, byte);
        }
        let share = match self.length {
            Some(length) if length > 0 => (byte as f64 / length as f64).min(1.0),
            _ => f64::from(u8::from(byte > 0)),
        };
        self.from_s + (self.to_s - self.from_s) * share
    }

    /// Returns the time at a byte: within a piece, times are proportional to bytes.
    fn indexed_time_s(&self, index: &[(u64, f64)], byte: u64) -> f64 {
        let next = index.partition_point(|(start, _)| *start <= byte);
        let Some((start, from_s)) = next.checked_sub(1).and_then(|at| index.get(at)) else {
            return self.from_s;
        };
        let end = (self.length.unwrap_or(byte), self.to_s);
        let (end, to_s) = index.get(next).copied().unwrap_or(end);
        let share = (byte - start) as f64 / end.saturating_sub(*start).max(1) as f64;
        from_s + (to_s - from_s) * share.min(1.0)
    }
}

impl Playback {
    /// Returns the timeline of an original; `None` if the length of the film is not known. Where its index was read, bytes
    /// are mapped by it.
    pub async fn timeline_of_original(&self, entry: &Arc<Entry>) -> Option<Timeline> {
        let film = self.films.opened(&EntryKey::of(entry)).await;
        let known = film.as_ref().map(|film| film.source().duration_s());
        let duration_s = known.or(entry.duration_s).filter(|it| *it > 0.0)?;
        let timeline = Timeline::new(0.0, duration_s, Some(entry.size), duration_s);
        if let Some(film) = film {
            let _ = timeline.index.set(pieces(film.source()));
        }
        Some(timeline)
    }

    /// Reads the index of an original in the background, so that its timeline becomes exact.
    pub fn refine_timeline(&self, entry: &Arc<Entry>, timeline: &Timeline) {
        if timeline.index.get().is_some() || !self.has_source(entry) {
            return;
        }
        let (playback, entry) = (self.clone(), entry.clone());
        let index = timeline.index.clone();
        tokio::spawn(async move {
            // Without an index, bytes are taken to be proportional to time.
            if let Ok(film) = playback.source(&entry).await {
                let _ = index.set(pieces(film.source()));
            }
        });
    }

    /// Returns the timeline of a segment of a rendition; `None` if its index is not cached any more.
    pub async fn timeline_of_segment(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
        number: usize,
        length: Option<u64>,
    ) -> Option<Timeline> {
        let key = (EntryKey::of(entry), rendition);
        let index = self.indexes.get(&key).await?;
        let before = index.segments.get(..number)?;
        let from_s: f64 = before.iter().map(|segment| segment.duration_s).sum();
        let to_s = from_s + index.segments.get(number)?.duration_s;
        let duration_s = entry.duration_s.unwrap_or_default();
        let duration_s = duration_s.max(index.duration_s());
        Some(Timeline::new(from_s, to_s, length, duration_s).of_segment())
    }

    /// Returns the timeline of a segment of an original's stream; `None` if the original is not open.
    pub async fn timeline_of_source_segment(
        &self,
        entry: &Arc<Entry>,
        stream: SourceStream,
        number: usize,
        length: Option<u64>,
    ) -> Option<Timeline> {
        if stream == SourceStream::KeyFrames {
            return None;
        }
        let film = self.films.opened(&EntryKey::of(entry)).await?;
        let (source, plan) = (film.source(), film.source().plan());
        let segment = plan.get(number)?;
        let from_s = (plan.seconds(segment.start) - source.shift_s()).max(0.0);
        let to_s = from_s + plan.seconds(segment.duration);
        Some(Timeline::new(from_s, to_s, length, source.duration_s()).of_segment())
    }

    /// Returns the timeline of a whole film in one file that was made here.
    pub async fn timeline_of_whole(
        &self,
        entry: &Arc<Entry>,
        rendition: Option<Rendition>,
        length: Option<u64>,
    ) -> Option<Timeline> {
        let key = EntryKey::of(entry);
        let duration_s = match rendition {
            Some(rendition) => self.indexes.get(&(key, rendition)).await?.duration_s(),
            None => self.films.opened(&key).await?.source().duration_s(),
        };
        Some(Timeline::new(0.0, duration_s, Some(length?), duration_s))
    }
}

/// Returns the first byte and the time of each segment of a file, in the order of bytes.
fn pieces(source: &containers::FilmSource) -> Vec<(u64, f64)> {
    let plan = source.plan();
    let mut pieces: Vec<(u64, f64)> = Vec::with_capacity(plan.len());
    for segment in plan.iter() {
        let time_s = (plan.seconds(segment.start) - source.shift_s()).max(0.0);
        // Segments overlap where sounds are written behind their pictures.
        if pieces
            .last()
            .is_none_or(|(byte, _)| *byte < segment.span.start)
        {
            pieces.push((segment.span.start, time_s));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_times_in_proportion_and_by_the_index_where_there_is_one() {
        let segment = Timeline::new(20.0, 30.0, Some(1_000), 66.0);
        assert_eq!(segment.time_s(0), 20.0);
        assert_eq!(segment.time_s(500), 25.0);
        assert_eq!(segment.time_s(2_000), 30.0);
        let unknown = Timeline::new(20.0, 30.0, None, 66.0);
        assert_eq!((unknown.time_s(0), unknown.time_s(1)), (20.0, 30.0));
        let film = Timeline::new(0.0, 100.0, Some(1_000), 100.0);
        assert_eq!(film.time_s(100), 10.0);
        film.index
            .set(vec![(40, 0.0), (100, 50.0), (200, 60.0)])
            .unwrap();
        for (byte, expected) in [
            (0, 0.0),
            (40, 0.0),
            (70, 25.0),
            (100, 50.0),
            (150, 55.0),
            (600, 80.0),
            (1_000, 100.0),
        ] {
            assert!(
                (film.time_s(byte) - expected).abs() < 0.01,
                "{byte}: {}",
                film.time_s(byte)
            );
        }
    }
}
