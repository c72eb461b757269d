//! Archives that the upstream packs and unpacks by itself.

use async_trait::async_trait;
use secrecy::SecretString;

use super::{DriveError, RemoteTask};
use media::EntryPath;

/// Makes the upstream pack entries into archives, and unpack archives.
#[async_trait]
pub trait Archives: Send + Sync {
    /// Starts to pack entries into the new archive `archive`, whose name ends in `.zip`.
    ///
    /// # Errors
    /// `plan_required` if the account may not do it, `conflict` if the name is taken.
    async fn pack(
        &self,
        paths: &[EntryPath],
        archive: &EntryPath,
    ) -> Result<RemoteTask, DriveError>;

    /// Starts to unpack an archive into the folder `to`, which is made if it is missing.
    ///
    /// # Errors
    /// `plan_required` if the account may not do it.
    async fn unpack(
        &self,
        archive: &EntryPath,
        to: &EntryPath,
        password: Option<&SecretString>,
    ) -> Result<RemoteTask, DriveError>;

    /// Returns one page of tasks with their progress, the newest first, and the cursor of the next page.
    async fn list(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<RemoteTask>, Option<String>), DriveError>;
}
