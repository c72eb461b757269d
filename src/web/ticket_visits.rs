//! Limits of tickets: the number of concurrent clients, and the number of visits.
//!
//! A client is an IP and a user agent. It counts as present while a reply is sent to it, and for two minutes after its last
//! request. A visit begins with the first request of a client that was away for half an hour. Visits are counted in the
//! state; the clients are in memory, so that each one begins another visit after a restart.
//!
//! If several servers use the state, it has the clients, too, and counts them for all servers. A server that let a client
//! in holds a lease for it, which it renews in the background: until the lease ends, requests of the client ask the
//! state nothing. While the database is away, each server counts clients by itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::error::Problem;
use super::{AppState, AppStateInner};
use crate::playback::ticket::{Ticket, TicketId};
use crate::store::{ClientAdmission, SeenClient, SharedLimits, TicketClientTtl, WriteFault};

/// Time after its last request for which a client counts as present.
const PRESENCE_TTL: Duration = Duration::from_secs(120);

/// Time after which a client that returns begins another visit.
const VISIT_TTL: Duration = Duration::from_secs(30 * 60);

/// Both, for the state of several servers.
const TTL: TicketClientTtl = TicketClientTtl {
    presence: PRESENCE_TTL,
    visit: VISIT_TTL,
};

/// Clients that are kept of one ticket. With more, those that were away longest begin another visit sooner.
const MAX_CLIENTS: usize = 10_000;

/// Interval at which leases are renewed, a small part of [`PRESENCE_TTL`].
const RENEW_INTERVAL: Duration = Duration::from_secs(10);

/// Time for which a client that was let in while the database is away is not counted in it again.
const AWAY_TTL: Duration = Duration::from_secs(30);

/// Hash of a client's IP and user agent, the same at all servers.
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
    /// The lease that counts it among the clients of all servers; `None` where this server is the only one.
    lease: Option<ClientLease>,
}

/// The time for which the state counts a client among those of all servers.
#[derive(Debug, Clone, Copy)]
struct ClientLease {
    /// Time for which the client counts after the last sight that the state has.
    ttl: Duration,
    /// The last sight that the state has, by the clock of this server. It is no later than in the state.
    stored_at: Instant,
}

impl TicketClient {
    fn is_present(&self, now: Instant) -> bool {
        self.replies > 0 || now.duration_since(self.seen_at) < PRESENCE_TTL
    }
}

/// A request of a client that was let in. Until it is dropped, the client counts as present. The default counts none.
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
    /// There are as many concurrent clients as may be.
    Full,
}

impl TicketVisits {
    /// Lets the client of a request in under a ticket, or refuses it. `peer` may be a proxy.
    ///
    /// # Errors
    ///
    /// `rate_limited` if too many clients are present, `gone` if the visits are used up.
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
        if let Some(shared) = site.store.shared_limits() {
            visits.enter_shared(&shared, ticket, client).await?;
            return Ok(visits.guard(ticket, client));
        }
        let most = ticket.limits.max_viewers;
        match visits.enter(ticket.id, client, most, None, Instant::now()) {
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
        Ok(visits.guard(ticket, client))
    }

    fn guard(&self, ticket: &Ticket, client: ClientKey) -> VisitGuard {
        VisitGuard {
            visits: Some((self.clone(), ticket.id, client)),
        }
    }

    /// Counts a request of a client among those of all servers. Asks the state if there is no lease.
    async fn enter_shared(
        &self,
        shared: &SharedLimits,
        ticket: &Ticket,
        client: ClientKey,
    ) -> Result<(), Problem> {
        let now = Instant::now();
        if self.enter_leased(ticket.id, client, now) {
            return Ok(());
        }
        let limits = &ticket.limits;
        let ttl = match limits.max_viewers {
            Some(_) => PRESENCE_TTL,
            None => VISIT_TTL,
        };
        let counts = (limits.max_viewers, limits.max_visits);
        let admitted = shared.admit_client(ticket.id.0, client, counts, TTL);
        let lease = match admitted.await {
            Ok(ClientAdmission::Full) => return Err(TOO_MANY_VIEWERS),
            Ok(ClientAdmission::UsedUp) => return Err(NO_VISITS_LEFT),
            Ok(ClientAdmission::Admitted) => ClientLease {
                ttl,
                stored_at: now,
            },
            Err(error)
                if limits.max_visits.is_none()
                    && WriteFault::of(&error) == Some(WriteFault::DatabaseAway) =>
            {
                tracing::warn!(%error, "clients of a ticket are counted here alone");
                let lease = ClientLease {
                    ttl: AWAY_TTL,
                    stored_at: Instant::now(),
                };
                let most = limits.max_viewers;
                return match self.enter(ticket.id, client, most, Some(lease), Instant::now()) {
                    VisitAdmission::Full => Err(TOO_MANY_VIEWERS),
                    VisitAdmission::Known | VisitAdmission::Visit => Ok(()),
                };
            }
            Err(error) => return Err(Problem::of_state(&error)),
        };
        // There is room at all servers together; this one does not count again.
        self.enter(ticket.id, client, None, Some(lease), now);
        Ok(())
    }

    /// Counts a request of a client that has a lease. Returns false if it has none.
    fn enter_leased(&self, ticket: TicketId, client: ClientKey, now: Instant) -> bool {
        let mut tickets = self.lock();
        let known = tickets
            .get_mut(&ticket)
            .and_then(|clients| clients.get_mut(&client))
            .filter(|client| client.lease.is_some_and(|lease| lease.is_good(now)));
        let Some(known) = known else {
            return false;
        };
        known.seen_at = now;
        known.replies += 1;
        true
    }

    /// Returns the clients whose last sight the state does not have.
    fn unstored(&self, now: Instant) -> Vec<(SeenClient, Instant)> {
        let tickets = self.lock();
        let clients = tickets.iter().flat_map(|(ticket, clients)| {
            clients.iter().filter_map(move |(key, client)| {
                let lease = client.lease?;
                let seen_at = match client.replies {
                    0 => client.seen_at,
                    _ => now,
                };
                let seen = SeenClient {
                    ticket: ticket.0,
                    client: *key,
                    age: now.saturating_duration_since(seen_at),
                };
                (seen_at > lease.stored_at).then_some((seen, seen_at))
            })
        });
        clients.collect()
    }

    /// Prolongs the leases of clients whose last sight was stored.
    fn note_stored(&self, stored: &[(SeenClient, Instant)]) {
        let mut tickets = self.lock();
        for (seen, at) in stored {
            let client = tickets
                .get_mut(&TicketId(seen.ticket))
                .and_then(|clients| clients.get_mut(&seen.client));
            if let Some(lease) = client.and_then(|client| client.lease.as_mut()) {
                lease.stored_at = lease.stored_at.max(*at);
            }
        }
    }

    /// Counts a request of a client, if fewer than `max_viewers` others are present.
    fn enter(
        &self,
        ticket: TicketId,
        client: ClientKey,
        max_viewers: Option<u16>,
        lease: Option<ClientLease>,
        now: Instant,
    ) -> VisitAdmission {
        let mut tickets = self.lock();
        let clients = tickets.entry(ticket).or_default();
        clients.retain(|_, client| {
            client.replies > 0 || now.duration_since(client.seen_at) < VISIT_TTL
        });
        let others = clients
            .iter()
            .filter(|(key, other)| **key != client && other.is_present(now))
            .count();
        if max_viewers.is_some_and(|most| others >= usize::from(most)) {
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
                known.lease = lease;
                VisitAdmission::Known
            }
            Entry::Vacant(new) => {
                new.insert(TicketClient {
                    seen_at: now,
                    replies: 1,
                    lease,
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

impl ClientLease {
    fn is_good(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.stored_at) < self.ttl
    }
}

/// Renews the leases of clients, where several servers use the state. Never returns there.
pub async fn renew_ticket_clients(site: AppState) {
    let Some(shared) = site.store.shared_limits() else {
        return;
    };
    loop {
        tokio::time::sleep(RENEW_INTERVAL).await;
        let unstored = site.ticket_visits.unstored(Instant::now());
        if unstored.is_empty() {
            continue;
        }
        let seen: Vec<SeenClient> = unstored.iter().map(|(seen, _)| *seen).collect();
        match shared.see_clients(&seen, VISIT_TTL).await {
            Ok(()) => site.ticket_visits.note_stored(&unstored),
            Err(error) => {
                tracing::debug!(%error, "the clients of tickets could not be stored");
            }
        }
    }
}

fn client_key(ip: IpAddr, headers: &HeaderMap) -> ClientKey {
    let mut hasher = Sha256::new();
    hasher.update(ip.to_string());
    if let Some(agent) = headers.get(header::USER_AGENT) {
        hasher.update([0]);
        hasher.update(agent.as_bytes());
    }
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(hasher.finalize());
    ClientKey::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Returns true for the refusals of [`TicketVisits::admit`], whose sentences say nothing of what a link leads to.
pub(super) fn is_refusal(problem: &Problem) -> bool {
    [TOO_MANY_VIEWERS, NO_VISITS_LEFT]
        .iter()
        .any(|refusal| refusal.sentence == problem.sentence)
}

/// The refusal of a client for which there is no room.
const TOO_MANY_VIEWERS: Problem = Problem {
    sentence: Some(
        "As many people are watching by this link as its owner allows. Try again when one has left.",
    ),
    retry_after: Some(PRESENCE_TTL),
    ..Problem::TOO_MANY_ATTEMPTS
};

/// The refusal of a visit when all are used up.
const NO_VISITS_LEFT: Problem = Problem {
    sentence: Some("This link was good for a number of visits, and they are used up."),
    ..Problem::GONE
};

#[cfg(test)]
mod tests;
