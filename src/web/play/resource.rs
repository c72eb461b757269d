//! Parses play URLs: the entry, and which of its resources is requested.

use super::list_names::{ListFile, Reach};
use crate::playback::pictures::PictureSize;
use crate::playback::source::SourceStream;
use crate::playback::subtitles::PieceTime;
use crate::web::urls::parse_location;
use media::{EntryKind, EntryPath, Place, Rendition};

/// The path of a play URL after the ticket.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlayPath {
    pub place: Place,
    /// The path of the entry.
    pub path: EntryPath,
    /// The requested resource of the entry.
    pub resource: PlayResource,
    /// The whole path, for files that have the name of a stream.
    pub as_file: EntryPath,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum PlayResource {
    /// The file's own bytes.
    Original,
    /// A folder, for players that browse.
    Folder,
    /// `master.m3u8`
    Master,
    /// `{rendition}.m3u8`
    Playlist(Rendition),
    /// `{rendition}/{n}.ts`
    Segment(Rendition, usize),
    /// `{rendition}.ts`
    Whole(Rendition),
    /// `{source}.m3u8`: a stream of the repackaged original, such as `source` or `sound-1`
    SourcePlaylist(SourceStream),
    /// `{source}/init.mp4`
    SourceInit(SourceStream),
    /// `{source}/{n}.m4s`; `{source}/{n}.ts` where the original is a transport stream
    SourceSegment(SourceStream, usize),
    /// `source.mp4`
    SourceFile,
    /// `chapters.vtt`: the chapter marks inside of the file
    Chapters,
    /// The list of the pictures over the seek bar: `thumbnails.vtt`.
    Thumbnails,
    /// One of them: `thumbnails/12.webp`.
    Thumbnail(u32),
    /// `poster.jpg`, and `poster-small.jpg` for lists on small screens
    Poster(PictureSize),
    /// The list of all subtitles: `subtitles.json`.
    SubtitleList,
    /// The list of the fonts inside of a film: `fonts.json`.
    FontList,
    /// One of them: `fonts/0.ttf`, whatever its format.
    Font(usize),
    /// The tags of a recording: `tags.json`.
    SoundTags,
    /// `subtitles/{id}.vtt`, `subtitles/{id}.m3u8` and `subtitles/{id}/0.vtt`: a file, and the same for HLS;
    /// `subtitles/{id}/40-45.vtt`: five seconds of it;
    /// `subtitles/{id}.ass`: SubStation text as it was made; `subtitles/{id}.json` and `subtitles/{id}/0.ttf`: its fonts;
    /// `source-subtitles/{id}.m3u8` and `source-subtitles/{id}/0.vtt` for the repackaged original
    Subtitles(String, SubtitleForm),
    /// `list.m3u`, `list.xspf`, `kodi.m3u`, and the same of all folders below: `all.m3u`, `all.xspf`, `all-kodi.m3u`
    List(ListFile),
    /// `{path}.strm`
    Strm,
    /// `strm.zip`: a folder with all below it as `.strm` files
    StrmTree,
}

/// The form in which subtitles are requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SubtitleForm {
    /// A WebVTT file with times from the film's beginning.
    File,
    /// SubStation text as it was made.
    Styled,
    /// The list of the fonts inside of such a file.
    FontList,
    /// One of them, by its number.
    Font(usize),
    /// The media playlist for HLS.
    Playlist,
    /// A segment of it, mapped to the clock of the stream: `None` for the only one, else the time of one of many.
    Segment(Option<PieceTime>),
    /// The media playlist for HLS of the repackaged original.
    SourcePlaylist,
    /// The same, mapped to the clock of the repackaged original.
    SourceSegment(Option<PieceTime>),
}

impl PlayPath {
    /// Parses the percent-encoded path after the ticket; `None` if it is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        let (place, whole) = parse_location(text)?;
        if text.ends_with('/') || whole.is_root() {
            return Some(PlayPath {
                place,
                path: whole.clone(),
                resource: PlayResource::Folder,
                as_file: whole,
            });
        }
        let (path, resource) =
            Self::split(&whole).unwrap_or_else(|| (whole.clone(), PlayResource::Original));
        Some(PlayPath {
            place,
            path,
            resource,
            as_file: whole,
        })
    }

    fn split(whole: &EntryPath) -> Option<(EntryPath, PlayResource)> {
        let parent = whole.parent()?;
        let resource = match whole.name() {
            "master.m3u8" => PlayResource::Master,
            "poster.jpg" => PlayResource::Poster(PictureSize::Large),
            "poster-small.jpg" => PlayResource::Poster(PictureSize::Small),
            "strm.zip" => PlayResource::StrmTree,
            "source.mp4" => PlayResource::SourceFile,
            "chapters.vtt" => PlayResource::Chapters,
            "thumbnails.vtt" => PlayResource::Thumbnails,
            "subtitles.json" => PlayResource::SubtitleList,
            "fonts.json" => PlayResource::FontList,
            "tags.json" => PlayResource::SoundTags,
            "init.mp4" => {
                let stream = SourceStream::parse(parent.name())?;
                return Some((parent.parent()?, PlayResource::SourceInit(stream)));
            }
            name => {
                if let Some(list) = ListFile::parse(name) {
                    return Some((parent, PlayResource::List(list)));
                }
                let (stem, extension) = name.rsplit_once('.')?;
                if let Some(subtitles) = subtitles(whole) {
                    return Some(subtitles);
                }
                match extension {
                    "m3u8" => match SourceStream::parse(stem) {
                        Some(stream) => PlayResource::SourcePlaylist(stream),
                        None => PlayResource::Playlist(Rendition::parse(stem)?),
                    },
                    // Sound without a picture may have other containers; their first bytes tell.
                    "mp3" | "aac" | "m4s" | "m4a" if [stem, parent.name()].contains(&"audio") => {
                        match Rendition::parse(stem) {
                            Some(rendition) => PlayResource::Whole(rendition),
                            None => {
                                let segment =
                                    PlayResource::Segment(Rendition::Audio, number(stem)?);
                                return Some((parent.parent()?, segment));
                            }
                        }
                    }
                    "m4s" => {
                        let stream = SourceStream::parse(parent.name())?;
                        let segment = PlayResource::SourceSegment(stream, number(stem)?);
                        return Some((parent.parent()?, segment));
                    }
                    "webp" if parent.name() == "thumbnails" => {
                        let number = u32::try_from(number(stem)?).ok()?;
                        return Some((parent.parent()?, PlayResource::Thumbnail(number)));
                    }
                    "ttf" if parent.name() == FONTS => {
                        return Some((parent.parent()?, PlayResource::Font(number(stem)?)));
                    }
                    "strm" => {
                        let path = parent.join(stem).ok().filter(|path| *path != parent)?;
                        return Some((path, PlayResource::Strm));
                    }
                    "ts" => match Rendition::parse(stem) {
                        Some(rendition) => PlayResource::Whole(rendition),
                        None => {
                            let n = number(stem)?;
                            let segment = match SourceStream::parse(parent.name()) {
                                Some(stream) => PlayResource::SourceSegment(stream, n),
                                None => PlayResource::Segment(Rendition::parse(parent.name())?, n),
                            };
                            return Some((parent.parent()?, segment));
                        }
                    },
                    _ => return None,
                }
            }
        };
        Some((parent, resource))
    }
}

/// Parses the subtitle names at the end of a path; `None` if they are no such names.
fn subtitles(whole: &EntryPath) -> Option<(EntryPath, PlayResource)> {
    let (stem, extension) = whole.name().rsplit_once('.')?;
    let parent = whole.parent()?;
    let (folder, id, form) = match extension {
        "vtt" if parent.name() == SUBTITLES => (parent, stem, SubtitleForm::File),
        "ass" if parent.name() == SUBTITLES => (parent, stem, SubtitleForm::Styled),
        "json" if parent.name() == SUBTITLES => (parent, stem, SubtitleForm::FontList),
        "ttf" if parent.parent()?.name() == SUBTITLES => {
            let font = SubtitleForm::Font(number(stem)?);
            (parent.parent()?, parent.name(), font)
        }
        "m3u8" if parent.name() == SUBTITLES => (parent, stem, SubtitleForm::Playlist),
        "m3u8" if parent.name() == SOURCE_SUBTITLES => (parent, stem, SubtitleForm::SourcePlaylist),
        "vtt" => {
            let folder = parent.parent()?;
            let piece = match stem {
                "0" => None,
                time => Some(PieceTime::parse(time)?),
            };
            let form = match folder.name() {
                SOURCE_SUBTITLES => SubtitleForm::SourceSegment(piece),
                _ => SubtitleForm::Segment(piece),
            };
            (folder, parent.name(), form)
        }
        _ => return None,
    };
    let film = folder
        .parent()
        .filter(|_| [SUBTITLES, SOURCE_SUBTITLES].contains(&folder.name()))?;
    (!id.is_empty()).then(|| (film, PlayResource::Subtitles(id.to_owned(), form)))
}

/// The name of the folder with a film's subtitles.
pub(super) const SUBTITLES: &str = "subtitles";

/// The name of the folder with the fonts inside of a film.
pub(super) const FONTS: &str = "fonts";

/// The name of the folder with the same subtitles on the clock of the repackaged original.
const SOURCE_SUBTITLES: &str = "source-subtitles";

/// Parses digits without a sign or leading zeros, so that each segment has exactly one URL; `None` for anything
/// else.
fn number(text: &str) -> Option<usize> {
    let plain =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

impl PlayResource {
    /// Returns true if its bytes are samples of the original.
    pub fn is_of_original(&self) -> bool {
        matches!(
            self,
            PlayResource::SourcePlaylist(_)
                | PlayResource::SourceInit(_)
                | PlayResource::SourceSegment(..)
                | PlayResource::SourceFile
        )
    }

    /// Returns true if players request it once for a film, before they play.
    pub fn begins_playing(&self) -> bool {
        matches!(
            self,
            PlayResource::Master
                | PlayResource::Playlist(_)
                | PlayResource::Whole(_)
                | PlayResource::SourcePlaylist(_)
                | PlayResource::SourceFile
        )
    }

    /// Returns true if an entry of this kind has such a resource.
    pub fn fits(&self, kind: EntryKind) -> bool {
        match self {
            PlayResource::Original => kind != EntryKind::Folder,
            PlayResource::Folder => kind == EntryKind::Folder,
            PlayResource::Master
            | PlayResource::Playlist(_)
            | PlayResource::Segment(..)
            | PlayResource::Whole(_)
            | PlayResource::SourcePlaylist(_)
            | PlayResource::SourceInit(_)
            | PlayResource::SourceSegment(..)
            | PlayResource::SourceFile
            | PlayResource::Chapters
            | PlayResource::Strm => kind.is_playable(),
            PlayResource::Poster(_) => kind != EntryKind::Folder,
            PlayResource::Subtitles(..)
            | PlayResource::SubtitleList
            | PlayResource::FontList
            | PlayResource::Font(_)
            | PlayResource::Thumbnails
            | PlayResource::Thumbnail(_) => kind == EntryKind::Video,
            PlayResource::SoundTags => kind == EntryKind::Audio,
            PlayResource::List(list) => {
                kind == EntryKind::Folder || (kind.is_playable() && list.reach == Reach::Here)
            }
            PlayResource::StrmTree => kind == EntryKind::Folder,
        }
    }
}

#[cfg(test)]
mod tests;
