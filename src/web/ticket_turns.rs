//! The turns of the pieces that are sent under a ticket with a limit of speed.
//!
//! If several servers use the state, it has one line of turns for all of them. A server takes half a second of it at a time,
//! and gives that to its replies; a server with nothing to send takes nothing, so the others have all of the speed. While
//! the database is away, each server keeps to the speed by itself.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::{Instant, sleep_until, timeout};

use crate::playback::ticket::TicketId;
use crate::store::SharedTurns;

/// Time for which a ticket may be served at once after it was idle: the beginning of a film comes quickly.
const BURST: Duration = Duration::from_secs(1);

/// Length of the part of the common line that a server takes at a time.
const SPAN: Duration = Duration::from_millis(500);

/// Time to wait for the database. A second of turns that passes meanwhile is made up for.
const TAKE_TIMEOUT: Duration = BURST;

/// Time for which a database that did not answer is not asked again.
const AWAY_TTL: Duration = Duration::from_secs(10);

/// Limits of the size of a piece. A piece takes about an eighth of a second.
const MIN_PIECE_BYTES: usize = 4 << 10;
const MAX_PIECE_BYTES: usize = 64 << 10;

/// The turns of one ticket.
#[derive(Debug)]
pub(super) struct TicketTurns {
    bytes_per_s: u32,
    /// The time from which on the next piece may be sent, as far as this server is alone.
    next: Mutex<Instant>,
    /// `None` where no other server uses the state.
    common: Option<CommonLine>,
}

/// The line of all servers, and the part of it that this one has.
#[derive(Debug)]
struct CommonLine {
    ticket: TicketId,
    turns: SharedTurns,
    span: tokio::sync::Mutex<TakenSpan>,
}

#[derive(Debug)]
struct TakenSpan {
    /// The time from which on the next piece may be sent.
    next: Instant,
    left: Duration,
    /// Turns that were used beyond the end of the span.
    overrun: Duration,
    /// The time until which the database is taken to be away; `None` if it answers.
    away_until: Option<Instant>,
}

impl TicketTurns {
    pub fn new(ticket: TicketId, bytes_per_s: u32, turns: Option<SharedTurns>) -> Self {
        let now = Instant::now();
        TicketTurns {
            bytes_per_s: bytes_per_s.max(1),
            next: Mutex::new(now),
            common: turns.map(|turns| CommonLine {
                ticket,
                turns,
                span: tokio::sync::Mutex::new(TakenSpan {
                    next: now,
                    left: Duration::ZERO,
                    overrun: Duration::ZERO,
                    away_until: None,
                }),
            }),
        }
    }

    /// Returns the size of a piece.
    pub fn piece_bytes(&self) -> usize {
        (self.bytes_per_s as usize / 8).clamp(MIN_PIECE_BYTES, MAX_PIECE_BYTES)
    }

    /// Takes the turn of a piece of so many bytes, and waits for it.
    pub async fn wait(&self, bytes: usize) {
        let length = Duration::from_secs_f64(bytes as f64 / f64::from(self.bytes_per_s));
        let common = match &self.common {
            Some(common) => common.take(length).await,
            None => None,
        };
        let at = common.unwrap_or_else(|| self.take_alone(length));
        if at > Instant::now() {
            sleep_until(at).await;
        }
    }

    /// Returns the beginning of a turn, as if there were no other server.
    fn take_alone(&self, length: Duration) -> Instant {
        let mut next = self.next.lock();
        let now = Instant::now();
        // Turns that were not used before the last second are lost.
        let at = (*next).max(now.checked_sub(BURST).unwrap_or(now));
        *next = at + length;
        at
    }
}

impl CommonLine {
    /// Returns the beginning of a turn; `None` while the database is away.
    async fn take(&self, length: Duration) -> Option<Instant> {
        let mut span = self.span.lock().await;
        let now = Instant::now();
        if span.away_until.is_some_and(|until| now < until) {
            return None;
        }
        if span.left.is_zero() || span.next + span.left + BURST < now {
            self.renew(&mut span).await?;
        }
        let at = span.next;
        span.next = at + length;
        span.overrun = length.saturating_sub(span.left);
        span.left = span.left.saturating_sub(length);
        Some(at)
    }

    /// Takes the next part of the line. Turns that were used beyond the end of the last part belong to it.
    async fn renew(&self, span: &mut TakenSpan) -> Option<()> {
        let overrun = std::mem::take(&mut span.overrun);
        let taken = self.turns.take(self.ticket.0, SPAN + overrun, BURST);
        let now = Instant::now();
        let begins_in = match timeout(TAKE_TIMEOUT, taken).await {
            Ok(Ok(millis)) => millis,
            Ok(Err(error)) => {
                tracing::debug!(%error, "the speed of a ticket is limited here alone");
                span.away_until = Some(Instant::now() + AWAY_TTL);
                return None;
            }
            Err(_) => {
                tracing::debug!("the speed of a ticket is limited here alone");
                span.away_until = Some(Instant::now() + AWAY_TTL);
                return None;
            }
        };
        let distance = Duration::from_millis(begins_in.unsigned_abs());
        let begin = match begins_in < 0 {
            true => now.checked_sub(distance).unwrap_or(now),
            false => now + distance,
        };
        *span = TakenSpan {
            next: begin + overrun,
            left: SPAN,
            overrun: Duration::ZERO,
            away_until: None,
        };
        Some(())
    }
}
