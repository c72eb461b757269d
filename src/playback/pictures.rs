//! Pictures of entries and accounts, as their upstream has them. They are cached as bytes, because upstream URLs of pictures expire,
//! and a page of films shows a hundred at a time.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::segment_index::short_hash;
use super::{EntryKey, cards};
use crate::governor::Priority;
use crate::library::{Library, single_flight};
use cache::Cache;
use drives::{Account, DriveError, ErrorKind, Incoming, Origin};
use media::{Entry, Place, picture_type};

/// A complete picture.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The bytes of a JPEG, PNG, WebP or GIF file.
    pub bytes: Bytes,
    /// The media type, detected from the first bytes.
    pub content_type: &'static str,
    /// Identifies the content. Without quotes.
    pub etag: String,
}

impl Picture {
    /// Returns the picture of these bytes; `None` if they are none that browsers show.
    pub(super) fn of(bytes: Bytes) -> Option<Self> {
        Some(Picture {
            content_type: picture_type(&bytes)?,
            etag: short_hash(&Sha256::digest(&bytes)),
            bytes,
        })
    }
}

/// The size of an entry's picture, of those that its drive has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureSize {
    /// For lists on small screens.
    Small,
    /// The usual one.
    Large,
}

/// All pictures. Clones share them.
#[derive(Clone)]
pub struct Pictures {
    library: Library,
    thumbnails: Cache<(EntryKey, PictureSize), Arc<Picture>>,
    /// Avatars of accounts, by place and upstream URL.
    avatars: Cache<(Place, String), Arc<Picture>>,
    /// Cards for chats, by the poster's ETag.
    cards: Cache<String, Bytes>,
    /// One card is drawn at a time: it takes a CPU core and up to a hundred megabytes.
    render_permit: Arc<Semaphore>,
}

/// Owners change their avatars now and then.
const AVATAR_TTL: std::time::Duration = std::time::Duration::from_secs(3600);

/// Far above any thumbnail, far below what would hurt.
pub(super) const MAX_PICTURE_BYTES: usize = 4 << 20;

impl Pictures {
    pub(super) fn new(library: Library, memory_bytes: u64) -> Self {
        let weight =
            |_: &(EntryKey, PictureSize), picture: &Arc<Picture>| picture.bytes.len() as u32 + 256;
        Pictures {
            library,
            thumbnails: Cache::builder()
                .weigher(weight)
                .max_capacity(memory_bytes / 4 * 3)
                .build(),
            avatars: Cache::builder()
                .max_capacity(100)
                .time_to_live(AVATAR_TTL)
                .build(),
            cards: Cache::builder()
                .weigher(|_, card: &Bytes| card.len() as u32 + 256)
                .max_capacity(memory_bytes / 4)
                .build(),
            render_permit: Arc::new(Semaphore::new(1)),
        }
    }

    /// Returns the avatar of a drive's account.
    ///
    /// # Errors
    ///
    /// `not_found` if there is none.
    pub async fn of_account(
        &self,
        place: &Place,
        account: &Account,
    ) -> Result<Arc<Picture>, DriveError> {
        let url = account.avatar_url.clone().ok_or_else(|| {
            DriveError::new(ErrorKind::NotFound, "avatar", "the account has no picture")
        })?;
        let drive = self.library.drive(place)?;
        let key = (place.clone(), url.clone());
        single_flight(&self.avatars, key, async move {
            let origin = Origin::new(url, None);
            let incoming = drive
                .at(Priority::Thumbnails)
                .fetch(&origin, 0, None)
                .await?;
            Ok(Arc::new(read_picture(incoming).await?))
        })
        .await
    }

    /// Returns the thumbnail of an entry in a size, the usual one where the drive has no other, or the picture that `inside`
    /// reads from its file where the upstream has none.
    ///
    /// # Errors
    /// `not_found` if there is neither.
    pub(super) async fn of_size(
        &self,
        entry: &Arc<Entry>,
        size: PictureSize,
        inside: impl Future<Output = Result<Picture, DriveError>> + Send + 'static,
    ) -> Result<Arc<Picture>, DriveError> {
        let drive = self.library.drive(&entry.place)?.clone();
        let size = match drive.has_small_thumbnails() {
            true => size,
            false => PictureSize::Large,
        };
        let owned = entry.clone();
        single_flight(&self.thumbnails, (EntryKey::of(entry), size), async move {
            let calls = drive.at(Priority::Thumbnails);
            let url = async || match size {
                PictureSize::Small => calls.small_thumbnail(&owned).await,
                PictureSize::Large => calls.thumbnail(&owned).await,
            };
            let origin = match url().await {
                Err(error) if error.kind == ErrorKind::NotFound && drive.has_pictures_inside() => {
                    return inside.await.map(Arc::new);
                }
                origin => origin?,
            };
            let incoming = match calls.fetch(&origin, 0, None).await {
                // A drive does not return a URL again that was refused.
                Err(error) if error.kind == ErrorKind::Expired => {
                    let fresh = url().await?;
                    calls.fetch(&fresh, 0, None).await?
                }
                opened => opened?,
            };
            Ok(Arc::new(read_picture(incoming).await?))
        })
        .await
    }

    /// Draws the card from a cached thumbnail; `None` if none is cached, or it cannot be decoded.
    pub async fn cached_card(&self, entry: &Entry) -> Option<Bytes> {
        let key = EntryKey::of(entry);
        let large = self
            .thumbnails
            .get(&(key.clone(), PictureSize::Large))
            .await;
        let picture = match large {
            Some(picture) => picture,
            None => self.thumbnails.get(&(key, PictureSize::Small)).await?,
        };
        self.card_of(picture).await.ok()
    }

    /// Draws the card of a picture for chats, a JPEG of 1200 × 630 pixels.
    pub(super) async fn card_of(&self, picture: Arc<Picture>) -> Result<Bytes, DriveError> {
        let render_permit = self.render_permit.clone();
        single_flight(&self.cards, picture.etag.clone(), async move {
            let unreadable =
                || DriveError::new(ErrorKind::Unsupported, "card", "the poster cannot be read");
            let _place = render_permit.acquire().await.map_err(|_| unreadable())?;
            tokio::task::spawn_blocking(move || cards::draw(&picture.bytes))
                .await
                .ok()
                .flatten()
                .ok_or_else(unreadable)
        })
        .await
    }

    pub(super) fn kept(&self) -> u64 {
        self.thumbnails.entry_count()
    }
}

/// Reads a whole body and checks that it is a picture.
async fn read_picture(mut incoming: Incoming) -> Result<Picture, DriveError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = incoming.chunks.next().await {
        bytes.extend_from_slice(&chunk?);
        if bytes.len() > MAX_PICTURE_BYTES {
            return Err(DriveError::new(
                ErrorKind::UpstreamFailed,
                "thumbnail",
                "the picture is too large",
            ));
        }
    }
    if incoming
        .length
        .is_some_and(|length| length != bytes.len() as u64)
    {
        return Err(DriveError::new(
            ErrorKind::UpstreamFailed,
            "thumbnail",
            "the picture was cut short",
        ));
    }
    Picture::of(bytes.into()).ok_or_else(|| {
        DriveError::new(
            ErrorKind::UpstreamFailed,
            "thumbnail",
            "the body is not a picture",
        )
    })
}
