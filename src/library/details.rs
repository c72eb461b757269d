//! Details of films that listings leave out, their length above all, for lists of many films.
//!
//! Each call requests as many films as a URL can hold; results are cached like any entry. Details are only
//! ever added: if a drive has none, or fails, the films stay as they were.

use std::collections::HashMap;

use super::Library;
use crate::governor::Priority;
use media::{Entry, EntryPath, Place};

/// Bytes of paths in one call. Percent-encoded they are three times as many, in a URL that every server
/// accepts.
const MAX_PATH_BYTES: usize = 1_500;

/// The maximum of calls for one list: a player is waiting.
const MAX_CALLS: usize = 10;

impl Library {
    /// Adds length and picture size to films that lack them, from the cache or with few calls.
    pub async fn add_details(&self, films: &mut [Entry]) {
        let mut unknown: HashMap<Place, Vec<EntryPath>> = HashMap::new();
        for film in films.iter().filter(|film| lacks_length(film)) {
            let key = (film.place.clone(), film.path.clone());
            if !self.entries.contains_key(&key) {
                unknown.entry(key.0).or_default().push(key.1);
            }
        }
        for (place, paths) in unknown {
            self.fetch_details(&place, &paths).await;
        }
        for film in films.iter_mut().filter(|film| lacks_length(film)) {
            let key = (film.place.clone(), film.path.clone());
            if let Some(known) = self.entries.get(&key).await
                && known.size == film.size
            {
                film.duration_s = known.duration_s;
                (film.width, film.height) = (known.width, known.height);
                film.tracks.clone_from(&known.tracks);
            }
        }
    }

    async fn fetch_details(&self, place: &Place, paths: &[EntryPath]) {
        let Ok(drive) = self.drive(place) else {
            return;
        };
        for some in batches(paths).into_iter().take(MAX_CALLS) {
            let answer = drive.at(Priority::Opening).details(some).await;
            match self.invalidate_on_error(place, answer).await {
                Ok(entries) if entries.is_empty() => return,
                Ok(entries) => {
                    for entry in entries {
                        let key = (entry.place.clone(), entry.path.clone());
                        self.entries.insert(key, entry.into()).await;
                    }
                }
                Err(error) => {
                    tracing::debug!(%place, kind = ?error.kind, detail = error.detail, "a list goes without lengths");
                    return;
                }
            }
        }
    }
}

fn lacks_length(entry: &Entry) -> bool {
    entry.kind.is_playable() && entry.duration_s.is_none()
}

/// Splits paths into batches of one call each.
fn batches(paths: &[EntryPath]) -> Vec<&[EntryPath]> {
    let mut calls = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, path) in paths.iter().enumerate() {
        let length = path.as_str().len();
        if at > start && bytes + length > MAX_PATH_BYTES {
            calls.push(&paths[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += length;
    }
    if start < paths.len() {
        calls.push(&paths[start..]);
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_in_one_call_and_no_call_is_too_long() {
        let path = |length: usize| EntryPath::parse(&format!("/{}", "x".repeat(length))).unwrap();
        for lengths in [
            vec![],
            vec![9],
            vec![2_000, 1, 2_000],
            vec![400; 20],
            vec![1_498, 1, 1],
        ] {
            let paths: Vec<EntryPath> = lengths.iter().map(|length| path(*length)).collect();
            let calls = batches(&paths);
            assert_eq!(calls.concat(), paths);
            for call in calls {
                let bytes: usize = call.iter().map(|path| path.as_str().len()).sum();
                assert!(call.len() == 1 || bytes <= MAX_PATH_BYTES, "{bytes}");
            }
        }
    }
}
