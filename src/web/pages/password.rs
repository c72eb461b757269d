//! Sets the owner's password: after the set-up code, or to change it.

use askama::Template;
use axum::Form;
use axum::extract::{Extension, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::layout::PageLayout;
use super::login::{LoginQuery, destination};
use super::page_context::{NavItem, PageContext, render};
use crate::web::MaybeQuery;
use crate::web::auth::{AuthError, MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, PasswordState};
use crate::web::client::ClientInfo;
use crate::web::error::Problem;

/// `/password`
#[derive(Debug, Template)]
#[template(path = "password.html")]
pub struct PasswordPage {
    pub layout: PageLayout,
    /// Action URL of the form: `current`, `chosen`, `again` and `next`.
    pub action: String,
    /// The URL to return to.
    pub next: String,
    /// True if the password is set in the configuration, and must be changed there.
    pub is_configured: bool,
    /// True if the current password is required.
    pub asks_current: bool,
    /// The minimum number of characters.
    pub shortest: usize,
    /// A sentence about the failure of the last attempt.
    pub problem: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct PasswordForm {
    #[serde(default)]
    current: SecretString,
    chosen: SecretString,
    again: SecretString,
    #[serde(default)]
    next: String,
}

/// Shows the form.
pub(in crate::web) async fn show(context: PageContext, query: MaybeQuery<LoginQuery>) -> Response {
    let next = query.map(|Query(query)| query.next).unwrap_or_default();
    render(StatusCode::OK, &page(&context, next, None))
}

/// Sets the password; every other browser is signed out.
pub(in crate::web) async fn set(
    context: PageContext,
    Extension(client): Extension<ClientInfo>,
    Form(form): Form<PasswordForm>,
) -> Response {
    let site = &context.site;
    let again = |status: StatusCode, problem: String| {
        render(status, &page(&context, form.next.clone(), Some(problem)))
    };
    let chosen = form.chosen.expose_secret();
    if chosen.chars().count() < MIN_PASSWORD_CHARS {
        let text = context.text("password-too-short");
        let problem = text.with("count", MIN_PASSWORD_CHARS).to_string();
        return again(StatusCode::BAD_REQUEST, problem);
    }
    if chosen.len() > MAX_PASSWORD_BYTES {
        let problem = context.words("password-too-long");
        return again(StatusCode::BAD_REQUEST, problem);
    }
    if chosen != form.again.expose_secret() {
        let problem = context.words("password-not-the-same");
        return again(StatusCode::BAD_REQUEST, problem);
    }
    if site.auth.password_state() == PasswordState::Configured {
        return context.problem(&Problem::bad_request(
            "The password stands in the configuration, and is changed there.",
        ));
    }
    let change = site.auth.choose_password(
        &form.current,
        form.chosen.clone(),
        client,
        context.headers(),
    );
    match change.await {
        Ok(cookie) => (
            [(header::SET_COOKIE, cookie)],
            Redirect::to(&destination(site, &form.next)),
        )
            .into_response(),
        Err(AuthError::Wrong) => again(
            StatusCode::FORBIDDEN,
            context.words("password-present-is-wrong"),
        ),
        Err(refusal) => context.problem(&refusal.into()),
    }
}

fn page(context: &PageContext, next: String, problem: Option<String>) -> PasswordPage {
    let state = context.site.auth.password_state();
    PasswordPage {
        layout: context.layout(context.text("common-password"), NavItem::Sessions),
        action: context.site.urls.local("/password"),
        next,
        is_configured: state == PasswordState::Configured,
        asks_current: state == PasswordState::Chosen,
        shortest: MIN_PASSWORD_CHARS,
        problem,
    }
}
