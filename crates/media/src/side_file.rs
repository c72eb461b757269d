//! Pictures and descriptions beside films, as Kodi and Jellyfin name them.

use super::{Entry, EntryKind, stem, title_key};

/// The largest description file that is read, in bytes.
const MAX_DESCRIPTION_BYTES: u64 = 256 << 10;

/// The largest picture that is shown, in bytes.
const MAX_PICTURE_BYTES: u64 = 20 << 20;

/// A picture or a description beside films.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideFile {
    /// Its role.
    pub role: SideFileRole,
    /// The key of the name of the film that it belongs to ([`title_key`] of the film's [`stem`]); `None` if it belongs to
    /// the folder.
    pub stem: Option<String>,
}

/// The role of a file beside films.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideFileRole {
    Poster,
    Backdrop,
    Banner,
    Logo,
    /// A picture of the film in the format of the film.
    Thumb,
    /// A description in XML.
    Nfo,
}

impl SideFileRole {
    /// Returns the word by which it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            SideFileRole::Poster => "poster",
            SideFileRole::Backdrop => "backdrop",
            SideFileRole::Banner => "banner",
            SideFileRole::Logo => "logo",
            SideFileRole::Thumb => "thumb",
            SideFileRole::Nfo => "nfo",
        }
    }
}

const PICTURES: [(&str, SideFileRole); 12] = [
    ("poster", SideFileRole::Poster),
    ("folder", SideFileRole::Poster),
    ("cover", SideFileRole::Poster),
    ("movie", SideFileRole::Poster),
    ("fanart", SideFileRole::Backdrop),
    ("backdrop", SideFileRole::Backdrop),
    ("background", SideFileRole::Backdrop),
    ("banner", SideFileRole::Banner),
    ("logo", SideFileRole::Logo),
    ("clearlogo", SideFileRole::Logo),
    ("thumb", SideFileRole::Thumb),
    ("landscape", SideFileRole::Thumb),
];

impl SideFile {
    /// Recognises a file by its name; `None` for other files, and for files that are too large.
    pub fn of(entry: &Entry) -> Option<Self> {
        let (name, extension) = entry.name.rsplit_once('.')?;
        let extension = extension.to_ascii_lowercase();
        if extension == "nfo" && entry.size <= MAX_DESCRIPTION_BYTES {
            let lower = name.to_lowercase();
            let is_common = matches!(lower.as_str(), "movie" | "tvshow");
            return Some(SideFile {
                role: SideFileRole::Nfo,
                stem: (!is_common).then(|| title_key(name)),
            });
        }
        let is_picture = entry.kind == EntryKind::Image
            && matches!(extension.as_str(), "jpg" | "jpeg" | "png" | "webp")
            && entry.size <= MAX_PICTURE_BYTES;
        if !is_picture {
            return None;
        }
        let lower = name.to_lowercase();
        if let Some((_, role)) = PICTURES.iter().find(|(word, _)| *word == lower) {
            let role = *role;
            return Some(SideFile { role, stem: None });
        }
        let suffixed = lower.rsplit_once('-').and_then(|(film, word)| {
            let (_, role) = PICTURES.iter().find(|(known, _)| *known == word)?;
            Some((film, *role))
        });
        // `Film.jpg` beside `Film.mkv` is its thumbnail.
        let (film, role) = suffixed.unwrap_or((stem(&entry.name), SideFileRole::Thumb));
        Some(SideFile {
            role,
            stem: Some(title_key(film)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EntryPath, Place};

    fn found(name: &str, size: u64) -> Option<(&'static str, Option<String>)> {
        let place = Place::parse("films").unwrap();
        let path = EntryPath::parse(&format!("/Three Moons/{name}")).unwrap();
        let mut entry = Entry::bare(&place, &path, EntryKind::of_file(name));
        entry.size = size;
        SideFile::of(&entry).map(|side| (side.role.as_str(), side.stem))
    }

    #[test]
    fn side_files_are_known_by_their_names() {
        let own = Some(title_key("Three Moons S01E01"));
        let cases = [
            ("poster.jpg", Some(("poster", None))),
            ("Folder.PNG", Some(("poster", None))),
            ("fanart.webp", Some(("backdrop", None))),
            ("tvshow.nfo", Some(("nfo", None))),
            ("movie.nfo", Some(("nfo", None))),
            ("Three Moons S01E01-thumb.jpg", Some(("thumb", own.clone()))),
            ("Three Moons S01E01.jpg", Some(("thumb", own.clone()))),
            ("Three Moons S01E01.nfo", Some(("nfo", own))),
            ("poster.gif", None),
            ("poster.svg", None),
            ("Three Moons S01E01.mkv", None),
        ];
        for (name, expected) in cases {
            assert_eq!(found(name, 1000), expected, "{name}");
        }
        assert_eq!(found("poster.jpg", 1 << 30), None, "too large");
        assert_eq!(found("movie.nfo", 1 << 20), None, "too large");
    }
}
