//! Makes the pictures over the seek bar that pages have not sent, by switch: from key frames of the films that were watched last,
//! while the server is idle.
//!
//! Idle means that nothing was watched for [`QUIET`], and that no upstream request of a viewer, of a page or of an upload is
//! under way. This is checked before each picture. Key frames are read one at a time, by range, at the lowest
//! priority. What is stored is the state: after a restart, the rest is made. Shares are left alone.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::governor::Priority;
use crate::library::Freshness;
use crate::playback::Playback;
use crate::store::{Store, Work};
use drives::{DriveError, ErrorKind};
use media::{Entry, EntryKind, EntryPath, Place};

/// The films that have their pictures made: those that were watched last.
const MAX_FILMS: usize = 20;

/// Time without a report of a position after which nothing is watched. Pages report every fifteen seconds.
const QUIET: Duration = Duration::from_secs(20);

/// Time after which films are looked for again.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// Pause after each picture of a drive that is not this machine: an account is not read as fast as it can be.
const PICTURE_PAUSE: Duration = Duration::from_millis(250);

/// Failures after which the rest of a film is left out until the next start.
const MAX_FAILURES: u32 = 5;

/// Time for which no picture is made after a drive has failed.
const FAILURE_PAUSE: Duration = Duration::from_secs(600);

/// A film, and when it was last watched.
type WatchedFilm = (Place, EntryPath, DateTime<Utc>);

/// Makes missing pictures over the seek bar.
pub struct SeekPictureMaker {
    store: Store,
    playback: Playback,
    /// Films of which all pictures are there, or cannot be made. One that is watched again is looked at again.
    done: HashSet<WatchedFilm>,
}

impl SeekPictureMaker {
    /// Creates a maker of pictures; [`Self::run`] does the work.
    pub fn new(store: Store, playback: Playback) -> Self {
        SeekPictureMaker {
            store,
            playback,
            done: HashSet::new(),
        }
    }

    /// Makes pictures until it is cancelled.
    pub async fn run(mut self) {
        loop {
            tokio::time::sleep(LOOK_INTERVAL).await;
            // One server of several on a state is at it.
            let claim = match self.store.claim(&Work::SeekPictures).await {
                Ok(Some(claim)) => claim,
                Ok(None) | Err(_) => continue,
            };
            let filled = tokio::select! {
                filled = self.fill_all() => filled,
                () = claim.wait_until_lost() => Ok(()),
            };
            drop(claim);
            if filled.is_err() {
                tokio::time::sleep(FAILURE_PAUSE).await;
            }
        }
    }

    /// Makes the missing pictures of all films, as long as the server is idle. Fails if a drive fails for the moment.
    async fn fill_all(&mut self) -> Result<(), DriveError> {
        let films = self.store.last_watched(MAX_FILMS).await;
        let films = films.unwrap_or_else(|error| {
            tracing::warn!(%error, "the history could not be read");
            Vec::new()
        });
        self.done.retain(|film| films.contains(film));
        for film in films {
            if self.done.contains(&film) {
                continue;
            }
            if !self.is_idle().await {
                break;
            }
            let (place, path, _) = &film;
            match self.fill(place, path).await {
                Ok(true) => drop(self.done.insert(film)),
                Ok(false) => {}
                Err(error) => {
                    tracing::debug!(%place, %path, %error, "pictures over the seek bar could not be made");
                    if error.kind.is_transient() {
                        return Err(error);
                    }
                    self.done.insert(film);
                }
            }
        }
        Ok(())
    }

    /// Makes the missing pictures of a film. Returns false if the server was not idle any more.
    async fn fill(&self, place: &Place, path: &EntryPath) -> Result<bool, DriveError> {
        if place.is_share() {
            return Ok(true);
        }
        let library = self.playback.library();
        let entry = library.entry(place, path, Freshness::Cached).await?;
        match entry.kind {
            EntryKind::Video => self.fill_entry(&entry).await,
            _ => Ok(true),
        }
    }

    /// Returns true if the film has all pictures that can be made, false if the server was not idle any more.
    async fn fill_entry(&self, entry: &Arc<Entry>) -> Result<bool, DriveError> {
        let film = self.playback.source(entry).await?;
        let stored = self.store.seek_pictures(entry).await;
        let stored: HashSet<u32> = stored.map_err(unstored)?.into_iter().collect();
        let is_local = self.playback.library().drive(&entry.place)?.is_local();
        let missing = (0..film.picture_count()).filter(|number| !stored.contains(number));
        let mut failures = 0;
        for number in missing {
            if !self.is_idle().await {
                return Ok(false);
            }
            let made = self.playback.seek_picture_of_frame(entry, &film, number);
            match made.await {
                Ok(Some(picture)) => {
                    let put = self.store.put_seek_picture(entry, number, &picture);
                    put.await.map_err(unstored)?;
                }
                Err(error) if error.kind != ErrorKind::NotFound => return Err(error),
                // A frame that is damaged.
                Ok(None) | Err(_) => failures += 1,
            }
            if failures >= MAX_FAILURES {
                break;
            }
            if !is_local {
                tokio::time::sleep(PICTURE_PAUSE).await;
            }
        }
        Ok(true)
    }

    /// Returns true if nothing is watched and nothing that a viewer waits for is under way.
    async fn is_idle(&self) -> bool {
        let places = self.playback.library().traffic();
        let is_busy = places
            .iter()
            .flat_map(|place| &place.limits)
            .any(|(_, stats)| stats.is_busy_above(Priority::Thumbnails));
        let last = self.store.last_watched(1).await.unwrap_or_default();
        !is_busy && is_quiet(last.first().map(|(_, _, at)| *at), Utc::now())
    }
}

/// Returns true if the last report of a position was long enough ago.
fn is_quiet(last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    last.is_none_or(|last| (now - last).to_std().unwrap_or_default() >= QUIET)
}

fn unstored(error: anyhow::Error) -> DriveError {
    tracing::warn!(%error, "pictures over the seek bar could not be stored");
    DriveError::failed("seek pictures", "the state cannot be used")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_made_while_a_film_is_watched() {
        let now = DateTime::from_timestamp_millis(1_800_000_000_000).unwrap();
        for (seconds, expected) in [(0, false), (19, false), (20, true), (3600, true)] {
            let last = now - chrono::Duration::seconds(seconds);
            assert_eq!(is_quiet(Some(last), now), expected, "{seconds}");
        }
        assert!(is_quiet(None, now));
        // Of a server whose clock is ahead.
        assert!(!is_quiet(Some(now + chrono::Duration::seconds(5)), now));
    }
}
