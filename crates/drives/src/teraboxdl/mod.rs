//! TeraboxDL: a paid service that opens TeraBox's share links, used if no signed-in TeraBox account can.
//!
//! The drive has no files of its own: it lists nothing and opens links. Each link costs one of the requests
//! that the owner's plan allows per day, so results are cached until a URL in them is refused. Source: the
//! service's document; where it is silent, observations from clients.
//!
//! - `client`: its calls · `auth`: the key and its signatures · `allowance`: the requests left today · `codes`,
//!   `types`
//! - `resolve_queue`: links that are being resolved right now, which takes long
//! - `share/resolver`: the resolved content of a link · `share`: that content as a place · `fetch`: bytes
//! - `usage_reports`: reports on the owner's use of the service, cleaned by `redact`

mod allowance;
mod auth;
mod client;
mod codes;
mod config;
mod fetch;
#[cfg(any(test, fuzzing, feature = "fuzzing"))]
pub mod fuzzing;
mod redact;
mod resolve_queue;
mod share;
mod types;
mod usage_reports;

use std::sync::Arc;

use async_trait::async_trait;

use crate::http::Client;
use crate::links::{LinkHome, ShortLink};
use crate::teraboxdl::client::Api;
use crate::teraboxdl::share::DlShare;
use crate::teraboxdl::share::resolver::Resolver;
use crate::{
    Account, AccountSession, Capability, Drive, DriveContext, DriveError, DriveKind, FactArgument,
    FactText, FactValue, OpenShares, SessionStore, ShareLink,
};
use media::Place;

pub use config::{BASE_URL, TeraboxDlConfig};

/// Abilities of the service.
pub static KIND: DriveKind = DriveKind {
    kind: "teraboxdl",
    title: "TeraboxDL",
    abilities: &[(Capability::OpenShares, None)],
};

/// Kind of the links that it opens.
const LINKS: &str = "terabox";

/// An account at the service.
pub(crate) struct TeraboxDl {
    place: Place,
    http: Arc<Client>,
    api: Arc<Api>,
}

/// Opens a drive named `place`. No request is made before the first call.
pub(crate) fn open(place: Place, config: &TeraboxDlConfig, context: DriveContext) -> Drive {
    let DriveContext { http, clock, .. } = context;
    let account = Arc::new(TeraboxDl {
        place: place.clone(),
        api: Arc::new(Api::new(config, http.clone(), context.sessions, clock)),
        http,
    });
    Drive::new(place, KIND.kind, account.clone())
        .with_open_shares(account.clone())
        .with_usage_reports(account)
}

impl TeraboxDl {
    fn share(&self, place: Place, link: &ShareLink, memory: Arc<dyn SessionStore>) -> DlShare {
        let resolver = Resolver::new(self.api.clone(), address_of(link), memory);
        DlShare::new(place, self.place.clone(), self.http.clone(), resolver)
    }
}

/// Returns the URL of a link, with its password as TeraBox writes it.
fn address_of(link: &ShareLink) -> String {
    let mut address = format!("https://{}/s/1{}", link.host, link.id);
    if let Some(password) = &link.password {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("pwd", password)
            .finish();
        address.push('?');
        address.push_str(&query);
    }
    address
}

#[async_trait]
impl AccountSession for TeraboxDl {
    async fn account(&self) -> Result<Account, DriveError> {
        let info = self.api.account("account").await?;
        let mut facts = Vec::new();
        match self.api.allowance.figures() {
            (Some(used), Some(limit)) => {
                let value = FactText::new("{used} of {limit}")
                    .with("used", FactArgument::Count(used))
                    .with("limit", FactArgument::Count(limit));
                facts.push(("Requests today".to_owned(), FactValue::from(value)));
            }
            (None, Some(limit)) => {
                facts.push(("Requests a day".to_owned(), limit.to_string().into()));
            }
            (Some(used), None) => {
                facts.push(("Requests today".to_owned(), used.to_string().into()));
            }
            (None, None) => {}
        }
        if let Some(at) = info.resets_at {
            let at = FactText::new("{time}").with("time", FactArgument::Time(at));
            facts.push(("Counted anew".to_owned(), at.into()));
        }
        if let Some(until) = info.valid_until {
            facts.push(("Paid until".to_owned(), until.into()));
        }
        facts.extend(self.api.server_clock.fact());
        Ok(Account {
            id: info.id.unwrap_or_default(),
            name: info.name.unwrap_or_else(|| "TeraboxDL".to_owned()),
            plan: info.plan,
            facts,
            ..Account::default()
        })
    }
}

#[async_trait]
impl OpenShares for TeraboxDl {
    /// Returns true for every TeraBox link that has a URL, except links at a host of the owner's own network.
    fn opens(&self, link: &ShareLink) -> bool {
        link.kind == LINKS && !link.host.contains(':') && !link.id.starts_with('@')
    }

    fn homes(&self) -> Vec<LinkHome> {
        Vec::new()
    }

    /// Returns true: each link costs a request here, and a TeraBox account opens it with more qualities.
    fn is_fallback(&self) -> bool {
        true
    }

    async fn follow(&self, link: &ShortLink) -> Result<Option<String>, DriveError> {
        if link.kind != LINKS {
            return Ok(None);
        }
        self.http.location("short_link", &link.url).await
    }

    async fn open(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
    ) -> Result<Drive, DriveError> {
        let share = self.share(place, link, memory);
        share.open().await?;
        Ok(share.into_drive())
    }

    fn reopen(&self, place: Place, link: &ShareLink, memory: Arc<dyn SessionStore>) -> Drive {
        self.share(place, link, memory).into_drive()
    }
}
