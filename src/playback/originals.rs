//! Originals of files: streams of their bytes by range.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::segment_index::short_hash;
use super::sources::{OriginalIndexSource, OriginalSource};
use super::{EntryKey, Playback};
use crate::bytes::Object;
use crate::governor::{DynamicPriority, Priority};
use drives::SegmentFacts;
use media::{Entry, Rendition};

impl Playback {
    /// Returns the original: the file's own bytes. Those of a folder are not cached here, since the system has them
    /// in its own cache.
    pub fn original(&self, entry: &Arc<Entry>) -> Object {
        let is_local = self
            .library
            .drive(&entry.place)
            .is_ok_and(|drive| drive.is_local());
        Object {
            shared: !is_local,
            ..self.original_at(entry, Priority::Playing)
        }
    }

    /// Returns the original, to be copied elsewhere: it is read behind the viewers, and leaves nothing in the caches.
    pub fn original_to_copy(&self, entry: &Arc<Entry>) -> Object {
        Object {
            shared: false,
            ..self.original_at(entry, Priority::Upload)
        }
    }

    /// Returns the original, to be read with this priority.
    pub(super) fn original_at(&self, entry: &Arc<Entry>, priority: Priority) -> Object {
        let urgency = DynamicPriority::new(priority);
        Object {
            length: Some(entry.size),
            etag: original_etag(entry),
            shared: true,
            source: Arc::new(OriginalSource::new(self.clone(), entry.clone(), urgency)),
        }
    }

    /// Returns the original for segments that are made of it, which are read ahead one by one: a prefetcher beside that would
    /// be stopped in mid-block with each of them.
    pub(super) fn original_for_segments(&self, entry: &Arc<Entry>, priority: Priority) -> Object {
        let urgency = DynamicPriority::new(priority);
        let source = OriginalSource::new(self.clone(), entry.clone(), urgency);
        Object {
            source: Arc::new(source.without_prefetch()),
            ..self.original(entry)
        }
    }

    /// Returns the original as an object of small blocks, for small parts here and there.
    pub(super) fn original_index(&self, entry: &Arc<Entry>, priority: Priority) -> Object {
        let urgency = DynamicPriority::new(priority);
        let original = OriginalSource::new(self.clone(), entry.clone(), urgency);
        Object {
            length: Some(entry.size),
            etag: format!("{}-index", original_etag(entry)),
            shared: true,
            source: Arc::new(OriginalIndexSource::new(original)),
        }
    }
}

fn original_etag(entry: &Entry) -> String {
    let mut hash = Sha256::new();
    hash.update(format!(
        "{:?} {} {:?} {:?}",
        entry.content, entry.size, entry.id, entry.modified
    ));
    short_hash(&hash.finalize())
}

pub(super) fn etag_of(
    facts: &SegmentFacts,
    entry: &Entry,
    rendition: Rendition,
    number: usize,
) -> String {
    let mut hash = Sha256::new();
    match &facts.content {
        Some(content) => hash.update(content),
        None => hash.update(format!(
            "{:?} {rendition} {number} {:?}",
            EntryKey::of(entry),
            facts.length
        )),
    }
    short_hash(&hash.finalize())
}
