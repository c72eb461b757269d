//! Items with the answers of a metadata service.

use std::collections::HashMap;

use sqlx::Row;

use crate::store::Store;
use crate::store::library::{ItemKind, LibraryItem, MetadataPictureName, TitlePicture, json};
use drives::metadata::PictureRole;

impl Store {
    /// Adds what a metadata service says to items. The files beside a film win over it.
    pub(in crate::store::library) async fn add_metadata(
        &self,
        items: &mut [LibraryItem],
    ) -> anyhow::Result<()> {
        let ids = json(items.iter().map(|item| item.id));
        let rows = sqlx::query(
            "SELECT i.id, i.described_title, s.described_title AS series_described, \
             COALESCE(m.title, e.title) AS title, COALESCE(m.overview, e.overview) AS overview, \
             COALESCE(m.rating, e.rating) AS rating, COALESCE(m.year, sm.year) AS year, m.runtime_min, m.poster, \
             m.backdrop, e.aired, e.still, sm.title AS series_title, sm.poster AS series_poster, \
             sm.backdrop AS series_backdrop FROM library_item i \
             LEFT JOIN library_metadata m ON m.item = i.id AND m.item_key = i.key \
             LEFT JOIN library_item s ON s.id = i.series \
             LEFT JOIN library_metadata sm ON sm.item = s.id AND sm.item_key = s.key \
             LEFT JOIN library_episode_metadata e ON i.kind = 'episode' AND e.season = i.parent AND e.number = i.number \
             WHERE i.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
        )
        .bind(ids)
        .fetch_all(&self.pool)
        .await?;
        let rows: HashMap<i64, _> = rows
            .iter()
            .map(|row| (row.get::<i64, _>("id"), row))
            .collect();
        for item in items {
            let Some(row) = rows.get(&item.id) else {
                continue;
            };
            let text = |column: &str| row.get::<Option<String>, _>(column);
            if text("described_title").is_none() {
                item.title = text("title").unwrap_or_else(|| std::mem::take(&mut item.title));
            }
            if let Some(title) = text("series_title").filter(|_| text("series_described").is_none())
            {
                item.series_title = Some(title);
            }
            item.overview = item.overview.take().or_else(|| text("overview"));
            item.rating = item.rating.or(row.get("rating"));
            item.year = item.year.or(small(row.get("year")));
            item.runtime_min = small(row.get("runtime_min"));
            let aired = || text("aired")?.parse().ok();
            item.aired = item.aired.or_else(aired);
            let picture = |role: PictureRole, column: &str| {
                Some(TitlePicture::Metadata(MetadataPictureName {
                    role,
                    name: text(column)?,
                }))
            };
            use PictureRole::{Backdrop, Poster, Still};
            item.poster = picture(Still, "still").or_else(|| picture(Poster, "poster"));
            if item.kind == ItemKind::Season {
                item.poster = item
                    .poster
                    .take()
                    .or_else(|| picture(Poster, "series_poster"));
            }
            item.backdrop =
                picture(Backdrop, "backdrop").or_else(|| picture(Backdrop, "series_backdrop"));
        }
        Ok(())
    }
}

/// Returns a number of the state that fits; `None` for others.
pub(super) fn small(value: Option<i64>) -> Option<u16> {
    value.and_then(|value| u16::try_from(value).ok())
}
