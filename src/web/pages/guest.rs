//! The pages of guests: the owner's browse and watch pages within a ticket's scope, and nothing outside of
//! it; and, below each, its picture and its oEmbed document for link previews.
//!
//! ```text
//! /guest/{ticket}/                            leads on to where the ticket's scope begins
//! /guest/{ticket}/{place}/{path}              the page of a film or a folder
//! /guest/{ticket}/{place}/{path}/card.jpg     its picture for chats
//! /guest/{ticket}/{place}/{path}/oembed.json  what chats show, as oEmbed
//! /guest/{ticket}/card.jpg, oembed.json       the same of where the scope begins, in short
//! ```
//!
//! A crawler (a chat, a search engine, `HEAD`) causes no upstream calls: it gets what is cached, what was
//! stored when the link was created, or the name alone. Preview pictures cause none for any client.

mod oembed;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use askama::Template;
use axum::extract::{ConnectInfo, OriginalUri, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;

use super::browse::{self, BrowsePage, BrowseQuery};
use super::cards::Cards;
use super::external_players::WatchQuery;
use super::first_look::{self, FirstLook};
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext, render};
use super::{FolderCard, picture, unfurl, watch};
use crate::governor::SharedDrive;
use crate::library::Freshness;
use crate::playback::ticket::{Scope, Ticket, TicketError};
use crate::store::StoredCard;
use crate::web::crawlers::is_crawler;
use crate::web::error::Problem;
use crate::web::ticket_visits::{self, TicketVisits};
use crate::web::tickets::is_lost;
use crate::web::urls::parse_location;
use crate::web::{AppState, MaybeQuery};
use drives::DriveError;
use media::{Entry, EntryKind, EntryPath, Listing, PageRequest, Place};

pub(in crate::web) use oembed::OEmbedQuery;

/// The neutral page, which reveals no name, no picture, and nothing of what the link led to.
#[derive(Debug, Template)]
#[template(path = "neutral.html")]
pub struct NeutralPage {
    pub layout: PageLayout,
    /// The sentence on it.
    pub sentence: String,
}

/// Answers `GET` and `HEAD` of all URLs below `/guest/`.
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    folder: MaybeQuery<BrowseQuery>,
    oembed: MaybeQuery<OEmbedQuery>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let rest = uri.path().strip_prefix("/guest/").unwrap_or_default();
    let (text, location) = rest.split_once('/').unwrap_or((rest, ""));
    let now = SystemTime::now();
    let ticket = match site.verify_ticket(text, now) {
        Ok(ticket) => ticket,
        Err(error) => return neutral(&site, &headers, &refusal(error)),
    };
    let may_ask = method != Method::HEAD && !is_crawler(&headers);
    if may_ask {
        site.tickets.record_use(&ticket, now);
        if let Err(problem) = TicketVisits::admit(&site, &ticket, peer, &headers).await {
            return neutral(&site, &headers, &problem);
        }
    }
    let guest = GuestRequest {
        context: PageContext::for_guest(&site, &headers, text, &ticket, may_ask),
        look: FirstLook::of(&uri),
        ticket: &ticket,
        folder: folder.map(|Query(query)| query).unwrap_or_default(),
        oembed: oembed.map(|Query(query)| query).unwrap_or_default(),
    };
    match guest.answer(location).await {
        Ok(response) => response,
        Err(problem) => neutral(&site, &headers, &problem),
    }
}

/// Maps an invalid ticket to a problem.
fn refusal(error: TicketError) -> Problem {
    match error {
        TicketError::Invalid => Problem::BAD_TICKET,
        TicketError::Ended | TicketError::Revoked => Problem::GONE_TICKET,
    }
}

/// One request of a guest.
struct GuestRequest<'a> {
    context: PageContext,
    look: FirstLook,
    ticket: &'a Ticket,
    folder: BrowseQuery,
    oembed: OEmbedQuery,
}

/// The requested resource of an entry.
#[derive(Debug, PartialEq, Eq)]
enum GuestResource {
    Page,
    Card,
    OEmbed,
}

/// Parses the path after the ticket. No entry can have these two names: nothing else is below a film, and
/// other files of a folder have no page.
fn read(location: &str) -> Option<(Place, EntryPath, GuestResource)> {
    for (name, part) in [
        ("/card.jpg", GuestResource::Card),
        ("/oembed.json", GuestResource::OEmbed),
    ] {
        if let Some((place, path)) = location.strip_suffix(name).and_then(parse_location) {
            return Some((place, path, part));
        }
    }
    let (place, path) = parse_location(location)?;
    Some((place, path, GuestResource::Page))
}

impl GuestRequest<'_> {
    fn read(&self, location: &str) -> Option<(Place, EntryPath, GuestResource)> {
        match (&self.ticket.scope, location) {
            (Scope::Within(place, path), "card.jpg") => {
                Some((place.clone(), path.clone(), GuestResource::Card))
            }
            (Scope::Within(place, path), "oembed.json") => {
                Some((place.clone(), path.clone(), GuestResource::OEmbed))
            }
            _ => read(location),
        }
    }

    async fn answer(&self, location: &str) -> Result<Response, Problem> {
        if location.is_empty() {
            return Ok(match &self.ticket.scope {
                Scope::Within(place, path) => {
                    Redirect::to(&self.context.guest_page(place, path)).into_response()
                }
                Scope::Several(paths) => self.context.answer(Ok(self.several(paths).await)),
                Scope::Everything | Scope::Places(_) => self.context.answer(Ok(self.places())),
            });
        }
        let (place, path, part) = self.read(location).ok_or(Problem::NOT_FOUND)?;
        if !self.ticket.scope.covers(&place, &path) {
            return Err(Problem::FORBIDDEN);
        }
        let library = &self.context.site.library;
        library.drive(&place)?;
        if library.folder_settings().hides(&place, &path) {
            return Err(Problem::NOT_FOUND);
        }
        match part {
            GuestResource::Page => self.page(&place, &path).await,
            GuestResource::Card => Ok(self.card(&place, &path).await),
            GuestResource::OEmbed => self.oembed(&place, &path).await,
        }
    }

    async fn page(&self, place: &Place, path: &EntryPath) -> Result<Response, Problem> {
        let context = &self.context;
        let entry = match self.entry(place, path).await {
            Err(problem) if first_look::is_problem_missing(&problem) => {
                return Ok(first_look::waiting(context, &self.look, path.name()));
            }
            entry => entry?,
        };
        Ok(match entry.kind {
            EntryKind::Folder => {
                let query = &self.folder;
                match self.listing(place, path, &query.request()).await {
                    Err(error) if first_look::is_missing(&error) => {
                        browse::waiting(context, &self.look, (place, path), query)
                    }
                    listing => {
                        let listing = listing?;
                        context.answer(Ok(browse::page(context, &entry, &listing, query)))
                    }
                }
            }
            EntryKind::Video | EntryKind::Audio => {
                let page = watch::page(context, &entry, &WatchQuery::default()).await;
                watch::reply(context, page)
            }
            EntryKind::Image => context.answer(Ok(picture::page(context, &entry).await)),
            _ => Redirect::to(&context.play(&entry)).into_response(),
        })
    }

    /// Returns the page with the films and folders of a ticket for several; those that are gone are left out.
    async fn several(&self, paths: &[(Place, EntryPath)]) -> BrowsePage {
        let mut entries = Vec::new();
        for (place, path) in paths {
            if let Ok(entry) = self.entry(place, path).await {
                entries.push(Entry::clone(&entry));
            }
        }
        let Cards {
            folders,
            films,
            files,
        } = self.context.cards(&entries);
        BrowsePage {
            films,
            files,
            ..self.list(folders)
        }
    }

    /// Returns the page with the places that a ticket for everything covers.
    fn places(&self) -> BrowsePage {
        let root = EntryPath::root();
        let drives = self.context.site.library.browsable();
        let covered = |drive: &&SharedDrive| self.ticket.scope.covers(drive.place(), &root);
        let card = |drive: &SharedDrive| FolderCard {
            name: drive.place().to_string(),
            href: self.context.browse(drive.place(), &root),
            detail: String::new(),
            tools: None,
        };
        self.list(drives.iter().filter(covered).map(card).collect())
    }

    fn list(&self, folders: Vec<FolderCard>) -> BrowsePage {
        BrowsePage {
            layout: self
                .context
                .layout(self.context.text("kind-films"), NavItem::None),
            title: self.context.words("kind-films"),
            crumbs: Vec::new(),
            sorts: Vec::new(),
            kinds: Vec::new(),
            whole_drive: None,
            folders,
            films: Vec::new(),
            files: Vec::new(),
            previous: None,
            note: Vec::new(),
            next: None,
            addresses: Vec::new(),
            share: None,
            notice: String::new(),
            is_waiting: false,
            guest_link: None,
            tools: None,
        }
    }

    /// Returns the entry; for a crawler, what is cached or stored of it.
    async fn entry(&self, place: &Place, path: &EntryPath) -> Result<Arc<Entry>, Problem> {
        let library = &self.context.site.library;
        if let Some(entry) = library.cached_entry(place, path).await {
            return Ok(entry);
        }
        let remembered = self.remembered(place, path).await;
        if !self.context.may_ask() {
            return match remembered {
                Some(card) if card.is_lost => Err(Problem::GONE),
                Some(card) => Ok(Arc::new(card.entry)),
                None => Ok(self.by_name(place, path).await),
            };
        }
        let was_lost = remembered.as_ref().is_some_and(|card| card.is_lost);
        let entry = library.entry(place, path, Freshness::Cached);
        match self.look.answer(entry).await {
            Ok(entry) => {
                if was_lost {
                    self.mark(false).await;
                }
                Ok(entry)
            }
            Err(error) if is_lost(&error) => {
                if remembered.is_some() && !was_lost {
                    self.mark(true).await;
                }
                Err(error.into())
            }
            // The drive is slow, or unreachable for a moment: the page is shown, and the player reports the failure.
            Err(error) => match remembered {
                Some(card) if !card.is_lost => Ok(Arc::new(card.entry)),
                _ if first_look::is_missing(&error) => Err(self.look.late_problem()),
                _ => Err(error.into()),
            },
        }
    }

    /// Returns the card that was stored with the ticket; `None` if it is not that of this entry.
    async fn remembered(&self, place: &Place, path: &EntryPath) -> Option<StoredCard> {
        let card = self.stored().await?;
        (card.entry.place == *place && card.entry.path == *path).then_some(card)
    }

    async fn stored(&self) -> Option<StoredCard> {
        let found = self.context.site.store.ticket_card(self.ticket.id.0).await;
        found.unwrap_or_else(|error| {
            tracing::error!(%error, "a ticket's card could not be read");
            None
        })
    }

    async fn mark(&self, is_lost: bool) {
        let store = &self.context.site.store;
        if let Err(error) = store.mark_ticket_card(self.ticket.id.0, is_lost).await {
            tracing::error!(%error, "a ticket's card could not be marked");
        }
    }

    /// Returns the entry from a cached listing, or else one with a name only.
    async fn by_name(&self, place: &Place, path: &EntryPath) -> Arc<Entry> {
        if let Some(folder) = path.parent() {
            let page = browse::first_page();
            let kept = self
                .context
                .site
                .library
                .cached_listing(place, &folder, &page)
                .await;
            let entries = kept.iter().flat_map(|listing| &listing.entries);
            if let Some(entry) = entries.into_iter().find(|entry| entry.path == *path) {
                return Arc::new(entry.clone());
            }
        }
        let kind = EntryKind::of_file(path.name());
        let kind = match kind.is_playable() {
            true => kind,
            false => EntryKind::Folder,
        };
        Arc::new(Entry::bare(place, path, kind))
    }

    async fn listing(
        &self,
        place: &Place,
        path: &EntryPath,
        page: &PageRequest,
    ) -> Result<Arc<Listing>, DriveError> {
        let library = &self.context.site.library;
        if self.context.may_ask() {
            let listing = library.listing(place, path, page, Freshness::Cached);
            return self.look.answer(listing).await;
        }
        let kept = library.cached_listing(place, path, page).await;
        Ok(kept.unwrap_or_default())
    }
}

fn picture(card: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=3600"),
        ),
    ];
    (headers, card).into_response()
}

/// Returns the neutral page.
fn neutral(site: &AppState, headers: &HeaderMap, problem: &Problem) -> Response {
    let context = PageContext::new(site, headers);
    let home = context.absolute(&site.urls.local("/"));
    let page = NeutralPage {
        layout: PageLayout {
            title: context.words("neutral-nothing-plays-here"),
            unfurl: Some(unfurl::neutral(context.language, home)),
            ..context.bare_layout()
        },
        sentence: match problem.status {
            _ if ticket_visits::is_refusal(problem) => context.sentence(problem),
            StatusCode::GONE => context.words("neutral-expired"),
            StatusCode::FORBIDDEN => context.words("neutral-does-not-lead-here"),
            status if status.is_server_error() => context.words("neutral-not-reachable"),
            _ => context.words("neutral-incomplete"),
        },
    };
    let mut response = render(problem.status, &page);
    problem.apply_headers(&mut response);
    response
}

#[cfg(test)]
mod tests;
