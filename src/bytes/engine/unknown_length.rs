//! Objects whose length is unknown until the upstream's first response.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Engine;
use crate::bytes::block::BlockLayout;
use crate::bytes::engine_state::{ByteStream, EngineInner};
use crate::bytes::{Object, ObjectBody, ReadRequest, resume};
use drives::DriveError;
use media::ByteRange;

/// The time after which a fetch is released if the reader for which it was started has not joined.
pub(super) const ADOPTION_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

impl Engine {
    /// Reads an object of unknown length. One fetch discovers it for all concurrent callers, and becomes
    /// the fetch that they share.
    pub(super) async fn read_and_learn(
        &self,
        object: &Object,
        range: Option<ByteRange>,
    ) -> Result<ObjectBody, DriveError> {
        let (engine, unknown) = (self.inner.clone(), object.clone());
        let learn = async move {
            if let Some(length) = engine.length_on_disk(&unknown).await {
                return Ok(Some(length));
            }
            let reading = resume::read(unknown.source.clone(), ReadRequest::default()).await?;
            let length = reading.length.filter(|length| *length > 0);
            if let Some(length) = length {
                engine.adopt(&unknown, length, reading.body);
            }
            Ok::<_, DriveError>(length)
        };
        let learnt = self
            .inner
            .lengths
            .try_get_with(object.etag.clone(), learn)
            .await;
        match learnt.map_err(Arc::unwrap_or_clone)? {
            Some(length) => {
                let known = Object {
                    length: Some(length),
                    ..object.clone()
                };
                let reading = self.read_shared(&known, range, length).await;
                self.inner.release(&object.etag);
                reading
            }
            None => {
                // No length at all: each viewer reads for itself.
                self.inner.lengths.invalidate(&object.etag).await;
                resume::read(
                    object.source.clone(),
                    ReadRequest {
                        range,
                        length: None,
                        is_continued: false,
                    },
                )
                .await
            }
        }
    }
}

impl EngineInner {
    /// Returns the length of an object whose first block is on disk, or `None`.
    async fn length_on_disk(&self, object: &Object) -> Option<u64> {
        self.disk.as_ref()?.object_length(&object.etag).await
    }

    /// Makes a body that has just begun the shared fetch of its object.
    fn adopt(self: &Arc<Self>, object: &Object, length: u64, body: ByteStream) {
        self.counters.fetches.fetch_add(1, Ordering::Relaxed);
        let name: Arc<str> = object.etag.as_str().into();
        let layout = BlockLayout::of(length, self.sizes);
        let fetch =
            Arc::new(self.shared_fetch(name.clone(), layout, 0, length, self.counted(body)));
        let mut fetches = self.fetches.lock();
        fetches
            .entry(name)
            .or_default()
            .push(Arc::downgrade(&fetch));
        drop(fetches);
        let mut adopted = self.adopted.lock();
        adopted.insert(object.etag.clone(), fetch);
        drop(adopted);
        // Released by a timer, in case every reader has left meanwhile.
        let (engine, etag) = (self.clone(), object.etag.clone());
        tokio::spawn(async move {
            tokio::time::sleep(ADOPTION_TIMEOUT).await;
            engine.release(&etag);
        });
    }

    fn release(&self, etag: &str) {
        let fetch = self.adopted.lock().remove(etag);
        // Outside of the lock: dropping the last reference closes the connection.
        drop(fetch);
    }
}
