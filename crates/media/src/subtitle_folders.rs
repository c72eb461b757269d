//! Folders of subtitles beside a film: `Subs`, `Subtitles`, and in them one that is named like the film.

use super::{Entry, EntryKind, comparable_name, stem};

/// The entries among which the subtitles of a film are found.
#[derive(Debug, Default, Clone)]
pub struct SubtitleFolders<'a> {
    /// Those of the film's own folder.
    pub beside: &'a [Entry],
    /// Those of the folders of subtitles in it.
    pub within: Vec<Entry>,
    /// Those of folders in these that are named like the film.
    pub own: Vec<Entry>,
}

/// Names of folders of subtitles, in lower case.
const NAMES: [&str; 4] = ["subs", "subtitles", "sub", "subtitle"];

/// Folders that are looked into for one film.
const MAX_FOLDERS: usize = 4;

impl<'a> SubtitleFolders<'a> {
    /// Returns the folder of a film without any other.
    pub fn of(beside: &'a [Entry]) -> Self {
        SubtitleFolders {
            beside,
            ..SubtitleFolders::default()
        }
    }

    /// Returns the folders of subtitles among the entries of a film's folder.
    pub fn beside(entries: &[Entry]) -> Vec<&Entry> {
        let folders = entries.iter().filter(|entry| {
            entry.kind == EntryKind::Folder
                && NAMES.contains(&comparable_name(&entry.name).as_str())
        });
        folders.take(MAX_FOLDERS).collect()
    }

    /// Returns the folders that are named like a film, among the entries of a folder of subtitles.
    pub fn of_film<'e>(film: &Entry, entries: &'e [Entry]) -> Vec<&'e Entry> {
        let names = [
            comparable_name(stem(&film.name)),
            comparable_name(&film.name),
        ];
        let folders = entries.iter().filter(|entry| {
            entry.kind == EntryKind::Folder && names.contains(&comparable_name(&entry.name))
        });
        folders.take(MAX_FOLDERS).collect()
    }
}
