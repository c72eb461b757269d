//! Pictures out of files, for drives whose upstream makes none: the cover among a file's attachments or tags, else a key
//! frame of its picture, which ffmpeg decodes where it is installed.
//!
//! All bytes come through the engine at the priority of thumbnails, in the small blocks of the index, and no file costs
//! more than [`MAX_READ_BYTES`]. What was looked for in vain is not looked for again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cache::Cache;
use containers::{Budget, Container, ContainerError, FilmSource, ReadRange, ReplyPiece};
use tokio::process::Command;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::pictures::{MAX_PICTURE_BYTES, Picture, PictureSize};
use super::source::index_reader::IndexReader;
use super::{EntryKey, Playback, ffmpeg};
use crate::governor::Priority;
use drives::tags::{TagLimits, embedded_picture};
use drives::{DriveError, ErrorKind, is_installed};
use media::Entry;

/// Files that are read for pictures concurrently.
const MAX_READERS: usize = 4;

/// Bytes that are read of one file: the index of a long film, and a key frame of it.
const MAX_READ_BYTES: u64 = 24 << 20;

/// Bounds on the index of a film.
const BUDGET: Budget = Budget {
    read_bytes: 16 << 20,
    memory_bytes: 16 << 20,
    steps: 10_000_000,
};

/// Bounds on the tags of a file.
const TAG_LIMITS: TagLimits = TagLimits {
    bytes: 8 << 20,
    calls: 100_000,
    timeout: Duration::from_secs(30),
};

/// The longest reading of one file.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// The longest run of ffmpeg, which decodes one frame.
const DECODE_TIMEOUT: Duration = Duration::from_secs(20);

/// The time for which a file without a picture is not read again.
const NONE_TTL: Duration = Duration::from_secs(3600);

/// Arguments of ffmpeg for a thumbnail of a frame, a JPEG.
const THUMBNAIL: [&str; 6] = [
    "-vf",
    "scale='min(850,iw)':-2",
    "-c:v",
    "mjpeg",
    "-q:v",
    "4",
];

/// Arguments of ffmpeg for a picture over the seek bar, a WebP as pages send it.
const SMALL_FRAME: [&str; 6] = [
    "-vf",
    "scale='min(240,iw)':-2",
    "-c:v",
    "libwebp",
    "-quality",
    "60",
];

/// Limits of reading, and the files that have no picture. Clones share them.
#[derive(Clone)]
pub(super) struct FilePictures {
    permits: Arc<Semaphore>,
    without: Cache<EntryKey, ()>,
    decodes_frames: bool,
}

impl Default for FilePictures {
    fn default() -> Self {
        FilePictures {
            permits: Arc::new(Semaphore::new(MAX_READERS)),
            without: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(NONE_TTL)
                .build(),
            decodes_frames: is_installed("ffmpeg"),
        }
    }
}

/// A file of which a limited number of bytes are read.
pub(super) struct BoundedReader {
    file: IndexReader,
    bytes_left: AtomicU64,
}

impl BoundedReader {
    /// Creates a reader of at most `max_bytes`.
    pub fn new(file: IndexReader, max_bytes: u64) -> Self {
        BoundedReader {
            file,
            bytes_left: AtomicU64::new(max_bytes),
        }
    }

    /// Returns the error of the drive that the last failed read ended with; `None` if it did not fail.
    pub fn take_failure(&self) -> Option<DriveError> {
        self.file.take_failure()
    }
}

impl ReadRange for BoundedReader {
    fn size(&self) -> u64 {
        self.file.size()
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, ContainerError> {
        let left = &self.bytes_left;
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(length as u64)
        })
        .map_err(|_| ContainerError::OverBudget("the bytes that may be read of it"))?;
        self.file.read(offset, length).await
    }
}

/// The same file for a parser that blocks.
pub(super) struct BlockingReader {
    file: Arc<BoundedReader>,
    position: u64,
    runtime: Handle,
}

impl BlockingReader {
    /// Creates a reader for a thread that may block, beside the current runtime.
    pub fn new(file: Arc<BoundedReader>) -> Self {
        BlockingReader {
            file,
            position: 0,
            runtime: Handle::current(),
        }
    }
}

impl io::Read for BlockingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.file.size().saturating_sub(self.position);
        let length = left.min(buffer.len() as u64) as usize;
        let read = self.file.read(self.position, length);
        let bytes = self.runtime.block_on(read).map_err(io::Error::other)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.position += bytes.len() as u64;
        Ok(bytes.len())
    }
}

impl io::Seek for BlockingReader {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let position = match to {
            io::SeekFrom::Start(position) => Some(position),
            io::SeekFrom::End(offset) => self.file.size().checked_add_signed(offset),
            io::SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

impl Playback {
    /// Returns the picture of an entry: that of its upstream, or one out of its file where the upstream makes none.
    ///
    /// # Errors
    /// `not_found` if there is neither.
    pub async fn picture(
        &self,
        entry: &Arc<Entry>,
        size: PictureSize,
    ) -> Result<Arc<Picture>, DriveError> {
        let (playback, owned) = (self.clone(), entry.clone());
        let inside = async move { playback.file_picture(&owned).await };
        self.pictures.of_size(entry, size, inside).await
    }

    /// Returns the card of an entry for chats, a JPEG of 1200 × 630 pixels.
    ///
    /// # Errors
    /// Those of [`Playback::picture`].
    pub async fn card(&self, entry: &Arc<Entry>) -> Result<Bytes, DriveError> {
        let picture = self.picture(entry, PictureSize::Large).await?;
        self.pictures.card_of(picture).await
    }

    async fn file_picture(&self, entry: &Arc<Entry>) -> Result<Picture, DriveError> {
        let key = EntryKey::of(entry);
        if !entry.kind.is_playable() || self.file_pictures.without.contains_key(&key) {
            return Err(no_picture("it has none"));
        }
        let _permit = self.file_pictures.permits.acquire().await;
        // Boxed: reading a container is a future of many states.
        let read = Box::pin(self.read_file_picture(entry));
        let bytes = timeout(READ_TIMEOUT, read).await.unwrap_or_else(|_| {
            let detail = "reading it takes too long";
            Err(DriveError::new(
                ErrorKind::UpstreamTimeout,
                "thumbnail",
                detail,
            ))
        });
        let picture = bytes.and_then(|bytes| {
            Picture::of(bytes).ok_or_else(|| no_picture("what it has is not a picture"))
        });
        if let Err(error) = &picture
            && error.kind == ErrorKind::NotFound
        {
            self.file_pictures.without.insert(key, ()).await;
        }
        picture
    }

    async fn read_file_picture(&self, entry: &Arc<Entry>) -> Result<Bytes, DriveError> {
        let file = self.index_reader(entry, Priority::Thumbnails);
        let file = Arc::new(BoundedReader::new(file, MAX_READ_BYTES));
        let head = file.read(0, file.size().min(12) as usize).await;
        let head = head.map_err(|error| file.file.drive_error(error))?;
        if Container::of(&head) == Some(Container::Matroska) {
            return self.film_picture(&file).await;
        }
        match tagged_picture(&file).await {
            Some(bytes) => Ok(bytes),
            None => self.film_picture(&file).await,
        }
    }

    /// Returns the cover that is attached to a film, or one of its key frames.
    async fn film_picture(&self, file: &BoundedReader) -> Result<Bytes, DriveError> {
        let failed = |error: ContainerError| match error {
            ContainerError::Read(_) => file.file.drive_error(error),
            error => no_picture(&error.to_string()),
        };
        let film = FilmSource::open(file, &BUDGET).await.map_err(failed)?;
        // A film whose attachments are broken still has frames.
        let attached = film.attachments(file, &BUDGET).await.unwrap_or_default();
        let covers = attached.iter().filter(|it| {
            it.media_type.starts_with("image/") && it.size <= MAX_PICTURE_BYTES as u64
        });
        // RFC 9559 §21.1: the cover is called `cover`, another one `cover_land` or `small_cover`.
        if let Some(cover) = covers.min_by_key(|it| !it.name.starts_with("cover.")) {
            let bytes = file.read(cover.offset, cover.size as usize).await;
            return bytes.map_err(failed);
        }
        let picture = film.picture().filter(|_| self.file_pictures.decodes_frames);
        let picture = picture.ok_or_else(|| no_picture("no frame of it can be decoded"))?;
        // A tenth of a film is behind its titles.
        let input = read_key_frame(&film, picture, file, film.plan().len() / 10).await;
        decode(input.map_err(failed)?, &THUMBNAIL).await
    }

    /// Returns the key frame that segment `n` of a film begins with, as a small WebP.
    ///
    /// # Errors
    /// `NotFound` if it cannot be decoded, and the errors of the upstream.
    pub(super) async fn small_key_frame(
        &self,
        entry: &Arc<Entry>,
        film: &FilmSource,
        n: usize,
    ) -> Result<Bytes, DriveError> {
        let picture = film.picture().filter(|_| self.file_pictures.decodes_frames);
        let picture = picture.ok_or_else(|| no_picture("no frame of it can be decoded"))?;
        let file = self.index_reader(entry, Priority::Scans);
        let file = BoundedReader::new(file, MAX_READ_BYTES);
        let input = read_key_frame(film, picture, &file, n).await;
        let input = input.map_err(|error| match error {
            ContainerError::Read(_) => file.file.drive_error(error),
            error => no_picture(&error.to_string()),
        })?;
        decode(input, &SMALL_FRAME).await
    }
}

/// Reads the key frame that segment `n` begins with, as a fragmented MP4.
async fn read_key_frame(
    film: &FilmSource,
    picture: usize,
    file: &BoundedReader,
    n: usize,
) -> Result<Vec<Bytes>, ContainerError> {
    let mut segment = film.key_frame(file, n).await?;
    let mut input = vec![film.init(&[picture])?];
    while let Some(piece) = segment.next(file).await? {
        input.push(match piece {
            ReplyPiece::Bytes(bytes) => bytes,
            ReplyPiece::Range { offset, length } => {
                file.read(offset, length.min(MAX_READ_BYTES) as usize)
                    .await?
            }
        });
    }
    Ok(input)
}

/// Returns the picture in the tags of a file; `None` without one.
async fn tagged_picture(file: &Arc<BoundedReader>) -> Option<Bytes> {
    let reader = BlockingReader::new(file.clone());
    let read = tokio::task::spawn_blocking(move || embedded_picture(reader, &TAG_LIMITS));
    let picture = read.await.ok().flatten();
    picture.filter(|bytes| bytes.len() <= MAX_PICTURE_BYTES)
}

/// Decodes the only frame of a fragmented MP4, and encodes it by these arguments of ffmpeg.
async fn decode(input: Vec<Bytes>, output: &[&str]) -> Result<Bytes, DriveError> {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-v", "error", "-threads", "1", "-f", "mp4", "-i", "pipe:0"])
        .args(["-map", "0:v:0", "-frames:v", "1", "-f", "image2"])
        .args(output)
        .args(["-threads", "1", "pipe:1"]);
    let decoded = timeout(DECODE_TIMEOUT, ffmpeg::run(command, input)).await;
    let decoded = decoded.unwrap_or_else(|_| Err("ffmpeg took too long".to_owned()));
    decoded.map_err(|detail| no_picture(&detail))
}

fn no_picture(detail: &str) -> DriveError {
    DriveError::not_found("thumbnail", detail)
}
