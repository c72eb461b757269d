//! Playlists, init sections, segments and the progressive file of a repackaged original.

use std::sync::Arc;

use super::super::Playback;
use super::content::{ReplyContent, SegmentPart};
use super::playlist;
use super::stream::SourceStream;
use super::{RepackagedFilm, drive_error};
use crate::bytes::Object;
use crate::governor::Priority;
use drives::{DriveError, ErrorKind};
use media::Entry;

impl Playback {
    /// Returns the media playlist of one of the source's streams.
    ///
    /// # Errors
    /// `NotFound` for a stream that the film lacks, and those of [`Playback::source`].
    pub async fn source_playlist(
        &self,
        entry: &Arc<Entry>,
        stream: SourceStream,
    ) -> Result<String, DriveError> {
        let film = self.source(entry).await?;
        film.selection(stream)?;
        if let SourceStream::DecodedSound(k) = stream {
            self.decoded_track(&film, k)?;
        }
        Ok(playlist::media_playlist(&film, stream))
    }

    /// Returns the init section of one of the source's streams.
    ///
    /// # Errors
    /// As [`Playback::source_playlist`].
    pub async fn source_init(
        &self,
        entry: &Arc<Entry>,
        stream: SourceStream,
    ) -> Result<Object, DriveError> {
        let film = self.source(entry).await?;
        let selection = film.selection(stream)?;
        if !film.has_init(stream) {
            let detail = "segments that are transport streams have no init section";
            return Err(DriveError::new(ErrorKind::NotFound, "source", detail));
        }
        let init = match stream {
            SourceStream::DecodedSound(k) => {
                let track = self.decoded_track(&film, k)?;
                containers::encoded_sound_init(track.language.as_deref())
            }
            _ => film.source.init(&selection),
        };
        let init = init.map_err(|error| drive_error(error, None))?;
        let content = ReplyContent::pieces(vec![containers::ReplyPiece::Bytes(init)]);
        Ok(self.repackaged(entry, film, &format!("{stream}/init"), content))
    }

    /// Returns segment `n` of one of the source's streams, counted from 0. Its length is known if the container's index
    /// contains it; otherwise it is a stream without ranges.
    ///
    /// # Errors
    /// `NotFound` for a segment that the film lacks, and those of [`Playback::source_playlist`].
    pub async fn source_segment(
        &self,
        entry: &Arc<Entry>,
        stream: SourceStream,
        n: usize,
    ) -> Result<Object, DriveError> {
        let film = self.source(entry).await?;
        if let SourceStream::DecodedSound(k) = stream {
            film.check_segment(n)?;
            let bytes = self.decoded_segment(entry, &film, k, n).await?;
            let content = ReplyContent::pieces(vec![containers::ReplyPiece::Bytes(bytes)]);
            return Ok(self.repackaged(entry, film, &format!("{stream}/{n}"), content));
        }
        self.carried_segment(entry, film, stream, n).await
    }

    /// Returns segment `n` of a stream whose samples are those of the file.
    pub(super) async fn carried_segment(
        &self,
        entry: &Arc<Entry>,
        film: Arc<RepackagedFilm>,
        stream: SourceStream,
        n: usize,
    ) -> Result<Object, DriveError> {
        let selection = film.selection(stream)?;
        film.check_segment(n)?;
        let reader = self.index_reader(entry, Priority::Playing);
        let part = match stream {
            SourceStream::KeyFrames => SegmentPart::KeyFrame,
            _ => SegmentPart::Tracks(selection),
        };
        let segment = part.open(&film.source, &reader, n).await;
        let mut segment = segment.map_err(|error| reader.drive_error(error))?;
        let content = match segment.length() {
            None => ReplyContent::Streamed { part, n },
            Some(_) => {
                let mut pieces = Vec::new();
                while let Some(piece) = segment
                    .next(&reader)
                    .await
                    .map_err(|error| reader.drive_error(error))?
                {
                    pieces.push(piece);
                }
                ReplyContent::pieces(pieces)
            }
        };
        Ok(self.repackaged(entry, film, &format!("{stream}/{n}"), content))
    }

    /// Returns the film as one fragmented MP4 with its picture and all its sounds, which can be read from any byte.
    ///
    /// # Errors
    /// Those of [`Playback::source`].
    pub async fn source_file(&self, entry: &Arc<Entry>) -> Result<Object, DriveError> {
        let film = self.source(entry).await?;
        let layout = film.layout.get_or_try_init(|| async {
            let reader = self.index_reader(entry, Priority::Opening);
            let layout = film.source.progressive(&reader, &film.all_tracks()).await;
            let layout = layout.map_err(|error| reader.drive_error(error))?;
            Ok::<_, DriveError>(Arc::new(layout))
        });
        let content = ReplyContent::File(layout.await?.clone());
        Ok(self.repackaged(entry, film, "file", content))
    }
}
