//! Objects whose length the upstream tells only with its first byte.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::{ByteStream, Engine, EngineInner};
use crate::bytes::block::BlockLayout;
use crate::bytes::{Object, ObjectBody, ReadRequest, resume};
use drives::DriveError;
use media::ByteRange;

/// How long a run waits for the reader for whom it was begun.
pub(super) const ADOPTION_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

impl Engine {
    /// The same of an object whose length the upstream tells only with its first byte. One fetch finds
    /// it out for all who come meanwhile, and is then the run that they share.
    pub(super) async fn read_and_learn(
        &self,
        object: &Object,
        range: Option<ByteRange>,
    ) -> Result<ObjectBody, DriveError> {
        let (parts, unknown) = (self.parts.clone(), object.clone());
        let learn = async move {
            if let Some(length) = parts.length_on_disk(&unknown).await {
                return Ok(Some(length));
            }
            let reading = resume::read(unknown.source.clone(), ReadRequest::default()).await?;
            let length = reading.length.filter(|length| *length > 0);
            if let Some(length) = length {
                parts.adopt(&unknown, length, reading.body);
            }
            Ok::<_, DriveError>(length)
        };
        let learnt = self
            .parts
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
                self.parts.release(&object.etag);
                reading
            }
            None => {
                // Nobody tells where it ends: each viewer for itself.
                self.parts.lengths.invalidate(&object.etag).await;
                resume::read(
                    object.source.clone(),
                    ReadRequest {
                        range,
                        length: None,
                    },
                )
                .await
            }
        }
    }
}

impl EngineInner {
    /// The length of an object whose beginning is on disk.
    async fn length_on_disk(&self, object: &Object) -> Option<u64> {
        self.disk.as_ref()?.object_length(&object.etag).await
    }

    /// Makes a body that has just begun the run of its object.
    fn adopt(self: &Arc<Self>, object: &Object, length: u64, body: ByteStream) {
        self.counters.fetches.fetch_add(1, Ordering::Relaxed);
        let name: Arc<str> = object.etag.as_str().into();
        let cut = BlockLayout::of(length, self.sizes);
        let run = Arc::new(self.run(name.clone(), cut, 0, length, self.counted(body)));
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.entry(name).or_default().push(Arc::downgrade(&run));
        drop(runs);
        let mut adopted = self.adopted.lock().unwrap_or_else(PoisonError::into_inner);
        adopted.insert(object.etag.clone(), run);
        drop(adopted);
        // Should everybody have left meanwhile, nobody would release it.
        let (parts, etag) = (self.clone(), object.etag.clone());
        tokio::spawn(async move {
            tokio::time::sleep(ADOPTION_TIMEOUT).await;
            parts.release(&etag);
        });
    }

    fn release(&self, etag: &str) {
        let run = self
            .adopted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(etag);
        // Outside of the lock: the last to hold a run closes its connection.
        drop(run);
    }
}
