//! The parts of the state that are particular to PostgreSQL: several servers may use one database.

mod connection_checks;
mod hosts;
mod lease;
mod schema;
mod servers;
mod shared_apps;
mod shared_limits;
mod shared_pauses;
mod shared_turns;
mod shared_uploads;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use sqlx::any::AnyPoolOptions;
use sqlx::postgres::PgListener;
use sqlx::{AnyConnection, AnyPool};
use tokio::sync::{Mutex, RwLock};
use tokio::time::timeout;

use connection_checks::ConnectionChecks;
use hosts::DatabaseHosts;

pub(super) use schema::{FIRST_STEP, LAST_STEPS, for_postgres};
#[cfg(test)]
pub(super) use servers::WHOLE;
pub(super) use servers::{OwnLease, release_work};
pub use shared_apps::{AppMessage, AppSighting, SharedApps};
pub use shared_limits::{
    AttemptBucketSize, ClientAdmission, SeenClient, SharedLimits, TicketClientTtl,
};
pub use shared_pauses::StoredPause;
pub use shared_turns::SharedTurns;
pub use shared_uploads::{SharedUploads, StoredProgress};

/// Oldest version that is accepted: it is the oldest with `normalize` (<https://www.postgresql.org/docs/13/release-13.html>).
const MIN_VERSION: i64 = 13_00_00;

/// Connections of one server, besides one that listens.
const MAX_CONNECTIONS: u32 = 8;

/// Time to wait for a connection, also while the database is away. The operation fails after that.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Interval at which changes are assumed although none was notified: a notice may have been lost.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);

/// Time between two attempts to listen.
const LISTEN_RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// The channel of notices.
const CHANNEL: &str = "drivein";

/// Milliseconds since 1970 by the clock of the database, which all servers share.
const NOW: &str = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

/// Returns a time in milliseconds.
fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// The key of the lock of [`lock_alone`]. Any number that no other program on this database uses.
const LOCK_KEY: i64 = 0x0044_7269_7665_496e;

/// The database, as this server uses it.
#[derive(Clone)]
pub(super) struct Postgres {
    hosts: DatabaseHosts,
    checks: ConnectionChecks,
    /// A random name of this server, to recognise its own notices.
    server: String,
    listener: Arc<Mutex<Option<PgListener>>>,
    /// Held for reading while a lease is being released.
    releases: Arc<RwLock<()>>,
    lease: OwnLease,
}

impl Postgres {
    /// Connects to the database of a URL.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be reached, is too old or has another encoding than UTF-8. The error contains no password.
    pub(super) async fn connect(url: &SecretString) -> anyhow::Result<(Self, AnyPool)> {
        super::install_drivers();
        let mut random = [0u8; 8];
        getrandom::fill(&mut random)
            .map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        let server = HEXLOWER.encode(&random);
        let settings: Arc<str> = format!(
            "SET application_name = 'drivein'; SET drivein.server = '{server}'; SET lock_timeout = '15s'; \
             SET idle_in_transaction_session_timeout = '60s'"
        )
        .into();
        let hosts = DatabaseHosts::of(url);
        hosts.find_first_primary().await;
        let checks = ConnectionChecks::default();
        let pool_checks = checks.clone();
        let pool = AnyPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(CONNECT_TIMEOUT)
            // The check below asks the database, too. A page asks several times in a row, and one check is enough.
            .test_before_acquire(false)
            .before_acquire(move |connection, use_of| {
                let checks = pool_checks.clone();
                Box::pin(async move {
                    if !checks.is_due(use_of.age, use_of.idle_for) {
                        return Ok(true);
                    }
                    let checked = is_primary(connection).await;
                    if !matches!(checked, Ok(true)) {
                        checks.record_cut();
                    }
                    checked
                })
            })
            .after_connect(move |connection, _| {
                let settings = settings.clone();
                Box::pin(async move {
                    sqlx::raw_sql(sqlx::AssertSqlSafe(&*settings))
                        .execute(&mut *connection)
                        .await?;
                    match is_primary(connection).await? {
                        true => Ok(()),
                        false => Err(sqlx::Error::Protocol("the database is a standby".into())),
                    }
                })
            })
            .connect_with(hosts.options()?)
            .await
            .context("the PostgreSQL database of state_url cannot be opened")?;
        check_version(&pool).await?;
        let postgres = Postgres {
            hosts,
            checks,
            server,
            listener: Arc::default(),
            releases: Arc::default(),
            lease: OwnLease::default(),
        };
        Ok((postgres, pool))
    }

    /// Waits until another server has changed what this one holds in memory, or for ten seconds.
    pub(super) async fn wait_for_notice(&self) {
        let _ = timeout(LOOK_INTERVAL, self.next_notice()).await;
    }

    async fn next_notice(&self) {
        let mut listener = self.listener.lock().await;
        loop {
            // Dropping this future leaves the listener in its place.
            let Some(open) = listener.as_mut() else {
                match listen(self.hosts.current().expose_secret()).await {
                    Ok(open) => {
                        *listener = Some(open);
                        // Changes of before were not notified.
                        return;
                    }
                    Err(error) => {
                        tracing::debug!(%error, "notices of other servers cannot be received");
                        tokio::time::sleep(LISTEN_RETRY_INTERVAL).await;
                        continue;
                    }
                }
            };
            match open.try_recv().await {
                Ok(Some(notice)) if notice.payload() == self.server => {}
                Ok(Some(_)) => {
                    // One look finds the changes of all notices that have come.
                    while open.next_buffered().is_some() {}
                    return;
                }
                // The connection was lost, and notices with it.
                Ok(None) | Err(_) => {
                    *listener = None;
                    return;
                }
            }
        }
    }

    /// Records that the database was away: connections of before are checked before their next use.
    pub(super) fn record_cut(&self) {
        self.checks.record_cut();
    }

    /// Looks for the primary among several hosts, after this one did not answer or took no writes.
    pub(super) async fn find_primary(&self, pool: &AnyPool) {
        self.record_cut();
        if self.hosts.find_primary().await
            && let Ok(options) = self.hosts.options()
        {
            tracing::warn!("another host of state_url is the primary now");
            pool.set_connect_options(options);
        }
    }

    /// Returns the lease of this server.
    pub(super) fn own_lease(&self) -> &OwnLease {
        &self.lease
    }

    /// Waits for releases of leases that have begun.
    pub(super) async fn close(&self) {
        *self.listener.lock().await = None;
        let _released = self.releases.write().await;
    }
}

async fn listen(url: &str) -> sqlx::Result<PgListener> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Returns true if the database takes writes: it is no standby.
async fn is_primary(connection: &mut AnyConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT NOT pg_is_in_recovery()")
        .fetch_one(connection)
        .await
}

async fn check_version(pool: &AnyPool) -> anyhow::Result<()> {
    let (version, encoding): (i64, String) = sqlx::query_as(
        "SELECT CAST(current_setting('server_version_num') AS BIGINT), current_setting('server_encoding')",
    )
    .fetch_one(pool)
    .await?;
    ensure!(
        version >= MIN_VERSION,
        "PostgreSQL {} is too old; at least 13 is needed",
        version / 10_000
    );
    ensure!(
        encoding == "UTF8",
        "the database of state_url has the encoding {encoding}; it must be UTF8"
    );
    Ok(())
}

/// Waits until no other transaction that began with this is open.
pub(super) async fn lock_alone(connection: &mut AnyConnection) -> sqlx::Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK_KEY)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets the numbers that the database gives to new rows go on behind those of rows that were copied.
pub(super) async fn continue_numbers(connection: &mut AnyConnection) -> sqlx::Result<()> {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns \
         WHERE table_schema = current_schema() AND is_identity = 'YES' AND identity_generation = 'BY DEFAULT'",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (table, column) in columns {
        let statement = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), MAX(\"{column}\")) FROM {table} \
             HAVING MAX(\"{column}\") > 0"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The condition on items whose title matches the query `$3`.
pub(super) const SEARCH_CONDITION: &str = "AND i.id IN (SELECT rowid FROM library_search WHERE words @@ to_tsquery('simple', without_accents($3)))";

/// Converts a word to a query of `to_tsquery`: it is the beginning of a word.
pub(super) fn search_word(word: &str) -> String {
    format!("{word}:*")
}

/// The word between two words of a query that must both match.
pub(super) const SEARCH_AND: &str = " & ";

#[cfg(test)]
mod tests;
