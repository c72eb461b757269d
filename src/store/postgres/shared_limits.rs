//! Limits that the servers on one database count together: guesses of passwords, PINs and codes, and the clients of tickets.
//! A server whose state is in SQLite is alone, and counts in memory.

use std::time::Duration;

use data_encoding::HEXLOWER;
use sqlx::{AnyPool, AssertSqlSafe};

use super::{NOW, millis};
use crate::store::Store;

/// Limits in the database. Every method fails if it cannot be reached.
#[derive(Clone)]
pub struct SharedLimits {
    pool: AnyPool,
}

/// A bucket of attempts: it holds `burst` of them, and gets another one after each `interval`.
#[derive(Debug, Clone, Copy)]
pub struct AttemptBucketSize {
    pub burst: u32,
    pub interval: Duration,
}

/// The times after which a client of a ticket counts no longer.
#[derive(Debug, Clone, Copy)]
pub struct TicketClientTtl {
    /// As present.
    pub presence: Duration,
    /// As one whose visit goes on.
    pub visit: Duration,
}

/// The answer to a client that asks to be let in under a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAdmission {
    /// It counts as present, and its visit was counted.
    Admitted,
    /// There are as many concurrent clients as may be.
    Full,
    /// The visits are used up.
    UsedUp,
}

/// A client of a ticket that was sent something.
#[derive(Debug, Clone, Copy)]
pub struct SeenClient {
    pub ticket: [u8; 8],
    pub client: u64,
    /// Time since then.
    pub age: Duration,
}

impl Store {
    /// Returns the limits that servers count together; `None` where no other server uses the state.
    pub fn shared_limits(&self) -> Option<SharedLimits> {
        self.is_shared().then(|| SharedLimits {
            pool: self.pool.clone(),
        })
    }
}

impl SharedLimits {
    /// Takes one attempt of a bucket. The inner error is the time to wait if there is none left.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn take_attempt(
        &self,
        bucket: &str,
        size: AttemptBucketSize,
    ) -> sqlx::Result<Result<(), Duration>> {
        let interval = millis(size.interval);
        let whole = interval * i64::from(size.burst);
        // Full buckets are forgotten on the way, some at a time.
        let statement = format!(
            "WITH full_ones AS (DELETE FROM attempt_bucket WHERE name IN (SELECT name FROM attempt_bucket \
             WHERE full_at < {NOW} AND name <> $1 LIMIT 100 FOR UPDATE SKIP LOCKED)) \
             INSERT INTO attempt_bucket (name, full_at) VALUES ($1, {NOW} + $2) \
             ON CONFLICT (name) DO UPDATE SET full_at = GREATEST(attempt_bucket.full_at, {NOW}) + $2 \
             WHERE attempt_bucket.full_at + $2 <= {NOW} + $3"
        );
        let taken = sqlx::query(AssertSqlSafe(statement))
            .bind(bucket)
            .bind(interval)
            .bind(whole)
            .execute(&self.pool)
            .await?;
        if taken.rows_affected() > 0 {
            return Ok(Ok(()));
        }
        let wait: Option<i64> = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT full_at + $2 - $3 - {NOW} FROM attempt_bucket WHERE name = $1"
        )))
        .bind(bucket)
        .bind(interval)
        .bind(whole)
        .fetch_optional(&self.pool)
        .await?;
        let wait = wait.unwrap_or_default().max(1).unsigned_abs();
        Ok(Err(Duration::from_millis(wait)))
    }

    /// Gives one attempt back to a bucket.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn refund_attempt(&self, bucket: &str, size: AttemptBucketSize) -> sqlx::Result<()> {
        sqlx::query("UPDATE attempt_bucket SET full_at = full_at - $2 WHERE name = $1")
            .bind(bucket)
            .bind(millis(size.interval))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Fills a bucket.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn fill_attempts(&self, bucket: &str) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM attempt_bucket WHERE name = $1")
            .bind(bucket)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Lets a client in under a ticket, if those present at all servers leave room, and counts its visit.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached; nothing is counted then.
    pub async fn admit_client(
        &self,
        ticket: [u8; 8],
        client: u64,
        (max_viewers, max_visits): (Option<u16>, Option<u32>),
        ttl: TicketClientTtl,
    ) -> sqlx::Result<ClientAdmission> {
        let answer: String =
            sqlx::query_scalar("SELECT admit_ticket_client($1, $2, $3, $4, $5, $6)")
                .bind(ticket.as_slice())
                .bind(client.cast_signed())
                .bind(max_viewers.map(i64::from))
                .bind(max_visits.map(i64::from))
                .bind(millis(ttl.presence))
                .bind(millis(ttl.visit))
                .fetch_one(&self.pool)
                .await?;
        Ok(match answer.as_str() {
            "full" => ClientAdmission::Full,
            "used up" => ClientAdmission::UsedUp,
            _ => ClientAdmission::Admitted,
        })
    }

    /// Records that clients were sent something, and forgets those whose visit is over.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn see_clients(&self, seen: &[SeenClient], visit_ttl: Duration) -> sqlx::Result<()> {
        let rows: Vec<(String, i64, i64)> = seen
            .iter()
            .map(|seen| {
                let ticket = HEXLOWER.encode(&seen.ticket);
                (ticket, seen.client.cast_signed(), millis(seen.age))
            })
            .collect();
        let rows =
            serde_json::to_string(&rows).map_err(|error| sqlx::Error::Encode(error.into()))?;
        // In one order, since two servers that change rows in different orders would wait for each other.
        let statement = format!(
            "WITH ended AS (DELETE FROM ticket_client WHERE (ticket, client) IN (SELECT ticket, client FROM ticket_client \
             WHERE seen_at < {NOW} - $2 LIMIT 1000 FOR UPDATE SKIP LOCKED)) \
             INSERT INTO ticket_client (ticket, client, seen_at) \
             SELECT decode(seen ->> 0, 'hex'), CAST(seen ->> 1 AS BIGINT), {NOW} - CAST(seen ->> 2 AS BIGINT) \
             FROM json_array_elements(CAST($1 AS JSON)) AS found (seen) \
             WHERE CAST(seen ->> 2 AS BIGINT) < $2 ORDER BY 1, 2 \
             ON CONFLICT (ticket, client) DO UPDATE SET seen_at = GREATEST(ticket_client.seen_at, excluded.seen_at)"
        );
        sqlx::query(AssertSqlSafe(statement))
            .bind(rows)
            .bind(millis(visit_ttl))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::TestState;
    use crate::store::{StoredTicket, TicketKind};
    use media::TicketLimits;

    const TICKET: [u8; 8] = [7; 8];
    const HOUR: Duration = Duration::from_secs(3600);
    const TTL: TicketClientTtl = TicketClientTtl {
        presence: HOUR,
        visit: HOUR,
    };

    async fn put_ticket(store: &Store) {
        let ticket = StoredTicket {
            id: TICKET,
            kind: TicketKind::Guest,
            name: "guests".to_owned(),
            scope: String::new(),
            prefers_hls: false,
            key: 0,
            made_at: std::time::SystemTime::now(),
            ends_at: None,
            last_used_at: None,
            viewer: None,
            limits: TicketLimits::default(),
            visits: 0,
        };
        store.put_ticket(&ticket, None).await.unwrap();
    }

    #[tokio::test]
    async fn attempts_at_two_servers_are_of_one_bucket() {
        let state = TestState::postgres().await;
        let (one, other) = (state.open().await, state.open().await);
        assert!(Store::shared_limits(&TestState::sqlite().open().await).is_none());
        let (one, other) = (one.shared_limits().unwrap(), other.shared_limits().unwrap());
        let size = AttemptBucketSize {
            burst: 3,
            interval: HOUR,
        };
        let take = async |limits: &SharedLimits, bucket| {
            let taken = limits.take_attempt(bucket, size).await;
            taken.unwrap()
        };
        for limits in [&one, &other, &one] {
            take(limits, "pin a").await.unwrap();
        }
        for limits in [&one, &other] {
            let wait = take(limits, "pin a").await.unwrap_err();
            assert!(wait <= HOUR && wait > HOUR / 2, "{wait:?}");
        }
        take(&other, "pin b").await.unwrap();
        other.refund_attempt("pin a", size).await.unwrap();
        take(&one, "pin a").await.unwrap();
        take(&one, "pin a").await.unwrap_err();
        other.fill_attempts("pin a").await.unwrap();
        take(&one, "pin a").await.unwrap();
    }

    #[tokio::test]
    async fn a_full_bucket_leaves_no_row() {
        let store = TestState::postgres().await.open().await;
        let limits = store.shared_limits().unwrap();
        let at_once = AttemptBucketSize {
            burst: 3,
            interval: Duration::ZERO,
        };
        for number in 0..1_000 {
            let name = format!("pin {number}");
            limits.take_attempt(&name, at_once).await.unwrap().unwrap();
            let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM attempt_bucket")
                .fetch_one(&store.pool)
                .await
                .unwrap();
            // One that was taken within this millisecond may be there, too.
            if number >= 20 && rows == 1 {
                return;
            }
        }
        panic!("buckets stay");
    }

    #[tokio::test]
    async fn viewers_of_a_ticket_at_all_servers_are_counted_together() {
        let state = TestState::postgres().await;
        let (one, other) = (state.open().await, state.open().await);
        put_ticket(&one).await;
        let (one, other) = (one.shared_limits().unwrap(), other.shared_limits().unwrap());
        let admit = async |limits: &SharedLimits, client, ttl| {
            let most = (Some(2), Some(3));
            let admitted = limits.admit_client(TICKET, client, most, ttl).await;
            admitted.unwrap()
        };
        use ClientAdmission::{Admitted, Full, UsedUp};
        assert_eq!(admit(&one, 1, TTL).await, Admitted);
        // The same client at another server is no other viewer, and no other visit.
        assert_eq!(admit(&other, 1, TTL).await, Admitted);
        assert_eq!(admit(&other, u64::MAX, TTL).await, Admitted);
        assert_eq!(admit(&one, 3, TTL).await, Full);
        // Both have left.
        let nothing = TicketClientTtl {
            presence: Duration::ZERO,
            ..TTL
        };
        assert_eq!(admit(&one, 3, nothing).await, Admitted);
        assert_eq!(admit(&one, 4, nothing).await, UsedUp);
        assert_eq!(
            admit(&other, 3, nothing).await,
            Admitted,
            "the visit goes on"
        );
    }

    #[tokio::test]
    async fn a_viewer_is_there_for_as_long_as_a_server_says_so() {
        let state = TestState::postgres().await;
        let (store, other) = (state.open().await, state.open().await);
        put_ticket(&store).await;
        let (one, other) = (
            store.shared_limits().unwrap(),
            other.shared_limits().unwrap(),
        );
        let seen = |client, age| SeenClient {
            ticket: TICKET,
            client,
            age,
        };
        let both = [seen(1, HOUR / 2), seen(2, 2 * HOUR)];
        one.see_clients(&both, HOUR).await.unwrap();
        let admit = async |presence| {
            let ttl = TicketClientTtl { presence, ..TTL };
            let admitted = other.admit_client(TICKET, 9, (Some(1), None), ttl).await;
            admitted.unwrap()
        };
        assert_eq!(admit(HOUR).await, ClientAdmission::Full);
        assert_eq!(admit(HOUR / 4).await, ClientAdmission::Admitted);
        // An older sight changes nothing, and those whose visit is over are forgotten.
        one.see_clients(&[seen(9, HOUR / 2)], HOUR / 4)
            .await
            .unwrap();
        let clients: Vec<i64> = sqlx::query_scalar("SELECT client FROM ticket_client")
            .fetch_all(&store.pool)
            .await
            .unwrap();
        assert_eq!(clients, [9]);
    }

    #[tokio::test]
    async fn of_many_who_come_at_once_no_more_are_let_in_than_may_be() {
        let state = TestState::postgres().await;
        let (one, other) = (state.open().await, state.open().await);
        put_ticket(&one).await;
        let servers = [one.shared_limits().unwrap(), other.shared_limits().unwrap()];
        let asked = (0..20).map(|client| {
            let limits = &servers[client as usize % 2];
            limits.admit_client(TICKET, client, (Some(5), None), TTL)
        });
        let answers = futures_util::future::join_all(asked).await;
        let admitted = answers
            .into_iter()
            .filter(|answer| *answer.as_ref().unwrap() == ClientAdmission::Admitted);
        assert_eq!(admitted.count(), 5);
    }
}
