//! The line of turns of a ticket with a limit of speed, which the servers on one database share. A server takes a span of
//! it, and sends within that span by itself.

use std::time::Duration;

use sqlx::{AnyPool, AssertSqlSafe};

use super::{NOW, millis};
use crate::store::Store;

/// Time after its last turn for which a ticket is remembered.
const IDLE_TTL: Duration = Duration::from_secs(60);

/// Turns in the database. Clones share them.
#[derive(Clone)]
pub struct SharedTurns {
    pool: AnyPool,
}

impl std::fmt::Debug for SharedTurns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedTurns(…)")
    }
}

impl Store {
    /// Returns the turns that servers share; `None` where no other server uses the state.
    pub fn shared_turns(&self) -> Option<SharedTurns> {
        self.is_shared().then(|| SharedTurns {
            pool: self.pool.clone(),
        })
    }
}

impl SharedTurns {
    /// Takes the next span of the turns of a ticket. Returns its beginning in milliseconds from now, which is negative if it
    /// has begun: turns of the last `burst` are given, too, if no server took them.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn take(
        &self,
        ticket: [u8; 8],
        span: Duration,
        burst: Duration,
    ) -> sqlx::Result<i64> {
        // Tickets that rest are forgotten on the way, some at a time.
        let statement = format!(
            "WITH idle AS (DELETE FROM ticket_turn WHERE ticket IN (SELECT ticket FROM ticket_turn \
             WHERE next_at < {NOW} - $4 AND ticket <> $1 LIMIT 100 FOR UPDATE SKIP LOCKED)) \
             INSERT INTO ticket_turn (ticket, next_at) VALUES ($1, {NOW} + $2) \
             ON CONFLICT (ticket) DO UPDATE SET next_at = GREATEST(ticket_turn.next_at, {NOW} - $3) + $2 \
             RETURNING next_at - $2 - {NOW}"
        );
        sqlx::query_scalar(AssertSqlSafe(statement))
            .bind(ticket.as_slice())
            .bind(millis(span))
            .bind(millis(burst))
            .bind(millis(IDLE_TTL))
            .fetch_one(&self.pool)
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::TestState;

    const TICKET: [u8; 8] = [7; 8];
    const HOUR: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn servers_take_turns_one_behind_the_other() {
        let state = TestState::postgres().await;
        let (one, other) = (state.open().await, state.open().await);
        assert!(TestState::sqlite().open().await.shared_turns().is_none());
        let turns = [one.shared_turns().unwrap(), other.shared_turns().unwrap()];
        let hour = millis(HOUR);
        for number in 0..4 {
            let at = turns[number % 2].take(TICKET, HOUR, HOUR).await.unwrap();
            let hours = hour * number as i64;
            assert!(at <= hours && at > hours - hour / 2, "{number}: {at}");
        }
        // Another ticket has a line of its own.
        let at = turns[0].take([8; 8], HOUR, HOUR).await.unwrap();
        assert!(at <= 0 && at > -hour, "{at}");
    }

    #[tokio::test]
    async fn turns_that_were_not_used_are_lost_but_for_a_burst_and_idle_tickets_are_forgotten() {
        let store = TestState::postgres().await.open().await;
        let turns = store.shared_turns().unwrap();
        for ticket in [TICKET, [8; 8], [9; 8]] {
            turns
                .take(ticket, Duration::ZERO, Duration::ZERO)
                .await
                .unwrap();
        }
        sqlx::query("UPDATE ticket_turn SET next_at = next_at - 7200000")
            .execute(&store.pool)
            .await
            .unwrap();
        let at = turns.take(TICKET, HOUR, HOUR / 2).await.unwrap();
        let half = millis(HOUR) / 2;
        assert!(at <= -half && at > -half - 60_000, "{at}");
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM ticket_turn")
            .fetch_one(&store.pool)
            .await
            .unwrap();
        assert_eq!(left, 1);
    }
}
