//! The writing half of WebDAV (RFC 4918 §9): PUT, MKCOL, DELETE, COPY, MOVE and PROPPATCH.
//!
//! Each request is checked in the same order: the caller may change files, the drive can, the name may stay, what the
//! request assumes is so (`If`, `If-Match`), nothing in its way is locked. An upload is the drive's own, so until it is
//! whole, the file under its name is the old one or none.

mod conditions;
mod paths;
mod refusals;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use super::properties::{self, MAX_BODY_BYTES};
use crate::config::SystemFiles;
use crate::library::{FileOperation, Freshness};
use crate::store::ChangedPath;
use crate::web::AppState;
use crate::web::api::{content, files};
use crate::web::error::{CANNOT_MANAGE, CANNOT_UPLOAD, Problem};
use drives::{ErrorKind, OnConflict, UploadProgress, UploadRequest};
use media::{Entry, EntryKind, EntryPath, Place};

use paths::is_foreign;
pub(super) use refusals::{DavRefusal, XML};
use refusals::{
    HAS_A_BODY, IS_A_FOLDER, IS_A_ROOT, IS_FOREIGN, IS_ITSELF, IS_PARTIAL, IS_THERE, in_dav,
    refusal,
};

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

pub(super) type DavResult<T> = Result<T, DavRefusal>;

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
        let is_kept_out = self.system_files() == Some(SystemFiles::Drop);
        if !is_kept_out {
            self.existing(&self.path).await?;
        }
        let change = ChangedPath {
            path: &self.path,
            is_deep: false,
            is_of_name: false,
        };
        self.guard(&[change]).await?;
        let is_allowed = properties::are_allowed(&changes);
        if is_allowed && !is_kept_out {
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

    /// Returns the policy for the files that operating systems keep for themselves; `None` for any other name.
    pub(super) fn system_files(&self) -> Option<SystemFiles> {
        let is_foreign = self.path.names().any(is_foreign);
        is_foreign.then_some(self.site.system_files)
    }
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

#[cfg(test)]
mod tests;
