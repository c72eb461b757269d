//! The kinds by which files are filtered: films, music, pictures and documents.

use super::{Entry, EntryKind};

/// A kind of files that folders and searches are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    Video,
    Audio,
    Image,
    Document,
}

/// Extensions of documents: text, office, books.
const DOCUMENTS: [&str; 38] = [
    "pdf", "txt", "md", "rtf", "tex", "log", "csv", "tsv", "nfo", "xps", "ps", "doc", "docx",
    "docm", "dot", "dotx", "odt", "pages", "wps", "xls", "xlsx", "xlsm", "ods", "numbers", "ppt",
    "pptx", "pptm", "pps", "ppsx", "odp", "key", "epub", "mobi", "azw", "azw3", "fb2", "djvu",
    "chm",
];

impl FileKind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [FileKind; 4] = [
        FileKind::Video,
        FileKind::Audio,
        FileKind::Image,
        FileKind::Document,
    ];

    /// Parses the word of the API; `None` if there is no such kind.
    pub fn parse(word: &str) -> Option<Self> {
        FileKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Returns the lower-case word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            FileKind::Video => "video",
            FileKind::Audio => "audio",
            FileKind::Image => "image",
            FileKind::Document => "document",
        }
    }

    /// Returns true if the file is of this kind. A document is recognised by the extension of its name.
    pub fn matches(self, file: &Entry) -> bool {
        match self {
            FileKind::Video => file.kind == EntryKind::Video,
            FileKind::Audio => file.kind == EntryKind::Audio,
            FileKind::Image => file.kind == EntryKind::Image,
            FileKind::Document => file.kind == EntryKind::Other && is_document(&file.name),
        }
    }

    /// Returns true if a file of this name is of this kind.
    pub fn matches_name(self, name: &str) -> bool {
        let kind = EntryKind::of_file(name);
        match self {
            FileKind::Video => kind == EntryKind::Video,
            FileKind::Audio => kind == EntryKind::Audio,
            FileKind::Image => kind == EntryKind::Image,
            FileKind::Document => kind == EntryKind::Other && is_document(name),
        }
    }
}

fn is_document(name: &str) -> bool {
    let extension = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
    extension.is_some_and(|(_, it)| DOCUMENTS.iter().any(|known| it.eq_ignore_ascii_case(known)))
}

/// Returns the media type of a picture by its first bytes; `None` if it is none that browsers show.
pub fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_of_one_kind_or_none() {
        for (name, kind) in [
            ("Film.mp4", Some(FileKind::Video)),
            ("a.ts", Some(FileKind::Video)),
            ("a.flac", Some(FileKind::Audio)),
            ("a.JPG", Some(FileKind::Image)),
            ("Read me.txt", Some(FileKind::Document)),
            ("A.PDF", Some(FileKind::Document)),
            ("book.epub", Some(FileKind::Document)),
            ("a.srt", None),
            ("a.zip", None),
            (".txt", None),
            ("pdf", None),
        ] {
            let kinds: Vec<FileKind> = FileKind::ALL
                .into_iter()
                .filter(|it| it.matches_name(name))
                .collect();
            assert_eq!(kinds, kind.into_iter().collect::<Vec<_>>(), "{name}");
        }
        for kind in FileKind::ALL {
            assert_eq!(FileKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(FileKind::parse("folder"), None);
    }
}
