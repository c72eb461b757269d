//! Loads the text of a subtitle file or track, and the clock that it is relative to.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt;
use tokio::time::timeout;

use super::super::{EntryKey, Playback};
use super::attachments::CollectedText;
use super::{
    MAX_FILE_BYTES, MAX_PROBE_BYTES, MAX_TEXT_BYTES, ParsedText, SubtitleText, TEXT_TIMEOUT,
    TextPart,
};
use crate::governor::Priority;
use crate::library::single_flight;
use drives::{DriveError, ErrorKind};
use media::{ByteRange, Entry, Rendition, SubtitleFormat, SubtitleOrigin, Subtitles};

use super::{attachments, encoding, stream_clock};

impl Playback {
    /// Returns the text of one of a film's subtitles.
    ///
    /// # Errors
    ///
    /// `not_found` if there is none of that id, `unsupported` if the file is too large or has no cues.
    pub async fn subtitle_text(
        &self,
        film: &Arc<Entry>,
        id: &str,
    ) -> Result<Arc<SubtitleText>, DriveError> {
        let one = self.subtitles_of_id(film, id).await?;
        let playback = self.clone();
        match one.origin {
            SubtitleOrigin::File(file) => {
                let key = (EntryKey::of(&file), TextPart::File);
                let load = async move { playback.load_file(*file, one.language).await };
                single_flight(&self.texts, key, load).await
            }
            SubtitleOrigin::Track(track) => {
                let key = (EntryKey::of(film), TextPart::Track(track));
                let film = film.clone();
                let load = async move { playback.load_track(&film, track).await };
                let load = single_flight(&self.texts, key, load);
                timeout(TEXT_TIMEOUT, load).await.unwrap_or_else(|_| {
                    let detail = "the text inside of the film is still being read";
                    Err(DriveError::new(ErrorKind::Transcoding, "subtitles", detail))
                })
            }
            SubtitleOrigin::Drive(index) => {
                let key = (EntryKey::of(film), TextPart::Drive(index));
                let film = film.clone();
                let load = async move { playback.load_of_drive(&film, index, one.language).await };
                single_flight(&self.texts, key, load).await
            }
        }
    }

    /// Returns one of a film's subtitles.
    pub(super) async fn subtitles_of_id(
        &self,
        film: &Arc<Entry>,
        id: &str,
    ) -> Result<Subtitles, DriveError> {
        let mut found = self.subtitles(film).await?;
        if found.iter().all(|one| one.id != id) {
            found = self.all_subtitles(film).await?;
        }
        found.into_iter().find(|one| one.id == id).ok_or_else(|| {
            let detail = "the film has no such subtitles";
            DriveError::new(ErrorKind::NotFound, "subtitles", detail)
        })
    }

    async fn load_track(
        &self,
        film: &Arc<Entry>,
        track: usize,
    ) -> Result<Arc<SubtitleText>, DriveError> {
        let text = Box::pin(self.read_text_track(film, track)).await?;
        let text = text.finish().ok_or_else(|| {
            let detail = "the track holds no subtitles";
            DriveError::new(ErrorKind::Unsupported, "subtitles", detail)
        })?;
        Ok(Arc::new(text))
    }

    async fn load_file(
        &self,
        file: Entry,
        language: Option<String>,
    ) -> Result<Arc<SubtitleText>, DriveError> {
        let format = SubtitleFormat::of_file(&file.name).unwrap_or(SubtitleFormat::Srt);
        let text = self
            .text_of_file(&self.original(&Arc::new(file)), format)
            .await?;
        converted(format, text, language).await
    }

    /// Returns the text of a subtitle file without embedded fonts and pictures, up to [`MAX_TEXT_BYTES`], and the
    /// positions of the fonts.
    async fn text_of_file(
        &self,
        object: &crate::bytes::Object,
        format: SubtitleFormat,
    ) -> Result<CollectedText, DriveError> {
        let mut text = attachments::TextCollector::new(format, MAX_TEXT_BYTES);
        let last = object.length.unwrap_or(MAX_FILE_BYTES).min(MAX_FILE_BYTES);
        let Some(last) = last.checked_sub(1) else {
            return Ok(text.finish());
        };
        let range = object.length.map(|_| ByteRange { first: 0, last });
        let mut body = self.engine.read(object, range).await?.body;
        while let Some(chunk) = body.try_next().await? {
            if !text.push(&chunk) {
                break;
            }
        }
        Ok(text.finish())
    }

    /// Returns up to `most` bytes from the beginning of an object.
    pub(in crate::playback) async fn beginning(
        &self,
        object: &crate::bytes::Object,
        most: u64,
    ) -> Result<Bytes, DriveError> {
        let last = object.length.map_or(most, |length| length.min(most));
        let range = last.checked_sub(1).map(|last| ByteRange { first: 0, last });
        if range.is_none() {
            return Ok(Bytes::new());
        }
        let range = range.filter(|_| object.length.is_some());
        let mut body = self.engine.read(object, range).await?.body;
        let mut bytes = Vec::new();
        while let Some(chunk) = body.try_next().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 >= most {
                break;
            }
        }
        Ok(bytes.into())
    }

    /// Returns the timestamp of the first video frame of a film's streams, in ticks of 90 kHz. All
    /// renditions are made of one film and begin alike.
    pub async fn first_video_timestamp(&self, film: &Arc<Entry>) -> Result<u64, DriveError> {
        if !self.library.drive(&film.place)?.has_renditions(film) {
            return Ok(self.source(film).await?.clock());
        }
        let key = EntryKey::of(film);
        let (playback, film) = (self.clone(), film.clone());
        single_flight(&self.clocks, key, async move {
            let (rendition, index) = playback.first_listed_index(&film).await?;
            let first = playback.segment_of(index, &film, rendition, 0, Priority::Opening)?;
            let bytes = playback.beginning(&first, MAX_PROBE_BYTES).await?;
            // If it is unknown, players begin at zero, too.
            Ok(stream_clock::first_video_timestamp(&bytes).unwrap_or_default())
        })
        .await
    }

    /// Returns the length in seconds of a film's streams, as far as it is known.
    ///
    /// # Errors
    ///
    /// Fails if it has none.
    pub async fn stream_duration_s(&self, film: &Arc<Entry>) -> Result<f64, DriveError> {
        if !self.library.drive(&film.place)?.has_renditions(film) {
            return Ok(self.source(film).await?.source().duration_s());
        }
        let (_, index) = self.first_listed_index(film).await?;
        Ok(index.duration_s().max(film.duration_s.unwrap_or_default()))
    }

    /// Returns the rendition that is listed first in the ladder of a film, with its segment index.
    async fn first_listed_index(
        &self,
        film: &Arc<Entry>,
    ) -> Result<(Rendition, Arc<super::super::segment_index::SegmentIndex>), DriveError> {
        let ladder = self.ladder(film).await?;
        let rendition = super::super::master::first_listed(&ladder.rungs).ok_or_else(|| {
            DriveError::new(
                ErrorKind::Unsupported,
                "subtitles",
                "the film has no stream",
            )
        })?;
        Ok((rendition, self.segment_index(film, rendition).await?))
    }
}

/// Converts the bytes of subtitles.
///
/// # Errors
///
/// `unsupported` if they hold no cues.
pub(super) async fn converted(
    format: SubtitleFormat,
    file: CollectedText,
    language: Option<String>,
) -> Result<Arc<SubtitleText>, DriveError> {
    // Blocking: some megabytes of text, and encodings to be guessed.
    let read = move || {
        let text = encoding::decode(&file.text, language.as_deref());
        let read = ParsedText::of(format, text).finish();
        read.map(|read| SubtitleText {
            fonts: file.fonts,
            ..read
        })
    };
    let text = tokio::task::spawn_blocking(read).await.ok().flatten();
    let text = text.ok_or_else(|| {
        let detail = "the subtitle file holds no subtitles";
        DriveError::new(ErrorKind::Unsupported, "subtitles", detail)
    })?;
    Ok(Arc::new(text))
}
