//! The new names of chosen entries by a rule, before anything is done.

use super::super::new_names::{
    EpisodeMarks, KnownTitle, NamingRule, end_beside, new_folder, new_name,
};
use super::super::page_context::PageContext;
use super::{NameChange, rename_of};
use crate::library::Freshness;
use crate::store::ItemKind;
use media::{Entry, EntryKind, EntryPath, Place, stem};

/// Returns the entries whose names would change. Titles are given to the files beside a film, too, such as its subtitles.
pub(super) async fn preview(
    context: &PageContext<'_>,
    place: &Place,
    chosen: &[EntryPath],
    rule: &NamingRule,
) -> Vec<NameChange> {
    let is_by_title = matches!(rule, NamingRule::Title | NamingRule::Folders);
    let mut renames: Vec<NameChange> = Vec::new();
    for (index, path) in chosen.iter().enumerate() {
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
        let beside = match is_by_title && kind.is_playable() && target != *path {
            true => files_beside(context, place, path).await,
            false => Vec::new(),
        };
        let beside = beside.into_iter().filter_map(|other| {
            let end = end_beside(path.name(), other.name())?;
            Some((folder.join(&format!("{}{end}", stem(&name))).ok()?, other))
        });
        let own = std::iter::once((target, path.clone()));
        for (target, path) in own.chain(beside) {
            // One that was chosen by itself belongs to its film all the same.
            renames.retain(|rename| rename.path != path.as_str());
            if target != path {
                renames.push(rename_of(&path, &target));
            }
        }
    }
    renames
}

/// Returns the subtitles, pictures and descriptions of a film beside it.
async fn files_beside(
    context: &PageContext<'_>,
    place: &Place,
    film: &EntryPath,
) -> Vec<EntryPath> {
    let folder = film.parent().unwrap_or_else(EntryPath::root);
    let listed = context.site.library.whole_folder(place, &folder).await;
    let entries = listed.map(|listed| listed.entries).unwrap_or_default();
    let is_beside = |entry: &Entry| match entry.kind {
        EntryKind::Subtitle | EntryKind::Image => true,
        _ => entry.name.to_ascii_lowercase().ends_with(".nfo"),
    };
    let beside = entries
        .into_iter()
        .filter(|entry| is_beside(entry) && end_beside(film.name(), &entry.name).is_some());
    beside.map(|entry| entry.path).collect()
}

/// Returns what the library knows about a file, or else what its name says.
async fn known_title(context: &PageContext<'_>, place: &Place, path: &EntryPath) -> KnownTitle {
    let (site, viewer) = (context.site, context.viewer());
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
