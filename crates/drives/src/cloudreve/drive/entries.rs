//! The upstream's files as entries of the place, and what its metadata say about films (document sections 7 and
//! 11.1).

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::cloudreve::types::File;
use media::{Entry, EntryKind, EntryPath, Place, Tag};

/// Metadata of a file to which an upload is under way: of its placeholder, or of a file that gets a new version.
const UPLOADING: &str = "sys:upload_session_id";
/// Metadata of a shortcut into another account's share: the link that it leads to.
const REDIRECT: &str = "sys:shared_redirect";
/// Metadata of a file for which the upstream has found that it can make no thumbnail. The value has no meaning.
const NO_PICTURE: &str = "thumb:disabled";
/// Prefix of the metadata of one stream of a film, before its number and field: `stream:stream_0_video_width`.
const STREAM: &str = "stream:stream_";
/// Prefix of the metadata of a tag, before its name. The value is its colour, or empty.
pub(crate) const TAG: &str = "tag:";

/// Returns a mark of the site for the names of its contents, because ids are unique within one site only.
pub(crate) fn mark(base_url: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(base_url)[..6])
}

/// Returns true if the file is there. A placeholder, which an upload has until it is complete, is no entry; a file that
/// is about to get a new version is one.
pub(crate) fn is_there(file: &File) -> bool {
    !is_uploading(file) || file.size > 0
}

/// Returns true if an upload to the file has been begun and is not complete.
pub(crate) fn is_uploading(file: &File) -> bool {
    file.metadata.contains_key(UPLOADING)
}

/// Returns the link of the share that a shortcut leads to; `None` if the file is no shortcut.
pub(crate) fn redirect(file: &File) -> Option<&str> {
    file.told(REDIRECT)
        .filter(|uri| uri.starts_with("cloudreve://"))
}

/// Returns a file as an entry at `path`.
pub(crate) fn entry(place: &Place, path: EntryPath, file: &File, mark: &str) -> Entry {
    let kind = match EntryKind::of_file(path.name()) {
        _ if file.is_folder() => EntryKind::Folder,
        // A film in pieces, uploaded as such.
        _ if is_list(path.name()) => EntryKind::Video,
        kind => kind,
    };
    let is_video = kind == EntryKind::Video;
    let (width, height) = picture(file).filter(|_| is_video).unzip();
    let size = match file.is_folder() {
        true => 0,
        false => u64::try_from(file.size).unwrap_or(0),
    };
    let may_have_picture = matches!(kind, EntryKind::Video | EntryKind::Audio | EntryKind::Image)
        && !is_list(path.name());
    Entry {
        place: place.clone(),
        name: path.name().to_owned(),
        path,
        kind,
        size,
        modified: file.updated_at.0,
        id: file.id.clone().filter(|id| !id.is_empty()),
        // Folders and empty files have one, too: the same for all of them.
        content: file
            .primary_entity
            .as_deref()
            .filter(|id| size > 0 && !id.is_empty())
            .map(|id| content(mark, id)),
        duration_s: file
            .told("stream:duration")
            .and_then(|seconds| seconds.parse().ok())
            .filter(|seconds: &f64| seconds.is_finite() && *seconds > 0.0),
        width,
        height,
        has_thumbnail: may_have_picture && size > 0 && !file.metadata.contains_key(NO_PICTURE),
        tracks: Vec::new(),
        tags: tags(&file.metadata),
    }
}

/// Returns the tags in the metadata of a file.
fn tags(metadata: &BTreeMap<String, Option<String>>) -> Vec<Tag> {
    let tags = metadata.iter().filter_map(|(key, colour)| {
        let name = key.strip_prefix(TAG)?;
        Tag::parse(name, colour.as_deref())
    });
    tags.collect()
}

/// Returns the name of a content: the site's mark and the upstream's own id.
pub(crate) fn content(mark: &str, entity: &str) -> String {
    format!("{mark}/{entity}")
}

/// Returns true if a file is a playlist of the pieces of a film.
pub(crate) fn is_list(name: &str) -> bool {
    extension(name).is_some_and(|extension| extension.eq_ignore_ascii_case("m3u8"))
}

/// Returns true if a file may be one of many pieces of a film: a number stands before its extension.
pub(crate) fn is_piece(name: &str) -> bool {
    const PIECES: [&str; 4] = ["ts", "m4s", "aac", "vtt"];
    let is_one = |extension: &str| {
        PIECES
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    };
    let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem);
    extension(name).is_some_and(is_one) && stem.ends_with(|c: char| c.is_ascii_digit())
}

fn extension(name: &str) -> Option<&str> {
    Some(name.rsplit_once('.')?.1)
}

/// Returns width and height of the first video stream; `None` if they are unknown.
fn picture(file: &File) -> Option<(u32, u32)> {
    let first = file.metadata.keys().filter_map(|key| {
        let (number, word) = key.strip_prefix(STREAM)?.split_once('_')?;
        let number: u32 = number.parse().ok()?;
        (word == "video_width").then_some(number)
    });
    let number = first.min()?;
    let told = |word: &str| {
        let value = file.told(&format!("{STREAM}{number}_video_{word}"))?;
        value.parse::<u32>().ok().filter(|lines| *lines > 0)
    };
    told("width").zip(told("height"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudreve::types::Files;

    fn entries(text: &str) -> Vec<Entry> {
        let place = Place::parse("nas").unwrap();
        let files: Files = serde_json::from_str(text).unwrap();
        let there = files.files.unwrap().into_iter().filter(is_there);
        there
            .map(|file| {
                let path = EntryPath::root().join(&file.name).unwrap();
                entry(&place, path, &file, "site")
            })
            .collect()
    }

    #[test]
    fn what_a_listing_tells_of_films() {
        let found = entries(include_str!("../testdata/list.json"));
        let names: Vec<&str> = found.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Season 1",
                "clip 12.mp4",
                "Sound.mp3",
                "Film.m3u8",
                "empty.txt",
                "none.mkv"
            ]
        );
        let [folder, film, sound, list, empty, none] = found.as_slice() else {
            panic!("another number of entries");
        };
        // Folders have a content id, too: the same for all of them.
        assert_eq!(
            (folder.kind, folder.content.as_deref()),
            (EntryKind::Folder, None)
        );
        assert_eq!(film.content.as_deref(), Some("site/mxB6SM"));
        assert_eq!(film.duration_s, Some(5401.28));
        // The cover picture of stream 2 is not the film's picture.
        assert_eq!((film.width, film.height), (Some(1920), Some(804)));
        assert_eq!(
            film.modified.unwrap().to_rfc3339(),
            "2025-05-13T06:31:55.833494+00:00"
        );
        assert_eq!((sound.kind, sound.width), (EntryKind::Audio, None));
        assert!(sound.has_thumbnail);
        assert_eq!((list.kind, list.has_thumbnail), (EntryKind::Video, false));
        assert_eq!((empty.size, empty.content.as_deref()), (0, None));
        assert_eq!(empty.modified, None, "the zero time is no time");
        assert!(
            !none.has_thumbnail,
            "the upstream could make no picture of it"
        );
    }

    #[test]
    fn pieces_have_a_number() {
        for (name, expected) in [
            ("seg0.ts", true),
            ("film-00012.TS", true),
            ("3.m4s", true),
            ("Film.ts", false),
            ("2001.mkv", false),
            ("Episode 2.mp4", false),
            ("ts", false),
        ] {
            assert_eq!(is_piece(name), expected, "{name}");
        }
        assert!(is_list("Film.M3U8") && !is_list("m3u8"));
    }
}
