//! DNS resolution at the moment of connecting, through the guard.
//!
//! A connection can only be opened to an IP that is returned here, so a name that resolves into a private
//! network at that very moment is refused, whatever it resolved to before.

use std::error::Error;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name as MediaName;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower_service::Service;

use crate::http::causes::UnknownName;
use crate::http::guard::{Guard, Refusal};

#[derive(Clone)]
pub(super) struct GuardedDns {
    guard: Arc<Guard>,
}

impl GuardedDns {
    pub(super) fn new(guard: Arc<Guard>) -> Self {
        GuardedDns { guard }
    }
}

impl GuardedDns {
    async fn permitted(
        self,
        name: String,
    ) -> Result<std::vec::IntoIter<SocketAddr>, Box<dyn Error + Send + Sync>> {
        let mut found: Vec<SocketAddr> = match is_this_machine(&name) {
            true => vec![
                (Ipv4Addr::LOCALHOST, 0).into(),
                (Ipv6Addr::LOCALHOST, 0).into(),
            ],
            false => tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(UnknownName)?
                .collect(),
        };
        found.retain(|address| self.guard.permits(&name, address.ip()));
        if found.is_empty() {
            return Err(Refusal::NotPublic.into());
        }
        Ok(found.into_iter())
    }
}

/// Returns true for names below `localhost`: they mean this machine, and no resolver is queried for them (RFC
/// 6761 section 6.3).
fn is_this_machine(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.to_ascii_lowercase().ends_with(".localhost")
}

/// Resolves names for calls.
impl Resolve for GuardedDns {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.clone().permitted(name.as_str().to_owned());
        Box::pin(async move { Ok(Box::new(found.await?) as Addrs) })
    }
}

/// Resolves names for media.
impl Service<MediaName> for GuardedDns {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: MediaName) -> Self::Future {
        Box::pin(self.clone().permitted(name.as_str().to_owned()))
    }
}
