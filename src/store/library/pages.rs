//! Reads items with their files, pictures and progress.

use std::collections::{HashMap, HashSet};

use sqlx::{AssertSqlSafe, Row};

use super::item_pictures::{pairs, series_of};
use super::{COLUMNS, FROM, ItemKind, ItemVersion, LibraryItem, item, json};
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
        let words = query
            .words
            .as_deref()
            .map(|text| self.database.search_words(text));
        if words.as_deref() == Some("") {
            return Ok(ItemPage::default());
        }
        let matches = match words {
            Some(_) => self.database.search_condition(),
            None => "",
        };
        let sql = page_sql(query, viewer, matches);
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
}

/// Returns the query of a page. `$1` is the number of its rows, `$2` that of the rows before, `$3` the words of a search. Each
/// kind is read in order by an index, and no further than to the end of the page: the rows of several kinds together
/// would be sorted, all of them. `matches` is the condition of a search; empty without one.
fn page_sql(query: &ItemQuery, viewer: &Viewer, matches: &str) -> String {
    let order = match query.sort {
        ItemSort::Title => "i.sort_key, i.id",
        ItemSort::Year => "i.year DESC NULLS LAST, i.sort_key, i.id",
        ItemSort::Added => "i.added_at DESC, i.id",
    };
    let seen = viewer.sql_of_item("i");
    let kind = |kind: &ItemKind| format!("'{}'", kind.as_str());
    let chosen = match query.kinds.as_slice() {
        [] => "1 = 0".to_owned(),
        [one] => format!("i.kind = {} AND i.is_present = 1 AND {seen}", kind(one)),
        several if matches.is_empty() => {
            let end = query.offset + query.limit + 1;
            let first = several.iter().map(|one| {
                format!(
                    "SELECT id FROM (SELECT i.id FROM library_item i WHERE i.kind = {} AND i.is_present = 1 AND {seen} \
                     ORDER BY {order} LIMIT {end}) AS first_{}",
                    kind(one),
                    one.as_str()
                )
            });
            let first: Vec<String> = first.collect();
            format!("i.id IN ({})", first.join(" UNION ALL "))
        }
        several => {
            let kinds: Vec<String> = several.iter().map(kind).collect();
            let kinds = kinds.join(", ");
            format!("i.kind IN ({kinds}) AND i.is_present = 1 AND {seen}")
        }
    };
    let matches = match matches {
        "" => "AND $3 IS NULL",
        matches => matches,
    };
    format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE {chosen} {matches} ORDER BY {order} LIMIT $1 OFFSET $2"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::ViewerId;

    /// Returns the steps of the query of a first page.
    async fn steps(kinds: &[ItemKind], sort: ItemSort) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let query = ItemQuery {
            kinds: kinds.to_vec(),
            sort,
            limit: 100,
            ..ItemQuery::default()
        };
        let sql = page_sql(&query, &Viewer::new(ViewerId::OWNER, "Owner"), "");
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let steps = sqlx::query(explain).bind(101).bind(0).bind(None::<String>);
        let steps = steps.fetch_all(&store.pool).await.unwrap();
        steps.iter().map(|step| step.get("detail")).collect()
    }

    #[tokio::test]
    async fn a_page_of_a_large_library_is_read_in_the_order_of_an_index() {
        for (sort, index) in [
            (ItemSort::Title, "library_item_by_title"),
            (ItemSort::Added, "library_item_by_time"),
        ] {
            let steps = steps(&[ItemKind::Film], sort).await;
            assert!(steps.iter().any(|step| step.contains(index)), "{steps:?}");
            assert!(
                !steps.iter().any(|step| step.contains("ORDER BY")),
                "{steps:?}"
            );
        }
        let steps = steps(&[ItemKind::Film, ItemKind::Series], ItemSort::Added).await;
        let by_time = "INDEX library_item_by_time (kind=? AND is_present=?)";
        let reads = steps.iter().filter(|step| step.contains(by_time)).count();
        // The page alone is sorted.
        let sorts = steps.iter().filter(|step| step.contains("ORDER BY"));
        assert_eq!((reads, sorts.count()), (2, 1), "{steps:?}");
    }
}
