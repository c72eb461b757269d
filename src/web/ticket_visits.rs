//! Limits of tickets: the number of concurrent viewers, and the number of visits.
//!
//! A viewer is a client: an IP and a user agent. It is there while a reply is sent to it, and for two minutes after its last
//! request. A visit begins with the first request of a client that was away for half an hour. Visits are counted in the
//! state; who is there is in memory, so that each client begins another visit after a restart.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use tokio::time::Instant;

use super::AppStateInner;
use super::error::Problem;
use crate::playback::ticket::{Ticket, TicketId};

/// Time after its last request for which a client counts as a viewer.
const VIEWER_TTL: Duration = Duration::from_secs(120);

/// Time after which a client that returns begins another visit.
const VISIT_TTL: Duration = Duration::from_secs(30 * 60);

/// Clients that are kept of one ticket. With more, those that were away longest begin another visit sooner.
const MAX_CLIENTS: usize = 10_000;

/// Hash of a client's IP and user agent.
type ClientKey = u64;

/// The clients of tickets with limits. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct TicketVisits {
    tickets: Arc<Mutex<HashMap<TicketId, HashMap<ClientKey, TicketClient>>>>,
}

#[derive(Debug)]
struct TicketClient {
    seen_at: Instant,
    /// Replies that are being sent to it.
    replies: usize,
}

impl TicketClient {
    fn is_there(&self, now: Instant) -> bool {
        self.replies > 0 || now.duration_since(self.seen_at) < VIEWER_TTL
    }
}

/// A request of a viewer who was let in. Until it is dropped, the viewer counts as being there. The default counts none.
#[derive(Debug, Default)]
pub struct VisitGuard {
    visits: Option<(TicketVisits, TicketId, ClientKey)>,
}

impl Drop for VisitGuard {
    fn drop(&mut self) {
        if let Some((visits, ticket, client)) = self.visits.take() {
            let mut tickets = visits.lock();
            let client = tickets
                .get_mut(&ticket)
                .and_then(|clients| clients.get_mut(&client));
            if let Some(client) = client {
                client.replies -= 1;
                client.seen_at = Instant::now();
            }
        }
    }
}

/// The answer to a client that asks to be let in.
#[derive(Debug, PartialEq, Eq)]
enum VisitAdmission {
    /// It is known.
    Known,
    /// It begins a visit.
    Visit,
    /// There are as many concurrent viewers as may be.
    Full,
}

impl TicketVisits {
    /// Lets the client of a request in under a ticket, or refuses it. `peer` may be a proxy.
    ///
    /// # Errors
    ///
    /// `rate_limited` if too many viewers are there, `gone` if the visits are used up.
    pub async fn admit(
        site: &AppStateInner,
        ticket: &Ticket,
        peer: SocketAddr,
        headers: &HeaderMap,
    ) -> Result<VisitGuard, Problem> {
        if !ticket.limits.has_counts() {
            return Ok(VisitGuard::default());
        }
        let visits = &site.ticket_visits;
        let client = client_key(site.proxies.client(peer.ip(), headers).ip, headers);
        match visits.enter(ticket, client, Instant::now()) {
            VisitAdmission::Full => return Err(TOO_MANY_VIEWERS),
            VisitAdmission::Known => {}
            VisitAdmission::Visit => {
                if let Some(max_visits) = ticket.limits.max_visits {
                    let counted = site.store.count_ticket_visit(ticket.id.0, max_visits).await;
                    let refusal = match counted {
                        Ok(true) => None,
                        Ok(false) => Some(NO_VISITS_LEFT),
                        Err(error) => Some(Problem::of_state(error.as_ref())),
                    };
                    if let Some(problem) = refusal {
                        visits.remove(ticket.id, client);
                        return Err(problem);
                    }
                }
            }
        }
        Ok(VisitGuard {
            visits: Some((visits.clone(), ticket.id, client)),
        })
    }

    /// Counts a request of a client, if the ticket has room for it.
    fn enter(&self, ticket: &Ticket, client: ClientKey, now: Instant) -> VisitAdmission {
        let mut tickets = self.lock();
        let clients = tickets.entry(ticket.id).or_default();
        clients.retain(|_, client| {
            client.replies > 0 || now.duration_since(client.seen_at) < VISIT_TTL
        });
        let others = clients
            .iter()
            .filter(|(key, other)| **key != client && other.is_there(now))
            .count();
        if ticket
            .limits
            .max_viewers
            .is_some_and(|most| others >= usize::from(most))
        {
            return VisitAdmission::Full;
        }
        if clients.len() >= MAX_CLIENTS {
            let away = clients
                .iter()
                .filter(|(_, client)| client.replies == 0)
                .min_by_key(|(_, client)| client.seen_at)
                .map(|(key, _)| *key);
            away.and_then(|key| clients.remove(&key));
        }
        match clients.entry(client) {
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.seen_at = now;
                known.replies += 1;
                VisitAdmission::Known
            }
            Entry::Vacant(new) => {
                new.insert(TicketClient {
                    seen_at: now,
                    replies: 1,
                });
                VisitAdmission::Visit
            }
        }
    }

    fn remove(&self, ticket: TicketId, client: ClientKey) {
        if let Some(clients) = self.lock().get_mut(&ticket) {
            clients.remove(&client);
        }
    }

    fn lock(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<TicketId, HashMap<ClientKey, TicketClient>>> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn client_key(ip: IpAddr, headers: &HeaderMap) -> ClientKey {
    let mut hasher = DefaultHasher::new();
    ip.hash(&mut hasher);
    let agent = headers.get(header::USER_AGENT);
    agent.map(|agent| agent.as_bytes()).hash(&mut hasher);
    hasher.finish()
}

/// Returns true for the refusals of [`TicketVisits::admit`], whose sentences say nothing of what a link leads to.
pub(super) fn is_refusal(problem: &Problem) -> bool {
    [TOO_MANY_VIEWERS, NO_VISITS_LEFT]
        .iter()
        .any(|refusal| refusal.sentence == problem.sentence)
}

/// The refusal of a viewer for whom there is no room.
const TOO_MANY_VIEWERS: Problem = Problem {
    sentence: Some(
        "As many people are watching by this link as its owner allows. Try again when one has left.",
    ),
    retry_after: Some(VIEWER_TTL),
    ..Problem::TOO_MANY_ATTEMPTS
};

/// The refusal of a visit when all are used up.
const NO_VISITS_LEFT: Problem = Problem {
    sentence: Some("This link was good for a number of visits, and they are used up."),
    ..Problem::GONE
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playback::ticket::Scope;
    use media::TicketLimits;

    fn ticket(max_viewers: Option<u16>) -> Ticket {
        Ticket {
            limits: TicketLimits {
                max_viewers,
                ..TicketLimits::default()
            },
            ..Ticket::new(TicketId([1; 8]), Scope::Everything)
        }
    }

    #[test]
    fn a_viewer_counts_while_it_is_sent_something_and_two_minutes_longer() {
        let visits = TicketVisits::default();
        let (one, two) = (ticket(Some(1)), ticket(Some(2)));
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let leave = |key| {
            let guard = VisitGuard {
                visits: Some((visits.clone(), one.id, key)),
            };
            drop(guard);
        };
        assert_eq!(visits.enter(&one, 7, at(0)), VisitAdmission::Visit);
        assert_eq!(visits.enter(&one, 7, at(1)), VisitAdmission::Known);
        assert_eq!(visits.enter(&one, 8, at(1)), VisitAdmission::Full);
        assert_eq!(visits.enter(&two, 8, at(1)), VisitAdmission::Visit);
        assert_eq!(visits.enter(&two, 9, at(1)), VisitAdmission::Full);
        // Long replies keep both there.
        assert_eq!(visits.enter(&two, 9, at(4_000)), VisitAdmission::Full);
        leave(8);
        assert_eq!(visits.enter(&two, 9, at(119)), VisitAdmission::Full);
        assert_eq!(visits.enter(&two, 9, at(121)), VisitAdmission::Visit);
        // One that returns within half an hour is no other visit, but needs room.
        leave(9);
        assert_eq!(visits.enter(&two, 8, at(300)), VisitAdmission::Known);
        leave(8);
        leave(7);
        leave(7);
        assert_eq!(visits.enter(&two, 9, at(1_700)), VisitAdmission::Known);
        leave(9);
        assert_eq!(visits.enter(&two, 9, at(1_801)), VisitAdmission::Visit);
    }
}
