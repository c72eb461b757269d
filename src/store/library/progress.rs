//! Reads how far a viewer has watched items.

use std::collections::{HashMap, HashSet};

use sqlx::{AssertSqlSafe, Row};

use crate::store::history::WATCHED_PERCENT;
use crate::store::{Store, Viewer};

/// The progress of a film or an episode.
#[derive(Debug, Clone, Copy)]
pub(super) struct ItemProgress {
    pub is_watched: bool,
    /// The position in seconds; `None` if it was not begun.
    pub position_s: Option<f64>,
    /// The length in seconds; `None` if it is not known.
    pub duration_s: Option<f64>,
}

impl Store {
    /// Returns the progress of films and episodes: the last position in any of their files, and the mark.
    pub(super) async fn progress(
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
    pub(super) async fn complete_containers(
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
