//! Where pages are put together: what surrounds them, and entries as cards with finished words.

use std::time::Duration;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use chrono::{TimeDelta, Utc};

use super::error::ErrorPage;
use super::human;
use super::layout::{Layout, NavLink, SearchBox};
use super::{DriveCard, Fact, FileRow, FilmCard, FolderCard, Link, Quota, Tools};
use crate::drives::{Account, Capability, DriveError, DriveKind, SharedDrive};
use crate::media::{Entry, EntryKind, EntryPath, Place, plain_title};
use crate::playback::ticket::{Scope, Ticket};
use crate::store::Watched;
use crate::web::access_log::REQUEST_ID;
use crate::web::address::encoded_name;
use crate::web::error::{Door, Problem};
use crate::web::play::search_list;
use crate::web::{Site, assets};

/// One visitor's page in the making.
pub(in crate::web) struct Desk<'a> {
    pub site: &'a Site,
    headers: &'a HeaderMap,
    ticket: String,
    /// What a guest may see; `None` for the owner.
    guest: Option<Scope>,
    /// Whether upstreams may be asked for this page.
    may_ask: bool,
}

/// Which entry of the navigation the visitor is at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum At {
    Home,
    Devices,
    Status,
    Sessions,
    Elsewhere,
}

/// Entries of one page, apart by how they are shown.
#[derive(Default)]
pub(in crate::web) struct Cards {
    pub folders: Vec<FolderCard>,
    pub films: Vec<FilmCard>,
    pub files: Vec<FileRow>,
}

impl Cards {
    /// For pages where entries of several places stand beside each other.
    pub fn one_at_a_time(&mut self) {
        let tools = self.folders.iter_mut().map(|card| &mut card.tools);
        let tools = tools.chain(self.films.iter_mut().map(|card| &mut card.tools));
        let tools = tools.chain(self.files.iter_mut().map(|row| &mut row.tools));
        tools.flatten().for_each(|tools| tools.path = None);
    }
}

impl<'a> Desk<'a> {
    /// For a visitor who is the owner.
    pub fn new(site: &'a Site, headers: &'a HeaderMap) -> Self {
        Desk {
            site,
            headers,
            ticket: site.tickets.owner(),
            guest: None,
            may_ask: true,
        }
    }

    /// For whoever has an address with this ticket; for one who only looks, nothing is asked upstream.
    pub fn for_guest(
        site: &'a Site,
        headers: &'a HeaderMap,
        text: &str,
        ticket: &Ticket,
        may_ask: bool,
    ) -> Self {
        Desk {
            site,
            headers,
            ticket: text.to_owned(),
            guest: Some(ticket.scope.clone()),
            may_ask,
        }
    }

    /// Whether the page is for a guest: no search, no account, nothing that changes anything.
    pub fn is_guests(&self) -> bool {
        self.guest.is_some()
    }

    /// What the visitor sent.
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// The ticket in the play addresses of this page.
    pub fn ticket(&self) -> &str {
        &self.ticket
    }

    /// Below which address the picture and the oEmbed answer of an entry lie: a short one for what a
    /// guest's ticket is for, since it stands several times at the top of the page.
    pub fn card_base(&self, entry: &Entry) -> String {
        if let Some(Scope::Within(place, path)) = &self.guest
            && *place == entry.place
            && *path == entry.path
        {
            return self
                .site
                .addresses
                .local(&format!("/guest/{}", self.ticket));
        }
        self.guest_page(&entry.place, &entry.path)
    }

    /// Whether upstreams may be asked for this page.
    pub fn may_ask(&self) -> bool {
        self.may_ask
    }

    /// Whether the visitor may see an entry.
    pub fn covers(&self, place: &Place, path: &EntryPath) -> bool {
        self.guest
            .as_ref()
            .is_none_or(|scope| scope.covers(place, path))
    }

    /// What stands around a page.
    pub fn layout(&self, title: impl Into<String>, at: At) -> Layout {
        if self.is_guests() {
            return Layout {
                title: plain_title(&title.into()),
                home: self
                    .site
                    .addresses
                    .local(&format!("/guest/{}/", self.ticket)),
                ..self.bare_layout()
            };
        }
        let local = |path: &str| self.site.addresses.local(path);
        let nav = |label: &str, path: &str, here: At| NavLink {
            label: label.to_owned(),
            href: local(path),
            current: at == here,
        };
        let can_search = |drive: &SharedDrive| drive.capabilities().contains(&Capability::Search);
        Layout {
            title: plain_title(&title.into()),
            nav: vec![
                nav("Home", "/", At::Home),
                nav("Devices", "/devices", At::Devices),
                nav("Status", "/status", At::Status),
                nav("Sign-ins", "/sessions", At::Sessions),
            ],
            search: self
                .site
                .library
                .drives()
                .iter()
                .any(can_search)
                .then(|| SearchBox {
                    action: local("/search"),
                    query: String::new(),
                }),
            sign_out: (!self.site.door.is_open_to(self.headers)).then(|| local("/logout")),
            ..self.bare_layout()
        }
    }

    /// The same for somebody who is not signed in.
    pub fn bare_layout(&self) -> Layout {
        Layout {
            assets: self.site.addresses.local(&assets::path()),
            home: self.site.addresses.local("/"),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Layout::default()
        }
    }

    /// Answers with a page, or with the page that says why not.
    pub fn answer(&self, page: Result<impl Template, Problem>) -> Response {
        match page {
            Ok(page) => print(StatusCode::OK, &page),
            Err(problem) => self.problem(&problem),
        }
    }

    /// The page that says what went wrong.
    pub fn problem(&self, problem: &Problem) -> Response {
        self.problem_at(problem, None)
    }

    /// The same about a place, whose own page may be the way out.
    pub fn problem_at(&self, problem: &Problem, place: Option<&Place>) -> Response {
        let words = problem.words();
        let local = |label: &str, path: &str| Link {
            label: label.to_owned(),
            href: self.site.addresses.local(path),
        };
        let mut ways_out = vec![local("Home", "/")];
        if let Some(place) = place.filter(|place| !place.is_share())
            && words.door == Door::Account
        {
            ways_out.insert(
                0,
                local("The drive’s account", &format!("/account/{place}")),
            );
        }
        if words.door == Door::Status {
            ways_out.push(local("Status", "/status"));
        }
        let looks_again = problem.looks_again_after();
        let page = ErrorPage {
            layout: self.layout(words.title, At::Elsewhere),
            status: problem.status.as_u16(),
            title: words.title.to_owned(),
            sentence: problem.sentence().to_owned(),
            // An address that leads nowhere has no folder to look in.
            step: match words.code {
                "not_found" => String::new(),
                _ if looks_again.is_some() => LOOKS_AGAIN.to_owned(),
                _ => words.step.to_owned(),
            },
            ways_out,
            request_id: self
                .headers
                .get(REQUEST_ID)
                .and_then(|id| id.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
        };
        let mut response = print(problem.status, &page);
        problem.decorate(&mut response);
        if let Some(wait) = looks_again {
            look_again(&mut response, wait);
        }
        response
    }

    /// The local play address of an entry.
    pub fn play(&self, entry: &Entry) -> String {
        self.site
            .addresses
            .play(&self.ticket, &entry.place, &entry.path)
    }

    /// The local address of a list of what a search finds.
    pub fn search_list(&self, words: &str, name: &str) -> String {
        let rest = search_list(words, name);
        self.site
            .addresses
            .local(&format!("/play/{}/{rest}", self.ticket))
    }

    /// The same with scheme and host, for other players.
    pub fn absolute(&self, local: &str) -> String {
        format!("{}{local}", self.site.addresses.origin(self.headers))
    }

    /// The page of a folder.
    pub fn browse(&self, place: &Place, path: &EntryPath) -> String {
        if self.is_guests() {
            return self.guest_page(place, path);
        }
        self.site.addresses.of_entry("browse", place, path)
    }

    /// The page of a film.
    pub fn watch(&self, entry: &Entry) -> String {
        if self.is_guests() {
            return self.guest_page(&entry.place, &entry.path);
        }
        self.site
            .addresses
            .of_entry("watch", &entry.place, &entry.path)
    }

    /// The guest page of an entry under this desk's ticket; what a chat shows of it lies below.
    pub fn guest_page(&self, place: &Place, path: &EntryPath) -> String {
        self.site.addresses.guest(&self.ticket, place, path)
    }

    /// The page on which the owner makes a guest address of an entry.
    pub fn pass_on(&self, place: &Place, path: &EntryPath) -> Option<String> {
        let address = self.site.addresses.of_entry("pass-on", place, path);
        (!self.is_guests()).then_some(address)
    }

    /// The folders above an entry, from the place down, without the entry itself.
    pub fn crumbs(&self, place: &Place, path: &EntryPath) -> Vec<Link> {
        let mut crumbs = Vec::new();
        let mut above = path.parent();
        while let Some(folder) = above.filter(|folder| self.covers(place, folder)) {
            let label = if folder.is_root() {
                place.as_str()
            } else {
                folder.name()
            };
            crumbs.push(Link {
                label: label.to_owned(),
                href: self.browse(place, &folder),
            });
            above = folder.parent();
        }
        crumbs.reverse();
        crumbs
    }

    /// Entries as cards.
    pub fn cards<'e>(&self, entries: impl IntoIterator<Item = &'e Entry>) -> Cards {
        let mut cards = Cards::default();
        for entry in entries {
            match entry.kind {
                EntryKind::Folder => cards.folders.push(FolderCard {
                    name: entry.name.clone(),
                    href: self.browse(&entry.place, &entry.path),
                    detail: day(entry),
                    tools: self.tools(entry),
                }),
                EntryKind::Video | EntryKind::Audio => cards.films.push(self.film(entry)),
                EntryKind::Image => cards.files.push(self.file(entry, "image")),
                EntryKind::Subtitle => cards.files.push(self.file(entry, "subtitle")),
                EntryKind::Other => cards.files.push(self.file(entry, "file")),
            }
        }
        cards
    }

    /// Writes onto the films among `entries` how far each was watched. Guests see nothing of it.
    pub async fn mark_watched(&self, place: &Place, entries: &[Entry], cards: &mut [FilmCard]) {
        if self.is_guests() {
            return;
        }
        let watched = self.site.store.history_of(place).await;
        let watched = watched.unwrap_or_else(|error| {
            tracing::warn!(%error, "what was watched could not be read");
            Vec::new()
        });
        let films = entries.iter().filter(|entry| entry.kind.is_playable());
        for (card, entry) in cards.iter_mut().zip(films) {
            card.watched_percent = watched
                .iter()
                .find(|watched| watched.path == entry.path)
                .map(Watched::percent)
                .filter(|percent| *percent > 0);
        }
    }

    /// One film.
    pub fn film(&self, entry: &Entry) -> FilmCard {
        FilmCard {
            name: entry.name.clone(),
            href: self.watch(entry),
            poster: entry
                .has_thumbnail
                .then(|| format!("{}/poster.jpg", self.play(entry))),
            length: entry.duration_s.map(human::duration).unwrap_or_default(),
            size: human::size(entry.size),
            detail: String::new(),
            is_audio: entry.kind == EntryKind::Audio,
            watched_percent: None,
            tools: self.tools(entry),
        }
    }

    /// What the owner can do with an entry; nothing where its drive has neither ability.
    fn tools(&self, entry: &Entry) -> Option<Tools> {
        let can = |capability| !self.is_guests() && self.has(&entry.place, capability);
        (can(Capability::Manage) || can(Capability::Share)).then(|| Tools {
            path: Some(entry.path.to_string()),
            href: self.site.addresses.local(&format!(
                "/organize?place={}&path={}",
                entry.place,
                encoded_name(entry.path.as_str())
            )),
        })
    }

    fn file(&self, entry: &Entry, kind: &'static str) -> FileRow {
        let has_bytes = self.has(&entry.place, Capability::Original);
        FileRow {
            name: entry.name.clone(),
            href: has_bytes.then(|| self.play(entry)),
            kind,
            size: human::size(entry.size),
            modified: day(entry),
            tools: self.tools(entry),
        }
    }

    /// Whether the drive of a place can do something.
    pub fn has(&self, place: &Place, capability: Capability) -> bool {
        self.site
            .library
            .drive(place)
            .is_ok_and(|drive| drive.capabilities().contains(&capability))
    }

    /// A drive with what its account answered.
    pub fn drive(
        &self,
        drive: &SharedDrive,
        account: &Result<std::sync::Arc<Account>, DriveError>,
    ) -> DriveCard {
        let account_page = self
            .site
            .addresses
            .local(&format!("/account/{}", drive.place()));
        let mut card = DriveCard {
            name: drive.place().to_string(),
            href: Some(match drive.capabilities().contains(&Capability::List) {
                true => self.browse(drive.place(), &EntryPath::root()),
                false => account_page.clone(),
            }),
            kind: kind_in_words(drive.kind()).to_owned(),
            state: "ready",
            state_label: "Ready".to_owned(),
            account: None,
            quota: None,
            facts: Vec::new(),
            capabilities: drive
                .capabilities()
                .iter()
                .map(|capability| capability.as_str().to_owned())
                .collect(),
            account_href: Some(account_page.clone()),
            warning: None,
            problem: None,
            step: None,
        };
        match account {
            Ok(account) => {
                let plan = account
                    .plan
                    .as_ref()
                    .map_or(String::new(), |plan| format!(" · {plan}"));
                card.account =
                    (!account.name.is_empty()).then(|| format!("{}{plan}", account.name));
                card.quota = account
                    .quota
                    .map(|quota| Quota::of(quota.used, quota.total));
                let facts = account.facts.iter().cloned();
                card.facts = facts.map(|(name, value)| Fact { name, value }).collect();
                let left = account.session_ends_at.map(|end| end - Utc::now());
                if let Some(left) = left.filter(|left| *left < WARNED_AHEAD) {
                    card.warning = Some(format!(
                        "The session ends {}. Sign in again before that.",
                        human::until(left)
                    ));
                    card.step = drive.sign_in().map(|_| Link {
                        label: "Sign in again".to_owned(),
                        href: account_page.clone(),
                    });
                }
            }
            Err(error) => {
                let problem = Problem::from(error.clone());
                card.state = crate::web::api::drives::state_of(error);
                card.state_label = if card.state == "signed_out" {
                    "Signed out"
                } else {
                    "Not reachable"
                }
                .to_owned();
                card.problem = Some(problem.detail());
                if problem.words().door == Door::Account {
                    card.step = drive.sign_in().map(|_| Link {
                        label: "Sign in".to_owned(),
                        href: account_page,
                    });
                }
            }
        }
        card
    }
}

/// A session that ends within this time is spoken of.
const WARNED_AHEAD: TimeDelta = TimeDelta::days(7);

/// Has a browser ask for a page again after a while, with scripts or without: what it waits for is under way.
pub(super) fn look_again(response: &mut Response, wait: Duration) {
    let seconds = HeaderValue::from(wait.as_secs().max(1));
    response.headers_mut().insert("refresh", seconds);
}

/// What is said on such a page.
pub(super) const LOOKS_AGAIN: &str = "This page looks again by itself.";

/// A page as a reply.
pub(in crate::web) fn print(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be printed");
            Problem::INTERNAL.into_response()
        }
    }
}

fn day(entry: &Entry) -> String {
    entry
        .modified
        .map_or(String::new(), |time| time.format("%Y-%m-%d").to_string())
}

/// A kind of drive as people call it.
fn kind_in_words(kind: &str) -> &str {
    DriveKind::named(kind).map_or(kind, |known| known.title)
}
