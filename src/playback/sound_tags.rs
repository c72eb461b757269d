//! Tags of recordings: title, artist, album, length. They are read by ranges of the file, at the priority of
//! thumbnails and in the small blocks of the index, so a song costs a few blocks wherever it lies.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::file_pictures::{BlockingReader, BoundedReader};
use super::{EntryKey, Playback};
use crate::governor::Priority;
use crate::library::single_flight;
use cache::Cache;
use drives::tags::{SoundTags, TagLimits};
use drives::{DriveError, ErrorKind};
use media::{Entry, EntryKind};

/// Files whose tags are read concurrently.
const MAX_READERS: usize = 4;

/// Bytes that are read of one file: tags with a large cover.
const MAX_READ_BYTES: u64 = 8 << 20;

/// Bounds on the tags of a file.
const TAG_LIMITS: TagLimits = TagLimits {
    bytes: MAX_READ_BYTES,
    calls: 100_000,
    timeout: Duration::from_secs(30),
};

/// The longest reading of one file.
const READ_TIMEOUT: Duration = Duration::from_secs(40);

/// Tags that were read, by the content of the file. Clones share them.
#[derive(Clone)]
pub(super) struct SoundTagCache {
    permits: Arc<Semaphore>,
    tags: Cache<EntryKey, Arc<SoundTags>>,
}

impl SoundTagCache {
    /// Creates a cache of at most `items` files.
    pub fn new(items: u64) -> Self {
        SoundTagCache {
            permits: Arc::new(Semaphore::new(MAX_READERS)),
            tags: Cache::new(items),
        }
    }
}

impl Playback {
    /// Returns the tags of a recording; those of a file without any are empty. Concurrent readings of one file are one.
    ///
    /// # Errors
    /// Those of reading the file, and `unsupported` for what is not a recording.
    pub async fn sound_tags(&self, entry: &Arc<Entry>) -> Result<Arc<SoundTags>, DriveError> {
        if entry.kind != EntryKind::Audio {
            return Err(DriveError::unsupported("tags", "it is not a recording"));
        }
        let (playback, owned) = (self.clone(), entry.clone());
        // Boxed: reading through the engine is a large future.
        let read = Box::pin(async move {
            let _permit = playback.sound_tags.permits.acquire().await;
            let read = timeout(READ_TIMEOUT, playback.read_sound_tags(&owned)).await;
            read.unwrap_or_else(|_| {
                let kind = ErrorKind::UpstreamTimeout;
                Err(DriveError::new(kind, "tags", "reading them takes too long"))
            })
        });
        single_flight(&self.sound_tags.tags, EntryKey::of(entry), read).await
    }

    /// Returns the tags of a recording if they were read before; `None` if they were not.
    pub async fn known_sound_tags(&self, entry: &Entry) -> Option<Arc<SoundTags>> {
        self.sound_tags.tags.get(&EntryKey::of(entry)).await
    }

    async fn read_sound_tags(&self, entry: &Arc<Entry>) -> Result<Arc<SoundTags>, DriveError> {
        let file = self.index_reader(entry, Priority::Thumbnails);
        let file = Arc::new(BoundedReader::new(file, MAX_READ_BYTES));
        let (reader, name) = (BlockingReader::new(file.clone()), entry.name.clone());
        let read =
            tokio::task::spawn_blocking(move || SoundTags::read(reader, &name, &TAG_LIMITS)).await;
        let tags = read.ok().flatten();
        // A drive that did not answer says nothing about the file.
        if let Some(error) = file.take_failure() {
            return Err(error);
        }
        let mut tags = tags.unwrap_or_default();
        tags.length_s = tags.length_s.or(entry.duration_s);
        Ok(Arc::new(tags))
    }
}
