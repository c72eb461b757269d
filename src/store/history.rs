//! Watch history of each viewer: the position in each film, so that watching resumes on another evening or another device.

use chrono::{DateTime, Utc};

use super::{Store, now_ms};
use media::{EntryPath, Place, ViewerId};

/// The position at which a film was left.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchPosition {
    /// The drive or share that holds it.
    pub place: Place,
    /// The film's path inside of the place.
    pub path: EntryPath,
    /// Position in seconds.
    pub position_s: f64,
    /// Length of the film in seconds.
    pub duration_s: f64,
    /// Time of the last report.
    pub at: DateTime<Utc>,
}

impl WatchPosition {
    /// Returns the position in full percent of the length, 0 if the length is unknown.
    pub fn percent(&self) -> u8 {
        if self.duration_s > 0.0 {
            (self.position_s / self.duration_s * 100.0).clamp(0.0, 100.0) as u8
        } else {
            0
        }
    }

    /// Returns true if the film can be resumed: the position is neither at the very beginning nor at the end.
    pub fn is_begun(&self) -> bool {
        self.position_s > MIN_POSITION_S && self.percent() < WATCHED_PERCENT
    }
}

/// Seconds below which a film does not count as begun.
pub(super) const MIN_POSITION_S: f64 = 10.0;

/// Percent from which a film counts as watched: the rest is credits.
pub(super) const WATCHED_PERCENT: u8 = 92;

/// Number of films in the history of one viewer. Beyond it, the least recently watched are deleted.
const MAX_FILMS: i64 = 2_000;

type HistoryRow = (String, String, f64, f64, i64);

impl Store {
    /// Stores the position in a film, and deletes the oldest rows beyond the limit, in one transaction.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn note_position(
        &self,
        viewer: ViewerId,
        place: &Place,
        path: &EntryPath,
        position_s: f64,
        duration_s: f64,
    ) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO history (place, path, position_s, duration_s, updated_at, viewer) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (viewer, place, path) DO UPDATE SET position_s = excluded.position_s, \
             duration_s = excluded.duration_s, updated_at = excluded.updated_at",
        )
        .bind(place.as_str())
        .bind(path.as_str())
        .bind(position_s)
        .bind(duration_s)
        .bind(now_ms())
        .bind(viewer.to_string())
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM history WHERE viewer = $2 AND updated_at < \
             (SELECT updated_at FROM history WHERE viewer = $2 ORDER BY updated_at DESC LIMIT 1 OFFSET $1)",
        )
        .bind(MAX_FILMS)
        .bind(viewer.to_string())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Returns up to `limit` positions of a viewer, the most recent first.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn history(
        &self,
        viewer: ViewerId,
        limit: usize,
    ) -> anyhow::Result<Vec<WatchPosition>> {
        let rows: Vec<HistoryRow> = sqlx::query_as(
            "SELECT place, path, position_s, duration_s, updated_at FROM history WHERE viewer = $2 \
             ORDER BY updated_at DESC, path LIMIT $1",
        )
        .bind(limit as i64)
        .bind(viewer.to_string())
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Returns all positions of a viewer in films of one place.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn history_of(
        &self,
        viewer: ViewerId,
        place: &Place,
    ) -> anyhow::Result<Vec<WatchPosition>> {
        let rows: Vec<HistoryRow> = sqlx::query_as(
            "SELECT place, path, position_s, duration_s, updated_at FROM history WHERE viewer = $2 AND place = $1",
        )
        .bind(place.as_str())
        .bind(viewer.to_string())
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Returns a viewer's position in one film, `None` if it was never watched.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn position(
        &self,
        viewer: ViewerId,
        place: &Place,
        path: &EntryPath,
    ) -> anyhow::Result<Option<WatchPosition>> {
        let row: Option<HistoryRow> = sqlx::query_as(
            "SELECT place, path, position_s, duration_s, updated_at FROM history \
             WHERE viewer = $3 AND place = $1 AND path = $2",
        )
        .bind(place.as_str())
        .bind(path.as_str())
        .bind(viewer.to_string())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.and_then(read))
    }

    /// Moves every viewer's positions of an entry and of all entries below it to another path.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn move_history(
        &self,
        place: &Place,
        from: &EntryPath,
        to: &EntryPath,
    ) -> anyhow::Result<()> {
        let below = below(from);
        let mut transaction = self.begin().await?;
        for statement in [
            // Positions of before at the new paths give way.
            "DELETE FROM history WHERE place = $1 AND (viewer, path) IN \
             (SELECT viewer, $3 || substr(path, length($2) + 1) FROM history \
             WHERE place = $1 AND (path = $2 OR substr(path, 1, length($4)) = $4))",
            "UPDATE history SET path = $3 || substr(path, length($2) + 1) \
             WHERE place = $1 AND (path = $2 OR substr(path, 1, length($4)) = $4)",
        ] {
            sqlx::query(statement)
                .bind(place.as_str())
                .bind(from.as_str())
                .bind(to.as_str())
                .bind(&below)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Deletes every viewer's positions of an entry and of all entries below it.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn delete_history(&self, place: &Place, path: &EntryPath) -> anyhow::Result<()> {
        sqlx::query(
            "DELETE FROM history WHERE place = $1 AND (path = $2 OR substr(path, 1, length($3)) = $3)",
        )
        .bind(place.as_str())
        .bind(path.as_str())
        .bind(below(path))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

fn below(path: &EntryPath) -> String {
    format!("{}/", path.as_str().trim_end_matches('/'))
}

fn read((place, path, position_s, duration_s, at): HistoryRow) -> Option<WatchPosition> {
    Some(WatchPosition {
        place: Place::parse(&place).ok()?,
        path: EntryPath::parse(&path).ok()?,
        position_s,
        duration_s,
        at: DateTime::from_timestamp_millis(at)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::{TestState, on_both_states};

    on_both_states! {
        positions_are_kept_follow_a_move_and_go_with_the_film,
    }

    const VIEWER: ViewerId = ViewerId::OWNER;

    fn path(text: &str) -> EntryPath {
        EntryPath::parse(text).unwrap()
    }

    async fn positions_are_kept_follow_a_move_and_go_with_the_film(state: TestState) {
        let store = state.open().await;
        let films = Place::parse("films").unwrap();
        let note = async |name: &str, at: f64| {
            store
                .note_position(VIEWER, &films, &path(name), at, 100.0)
                .await
                .unwrap();
        };
        note("/a/one.mp4", 10.0).await;
        note("/a/one.mp4", 40.0).await;
        note("/a%_/two.mp4", 50.0).await;
        note("/ab.mp4", 60.0).await;
        let one = store
            .position(VIEWER, &films, &path("/a/one.mp4"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (one.position_s, one.percent(), one.is_begun()),
            (40.0, 40, true)
        );

        store
            .move_history(&films, &path("/a"), &path("/b/c"))
            .await
            .unwrap();
        let mut paths: Vec<String> = store
            .history(VIEWER, 10)
            .await
            .unwrap()
            .into_iter()
            .map(|w| w.path.to_string())
            .collect();
        paths.sort();
        assert_eq!(paths, ["/a%_/two.mp4", "/ab.mp4", "/b/c/one.mp4"]);

        store.delete_history(&films, &path("/b")).await.unwrap();
        assert_eq!(store.history_of(VIEWER, &films).await.unwrap().len(), 2);
        assert_eq!(
            store
                .history_of(VIEWER, &Place::parse("other").unwrap())
                .await
                .unwrap(),
            []
        );
    }

    #[test]
    fn the_very_beginning_and_the_end_are_nothing_to_go_on_with() {
        for (position_s, is_begun) in [
            (0.0, false),
            (9.0, false),
            (11.0, true),
            (91.0, true),
            (92.0, false),
        ] {
            let watched = WatchPosition {
                place: Place::parse("films").unwrap(),
                path: path("/a"),
                position_s,
                duration_s: 100.0,
                at: DateTime::default(),
            };
            assert_eq!(watched.is_begun(), is_begun, "{position_s}");
        }
    }
}
