//! Pages of folders, and search. The sorted names of a folder are kept until something in it changes, so
//! that a page of a large folder costs as many looks at files as it has entries.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use super::tree::{Name, Tree};
use crate::drives::{DriveError, ErrorKind};
use crate::media::{Entry, EntryPath, Listing, Order, PageRequest, SortBy, natural_cmp};

/// Kept orders of folders.
#[derive(Clone)]
pub(super) struct Orders {
    kept: Cache<(EntryPath, SortBy), Arc<Vec<Name>>>,
    index: Cache<(), Arc<Vec<EntryPath>>>,
}

/// Where the system tells of changes this only bounds what is kept of folders that nobody looks at.
const LIFE: Duration = Duration::from_secs(600);
/// All paths of the folder, for search: a change below a folder that nobody has listed is told by nobody.
const INDEX_LIFE: Duration = Duration::from_secs(30);
/// Names in all kept orders, and in the index.
const MOST_NAMES: u64 = 1_000_000;
/// Folders below folders, for search: links may lead in circles.
const DEEPEST: usize = 32;

impl Orders {
    pub(super) fn new() -> Self {
        Orders {
            kept: Cache::builder()
                .weigher(|_, names: &Arc<Vec<Name>>| names.len() as u32 + 1)
                .max_capacity(MOST_NAMES)
                .time_to_live(LIFE)
                .support_invalidation_closures()
                .build(),
            index: Cache::builder()
                .max_capacity(1)
                .time_to_live(INDEX_LIFE)
                .build(),
        }
    }

    /// Something in a folder has changed.
    pub(super) fn changed(&self, folder: &EntryPath) {
        for sort in [SortBy::Name, SortBy::Time, SortBy::Size] {
            self.kept.invalidate(&(folder.clone(), sort));
        }
        self.index.invalidate(&());
    }

    /// One page of a folder.
    pub(super) fn page(
        &self,
        tree: &Tree,
        folder: &EntryPath,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let start = offset(page)?;
        let key = (folder.clone(), page.sort);
        let names = match self.kept.get(&key) {
            Some(names) => names,
            None => {
                let names = Arc::new(sorted(tree, folder, page.sort)?);
                self.kept.insert(key, names.clone());
                names
            }
        };
        let wanted = names.len().saturating_sub(start).min(page.limit);
        let picked: Vec<&Name> = match page.order {
            Order::Ascending => names.iter().skip(start).take(wanted).collect(),
            Order::Descending => names.iter().rev().skip(start).take(wanted).collect(),
        };
        let entries = picked
            .into_iter()
            .filter_map(|name| tree.entry(&folder.join(&name.text).ok()?, "list").ok())
            .collect();
        Ok(Listing {
            entries,
            next: (start + wanted < names.len()).then(|| (start + wanted).to_string()),
        })
    }

    /// One page of what has all words of `query` in its name, whatever their case.
    pub(super) fn search(
        &self,
        tree: &Tree,
        query: &str,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let start = offset(page)?;
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let index = match self.index.get(&()) {
            Some(index) => index,
            None => {
                let index = Arc::new(all_paths(tree)?);
                self.index.insert((), index.clone());
                index
            }
        };
        let mut found = index
            .iter()
            .filter(|path| {
                let name = path.name().to_lowercase();
                words.iter().all(|word| name.contains(word.as_str()))
            })
            .skip(start);
        let entries: Vec<Entry> = found
            .by_ref()
            .take(page.limit)
            .filter_map(|path| tree.entry(path, "search").ok())
            .collect();
        Ok(Listing {
            entries,
            next: found
                .next()
                .is_some()
                .then(|| (start + page.limit).to_string()),
        })
    }
}

/// The cursor is the number of entries before the page.
fn offset(page: &PageRequest) -> Result<usize, DriveError> {
    page.cursor.as_deref().map_or(Ok(0), |cursor| {
        cursor.parse().map_err(|_| {
            DriveError::new(
                ErrorKind::BadRequest,
                "list",
                "the cursor is not one of ours",
            )
        })
    })
}

/// Folders first, each in its order.
fn sorted(tree: &Tree, folder: &EntryPath, sort: SortBy) -> Result<Vec<Name>, DriveError> {
    let mut names = tree.names(folder)?;
    let by_name = |a: &Name, b: &Name| {
        b.is_folder
            .cmp(&a.is_folder)
            .then_with(|| natural_cmp(&a.text, &b.text))
    };
    if sort == SortBy::Name {
        names.sort_unstable_by(by_name);
        return Ok(names);
    }
    let mut facts: Vec<(Name, Option<Entry>)> = names
        .into_iter()
        .map(|name| {
            let entry = folder
                .join(&name.text)
                .ok()
                .and_then(|path| tree.entry(&path, "list").ok());
            (name, entry)
        })
        .collect();
    facts.sort_by(|(a, x), (b, y)| {
        let by_fact = match (sort, x, y) {
            (SortBy::Time, Some(x), Some(y)) => x.modified.cmp(&y.modified),
            (SortBy::Size, Some(x), Some(y)) => x.size.cmp(&y.size),
            _ => Ordering::Equal,
        };
        by_fact.then_with(|| by_name(a, b))
    });
    Ok(facts.into_iter().map(|(name, _)| name).collect())
}

/// Every path below the folder, as far as there is room.
fn all_paths(tree: &Tree) -> Result<Vec<EntryPath>, DriveError> {
    let mut found = Vec::new();
    let mut folders = vec![(EntryPath::root(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let names = match tree.names(&folder) {
            Ok(names) => names,
            // One that cannot be read hides nothing but itself.
            Err(_) if !folder.is_root() => continue,
            Err(error) => return Err(error),
        };
        for name in names {
            let Ok(path) = folder.join(&name.text) else {
                continue;
            };
            if name.is_folder && depth < DEEPEST {
                folders.push((path.clone(), depth + 1));
            }
            found.push(path);
            if found.len() as u64 >= MOST_NAMES {
                return Ok(found);
            }
        }
    }
    found.sort_unstable_by(|a, b| natural_cmp(a.as_str(), b.as_str()));
    Ok(found)
}
