//! The owner's sessions, and API tokens: lists, makes and revokes them.

use std::time::SystemTime;

use askama::Template;
use axum::Form;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext, render};
use crate::store::ApiToken;
use crate::web::AppState;
use crate::web::auth::{
    AuthError, Caller, PasswordState, SecondFactorState, TokenScope, session_id,
};
use crate::web::error::Problem;
use crate::web::locale::Language;

/// `/sessions`
#[derive(Debug, Template)]
#[template(path = "sessions.html")]
pub struct SessionsPage {
    pub layout: PageLayout,
    pub sessions: Vec<SessionRow>,
    /// Action URL of the form that revokes one session: `id`.
    pub end: String,
    /// Action URL of the form that revokes all sessions.
    pub end_all: String,
    pub tokens: Vec<TokenRow>,
    /// Action URL of the form that makes a token: `name` and `scope`.
    pub make: String,
    /// Action URL of the form that revokes a token: `id`.
    pub revoke: String,
    /// A token that was just made, with its text, which is shown this once.
    pub fresh: Option<FreshToken>,
    pub scopes: Vec<ScopeChoice>,
    /// The page of the viewers.
    pub viewers: String,
    /// The page where the password is changed; `None` if it is set in the configuration.
    pub password: Option<String>,
    /// The page of the second factor; `None` if none is offered.
    pub second_factor: Option<String>,
    /// True if signing in requires a code beside the password.
    pub needs_code: bool,
    /// The page of the passkeys; `None` if none are offered.
    pub passkeys: Option<String>,
    /// True if no sign-in is needed.
    pub is_open: bool,
    /// A sentence about a mistake in the form.
    pub problem: Option<String>,
}

/// One session.
#[derive(Debug)]
pub struct SessionRow {
    pub id: String,
    pub device: String,
    /// The IP, and the time of last use.
    pub detail: String,
    /// True for the session of this request.
    pub is_this: bool,
}

/// One token.
#[derive(Debug)]
pub struct TokenRow {
    pub id: String,
    pub name: String,
    /// The scope, and the time of last use.
    pub detail: String,
}

/// A token that was just made.
#[derive(Debug)]
pub struct FreshToken {
    pub name: String,
    pub text: String,
}

/// A scope to choose.
#[derive(Debug)]
pub struct ScopeChoice {
    pub value: &'static str,
    pub label: String,
}

/// Maximum length of a token's name, in characters.
pub(in crate::web) const MAX_NAME_CHARS: usize = 80;

#[derive(Deserialize)]
pub(in crate::web) struct IdForm {
    id: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct TokenForm {
    name: String,
    scope: String,
}

/// Shows sessions and tokens.
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    answer(&site, &headers, &caller, None, None).await
}

/// Revokes one session.
pub(in crate::web) async fn revoke(
    State(site): State<AppState>,
    headers: HeaderMap,
    Form(form): Form<IdForm>,
) -> Response {
    back(
        &site,
        &headers,
        site.auth.revoke_session_by_id(&form.id).await,
    )
}

/// Revokes all sessions, including this one.
pub(in crate::web) async fn revoke_all(
    State(site): State<AppState>,
    headers: HeaderMap,
) -> Response {
    back(
        &site,
        &headers,
        site.auth.revoke_all_sessions().await.map(|()| true),
    )
}

/// Makes a token, and shows it once.
pub(in crate::web) async fn make_token(
    State(site): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Form(form): Form<TokenForm>,
) -> Response {
    let name = form.name.trim();
    let (Some(scope), true) = (TokenScope::parse(&form.scope), is_name(name)) else {
        let problem = Language::of(&headers)
            .text("sessions-name-the-token")
            .into();
        return answer(&site, &headers, &caller, None, Some(problem)).await;
    };
    match site.auth.make_token(name, scope, None).await {
        Ok(made) => answer(&site, &headers, &caller, Some(made), None).await,
        Err(refusal) => PageContext::new(&site, &headers).problem(&refusal.into()),
    }
}

/// Revokes a token.
pub(in crate::web) async fn revoke_token(
    State(site): State<AppState>,
    headers: HeaderMap,
    Form(form): Form<IdForm>,
) -> Response {
    back(&site, &headers, site.auth.revoke_token(&form.id).await)
}

/// Returns true if a token can have this name.
pub(in crate::web) fn is_name(name: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}

fn back(site: &AppState, headers: &HeaderMap, done: Result<bool, AuthError>) -> Response {
    match done {
        Ok(_) => Redirect::to(&site.urls.local("/sessions")).into_response(),
        Err(refusal) => PageContext::new(site, headers).problem(&refusal.into()),
    }
}

async fn answer(
    site: &AppState,
    headers: &HeaderMap,
    caller: &Caller,
    fresh: Option<(ApiToken, SecretString)>,
    problem: Option<String>,
) -> Response {
    let context = PageContext::new(site, headers);
    let status = match problem {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    match page(&context, headers, caller, fresh, problem).await {
        Ok(page) => {
            let mut response = render(status, &page);
            // The page may contain a token.
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(problem) => context.problem(&problem),
    }
}

async fn page(
    context: &PageContext,
    headers: &HeaderMap,
    caller: &Caller,
    fresh: Option<(ApiToken, SecretString)>,
    problem: Option<String>,
) -> Result<SessionsPage, Problem> {
    let auth = &context.site.auth;
    let local = |path: &str| context.site.urls.local(path);
    let this = match caller {
        Caller::Session(session) => Some(session.hash),
        _ => None,
    };
    let sessions = auth.sessions().await?.into_iter();
    let tokens = auth.api_tokens().await?.into_iter();
    let state = auth.password_state();
    let second_factor = auth.second_factor_state();
    Ok(SessionsPage {
        layout: context.layout(context.text("nav-sessions"), NavItem::Sessions),
        sessions: sessions
            .map(|session| SessionRow {
                id: session_id(&session),
                is_this: Some(session.hash) == this,
                detail: context
                    .text("sessions-last-seen")
                    .with("address", &session.address)
                    .with("time", context.language.time(session.last_seen_at.into()))
                    .into(),
                device: session.device,
            })
            .collect(),
        end: local("/sessions/end"),
        end_all: local("/sessions/end-all"),
        tokens: tokens
            .map(|token| TokenRow {
                detail: format!(
                    "{}, {}",
                    context
                        .text(TokenScope::parse(&token.scope).map_or("sessions-no-access", label)),
                    last_use(context, token.last_used_at)
                ),
                id: token.id,
                name: token.name,
            })
            .collect(),
        make: local("/tokens"),
        revoke: local("/tokens/withdraw"),
        fresh: fresh.map(|(token, text)| FreshToken {
            name: token.name,
            text: text.expose_secret().to_owned(),
        }),
        scopes: TokenScope::ALL
            .into_iter()
            .map(|scope| ScopeChoice {
                value: scope.as_str(),
                label: context.words(label(scope)),
            })
            .collect(),
        viewers: local("/viewers"),
        password: (state != PasswordState::Configured).then(|| local("/password")),
        second_factor: (second_factor != SecondFactorState::NotOffered)
            .then(|| local("/sessions/second-factor")),
        needs_code: second_factor == SecondFactorState::On,
        passkeys: auth.offers_passkeys().then(|| local("/sessions/passkeys")),
        is_open: auth.is_open_to(headers),
        problem,
    })
}

/// Returns the id of the name of a scope.
fn label(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Watch => "sessions-read-only",
        TokenScope::Change => "sessions-read-and-write",
        TokenScope::Everything => "sessions-full-access",
    }
}

/// Returns the time of the last use of a token or a passkey.
pub(super) fn last_use(context: &PageContext, used_at: Option<SystemTime>) -> String {
    match used_at {
        None => context.words("sessions-not-used-yet"),
        Some(used_at) => {
            let time = context.language.time(used_at.into());
            context.text("sessions-last-used").with("time", time).into()
        }
    }
}
