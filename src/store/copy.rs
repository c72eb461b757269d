//! Copies a whole state from one database to another, of either kind, and compares both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use futures_util::TryStreamExt;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Row, Transaction};

use super::backup::PartialFile;
use super::database::Database;
use super::postgres::{self, Postgres};
use super::{make_private_dir, sqlite};

/// The place of a state.
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

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    Integer,
    Real,
    Text,
    Blob,
}

/// A table and its columns, in the order of their names.
#[derive(Debug, PartialEq, Eq)]
struct CopiedTable {
    name: String,
    columns: Vec<(String, ColumnKind)>,
}

/// The number of rows of a table, and the sum of their hashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Contents {
    rows: u64,
    digest: u128,
}

/// Tables to which others refer, in an order in which they can be filled.
const REFERENCED: [&str; 3] = ["ticket", "library_item", "task"];

/// The order of rows that refer to others of the same table, or whose order counts.
const ORDERS: [(&str, &str); 2] = [
    (
        "library_item",
        " ORDER BY CASE kind WHEN 'episode' THEN 2 WHEN 'season' THEN 1 ELSE 0 END, id",
    ),
    ("seek_picture", " ORDER BY rowid"),
];

/// Columns of the tables that are copied; those of SQLite's index for searches are its own business.
const SQLITE_COLUMNS: &str = "SELECT t.name, c.name, c.type FROM sqlite_master t, pragma_table_info(t.name) c \
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'library_search%' \
    AND t.name <> '_sqlx_migrations'";
const POSTGRES_COLUMNS: &str = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT) \
    FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE 'library_search%' \
    AND table_name NOT IN ('_sqlx_migrations', 'session_lease', 'server_lease', 'work_claim', 'attempt_bucket', \
    'ticket_client', 'app_sighting', 'app_message', 'ticket_turn', 'account_pause', 'upload_progress') \
    AND NOT (table_name = 'seek_picture' AND column_name = 'rowid')";

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

/// Returns the tables of a state, those first to which others refer.
async fn columns(database: &Database, pool: &AnyPool) -> anyhow::Result<Vec<CopiedTable>> {
    let query = match database {
        Database::Sqlite(_) => SQLITE_COLUMNS,
        Database::Postgres(_) => POSTGRES_COLUMNS,
    };
    let found: Vec<(String, String, String)> = sqlx::query_as(query).fetch_all(pool).await?;
    let mut tables: BTreeMap<(usize, String), Vec<(String, ColumnKind)>> = BTreeMap::new();
    for (table, column, kind) in found {
        let kind = match kind.to_ascii_lowercase().as_str() {
            "integer" | "bigint" => ColumnKind::Integer,
            "real" | "double precision" => ColumnKind::Real,
            "text" => ColumnKind::Text,
            "blob" | "bytea" => ColumnKind::Blob,
            other => bail!("the column {column} of {table} has the unknown type {other}"),
        };
        let at = REFERENCED.iter().position(|name| *name == table);
        let order = at.unwrap_or(REFERENCED.len());
        tables
            .entry((order, table))
            .or_default()
            .push((column, kind));
    }
    if !tables.is_empty() {
        let search = vec![
            ("rowid".to_owned(), ColumnKind::Integer),
            ("title".to_owned(), ColumnKind::Text),
        ];
        tables.insert((REFERENCED.len(), "library_search".to_owned()), search);
    }
    Ok(tables
        .into_iter()
        .map(|((_, name), mut columns)| {
            columns.sort_by(|one, other| one.0.cmp(&other.0));
            CopiedTable { name, columns }
        })
        .collect())
}

impl CopiedTable {
    fn names(&self) -> String {
        let names: Vec<String> = self
            .columns
            .iter()
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        names.join(", ")
    }

    fn select(&self) -> String {
        let order = ORDERS.iter().find(|(name, _)| *name == self.name);
        let order = order.map_or("", |(_, order)| order);
        format!("SELECT {} FROM {}{order}", self.names(), self.name)
    }

    fn insert(&self) -> String {
        let values: Vec<String> = (1..=self.columns.len())
            .map(|at| format!("${at}"))
            .collect();
        format!(
            "INSERT INTO {} ({}) VALUES ({})",
            self.name,
            self.names(),
            values.join(", ")
        )
    }
}

/// Copies the rows of a table. Returns what was read.
async fn copy_table(
    table: &CopiedTable,
    reading: &mut Transaction<'_, Any>,
    writing: &mut Transaction<'_, Any>,
) -> anyhow::Result<Contents> {
    let mut contents = Contents::default();
    let insert = table.insert();
    let mut rows = sqlx::query(AssertSqlSafe(table.select())).fetch(&mut **reading);
    while let Some(row) = rows.try_next().await? {
        contents.add(table, &row)?;
        let mut query = sqlx::query(AssertSqlSafe(insert.as_str()));
        for (at, (_, kind)) in table.columns.iter().enumerate() {
            query = match kind {
                ColumnKind::Integer => query.bind(row.try_get::<Option<i64>, _>(at)?),
                ColumnKind::Real => query.bind(row.try_get::<Option<f64>, _>(at)?),
                ColumnKind::Text => query.bind(row.try_get::<Option<String>, _>(at)?),
                ColumnKind::Blob => query.bind(row.try_get::<Option<Vec<u8>>, _>(at)?),
            };
        }
        query.execute(&mut **writing).await?;
    }
    Ok(contents)
}

async fn contents(table: &CopiedTable, connection: &mut AnyConnection) -> anyhow::Result<Contents> {
    let mut contents = Contents::default();
    let mut rows = sqlx::query(AssertSqlSafe(table.select())).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        contents.add(table, &row)?;
    }
    Ok(contents)
}

impl Contents {
    /// Adds a row. The order of rows makes no difference.
    fn add(&mut self, table: &CopiedTable, row: &AnyRow) -> anyhow::Result<()> {
        let mut hash = Sha256::new();
        let mut put = |value: Option<&[u8]>| {
            let length = value.map_or(u64::MAX, |value| value.len() as u64);
            hash.update(length.to_be_bytes());
            hash.update(value.unwrap_or_default());
        };
        for (at, (_, kind)) in table.columns.iter().enumerate() {
            match kind {
                ColumnKind::Integer => {
                    let value: Option<i64> = row.try_get(at)?;
                    put(value
                        .map(i64::to_be_bytes)
                        .as_ref()
                        .map(<[u8; 8]>::as_slice));
                }
                ColumnKind::Real => {
                    let value: Option<f64> = row.try_get(at)?;
                    put(value
                        .map(f64::to_be_bytes)
                        .as_ref()
                        .map(<[u8; 8]>::as_slice));
                }
                ColumnKind::Text => put(row.try_get::<Option<&str>, _>(at)?.map(str::as_bytes)),
                ColumnKind::Blob => put(row.try_get(at)?),
            }
        }
        let (first, _) = hash
            .finalize()
            .as_slice()
            .split_first_chunk::<16>()
            .map(|(first, rest)| (u128::from_be_bytes(*first), rest.len()))
            .unwrap_or_default();
        self.digest = self.digest.wrapping_add(first);
        self.rows += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::server;
    use crate::store::{Intro, SeenFolder, Store, TaskItem, TaskKind, Viewer};
    use drives::SessionStore;
    use media::{Entry, EntryKind, EntryPath, Place, ViewerId};

    fn path(text: &str) -> EntryPath {
        EntryPath::parse(text).unwrap()
    }

    /// Stores something of every shape: texts, numbers, bytes, missing values, and rows that refer to others.
    async fn fill(store: &Store) {
        let films = Place::parse("films").unwrap();
        store.server_key("ticket").await.unwrap();
        store.add_ticket_key().await.unwrap();
        store.drive_session(&films).save("a session").await.unwrap();
        store.put_owner_ticket([2; 8], [1; 8]).await.unwrap();
        let viewer = Viewer::new(ViewerId::from_bytes([7; 8]), "Zoë");
        store.put_viewer(&viewer).await.unwrap();
        store
            .note_position(viewer.id, &films, &path("/Ä/ö.mkv"), 20.25, 100.0)
            .await
            .unwrap();
        for (folder, name) in [
            ("/", "Amélie.2001.mkv"),
            ("/Show/Season 1", "Show S01E01.mkv"),
        ] {
            let folder = path(folder);
            let file = folder.join(name).unwrap();
            let entry = Entry::bare(&films, &file, EntryKind::Video);
            let seen = SeenFolder {
                place: &films,
                folder: &folder,
                entries: &[entry],
                is_complete: false,
            };
            store.record_folder(seen).await.unwrap();
            let mut film = Entry::bare(&films, &file, EntryKind::Video);
            film.content = Some("one".to_owned());
            for number in [3, 1, 2] {
                store
                    .put_seek_picture(&film, number, &[0, 255, 7])
                    .await
                    .unwrap();
            }
        }
        let file = path("/Show/Season 1/Show S01E01.mkv");
        let episode = store.item_of_file(&films, &file).await.unwrap().unwrap();
        let intro = Intro {
            start_s: 1.5,
            end_s: 60.0,
        };
        assert!(store.put_intro(episode, Some(intro)).await.unwrap());
        let (folder, paths) = (path("/to"), [path("/a")]);
        let task = store
            .add_task(TaskKind::Copy, (&films, &paths), (&films, &folder))
            .await
            .unwrap();
        let item = TaskItem {
            number: 1,
            path: path("/a"),
            target: path("/to/a"),
            is_folder: false,
            size: 1 << 40,
            is_begun: false,
            resume_key: None,
        };
        store.plan_task(task, &[item]).await.unwrap();
    }

    #[tokio::test]
    async fn a_state_moves_to_postgresql_and_back_with_all_that_it_holds() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        fill(&store).await;
        let file = StateUrl::Sqlite(dir.path().join("drivein.sqlite"));
        let url = StateUrl::Postgres(server::new_database().await.into());
        // The server may go on meanwhile.
        let there = copy_state(&file, &url).await.unwrap();
        assert!(there.rows > 20, "{there:?}");
        let back = dir.path().join("back/drivein.sqlite");
        let copied = copy_state(&url, &StateUrl::Sqlite(back.clone())).await;
        assert_eq!(copied.unwrap(), there);

        let StateUrl::Postgres(url) = url else {
            unreachable!()
        };
        let there = Store::open_at(Some(&url), dir.path()).await.unwrap();
        let again = Store::open(back.parent().unwrap()).await.unwrap();
        let key = store.server_key("ticket").await.unwrap();
        let films = Place::parse("films").unwrap();
        for copy in [&there, &again] {
            assert_eq!(copy.server_key("ticket").await.unwrap(), key);
            assert_eq!(copy.viewers().await.unwrap().len(), 2);
            let query = crate::store::ItemQuery {
                kinds: vec![crate::store::ItemKind::Film],
                words: Some("amelie".to_owned()),
                limit: 9,
                ..Default::default()
            };
            let owner = Viewer::new(ViewerId::OWNER, "Owner");
            let found = copy.library_page(&query, &owner).await.unwrap();
            assert_eq!(found.items.len(), 1);
            // Numbers go on behind those that were copied.
            let (folder, paths) = (path("/to"), [path("/a")]);
            let task = copy.add_task(TaskKind::Move, (&films, &paths), (&films, &folder));
            assert_eq!(task.await.unwrap(), 2);
        }
    }

    #[tokio::test]
    async fn a_target_that_is_not_empty_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        fill(&store).await;
        let file = dir.path().join("drivein.sqlite");
        let from = StateUrl::Sqlite(file.clone());
        let used = dir.path().join("used.sqlite");
        std::fs::write(&used, "").unwrap();
        assert!(
            copy_state(&from, &StateUrl::Sqlite(used.clone()))
                .await
                .is_err()
        );
        assert_eq!(std::fs::read(&used).unwrap(), b"");
        assert!(copy_state(&from, &from).await.is_err());
        let url = server::new_database().await;
        let secret = url.clone().into();
        let other = Store::open_at(Some(&secret), dir.path()).await.unwrap();
        // Its tables are there, and nothing in them.
        let empty = StateUrl::Postgres(secret.clone());
        let key = other.server_key("ticket").await.unwrap();
        let refused = copy_state(&from, &empty).await.unwrap_err();
        assert!(format!("{refused:#}").contains("not empty"), "{refused:#}");
        assert_eq!(other.server_key("ticket").await.unwrap(), key);
        assert!(other.ticket_keys().await.unwrap().len() == 1);
        sqlx::query("DELETE FROM ticket_key")
            .execute(&other.pool)
            .await
            .unwrap();
        sqlx::query("DELETE FROM server_key")
            .execute(&other.pool)
            .await
            .unwrap();
        copy_state(&from, &empty).await.unwrap();
    }

    #[tokio::test]
    async fn every_table_to_which_others_refer_is_filled_before_them() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let found: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT f.\"table\" FROM sqlite_master t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
        )
        .fetch_all(&store.pool)
        .await
        .unwrap();
        assert!(!found.is_empty());
        for table in found {
            assert!(REFERENCED.contains(&table.as_str()), "{table}");
        }
    }

    #[test]
    fn addresses_of_states_are_parsed() {
        let sqlite = |text: &str| match StateUrl::parse(text) {
            Ok(StateUrl::Sqlite(path)) => path.display().to_string(),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(sqlite("sqlite:data/drivein.sqlite"), "data/drivein.sqlite");
        assert_eq!(
            sqlite("sqlite:///srv/a b/drivein.sqlite"),
            "/srv/a b/drivein.sqlite"
        );
        let url = StateUrl::parse("postgres://u:canary@h/d").unwrap();
        assert!(!format!("{url:?}").contains("canary"));
        for wrong in ["", "sqlite:", "mysql://u:canary@h/d", "/srv/drivein.sqlite"] {
            let refused = StateUrl::parse(wrong).unwrap_err();
            assert!(!format!("{refused:#}").contains("canary"), "{wrong}");
        }
    }
}
