//! TeraboxDL: a paid service that opens TeraBox's share links, for where no signed-in TeraBox account does.
//!
//! It has no files of its own: the drive lists nothing and opens links. Each link that it is asked about costs one of
//! the requests that the owner's plan allows a day, so what was learned is kept until it is refused. Source: the
//! service's document; where it is silent, what clients met.
//!
//! - `client`: its calls · `auth`: the key and what it signs · `allowance`: what is left for today · `codes`, `types`
//! - `asking`: links that are being looked up right now, which takes long
//! - `resolve`: what a link holds right now · `share`: that as a place · `fetch`: bytes
//! - `reports`: what it tells of the owner's use of it, made `clean`

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
    Account, Capability, Clock, Drive, DriveError, DriveKind, ErrorKind, FactsReader, Incoming,
    OnConflict, OpenShares, Origin, Outcome, SessionStore, ShareLink, SharedDrive,
    UpstreamPlaylist, UsageReports,
};
use media::{Entry, EntryPath, Listing, PageRequest, Place, Rendition};

pub use config::{BASE_URL, TeraboxDlConfig};

/// What the service can do.
pub static KIND: DriveKind = DriveKind {
    kind: "teraboxdl",
    title: "TeraboxDL",
    abilities: &[(Capability::OpenShares, None)],
};

/// The links that it opens.
const LINKS: &str = "terabox";

/// An account at the service.
pub struct TeraboxDl {
    place: Place,
    http: Arc<Client>,
    api: Arc<Api>,
    capabilities: Vec<Capability>,
}

impl TeraboxDl {
    /// A drive named `place`. Nothing is asked before the first call.
    pub fn new(
        place: Place,
        config: &TeraboxDlConfig,
        http: Arc<Client>,
        sessions: Arc<dyn SessionStore>,
        clock: Clock,
    ) -> Self {
        TeraboxDl {
            place,
            api: Arc::new(Api::new(config, http.clone(), sessions, clock)),
            http,
            capabilities: KIND.capabilities(),
        }
    }

    fn share(&self, place: Place, link: &ShareLink, memory: Arc<dyn SessionStore>) -> DlShare {
        let resolver = Resolver::new(self.api.clone(), address_of(link), memory);
        DlShare::new(place, self.place.clone(), self.http.clone(), resolver)
    }

    fn unsupported<T>(&self, operation: &'static str) -> Result<T, DriveError> {
        let detail = "the service has no files of its own";
        Err(DriveError::new(ErrorKind::Unsupported, operation, detail)
            .with_sentence("This drive holds no files: it opens share links."))
    }
}

/// A link as an address, with its password as TeraBox writes it.
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
impl Drive for TeraboxDl {
    fn place(&self) -> &Place {
        &self.place
    }

    fn kind(&self) -> &'static str {
        KIND.kind
    }

    fn capabilities(&self) -> &[Capability] {
        &self.capabilities
    }

    fn open_shares(&self) -> Option<&dyn OpenShares> {
        Some(self)
    }

    fn usage_reports(&self) -> Option<&dyn UsageReports> {
        Some(self)
    }

    async fn account(&self) -> Result<Account, DriveError> {
        let info = self.api.account("account").await?;
        let mut facts = Vec::new();
        match self.api.allowance.figures() {
            (Some(used), Some(limit)) => {
                facts.push(("Requests today".to_owned(), format!("{used} of {limit}")));
            }
            (None, Some(limit)) => facts.push(("Requests a day".to_owned(), limit.to_string())),
            (Some(used), None) => facts.push(("Requests today".to_owned(), used.to_string())),
            (None, None) => {}
        }
        if let Some(at) = info.resets_at {
            facts.push((
                "Counted anew".to_owned(),
                at.format("%Y-%m-%d %H:%M UTC").to_string(),
            ));
        }
        if let Some(until) = info.valid_until {
            facts.push(("Paid until".to_owned(), until));
        }
        if let Some(skew) = self.api.told_skew_s() {
            let way = if skew > 0 { "behind" } else { "ahead of" };
            let minutes = skew.unsigned_abs().div_ceil(60);
            facts.push((
                "Clock".to_owned(),
                format!("this machine’s is about {minutes} min {way} the service’s; signatures go by the service’s"),
            ));
        }
        Ok(Account {
            id: info.id.unwrap_or_default(),
            name: info.name.unwrap_or_else(|| "TeraboxDL".to_owned()),
            plan: info.plan,
            facts,
            ..Account::default()
        })
    }

    async fn list(&self, _folder: &EntryPath, _page: &PageRequest) -> Result<Listing, DriveError> {
        self.unsupported("list")
    }

    /// There is the place itself and nothing in it.
    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        match path.is_root() {
            true => Ok(Entry::root_of(&self.place)),
            false => self.unsupported("stat"),
        }
    }

    async fn search(&self, _query: &str, _page: &PageRequest) -> Result<Listing, DriveError> {
        self.unsupported("search")
    }

    fn possible_renditions(&self, _entry: &Entry) -> Vec<Rendition> {
        Vec::new()
    }

    async fn playlist(
        &self,
        _entry: &Entry,
        _rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        self.unsupported("playlist")
    }

    fn segment_facts(&self) -> FactsReader {
        FactsReader::none()
    }

    async fn original(&self, _entry: &Entry) -> Result<Origin, DriveError> {
        self.unsupported("original")
    }

    async fn thumbnail(&self, _entry: &Entry) -> Result<Origin, DriveError> {
        self.unsupported("thumbnail")
    }

    async fn fetch(
        &self,
        _origin: &Origin,
        _from: u64,
        _last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        self.unsupported("fetch")
    }
}

#[async_trait]
impl OpenShares for TeraboxDl {
    /// Every link of TeraBox that can be written down; not those at a host of the owner's own network.
    fn opens(&self, link: &ShareLink) -> bool {
        link.kind == LINKS && !link.host.contains(':') && !link.id.starts_with('@')
    }

    fn home(&self) -> Option<LinkHome> {
        None
    }

    /// Each link costs something here, and an account opens it with more qualities.
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
    ) -> Result<SharedDrive, DriveError> {
        let share = self.share(place, link, memory);
        share.open().await?;
        Ok(Arc::new(share))
    }

    fn reopen(&self, place: Place, link: &ShareLink, memory: Arc<dyn SessionStore>) -> SharedDrive {
        Arc::new(self.share(place, link, memory))
    }

    fn saves(&self, _share: &dyn Drive) -> bool {
        false
    }

    async fn save(
        &self,
        _share: &dyn Drive,
        _paths: &[EntryPath],
        _to: &EntryPath,
        _on_conflict: OnConflict,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.unsupported("save")
    }
}
