//! The data of a film that the scripts of the page read: renditions, sounds, subtitles, the intro, the next one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::page_context::PageContext;
use super::super::playback_problem::PlaybackProblem;
use crate::playback::Ladder;
use crate::web::locale::Language;
use media::{Entry, Rendition, SubtitleOrigin, Subtitles, content_type};

/// The data block `#film` of the page. URLs are absolute paths on this server.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FilmData {
    /// The film's name.
    pub title: String,
    /// `video` or `audio`.
    pub kind: &'static str,
    /// `…/master.m3u8`; `None` if the drive has no streams of it.
    pub hls: Option<String>,
    /// The file's own bytes; `None` if the drive does not provide them.
    pub original: Option<String>,
    /// True if the original is preferred over the stream.
    pub direct: bool,
    /// True if the original is played by the stream, which contains it in another container.
    pub source: bool,
    /// The chapter marks inside of the file, as WebVTT; `None` if the file is not read for them.
    pub chapters: Option<String>,
    /// The media type of the original.
    pub original_type: String,
    /// A picture.
    pub poster: Option<String>,
    /// Length in seconds, if known.
    pub duration_s: Option<f64>,
    /// The qualities that may exist, best first, `audio` last; one without a URL is shown as missing.
    pub renditions: Vec<FilmRendition>,
    /// The position at which to resume, in seconds.
    pub resume_s: Option<f64>,
    /// The API URL that stores the position (`PUT {"position_s","duration_s"}`); `None` for guests.
    pub history: Option<String>,
    /// The folder of a song; `None` for films, and if the visitor may not see it.
    pub folder: Option<String>,
    /// The URL of a song's tags; `None` for films.
    pub tags: Option<String>,
    /// The artist of a song, if its tags were read before.
    pub artist: Option<String>,
    /// The album of a song, if its tags were read before.
    pub album: Option<String>,
    /// The previous film of its folder.
    pub previous: Option<FilmNext>,
    /// The next film of its folder.
    pub next: Option<FilmNext>,
    /// The list of all subtitles, which is requested when the menu is opened; `None` if the page has all of them.
    pub more_subtitles: Option<String>,
    /// The list of the fonts inside of the film; `None` if no subtitles have styles of their own.
    pub fonts: Option<String>,
    /// The list of the pictures over the seek bar; `None` before there is one.
    pub thumbnails: Option<String>,
    /// The API URL that takes such pictures (`PUT …?number=`); `None` for guests.
    pub send_thumbnails: Option<String>,
    /// The intro of an episode; `None` if none was marked in its season.
    pub intro: Option<FilmIntro>,
    /// The API URL that marks it (`PUT {"start_s","end_s"}`); `None` for films, guests and viewers with a limit.
    pub mark_intro: Option<String>,
    /// The texts of all problems, by code.
    pub verdicts: BTreeMap<&'static str, PlaybackProblem>,
}

/// One quality of the film.
#[derive(Debug, Clone, Serialize)]
pub struct FilmRendition {
    /// `1080p`, `720p`, `480p`, `360p` or `audio`.
    pub name: String,
    /// `…/720p.m3u8`; `None` if it is known not to exist.
    pub href: Option<String>,
}

/// The intro of an episode.
#[derive(Debug, Clone, Serialize)]
pub struct FilmIntro {
    /// Its beginning in seconds.
    pub start_s: f64,
    /// Its end in seconds.
    pub end_s: f64,
}

/// The next film.
#[derive(Debug, Clone, Serialize)]
pub struct FilmNext {
    /// Its name.
    pub title: String,
    /// Its watch page.
    pub href: String,
}

/// A subtitle file beside the film.
#[derive(Debug, Clone)]
pub struct SubtitleTrack {
    /// `English`.
    pub label: String,
    /// `en`; `None` where it is not known.
    pub lang: Option<String>,
    /// Its WebVTT URL.
    pub src: String,
    /// The URL of the text as it was made, if it has places and styles of its own.
    pub styled: Option<String>,
}

pub(super) fn tracks(
    language: &Language,
    play: &str,
    subtitles: &[Subtitles],
) -> Vec<SubtitleTrack> {
    let track = |one: &Subtitles| SubtitleTrack {
        label: language.track_label(&one.label, one.language.as_deref()),
        lang: one.language.clone(),
        src: format!("{play}/subtitles/{}.vtt", one.id),
        styled: one
            .is_styled
            .then(|| format!("{play}/subtitles/{}.ass", one.id)),
    };
    subtitles.iter().map(track).collect()
}

/// Returns the renditions that the drive may have; one that is known to be missing has no URL.
pub(super) fn renditions(
    context: &PageContext,
    entry: &Entry,
    play: &str,
    ladder: Option<&Ladder>,
) -> Vec<FilmRendition> {
    let Ok(drive) = context.site.library.drive(&entry.place) else {
        return Vec::new();
    };
    let is_missing = |rendition: Rendition| {
        ladder.is_some_and(|ladder| {
            ladder
                .missing
                .iter()
                .any(|(missing, _)| *missing == rendition)
        })
    };
    drive
        .possible_renditions(entry)
        .into_iter()
        .map(|rendition| FilmRendition {
            name: rendition.to_string(),
            href: (!is_missing(rendition)).then(|| format!("{play}/{rendition}.m3u8")),
        })
        .collect()
}

/// Returns true if the drive may have subtitles of its own besides these. It was asked for a film without any, but not
/// for a guest's page.
pub(super) fn may_have_more(context: &PageContext, entry: &Entry, subtitles: &[Subtitles]) -> bool {
    let was_asked = match subtitles {
        [] => context.may_ask(),
        all => all
            .iter()
            .any(|one| matches!(one.origin, SubtitleOrigin::Drive(_))),
    };
    let drive = context.site.library.drive(&entry.place);
    !was_asked && drive.is_ok_and(|drive| drive.may_have_subtitles(entry))
}

/// Returns true if a browser does best with the file itself: its drive says so, or nothing but its own samples is there.
pub(super) fn plays_directly(context: &PageContext, entry: &Entry, has_renditions: bool) -> bool {
    const TYPES: [&str; 4] = ["video/mp4", "video/webm", "audio/mp4", "audio/webm"];
    let drive = context.site.library.drive(&entry.place);
    let is_common = || !has_renditions && TYPES.contains(&content_type(&entry.name));
    drive.is_ok_and(|drive| drive.plays_directly(entry)) || is_common()
}
