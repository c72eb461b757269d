//! Search by walking: folders are read one after the other, within bounds, and their names are cached.
//!
//! A walk that needs more time than one search has goes on with the next search, so the first one may find less. Its result
//! says so ([`Listing::is_partial`]).

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::{Child, Folders, offset};
use crate::DriveError;
use media::{EntryPath, Listing, PageRequest, comparable_name, natural_cmp};

/// The names that were found so far.
#[derive(Default)]
pub(super) struct NameIndex(Mutex<Option<Walk>>);

struct Walk {
    began: Instant,
    found: Vec<(EntryPath, Child)>,
    /// Folders that are still to be read, with their depth.
    pending: Vec<(EntryPath, usize)>,
    /// True if some folders are left out.
    is_cut: bool,
}

/// Lifetime of an index.
const INDEX_TTL: Duration = Duration::from_secs(300);
/// Time that one search spends on walking.
const WALK_TIMEOUT: Duration = Duration::from_secs(8);
/// Entries of an index.
const MAX_ENTRIES: usize = 200_000;
/// Depth of folders.
const MAX_DEPTH: usize = 32;

impl NameIndex {
    pub(super) async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

impl Folders {
    /// Returns one page of the entries whose names contain all words of `query`, in any case and
    /// either Unicode normal form. `read` reads a folder.
    ///
    /// # Errors
    /// Those of reading the root folder; another folder that cannot be read hides its own content alone.
    pub(crate) async fn search<F>(
        &self,
        query: &str,
        page: &PageRequest,
        read: impl Fn(EntryPath) -> F + Sync,
    ) -> Result<Listing, DriveError>
    where
        F: Future<Output = Result<Vec<Child>, DriveError>> + Send,
    {
        let start = offset(page)?;
        let words: Vec<String> = query.split_whitespace().map(comparable_name).collect();
        let mut index = self.index.0.lock().await;
        if index
            .as_ref()
            .is_some_and(|walk| walk.began.elapsed() > INDEX_TTL)
        {
            *index = None;
        }
        let walk = index.get_or_insert_with(|| Walk {
            began: Instant::now(),
            found: Vec::new(),
            pending: vec![(EntryPath::root(), 0)],
            is_cut: false,
        });
        if let Err(error) = self.walk(walk, read).await {
            *index = None;
            return Err(error);
        }
        let mut found = walk
            .found
            .iter()
            .filter(|(path, _)| {
                let name = comparable_name(path.name());
                words.iter().all(|word| name.contains(word.as_str()))
            })
            .skip(start);
        let entries = found
            .by_ref()
            .take(page.limit)
            .map(|(path, child)| self.entry(path, child))
            .collect();
        let has_more = found.next().is_some();
        Ok(Listing {
            entries,
            next: has_more.then(|| (start + page.limit).to_string()),
            is_partial: walk.is_cut || !walk.pending.is_empty(),
        })
    }

    /// Reads pending folders until none is left or the time is over.
    async fn walk<F>(
        &self,
        walk: &mut Walk,
        read: impl Fn(EntryPath) -> F + Sync,
    ) -> Result<(), DriveError>
    where
        F: Future<Output = Result<Vec<Child>, DriveError>> + Send,
    {
        let began = Instant::now();
        let before = walk.found.len();
        while let Some((path, depth)) = walk.pending.pop() {
            let folder = match self.folder(&path, || read(path.clone())).await {
                Ok(folder) => folder,
                Err(error) if path.is_root() => return Err(error),
                Err(error) => {
                    tracing::debug!(%error, "search leaves a folder out");
                    walk.is_cut = true;
                    continue;
                }
            };
            for child in folder.children() {
                let Ok(at) = path.join(&child.name) else {
                    continue;
                };
                if child.is_folder {
                    match depth < MAX_DEPTH {
                        true => walk.pending.push((at.clone(), depth + 1)),
                        false => walk.is_cut = true,
                    }
                }
                walk.found.push((at, child.clone()));
            }
            if walk.found.len() >= MAX_ENTRIES {
                tracing::warn!("search covers the first {MAX_ENTRIES} entries of a drive");
                walk.is_cut |= !walk.pending.is_empty();
                walk.pending.clear();
            }
            if began.elapsed() > WALK_TIMEOUT {
                break;
            }
        }
        if walk.found.len() > before {
            let by_name = |a: &(EntryPath, Child), b: &(EntryPath, Child)| {
                natural_cmp(a.0.as_str(), b.0.as_str())
            };
            walk.found.sort_unstable_by(by_name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::Place;

    #[tokio::test]
    async fn every_folder_is_read_once_and_a_broken_one_hides_itself_alone() {
        let folders = Folders::new(Place::parse("nas").unwrap(), "https://h");
        let reads = Mutex::new(Vec::new());
        let child = |name: &str, is_folder| Child {
            name: name.to_owned(),
            is_folder,
            size: 1,
            modified: None,
            etag: None,
        };
        let read = |path: EntryPath| {
            let reads = &reads;
            async move {
                reads.lock().await.push(path.to_string());
                match path.as_str() {
                    "/" => Ok(vec![
                        child("a", true),
                        child("b", true),
                        child("Sea.mp4", false),
                        child("Cafe\u{301}.mp4", false),
                    ]),
                    "/a" => Ok(vec![child("Deep Sea.mp4", false)]),
                    _ => Err(DriveError::failed("list", "broken")),
                }
            }
        };
        let page = PageRequest::default();
        for _ in 0..2 {
            let found = folders.search("SEA", &page, read).await.unwrap();
            let paths: Vec<String> = found
                .entries
                .iter()
                .map(|entry| entry.path.to_string())
                .collect();
            assert_eq!(paths, ["/a/Deep Sea.mp4", "/Sea.mp4"]);
            assert!(found.is_partial, "the content of /b is unknown");
        }
        let composed = folders.search("CAF\u{c9}", &page, read).await.unwrap();
        assert_eq!(composed.entries.len(), 1);
        let mut reads = reads.into_inner();
        reads.sort();
        assert_eq!(reads, ["/", "/a", "/b"]);
    }
}
