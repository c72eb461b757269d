//! Chapters: Nero's list (`udta`/`chpl`) or a text track that another track refers to (QuickTime, `tref`/`chap`).

use super::boxes::{BoxHeader, u16_at, u64_at};
use super::cursor::{Position, SampleCursor};
use super::track::{TrackIndex, text};
use crate::metered::Metered;
use crate::{Chapter, ContainerError, ReadRange};

/// Maximum number of chapters that are read.
const MAX_CHAPTERS: usize = 1000;

/// Maximum bytes of a title that are read.
const MAX_TITLE_BYTES: u64 = 512;

/// Ticks per second in `chpl`, which counts in units of 100 ns.
const CHPL_TICKS: f64 = 1e7;

/// Reads the chapters and removes their tracks from the list of tracks. A chapter track takes precedence over
/// `chpl`, which cuts titles at 255 bytes.
pub(super) async fn read<R: ReadRange>(
    file: &mut Metered<'_, R>,
    indexes: &mut Vec<TrackIndex>,
    user_data: Option<BoxHeader>,
    movie_timescale: u32,
) -> Result<Vec<Chapter>, ContainerError> {
    let ids: Vec<u32> = indexes
        .iter()
        .flat_map(|track| track.chapter_tracks.iter().copied())
        .collect();
    let named = |track: &TrackIndex| ids.iter().any(|id| u64::from(*id) == track.facts.id);
    let mut chapters = Vec::new();
    if let Some(track) = indexes.iter().find(|track| named(track) && track.is_text()) {
        chapters = from_track(file, track, movie_timescale).await?;
    }
    // Chapter tracks with pictures are no picture of the film.
    indexes.retain(|track| !named(track));
    if chapters.is_empty()
        && let Some(udta) = user_data
        && let Some(chpl) = udta.children().find(file, b"chpl").await?
    {
        let content = chpl.read(file, 256 << 10).await?;
        chapters = from_list(&content);
    }
    Ok(chapters)
}

async fn from_track<R: ReadRange>(
    file: &mut Metered<'_, R>,
    track: &TrackIndex,
    movie_timescale: u32,
) -> Result<Vec<Chapter>, ContainerError> {
    let mut cursor = SampleCursor::new(track.tables, Position::default());
    let timescale = track.facts.timescale;
    let base = track.edit.ticks(timescale, movie_timescale);
    let mut chapters = Vec::new();
    while chapters.len() < MAX_CHAPTERS
        && let Some(sample) = cursor.next(file).await?
    {
        let length = u64::from(sample.size).min(MAX_TITLE_BYTES);
        let content = file.read(sample.offset, length).await?;
        let counted = usize::from(u16_at(&content, 0));
        let title = content
            .get(2..(2 + counted).min(content.len()))
            .unwrap_or(&[]);
        if sample.duration == 0 && title.is_empty() {
            continue;
        }
        let start = sample.decode_time.saturating_add(base).max(0);
        file.allocate(length + 64)?;
        chapters.push(Chapter {
            start_s: start as f64 / f64::from(timescale),
            title: text(title).unwrap_or_default(),
        });
    }
    Ok(chapters)
}

/// Parses a `chpl`: version 1 has four bytes more before its count, as ffmpeg writes it.
fn from_list(content: &[u8]) -> Vec<Chapter> {
    let mut at = if content.first() == Some(&1) { 8 } else { 4 };
    let count = usize::from(content.get(at).copied().unwrap_or(0));
    at += 1;
    let mut chapters = Vec::new();
    for _ in 0..count.min(MAX_CHAPTERS) {
        let Some(&length) = content.get(at + 8) else {
            break;
        };
        let end = at + 9 + usize::from(length);
        let title = content.get(at + 9..end.min(content.len())).unwrap_or(&[]);
        chapters.push(Chapter {
            start_s: u64_at(content, at) as f64 / CHPL_TICKS,
            title: text(title).unwrap_or_default(),
        });
        at = end;
    }
    chapters
}
