//! Facts of files, read once for each version of a file.

use std::sync::Arc;

use super::Local;
use super::file_bytes::LARGEST_PICTURE;
use super::probe;
use crate::DriveError;
use crate::local::hls::KeyframeIndex;
use crate::local::probe::{Facts, FileProbe, Streams};
use media::{Entry, EntryKind, Listing};

impl Local {
    /// Returns the facts of a file, read once for each version of it. A file that cannot be opened has none, and is
    /// looked at again.
    pub(super) async fn facts(&self, entry: &Entry) -> Arc<Facts> {
        let key = version_of(entry);
        if let Some(kept) = self.facts.get(key) {
            return kept;
        }
        let facts = self.read_facts(entry).await.map(Arc::new);
        if let Some(facts) = &facts {
            self.facts.insert(key.to_owned(), facts.clone());
        }
        facts.unwrap_or_default()
    }

    /// Reads the facts of a file; `None` if it cannot be opened.
    async fn read_facts(&self, entry: &Entry) -> Option<Facts> {
        let (tree, path) = (self.tree.clone(), entry.path.clone());
        let look = move || {
            let (file, _) = tree.open(&path, "stat").ok()?;
            Some((probe::facts(path.name(), &file), file))
        };
        let (outcome, file) = tokio::task::spawn_blocking(look).await.ok()??;
        let facts = match outcome {
            FileProbe::Done(facts) => return Some(facts),
            FileProbe::AskFfprobe(facts) => facts,
        };
        if entry.kind != EntryKind::Video || !self.segmenter.is_available() {
            return Some(facts);
        }
        let Some(described) = self.segmenter.describe(file).await else {
            return Some(facts);
        };
        let size = facts.width.zip(facts.height).or(described.size);
        Some(Facts {
            duration_s: facts.duration_s.or(described.duration_s),
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
            streams: described.streams,
        })
    }

    /// Returns the streams of a file whose facts were read; `None` for one that was never looked into.
    pub(super) fn known_streams(&self, entry: &Entry) -> Option<Streams> {
        let facts = self.facts.get(version_of(entry))?;
        Some(facts.streams)
    }

    /// Returns the keyframes of a film, found once for each version of it.
    pub(super) async fn keyframes(&self, entry: &Entry) -> Result<Arc<KeyframeIndex>, DriveError> {
        let version = version_of(entry);
        let find = async {
            let (film, _) = self.still_there(&entry.path, version).await?;
            Ok::<_, DriveError>(Arc::new(self.segmenter.keyframes(film).await?))
        };
        let found = self.keyframes.try_get_with(version.to_owned(), find).await;
        found.map_err(|error| (*error).clone())
    }

    /// Adds metadata that were read before: a page of a folder or of a search opens no file.
    pub(super) fn tell_what_is_kept(&self, listing: &mut Listing) {
        for entry in &mut listing.entries {
            tell(entry, self.facts.get(version_of(entry)).as_deref());
            entry.has_thumbnail = self.may_have_picture(entry);
        }
    }
}

impl Local {
    pub(super) fn may_have_picture(&self, entry: &Entry) -> bool {
        match entry.kind {
            EntryKind::Image => entry.size <= LARGEST_PICTURE,
            EntryKind::Video => self.segmenter.is_available(),
            EntryKind::Audio => true,
            EntryKind::Folder | EntryKind::Subtitle | EntryKind::Other => false,
        }
    }
}

pub(super) fn tell(entry: &mut Entry, facts: Option<&Facts>) {
    if let Some(facts) = facts {
        entry.duration_s = facts.duration_s;
        entry.width = facts.width;
        entry.height = facts.height;
    }
}

/// Returns the version of an entry's file.
pub(super) fn version_of(entry: &Entry) -> &str {
    entry.content.as_deref().unwrap_or_default()
}
