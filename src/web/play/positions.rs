//! Follows what players read, and stores their positions in the history of their viewer.
//!
//! Guests have no history. A page, an app or a program that reports its position itself is believed instead
//! (`PlayerPositions::report`).

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::time::Instant;

use super::PlayRequest;
use super::source::is_agent;
use crate::library::Freshness;
use crate::playback::player_positions::{PlayerKey, PlayerPosition, RunId, StreamRequest};
use crate::playback::ticket::TicketId;
use crate::playback::timeline::Timeline;
use crate::web::AppState;
use crate::web::api::history::note_position;
use media::{Entry, EntryPath, Place, ViewerId};

/// The holder of a ticket.
#[derive(Debug, Clone, Copy)]
pub(super) struct TicketHolder {
    /// The ticket; eight zeros for a password or a token.
    pub ticket: TicketId,
    /// The viewer.
    pub viewer: ViewerId,
    /// True if streams alone are given out.
    pub without_originals: bool,
}

/// Bytes from which on the index of an original is read, for the times of its bytes: a probe reads less.
const INDEX_AFTER_BYTES: u64 = 4 << 20;

/// Interval at which the progress of a reply is noted.
const NOTE_INTERVAL: Duration = Duration::from_millis(250);

/// Interval at which films are moved on that are played from the buffers of their players.
const PLAY_ON_INTERVAL: Duration = Duration::from_secs(5);

/// Beginnings of the user agents of players.
const PLAYERS: [&str; 5] = ["VLC/", "LibVLC/", "libmpv", "mpv", "Kodi"];

/// Beginnings of the user agents of programs that download and never play.
const DOWNLOADERS: [&str; 4] = ["rclone/", "Wget/", "aria2/", "yt-dlp"];

impl PlayRequest<'_> {
    /// Returns a reply that is followed while it is sent, if a viewer plays it.
    pub(super) fn follow(
        &self,
        response: Response,
        entry: &Arc<Entry>,
        stream: &str,
        timeline: Option<Timeline>,
    ) -> Response {
        let holder = self.holder.get().copied();
        let (Some(holder), Some(timeline)) = (holder, timeline) else {
            return response;
        };
        let is_played = *self.method == Method::GET && response.status().is_success();
        if !is_played || is_agent(self.headers, &DOWNLOADERS) || !entry.kind.is_playable() {
            return response;
        }
        let first = first_byte(response.headers());
        let player = PlayerKey {
            ticket: holder.ticket,
            viewer: holder.viewer,
            ip: self.peer.ip().to_canonical(),
            place: entry.place.clone(),
            path: entry.path.clone(),
        };
        let now = Instant::now();
        let request = StreamRequest {
            stream,
            from_s: timeline.time_s(first),
            segment_s: timeline.segment_s(),
            duration_s: timeline.duration_s(),
            is_player: is_agent(self.headers, &PLAYERS),
        };
        let run = self.site.positions.begin(&player, &request, now);
        let follower = Follower {
            site: self.site.clone(),
            player,
            run,
            entry: entry.clone(),
            timeline,
            is_original: stream == ORIGINAL,
            next: first,
            sent: 0,
            noted_at: now,
        };
        response.map(|body| {
            Body::from_stream(FollowedBody {
                body: body.into_data_stream(),
                follower,
            })
        })
    }
}

impl PlayRequest<'_> {
    /// Returns the positions at which the viewer of the ticket resumes films; `None` for those at their beginning, and
    /// for a guest.
    pub(super) async fn resume_positions(&self, films: &[Entry]) -> Vec<Option<f64>> {
        let read = async {
            let Some(holder) = self.holder.get() else {
                return anyhow::Ok(Vec::new());
            };
            let store = &self.site.store;
            if films.is_empty() || store.is_guest_ticket(holder.ticket.0).await? {
                return Ok(Vec::new());
            }
            store.history(holder.viewer, usize::MAX >> 1).await
        };
        let history = read.await.unwrap_or_else(|error| {
            tracing::warn!(%error, "what was watched could not be read");
            Vec::new()
        });
        let begun: HashMap<(&Place, &EntryPath), f64> = history
            .iter()
            .filter(|watched| watched.is_begun())
            .map(|watched| ((&watched.place, &watched.path), watched.position_s))
            .collect();
        let resume = |film: &Entry| begun.get(&(&film.place, &film.path)).copied();
        films.iter().map(resume).collect()
    }
}

/// The name of an original among the streams of a film.
pub(super) const ORIGINAL: &str = "original";

/// Returns the first byte of a reply: that of its `Content-Range`, else 0.
fn first_byte(headers: &HeaderMap) -> u64 {
    let range = headers.get(header::CONTENT_RANGE);
    let range = range.and_then(|range| range.to_str().ok()?.strip_prefix("bytes "));
    range
        .and_then(|range| range.split('-').next()?.parse().ok())
        .unwrap_or_default()
}

/// A body that is followed. It is dropped when the player leaves.
struct FollowedBody {
    body: BodyDataStream,
    follower: Follower,
}

struct Follower {
    site: AppState,
    player: PlayerKey,
    run: RunId,
    entry: Arc<Entry>,
    timeline: Timeline,
    is_original: bool,
    /// The byte of the whole that is sent next.
    next: u64,
    /// Bytes that were sent.
    sent: u64,
    noted_at: Instant,
}

impl Stream for FollowedBody {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.body.poll_next_unpin(context);
        if let Poll::Ready(Some(Ok(chunk))) = &polled {
            self.follower.sent(chunk.len() as u64);
        }
        polled
    }
}

impl Follower {
    fn sent(&mut self, bytes: u64) {
        let had = self.sent;
        self.sent += bytes;
        self.next += bytes;
        if self.is_original && had < INDEX_AFTER_BYTES && self.sent >= INDEX_AFTER_BYTES {
            let playback = &self.site.playback;
            playback.refine_timeline(&self.entry, &self.timeline);
        }
        let now = Instant::now();
        if now.duration_since(self.noted_at) >= NOTE_INTERVAL {
            self.note(now);
        }
    }

    fn note(&mut self, now: Instant) {
        self.noted_at = now;
        let head_s = self.timeline.time_s(self.next);
        let positions = &self.site.positions;
        if let Some(position) = positions.deliver(&self.player, self.run, head_s, now) {
            store(&self.site, &self.entry, position);
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let now = Instant::now();
        self.note(now);
        if let Some(position) = self.site.positions.end(&self.player, self.run, now) {
            store(&self.site, &self.entry, position);
        }
    }
}

/// Stores a position in the background.
fn store(site: &AppState, entry: &Arc<Entry>, position: PlayerPosition) {
    // There is none while the server stops.
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    let (site, entry) = (site.clone(), entry.clone());
    runtime.spawn(async move {
        if let Err(error) = store_position(&site, &entry, &position).await {
            tracing::warn!(%error, "the position of a player could not be stored");
        }
    });
}

async fn store_position(
    site: &AppState,
    entry: &Entry,
    position: &PlayerPosition,
) -> anyhow::Result<()> {
    let viewer = position.player.viewer;
    let is_known = site.viewers.get(viewer).is_some();
    if !is_known || site.store.is_guest_ticket(position.player.ticket.0).await? {
        return Ok(());
    }
    let (position_s, duration_s) = (position.position_s, position.duration_s);
    note_position(site, viewer, entry, position_s, duration_s).await
}

/// Moves films on that are played from the buffers of their players. Never returns.
pub async fn play_on_loop(site: AppState) {
    loop {
        tokio::time::sleep(PLAY_ON_INTERVAL).await;
        for position in site.positions.play_on(Instant::now()) {
            let player = &position.player;
            let entry = site
                .library
                .entry(&player.place, &player.path, Freshness::Cached);
            if let Ok(entry) = entry.await {
                store(&site, &entry, position);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_begins_at_the_first_byte_of_its_range() {
        let of = |range: &str| {
            first_byte(&HeaderMap::from_iter([(
                header::CONTENT_RANGE,
                range.parse().unwrap(),
            )]))
        };
        assert_eq!(of("bytes 4096-8191/10000"), 4096);
        assert_eq!(of("bytes */10000"), 0);
        assert_eq!(first_byte(&HeaderMap::new()), 0);
        let agent =
            |name: &str| HeaderMap::from_iter([(header::USER_AGENT, name.parse().unwrap())]);
        assert!(is_agent(&agent("rclone/v1.60.1"), &DOWNLOADERS));
        assert!(is_agent(&agent("VLC/3.0.21 LibVLC/3.0.21"), &PLAYERS));
        assert!(!is_agent(&HeaderMap::new(), &DOWNLOADERS));
    }
}
