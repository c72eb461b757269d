//! Loads, caches and renews segment indexes and origins.
//!
//! A caller with an expired URL passes the segment index that it came from. The first such caller makes an
//! upstream call; all others with the same index get the new one.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::segment_index::{PlaylistError, SegmentIndex};
use super::{EntryKey, Playback};
use crate::governor::Priority;
use crate::library::single_flight;
use cache::Cache;
use drives::{DriveError, ErrorKind, Origin};
use media::{Entry, Rendition};

const FINISHED_TTL: Duration = Duration::from_secs(2 * 3600);

/// Returns the lifetime of a cached segment index. Signed segment URLs live for hours. A list that is still growing
/// is loaded again after half a segment, as players would (RFC 8216 §6.3.4).
pub(super) fn index_ttl(index: &SegmentIndex) -> Duration {
    if index.ended {
        FINISHED_TTL
    } else {
        Duration::from_secs(index.target_duration_s()) / 2
    }
}

/// A list shorter than this fraction of the film is a preview. Lists and durations are rounded and a last
/// segment may be missing, but half of a film is never rounding.
const MAX_PREVIEW_FRACTION: f64 = 0.5;

/// Shorter films are not checked: they have one or two segments, and rounding is a good part of them.
const MIN_JUDGED_DURATION_S: f64 = 12.0;

impl Playback {
    /// Loads the segment index of a rendition from the upstream.
    pub(super) fn load_segment_index(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
    ) -> impl Future<Output = Result<Arc<SegmentIndex>, DriveError>> + Send + 'static {
        let drive = self.library.drive(&entry.place);
        let entry = entry.clone();
        async move {
            let drive = drive?;
            let calls = drive.at(Priority::Opening);
            let playlist = calls.playlist(&entry, rendition).await?;
            let index =
                SegmentIndex::parse(&playlist, drive.segment_facts()).map_err(playlist_error)?;
            reject_preview(&index, &entry)?;
            Ok(Arc::new(index))
        }
    }

    /// Replaces `stale`, whose URLs have expired.
    pub(super) async fn renew_segment_index(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
        stale: &Arc<SegmentIndex>,
    ) -> Result<Arc<SegmentIndex>, DriveError> {
        let key = (EntryKey::of(entry), rendition);
        replace_stale(
            &self.indexes,
            key,
            stale.clone(),
            self.load_segment_index(entry, rendition),
        )
        .await
    }

    /// Returns the origin of the original, from the cache or with one upstream call.
    pub(super) async fn original_origin(
        &self,
        entry: &Arc<Entry>,
    ) -> Result<Arc<Origin>, DriveError> {
        single_flight(
            &self.originals,
            EntryKey::of(entry),
            self.load_original(entry),
        )
        .await
    }

    /// Replaces the origin `stale`, which has expired.
    pub(super) async fn renew_original(
        &self,
        entry: &Arc<Entry>,
        stale: &Arc<Origin>,
    ) -> Result<Arc<Origin>, DriveError> {
        replace_stale(
            &self.originals,
            EntryKey::of(entry),
            stale.clone(),
            self.load_original(entry),
        )
        .await
    }

    fn load_original(
        &self,
        entry: &Arc<Entry>,
    ) -> impl Future<Output = Result<Arc<Origin>, DriveError>> + Send + 'static {
        let drive = self.library.drive(&entry.place);
        let entry = entry.clone();
        async move {
            let drive = drive?;
            let origin = drive.at(Priority::Opening).original(&entry).await;
            origin.map(Arc::new)
        }
    }
}

/// Replaces `stale` by the result of `load`, once for all concurrent callers with `stale`. Returns the
/// cached value if it has been replaced already.
async fn replace_stale<K, V, F>(
    cache: &Cache<K, Arc<V>>,
    key: K,
    stale: Arc<V>,
    load: F,
) -> Result<Arc<V>, DriveError>
where
    K: std::hash::Hash + Eq + Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
    F: Future<Output = Result<Arc<V>, DriveError>> + Send + 'static,
{
    let cache = cache.clone();
    // Spawned, so that a caller that is dropped does not cancel it for the others.
    let task = tokio::spawn(async move {
        let is_stale = |cached: &Arc<V>| Arc::ptr_eq(cached, &stale);
        cache.replace_with(key, is_stale, load).await
    });
    task.await.unwrap_or_else(|_| {
        Err(DriveError::new(
            ErrorKind::UpstreamFailed,
            "renew",
            "the task that asked the upstream died",
        ))
    })
}

fn playlist_error(error: PlaylistError) -> DriveError {
    let kind = match error {
        PlaylistError::Unsupported(_) | PlaylistError::Multivariant => ErrorKind::Unsupported,
        PlaylistError::NotAPlaylist
        | PlaylistError::Malformed(_)
        | PlaylistError::Url(_)
        | PlaylistError::Empty => ErrorKind::UpstreamFailed,
    };
    DriveError::new(kind, "playlist", error.to_string())
}

/// Fails with `PreviewOnly` if the list is much shorter than the film.
fn reject_preview(index: &SegmentIndex, entry: &Entry) -> Result<(), DriveError> {
    let Some(duration) = entry
        .duration_s
        .filter(|duration| *duration >= MIN_JUDGED_DURATION_S)
    else {
        return Ok(());
    };
    let listed = index.duration_s();
    if index.ended && listed < duration * MAX_PREVIEW_FRACTION {
        let detail = format!("{listed:.0} s are listed of {duration:.0} s");
        return Err(DriveError::new(ErrorKind::PreviewOnly, "playlist", detail));
    }
    Ok(())
}
