//! Subtitles that a drive itself has for a film, converted like the files beside it.
//!
//! Few films have them and asking costs a call, so a drive is asked only for films without other subtitles, or when a
//! viewer opens the menu of subtitles. Its answer is cached.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;

use super::attachments::CollectedText;
use super::loading::converted;
use super::{MAX_TEXT_BYTES, SubtitleText};
use crate::governor::Priority;
use crate::library::single_flight;
use crate::playback::{EntryKey, Playback};
use cache::Cache;
use drives::{DriveError, ErrorKind, UpstreamSubtitles, UpstreamText};
use media::{Entry, SubtitleFormat, SubtitleOrigin, Subtitles};

/// The subtitles that drives have, by film. Clones share them.
pub(in crate::playback) type DriveSubtitles = Cache<EntryKey, Arc<Vec<UpstreamSubtitles>>>;

/// An answer is cached for this time; the URLs in it are signed for longer.
const LIST_TTL: Duration = Duration::from_secs(3600);

/// Creates the cache of answers.
pub(in crate::playback) fn lists_of_drives() -> DriveSubtitles {
    Cache::builder()
        .max_capacity(10_000)
        .time_to_live(LIST_TTL)
        .build()
}

impl Playback {
    /// Returns the subtitles that the drive itself has for a film, without the files that are `known`; empty if it has
    /// none, or did not answer.
    pub(super) async fn subtitles_of_drive(
        &self,
        film: &Arc<Entry>,
        known: &[Subtitles],
    ) -> Vec<Subtitles> {
        match self.list_of_drive(film).await {
            Ok(list) => {
                let described = list.iter();
                let described = described.map(|one| (one.language.as_deref(), one.name.as_deref()));
                let mut found = Subtitles::of_drive(described);
                found.retain(|one| {
                    let name = match one.origin {
                        SubtitleOrigin::Drive(index) => list[index].name.as_deref(),
                        _ => None,
                    };
                    known.iter().all(|known| Some(known.file_name()) != name)
                });
                found
            }
            Err(error) => {
                tracing::debug!(place = %film.place, kind = ?error.kind, detail = error.detail, "a film goes without the drive’s subtitles");
                Vec::new()
            }
        }
    }

    async fn list_of_drive(
        &self,
        film: &Arc<Entry>,
    ) -> Result<Arc<Vec<UpstreamSubtitles>>, DriveError> {
        let drive = self.library.drive(&film.place)?.clone();
        if !drive.may_have_subtitles(film) {
            return Ok(Arc::default());
        }
        let asked = film.clone();
        single_flight(&self.drive_subtitles, EntryKey::of(film), async move {
            let found = drive.at(Priority::Opening).subtitles(&asked).await?;
            Ok(Arc::new(found))
        })
        .await
    }

    /// Returns the text of one of the drive's subtitles; its URL is renewed if it has expired.
    pub(super) async fn load_of_drive(
        &self,
        film: &Arc<Entry>,
        index: usize,
        language: Option<String>,
    ) -> Result<Arc<SubtitleText>, DriveError> {
        let list = self.list_of_drive(film).await?;
        let bytes = match self.text_of_drive(film, &list, index).await {
            Err(error) if error.kind == ErrorKind::Expired => {
                self.drive_subtitles.invalidate(&EntryKey::of(film)).await;
                let list = self.list_of_drive(film).await?;
                self.text_of_drive(film, &list, index).await?
            }
            read => read?,
        };
        converted(SubtitleFormat::Srt, CollectedText::of(bytes), language).await
    }

    async fn text_of_drive(
        &self,
        film: &Entry,
        list: &[UpstreamSubtitles],
        index: usize,
    ) -> Result<Vec<u8>, DriveError> {
        let failed = |kind, detail| DriveError::new(kind, "subtitles", detail);
        let one = list
            .get(index)
            .ok_or_else(|| failed(ErrorKind::NotFound, "the drive no longer has them"))?;
        let origin = match &one.text {
            UpstreamText::Inline(text) => return Ok(text.to_vec()),
            UpstreamText::At(origin) => origin,
        };
        let drive = self.library.drive(&film.place)?.clone();
        let mut body = drive.at(Priority::Opening).fetch(origin, 0, None).await?;
        let mut text = Vec::new();
        while let Some(chunk) = body.chunks.try_next().await? {
            text.extend_from_slice(&chunk);
            if text.len() > MAX_TEXT_BYTES {
                return Err(failed(
                    ErrorKind::Unsupported,
                    "subtitles that are too large",
                ));
            }
        }
        let is_cut = body
            .length
            .is_some_and(|length| length != text.len() as u64);
        match is_cut {
            true => Err(failed(ErrorKind::UpstreamFailed, "the text was cut short")),
            false => Ok(text),
        }
    }
}
