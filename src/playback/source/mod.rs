//! The original of a film as a stream: its own pictures, sounds and texts in fragmented MP4, made from byte ranges of
//! the file while they are sent. Nothing is decoded.
//!
//! ```text
//!   viewer ── Object ── pieces ──┬── bytes that were written here (styp, moof, mdat header)
//!                                └── ranges of the original ── engine ── drive
//! ```
//!
//! The container is the business of the crate `containers`. This module opens a file once for all viewers, and all
//! bytes that it reads come through the engine: the index in small blocks of an object of its own, media in the blocks
//! of the original. So sharing, the disk cache, renewal and resuming hold as they do for segments of an upstream.

mod content;
mod decoded_sound;
mod frame_span;
pub(super) mod index_reader;
mod media_reader;
mod playlist;
mod replies;
mod sound_process;
mod stream;
mod variants;

use std::sync::Arc;
use std::time::Duration;

use cache::Cache;
use containers::{Budget, Container, ContainerError, FilmSource, Progressive, TrackKind};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::segment_index::short_hash;
use super::{EntryKey, Playback};
use crate::bytes::Object;
use crate::governor::Priority;
use crate::library::single_flight;
use content::{RepackagedSource, ReplyContent};
pub(super) use decoded_sound::SoundDecoder;
use drives::{DriveError, ErrorKind};
use index_reader::IndexReader;
use media::{Entry, EntryKind};

pub use stream::SourceStream;
pub use variants::{SourceSound, SourceVariants};

/// A viewer waits this long for the index of a file. Reading goes on, and the next request finds the result.
const INDEX_TIMEOUT: Duration = Duration::from_secs(8);

/// The time after which reading an index is given up. A file of sixty gigabytes without an index has some ten thousand
/// clusters, each of which is one small read.
const MAX_INDEX_DURATION: Duration = Duration::from_secs(1800);

/// The index of a content never changes; it is read again after this time only to forget films that are not watched.
const INDEX_TTL: Duration = Duration::from_secs(6 * 3600);

/// A file that cannot be repackaged stays so: its key contains its content. Ten minutes forgive a wrong reading.
const REFUSAL_TTL: Duration = Duration::from_secs(600);

/// The reads of one step of a scan.
const SCAN_READS: u32 = 16;

/// Is shown to people for files that cannot be repackaged.
const SENTENCE: &str =
    "This file cannot be streamed as it is: it is damaged, or of a kind that is not known here.";

/// A file that was opened: its tracks, its plan, and the layout of the whole as one MP4.
#[derive(Debug)]
pub struct RepackagedFilm {
    source: FilmSource,
    /// True if the segments were found by a scan of the file and not in its own index.
    is_scanned: bool,
    /// The layout of `source.mp4`, made on first use.
    layout: OnceCell<Arc<Progressive>>,
}

/// Returns true if the original is played in place of renditions that are missing for this reason: the upstream has none
/// of it, not yet, or not for this account, and its owner may read the file all the same.
pub fn replaces_renditions(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Unsupported
            | ErrorKind::Transcoding
            | ErrorKind::PreviewOnly
            | ErrorKind::PlanRequired
    )
}

/// The opened files, and those that could not be opened.
#[derive(Clone)]
pub(super) struct SourceCache {
    opened: Cache<EntryKey, Arc<RepackagedFilm>>,
    refusals: Cache<EntryKey, DriveError>,
    /// Files whose own index proved wrong: they are scanned.
    distrusted: Cache<EntryKey, ()>,
}

impl SourceCache {
    /// Creates an empty cache of at most `memory_bytes`, and of at most `items` refusals.
    pub fn new(memory_bytes: u64, items: u64) -> Self {
        SourceCache {
            opened: Cache::builder()
                .weigher(|_, film: &Arc<RepackagedFilm>| film.weight())
                .max_capacity(memory_bytes)
                .time_to_live(INDEX_TTL)
                .build(),
            refusals: Cache::builder()
                .max_capacity(items)
                .time_to_live(REFUSAL_TTL)
                .build(),
            distrusted: Cache::new(items),
        }
    }

    /// Returns an opened file from the cache; `None` if it is not there.
    pub async fn opened(&self, key: &EntryKey) -> Option<Arc<RepackagedFilm>> {
        self.opened.get(key).await
    }

    /// Returns true if a file was found to be one that cannot be repackaged.
    pub fn is_refused(&self, key: &EntryKey) -> bool {
        self.refusals.contains_key(key)
    }

    /// Returns the number of opened files.
    pub fn count(&self) -> u64 {
        self.opened.entry_count()
    }
}

impl RepackagedFilm {
    /// Returns the tracks, chapters and plan of the file.
    pub fn source(&self) -> &FilmSource {
        &self.source
    }

    /// Returns the bytes that it takes in the cache, with the layout that may be added later.
    fn weight(&self) -> u32 {
        // The end of each segment, and its row in the segment index.
        let layout = self.source.plan().len() * (8 + 12) + (8 << 10);
        (size_of::<Self>() + self.source.memory_bytes() + layout).min(u32::MAX as usize) as u32
    }

    /// Returns true if the segments of a stream are fragmented MP4, which needs an init section; they are transport
    /// streams otherwise.
    pub fn has_init(&self, stream: SourceStream) -> bool {
        self.source.container() != Container::TransportStream
            || matches!(stream, SourceStream::DecodedSound(_))
    }

    /// Checks that there is a segment `n`.
    fn check_segment(&self, n: usize) -> Result<(), DriveError> {
        if n < self.source.plan().len() {
            return Ok(());
        }
        let detail = format!("there is no segment {n}");
        Err(DriveError::new(ErrorKind::NotFound, "source", detail))
    }

    /// Returns the time in the repackaged stream at which the film begins, in ticks of 90 kHz.
    pub fn clock(&self) -> u64 {
        (self.source.shift_s().max(0.0) * 90_000.0).round() as u64
    }
}

impl Playback {
    /// Returns true if the type of a file allows to repackage it and its drive hands it out. The file is not read.
    pub fn has_source(&self, entry: &Entry) -> bool {
        let drive = self.library.drive(&entry.place);
        drive.is_ok_and(|drive| drive.has_source(entry))
    }

    /// Returns the opened file of an entry, from the cache or after reading its index, once for all concurrent callers.
    ///
    /// # Errors
    /// `Unsupported` for files that cannot be repackaged, `Transcoding` while an index takes long to read, and the
    /// errors of the upstream.
    pub async fn source(&self, entry: &Arc<Entry>) -> Result<Arc<RepackagedFilm>, DriveError> {
        if !self.has_source(entry) {
            return Err(unsupported("a file of this type"));
        }
        let key = EntryKey::of(entry);
        if let Some(refusal) = self.films.refusals.get(&key).await {
            return Err(refusal);
        }
        let load = self.load_source(entry);
        let load = single_flight(&self.films.opened, key.clone(), load);
        let answer = timeout(INDEX_TIMEOUT, load).await.unwrap_or_else(|_| {
            let detail = "the index is still being read";
            let error = DriveError::new(ErrorKind::Transcoding, "source", detail);
            Err(error.with_sentence("The contents of this file are still being read."))
        });
        let answer = self.library.invalidate_on_error(&entry.place, answer).await;
        if let Err(error) = &answer
            && error.kind == ErrorKind::Unsupported
        {
            self.films.refusals.insert(key, error.clone()).await;
        }
        answer
    }

    /// Returns the opened file of an entry if it was opened already; `None` otherwise. Reads nothing.
    pub async fn known_source(&self, entry: &Entry) -> Option<Arc<RepackagedFilm>> {
        self.films.opened.get(&EntryKey::of(entry)).await
    }

    fn load_source(
        &self,
        entry: &Arc<Entry>,
    ) -> impl Future<Output = Result<Arc<RepackagedFilm>, DriveError>> + Send + 'static {
        let (playback, entry) = (self.clone(), entry.clone());
        async move {
            // Boxed: reading a container is a future of many states.
            let load = Box::pin(playback.open_source(&entry));
            let film = timeout(MAX_INDEX_DURATION, load)
                .await
                .unwrap_or_else(|_| Err(unsupported("an index that takes longer to read")))?;
            Ok(Arc::new(film))
        }
    }

    async fn open_source(&self, entry: &Arc<Entry>) -> Result<RepackagedFilm, DriveError> {
        let reader = self.index_reader(entry, Priority::Opening);
        let opened = FilmSource::open(&reader, &Budget::default()).await;
        let mut source = opened.map_err(|error| reader.drive_error(error))?;
        let is_distrusted = self.films.distrusted.contains_key(&EntryKey::of(entry));
        let is_scanned = is_distrusted || source.plan().is_empty();
        if is_scanned && let Some(mut scan) = source.scan() {
            let reader = self.index_reader(entry, Priority::Scans).unaligned();
            loop {
                let step = scan.step(&reader, SCAN_READS).await;
                match step.map_err(|error| reader.drive_error(error))? {
                    containers::matroska::ScanProgress::More => {}
                    containers::matroska::ScanProgress::Done => break,
                }
            }
            let taken = source.take_scan(&scan);
            taken.map_err(|error| reader.drive_error(error))?;
        }
        if source.plan().is_empty() {
            return Err(unsupported("a film without a key frame"));
        }
        let has_picture = source.tracks().iter().any(|it| it.kind == TrackKind::Video);
        if entry.kind == EntryKind::Video && has_picture && source.picture().is_none() {
            // A film whose sound alone could be sent is not that film.
            return Err(unsupported("the codec of its picture"));
        }
        Ok(RepackagedFilm {
            source,
            is_scanned,
            layout: OnceCell::new(),
        })
    }

    /// Forgets the index of a film that does not fit to its media; it is scanned when it is opened again.
    async fn distrust_index(&self, entry: &Entry) {
        let key = EntryKey::of(entry);
        self.films.distrusted.insert(key.clone(), ()).await;
        self.films.opened.invalidate(&key).await;
    }

    /// Returns a reader of small parts that lie all over a film, as the lines of a text do.
    pub(super) fn line_reader(&self, entry: &Arc<Entry>) -> IndexReader {
        let object = self.original_at(entry, Priority::Scans);
        IndexReader::new(self.engine.clone(), object).unaligned()
    }

    pub(in crate::playback) fn index_reader(
        &self,
        entry: &Arc<Entry>,
        priority: Priority,
    ) -> IndexReader {
        IndexReader::new(self.engine.clone(), self.original_index(entry, priority))
    }

    fn repackaged(
        &self,
        entry: &Arc<Entry>,
        film: Arc<RepackagedFilm>,
        name: &str,
        content: ReplyContent,
    ) -> Object {
        let original = self.original(entry);
        let mut hash = Sha256::new();
        // With the version: another one may write other headers around the same samples.
        let version = env!("CARGO_PKG_VERSION");
        hash.update(format!("{} {version} {name}", original.etag));
        let length = content.length();
        Object {
            length,
            etag: short_hash(&hash.finalize()),
            // The blocks of the original are cached and shared instead.
            shared: false,
            source: Arc::new(RepackagedSource::new(
                self.clone(),
                entry.clone(),
                film,
                content,
            )),
        }
    }
}

fn unsupported(what: &str) -> DriveError {
    DriveError::new(ErrorKind::Unsupported, "source", what).with_sentence(SENTENCE)
}

/// Converts an error of the container; `failure` is that of the engine, where reading failed.
fn drive_error(error: ContainerError, failure: Option<DriveError>) -> DriveError {
    match (error, failure) {
        (ContainerError::Read(_), Some(failure)) => failure,
        (ContainerError::Read(detail), None) => {
            DriveError::new(ErrorKind::UpstreamFailed, "source", detail)
        }
        (error, _) => unsupported(&error.to_string()),
    }
}
