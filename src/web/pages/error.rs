//! A page that could not be shown: what happened, in a sentence, and a way out.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::page_context::PageContext;
use crate::web::AppState;
use crate::web::error::{Problem, from_rejection};

/// An address that leads nowhere.
pub(in crate::web) async fn not_found(
    State(site): State<AppState>,
    headers: HeaderMap,
) -> Response {
    PageContext::new(&site, &headers).problem(&Problem::NOT_FOUND)
}

/// Puts what the framework refuses by itself into our words, on a page of ours.
pub(in crate::web) async fn map_rejections(
    State(site): State<AppState>,
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
