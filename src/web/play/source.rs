//! The original as a stream: playlists, init sections and segments in fragmented MP4, and the whole as one file.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::{PlayRequest, hls};
use crate::bytes::Object;
use crate::playback::master::{Master, master_playlist};
use crate::playback::source::{SourceStream, SourceVariants};
use crate::web::error::Problem;
use crate::web::media_reply::MediaReply;
use drives::{DriveError, ErrorKind};
use media::{Entry, stem};

/// Time that the master playlist waits for the folder with the film's subtitles.
const SUBTITLES_TIMEOUT: Duration = Duration::from_secs(2);

/// Time that the master playlist of a film with other qualities waits for the index of its original: the film plays
/// without it.
const SOURCE_TIMEOUT: Duration = Duration::from_secs(2);

/// Returns true for the user agents of VLC and Kodi, which play a ladder of one container only.
fn plays_one_container(headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT);
    agent.is_some_and(|agent| {
        ["VLC/", "Kodi"]
            .iter()
            .any(|name| agent.as_bytes().starts_with(name.as_bytes()))
    })
}

impl PlayRequest<'_> {
    /// Returns the master playlist: the repackaged original above the upstream's renditions. VLC and Kodi get the
    /// renditions alone where there are some, since neither can play a ladder of transport streams and fragmented MP4
    /// (VLC 3.0 shows no picture, Kodi 20 does not seek).
    pub(super) async fn master(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let source = async {
            let film = match self.has_renditions(entry) {
                true if plays_one_container(self.headers) => return None,
                true => timeout(SOURCE_TIMEOUT, playback.source(entry)).await.ok()?,
                false => playback.source(entry).await,
            };
            Some(film.map(|film| SourceVariants::of(&film, entry.size)))
        };
        let (ladder, source, subtitles) = tokio::join!(
            playback.ladder(entry),
            source,
            timeout(SUBTITLES_TIMEOUT, playback.subtitles(entry))
        );
        // A film without its subtitles is better than none.
        let subtitles = subtitles.ok().and_then(Result::ok).unwrap_or_default();
        let (rungs, source) = match (&ladder, source) {
            (Ok(ladder), source) => (ladder.rungs.as_slice(), source.and_then(Result::ok)),
            (Err(error), Some(source)) if error.kind == ErrorKind::Unsupported => {
                match playback.has_source(entry) {
                    true => (&[][..], Some(source.map_err(problem)?)),
                    false => return Err(error.clone().into()),
                }
            }
            (Err(error), _) => return Err(error.clone().into()),
        };
        let playlist = hls(master_playlist(&Master {
            rungs,
            size: entry.width.zip(entry.height),
            subtitles: &subtitles,
            source: source.as_ref(),
        }));
        Ok(([(header::VARY, "User-Agent")], playlist).into_response())
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
        let object = self.site.playback.source_segment(entry, stream, n).await;
        let content_type = match stream.is_sound() {
            true => "audio/mp4",
            false => "video/iso.segment",
        };
        self.source_object(object, content_type, &format!("{n}.m4s"))
            .await
    }

    pub(super) async fn source_file(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let object = self.site.playback.source_file(entry).await;
        let file_name = format!("{}.mp4", stem(&entry.name));
        self.source_object(object, "video/mp4", &file_name).await
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
