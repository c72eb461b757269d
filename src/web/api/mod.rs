//! `/api/v1`: the JSON API for programs. Failures are RFC 9457 problem documents.

pub(super) mod archives;
pub(super) mod content;
pub(super) mod direct_links;
pub(super) mod drive_settings;
pub(super) mod drives;
pub(super) mod entries;
mod entry_json;
pub(super) mod files;
pub(super) mod folder_settings;
pub(super) mod history;
pub(super) mod library;
pub(super) mod move_one;
pub(super) mod open_uploads;
pub(super) mod openapi;
pub(super) mod own_shares;
pub(super) mod passkeys;
pub(super) mod players;
pub(super) mod remote_downloads;
pub(super) mod reports;
pub(super) mod result_json;
pub(super) mod search;
pub(super) mod sessions;
pub(super) mod shares;
pub(super) mod sign_in;
pub(in crate::web) mod sound_json;
mod tag_json;
pub(super) mod tags;
pub(super) mod task_events;
pub(in crate::web) mod task_json;
pub(super) mod tasks;
pub(super) mod thumbnails;
pub(super) mod tickets;
pub(super) mod tokens;
mod track_json;
pub(super) mod trash;
pub(super) mod upload_progress;
pub(super) mod upstream_tasks;
pub(super) mod versions;
pub(super) mod viewers;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::{Problem, from_rejection};

pub(super) use entry_json::{EntryJson, EntryWriter, usual};

/// Returns 405; axum adds the allowed methods.
pub(super) async fn method_not_allowed() -> Problem {
    Problem {
        status: StatusCode::METHOD_NOT_ALLOWED,
        ..Problem::bad_request("This call is made with another method.")
    }
}

/// Returns 404 for unknown calls below `/api`.
pub(super) async fn not_found() -> Problem {
    Problem {
        sentence: Some("There is no such call."),
        ..Problem::NOT_FOUND
    }
}

/// Maps axum's rejections to problem documents.
pub(super) async fn map_rejections(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    match from_rejection(&response) {
        Some(problem) => problem.into_response(),
        None => response,
    }
}
