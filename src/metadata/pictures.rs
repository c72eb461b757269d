//! The service's pictures: fetched when they are first shown, once for all concurrent viewers, and stored.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;

use super::Metadata;
use crate::store::MetadataPictureName;
use cache::Cache;
use drives::DriveError;
use drives::metadata::PictureRole;

/// Memory of pictures, in bytes, and the time for which they stay there.
const CACHE_BYTES: u64 = 16 << 20;
const CACHE_TTL: Duration = Duration::from_secs(600);

/// Concurrent fetches of pictures: as many as a browser opens to one host.
const MAX_CONCURRENT_FETCHES: usize = 6;

/// Time for which a failure to fetch a picture is cached.
const FAILURE_TTL: Duration = Duration::from_secs(60);

/// A picture of an item.
#[derive(Debug, Clone)]
pub struct ItemPicture {
    /// Its media type.
    pub content_type: String,
    pub bytes: Bytes,
}

pub(super) struct PictureCache {
    pictures: Cache<String, ItemPicture>,
    failures: Cache<String, DriveError>,
    permits: Arc<Semaphore>,
}

impl Default for PictureCache {
    fn default() -> Self {
        PictureCache {
            pictures: Cache::builder()
                .weigher(|_, picture: &ItemPicture| picture.bytes.len() as u32 + 128)
                .max_capacity(CACHE_BYTES)
                .time_to_live(CACHE_TTL)
                .build(),
            failures: Cache::builder()
                .max_capacity(1_000)
                .time_to_live(FAILURE_TTL)
                .build(),
            permits: Arc::new(Semaphore::new(MAX_CONCURRENT_FETCHES)),
        }
    }
}

impl Metadata {
    /// Returns a picture from memory, from the state, or from the service.
    ///
    /// # Errors
    ///
    /// Returns the errors of the service; a failure is cached for a minute.
    pub async fn picture(&self, wanted: &MetadataPictureName) -> Result<ItemPicture, DriveError> {
        let cache = &self.inner.pictures;
        let key = stored_name(wanted);
        if let Some(failure) = cache.failures.get(&key).await {
            return Err(failure);
        }
        let load = self.clone().load_picture(wanted.clone(), key.clone());
        let loaded = cache.pictures.try_get_with(key.clone(), load).await;
        match loaded.map_err(Arc::unwrap_or_clone) {
            Ok(picture) => Ok(picture),
            Err(error) => {
                cache.failures.insert(key, error.clone()).await;
                Err(error)
            }
        }
    }

    async fn load_picture(
        self,
        wanted: MetadataPictureName,
        key: String,
    ) -> Result<ItemPicture, DriveError> {
        let store = &self.inner.store;
        match store.metadata_picture(&key).await {
            Ok(Some((content_type, image))) => {
                return Ok(ItemPicture {
                    content_type,
                    bytes: image.into(),
                });
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a picture could not be read"),
        }
        let permit = self.inner.pictures.permits.acquire().await;
        let _permit = permit.map_err(|_| DriveError::failed("metadata picture", "stopped"))?;
        let found = self.inner.client.picture(wanted.role, &wanted.name).await?;
        let stored = store
            .put_metadata_picture(&key, found.content_type, &found.bytes)
            .await;
        if let Err(error) = stored {
            tracing::warn!(%error, "a picture could not be stored");
        }
        Ok(ItemPicture {
            content_type: found.content_type.to_owned(),
            bytes: found.bytes,
        })
    }
}

/// Returns the name under which a picture is stored: one name may be fetched in two sizes.
fn stored_name(wanted: &MetadataPictureName) -> String {
    let role = match wanted.role {
        PictureRole::Poster => "poster",
        PictureRole::Backdrop => "backdrop",
        PictureRole::Still => "still",
    };
    format!("{role}/{}", wanted.name)
}
