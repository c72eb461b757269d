//! A folder: breadcrumbs, sorting, and its entries.

mod filters;
mod query;

use askama::Template;
use axum::extract::{OriginalUri, Query};
use axum::response::{IntoResponse, Redirect, Response};

use super::first_look::{self, FirstLook};
use super::folder_settings::{NotePart, note_parts};
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use super::share_panel::{self, SharePanel};
use super::{FileRow, FilmCard, FolderCard, PlayerLink, TextLink};
use crate::library::Freshness;
use crate::web::MaybeQuery;
use crate::web::error::Problem;
use crate::web::locale::PageText;
use crate::web::urls::{encode_name, parse_location};
use drives::Capability;
use media::{Entry, EntryKind, EntryPath, Listing, Place};

pub use filters::{FilterLink, SortLink};
pub(super) use filters::{kind_id, kind_links};
use filters::{kinds, sorts};
pub(in crate::web) use query::BrowseQuery;
pub(super) use query::UNKNOWN_KIND;
pub(in crate::web) use query::first_page;

/// `/browse/{place}/{path}`, one page of it.
#[derive(Debug, Template)]
#[template(path = "browse.html")]
pub struct BrowsePage {
    pub layout: PageLayout,
    /// The name of the folder.
    pub title: String,
    /// Links to the folders above it, from the place down, without the folder itself.
    pub crumbs: Vec<TextLink>,
    /// The sort links; empty if the place cannot sort.
    pub sorts: Vec<SortLink>,
    /// The links that filter by kind; empty for guests.
    pub kinds: Vec<FilterLink>,
    /// The URL of all files of the current kind in the drive; `None` if all kinds are shown.
    pub whole_drive: Option<String>,
    pub folders: Vec<FolderCard>,
    pub films: Vec<FilmCard>,
    pub files: Vec<FileRow>,
    /// The URL of the previous page.
    pub previous: Option<String>,
    /// The URL of the next page; the page's script appends it while scrolling.
    pub next: Option<String>,
    /// The folder as a list for other players.
    pub addresses: Vec<PlayerLink>,
    /// A sentence about the place, such as when a share ends; may be empty.
    pub notice: String,
    /// True if the drive has not answered yet, so that nothing is known of the entries.
    pub is_waiting: bool,
    /// The owner's note of the folder; empty without one.
    pub note: Vec<NotePart>,
    /// The panel of a share.
    pub share: Option<SharePanel>,
    /// The page that makes a guest link to this folder; `None` for guests.
    pub guest_link: Option<String>,
    /// The owner's actions; `None` for guests.
    pub tools: Option<FolderTools>,
}

/// The actions in a folder.
#[derive(Debug, Clone)]
pub struct FolderTools {
    pub place: String,
    /// Action URL of the form with the ticked entries.
    pub action: String,
    pub can_manage: bool,
    pub can_share: bool,
    /// The page that makes a new folder.
    pub new_folder: Option<String>,
    /// The page that fetches files from links into it.
    pub fetch: Option<String>,
    /// The page of deleted entries, at the root of the drive.
    pub trash: Option<String>,
    /// The page with the note and the hidden names.
    pub settings: String,
    /// The page with the upload form.
    pub upload: Option<String>,
    /// The API URL below which files are uploaded.
    pub content: String,
    /// The API URL below which upload progress is read.
    pub uploads: String,
}

impl BrowsePage {
    /// Returns true if this page of the folder has no entries.
    pub fn is_empty(&self) -> bool {
        !self.is_waiting
            && self.folders.is_empty()
            && self.films.is_empty()
            && self.files.is_empty()
    }

    /// Returns the sentence of a page without entries.
    pub fn empty_words(&self) -> PageText<'static> {
        self.layout.text(match self.whole_drive {
            None => "browse-empty",
            Some(_) => "browse-nothing-of-this-kind",
        })
    }
}

/// Entries per page: some screens of posters, and few upstream calls for a large folder.
const PAGE_SIZE: usize = 100;

/// Shows a folder; a film's URL redirects to its watch page.
pub(in crate::web) async fn show(
    context: PageContext,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<BrowseQuery>,
) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let location = uri.path().strip_prefix("/browse/").unwrap_or_default();
    let Some((place, path)) = parse_location(location) else {
        return context.problem(&Problem::NOT_FOUND);
    };
    let look = FirstLook::of(&uri);
    match look.content(open(&context, &place, &path, &query)).await {
        Ok(BrowseOutcome::Page(page)) => context.answer(Ok(*page)),
        Ok(BrowseOutcome::Redirect(href)) => Redirect::to(&href).into_response(),
        Err(problem) if first_look::is_problem_missing(&problem) => {
            waiting(&context, &look, (&place, &path), &query)
        }
        Err(problem) => context.problem_at(&problem, Some(&place)),
    }
}

/// Returns the page of a folder whose drive has not answered yet.
pub(super) fn waiting(
    context: &PageContext,
    look: &FirstLook,
    (place, path): (&Place, &EntryPath),
    query: &BrowseQuery,
) -> Response {
    let entry = Entry::bare(place, path, EntryKind::Folder);
    let mut page = page(context, &entry, &Listing::default(), query);
    page.layout.unfurl = None;
    page.notice = context
        .language
        .sentence(first_look::NOT_ANSWERED)
        .into_owned();
    page.is_waiting = true;
    let mut response = context.answer(Ok(page));
    look.set_reload(&mut response);
    response
}

enum BrowseOutcome {
    Page(Box<BrowsePage>),
    Redirect(String),
}

async fn open(
    context: &PageContext,
    place: &Place,
    path: &EntryPath,
    query: &BrowseQuery,
) -> Result<BrowseOutcome, Problem> {
    let freshness = if query.refresh.is_some() {
        Freshness::Fresh
    } else {
        Freshness::Cached
    };
    let library = &context.site.library;
    let entry = library.entry(place, path, freshness).await?;
    if entry.kind.is_playable() {
        return Ok(BrowseOutcome::Redirect(context.watch(&entry)));
    }
    if entry.kind != EntryKind::Folder {
        return Ok(BrowseOutcome::Redirect(context.play(&entry)));
    }
    let request = query.request();
    let listing = match query.file_kind()? {
        None => library.listing(place, path, &request, freshness).await?,
        Some(kind) => {
            let listed = library.listing_of_kind(place, path, kind, &request, freshness);
            listed.await?.into()
        }
    };
    if query.refresh.is_some() {
        // Reloading the page must not bypass the cache again.
        return Ok(BrowseOutcome::Redirect(context.browse(place, path)));
    }
    let mut page = page(context, &entry, &listing, query);
    page.share = share_panel::panel(context, &entry, &listing.entries).await;
    context
        .mark_watched(place, &listing.entries, &mut page.films)
        .await;
    Ok(BrowseOutcome::Page(Box::new(page)))
}

/// Returns the page of a folder with these entries.
pub(super) fn page(
    context: &PageContext,
    entry: &Entry,
    listing: &Listing,
    query: &BrowseQuery,
) -> BrowsePage {
    let (place, path) = (&entry.place, &entry.path);
    let cards = context.cards(&listing.entries);
    let here = context.browse(place, path);
    let mut layout = context.layout(entry.name.clone(), NavItem::None);
    layout.unfurl = Some(context.unfurl(entry));
    BrowsePage {
        layout,
        title: entry.name.clone(),
        crumbs: context.crumbs(place, path),
        sorts: sorts(context.language, &here, query),
        kinds: match context.is_guests() {
            true => Vec::new(),
            false => kinds(context.language, &here, query),
        },
        whole_drive: query.kind().map(|kind| {
            let action = context.site.urls.local("/search");
            format!("{action}?place={place}&kind={}", kind.as_str())
        }),
        folders: cards.folders,
        films: cards.films,
        files: cards.files,
        previous: query.previous(&here),
        next: listing.next.as_deref().map(|next| query.next(&here, next)),
        addresses: lists(context, entry),
        notice: String::new(),
        is_waiting: false,
        note: note_parts(&context.site.library.folder_settings().of(place, path).note),
        share: None,
        guest_link: context.guest_link(place, path),
        tools: tools(context, place, path),
    }
}

fn tools(context: &PageContext, place: &Place, folder: &EntryPath) -> Option<FolderTools> {
    if context.is_guests() {
        return None;
    }
    let can_manage = context.has(place, Capability::Manage);
    let can_share = context.has(place, Capability::Share);
    let can_upload = context.has(place, Capability::Upload);
    let urls = &context.site.urls;
    let action = urls.local("/organize");
    let at = encode_name(folder.as_str());
    (can_manage || can_share || can_upload).then(|| FolderTools {
        place: place.to_string(),
        can_manage,
        can_share,
        new_folder: can_manage.then(|| format!("{action}?do=folder&place={place}&at={at}")),
        trash: (folder.is_root() && context.has(place, Capability::Trash))
            .then(|| format!("{}/trash", urls.account(place))),
        fetch: context
            .has(place, Capability::RemoteDownload)
            .then(|| format!("{}/remote-downloads?to={at}", urls.account(place))),
        upload: can_upload.then(|| format!("{action}?do=upload&place={place}&at={at}")),
        settings: urls.of_entry("folder-settings", place, folder),
        content: urls.of_entry("api/v1/content", place, folder),
        uploads: urls.local("/api/v1/uploads"),
        action,
    })
}

fn lists(context: &PageContext, entry: &Entry) -> Vec<PlayerLink> {
    let play = context.absolute(&context.play(entry));
    let address = |label: &str, about: &str, name: &str| PlayerLink {
        label: context.words(label),
        about: context.words(about),
        url: format!("{play}/{name}"),
    };
    vec![
        address("player-link-m3u", "player-link-m3u-about", "list.m3u"),
        address(
            "player-link-all-m3u",
            "player-link-all-m3u-about",
            "all.m3u",
        ),
        address("player-link-xspf", "player-link-xspf-about", "list.xspf"),
        address("player-link-folder", "player-link-folder-about", ""),
        address("player-link-strm", "player-link-strm-about", "strm.zip"),
    ]
}

#[cfg(test)]
mod tests;
