//! The view of an error page.

use askama::Template;

use super::TextLink;
use super::layout::PageLayout;

/// A page for a status from 400 up.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    pub layout: PageLayout,
    /// The HTTP status.
    pub status: u16,
    /// A title of a few words.
    pub title: String,
    /// A sentence that says what happened.
    pub sentence: String,
    /// The next step; may be empty.
    pub step: String,
    /// Links that lead on.
    pub ways_out: Vec<TextLink>,
    /// The request id to quote when asking for help; may be empty.
    pub request_id: String,
}
