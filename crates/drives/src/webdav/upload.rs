//! Uploads by PUT to a temporary name, and MOVE (RFC 4918 §9.7, §9.9).
//!
//! A file is spooled first, so that a PUT that is cut can be repeated: no server of those that were measured takes the
//! rest of a file. Until the MOVE, the file under its own name is the old one or none.

use async_trait::async_trait;
use data_encoding::HEXLOWER;

use crate::uploads::{self, PartPlan, PartSender, SentParts, UploadPart};
use crate::webdav::WebDav;
use crate::webdav::manage::check_name;
use crate::{DriveError, ErrorKind, OnConflict, Permits, Upload, UploadBody, UploadRequest};
use media::{Entry, EntryPath};

const OPERATION: &str = "upload";
/// Names that are tried if one is taken: `Film (1).mp4`, …
const MAX_NAMES: u32 = 100;

#[async_trait]
impl Upload for WebDav {
    async fn check(&self, request: &UploadRequest) -> Result<(), DriveError> {
        let path = checked(request)?;
        let found = match self.tree.look(OPERATION, &path).await {
            Ok(found) => found,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        uploads::check_taken(OPERATION, request.on_conflict, found.is_folder)
    }

    async fn upload(
        &self,
        request: &UploadRequest,
        body: UploadBody,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let staging = self
            .uploads
            .as_ref()
            .ok_or_else(|| DriveError::unsupported(OPERATION, "no place for uploads"))?;
        let path = checked(request)?;
        let progress = request.progress.as_deref();
        let limits = (u64::MAX, u64::MAX);
        let spooled = staging
            .spool
            .receive(OPERATION, body, request.size, limits, progress)
            .await?;
        let parent = path.parent().unwrap_or_else(EntryPath::root);
        self.make_folders(&parent, permits).await?;
        let temporary = parent
            .join(&format!(".drivein-{}.part", random()))
            .map_err(|_| DriveError::failed(OPERATION, "no temporary name"))?;
        let put = Put {
            webdav: self,
            url: self.tree.server.url(OPERATION, &temporary, false).await?,
            permits,
        };
        let plan = PartPlan {
            spooled: &spooled,
            progress: request.progress.clone(),
            part_bytes: spooled.length().max(1),
            max_concurrent: 1,
        };
        let work = async {
            plan.send_missing(SentParts::default(), &put).await?;
            let arrived = permits.call(self.tree.look(OPERATION, &temporary)).await?;
            if arrived.size != spooled.length() {
                return Err(DriveError::failed(
                    OPERATION,
                    "it arrived in another length",
                ));
            }
            let target = self.target(request, path, permits).await?;
            let replace = self.replace(OPERATION, &temporary, &target);
            permits.call(replace).await?;
            Ok(target)
        };
        match work.await {
            Ok(target) => {
                self.forget_parent(&target).await;
                permits.call(self.tree.entry(OPERATION, &target)).await
            }
            Err(error) => {
                let delete = self.delete_file(OPERATION, &temporary, false);
                if let Err(error) = permits.call(delete).await {
                    tracing::debug!(%error, "the rest of a failed upload stays on the server");
                }
                Err(error)
            }
        }
    }
}

/// Sends a file by one request.
struct Put<'a> {
    webdav: &'a WebDav,
    url: String,
    permits: Permits<'a>,
}

#[async_trait]
impl PartSender for Put<'_> {
    async fn send(&self, part: &UploadPart<'_>) -> Result<String, DriveError> {
        let body = || part.body();
        let put = self
            .webdav
            .tree
            .server
            .put(OPERATION, &self.url, part.length, body);
        self.permits.send(put).await.map(|()| String::new())
    }

    fn is_retryable(&self, error: &DriveError) -> bool {
        error.kind.is_transient() || error.kind == ErrorKind::RateLimited
    }

    /// Records nothing: an upload that ends is not resumed.
    async fn record(&self, _sent: &SentParts) -> Result<(), DriveError> {
        Ok(())
    }
}

impl WebDav {
    /// Makes a folder and those above it, one by one.
    async fn make_folders(
        &self,
        folder: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let mut missing = Vec::new();
        let mut path = folder.clone();
        while !path.is_root() {
            match permits.call(self.tree.look(OPERATION, &path)).await {
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
                // Another upload has made it meanwhile.
                Err(error) if error.kind != ErrorKind::Conflict => return Err(error),
                _ => self.forget_parent(&path).await,
            }
        }
        Ok(())
    }

    /// Returns the path that the file gets, looked at right before it is moved there.
    async fn target(
        &self,
        request: &UploadRequest,
        path: EntryPath,
        permits: Permits<'_>,
    ) -> Result<EntryPath, DriveError> {
        if request.on_conflict == OnConflict::Overwrite {
            return Ok(path);
        }
        let folder = path.parent().unwrap_or_else(EntryPath::root);
        for number in 0..MAX_NAMES {
            let candidate = match number {
                0 => path.clone(),
                number => check_name(OPERATION, &folder, &uploads::numbered(path.name(), number))?,
            };
            match self.check_free(OPERATION, &candidate, permits).await {
                Ok(()) => return Ok(candidate),
                Err(error)
                    if error.kind == ErrorKind::Conflict
                        && request.on_conflict == OnConflict::Rename => {}
                Err(error) => return Err(error),
            }
        }
        Err(DriveError::new(
            ErrorKind::Conflict,
            OPERATION,
            "every name is taken",
        ))
    }
}

fn checked(request: &UploadRequest) -> Result<EntryPath, DriveError> {
    match request.path.parent() {
        Some(parent) => check_name(OPERATION, &parent, request.path.name()),
        None => {
            Err(DriveError::bad_request(OPERATION, "no name").with_sentence("A name is missing."))
        }
    }
}

fn random() -> String {
    let mut bytes = [0; 8];
    // Without random numbers there would be no keys either, and no server.
    let _ = getrandom::fill(&mut bytes);
    HEXLOWER.encode(&bytes)
}
