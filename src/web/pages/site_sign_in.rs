//! Sign-in on a site's own page: leads the browser there, and takes the code with which it comes back.

use std::time::SystemTime;

use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;

use super::page_context::PageContext;
use crate::web::error::Problem;
use crate::web::{AppState, MaybeQuery};
use media::Place;

/// The answer of a site's page (RFC 6749, section 4.1.2).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct ComeBackQuery {
    code: Option<SecretString>,
    state: String,
}

/// Leads to the page of the site on which the owner agrees.
pub(in crate::web) async fn begin(context: PageContext, Path(drive): Path<String>) -> Response {
    let site = &context.site;
    match page_of_site(site, context.headers(), &drive).await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(problem) => context.problem(&problem),
    }
}

/// Takes the code with which the site leads back.
pub(in crate::web) async fn come_back(
    context: PageContext,
    Path(drive): Path<String>,
    query: MaybeQuery<ComeBackQuery>,
) -> Response {
    let site = &context.site;
    let query = query.map(|Query(query)| query).unwrap_or_default();
    match signed_in(site, &drive, &query).await {
        Ok(place) => Redirect::to(&site.urls.account(&place)).into_response(),
        Err(problem) => context.problem(&problem),
    }
}

async fn page_of_site(
    site: &AppState,
    headers: &HeaderMap,
    drive: &str,
) -> Result<String, Problem> {
    let place = Place::parse(drive).map_err(|_| Problem::NOT_FOUND)?;
    let drive = site.library.drive(&place)?;
    let sign_in = drive.sign_in().ok_or(Problem::NOT_FOUND)?;
    let back = format!("{}/sign-in/callback", site.urls.account(&place));
    let back = format!("{}{back}", site.urls.origin(headers));
    let begun = site
        .authorizations
        .begin(&place, back, SystemTime::now())
        .await?;
    let url = begun.and_then(|begun| sign_in.authorization_url(&begun));
    url.ok_or(Problem::NOT_FOUND)
}

async fn signed_in(site: &AppState, drive: &str, query: &ComeBackQuery) -> Result<Place, Problem> {
    const UNKNOWN: Problem = Problem::bad_request(
        "This sign-in was not begun here, or takes too long. Begin it again on the account page.",
    );
    const REFUSED: Problem =
        Problem::bad_request("The site has not agreed to the sign-in. Begin it again.");
    let place = Place::parse(drive).map_err(|_| Problem::NOT_FOUND)?;
    let verifier = site
        .authorizations
        .take(&place, &query.state, SystemTime::now())
        .await?;
    let verifier = verifier.ok_or(UNKNOWN)?;
    let code = query.code.as_ref().ok_or(REFUSED)?;
    let drive = site.library.drive(&place)?;
    let sign_in = drive.sign_in().ok_or(Problem::NOT_FOUND)?;
    sign_in.with_authorization(code, &verifier).await?;
    site.library.invalidate_place(&place).await;
    Ok(place)
}
