//! Durable state: the server's keys, the drives' sessions, tickets, the owner's password and sessions, API tokens,
//! viewers with their watch history, the library.
//!
//! It is one SQLite file, readable by its owner only (0600), or a PostgreSQL database that several servers may use. The
//! queries are the same for both (`database` has what differs): placeholders are `$1`, truth values are 0 and 1 in
//! columns of integers, and conflicts are named (`ON CONFLICT`). Every write is on the disk before the call returns: a
//! refresh token works once, so a lost one is a lost session. Statements that belong together run in one transaction.
//! Times are integers, milliseconds since 1970.

mod app_devices;
mod backup;
mod copy;
mod database;
mod dav;
mod drives;
mod folder_settings;
mod health;
mod history;
mod library;
mod locks;
mod passkeys;
mod pending;
mod postgres;
mod second_factor;
mod seek_pictures;
mod sessions;
mod shares;
mod sqlite;
mod tasks;
#[cfg(test)]
pub(crate) mod test_state;
mod ticket_cards;
mod tickets;
mod uploads;
mod viewers;
mod work;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use secrecy::SecretString;
use sqlx::{Any, AnyPool, Transaction};
use tokio::time::timeout;

use ::drives::{SessionLock, SessionStore, SessionStoreError};
use media::Place;

use database::Database;
use postgres::Postgres;

pub use app_devices::{AppDevice, FileProgress};
pub use backup::{BackupSummary, back_up, restore};
pub use copy::{CopySummary, StateUrl, copy_state};
pub use dav::{ChangedPath, DavLock, DavProperty};
pub use drives::{ConnectedDrive, DriveSwitch};
pub use folder_settings::FolderSetting;
pub use health::WriteFault;
pub use history::WatchPosition;
pub use library::{
    DueItem, Intro, ItemDetails, ItemKind, ItemPage, ItemQuery, ItemSort, ItemVersion, LibraryItem,
    MetadataPictureName, PictureFile, SeenFolder, TitlePicture, WalkState, WalkStatus,
};
pub use passkeys::StoredPasskey;
pub use pending::PendingKind;
pub use postgres::{
    AppMessage, AppSighting, AttemptBucketSize, ClientAdmission, SeenClient, SharedApps,
    SharedLimits, SharedTurns, SharedUploads, StoredPause, StoredProgress, TicketClientTtl,
};
pub use second_factor::OwnerTotp;
pub use sessions::{ApiToken, OwnerPassword, OwnerSession, PasswordOrigin};
pub use shares::OpenedShare;
/// An error of the state.
pub use sqlx::Error as StoreError;
pub use tasks::{StoredTask, TaskItem, TaskKind, TaskState};
pub use ticket_cards::StoredCard;
pub use tickets::{StoredTicket, TicketKind};
pub use viewers::Viewer;
pub use work::{Work, WorkClaim};

/// The state of one server. Clones share it.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    database: Database,
    /// Folder of what is on this machine: SQLite's file, and locks.
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

/// Interval at which changes by another process on the same file are looked for: one number is read.
const FOREIGN_CHANGES_INTERVAL: Duration = Duration::from_secs(2);

/// Time after which the state counts as away.
const READY_TIMEOUT: Duration = Duration::from_secs(3);

/// Time for which the session of a drive is stored again while the database is away: a refresh token that was used and
/// is not stored is a lost session.
const SAVE_TIMEOUT: Duration = Duration::from_secs(50);

impl Store {
    /// Opens the state in `data_dir`, creates both if they are missing, and migrates the tables.
    ///
    /// # Errors
    ///
    /// Fails if the folder or the file cannot be created or opened, or if a migration fails.
    pub async fn open(data_dir: &Path) -> anyhow::Result<Self> {
        let pool = sqlite::connect(&data_dir.join(STATE_FILE)).await?;
        Self::with(pool, Database::Sqlite(data_dir.to_owned()), data_dir).await
    }

    /// Opens the state in the PostgreSQL database of `state_url`, and migrates the tables; `None` opens the one in
    /// `data_dir`.
    ///
    /// # Errors
    ///
    /// Fails if the database or the folder cannot be opened, or if a migration fails.
    pub async fn open_at(
        state_url: Option<&SecretString>,
        data_dir: &Path,
    ) -> anyhow::Result<Self> {
        let Some(url) = state_url else {
            return Self::open(data_dir).await;
        };
        let (postgres, pool) = Postgres::connect(url).await?;
        Self::with(pool, Database::Postgres(postgres), data_dir).await
    }

    async fn with(pool: AnyPool, database: Database, data_dir: &Path) -> anyhow::Result<Self> {
        database.migrate(&pool).await?;
        let store = Store {
            pool,
            database,
            data_dir: data_dir.to_owned(),
            last_probe: Arc::default(),
            last_data_version: Arc::default(),
        };
        if let Database::Sqlite(_) = store.database {
            store.has_foreign_changes().await?;
        }
        Ok(store)
    }

    /// Begins a transaction that writes. On SQLite it takes the lock for writing at once: one that takes it only after a read fails
    /// without waiting if another process writes meanwhile (<https://sqlite.org/lang_transaction.html>, 2.1).
    async fn begin(&self) -> sqlx::Result<Transaction<'static, Any>> {
        match self.database {
            Database::Sqlite(_) => match self.pool.begin_with("BEGIN IMMEDIATE").await {
                // SQLite ends a transaction itself when the disk is full. sqlx takes it for open from then on, and begins the
                // next ones by a savepoint, which needs no open one.
                Err(sqlx::Error::InvalidSavePointStatement) => self.pool.begin().await,
                begun => begun,
            },
            Database::Postgres(_) => self.pool.begin().await,
        }
    }

    /// Begins a transaction during which no other one of these is open: what it reads stays true until it ends.
    async fn begin_alone(&self) -> sqlx::Result<Transaction<'static, Any>> {
        let mut transaction = self.begin().await?;
        // SQLite has one connection, and one writer at a time.
        if let Database::Postgres(_) = self.database {
            postgres::lock_alone(&mut transaction).await?;
        }
        Ok(transaction)
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
        let read = sqlx::query_scalar::<_, i64>("SELECT 1").fetch_one(&self.pool);
        let is_ready = matches!(timeout(READY_TIMEOUT, read).await, Ok(Ok(_)));
        if !is_ready && let Some(postgres) = self.database.postgres() {
            postgres.record_cut();
        }
        is_ready
    }

    /// Waits until another server or process may have changed the state. One that uses the same file is noticed within
    /// two seconds, one that uses the same database at once; if a notice was lost, this returns after ten seconds.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn wait_for_foreign_changes(&self) -> sqlx::Result<()> {
        match &self.database {
            Database::Postgres(postgres) => postgres.wait_for_notice().await,
            Database::Sqlite(_) => loop {
                tokio::time::sleep(FOREIGN_CHANGES_INTERVAL).await;
                if self.has_foreign_changes().await? {
                    break;
                }
            },
        }
        Ok(())
    }

    /// Returns true if another process changed the file since the last call.
    async fn has_foreign_changes(&self) -> sqlx::Result<bool> {
        let version = sqlite::data_version(&self.pool).await?;
        Ok(self.last_data_version.swap(version, Ordering::SeqCst) != version)
    }

    /// Flushes pending writes and closes the state.
    pub async fn close(&self) {
        if let Some(postgres) = self.database.postgres() {
            postgres.close().await;
        }
        self.pool.close().await;
    }
}

/// Makes both kinds of databases known to sqlx, once.
fn install_drivers() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(sqlx::any::install_default_drivers);
}

#[async_trait]
impl SessionStore for DriveSession {
    async fn load(&self) -> Result<Option<String>, SessionStoreError> {
        sqlx::query_scalar("SELECT session FROM drive_session WHERE drive = $1")
            .bind(&self.drive)
            .fetch_optional(&self.store.pool)
            .await
            .map_err(not_stored)
    }

    async fn forget(&self) -> Result<(), SessionStoreError> {
        let forgotten = async {
            sqlx::query("DELETE FROM drive_session WHERE drive = $1")
                .bind(&self.drive)
                .execute(&self.store.pool)
                .await?;
            match self.store.database {
                Database::Sqlite(_) => sqlite::forget_deleted(&self.store.pool).await,
                Database::Postgres(_) => Ok(()),
            }
        };
        forgotten.await.map_err(not_stored)
    }

    async fn save(&self, session: &str) -> Result<(), SessionStoreError> {
        let begun_at = Instant::now();
        loop {
            let stored = sqlx::query(
                "INSERT INTO drive_session (drive, session, updated_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (drive) DO UPDATE SET session = excluded.session, updated_at = excluded.updated_at",
            )
            .bind(&self.drive)
            .bind(session)
            .bind(now_ms())
            .execute(&self.store.pool)
            .await;
            match stored {
                Ok(_) => return Ok(()),
                Err(error)
                    if WriteFault::of(&error).is_some_and(WriteFault::may_pass)
                        && begun_at.elapsed() < SAVE_TIMEOUT =>
                {
                    tracing::warn!(%error, "a session waits to be stored");
                    self.store.record_fault(WriteFault::DatabaseAway);
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Err(error) => return Err(not_stored(error)),
            }
        }
    }

    async fn lock(&self) -> Result<SessionLock, SessionStoreError> {
        match &self.store.database {
            Database::Sqlite(folder) => locks::hold(&folder.join("locks"), &self.drive)
                .await
                .map(SessionLock::new)
                .map_err(|error| SessionStoreError(error.to_string())),
            Database::Postgres(postgres) => postgres
                .lease(&self.store.pool, &self.drive)
                .await
                .map(SessionLock::new)
                .map_err(not_stored),
        }
    }
}

fn not_stored(error: sqlx::Error) -> SessionStoreError {
    SessionStoreError(error.to_string())
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
    (18, "descriptions", include_str!("migrations/0018_descriptions.sql")),
    (19, "metadata", include_str!("migrations/0019_metadata.sql")),
    (20, "the second factor of the password", include_str!("migrations/0020_second_factor.sql")),
    (21, "passkeys", include_str!("migrations/0021_passkeys.sql")),
    (23, "folder settings", include_str!("migrations/0023_folder_settings.sql")),
    (24, "sign-in of viewers", include_str!("migrations/0024_viewer_sign_in.sql")),
    (25, "what waits for its second half", include_str!("migrations/0025_pending.sql")),
    (28, "copies resume in the middle of a file", include_str!("migrations/0028_resumed_copies.sql")),
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
    use super::test_state::{TestState, on_both_states};
    use super::*;

    on_both_states! {
        keys_and_sessions_outlive_the_server,
        a_newer_state_is_named_and_left_alone,
        one_process_renews_a_session_at_a_time,
    }

    async fn keys_and_sessions_outlive_the_server(state: TestState) {
        let films = Place::parse("films").unwrap();
        let store = state.open().await;
        let key = store.server_key("ticket").await.unwrap();
        assert_ne!(key, store.server_key("session").await.unwrap());
        let session = store.drive_session(&films);
        assert_eq!(session.load().await.unwrap(), None);
        session.save("one").await.unwrap();
        session.save("two").await.unwrap();
        store.close().await;

        let store = state.open().await;
        assert_eq!(store.server_key("ticket").await.unwrap(), key);
        assert_eq!(
            store.drive_session(&films).load().await.unwrap().as_deref(),
            Some("two")
        );
        let other = Place::parse("other").unwrap();
        assert_eq!(store.drive_session(&other).load().await.unwrap(), None);
    }

    async fn a_newer_state_is_named_and_left_alone(state: TestState) {
        let store = state.open().await;
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                     SELECT 999, 'of tomorrow', TRUE, checksum, 1 FROM _sqlx_migrations WHERE version = 1";
        sqlx::query(newer).execute(&store.pool).await.unwrap();
        store.close().await;
        let Err(refused) = state.try_open().await else {
            panic!("it was opened");
        };
        let told = format!("{refused:#}");
        for word in ["newer version", "step 999", &store.database.name()] {
            assert!(told.contains(word), "{word}: {told}");
        }
    }

    async fn one_process_renews_a_session_at_a_time(state: TestState) {
        let films = Place::parse("films").unwrap();
        let (one, other) = (state.open().await, state.open().await);
        let held = one.drive_session(&films).lock().await.unwrap();
        let unrelated = Place::parse("other").unwrap();
        drop(other.drive_session(&unrelated).lock().await.unwrap());
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        let waiting = tokio::spawn({
            let (sender, session) = (sender.clone(), other.drive_session(&films));
            async move {
                let held = session.lock().await.unwrap();
                sender.send("other").unwrap();
                held
            }
        });
        for name in ["a", "b", "c"] {
            other.server_key(name).await.unwrap();
        }
        sender.send("one").unwrap();
        drop(held);
        drop(waiting.await.unwrap());
        assert_eq!(order.recv().await, Some("one"));
        assert_eq!(order.recv().await, Some("other"));
        one.close().await;
        other.close().await;
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
