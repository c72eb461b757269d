//! The view of an error page.

use askama::Template;

use super::TextLink;
use super::layout::Layout;

/// A page for a status from 400 up.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    pub layout: Layout,
    /// The HTTP status.
    pub status: u16,
    /// A few words.
    pub title: String,
    /// What happened.
    pub sentence: String,
    /// What to do; may be empty.
    pub step: String,
    /// Where to go from here.
    pub ways_out: Vec<TextLink>,
    /// What to quote when asking for help; may be empty.
    pub request_id: String,
}
