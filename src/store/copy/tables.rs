//! The tables of a state as they are copied: their columns, their rows, and a digest by which both sides are compared.

use std::collections::BTreeMap;

use anyhow::bail;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Row, Transaction};

use crate::store::bind_real::BindReal;
use crate::store::database::Database;

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
pub(super) struct CopiedTable {
    pub name: String,
    columns: Vec<(String, ColumnKind)>,
}

/// The number of rows of a table, and the sum of their hashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Contents {
    pub rows: u64,
    digest: u128,
}

/// Tables to which others refer, in an order in which they can be filled.
pub(super) const REFERENCED: [&str; 3] = ["ticket", "library_item", "task"];

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

/// Returns the tables of a state, those first to which others refer.
pub(super) async fn columns(
    database: &Database,
    pool: &AnyPool,
) -> anyhow::Result<Vec<CopiedTable>> {
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
pub(super) async fn copy_table(
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
                ColumnKind::Real => query.bind_real(row.try_get(at)?),
                ColumnKind::Text => query.bind(row.try_get::<Option<String>, _>(at)?),
                ColumnKind::Blob => query.bind(row.try_get::<Option<Vec<u8>>, _>(at)?),
            };
        }
        query.execute(&mut **writing).await?;
    }
    Ok(contents)
}

/// Returns the rows of a table that a database has.
pub(super) async fn contents(
    table: &CopiedTable,
    connection: &mut AnyConnection,
) -> anyhow::Result<Contents> {
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
