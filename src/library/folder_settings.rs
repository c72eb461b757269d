//! Notes of folders and the names that they hide, in memory.
//!
//! A pattern is a glob (`*`, `?`, `[ab]`, `{a,b}`) for one name, without regard to case. It applies to the folder and to all
//! folders below it. What is hidden is left out of lists; the files beside a film serve it all the same.

use std::collections::HashMap;
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use parking_lot::RwLock;

use crate::store::{FolderSetting, Store};
use media::{Entry, EntryPath, Listing, Place};

/// Maximum length of a note, in characters.
const MAX_NOTE_CHARS: usize = 10_000;

/// Maximum number of patterns of one folder, and of the characters of one.
const MAX_PATTERNS: usize = 100;
const MAX_PATTERN_CHARS: usize = 255;

/// The settings of all folders. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct FolderSettings(Arc<RwLock<Arc<SettingsByPlace>>>);

type SettingsByPlace = HashMap<Place, Vec<FolderRules>>;

/// The settings of one folder, with its patterns compiled.
#[derive(Debug)]
struct FolderRules {
    setting: FolderSetting,
    hidden: GlobSet,
}

/// The reason why settings of a folder are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FolderSettingError {
    /// The note is too long.
    #[error("a note has {MAX_NOTE_CHARS} characters at most")]
    LongNote,
    /// There are too many patterns.
    #[error("a folder has {MAX_PATTERNS} patterns at most")]
    ManyPatterns,
    /// A pattern is none, or has a slash.
    #[error("a pattern is for one name, such as *.nfo or @eaDir")]
    Pattern,
}

impl FolderSettings {
    /// Replaces all settings by those of the state.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn reload(&self, store: &Store) -> Result<(), crate::store::StoreError> {
        let mut all = SettingsByPlace::new();
        for setting in store.folder_settings().await? {
            // Stored patterns were compiled once; a pattern that no longer compiles hides nothing.
            let hidden = compiled(&setting.hidden).unwrap_or_default();
            let of_place = all.entry(setting.place.clone()).or_default();
            of_place.push(FolderRules { setting, hidden });
        }
        *self.0.write() = Arc::new(all);
        Ok(())
    }

    /// Returns the settings of a folder; empty ones if it has none.
    pub fn of(&self, place: &Place, folder: &EntryPath) -> FolderSetting {
        let all = self.0.read().clone();
        let mut of_place = all.get(place).into_iter().flatten();
        let found = of_place.find(|rules| rules.setting.path == *folder);
        found.map_or_else(
            || FolderSetting::empty(place, folder),
            |rules| rules.setting.clone(),
        )
    }

    /// Returns true if a folder above an entry hides its name, or that of a folder that it is in.
    pub fn hides(&self, place: &Place, path: &EntryPath) -> bool {
        let all = self.0.read().clone();
        let mut of_place = all.get(place).into_iter().flatten();
        of_place.any(|rules| {
            let folder = &rules.setting.path;
            if rules.hidden.is_empty() || !path.is_within(folder) {
                return false;
            }
            let mut below = path.names().skip(folder.names().count());
            below.any(|name| rules.hidden.is_match(name))
        })
    }

    /// Returns true if something is hidden at a place.
    fn has_patterns(&self, place: &Place) -> bool {
        let all = self.0.read().clone();
        let mut of_place = all.get(place).into_iter().flatten();
        of_place.any(|rules| !rules.hidden.is_empty())
    }

    /// Returns the listing without what is hidden.
    pub(super) fn visible(&self, place: &Place, listing: Arc<Listing>) -> Arc<Listing> {
        if !self.has_patterns(place) {
            return listing;
        }
        let mut listing = Arc::unwrap_or_clone(listing);
        listing.entries.retain(|entry| self.shows(entry));
        Arc::new(listing)
    }

    /// Returns true unless the entry is hidden.
    pub(super) fn shows(&self, entry: &Entry) -> bool {
        !self.hides(&entry.place, &entry.path)
    }
}

/// Checks the settings of a folder: empty patterns and spaces around them are dropped.
///
/// # Errors
///
/// The note is too long, or a pattern is none.
pub fn checked_setting(mut setting: FolderSetting) -> Result<FolderSetting, FolderSettingError> {
    setting.note = setting.note.trim().replace("\r\n", "\n");
    if setting.note.chars().count() > MAX_NOTE_CHARS {
        return Err(FolderSettingError::LongNote);
    }
    let patterns = setting.hidden.iter().map(|pattern| pattern.trim());
    let patterns = patterns.filter(|pattern| !pattern.is_empty());
    setting.hidden = patterns.map(str::to_owned).collect();
    setting.hidden.dedup();
    if setting.hidden.len() > MAX_PATTERNS {
        return Err(FolderSettingError::ManyPatterns);
    }
    let is_name = |pattern: &String| {
        !pattern.contains(['/', '\n', '\r']) && pattern.chars().count() <= MAX_PATTERN_CHARS
    };
    let are_names = setting.hidden.iter().all(is_name);
    match compiled(&setting.hidden) {
        Ok(_) if are_names => Ok(setting),
        _ => Err(FolderSettingError::Pattern),
    }
}

fn compiled(patterns: &[String]) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let mut glob = GlobBuilder::new(pattern);
        glob.case_insensitive(true).literal_separator(true);
        set.add(glob.build()?);
    }
    set.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(folder: &str, patterns: &[&str]) -> FolderSetting {
        FolderSetting {
            hidden: patterns.iter().map(|&pattern| pattern.to_owned()).collect(),
            ..FolderSetting::empty(
                &Place::parse("films").unwrap(),
                &EntryPath::parse(folder).unwrap(),
            )
        }
    }

    #[test]
    fn a_pattern_hides_names_in_its_folder_and_below() {
        let all = FolderSettings::default();
        let rules = [
            ("/", &["*.nfo", "@eaDir"][..]),
            ("/Series", &["Extra?", "*.{txt,jpg}"][..]),
        ];
        let rules = rules.map(|(folder, patterns)| {
            let setting = checked_setting(setting(folder, patterns)).unwrap();
            FolderRules {
                hidden: compiled(&setting.hidden).unwrap(),
                setting,
            }
        });
        let films = Place::parse("films").unwrap();
        *all.0.write() = Arc::new([(films.clone(), rules.into())].into());
        let hides = |path: &str| all.hides(&films, &EntryPath::parse(path).unwrap());
        for hidden in [
            "/a.nfo",
            "/x/y/B.NFO",
            "/x/@eaDir",
            "/x/@eadir/film.mp4",
            "/Series/Extras",
            "/Series/a/b.txt",
            "/Series/Extra1/film.mp4",
        ] {
            assert!(hides(hidden), "{hidden}");
        }
        for shown in [
            "/",
            "/a.nfo.mp4",
            "/Extras",
            "/b.txt",
            "/Series",
            "/Series/Extra12",
            "/x@eaDir/film.mp4",
        ] {
            assert!(!hides(shown), "{shown}");
        }
        let other = Place::parse("other").unwrap();
        assert!(!all.hides(&other, &EntryPath::parse("/a.nfo").unwrap()));
    }

    #[test]
    fn what_is_no_pattern_for_a_name_is_refused() {
        for wrong in ["a/b", "[a", "{a", &"x".repeat(256)] {
            let refused = checked_setting(setting("/", &[wrong]));
            assert_eq!(refused, Err(FolderSettingError::Pattern), "{wrong}");
        }
        let many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let refused = checked_setting(setting("/", &many));
        assert_eq!(refused, Err(FolderSettingError::ManyPatterns));
        let long = FolderSetting {
            note: "x".repeat(10_001),
            ..setting("/", &[])
        };
        assert_eq!(checked_setting(long), Err(FolderSettingError::LongNote));
        let kept = checked_setting(setting("/", &[" *.nfo ", "", "*.nfo"])).unwrap();
        assert_eq!(kept.hidden, ["*.nfo"]);
    }
}
