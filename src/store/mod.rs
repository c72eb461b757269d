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
mod bind_real;
mod copy;
mod database;
mod dav;
mod drive_session;
mod drives;
mod folder_settings;
mod health;
mod history;
mod library;
mod locks;
mod migrations;
mod passkeys;
mod pending;
mod postgres;
mod private_files;
mod second_factor;
mod seek_pictures;
mod sessions;
mod shares;
mod sqlite;
mod tasks;
#[cfg(test)]
pub(crate) mod test_state;
mod ticket_cards;
mod ticket_keys;
mod tickets;
mod uploads;
mod viewers;
mod work;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Once};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::SecretString;
use sqlx::{Any, AnyPool, Transaction};
use tokio::time::timeout;

use database::Database;
use postgres::Postgres;

pub use app_devices::{AppDevice, FileProgress};
pub use backup::{BackupSummary, back_up, restore};
pub use copy::{CopySummary, StateUrl, copy_state};
pub use dav::{ChangedPath, DavLock, DavProperty};
pub use drive_session::DriveSession;
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

/// Name of the state's file in `data_dir`.
const STATE_FILE: &str = "drivein.sqlite";

/// Interval at which changes by another process on the same file are looked for: one number is read.
const FOREIGN_CHANGES_INTERVAL: Duration = Duration::from_secs(2);

/// Time after which the state counts as away.
const READY_TIMEOUT: Duration = Duration::from_secs(3);

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

#[cfg(test)]
mod tests;
