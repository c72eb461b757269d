//! Pictures that are shown over the seek bar, one for every ten seconds of a film.

use chrono::{DateTime, Utc};

use super::Store;
use media::{Entry, EntryPath, Place};

/// Maximum number of pictures. Beyond it, the oldest are deleted.
const MAX_PICTURES: i64 = 30_000;

/// Returns the identity of a film's content: another version of a file has another one.
fn content(film: &Entry) -> String {
    match (&film.content, film.modified) {
        (Some(content), _) => content.clone(),
        (None, Some(time)) => format!("{}-{}", film.size, time.timestamp()),
        (None, None) => film.size.to_string(),
    }
}

impl Store {
    /// Stores a picture. Deletes those of other versions of the file, and the oldest beyond the limit, in one
    /// transaction.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_seek_picture(
        &self,
        film: &Entry,
        number: u32,
        image: &[u8],
    ) -> anyhow::Result<()> {
        let content = content(film);
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM seek_picture WHERE place = $1 AND path = $2 AND content <> $3")
            .bind(film.place.as_str())
            .bind(film.path.as_str())
            .bind(&content)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO seek_picture (place, path, content, number, image) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (place, path, number) DO NOTHING",
        )
        .bind(film.place.as_str())
        .bind(film.path.as_str())
        .bind(&content)
        .bind(i64::from(number))
        .bind(image)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM seek_picture WHERE rowid <= (SELECT MAX(rowid) FROM seek_picture) - $1",
        )
        .bind(MAX_PICTURES)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Returns the films that any viewer has watched, the last one first, with the times of the last reports.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn last_watched(
        &self,
        limit: usize,
    ) -> anyhow::Result<Vec<(Place, EntryPath, DateTime<Utc>)>> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT place, path, MAX(updated_at) AS at FROM history \
             GROUP BY place, path ORDER BY at DESC, path LIMIT $1",
        )
        .bind(limit as i64)
        .fetch_all(&self.pool)
        .await?;
        let read = |(place, path, at): (String, String, i64)| {
            Some((
                Place::parse(&place).ok()?,
                EntryPath::parse(&path).ok()?,
                DateTime::from_timestamp_millis(at)?,
            ))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Returns the numbers of the pictures of a film, in order.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn seek_pictures(&self, film: &Entry) -> anyhow::Result<Vec<u32>> {
        let numbers: Vec<i64> = sqlx::query_scalar(
            "SELECT number FROM seek_picture WHERE place = $1 AND path = $2 AND content = $3 ORDER BY number",
        )
        .bind(film.place.as_str())
        .bind(film.path.as_str())
        .bind(content(film))
        .fetch_all(&self.pool)
        .await?;
        Ok(numbers
            .into_iter()
            .filter_map(|number| u32::try_from(number).ok())
            .collect())
    }

    /// Returns the pictures of a film from the number `first` up to `end`, which is left out, in order.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn seek_pictures_between(
        &self,
        film: &Entry,
        first: u32,
        end: u32,
    ) -> anyhow::Result<Vec<(u32, Vec<u8>)>> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
            "SELECT number, image FROM seek_picture WHERE place = $1 AND path = $2 AND content = $3 \
             AND number >= $4 AND number < $5 ORDER BY number",
        )
        .bind(film.place.as_str())
        .bind(film.path.as_str())
        .bind(content(film))
        .bind(i64::from(first))
        .bind(i64::from(end))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .filter_map(|(number, image)| Some((u32::try_from(number).ok()?, image)))
            .collect())
    }

    /// Returns a picture of a film; `None` if there is none of this number.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn seek_picture(&self, film: &Entry, number: u32) -> anyhow::Result<Option<Vec<u8>>> {
        Ok(sqlx::query_scalar(
            "SELECT image FROM seek_picture WHERE place = $1 AND path = $2 AND content = $3 AND number = $4",
        )
        .bind(film.place.as_str())
        .bind(film.path.as_str())
        .bind(content(film))
        .bind(i64::from(number))
        .fetch_optional(&self.pool)
        .await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::{TestState, on_both_states};
    use media::{EntryKind, ViewerId};

    on_both_states! {
        pictures_are_those_of_one_version_of_a_film,
        the_film_that_any_viewer_watched_last_comes_first,
    }

    async fn the_film_that_any_viewer_watched_last_comes_first(state: TestState) {
        let store = state.open().await;
        let place = Place::parse("films").unwrap();
        assert_eq!(store.last_watched(5).await.unwrap(), []);
        for (name, at) in [("/a.mp4", 3_000), ("/b.mp4", 2_000)] {
            let path = EntryPath::parse(name).unwrap();
            let noted = store.note_position(ViewerId::OWNER, &place, &path, 20.0, 100.0);
            noted.await.unwrap();
            sqlx::query("UPDATE history SET updated_at = $1 WHERE path = $2")
                .bind(at)
                .bind(name)
                .execute(&store.pool)
                .await
                .unwrap();
        }
        let films = store.last_watched(5).await.unwrap();
        let paths: Vec<&str> = films.iter().map(|(_, path, _)| path.as_str()).collect();
        assert_eq!(paths, ["/a.mp4", "/b.mp4"]);
        assert_eq!(store.last_watched(1).await.unwrap().len(), 1);
    }

    async fn pictures_are_those_of_one_version_of_a_film(state: TestState) {
        let store = state.open().await;
        let place = Place::parse("films").unwrap();
        let path = EntryPath::parse("/a.mp4").unwrap();
        let mut film = Entry::bare(&place, &path, EntryKind::Video);
        film.content = Some("one".to_owned());
        for number in [3, 1, 3] {
            store.put_seek_picture(&film, number, b"x").await.unwrap();
        }
        assert_eq!(store.seek_pictures(&film).await.unwrap(), [1, 3]);
        assert_eq!(store.seek_picture(&film, 1).await.unwrap().unwrap(), b"x");
        assert_eq!(store.seek_picture(&film, 2).await.unwrap(), None);
        film.content = Some("two".to_owned());
        assert_eq!(store.seek_pictures(&film).await.unwrap(), Vec::<u32>::new());
        store.put_seek_picture(&film, 7, b"y").await.unwrap();
        film.content = Some("one".to_owned());
        assert_eq!(store.seek_pictures(&film).await.unwrap(), Vec::<u32>::new());
    }
}
