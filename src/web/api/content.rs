//! `PUT /api/v1/content/{place}/{path}`: streaming uploads.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{OriginalUri, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::open_uploads::OpenUploads;
use super::{EntryJson, EntryWriter};
use crate::web::error::{CANNOT_UPLOAD, Problem, TOO_LARGE_FOR_PLAN};
use crate::web::urls::parse_location;
use crate::web::write_locks::{check_locks, whole};
use crate::web::{AppState, MaybeQuery};
use cache::SyncCache;
use drives::{DriveError, ErrorKind, OnConflict, UploadProgress, UploadRequest};
use media::{EntryPath, Place};

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct UploadQuery {
    /// Behaviour if an entry of this name exists: `fail`, `rename` or `overwrite`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    on_conflict: OnConflict,
    /// Only check whether a file of so many bytes would be accepted; the body is empty, the answer 204.
    check: Option<u64>,
    /// An upload id of 8 to 64 bytes, chosen by the caller, under which `GET uploads/{id}` returns the
    /// progress.
    id: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Uploaded {
    entry: EntryJson,
}

/// Uploads a file. `Content-Length`, if present, is announced to the drive.
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
    let target = (place, path, size, query.on_conflict);
    let was_checked =
        query.check.is_none() && site.uploads.was_checked(query.id.as_deref(), &target);
    let progress = site.uploads.begin(query.id.clone(), size);
    let (place, path, ..) = &target;
    let checked = match was_checked {
        true => check_locks(&site, place, &[whole(path)]).await,
        false => check_upload(&site, place, path, size, query.on_conflict).await,
    };
    if let Err(problem) = checked {
        return Err(drain_and_refuse(body, problem));
    }
    if query.check.is_some() {
        site.uploads.note_check(query.id, target);
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let (place, path, ..) = target;
    let open = site.uploads.open().begin(&place, &path, size, &progress);
    let request = UploadRequest {
        path,
        size,
        on_conflict: query.on_conflict,
        progress: Some(progress),
        resume: None,
    };
    let chunks = body
        .into_data_stream()
        .map(|chunk| chunk.map_err(std::io::Error::other));
    let entry = site
        .library
        .upload(&place, &request, chunks.boxed())
        .await
        .map_err(|error| upload_problem(error, size))?;
    open.succeed();
    let entry = EntryWriter::new(&site, &headers).write(&entry);
    Ok(Json(Uploaded { entry }).into_response())
}

/// Checks whether the drive would accept such a file. Also used by pages.
///
/// # Errors
///
/// The drive cannot upload, has no space, or refuses the name or the conflict; or a lock is in the way.
pub(in crate::web) async fn check_upload(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
    size: Option<u64>,
    on_conflict: OnConflict,
) -> Result<(), Problem> {
    check_locks(site, place, &[whole(path)]).await?;
    check_upload_past_locks(site, place, path, size, on_conflict).await
}

/// Checks the same without a look at locks, which the caller has checked. Used by WebDAV.
///
/// # Errors
///
/// As [`check_upload`], but for locks.
pub(in crate::web) async fn check_upload_past_locks(
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
    let checked = site.library.check_upload(place, path, size, on_conflict);
    let checked = timeout(CHECK_TIMEOUT, checked).await.unwrap_or_else(|_| {
        let detail = "no answer before the upload";
        Err(DriveError::timeout("upload", detail))
    });
    checked.map_err(|error| upload_problem(error, size))
}

/// Maps an upload error to a problem with its own texts.
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

/// Returns the announced length of a body; `None` if there is none.
pub(in crate::web) fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Timeout of the calls before an upload. A drive that does not answer them would not take the file.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);

/// Upper limits for the bytes and the time of a refused body that is read and dropped: browsers read a reply
/// only after they have sent the whole body, and would report a connection error instead of the refusal.
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

/// The progress of uploads with an id. Clones share it.
#[derive(Clone)]
pub struct UploadTracker {
    known: SyncCache<String, TrackedUpload>,
    /// Those that are under way.
    open: OpenUploads,
}

/// An upload with an id.
#[derive(Clone)]
pub(super) struct TrackedUpload {
    pub progress: Arc<UploadProgress>,
    /// The announced size in bytes; `None` if it is not known.
    pub size: Option<u64>,
    /// The upload that the drive has agreed to accept, until it begins.
    checked: Option<Arc<CheckedUpload>>,
}

/// The parameters of a check: place, path, size in bytes, and behaviour if an entry of that name exists.
type CheckedUpload = (Place, EntryPath, Option<u64>, OnConflict);

/// Lifetime of an entry without requests: a late request must not take a finished upload for an unknown
/// one.
pub(super) const UPLOAD_STATE_TTL: Duration = Duration::from_hours(1);
/// Ids are chosen by callers: beyond this number the least recently used are dropped.
const MAX_TRACKED_UPLOADS: u64 = 10_000;

impl Default for UploadTracker {
    fn default() -> Self {
        let known = SyncCache::builder()
            .max_capacity(MAX_TRACKED_UPLOADS)
            .lru()
            .time_to_idle(UPLOAD_STATE_TTL);
        Self {
            known: known.build(),
            open: OpenUploads::default(),
        }
    }
}

impl UploadTracker {
    /// Registers an upload under `id`, with no bytes received yet.
    pub(in crate::web) fn begin(
        &self,
        id: Option<String>,
        size: Option<u64>,
    ) -> Arc<UploadProgress> {
        let progress = Arc::<UploadProgress>::default();
        if let Some(id) = id.filter(|id| (8..=64).contains(&id.len())) {
            let progress = progress.clone();
            let checked = None;
            self.known.insert(
                id,
                TrackedUpload {
                    progress,
                    size,
                    checked,
                },
            );
        }
        progress
    }

    /// Returns the upload with an id; `None` if this server knows none.
    pub(super) fn get(&self, id: &str) -> Option<TrackedUpload> {
        self.known.get(id)
    }

    /// Returns all uploads with an id, with their ids.
    pub(super) fn all(&self) -> impl Iterator<Item = (String, TrackedUpload)> {
        self.known.entries()
    }

    /// Returns the uploads under way, also those without an id.
    pub(in crate::web) fn open(&self) -> &OpenUploads {
        &self.open
    }

    /// Notes that the drive would accept this upload, so that it need not be asked again when the body comes.
    fn note_check(&self, id: Option<String>, target: CheckedUpload) {
        if let Some((id, tracked)) =
            id.and_then(|id| self.known.get(&id).map(|tracked| (id, tracked)))
        {
            let checked = Some(Arc::new(target));
            self.known.insert(id, TrackedUpload { checked, ..tracked });
        }
    }

    /// Returns true if the drive was asked about exactly this upload under this id.
    fn was_checked(&self, id: Option<&str>, target: &CheckedUpload) -> bool {
        let tracked = id.and_then(|id| self.known.get(id));
        tracked.is_some_and(|tracked| tracked.checked.as_deref() == Some(target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_holds_for_the_same_upload_and_once() {
        let target = |size| -> CheckedUpload {
            let path = EntryPath::parse("/a.mp4").unwrap();
            (
                Place::parse("films").unwrap(),
                path,
                Some(size),
                OnConflict::Fail,
            )
        };
        let (uploads, id) = (UploadTracker::default(), || Some("an-upload".to_owned()));
        uploads.begin(id(), Some(5));
        assert!(!uploads.was_checked(Some("an-upload"), &target(5)));
        uploads.note_check(id(), target(5));
        assert!(uploads.was_checked(Some("an-upload"), &target(5)));
        assert!(!uploads.was_checked(Some("an-upload"), &target(6)));
        assert!(!uploads.was_checked(Some("another-one"), &target(5)));
        assert!(!uploads.was_checked(None, &target(5)));
        uploads.begin(id(), Some(5));
        assert!(
            !uploads.was_checked(Some("an-upload"), &target(5)),
            "the next one is checked anew"
        );
    }
}
