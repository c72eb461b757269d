//! Subtitles of a file, the fonts in it, and the tags of a sound file.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::super::api::sound_json::SoundJson;
use super::super::error::{NO_SUBTITLES, Problem};
use super::super::media_reply::NO_CACHE;
use super::super::preconditions;
use super::resource::{FONTS, SUBTITLES, SubtitleForm};
use super::source::is_agent;
use super::{PlayRequest, hls};
use crate::playback::subtitles::{PieceTime, SubtitleText, playlist_of_pieces, subtitle_playlist};
use drives::ErrorKind;
use media::{Entry, Subtitles};

impl PlayRequest<'_> {
    /// Lists all subtitles of a film, those of the drive itself among them, relative to this URL.
    pub(super) async fn subtitle_list(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let found = self.site.playback.all_subtitles(entry).await?;
        let track = |one: &Subtitles| {
            let src = format!("{SUBTITLES}/{}.vtt", one.id);
            json!({"label": one.label, "language": one.language, "src": src})
        };
        let tracks: Vec<_> = found.iter().map(track).collect();
        let headers = [(header::CACHE_CONTROL, NO_CACHE)];
        Ok((headers, Json(json!({"subtitles": tracks}))).into_response())
    }

    /// Returns the tags of a recording.
    pub(super) async fn sound_tags(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let tags = self.site.playback.sound_tags(entry).await?;
        let headers = [(header::CACHE_CONTROL, NO_CACHE)];
        Ok((headers, Json(SoundJson::of(&tags))).into_response())
    }

    pub(super) async fn subtitles(
        &self,
        entry: &Arc<Entry>,
        id: &str,
        form: SubtitleForm,
    ) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let text = playback
            .subtitle_text(entry, id)
            .await
            .map_err(|error| match error.kind {
                ErrorKind::Unsupported => Problem::unsupported(&NO_SUBTITLES),
                _ => error.into(),
            })?;
        let (body, etag) = match form {
            SubtitleForm::Playlist => {
                let seconds = playback.stream_duration_s(entry).await?;
                return Ok(self.subtitle_playlist(seconds, id));
            }
            SubtitleForm::SourcePlaylist => {
                let seconds = playback.source(entry).await?.source().duration_s();
                return Ok(self.subtitle_playlist(seconds, id));
            }
            SubtitleForm::Styled => return self.styled_subtitles(&text),
            SubtitleForm::FontList => {
                let fonts = 0..text.fonts.len();
                return Ok(font_addresses(fonts.map(|it| format!("{id}/{it}.ttf"))));
            }
            SubtitleForm::Font(number) => {
                if self.method == Method::HEAD {
                    return Ok(FONT_HEADERS.into_response());
                }
                let font = playback.font_of_subtitles(entry, id, number).await?;
                return Ok((FONT_HEADERS, Body::from_stream(font)).into_response());
            }
            SubtitleForm::File => (text.file(), format!("\"{}\"", text.etag)),
            SubtitleForm::SourceSegment(piece) => {
                let clock = playback.source(entry).await?.clock();
                subtitle_segment(&text, clock, piece)
            }
            SubtitleForm::Segment(piece) => {
                let clock = playback.first_video_timestamp(entry).await?;
                subtitle_segment(&text, clock, piece)
            }
        };
        let about = [
            (header::CONTENT_TYPE, "text/vtt; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        preconditions::answer(self.method, self.headers, &etag, about, body)
    }

    /// Returns the media playlist of subtitles. VLC 3.0 gets pieces: it counts a stream from the beginning of the first
    /// segment of subtitles, and shows no picture until the position at which it was started.
    fn subtitle_playlist(&self, seconds: f64, id: &str) -> Response {
        let playlist = match is_agent(self.headers, &["VLC/"]) {
            true => playlist_of_pieces(seconds, id),
            false => subtitle_playlist(seconds, id),
        };
        ([(header::VARY, "User-Agent")], hls(playlist)).into_response()
    }

    /// Returns SubStation text as it was made.
    fn styled_subtitles(&self, text: &SubtitleText) -> Result<Response, Problem> {
        let document = text.document.clone();
        let document = document.ok_or(Problem::unsupported(&NO_SUBTITLES))?;
        let about = [
            (header::CONTENT_TYPE, "text/x-ssa; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        let etag = format!("\"{}-ass\"", text.etag);
        preconditions::answer(self.method, self.headers, &etag, about, document)
    }

    /// Lists the fonts inside of a film, relative to this URL.
    pub(super) async fn font_list(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let fonts = self.site.playback.fonts(entry).await?;
        let addresses = (0..fonts.len()).map(|number| format!("{FONTS}/{number}.ttf"));
        Ok(font_addresses(addresses))
    }

    pub(super) async fn font(
        &self,
        entry: &Arc<Entry>,
        number: usize,
    ) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let fonts = playback.fonts(entry).await?;
        let range = *fonts.get(number).ok_or(Problem::NOT_FOUND)?;
        let length = HeaderValue::from(range.last - range.first + 1);
        let headers = (FONT_HEADERS, [(header::CONTENT_LENGTH, length)]);
        if self.method == Method::HEAD {
            return Ok(headers.into_response());
        }
        let object = playback.font_source(entry);
        let read = playback.engine().read(&object, Some(range)).await?;
        let (common, length) = headers;
        Ok((common, length, Body::from_stream(read.body)).into_response())
    }
}

/// Returns a segment of subtitles with its ETag.
fn subtitle_segment(text: &SubtitleText, clock: u64, piece: Option<PieceTime>) -> (String, String) {
    let etag = match piece {
        None => format!("\"{}-{clock}\"", text.etag),
        Some(time) => format!("\"{}-{clock}-{time}\"", text.etag),
    };
    (text.segment(clock, piece), etag)
}

/// Headers of a font, whatever its format.
const FONT_HEADERS: [(HeaderName, HeaderValue); 2] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("font/sfnt")),
    (
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=86400"),
    ),
];

/// Returns a list of fonts, by their URLs relative to it.
fn font_addresses(addresses: impl Iterator<Item = String>) -> Response {
    let addresses: Vec<String> = addresses.collect();
    let headers = [(header::CACHE_CONTROL, NO_CACHE)];
    (headers, Json(json!({"fonts": addresses}))).into_response()
}
