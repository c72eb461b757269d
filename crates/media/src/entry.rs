//! Files and folders, and the kinds of files by their names.

use chrono::{DateTime, Utc};

use super::{EntryPath, Place, Tag, TrackFacts};

/// A file or a folder of a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The drive or share that contains it.
    pub place: Place,
    /// Its path inside of the place.
    pub path: EntryPath,
    /// Its name as shown; for the root of a place, the place's name.
    pub name: String,
    /// Its kind.
    pub kind: EntryKind,
    /// Size in bytes; 0 for folders.
    pub size: u64,
    /// Time of the last change, as the upstream reports it.
    pub modified: Option<DateTime<Utc>>,
    /// The upstream's id of the entry, stable over renames (TeraBox: `fs_id`).
    pub id: Option<String>,
    /// Identifies the content: changes when the bytes change (TeraBox: `md5`).
    pub content: Option<String>,
    /// Duration in seconds, if known.
    pub duration_s: Option<f64>,
    /// Width of the picture in pixels, if known.
    pub width: Option<u32>,
    /// Height of the picture in pixels, if known.
    pub height: Option<u32>,
    /// True if the upstream has a thumbnail.
    pub has_thumbnail: bool,
    /// Facts about the tracks of the file, as the upstream reports them; empty if it reports none.
    pub tracks: Vec<TrackFacts>,
    /// Tags that the owner has put on it; empty where the upstream has no tags.
    pub tags: Vec<Tag>,
}

impl Entry {
    /// Creates an entry without any optional details.
    pub fn bare(place: &Place, path: &EntryPath, kind: EntryKind) -> Self {
        Entry {
            place: place.clone(),
            path: path.clone(),
            name: match path.is_root() {
                true => place.to_string(),
                false => path.name().to_owned(),
            },
            kind,
            size: 0,
            modified: None,
            id: None,
            content: None,
            duration_s: None,
            width: None,
            height: None,
            has_thumbnail: false,
            tracks: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// Returns true if it may be an MP4 or Matroska file or a transport stream, by the extension of its name: its samples
    /// can then be sent in segments. Such a file may still turn out to be damaged, or to use a codec that cannot be carried.
    pub fn is_repackageable(&self) -> bool {
        const EXTENSIONS: [&str; 11] = [
            "mp4", "m4v", "mov", "mkv", "webm", "m4a", "m4b", "mka", "ts", "m2ts", "mts",
        ];
        self.kind.is_playable()
            && extension(&self.name).is_some_and(|it| EXTENSIONS.contains(&it.as_str()))
    }

    /// Returns true if another look at the same path shows the same version, as far as both looks report it: a listing
    /// may contain less than a look at one entry.
    pub fn is_same_version(&self, other: &Entry) -> bool {
        fn differ<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
            one.as_ref()
                .zip(other.as_ref())
                .is_some_and(|(a, b)| a != b)
        }
        let both_folders = self.kind == EntryKind::Folder && other.kind == EntryKind::Folder;
        both_folders
            || self.size == other.size
                && !differ(&self.content, &other.content)
                && !differ(&self.id, &other.id)
                && !differ(&self.modified, &other.modified)
    }

    /// Creates the root folder of a place.
    pub fn root_of(place: &Place) -> Self {
        Entry::bare(place, &EntryPath::root(), EntryKind::Folder)
    }
}

/// The kind of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    Folder,
    Video,
    Audio,
    Image,
    Subtitle,
    Other,
}

impl EntryKind {
    /// Returns the kind of a file by the extension of its name.
    pub fn of_file(name: &str) -> Self {
        match extension(name).as_deref() {
            Some("srt" | "vtt" | "ass" | "ssa" | "sub" | "smi") => EntryKind::Subtitle,
            // MIME tables call `.ts` a Qt translation and lack the others.
            Some("ts" | "m2ts" | "mts" | "mkv" | "m4v" | "rmvb" | "vob" | "divx" | "ogm") => {
                EntryKind::Video
            }
            Some("m4b" | "opus" | "ape" | "dsf") => EntryKind::Audio,
            _ => match mime_guess::from_path(name).first() {
                Some(mime) if mime.type_() == "video" => EntryKind::Video,
                Some(mime) if mime.type_() == "audio" && mime.subtype() != "x-mpegurl" => {
                    EntryKind::Audio
                }
                Some(mime) if mime.type_() == "image" => EntryKind::Image,
                _ => EntryKind::Other,
            },
        }
    }

    /// Returns the lower-case word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            EntryKind::Folder => "folder",
            EntryKind::Video => "video",
            EntryKind::Audio => "audio",
            EntryKind::Image => "image",
            EntryKind::Subtitle => "subtitle",
            EntryKind::Other => "other",
        }
    }

    /// Returns true if a player can open it.
    pub fn is_playable(self) -> bool {
        matches!(self, EntryKind::Video | EntryKind::Audio)
    }
}

/// Returns the media type of a file's own bytes, by the extension of its name.
///
/// If MIME tables and players disagree, players win (`.ts` is `video/mp2t`). Types that a browser would run
/// as a page in our origin (HTML, SVG, XML, PDF) are `application/octet-stream`.
pub fn content_type(name: &str) -> &'static str {
    match extension(name).as_deref() {
        Some("ts" | "m2ts" | "mts") => "video/mp2t",
        Some("mkv") => "video/x-matroska",
        Some("m4v" | "mp4") => "video/mp4",
        Some("m4s") => "video/iso.segment",
        Some("m3u8") => "application/vnd.apple.mpegurl",
        Some("vtt") => "text/vtt; charset=utf-8",
        Some("srt") => "application/x-subrip",
        Some("ass" | "ssa" | "txt" | "nfo") => "text/plain; charset=utf-8",
        Some("flac") => "audio/flac",
        Some("opus") => "audio/ogg",
        Some("m4a" | "m4b") => "audio/mp4",
        _ => match mime_guess::from_path(name).first_raw() {
            Some("image/svg+xml") => "application/octet-stream",
            Some(mime)
                if mime.starts_with("video/")
                    || mime.starts_with("audio/")
                    || mime.starts_with("image/") =>
            {
                mime
            }
            _ => "application/octet-stream",
        },
    }
}

fn extension(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty()).then(|| extension.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_types_follow_the_extension() {
        let cases = [
            ("a.mp4", EntryKind::Video, "video/mp4"),
            ("a.MKV", EntryKind::Video, "video/x-matroska"),
            ("a.ts", EntryKind::Video, "video/mp2t"),
            ("a.webm", EntryKind::Video, "video/webm"),
            ("a.mp3", EntryKind::Audio, "audio/mpeg"),
            ("a.flac", EntryKind::Audio, "audio/flac"),
            ("a.jpg", EntryKind::Image, "image/jpeg"),
            ("a.srt", EntryKind::Subtitle, "application/x-subrip"),
            ("a.html", EntryKind::Other, "application/octet-stream"),
            ("a.svg", EntryKind::Image, "application/octet-stream"),
            ("a.m3u8", EntryKind::Other, "application/vnd.apple.mpegurl"),
            ("no extension", EntryKind::Other, "application/octet-stream"),
            (".mp4", EntryKind::Other, "application/octet-stream"),
        ];
        for (name, kind, mime) in cases {
            assert_eq!(EntryKind::of_file(name), kind, "{name}");
            assert_eq!(content_type(name), mime, "{name}");
        }
    }
}
