//! The context of a page: the visitor, the layout and the reply. The URLs on the page are in `urls`, cards of entries
//! and drives in `cards`.

mod urls;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use super::TextLink;
use super::error_page::ErrorPage;
use super::layout::{NavLink, PageLayout, SearchBox, TasksSign, ViewerBadge};
use crate::governor::SharedDrive;
use crate::playback::ticket::{Scope, Ticket};
use crate::store::Viewer;
use crate::web::access_log::REQUEST_ID;
use crate::web::api::task_events::count;
use crate::web::auth::CHOICE;
use crate::web::error::{HelpPage, Problem, ProblemCode};
use crate::web::locale::{Language, PageText};
use crate::web::{AppState, assets};
use drives::Capability;
use media::{EntryPath, Place, plain_title};

/// The context in which one page is built for one visitor.
pub(in crate::web) struct PageContext {
    pub site: AppState,
    headers: HeaderMap,
    /// The language of the page.
    pub language: &'static Language,
    ticket: String,
    viewer: Arc<Viewer>,
    /// The scope of a guest; `None` for the owner.
    guest: Option<Scope>,
    /// True if the guest's ticket opens streams alone.
    without_originals: bool,
    /// True if upstream calls may be made for this page.
    may_ask: bool,
}

/// The navigation link of the current page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum NavItem {
    Home,
    Devices,
    Status,
    Sessions,
    None,
}

/// The context of the owner, or of the viewer that the owner's browser chose.
impl FromRequestParts<AppState> for PageContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &AppState) -> Result<Self, Infallible> {
        Ok(PageContext::new(site, &parts.headers))
    }
}

impl PageContext {
    /// Returns the context of the owner.
    pub fn new(site: &AppState, headers: &HeaderMap) -> Self {
        let viewer = site.viewer(headers);
        PageContext {
            site: site.clone(),
            headers: headers.clone(),
            language: Language::of(headers),
            ticket: site.tickets.own(viewer.id),
            viewer,
            guest: None,
            without_originals: false,
            may_ask: true,
        }
    }

    /// Returns the context of a guest with this ticket. If `may_ask` is false (a crawler), no upstream calls
    /// are made.
    pub fn for_guest(
        site: &AppState,
        headers: &HeaderMap,
        text: &str,
        ticket: &Ticket,
        may_ask: bool,
    ) -> Self {
        PageContext {
            site: site.clone(),
            headers: headers.clone(),
            language: Language::of(headers),
            ticket: text.to_owned(),
            viewer: site.viewers.owner(),
            guest: Some(ticket.scope.clone()),
            without_originals: ticket.limits.without_originals,
            may_ask,
        }
    }

    /// Returns a text, to which values can be added.
    pub fn text<'t>(&self, id: &'t str) -> PageText<'t> {
        self.language.text(id)
    }

    /// Returns a text without values.
    pub fn words(&self, id: &str) -> String {
        self.text(id).into()
    }

    /// Returns the sentence of a problem in the language of the page.
    pub fn sentence(&self, problem: &Problem) -> String {
        self.language.sentence(problem.sentence()).into_owned()
    }

    /// Returns the sentence and the next step of a problem in one text.
    pub fn detail(&self, problem: &Problem) -> String {
        problem.message(self.language)
    }

    /// Returns true if the page is for a guest: no search, no account, no changes.
    pub fn is_guests(&self) -> bool {
        self.guest.is_some()
    }

    /// Returns the viewer; a guest is none, and gets the owner here.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// Returns true if the page may change, upload and share: for the owner and viewers without a limit.
    pub fn may_manage(&self) -> bool {
        !self.is_guests() && self.viewer.places.is_none()
    }

    /// Returns the request headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the ticket in the play URLs of this page.
    pub fn ticket(&self) -> &str {
        &self.ticket
    }

    /// Returns true if upstream calls may be made for this page.
    pub fn may_ask(&self) -> bool {
        self.may_ask
    }

    /// Returns true if the visitor may see an entry.
    pub fn covers(&self, place: &Place, path: &EntryPath) -> bool {
        self.viewer.may_see(place)
            && self
                .guest
                .as_ref()
                .is_none_or(|scope| scope.covers(place, path))
    }

    /// Returns the layout of a page.
    pub fn layout(&self, title: impl Into<String>, at: NavItem) -> PageLayout {
        if self.is_guests() {
            return PageLayout {
                title: plain_title(&title.into()),
                home: self.site.urls.local(&format!("/guest/{}/", self.ticket)),
                ..self.bare_layout()
            };
        }
        let local = |path: &str| self.site.urls.local(path);
        let nav = |id: &str, path: &str, here: NavItem| NavLink {
            label: self.words(id),
            href: local(path),
            current: at == here,
        };
        let can_search = |drive: &SharedDrive| drive.capabilities().contains(&Capability::Search);
        PageLayout {
            title: plain_title(&title.into()),
            nav: match self.may_manage() {
                true => vec![
                    nav("nav-home", "/", NavItem::Home),
                    nav("nav-devices", "/devices", NavItem::Devices),
                    nav("nav-status", "/status", NavItem::Status),
                    nav("nav-sessions", "/sessions", NavItem::Sessions),
                ],
                false => vec![nav("nav-home", "/", NavItem::Home)],
            },
            viewer: self.site.viewers.must_choose().then(|| ViewerBadge {
                href: local(CHOICE),
                ..ViewerBadge::of(&self.viewer)
            }),
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
            has_metadata: self.site.metadata.is_some(),
            tasks: self
                .may_manage()
                .then(|| self.tasks_sign(count(&self.site))),
            sign_out: (!self.site.auth.is_open_to(&self.headers)).then(|| local("/logout")),
            ..self.bare_layout()
        }
    }

    /// Returns the sign of so many running tasks.
    pub fn tasks_sign(&self, count: usize) -> TasksSign {
        TasksSign {
            count,
            href: self.site.urls.local("/tasks"),
            events: self.site.urls.local("/tasks/events"),
        }
    }

    /// Returns the layout for a visitor who is not signed in.
    pub fn bare_layout(&self) -> PageLayout {
        PageLayout {
            language: self.language,
            languages: self.site.urls.local("/language"),
            assets: self.site.urls.local(&assets::path(self.language)),
            home: self.site.urls.local("/"),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..PageLayout::default()
        }
    }

    /// Replies with a page, or with the error page.
    pub fn answer(&self, page: Result<impl Template, Problem>) -> Response {
        match page {
            Ok(page) => render(StatusCode::OK, &page),
            Err(problem) => self.problem(&problem),
        }
    }

    /// Replies with the error page.
    pub fn problem(&self, problem: &Problem) -> Response {
        self.problem_at(problem, None)
    }

    /// Replies with the error page of a place, whose account page may help.
    pub fn problem_at(&self, problem: &Problem, place: Option<&Place>) -> Response {
        let words = problem.words();
        let local = |id: &str, path: &str| TextLink {
            label: self.words(id),
            href: self.site.urls.local(path),
        };
        let mut ways_out = vec![local("nav-home", "/")];
        if let Some(place) = place.filter(|place| !place.is_share())
            && words.help == HelpPage::Account
        {
            ways_out.insert(
                0,
                local("error-drives-account", &format!("/account/{place}")),
            );
        }
        if words.help == HelpPage::Status {
            ways_out.push(local("nav-status", "/status"));
        }
        let looks_again = problem.refresh_after();
        let title = self.language.sentence(words.title);
        let page = ErrorPage {
            layout: self.layout(title.clone(), NavItem::None),
            status: problem.status.as_u16(),
            title: title.into_owned(),
            sentence: self.sentence(problem),
            // A URL that leads nowhere has no folder to look in.
            step: match words.code {
                ProblemCode::NotFound => String::new(),
                _ if looks_again.is_some() => self.words(REFRESH_NOTICE),
                _ => self.language.sentence(words.step).into_owned(),
            },
            ways_out,
            request_id: self
                .headers
                .get(REQUEST_ID)
                .and_then(|id| id.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
        };
        let mut response = render(problem.status, &page);
        problem.apply_headers(&mut response);
        if let Some(wait) = looks_again {
            set_refresh(&mut response, wait);
        }
        response
    }

    /// Returns the drives that the viewer may see, in the owner's order.
    pub fn drives(&self) -> Vec<SharedDrive> {
        let mut drives = self.site.library.drives().to_vec();
        drives.retain(|drive| self.viewer.may_see(drive.place()));
        drives
    }

    /// Returns true if the drive of a place has this capability, and the viewer may use it.
    pub fn has(&self, place: &Place, capability: Capability) -> bool {
        let watches = [
            Capability::List,
            Capability::Search,
            Capability::Stream,
            Capability::Original,
        ];
        if self.viewer.places.is_some() && !watches.contains(&capability) {
            return false;
        }
        if self.without_originals && capability == Capability::Original {
            return false;
        }
        self.site
            .library
            .drive(place)
            .is_ok_and(|drive| drive.capabilities().contains(&capability))
    }
}

/// Makes a browser reload a page after `wait`, with or without scripts: its answer is still being fetched.
pub(super) fn set_refresh(response: &mut Response, wait: Duration) {
    let seconds = HeaderValue::from(wait.as_secs().max(1));
    response.headers_mut().insert("refresh", seconds);
}

/// The id of the notice on such a page.
pub(super) const REFRESH_NOTICE: &str = "common-page-looks-again";

/// Renders a page as a reply.
pub(in crate::web) fn render(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be printed");
            Problem::INTERNAL.into_response()
        }
    }
}
