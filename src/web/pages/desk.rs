//! Where pages are put together: who looks, what surrounds a page, the addresses on it, and how it is answered. Entries and
//! drives on it are in `cards`.

use std::time::Duration;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use super::Link;
use super::error::ErrorPage;
use super::layout::{Layout, NavLink, SearchBox};
use crate::governor::SharedDrive;
use crate::playback::ticket::{Scope, Ticket};
use crate::web::access_log::REQUEST_ID;
use crate::web::error::{Door, Problem};
use crate::web::play::search_list;
use crate::web::{Site, assets};
use drives::Capability;
use media::{Entry, EntryPath, Place, plain_title};

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

    /// Whether the drive of a place can do something.
    pub fn has(&self, place: &Place, capability: Capability) -> bool {
        self.site
            .library
            .drive(place)
            .is_ok_and(|drive| drive.capabilities().contains(&capability))
    }
}

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
