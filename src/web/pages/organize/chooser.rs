//! The choice of the folder that entries are copied or moved to.

use super::{ChosenEntry, OrganizeRequest, chosen};
use crate::library::Freshness;
use crate::web::error::Problem;
use drives::Capability;
use media::{EntryKind, EntryPath, PageRequest, Place};

/// The choice of a target folder.
#[derive(Debug)]
pub struct Chooser {
    /// `copy` or `move`.
    pub what: &'static str,
    /// `Copy here`, `Move here`.
    pub label: String,
    /// The drive of the folder that is shown.
    pub drive: String,
    /// The other drives that entries can be copied or moved to; empty if this one takes no part in it.
    pub drives: Vec<String>,
    /// The path of the folder that is shown.
    pub at: String,
    pub at_name: String,
    /// The folders above it.
    pub above: Vec<ChosenEntry>,
    pub folders: Vec<ChosenEntry>,
    /// True if there are more folders than are shown.
    pub is_cut: bool,
    /// True if the entries are already in this folder.
    pub is_same: bool,
}

/// Maximum number of entries of a folder that are searched for its folders.
const MAX_CHOOSER_ENTRIES: usize = 1_000;

impl OrganizeRequest<'_> {
    /// Returns the folders below the one that is shown.
    pub(super) async fn chooser(&self) -> Result<Chooser, Problem> {
        let request = PageRequest::first(MAX_CHOOSER_ENTRIES);
        let target = self.target()?;
        let is_here = target == self.place;
        let listing = self
            .site()
            .library
            .listing(&target, &self.at, &request, Freshness::Cached)
            .await?;
        let folders = listing
            .entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Folder)
            // A folder cannot be put into itself.
            .filter(|entry| !is_here || !self.chosen.contains(&entry.path));
        let mut above: Vec<ChosenEntry> = Vec::new();
        let mut folder = self.at.parent();
        while let Some(path) = folder {
            above.push(named(&target, &path));
            folder = path.parent();
        }
        above.reverse();
        let (what, label) = match self.action() {
            "copy" => ("copy", "organize-copy-here"),
            _ => ("move", "organize-move-here"),
        };
        Ok(Chooser {
            what,
            label: self.context.words(label),
            at: self.at.to_string(),
            at_name: named(&target, &self.at).name,
            above,
            folders: folders.map(|entry| chosen(&entry.path)).collect(),
            is_cut: listing.next.is_some(),
            is_same: is_here
                && self
                    .chosen
                    .iter()
                    .all(|path| path.parent().as_ref() == Some(&self.at)),
            drives: self.other_drives(&target),
            drive: target.to_string(),
        })
    }

    /// Returns the drive that entries are copied or moved to.
    pub(super) fn target(&self) -> Result<Place, Problem> {
        match self.fields.one("drive") {
            "" => Ok(self.place.clone()),
            drive => Place::parse(drive).map_err(|_| Problem::NOT_FOUND),
        }
    }

    /// Returns the names of the drives that take files, apart from `target`, if files can be read here.
    fn other_drives(&self, target: &Place) -> Vec<String> {
        if !self.context.has(&self.place, Capability::Original) {
            return Vec::new();
        }
        let drives = self.site().library.drives();
        let takes = drives.iter().filter(|drive| {
            let is_own = *drive.place() == self.place;
            drive.place() != target
                && (is_own || (drive.upload().is_some() && drive.manage().is_some()))
        });
        takes.map(|drive| drive.place().to_string()).collect()
    }
}

fn named(place: &Place, path: &EntryPath) -> ChosenEntry {
    ChosenEntry {
        path: path.to_string(),
        name: match path.is_root() {
            true => place.to_string(),
            false => path.name().to_owned(),
        },
    }
}
