//! The parts of the state that are particular to PostgreSQL: several servers may use one database.

mod lease;
mod schema;
mod servers;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::postgres::PgListener;
use sqlx::{AnyConnection, AnyPool};
use tokio::sync::{Mutex, RwLock};
use tokio::time::timeout;

pub(super) use schema::{FIRST_STEP, LAST_STEPS, for_postgres};
#[cfg(test)]
pub(super) use servers::WHOLE;
pub(super) use servers::{OwnLease, release_work};

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

/// The key of the lock of [`lock_alone`]. Any number that no other program on this database uses.
const LOCK_KEY: i64 = 0x0044_7269_7665_496e;

/// The database, as this server uses it.
#[derive(Clone)]
pub(super) struct Postgres {
    url: SecretString,
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
        let options: AnyConnectOptions = url
            .expose_secret()
            .parse()
            .ok()
            .context("state_url cannot be read as an address")?;
        let pool = AnyPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(CONNECT_TIMEOUT)
            // The check below asks the database, too.
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(is_primary(connection)))
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
            .connect_with(options)
            .await
            .context("the PostgreSQL database of state_url cannot be opened")?;
        check_version(&pool).await?;
        let postgres = Postgres {
            url: url.clone(),
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
            let open = match listener.take() {
                Some(open) => Ok(open),
                None => listen(self.url.expose_secret()).await,
            };
            match open {
                Ok(open) => {
                    // Dropping this future leaves the listener in its place.
                    let open = listener.insert(open);
                    match open.try_recv().await {
                        Ok(Some(notice)) if notice.payload() == self.server => {}
                        Ok(Some(_)) => return,
                        // The connection was lost, and notices with it.
                        Ok(None) | Err(_) => {
                            *listener = None;
                            return;
                        }
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "notices of other servers cannot be received");
                    tokio::time::sleep(LISTEN_RETRY_INTERVAL).await;
                }
            }
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
    use crate::store::test_state::{TestState, server};
    use crate::store::{Store, WriteFault};

    #[tokio::test]
    async fn a_revocation_by_another_server_is_notified() {
        let state = TestState::postgres().await;
        let (one, other) = (state.open().await, state.open().await);
        let notified = tokio::spawn({
            let postgres = one.database.postgres().unwrap().clone();
            async move { postgres.next_notice().await }
        });
        // It has to begin to listen first.
        let mut ticket = 0;
        while !notified.is_finished() {
            ticket += 1;
            let (fresh, before) = ([ticket; 8], [ticket - 1; 8]);
            other.put_owner_ticket(fresh, before).await.unwrap();
            tokio::task::yield_now().await;
            assert!(ticket < u8::MAX, "no notice came");
        }
        notified.await.unwrap();
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
            AND table_name NOT IN ('session_lease', 'server_lease', 'work_claim') AND column_name <> 'rowid' \
            ORDER BY table_name::text COLLATE \"C\", column_name::text COLLATE \"C\"";
        let of_sqlite = columns(TestState::sqlite(), sqlite).await;
        assert!(of_sqlite.len() > 100, "{of_sqlite:?}");
        assert_eq!(
            of_sqlite,
            columns(TestState::postgres().await, postgres).await
        );
    }
}
