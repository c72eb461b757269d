//! This server as one of several on one state: it renews its lease, and has its share of the limits of each account.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use crate::governor::QuotaShare;
use crate::store::Store;

/// Interval at which the lease is renewed. A server that joins waits for as long until the others give up a part of their
/// shares.
const RENEW_INTERVAL: Duration = Duration::from_secs(1);

/// The place of this server among those on the same state.
#[derive(Clone)]
pub struct ServerMembership {
    store: Store,
    quota: QuotaShare,
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
            _place: Arc::new(place),
        })
    }

    /// Returns the share of this server.
    pub fn quota(&self) -> QuotaShare {
        self.quota.clone()
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
