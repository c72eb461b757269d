//! A page that could not be shown: what happened, in a sentence, and a way out.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Link;
use super::layout::Layout;
use super::page_context::PageContext;
use crate::web::Site;
use crate::web::error::{Problem, from_rejection};

/// Any status from 400 up.
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
    pub ways_out: Vec<Link>,
    /// What to quote when asking for help; may be empty.
    pub request_id: String,
}

/// An address that leads nowhere.
pub(in crate::web) async fn not_found(State(site): State<Site>, headers: HeaderMap) -> Response {
    PageContext::new(&site, &headers).problem(&Problem::NOT_FOUND)
}

/// Puts what the framework refuses by itself into our words, on a page of ours.
pub(in crate::web) async fn map_rejections(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers().clone();
    let response = next.run(request).await;
    match from_rejection(&response) {
        Some(problem) => PageContext::new(&site, &headers).problem(&problem),
        None => response,
    }
}

/// A handler died. What surrounds a page may be what killed it, so this is said without one.
pub(in crate::web) fn internal() -> Response {
    Problem::INTERNAL.into_response()
}
