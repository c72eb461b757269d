//! Starts a fetch: from a block on disk, or from the upstream up to where the disk has the next block.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{ByteStream, EngineInner};
use crate::bytes::block::{Block, BlockKey, BlockLayout};
use crate::bytes::block_header::BlockHeader;
use crate::bytes::disk::Disk;
use crate::bytes::shared_fetch::SharedFetch;
use crate::bytes::{Object, ReadRequest, parallel, resume};
use crate::governor::Priority;
use media::ByteRange;

/// Blocks that a fetch looks ahead for one that is on disk: a quarter of a gigabyte, after which it looks
/// again.
const MAX_BLOCKS_LOOKED_AHEAD: u64 = 64;

impl EngineInner {
    pub(super) fn begin_fetch(
        self: &Arc<Self>,
        object: &Object,
        name: Arc<str>,
        layout: BlockLayout,
        (position, end): (u64, u64),
        is_continued: bool,
    ) -> SharedFetch {
        // A segment is fetched to its end, whatever part was requested: the rest comes next.
        let limit = if layout.is_single() && position == 0 {
            layout.end(0)
        } else {
            end
        };
        let (limit, upstream) = match self.find_on_disk(&name, layout, position) {
            Some((disk, header)) => {
                let limit = limit.min(header.offset + header.length);
                let range = position..limit;
                (limit, self.from_disk(disk, header, object, range))
            }
            None => {
                let limit = self.end_before_disk(&name, layout, position, limit);
                (
                    limit,
                    self.fetch_upstream(object, (position, limit), is_continued),
                )
            }
        };
        self.shared_fetch(name, layout, position, limit, upstream)
            .with_priority(object.source.dynamic_priority().cloned())
    }

    /// Fetches bytes `from..limit` from the upstream.
    fn fetch_upstream(
        self: &Arc<Self>,
        object: &Object,
        (from, limit): (u64, u64),
        is_continued: bool,
    ) -> ByteStream {
        self.counters.fetches.fetch_add(1, Ordering::Relaxed);
        let wanted = ReadRequest {
            range: ByteRange::new(from, limit - 1),
            length: object.length,
            is_continued,
        };
        let connections = self.parallel_ranges.get().copied().unwrap_or(1);
        // Prefetches already use several connections.
        let is_awaited = object
            .source
            .dynamic_priority()
            .is_none_or(|priority| priority.own() == Priority::Playing);
        if connections > 1 && is_awaited && limit - from >= parallel::MIN_PARALLEL_BYTES {
            let bytes = (from, limit, object.length);
            return self.counted(parallel::read(
                object.source.clone(),
                bytes,
                is_continued,
                connections,
                self.cache.clone(),
            ));
        }
        let body = stream::once(resume::read(object.source.clone(), wanted))
            .map_ok(|reading| reading.body)
            .try_flatten();
        self.counted(body.boxed())
    }

    pub fn counted(self: &Arc<Self>, upstream: ByteStream) -> ByteStream {
        let engine = self.clone();
        let count = move |chunk: &bytes::Bytes| {
            let bytes = chunk.len() as u64;
            engine
                .counters
                .upstream_bytes
                .fetch_add(bytes, Ordering::Relaxed);
        };
        upstream.inspect_ok(count).boxed()
    }

    /// Returns the header of the block at `position` if it is on disk, else `None`; counts the hit or miss.
    fn find_on_disk(
        &self,
        name: &str,
        layout: BlockLayout,
        position: u64,
    ) -> Option<(Disk, BlockHeader)> {
        let disk = self.disk.as_ref()?;
        let header = layout.header(name, layout.index(position));
        let found = disk.contains(&header);
        disk.count(found);
        found.then(|| (disk.clone(), header))
    }

    /// Returns the end of a fetch that begins at `position`: `limit`, or the first following block that is
    /// on disk.
    fn end_before_disk(&self, name: &str, layout: BlockLayout, position: u64, limit: u64) -> u64 {
        let Some(disk) = &self.disk else {
            return limit;
        };
        let next = layout.index(position) + 1;
        let last = layout.index(limit - 1).min(next + MAX_BLOCKS_LOOKED_AHEAD);
        (next..=last)
            .find(|index| disk.contains(&layout.header(name, *index)))
            .map_or(limit, |index| layout.start(index))
    }

    /// Reads a block from disk. If its file fails, the rest comes from the upstream.
    fn from_disk(
        self: &Arc<Self>,
        disk: Disk,
        header: BlockHeader,
        object: &Object,
        range: std::ops::Range<u64>,
    ) -> ByteStream {
        enum ByteSource {
            Disk(VecDeque<bytes::Bytes>),
            Upstream(ByteStream),
        }
        let (engine, object, limit) = (self.clone(), object.clone(), range.end);
        let begin = (range.start, ByteSource::Disk(VecDeque::new()));
        stream::unfold(begin, move |(mut position, mut from)| {
            let (engine, object) = (engine.clone(), object.clone());
            let (disk, header) = (disk.clone(), header.clone());
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
                            let at = position - header.offset;
                            from = match disk.read_pages(&header, at, &engine.cache.pool).await {
                                Some(read) => ByteSource::Disk(read.into()),
                                None => ByteSource::Upstream(engine.fetch_upstream(
                                    &object,
                                    (position, limit),
                                    true,
                                )),
                            };
                        }
                    }
                }
            }
        })
        .boxed()
    }

    pub fn shared_fetch(
        self: &Arc<Self>,
        name: Arc<str>,
        layout: BlockLayout,
        start: u64,
        limit: u64,
        upstream: ByteStream,
    ) -> SharedFetch {
        let (cache, disk) = (self.cache.clone(), self.disk.clone());
        let on_block = move |index, block: Arc<Block>| {
            if let Some(disk) = &disk {
                disk.queue_write(layout.header(&name, index), block.clone());
            }
            let object = name.clone();
            cache.insert(BlockKey { object, index }, block);
        };
        SharedFetch::new(
            layout,
            start,
            limit,
            upstream,
            self.cache.clone(),
            Box::new(on_block),
        )
    }
}
