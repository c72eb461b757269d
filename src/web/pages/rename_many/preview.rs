//! The new names of chosen entries by a rule, before anything is done.

use std::collections::HashMap;

use super::super::new_names::{
    EpisodeMarks, KnownTitle, NamingRule, end_beside, new_folder, new_name,
};
use super::super::page_context::PageContext;
use super::{NameChange, rename_of};
use crate::library::Freshness;
use crate::store::ItemKind;
use media::{Entry, EntryKind, EntryPath, Place, stem};

/// Entries of a folder among which the files beside a film are looked for.
const MAX_FOLDER_ENTRIES: usize = 10_000;

/// Returns the entries whose names would change. Titles are given to the files beside a film, too, such as its subtitles.
pub(super) async fn preview(
    context: &PageContext,
    place: &Place,
    chosen: &[EntryPath],
    rule: &NamingRule,
) -> Vec<NameChange> {
    let is_by_title = matches!(rule, NamingRule::Title | NamingRule::Folders);
    let mut renames: Vec<NameChange> = Vec::new();
    let mut folders: HashMap<EntryPath, Vec<EntryPath>> = HashMap::new();
    for (index, path) in chosen.iter().enumerate() {
        // It has got its name from its film.
        if renames.iter().any(|rename| rename.path == path.as_str()) {
            continue;
        }
        let library = &context.site.library;
        let entry = library.entry(place, path, Freshness::Cached).await;
        let kind = entry.map_or(EntryKind::Other, |entry| entry.kind);
        let is_folder = kind == EntryKind::Folder;
        let known = match rule {
            NamingRule::Replace { .. } => KnownTitle::default(),
            _ => known_title(context, place, path).await,
        };
        let name = new_name(rule, path, is_folder, &known, index);
        let folder = match (rule, is_folder) {
            (NamingRule::Folders, false) => new_folder(path, &known),
            _ => path.parent().unwrap_or_else(EntryPath::root),
        };
        let Ok(target) = folder.join(&name) else {
            continue;
        };
        let mut beside: &[EntryPath] = &[];
        if is_by_title && kind.is_playable() && target != *path {
            let parent = path.parent().unwrap_or_else(EntryPath::root);
            if !folders.contains_key(&parent) {
                let files = side_files(context, place, &parent).await;
                folders.insert(parent.clone(), files);
            }
            beside = folders.get(&parent).map_or(&[], Vec::as_slice);
        }
        let beside = beside.iter().filter_map(|other| {
            let end = end_beside(path.name(), other.name())?;
            Some((
                folder.join(&format!("{}{end}", stem(&name))).ok()?,
                other.clone(),
            ))
        });
        let own = std::iter::once((target, path.clone()));
        for (target, path) in own.chain(beside) {
            // One that was chosen before its film gets its name from it, too.
            renames.retain(|rename| rename.path != path.as_str());
            if target != path {
                renames.push(rename_of(&path, &target));
            }
        }
    }
    renames
}

/// Returns the subtitles, pictures and descriptions in a folder.
async fn side_files(context: &PageContext, place: &Place, folder: &EntryPath) -> Vec<EntryPath> {
    let library = &context.site.library;
    let (most, freshness) = (MAX_FOLDER_ENTRIES, Freshness::Cached);
    let listed = library.whole_folder_with_hidden(place, folder, most, freshness);
    let entries = listed
        .await
        .map(|listed| listed.entries)
        .unwrap_or_default();
    let is_beside = |entry: &Entry| match entry.kind {
        EntryKind::Subtitle | EntryKind::Image => true,
        _ => entry.name.to_ascii_lowercase().ends_with(".nfo"),
    };
    let beside = entries.into_iter().filter(is_beside);
    beside.map(|entry| entry.path).collect()
}

/// Returns what the library knows about a file, or else what its name says.
async fn known_title(context: &PageContext, place: &Place, path: &EntryPath) -> KnownTitle {
    let (site, viewer) = (&context.site, context.viewer());
    let item = match site.store.item_of_file(place, path).await {
        Ok(Some(id)) => site.store.library_item(id, viewer).await.ok().flatten(),
        _ => None,
    };
    let from_name = KnownTitle::of_path(path);
    match item {
        Some(item) if item.kind == ItemKind::Film => KnownTitle {
            title: item.title,
            year: item.year,
            episode: None,
        },
        Some(item) if item.kind == ItemKind::Episode => {
            let Some(number) = item.number else {
                return from_name;
            };
            let numbered = format!("Episode {number}");
            KnownTitle {
                title: item.series_title.unwrap_or(from_name.title),
                year: item.year,
                episode: Some(EpisodeMarks {
                    season: item.season,
                    number,
                    last: item.last_number,
                    title: Some(item.title).filter(|title| *title != numbered),
                }),
            }
        }
        _ => from_name,
    }
}
