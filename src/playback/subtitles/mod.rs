//! Subtitles of a film: text tracks inside of it and files beside it, in any supported format and encoding, as WebVTT for browsers and
//! as renditions of the HLS ladder (RFC 8216 §3.5, §4.3.4.1) for all other players. SubStation text is kept as it was made,
//! too, for a browser that draws it, with the fonts inside of the film.

mod attachments;
mod cues;
mod encoding;
mod file_fonts;
mod fonts;
mod in_film;
mod loading;
mod markup;
mod of_drive;
mod pieces;
mod stream_clock;

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

pub use cues::Cue;
#[cfg(any(test, fuzzing))]
pub use cues::write;
#[cfg(any(test, fuzzing))]
pub use file_fonts::fonts_in_file;
pub use pieces::{PieceTime, playlist_of_pieces, subtitle_playlist};
#[cfg(any(test, fuzzing))]
pub use stream_clock::first_video_timestamp;

use self::in_film::TextsInside;
use super::segment_index::short_hash;
use super::{EntryKey, Playback};
use crate::library::Freshness;
use cache::Cache;
use drives::DriveError;
use media::{
    ByteRange, Entry, EntryKind, EntryPath, PageRequest, SubtitleFolders, SubtitleFormat,
    SubtitleOrigin, Subtitles,
};

/// The parsed cues of a subtitle file.
#[derive(Debug, Clone)]
pub struct SubtitleText {
    /// WebVTT cue blocks, without the header of a file.
    cues: String,
    /// Identifies the content. Without quotes.
    pub etag: String,
    /// SubStation text as it was made, without fonts and pictures in it; `None` for other formats.
    pub document: Option<String>,
    /// Positions of the encoded fonts in the file.
    pub fonts: Vec<ByteRange>,
}

/// Subtitles as they were read.
pub(super) struct ParsedText {
    cues: Vec<Cue>,
    /// See [`SubtitleText::document`].
    document: Option<String>,
}

impl ParsedText {
    fn of(format: SubtitleFormat, text: String) -> Self {
        ParsedText {
            cues: cues::parse(format, &text),
            document: (format == SubtitleFormat::Ass).then_some(text),
        }
    }

    /// Returns the text for viewers; `None` without cues.
    fn finish(self) -> Option<SubtitleText> {
        if self.cues.is_empty() {
            return None;
        }
        let cues = cues::write(&self.cues);
        let mut hash = Sha256::new_with_prefix(&cues);
        hash.update(self.document.as_deref().unwrap_or_default());
        Some(SubtitleText {
            cues,
            etag: short_hash(&hash.finalize()),
            document: self.document,
            fonts: Vec::new(),
        })
    }
}

impl SubtitleText {
    /// Returns a WebVTT file whose times count from the beginning of the film.
    pub fn file(&self) -> String {
        format!("WEBVTT\n\n{}", self.cues)
    }

    /// Returns an HLS segment, whose times are mapped to the stream's clock: of all cues, or of those of a time. `clock` is
    /// the timestamp of the first video frame in ticks of 90 kHz.
    pub fn segment(&self, clock: u64, piece: Option<PieceTime>) -> String {
        let mut text = format!("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{clock},LOCAL:00:00:00.000\n\n");
        match piece {
            None => text.push_str(&self.cues),
            Some(time) => text.extend(time.cues(&self.cues)),
        }
        text
    }
}

/// Parses the cues of a file, in the order of time. The language in its name helps to guess its encoding.
pub fn parse_file(format: SubtitleFormat, bytes: &[u8], language: Option<&str>) -> Vec<Cue> {
    cues::parse(format, &encoding::decode(bytes, language))
}

pub(super) use of_drive::{DriveSubtitles, lists_of_drives};

/// Which text of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum TextPart {
    /// The file itself.
    File,
    /// A track inside of the film, by its index.
    Track(usize),
    /// Subtitles that the drive has for the film, by their index.
    Drive(usize),
}

/// Parsed subtitles. Clones share them.
pub(super) type Texts = Cache<(EntryKey, TextPart), Arc<SubtitleText>>;

/// Creates the cache of parsed subtitles.
pub(super) fn texts(memory_bytes: u64) -> Texts {
    Cache::builder()
        .weigher(|_, text: &Arc<SubtitleText>| {
            let document = text.document.as_ref().map_or(0, String::len);
            u32::try_from(text.cues.len() + document + 256).unwrap_or(u32::MAX)
        })
        .max_capacity(memory_bytes)
        .build()
}

/// Bytes of text that are read from a file: a film's dialogue takes some hundred kilobytes.
const MAX_TEXT_BYTES: usize = 5 << 20;

/// Bytes of a file that are read for its text. Most of a large one are fonts.
const MAX_FILE_BYTES: u64 = 128 << 20;

/// A viewer waits this long for the text of a track inside of a film. Reading goes on, and a later request finds it.
const TEXT_TIMEOUT: Duration = Duration::from_secs(8);

/// The maximum of a folder's entries among which subtitles are searched.
const MAX_FOLDER_ENTRIES: usize = 5_000;

/// Bytes of a stream in which the first video frame is searched.
const MAX_PROBE_BYTES: u64 = 512 << 10;

impl Playback {
    /// Returns the subtitle files beside a film, from the listing of its folder, and the text tracks inside of it. The
    /// drive is asked for subtitles of its own only if there are none of these.
    pub async fn subtitles(&self, film: &Arc<Entry>) -> Result<Vec<Subtitles>, DriveError> {
        if film.kind != EntryKind::Video {
            return Ok(Vec::new());
        }
        let (files, inside) = tokio::join!(self.subtitle_files(film), self.texts_inside(film));
        let found = match &inside {
            // Those inside are better than none.
            TextsInside::Of(opened) => {
                let files = files.unwrap_or_default();
                Subtitles::with_tracks(files, in_film::text_tracks(opened))
            }
            TextsInside::None | TextsInside::Unknown => files?,
        };
        match found.is_empty() && !matches!(inside, TextsInside::Unknown) {
            true => Ok(self.subtitles_of_drive(film, &[]).await),
            false => Ok(found),
        }
    }

    /// Returns all subtitles of a film, those of the drive itself among them, which is asked although the film has
    /// others.
    pub async fn all_subtitles(&self, film: &Arc<Entry>) -> Result<Vec<Subtitles>, DriveError> {
        let found = self.subtitles(film).await?;
        let is_of_drive = |one: &Subtitles| matches!(one.origin, SubtitleOrigin::Drive(_));
        if film.kind != EntryKind::Video || found.iter().any(is_of_drive) {
            return Ok(found);
        }
        let more = self.subtitles_of_drive(film, &found).await;
        Ok(Subtitles::joined(found, more))
    }

    /// Returns the subtitle files of a film: those beside it, and those in folders of subtitles.
    async fn subtitle_files(&self, film: &Entry) -> Result<Vec<Subtitles>, DriveError> {
        let Some(folder) = film.path.parent() else {
            return Ok(Vec::new());
        };
        let entries_of = |folder: EntryPath| async move {
            let (most, freshness) = (MAX_FOLDER_ENTRIES, Freshness::Cached);
            let library = &self.library;
            library
                .whole_folder_with_hidden(&film.place, &folder, most, freshness)
                .await
                .map(|folder| folder.entries)
        };
        let beside = entries_of(folder).await?;
        let mut folders = SubtitleFolders::of(&beside);
        for folder in SubtitleFolders::beside(&beside) {
            // A folder that cannot be read hides only its own files.
            let within = entries_of(folder.path.clone()).await.unwrap_or_default();
            for own in SubtitleFolders::of_film(film, &within) {
                let own = entries_of(own.path.clone()).await;
                folders.own.extend(own.unwrap_or_default());
            }
            folders.within.extend(within);
        }
        Ok(Subtitles::of_folders(film, &folders))
    }

    /// Returns the subtitle files from cached listings; none if they are not cached. Makes no upstream call.
    pub async fn cached_subtitles(&self, film: &Entry) -> Vec<Subtitles> {
        let Some(folder) = film.path.parent() else {
            return Vec::new();
        };
        let entries_of = |folder: EntryPath| async move {
            let page = PageRequest::large();
            self.library
                .cached_listing_with_hidden(&film.place, &folder, &page)
                .await
        };
        let Some(beside) = entries_of(folder).await else {
            return Vec::new();
        };
        let mut folders = SubtitleFolders::of(&beside.entries);
        for folder in SubtitleFolders::beside(&beside.entries) {
            let Some(within) = entries_of(folder.path.clone()).await else {
                continue;
            };
            for own in SubtitleFolders::of_film(film, &within.entries) {
                let own = entries_of(own.path.clone()).await;
                folders
                    .own
                    .extend(own.iter().flat_map(|own| own.entries.clone()));
            }
            folders.within.extend_from_slice(&within.entries);
        }
        Subtitles::of_folders(film, &folders)
    }

    /// Returns the subtitles that are known already: files of cached listings, and text tracks of an opened film. Makes
    /// no upstream call.
    pub async fn known_subtitles(&self, film: &Entry) -> Vec<Subtitles> {
        if film.kind != EntryKind::Video {
            return Vec::new();
        }
        let files = self.cached_subtitles(film).await;
        match self.known_source(film).await {
            Some(opened) => Subtitles::with_tracks(files, in_film::text_tracks(&opened)),
            None => files,
        }
    }
}
