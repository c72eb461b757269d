//! `GET /api/v1/uploads/{id}`: the progress of an upload. If several servers use the state, each stores the progress of the
//! uploads that it receives every second, and any of them returns it.

use std::collections::HashMap;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;

use super::content::{TrackedUpload, UPLOAD_STATE_TTL};
use crate::store::{SharedUploads, StoredProgress};
use crate::web::AppState;
use crate::web::error::Problem;

/// Interval at which changed progress is stored.
const STORE_INTERVAL: Duration = Duration::from_secs(1);

/// The progress of an upload, in bytes.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct UploadState {
    /// Bytes received from the client.
    received: u64,
    /// Bytes that the drive has accepted.
    sent: u64,
    /// The total size, if the client announced it.
    size: Option<u64>,
}

impl From<TrackedUpload> for UploadState {
    fn from(upload: TrackedUpload) -> Self {
        UploadState {
            received: upload.progress.received(),
            sent: upload.progress.sent(),
            size: upload.size,
        }
    }
}

impl From<StoredProgress> for UploadState {
    fn from(stored: StoredProgress) -> Self {
        UploadState {
            received: stored.received,
            sent: stored.sent,
            size: stored.size,
        }
    }
}

/// Returns the progress of an upload, from its `check` until an hour after the last request for it. If another server
/// receives the file, until an hour after its last byte, and up to a second late.
#[utoipa::path(get, path = "/api/v1/uploads/{id}", tag = "files", params(("id" = String, Path)),
    responses((status = 200, body = UploadState)))]
pub(in crate::web) async fn state(
    State(site): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<UploadState>, Problem> {
    let own = site.uploads.get(&id);
    let is_here = |own: &TrackedUpload| site.uploads.open().has(&own.progress);
    let shared = site.store.shared_uploads();
    let (Some(shared), false) = (shared, own.as_ref().is_some_and(is_here)) else {
        let own = own.ok_or(Problem::NOT_FOUND)?;
        return Ok(Json(own.into()));
    };
    // It may have been checked or begun here, and go on at another server.
    match (shared.get(&id, UPLOAD_STATE_TTL).await, own) {
        (Ok(Some(stored)), _) => Ok(Json(stored.into())),
        (_, Some(own)) => Ok(Json(own.into())),
        (Ok(None), None) => Err(Problem::NOT_FOUND),
        (Err(error), None) => Err(Problem::of_state(&error)),
    }
}

/// Stores the progress of uploads with an id, where several servers use the state. Never returns there. While the database
/// is away, uploads go on, and their progress is stored after it.
pub async fn share_upload_progress(site: AppState) {
    let Some(shared) = site.store.shared_uploads() else {
        return;
    };
    let mut stored = HashMap::new();
    loop {
        tokio::time::sleep(STORE_INTERVAL).await;
        store_changes(&site, &shared, &mut stored).await;
    }
}

/// Bytes received and sent.
type Amounts = (u64, u64);

/// Stores the progress that differs from `stored`, which is what the state has of this server's uploads.
async fn store_changes(
    site: &AppState,
    shared: &SharedUploads,
    stored: &mut HashMap<String, Amounts>,
) {
    let all: HashMap<_, _> = site.uploads.all().collect();
    stored.retain(|id, _| all.contains_key(id));
    let mut changed = Vec::new();
    for (id, upload) in &all {
        let amounts = (upload.progress.received(), upload.progress.sent());
        if stored.get(id) != Some(&amounts) {
            changed.push((id.clone(), amounts, upload.size));
        }
    }
    if changed.is_empty() {
        return;
    }
    let rows: Vec<StoredProgress> = changed
        .iter()
        .map(|(id, (received, sent), size)| StoredProgress {
            id: id.to_string(),
            received: *received,
            sent: *sent,
            size: *size,
        })
        .collect();
    match shared.put(&rows, UPLOAD_STATE_TTL).await {
        Ok(()) => stored.extend(changed.into_iter().map(|(id, amounts, _)| (id, amounts))),
        Err(error) => tracing::debug!(%error, "the progress of uploads could not be stored"),
    }
}
