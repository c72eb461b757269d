//! Marks of what was watched: by hand, and by a position near the end.

use super::{ItemDetails, ItemKind};
use crate::store::bind_real::BindReal;
use crate::store::history::WATCHED_PERCENT;
use crate::store::{Store, now_ms};
use media::{EntryPath, Place, ViewerId, natural_key, title_key};

impl Store {
    /// Marks an item as watched or not; of a season or series, all of its episodes, specials aside. The positions in
    /// their files are deleted. Returns false if there is no such item.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn mark_watched(
        &self,
        id: i64,
        is_watched: bool,
        viewer: ViewerId,
    ) -> anyhow::Result<bool> {
        let mut transaction = self.begin().await?;
        let items: Vec<i64> = sqlx::query_scalar(
            "SELECT e.id FROM library_item c JOIN library_item e ON e.is_present = 1 AND CASE c.kind \
             WHEN 'series' THEN e.series = c.id AND e.kind = 'episode' AND e.season <> 0 \
             WHEN 'season' THEN e.parent = c.id ELSE e.id = c.id END WHERE c.id = $1",
        )
        .bind(id)
        .fetch_all(&mut *transaction)
        .await?;
        for item in &items {
            sqlx::query(
                "INSERT INTO library_mark (viewer, item, is_watched, marked_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (viewer, item) DO UPDATE SET is_watched = excluded.is_watched, \
                 marked_at = excluded.marked_at",
            )
            .bind(viewer.to_string())
            .bind(item)
            .bind(i64::from(is_watched))
            .bind(now_ms())
            .execute(&mut *transaction)
            .await?;
            sqlx::query(
                "DELETE FROM history WHERE viewer = $2 \
                 AND (place, path) IN (SELECT place, path FROM library_file WHERE item = $1)",
            )
            .bind(item)
            .bind(viewer.to_string())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(!items.is_empty())
    }

    /// Marks the item of a file as watched if its position is near the end.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn mark_by_position(
        &self,
        place: &Place,
        path: &EntryPath,
        viewer: ViewerId,
    ) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO library_mark (viewer, item, is_watched, marked_at) \
             SELECT $3, f.item, 1, $5 FROM library_file f JOIN history h ON h.viewer = $3 AND h.place = f.place AND h.path = f.path \
             WHERE f.place = $1 AND f.path = $2 AND h.duration_s > 0 AND h.position_s * 100 >= $4 * h.duration_s \
             ON CONFLICT (viewer, item) DO UPDATE SET is_watched = 1, marked_at = excluded.marked_at",
        )
        .bind(place.as_str())
        .bind(path.as_str())
        .bind(viewer.to_string())
        .bind(i64::from(WATCHED_PERCENT))
        .bind(now_ms())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns the description files of an item, the most specific first.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn description_files(&self, id: i64) -> anyhow::Result<Vec<(Place, EntryPath)>> {
        let rows: Vec<(String, String, Option<String>, String, String)> = sqlx::query_as(
            "SELECT n.place, n.path, n.stem, i.kind, f.path FROM library_item i \
             JOIN library_file f ON f.gone_at IS NULL AND (f.item = i.id) \
             JOIN library_side_file n ON n.place = f.place AND n.folder = f.folder AND n.role = 'nfo' \
             WHERE i.id = $1 \
             UNION ALL SELECT n.place, n.path, n.stem, i.kind, '' FROM library_item i \
             JOIN library_side_file n ON n.place = i.place AND n.folder = i.folder AND n.role = 'nfo' \
             WHERE i.id = $1 AND i.kind = 'series' LIMIT 500",
        )
        .bind(id)
        .fetch_all(&self.pool)
        .await?;
        let mut found = Vec::new();
        for (place, path, stem, kind, film) in rows {
            let path = EntryPath::parse(&path)?;
            let is_own = stem.is_some_and(|stem| {
                stem == title_key(media::stem(film.rsplit('/').next().unwrap_or_default()))
            });
            let is_common = match ItemKind::parse(&kind) {
                ItemKind::Series => path.name().eq_ignore_ascii_case("tvshow.nfo"),
                ItemKind::Film => path.name().eq_ignore_ascii_case("movie.nfo"),
                _ => false,
            };
            if is_own || is_common {
                found.push((!is_own, (Place::parse(&place)?, path)));
            }
        }
        found.sort_by_key(|(is_common, _)| *is_common);
        Ok(found.into_iter().map(|(_, file)| file).collect())
    }

    /// Stores what the files beside an item say about it, and that they were read.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn store_details(&self, id: i64, details: &ItemDetails) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "UPDATE library_item SET title = COALESCE($2, title), year = COALESCE($3, year), overview = $4, \
             aired = COALESCE($5, aired), side_files_at = $6, described_title = $2, rating = $8, \
             sort_key = CASE WHEN $2 IS NOT NULL AND kind IN ('film', 'series') THEN $7 ELSE sort_key END \
             WHERE id = $1",
        )
        .bind(id)
        .bind(&details.title)
        .bind(details.year.map(i64::from))
        .bind(&details.overview)
        .bind(details.aired.map(|aired| aired.to_string()))
        .bind(now_ms())
        .bind(details.title.as_deref().map(natural_key))
        .bind_real(details.rating)
        .execute(&mut *transaction)
        .await?;
        if let Some(title) = &details.title {
            sqlx::query("UPDATE library_search SET title = $2 WHERE rowid = $1")
                .bind(id)
                .bind(title)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
