//! Items by their ids, within the scope of an app.

use std::sync::Arc;

use super::ids::{ItemId, ItemIdentity};
use super::request::AppCall;
use super::session::AppSession;
use crate::library::Freshness;
use crate::playback::ticket::Scope;
use crate::store::{ItemVersion, LibraryItem};
use crate::web::AppState;
use crate::web::api::library::items::find as find_title;
use crate::web::error::Problem;
use media::{Entry, EntryKind, EntryPath, Place};

/// An item with its facts.
pub(super) enum FoundItem {
    Home,
    Films,
    Series,
    Title(Box<LibraryItem>),
    Entry(Arc<Entry>),
}

/// Returns the item of an id.
///
/// # Errors
///
/// 404 for an id that was never given out, an item that is gone, and one outside of the app's scope.
pub(super) async fn find(
    call: &AppCall,
    session: &AppSession,
    id: ItemId,
) -> Result<FoundItem, Problem> {
    let site = &call.site;
    match node(site, session, id).await? {
        ItemIdentity::Home => Ok(FoundItem::Home),
        ItemIdentity::Films => Ok(FoundItem::Films),
        ItemIdentity::Series => Ok(FoundItem::Series),
        ItemIdentity::Title(title) => {
            let item = find_title(site, &title.to_string(), &session.viewer).await?;
            Ok(FoundItem::Title(Box::new(item)))
        }
        ItemIdentity::Entry(place, path) => {
            let entry = site.library.entry(&place, &path, Freshness::Cached).await?;
            Ok(FoundItem::Entry(entry))
        }
    }
}

/// Returns the identity of an id, without a look at the item.
///
/// # Errors
///
/// 404 for an id that was never given out, and for an item outside of the app's scope.
pub(super) async fn node(
    site: &AppState,
    session: &AppSession,
    id: ItemId,
) -> Result<ItemIdentity, Problem> {
    let found = site.jellyfin.ids.find(id, &places(site)).await?;
    let node = found.ok_or(Problem::NOT_FOUND)?;
    let is_covered = match &node {
        ItemIdentity::Home => true,
        ItemIdentity::Films | ItemIdentity::Series | ItemIdentity::Title(_) => {
            session.sees_library()
        }
        ItemIdentity::Entry(place, path) => session.covers(place, path),
    };
    is_covered.then_some(node).ok_or(Problem::NOT_FOUND)
}

/// Returns the names of the drives that can be browsed.
pub(super) fn places(site: &AppState) -> Vec<Place> {
    let drives = site.library.browsable();
    drives.iter().map(|drive| drive.place().clone()).collect()
}

/// Returns the roots of what an app may see: the drives, or the one folder of its scope.
pub(super) fn roots(site: &AppState, session: &AppSession) -> Vec<(Place, EntryPath)> {
    match &session.ticket.scope {
        Scope::Everything => {
            let places = places(site).into_iter();
            places.map(|place| (place, EntryPath::root())).collect()
        }
        Scope::Places(seen) => {
            let places = places(site)
                .into_iter()
                .filter(|place| seen.contains(place));
            places.map(|place| (place, EntryPath::root())).collect()
        }
        Scope::Within(place, path) => vec![(place.clone(), path.clone())],
        Scope::Several(paths) => paths.clone(),
    }
}

/// Returns the files of an item that can be played, the best first: of a title its versions.
pub(super) async fn playable_files(
    call: &AppCall,
    item: &FoundItem,
) -> Result<Vec<Arc<Entry>>, Problem> {
    match item {
        FoundItem::Entry(entry) if entry.kind.is_playable() => Ok(vec![entry.clone()]),
        FoundItem::Title(title) => {
            let mut files = Vec::new();
            for version in &title.versions {
                files.push(version_entry(&call.site, version).await?);
            }
            Ok(files)
        }
        _ => Ok(Vec::new()),
    }
}

/// Returns the entry of a version, from the cache or by a look at it.
async fn version_entry(site: &AppState, version: &ItemVersion) -> Result<Arc<Entry>, Problem> {
    let library = &site.library;
    let found = library
        .entry(&version.place, &version.path, Freshness::Cached)
        .await?;
    Ok(match (&found.duration_s, version.duration_s) {
        (None, Some(_)) => Arc::new(Entry {
            duration_s: version.duration_s,
            ..Entry::clone(&found)
        }),
        _ => found,
    })
}

/// Returns true for an entry that is shown.
pub(super) fn is_shown(entry: &Entry) -> bool {
    !matches!(entry.kind, EntryKind::Subtitle | EntryKind::Other)
}
