//! How far each film was watched, so that another evening or another device goes on from there.

use chrono::{DateTime, Utc};

use super::{Store, now_ms};
use media::{EntryPath, Place};

/// A film that was watched, and how far.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// The drive or share that holds it.
    pub place: Place,
    /// Where it is.
    pub path: EntryPath,
    /// Seconds from the beginning.
    pub position_s: f64,
    /// Seconds of the whole film.
    pub duration_s: f64,
    /// When that was.
    pub at: DateTime<Utc>,
}

impl Watched {
    /// How far, in full percent.
    pub fn percent(&self) -> u8 {
        if self.duration_s > 0.0 {
            (self.position_s / self.duration_s * 100.0).clamp(0.0, 100.0) as u8
        } else {
            0
        }
    }

    /// Whether there is something to go on with: neither the very beginning nor the end.
    pub fn is_begun(&self) -> bool {
        self.position_s > BEGUN_S && self.percent() < ENDED_PERCENT
    }
}

/// Who has seen less has not begun.
const BEGUN_S: f64 = 10.0;

/// Who has seen so much has seen it: the rest is credits.
const ENDED_PERCENT: u8 = 96;

/// Films that are remembered; of more, the longest unseen are forgotten.
const LONGEST: i64 = 2_000;

type Row = (String, String, f64, f64, i64);

impl Store {
    /// Notes how far a film was watched.
    pub async fn note_position(
        &self,
        place: &Place,
        path: &EntryPath,
        position_s: f64,
        duration_s: f64,
    ) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO history (place, path, position_s, duration_s, updated_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (place, path) DO UPDATE SET position_s = excluded.position_s, \
             duration_s = excluded.duration_s, updated_at = excluded.updated_at",
        )
        .bind(place.as_str())
        .bind(path.as_str())
        .bind(position_s)
        .bind(duration_s)
        .bind(now_ms())
        .execute(&self.pool)
        .await?;
        sqlx::query(
            "DELETE FROM history WHERE updated_at < \
             (SELECT updated_at FROM history ORDER BY updated_at DESC LIMIT 1 OFFSET $1)",
        )
        .bind(LONGEST)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Films that were watched, the last one first.
    pub async fn history(&self, most: usize) -> anyhow::Result<Vec<Watched>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT place, path, position_s, duration_s, updated_at FROM history \
             ORDER BY updated_at DESC, path LIMIT $1",
        )
        .bind(most as i64)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// What was watched of one place.
    pub async fn history_of(&self, place: &Place) -> anyhow::Result<Vec<Watched>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT place, path, position_s, duration_s, updated_at FROM history WHERE place = $1",
        )
        .bind(place.as_str())
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// How far one film was watched.
    pub async fn position(
        &self,
        place: &Place,
        path: &EntryPath,
    ) -> anyhow::Result<Option<Watched>> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT place, path, position_s, duration_s, updated_at FROM history \
             WHERE place = $1 AND path = $2",
        )
        .bind(place.as_str())
        .bind(path.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.and_then(read))
    }

    /// An entry has moved, with all that is below it.
    pub async fn history_moved(
        &self,
        place: &Place,
        from: &EntryPath,
        to: &EntryPath,
    ) -> anyhow::Result<()> {
        let below = below(from);
        sqlx::query(
            "UPDATE OR REPLACE history SET path = $3 || substr(path, length($2) + 1) \
             WHERE place = $1 AND (path = $2 OR substr(path, 1, length($4)) = $4)",
        )
        .bind(place.as_str())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(below)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// An entry is gone, with all that was below it.
    pub async fn history_gone(&self, place: &Place, path: &EntryPath) -> anyhow::Result<()> {
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

fn read((place, path, position_s, duration_s, at): Row) -> Option<Watched> {
    Some(Watched {
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

    fn path(text: &str) -> EntryPath {
        EntryPath::parse(text).unwrap()
    }

    #[tokio::test]
    async fn positions_are_kept_follow_a_move_and_go_with_the_film() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let films = Place::parse("films").unwrap();
        let note = async |name: &str, at: f64| {
            store
                .note_position(&films, &path(name), at, 100.0)
                .await
                .unwrap();
        };
        note("/a/one.mp4", 10.0).await;
        note("/a/one.mp4", 40.0).await;
        note("/a%_/two.mp4", 50.0).await;
        note("/ab.mp4", 60.0).await;
        let one = store
            .position(&films, &path("/a/one.mp4"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (one.position_s, one.percent(), one.is_begun()),
            (40.0, 40, true)
        );

        store
            .history_moved(&films, &path("/a"), &path("/b/c"))
            .await
            .unwrap();
        let mut paths: Vec<String> = store
            .history(10)
            .await
            .unwrap()
            .into_iter()
            .map(|w| w.path.to_string())
            .collect();
        paths.sort();
        assert_eq!(paths, ["/a%_/two.mp4", "/ab.mp4", "/b/c/one.mp4"]);

        store.history_gone(&films, &path("/b")).await.unwrap();
        assert_eq!(store.history_of(&films).await.unwrap().len(), 2);
        assert_eq!(
            store
                .history_of(&Place::parse("other").unwrap())
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
            (95.0, true),
            (96.0, false),
        ] {
            let watched = Watched {
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
