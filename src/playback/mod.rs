//! Playback: from an entry to a playlist, from a playlist to a segment, from a segment to bytes.
//!
//! A viewer's URL contains place, path, rendition and segment number. This module caches where the upstream
//! currently has these (segment indexes and origins), and renews them when they expire, once for all
//! concurrent callers. It deals with entries and bytes; HTTP is the business of `web`.

pub mod cards;
mod descriptions;
mod ffmpeg;
mod file_pictures;
mod ladder;
pub mod master;
mod originals;
mod packed_audio;
pub mod pictures;
pub mod player_positions;
pub mod playlist;
mod read_ahead;
mod renewal;
pub mod seek_pictures;
pub mod segment_index;
mod sound_tags;
pub mod source;
mod sources;
pub mod subtitles;
pub mod ticket;
pub mod timeline;
mod whole_rendition;

use std::sync::Arc;

use bytes::Bytes;

use crate::bytes::{Disk, Engine, Object};
use crate::governor::{DynamicPriority, Priority};
use crate::library::{Library, SharedLoads, single_flight};
use cache::{Cache, SyncCache};
use drives::{DriveError, ErrorKind, Origin};
use media::{Entry, EntryPath, Place, Rendition};

use file_pictures::FilePictures;
pub use ladder::Ladder;
pub use packed_audio::{SegmentContainer, SegmentForm};
use pictures::Pictures;
use playlist::media_playlist;
use read_ahead::ReadAhead;
use renewal::index_ttl;
use segment_index::SegmentIndex;
use sound_tags::SoundTagCache;
use source::{SoundDecoder, SourceCache};
use sources::SegmentSource;
use whole_rendition::WholeRenditionSource;

use originals::etag_of;

/// Everything playable. Clones share its caches.
#[derive(Clone)]
pub struct Playback {
    library: Library,
    indexes: Cache<IndexKey, Arc<SegmentIndex>>,
    /// Segment indexes of films of this machine that are being made, for which a program may run.
    local_loads: SharedLoads<IndexKey, Arc<SegmentIndex>>,
    refusals: Cache<IndexKey, DriveError>,
    ladders: SyncCache<EntryKey, Arc<Ladder>>,
    /// The forms of sounds' segments, by the content of their lists.
    forms: Cache<String, SegmentForm>,
    /// Entries of which the upstream will never have a rendition.
    without_ladder: SyncCache<EntryKey, ()>,
    originals: Cache<EntryKey, Arc<Origin>>,
    /// Opened originals that can be repackaged.
    films: SourceCache,
    /// Decodes the sounds of originals that browsers lack.
    sound_decoder: SoundDecoder,
    pictures: Pictures,
    file_pictures: FilePictures,
    sound_tags: SoundTagCache,
    /// Parsed subtitles.
    texts: subtitles::Texts,
    /// The subtitles that drives themselves have for films.
    drive_subtitles: subtitles::DriveSubtitles,
    /// Timestamps of the first video frame, in ticks of 90 kHz.
    clocks: Cache<EntryKey, u64>,
    engine: Engine,
    read_ahead: ReadAhead,
}

/// An entry with its content: another content under the same path is another key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct EntryKey {
    place: Place,
    path: EntryPath,
    content: ContentKey,
}

/// The identity of a content.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum ContentKey {
    /// The upstream's name of it.
    Named(String),
    /// Without such a name: id, size and time of the last change.
    Guessed(Option<String>, u64, Option<i64>),
}

impl EntryKey {
    fn of(entry: &Entry) -> Self {
        EntryKey {
            place: entry.place.clone(),
            path: entry.path.clone(),
            content: match &entry.content {
                Some(name) => ContentKey::Named(name.clone()),
                None => ContentKey::Guessed(
                    entry.id.clone(),
                    entry.size,
                    entry.modified.map(|time| time.timestamp()),
                ),
            },
        }
    }
}

type IndexKey = (EntryKey, Rendition);

/// The time for which an error is cached: long enough that one press of play makes one call, short enough
/// that a film that has just become ready is playable.
const REFUSAL_TTL: std::time::Duration = std::time::Duration::from_secs(2);

/// The renditions of a film hardly ever change once it has some.
const LADDER_TTL: std::time::Duration = std::time::Duration::from_secs(600);

/// Half of the shortest lifetime of an upstream's download link (one hour).
const ORIGINAL_TTL: std::time::Duration = std::time::Duration::from_secs(1800);

/// The caches of small items hold one item for so many bytes of memory, and never more than [`MAX_ITEMS`]. An item
/// and its key take about half a kilobyte.
const MEMORY_BYTES_PER_ITEM: u64 = 16 << 10;
const MAX_ITEMS: u64 = 10_000;

/// Returns the most items of one cache of small items.
fn max_items(memory_bytes: u64) -> u64 {
    (memory_bytes / MEMORY_BYTES_PER_ITEM).clamp(100, MAX_ITEMS)
}

impl Playback {
    /// Creates the playback of `library`. Of `memory_bytes`, segment indexes and opened originals take at most an
    /// eighth, half of it each, pictures and subtitles another, and media five; the rest is the library's. More media are cached on
    /// `disk`.
    pub fn new(library: Library, memory_bytes: u64, disk: Option<Disk>) -> Self {
        let items = max_items(memory_bytes);
        Playback {
            indexes: Cache::builder()
                .weigher(|_, index: &Arc<SegmentIndex>| {
                    index.weight().min(u32::MAX as usize) as u32
                })
                .max_capacity(memory_bytes / 16)
                .time_to_live_by(|index: &Arc<SegmentIndex>| index_ttl(index))
                .build(),
            local_loads: SharedLoads::default(),
            refusals: Cache::builder()
                .max_capacity(items)
                .time_to_live(REFUSAL_TTL)
                .build(),
            ladders: SyncCache::builder()
                .max_capacity(items)
                .time_to_live(LADDER_TTL)
                .build(),
            forms: Cache::new(items),
            without_ladder: SyncCache::builder()
                .max_capacity(items)
                .time_to_live(LADDER_TTL)
                .build(),
            originals: Cache::builder()
                .max_capacity(items)
                .time_to_live(ORIGINAL_TTL)
                .build(),
            films: SourceCache::new(memory_bytes / 16, items),
            sound_decoder: SoundDecoder::new(memory_bytes / 64),
            pictures: Pictures::new(library.clone(), memory_bytes / 64 * 6),
            file_pictures: FilePictures::default(),
            sound_tags: SoundTagCache::new(items),
            texts: subtitles::texts(memory_bytes / 64),
            drive_subtitles: subtitles::lists_of_drives(),
            clocks: Cache::new(items),
            engine: Engine::new(memory_bytes / 8 * 5, disk),
            read_ahead: ReadAhead::default(),
            library,
        }
    }

    /// Fetches what viewers wait for over up to `connections` concurrent connections if the upstream is
    /// slow.
    pub fn with_parallel_ranges(mut self, connections: usize) -> Self {
        self.engine = self.engine.with_parallel_ranges(connections);
        self
    }

    /// Returns the library.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Returns the byte engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Returns the pictures of entries.
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// Returns the segment index of a rendition, from the cache or with one upstream call. Errors that are
    /// not transient are cached for [`REFUSAL_TTL`].
    pub async fn segment_index(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
    ) -> Result<Arc<SegmentIndex>, DriveError> {
        let key = (EntryKey::of(entry), rendition);
        if let Some(index) = self.indexes.get(&key).await {
            return Ok(index);
        }
        if let Some(refusal) = self.refusals.get(&key).await {
            return Err(refusal);
        }
        let load = self.load_segment_index(entry, rendition);
        let is_local = self
            .library
            .drive(&entry.place)
            .is_ok_and(|drive| drive.is_local());
        let answer = match is_local {
            true => {
                let (indexes, key) = (self.indexes.clone(), key.clone());
                let load = async move {
                    let index = load.await?;
                    indexes.insert(key, index.clone()).await;
                    Ok(index)
                };
                let key = (EntryKey::of(entry), rendition);
                self.local_loads.join(key, load).await
            }
            false => single_flight(&self.indexes, key.clone(), load).await,
        };
        let answer = self.library.invalidate_on_error(&entry.place, answer).await;
        if let Err(error) = &answer
            && !error.kind.is_transient()
        {
            self.refusals.insert(key, error.clone()).await;
        }
        answer
    }

    /// Returns the media playlist of a rendition. The text is cached with its segment index.
    pub async fn playlist(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
    ) -> Result<Bytes, DriveError> {
        let index = self.segment_index(entry, rendition).await?;
        let extension = match index.written.get() {
            Some(written) => return Ok(written.clone()),
            None => self
                .segment_form(entry, rendition)
                .await?
                .container
                .extension(),
        };
        Ok(index
            .written
            .get_or_init(|| media_playlist(&index, rendition, extension).into())
            .clone())
    }

    /// Returns segment `number` of a rendition, with the priority of a viewer.
    ///
    /// # Errors
    ///
    /// `not_found` if there is no such segment.
    pub async fn segment(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
        number: usize,
    ) -> Result<Object, DriveError> {
        let index = self.segment_index(entry, rendition).await?;
        self.segment_of(index, entry, rendition, number, Priority::Playing)
    }

    /// Returns segment `number` of a segment index, with this priority.
    fn segment_of(
        &self,
        index: Arc<SegmentIndex>,
        entry: &Arc<Entry>,
        rendition: Rendition,
        number: usize,
        priority: Priority,
    ) -> Result<Object, DriveError> {
        let facts = index.facts(number).ok_or_else(|| {
            DriveError::new(
                ErrorKind::NotFound,
                "segment",
                format!("there is no segment {number}"),
            )
        })?;
        Ok(Object {
            length: facts.length,
            etag: etag_of(&facts, entry, rendition, number),
            shared: true,
            source: Arc::new(SegmentSource::new(
                self.clone(),
                entry.clone(),
                rendition,
                (number, index.clone()),
                DynamicPriority::new(priority),
            )),
        })
    }

    /// Returns the ETag of a segment; `None` if there is no such segment.
    fn segment_etag(
        &self,
        index: &SegmentIndex,
        entry: &Entry,
        rendition: Option<Rendition>,
        number: usize,
    ) -> Option<String> {
        Some(etag_of(&index.facts(number)?, entry, rendition?, number))
    }

    /// Returns a rendition as one object from its first to its last segment.
    ///
    /// # Errors
    ///
    /// `transcoding` while its list still grows.
    pub async fn whole(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
    ) -> Result<Object, DriveError> {
        let index = self.segment_index(entry, rendition).await?;
        if !index.ended {
            return Err(DriveError::new(
                ErrorKind::Transcoding,
                "whole",
                "the list is still growing",
            ));
        }
        let lengths = index.lengths().to_vec();
        Ok(Object {
            // If the upstream does not report the segments' lengths, they are not fetched to find out: the
            // object is then a stream without ranges.
            length: lengths.iter().copied().sum(),
            etag: index.etag().to_owned(),
            // Its segments are cached and shared instead.
            shared: false,
            source: Arc::new(WholeRenditionSource::new(
                self.clone(),
                entry.clone(),
                rendition,
                lengths,
            )),
        })
    }

    /// Returns the numbers of cached segment indexes, ladders and pictures, and of blocks and bytes of
    /// media.
    pub fn cache_counts(&self) -> [(&'static str, u64); 6] {
        let media = self.engine.stats();
        [
            ("segment_indexes", self.indexes.entry_count()),
            ("ladders", self.ladders.entry_count()),
            ("opened originals", self.films.count()),
            ("pictures", self.pictures.kept()),
            ("blocks of media", media.cached_blocks),
            ("bytes of media", media.cached_bytes),
        ]
    }
}

#[cfg(test)]
mod tests;
