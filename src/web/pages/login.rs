//! The first step of the sign-in, with a password or, the first time, with the set-up code that the server printed.

use askama::Template;
use axum::Form;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;

use super::TextLink;
use super::layout::PageLayout;
use super::page_context::{PageContext, render};
use crate::web::auth::{AuthError, Caller, PasskeySite, PasswordAccepted, PasswordState};
use crate::web::client::ClientInfo;
use crate::web::urls::encode_name;
use crate::web::{AppState, MaybeQuery};

/// `/login`
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub struct SignInPage {
    pub layout: PageLayout,
    /// Action URL of the form: `password` and `next`.
    pub action: String,
    /// The URL to return to.
    pub next: String,
    /// True if the one-time code from the server's log is required instead of a password.
    pub set_up: bool,
    /// True if the code was used, and no input would be accepted.
    pub is_used_up: bool,
    /// The sign-in with a passkey, if there is one.
    pub passkey: Option<PasskeyButton>,
    /// The sign-in with an OpenID provider, if there is one.
    pub openid: Option<TextLink>,
    /// A sentence about the failure of the last attempt.
    pub problem: Option<String>,
}

/// The URLs of a sign-in with a passkey.
#[derive(Debug)]
pub struct PasskeyButton {
    /// The URL of the options for the browser.
    pub begin: String,
    /// The URL for its answer.
    pub finish: String,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct LoginQuery {
    #[serde(default)]
    pub next: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct LoginForm {
    password: SecretString,
    #[serde(default)]
    next: String,
}

/// Shows the form. A signed-in owner is redirected.
pub(in crate::web) async fn show(
    context: PageContext,
    Extension(client): Extension<ClientInfo>,
    query: MaybeQuery<LoginQuery>,
) -> Response {
    let (site, headers) = (&context.site, context.headers());
    let next = query.map(|Query(query)| query.next).unwrap_or_default();
    let is_in = site.auth.is_open_to(headers)
        || match site.auth.authenticate(headers, client).await {
            // A session without a password yet gets the explanation instead.
            Ok(Some(Caller::Session(_))) => site.auth.password_state() != PasswordState::CodeUsed,
            Ok(_) => false,
            Err(refusal) => return context.problem(&refusal.into()),
        };
    if is_in {
        return Redirect::to(&destination(site, &next)).into_response();
    }
    render(StatusCode::OK, &page(&context, next, None).await)
}

/// Signs in, or shows the form again. After the set-up code, the owner sets a password next.
pub(in crate::web) async fn sign_in(
    State(site): State<AppState>,
    Extension(client): Extension<ClientInfo>,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> Response {
    let refusal = match site.auth.sign_in(&form.password, client, &headers).await {
        Ok(PasswordAccepted::Session(cookie)) => {
            let to = match site.auth.password_state() {
                PasswordState::CodeUsed => {
                    let next = encode_name(&form.next);
                    site.urls.local(&format!("/password?next={next}"))
                }
                _ => destination(&site, &form.next),
            };
            return ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response();
        }
        Ok(PasswordAccepted::Code(cookie)) => {
            let to = step(&site, "/login/code", &form.next);
            return ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response();
        }
        Err(refusal) => refusal,
    };
    answer(&PageContext::new(&site, &headers), form.next, refusal).await
}

/// Shows the form again after a refusal, or the failure.
pub(super) async fn answer(context: &PageContext, next: String, refusal: AuthError) -> Response {
    match refusal_words(context, &refusal) {
        Some((status, words)) => {
            let page = page(context, next, Some(words)).await;
            with_wait(render(status, &page), &refusal)
        }
        None => context.problem(&refusal.into()),
    }
}

/// Returns the status and the sentence that a form shows after a refusal; `None` for a failure of the server.
pub(super) fn refusal_words(
    context: &PageContext,
    refusal: &AuthError,
) -> Option<(StatusCode, String)> {
    let words = match refusal {
        AuthError::Wrong | AuthError::NeedsCode => context.words("login-wrong"),
        AuthError::WrongCode => context.words("login-wrong-code"),
        AuthError::Wait(wait) => {
            let words = context.text("login-too-many-attempts");
            let words = words.with("seconds", wait.as_secs() + 1);
            return Some((StatusCode::TOO_MANY_REQUESTS, words.into()));
        }
        AuthError::Failed | AuthError::NotStored(_) => return None,
    };
    Some((StatusCode::FORBIDDEN, words))
}

/// Adds `Retry-After` to the reply to too many attempts.
pub(super) fn with_wait(mut response: Response, refusal: &AuthError) -> Response {
    if let AuthError::Wait(wait) = refusal {
        let seconds = wait.as_secs() + 1;
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// Signs out.
pub(in crate::web) async fn sign_out(
    State(site): State<AppState>,
    Extension(client): Extension<ClientInfo>,
    headers: HeaderMap,
) -> Response {
    match site.auth.sign_out(&headers, client).await {
        Ok(cookie) => {
            let viewer = site.auth.forget_viewer(client);
            let cookies = [(header::SET_COOKIE, cookie), (header::SET_COOKIE, viewer)];
            let login = Redirect::to(&site.urls.local("/login"));
            (AppendHeaders(cookies), login).into_response()
        }
        Err(refusal) => PageContext::new(&site, &headers).problem(&refusal.into()),
    }
}

pub(super) async fn page(
    context: &PageContext,
    next: String,
    problem: Option<String>,
) -> SignInPage {
    let state = context.site.auth.password_state();
    let openid = context.site.auth.openid_name().map(|name| TextLink {
        label: context
            .text("login-with-provider")
            .with("name", name)
            .into(),
        href: step(&context.site, "/login/openid", &next),
    });
    let passkey = passkey_button(context).await;
    SignInPage {
        passkey,
        openid,
        layout: PageLayout {
            title: context.words("account-sign-in"),
            ..context.bare_layout()
        },
        action: context.site.urls.local("/login"),
        next,
        set_up: state == PasswordState::CodeWaits,
        is_used_up: state == PasswordState::CodeUsed,
        problem,
    }
}

/// Returns the URL of a step of the sign-in that leads back to a page.
pub(super) fn step(site: &AppState, path: &str, next: &str) -> String {
    format!("{}?next={}", site.urls.local(path), encode_name(next))
}

/// Returns the sign-in with a passkey; `None` if there are none, or browsers offer none at this origin.
async fn passkey_button(context: &PageContext) -> Option<PasskeyButton> {
    let site = &context.site;
    PasskeySite::of(&site.urls.origin(context.headers()))?;
    let passkeys = site.auth.passkeys().await.ok()?;
    (!passkeys.is_empty()).then(|| PasskeyButton {
        begin: site.urls.local("/login/passkey/begin"),
        finish: site.urls.local("/login/passkey"),
    })
}

/// Returns the URL to go to after the sign-in: a path on this server, nothing else.
pub(super) fn destination(site: &AppState, next: &str) -> String {
    site.urls.local(if is_ours(next) { next } else { "/" })
}

/// Returns true if a browser takes this for a path on this server. Browsers drop tabs and line breaks, and
/// read a backslash as a slash.
fn is_ours(next: &str) -> bool {
    next.starts_with('/')
        && !next.starts_with("//")
        && next
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn after_the_login_nobody_is_led_elsewhere() {
        for ours in ["/", "/browse/films/a%20b?sort=size&cursor=2%3A100"] {
            assert!(is_ours(ours), "{ours}");
        }
        for elsewhere in [
            "",
            "browse",
            "//evil.example/",
            "/\\evil.example/",
            "/\t/evil.example/",
            "/\n/evil.example/",
            "/\r\nSet-Cookie: x=y",
            "/ /evil.example/",
            "https://evil.example/",
        ] {
            assert!(!is_ours(elsewhere), "{elsewhere:?}");
        }
    }
}
