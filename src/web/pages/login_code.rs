//! The second step of the sign-in: a code of the authenticator app, or a recovery code.

use askama::Template;
use axum::Form;
use axum::extract::{Extension, Query};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;

use super::layout::PageLayout;
use super::login::{LoginQuery, destination, refusal_words, step, with_wait};
use super::page_context::{PageContext, render};
use crate::web::MaybeQuery;
use crate::web::client::ClientInfo;

/// `/login/code`
#[derive(Debug, Template)]
#[template(path = "login_code.html")]
pub struct SignInCodePage {
    pub layout: PageLayout,
    /// Action URL of the form: `code` and `next`.
    pub action: String,
    /// The URL to return to.
    pub next: String,
    /// The page that begins the sign-in again.
    pub login: String,
    /// A sentence about the failure of the last attempt.
    pub problem: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct SignInCodeForm {
    code: SecretString,
    #[serde(default)]
    next: String,
}

/// Shows the form after the right password; other visitors are redirected to the first step.
pub(in crate::web) async fn show(context: PageContext, query: MaybeQuery<LoginQuery>) -> Response {
    let site = &context.site;
    let next = query.map(|Query(query)| query.next).unwrap_or_default();
    if !site.auth.waits_for_code(context.headers()) {
        return Redirect::to(&step(site, "/login", &next)).into_response();
    }
    render(StatusCode::OK, &page(&context, next, None))
}

/// Signs in, or shows the form again.
pub(in crate::web) async fn sign_in(
    context: PageContext,
    Extension(client): Extension<ClientInfo>,
    Form(form): Form<SignInCodeForm>,
) -> Response {
    let site = &context.site;
    if !site.auth.waits_for_code(context.headers()) {
        return Redirect::to(&step(site, "/login", &form.next)).into_response();
    }
    let signed_in = site
        .auth
        .sign_in_with_code(&form.code, client, context.headers());
    let refusal = match signed_in.await {
        Ok(cookies) => {
            let cookies = cookies.map(|cookie| (header::SET_COOKIE, cookie));
            let to = Redirect::to(&destination(site, &form.next));
            return (AppendHeaders(cookies), to).into_response();
        }
        Err(refusal) => refusal,
    };
    match refusal_words(&context, &refusal) {
        Some((status, words)) => {
            let page = page(&context, form.next, Some(words));
            with_wait(render(status, &page), &refusal)
        }
        None => context.problem(&refusal.into()),
    }
}

fn page(context: &PageContext, next: String, problem: Option<String>) -> SignInCodePage {
    SignInCodePage {
        layout: PageLayout {
            title: context.words("account-sign-in"),
            ..context.bare_layout()
        },
        action: context.site.urls.local("/login/code"),
        login: step(&context.site, "/login", &next),
        next,
        problem,
    }
}
