//! The parts of the state that are particular to SQLite: one file in `data_dir`, one connection.

use std::path::Path;

use anyhow::{Context, ensure};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::AnyPool;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};

use super::private_files::{make_private_dir, make_private_file};

/// Oldest SQLite that is accepted. Older versions can lose writes of the write-ahead log (fixed in SQLite
/// 3.51.3).
const MIN_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Settings of the connection. Every write is on the disk before it returns. Deleted rows are overwritten: many of them
/// held a token.
const SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA secure_delete = ON";

/// Characters of a path that are written as they are in a URL.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_');

/// Opens a file, and creates it and its folder if they are missing.
///
/// # Errors
///
/// Fails if the folder or the file cannot be created or opened, or if SQLite is too old.
pub(super) async fn connect(file: &Path) -> anyhow::Result<AnyPool> {
    let folder = file.parent().unwrap_or(Path::new(""));
    // The folder of a bare name is this one.
    if !folder.as_os_str().is_empty() {
        make_private_dir(folder)
            .with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
    }
    make_private_file(file)
        .with_context(|| format!("the state file {} cannot be made", file.display()))?;
    let opened = open(file).await;
    let pool =
        opened.with_context(|| format!("the state file {} cannot be opened", file.display()))?;
    check_version(&pool).await?;
    Ok(pool)
}

async fn open(file: &Path) -> anyhow::Result<AnyPool> {
    super::install_drivers();
    let file = std::path::absolute(file)?;
    let path = file.to_str().context("its path is not UTF-8")?;
    let options: AnyConnectOptions =
        format!("sqlite://{}", utf8_percent_encode(path, PATH)).parse()?;
    // One connection: SQLite has one writer at a time anyway, and reads are tiny.
    let pool = AnyPoolOptions::new()
        .max_connections(1)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(SETTINGS).execute(connection).await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await?;
    Ok(pool)
}

async fn check_version(pool: &AnyPool) -> anyhow::Result<()> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(pool)
        .await?;
    let mut parts = version
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    let found = (part(), part(), part());
    ensure!(
        found >= MIN_SQLITE,
        "SQLite {version} can lose writes; at least 3.51.3 is needed"
    );
    Ok(())
}

/// Returns a number that changes with commits of other connections only, and there is one here.
pub(super) async fn data_version(pool: &AnyPool) -> sqlx::Result<i64> {
    sqlx::query_scalar("PRAGMA data_version")
        .fetch_one(pool)
        .await
}

/// Removes deleted rows from the write-ahead log, which holds them until it is checkpointed.
pub(super) async fn forget_deleted(pool: &AnyPool) -> sqlx::Result<()> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(pool)
        .await?;
    Ok(())
}

/// The condition on items whose title matches the query `$3`.
pub(super) const SEARCH_CONDITION: &str =
    "AND i.id IN (SELECT rowid FROM library_search WHERE library_search MATCH $3)";

/// Converts a word to a query of FTS5 (<https://sqlite.org/fts5.html>): it is the beginning of a word.
pub(super) fn search_word(word: &str) -> String {
    format!("\"{word}\"*")
}

/// The word between two words of a query that must both match.
pub(super) const SEARCH_AND: &str = " ";
