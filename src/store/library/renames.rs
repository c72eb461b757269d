//! Files that were renamed or moved: they are recognised by their identity, and their items keep ids, history and marks.

use sqlx::AnyConnection;

use super::presence::refresh_containers;
use media::{Entry, Place};

/// A stored file of a folder.
pub(super) struct KnownFile {
    pub item: i64,
    pub identity: Option<String>,
    pub is_gone: bool,
}

/// Returns what is the same after a rename or a move: the drive's id of the file, or its content; else its size and its
/// date.
pub(super) fn identity(entry: &Entry) -> Option<String> {
    let id = entry.id.as_ref().map(|id| format!("id:{id}"));
    id.or_else(|| {
        let modified = entry.modified?.timestamp_millis();
        (entry.size > 0).then(|| format!("size:{}:{modified}", entry.size))
    })
}

/// Follows a file that arrived: if a file of this identity is gone, it was renamed or moved. Returns the items whose
/// files changed.
pub(super) async fn follow_arrived(
    connection: &mut AnyConnection,
    entry: &Entry,
    item: i64,
) -> anyhow::Result<Vec<i64>> {
    let Some(identity) = identity(entry) else {
        return Ok(Vec::new());
    };
    let gone: Vec<(String, i64)> = sqlx::query_as(
        "SELECT path, item FROM library_file \
         WHERE place = $1 AND identity = $2 AND gone_at IS NOT NULL AND path <> $3 ORDER BY gone_at DESC LIMIT 2",
    )
    .bind(entry.place.as_str())
    .bind(identity)
    .bind(entry.path.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let [(path, before)] = &gone[..] else {
        return Ok(Vec::new());
    };
    rename(
        connection,
        &entry.place,
        (path, *before),
        (entry.path.as_str(), item),
    )
    .await
}

/// Follows a file that left: if another file has its identity, it was renamed or moved. Returns the items whose files
/// changed.
pub(super) async fn follow_left(
    connection: &mut AnyConnection,
    place: &Place,
    path: &str,
    file: &KnownFile,
) -> anyhow::Result<Vec<i64>> {
    let Some(identity) = &file.identity else {
        return Ok(Vec::new());
    };
    let here: Vec<(String, i64)> = sqlx::query_as(
        "SELECT path, item FROM library_file \
         WHERE place = $1 AND identity = $2 AND gone_at IS NULL AND path <> $3 LIMIT 2",
    )
    .bind(place.as_str())
    .bind(identity)
    .bind(path)
    .fetch_all(&mut *connection)
    .await?;
    let [(now, item)] = &here[..] else {
        return Ok(Vec::new());
    };
    rename(connection, place, (path, file.item), (now, *item)).await
}

/// Moves history and marks from one file to another, and keeps the id of its item if that has no other file.
async fn rename(
    connection: &mut AnyConnection,
    place: &Place,
    (from, before): (&str, i64),
    (to, after): (&str, i64),
) -> anyhow::Result<Vec<i64>> {
    sqlx::query(
        "UPDATE history SET path = $3 WHERE place = $1 AND path = $2 AND viewer NOT IN \
         (SELECT viewer FROM history WHERE place = $1 AND path = $3)",
    )
    .bind(place.as_str())
    .bind(from)
    .bind(to)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM library_file WHERE place = $1 AND path = $2 AND gone_at IS NOT NULL")
        .bind(place.as_str())
        .bind(from)
        .execute(&mut *connection)
        .await?;
    if before == after {
        return Ok(vec![after]);
    }
    let files = async |connection: &mut AnyConnection, item: i64| {
        sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM library_file WHERE item = $1")
            .bind(item)
            .fetch_one(connection)
            .await
    };
    let is_free = files(&mut *connection, before).await? == 0;
    if is_free && files(&mut *connection, after).await? == 1 {
        swap_ids(connection, before, after).await?;
        return Ok(vec![before]);
    }
    sqlx::query(
        "UPDATE library_mark SET item = $2 WHERE item = $1 AND viewer NOT IN \
         (SELECT viewer FROM library_mark WHERE item = $2)",
    )
    .bind(before)
    .bind(after)
    .execute(&mut *connection)
    .await?;
    Ok(vec![before, after])
}

/// Gives the row of `after` the id of `before`, whose row is dropped.
async fn swap_ids(connection: &mut AnyConnection, before: i64, after: i64) -> anyhow::Result<()> {
    let parent: Option<i64> = sqlx::query_scalar("SELECT parent FROM library_item WHERE id = $1")
        .bind(before)
        .fetch_one(&mut *connection)
        .await?;
    for statement in [
        "UPDATE library_file SET item = $1 WHERE item = $2",
        "UPDATE library_mark SET item = $1 WHERE item = $2 AND viewer NOT IN \
         (SELECT viewer FROM library_mark WHERE item = $1)",
        "DELETE FROM library_mark WHERE item = $2 AND $1 > 0",
        "UPDATE library_item SET key = 'gone:' || id WHERE id = $1 AND $2 > 0",
        "UPDATE library_item SET (kind, parent, series, title, title_key, sort_key, year, season, number, last_number, \
         aired, overview, place, folder, side_files_at, described_title, rating) = (SELECT kind, parent, series, title, title_key, sort_key, \
         year, season, number, last_number, aired, overview, place, folder, CAST(NULL AS BIGINT), CAST(NULL AS TEXT), \
         CAST(NULL AS DOUBLE PRECISION) FROM library_item WHERE id = $2) \
         WHERE id = $1",
        "DELETE FROM library_search WHERE rowid IN ($1, $2)",
        "INSERT INTO library_search (rowid, title) SELECT id, title FROM library_item \
         WHERE id = $1 AND kind = 'film' AND $2 > 0",
    ] {
        sqlx::query(statement)
            .bind(before)
            .bind(after)
            .execute(&mut *connection)
            .await?;
    }
    let key: String = sqlx::query_scalar("SELECT key FROM library_item WHERE id = $1")
        .bind(after)
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM library_item WHERE id = $1")
        .bind(after)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE library_item SET key = $2 WHERE id = $1")
        .bind(before)
        .bind(key)
        .execute(&mut *connection)
        .await?;
    refresh_containers(connection, parent.into_iter().collect()).await
}
