//! Direct links: URLs at the upstream that hand out a file's bytes without a sign-in.

use async_trait::async_trait;

use super::DriveError;
use media::EntryPath;

/// The direct link of one file.
#[derive(Debug, Clone)]
pub struct DirectLink {
    /// The path of the request.
    pub path: EntryPath,
    /// The URL, which is meant to be passed on; it needs no sign-in.
    pub result: Result<String, DriveError>,
}

/// Makes direct links to files.
#[async_trait]
pub trait DirectLinks: Send + Sync {
    /// Makes a link to each file. Returns one result per path, in their order.
    async fn make(&self, paths: &[EntryPath]) -> Result<Vec<DirectLink>, DriveError>;
}
