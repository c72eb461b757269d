//! The bytes of a file: originals by range, playlists and segments.

use std::sync::Arc;

use axum::http::Method;
use axum::response::Response;

use super::super::error::{Problem, ProblemCode};
use super::super::media_reply::MediaReply;
use super::positions::ORIGINAL;
use super::{PlayRequest, hls, with_slash};
use crate::library::Freshness;
use crate::playback::SegmentContainer;
use media::{Entry, EntryKind, EntryPath, Place, Rendition, content_type, stem};

impl PlayRequest<'_> {
    pub(super) async fn original(
        &self,
        place: &Place,
        path: &EntryPath,
    ) -> Result<Response, Problem> {
        self.may_have_originals()?;
        let library = &self.site.library;
        let entry = library.entry(place, path, Freshness::Cached).await?;
        if entry.kind == EntryKind::Folder {
            return Ok(with_slash(path.name()));
        }
        library.revalidate_entry(place, path);
        match self.send_original(&entry).await {
            Err(problem) if problem.code == ProblemCode::Gone => {
                let entry = self.replaced(&entry).await.ok_or(problem)?;
                self.send_original(&entry).await
            }
            answer => answer,
        }
    }

    async fn send_original(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let object = self.site.playback.original(entry);
        let reply = MediaReply {
            engine: self.site.playback.engine(),
            object,
            content_type: content_type(&entry.name),
            file_name: &entry.name,
            modified: entry.modified,
        };
        let response = reply.answer(self.method, self.headers).await?;
        let timeline = self.site.playback.timeline_of_original(entry).await;
        Ok(self.follow(response, entry, ORIGINAL, timeline))
    }

    pub(super) async fn playlist(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
    ) -> Result<Response, Problem> {
        Ok(hls(self.site.playback.playlist(entry, rendition).await?))
    }

    pub(super) async fn segment(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
        number: usize,
    ) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let (object, form) = playback.hls_segment(entry, rendition, number).await?;
        let length = object.length;
        let container = form.container;
        let reply = MediaReply {
            engine: playback.engine(),
            object,
            content_type: container.content_type(),
            file_name: &format!("{number}.{}", container.extension()),
            modified: None,
        };
        let response = reply.answer(self.method, self.headers).await?;
        // After the first byte has arrived: prefetching must not delay it.
        if self.method == Method::GET && response.status().is_success() {
            playback.track_playhead(self.peer, entry, rendition, number);
        }
        let timeline = playback.timeline_of_segment(entry, rendition, number, length);
        let timeline = timeline.await;
        Ok(self.follow(response, entry, &rendition.to_string(), timeline))
    }

    pub(super) async fn whole(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
    ) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let object = playback.whole(entry, rendition).await?;
        let length = object.length;
        let container = playback.segment_form(entry, rendition).await?.container;
        let extension = match container {
            SegmentContainer::FragmentedMp4 => "m4a",
            other => other.extension(),
        };
        let file_name = format!("{} ({rendition}).{extension}", stem(&entry.name));
        let reply = MediaReply {
            engine: playback.engine(),
            object,
            content_type: container.content_type(),
            file_name: &file_name,
            modified: None,
        };
        let response = reply.answer(self.method, self.headers).await?;
        let timeline = playback.timeline_of_whole(entry, Some(rendition), length);
        let timeline = timeline.await;
        Ok(self.follow(response, entry, &file_name, timeline))
    }
}
