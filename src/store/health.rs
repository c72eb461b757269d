//! The reason for which the state cannot be written. Reading goes on while the disk is full, so the server
//! does too.

use std::error::Error;
use std::fmt;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::Store;

/// A reason for which the state cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteFault {
    /// The disk that holds `data_dir` is full.
    DiskFull,
    /// The disk that holds `data_dir` cannot be written.
    DiskFailed,
    /// The database of the state does not answer, or takes no writes at the moment.
    DatabaseAway,
    /// SQLite's file is held by another program, or its disk is busy.
    DatabaseBusy,
}

impl fmt::Display for WriteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WriteFault::DiskFull => "the disk that holds data_dir is full",
            WriteFault::DiskFailed => "the disk that holds data_dir cannot be written",
            WriteFault::DatabaseAway => "the database that holds the state does not answer",
            WriteFault::DatabaseBusy => {
                "the disk that holds data_dir is busy, or another program holds the state"
            }
        })
    }
}

/// Free space below which the disk counts as full: a write of the state needs some pages of its log.
const MIN_FREE_BYTES: u64 = 1 << 20;

/// Bytes that a probe writes beside the state: as many as a change of it may take.
const PROBE_BYTES: usize = 256 << 10;

/// Lifetime of the result of a probe. Each of them waits for the disk, and strangers may ask for it.
const PROBE_TTL: Duration = Duration::from_secs(5);

/// The result of the last probe. A failed write of the state replaces it, until a probe has succeeded.
pub(super) type LastProbe = Mutex<Option<(Instant, Option<WriteFault>)>>;

impl WriteFault {
    /// Returns true if the same write may succeed a moment later.
    pub fn may_pass(self) -> bool {
        matches!(self, WriteFault::DatabaseAway | WriteFault::DatabaseBusy)
    }

    /// Returns the fault of the disk or of the database in an error of the state; `None` if the error has another cause.
    pub fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            let found = error.downcast_ref::<sqlx::Error>();
            if let Some(error) = found
                && is_away(error)
            {
                return Some(WriteFault::DatabaseAway);
            }
            if let Some(sqlx::Error::Database(error)) = found {
                let code: i32 = error.code()?.parse().ok()?;
                // The low byte of an extended result code is the primary one.
                return match code & 0xff {
                    SQLITE_FULL => Some(WriteFault::DiskFull),
                    SQLITE_IOERR | SQLITE_READONLY | SQLITE_CANTOPEN => {
                        Some(WriteFault::DiskFailed)
                    }
                    SQLITE_BUSY | SQLITE_LOCKED => Some(WriteFault::DatabaseBusy),
                    _ => None,
                };
            }
            cause = error.source();
        }
        None
    }
}

/// Classes of PostgreSQL's codes for failures that pass
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>): of the connection, transactions that were rolled
/// back, resources, locks, an operator's intervention, the system.
const AWAY_CLASSES: [&str; 6] = ["08", "40", "53", "55", "57", "58"];

/// The code of a write that a standby refuses.
const READ_ONLY: &str = "25006";

/// Returns true if PostgreSQL cannot be reached, or takes no writes at the moment.
fn is_away(error: &sqlx::Error) -> bool {
    match error {
        // A proxy without a database behind it accepts a connection and closes it, which sqlx reports as a malformed reply.
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(error) => error
            .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
            .is_some_and(|error| {
                let code = error.code();
                code == READ_ONLY || AWAY_CLASSES.iter().any(|class| code.starts_with(class))
            }),
        _ => false,
    }
}

/// Result codes of SQLite (<https://sqlite.org/rescode.html>).
const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;
const SQLITE_READONLY: i32 = 8;
const SQLITE_IOERR: i32 = 10;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;

impl Store {
    /// Returns the reason for which the state cannot be written at the moment; `None` if it can be. Writes to find
    /// out, at most every five seconds.
    pub async fn write_fault(&self) -> Option<WriteFault> {
        let known = *self.last_probe.lock();
        if let Some((at, fault)) = known
            && at.elapsed() < PROBE_TTL
        {
            return fault;
        }
        let fault = self.probe().await;
        *self.last_probe.lock() = Some((Instant::now(), fault));
        fault
    }

    /// Records that a write of the state has failed.
    pub fn record_fault(&self, fault: WriteFault) {
        let fault = match (fault, self.database.postgres()) {
            (WriteFault::DatabaseAway, Some(postgres)) => {
                postgres.record_cut();
                fault
            }
            // The one connection to a file was not free in time.
            (WriteFault::DatabaseAway, None) => WriteFault::DatabaseBusy,
            _ => fault,
        };
        *self.last_probe.lock() = Some((Instant::now(), Some(fault)));
    }

    /// Writes a page of the state, and a file beside it: a small write can succeed in space that the state has
    /// already.
    async fn probe(&self) -> Option<WriteFault> {
        if self.database.postgres().is_some() {
            // Each connection is checked for a standby, which takes no writes.
            return (!self.is_ready().await).then_some(WriteFault::DatabaseAway);
        }
        if self
            .disk_free_bytes()
            .is_some_and(|free| free < MIN_FREE_BYTES)
        {
            return Some(WriteFault::DiskFull);
        }
        // Migrations do not use the user version, so it is always the same.
        let written = sqlx::query("PRAGMA user_version = 1")
            .execute(&self.pool)
            .await;
        if let Err(error) = written {
            return WriteFault::of(&error);
        }
        let folder = self.data_dir.clone();
        let written = tokio::task::spawn_blocking(move || write_and_remove(&folder)).await;
        written.ok()?.err().map(|error| match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                WriteFault::DiskFull
            }
            _ => WriteFault::DiskFailed,
        })
    }

    /// Returns the free bytes of the disk that holds `data_dir`; `None` if the system does not say.
    pub fn disk_free_bytes(&self) -> Option<u64> {
        let found = rustix::fs::statvfs(&self.data_dir).ok()?;
        found.f_bavail.checked_mul(found.f_frsize)
    }
}

/// Writes a file without a name in `folder`, which ends with this call.
fn write_and_remove(folder: &Path) -> std::io::Result<()> {
    let mut file = tempfile::tempfile_in(folder)?;
    file.write_all(&[0; PROBE_BYTES])?;
    // Some file systems find out only now.
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_recognized_and_reading_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        store.server_key("ticket").await.unwrap();
        assert_eq!(store.write_fault().await, None);
        assert!(store.disk_free_bytes().is_some());
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
            .fetch_one(&store.pool)
            .await
            .unwrap();
        let limit = format!("PRAGMA max_page_count = {pages}");
        sqlx::query(sqlx::AssertSqlSafe(limit))
            .execute(&store.pool)
            .await
            .unwrap();
        let large = "x".repeat(100_000);
        let session = store.drive_session(&media::Place::parse("films").unwrap());
        let refused = sqlx::query("INSERT INTO server_key (name, value) VALUES ($1, x'00')")
            .bind(large)
            .execute(&store.pool)
            .await
            .unwrap_err();
        assert_eq!(WriteFault::of(&refused), Some(WriteFault::DiskFull));
        // Small writes still succeed, but the failure counts until a probe finds room.
        store.record_fault(WriteFault::DiskFull);
        assert_eq!(store.write_fault().await, Some(WriteFault::DiskFull));
        *store.last_probe.lock() = None;
        assert_eq!(store.write_fault().await, None);
        let with_context = anyhow::Error::from(refused).context("a ticket");
        assert_eq!(
            WriteFault::of(with_context.as_ref()),
            Some(WriteFault::DiskFull)
        );
        assert!(store.is_ready().await);
        assert_eq!(::drives::SessionStore::load(&session).await.unwrap(), None);
        let unrelated = sqlx::query("SELECT nothing").execute(&store.pool).await;
        assert_eq!(WriteFault::of(&unrelated.unwrap_err()), None);
    }
}
