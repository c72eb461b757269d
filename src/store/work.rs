//! Servers on one state: the lease of this one, its share of the limits of each account, and claims on work that one
//! server does at a time. A server whose state is in SQLite is alone: nothing is read or stored.

use std::fs::File;

use sqlx::AnyPool;

use super::Store;
use super::postgres::{self, OwnLease};
use media::Place;

/// Work that one server does at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A walk over a drive.
    Walk(Place),
    /// A task.
    Task(i64),
    /// Pictures over the seek bar from key frames.
    SeekPictures,
}

impl Work {
    fn name(&self) -> String {
        match self {
            Work::Walk(place) => format!("walk {place}"),
            Work::Task(id) => format!("task {id}"),
            Work::SeekPictures => "seek pictures".to_owned(),
        }
    }
}

/// The claim of this server on some work. Dropping it releases it.
pub struct WorkClaim(Option<StoredClaim>);

struct StoredClaim {
    pool: AnyPool,
    lease: OwnLease,
    work: String,
    claim: String,
}

impl WorkClaim {
    /// Waits until another server may claim the same work, because the lease of this one was not renewed in time. Never
    /// returns where no other server uses the state.
    pub async fn wait_until_lost(&self) {
        match &self.0 {
            Some(stored) => stored.lease.wait_until_lost().await,
            None => std::future::pending().await,
        }
    }
}

impl Drop for StoredClaim {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let pool = self.pool.clone();
        let (work, claim) = (
            std::mem::take(&mut self.work),
            std::mem::take(&mut self.claim),
        );
        runtime.spawn(async move {
            if let Err(error) = postgres::release_work(&pool, &work, &claim).await {
                tracing::debug!(%error, work, "a claim could not be released; it ends with the lease of this server");
            }
        });
    }
}

impl Store {
    /// Returns true if other servers may use this state, too.
    pub fn is_shared(&self) -> bool {
        self.database.postgres().is_some()
    }

    /// Ends the lease of the server that used this data folder before, if it was killed. Returns a file to be held while this
    /// server runs; `None` where there are no leases, or if that server still runs.
    ///
    /// # Errors
    ///
    /// Fails if the folder or the state cannot be used.
    pub async fn succeed_former_server(&self) -> anyhow::Result<Option<File>> {
        let Some(postgres) = self.database.postgres() else {
            return Ok(None);
        };
        let folder = self.data_dir.join("locks");
        postgres.succeed_former_server(&self.pool, &folder).await
    }

    /// Renews the lease of this server. Returns its share of the limits of each account, in millionths; `None` where no
    /// other server uses the state.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be reached.
    pub async fn renew_lease(&self) -> sqlx::Result<Option<u32>> {
        let Some(postgres) = self.database.postgres() else {
            return Ok(None);
        };
        let share = postgres.renew_server_lease(&self.pool).await?;
        Ok(Some(share.try_into().unwrap_or_default()))
    }

    /// Looks for the primary among several hosts of the database, after the lease could not be renewed.
    pub async fn find_primary(&self) {
        if let Some(postgres) = self.database.postgres() {
            postgres.find_primary(&self.pool).await;
        }
    }

    /// Ends the lease of this server, as it stops: others take its share and its work at once.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be reached.
    pub async fn end_lease(&self) -> sqlx::Result<()> {
        match self.database.postgres() {
            Some(postgres) => postgres.end_server_lease(&self.pool).await,
            None => Ok(()),
        }
    }

    /// Claims work for this server; `None` if another server is at it. A caller that is cancelled leaves no claim behind.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be reached.
    pub async fn claim(&self, work: &Work) -> sqlx::Result<Option<WorkClaim>> {
        let Some(postgres) = self.database.postgres().cloned() else {
            return Ok(Some(WorkClaim(None)));
        };
        let (pool, work) = (self.pool.clone(), work.name());
        // In a task of its own: it ends also if its caller does not wait, and the claim is dropped then.
        let claimed = tokio::spawn(async move {
            let claim = postgres.claim_work(&pool, &work).await?;
            Ok(claim.map(|claim| {
                WorkClaim(Some(StoredClaim {
                    lease: postgres.own_lease().clone(),
                    pool,
                    work,
                    claim,
                }))
            }))
        });
        claimed.await.unwrap_or(Ok(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::postgres::WHOLE;
    use crate::store::test_state::TestState;

    /// Renews the leases in turns until `is_right` accepts the shares.
    async fn settled<const N: usize>(servers: [&Store; N], is_right: impl Fn([u32; N]) -> bool) {
        let mut shares = [0; N];
        for _ in 0..1000 {
            for (share, server) in shares.iter_mut().zip(servers) {
                *share = server.renew_lease().await.unwrap().unwrap();
            }
            let sum: u32 = shares.iter().sum();
            assert!(i64::from(sum) <= WHOLE, "{shares:?}");
            if is_right(shares) {
                return;
            }
        }
        panic!("{shares:?}");
    }

    /// Lets the leases of these servers alone go on, until they count as established.
    async fn go_on(servers: &[&Store]) {
        for _ in 0..3 {
            pass(servers[0], 3_000).await;
            for server in servers {
                server.renew_lease().await.unwrap();
            }
        }
    }

    /// Lets time pass for all leases.
    async fn pass(store: &Store, ms: i64) {
        sqlx::query(
            "UPDATE server_lease SET joined_at = joined_at - $1, expires_at = expires_at - $1",
        )
        .bind(ms)
        .execute(&store.pool)
        .await
        .unwrap();
    }

    #[tokio::test]
    async fn a_file_is_of_one_server_and_has_all_of_each_account() {
        let store = TestState::sqlite().open().await;
        assert!(!store.is_shared());
        assert_eq!(store.renew_lease().await.unwrap(), None);
        let claims = [
            store.claim(&Work::Task(1)).await.unwrap(),
            store.claim(&Work::Task(1)).await.unwrap(),
        ];
        assert!(claims.iter().all(Option::is_some));
    }

    #[tokio::test]
    async fn servers_divide_the_limits_and_the_share_of_one_that_dies_comes_back() {
        let state = TestState::postgres().await;
        let (one, other, third) = (state.open().await, state.open().await, state.open().await);
        let whole = WHOLE as u32;
        settled([&one], |shares| shares == [whole]).await;
        let first = other.renew_lease().await.unwrap();
        assert_eq!(first, Some(0), "nothing is left yet");
        settled([&one, &other], |shares| shares == [whole / 2; 2]).await;
        settled([&one, &other, &third], |shares| {
            shares.iter().all(|share| share.abs_diff(whole / 3) <= 1)
        })
        .await;
        // One stops, another one dies.
        third.end_lease().await.unwrap();
        pass(&one, 6_001).await;
        settled([&one], |[share]| share == whole / 3).await;
        go_on(&[&one]).await;
        settled([&one], |shares| shares == [whole]).await;
        // It was only away: it begins anew.
        assert_eq!(other.renew_lease().await.unwrap(), Some(0));
    }

    #[tokio::test]
    async fn a_server_that_was_killed_and_starts_again_has_its_share_at_once() {
        let state = TestState::postgres().await;
        let killed = state.open().await;
        let held = killed.succeed_former_server().await.unwrap();
        settled([&killed], |shares| shares == [WHOLE as u32]).await;
        let work = Work::Task(1);
        let claim = killed.claim(&work).await.unwrap();
        let again = state.open().await;
        assert!(again.succeed_former_server().await.unwrap().is_none());
        assert_eq!(again.renew_lease().await.unwrap(), Some(0), "it runs");
        drop(held);
        let held = again.succeed_former_server().await.unwrap();
        assert!(held.is_some());
        settled([&again], |shares| shares == [WHOLE as u32]).await;
        assert!(again.claim(&work).await.unwrap().is_some());
        drop(claim);
    }

    #[tokio::test]
    async fn work_is_done_by_one_server_and_taken_over_when_its_lease_has_ended() {
        let state = TestState::postgres().await;
        let (one, other) = (state.open().await, state.open().await);
        let walk = Work::Walk(Place::parse("films").unwrap());
        assert!(one.claim(&walk).await.unwrap().is_none(), "without a lease");
        for server in [&one, &other] {
            server.renew_lease().await.unwrap();
        }
        let claim = one.claim(&walk).await.unwrap().unwrap();
        assert!(one.claim(&walk).await.unwrap().is_none(), "twice");
        assert!(other.claim(&walk).await.unwrap().is_none());
        assert!(other.claim(&Work::Task(1)).await.unwrap().is_some());

        // The database was away for long: the holder renews its lease first.
        pass(&one, 6_001).await;
        other.renew_lease().await.unwrap();
        assert!(other.claim(&walk).await.unwrap().is_none());
        // It did not come back.
        go_on(&[&other]).await;
        let taken = other.claim(&walk).await.unwrap().unwrap();
        // The release of the first claim is not one of the second.
        drop(claim);
        one.renew_lease().await.unwrap();
        for _ in 0..20 {
            assert!(one.claim(&walk).await.unwrap().is_none());
        }
        // A server that stops leaves its work to others.
        other.end_lease().await.unwrap();
        taken.wait_until_lost().await;
        let mut left = None;
        for _ in 0..1000 {
            left = one.claim(&walk).await.unwrap();
            if left.is_some() {
                break;
            }
        }
        assert!(left.is_some());
    }
}
