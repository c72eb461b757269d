//! The size of the file system that contains the folder, and facts for the account page.

use async_trait::async_trait;

use super::{Local, tree};
use crate::{Account, AccountSession, DriveError, FactValue, Quota};

#[async_trait]
impl AccountSession for Local {
    /// Returns the size of the file system that contains the folder.
    async fn account(&self) -> Result<Account, DriveError> {
        let path = self.path.clone();
        let look = move || {
            // The size of a file system is reported even if the folder may not be read.
            std::fs::read_dir(&path)?;
            rustix::fs::statvfs(&path).map_err(std::io::Error::from)
        };
        let found = tokio::task::spawn_blocking(look)
            .await
            .map_err(|_| DriveError::failed("account", "cut off"))?;
        let found = found.map_err(|error| {
            DriveError::failed("account", error.kind().to_string()).with_sentence(tree::NO_FOLDER)
        })?;
        let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
        Ok(Account {
            name: self.path.display().to_string(),
            quota: Some(Quota {
                total: bytes(found.f_blocks),
                used: bytes(found.f_blocks.saturating_sub(found.f_bfree)),
            }),
            facts: self.told_facts(),
            ..Account::default()
        })
    }
}

impl Local {
    /// Returns the facts about this folder beyond its storage.
    fn told_facts(&self) -> Vec<(String, FactValue)> {
        let streams = match self.segmenter.is_available() {
            true => "of the files themselves, and by ffmpeg where their container cannot be sent",
            false => {
                "of MP4, Matroska and TS files; others play as they are, since ffmpeg and ffprobe are not installed"
            }
        };
        let new_files = match self.watch.is_told() {
            true => "show at once",
            false => "show after ten minutes: this system does not tell of them",
        };
        let fact = |name: &str, value: &'static str| (name.to_owned(), value.into());
        vec![fact("Streams", streams), fact("New files", new_files)]
    }
}
