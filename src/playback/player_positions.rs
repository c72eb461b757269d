//! Positions of players that report none: VLC, Kodi, mpv and others, which only request media.
//!
//! A player reads ahead, by a minute or by hundreds of megabytes, so bytes alone say little. The position is where the
//! reading began, plus the time for which it went on, and never behind what was delivered. Time counts while data
//! arrive, so that a paused player does not move on.
//!
//! Its pace distinguishes a player from a download and from a probe: once its buffer is full, it takes as many seconds of
//! the film as pass on the clock. A download takes them as fast as the line allows, and a probe ends before there is a
//! pace. What is not at that pace for [`WINDOWS`] windows in a row leaves no trace. VLC, mpv and Kodi are known by their
//! user agents, and play what they read for a while.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::ticket::TicketId;
use cache::SyncCache;
use media::{EntryPath, Place, ViewerId};

/// A player, as far as it is known, and what it plays.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PlayerKey {
    /// The ticket that it plays with; eight zeros for a password.
    pub ticket: TicketId,
    /// The viewer of the ticket.
    pub viewer: ViewerId,
    /// The IP that it connects from.
    pub ip: IpAddr,
    /// The drive or share.
    pub place: Place,
    /// The film.
    pub path: EntryPath,
}

/// A position to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayerPosition {
    /// The player and its film.
    pub player: PlayerKey,
    /// The position in seconds.
    pub position_s: f64,
    /// The length of the film in seconds.
    pub duration_s: f64,
}

/// The length of a window over which the pace is measured.
const WINDOW: Duration = Duration::from_secs(4);

/// Windows in a row with the pace of a player.
const WINDOWS: u32 = 2;

/// Seconds of the film in a second that still are a player's pace: some play faster than their films.
const MAX_PACE: f64 = 2.2;

/// A gap in reading counts as playing for this long. Between segments, up to one and a half of them count, and no more
/// than a bit more than what arrives in the three seconds after the gap. The rest of it is a pause.
const MAX_GAP_S: f64 = 2.0;
const MAX_SEGMENTS_OF_GAP: f64 = 1.5;
const GAP_PER_DELIVERED: f64 = 1.25;
const GAP_TIMEOUT: Duration = Duration::from_secs(3);

/// Time for which a player that reports its own positions is believed after a report.
const REPORT_TTL: Duration = Duration::from_secs(120);

/// Seconds of the film between two reads that still belong together.
const CONTIGUOUS_S: f64 = 1.5;

/// Seconds of playing before a position after a seek is stored.
const MIN_CLOCK_S: f64 = 3.0;

/// Seconds after which a known player plays, and does not look into the film only.
const MIN_PLAYER_CLOCK_S: f64 = 8.0;

/// Seconds of a film that a known player has read without a seek if it is to play them from its buffer.
const MIN_BUFFERED_S: f64 = 8.0;

/// Interval at which positions are stored.
const STORE_INTERVAL: Duration = Duration::from_secs(5);

/// A player that requests nothing for this long is forgotten.
const IDLE_TIMEOUT: Duration = Duration::from_secs(600);

/// A film is played to its end from the buffer of the player; longer buffers than this are not believed.
const MAX_BUFFERED_S: f64 = 900.0;

/// Maximum number of players, and of runs of each.
const MAX_PLAYERS: usize = 2_000;
const MAX_RUNS: usize = 8;

/// A request for a stream of a film.
#[derive(Debug, Clone, Copy)]
pub struct StreamRequest<'a> {
    /// The name of the stream: `original`, `720p`.
    pub stream: &'a str,
    /// The time in the film at which it begins, in seconds.
    pub from_s: f64,
    /// The length of a segment in seconds; 0 for a stream that is sent as one.
    pub segment_s: f64,
    /// The length of the film in seconds.
    pub duration_s: f64,
    /// True if the client is known to be a player: it needs no pace, since it may read all of a film at once.
    pub is_player: bool,
}

/// Identifies a run of a player.
pub type RunId = u64;

/// All players that are reading.
pub struct PlayerPositions {
    players: Mutex<KnownPlayers>,
    /// Films whose positions were reported a moment ago.
    reports: SyncCache<(ViewerId, Place, EntryPath), ()>,
}

impl Default for PlayerPositions {
    fn default() -> Self {
        PlayerPositions {
            players: Mutex::default(),
            reports: SyncCache::builder()
                .max_capacity(10_000)
                .time_to_live(REPORT_TTL)
                .build(),
        }
    }
}

#[derive(Default)]
struct KnownPlayers {
    by_key: HashMap<PlayerKey, Player>,
    last_run: RunId,
}

struct Player {
    duration_s: f64,
    runs: Vec<Run>,
    /// True if the client is known to be one.
    is_player: bool,
    /// True once it was read at the pace of a player, or for long enough by a known one.
    is_playing: bool,
    stored_at: Option<Instant>,
    touched_at: Instant,
}

/// Reading without a seek in one stream of a film.
struct Run {
    id: RunId,
    stream: String,
    start_s: f64,
    clock_s: f64,
    head_s: f64,
    /// Length of a segment in seconds, 0 for a stream that is sent as one.
    segment_s: f64,
    /// The rest of the last gap, and the time until which it may still count.
    gap_s: f64,
    gap_until: Instant,
    last_at: Instant,
    window_at: Instant,
    window_head_s: f64,
    windows: u32,
    /// Number of replies that are being sent.
    open: u32,
}

impl Run {
    fn position_s(&self) -> f64 {
        // A player requests a segment every so often, and is seen at no other time: on average half of one later.
        (self.start_s + self.clock_s + self.segment_s / 2.0).min(self.head_s)
    }

    /// Returns true if a request from `from_s` on belongs to this reading. Players built on ffmpeg request the next segment
    /// while they read one, so the segments under way may lie between.
    fn goes_on_at(&self, from_s: f64) -> bool {
        let under_way_s = self.segment_s * f64::from(self.open);
        let ahead_s = from_s - self.head_s;
        ahead_s >= -CONTIGUOUS_S && ahead_s <= under_way_s + CONTIGUOUS_S
    }

    fn is_played(&self, by_player: bool) -> bool {
        self.windows >= WINDOWS || (by_player && self.clock_s >= MIN_PLAYER_CLOCK_S)
    }

    fn advance(&mut self, head_s: f64, now: Instant) {
        let passed = now.duration_since(self.last_at).as_secs_f64();
        let delivered = (head_s - self.head_s).max(0.0);
        if passed > MAX_GAP_S {
            self.gap_s = (passed - MAX_GAP_S).min(self.segment_s * MAX_SEGMENTS_OF_GAP);
            self.gap_until = now + GAP_TIMEOUT;
        }
        let mut played = passed.min(MAX_GAP_S);
        if now <= self.gap_until {
            let of_gap = self.gap_s.min(delivered * GAP_PER_DELIVERED);
            self.gap_s -= of_gap;
            played += of_gap;
        }
        self.clock_s += played;
        self.head_s = self.head_s.max(head_s);
        self.last_at = now;
        let window = now.duration_since(self.window_at);
        if window >= WINDOW {
            let pace = (self.head_s - self.window_head_s) / window.as_secs_f64();
            // Nothing at all is a pause, and says nothing.
            if pace > MAX_PACE {
                self.windows = 0;
            } else if self.head_s > self.window_head_s {
                self.windows += 1;
            }
            self.window_at = now;
            self.window_head_s = self.head_s;
        }
    }
}

impl PlayerPositions {
    /// Notes that a viewer's position in a film was reported: what is read of it says less, for a while.
    pub fn report(&self, viewer: ViewerId, place: &Place, path: &EntryPath) {
        self.reports
            .insert((viewer, place.clone(), path.clone()), ());
    }

    fn is_reported(&self, player: &PlayerKey) -> bool {
        let film = (player.viewer, player.place.clone(), player.path.clone());
        self.reports.contains_key(&film)
    }

    /// Notes that a player requests a stream from a time on. Goes on with the run that ended there, if there is one.
    pub fn begin(&self, player: &PlayerKey, request: &StreamRequest<'_>, now: Instant) -> RunId {
        let StreamRequest {
            stream,
            from_s,
            segment_s,
            duration_s,
            is_player,
        } = *request;
        let mut players = self.players.lock();
        players.forget_idle(now);
        players.last_run += 1;
        let id = players.last_run;
        let entry = players.by_key.entry(player.clone());
        let known = entry.or_insert_with(|| Player {
            duration_s,
            runs: Vec::new(),
            is_player: false,
            is_playing: false,
            stored_at: None,
            touched_at: now,
        });
        known.touched_at = now;
        known.duration_s = duration_s;
        known.is_player |= is_player;
        let goes_on = known
            .runs
            .iter_mut()
            .find(|run| run.stream == stream && run.goes_on_at(from_s));
        if let Some(run) = goes_on {
            run.open += 1;
            return run.id;
        }
        if known.runs.len() >= MAX_RUNS {
            let idle = (0..known.runs.len()).min_by_key(|at| {
                let run = &known.runs[*at];
                (run.open > 0, run.last_at)
            });
            known.runs.remove(idle.unwrap_or_default());
        }
        known.runs.push(Run {
            id,
            stream: stream.to_owned(),
            start_s: from_s,
            clock_s: 0.0,
            head_s: from_s,
            segment_s,
            gap_s: 0.0,
            gap_until: now,
            last_at: now,
            window_at: now,
            window_head_s: from_s,
            windows: 0,
            open: 1,
        });
        id
    }

    /// Notes that a stream was delivered up to `head_s`. Returns the position if it is to be stored now.
    pub fn deliver(
        &self,
        player: &PlayerKey,
        run: RunId,
        head_s: f64,
        now: Instant,
    ) -> Option<PlayerPosition> {
        let mut players = self.players.lock();
        let known = players.by_key.get_mut(player)?;
        known.touched_at = now;
        let run = known.runs.iter_mut().find(|it| it.id == run)?;
        run.advance(head_s, now);
        known.is_playing |= run.is_played(known.is_player);
        let due = known
            .stored_at
            .is_none_or(|at| now.duration_since(at) >= STORE_INTERVAL);
        let (position_s, is_due) = (run.position_s(), due && run.clock_s >= MIN_CLOCK_S);
        let position = known.store(player, position_s, is_due, now);
        position.filter(|_| !self.is_reported(player))
    }

    /// Notes that a reply has ended. Returns the last position of a player.
    pub fn end(&self, player: &PlayerKey, run: RunId, now: Instant) -> Option<PlayerPosition> {
        let mut players = self.players.lock();
        let known = players.by_key.get_mut(player)?;
        let run = known.runs.iter_mut().find(|it| it.id == run)?;
        run.open = run.open.saturating_sub(1);
        run.advance(run.head_s, now);
        known.is_playing |= run.is_played(known.is_player);
        let (position_s, is_due) = (run.position_s(), run.clock_s >= MIN_CLOCK_S);
        let position = known.store(player, position_s, is_due, now);
        position.filter(|_| !self.is_reported(player))
    }

    /// Returns the positions of players that have the rest of their film in their buffers, and play on without a request.
    pub fn play_on(&self, now: Instant) -> Vec<PlayerPosition> {
        let mut players = self.players.lock();
        players.forget_idle(now);
        let mut positions = Vec::new();
        for (key, known) in &mut players.by_key {
            let end_s = known.duration_s - CONTIGUOUS_S;
            let last = known.runs.iter_mut().max_by_key(|run| run.last_at);
            let Some(run) = last.filter(|run| {
                let rest = run.head_s - run.position_s();
                run.open == 0 && run.head_s >= end_s && rest > 0.0 && rest <= MAX_BUFFERED_S
            }) else {
                continue;
            };
            let is_buffered = known.is_player && run.head_s - run.start_s >= MIN_BUFFERED_S;
            if !known.is_playing && !is_buffered {
                continue;
            }
            run.clock_s += now.duration_since(run.last_at).as_secs_f64();
            run.last_at = now;
            known.is_playing |= run.is_played(known.is_player);
            known.touched_at = now;
            let position_s = run.position_s();
            positions.extend(known.store(key, position_s, true, now));
        }
        positions.retain(|position| !self.is_reported(&position.player));
        positions
    }
}

impl Player {
    fn store(
        &mut self,
        key: &PlayerKey,
        position_s: f64,
        is_due: bool,
        now: Instant,
    ) -> Option<PlayerPosition> {
        if !self.is_playing || !is_due {
            return None;
        }
        self.stored_at = Some(now);
        Some(PlayerPosition {
            player: key.clone(),
            position_s: position_s.clamp(0.0, self.duration_s),
            duration_s: self.duration_s,
        })
    }
}

impl KnownPlayers {
    fn forget_idle(&mut self, now: Instant) {
        let is_live = |player: &Player| {
            now.duration_since(player.touched_at) < IDLE_TIMEOUT
                || player.runs.iter().any(|run| run.open > 0)
        };
        self.by_key.retain(|_, player| is_live(player));
        if self.by_key.len() >= MAX_PLAYERS {
            let oldest = self.by_key.iter().min_by_key(|(_, it)| it.touched_at);
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                self.by_key.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests;
