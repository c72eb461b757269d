//! Names to addresses at the moment of connecting, through the guard.
//!
//! A connection can only be opened to what is answered here, so a name that leads into a private
//! network at that very moment is refused, whatever it led to a moment before.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{Guard, Refusal};

pub(super) struct GuardedDns {
    guard: Arc<Guard>,
}

impl GuardedDns {
    pub(super) fn new(guard: Arc<Guard>) -> Self {
        GuardedDns { guard }
    }
}

impl Resolve for GuardedDns {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.guard.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0))
                .await?
                .filter(|address| guard.permits(name.as_str(), address.ip()))
                .collect();
            if found.is_empty() {
                return Err(Refusal::NotPublic.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
