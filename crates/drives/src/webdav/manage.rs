//! Makes folders; copies, moves, renames and deletes entries (RFC 4918 §9).
//!
//! Each change is preceded by a look: `Overwrite: F` protects nothing at some servers, and a folder that is moved into
//! itself is lost at others. Folders have a slash at their end in every request.

use async_trait::async_trait;
use http::StatusCode;

use crate::folders::Child;
use crate::webdav::WebDav;
use crate::webdav::server::DavCall;
use crate::{DriveError, ErrorKind, Manage, Outcome, Permits};
use media::{Entry, EntryPath};

/// A change that has a source and a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transfer {
    Copy,
    Move,
}

impl Transfer {
    fn method(self) -> &'static str {
        match self {
            Transfer::Copy => "COPY",
            Transfer::Move => "MOVE",
        }
    }
}

#[async_trait]
impl Manage for WebDav {
    async fn make_folder(
        &self,
        path: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        self.check_free("mkdir", path, permits).await?;
        permits.call(self.mkcol("mkdir", path)).await?;
        self.forget_parent(path).await;
        permits.call(self.tree.entry("mkdir", path)).await
    }

    async fn copy(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.transfer_all("copy", Transfer::Copy, paths, to, permits)
            .await
    }

    async fn move_to(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.transfer_all("move", Transfer::Move, paths, to, permits)
            .await
    }

    async fn copy_as(
        &self,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let folder = target.parent().unwrap_or_else(EntryPath::root);
        let target = check_name("copy", &folder, target.name())?;
        self.transfer("copy", Transfer::Copy, path, &target, permits)
            .await
    }

    async fn move_as(
        &self,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let folder = target.parent().unwrap_or_else(EntryPath::root);
        let target = check_name("move", &folder, target.name())?;
        self.transfer("move", Transfer::Move, path, &target, permits)
            .await
    }

    async fn rename(
        &self,
        path: &EntryPath,
        name: &str,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let parent = path.parent().unwrap_or_else(EntryPath::root);
        let target = check_name("rename", &parent, name)?;
        self.transfer("rename", Transfer::Move, path, &target, permits)
            .await
    }

    async fn delete(
        &self,
        paths: &[EntryPath],
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let mut outcomes = Vec::with_capacity(paths.len());
        for path in paths {
            let result = self.delete_one(path, permits).await;
            if let Err(error) = &result
                && !is_about_one(error)
            {
                return Err(error.clone());
            }
            outcomes.push(Outcome {
                path: path.clone(),
                result: result.map(|()| None),
            });
        }
        Ok(outcomes)
    }
}

impl WebDav {
    async fn transfer_all(
        &self,
        operation: &'static str,
        transfer: Transfer,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let folder = permits.call(self.tree.look(operation, to)).await?;
        if !folder.is_folder {
            return Err(DriveError::not_found(operation, "the target is no folder"));
        }
        let mut outcomes = Vec::with_capacity(paths.len());
        for path in paths {
            let result = match check_name(operation, to, path.name()) {
                Ok(target) => {
                    self.transfer(operation, transfer, path, &target, permits)
                        .await
                }
                Err(error) => Err(error),
            };
            if let Err(error) = &result
                && !is_about_one(error)
            {
                return Err(error.clone());
            }
            outcomes.push(Outcome {
                path: path.clone(),
                result: result.map(Some),
            });
        }
        Ok(outcomes)
    }

    /// Copies or moves an entry to `target`, which is free.
    async fn transfer(
        &self,
        operation: &'static str,
        transfer: Transfer,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        if path.is_root() {
            return Err(DriveError::bad_request(operation, "the root"));
        }
        let source = permits.call(self.tree.look(operation, path)).await?;
        if source.is_folder && target.is_within(path) && target != path {
            return Err(DriveError::bad_request(operation, "a folder into itself")
                .with_sentence("A folder cannot go into itself."));
        }
        self.check_free(operation, target, permits).await?;
        permits
            .call(self.send_transfer(operation, transfer, (path, target), source.is_folder, false))
            .await?;
        if transfer == Transfer::Move {
            self.forget(path, &source).await;
        }
        self.forget_parent(target).await;
        // OpenList's COPY has been seen to end elsewhere, so the result is looked at.
        permits.call(self.tree.entry(operation, target)).await
    }

    /// Makes the request of a copy or a move.
    async fn send_transfer(
        &self,
        operation: &'static str,
        transfer: Transfer,
        (path, target): (&EntryPath, &EntryPath),
        is_folder: bool,
        overwrite: bool,
    ) -> Result<(), DriveError> {
        let server = &self.tree.server;
        let url = server.url(operation, path, is_folder).await?;
        let destination = server.url(operation, target, is_folder).await?;
        let call = DavCall {
            operation,
            method: transfer.method(),
            url: &url,
            headers: vec![
                ("destination", destination),
                // Always sent: without it, some servers overwrite and others refuse.
                ("overwrite", if overwrite { "T" } else { "F" }.to_owned()),
            ],
            body: None,
        };
        let reply = server.call(&call).await?;
        match reply.status {
            // A multistatus says that a part of a folder failed.
            StatusCode::MULTI_STATUS => {
                Err(DriveError::failed(operation, "not all of it was done")
                    .with_sentence("The server could not do this with everything in the folder."))
            }
            status if status.is_success() => Ok(()),
            status => Err(server.error(operation, status, &reply.headers)),
        }
    }

    /// Moves a file onto another one, or onto a free name.
    pub(super) async fn replace(
        &self,
        operation: &'static str,
        path: &EntryPath,
        target: &EntryPath,
    ) -> Result<(), DriveError> {
        let paths = (path, target);
        self.send_transfer(operation, Transfer::Move, paths, false, true)
            .await
    }

    /// Makes a folder whose parent exists.
    pub(super) async fn mkcol(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<(), DriveError> {
        let server = &self.tree.server;
        let url = server.url(operation, path, true).await?;
        let call = DavCall {
            operation,
            method: "MKCOL",
            url: &url,
            headers: Vec::new(),
            body: None,
        };
        let reply = server.call(&call).await?;
        match reply.status {
            // RFC 4918 §9.3.1: the name is taken.
            StatusCode::METHOD_NOT_ALLOWED => {
                Err(DriveError::new(ErrorKind::Conflict, operation, ""))
            }
            status if status.is_success() => Ok(()),
            status => Err(server.error(operation, status, &reply.headers)),
        }
    }

    /// Deletes a file without a look, such as one that was never shown.
    pub(super) async fn delete_file(
        &self,
        operation: &'static str,
        path: &EntryPath,
        is_folder: bool,
    ) -> Result<(), DriveError> {
        let server = &self.tree.server;
        let url = server.url(operation, path, is_folder).await?;
        let call = DavCall {
            operation,
            method: "DELETE",
            url: &url,
            headers: Vec::new(),
            body: None,
        };
        let reply = server.call(&call).await?;
        match reply.status {
            StatusCode::MULTI_STATUS => Err(DriveError::failed(operation, "not all was deleted")
                .with_sentence("The server could not delete everything in the folder.")),
            status if status.is_success() => Ok(()),
            status => Err(server.error(operation, status, &reply.headers)),
        }
    }

    async fn delete_one(&self, path: &EntryPath, permits: Permits<'_>) -> Result<(), DriveError> {
        const OPERATION: &str = "delete";
        if path.is_root() {
            return Err(DriveError::bad_request(OPERATION, "the root"));
        }
        let found = permits.call(self.tree.look(OPERATION, path)).await?;
        let delete = self.delete_file(OPERATION, path, found.is_folder);
        permits.call(delete).await?;
        self.forget(path, &found).await;
        Ok(())
    }

    /// Checks that there is no entry of that path.
    pub(super) async fn check_free(
        &self,
        operation: &'static str,
        path: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        if path.is_root() {
            return Err(DriveError::new(ErrorKind::Conflict, operation, "the root"));
        }
        match permits.call(self.tree.look(operation, path)).await {
            Ok(_) => Err(DriveError::new(ErrorKind::Conflict, operation, "")),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn forget(&self, path: &EntryPath, was: &Child) {
        match was.is_folder {
            true => self.tree.folders.forget_below(path).await,
            false => self.forget_parent(path).await,
        }
    }

    pub(super) async fn forget_parent(&self, path: &EntryPath) {
        if let Some(parent) = path.parent() {
            self.tree.folders.forget(&parent).await;
        }
    }
}

/// Returns the path of a new name in a folder.
///
/// # Errors
/// `refused_name` for a name that no server takes.
pub(super) fn check_name(
    operation: &'static str,
    folder: &EntryPath,
    name: &str,
) -> Result<EntryPath, DriveError> {
    const MAX_NAME_BYTES: usize = 255;
    let joined = folder.join(name).ok();
    joined
        .filter(|path| path.name() == name && !name.contains('\\') && name.len() <= MAX_NAME_BYTES)
        .ok_or_else(|| {
            DriveError::new(ErrorKind::RefusedName, operation, "a name of another form")
                .with_sentence(
                    "A name on this drive has at most 255 bytes and neither / nor \\ in it.",
                )
        })
}

/// Returns true if an error concerns one path, and the others may succeed.
fn is_about_one(error: &DriveError) -> bool {
    matches!(
        error.kind,
        ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Forbidden
            | ErrorKind::RefusedName
            | ErrorKind::Unsupported
            | ErrorKind::BadRequest
            | ErrorKind::UpstreamFailed
    )
}
