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
mod tests {
    use secrecy::ExposeSecret;

    use crate::store::test_state::{TestState, server};
    use crate::store::{Store, WriteFault};

    #[tokio::test]
    async fn a_revocation_by_another_server_is_notified_and_a_look_is_not() {
        let state = TestState::postgres().await;
        let (one, other) = (state.open().await, state.open().await);
        let postgres = one.database.postgres().unwrap();
        let mut listener = super::listen(postgres.hosts.current().expose_secret())
            .await
            .unwrap();
        // From here on this server listens, too.
        postgres.next_notice().await;
        one.ticket_keys().await.unwrap();
        // Queries of a server after a notice, and a sign-out of no session.
        other.ticket_keys().await.unwrap();
        other.revoke_sessions().await.unwrap();
        let mark = "SELECT pg_notify('drivein', 'mark')";
        sqlx::query(mark).execute(&other.pool).await.unwrap();
        let mut notices = Vec::new();
        while notices.last().is_none_or(|last| last != "mark") {
            notices.push(listener.recv().await.unwrap().payload().to_owned());
        }
        // The first key of tickets was new.
        assert_eq!(notices, [postgres.server.as_str(), "mark"]);

        postgres.next_notice().await;
        let mut notice = std::pin::pin!(postgres.next_notice());
        one.put_owner_ticket([1; 8], [0; 8]).await.unwrap();
        assert!(
            futures_util::poll!(&mut notice).is_pending(),
            "it is its own"
        );
        other.put_owner_ticket([2; 8], [1; 8]).await.unwrap();
        notice.await;
    }

    #[tokio::test]
    async fn what_was_stored_outlives_a_database_that_stops_and_writes_go_on_after_it() {
        let mut database = server::PostgresServer::start();
        let url = database.new_database().await.into();
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_at(Some(&url), dir.path()).await.unwrap();
        let key = store.server_key("ticket").await.unwrap();
        database.toggle();
        let refused = store.server_key("other").await.unwrap_err();
        assert_eq!(
            WriteFault::of(refused.as_ref()),
            Some(WriteFault::DatabaseAway)
        );
        assert!(!store.is_ready().await);
        let session = store.drive_session(&media::Place::parse("films").unwrap());
        let saved = tokio::spawn(async move {
            drives::SessionStore::save(&session, "fresh").await?;
            drives::SessionStore::load(&session).await
        });
        database.toggle();
        assert_eq!(saved.await.unwrap().unwrap().as_deref(), Some("fresh"));
        assert_eq!(store.server_key("ticket").await.unwrap(), key);
        assert!(store.is_ready().await);
    }

    #[tokio::test]
    async fn a_proxy_without_a_database_is_a_database_that_is_away() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = tokio::spawn(async move {
            loop {
                drop(listener.accept().await);
            }
        });
        let dir = tempfile::tempdir().unwrap();
        let url = format!("postgres://drivein@127.0.0.1:{port}/drivein").into();
        let Err(refused) = Store::open_at(Some(&url), dir.path()).await else {
            panic!("there is no database");
        };
        let fault = WriteFault::of(refused.as_ref());
        assert_eq!(fault, Some(WriteFault::DatabaseAway), "{refused:#}");
        proxy.abort();
    }

    #[tokio::test]
    async fn of_two_hosts_the_one_that_takes_writes_is_used() {
        let mut database = server::PostgresServer::start();
        let folder = database.folder().display().to_string();
        let url = database.new_database().await;
        let (before, _) = url.split_once("?host=").unwrap();
        let url = format!("{before}?host={folder}/a,{folder}/b").into();
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_at(Some(&url), dir.path()).await.unwrap();
        let key = store.server_key("ticket").await.unwrap();
        database.start_standby();
        database.switch_to_standby();
        // A standby takes no writes.
        store.find_primary().await;
        let refused = store.server_key("other").await.unwrap_err();
        let fault = WriteFault::of(refused.as_ref());
        assert_eq!(fault, Some(WriteFault::DatabaseAway));
        database.promote();
        store.find_primary().await;
        store.server_key("other").await.unwrap();
        assert_eq!(store.server_key("ticket").await.unwrap(), key);
        // One that starts now finds it behind the host that is away.
        let again = Store::open_at(Some(&url), dir.path()).await.unwrap();
        assert_eq!(again.server_key("ticket").await.unwrap(), key);
    }

    #[tokio::test]
    async fn the_url_says_which_tls_a_database_must_have() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let database = server::PostgresServer::start_with_tls(port);
        let root = database.folder().join("ca.crt").display().to_string();
        let dir = tempfile::tempdir().unwrap();
        let open = async |host: &str, options: &str| {
            let url = format!("postgres://drivein@{host}:{port}/postgres?{options}").into();
            let store = Store::open_at(Some(&url), dir.path()).await;
            store.map(|store| store.is_shared())
        };
        let verified = format!("sslmode=verify-full&sslrootcert={root}");
        assert!(open("localhost", &verified).await.unwrap());
        let by_root = format!("sslmode=verify-ca&sslrootcert={root}");
        assert!(open("127.0.0.1", &by_root).await.unwrap());
        assert!(open("localhost", "sslmode=require").await.unwrap());
        // Another name than that of the certificate, a root that is not known, and no TLS at all.
        assert!(open("127.0.0.1", &verified).await.is_err());
        assert!(open("localhost", "sslmode=verify-full").await.is_err());
        assert!(open("localhost", "sslmode=disable").await.is_err());
    }

    #[tokio::test]
    async fn both_states_have_the_same_tables_and_columns() {
        let columns = async |state: TestState, query: &str| {
            let store = state.open().await;
            let rows: Vec<(String, String)> = sqlx::query_as(sqlx::AssertSqlSafe(query))
                .fetch_all(&store.pool)
                .await
                .unwrap();
            rows
        };
        let sqlite = "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c \
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'library_search%' \
            ORDER BY t.name, c.name";
        let postgres = "SELECT table_name::text, column_name::text FROM information_schema.columns \
            WHERE table_schema = 'public' AND table_name NOT LIKE 'library_search%' \
            AND table_name NOT IN ('session_lease', 'server_lease', 'work_claim', 'attempt_bucket', 'ticket_client', \
            'app_sighting', 'app_message', 'ticket_turn', 'account_pause', 'upload_progress') AND column_name <> 'rowid' \
            ORDER BY table_name::text COLLATE \"C\", column_name::text COLLATE \"C\"";
        let of_sqlite = columns(TestState::sqlite(), sqlite).await;
        assert!(of_sqlite.len() > 100, "{of_sqlite:?}");
        assert_eq!(
            of_sqlite,
            columns(TestState::postgres().await, postgres).await
        );
    }
}
