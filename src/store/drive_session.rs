//! The sessions of drives: tokens, of which a lost one is a lost session, and the lock under which one server renews them.

use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::database::Database;
use super::health::WriteFault;
use super::{Store, locks, now_ms, sqlite};
use ::drives::{SessionLock, SessionStore, SessionStoreError};
use media::Place;

/// Time for which the session of a drive is stored again while the database is away: a refresh token that was used and
/// is not stored is a lost session.
const SAVE_TIMEOUT: Duration = Duration::from_secs(50);

/// The stored session of one drive.
pub struct DriveSession {
    store: Store,
    drive: String,
}

impl Store {
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
