//! Tests that run on both states: once with the file in `data_dir`, and once with a PostgreSQL database.
//!
//! A test is listed in `on_both_states!` if what it shows depends on what the state keeps of access: the owner's password and
//! second factor, sessions, tokens, tickets with their limits and uses, viewers with their PINs, devices, and codes that are
//! shown. Others run once, on SQLite: hostile bytes and paths, replies that depend on the drive alone, and tests that start a
//! browser or a player, since what these see does not depend on the state.

use secrecy::SecretString;
use sqlx::Connection;
use sqlx::postgres::PgConnection;

use super::*;

tokio::task_local! {
    /// Set while a test runs on PostgreSQL.
    static ON_POSTGRES: ();
}

/// Makes two tests of each function, one on SQLite and one on PostgreSQL. Servers of the second one have a fresh database each,
/// which those that are started beside them or again share.
macro_rules! on_both_states {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name().await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $name() {
                $crate::harness::run_on_postgres(super::$name()).await;
            })+
        }
    };
}
pub(crate) use on_both_states;

/// Runs a test whose servers hold their state in PostgreSQL.
pub async fn run_on_postgres(test: impl Future<Output = ()>) {
    ON_POSTGRES.scope((), test).await;
}

/// Returns the URL of a new database if this test runs on PostgreSQL; `None` on SQLite.
pub(super) async fn state_of_this_test() -> Option<String> {
    match ON_POSTGRES.try_with(|()| ()) {
        Ok(()) => Some(postgres::new_database().await),
        Err(_) => None,
    }
}

impl Drivein {
    /// Returns the URL of its PostgreSQL database; `None` on SQLite.
    pub fn state_url(&self) -> Option<&str> {
        self.setup.state_url.as_deref()
    }

    /// Opens the state of this server, as another process does.
    pub async fn store(&self) -> drivein::store::Store {
        let url = self.state_url().map(SecretString::from);
        let store = drivein::store::Store::open_at(url.as_ref(), self.data_dir());
        store.await.unwrap()
    }

    /// Returns all that the state contains, as text.
    pub async fn stored(&self) -> String {
        let Some(url) = self.state_url() else {
            let file = std::fs::read(self.data_dir().join("drivein.sqlite")).unwrap();
            return String::from_utf8_lossy(&file).into_owned();
        };
        let mut connection = PgConnection::connect(url).await.unwrap();
        let all = "SELECT CAST(schema_to_xml('public', true, false, '') AS TEXT)";
        let all: String = sqlx::query_scalar(all)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert!(!self.data_dir().join("drivein.sqlite").exists());
        all
    }
}
