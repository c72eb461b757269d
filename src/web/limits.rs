//! Limits on concurrent requests per client IP and on URL length.
//!
//! A request counts until the last byte of its reply has been sent. Requests from loopback are not limited:
//! behind a proxy on this machine that is not in `network.trusted_proxies`, all requests come from there.

use std::collections::HashMap;
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
use super::error::Problem;

/// A path of 4,096 bytes with every byte encoded, after a ticket for such a path, and room for a query.
const MAX_URL_BYTES: usize = 24 * 1024;

/// Counts concurrent requests per client IP. Clones share the counts.
#[derive(Clone)]
pub struct PerIpLimiter {
    max: usize,
    under_way: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One counted request. Dropping it ends the count.
struct RequestGuard {
    limiter: PerIpLimiter,
    address: IpAddr,
}

impl PerIpLimiter {
    /// Returns a limiter with at most `max` concurrent requests per IP.
    pub fn new(max: usize) -> Self {
        PerIpLimiter {
            max,
            under_way: Arc::default(),
        }
    }

    fn acquire(&self, address: IpAddr) -> Option<RequestGuard> {
        let address = network(address);
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = under_way.entry(address).or_default();
        if *count >= self.max {
            return None;
        }
        *count += 1;
        Some(RequestGuard {
            limiter: self.clone(),
            address,
        })
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        let mut under_way = self
            .limiter
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = under_way.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&self.address);
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
    if client.ip.is_loopback() {
        return next.run(request).await;
    }
    let Some(guard) = site.request_limiter.acquire(client.ip) else {
        // Players never retry a 4xx.
        let is_players = request.uri().path().starts_with("/play/");
        let problem = if is_players {
            TOO_MANY.for_players()
        } else {
            TOO_MANY
        };
        return problem.into_response();
    };
    let (parts, body) = next.run(request).await.into_parts();
    let body = GuardedBody {
        body,
        _guard: guard,
    };
    Response::from_parts(parts, Body::new(body))
}

/// A response body that holds the guard of its request.
struct GuardedBody {
    body: Body,
    _guard: RequestGuard,
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
        let limiter = PerIpLimiter::new(2);
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        let first = limiter.acquire(at("203.0.113.9")).unwrap();
        let _second = limiter.acquire(at("203.0.113.9")).unwrap();
        assert!(limiter.acquire(at("203.0.113.9")).is_none());
        let _other = limiter.acquire(at("2001:db8::1")).unwrap();
        let _neighbour = limiter.acquire(at("2001:db8::2")).unwrap();
        assert!(limiter.acquire(at("2001:db8::3")).is_none(), "one network");
        drop(first);
        let again = limiter.acquire(at("203.0.113.9"));
        assert!(again.is_some());
        drop((again, _second, _other, _neighbour));
        assert!(limiter.under_way.lock().unwrap().is_empty());
    }
}
