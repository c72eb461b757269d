//! Durable state in one SQLite file: the server's keys, the drives' sessions, tickets, the owner's password and
//! sessions, API tokens, viewers with their watch history, the library.
//!
//! The file is readable by its owner only (0600). Every write is on the disk before the call returns: a
//! refresh token works once, so a lost one is a lost session. Statements that belong together run in one
//! transaction. Times are integers, milliseconds since 1970.

mod app_devices;
mod backup;
mod dav;
mod drives;
mod health;
mod history;
mod library;
mod locks;
mod passkeys;
mod second_factor;
mod seek_pictures;
mod sessions;
mod shares;
mod tasks;
mod ticket_cards;
mod tickets;
mod uploads;
mod viewers;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail, ensure};
use async_trait::async_trait;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use ::drives::{SessionLock, SessionStore, SessionStoreError};
use media::Place;

pub use app_devices::{AppDevice, FileProgress};
pub use backup::{BackupSummary, back_up, restore};
pub use dav::{DavLock, DavProperty};
pub use drives::{ConnectedDrive, DriveSwitch};
pub use health::WriteFault;
pub use history::WatchPosition;
pub use library::{
    Intro, ItemDetails, ItemKind, ItemPage, ItemQuery, ItemSort, ItemVersion, LibraryItem,
    PictureFile, SeenFolder, WalkState, WalkStatus,
};
pub use passkeys::StoredPasskey;
pub use second_factor::OwnerTotp;
pub use sessions::{ApiToken, OwnerPassword, OwnerSession, PasswordOrigin};
pub use shares::OpenedShare;
/// An error of the state.
pub use sqlx::Error as StoreError;
pub use tasks::{StoredTask, TaskItem, TaskKind, TaskState};
pub use ticket_cards::StoredCard;
pub use tickets::{StoredTicket, TicketKind};
pub use viewers::Viewer;

/// The state of one server. Clones share it.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
    data_dir: PathBuf,
    last_probe: Arc<health::LastProbe>,
    /// The number of the last change by another process that was seen.
    last_data_version: Arc<AtomicI64>,
}

/// The stored session of one drive.
pub struct DriveSession {
    store: Store,
    drive: String,
}

/// Name of the state's file in `data_dir`.
const STATE_FILE: &str = "drivein.sqlite";

/// Oldest SQLite that is accepted. Older versions can lose writes of the write-ahead log (fixed in SQLite
/// 3.51.3).
const MIN_SQLITE: (u32, u32, u32) = (3, 51, 3);

impl Store {
    /// Opens the state in `data_dir`, creates both if they are missing, and migrates the tables.
    ///
    /// # Errors
    ///
    /// Fails if the folder or the file cannot be created or opened, or if a migration fails.
    pub async fn open(data_dir: &Path) -> anyhow::Result<Self> {
        make_private_dir(data_dir)
            .with_context(|| format!("the data folder {} cannot be made", data_dir.display()))?;
        let file = data_dir.join(STATE_FILE);
        make_private_file(&file)
            .with_context(|| format!("the state file {} cannot be made", file.display()))?;
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            // Deleted rows are overwritten: many of them held a token.
            .pragma("secure_delete", "ON");
        // One connection: SQLite has one writer at a time anyway, and reads are tiny.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .with_context(|| format!("the state file {} cannot be opened", file.display()))?;
        let store = Store {
            pool,
            data_dir: data_dir.to_owned(),
            last_probe: Arc::default(),
            last_data_version: Arc::default(),
        };
        store.check_version().await?;
        match migrator().run(&store.pool).await {
            Ok(()) => {}
            Err(MigrateError::VersionMissing(version)) => bail!(
                "the state in {} is of a newer version of Drive-In: it has step {version}, and this version knows {} of \
                 them. Run that version, or another data_dir",
                data_dir.display(),
                MIGRATIONS.len()
            ),
            Err(error) => {
                return Err(error).context("the state's tables cannot be brought up to date");
            }
        }
        store.has_foreign_changes().await?;
        Ok(store)
    }

    /// Returns the server's key called `name`. Generates it at random on first use.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read or written, or if the system has no random numbers.
    pub async fn server_key(&self, name: &str) -> anyhow::Result<[u8; 32]> {
        let mut fresh = [0u8; 32];
        getrandom::fill(&mut fresh)
            .map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        sqlx::query(
            "INSERT INTO server_key (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(fresh.as_slice())
        .execute(&self.pool)
        .await?;
        let key: Vec<u8> = sqlx::query_scalar("SELECT value FROM server_key WHERE name = $1")
            .bind(name)
            .fetch_one(&self.pool)
            .await?;
        key.try_into()
            .map_err(|_| anyhow::anyhow!("the key “{name}” in the state has a wrong length"))
    }

    /// Returns the session store of the drive of that name.
    pub fn drive_session(&self, drive: &Place) -> DriveSession {
        DriveSession {
            store: self.clone(),
            drive: drive.to_string(),
        }
    }

    /// Returns the store of the web session that the drive of that name has beside its own session.
    pub fn web_session(&self, drive: &Place) -> DriveSession {
        DriveSession {
            store: self.clone(),
            // A drive's name has no slash.
            drive: format!("{drive}/web"),
        }
    }

    /// Returns true if the state can be read.
    pub async fn is_ready(&self) -> bool {
        sqlx::query_scalar::<_, i64>("SELECT 1")
            .fetch_one(&self.pool)
            .await
            .is_ok()
    }

    /// Returns true if another process changed the state since the last call.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn has_foreign_changes(&self) -> sqlx::Result<bool> {
        // Changes with commits of other connections only, and there is one here.
        let version: i64 = sqlx::query_scalar("PRAGMA data_version")
            .fetch_one(&self.pool)
            .await?;
        Ok(self.last_data_version.swap(version, Ordering::SeqCst) != version)
    }

    /// Flushes pending writes and closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn check_version(&self) -> anyhow::Result<()> {
        let version: String = sqlx::query_scalar("SELECT sqlite_version()")
            .fetch_one(&self.pool)
            .await?;
        let mut parts = version
            .split('.')
            .map(|part| part.parse::<u32>().unwrap_or(0));
        let mut part = || parts.next().unwrap_or(0);
        let found = (part(), part(), part());
        ensure!(
            found >= MIN_SQLITE,
            "SQLite {version} can lose writes; at least 3.51.3 is needed"
        );
        Ok(())
    }
}

#[async_trait]
impl SessionStore for DriveSession {
    async fn load(&self) -> Result<Option<String>, SessionStoreError> {
        sqlx::query_scalar("SELECT session FROM drive_session WHERE drive = $1")
            .bind(&self.drive)
            .fetch_optional(&self.store.pool)
            .await
            .map_err(|error| SessionStoreError(error.to_string()))
    }

    async fn forget(&self) -> Result<(), SessionStoreError> {
        // The write-ahead log still holds the deleted row until it is checkpointed.
        for statement in [
            "DELETE FROM drive_session WHERE drive = $1",
            "PRAGMA wal_checkpoint(TRUNCATE)",
        ] {
            let query = sqlx::query(statement);
            let query = match statement.contains("$1") {
                true => query.bind(&self.drive),
                false => query,
            };
            query
                .execute(&self.store.pool)
                .await
                .map_err(|error| SessionStoreError(error.to_string()))?;
        }
        Ok(())
    }

    async fn save(&self, session: &str) -> Result<(), SessionStoreError> {
        sqlx::query(
            "INSERT INTO drive_session (drive, session, updated_at) VALUES ($1, $2, $3) \
             ON CONFLICT (drive) DO UPDATE SET session = excluded.session, updated_at = excluded.updated_at",
        )
        .bind(&self.drive)
        .bind(session)
        .bind(now_ms())
        .execute(&self.store.pool)
        .await
        .map_err(|error| SessionStoreError(error.to_string()))?;
        Ok(())
    }

    async fn lock(&self) -> Result<SessionLock, SessionStoreError> {
        locks::hold(&self.store.data_dir.join("locks"), &self.drive)
            .await
            .map(SessionLock::new)
            .map_err(|error| SessionStoreError(error.to_string()))
    }
}

fn now_ms() -> i64 {
    millis(SystemTime::now())
}

/// Converts a time to its stored form: milliseconds since 1970.
fn millis(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis() as i64
}

/// Latest stored time that is read as it is: the last one of the year 9999. Later ones cannot be written as a
/// date.
const MAX_TIME_MS: i64 = 253_402_300_799_999;

/// Converts a stored time back.
fn time(millis: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis.clamp(0, MAX_TIME_MS) as u64)
}

fn migrator() -> Migrator {
    let migrations = MIGRATIONS.iter().map(|&(version, name, sql)| {
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            AssertSqlSafe(sql).into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

/// All migrations in order. A released migration is never altered.
#[rustfmt::skip]
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "initial tables", include_str!("migrations/0001_initial_tables.sql")),
    (2, "opened shares", include_str!("migrations/0002_opened_shares.sql")),
    (3, "tickets", include_str!("migrations/0003_tickets.sql")),
    (4, "access", include_str!("migrations/0004_access.sql")),
    (5, "history", include_str!("migrations/0005_history.sql")),
    (6, "connected drives", include_str!("migrations/0006_drives.sql")),
    (7, "resumable uploads", include_str!("migrations/0007_uploads.sql")),
    (8, "the library", include_str!("migrations/0008_library.sql")),
    (9, "viewers", include_str!("migrations/0009_viewers.sql")),
    (10, "locks and properties of WebDAV clients", include_str!("migrations/0010_webdav.sql")),
    (11, "copies between places", include_str!("migrations/0011_tasks.sql")),
    (12, "drives are switched off and ordered", include_str!("migrations/0012_drive_settings.sql")),
    (14, "apps", include_str!("migrations/0014_apps.sql")),
    (15, "intros", include_str!("migrations/0015_intros.sql")),
    (16, "seek pictures", include_str!("migrations/0016_seek_pictures.sql")),
    (17, "ticket limits", include_str!("migrations/0017_ticket_limits.sql")),
    (20, "the second factor of the password", include_str!("migrations/0020_second_factor.sql")),
    (21, "passkeys", include_str!("migrations/0021_passkeys.sql")),
];

fn make_private_dir(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if path.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

fn make_private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    // An existing file may have had wider permissions.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn keys_and_sessions_outlive_the_server() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let films = Place::parse("films").unwrap();
        let store = Store::open(&data).await.unwrap();
        let key = store.server_key("ticket").await.unwrap();
        assert_ne!(key, store.server_key("session").await.unwrap());
        let session = store.drive_session(&films);
        assert_eq!(session.load().await.unwrap(), None);
        session.save("one").await.unwrap();
        session.save("two").await.unwrap();
        store.close().await;

        let store = Store::open(&data).await.unwrap();
        assert_eq!(store.server_key("ticket").await.unwrap(), key);
        assert_eq!(
            store.drive_session(&films).load().await.unwrap().as_deref(),
            Some("two")
        );
        let other = Place::parse("other").unwrap();
        assert_eq!(store.drive_session(&other).load().await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_newer_state_is_named_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                     VALUES (999, 'of tomorrow', TRUE, x'00', 1)";
        sqlx::query(newer).execute(&store.pool).await.unwrap();
        store.close().await;
        let Err(refused) = Store::open(dir.path()).await else {
            panic!("it was opened");
        };
        let told = format!("{refused:#}");
        for word in [
            "newer version",
            "step 999",
            &*dir.path().display().to_string(),
        ] {
            assert!(told.contains(word), "{word}: {told}");
        }
    }

    #[tokio::test]
    async fn changes_of_another_process_are_noticed_once() {
        let dir = tempfile::tempdir().unwrap();
        let one = Store::open(dir.path()).await.unwrap();
        let other = Store::open(dir.path()).await.unwrap();
        one.has_foreign_changes().await.unwrap();
        one.server_key("a").await.unwrap();
        assert!(!one.has_foreign_changes().await.unwrap());
        other.server_key("b").await.unwrap();
        assert!(one.has_foreign_changes().await.unwrap());
        assert!(!one.has_foreign_changes().await.unwrap());
    }

    #[tokio::test]
    async fn nobody_else_can_read_the_state() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        store.server_key("ticket").await.unwrap();
        for file in std::fs::read_dir(dir.path()).unwrap() {
            let file = file.unwrap();
            assert_eq!(
                file.metadata().unwrap().permissions().mode() & 0o777,
                0o600,
                "{:?}",
                file.file_name()
            );
        }
    }
}
