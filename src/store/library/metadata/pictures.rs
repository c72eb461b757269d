//! Pictures of a metadata service. They are stored when they are first shown, within a limit.

use std::time::Duration;

use crate::store::{Store, now_ms};

/// Bytes of pictures that are stored. Beyond them, those that were not used for longest are deleted.
const MAX_PICTURE_BYTES: i64 = 256 << 20;

/// Time after which the use of a picture is noted again.
const USE_INTERVAL: Duration = Duration::from_secs(24 * 3600);

impl Store {
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
        let mut transaction = self.begin().await?;
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
}
