//! The sign-in, with a password or, the first time, with the code that the server printed.

use std::time::{Duration, SystemTime};

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::desk::{Desk, print};
use super::layout::Layout;
use crate::web::{MaybeQuery, Site};

/// `/login`
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    pub layout: Layout,
    /// Where the form posts to: `password` and `next`.
    pub action: String,
    /// Where to go afterwards.
    pub next: String,
    /// Whether the one-time code from the server's log is asked for instead of a password.
    pub set_up: bool,
    /// Why the last attempt failed, in a sentence.
    pub problem: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct LoginQuery {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct LoginForm {
    password: String,
    #[serde(default)]
    next: String,
}

/// The form.
pub(in crate::web) async fn show(
    State(site): State<Site>,
    query: MaybeQuery<LoginQuery>,
    headers: HeaderMap,
) -> Response {
    let next = query.map(|Query(query)| query.next).unwrap_or_default();
    if site.door.is_open_to(&headers) {
        return Redirect::to(&destination(&site, &next)).into_response();
    }
    print(
        StatusCode::OK,
        &page(&Desk::new(&site, &headers), next, None),
    )
}

/// The wait after a wrong password: nothing for a person, much for a program that guesses.
const AFTER_A_WRONG_ONE: Duration = Duration::from_millis(500);

/// A password given: in, or the form again.
pub(in crate::web) async fn sign_in(
    State(site): State<Site>,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> Response {
    match site.door.sign_in(&form.password, SystemTime::now()) {
        Some(cookie) => (
            [(header::SET_COOKIE, cookie)],
            Redirect::to(&destination(&site, &form.next)),
        )
            .into_response(),
        None => {
            tracing::warn!("somebody gave a wrong password");
            tokio::time::sleep(AFTER_A_WRONG_ONE).await;
            let problem = "That was not it. Try once more.".to_owned();
            print(
                StatusCode::FORBIDDEN,
                &page(&Desk::new(&site, &headers), form.next, Some(problem)),
            )
        }
    }
}

/// Out again.
pub(in crate::web) async fn sign_out(State(site): State<Site>) -> Response {
    (
        [(header::SET_COOKIE, site.door.sign_out())],
        Redirect::to(&site.addresses.local("/login")),
    )
        .into_response()
}

fn page(desk: &Desk<'_>, next: String, problem: Option<String>) -> LoginPage {
    LoginPage {
        layout: Layout {
            title: "Sign in".to_owned(),
            ..desk.bare_layout()
        },
        action: desk.site.addresses.local("/login"),
        next,
        set_up: desk.site.door.set_up_code().is_some(),
        problem,
    }
}

/// Where to go after the sign-in: a path of ours, nothing else.
fn destination(site: &Site, next: &str) -> String {
    site.addresses.local(if is_ours(next) { next } else { "/" })
}

/// Whether a browser takes this for a path on this server. It drops tabs and line breaks before it looks,
/// and reads a backslash as a slash.
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
