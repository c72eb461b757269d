//! The sign-in, with a password or, the first time, with the code that the server printed.

use askama::Template;

use super::layout::Layout;

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
