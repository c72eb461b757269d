//! Collects the films of a list: of one folder, of a whole tree, of a search, or one film.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{AppState, PlayRequest};
use crate::library::{FolderEntries, Freshness, SearchRequest};
use crate::playback::ticket::{Scope, Ticket};
use crate::web::error::Problem;
use media::{
    Entry, EntryKind, EntryPath, PageRequest, Place, comparable_name, natural_cmp, plain_title,
    stem,
};

/// Maximum number of entries of a list or a listing, which no folder of films reaches: some 50 MB of memory
/// while it is written.
const MAX_LIST_ENTRIES: usize = 100_000;

/// Maximum number of folders read for one list: each is an upstream call, and a player waits for it.
const MAX_FOLDERS: usize = 2_000;

/// Maximum depth of a tree.
const MAX_DEPTH: usize = 24;

/// Maximum number of folders read concurrently.
const MAX_CONCURRENT_FOLDERS: usize = 4;

/// Maximum number of search results.
const MAX_SEARCH_RESULTS: usize = 1_000;

/// The films of a list.
#[derive(Debug, Default)]
pub(super) struct FilmList {
    pub entries: Vec<Entry>,
    /// A sentence about missing films; `None` if the list is complete.
    pub missing: Option<String>,
}

/// Returns the entries of a folder, folders first, in natural order.
pub(super) async fn children(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
) -> Result<FolderEntries, Problem> {
    let library = &site.library;
    let mut folder = library
        .whole_folder(place, path, MAX_LIST_ENTRIES, Freshness::Recent)
        .await?;
    let folders_first = |entry: &Entry| entry.kind != EntryKind::Folder;
    folder.entries.sort_by(|a, b| {
        folders_first(a)
            .cmp(&folders_first(b))
            .then_with(|| natural_cmp(&a.name, &b.name))
    });
    Ok(folder)
}

/// Returns all entries of a folder, as [`children`].
///
/// # Errors
///
/// 507 if the folder has more than a reply may hold: a file manager takes what is missing for deleted.
pub(super) async fn all_children(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
) -> Result<Vec<Entry>, Problem> {
    let folder = children(site, place, path).await?;
    match folder.is_whole {
        true => Ok(folder.entries),
        false => Err(Problem::FOLDER_TOO_LARGE),
    }
}

/// Returns the sentence at the end of a list that does not contain a whole folder or tree.
pub(super) fn cut_here() -> String {
    format!(
        "This list ends here: it holds at most {MAX_LIST_ENTRIES} entries out of {MAX_FOLDERS} folders, {MAX_DEPTH} levels deep."
    )
}

/// Returns the films of one folder.
pub(super) async fn of_folder(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
) -> Result<FilmList, Problem> {
    let FolderEntries {
        mut entries,
        is_whole,
    } = children(site, place, path).await?;
    entries.retain(|child| child.kind.is_playable());
    Ok(FilmList {
        entries,
        missing: (!is_whole).then(cut_here),
    })
}

/// Returns the films of a folder and of all folders below it, a folder's own before those of its folders. A
/// folder that cannot be read fails the whole list: without its films they would appear to be deleted.
pub(super) async fn of_tree(
    site: &AppState,
    place: &Place,
    root: &EntryPath,
) -> Result<FilmList, Problem> {
    let mut films = FilmList::default();
    let mut level = vec![root.clone()];
    let (mut asked, mut depth) = (0, 0);
    // Links of a folder drive may lead in circles: each folder is read once, at the shortest of its paths.
    let root = site.library.entry(place, root, Freshness::Cached).await?;
    let mut seen: HashSet<String> = root.id.iter().cloned().collect();
    while !level.is_empty() {
        if depth == MAX_DEPTH
            || asked + level.len() > MAX_FOLDERS
            || films.entries.len() >= MAX_LIST_ENTRIES
        {
            films.missing = Some(cut_here());
            break;
        }
        asked += level.len();
        depth += 1;
        let answers = stream::iter(std::mem::take(&mut level)).map(|folder| {
            let (site, place) = (site.clone(), place.clone());
            async move { children(&site, &place, &folder).await }
        });
        let answers: Vec<FolderEntries> = answers
            .buffered(MAX_CONCURRENT_FOLDERS)
            .try_collect()
            .await?;
        if answers.iter().any(|folder| !folder.is_whole) {
            films.missing = Some(cut_here());
        }
        for child in answers.into_iter().flat_map(|folder| folder.entries) {
            if child.kind == EntryKind::Folder {
                if child.id.is_none_or(|id| seen.insert(id)) {
                    level.push(child.path);
                }
            } else if child.kind.is_playable() {
                films.entries.push(child);
            }
        }
    }
    films
        .entries
        .sort_by(|a, b| in_order_of_folders(&a.path, &b.path));
    if films.entries.len() > MAX_LIST_ENTRIES {
        films.entries.truncate(MAX_LIST_ENTRIES);
        films.missing = Some(cut_here());
    }
    Ok(films)
}

/// Returns the films below one entry, or that entry, whose names contain all words, in any case. The upstream's
/// own search covers the whole drive, so it is not used: a guest's words must not search what the guest may not see.
async fn of_search_below(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
    words: &str,
) -> Result<FilmList, Problem> {
    let entry = site.library.entry(place, path, Freshness::Cached).await?;
    let mut films = match entry.kind {
        EntryKind::Folder => of_tree(site, place, path).await?,
        _ => FilmList {
            entries: vec![Entry::clone(&entry)],
            missing: None,
        },
    };
    let words: Vec<String> = words.split_whitespace().map(comparable_name).collect();
    films.entries.retain(|film| {
        let name = comparable_name(&film.name);
        film.kind.is_playable() && words.iter().all(|word| name.contains(word.as_str()))
    });
    if films.entries.len() > MAX_SEARCH_RESULTS {
        films.entries.truncate(MAX_SEARCH_RESULTS);
        films.missing = Some(format!("This list ends after {MAX_SEARCH_RESULTS} films."));
    }
    Ok(films)
}

/// Returns the search results within the ticket's scope. If no drive can answer, returns the first error.
pub(super) async fn of_search(
    site: &AppState,
    ticket: &Ticket,
    words: &str,
) -> Result<FilmList, Problem> {
    let (place, limit) = match &ticket.scope {
        Scope::Everything => (None, None),
        Scope::Places(places) => (None, Some(places.as_slice())),
        Scope::Within(place, path) if path.is_root() => (Some(place), None),
        Scope::Within(place, path) => return of_search_below(site, place, path, words).await,
        Scope::Several(paths) => {
            let mut all = FilmList::default();
            for (place, path) in paths {
                let found = of_search_below(site, place, path, words).await?;
                all.entries.extend(found.entries);
                all.missing = all.missing.or(found.missing);
            }
            return Ok(all);
        }
    };
    let search = SearchRequest {
        tag: None,
        words,
        kind: None,
        place,
        limit,
    };
    let (mut films, mut silence) = (FilmList::default(), None);
    let mut page = PageRequest::default();
    loop {
        let mut found = site.library.search(search, &page).await?;
        found.entries.retain(|entry| {
            entry.kind.is_playable() && ticket.scope.covers(&entry.place, &entry.path)
        });
        films.entries.append(&mut found.entries);
        if !found.problems.is_empty() {
            let silent: Vec<String> = found
                .problems
                .iter()
                .map(|(place, _)| place.to_string())
                .collect();
            if films.entries.is_empty() && found.next.is_none() {
                let (_, error) = found.problems.swap_remove(0);
                return Err(error.into());
            }
            silence = Some(format!("Without an answer: {}.", silent.join(", ")));
        }
        match found.next {
            Some(next) if films.entries.len() < MAX_SEARCH_RESULTS => page.cursor = Some(next),
            Some(_) => {
                films.missing = Some(format!("This list ends after {MAX_SEARCH_RESULTS} films."));
                break;
            }
            None => break,
        }
    }
    let reasons = [films.missing.take(), silence];
    let reasons: Vec<String> = reasons.into_iter().flatten().collect();
    films.missing = (!reasons.is_empty()).then(|| reasons.join(" "));
    Ok(films)
}

/// Compares paths name by name in natural order; a file comes before the folders beside it.
fn in_order_of_folders(a: &EntryPath, b: &EntryPath) -> std::cmp::Ordering {
    let (mut a, mut b) = (a.names().peekable(), b.names().peekable());
    loop {
        let (Some(one), Some(other)) = (a.next(), b.next()) else {
            return a.peek().is_some().cmp(&b.peek().is_some());
        };
        // `false` for the last name, which is the file's.
        let (is_folder, other_is_folder) = (a.peek().is_some(), b.peek().is_some());
        let order = is_folder
            .cmp(&other_is_folder)
            .then_with(|| natural_cmp(one, other));
        if order.is_ne() {
            return order;
        }
    }
}

/// One line of a list.
#[derive(Debug)]
pub(super) struct Title {
    /// The film's name without its extension, on one line.
    pub title: String,
    /// The folder that contains it.
    pub group: String,
    /// The URL that plays it.
    pub address: String,
    /// True if that is an HLS stream.
    pub is_hls: bool,
    pub poster: Option<String>,
    pub duration_s: Option<f64>,
    /// The position at which the viewer resumes, in seconds; `None` at the beginning.
    pub start_s: Option<f64>,
}

impl Title {
    pub fn of(call: &PlayRequest<'_>, ticket: &str, entry: &Entry) -> Self {
        let origin = call.site.urls.origin(call.headers);
        let base = format!(
            "{origin}{}",
            call.site.urls.play(ticket, &entry.place, &entry.path)
        );
        // Every URL in a list has to play: without a stream, it is that of the file.
        let streams = call.site.playback.may_have_renditions(entry);
        let folder = entry.path.parent().unwrap_or(EntryPath::root());
        let group = match folder.name() {
            "" => entry.place.as_str(),
            name => name,
        };
        Title {
            title: plain_title(stem(&entry.name)),
            group: plain_title(group),
            poster: entry.has_thumbnail.then(|| format!("{base}/poster.jpg")),
            is_hls: streams,
            address: if streams {
                format!("{base}/master.m3u8")
            } else {
                base
            },
            duration_s: entry.duration_s,
            start_s: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_in_the_order_of_watching() {
        let mut paths: Vec<EntryPath> = [
            "/Series/Season 10/Episode 1.mp4",
            "/Series/Season 2/Episode 10.mp4",
            "/Series/Season 2/Episode 9.mp4",
            "/Series/Season 2/Extras/a.mp4",
            "/Series/Trailer.mp4",
            "/Z.mp4",
            "/Series/Season 1/Episode 2.mp4",
            "/a.mp4",
        ]
        .iter()
        .map(|path| EntryPath::parse(path).unwrap())
        .collect();
        paths.sort_by(in_order_of_folders);
        let found: Vec<&str> = paths.iter().map(EntryPath::as_str).collect();
        assert_eq!(
            found,
            [
                "/a.mp4",
                "/Z.mp4",
                "/Series/Trailer.mp4",
                "/Series/Season 1/Episode 2.mp4",
                "/Series/Season 2/Episode 9.mp4",
                "/Series/Season 2/Episode 10.mp4",
                "/Series/Season 2/Extras/a.mp4",
                "/Series/Season 10/Episode 1.mp4",
            ]
        );
    }
}
