//! Items and a metadata service: those that are due to be looked up, and the answers about them.

mod pictures;
mod shown;
#[cfg(test)]
mod tests;

use std::time::Duration;

use sqlx::{AssertSqlSafe, Row};

use super::ItemKind;
use crate::store::bind_real::BindReal;
use crate::store::{Store, now_ms};
use drives::metadata::{EpisodeFacts, SeasonFacts, TitleFacts};
use media::natural_key;
use shown::small;

/// An item that is due to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueItem {
    /// The item: a film, a series or a season.
    pub id: i64,
    /// Its key, which is stored with the answer.
    pub key: String,
    pub kind: ItemKind,
    /// The title by the name of its file, or by the files beside it.
    pub title: String,
    pub year: Option<u16>,
    /// The number of a season.
    pub season: Option<u16>,
    /// The number of a season's series at the service; `None` for films and series.
    pub series_source: Option<u64>,
}

/// Time after which an answer is asked for again: texts and ratings change, and a season gets episodes.
const ANSWER_TTL: Duration = Duration::from_secs(60 * 24 * 3600);
const SEASON_TTL: Duration = Duration::from_secs(7 * 24 * 3600);

/// Time after which an item without an answer is looked up again.
const ABSENCE_TTL: Duration = Duration::from_secs(14 * 24 * 3600);

/// Pause after the first failure of an item, which doubles with each, and the longest one.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const MAX_PAUSE: Duration = Duration::from_secs(24 * 3600);

impl Store {
    /// Returns items that are due: those that were never looked up first, the newest of them first.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn due_for_metadata(
        &self,
        language: &str,
        limit: usize,
    ) -> anyhow::Result<Vec<DueItem>> {
        let rows = sqlx::query(
            "SELECT i.id, i.key, i.kind, i.title, i.year, i.season, sm.source_id AS series_source FROM library_item i \
             LEFT JOIN library_metadata m ON m.item = i.id AND m.item_key = i.key AND m.language = $1 \
             LEFT JOIN library_item s ON s.id = i.series \
             LEFT JOIN library_metadata sm ON sm.item = s.id AND sm.item_key = s.key AND sm.language = $1 \
             WHERE i.is_present = 1 AND (m.item IS NULL OR m.due_at <= $2) \
             AND (i.kind IN ('film', 'series') OR (i.kind = 'season' AND sm.source_id IS NOT NULL)) \
             ORDER BY COALESCE(m.due_at, 0), i.added_at DESC, i.id LIMIT $3",
        )
        .bind(language)
        .bind(now_ms())
        .bind(limit as i64)
        .fetch_all(&self.pool)
        .await?;
        let due = rows.iter().map(|row| DueItem {
            id: row.get("id"),
            key: row.get("key"),
            kind: ItemKind::parse(row.get("kind")),
            title: row.get("title"),
            year: small(row.get("year")),
            season: small(row.get("season")),
            series_source: row
                .get::<Option<i64>, _>("series_source")
                .map(i64::unsigned_abs),
        });
        Ok(due.collect())
    }

    /// Stores the answer about a film or a series; `None` if the service has no such title for certain.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_metadata(
        &self,
        due: &DueItem,
        language: &str,
        found: Option<&TitleFacts>,
    ) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        let next = match (found, due.kind) {
            (None, _) => ABSENCE_TTL,
            (Some(_), ItemKind::Season) => SEASON_TTL,
            (Some(_), _) => ANSWER_TTL,
        };
        let blank = TitleFacts::default();
        let facts = found.unwrap_or(&blank);
        sqlx::query(
            "INSERT INTO library_metadata (item, item_key, language, source_id, title, year, overview, rating, \
             runtime_min, poster, backdrop, failures, tried_at, due_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13) ON CONFLICT (item) DO UPDATE SET \
             item_key = excluded.item_key, language = excluded.language, source_id = excluded.source_id, \
             title = excluded.title, year = excluded.year, overview = excluded.overview, rating = excluded.rating, \
             runtime_min = excluded.runtime_min, poster = excluded.poster, backdrop = excluded.backdrop, failures = 0, \
             failure = NULL, tried_at = excluded.tried_at, due_at = excluded.due_at",
        )
        .bind(due.id)
        .bind(&due.key)
        .bind(language)
        .bind(found.map(|facts| facts.id as i64))
        .bind(&facts.title)
        .bind(facts.year.map(i64::from))
        .bind(&facts.overview)
        .bind_real(facts.rating)
        .bind(facts.runtime_min.map(i64::from))
        .bind(&facts.poster)
        .bind(&facts.backdrop)
        .bind(now_ms())
        .bind(now_ms() + next.as_millis() as i64)
        .execute(&mut *transaction)
        .await?;
        // Lists are sorted by the title that is shown, and a search finds both titles.
        if let Some(title) = &facts.title
            && due.kind != ItemKind::Season
        {
            sqlx::query(
                "UPDATE library_item SET sort_key = $2 WHERE id = $1 AND described_title IS NULL",
            )
            .bind(due.id)
            .bind(natural_key(super::naming::without_article(title)))
            .execute(&mut *transaction)
            .await?;
            sqlx::query("UPDATE library_search SET title = $2 WHERE rowid = $1")
                .bind(due.id)
                .bind(format!("{} {title}", due.title))
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Stores the answer about a season and its episodes; `None` if the service has no such season.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_season_metadata(
        &self,
        due: &DueItem,
        language: &str,
        found: Option<&SeasonFacts>,
    ) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM library_episode_metadata WHERE season = $1")
            .bind(due.id)
            .execute(&mut *transaction)
            .await?;
        for episode in found
            .map(|found| found.episodes.as_slice())
            .unwrap_or_default()
        {
            let EpisodeFacts {
                number,
                title,
                overview,
                aired,
                rating,
                still,
            } = episode;
            sqlx::query(
                "INSERT INTO library_episode_metadata (season, number, title, overview, aired, rating, still) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (season, number) DO NOTHING",
            )
            .bind(due.id)
            .bind(i64::from(*number))
            .bind(title)
            .bind(overview)
            .bind(aired.map(|aired| aired.to_string()))
            .bind_real(*rating)
            .bind(still)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        let season = found.map(|found| &found.season);
        self.put_metadata(due, language, season).await
    }

    /// Notes that an item could not be looked up. The pause before the next attempt doubles; what is there stays.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn note_metadata_failure(
        &self,
        due: &DueItem,
        language: &str,
        failure: &str,
    ) -> anyhow::Result<()> {
        let failures: Option<i64> = sqlx::query_scalar(
            "SELECT failures FROM library_metadata WHERE item = $1 AND item_key = $2 AND language = $3",
        )
        .bind(due.id)
        .bind(&due.key)
        .bind(language)
        .fetch_optional(&self.pool)
        .await?;
        let failures = failures.unwrap_or_default();
        let pause = FIRST_PAUSE.saturating_mul(1 << failures.clamp(0, 16));
        sqlx::query(
            "INSERT INTO library_metadata (item, item_key, language, failures, failure, tried_at, due_at) \
             VALUES ($1, $2, $3, 1, $4, $5, $6) ON CONFLICT (item) DO UPDATE SET item_key = excluded.item_key, \
             language = excluded.language, failures = $7, failure = excluded.failure, tried_at = excluded.tried_at, \
             due_at = excluded.due_at",
        )
        .bind(due.id)
        .bind(&due.key)
        .bind(language)
        .bind(failure)
        .bind(now_ms())
        .bind(now_ms() + pause.min(MAX_PAUSE).as_millis() as i64)
        .bind(failures + 1)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Deletes all metadata and their pictures, as after the service was switched off.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn forget_metadata(&self) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        let sorted: Vec<(i64, String)> = sqlx::query_as(
            "SELECT i.id, i.title FROM library_item i JOIN library_metadata m ON m.item = i.id \
             WHERE m.title IS NOT NULL AND i.described_title IS NULL AND i.kind IN ('film', 'series')",
        )
        .fetch_all(&mut *transaction)
        .await?;
        for (id, title) in sorted {
            sqlx::query("UPDATE library_item SET sort_key = $2 WHERE id = $1")
                .bind(id)
                .bind(natural_key(super::naming::without_article(&title)))
                .execute(&mut *transaction)
                .await?;
            sqlx::query("UPDATE library_search SET title = $2 WHERE rowid = $1")
                .bind(id)
                .bind(title)
                .execute(&mut *transaction)
                .await?;
        }
        for table in [
            "library_metadata",
            "library_episode_metadata",
            "metadata_picture",
        ] {
            sqlx::query(AssertSqlSafe(format!("DELETE FROM {table}")))
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Returns how many films and series were found at the service, and how many it does not have for certain.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn metadata_counts(&self) -> anyhow::Result<(u64, u64)> {
        let (all, found): (i64, i64) = sqlx::query_as(
            "SELECT COUNT(*), COUNT(m.source_id) FROM library_metadata m \
             JOIN library_item i ON i.id = m.item AND i.kind IN ('film', 'series')",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok((found.unsigned_abs(), (all - found).unsigned_abs()))
    }
}
