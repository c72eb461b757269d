//! Devices and guests: issues tickets for players, lists all tickets, and revokes them.

use std::time::{Duration, SystemTime};

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::layout::{PageLayout, ViewerBadge};
use super::page_context::{NavItem, PageContext};
use super::ticket_card::TicketCard;
use crate::playback::ticket::{Scope, TicketId};
use crate::store::{StoredTicket, TicketKind};
use crate::web::api::viewers::find as find_viewer;
use crate::web::error::Problem;
use crate::web::locale::Language;
use crate::web::tickets::{self, TicketRequest, read_scope};
use crate::web::{AppState, jellyfin};
use media::TicketLimits;

/// `/devices`
#[derive(Debug, Template)]
#[template(path = "devices.html")]
pub struct DevicesPage {
    pub layout: PageLayout,
    /// Action URL of the form: `name`, `place`, `until`, `prefers_hls`.
    pub action: String,
    /// The places to which a device may be limited.
    pub places: Vec<String>,
    /// The viewers; empty if there is one only.
    pub viewers: Vec<ViewerBadge>,
    /// The ticket that was just issued.
    pub made: Option<TicketCard>,
    /// The failure of the last attempt.
    pub problem: Option<String>,
    /// Action URL of the form that approves an app: `code`.
    pub approve_app: String,
    /// The failure of the last approval.
    pub app_problem: Option<String>,
    /// The base URL for TV apps.
    pub app_address: String,
    pub tickets: Vec<TicketRow>,
    /// Action URL of the form that replaces the owner's own URLs.
    pub replace_own: String,
    /// Action URL of the form that adds a key.
    pub change_key: String,
    /// Action URL of the form that revokes the former keys; `None` if there are none.
    pub revoke_keys: Option<String>,
}

/// One ticket of the list.
#[derive(Debug, Clone)]
pub struct TicketRow {
    /// The name given by the owner.
    pub name: String,
    /// `Player` or `Guest link`.
    pub kind: String,
    /// `Everything`, or a place and a path.
    pub covers: String,
    /// `Used 5 minutes ago`, `Never used`.
    pub used: String,
    /// `Until 2030-01-31`, `Expired`; empty for one without expiry.
    pub ends: String,
    /// The name of its viewer; empty for a guest, and if there is one viewer only.
    pub viewer: String,
    /// Action URL of the form that revokes it.
    pub revoke: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct AddForm {
    name: String,
    place: String,
    until: TicketLifetime,
    prefers_hls: Option<String>,
    /// The id of a viewer.
    viewer: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct ApproveForm {
    #[serde(default)]
    code: String,
    /// The id of a viewer.
    #[serde(default)]
    viewer: Option<String>,
}

/// The lifetime of a ticket.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::web) enum TicketLifetime {
    #[default]
    Ever,
    Day,
    Week,
    Month,
    Year,
}

impl TicketLifetime {
    /// Parses the word of a form; without expiry if it is unknown.
    pub fn parse(word: &str) -> Self {
        match word {
            "day" => TicketLifetime::Day,
            "week" => TicketLifetime::Week,
            "month" => TicketLifetime::Month,
            "year" => TicketLifetime::Year,
            _ => TicketLifetime::Ever,
        }
    }

    /// Returns the time of expiry; `None` for a ticket without.
    pub fn end(self, now: SystemTime) -> Option<SystemTime> {
        const DAY: u64 = 24 * 3600;
        let days = match self {
            TicketLifetime::Ever => return None,
            TicketLifetime::Day => 1,
            TicketLifetime::Week => 7,
            TicketLifetime::Month => 30,
            TicketLifetime::Year => 365,
        };
        Some(now + Duration::from_secs(days * DAY))
    }
}

/// Shows the form and the list.
pub(in crate::web) async fn show(context: PageContext) -> Response {
    context.answer(page(&context, None, None).await)
}

/// Issues a ticket for a device.
pub(in crate::web) async fn add(context: PageContext, Form(form): Form<AddForm>) -> Response {
    let site = &context.site;
    let viewer = match form.viewer.as_deref() {
        None => Ok(context.viewer().id),
        Some(id) => find_viewer(site, id).map(|viewer| viewer.id),
    };
    let scope = read_scope(Some(&form.place), None);
    let made = match scope.and_then(|scope| Ok((scope, viewer?))) {
        Ok((scope, viewer)) => {
            let wanted = TicketRequest {
                kind: TicketKind::Device,
                name: form.name,
                scope,
                ends_at: form.until.end(SystemTime::now()),
                prefers_hls: form.prefers_hls.is_some(),
                viewer,
                limits: TicketLimits::default(),
            };
            tickets::make(site, wanted).await
        }
        Err(problem) => Err(problem),
    };
    match made {
        Ok(made) => {
            let card = TicketCard::of(&context, &made);
            context.answer(page(&context, Some(card), None).await)
        }
        Err(problem) if problem.status.is_client_error() => {
            let status = problem.status;
            let page = page(&context, None, Some(context.sentence(&problem))).await;
            (status, context.answer(page)).into_response()
        }
        Err(problem) => context.problem(&problem),
    }
}

/// Approves the code that a TV app shows.
pub(in crate::web) async fn approve_app(
    context: PageContext,
    Form(form): Form<ApproveForm>,
) -> Response {
    let site = &context.site;
    let viewer = match form.viewer.as_deref() {
        None => context.viewer().id,
        Some(id) => match find_viewer(site, id) {
            Ok(viewer) => viewer.id,
            Err(problem) => return context.problem(&problem),
        },
    };
    match jellyfin::approve(site, &form.code, viewer).await {
        Ok(true) => return back(site, context.headers(), Ok(())),
        Ok(false) => {}
        Err(problem) => return context.problem(&problem),
    }
    let sentence = context.words("devices-no-app-shows-this-code");
    let page = page(&context, None, None).await.map(|page| DevicesPage {
        app_problem: Some(sentence),
        ..page
    });
    (StatusCode::BAD_REQUEST, context.answer(page)).into_response()
}

/// Revokes a ticket.
pub(in crate::web) async fn revoke(
    State(site): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let done = match TicketId::parse(&id) {
        Some(id) => tickets::revoke(&site, id).await,
        None => Err(Problem::NOT_FOUND),
    };
    back(&site, &headers, done)
}

/// Replaces the ticket in the owner's own URLs.
pub(in crate::web) async fn replace_own(
    State(site): State<AppState>,
    headers: HeaderMap,
) -> Response {
    let done = tickets::replace_own(&site).await;
    back(&site, &headers, done)
}

/// Signs with a new key.
pub(in crate::web) async fn change_key(
    State(site): State<AppState>,
    headers: HeaderMap,
) -> Response {
    let done = tickets::change_key(&site).await;
    back(&site, &headers, done)
}

/// Revokes all keys but the current one.
pub(in crate::web) async fn revoke_keys(
    State(site): State<AppState>,
    headers: HeaderMap,
) -> Response {
    let done = tickets::revoke_keys(&site).await;
    back(&site, &headers, done)
}

fn back(site: &AppState, headers: &HeaderMap, done: Result<(), Problem>) -> Response {
    match done {
        Ok(()) => Redirect::to(&site.urls.local("/devices")).into_response(),
        Err(problem) => PageContext::new(site, headers).problem(&problem),
    }
}

async fn page(
    context: &PageContext,
    made: Option<TicketCard>,
    problem: Option<String>,
) -> Result<DevicesPage, Problem> {
    let site = &context.site;
    let now = SystemTime::now();
    let local = |path: &str| site.urls.local(path);
    let tickets = tickets::all(site).await?;
    Ok(DevicesPage {
        layout: context.layout(context.text("nav-devices"), NavItem::Devices),
        action: local("/devices"),
        places: site
            .library
            .browsable()
            .iter()
            .map(|drive| drive.place().to_string())
            .collect(),
        viewers: viewers(context),
        made,
        problem,
        approve_app: local("/devices/app"),
        app_problem: None,
        app_address: format!(
            "{}{}",
            site.urls.origin(context.headers()),
            local("/jellyfin")
        ),
        tickets: tickets
            .iter()
            .map(|ticket| TicketRow {
                revoke: local(&format!("/devices/{}/withdraw", TicketId(ticket.id))),
                viewer: viewer_name(site, ticket),
                ..row(context.language, ticket, now)
            })
            .collect(),
        replace_own: local("/devices/own"),
        change_key: local("/devices/key"),
        revoke_keys: (site.tickets.keys() > 1).then(|| local("/devices/keys/retire")),
    })
}

/// Returns the viewers to choose from, that of the page first; none if there is one only.
fn viewers(context: &PageContext) -> Vec<ViewerBadge> {
    let all = context.site.viewers.all();
    if all.len() == 1 {
        return Vec::new();
    }
    let mut badges: Vec<ViewerBadge> = all.iter().map(|viewer| ViewerBadge::of(viewer)).collect();
    let own = context.viewer().id.to_string();
    badges.sort_by_key(|badge| badge.id != own);
    badges
}

fn viewer_name(site: &AppState, ticket: &StoredTicket) -> String {
    let viewer = ticket.viewer.and_then(|id| site.viewers.get(id));
    viewer
        .filter(|_| site.viewers.all().len() > 1)
        .map_or(String::new(), |viewer| viewer.name.clone())
}

fn row(language: &'static Language, ticket: &StoredTicket, now: SystemTime) -> TicketRow {
    let since = |time: SystemTime| now.duration_since(time).unwrap_or_default();
    TicketRow {
        name: ticket.name.clone(),
        kind: match ticket.kind {
            TicketKind::Guest => language.text("common-guest-link").into(),
            TicketKind::Device | TicketKind::Owner => language.text("devices-player").into(),
        },
        covers: match Scope::from_text(&ticket.scope) {
            Some(Scope::Within(place, path)) if path.is_root() => place.to_string(),
            Some(Scope::Within(place, path)) => media::plain_title(&format!("{place}{path}")),
            Some(Scope::Several(paths)) => paths
                .iter()
                .map(|(place, path)| media::plain_title(&format!("{place}{path}")))
                .collect::<Vec<_>>()
                .join(", "),
            _ => language.text("devices-everything").into(),
        },
        used: match ticket.last_used_at {
            None => language.text("devices-never-used").into(),
            Some(used) => {
                let ago = language.ago(since(used));
                language.text("devices-used").with("when", ago).into()
            }
        },
        ends: match ticket.ends_at {
            None => String::new(),
            Some(ends_at) if ends_at <= now => language.text("common-expired").into(),
            Some(ends_at) => {
                let time = language.time(ends_at.into());
                language.text("devices-until").with("time", time).into()
            }
        },
        viewer: String::new(),
        revoke: String::new(),
    }
}

#[cfg(test)]
mod tests;
