//! States of the tests: each test of the store runs on SQLite and on PostgreSQL.

use secrecy::SecretString;

use super::Store;

#[path = "../../tests/it/harness/postgres.rs"]
pub(super) mod server;

/// An empty state, which can be opened several times.
pub(crate) struct TestState {
    dir: tempfile::TempDir,
    url: Option<SecretString>,
}

impl TestState {
    pub fn sqlite() -> Self {
        TestState {
            dir: tempfile::tempdir().unwrap(),
            url: None,
        }
    }

    pub async fn postgres() -> Self {
        TestState {
            url: Some(server::new_database().await.into()),
            ..Self::sqlite()
        }
    }

    /// Returns the URL of its database; `None` for SQLite.
    pub fn url(&self) -> Option<&str> {
        use secrecy::ExposeSecret;
        self.url.as_ref().map(ExposeSecret::expose_secret)
    }

    /// Opens the state, as another process does if it is open already.
    pub async fn open(&self) -> Store {
        self.try_open().await.unwrap()
    }

    pub async fn try_open(&self) -> anyhow::Result<Store> {
        Store::open_at(self.url.as_ref(), self.dir.path()).await
    }
}

/// Makes two tests of each function, one on SQLite and one on PostgreSQL.
macro_rules! on_both_states {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::store::test_state::TestState::sqlite()).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::store::test_state::TestState::postgres().await).await;
            })+
        }
    };
}
pub(super) use on_both_states;
