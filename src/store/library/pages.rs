//! Reads items with their files, pictures and progress.

use std::collections::{HashMap, HashSet};

use sqlx::{AssertSqlSafe, Row};

use super::item_pictures::{pairs, series_of};
use super::{COLUMNS, FROM, ItemKind, ItemVersion, LibraryItem, item, json};
use crate::store::history::WATCHED_PERCENT;
use crate::store::{Store, Viewer};
use media::{EntryPath, Place};

/// The order of a page of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ItemSort {
    /// By title, without its article.
    #[default]
    Title,
    /// The newest year first.
    Year,
    /// The last added comes first.
    Added,
}

/// A request for a page of films or series.
#[derive(Debug, Clone, Default)]
pub struct ItemQuery {
    /// The kinds.
    pub kinds: Vec<ItemKind>,
    /// The order.
    pub sort: ItemSort,
    /// Words of the title; `None` for all items.
    pub words: Option<String>,
    /// The number of items before the page.
    pub offset: usize,
    /// The maximum number of items.
    pub limit: usize,
}

/// One page of items.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ItemPage {
    /// The items, in order.
    pub items: Vec<LibraryItem>,
    /// The offset of the next page; `None` on the last one.
    pub next: Option<usize>,
}

/// The files of these places and paths that are there. `CROSS JOIN` keeps the order of the tables, as for
/// [pictures](super::item_pictures).
pub(super) const SHOWN_FILES: &str = "SELECT l.place, l.path FROM json_each($1) p CROSS JOIN json_each($2) f CROSS JOIN library_file l \
    WHERE f.key = p.key AND l.place = p.value AND l.path = f.value AND l.gone_at IS NULL";

impl Store {
    /// Returns a page of films or series.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn library_page(
        &self,
        query: &ItemQuery,
        viewer: &Viewer,
    ) -> anyhow::Result<ItemPage> {
        let order = match query.sort {
            ItemSort::Title => "i.sort_key, i.id",
            ItemSort::Year => "i.year DESC NULLS LAST, i.sort_key, i.id",
            ItemSort::Added => "i.added_at DESC, i.id DESC",
        };
        let kinds: Vec<String> = query
            .kinds
            .iter()
            .map(|kind| format!("'{}'", kind.as_str()))
            .collect();
        let words = query
            .words
            .as_deref()
            .map(|text| self.database.search_words(text));
        if words.as_deref() == Some("") {
            return Ok(ItemPage::default());
        }
        let matches = match words {
            Some(_) => self.database.search_condition(),
            None => "AND $3 IS NULL",
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM {FROM} WHERE i.kind IN ({}) AND i.is_present = 1 AND {} {matches} \
             ORDER BY {order} LIMIT $1 OFFSET $2",
            kinds.join(", "),
            viewer.sql_of_item("i")
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(query.limit as i64 + 1)
            .bind(query.offset as i64)
            .bind(words)
            .fetch_all(&self.pool)
            .await?;
        let mut items: Vec<LibraryItem> = rows.iter().map(item).collect();
        let next = (items.len() > query.limit).then_some(query.offset + query.limit);
        items.truncate(query.limit);
        self.complete(&mut items, viewer).await?;
        Ok(ItemPage { items, next })
    }

    /// Returns one item; `None` if there is none of this id, or no file of it is left.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn library_item(
        &self,
        id: i64,
        viewer: &Viewer,
    ) -> anyhow::Result<Option<LibraryItem>> {
        Ok(self.library_items(&[id], viewer).await?.pop())
    }

    /// Returns items in the order of their ids; those without a file are left out.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn library_items(
        &self,
        ids: &[i64],
        viewer: &Viewer,
    ) -> anyhow::Result<Vec<LibraryItem>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM json_each($1) wanted, {FROM} \
             WHERE i.id = CAST(wanted.value AS BIGINT) AND i.is_present = 1 AND {} ORDER BY wanted.key",
            viewer.sql_of_item("i")
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(json(ids.iter().copied()))
            .fetch_all(&self.pool)
            .await?;
        let mut items: Vec<LibraryItem> = rows.iter().map(item).collect();
        self.complete(&mut items, viewer).await?;
        Ok(items)
    }

    /// Returns the seasons of a series, or the episodes of a season, in order.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn library_children(
        &self,
        parent: i64,
        viewer: &Viewer,
    ) -> anyhow::Result<Vec<LibraryItem>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {FROM} WHERE i.parent = $1 AND i.is_present = 1 AND {} \
             ORDER BY i.season = 0, i.sort_key, i.id",
            viewer.sql_of_item("i")
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(parent)
            .fetch_all(&self.pool)
            .await?;
        let mut items: Vec<LibraryItem> = rows.iter().map(item).collect();
        self.complete(&mut items, viewer).await?;
        Ok(items)
    }

    /// Returns the item of a file; `None` if it is not in the library.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn item_of_file(
        &self,
        place: &Place,
        path: &EntryPath,
    ) -> anyhow::Result<Option<i64>> {
        Ok(sqlx::query_scalar(
            "SELECT item FROM library_file WHERE place = $1 AND path = $2 AND gone_at IS NULL",
        )
        .bind(place.as_str())
        .bind(path.as_str())
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Returns the given files that are not in the library.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn files_without_item<'a>(
        &self,
        files: impl IntoIterator<Item = (&'a Place, &'a EntryPath)>,
    ) -> anyhow::Result<HashSet<(Place, EntryPath)>> {
        let mut missing: HashSet<(Place, EntryPath)> = files
            .into_iter()
            .map(|(place, path)| (place.clone(), path.clone()))
            .collect();
        let (places, paths) = pairs(&missing)?;
        let found: Vec<(String, String)> = sqlx::query_as(SHOWN_FILES)
            .bind(places)
            .bind(paths)
            .fetch_all(&self.pool)
            .await?;
        for (place, path) in found {
            missing.remove(&(Place::parse(&place)?, EntryPath::parse(&path)?));
        }
        Ok(missing)
    }

    /// Adds files, pictures and progress to items. The number of queries does not depend on that of items, apart from series
    /// without a picture: a database may be some way off.
    async fn complete(&self, items: &mut [LibraryItem], viewer: &Viewer) -> anyhow::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        let ids = json(items.iter().map(|item| item.id));
        let series = json(items.iter().filter_map(series_of));
        let (mut versions, progress, complete, series) = tokio::try_join!(
            self.versions(&ids, viewer),
            self.progress(&ids, viewer),
            self.complete_containers(&ids, viewer),
            self.folders_of_items(&series),
        )?;
        self.add_metadata(items).await?;
        let first = versions.values().filter_map(|versions| versions.first());
        let beside = self.beside(first, series).await?;
        for item in items.iter_mut() {
            item.versions = versions.remove(&item.id).unwrap_or_default();
            item.duration_s = item.versions.iter().find_map(|version| version.duration_s);
            if let Some(progress) = progress.get(&item.id) {
                item.is_watched = progress.is_watched;
                item.position_s = progress.position_s;
                item.duration_s = progress.duration_s.or(item.duration_s);
            }
            item.is_watched |= complete.contains(&item.id);
            self.add_pictures(item, &beside, viewer).await?;
        }
        Ok(())
    }

    async fn versions(
        &self,
        ids: &str,
        viewer: &Viewer,
    ) -> anyhow::Result<HashMap<i64, Vec<ItemVersion>>> {
        let sql = format!(
            "SELECT item, place, path, label, size, has_thumbnail, duration_s FROM library_file \
             WHERE item IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) AND gone_at IS NULL AND {} ORDER BY size DESC, place, path",
            viewer.sql_of_place("place")
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(ids)
            .fetch_all(&self.pool)
            .await?;
        let mut versions: HashMap<i64, Vec<ItemVersion>> = HashMap::new();
        for row in &rows {
            versions
                .entry(row.get("item"))
                .or_default()
                .push(ItemVersion {
                    place: Place::parse(row.get("place"))?,
                    path: EntryPath::parse(row.get("path"))?,
                    label: row.get("label"),
                    size: row.get::<i64, _>("size").unsigned_abs(),
                    has_thumbnail: row.get::<i64, _>("has_thumbnail") != 0,
                    duration_s: row.get("duration_s"),
                });
        }
        Ok(versions)
    }

    /// Returns the progress of films and episodes: the last position in any of their files, and the mark.
    async fn progress(
        &self,
        ids: &str,
        viewer: &Viewer,
    ) -> anyhow::Result<HashMap<i64, ItemProgress>> {
        let rows = sqlx::query(
            "SELECT i.id, m.is_watched, m.marked_at, h.position_s, h.duration_s, h.updated_at \
             FROM library_item i \
             LEFT JOIN library_mark m ON m.item = i.id AND m.viewer = $2 \
             LEFT JOIN library_file f ON f.item = i.id \
             LEFT JOIN history h ON h.viewer = $2 AND h.place = f.place AND h.path = f.path \
             WHERE i.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) AND i.kind NOT IN ('season', 'series') \
             ORDER BY COALESCE(h.updated_at, 0)",
        )
        .bind(ids)
        .bind(viewer.id.to_string())
        .fetch_all(&self.pool)
        .await?;
        // Of an item with several files, the last position replaces those before.
        Ok(rows
            .iter()
            .map(|row| (row.get("id"), progress_of(row)))
            .collect())
    }

    /// Returns the seasons and series of which all episodes were watched, specials aside.
    async fn complete_containers(
        &self,
        ids: &str,
        viewer: &Viewer,
    ) -> anyhow::Result<HashSet<i64>> {
        let sql = format!(
            "SELECT c.id FROM library_item c JOIN library_item e ON e.kind = 'episode' AND e.is_present = 1 \
                 AND ((c.kind = 'season' AND e.parent = c.id) OR (c.kind = 'series' AND e.series = c.id AND e.season <> 0)) \
             LEFT JOIN library_mark m ON m.item = e.id AND m.viewer = $2 AND m.is_watched = 1 \
             WHERE c.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) AND c.kind IN ('season', 'series') \
             AND {} GROUP BY c.id HAVING COUNT(*) = COUNT(m.item)",
            viewer.sql_of_item("e")
        );
        let done: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(ids)
            .bind(viewer.id.to_string())
            .fetch_all(&self.pool)
            .await?;
        Ok(done.into_iter().collect())
    }
}

/// The progress of a film or an episode.
#[derive(Debug, Clone, Copy)]
struct ItemProgress {
    is_watched: bool,
    position_s: Option<f64>,
    duration_s: Option<f64>,
}

fn progress_of(row: &sqlx::any::AnyRow) -> ItemProgress {
    let mark: Option<i64> = row.get("is_watched");
    let position_s: Option<f64> = row.get("position_s");
    let duration_s: Option<f64> = row.get("duration_s");
    let is_at_end = position_s.zip(duration_s).is_some_and(|(at, length)| {
        length > 0.0 && at / length * 100.0 >= f64::from(WATCHED_PERCENT)
    });
    ItemProgress {
        is_watched: mark.map_or(is_at_end, |mark| mark != 0),
        position_s,
        duration_s: duration_s.filter(|length| *length > 0.0),
    }
}
