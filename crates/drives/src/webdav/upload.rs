//! Uploads by PUT to a temporary name, and MOVE (RFC 4918 §9.7, §9.9).
//!
//! A file is sent by one request, which is repeated if it is cut: no server of those that were measured takes the rest of
//! a file. Until the MOVE, the file under its own name is the old one or none.

use async_trait::async_trait;

use crate::folders::{FolderServer, SpooledFile, TemporaryFile};
use crate::uploads::{PartPlan, PartSender, SentParts, UploadPart};
use crate::webdav::WebDav;
use crate::webdav::server::Server;
use crate::{DriveError, ErrorKind, Permits};
use media::EntryPath;

const OPERATION: &str = "upload";

/// Sends a file by one request.
struct Put<'a> {
    server: &'a Server,
    url: String,
    permits: Permits<'a>,
}

#[async_trait]
impl PartSender for Put<'_> {
    async fn send(&self, part: &UploadPart<'_>) -> Result<String, DriveError> {
        let body = || part.body();
        let put = self.server.put(OPERATION, &self.url, part.length, body);
        self.permits.send(put).await.map(|()| String::new())
    }

    fn is_retryable(&self, error: &DriveError) -> bool {
        error.kind.is_transient() || error.kind == ErrorKind::RateLimited
    }

    /// Stores no note: an upload that ends is not resumed.
    async fn save_note(&self, _sent: &SentParts) -> Result<(), DriveError> {
        Ok(())
    }
}

impl WebDav {
    /// Sends a file under a name that nothing has, and returns it.
    pub(super) async fn put_temporary(
        &self,
        file: SpooledFile<'_>,
        folder: &EntryPath,
    ) -> Result<TemporaryFile, DriveError> {
        let permits = file.permits;
        self.make_folders(folder, permits).await?;
        let temporary = self.begin_temporary(file, folder).await?;
        let path = &temporary.path;
        let put = Put {
            server: &self.server,
            url: self.server.url(OPERATION, path, false).await?,
            permits,
        };
        let plan = PartPlan {
            spooled: file.spooled,
            progress: file.request.progress.clone(),
            part_bytes: file.spooled.length().max(1),
            max_concurrent: 1,
        };
        let sent = async {
            plan.send_missing(SentParts::default(), &put).await?;
            let arrived = permits.call(self.look(OPERATION, path)).await?;
            match arrived.size == file.spooled.length() {
                true => Ok(()),
                false => Err(DriveError::failed(
                    OPERATION,
                    "it arrived in another length",
                )),
            }
        };
        if let Err(error) = sent.await {
            let deleted = self.delete_temporary(path, file.staging, permits).await;
            if let Err(error) = deleted {
                tracing::debug!(%error, "the rest of a failed upload stays on the server for a day");
            }
            return Err(error);
        }
        Ok(temporary)
    }

    /// Makes a folder and those above it, one by one.
    async fn make_folders(
        &self,
        folder: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let mut missing = Vec::new();
        let mut path = folder.clone();
        while !path.is_root() {
            match permits.call(self.look(OPERATION, &path)).await {
                Ok(found) if found.is_folder => break,
                Ok(_) => {
                    let detail = "a file stands in the place of a folder";
                    return Err(DriveError::new(ErrorKind::Conflict, OPERATION, detail));
                }
                Err(error) if error.kind == ErrorKind::NotFound => missing.push(path.clone()),
                Err(error) => return Err(error),
            }
            path = path.parent().unwrap_or_else(EntryPath::root);
        }
        for path in missing.into_iter().rev() {
            match permits.call(self.mkcol(OPERATION, &path)).await {
                Err(error) if error.kind != ErrorKind::Conflict => return Err(error),
                // Made now, or by another upload meanwhile.
                _ => {}
            }
        }
        Ok(())
    }
}
