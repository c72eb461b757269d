//! Notes that drives keep of interrupted uploads, from which an upload resumes.

use std::time::Duration;

use async_trait::async_trait;

use super::{Store, now_ms};
use drives::{SessionStoreError, UploadNotes};
use media::Place;

/// Time after which the note of an interrupted upload expires.
const NOTE_TTL_MS: i64 = 7 * 86_400_000;

/// The notes of one drive.
pub struct DriveUploads {
    store: Store,
    drive: String,
}

impl Store {
    /// Returns the upload notes of the drive of that name.
    pub fn drive_uploads(&self, drive: &Place) -> DriveUploads {
        DriveUploads {
            store: self.clone(),
            drive: drive.to_string(),
        }
    }
}

#[async_trait]
impl UploadNotes for DriveUploads {
    async fn load(&self, key: &str) -> Result<Option<String>, SessionStoreError> {
        sqlx::query_scalar(
            "SELECT note FROM upload_note WHERE drive = $1 AND key = $2 AND updated_at > $3",
        )
        .bind(&self.drive)
        .bind(key)
        .bind(now_ms() - NOTE_TTL_MS)
        .fetch_optional(&self.store.pool)
        .await
        .map_err(|error| SessionStoreError(error.to_string()))
    }

    async fn all(&self) -> Result<Vec<(String, String)>, SessionStoreError> {
        sqlx::query_as("SELECT key, note FROM upload_note WHERE drive = $1 AND updated_at > $2")
            .bind(&self.drive)
            .bind(now_ms() - NOTE_TTL_MS)
            .fetch_all(&self.store.pool)
            .await
            .map_err(|error| SessionStoreError(error.to_string()))
    }

    async fn save(&self, key: &str, text: &str) -> Result<(), SessionStoreError> {
        let now = now_ms();
        sqlx::query("DELETE FROM upload_note WHERE updated_at <= $1")
            .bind(now - NOTE_TTL_MS)
            .execute(&self.store.pool)
            .await
            .map_err(|error| SessionStoreError(error.to_string()))?;
        sqlx::query(
            "INSERT INTO upload_note (drive, key, note, updated_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (drive, key) DO UPDATE SET note = excluded.note, updated_at = excluded.updated_at",
        )
        .bind(&self.drive)
        .bind(key)
        .bind(text)
        .bind(now)
        .execute(&self.store.pool)
        .await
        .map_err(|error| SessionStoreError(error.to_string()))?;
        Ok(())
    }

    async fn forget(&self, key: &str) -> Result<(), SessionStoreError> {
        sqlx::query("DELETE FROM upload_note WHERE drive = $1 AND key = $2")
            .bind(&self.drive)
            .bind(key)
            .execute(&self.store.pool)
            .await
            .map_err(|error| SessionStoreError(error.to_string()))?;
        Ok(())
    }

    async fn older_than(&self, age: Duration) -> Result<Vec<(String, String)>, SessionStoreError> {
        let age_ms = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        sqlx::query_as("SELECT key, note FROM upload_note WHERE drive = $1 AND updated_at < $2")
            .bind(&self.drive)
            .bind(now_ms().saturating_sub(age_ms))
            .fetch_all(&self.store.pool)
            .await
            .map_err(|error| SessionStoreError(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::{TestState, on_both_states};

    on_both_states! {
        notes_belong_to_their_drive_and_outlive_the_server,
    }

    async fn notes_belong_to_their_drive_and_outlive_the_server(state: TestState) {
        let store = state.open().await;
        let of = |store: &Store, drive: &str| store.drive_uploads(&Place::parse(drive).unwrap());
        of(&store, "films").save("k", "one").await.unwrap();
        of(&store, "films").save("k", "two").await.unwrap();
        store.close().await;
        let store = state.open().await;
        let films = of(&store, "films");
        assert_eq!(films.load("k").await.unwrap().as_deref(), Some("two"));
        assert_eq!(of(&store, "other").load("k").await.unwrap(), None);
        let noted = [("k".to_owned(), "two".to_owned())];
        assert_eq!(films.all().await.unwrap(), noted);
        assert!(of(&store, "other").all().await.unwrap().is_empty());
        let day = Duration::from_secs(86_400);
        assert_eq!(films.older_than(day).await.unwrap(), []);
        sqlx::query("UPDATE upload_note SET updated_at = updated_at - 86400001")
            .execute(&store.pool)
            .await
            .unwrap();
        assert_eq!(films.older_than(day).await.unwrap(), noted);
        assert_eq!(of(&store, "other").older_than(day).await.unwrap(), []);
        films.forget("k").await.unwrap();
        assert_eq!(films.load("k").await.unwrap(), None);
    }
}
