//! Servers on one state: each has a lease, which it renews, and with it a share of the limits of every account. Work that
//! one server does at a time (walks, copies) is claimed under the lease, so another server takes it over when the lease
//! has ended.
//!
//! Shares never add up to more than one: a server takes what the others have left, so one that joins waits until they
//! have given up a part of theirs, which they do when they renew their leases.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use data_encoding::HEXLOWER;
use sqlx::{AnyPool, AssertSqlSafe};
use tokio::sync::watch;
use tokio::time::Instant;

use super::{LOCK_KEY, NOW, Postgres};
use crate::store::locks;

/// Lifetime of a lease that is not renewed.
const SERVER_LEASE_TTL: Duration = Duration::from_secs(6);

/// The whole, in the unit of shares.
pub(in crate::store) const WHOLE: i64 = 1_000_000;

/// The key of the lock under which shares are distributed. Those of tasks of earlier versions were above [`LOCK_KEY`].
const SHARES_LOCK_KEY: i64 = LOCK_KEY - 1;

/// The lease of this server, as it was stored last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct KnownLease {
    /// In millionths.
    share: i64,
    /// The end of the lease by the clock of this server, which is not later than in the database.
    expires_at: Instant,
}

/// The lease of this server. Clones share it.
#[derive(Clone)]
pub(in crate::store) struct OwnLease(watch::Sender<Option<KnownLease>>);

impl Default for OwnLease {
    fn default() -> Self {
        OwnLease(watch::Sender::new(None))
    }
}

impl OwnLease {
    /// Waits until the lease has ended without having been renewed.
    pub(in crate::store) async fn wait_until_lost(&self) {
        let mut lease = self.0.subscribe();
        loop {
            let Some(known) = *lease.borrow_and_update() else {
                return;
            };
            if known.expires_at <= Instant::now() {
                return;
            }
            let _ = tokio::time::timeout_at(known.expires_at, lease.changed()).await;
        }
    }

    fn is_live(&self) -> bool {
        self.0
            .borrow()
            .is_some_and(|known| known.expires_at > Instant::now())
    }

    fn share(&self) -> i64 {
        self.0.borrow().map_or(0, |known| known.share)
    }
}

/// Returns the share that a server takes, in millionths.
///
/// `held` is the share that it has, `servers` the number of all servers, `others` the sum of the others' shares. Only a
/// server whose lease went on for a while grows, and only such a one takes over work: after the database was away, the
/// others have to renew their leases first.
fn next_share(held: i64, servers: i64, others: i64, is_established: bool) -> i64 {
    let free = (WHOLE - others).max(0);
    let fair = WHOLE / servers.max(1);
    let wanted = match held > 0 && !is_established {
        true => fair.min(held),
        false => fair,
    };
    wanted.min(free)
}

impl Postgres {
    /// Renews the lease of this server, or takes one. Returns the share of this server, in millionths.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached. The lease goes on until its end.
    pub(in crate::store) async fn renew_server_lease(&self, pool: &AnyPool) -> sqlx::Result<i64> {
        let begun_at = Instant::now();
        let ttl = SERVER_LEASE_TTL.as_millis() as i64;
        let mut transaction = pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(SHARES_LOCK_KEY)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(AssertSqlSafe(format!(
            "DELETE FROM server_lease WHERE expires_at < {NOW}"
        )))
        .execute(&mut *transaction)
        .await?;
        // The time for which the lease has gone on; a missing one begins now.
        let age: Option<i64> = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT {NOW} - joined_at FROM server_lease WHERE server = $1"
        )))
        .bind(&self.server)
        .fetch_optional(&mut *transaction)
        .await?;
        let (servers, others): (i64, i64) = sqlx::query_as(
            "SELECT COUNT(*) + 1, CAST(COALESCE(SUM(share), 0) AS BIGINT) FROM server_lease WHERE server <> $1",
        )
        .bind(&self.server)
        .fetch_one(&mut *transaction)
        .await?;
        let is_established = age.is_some_and(|age| age > ttl);
        let share = next_share(self.lease.share(), servers, others, is_established);
        sqlx::query(AssertSqlSafe(format!(
            "INSERT INTO server_lease (server, share, joined_at, expires_at) VALUES ($1, $2, {NOW}, {NOW} + $3) \
             ON CONFLICT (server) DO UPDATE SET share = excluded.share, expires_at = excluded.expires_at"
        )))
        .bind(&self.server)
        .bind(share)
        .bind(ttl)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        self.lease.0.send_replace(Some(KnownLease {
            share,
            expires_at: begun_at + SERVER_LEASE_TTL,
        }));
        Ok(share)
    }

    /// Ends the lease of this server, so that the others take its share and its work at once.
    pub(in crate::store) async fn end_server_lease(&self, pool: &AnyPool) -> sqlx::Result<()> {
        self.lease.0.send_replace(None);
        end_lease_of(pool, &self.server).await
    }

    /// Ends the lease of the server that used `folder` before this one, if it has ended without having done so. Returns a file
    /// to be held for as long as this server runs.
    ///
    /// # Errors
    ///
    /// Fails if the folder or the database cannot be used.
    pub(in crate::store) async fn succeed_former_server(
        &self,
        pool: &AnyPool,
        folder: &Path,
    ) -> anyhow::Result<Option<File>> {
        let Some((held, former)) = locks::succeed(folder, &self.server)? else {
            return Ok(None);
        };
        if let Some(former) = former {
            end_lease_of(pool, &former).await?;
        }
        Ok(Some(held))
    }

    /// Claims work for this server. Returns the name of the claim; `None` if a server has it whose lease has not ended, or
    /// if this server has no lease.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub(in crate::store) async fn claim_work(
        &self,
        pool: &AnyPool,
        work: &str,
    ) -> sqlx::Result<Option<String>> {
        if !self.lease.is_live() {
            return Ok(None);
        }
        let mut random = [0u8; 8];
        getrandom::fill(&mut random).map_err(|error| sqlx::Error::Configuration(error.into()))?;
        let claim = HEXLOWER.encode(&random);
        // A claim of another server is taken over by one whose own lease went on for a while: when the database was away,
        // all leases have ended, and each server renews its own first.
        let statement = format!(
            "INSERT INTO work_claim (work, server, claim) VALUES ($1, $2, $3) \
             ON CONFLICT (work) DO UPDATE SET server = excluded.server, claim = excluded.claim \
             WHERE NOT EXISTS (SELECT 1 FROM server_lease l WHERE l.server = work_claim.server AND l.expires_at >= {NOW}) \
             AND EXISTS (SELECT 1 FROM server_lease l WHERE l.server = excluded.server AND l.joined_at < {NOW} - $4)"
        );
        let claimed = sqlx::query(AssertSqlSafe(statement))
            .bind(work)
            .bind(&self.server)
            .bind(&claim)
            .bind(SERVER_LEASE_TTL.as_millis() as i64)
            .execute(pool)
            .await?;
        Ok((claimed.rows_affected() > 0).then_some(claim))
    }
}

async fn end_lease_of(pool: &AnyPool, server: &str) -> sqlx::Result<()> {
    for statement in [
        "DELETE FROM work_claim WHERE server = $1",
        "DELETE FROM server_lease WHERE server = $1",
    ] {
        sqlx::query(statement).bind(server).execute(pool).await?;
    }
    Ok(())
}

/// Releases a claim.
pub(in crate::store) async fn release_work(
    pool: &AnyPool,
    work: &str,
    claim: &str,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM work_claim WHERE work = $1 AND claim = $2")
        .bind(work)
        .bind(claim)
        .execute(pool)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_add_up_to_more_than_one() {
        const HALF: i64 = WHOLE / 2;
        for (held, servers, others, is_established, share) in [
            // Alone.
            (0, 1, 0, false, WHOLE),
            (WHOLE, 1, 0, true, WHOLE),
            // Another one has joined, and waits for the first.
            (0, 2, WHOLE, false, 0),
            (WHOLE, 2, 0, true, HALF),
            (0, 2, HALF, false, HALF),
            // A third one gets what the others give up.
            (HALF, 3, HALF, true, WHOLE / 3),
            (0, 3, HALF + WHOLE / 3, false, WHOLE - HALF - WHOLE / 3),
            // One has left.
            (WHOLE / 3, 2, WHOLE / 3, true, HALF),
            // The database was away: nothing grows before all have returned.
            (HALF, 1, 0, false, HALF),
            (HALF, 2, WHOLE, false, 0),
        ] {
            let found = next_share(held, servers, others, is_established);
            assert_eq!(found, share, "{held} of {servers} beside {others}");
            assert!(found + others <= WHOLE || found == 0);
        }
    }
}
