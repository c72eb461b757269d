//! The queue of a folder of music. It is written from the listing, and from the tags that were read before: those of the
//! other songs are requested by the page, row by row, as they come into view.

use super::folder_sequence::FolderSequence;
use super::format;
use super::page_context::PageContext;
use super::titles::START;
use drives::Capability;
use media::{Entry, EntryKind};

/// A song in the queue of its folder.
#[derive(Debug, Clone)]
pub struct QueueRow {
    /// Its title, or the name of the file.
    pub label: String,
    /// Its page, which starts at once.
    pub href: String,
    /// `Artist · Album`, or empty.
    pub detail: String,
    /// `3:05`, or empty.
    pub length: String,
    /// Its cover; `None` without one, and before its tags were read.
    pub cover: Option<String>,
    /// The URL of its tags; `None` if they were read, or cannot be.
    pub tags: Option<String>,
    /// True for the one that is open.
    pub is_current: bool,
}

/// Returns the queue of a folder of music; empty for films, and for a single song.
pub(super) async fn queue(
    context: &PageContext,
    entry: &Entry,
    around: &FolderSequence,
) -> Vec<QueueRow> {
    if entry.kind != EntryKind::Audio || around.entries().len() < 2 {
        return Vec::new();
    }
    let mut rows = Vec::with_capacity(around.entries().len());
    for song in around.entries() {
        rows.push(QueueRow {
            is_current: song.path == entry.path,
            ..row(context, song).await
        });
    }
    rows
}

async fn row(context: &PageContext, song: &Entry) -> QueueRow {
    let known = context.site.playback.known_sound_tags(song).await;
    let is_readable = context.has(&song.place, Capability::Original);
    let play = context.play(song);
    let tags = (known.is_none() && is_readable).then(|| format!("{play}/tags.json"));
    let known = known.as_deref().cloned().unwrap_or_default();
    let title = known
        .title
        .unwrap_or_else(|| media::stem(&song.name).to_owned());
    let detail: Vec<String> = [known.artist, known.album].into_iter().flatten().collect();
    let length = known.length_s.or(song.duration_s);
    QueueRow {
        label: title,
        href: format!("{}{START}", context.watch(song)),
        detail: detail.join(" · "),
        length: length.map(format::duration).unwrap_or_default(),
        cover: known
            .has_picture
            .then(|| format!("{play}/poster-small.jpg")),
        tags,
        is_current: false,
    }
}
