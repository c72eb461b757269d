//! The database of the state. Queries and migrations are the same for both; what differs has a method here.

use std::path::PathBuf;

use anyhow::{Context, bail};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, SqlSafeStr};

use super::migrations::MIGRATIONS;
use super::postgres::{self, Postgres};
use super::sqlite;

/// The database of the state.
#[derive(Clone)]
pub(super) enum Database {
    /// A file in this folder.
    Sqlite(PathBuf),
    Postgres(Postgres),
}

/// Maximum number of words of a search.
const MAX_SEARCH_WORDS: usize = 12;

impl Database {
    /// Brings the tables up to date.
    ///
    /// # Errors
    ///
    /// Fails if a migration fails, or if the state is of a newer version.
    pub(super) async fn migrate(&self, pool: &AnyPool) -> anyhow::Result<()> {
        let steps =
            match self {
                Database::Sqlite(_) => MIGRATIONS
                    .iter()
                    .map(|&(version, name, sql)| step(version, name, sql.to_owned()))
                    .collect(),
                Database::Postgres(_) => {
                    let (version, name, sql) = postgres::FIRST_STEP;
                    let mut steps = vec![step(version, name, sql.to_owned())];
                    steps.extend(MIGRATIONS.iter().map(|&(version, name, sql)| {
                        step(version, name, postgres::for_postgres(sql))
                    }));
                    steps.extend(
                        postgres::LAST_STEPS
                            .iter()
                            .map(|&(version, name, sql)| step(version, name, sql.to_owned())),
                    );
                    steps
                }
            };
        match Migrator::with_migrations(steps).run(pool).await {
            Ok(()) => Ok(()),
            Err(MigrateError::VersionMissing(version)) => bail!(
                "the state in {} is of a newer version of Drive-In: it has step {version}, and this version knows {} of \
                 them. Run that version, or another {}",
                self.name(),
                MIGRATIONS.len(),
                match self {
                    Database::Sqlite(_) => "data_dir",
                    Database::Postgres(_) => "state_url",
                }
            ),
            Err(error) => Err(error).context("the state's tables cannot be brought up to date"),
        }
    }

    /// Returns the folder of the file, or the kind of the database: a URL may contain a password.
    pub(super) fn name(&self) -> String {
        match self {
            Database::Sqlite(folder) => folder.display().to_string(),
            Database::Postgres(_) => "PostgreSQL".to_owned(),
        }
    }

    /// Returns the PostgreSQL database; `None` for SQLite.
    pub(super) fn postgres(&self) -> Option<&Postgres> {
        match self {
            Database::Sqlite(_) => None,
            Database::Postgres(postgres) => Some(postgres),
        }
    }

    /// Converts words to a query for [`Self::search_condition`]: each is the beginning of a word. Empty if there is no
    /// word.
    pub(super) fn search_words(&self, text: &str) -> String {
        let (word, and): (fn(&str) -> String, _) = match self {
            Database::Sqlite(_) => (sqlite::search_word, sqlite::SEARCH_AND),
            Database::Postgres(_) => (postgres::search_word, postgres::SEARCH_AND),
        };
        let words = text
            .split(|character: char| !character.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(MAX_SEARCH_WORDS);
        words.map(word).collect::<Vec<_>>().join(and)
    }

    /// Returns the condition on items whose title matches the query `$3`.
    pub(super) fn search_condition(&self) -> &'static str {
        match self {
            Database::Sqlite(_) => sqlite::SEARCH_CONDITION,
            Database::Postgres(_) => postgres::SEARCH_CONDITION,
        }
    }
}

fn step(version: i64, name: &'static str, sql: String) -> Migration {
    Migration::new(
        version,
        name.into(),
        MigrationType::Simple,
        AssertSqlSafe(sql).into_sql_str(),
        false,
    )
}
