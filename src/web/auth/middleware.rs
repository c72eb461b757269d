//! Authentication middleware per route group: pages redirect to the sign-in, the API answers 401, and a
//! token must have the scope that the route requires.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::scope::required_scope;
use super::{AuthError, Caller, hosts};
use crate::web::AppState;
use crate::web::client::ClientInfo;
use crate::web::error::Problem;
use crate::web::pages::page_context::PageContext;
use crate::web::urls::encode_name;

/// The reply to a request for an unknown host, or through a proxy, if the server has no password.
const FOREIGN_HOST: Problem = Problem {
    status: StatusCode::MISDIRECTED_REQUEST,
    ..Problem::bad_request(
        "Without a password this server answers at 127.0.0.1 and localhost only, and to no proxy. To use it under another name, \
         set auth.password, or public_url to that name.",
    )
};

/// The reply to a token with too narrow a scope.
const NARROW_TOKEN: Problem = Problem {
    sentence: Some("This API token does not open that."),
    ..Problem::FORBIDDEN
};

impl From<AuthError> for Problem {
    fn from(refusal: AuthError) -> Self {
        match refusal {
            AuthError::Wrong => Problem::UNAUTHORIZED,
            AuthError::Wait(wait) => Problem {
                retry_after: Some(wait),
                ..Problem::TOO_MANY_ATTEMPTS
            },
            AuthError::Failed => Problem::INTERNAL,
            AuthError::NotStored(fault) => fault.into(),
        }
    }
}

/// Redirects to the login page if the caller is not signed in; the login returns to the requested page.
pub(in crate::web) async fn require_owner(
    State(site): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let problem = match authenticate_request(&site, &mut request).await {
        Ok(true) => return next.run(request).await,
        Ok(false) => return to_the_login(&site, &request),
        Err(problem) => problem,
    };
    PageContext::new(&site, request.headers()).problem(&problem)
}

/// Answers 401 without an API token; a signed-in browser may call the API too.
pub(in crate::web) async fn require_api_token(
    State(site): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    match authenticate_request(&site, &mut request).await {
        Ok(true) => next.run(request).await,
        Ok(false) => unauthorized(),
        Err(problem) => problem.into_response(),
    }
}

/// Answers 401 to clients on other machines without a token; a program on this machine needs none.
pub(in crate::web) async fn require_operator_key(
    State(site): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = ClientInfo::of(&request);
    let is_here = client.ip.is_loopback() && !hosts::is_forwarded(request.headers());
    if is_here {
        return next.run(request).await;
    }
    match authenticate_request(&site, &mut request).await {
        Ok(true) => next.run(request).await,
        Ok(false) => unauthorized(),
        Err(problem) => problem.into_response(),
    }
}

/// Authenticates the caller and attaches it to the request. Returns false for strangers.
async fn authenticate_request(site: &AppState, request: &mut Request) -> Result<bool, Problem> {
    if !site.auth.answers_to(request.headers()) {
        return Err(FOREIGN_HOST);
    }
    let client = ClientInfo::of(request);
    let caller: Option<Caller> = site.auth.authenticate(request.headers(), client).await?;
    let Some(caller) = caller else {
        return Ok(false);
    };
    let pattern = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", |path| path.as_str());
    if !caller.may(required_scope(request.method(), pattern)) {
        return Err(NARROW_TOKEN);
    }
    request.extensions_mut().insert(caller);
    Ok(true)
}

fn unauthorized() -> Response {
    let mut response = Problem::UNAUTHORIZED.into_response();
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer realm=\"Drive-In\""),
    );
    response
}

fn to_the_login(site: &AppState, request: &Request) -> Response {
    let wanted = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let login = format!("{}?next={}", site.urls.local("/login"), encode_name(wanted));
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (no_store, Redirect::to(&login)).into_response()
}
