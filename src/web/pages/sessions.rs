//! Where the owner is signed in, and the tokens of programs: seen, made, ended.

use std::time::SystemTime;

use askama::Template;
use axum::Form;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::layout::Layout;
use super::page_context::{NavItem, PageContext, render};
use crate::store::ApiToken;
use crate::web::AppState;
use crate::web::auth::{AuthError, Caller, PasswordState, TokenScope, session_id};
use crate::web::error::Problem;

/// `/sessions`
#[derive(Debug, Template)]
#[template(path = "sessions.html")]
pub struct SessionsPage {
    pub layout: Layout,
    pub sessions: Vec<SessionRow>,
    /// Where the form to end one posts to: `id`.
    pub end: String,
    /// Where the form to end all posts to.
    pub end_all: String,
    pub tokens: Vec<TokenRow>,
    /// Where the form to make a token posts to: `name` and `scope`.
    pub make: String,
    /// Where the form to withdraw one posts to: `id`.
    pub withdraw: String,
    /// A token that was just made: its name and its text, told this once.
    pub fresh: Option<FreshToken>,
    pub scopes: Vec<ScopeChoice>,
    /// The page where the password is changed; `None` where it stands in the configuration.
    pub password: Option<String>,
    /// Whether nobody needs to sign in.
    pub is_open: bool,
    /// What was wrong with the form, in a sentence.
    pub problem: Option<String>,
}

/// One browser.
#[derive(Debug)]
pub struct SessionRow {
    pub id: String,
    pub device: String,
    /// From where, and when it was last seen.
    pub detail: String,
    /// The one that is looking.
    pub is_this: bool,
}

/// One token.
#[derive(Debug)]
pub struct TokenRow {
    pub id: String,
    pub name: String,
    /// What it opens, and when it was last used.
    pub detail: String,
}

/// A token that was just made.
#[derive(Debug)]
pub struct FreshToken {
    pub name: String,
    pub text: String,
}

/// What a token can open.
#[derive(Debug)]
pub struct ScopeChoice {
    pub value: &'static str,
    pub label: &'static str,
}

/// Longest name of a token, in characters.
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

/// Sessions and tokens.
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    answer(&site, &headers, &caller, None, None).await
}

/// One session ends.
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

/// All sessions end, this one too.
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

/// A new token, shown once.
pub(in crate::web) async fn make_token(
    State(site): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Form(form): Form<TokenForm>,
) -> Response {
    let name = form.name.trim();
    let (Some(scope), true) = (TokenScope::parse(&form.scope), is_name(name)) else {
        let problem = "Give the token a name, so that you know it again.".to_owned();
        return answer(&site, &headers, &caller, None, Some(problem)).await;
    };
    match site.auth.make_token(name, scope).await {
        Ok(made) => answer(&site, &headers, &caller, Some(made), None).await,
        Err(refusal) => PageContext::new(&site, &headers).problem(&refusal.into()),
    }
}

/// A token that opens nothing any more.
pub(in crate::web) async fn revoke_token(
    State(site): State<AppState>,
    headers: HeaderMap,
    Form(form): Form<IdForm>,
) -> Response {
    back(&site, &headers, site.auth.revoke_token(&form.id).await)
}

/// Whether a token can be called that.
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
            // A token may stand on it.
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(problem) => context.problem(&problem),
    }
}

async fn page(
    context: &PageContext<'_>,
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
    Ok(SessionsPage {
        layout: context.layout("Sign-ins", NavItem::Sessions),
        sessions: sessions
            .map(|session| SessionRow {
                id: session_id(&session),
                is_this: Some(session.hash) == this,
                detail: format!(
                    "{}, last seen {}",
                    session.address,
                    moment(session.last_seen_at)
                ),
                device: session.device,
            })
            .collect(),
        end: local("/sessions/end"),
        end_all: local("/sessions/end-all"),
        tokens: tokens
            .map(|token| TokenRow {
                detail: format!(
                    "{}, {}",
                    TokenScope::parse(&token.scope).map_or("Opens nothing", label),
                    match token.last_used_at {
                        Some(used) => format!("last used {}", moment(used)),
                        None => "not used yet".to_owned(),
                    }
                ),
                id: token.id,
                name: token.name,
            })
            .collect(),
        make: local("/tokens"),
        withdraw: local("/tokens/withdraw"),
        fresh: fresh.map(|(token, text)| FreshToken {
            name: token.name,
            text: text.expose_secret().to_owned(),
        }),
        scopes: TokenScope::ALL
            .into_iter()
            .map(|scope| ScopeChoice {
                value: scope.as_str(),
                label: label(scope),
            })
            .collect(),
        password: (state != PasswordState::Configured).then(|| local("/password")),
        is_open: auth.is_open_to(headers),
        problem,
    })
}

fn label(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Watch => "Look and play",
        TokenScope::Change => "Change files and share, too",
        TokenScope::Everything => "Everything that you may do",
    }
}

/// To the minute, in the server's clock.
fn moment(time: SystemTime) -> String {
    DateTime::<Utc>::from(time)
        .format("%Y-%m-%d %H:%M UTC")
        .to_string()
}
