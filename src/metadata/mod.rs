//! Titles, texts and pictures of films and series from a metadata service, by the owner's switch.
//!
//! Items of the library are looked up in the background, one after the other; the answers are stored with the library,
//! which shows them where the files beside a film say nothing. No page waits for the service. Pictures are fetched when
//! they are first shown, and served from here.

mod pictures;
mod worker;

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::store::Store;
use drives::http::Client;
use drives::metadata::{MetadataClient, MetadataSettings};

pub use pictures::ItemPicture;

/// The metadata service. Clones share it.
#[derive(Clone)]
pub struct Metadata {
    inner: Arc<MetadataInner>,
}

struct MetadataInner {
    client: MetadataClient,
    store: Store,
    pictures: pictures::PictureCache,
    /// The last failure of the service itself, in words for the owner; `None` after a success.
    problem: Mutex<Option<&'static str>>,
    /// Notified when the library may have new items.
    wanted: Arc<Notify>,
}

impl Metadata {
    /// Creates the service. Makes no request. `wanted` is notified when the library may have new items.
    pub fn new(
        client: Arc<Client>,
        settings: MetadataSettings,
        store: Store,
        wanted: Arc<Notify>,
    ) -> Self {
        Metadata {
            inner: Arc::new(MetadataInner {
                client: MetadataClient::new(client, settings),
                store,
                pictures: pictures::PictureCache::default(),
                problem: Mutex::default(),
                wanted,
            }),
        }
    }

    /// Returns the reason for which nothing is looked up at the moment; `None` if all is well.
    pub fn problem(&self) -> Option<&'static str> {
        *self.inner.problem.lock()
    }
}
