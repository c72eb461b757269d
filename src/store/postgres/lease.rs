//! Leases on the sessions of drives: a refresh token works once, so one server renews it at a time. A lease is a row, so
//! it outlives a database that is restarted meanwhile; it ends by itself if its server dies.

use std::time::Duration;

use data_encoding::HEXLOWER;
use sqlx::AnyPool;
use tokio::sync::OwnedRwLockReadGuard;
use tokio::time::{sleep, timeout};

use super::{NOW, Postgres};

/// Lifetime of a lease, longer than a renewal takes.
const LEASE_TTL: Duration = Duration::from_secs(60);
/// Time between two attempts to get a lease.
const RETRY_INTERVAL: Duration = Duration::from_millis(100);
/// Maximum wait for a lease.
const LEASE_TIMEOUT: Duration = Duration::from_secs(120);

/// A lease. Dropping it releases it.
pub(in crate::store) struct SessionLease {
    pool: AnyPool,
    drive: String,
    holder: String,
    /// `None` if the server is stopping already.
    release: Option<OwnedRwLockReadGuard<()>>,
}

impl Postgres {
    /// Waits for the lease on the session of a drive.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached, and with `PoolTimedOut` if another server holds it for too long.
    pub(in crate::store) async fn lease(
        &self,
        pool: &AnyPool,
        drive: &str,
    ) -> sqlx::Result<SessionLease> {
        let mut random = [0u8; 8];
        getrandom::fill(&mut random).map_err(|error| sqlx::Error::Configuration(error.into()))?;
        let lease = SessionLease {
            pool: pool.clone(),
            drive: drive.to_owned(),
            holder: format!("{}-{}", self.server, HEXLOWER.encode(&random)),
            release: self.releases.clone().try_read_owned().ok(),
        };
        let statement = format!(
            "INSERT INTO session_lease (drive, holder, expires_at) VALUES ($1, $2, {NOW} + $3) \
             ON CONFLICT (drive) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
             WHERE session_lease.expires_at < {NOW}"
        );
        let wait = async {
            loop {
                let taken = sqlx::query(sqlx::AssertSqlSafe(statement.as_str()))
                    .bind(&lease.drive)
                    .bind(&lease.holder)
                    .bind(LEASE_TTL.as_millis() as i64)
                    .execute(pool)
                    .await?;
                if taken.rows_affected() > 0 {
                    return Ok(());
                }
                sleep(RETRY_INTERVAL).await;
            }
        };
        match timeout(LEASE_TIMEOUT, wait).await {
            Ok(taken) => taken.map(|()| lease),
            Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }
}

impl Drop for SessionLease {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let (pool, release) = (self.pool.clone(), self.release.take());
        let (drive, holder) = (
            std::mem::take(&mut self.drive),
            std::mem::take(&mut self.holder),
        );
        runtime.spawn(async move {
            let released =
                sqlx::query("DELETE FROM session_lease WHERE drive = $1 AND holder = $2")
                    .bind(drive)
                    .bind(holder)
                    .execute(&pool)
                    .await;
            if let Err(error) = released {
                tracing::debug!(%error, "a lease could not be released; it ends by itself");
            }
            drop(release);
        });
    }
}
