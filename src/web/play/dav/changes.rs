//! The writing half of WebDAV (RFC 4918 §9): PUT, MKCOL, DELETE, COPY, MOVE and PROPPATCH.
//!
//! Each request is checked in the same order: the caller may change files, the drive can, the name may stay, what the
//! request assumes is so (`If`, `If-Match`), nothing in its way is locked. An upload is the drive's own, so until it is
//! whole, the file under its name is the old one or none.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use super::if_header::{IfHeader, ResourceState};
use super::properties::{self, MAX_BODY_BYTES};
use crate::config::SystemFiles;
use crate::library::{FileOperation, Freshness};
use crate::store::{ChangedPath, DavLock, StoreError};
use crate::web::AppState;
use crate::web::api::{content, files};
use crate::web::error::{CANNOT_MANAGE, CANNOT_UPLOAD, Problem};
use crate::web::preconditions::{Precondition, ReplyValidators};
use crate::web::urls::{encode_path, parse_location};
use drives::{ErrorKind, OnConflict, UploadProgress, UploadRequest};
use media::{Entry, EntryKind, EntryPath, Place};

/// One request that changes something.
pub(super) struct DavChange<'a> {
    pub site: &'a AppState,
    pub method: Method,
    pub headers: HeaderMap,
    pub place: Place,
    pub path: EntryPath,
    /// True if the URL ends with a slash, which means a folder.
    pub is_folder_url: bool,
    /// The URL of the tree's root from the root of the host, with a trailing slash.
    pub root: String,
}

/// A refusal of a request.
pub(super) enum DavRefusal {
    Problem(Box<Problem>),
    /// A lock is in the way; the URL is that of the locked entry.
    Locked(String),
}

impl From<Problem> for DavRefusal {
    fn from(problem: Problem) -> Self {
        DavRefusal::Problem(Box::new(problem))
    }
}

impl From<drives::DriveError> for DavRefusal {
    fn from(error: drives::DriveError) -> Self {
        files_problem(error).into()
    }
}

impl From<StoreError> for DavRefusal {
    fn from(error: StoreError) -> Self {
        Problem::of_state(&error).into()
    }
}

impl IntoResponse for DavRefusal {
    fn into_response(self) -> Response {
        match self {
            DavRefusal::Problem(problem) => problem.for_players().into_response(),
            DavRefusal::Locked(href) => {
                let href = quick_xml::escape::escape(&*href);
                let body = format!(
                    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:error xmlns:D=\"DAV:\">\
                     <D:lock-token-submitted><D:href>{href}</D:href></D:lock-token-submitted></D:error>\n"
                );
                (StatusCode::LOCKED, XML, body).into_response()
            }
        }
    }
}

pub(super) const XML: [(HeaderName, &str); 1] =
    [(header::CONTENT_TYPE, "application/xml; charset=utf-8")];

pub(super) type DavResult<T> = Result<T, DavRefusal>;

const fn refusal(status: StatusCode, sentence: &'static str) -> Problem {
    Problem {
        status,
        ..Problem::bad_request(sentence)
    }
}

const NO_PARENT: Problem = refusal(
    StatusCode::CONFLICT,
    "The folder in which this would be is not there.",
);
const IS_A_ROOT: Problem = refusal(
    StatusCode::FORBIDDEN,
    "A drive itself is neither made, moved, nor deleted here.",
);
const IS_A_FOLDER: Problem = refusal(
    StatusCode::METHOD_NOT_ALLOWED,
    "There is a folder at this address, and no file.",
);
const IS_THERE: Problem = refusal(
    StatusCode::METHOD_NOT_ALLOWED,
    "There is something at this address already.",
);
const HAS_A_BODY: Problem = refusal(
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "A folder is made without a body.",
);
const IS_PARTIAL: Problem = Problem::bad_request("A part of a file cannot be put: send all of it.");
const IS_ELSEWHERE: Problem = refusal(
    StatusCode::BAD_GATEWAY,
    "From one drive to another, files are copied and moved by the API: POST /api/v1/files/copy or move.",
);
const IS_ITSELF: Problem = refusal(
    StatusCode::FORBIDDEN,
    "The source and the target contain each other.",
);
const IS_FOREIGN: Problem = refusal(
    StatusCode::FORBIDDEN,
    "Files that an operating system keeps for itself are not taken here.",
);

impl DavChange<'_> {
    pub async fn answer(&self, body: Body) -> DavResult<Response> {
        let makes = matches!(self.method.as_str(), "PUT" | "MKCOL" | "LOCK");
        if makes && self.system_files() == Some(SystemFiles::Refuse) {
            return Err(IS_FOREIGN.into());
        }
        match self.method.as_str() {
            "PUT" => self.put(body).await,
            "MKCOL" => self.make_folder(body).await,
            "DELETE" => self.delete().await,
            "COPY" => self.transfer(FileOperation::Copy).await,
            "MOVE" => self.transfer(FileOperation::Move).await,
            "PROPPATCH" => self.change_properties(body).await,
            "LOCK" => self.lock(body).await,
            "UNLOCK" => self.unlock().await,
            _ => Err(refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "There is no such method here.",
            )
            .into()),
        }
    }

    async fn put(&self, body: Body) -> DavResult<Response> {
        if self.headers.contains_key(header::CONTENT_RANGE) {
            return Err(IS_PARTIAL.into());
        }
        if self.path.is_root() || self.is_folder_url {
            return Err(IS_A_FOLDER.into());
        }
        let drive = self.site.library.drive(&self.place)?;
        if drive.upload().is_none() {
            return Err(Problem::unsupported(&CANNOT_UPLOAD).forbidden().into());
        }
        if self.system_files() == Some(SystemFiles::Drop) {
            return drop_body(body).await;
        }
        let current = self.entry(&self.path).await?;
        if current
            .as_ref()
            .is_some_and(|it| it.kind == EntryKind::Folder)
        {
            return Err(IS_A_FOLDER.into());
        }
        self.check_parent(&self.path).await?;
        self.check_version(current.as_ref())?;
        let change = ChangedPath {
            path: &self.path,
            is_deep: false,
            is_of_name: current.is_none(),
        };
        self.guard(&[change]).await?;
        let must_be_new = self.headers.contains_key(header::IF_NONE_MATCH);
        let progress = Arc::<UploadProgress>::default();
        let request = UploadRequest {
            path: self.path.clone(),
            size: content::content_length(&self.headers),
            on_conflict: match must_be_new && current.is_none() {
                true => OnConflict::Fail,
                false => OnConflict::Overwrite,
            },
            progress: Some(progress.clone()),
            resume: None,
        };
        let (size, on_conflict) = (request.size, request.on_conflict);
        content::check_upload_past_locks(self.site, &self.place, &self.path, size, on_conflict)
            .await
            .map_err(in_dav)?;
        let uploads = self.site.uploads.open();
        let open = uploads.begin(&self.place, &self.path, size, &progress);
        let chunks = body
            .into_data_stream()
            .map(|chunk| chunk.map_err(std::io::Error::other));
        let uploaded = self
            .site
            .library
            .upload(&self.place, &request, chunks.boxed());
        let entry = uploaded
            .await
            .map_err(|error| in_dav(content::upload_problem(error, size)))?;
        open.succeed();
        let tag = [(header::ETAG, self.etag(&Arc::new(entry)))];
        Ok((created(current.is_none()), tag).into_response())
    }

    async fn make_folder(&self, body: Body) -> DavResult<Response> {
        if !to_bytes(body, 1).await.is_ok_and(|body| body.is_empty()) {
            return Err(HAS_A_BODY.into());
        }
        self.needs_management()?;
        if self.path.is_root() || self.entry(&self.path).await?.is_some() {
            return Err(IS_THERE.into());
        }
        self.check_parent(&self.path).await?;
        let change = ChangedPath {
            path: &self.path,
            is_deep: false,
            is_of_name: true,
        };
        self.guard(&[change]).await?;
        let made = files::make_folder_past_locks(self.site, &self.place, self.path.clone()).await?;
        made.result?;
        Ok(StatusCode::CREATED.into_response())
    }

    async fn delete(&self) -> DavResult<Response> {
        self.needs_management()?;
        if self.path.is_root() {
            return Err(IS_A_ROOT.into());
        }
        let current = self.existing(&self.path).await?;
        self.check_depth(&current, &["infinity"])?;
        self.check_version(Some(&current))?;
        let change = ChangedPath {
            path: &self.path,
            is_deep: true,
            is_of_name: true,
        };
        self.guard(&[change]).await?;
        self.remove(&self.path).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    /// Copies or moves to the path of the header `Destination`, on the drive's own side.
    async fn transfer(&self, what: FileOperation) -> DavResult<Response> {
        self.needs_management()?;
        let target = self.destination()?;
        if self.path.is_root() || target.is_root() {
            return Err(IS_A_ROOT.into());
        }
        let current = self.existing(&self.path).await?;
        let depths: &[&str] = match what {
            FileOperation::Copy => &["0", "infinity"],
            _ => &["infinity"],
        };
        self.check_depth(&current, depths)?;
        self.check_version(Some(&current))?;
        if target.is_within(&self.path) || self.path.is_within(&target) {
            return Err(IS_ITSELF.into());
        }
        self.check_parent(&target).await?;
        let replaced = self.entry(&target).await?;
        if replaced.is_some() && self.header("overwrite").trim().eq_ignore_ascii_case("f") {
            return Err(Problem::PRECONDITION_FAILED.into());
        }
        let change = |path, is_of_name| ChangedPath {
            path,
            is_deep: true,
            is_of_name,
        };
        let mut changes = vec![change(&target, replaced.is_none())];
        if what == FileOperation::Move {
            changes.push(change(&self.path, true));
        }
        self.guard(&changes).await?;
        if replaced.is_some() {
            self.remove(&target).await?;
        }
        if self.header("depth").trim() == "0" && current.kind == EntryKind::Folder {
            let made =
                files::make_folder_past_locks(self.site, &self.place, target.clone()).await?;
            made.result?;
        } else {
            files::transfer_as(self.site, &self.place, what, &self.path, &target).await?;
        }
        let store = &self.site.store;
        store
            .copy_dav_properties(&self.place, &self.path, &target)
            .await?;
        if what == FileOperation::Move {
            store.forget_dav(&self.place, &self.path).await?;
        }
        Ok(created(replaced.is_none()).into_response())
    }

    async fn change_properties(&self, body: Body) -> DavResult<Response> {
        let body = to_bytes(body, MAX_BODY_BYTES)
            .await
            .map_err(|_| Problem::bad_request("The list of properties is too long."))?;
        let changes = properties::parse(&body)
            .map_err(|_| Problem::bad_request("The list of properties could not be read."))?;
        if self.system_files() != Some(SystemFiles::Drop) {
            self.existing(&self.path).await?;
        }
        let change = ChangedPath {
            path: &self.path,
            is_deep: false,
            is_of_name: false,
        };
        self.guard(&[change]).await?;
        let is_allowed = properties::are_allowed(&changes);
        if is_allowed {
            let stored: Vec<_> = changes.iter().map(|it| it.stored(&self.path)).collect();
            let store = &self.site.store;
            store.change_dav_properties(&self.place, &stored).await?;
        }
        let body = properties::reply(&self.href(&self.path), &changes, is_allowed);
        Ok((StatusCode::MULTI_STATUS, XML, body).into_response())
    }

    /// Deletes an entry, and what clients keep with it.
    async fn remove(&self, path: &EntryPath) -> DavResult<()> {
        let paths = std::slice::from_ref(path);
        let (what, root) = (FileOperation::Delete, EntryPath::root());
        let outcomes = files::change_past_locks(self.site, &self.place, what, paths, &root).await?;
        for outcome in outcomes {
            outcome.result?;
        }
        Ok(self.site.store.forget_dav(&self.place, path).await?)
    }

    /// Checks the header `If`, and that no lock is in the way of the changes whose token the client does not have.
    pub(super) async fn guard(&self, changes: &[ChangedPath<'_>]) -> DavResult<()> {
        let locks = self.site.store.dav_locks(&self.place).await?;
        let header = self.if_header()?;
        if let Some(header) = &header {
            self.check_if(header, &locks).await?;
        }
        let tokens: Vec<&str> = header.iter().flat_map(IfHeader::tokens).collect();
        let is_open = |lock: &DavLock| {
            // Of shared locks of one entry, one is enough.
            let mut alike = locks.iter().filter(|other| other.path == lock.path);
            alike.any(|other| tokens.contains(&other.token.as_str()))
        };
        for change in changes {
            let mut in_the_way = locks.iter().filter(|lock| lock.concerns(change));
            let in_the_way = in_the_way.find(|lock| !is_open(lock));
            if let Some(lock) = in_the_way {
                return Err(DavRefusal::Locked(self.href(&lock.path)));
            }
        }
        Ok(())
    }

    pub(super) fn if_header(&self) -> DavResult<Option<IfHeader>> {
        if !self.headers.contains_key("if") {
            return Ok(None);
        }
        let parsed = IfHeader::parse(self.header("if"));
        parsed
            .map(Some)
            .map_err(|_| Problem::bad_request("The header “If” could not be read.").into())
    }

    async fn check_if(&self, header: &IfHeader, locks: &[DavLock]) -> DavResult<()> {
        let mut states: Vec<(Option<String>, ResourceState)> = Vec::new();
        for resource in header.resources() {
            let path = match resource {
                None => Some(self.path.clone()),
                Some(url) => self
                    .path_of(url)
                    .filter(|(place, _)| *place == self.place)
                    .map(|it| it.1),
            };
            let mut state = ResourceState::default();
            if let Some(path) = path {
                let covering = locks.iter().filter(|lock| lock.covers(&path));
                state.tokens = covering.map(|lock| lock.token.clone()).collect();
                let entry = self.entry(&path).await?;
                let file = entry.filter(|entry| entry.kind != EntryKind::Folder);
                state.etag = file.map(|entry| self.etag(&entry));
            }
            states.push((resource.map(str::to_owned), state));
        }
        let state_of = |resource: Option<&str>| {
            let mut known = states.iter();
            let found = known.find(|(other, _)| other.as_deref() == resource);
            found.map(|(_, state)| state.clone()).unwrap_or_default()
        };
        match header.is_met(state_of) {
            true => Ok(()),
            false => Err(Problem::PRECONDITION_FAILED.into()),
        }
    }

    /// Checks the conditions of RFC 9110 §13.
    fn check_version(&self, current: Option<&Arc<Entry>>) -> DavResult<()> {
        let is_met = match current {
            Some(entry) if entry.kind != EntryKind::Folder => {
                let validators = ReplyValidators {
                    etag: &self.etag(entry),
                    modified: entry.modified,
                };
                let outcome = validators.evaluate(&self.method, &self.headers);
                matches!(outcome, Precondition::Met { .. })
            }
            Some(_) => true,
            None => !self.headers.contains_key(header::IF_MATCH),
        };
        match is_met {
            true => Ok(()),
            false => Err(Problem::PRECONDITION_FAILED.into()),
        }
    }

    /// Checks the header `Depth` of a request for a folder; without it, the last of `allowed` is meant.
    fn check_depth(&self, entry: &Entry, allowed: &[&str]) -> DavResult<()> {
        let depth = self.header("depth").trim();
        let is_allowed =
            depth.is_empty() || allowed.iter().any(|it| it.eq_ignore_ascii_case(depth));
        match is_allowed || entry.kind != EntryKind::Folder {
            true => Ok(()),
            false => Err(Problem::bad_request("This “Depth” is not one of this method.").into()),
        }
    }

    pub(super) async fn check_parent(&self, path: &EntryPath) -> DavResult<()> {
        let parent = path.parent().unwrap_or_else(EntryPath::root);
        match self.entry(&parent).await? {
            Some(entry) if entry.kind == EntryKind::Folder => Ok(()),
            _ => Err(NO_PARENT.into()),
        }
    }

    /// Returns an entry as it is now; `None` if there is none.
    pub(super) async fn entry(&self, path: &EntryPath) -> DavResult<Option<Arc<Entry>>> {
        let found = self.site.library.entry(&self.place, path, Freshness::Fresh);
        match found.await {
            Ok(entry) => Ok(Some(entry)),
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn existing(&self, path: &EntryPath) -> DavResult<Arc<Entry>> {
        Ok(self.entry(path).await?.ok_or(Problem::NOT_FOUND)?)
    }

    pub(super) fn needs_management(&self) -> DavResult<()> {
        match self.site.library.drive(&self.place)?.manage() {
            Some(_) => Ok(()),
            None => Err(Problem::unsupported(&CANNOT_MANAGE).forbidden().into()),
        }
    }

    fn etag(&self, entry: &Arc<Entry>) -> String {
        format!("\"{}\"", self.site.playback.original(entry).etag)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub(super) fn href(&self, path: &EntryPath) -> String {
        format!("{}{}{}", self.root, self.place, encode_path(path))
    }

    /// Returns the policy for the files that operating systems keep for themselves; `None` for any other name.
    fn system_files(&self) -> Option<SystemFiles> {
        let is_foreign = self.path.names().any(is_foreign);
        is_foreign.then_some(self.site.system_files)
    }

    fn destination(&self) -> DavResult<EntryPath> {
        let destination = self.header("destination");
        if destination.is_empty() {
            return Err(Problem::bad_request("The header “Destination” is missing.").into());
        }
        match self.path_of(destination) {
            Some((place, path)) if place == self.place => Ok(path),
            _ => Err(IS_ELSEWHERE.into()),
        }
    }

    /// Returns what an absolute URL or path of this tree addresses; `None` if it is none of ours.
    fn path_of(&self, url: &str) -> Option<(Place, EntryPath)> {
        let path = match url.split_once("://") {
            Some((_, rest)) => {
                let (host, path) = rest.split_at(rest.find('/')?);
                let origin = self.site.urls.public_origin().unwrap_or_default();
                let public = origin.split_once("://").map(|(_, host)| host);
                let is_ours = |known: &str| known.eq_ignore_ascii_case(host);
                let asked = self.header("host");
                (is_ours(asked) || public.is_some_and(is_ours)).then_some(path)?
            }
            None => url,
        };
        let path = path.split(['?', '#']).next()?;
        let below = path.strip_prefix(self.root.as_str());
        // A proxy in front may have taken the base path off.
        let base = self.site.urls.base_path();
        let below = below.or_else(|| path.strip_prefix(self.root.strip_prefix(base)?))?;
        parse_location(below)
    }
}

/// Returns true for a name that an operating system gives to its own files in every folder.
fn is_foreign(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        ".DS_Store",
        ".Spotlight-V100",
        ".Trashes",
        ".TemporaryItems",
        ".fseventsd",
        ".metadata_never_index",
        "Thumbs.db",
        "desktop.ini",
    ];
    name.starts_with("._") || NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Reads a body to its end and keeps nothing of it: the client goes on as if it had been kept.
async fn drop_body(body: Body) -> DavResult<Response> {
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        if chunk.is_err() {
            return Err(Problem::bad_request("The file did not arrive whole.").into());
        }
    }
    Ok(StatusCode::CREATED.into_response())
}

fn created(is_new: bool) -> StatusCode {
    match is_new {
        true => StatusCode::CREATED,
        false => StatusCode::NO_CONTENT,
    }
}

fn files_problem(error: drives::DriveError) -> Problem {
    in_dav(crate::web::api::result_json::file_problem(error))
}

/// Returns a problem with the status that WebDAV clients expect.
fn in_dav(problem: Problem) -> Problem {
    // 405 to MKCOL would mean that the folder is there (RFC 4918 §9.3.1), so 403 says that the drive cannot.
    match problem.status {
        StatusCode::UNPROCESSABLE_ENTITY => problem.forbidden(),
        _ => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_operating_systems_are_known_by_their_names() {
        for name in [
            "._Film.mp4",
            ".DS_Store",
            ".ds_store",
            "Thumbs.db",
            "desktop.ini",
        ] {
            assert!(is_foreign(name), "{name}");
        }
        for name in ["Film.mp4", ".hidden", "_Film.mp4", "desktop.ini.mp4"] {
            assert!(!is_foreign(name), "{name}");
        }
    }
}
