//! Items and a metadata service: those that are due to be looked up, the answers about them, and the pictures.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Row};

use super::{ItemKind, LibraryItem, MetadataPictureName, TitlePicture};
use crate::store::{Store, now_ms};
use drives::metadata::{EpisodeFacts, PictureRole, SeasonFacts, TitleFacts};
use media::natural_key;

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

/// Bytes of pictures that are stored. Beyond them, those that were not used for longest are deleted.
const MAX_PICTURE_BYTES: i64 = 256 << 20;

/// Time after which the use of a picture is noted again.
const USE_INTERVAL: Duration = Duration::from_secs(24 * 3600);

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
        let mut transaction = self.pool.begin().await?;
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
        .bind(facts.rating)
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
            .bind(natural_key(super::record::without_article(title)))
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
        let mut transaction = self.pool.begin().await?;
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
            .bind(*rating)
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
        let mut transaction = self.pool.begin().await?;
        let sorted: Vec<(i64, String)> = sqlx::query_as(
            "SELECT i.id, i.title FROM library_item i JOIN library_metadata m ON m.item = i.id \
             WHERE m.title IS NOT NULL AND i.described_title IS NULL AND i.kind IN ('film', 'series')",
        )
        .fetch_all(&mut *transaction)
        .await?;
        for (id, title) in sorted {
            sqlx::query("UPDATE library_item SET sort_key = $2 WHERE id = $1")
                .bind(id)
                .bind(natural_key(super::record::without_article(&title)))
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

    /// Returns a stored picture with its media type; `None` if it is not stored.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read or written.
    pub async fn metadata_picture(&self, name: &str) -> anyhow::Result<Option<(String, Vec<u8>)>> {
        let found: Option<(String, Vec<u8>, i64)> = sqlx::query_as(
            "SELECT content_type, image, used_at FROM metadata_picture WHERE name = $1",
        )
        .bind(name)
        .fetch_optional(&self.pool)
        .await?;
        let Some((content_type, image, used_at)) = found else {
            return Ok(None);
        };
        if now_ms() - used_at > USE_INTERVAL.as_millis() as i64 {
            sqlx::query("UPDATE metadata_picture SET used_at = $2 WHERE name = $1")
                .bind(name)
                .bind(now_ms())
                .execute(&self.pool)
                .await?;
        }
        Ok(Some((content_type, image)))
    }

    /// Stores a picture. Deletes those that were not used for longest beyond the limit.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_metadata_picture(
        &self,
        name: &str,
        content_type: &str,
        image: &[u8],
    ) -> anyhow::Result<()> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query(
            "INSERT INTO metadata_picture (name, content_type, image, size, used_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(content_type)
        .bind(image)
        .bind(image.len() as i64)
        .bind(now_ms())
        .execute(&mut *transaction)
        .await?;
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT name, size FROM metadata_picture ORDER BY used_at DESC, name")
                .fetch_all(&mut *transaction)
                .await?;
        let mut bytes = 0;
        for (old, size) in rows {
            bytes += size;
            if bytes > MAX_PICTURE_BYTES && old != name {
                sqlx::query("DELETE FROM metadata_picture WHERE name = $1")
                    .bind(old)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Adds what a metadata service says to items. The files beside a film win over it.
    pub(super) async fn add_metadata(&self, items: &mut [LibraryItem]) -> anyhow::Result<()> {
        let ids = super::json(items.iter().map(|item| item.id));
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

fn small(value: Option<i64>) -> Option<u16> {
    value.and_then(|value| u16::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::{TestState, on_both_states};
    use crate::store::{ItemDetails, ItemQuery, SeenFolder, Viewer};
    use media::{Entry, EntryKind, EntryPath, Place, ViewerId};

    on_both_states! {
        an_answer_is_shown_sorted_and_found_by_its_title_and_by_the_name,
        the_files_beside_a_film_win,
        failures_are_remembered_and_the_pauses_grow,
        episodes_have_their_titles_also_those_that_come_later,
        pictures_are_stored_once,
    }

    fn owner() -> Viewer {
        Viewer::new(ViewerId::OWNER, "Owner")
    }

    async fn shelf(state: &TestState, paths: &[&str]) -> Store {
        let store = state.open().await;
        let place = Place::parse("films").unwrap();
        for path in paths {
            let path = EntryPath::parse(path).unwrap();
            let mut entry = Entry::bare(&place, &path, EntryKind::Video);
            entry.size = 7;
            let seen = SeenFolder {
                place: &place,
                folder: &path.parent().unwrap(),
                entries: &[entry],
                is_complete: false,
            };
            store.record_folder(seen).await.unwrap();
        }
        store
    }

    async fn films(store: &Store, words: Option<&str>) -> Vec<LibraryItem> {
        let query = ItemQuery {
            kinds: vec![ItemKind::Film, ItemKind::Series],
            words: words.map(str::to_owned),
            limit: 10,
            ..ItemQuery::default()
        };
        let owner = owner();
        store.library_page(&query, &owner).await.unwrap().items
    }

    fn facts(id: u64, title: &str) -> TitleFacts {
        TitleFacts {
            id,
            title: Some(title.to_owned()),
            year: Some(1998),
            overview: Some("A river.".to_owned()),
            rating: Some(7.4),
            poster: Some("p.jpg".to_owned()),
            ..TitleFacts::default()
        }
    }

    async fn an_answer_is_shown_sorted_and_found_by_its_title_and_by_the_name(state: TestState) {
        let store = shelf(&state, &["/The Ferry (1998).mp4", "/Boat (2001).mp4"]).await;
        let due = store.due_for_metadata("de", 10).await.unwrap();
        assert_eq!(due.len(), 2);
        let ferry = due.iter().find(|due| due.title == "The Ferry").unwrap();
        store
            .put_metadata(ferry, "de", Some(&facts(5, "Die Fähre")))
            .await
            .unwrap();
        let shown = films(&store, None).await;
        let titles: Vec<&str> = shown.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(titles, ["Boat", "Die Fähre"]);
        assert_eq!(shown[1].overview.as_deref(), Some("A river."));
        assert_eq!(shown[1].rating, Some(7.4));
        assert!(matches!(&shown[1].poster, Some(TitlePicture::Metadata(it)) if it.name == "p.jpg"));
        for words in ["ferry", "fähre"] {
            assert_eq!(films(&store, Some(words)).await.len(), 1, "{words}");
        }
        // In another language it is due again, in this one it is not.
        assert_eq!(store.due_for_metadata("de", 10).await.unwrap().len(), 1);
        assert_eq!(store.due_for_metadata("en", 10).await.unwrap().len(), 2);
        assert_eq!(store.metadata_counts().await.unwrap(), (1, 0));
        store.forget_metadata().await.unwrap();
        assert_eq!(films(&store, None).await[1].title, "The Ferry");
    }

    async fn the_files_beside_a_film_win(state: TestState) {
        let store = shelf(&state, &["/The Ferry (1998).mp4"]).await;
        let due = store.due_for_metadata("de", 10).await.unwrap();
        let details = ItemDetails {
            title: Some("Ferry, my own".to_owned()),
            overview: Some("Mine.".to_owned()),
            ..ItemDetails::default()
        };
        store.store_details(due[0].id, &details).await.unwrap();
        store
            .put_metadata(&due[0], "de", Some(&facts(5, "Die Fähre")))
            .await
            .unwrap();
        let film = films(&store, None).await.remove(0);
        assert_eq!(film.title, "Ferry, my own");
        assert_eq!(film.overview.as_deref(), Some("Mine."));
        assert_eq!(film.rating, Some(7.4), "which the file does not have");
    }

    async fn failures_are_remembered_and_the_pauses_grow(state: TestState) {
        let store = shelf(&state, &["/The Ferry (1998).mp4"]).await;
        let due = store.due_for_metadata("de", 10).await.unwrap().remove(0);
        let pause = async || -> i64 {
            let at: (i64, i64) =
                sqlx::query_as("SELECT due_at - tried_at, failures FROM library_metadata")
                    .fetch_one(&store.pool)
                    .await
                    .unwrap();
            (at.0 + 500) / 1000
        };
        let mut pauses = Vec::new();
        for _ in 0..3 {
            store
                .note_metadata_failure(&due, "de", "status 500")
                .await
                .unwrap();
            pauses.push(pause().await);
        }
        assert_eq!(pauses, [60, 120, 240]);
        assert!(store.due_for_metadata("de", 10).await.unwrap().is_empty());
        assert_eq!(films(&store, None).await[0].title, "The Ferry");
    }

    async fn episodes_have_their_titles_also_those_that_come_later(state: TestState) {
        let first = "/Dark (2017)/Season 1/Dark S01E01.mkv";
        let store = shelf(&state, &[first]).await;
        let due = store.due_for_metadata("de", 10).await.unwrap();
        assert_eq!(due.len(), 1, "a season is due once its series was found");
        store
            .put_metadata(&due[0], "de", Some(&facts(9, "Dark")))
            .await
            .unwrap();
        let season = store.due_for_metadata("de", 10).await.unwrap().remove(0);
        assert_eq!((season.season, season.series_source), (Some(1), Some(9)));
        let episode = |number: u16, title: &str| EpisodeFacts {
            number,
            title: Some(title.to_owned()),
            ..EpisodeFacts::default()
        };
        let found = SeasonFacts {
            season: facts(10, "Staffel 1"),
            episodes: vec![episode(1, "Geheimnisse"), episode(2, "Lügen")],
        };
        store
            .put_season_metadata(&season, "de", Some(&found))
            .await
            .unwrap();
        let place = Place::parse("films").unwrap();
        let path = EntryPath::parse("/Dark (2017)/Season 1/Dark S01E02.mkv").unwrap();
        let entry = Entry::bare(&place, &path, EntryKind::Video);
        let seen = SeenFolder {
            place: &place,
            folder: &path.parent().unwrap(),
            entries: &[entry],
            is_complete: false,
        };
        store.record_folder(seen).await.unwrap();
        let owner = owner();
        let episodes = store.library_children(season.id, &owner).await.unwrap();
        let titles: Vec<&str> = episodes.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(titles, ["Geheimnisse", "Lügen"]);
        assert!(store.due_for_metadata("de", 10).await.unwrap().is_empty());
    }

    async fn pictures_are_stored_once(state: TestState) {
        let store = shelf(&state, &[]).await;
        for bytes in [b"one", b"two"] {
            store
                .put_metadata_picture("a.jpg", "image/jpeg", bytes)
                .await
                .unwrap();
        }
        let found = store.metadata_picture("a.jpg").await.unwrap().unwrap();
        assert_eq!(found, ("image/jpeg".to_owned(), b"one".to_vec()));
        assert_eq!(store.metadata_picture("b.jpg").await.unwrap(), None);
    }
}
