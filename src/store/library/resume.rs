//! Items to go on with: those that were begun, and the next episode of each series that was begun.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, Row};

use crate::store::history::{MIN_POSITION_S, WATCHED_PERCENT};
use crate::store::{Store, Viewer};

/// An episode in the order of its series, and what is known of it.
struct EpisodeProgress {
    id: i64,
    season: i64,
    is_watched: bool,
    /// Time of the last mark or position, 0 without any.
    at: i64,
    /// True if it was begun and not finished since.
    is_begun: bool,
}

impl Store {
    /// Returns what to go on with, the most recent first: films and episodes that were begun, and the next episode of
    /// a series whose last episode was finished.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn continue_ids(&self, viewer: &Viewer) -> anyhow::Result<Vec<i64>> {
        let mut found = self.begun_films(viewer).await?;
        for episodes in self.begun_series(viewer).await?.values() {
            found.extend(next_episode(episodes));
        }
        found.sort_by_key(|(at, id)| (std::cmp::Reverse(*at), *id));
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// Returns the next episode of each series that was begun, the most recently watched series first. Specials are
    /// never next.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn next_up_ids(&self, viewer: &Viewer) -> anyhow::Result<Vec<i64>> {
        let series = self.begun_series(viewer).await?;
        let mut found: Vec<(i64, i64)> = series
            .values()
            .filter_map(|episodes| {
                let regular = |id: &i64| episodes.iter().any(|it| it.id == *id && it.season != 0);
                next_episode(episodes)
                    .filter(|(_, id)| regular(id))
                    .or_else(|| Some((last_at(episodes), next_regular(episodes)?)))
            })
            .collect();
        found.sort_by_key(|(at, id)| (std::cmp::Reverse(*at), *id));
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// Returns the times and ids of films that were begun and not finished since.
    async fn begun_films(&self, viewer: &Viewer) -> anyhow::Result<Vec<(i64, i64)>> {
        let sql = format!(
            "SELECT MAX(h.updated_at), i.id FROM history h \
             JOIN library_file f ON f.place = h.place AND f.path = h.path AND f.gone_at IS NULL AND {} \
             JOIN library_item i ON i.id = f.item AND i.kind = 'film' \
             LEFT JOIN library_mark m ON m.item = i.id AND m.viewer = $1 \
             WHERE h.viewer = $1 AND h.position_s > $2 AND (h.duration_s <= 0 OR h.position_s * 100 < $3 * h.duration_s) \
             AND (m.is_watched IS NULL OR m.is_watched = 0 OR m.marked_at < h.updated_at) GROUP BY i.id",
            viewer.sql_of_place("f.place")
        );
        Ok(sqlx::query_as(AssertSqlSafe(sql))
            .bind(viewer.id.to_string())
            .bind(MIN_POSITION_S)
            .bind(i64::from(WATCHED_PERCENT))
            .fetch_all(&self.pool)
            .await?)
    }

    /// Returns the episodes of each series with a mark or a position, in the order of the series, specials last.
    async fn begun_series(
        &self,
        viewer: &Viewer,
    ) -> anyhow::Result<HashMap<i64, Vec<EpisodeProgress>>> {
        let sql = format!(
            "WITH begun AS (SELECT DISTINCT e.series FROM library_item e JOIN library_file f ON f.item = e.id \
                 JOIN history h ON h.viewer = $1 AND h.place = f.place AND h.path = f.path WHERE e.kind = 'episode' \
                 UNION SELECT e.series FROM library_mark m JOIN library_item e ON e.id = m.item AND e.kind = 'episode' \
                 WHERE m.viewer = $1 AND m.is_watched = 1) \
             SELECT e.id, e.series, e.season, m.is_watched, m.marked_at, h.position_s, h.duration_s, h.updated_at \
             FROM library_item e LEFT JOIN library_mark m ON m.item = e.id AND m.viewer = $1 \
             LEFT JOIN library_file f ON f.item = e.id \
             LEFT JOIN history h ON h.viewer = $1 AND h.place = f.place AND h.path = f.path \
             WHERE e.kind = 'episode' AND e.is_present = 1 AND e.series IN (SELECT series FROM begun) AND {} \
             ORDER BY e.series, e.season = 0, e.sort_key, e.id, COALESCE(h.updated_at, 0)",
            viewer.sql_of_item("e")
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(viewer.id.to_string())
            .fetch_all(&self.pool)
            .await?;
        let mut series: HashMap<i64, Vec<EpisodeProgress>> = HashMap::new();
        for row in &rows {
            let (episodes, next) = (series.entry(row.get("series")).or_default(), progress(row));
            // Of an episode with several files, the last position replaces those before.
            match episodes.last_mut() {
                Some(last) if last.id == next.id => *last = next,
                _ => episodes.push(next),
            }
        }
        Ok(series)
    }
}

fn progress(row: &sqlx::any::AnyRow) -> EpisodeProgress {
    let mark: Option<i64> = row.get("is_watched");
    let marked_at: i64 = row.get::<Option<i64>, _>("marked_at").unwrap_or_default();
    let position_s: f64 = row.get::<Option<f64>, _>("position_s").unwrap_or_default();
    let duration_s: f64 = row.get::<Option<f64>, _>("duration_s").unwrap_or_default();
    let updated_at: i64 = row.get::<Option<i64>, _>("updated_at").unwrap_or_default();
    let is_at_end =
        duration_s > 0.0 && position_s / duration_s * 100.0 >= f64::from(WATCHED_PERCENT);
    let is_watched = mark.map_or(is_at_end, |mark| mark != 0);
    EpisodeProgress {
        id: row.get("id"),
        season: row.get::<Option<i64>, _>("season").unwrap_or_default(),
        is_watched,
        at: updated_at.max(if is_watched { marked_at } else { 0 }),
        is_begun: position_s > MIN_POSITION_S
            && !is_at_end
            && (!is_watched || marked_at < updated_at),
    }
}

fn last_at(episodes: &[EpisodeProgress]) -> i64 {
    episodes
        .iter()
        .map(|episode| episode.at)
        .max()
        .unwrap_or_default()
}

/// Returns the episode to go on with, and the time of the last one: that one if it is not finished, else the next one
/// that was not watched. `None` if the series was not begun, or nothing is left.
fn next_episode(episodes: &[EpisodeProgress]) -> Option<(i64, i64)> {
    let (at, last) = episodes
        .iter()
        .enumerate()
        .filter(|(_, episode)| episode.at > 0)
        // Marked all at once, the last one of them counts.
        .max_by_key(|(at, episode)| (episode.at, *at))?;
    if last.is_begun {
        return Some((last.at, last.id));
    }
    if !last.is_watched && last.season != 0 {
        return Some((last.at, last.id));
    }
    if last.season == 0 {
        return Some((last.at, next_regular(episodes)?));
    }
    let next = episodes[at + 1..]
        .iter()
        .find(|next| next.season != 0 && !next.is_watched);
    next.map(|next| (last.at, next.id))
}

/// Returns the first episode that was not watched behind the last one that was, specials aside. `None` if there is none.
fn next_regular(episodes: &[EpisodeProgress]) -> Option<i64> {
    let regular: Vec<&EpisodeProgress> = episodes.iter().filter(|it| it.season != 0).collect();
    let last = regular.iter().rposition(|episode| episode.is_watched);
    let rest = &regular[last.map_or(0, |last| last + 1)..];
    rest.iter()
        .find(|episode| !episode.is_watched)
        .map(|episode| episode.id)
}
