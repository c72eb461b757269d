//! Makes folders; copies, moves, renames and deletes entries (RFC 4918 §9).
//!
//! Folders have a slash at their end in every request, and `Overwrite` is always sent, although it protects nothing at
//! some servers.

use http::StatusCode;

use crate::folders::CopyOrMove;
use crate::webdav::WebDav;
use crate::webdav::server::{BEHIND_TLS, DavCall};
use crate::{DriveError, ErrorKind};
use media::EntryPath;

impl WebDav {
    /// Makes the request of a copy or a move.
    pub(super) async fn send_transfer(
        &self,
        operation: &'static str,
        transfer: CopyOrMove,
        (path, target): (&EntryPath, &EntryPath),
        is_folder: bool,
        overwrite: bool,
    ) -> Result<(), DriveError> {
        let server = &self.server;
        let url = server.url(operation, path, is_folder).await?;
        let destination = server.url(operation, target, is_folder).await?;
        let call = DavCall {
            operation,
            method: match transfer {
                CopyOrMove::Copy => "COPY",
                CopyOrMove::Move => "MOVE",
            },
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
            // RFC 4918 §9.8.5: the target is of another server.
            StatusCode::BAD_GATEWAY => {
                let error = server.error(operation, reply.status, &reply.headers);
                Err(error.with_sentence(BEHIND_TLS))
            }
            status if status.is_success() => Ok(()),
            status => Err(server.error(operation, status, &reply.headers)),
        }
    }

    /// Makes a folder whose parent exists.
    pub(super) async fn mkcol(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<(), DriveError> {
        let server = &self.server;
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

    /// Deletes an entry, a folder with everything in it.
    pub(super) async fn delete_entry(
        &self,
        operation: &'static str,
        path: &EntryPath,
        is_folder: bool,
    ) -> Result<(), DriveError> {
        let server = &self.server;
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
