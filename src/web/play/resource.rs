//! Parses play URLs: the entry, and which of its resources is requested.

use percent_encoding::percent_decode_str;

use crate::playback::pictures::PictureSize;
use crate::playback::source::SourceStream;
use crate::web::urls::{encode_name, parse_location};
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
    /// The playlist's only segment, mapped to the clock of the stream.
    Segment,
    /// The media playlist for HLS of the repackaged original.
    SourcePlaylist,
    /// Its only segment, mapped to the clock of the repackaged original.
    SourceSegment,
}

/// The format and the extent of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListFile {
    pub format: ListFormat,
    pub reach: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListFormat {
    M3u,
    Xspf,
    /// M3U with the properties that make Kodi play with inputstream.adaptive.
    Kodi,
}

/// The extent of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// One film, or the films of one folder.
    Here,
    /// Also the films of all folders below.
    Below,
}

impl ListFile {
    /// Parses the file name of a list; `None` for any other name. Query strings are not used, since players
    /// drop them.
    pub fn parse(name: &str) -> Option<Self> {
        let (format, reach) = match name {
            "list.m3u" => (ListFormat::M3u, Reach::Here),
            "list.xspf" => (ListFormat::Xspf, Reach::Here),
            "kodi.m3u" => (ListFormat::Kodi, Reach::Here),
            "all.m3u" => (ListFormat::M3u, Reach::Below),
            "all.xspf" => (ListFormat::Xspf, Reach::Below),
            "all-kodi.m3u" => (ListFormat::Kodi, Reach::Below),
            _ => return None,
        };
        Some(ListFile { format, reach })
    }
}

/// Stands before the words of a search, in place of a place name; no place can have this name.
const SEARCH: &str = "~~search/";

/// A list of search results: `~~search/{words}/list.m3u`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SearchList {
    /// The search words.
    pub words: String,
    pub format: ListFormat,
}

impl SearchList {
    /// Parses the path after the ticket; `None` if it is not a search or is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        let (words, name) = text.strip_prefix(SEARCH)?.split_once('/')?;
        let list = ListFile::parse(name).filter(|list| list.reach == Reach::Here)?;
        let words = percent_decode_str(words).decode_utf8().ok()?;
        let words = words.trim();
        let fits = !words.is_empty() && !words.contains(char::is_control);
        fits.then(|| SearchList {
            words: words.to_owned(),
            format: list.format,
        })
    }

    /// Returns true if a path is that of a search, well-formed or not.
    pub fn matches(text: &str) -> bool {
        text.starts_with(SEARCH)
    }
}

/// Returns the path of a search list after the ticket; `name` is such as `list.m3u`.
pub(in crate::web) fn search_list(words: &str, name: &str) -> String {
    format!("{SEARCH}{}/{name}", encode_name(words))
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
        "vtt" if stem == "0" => {
            let folder = parent.parent()?;
            let form = match folder.name() {
                SOURCE_SUBTITLES => SubtitleForm::SourceSegment,
                _ => SubtitleForm::Segment,
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
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_film_and_its_streams() {
        let hd = Rendition::Video { height: 720 };
        let list = |format, reach| PlayResource::List(ListFile { format, reach });
        let subtitles = |id: &str, form| PlayResource::Subtitles(id.to_owned(), form);
        let cases = [
            ("films/a/b.mp4", "/a/b.mp4", PlayResource::Original),
            (
                "films/a%20b%23/%E6%98%A0.mp4",
                "/a b#/映.mp4",
                PlayResource::Original,
            ),
            (
                "films/a/b.mp4/master.m3u8",
                "/a/b.mp4",
                PlayResource::Master,
            ),
            (
                "films/a/b.mp4/720p.m3u8",
                "/a/b.mp4",
                PlayResource::Playlist(hd),
            ),
            (
                "films/a/b.mp4/audio.m3u8",
                "/a/b.mp4",
                PlayResource::Playlist(Rendition::Audio),
            ),
            (
                "films/a/b.mp4/720p/12.ts",
                "/a/b.mp4",
                PlayResource::Segment(hd, 12),
            ),
            ("films/a/b.mp4/720p.ts", "/a/b.mp4", PlayResource::Whole(hd)),
            (
                "films/a/b.mp4/audio/3.mp3",
                "/a/b.mp4",
                PlayResource::Segment(Rendition::Audio, 3),
            ),
            (
                "films/a/b.mp4/audio.aac",
                "/a/b.mp4",
                PlayResource::Whole(Rendition::Audio),
            ),
            (
                "films/a/audio.mp3",
                "/a",
                PlayResource::Whole(Rendition::Audio),
            ),
            ("films/a/b.mp3", "/a/b.mp3", PlayResource::Original),
            (
                "films/a/b.mkv/source.m3u8",
                "/a/b.mkv",
                PlayResource::SourcePlaylist(SourceStream::Muxed),
            ),
            (
                "films/a/b.mkv/sound-2/init.mp4",
                "/a/b.mkv",
                PlayResource::SourceInit(SourceStream::Sound(2)),
            ),
            (
                "films/a/b.mkv/source-video/12.m4s",
                "/a/b.mkv",
                PlayResource::SourceSegment(SourceStream::Video, 12),
            ),
            (
                "films/a/b.mkv/sound-2-aac/0.m4s",
                "/a/b.mkv",
                PlayResource::SourceSegment(SourceStream::DecodedSound(2), 0),
            ),
            (
                "films/a/b.m2ts/sound-1/3.ts",
                "/a/b.m2ts",
                PlayResource::SourceSegment(SourceStream::Sound(1), 3),
            ),
            (
                "films/a/b.mkv/chapters.vtt",
                "/a/b.mkv",
                PlayResource::Chapters,
            ),
            (
                "films/a/b.mkv/subtitles.json",
                "/a/b.mkv",
                PlayResource::SubtitleList,
            ),
            (
                "films/a/b.flac/tags.json",
                "/a/b.flac",
                PlayResource::SoundTags,
            ),
            (
                "films/a/b.mkv/thumbnails.vtt",
                "/a/b.mkv",
                PlayResource::Thumbnails,
            ),
            (
                "films/a/b.mkv/thumbnails/12.webp",
                "/a/b.mkv",
                PlayResource::Thumbnail(12),
            ),
            (
                "films/a/b.mkv/source.mp4",
                "/a/b.mkv",
                PlayResource::SourceFile,
            ),
            (
                "films/a/b.mkv/source-subtitles/en/0.vtt",
                "/a/b.mkv",
                subtitles("en", SubtitleForm::SourceSegment),
            ),
            (
                "films/a/b.mkv/source/01.m4s",
                "/a/b.mkv/source/01.m4s",
                PlayResource::Original,
            ),
            ("films/a/init.mp4", "/a/init.mp4", PlayResource::Original),
            (
                "films/a/b.mp4/poster.jpg",
                "/a/b.mp4",
                PlayResource::Poster(PictureSize::Large),
            ),
            (
                "films/a/b.mp4/poster-small.jpg",
                "/a/b.mp4",
                PlayResource::Poster(PictureSize::Small),
            ),
            (
                "films/a/b.mp4/subtitles/pt-BR.vtt",
                "/a/b.mp4",
                subtitles("pt-BR", SubtitleForm::File),
            ),
            (
                "films/a/b.mkv/subtitles/en.ass",
                "/a/b.mkv",
                subtitles("en", SubtitleForm::Styled),
            ),
            (
                "films/a/b.mkv/subtitles/en.json",
                "/a/b.mkv",
                subtitles("en", SubtitleForm::FontList),
            ),
            (
                "films/a/b.mkv/subtitles/en/2.ttf",
                "/a/b.mkv",
                subtitles("en", SubtitleForm::Font(2)),
            ),
            (
                "films/a/b.mkv/subtitles/en/two.ttf",
                "/a/b.mkv/subtitles/en/two.ttf",
                PlayResource::Original,
            ),
            (
                "films/a/b.mkv/fonts.json",
                "/a/b.mkv",
                PlayResource::FontList,
            ),
            (
                "films/a/b.mkv/fonts/3.ttf",
                "/a/b.mkv",
                PlayResource::Font(3),
            ),
            (
                "films/a/b.mp4/subtitles/en.m3u8",
                "/a/b.mp4",
                subtitles("en", SubtitleForm::Playlist),
            ),
            (
                "films/a/b.mp4/subtitles/en/0.vtt",
                "/a/b.mp4",
                subtitles("en", SubtitleForm::Segment),
            ),
            (
                "films/a/b.mp4/subtitles/en/1.vtt",
                "/a/b.mp4/subtitles/en/1.vtt",
                PlayResource::Original,
            ),
            ("films/a/en.vtt", "/a/en.vtt", PlayResource::Original),
            (
                "films/subtitles.vtt",
                "/subtitles.vtt",
                PlayResource::Original,
            ),
            ("films/a/list.m3u", "/a", list(ListFormat::M3u, Reach::Here)),
            ("films/list.xspf", "/", list(ListFormat::Xspf, Reach::Here)),
            (
                "films/a/all-kodi.m3u",
                "/a",
                list(ListFormat::Kodi, Reach::Below),
            ),
            ("films/a/strm.zip", "/a", PlayResource::StrmTree),
            ("films/a/all.pls", "/a/all.pls", PlayResource::Original),
            ("films/a/b.mp4.strm", "/a/b.mp4", PlayResource::Strm),
            ("films/a/", "/a", PlayResource::Folder),
            ("films/", "/", PlayResource::Folder),
            ("films", "/", PlayResource::Folder),
            (
                "films/a/720p/012.ts",
                "/a/720p/012.ts",
                PlayResource::Original,
            ),
            (
                "films/a/720p/-1.ts",
                "/a/720p/-1.ts",
                PlayResource::Original,
            ),
            ("films/a/144p.m3u8", "/a/144p.m3u8", PlayResource::Original),
            (
                "films/a/index.m3u8",
                "/a/index.m3u8",
                PlayResource::Original,
            ),
            ("films/12.ts", "/12.ts", PlayResource::Original),
            ("films/.strm", "/.strm", PlayResource::Original),
        ];
        for (text, path, resource) in cases {
            let found = PlayPath::parse(text).unwrap();
            assert_eq!(
                (found.path.as_str(), &found.resource),
                (path, &resource),
                "{text}"
            );
        }
        for bad in ["", "a%2Fb/x", "films/%2e%2e/x", "films/a%2F..%2Fb"] {
            assert_eq!(PlayPath::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_search_is_an_address_that_no_place_has() {
        let address = search_list("50% / 映画", "list.m3u");
        assert_eq!(
            address,
            "~~search/50%25%20%2F%20%E6%98%A0%E7%94%BB/list.m3u"
        );
        assert_eq!(
            SearchList::parse(&address),
            Some(SearchList {
                words: "50% / 映画".to_owned(),
                format: ListFormat::M3u
            })
        );
        assert!(PlayPath::parse(&address).is_none());
        for bad in [
            "~~search/a/all.m3u",
            "~~search/a/b/list.m3u",
            "~~search//list.m3u",
            "~~search/%20/list.m3u",
            "~~search/%0a/list.m3u",
            "~~search/%ff/list.m3u",
            "~~search/list.m3u",
            "films/a/list.m3u",
        ] {
            assert_eq!(SearchList::parse(bad), None, "{bad}");
        }
    }
}
