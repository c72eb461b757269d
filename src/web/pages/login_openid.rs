//! The sign-in with an OpenID provider: leads the browser to its page, and takes the answer with which it comes back.

use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};

use super::login::{LoginQuery, answer, destination};
use super::page_context::PageContext;
use crate::web::auth::{OpenIdAnswer, OpenIdError};
use crate::web::client::ClientInfo;
use crate::web::error::Problem;
use crate::web::{AppState, MaybeQuery};

/// Leads to the page of the provider.
pub(in crate::web) async fn begin(
    State(site): State<AppState>,
    Extension(client): Extension<ClientInfo>,
    query: MaybeQuery<LoginQuery>,
    headers: HeaderMap,
) -> Response {
    let next = query.map(|Query(query)| query.next).unwrap_or_default();
    let back = callback(&site, &headers);
    match site.auth.begin_openid(&back, &next, client).await {
        Ok((url, cookie)) => ([(header::SET_COOKIE, cookie)], Redirect::to(&url)).into_response(),
        Err(refusal) => refused(&site, &headers, next, refusal).await,
    }
}

/// Takes the answer of the provider, and begins a session.
pub(in crate::web) async fn come_back(
    State(site): State<AppState>,
    Extension(client): Extension<ClientInfo>,
    query: MaybeQuery<OpenIdAnswer>,
    headers: HeaderMap,
) -> Response {
    let given = query.map(|Query(query)| query).unwrap_or_default();
    let back = callback(&site, &headers);
    let finished = site
        .auth
        .finish_openid(&back, &given, client, &headers, &site.viewers);
    match finished.await {
        Ok((cookies, next)) => {
            let cookies = cookies.map(|cookie| (header::SET_COOKIE, cookie));
            let to = Redirect::to(&destination(&site, &next));
            (AppendHeaders(cookies), to).into_response()
        }
        Err(refusal) => refused(&site, &headers, String::new(), refusal).await,
    }
}

/// Returns the absolute URL to which the provider leads back. It is registered there.
fn callback(site: &AppState, headers: &HeaderMap) -> String {
    let path = site.urls.local("/login/openid/callback");
    format!("{}{path}", site.urls.origin(headers))
}

async fn refused(
    site: &AppState,
    headers: &HeaderMap,
    next: String,
    refusal: OpenIdError,
) -> Response {
    let context = PageContext::new(site, headers);
    let id = match refusal {
        OpenIdError::NotConfigured => return context.problem(&Problem::NOT_FOUND),
        OpenIdError::Refused(refusal) => return answer(&context, next, refusal).await,
        OpenIdError::NotBegun => "openid-not-begun",
        OpenIdError::Unreachable => "openid-unreachable",
        OpenIdError::Declined => "openid-declined",
        OpenIdError::Unverified => "openid-unverified",
        OpenIdError::NotAllowed => "openid-not-allowed",
        OpenIdError::UnverifiedEmail => "openid-unverified-email",
    };
    let words = context.words(id);
    let page = super::login::page(&context, next, Some(words)).await;
    super::page_context::render(StatusCode::FORBIDDEN, &page)
}
