//! This server as one of several on one state: it renews its lease, has its share of the limits of each account, and keeps
//! the pauses that any of the servers was asked for.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use crate::governor::{OpenPause, PauseKey, QuotaShare, SharedPauses};
use crate::store::{Store, StoreError, StoredPause};
use media::Place;

/// Interval at which the lease is renewed. A server that joins waits for as long until the others give up a part of their
/// shares.
const RENEW_INTERVAL: Duration = Duration::from_secs(1);

/// Interval at which pauses of other servers are looked for. Those of this one are stored at once.
const PAUSES_INTERVAL: Duration = Duration::from_secs(1);

/// The place of this server among those on the same state.
#[derive(Clone)]
pub struct ServerMembership {
    store: Store,
    quota: QuotaShare,
    pauses: SharedPauses,
    /// Held while this server runs.
    _place: Arc<Option<File>>,
}

impl ServerMembership {
    /// Takes a lease, where other servers may use the state.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be reached.
    pub async fn begin(store: Store) -> anyhow::Result<Self> {
        let place = store.succeed_former_server().await;
        let place = place.unwrap_or_else(|error| {
            tracing::warn!(%error, "the lease of a former process waits for its end");
            None
        });
        let quota = match store.renew_lease().await? {
            None => QuotaShare::whole(),
            Some(share) => {
                let quota = QuotaShare::none();
                quota.set(share);
                quota
            }
        };
        Ok(ServerMembership {
            store,
            quota,
            pauses: SharedPauses::default(),
            _place: Arc::new(place),
        })
    }

    /// Returns the share of this server.
    pub fn quota(&self) -> QuotaShare {
        self.quota.clone()
    }

    /// Returns the pauses that all servers keep.
    pub fn pauses(&self) -> SharedPauses {
        self.pauses.clone()
    }

    /// Stores the pauses of this server and takes over those of others, until it is cancelled. While the state is away, each
    /// server keeps the pauses that it was asked for, and those that it has seen.
    pub async fn share_pauses(self) {
        if !self.store.is_shared() {
            return;
        }
        loop {
            let begun = self.pauses.take_begun();
            if let Err(error) = self.exchange_pauses(&begun).await {
                tracing::debug!(%error, "pauses could not be exchanged with other servers");
                self.pauses.give_back(&begun);
                tokio::time::sleep(PAUSES_INTERVAL).await;
                continue;
            }
            let _ = timeout(PAUSES_INTERVAL, self.pauses.wait_for_begun()).await;
        }
    }

    async fn exchange_pauses(&self, begun: &[OpenPause]) -> Result<(), StoreError> {
        let begun: Vec<StoredPause> = begun
            .iter()
            .map(|pause| StoredPause {
                drive: pause.key.drive.to_string(),
                limiter: pause.key.limiter.clone(),
                left: pause.left,
            })
            .collect();
        self.store.put_pauses(&begun).await?;
        let known = self.store.pauses().await?;
        let known = known.into_iter().filter_map(|pause| {
            let key = PauseKey {
                drive: Place::parse(&pause.drive).ok()?,
                limiter: pause.limiter,
            };
            Some(OpenPause {
                key,
                left: pause.left,
            })
        });
        self.pauses.set_known(known);
        Ok(())
    }

    /// Renews the lease until it is cancelled. While the state is away, the server keeps its share: no other one can take
    /// it, and what plays goes on.
    pub async fn keep(self) {
        if !self.store.is_shared() {
            return;
        }
        let mut is_away = false;
        loop {
            tokio::time::sleep(RENEW_INTERVAL).await;
            match self.store.renew_lease().await {
                Ok(share) => {
                    is_away = false;
                    self.quota.set(share.unwrap_or_default());
                }
                Err(error) => {
                    if !is_away {
                        tracing::warn!(%error, "the lease of this server could not be renewed");
                    }
                    is_away = true;
                    self.store.find_primary().await;
                }
            }
        }
    }

    /// Gives the lease back, as the server stops.
    pub async fn end(&self) {
        if let Err(error) = self.store.end_lease().await {
            tracing::debug!(%error, "the lease of this server could not be given back; it ends by itself");
        }
    }
}
