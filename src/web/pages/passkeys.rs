//! Passkeys: the page on which the owner adds, names and removes them, and the sign-in with one.

use askama::Template;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::layout::PageLayout;
use super::login::destination;
use super::page_context::{NavItem, PageContext};
use super::sessions::{is_name, last_use};
use crate::web::AppState;
use crate::web::api::passkeys::{NO_NAME, OBSTACLE, options_reply, passkey_site};
use crate::web::auth::PasswordState;
use crate::web::client::ClientInfo;
use crate::web::error::Problem;

/// `/sessions/passkeys`
#[derive(Debug, Template)]
#[template(path = "passkeys.html")]
pub struct PasskeysPage {
    pub layout: PageLayout,
    pub passkeys: Vec<PasskeyRow>,
    /// True if browsers offer passkeys at this origin.
    pub is_possible: bool,
    /// The reason why none can be added.
    pub obstacle: String,
    /// True if the password is required to add one.
    pub asks_password: bool,
    /// True if a code is required beside it.
    pub asks_code: bool,
    /// The API's URL that begins to add one.
    pub begin: String,
    /// The API's URL for the browser's answer.
    pub finish: String,
    /// This page.
    pub here: String,
    /// Action URL of the form that changes one: `id`, `name` and `act`.
    pub change: String,
    /// The page of the sessions.
    pub back: String,
}

/// One passkey.
#[derive(Debug)]
pub struct PasskeyRow {
    pub id: String,
    pub name: String,
    /// The times of creation and of last use.
    pub detail: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct UsedPasskey {
    #[serde(default)]
    next: String,
    credential: Value,
}

#[derive(Deserialize)]
pub(in crate::web) struct PasskeyForm {
    id: String,
    #[serde(default)]
    name: String,
    act: PasskeyChange,
}

/// A change of a passkey.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PasskeyChange {
    Rename,
    Remove,
}

/// The page that shows passkeys.
const PAGE: &str = "/sessions/passkeys";

/// Shows all passkeys.
pub(in crate::web) async fn show(context: PageContext) -> Response {
    let site = &context.site;
    if !site.auth.offers_passkeys() {
        return context.problem(&Problem::NOT_FOUND);
    }
    context.answer(page(&context).await)
}

/// Renames or removes one.
pub(in crate::web) async fn change(
    context: PageContext,
    Form(form): Form<PasskeyForm>,
) -> Response {
    let site = &context.site;
    let name = form.name.trim();
    let changed = match form.act {
        PasskeyChange::Rename if !is_name(name) => return context.problem(&NO_NAME),
        PasskeyChange::Rename => site.auth.rename_passkey(&form.id, name).await,
        PasskeyChange::Remove => site.auth.remove_passkey(&form.id).await,
    };
    match changed {
        Ok(_) => Redirect::to(&site.urls.local(PAGE)).into_response(),
        Err(refusal) => context.problem(&refusal.into()),
    }
}

/// Answers the browser with the options of a sign-in.
pub(in crate::web) async fn ask(
    State(site): State<AppState>,
    Extension(client): Extension<ClientInfo>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let passkey_site = passkey_site(&site, &headers)?;
    let (options, cookie) = site.auth.ask_for_passkey(&passkey_site, client)?;
    Ok(options_reply(options, cookie))
}

/// Signs in.
pub(in crate::web) async fn sign_in(
    State(site): State<AppState>,
    Extension(client): Extension<ClientInfo>,
    headers: HeaderMap,
    Json(used): Json<UsedPasskey>,
) -> Result<Response, Problem> {
    let passkey_site = passkey_site(&site, &headers)?;
    let answer = used.credential.to_string();
    let signed_in =
        site.auth
            .sign_in_with_passkey(&passkey_site, answer.as_bytes(), client, &headers);
    let cookies = signed_in.await?.map(|cookie| (header::SET_COOKIE, cookie));
    let to = destination(&site, &used.next);
    Ok((AppendHeaders(cookies), Json(json!({ "to": to }))).into_response())
}

async fn page(context: &PageContext) -> Result<PasskeysPage, Problem> {
    let auth = &context.site.auth;
    let local = |path: &str| context.site.urls.local(path);
    let passkeys = auth.passkeys().await?.into_iter();
    let state = auth.password_state();
    Ok(PasskeysPage {
        layout: context.layout(context.text("common-passkeys"), NavItem::Sessions),
        passkeys: passkeys
            .map(|passkey| PasskeyRow {
                detail: context
                    .text("passkeys-added")
                    .with("time", context.language.time(passkey.created_at.into()))
                    .with("use", last_use(context, passkey.last_used_at))
                    .into(),
                id: passkey.id,
                name: passkey.name,
            })
            .collect(),
        is_possible: passkey_site(&context.site, context.headers()).is_ok(),
        obstacle: context.language.sentence(OBSTACLE).into_owned(),
        asks_password: matches!(state, PasswordState::Chosen | PasswordState::Configured),
        asks_code: auth.needs_code(),
        begin: local("/api/v1/passkeys/begin"),
        finish: local("/api/v1/passkeys"),
        here: local(PAGE),
        change: local("/sessions/passkeys/change"),
        back: local("/sessions"),
    })
}
