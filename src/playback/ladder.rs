//! Which qualities of an entry there are: found out by asking for all of them, and kept while none may be added.

use std::sync::Arc;

use futures_util::future::join_all;

use super::master::Rung;
use super::{EntryKey, Playback};
use drives::{DriveError, ErrorKind};
use media::{Entry, EntryKind, Rendition};

/// The qualities of an entry that exist, and those that do not, with the reason.
#[derive(Debug)]
pub struct Ladder {
    /// What can be played, best first.
    pub rungs: Vec<Rung>,
    /// What cannot, best first.
    pub missing: Vec<(Rendition, DriveError)>,
}

impl Playback {
    /// Which qualities an entry has. An error only where it has none at all: then the reason that
    /// tells a viewer most.
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
        let mut ladder = Ladder {
            rungs: Vec::new(),
            missing: Vec::new(),
        };
        for (rendition, answer) in answers {
            match answer {
                Ok(plan) => ladder
                    .rungs
                    .push(Rung::of(rendition, &plan, drive.codecs(rendition))),
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
            return Err(most_actionable(&ladder.missing)
                .cloned()
                .unwrap_or_else(no_stream));
        }
        let ladder = Arc::new(ladder);
        // A rung that failed or is still being made may be there in a moment.
        if ladder
            .missing
            .iter()
            .all(|(_, error)| is_permanent(error.kind))
        {
            self.ladders.insert(key, ladder.clone());
        }
        Ok(ladder)
    }

    /// The same as far as it is known already; asks nobody.
    pub fn cached_ladder(&self, entry: &Entry) -> Option<Arc<Ladder>> {
        self.ladders.get(&EntryKey::of(entry))
    }

    /// The qualities that an entry has, as far as is known: those of its ladder, else what its drive is certain of.
    /// Asks nobody.
    pub fn known_renditions(&self, entry: &Entry) -> Vec<Rendition> {
        let drive = self.library.drive(&entry.place);
        let Some(drive) = drive.ok().filter(|drive| drive.streams(entry)) else {
            return Vec::new();
        };
        match self.ladders.get(&EntryKey::of(entry)) {
            Some(ladder) => ladder.rungs.iter().map(|rung| rung.rendition).collect(),
            None => drive.guaranteed_renditions(entry),
        }
    }

    /// Asks for the ladder of an entry of which no quality is known, so that one is.
    pub async fn ensure_renditions_known(&self, entry: &Arc<Entry>) {
        let drive = self.library.drive(&entry.place);
        if drive.is_ok_and(|drive| drive.streams(entry))
            && self.known_renditions(entry).is_empty()
            && let Err(error) = self.ladder(entry).await
        {
            tracing::debug!(%error, "a film has no ladder");
        }
    }
}

/// Of several reasons the one that a viewer can do most with: what passes by itself first, then
/// what the owner can mend, then the rest.
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

/// Whether a rung that is missing for this reason will still be missing in some minutes.
fn is_permanent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Unsupported | ErrorKind::PlanRequired)
}
