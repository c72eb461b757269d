//! Copies a whole state from one database to another, of either kind, and compares both.

mod tables;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{AnyPool, AssertSqlSafe};

use super::backup::PartialFile;
use super::database::Database;
use super::postgres::{self, Postgres};
use super::private_files::make_private_dir;
use super::sqlite;
use tables::{columns, contents, copy_table};

/// The database of a state.
#[derive(Debug, Clone)]
pub enum StateUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A PostgreSQL database; the URL may contain a password.
    Postgres(SecretString),
}

/// Facts about a copy, for the operator.
#[derive(Debug, PartialEq, Eq)]
pub struct CopySummary {
    pub tables: usize,
    pub rows: u64,
}

impl StateUrl {
    /// Parses `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    ///
    /// Fails for anything else, in a sentence that does not repeat a password.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            ensure!(
                !path.is_empty(),
                "sqlite: needs the path of a file behind it"
            );
            return Ok(StateUrl::Sqlite(PathBuf::from(path)));
        }
        ensure!(
            text.starts_with("postgres://") || text.starts_with("postgresql://"),
            "the address of a state is sqlite:DATA_DIR/drivein.sqlite or postgres://USER@HOST/DATABASE"
        );
        Ok(StateUrl::Postgres(text.to_owned().into()))
    }

    /// Returns true if both are the same place.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (StateUrl::Sqlite(one), StateUrl::Sqlite(other)) => {
                let canonical = |path: &Path| std::fs::canonicalize(path).ok();
                one == other || canonical(one).is_some_and(|one| canonical(other) == Some(one))
            }
            (StateUrl::Postgres(one), StateUrl::Postgres(other)) => {
                one.expose_secret() == other.expose_secret()
            }
            _ => false,
        }
    }
}

/// Copies the state of `from` to `to`, which must be empty, and compares both. The copy is consistent while a server
/// writes to `from`, whose tables are brought up to date first. `to` has all of it in the end, or nothing.
///
/// # Errors
///
/// Fails if one of them cannot be opened, if `to` is not empty, or if the copy differs.
pub async fn copy_state(from: &StateUrl, to: &StateUrl) -> anyhow::Result<CopySummary> {
    ensure!(!from.is_same(to), "both addresses are the same");
    if let StateUrl::Sqlite(file) = to {
        ensure!(
            !file.exists(),
            "{} exists already; the target must be empty",
            file.display()
        );
    }
    let (source, source_pool) = open_source(from).await?;
    let copied = match to {
        StateUrl::Postgres(url) => {
            let (postgres, pool) = Postgres::connect(url).await?;
            let target = Database::Postgres(postgres);
            check_is_empty(&pool).await?;
            let copied = copy_between((&source, &source_pool), (&target, &pool)).await;
            pool.close().await;
            copied
        }
        StateUrl::Sqlite(file) => {
            if let Some(folder) = file
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty())
            {
                make_private_dir(folder)
                    .with_context(|| format!("{} cannot be made", folder.display()))?;
            }
            let partial = PartialFile::beside(file)?;
            let pool = sqlite::connect(partial.path()).await?;
            let target = Database::Sqlite(PathBuf::new());
            let copied = copy_between((&source, &source_pool), (&target, &pool)).await;
            // The last connection leaves one file without a log.
            pool.close().await;
            copied.and_then(|copied| partial.rename_to(file).map(|()| copied))
        }
    };
    source_pool.close().await;
    copied
}

/// Opens the state that is copied, and brings its tables up to date.
async fn open_source(url: &StateUrl) -> anyhow::Result<(Database, AnyPool)> {
    let (database, pool) = match url {
        StateUrl::Sqlite(file) => {
            ensure!(file.is_file(), "there is no state at {}", file.display());
            let pool = sqlite::connect(file).await?;
            let folder = file.parent().unwrap_or(Path::new("")).to_owned();
            (Database::Sqlite(folder), pool)
        }
        StateUrl::Postgres(url) => {
            let (postgres, pool) = Postgres::connect(url).await?;
            (Database::Postgres(postgres), pool)
        }
    };
    let has_tables = !columns(&database, &pool).await?.is_empty();
    ensure!(has_tables, "there is no state at the address of --from");
    database.migrate(&pool).await?;
    Ok((database, pool))
}

/// Checks that a database has no tables, or those of a state in which nothing was ever stored.
///
/// # Errors
///
/// Fails if it is not empty.
async fn check_is_empty(pool: &AnyPool) -> anyhow::Result<()> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema()",
    )
    .fetch_all(pool)
    .await?;
    if tables.is_empty() {
        return Ok(());
    }
    let is_own = tables.iter().any(|name| name == "server_key");
    for table in tables.iter().filter(|name| *name != "_sqlx_migrations") {
        // The owner is there from the beginning.
        let condition = match table.as_str() {
            "viewer" => " WHERE id <> 'owner'",
            _ => "",
        };
        let query = format!("SELECT 1 FROM \"{table}\"{condition} LIMIT 1");
        let row = sqlx::query(AssertSqlSafe(query))
            .fetch_optional(pool)
            .await?;
        ensure!(
            is_own && row.is_none(),
            "the database of the target is not empty: its table {table} is in use"
        );
    }
    Ok(())
}

async fn copy_between(
    (source, source_pool): (&Database, &AnyPool),
    (target, target_pool): (&Database, &AnyPool),
) -> anyhow::Result<CopySummary> {
    target.migrate(target_pool).await?;
    let tables = columns(source, source_pool).await?;
    let known = columns(target, target_pool).await?;
    ensure!(
        tables == known,
        "the tables of both databases differ, although their versions are the same"
    );
    let mut reading = match source {
        Database::Sqlite(_) => source_pool.begin().await?,
        Database::Postgres(_) => {
            source_pool
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await?
        }
    };
    let mut writing = target_pool.begin().await?;
    if let Database::Postgres(_) = target {
        postgres::lock_alone(&mut writing).await?;
        // Another copy may have been quicker.
        let taken: Option<i64> = sqlx::query_scalar("SELECT 1 FROM server_key LIMIT 1")
            .fetch_optional(&mut *writing)
            .await?;
        ensure!(taken.is_none(), "the database of the target is not empty");
    }
    sqlx::query("DELETE FROM viewer")
        .execute(&mut *writing)
        .await?;
    let mut rows = 0;
    for table in &tables {
        let copied = copy_table(table, &mut reading, &mut writing)
            .await
            .with_context(|| format!("the table {} cannot be copied", table.name))?;
        let found = contents(table, &mut writing).await?;
        if copied != found {
            bail!(
                "the copy of the table {} differs: {} rows became {}",
                table.name,
                copied.rows,
                found.rows
            );
        }
        rows += copied.rows;
    }
    if let Database::Postgres(_) = target {
        postgres::continue_numbers(&mut writing).await?;
    }
    writing.commit().await?;
    reading.rollback().await?;
    Ok(CopySummary {
        tables: tables.len(),
        rows,
    })
}
