//! Limits the speed of tickets: all replies under one ticket share it, also those of other servers on the same state.
//!
//! A body is passed on in small pieces, each of which takes its turn. While a piece waits, the body behind it is not
//! polled, so nothing is buffered here, and the upstream is read no faster than the viewers are served.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http_body::{Frame, SizeHint};

use super::ticket_turns::TicketTurns;
use crate::playback::ticket::{Ticket, TicketId};
use crate::store::SharedTurns;
use cache::SyncCache;

/// Time after its last reply for which the turns of a ticket are remembered.
const IDLE_TTL: Duration = Duration::from_secs(60);

/// Tickets whose turns are remembered.
const MAX_TICKETS: u64 = 10_000;

/// The turns of all tickets with a limit of speed. Clones share them.
#[derive(Debug, Clone)]
pub struct TicketSpeeds {
    tickets: SyncCache<TicketId, Arc<TicketTurns>>,
    /// `None` where no other server uses the state.
    shared: Option<SharedTurns>,
}

impl TicketSpeeds {
    /// Returns the turns of tickets that were not used yet. `shared` are those of all servers on one state.
    pub fn new(shared: Option<SharedTurns>) -> Self {
        TicketSpeeds {
            tickets: SyncCache::builder()
                .max_capacity(MAX_TICKETS)
                .time_to_idle(IDLE_TTL)
                .build(),
            shared,
        }
    }

    /// Returns the response with a body that has the ticket's speed at most.
    pub fn limit(&self, response: Response, ticket: &Ticket) -> Response {
        let Some(bytes_per_s) = ticket.limits.bytes_per_s else {
            return response;
        };
        let turns = self.tickets.get_with(ticket.id, || {
            Arc::new(TicketTurns::new(
                ticket.id,
                bytes_per_s,
                self.shared.clone(),
            ))
        });
        response.map(|body| Body::new(ThrottledBody::new(body, turns)))
    }
}

/// A body whose pieces take turns.
struct ThrottledBody {
    body: Body,
    turns: Arc<TicketTurns>,
    /// Bytes of `body` that have no turn yet.
    rest: Bytes,
    /// The piece that waits for its turn.
    waiting: Option<(BoxFuture<'static, ()>, Bytes)>,
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
            let turns = self.turns.clone();
            let turn = async move { turns.wait(bytes).await };
            self.waiting = Some((turn.boxed(), piece));
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
    use tokio::time::Instant;

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
        let speeds = TicketSpeeds::new(None);
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
        let speeds = TicketSpeeds::new(None);
        let slow = ticket(1, Some(100_000));
        sent(&speeds, &slow, 10_000).await;
        tokio::time::sleep(Duration::from_secs(30)).await;
        let took = sent(&speeds, &slow, 500_000).await.as_secs_f64();
        assert!((3.8..=4.1).contains(&took), "{took}");
    }

    #[tokio::test(start_paused = true)]
    async fn other_tickets_are_not_slowed() {
        let speeds = TicketSpeeds::new(None);
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
