//! Limits the speed of tickets: all replies under one ticket share it, on each server for itself.
//!
//! A body is passed on in small pieces, each of which takes its turn. While a piece waits, the body behind it is not
//! polled, so nothing is buffered here, and the upstream is read no faster than the viewers are served.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use moka::sync::Cache;
use parking_lot::Mutex;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::playback::ticket::{Ticket, TicketId};

/// Time for which a ticket may be served at once after it was idle: the beginning of a film comes quickly.
const BURST: Duration = Duration::from_secs(1);

/// Time after its last reply for which the turns of a ticket are remembered.
const IDLE_TTL: Duration = Duration::from_secs(60);

/// Tickets whose turns are remembered.
const MAX_TICKETS: u64 = 10_000;

/// Limits of the size of a piece. A piece takes about an eighth of a second.
const MIN_PIECE_BYTES: usize = 4 << 10;
const MAX_PIECE_BYTES: usize = 64 << 10;

/// The turns of all tickets with a limit of speed. Clones share them.
#[derive(Debug, Clone)]
pub struct TicketSpeeds(Cache<TicketId, Arc<TicketTurns>>);

impl Default for TicketSpeeds {
    fn default() -> Self {
        TicketSpeeds(
            Cache::builder()
                .max_capacity(MAX_TICKETS)
                .time_to_idle(IDLE_TTL)
                .build(),
        )
    }
}

impl TicketSpeeds {
    /// Returns the response with a body that has the ticket's speed at most.
    pub fn limit(&self, response: Response, ticket: &Ticket) -> Response {
        let Some(bytes_per_s) = ticket.limits.bytes_per_s else {
            return response;
        };
        let turns = self.0.get_with(ticket.id, || TicketTurns::new(bytes_per_s));
        response.map(|body| Body::new(ThrottledBody::new(body, turns)))
    }
}

/// The turns of one ticket.
#[derive(Debug)]
struct TicketTurns {
    bytes_per_s: u32,
    /// The time from which on the next piece may be sent.
    next: Mutex<Instant>,
}

impl TicketTurns {
    fn new(bytes_per_s: u32) -> Arc<Self> {
        Arc::new(TicketTurns {
            bytes_per_s: bytes_per_s.max(1),
            next: Mutex::new(Instant::now()),
        })
    }

    /// Returns the time at which a piece of so many bytes may be sent.
    fn take(&self, bytes: usize) -> Instant {
        let mut next = self.next.lock();
        let now = Instant::now();
        // Turns that were not used before the last second are lost.
        let at = (*next).max(now.checked_sub(BURST).unwrap_or(now));
        *next = at + Duration::from_secs_f64(bytes as f64 / f64::from(self.bytes_per_s));
        at
    }

    fn piece_bytes(&self) -> usize {
        (self.bytes_per_s as usize / 8).clamp(MIN_PIECE_BYTES, MAX_PIECE_BYTES)
    }
}

/// A body whose pieces take turns.
struct ThrottledBody {
    body: Body,
    turns: Arc<TicketTurns>,
    /// Bytes of `body` that have no turn yet.
    rest: Bytes,
    /// The piece that waits for its turn.
    waiting: Option<(Pin<Box<Sleep>>, Bytes)>,
}

impl ThrottledBody {
    fn new(body: Body, turns: Arc<TicketTurns>) -> Self {
        ThrottledBody {
            body,
            turns,
            rest: Bytes::new(),
            waiting: None,
        }
    }
}

impl HttpBody for ThrottledBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        loop {
            if let Some((turn, _)) = &mut self.waiting {
                ready!(turn.as_mut().poll(context));
                let piece = self.waiting.take().map(|(_, piece)| Frame::data(piece));
                return Poll::Ready(piece.map(Ok));
            }
            if self.rest.is_empty() {
                match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(data) => self.rest = data,
                        Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                    },
                    end => return Poll::Ready(end),
                }
            }
            if self.rest.is_empty() {
                continue;
            }
            let bytes = self.rest.len().min(self.turns.piece_bytes());
            let piece = self.rest.split_to(bytes);
            let at = self.turns.take(bytes);
            if at <= Instant::now() {
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
            self.waiting = Some((Box::pin(sleep_until(at)), piece));
        }
    }

    fn is_end_stream(&self) -> bool {
        self.waiting.is_none() && self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let held = self.rest.len() + self.waiting.as_ref().map_or(0, |(_, piece)| piece.len());
        let behind = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(behind.lower() + held as u64);
        if let Some(upper) = behind.upper() {
            hint.set_upper(upper + held as u64);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use futures_util::future::join;
    use media::TicketLimits;

    use super::*;
    use crate::playback::ticket::Scope;

    fn ticket(id: u8, bytes_per_s: Option<u32>) -> Ticket {
        Ticket {
            limits: TicketLimits {
                bytes_per_s,
                ..TicketLimits::default()
            },
            ..Ticket::new(TicketId([id; 8]), Scope::Everything)
        }
    }

    async fn sent(speeds: &TicketSpeeds, ticket: &Ticket, bytes: usize) -> Duration {
        let begun = Instant::now();
        let body: Vec<u8> = (0..bytes).map(|index| index as u8).collect();
        let response = speeds.limit(Response::new(Body::from(body.clone())), ticket);
        let length = response.body().size_hint().exact();
        assert_eq!(length, Some(bytes as u64), "the length is still announced");
        let all = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(all == body, "every byte, in order");
        begun.elapsed()
    }

    // The clock of the runtime is paused, and goes on to the next timer when all wait.
    #[tokio::test(start_paused = true)]
    async fn all_replies_under_a_ticket_share_its_speed() {
        let speeds = TicketSpeeds::default();
        let slow = ticket(1, Some(100_000));
        let took = sent(&speeds, &slow, 1_000_000).await.as_secs_f64();
        assert!((9.8..=10.1).contains(&took), "{took}");
        let both = join(sent(&speeds, &slow, 500_000), sent(&speeds, &slow, 500_000));
        let (one, other) = both.await;
        let took = one.max(other).as_secs_f64();
        assert!((9.8..=10.1).contains(&took), "{took}");
        assert!(one.min(other).as_secs_f64() > 9.0, "they take turns");
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_ticket_saves_up_a_second_and_no_more() {
        let speeds = TicketSpeeds::default();
        let slow = ticket(1, Some(100_000));
        sent(&speeds, &slow, 10_000).await;
        tokio::time::sleep(Duration::from_secs(30)).await;
        let took = sent(&speeds, &slow, 500_000).await.as_secs_f64();
        assert!((3.8..=4.1).contains(&took), "{took}");
    }

    #[tokio::test(start_paused = true)]
    async fn other_tickets_are_not_slowed() {
        let speeds = TicketSpeeds::default();
        assert_eq!(
            sent(&speeds, &ticket(2, None), 5_000_000).await,
            Duration::ZERO
        );
        let slow = ticket(1, Some(50_000));
        let fast = ticket(3, Some(1_000_000_000));
        let (one, other) = join(
            sent(&speeds, &slow, 500_000),
            sent(&speeds, &fast, 5_000_000),
        )
        .await;
        assert!(one.as_secs_f64() > 9.0 && other < Duration::from_secs(1));
    }
}
