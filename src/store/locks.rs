//! Locks that several processes on one state share: a file each, held by the kernel, so that whoever dies
//! lets go.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);
/// Whoever holds one makes a call or two; longer than this, something hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Waits for the lock called `name` in `folder`; it is given back when the file is dropped.
pub(super) async fn hold(folder: &Path, name: &str) -> io::Result<File> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(folder.join(format!("{name}.lock")))?;
    let wait = async {
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    };
    match tokio::time::timeout(PATIENCE, wait).await {
        Ok(held) => held.map(|()| file),
        Err(_) => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "somebody else holds the lock for too long",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_holds_it_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = hold(dir.path(), "films").await.unwrap();
        let other = hold(dir.path(), "other").await.unwrap();
        let mut second = std::pin::pin!(hold(dir.path(), "films"));
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        second.await.unwrap();
        drop(other);
    }
}
