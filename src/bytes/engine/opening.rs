//! What a run begins with: a block on disk, or a fetch from the upstream that ends where the disk goes on.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{ByteStream, EngineInner};
use crate::bytes::block::{Block, BlockKey, BlockLayout};
use crate::bytes::disk::{BlockHeader, Disk};
use crate::bytes::shared_fetch::SharedFetch;
use crate::bytes::{Object, ReadRequest, parallel, resume};
use crate::governor::Priority;
use media::ByteRange;

/// How many blocks a fetch looks ahead for one that is on disk: a quarter of a gigabyte, after which it
/// looks again.
const MAX_BLOCKS_LOOKED_AHEAD: u64 = 64;

impl EngineInner {
    pub(super) fn begin(
        self: &Arc<Self>,
        object: &Object,
        name: Arc<str>,
        cut: BlockLayout,
        position: u64,
        end: u64,
    ) -> SharedFetch {
        // A segment is fetched to its end whatever of it is wanted: the rest is wanted next.
        let limit = if cut.is_single() && position == 0 {
            cut.end(0)
        } else {
            end
        };
        let (limit, upstream) = match self.find_on_disk(&name, cut, position) {
            Some((disk, label)) => {
                let limit = limit.min(label.offset + label.length);
                let range = position..limit;
                (limit, self.from_disk(disk, label, object, range))
            }
            None => {
                let limit = self.before_disk(&name, cut, position, limit);
                (limit, self.fetch(object, position, limit))
            }
        };
        self.run(name, cut, position, limit, upstream)
            .with_priority(object.source.dynamic_priority().cloned())
    }

    /// Bytes `from..limit` from the upstream.
    fn fetch(self: &Arc<Self>, object: &Object, from: u64, limit: u64) -> ByteStream {
        self.counters.fetches.fetch_add(1, Ordering::Relaxed);
        let wanted = ReadRequest {
            range: ByteRange::new(from, limit - 1),
            length: object.length,
        };
        let connections = self.parallel_ranges.get().copied().unwrap_or(1);
        // What is fetched ahead has several connections by itself.
        let is_awaited = object
            .source
            .dynamic_priority()
            .is_none_or(|urgency| urgency.own() == Priority::Playing);
        if connections > 1 && is_awaited && limit - from >= parallel::MIN_PARALLEL_BYTES {
            let bytes = (from, limit, object.length);
            return self.counted(parallel::read(object.source.clone(), bytes, connections));
        }
        let body = stream::once(resume::read(object.source.clone(), wanted))
            .map_ok(|reading| reading.body)
            .try_flatten();
        self.counted(body.boxed())
    }

    pub(super) fn counted(self: &Arc<Self>, upstream: ByteStream) -> ByteStream {
        let parts = self.clone();
        let count = move |chunk: &bytes::Bytes| {
            let bytes = chunk.len() as u64;
            parts
                .counters
                .upstream_bytes
                .fetch_add(bytes, Ordering::Relaxed);
        };
        upstream.inspect_ok(count).boxed()
    }

    /// The block at `position`, if it is on disk; counts that it was looked for.
    fn find_on_disk(
        &self,
        name: &str,
        cut: BlockLayout,
        position: u64,
    ) -> Option<(Disk, BlockHeader)> {
        let disk = self.disk.as_ref()?;
        let label = cut.label(name, cut.index(position));
        let found = disk.contains(&label);
        disk.count(found);
        found.then(|| (disk.clone(), label))
    }

    /// Where a fetch that begins at `position` ends because the disk has what comes then.
    fn before_disk(&self, name: &str, cut: BlockLayout, position: u64, limit: u64) -> u64 {
        let Some(disk) = &self.disk else {
            return limit;
        };
        let next = cut.index(position) + 1;
        let last = cut.index(limit - 1).min(next + MAX_BLOCKS_LOOKED_AHEAD);
        (next..=last)
            .find(|index| disk.contains(&cut.label(name, *index)))
            .map_or(limit, |index| cut.start(index))
    }

    /// Bytes of a block on disk; from where its file fails, from the upstream.
    fn from_disk(
        self: &Arc<Self>,
        disk: Disk,
        label: BlockHeader,
        object: &Object,
        range: std::ops::Range<u64>,
    ) -> ByteStream {
        enum ByteSource {
            Disk(VecDeque<bytes::Bytes>),
            Upstream(ByteStream),
        }
        let (parts, object, limit) = (self.clone(), object.clone(), range.end);
        let begin = (range.start, ByteSource::Disk(VecDeque::new()));
        stream::unfold(begin, move |(mut position, mut from)| {
            let (parts, object) = (parts.clone(), object.clone());
            let (disk, label) = (disk.clone(), label.clone());
            async move {
                loop {
                    match &mut from {
                        _ if position >= limit => return None,
                        ByteSource::Upstream(upstream) => {
                            let next = upstream.next().await?;
                            position += next.as_ref().map_or(0, |chunk| chunk.len() as u64);
                            return Some((next, (position, from)));
                        }
                        ByteSource::Disk(pieces) => {
                            if let Some(mut piece) = pieces.pop_front() {
                                piece.truncate((limit - position).min(piece.len() as u64) as usize);
                                position += piece.len() as u64;
                                return Some((Ok(piece), (position, from)));
                            }
                            let at = position - label.offset;
                            from = match disk.read_pages(&label, at, &parts.pool).await {
                                Some(read) => ByteSource::Disk(read.into()),
                                None => ByteSource::Upstream(parts.fetch(&object, position, limit)),
                            };
                        }
                    }
                }
            }
        })
        .boxed()
    }

    pub(super) fn run(
        self: &Arc<Self>,
        name: Arc<str>,
        cut: BlockLayout,
        start: u64,
        limit: u64,
        upstream: ByteStream,
    ) -> SharedFetch {
        let (cache, disk) = (self.cache.clone(), self.disk.clone());
        let keep = move |index, block: Arc<Block>| {
            if let Some(disk) = &disk {
                disk.queue_write(cut.label(&name, index), block.clone());
            }
            let object = name.clone();
            cache.insert(BlockKey { object, index }, block);
        };
        SharedFetch::new(
            cut,
            start,
            limit,
            upstream,
            (self.budget.clone(), self.pool.clone()),
            Box::new(keep),
        )
    }
}
