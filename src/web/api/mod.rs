//! `/api/v1`: for programs. JSON in and out; failures are RFC 9457 problem documents.

pub(super) mod drives;
pub(super) mod entries;
mod entry_json;
pub(super) mod search;

use super::error::Problem;

pub(super) use entry_json::{EntryJson, EntryWriter, usual};

/// What is below `/api` and is no call.
pub(super) async fn not_found() -> Problem {
    Problem {
        sentence: Some("There is no such call."),
        ..Problem::NOT_FOUND
    }
}
