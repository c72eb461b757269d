//! Passing a film or a folder on to somebody who has no login.

use std::time::SystemTime;

use askama::Template;
use axum::Form;
use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Link;
use super::desk::{At, Desk};
use super::devices::Until;
use super::layout::Layout;
use super::ticket_card::TicketCard;
use crate::library::Freshness;
use crate::playback::ticket::Scope;
use crate::store::TicketKind;
use crate::web::Site;
use crate::web::address::read_location;
use crate::web::error::Problem;
use crate::web::tickets::{self, Wanted};
use media::{Entry, EntryKind, EntryPath, Place};

/// `/pass-on/{place}/{path}`
#[derive(Debug, Template)]
#[template(path = "guest_link.html")]
pub struct PassOnPage {
    pub layout: Layout,
    /// The folders above, and the film or folder itself.
    pub crumbs: Vec<Link>,
    /// Its name.
    pub title: String,
    /// Whether it is a folder, with all that is in it.
    pub is_folder: bool,
    /// Where the form posts to: `name`, `until`.
    pub action: String,
    /// The address that was made just now.
    pub made: Option<TicketCard>,
    /// Why none was made.
    pub problem: Option<String>,
    /// The list of all addresses.
    pub devices: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct PassOnForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    until: Until,
}

/// The form.
pub(in crate::web) async fn show(
    State(site): State<Site>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let page = find(&desk, uri.path())
        .await
        .map(|entry| page(&desk, &entry, None, None));
    desk.answer(page)
}

/// The address.
pub(in crate::web) async fn make(
    State(site): State<Site>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    Form(form): Form<PassOnForm>,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let entry = match find(&desk, uri.path()).await {
        Ok(entry) => entry,
        Err(problem) => return desk.problem(&problem),
    };
    let name = match form.name.trim() {
        "" => entry.name.clone(),
        name => name.to_owned(),
    };
    let wanted = Wanted {
        kind: TicketKind::Guest,
        name,
        scope: Scope::Within(entry.place.clone(), entry.path.clone()),
        ends_at: form.until.end(SystemTime::now()),
        prefers_hls: false,
    };
    match tickets::make(&site, wanted).await {
        Ok(made) => {
            let card = TicketCard::of(&desk, &made);
            desk.answer(Ok(page(&desk, &entry, Some(card), None)))
        }
        Err(problem) if problem.status.is_client_error() => {
            let sentence = problem.sentence().to_owned();
            let page = page(&desk, &entry, None, Some(sentence));
            (problem.status, desk.answer(Ok(page))).into_response()
        }
        Err(problem) => desk.problem(&problem),
    }
}

async fn find(desk: &Desk<'_>, address: &str) -> Result<Entry, Problem> {
    let location = address.strip_prefix("/pass-on/").unwrap_or_default();
    let (place, path): (Place, EntryPath) = read_location(location).ok_or(Problem::NOT_FOUND)?;
    let library = &desk.site.library;
    let entry = library.entry(&place, &path, Freshness::Cached).await?;
    Ok(Entry::clone(&entry))
}

fn page(
    desk: &Desk<'_>,
    entry: &Entry,
    made: Option<TicketCard>,
    problem: Option<String>,
) -> PassOnPage {
    let is_folder = entry.kind == EntryKind::Folder;
    let mut crumbs = desk.crumbs(&entry.place, &entry.path);
    crumbs.push(Link {
        label: entry.name.clone(),
        href: if is_folder {
            desk.browse(&entry.place, &entry.path)
        } else {
            desk.watch(entry)
        },
    });
    PassOnPage {
        layout: desk.layout("Pass on", At::Elsewhere),
        crumbs,
        title: entry.name.clone(),
        is_folder,
        action: desk.pass_on(&entry.place, &entry.path).unwrap_or_default(),
        made,
        problem,
        devices: desk.site.addresses.local("/devices"),
    }
}
