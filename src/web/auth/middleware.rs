//! Authentication middleware per route group: pages redirect to the sign-in, the API answers 401, and a
//! token must have the scope that the route requires.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::scope::required_scope;
use super::viewer_choice::{self, CHOICE, ViewerRefusal};
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

/// The reply to a password alone where a second factor is on.
const NEEDS_CODE: Problem = Problem {
    sentence: Some(
        "The password needs a code of the authenticator app beside it. Sign in with Quick Connect, or with a token of the page Sessions or \
         Devices.",
    ),
    ..Problem::UNAUTHORIZED
};

/// The reply to a browser that calls the API before a viewer was chosen.
const NO_CHOICE: Problem = Problem {
    sentence: Some("Choose who is watching first, on the pages of this server."),
    ..Problem::FORBIDDEN
};

impl From<AuthError> for Problem {
    fn from(refusal: AuthError) -> Self {
        match refusal {
            AuthError::Wrong | AuthError::WrongCode => Problem::UNAUTHORIZED,
            AuthError::NeedsCode => NEEDS_CODE,
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
        Ok(RequestAccess::Granted) => return next.run(request).await,
        Ok(RequestAccess::Stranger) => return to_a_page(&site, &request, "/login"),
        Ok(RequestAccess::WithoutViewer) => return to_a_page(&site, &request, CHOICE),
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
        Ok(RequestAccess::Granted) => next.run(request).await,
        Ok(RequestAccess::Stranger) => unauthorized(),
        Ok(RequestAccess::WithoutViewer) => NO_CHOICE.into_response(),
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
        Ok(RequestAccess::Granted | RequestAccess::WithoutViewer) => next.run(request).await,
        Ok(RequestAccess::Stranger) => unauthorized(),
        Err(problem) => problem.into_response(),
    }
}

/// The outcome of authentication.
enum RequestAccess {
    /// The caller may go on.
    Granted,
    /// The caller is not authenticated.
    Stranger,
    /// The browser has to choose a viewer first.
    WithoutViewer,
}

/// Authenticates the caller, and attaches it and its viewer to the request.
async fn authenticate_request(
    site: &AppState,
    request: &mut Request,
) -> Result<RequestAccess, Problem> {
    if !site.auth.answers_to(request.headers()) {
        return Err(FOREIGN_HOST);
    }
    let client = ClientInfo::of(request);
    let caller: Option<Caller> = site.auth.authenticate(request.headers(), client).await?;
    let Some(caller) = caller else {
        return Ok(RequestAccess::Stranger);
    };
    let pattern = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", |path| path.as_str());
    if !caller.may(required_scope(request.method(), pattern)) {
        return Err(NARROW_TOKEN);
    }
    let assigned = viewer_choice::assign(&site.auth, &site.viewers, &caller, request);
    request.extensions_mut().insert(caller);
    match assigned {
        Ok(()) => Ok(RequestAccess::Granted),
        Err(ViewerRefusal::Choose) => Ok(RequestAccess::WithoutViewer),
        Err(ViewerRefusal::Refused(problem)) => Err(problem),
    }
}

fn unauthorized() -> Response {
    let mut response = Problem::UNAUTHORIZED.into_response();
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer realm=\"Drive-In\""),
    );
    response
}

/// Redirects to a page that leads back here.
fn to_a_page(site: &AppState, request: &Request, page: &str) -> Response {
    let wanted = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let login = format!("{}?next={}", site.urls.local(page), encode_name(wanted));
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (no_store, Redirect::to(&login)).into_response()
}
