//! Records the folders that were listed: which files there are, and what they are by their names.

use std::collections::{BTreeSet, HashMap};

use sqlx::{AnyConnection, Row};

use super::naming::find_or_make;
use super::presence::refresh_presence;
use super::renames::{KnownFile, follow_arrived, follow_left, identity};
use crate::store::bind_real::BindReal;
use crate::store::{Store, now_ms};
use media::{Entry, EntryKind, EntryPath, Place, ReleaseName};

/// A folder that was listed.
#[derive(Debug, Clone, Copy)]
pub struct SeenFolder<'a> {
    /// The drive that holds it.
    pub place: &'a Place,
    /// Its path.
    pub folder: &'a EntryPath,
    /// The entries in it, or some of them.
    pub entries: &'a [Entry],
    /// True if these are all entries: files of it that are not among them are gone.
    pub is_complete: bool,
}

/// Entries in one transaction: everything else waits for it meanwhile.
const MAX_ENTRIES_AT_ONCE: usize = 200;

impl Store {
    /// Records the films and episodes of a folder, and what lies beside them. Returns how many films and episodes
    /// there are among the entries.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn record_folder(&self, seen: SeenFolder<'_>) -> anyhow::Result<u64> {
        let mut found = 0;
        for entries in seen.entries.chunks(MAX_ENTRIES_AT_ONCE) {
            found += self.record_entries(SeenFolder { entries, ..seen }).await?;
        }
        if seen.is_complete {
            self.record_absences(seen).await?;
        }
        Ok(found)
    }

    /// Records some entries of a folder in one transaction.
    async fn record_entries(&self, seen: SeenFolder<'_>) -> anyhow::Result<u64> {
        let mut transaction = self.begin_alone().await?;
        let mut touched = BTreeSet::new();
        let known = known_files(&mut transaction, seen.place, seen.folder).await?;
        let mut found = 0;
        let mut arrived = Vec::new();
        for entry in seen
            .entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Video)
        {
            let name = ReleaseName::parse(&entry.path);
            if name.is_extra {
                continue;
            }
            found += 1;
            let before = known.get(entry.path.as_str());
            let item = match before {
                Some(before) if before.identity.is_none() || before.identity == identity(entry) => {
                    before.item
                }
                _ => find_or_make(&mut transaction, entry, &name).await?,
            };
            touched.extend(before.map(|before| before.item));
            touched.insert(item);
            put_file(&mut transaction, seen.folder, entry, &name, item).await?;
            if before.is_none_or(|before| before.is_gone) {
                arrived.push((entry, item));
            }
        }
        // A rename or a move is seen at its new place first, or at its old one.
        for (entry, item) in arrived {
            touched.extend(follow_arrived(&mut transaction, entry, item).await?);
        }
        record_side_files(&mut transaction, &seen).await?;
        refresh_presence(&mut transaction, &touched).await?;
        transaction.commit().await?;
        Ok(found)
    }

    /// Records which files are no longer in a folder, of which all entries were seen.
    async fn record_absences(&self, seen: SeenFolder<'_>) -> anyhow::Result<()> {
        let mut transaction = self.begin_alone().await?;
        let here: BTreeSet<&str> = seen
            .entries
            .iter()
            .map(|entry| entry.path.as_str())
            .collect();
        let known = known_files(&mut transaction, seen.place, seen.folder).await?;
        let mut left: Vec<(String, KnownFile)> = known
            .into_iter()
            .filter(|(path, file)| !file.is_gone && !here.contains(path.as_str()))
            .collect();
        left.extend(vanished_below(&mut transaction, &seen).await?);
        let mut touched = BTreeSet::new();
        for (path, file) in &left {
            sqlx::query("UPDATE library_file SET gone_at = $3 WHERE place = $1 AND path = $2")
                .bind(seen.place.as_str())
                .bind(path)
                .bind(now_ms())
                .execute(&mut *transaction)
                .await?;
            touched.insert(file.item);
        }
        for (path, file) in left {
            touched.extend(follow_left(&mut transaction, seen.place, &path, &file).await?);
        }
        let beside: Vec<String> = sqlx::query_scalar(
            "SELECT path FROM library_side_file WHERE place = $1 AND folder = $2",
        )
        .bind(seen.place.as_str())
        .bind(seen.folder.as_str())
        .fetch_all(&mut *transaction)
        .await?;
        for path in beside.iter().filter(|path| !here.contains(path.as_str())) {
            sqlx::query("DELETE FROM library_side_file WHERE place = $1 AND path = $2")
                .bind(seen.place.as_str())
                .bind(path)
                .execute(&mut *transaction)
                .await?;
        }
        refresh_presence(&mut transaction, &touched).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Returns the drives with files in the library.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn library_places(&self) -> anyhow::Result<Vec<Place>> {
        let names: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT place FROM library_file WHERE gone_at IS NULL")
                .fetch_all(&self.pool)
                .await?;
        Ok(names
            .iter()
            .filter_map(|name| Place::parse(name).ok())
            .collect())
    }

    /// Removes the files of a drive from the library, such as of one that is no longer connected.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn forget_place(&self, place: &Place) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        let items: Vec<i64> = sqlx::query_scalar(
            "SELECT DISTINCT item FROM library_file WHERE place = $1 AND gone_at IS NULL",
        )
        .bind(place.as_str())
        .fetch_all(&mut *transaction)
        .await?;
        sqlx::query("UPDATE library_file SET gone_at = $2 WHERE place = $1 AND gone_at IS NULL")
            .bind(place.as_str())
            .bind(now_ms())
            .execute(&mut *transaction)
            .await?;
        refresh_presence(&mut transaction, &items.into_iter().collect()).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Removes some files of a drive from the library.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is removed then.
    pub async fn forget_files(
        &self,
        place: &Place,
        is_removed: impl Fn(&EntryPath) -> bool,
    ) -> anyhow::Result<()> {
        let mut transaction = self.begin_alone().await?;
        let files: Vec<(String, i64)> = sqlx::query_as(
            "SELECT path, item FROM library_file WHERE place = $1 AND gone_at IS NULL",
        )
        .bind(place.as_str())
        .fetch_all(&mut *transaction)
        .await?;
        let mut touched = BTreeSet::new();
        for (path, item) in files {
            if EntryPath::parse(&path).is_ok_and(|path| is_removed(&path)) {
                sqlx::query("UPDATE library_file SET gone_at = $3 WHERE place = $1 AND path = $2")
                    .bind(place.as_str())
                    .bind(&path)
                    .bind(now_ms())
                    .execute(&mut *transaction)
                    .await?;
                touched.insert(item);
            }
        }
        refresh_presence(&mut transaction, &touched).await?;
        transaction.commit().await?;
        Ok(())
    }
}

async fn known_files(
    connection: &mut AnyConnection,
    place: &Place,
    folder: &EntryPath,
) -> anyhow::Result<HashMap<String, KnownFile>> {
    let rows = sqlx::query(
        "SELECT path, item, identity, gone_at FROM library_file WHERE place = $1 AND folder = $2",
    )
    .bind(place.as_str())
    .bind(folder.as_str())
    .fetch_all(connection)
    .await?;
    let file = |row: &sqlx::any::AnyRow| KnownFile {
        item: row.get("item"),
        identity: row.get("identity"),
        is_gone: row.get::<Option<i64>, _>("gone_at").is_some(),
    };
    Ok(rows
        .iter()
        .map(|row| (row.get("path"), file(row)))
        .collect())
}

/// Returns the files below folders that are no longer in a folder.
async fn vanished_below(
    connection: &mut AnyConnection,
    seen: &SeenFolder<'_>,
) -> anyhow::Result<Vec<(String, KnownFile)>> {
    let prefix = format!("{}/", seen.folder.as_str().trim_end_matches('/'));
    // '0' is the character after '/'.
    let end = format!("{}0", seen.folder.as_str().trim_end_matches('/'));
    let folders: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT folder FROM library_file \
         WHERE place = $1 AND folder > $2 AND folder < $3 AND gone_at IS NULL",
    )
    .bind(seen.place.as_str())
    .bind(&prefix)
    .bind(&end)
    .fetch_all(&mut *connection)
    .await?;
    let here: BTreeSet<&str> = seen
        .entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::Folder)
        .map(|entry| entry.path.name())
        .collect();
    let mut gone = Vec::new();
    for folder in folders {
        let below = folder.strip_prefix(&prefix).unwrap_or_default();
        let name = below.split('/').next().unwrap_or_default();
        if name.is_empty() || here.contains(name) {
            continue;
        }
        let folder = EntryPath::parse(&folder)?;
        let files = known_files(&mut *connection, seen.place, &folder).await?;
        gone.extend(files.into_iter().filter(|(_, file)| !file.is_gone));
    }
    Ok(gone)
}

async fn put_file(
    connection: &mut AnyConnection,
    folder: &EntryPath,
    entry: &Entry,
    name: &ReleaseName,
    item: i64,
) -> anyhow::Result<()> {
    let part = name.part.map(|part| format!("Part {part}"));
    let label: Vec<String> = [name.edition.clone(), name.resolution.clone(), part]
        .into_iter()
        .flatten()
        .collect();
    sqlx::query(
        "INSERT INTO library_file (place, path, folder, item, identity, size, has_thumbnail, duration_s, label) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (place, path) DO UPDATE SET \
         item = excluded.item, identity = excluded.identity, size = excluded.size, gone_at = NULL, \
         has_thumbnail = excluded.has_thumbnail, duration_s = COALESCE(excluded.duration_s, library_file.duration_s)",
    )
    .bind(entry.place.as_str())
    .bind(entry.path.as_str())
    .bind(folder.as_str())
    .bind(item)
    .bind(identity(entry))
    .bind(entry.size as i64)
    .bind(i64::from(entry.has_thumbnail))
    .bind_real(entry.duration_s)
    .bind((!label.is_empty()).then(|| label.join(" · ")))
    .execute(connection)
    .await?;
    Ok(())
}

/// Records pictures and descriptions of a folder.
async fn record_side_files(
    connection: &mut AnyConnection,
    seen: &SeenFolder<'_>,
) -> anyhow::Result<()> {
    for entry in seen.entries {
        let Some(side) = media::SideFile::of(entry) else {
            continue;
        };
        sqlx::query(
            "INSERT INTO library_side_file (place, path, folder, role, stem) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (place, path) DO UPDATE SET folder = excluded.folder, role = excluded.role, stem = excluded.stem",
        )
        .bind(seen.place.as_str())
        .bind(entry.path.as_str())
        .bind(seen.folder.as_str())
        .bind(side.role.as_str())
        .bind(side.stem)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
