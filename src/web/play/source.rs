//! The original as a stream: playlists, init sections and segments, and the whole as one file.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::{PlayRequest, hls};
use crate::bytes::Object;
use crate::playback::master::{Master, Rung, master_playlist};
use crate::playback::source::{RepackagedFilm, SourceStream, SourceVariants, replaces_renditions};
use crate::web::error::Problem;
use crate::web::media_reply::MediaReply;
use containers::Chapter;
use drives::{DriveError, ErrorKind};
use media::{Entry, Rendition, plain_title, stem};

/// Time that the master playlist waits for the folder with the film's subtitles.
const SUBTITLES_TIMEOUT: Duration = Duration::from_secs(2);

/// Time that the master playlist of a film with other qualities waits for the index of its original: the film plays
/// without it.
const SOURCE_TIMEOUT: Duration = Duration::from_secs(2);

/// Returns true for the user agents of VLC and Kodi, which play a ladder of one container only.
fn plays_one_container(headers: &HeaderMap) -> bool {
    is_agent(headers, &["VLC/", "Kodi"])
}

/// Returns the rungs that a master playlist lists for a player: for VLC those with a picture alone, where there are some. VLC
/// 3.0 begins at the lowest bandwidth, and shows nothing until it has played that rung's segments.
fn rungs_for<'a>(headers: &HeaderMap, rungs: &'a [Rung]) -> &'a [Rung] {
    match rungs {
        [pictures @ .., last]
            if last.rendition == Rendition::Audio
                && !pictures.is_empty()
                && is_agent(headers, &["VLC/"]) =>
        {
            pictures
        }
        all => all,
    }
}

/// Returns true for the user agents of players that decode every sound themselves. ffmpeg even opens all renditions of
/// a master playlist before it plays one.
fn decodes_every_sound(headers: &HeaderMap) -> bool {
    is_agent(headers, &["Lavf/", "libmpv", "mpv", "VLC/", "Kodi"])
}

/// Returns true if the user agent begins with one of these names.
pub(super) fn is_agent(headers: &HeaderMap, names: &[&str]) -> bool {
    let agent = headers.get(header::USER_AGENT);
    agent.is_some_and(|agent| {
        let begins = |name: &&str| agent.as_bytes().starts_with(name.as_bytes());
        names.iter().any(begins)
    })
}

impl PlayRequest<'_> {
    /// Returns the master playlist: the repackaged original above the upstream's renditions, or alone where the upstream
    /// has none of it, or not yet. VLC and Kodi get the renditions alone where there are some, since neither can play a
    /// ladder of transport streams and fragmented MP4 (VLC 3.0 shows no picture, Kodi 20 does not seek).
    pub(super) async fn master(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let has_renditions = self.has_renditions(entry);
        let originals = self.may_have_originals();
        let source = async {
            let film = match has_renditions {
                _ if originals.is_err() => return None,
                true if plays_one_container(self.headers) => return None,
                true => timeout(SOURCE_TIMEOUT, playback.source(entry)).await.ok()?,
                false => playback.source(entry).await,
            };
            Some(film)
        };
        let (ladder, source, subtitles) = tokio::join!(
            playback.ladder(entry),
            source,
            timeout(SUBTITLES_TIMEOUT, playback.subtitles(entry))
        );
        // A film without its subtitles is better than none.
        let subtitles = subtitles.ok().and_then(Result::ok).unwrap_or_default();
        let (rungs, film) = match &ladder {
            Ok(ladder) => (ladder.rungs.as_slice(), source.and_then(Result::ok)),
            Err(error) if originals.is_err() && has_renditions => return Err(error.clone().into()),
            Err(error) => {
                originals?;
                let film = self.source_instead(entry, error, source).await?;
                (&[][..], Some(film))
            }
        };
        let decodes = playback.decodes_sounds() && !decodes_every_sound(self.headers);
        let source = film.map(|film| SourceVariants::of(&film, entry.size, decodes));
        let playlist = hls(master_playlist(&Master {
            rungs: rungs_for(self.headers, rungs),
            size: entry.width.zip(entry.height),
            subtitles: &subtitles,
            source: source.as_ref(),
            has_renditions,
        }));
        Ok(([(header::VARY, "User-Agent")], playlist).into_response())
    }

    /// Returns the original of a film without renditions; `known` is the answer that there may be already.
    ///
    /// # Errors
    /// That of the renditions, where the original does not replace them or cannot be opened. Where the upstream will
    /// never have any, the reason why the original cannot be opened.
    async fn source_instead(
        &self,
        entry: &Arc<Entry>,
        missing: &DriveError,
        known: Option<Result<Arc<RepackagedFilm>, DriveError>>,
    ) -> Result<Arc<RepackagedFilm>, Problem> {
        let playback = &self.site.playback;
        if !playback.has_source(entry) || !replaces_renditions(missing.kind) {
            return Err(missing.clone().into());
        }
        let source = match known {
            Some(source) => source,
            None => playback.source(entry).await,
        };
        source.map_err(|error| match missing.kind {
            ErrorKind::Unsupported => problem(error),
            _ => missing.clone().into(),
        })
    }

    fn has_renditions(&self, entry: &Entry) -> bool {
        let drive = self.site.library.drive(&entry.place);
        drive.is_ok_and(|drive| drive.has_renditions(entry))
    }

    pub(super) async fn source_playlist(
        &self,
        entry: &Arc<Entry>,
        stream: SourceStream,
    ) -> Result<Response, Problem> {
        let playlist = self.site.playback.source_playlist(entry, stream).await;
        Ok(hls(playlist.map_err(problem)?))
    }

    pub(super) async fn source_init(
        &self,
        entry: &Arc<Entry>,
        stream: SourceStream,
    ) -> Result<Response, Problem> {
        let object = self.site.playback.source_init(entry, stream).await;
        let content_type = if stream.is_sound() {
            "audio/mp4"
        } else {
            "video/mp4"
        };
        self.source_object(object, content_type, "init.mp4").await
    }

    pub(super) async fn source_segment(
        &self,
        entry: &Arc<Entry>,
        stream: SourceStream,
        n: usize,
    ) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let object = playback.source_segment(entry, stream, n).await;
        let film = playback.source(entry).await.map_err(problem)?;
        let (content_type, extension) = match (film.has_init(stream), stream.is_sound()) {
            (false, _) => ("video/mp2t", "ts"),
            (true, true) => ("audio/mp4", "m4s"),
            (true, false) => ("video/iso.segment", "m4s"),
        };
        let length = object.as_ref().ok().and_then(|object| object.length);
        let file_name = format!("{n}.{extension}");
        let response = self.source_object(object, content_type, &file_name);
        let response = response.await?;
        let timeline = playback.timeline_of_source_segment(entry, stream, n, length);
        let timeline = timeline.await;
        Ok(self.follow(response, entry, &stream.to_string(), timeline))
    }

    pub(super) async fn source_file(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let object = self.site.playback.source_file(entry).await;
        let file_name = format!("{}.mp4", stem(&entry.name));
        let length = object.as_ref().ok().and_then(|object| object.length);
        let response = self.source_object(object, "video/mp4", &file_name).await?;
        let playback = &self.site.playback;
        let timeline = playback.timeline_of_whole(entry, None, length).await;
        Ok(self.follow(response, entry, "source.mp4", timeline))
    }

    /// Returns the chapter marks of a film as WebVTT; none for a file that cannot be opened or has none.
    pub(super) async fn chapters(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let text = match playback.source(entry).await {
            Ok(film) => chapters_vtt(film.source().chapters(), film.source().duration_s()),
            Err(error) if error.kind == ErrorKind::Unsupported => chapters_vtt(&[], 0.0),
            Err(error) => return Err(error.into()),
        };
        let headers = [
            (header::CONTENT_TYPE, "text/vtt; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        Ok((headers, text).into_response())
    }

    async fn source_object(
        &self,
        object: Result<Object, DriveError>,
        content_type: &'static str,
        file_name: &str,
    ) -> Result<Response, Problem> {
        let reply = MediaReply {
            engine: self.site.playback.engine(),
            object: object.map_err(problem)?,
            content_type,
            file_name,
            modified: None,
        };
        reply.answer(self.method, self.headers).await
    }
}

/// Writes chapter marks as WebVTT, each up to the next.
fn chapters_vtt(chapters: &[Chapter], duration_s: f64) -> String {
    let mut text = "WEBVTT\n".to_owned();
    let ends = chapters.iter().skip(1).map(|next| next.start_s);
    for (chapter, end_s) in chapters.iter().zip(ends.chain([duration_s])) {
        let title = plain_title(&chapter.title);
        let title = title
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let (start, end) = (timestamp(chapter.start_s), timestamp(end_s));
        if chapter.start_s < end_s && !title.is_empty() {
            let _ = write!(text, "\n{start} --> {end}\n{title}\n");
        }
    }
    text
}

/// Returns a time as WebVTT has it: `01:02:03.456`.
fn timestamp(seconds: f64) -> String {
    let ms = (seconds.max(0.0) * 1000.0).round() as u64;
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
    format!(
        "{hours:02}:{minutes:02}:{:02}.{:03}",
        ms / 1000 % 60,
        ms % 1000
    )
}

/// Converts the error of a repackaged original: a file that cannot be repackaged is of an unsupported media type.
fn problem(error: DriveError) -> Problem {
    let is_unsupported = error.kind == ErrorKind::Unsupported;
    let problem = Problem::from(error);
    match is_unsupported {
        true => Problem {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ..problem
        },
        false => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_last_until_the_next_and_their_titles_are_plain() {
        let chapter = |start_s, title: &str| Chapter {
            start_s,
            title: title.to_owned(),
        };
        let chapters = [
            chapter(0.0, "Arrival"),
            chapter(61.5, "<b>Fire & Ice</b>\nx --> y"),
            chapter(3_700.0, "End"),
        ];
        let text = chapters_vtt(&chapters, 7_200.25);
        assert!(text.starts_with("WEBVTT\n\n00:00:00.000 --> 00:01:01.500\nArrival\n\n"));
        assert!(text.contains("01:01:40.000 --> 02:00:00.250\nEnd\n"));
        assert!(!text.contains("<b>") && text.contains("Fire &amp; Ice"));
        assert_eq!(text.matches(" --> ").count(), 3, "{text}");
        assert_eq!(chapters_vtt(&[], 0.0), "WEBVTT\n");
    }
}
