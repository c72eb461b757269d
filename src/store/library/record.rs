//! Records the folders that were listed: which files there are, and what they are by their names.

use std::collections::{BTreeSet, HashMap};

use sqlx::{AnyConnection, Row};

use super::{ItemKind, json};
use crate::store::{Store, now_ms};
use media::{
    Entry, EntryKind, EntryPath, EpisodeNumber, Place, ReleaseName, natural_key, title_key,
};

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

/// A stored file of a folder.
struct KnownFile {
    item: i64,
    identity: Option<String>,
    is_gone: bool,
}

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
        let mut transaction = self.pool.begin().await?;
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

/// Returns what is the same after a rename or a move: the drive's id of the file, or its content; else its size and its
/// date.
fn identity(entry: &Entry) -> Option<String> {
    let id = entry.id.as_ref().map(|id| format!("id:{id}"));
    id.or_else(|| {
        let modified = entry.modified?.timestamp_millis();
        (entry.size > 0).then(|| format!("size:{}:{modified}", entry.size))
    })
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
    .bind(entry.duration_s)
    .bind((!label.is_empty()).then(|| label.join(" · ")))
    .execute(connection)
    .await?;
    Ok(())
}

/// The columns of an item that is found or made.
struct NewItem {
    kind: ItemKind,
    key: String,
    parent: Option<i64>,
    series: Option<i64>,
    title: String,
    year: Option<u16>,
    season: Option<u16>,
    episode: EpisodeNumber,
    folder: Option<(Place, EntryPath)>,
    added_at: i64,
}

/// Returns the item of a file by its name, and makes it if there is none.
async fn find_or_make(
    connection: &mut AnyConnection,
    entry: &Entry,
    name: &ReleaseName,
) -> anyhow::Result<i64> {
    let added_at = entry
        .modified
        .map_or_else(now_ms, |time| time.timestamp_millis())
        .min(now_ms());
    let blank = NewItem {
        kind: ItemKind::Film,
        key: String::new(),
        parent: None,
        series: None,
        title: name.title.clone(),
        year: name.year,
        season: None,
        episode: EpisodeNumber::default(),
        folder: None,
        added_at,
    };
    let key = title_key(&name.title);
    let Some(episode) = name.episode.clone() else {
        let folder = entry.path.parent().unwrap_or_else(EntryPath::root);
        // Without a year, equal names in different folders may be different films.
        let key = match name.year {
            Some(year) => format!("film:{key}:{year}"),
            None => format!("film:{key}:{}{folder}", entry.place),
        };
        return put_item(connection, NewItem { key, ..blank }).await;
    };
    let series = find_series(connection, &key, name.year).await?;
    let series = match series {
        Some(series) => {
            sqlx::query(
                "UPDATE library_item SET added_at = CASE WHEN added_at < $2 THEN $2 ELSE added_at END, year = COALESCE(year, $3) WHERE id = $1",
            )
            .bind(series)
            .bind(added_at)
            .bind(name.year.map(i64::from))
            .execute(&mut *connection)
            .await?;
            series
        }
        None => {
            let mut folder = entry.path.parent();
            for _ in 1..name.series_levels {
                folder = folder.and_then(|folder| folder.parent());
            }
            let folder = folder.filter(|folder| name.series_levels > 0 && !folder.is_root());
            let year = name.year.map_or(String::new(), |year| year.to_string());
            let series = NewItem {
                kind: ItemKind::Series,
                key: format!("series:{key}:{year}"),
                folder: folder.map(|folder| (entry.place.clone(), folder)),
                ..blank
            };
            put_item(connection, series).await?
        }
    };
    use chrono::Datelike;
    let season_number = episode
        .season
        .or_else(|| {
            episode
                .aired
                .and_then(|aired| u16::try_from(aired.year()).ok())
        })
        .unwrap_or(1);
    let season = NewItem {
        kind: ItemKind::Season,
        key: format!("season:{series}:{season_number}"),
        parent: Some(series),
        series: Some(series),
        title: match season_number {
            0 => "Specials".to_owned(),
            number => format!("Season {number}"),
        },
        year: None,
        season: Some(season_number),
        episode: EpisodeNumber::default(),
        folder: None,
        added_at,
    };
    let season = put_item(connection, season).await?;
    let (key, title) = match (episode.number, episode.aired) {
        (None, Some(aired)) => (aired.to_string(), aired.to_string()),
        (number, _) => {
            let number = number.unwrap_or_default();
            (number.to_string(), format!("Episode {number}"))
        }
    };
    let episode = NewItem {
        kind: ItemKind::Episode,
        key: format!("episode:{season}:{key}"),
        parent: Some(season),
        series: Some(series),
        title: episode.title.clone().unwrap_or(title),
        year: None,
        season: Some(season_number),
        episode,
        folder: None,
        added_at,
    };
    put_item(connection, episode).await
}

/// Returns the series of this title: of the same year, or if one of both has no year. `None` if there is none.
async fn find_series(
    connection: &mut AnyConnection,
    key: &str,
    year: Option<u16>,
) -> anyhow::Result<Option<i64>> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM library_item WHERE kind = 'series' AND title_key = $1 \
         AND ($2 IS NULL OR year IS NULL OR year = $2) ORDER BY year IS NOT DISTINCT FROM $2 DESC, is_present DESC, id LIMIT 1",
    )
    .bind(key)
    .bind(year.map(i64::from))
    .fetch_optional(connection)
    .await?;
    Ok(found)
}

async fn put_item(connection: &mut AnyConnection, new: NewItem) -> anyhow::Result<i64> {
    let sort_key = match new.kind {
        ItemKind::Film | ItemKind::Series => natural_key(without_article(&new.title)),
        _ => {
            let aired = new
                .episode
                .aired
                .map_or(String::new(), |aired| aired.to_string());
            let (season, number) = (new.season.unwrap_or_default(), new.episode.number);
            format!("{season:05}{:05}{aired}", number.unwrap_or_default()).into_bytes()
        }
    };
    let place = new
        .folder
        .as_ref()
        .map(|(place, _)| place.as_str().to_owned());
    let folder = new
        .folder
        .as_ref()
        .map(|(_, folder)| folder.as_str().to_owned());
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO library_item (kind, key, parent, series, title, title_key, sort_key, year, season, number, \
         last_number, aired, place, folder, added_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (key) DO UPDATE SET added_at = CASE WHEN excluded.added_at < library_item.added_at \
         THEN excluded.added_at ELSE library_item.added_at END, \
         last_number = COALESCE(excluded.last_number, library_item.last_number) RETURNING id",
    )
    .bind(new.kind.as_str())
    .bind(&new.key)
    .bind(new.parent)
    .bind(new.series)
    .bind(&new.title)
    .bind(title_key(&new.title))
    .bind(sort_key)
    .bind(new.year.map(i64::from))
    .bind(new.season.map(i64::from))
    .bind(new.episode.number.map(i64::from))
    .bind(new.episode.last.map(i64::from))
    .bind(new.episode.aired.map(|aired| aired.to_string()))
    .bind(place)
    .bind(folder)
    .bind(new.added_at)
    .fetch_one(&mut *connection)
    .await?;
    if matches!(new.kind, ItemKind::Film | ItemKind::Series) {
        put_title(connection, id, &new.title).await?;
    }
    Ok(id)
}

/// Stores the title by which an item is searched.
async fn put_title(connection: &mut AnyConnection, id: i64, title: &str) -> anyhow::Result<()> {
    sqlx::query("DELETE FROM library_search WHERE rowid = $1")
        .bind(id)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO library_search (rowid, title) VALUES ($1, $2)")
        .bind(id)
        .bind(title)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns a title without its article, by which it is sorted.
pub(super) fn without_article(title: &str) -> &str {
    let articles = [
        "The ", "A ", "An ", "Der ", "Die ", "Das ", "Le ", "La ", "Les ",
    ];
    let rest = articles
        .iter()
        .find_map(|article| title.strip_prefix(article));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(title)
}

/// Follows a file that arrived: if a file of this identity is gone, it was renamed or moved. Returns the items whose
/// files changed.
async fn follow_arrived(
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
async fn follow_left(
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

/// Computes for items, and for what contains them, whether there is a file.
async fn refresh_presence(
    connection: &mut AnyConnection,
    items: &BTreeSet<i64>,
) -> anyhow::Result<()> {
    let ids = json(items.iter().copied());
    sqlx::query(
        "UPDATE library_item SET is_present = CASE WHEN EXISTS (SELECT 1 FROM library_file \
         WHERE item = library_item.id AND gone_at IS NULL) THEN 1 ELSE 0 END WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
    )
    .bind(&ids)
    .execute(&mut *connection)
    .await?;
    let parents = parents(connection, &ids).await?;
    refresh_containers(connection, parents).await
}

async fn parents(connection: &mut AnyConnection, ids: &str) -> anyhow::Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT parent FROM library_item \
         WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) AND parent IS NOT NULL",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?)
}

/// Computes the presence of seasons, and of their series.
async fn refresh_containers(
    connection: &mut AnyConnection,
    mut items: Vec<i64>,
) -> anyhow::Result<()> {
    for _ in 0..2 {
        let ids = json(items);
        sqlx::query(
            "UPDATE library_item SET is_present = CASE WHEN EXISTS (SELECT 1 FROM library_item c \
             WHERE c.parent = library_item.id AND c.is_present = 1) THEN 1 ELSE 0 END WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
        )
        .bind(&ids)
        .execute(&mut *connection)
        .await?;
        items = parents(connection, &ids).await?;
    }
    Ok(())
}
