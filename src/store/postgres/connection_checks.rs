//! Decides which connections of the pool are checked before they are used. A check asks the database, so a connection that was
//! used a moment ago goes without one. After one was found cut, none that was made before it does: the database has cut all of
//! them, and the pool counts the time from the end of the last use, which may have been noticed long after the cut.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// A connection that was used so lately is not checked again. A database that becomes a standby is restarted for it, which
/// ends its connections.
const UNCHECKED_IDLE_INTERVAL: Duration = Duration::from_millis(50);

/// The checks of one pool. Clones share them, and concurrent operations ask them.
#[derive(Clone, Default)]
pub(super) struct ConnectionChecks(Arc<Mutex<Option<Instant>>>);

impl ConnectionChecks {
    /// Records that a connection was cut, or that the database was away.
    pub fn record_cut(&self) {
        *self.0.lock() = Some(Instant::now());
    }

    /// Returns true if a connection of this age must be checked, after it was not used for a while.
    pub fn is_due(&self, age: Duration, idle_for: Duration) -> bool {
        let last_cut = *self.0.lock();
        idle_for >= UNCHECKED_IDLE_INTERVAL || last_cut.is_some_and(|cut| age >= cut.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Connection;
    use sqlx::postgres::PgConnection;

    use super::*;
    use crate::store::WriteFault;
    use crate::store::test_state::TestState;

    #[test]
    fn a_connection_goes_unchecked_that_was_just_used_and_made_after_the_last_cut() {
        let checks = ConnectionChecks::default();
        let minute = Duration::from_secs(60);
        assert!(checks.is_due(minute, UNCHECKED_IDLE_INTERVAL));
        assert!(!checks.is_due(minute, Duration::ZERO));
        checks.record_cut();
        assert!(checks.is_due(minute, Duration::ZERO));
        assert!(!checks.is_due(Duration::ZERO, Duration::ZERO));
    }

    #[tokio::test]
    async fn of_several_connections_that_were_cut_at_most_one_fails_an_operation() {
        const CONNECTIONS: u32 = 6;
        let state = TestState::postgres().await;
        let store = state.open().await;
        let url = state.url().unwrap();
        let mut cutter = PgConnection::connect(url).await.unwrap();
        let mut held = Vec::new();
        for _ in 0..CONNECTIONS {
            held.push(store.pool.acquire().await.unwrap());
        }
        drop(held);
        while store.pool.num_idle() < CONNECTIONS as usize {
            tokio::task::yield_now().await;
        }
        let cut = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let cut = sqlx::query(cut).fetch_all(&mut cutter).await.unwrap();
        assert_eq!(cut.len(), CONNECTIONS as usize);
        let mut failures = 0;
        for _ in 0..CONNECTIONS {
            if let Err(error) = store.server_key("ticket").await {
                let fault = WriteFault::of(error.as_ref()).unwrap();
                assert_eq!(fault, WriteFault::DatabaseAway);
                // As the answer to a request does.
                store.record_fault(fault);
                failures += 1;
            }
        }
        assert!(failures <= 1, "{failures} operations failed");
    }
}
