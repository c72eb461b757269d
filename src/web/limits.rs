//! Limits on concurrent requests per client IP and per ticket, and on URL length.
//!
//! A request counts until the last byte of its reply has been sent. Requests from loopback are not limited by IP:
//! behind a proxy on this machine that is not in `network.trusted_proxies`, all requests come from there.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::AppState;
use super::auth::network;
use super::client::ClientInfo;
use super::drain::ReplyGuard;
use super::error::Problem;

/// A path of 4,096 bytes with every byte encoded, after a ticket for such a path, and room for a query.
const MAX_URL_BYTES: usize = 24 * 1024;

/// Limits concurrent requests per client IP and per ticket. Clones share the counts.
#[derive(Clone)]
pub struct ClientLimiter {
    max_per_ip: usize,
    by_ip: RequestCounts<IpAddr>,
    by_ticket: RequestCounts<String>,
}

/// A ticket may be used by viewers at several IPs, by so many times the requests of one IP.
const TICKET_FACTOR: usize = 4;

impl ClientLimiter {
    /// Returns a limiter with at most `max_per_ip` concurrent requests per IP.
    pub fn new(max_per_ip: usize) -> Self {
        ClientLimiter {
            max_per_ip,
            by_ip: RequestCounts::default(),
            by_ticket: RequestCounts::default(),
        }
    }

    /// Returns `None` if the client has too many requests, or the ticket of the play URL `path` has.
    fn acquire(&self, ip: IpAddr, path: &str) -> Option<RequestGuards> {
        let by_ip = match ip.is_loopback() {
            true => None,
            false => Some(self.by_ip.acquire(network(ip), self.max_per_ip)?),
        };
        let max_per_ticket = self.max_per_ip.saturating_mul(TICKET_FACTOR);
        let by_ticket = match ticket_of(path) {
            None => None,
            Some(ticket) => Some(self.by_ticket.acquire(ticket.to_owned(), max_per_ticket)?),
        };
        Some(RequestGuards {
            _by_ip: by_ip,
            _by_ticket: by_ticket,
        })
    }
}

/// Returns the ticket in the path of a play URL, or of the like of a TV app; `None` for other paths.
fn ticket_of(path: &str) -> Option<&str> {
    let of_app = || path.strip_prefix("/jellyfin/")?.split_once("/play/");
    let below = path.strip_prefix("/play/");
    let below = below.or_else(|| Some(of_app()?.1));
    below?.split('/').next()
}

/// Counts of concurrent requests.
struct RequestCounts<K>(Arc<Mutex<HashMap<K, usize>>>);

/// One counted request. Dropping it ends the count.
struct RequestGuard<K: Eq + Hash> {
    counts: RequestCounts<K>,
    key: K,
}

/// The counts of one request.
struct RequestGuards {
    _by_ip: Option<RequestGuard<IpAddr>>,
    _by_ticket: Option<RequestGuard<String>>,
}

impl<K> Default for RequestCounts<K> {
    fn default() -> Self {
        RequestCounts(Arc::default())
    }
}

impl<K> Clone for RequestCounts<K> {
    fn clone(&self) -> Self {
        RequestCounts(self.0.clone())
    }
}

impl<K: Eq + Hash + Clone> RequestCounts<K> {
    /// Returns `None` if there are `max` requests already.
    fn acquire(&self, key: K, max: usize) -> Option<RequestGuard<K>> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&key).copied().unwrap_or_default();
        if count >= max {
            return None;
        }
        counts.insert(key.clone(), count + 1);
        Some(RequestGuard {
            counts: self.clone(),
            key,
        })
    }
}

impl<K: Eq + Hash> Drop for RequestGuard<K> {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

const TOO_MANY: Problem = Problem {
    sentence: Some("This address has too many requests under way at once."),
    retry_after: Some(Duration::from_secs(1)),
    ..Problem::TOO_MANY_ATTEMPTS
};

const TOO_LONG: Problem = Problem {
    status: StatusCode::URI_TOO_LONG,
    ..Problem::bad_request("The address is too long.")
};

/// Enforces both limits.
pub(super) async fn enforce(
    State(site): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let length = request
        .uri()
        .path_and_query()
        .map_or(0, |path| path.as_str().len());
    if length > MAX_URL_BYTES {
        return TOO_LONG.into_response();
    }
    let client = ClientInfo::of(&request);
    let acquired = site
        .request_limiter
        .acquire(client.ip, request.uri().path());
    let Some(guards) = acquired else {
        // Players never retry a 4xx.
        let path = request.uri().path();
        let is_players = path.starts_with("/play/") || path.starts_with("/jellyfin/");
        let problem = if is_players {
            TOO_MANY.for_players()
        } else {
            TOO_MANY
        };
        return problem.into_response();
    };
    let reply = site.drain.count_reply();
    let mut response = next.run(request).await;
    site.drain.mark(&mut response);
    let (parts, body) = response.into_parts();
    let body = GuardedBody {
        body,
        _guards: guards,
        _reply: reply,
    };
    Response::from_parts(parts, Body::new(body))
}

/// A response body that holds the counts of its request.
struct GuardedBody {
    body: Body,
    _guards: RequestGuards,
    _reply: ReplyGuard,
}

impl HttpBody for GuardedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_gets_it_back() {
        let limiter = ClientLimiter::new(2);
        let at = |text: &str| limiter.acquire(text.parse().unwrap(), "/browse/films");
        let first = at("203.0.113.9").unwrap();
        let _second = at("203.0.113.9").unwrap();
        assert!(at("203.0.113.9").is_none());
        let _other = at("2001:db8::1").unwrap();
        let _neighbour = at("2001:db8::2").unwrap();
        assert!(at("2001:db8::3").is_none(), "one network");
        drop(first);
        let again = at("203.0.113.9");
        assert!(again.is_some());
        drop((again, _second, _other, _neighbour));
        assert!(limiter.by_ip.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_ticket_has_its_share_wherever_its_viewers_are() {
        let limiter = ClientLimiter::new(2);
        let play = |ip: &str, path: &str| limiter.acquire(ip.parse().unwrap(), path);
        let ips = ["203.0.113.1", "203.0.113.2", "203.0.113.3", "127.0.0.1"];
        let film = "/play/ticket-a/films/a.mp4";
        let twice = ips.iter().flat_map(|ip| [ip, ip]);
        let mut held: Vec<_> = twice.map(|ip| play(ip, film).unwrap()).collect();
        assert!(play("203.0.113.4", film).is_none());
        assert!(play("127.0.0.1", "/play/ticket-a/films/b.mp4/720p/0.ts").is_none());
        // Neither another ticket nor the IP of the refused request is affected.
        assert!(play("203.0.113.4", "/play/ticket-b/films/a.mp4").is_some());
        held.pop();
        assert!(play("203.0.113.4", film).is_some());
        drop(held);
        assert!(limiter.by_ticket.0.lock().unwrap().is_empty());
    }
}
