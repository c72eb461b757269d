//! Locks between processes that share one state. Each lock is a file that is locked by the kernel, so the
//! lock of a process that dies is released.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

/// Time between two attempts.
const RETRY_INTERVAL: Duration = Duration::from_millis(50);
/// Maximum wait for a lock. A holder makes a call or two; if it takes longer, it hangs.
const LOCK_TIMEOUT: Duration = Duration::from_secs(120);

/// Waits for the lock called `name` in `folder`. Dropping the returned file releases it.
///
/// # Errors
///
/// Fails if the file cannot be created or locked, and with `TimedOut` after [`LOCK_TIMEOUT`].
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
                Err(TryLockError::WouldBlock) => tokio::time::sleep(RETRY_INTERVAL).await,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    };
    match tokio::time::timeout(LOCK_TIMEOUT, wait).await {
        Ok(held) => held.map(|()| file),
        Err(_) => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "another process holds the lock for too long",
        )),
    }
}

/// Leaves the name of this process in `folder`. Returns the file, which holds the place until it is dropped, and the name of
/// the process that had it before and has ended, if there was one; `None` if that process still runs.
///
/// # Errors
///
/// Fails if the file cannot be created, locked, read or written.
pub(super) fn succeed(folder: &Path, name: &str) -> io::Result<Option<(File, Option<String>)>> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(folder.join("server"))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let mut former = String::new();
    file.read_to_string(&mut former)?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(name.as_bytes())?;
    let former = Some(former).filter(|former| !former.is_empty());
    Ok(Some((file, former)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_process_that_has_ended_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let (first, former) = succeed(dir.path(), "one").unwrap().unwrap();
        assert_eq!(former, None);
        assert!(succeed(dir.path(), "other").unwrap().is_none());
        drop(first);
        let (_second, former) = succeed(dir.path(), "other").unwrap().unwrap();
        assert_eq!(former.as_deref(), Some("one"));
    }

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
