//! `PUT /api/v1/content/{place}/{path}`: a file taken in as its bytes come, and how far that is.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use super::{EntryJson, EntryWriter};
use crate::web::error::{CANNOT_UPLOAD, Problem, TOO_LARGE_FOR_PLAN};
use crate::web::urls::parse_location;
use crate::web::{AppState, MaybeQuery};
use drives::{DriveError, ErrorKind, OnConflict, UploadProgress, UploadRequest};
use media::{EntryPath, Place};

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct UploadQuery {
    /// What to do where something of that name is there: `fail`, `rename` or `overwrite`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    on_conflict: OnConflict,
    /// Only ask whether a file of so many bytes would be taken; the body is empty, the answer 204.
    check: Option<u64>,
    /// A name of 8 to 64 bytes, made up by the caller, under which `GET uploads/{id}` tells how far this upload is.
    id: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Uploaded {
    entry: EntryJson,
}

/// How far an upload is, in bytes.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct UploadState {
    /// Bytes that have arrived here.
    received: u64,
    /// Bytes that the drive has.
    sent: u64,
    /// Bytes in all, where the sender said so.
    size: Option<u64>,
}

/// Takes a file in. `Content-Length`, where it is sent, is told to the drive beforehand.
#[utoipa::path(put, path = "/api/v1/content/{place}/{path}", tag = "files",
    params(("place" = String, Path), ("path" = String, Path), UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Uploaded), (status = 204, description = "It would be taken (with `check`)")))]
pub(in crate::web) async fn put(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<UploadQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let location = uri
        .path()
        .strip_prefix("/api/v1/content/")
        .unwrap_or_default();
    let wanted = parse_location(location).ok_or(Problem::NOT_FOUND);
    let query = query.map_err(|_| {
        Problem::bad_request(
            "“on_conflict” is fail, rename or overwrite; “check” is a number of bytes.",
        )
    });
    let (place, path, query) = match (wanted, query) {
        (Ok((place, path)), Ok(Query(query))) => (place, path, query),
        (Err(problem), _) | (_, Err(problem)) => return Err(drain_and_refuse(body, problem)),
    };
    let size = match query.check {
        Some(bytes) => Some(bytes),
        None => content_length(&headers),
    };
    let progress = site.uploads.begin(query.id, size);
    if let Err(problem) = check_upload(&site, &place, &path, size, query.on_conflict).await {
        return Err(drain_and_refuse(body, problem));
    }
    if query.check.is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let request = UploadRequest {
        path,
        size,
        on_conflict: query.on_conflict,
        progress: Some(progress),
    };
    let chunks = body
        .into_data_stream()
        .map(|chunk| chunk.map_err(std::io::Error::other));
    let entry = site
        .library
        .upload(&place, &request, chunks.boxed())
        .await
        .map_err(|error| upload_problem(error, size))?;
    let entry = EntryWriter::new(&site, &headers).write(&entry);
    Ok(Json(Uploaded { entry }).into_response())
}

/// How far an upload is, from its `check` until an hour after anybody asked last.
#[utoipa::path(get, path = "/api/v1/uploads/{id}", tag = "files", params(("id" = String, Path)),
    responses((status = 200, body = UploadState)))]
pub(in crate::web) async fn state(
    State(site): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<UploadState>, Problem> {
    let watched = site.uploads.known.get(&id).ok_or(Problem::NOT_FOUND)?;
    Ok(Json(UploadState {
        received: watched.progress.received(),
        sent: watched.progress.sent(),
        size: watched.size,
    }))
}

/// Whether the drive would take such a file, for pages too.
pub(in crate::web) async fn check_upload(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
    size: Option<u64>,
    on_conflict: OnConflict,
) -> Result<(), Problem> {
    if path.is_root() {
        return Err(Problem::bad_request("A file needs a name."));
    }
    let drive = site.library.drive(place)?;
    if drive.upload().is_none() {
        return Err(Problem::unsupported(&CANNOT_UPLOAD));
    }
    site.library
        .check_upload(place, path, size, on_conflict)
        .await
        .map_err(|error| upload_problem(error, size))
}

/// The words for what went wrong with an upload.
pub(in crate::web) fn upload_problem(error: DriveError, size: Option<u64>) -> Problem {
    let kind = error.kind;
    let has_sentence = error.sentence.is_some();
    let mut problem = Problem::from(error);
    match kind {
        ErrorKind::Unsupported => problem.with_words(&CANNOT_UPLOAD),
        ErrorKind::PlanRequired => problem.with_words(&TOO_LARGE_FOR_PLAN),
        ErrorKind::BadRequest if size == Some(0) && !has_sentence => {
            problem.sentence = Some("The drive takes no empty files.");
            problem
        }
        _ => problem,
    }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Browsers read an answer only once they have sent everything: so much, and for so long, is taken in
/// and dropped, so that the refusal arrives and not a broken connection.
const MAX_DRAIN_BYTES: usize = 64 << 20;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);

fn drain_and_refuse(body: Body, problem: Problem) -> Problem {
    let mut chunks = body.into_data_stream();
    tokio::spawn(tokio::time::timeout(DRAIN_TIMEOUT, async move {
        let mut dropped = 0;
        while let Some(Ok(chunk)) = chunks.next().await {
            dropped += chunk.len();
            if dropped > MAX_DRAIN_BYTES {
                break;
            }
        }
    }));
    problem
}

/// How far uploads are that somebody watches, from the first question until long after their end. Clones share it.
#[derive(Clone)]
pub struct UploadTracker {
    known: Cache<String, TrackedUpload>,
}

#[derive(Clone)]
struct TrackedUpload {
    progress: Arc<UploadProgress>,
    size: Option<u64>,
}

/// Somebody who asks late must not take what is done for what never was.
const UPLOAD_STATE_TTL: Duration = Duration::from_hours(1);
/// Names are made up by callers: whoever makes up more pushes out the oldest.
const MAX_TRACKED_UPLOADS: u64 = 10_000;

impl Default for UploadTracker {
    fn default() -> Self {
        let known = Cache::builder()
            .max_capacity(MAX_TRACKED_UPLOADS)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(UPLOAD_STATE_TTL);
        Self {
            known: known.build(),
        }
    }
}

impl UploadTracker {
    /// Nothing has arrived yet of what `id` stands for.
    pub(in crate::web) fn begin(
        &self,
        id: Option<String>,
        size: Option<u64>,
    ) -> Arc<UploadProgress> {
        let progress = Arc::<UploadProgress>::default();
        if let Some(id) = id.filter(|id| (8..=64).contains(&id.len())) {
            let progress = progress.clone();
            self.known.insert(id, TrackedUpload { progress, size });
        }
        progress
    }
}
