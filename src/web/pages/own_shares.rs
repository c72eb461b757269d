//! `/account/{drive}/shares`: the owner's own share links, to be copied, scanned and revoked.

use askama::Template;
use axum::extract::{OriginalUri, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::TextLink;
use super::drive_path::DrivePath;
use super::first_look::{FirstLook, without_content};
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use crate::web::api::own_shares::{page, revoke_share};
use crate::web::error::Problem;
use crate::web::locale::Language;
use crate::web::urls::encode_name;
use crate::web::{MaybeQuery, qr};
use drives::{OwnShare, OwnShareState};
use media::Place;

/// One page of links.
#[derive(Debug, Template)]
#[template(path = "own_shares.html")]
pub struct OwnSharesPage {
    pub layout: PageLayout,
    pub crumbs: Vec<TextLink>,
    pub shares: Vec<OwnShareRow>,
    pub next: Option<String>,
}

/// A share link of the owner.
#[derive(Debug, Clone)]
pub struct OwnShareRow {
    /// The names of the shared entries.
    pub title: String,
    pub url: String,
    /// A QR code of the URL; `None` if it is too long.
    pub qr: Option<String>,
    pub password: Option<String>,
    /// `Ends in 6 days`, `Never ends`, `Expired`.
    pub life: String,
    pub created: String,
    pub is_alive: bool,
    /// Action URL of the form that revokes it.
    pub revoke: String,
}

impl OwnShareRow {
    /// Returns the row of a link, as of `now`.
    pub fn of(context: &PageContext, place: &Place, share: &OwnShare, now: DateTime<Utc>) -> Self {
        let names: Vec<&str> = share.paths.iter().map(|path| path.name()).collect();
        let title = match names.as_slice() {
            [] => share.url.clone(),
            [one] => (*one).to_owned(),
            [first, rest @ ..] => context
                .text("own-shares-name-and-others")
                .with("name", first)
                .with("count", rest.len())
                .into(),
        };
        let local = |path: String| context.site.urls.local(&path);
        OwnShareRow {
            title,
            qr: qr::data_url(&share.url),
            url: share.url.clone(),
            password: share.password.clone(),
            life: life(context.language, share, now),
            created: share
                .created_at
                .map_or(String::new(), |time| context.language.day(time)),
            is_alive: share.state == OwnShareState::Alive,
            revoke: local(format!(
                "/account/{place}/shares/{}/cancel",
                encode_name(&share.id)
            )),
        }
    }
}

fn life(language: &'static Language, share: &OwnShare, now: DateTime<Utc>) -> String {
    let id = match (share.state, share.expires_at) {
        (OwnShareState::Expired, _) => "common-expired",
        (OwnShareState::Cancelled, _) => "own-shares-revoked",
        (OwnShareState::Refused, _) => "own-shares-refused",
        (OwnShareState::UsedUp, _) => "own-shares-used-up",
        (OwnShareState::Alive, None) => "own-shares-never-ends",
        (OwnShareState::Alive, Some(end)) if end <= now => "common-expired",
        (OwnShareState::Alive, Some(end)) => {
            let when = language.until(end - now);
            return language.text("own-shares-ends").with("when", when).into();
        }
    };
    language.text(id).into()
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct OwnSharesQuery {
    cursor: Option<String>,
}

/// Shows the list.
pub(in crate::web) async fn show(
    context: PageContext,
    DrivePath(place): DrivePath,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<OwnSharesQuery>,
) -> Response {
    let site = &context.site;
    let cursor = query.ok().and_then(|Query(query)| query.cursor);
    let look = FirstLook::of(&uri);
    let content = look.content(page(site, &place, cursor.as_deref())).await;
    let (shares, next) = match content {
        Ok(page) => page,
        Err(problem) => {
            let title = context.words("common-your-links");
            return without_content(&context, &look, &place, &title, &problem);
        }
    };
    let account = site.urls.local(&format!("/account/{place}"));
    let now = Utc::now();
    context.answer(Ok(OwnSharesPage {
        layout: context.layout(context.text("common-your-links"), NavItem::None),
        crumbs: vec![TextLink {
            label: place.to_string(),
            href: account.clone(),
        }],
        shares: shares
            .iter()
            .map(|share| OwnShareRow::of(&context, &place, share, now))
            .collect(),
        next: next.map(|cursor| format!("{account}/shares?cursor={}", encode_name(&cursor))),
    }))
}

/// Revokes a link, and redirects to the list.
pub(in crate::web) async fn revoke(
    context: PageContext,
    Path((drive, id)): Path<(String, String)>,
) -> Response {
    let site = &context.site;
    let Ok(place) = Place::parse(&drive) else {
        return context.problem(&Problem::NOT_FOUND);
    };
    match revoke_share(site, &place, &id).await {
        Ok(()) => {
            Redirect::to(&site.urls.local(&format!("/account/{place}/shares"))).into_response()
        }
        Err(problem) => context.problem_at(&problem, Some(&place)),
    }
}
