//! PostgreSQL itself: notices, a database that is away, hosts, TLS, the tables.

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
async fn a_look_is_due_ten_seconds_after_the_last_notice_since_one_may_be_lost() {
    let store = TestState::postgres().await.open().await;
    let postgres = store.database.postgres().unwrap();
    // From here on it listens, and no one else is there.
    postgres.next_notice().await;
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    store.wait_for_foreign_changes().await.unwrap();
    assert!(before.elapsed() >= super::LOOK_INTERVAL);
    assert!(before.elapsed() < super::LOOK_INTERVAL * 2);
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
