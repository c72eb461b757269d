//! `/api/v1`: for programs. JSON in and out; failures are RFC 9457 problem documents.

pub(super) mod content;
pub(super) mod drives;
pub(super) mod entries;
mod entry_json;
pub(super) mod files;
pub(super) mod history;
pub(super) mod openapi;
pub(super) mod own_shares;
pub(super) mod players;
pub(super) mod reports;
pub(super) mod result_json;
pub(super) mod search;
pub(super) mod sessions;
pub(super) mod shares;
pub(super) mod sign_in;
pub(super) mod tickets;
pub(super) mod tokens;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::{Problem, from_rejection};

pub(super) use entry_json::{EntryJson, EntryWriter, usual};

/// A call with a method that it does not have; the reply names those that it has.
pub(super) async fn method_not_allowed() -> Problem {
    Problem {
        status: StatusCode::METHOD_NOT_ALLOWED,
        ..Problem::bad_request("This call is made with another method.")
    }
}

/// What is below `/api` and is no call.
pub(super) async fn not_found() -> Problem {
    Problem {
        sentence: Some("There is no such call."),
        ..Problem::NOT_FOUND
    }
}

/// Puts what the framework refuses by itself into our words.
pub(super) async fn map_rejections(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    match from_rejection(&response) {
        Some(problem) => problem.into_response(),
        None => response,
    }
}
