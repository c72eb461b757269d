//! The ladder of an entry: the renditions that exist. All candidates are requested, and the result is
//! cached unless a missing one may still appear.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::master::Rung;
use super::{EntryKey, Playback};
use drives::{DriveError, ErrorKind};
use media::{Entry, EntryKind, Rendition};

/// A list of one film waits this long for the answer whether the film has renditions.
const LOOK_TIMEOUT: Duration = Duration::from_secs(3);

/// The renditions of an entry that exist, and the errors of those that do not.
#[derive(Debug)]
pub struct Ladder {
    /// The playable renditions, best first.
    pub rungs: Vec<Rung>,
    /// The missing ones, best first.
    pub missing: Vec<(Rendition, DriveError)>,
}

impl Playback {
    /// Returns the ladder of an entry.
    ///
    /// # Errors
    ///
    /// Fails only if it has no rendition at all, with the error that helps a viewer most.
    pub async fn ladder(&self, entry: &Arc<Entry>) -> Result<Arc<Ladder>, DriveError> {
        let key = EntryKey::of(entry);
        if let Some(kept) = self.ladders.get(&key) {
            return Ok(kept);
        }
        let drive = self.library.drive(&entry.place)?;
        let candidates = drive.possible_renditions(entry);
        let answers = join_all(candidates.into_iter().map(|rendition| async move {
            (rendition, self.segment_index(entry, rendition).await)
        }))
        .await;
        let seconds = entry.duration_s.filter(|seconds| *seconds > 0.0);
        let of_file = seconds.map(|seconds| (entry.size as f64 * 8.0 / seconds).ceil() as u64);
        let mut ladder = Ladder {
            rungs: Vec::new(),
            missing: Vec::new(),
        };
        for (rendition, answer) in answers {
            match answer {
                Ok(index) => ladder.rungs.push(Rung::of(
                    rendition,
                    &index,
                    drive.codecs(rendition),
                    of_file,
                )),
                Err(error) => ladder.missing.push((rendition, error)),
            }
        }
        let needs_picture = entry.kind == EntryKind::Video;
        let has_some = ladder
            .rungs
            .iter()
            .any(|rung| !needs_picture || rung.rendition != Rendition::Audio);
        if !has_some {
            let no_stream = || {
                DriveError::new(
                    ErrorKind::Unsupported,
                    "ladder",
                    "the upstream has no rendition of it",
                )
            };
            let error = most_actionable(&ladder.missing);
            let error = error.cloned().unwrap_or_else(no_stream);
            if error.kind == ErrorKind::Unsupported {
                self.without_ladder.insert(key, ());
            }
            return Err(error);
        }
        let ladder = Arc::new(ladder);
        // Not cached while a rung failed or is still being transcoded: it may exist a moment later.
        if ladder
            .missing
            .iter()
            .all(|(_, error)| is_permanent(error.kind))
        {
            self.ladders.insert(key, ladder.clone());
        }
        Ok(ladder)
    }

    /// Returns true if the upstream may have renditions of an entry, as far as it is known: the drive says so, and no
    /// attempt has shown that there will never be any. Makes no upstream call.
    pub fn may_have_renditions(&self, entry: &Entry) -> bool {
        let drive = self.library.drive(&entry.place);
        drive.is_ok_and(|drive| drive.has_renditions(entry))
            && !self.without_ladder.contains_key(&EntryKey::of(entry))
    }

    /// Returns true if `master.m3u8` of an entry may play, as far as it is known. Makes no upstream call.
    pub fn may_stream(&self, entry: &Entry) -> bool {
        self.may_have_renditions(entry)
            || (self.has_source(entry) && !self.films.is_refused(&EntryKey::of(entry)))
    }

    /// Finds out whether an entry has renditions, so that [`Playback::may_have_renditions`] does not guess. Waits for
    /// [`LOOK_TIMEOUT`] at most; looking goes on after it.
    pub async fn look_for_renditions(&self, entry: &Arc<Entry>) {
        if self.may_have_renditions(entry) {
            let (playback, entry) = (self.clone(), entry.clone());
            let look = tokio::spawn(async move { playback.ladder(&entry).await.is_ok() });
            let _ = timeout(LOOK_TIMEOUT, look).await;
        }
    }

    /// Returns the ladder from the cache, or `None`. Makes no upstream call.
    pub fn cached_ladder(&self, entry: &Entry) -> Option<Arc<Ladder>> {
        self.ladders.get(&EntryKey::of(entry))
    }

    /// Returns the known renditions of an entry: those of its cached ladder, else those that its drive
    /// guarantees. Makes no upstream call.
    pub fn known_renditions(&self, entry: &Entry) -> Vec<Rendition> {
        let drive = self.library.drive(&entry.place);
        let Some(drive) = drive.ok().filter(|drive| drive.has_renditions(entry)) else {
            return Vec::new();
        };
        match self.ladders.get(&EntryKey::of(entry)) {
            Some(ladder) => ladder.rungs.iter().map(|rung| rung.rendition).collect(),
            None => drive.guaranteed_renditions(entry),
        }
    }

    /// Loads the ladder of an entry without any known rendition, so that [`Playback::known_renditions`]
    /// returns some.
    pub async fn ensure_renditions_known(&self, entry: &Arc<Entry>) {
        let drive = self.library.drive(&entry.place);
        if drive.is_ok_and(|drive| drive.has_renditions(entry))
            && self.known_renditions(entry).is_empty()
            && let Err(error) = self.ladder(entry).await
        {
            tracing::debug!(%error, "a film has no ladder");
        }
    }
}

/// Returns the error that a viewer can do most about: first a problem that the owner can repair or that is
/// temporary, then the rest. `None` if nothing is missing.
fn most_actionable(missing: &[(Rendition, DriveError)]) -> Option<&DriveError> {
    let rank = |kind: ErrorKind| match kind {
        ErrorKind::SignedOut => 0,
        ErrorKind::Transcoding => 1,
        ErrorKind::VerificationRequired => 2,
        ErrorKind::RateLimited => 3,
        ErrorKind::UpstreamFailed | ErrorKind::UpstreamTimeout => 4,
        ErrorKind::PreviewOnly => 5,
        ErrorKind::PlanRequired => 6,
        ErrorKind::NotFound | ErrorKind::Gone => 7,
        _ => 8,
    };
    missing
        .iter()
        .map(|(_, error)| error)
        .min_by_key(|error| rank(error.kind))
}

/// Returns true if a rung that is missing for this reason will still be missing in some minutes.
fn is_permanent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Unsupported | ErrorKind::PlanRequired)
}
