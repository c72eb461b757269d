//! Text tracks inside of a film (SubRip, ASS, WebVTT, 3GPP timed text), converted like the files beside it.

use std::sync::Arc;
use std::time::Duration;

use containers::{Codec, Track, TrackKind, matroska};
use tokio::time::timeout;

use super::{ParsedText, cues};
use crate::playback::Playback;
use crate::playback::source::RepackagedFilm;
use drives::{DriveError, ErrorKind};
use media::{Entry, SubtitleFormat, TextTrack};

/// The names of subtitles wait this long for the index of the film.
const TRACKS_TIMEOUT: Duration = Duration::from_millis(1500);

/// The lines of a track lie all over the film, so reading them may take a request each. It is given up after this time.
const MAX_READ_DURATION: Duration = Duration::from_secs(600);

/// Knowledge about the text tracks inside of a film.
pub(super) enum TextsInside {
    /// Those of the opened file.
    Of(Arc<RepackagedFilm>),
    /// The file cannot be read for them.
    None,
    /// The file was not read in time, or could not be read this time.
    Unknown,
}

impl Playback {
    /// Returns the opened file of a film, for the names of its text tracks.
    pub(super) async fn texts_inside(&self, film: &Arc<Entry>) -> TextsInside {
        if !self.has_source(film) {
            return TextsInside::None;
        }
        match timeout(TRACKS_TIMEOUT, Box::pin(self.source(film))).await {
            Ok(Ok(opened)) => TextsInside::Of(opened),
            Ok(Err(error)) if error.kind == ErrorKind::Unsupported => TextsInside::None,
            Ok(Err(_)) | Err(_) => TextsInside::Unknown,
        }
    }

    /// Reads all lines of a text track, with the times of the film. A viewer waits for them, but not for
    /// longer than for an index: reading goes on.
    pub(super) async fn read_text_track(
        &self,
        film: &Arc<Entry>,
        track: usize,
    ) -> Result<ParsedText, DriveError> {
        let opened = Box::pin(self.source(film)).await?;
        let reader = self.line_reader(film);
        // Boxed: reading a container is a future of many states.
        let read = Box::pin(opened.source().cues(&reader, track, 0..u64::MAX));
        let read = timeout(MAX_READ_DURATION, read).await;
        let lines = read
            .map_err(|_| {
                let detail = "a text track that takes long to read";
                DriveError::new(ErrorKind::UpstreamTimeout, "subtitles", detail)
            })?
            .map_err(|error| reader.drive_error(error))?;
        let codec = opened.source().tracks().get(track).map(|track| track.codec);
        let shift_ms = (opened.source().shift_s() * 1000.0).round().max(0.0) as u64;
        let header = opened.source().ass_header(track).unwrap_or_default();
        // Blocking: thousands of lines.
        let convert = move || convert((codec.unwrap_or(Codec::Unknown), &header), lines, shift_ms);
        tokio::task::spawn_blocking(convert).await.map_err(|_| {
            DriveError::new(ErrorKind::Unsupported, "subtitles", "a conversion failed")
        })
    }
}

/// Returns the text tracks of a film, for their names.
pub(super) fn text_tracks(film: &RepackagedFilm) -> impl Iterator<Item = TextTrack<'_>> {
    let tracks = film.source().tracks().iter().enumerate();
    tracks
        .filter(|(_, track)| is_text(track))
        .map(|(index, track)| TextTrack {
            index,
            language: track.language.as_deref(),
            title: track.title.as_deref(),
            is_forced: track.forced,
            is_for_deaf: track.hearing_impaired,
            is_styled: track.codec == Codec::Ass,
        })
}

fn is_text(track: &Track) -> bool {
    let is_text = matches!(
        track.codec,
        Codec::SubRip | Codec::Ass | Codec::WebVtt | Codec::Tx3g
    );
    track.kind == TrackKind::Subtitle && is_text
}

/// Converts lines on the repackaged stream's clock, which is later by `shift_ms`. The header is that of an ASS track.
fn convert(
    (codec, header): (Codec, &str),
    mut lines: Vec<containers::TextCue>,
    shift_ms: u64,
) -> ParsedText {
    for line in &mut lines {
        line.start_ms = line.start_ms.saturating_sub(shift_ms);
        line.end_ms = line.end_ms.saturating_sub(shift_ms);
    }
    if codec == Codec::Ass {
        return ParsedText::of(SubtitleFormat::Ass, matroska::ass_document(header, &lines));
    }
    lines.sort_by_key(|line| line.start_ms);
    let mut found = Vec::with_capacity(lines.len());
    for line in lines {
        let (format, head) = match codec {
            Codec::WebVtt => (SubtitleFormat::Vtt, "WEBVTT\n\n"),
            _ => (SubtitleFormat::Srt, "1\n"),
        };
        // One at a time: an empty line in one of them does not end up in the next.
        let comma = if format == SubtitleFormat::Srt {
            ","
        } else {
            "."
        };
        let times = [line.start_ms, line.end_ms].map(|ms| {
            let seconds = ms / 1000;
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            format!(
                "{hours:02}:{minutes:02}:{:02}{comma}{:03}",
                seconds % 60,
                ms % 1000
            )
        });
        let text: Vec<&str> = line
            .text
            .lines()
            .filter(|it| !it.trim().is_empty())
            .collect();
        let document = format!("{head}{} --> {}\n{}\n", times[0], times[1], text.join("\n"));
        found.extend(cues::parse(format, &document));
    }
    ParsedText {
        cues: found,
        document: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_kind_become_cues_with_the_times_of_the_film() {
        let line = |text: &str| containers::TextCue {
            start_ms: 1_080,
            end_ms: 3_080,
            text: text.to_owned(),
        };
        let cases = [
            (Codec::SubRip, "<i>Hello</i>\n\nyou", "<i>Hello</i>\nyou"),
            (Codec::Tx3g, "1 < 2", "1 &lt; 2"),
            (Codec::WebVtt, "<b>Hello</b>", "<b>Hello</b>"),
            (
                Codec::Ass,
                "0,0,Default,,0,0,0,,{\\i1}Hello{\\i0}",
                "<i>Hello</i>",
            ),
        ];
        for (codec, text, expected) in cases {
            let found = convert((codec, "[Script Info]\n"), vec![line(text)], 80);
            let document = found.document.unwrap_or_default();
            let is_styled = codec == Codec::Ass;
            assert_eq!(document.starts_with("[Script Info]\n"), is_styled);
            assert_eq!(document.contains("{\\i1}Hello"), is_styled);
            let found = found.cues;
            assert_eq!(found.len(), 1, "{codec:?}");
            assert_eq!(
                (found[0].start_ms, found[0].end_ms),
                (1_000, 3_000),
                "{codec:?}"
            );
            assert_eq!(found[0].text, expected, "{codec:?}");
        }
    }
}
