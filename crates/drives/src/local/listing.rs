//! Pages of folders, and search. The sorted names of a folder are cached, and a name that comes or goes is
//! inserted or removed in place, so a page of a large folder looks at no more files than it has entries.

use std::cmp::Ordering;
use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering as Memory};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::DriveError;
use crate::local::tree::{FolderTree, Name};
use cache::SyncCache;
use media::{
    Entry, EntryPath, FileKind, Listing, Order, PageRequest, SortBy, comparable_name, natural_cmp,
    natural_key,
};

/// Cached orders of folders.
#[derive(Clone)]
pub(crate) struct Orders {
    kept: SyncCache<(EntryPath, SortBy), Arc<Names>>,
    /// Every path below the root, and true for a folder.
    index: SyncCache<(), Arc<Vec<(EntryPath, bool)>>>,
    /// Number of changes of names so far.
    changes: Arc<AtomicU64>,
}

/// Names in an order.
type Names = RwLock<Vec<Name>>;

/// Lifetime of a cached order. If the system reports changes, it only bounds the memory for folders without
/// viewers.
const LIFE: Duration = Duration::from_secs(600);
/// Lifetime of the search index of all paths: changes below a folder that was never listed are not reported.
const INDEX_LIFE: Duration = Duration::from_secs(30);
/// Upper limit for the names in all cached orders, and for those in the index.
const MAX_NAMES: u64 = 1_000_000;
/// Depth of folders for search.
const MAX_DEPTH: usize = 32;

impl Orders {
    pub(crate) fn new() -> Self {
        Orders {
            kept: SyncCache::builder()
                .weigher(|_, names: &Arc<Names>| {
                    names.read().map_or(1, |names| names.len() as u32 + 1)
                })
                .max_capacity(MAX_NAMES)
                .time_to_live(LIFE)
                .build(),
            index: SyncCache::builder()
                .max_capacity(1)
                .time_to_live(INDEX_LIFE)
                .build(),
            changes: Arc::default(),
        }
    }

    /// Handles a new length or time of a file in a folder.
    pub(crate) fn touched(&self, folder: &EntryPath) {
        for sort in [SortBy::Time, SortBy::Size] {
            self.kept.invalidate(&(folder.clone(), sort));
        }
    }

    /// Handles a name in a folder that was added, removed or replaced.
    pub(crate) fn changed(&self, tree: &FolderTree, folder: &EntryPath, text: &str) {
        self.changes.fetch_add(1, Memory::SeqCst);
        self.touched(folder);
        self.index.invalidate(&());
        let Some(names) = self.kept.get(&(folder.clone(), SortBy::Name)) else {
            return;
        };
        let now = tree.name(folder, text);
        let mut names = names.write().unwrap_or_else(PoisonError::into_inner);
        for is_folder in [true, false] {
            let text = text.to_owned();
            if let Ok(at) = place(&names, &Name { text, is_folder }) {
                names.remove(at);
            }
        }
        if let Some(now) = now
            && let Err(at) = place(&names, &now)
        {
            names.insert(at, now);
        }
    }

    /// Clears the cache, because changes were missed.
    pub(crate) fn forget(&self) {
        self.changes.fetch_add(1, Memory::SeqCst);
        self.kept.invalidate_all();
        self.index.invalidate_all();
    }

    /// Returns one page of a folder.
    pub(crate) fn page(
        &self,
        tree: &FolderTree,
        folder: &EntryPath,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let start = offset(page)?;
        let key = (folder.clone(), page.sort);
        let names = match self.kept.get(&key) {
            Some(names) => names,
            None => {
                let before = self.changes.load(Memory::SeqCst);
                let names = Arc::new(RwLock::new(sorted(tree, folder, page.sort)?));
                self.kept.insert(key.clone(), names.clone());
                // Changes that were reported while the folder was read may be missing in it.
                if self.changes.load(Memory::SeqCst) != before {
                    self.kept.invalidate(&key);
                }
                names
            }
        };
        let (picked, wanted, all) = {
            let names = names.read().unwrap_or_else(PoisonError::into_inner);
            let wanted = names.len().saturating_sub(start).min(page.limit);
            let picked: Vec<Name> = match page.order {
                Order::Ascending => names.iter().skip(start).take(wanted).cloned().collect(),
                Order::Descending => names
                    .iter()
                    .rev()
                    .skip(start)
                    .take(wanted)
                    .cloned()
                    .collect(),
            };
            (picked, wanted, names.len())
        };
        let entries = picked
            .into_iter()
            .filter_map(|name| tree.entry(&folder.join(&name.text).ok()?, "list").ok())
            .collect();
        Ok(Listing {
            entries,
            next: (start + wanted < all).then(|| (start + wanted).to_string()),
            is_partial: false,
        })
    }

    /// Returns one page of the entries whose name contains all words of `query`, in any case.
    pub(crate) fn search(
        &self,
        tree: &FolderTree,
        query: &str,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        let words: Vec<String> = query.split_whitespace().map(comparable_name).collect();
        self.found(tree, page, |path, _| {
            let name = comparable_name(path.name());
            words.iter().all(|word| name.contains(word.as_str()))
        })
    }

    /// Returns one page of all files of one kind.
    pub(crate) fn of_kind(
        &self,
        tree: &FolderTree,
        kind: FileKind,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        self.found(tree, page, |path, is_folder| {
            !is_folder && kind.matches_name(path.name())
        })
    }

    /// Returns one page of the entries below the root that `is_meant` accepts, by path and true for a folder.
    fn found(
        &self,
        tree: &FolderTree,
        page: &PageRequest,
        is_meant: impl Fn(&EntryPath, bool) -> bool,
    ) -> Result<Listing, DriveError> {
        let start = offset(page)?;
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
            .filter(|(path, is_folder)| is_meant(path, *is_folder))
            .skip(start);
        let entries: Vec<Entry> = found
            .by_ref()
            .take(page.limit)
            .filter_map(|(path, _)| tree.entry(path, "search").ok())
            .collect();
        Ok(Listing {
            entries,
            next: found
                .next()
                .is_some()
                .then(|| (start + page.limit).to_string()),
            is_partial: false,
        })
    }
}

/// Parses the cursor, which is the number of entries before the page.
fn offset(page: &PageRequest) -> Result<usize, DriveError> {
    page.cursor.as_deref().map_or(Ok(0), |cursor| {
        cursor
            .parse()
            .map_err(|_| DriveError::bad_request("list", "the cursor is not one of ours"))
    })
}

/// Returns the position of a name among sorted ones, or the position at which to insert it.
fn place(names: &[Name], name: &Name) -> Result<usize, usize> {
    let key = natural_key(&name.text);
    names.binary_search_by(|other| {
        let by_key = || natural_key(&other.text).cmp(&key);
        let kind = name.is_folder.cmp(&other.is_folder);
        kind.then_with(by_key)
            .then_with(|| other.text.cmp(&name.text))
    })
}

/// Returns the names of a folder, folders first, each group in the requested order.
fn sorted(tree: &FolderTree, folder: &EntryPath, sort: SortBy) -> Result<Vec<Name>, DriveError> {
    let names = tree.names(folder)?.into_iter();
    let mut keyed: Vec<(bool, Vec<u8>, Name)> = names
        .map(|name| (!name.is_folder, natural_key(&name.text), name))
        .collect();
    keyed.sort_unstable_by(|(a, x, n), (b, y, m)| (a, x, &n.text).cmp(&(b, y, &m.text)));
    let names: Vec<Name> = keyed.into_iter().map(|(_, _, name)| name).collect();
    if sort == SortBy::Name {
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
    // Equal entries stay in the order of their names.
    facts.sort_by(|(_, x), (_, y)| match (sort, x, y) {
        (SortBy::Time, Some(x), Some(y)) => x.modified.cmp(&y.modified),
        (SortBy::Size, Some(x), Some(y)) => x.size.cmp(&y.size),
        _ => Ordering::Equal,
    });
    Ok(facts.into_iter().map(|(name, _)| name).collect())
}

/// Returns every path below the folder, up to the limit.
fn all_paths(tree: &FolderTree) -> Result<Vec<(EntryPath, bool)>, DriveError> {
    let mut found = Vec::new();
    let mut folders = VecDeque::from([(EntryPath::root(), 0)]);
    // Links may lead in circles: each folder is read once, at its own path rather than that of a link.
    let mut links = VecDeque::new();
    let mut seen = HashSet::new();
    while let Some((folder, depth)) = folders.pop_front().or_else(|| links.pop_front()) {
        if let Some(identity) = tree.folder_identity(&folder)
            && !seen.insert(identity)
        {
            continue;
        }
        let names = match tree.names(&folder) {
            Ok(names) => names,
            // A folder that cannot be read hides only its own content.
            Err(_) if !folder.is_root() => continue,
            Err(error) => return Err(error),
        };
        for name in names {
            let Ok(path) = folder.join(&name.text) else {
                continue;
            };
            if name.is_folder && depth < MAX_DEPTH {
                let next = (path.clone(), depth + 1);
                match tree.is_link(&path) {
                    true => links.push_back(next),
                    false => folders.push_back(next),
                }
            }
            found.push((path, name.is_folder));
            if found.len() as u64 >= MAX_NAMES {
                return Ok(found);
            }
        }
    }
    found.sort_unstable_by(|(a, _), (b, _)| natural_cmp(a.as_str(), b.as_str()));
    Ok(found)
}
