//! Replies for requests that no page can answer.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::page_context::PageContext;
use crate::web::AppState;
use crate::web::error::{Problem, from_rejection};

/// Answers 404 with a page.
pub(in crate::web) async fn not_found(context: PageContext) -> Response {
    context.problem(&Problem::NOT_FOUND)
}

/// Maps axum's rejections to error pages.
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

/// Returns the reply after a panic. The layout of a page may be what caused it, so the reply has none.
pub(in crate::web) fn internal() -> Response {
    Problem::INTERNAL.into_response()
}
