//! Idle connections, which wait for the next request to their host. Concurrent requests have one each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::connection::HttpConnection;

/// Upper limit for the idle connections per host.
const MAX_IDLE_PER_HOST: usize = 256;

/// Timeout of an idle connection: shorter than that of most servers.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Idle connections by host, with the time since when they are idle.
#[derive(Default)]
pub(super) struct IdleConnections {
    lines: Mutex<HashMap<Arc<str>, Waiting>>,
}

type Waiting = Vec<(Instant, HttpConnection)>;

impl IdleConnections {
    /// Returns an idle connection to that host that is still open; `None` if there is none.
    pub fn take(&self, host: &str) -> Option<HttpConnection> {
        loop {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.retain(|_, waiting| {
                waiting.retain(|(since, _)| since.elapsed() < IDLE_TIMEOUT);
                !waiting.is_empty()
            });
            let (since, mut connection) = lines.get_mut(host)?.pop()?;
            drop(lines);
            if since.elapsed() < IDLE_TIMEOUT && connection.is_quiet() {
                return Some(connection);
            }
        }
    }

    /// Adds a connection whose last response is complete.
    pub fn put(&self, connection: HttpConnection) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        lines.retain(|_, waiting| {
            waiting.retain(|(since, _)| now.duration_since(*since) < IDLE_TIMEOUT);
            !waiting.is_empty()
        });
        let waiting = lines.entry(connection.host.clone()).or_default();
        if waiting.len() < MAX_IDLE_PER_HOST {
            waiting.push((now, connection));
        }
    }
}
