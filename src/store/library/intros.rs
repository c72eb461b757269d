//! The intros of seasons, which episodes skip.

use crate::store::Store;

/// The intro of the episodes of a season.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intro {
    /// Its beginning, in seconds of the episode.
    pub start_s: f64,
    /// Its end, in seconds of the episode.
    pub end_s: f64,
}

impl Store {
    /// Returns the intro of the season of an episode, or of a season; `None` if none was marked.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn intro(&self, item: i64) -> anyhow::Result<Option<Intro>> {
        let row: Option<(f64, f64)> = sqlx::query_as(
            "SELECT o.start_s, o.end_s FROM season_intro o JOIN library_item i ON o.season IN (i.id, i.parent) \
             WHERE i.id = $1 AND i.kind IN ('season', 'episode')",
        )
        .bind(item)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(start_s, end_s)| Intro { start_s, end_s }))
    }

    /// Marks the intro of the season of an episode, or of a season; `None` removes the mark. Returns false if the item
    /// is neither.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_intro(&self, item: i64, intro: Option<Intro>) -> anyhow::Result<bool> {
        let season: Option<i64> = sqlx::query_scalar(
            "SELECT CASE kind WHEN 'season' THEN id ELSE parent END FROM library_item \
             WHERE id = $1 AND kind IN ('season', 'episode')",
        )
        .bind(item)
        .fetch_optional(&self.pool)
        .await?
        .flatten();
        let Some(season) = season else {
            return Ok(false);
        };
        let statement = match intro {
            Some(_) => {
                "INSERT INTO season_intro (season, start_s, end_s) VALUES ($1, $2, $3) \
                 ON CONFLICT (season) DO UPDATE SET start_s = excluded.start_s, end_s = excluded.end_s"
            }
            None => "DELETE FROM season_intro WHERE season = $1 AND $2 = $3",
        };
        let Intro { start_s, end_s } = intro.unwrap_or(Intro {
            start_s: 0.0,
            end_s: 0.0,
        });
        sqlx::query(statement)
            .bind(season)
            .bind(start_s)
            .bind(end_s)
            .execute(&self.pool)
            .await?;
        Ok(true)
    }
}
