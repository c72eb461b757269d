//! TeraBox by its Open Platform: the files of one account, and its own links by its web session.
//!
//! Here is the promise of a drive, kept with the upstream's calls (`client`). Sources: the Open
//! Platform document, and where it is silent or contradicts itself, what clients met; both readings
//! are accepted then. Nothing here works around a plan, a preview or a verification: they are told.

mod auth;
mod changes;
mod client;
mod codes;
mod config;
mod entries;
mod fetch;
mod files;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod ladder;
mod links;
mod loose;
mod manage;
mod names;
mod oauth;
mod own_shares;
mod segment;
mod session;
mod share;
mod share_calls;
mod share_files;
mod share_memory;
mod share_open;
mod share_save;
mod share_types;
mod sign_in;
mod types;
mod upload;
mod verdict;
mod web;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::DateTime;
use http::HeaderValue;

use self::client::Api;
use self::entries::{Root, root_entry};
use self::files::Thumbnails;
use self::share_open::Tries;
use super::http::Client;
use super::links::LinkHome;
use super::turns::OwnTurns;
use super::{
    Account, Capability, Clock, Drive, DriveError, DriveKind, ErrorKind, Incoming, Manage,
    OpenShares, Origin, Quota, SegmentFacts, SessionStore, SignIn, Spool, Turns, Upload,
    UploadNotes, UpstreamPlaylist,
};
use crate::media::{Entry, EntryPath, Listing, PageRequest, Place, Rendition};

pub use config::{TeraboxConfig, WebConfig};

/// What an account at TeraBox can do.
pub static KIND: DriveKind = DriveKind {
    kind: "terabox",
    title: "TeraBox",
    abilities: &[
        (Capability::List, None),
        (Capability::Search, None),
        (Capability::Stream, None),
        (Capability::Original, None),
        (Capability::Upload, None),
        (Capability::Manage, None),
        (Capability::Share, Some("with its web session")),
        (Capability::OpenShares, None),
        (Capability::Quota, None),
    ],
};

/// An account at TeraBox.
pub struct Terabox {
    place: Place,
    root: Root,
    api: Api,
    http: Arc<Client>,
    clock: Clock,
    referer: Option<HeaderValue>,
    thumbnails: Thumbnails,
    uploads: Option<upload::Room>,
    turns: OwnTurns,
    web: Option<web::WebSession>,
    capabilities: Vec<Capability>,
    /// Where the account is at home; share links at that host are its links.
    home: Option<LinkHome>,
    tries: Arc<Tries>,
}

impl Terabox {
    /// A drive named `place`. Nothing is asked before the first call.
    pub fn new(
        place: Place,
        config: TeraboxConfig,
        http: Arc<Client>,
        sessions: Arc<dyn SessionStore>,
        clock: Clock,
    ) -> Self {
        let referer = format!("{}/", config.auth_url.trim_end_matches('/'));
        let root = Root::new(config.root.clone());
        let web = config.web.clone();
        let web = web.map(|web| web::WebSession::new(web, http.clone(), clock.clone()));
        let missing: &[Capability] = match web {
            Some(_) => &[Capability::Upload],
            None => &[Capability::Upload, Capability::Share],
        };
        let capabilities = KIND.capabilities_without(missing);
        let home = LinkHome::of("terabox", &config.auth_url);
        let auth = auth::Auth::new(config, http.clone(), sessions, clock.clone());
        Terabox {
            place,
            root,
            api: Api::new(Arc::new(auth), http.clone(), clock.clone()),
            http,
            clock,
            referer: HeaderValue::try_from(referer).ok(),
            thumbnails: Thumbnails::new(),
            uploads: None,
            turns: OwnTurns::default(),
            web,
            capabilities,
            home,
            tries: Arc::default(),
        }
    }

    /// The same drive, able to take files in: they pass through `spool`, and `notes` remember how far each is.
    pub fn with_uploads(mut self, spool: Spool, notes: Arc<dyn UploadNotes>) -> Self {
        self.uploads = Some(upload::Room::new(spool, notes));
        let missing: &[Capability] = match self.web {
            Some(_) => &[],
            None => &[Capability::Share],
        };
        self.capabilities = KIND.capabilities_without(missing);
        self
    }
}

impl Terabox {
    /// How the web session is, where there is one. That it has ended is a fact and no failure of the account.
    async fn web_facts(&self) -> Vec<(String, String)> {
        let Some(web) = &self.web else {
            return Vec::new();
        };
        let (user, quota) = tokio::join!(web.info(), web.quota());
        let session = match user {
            Ok(users) => {
                let user = users.records.and_then(|records| records.into_iter().next());
                match user.and_then(|user| user.uname.0) {
                    Some(name) => format!("signed in as {name}"),
                    None => "signed in".to_owned(),
                }
            }
            Err(error) if error.kind == ErrorKind::SignedOut => "has ended".to_owned(),
            Err(_) => "does not answer".to_owned(),
        };
        let mut facts = vec![("Web session".to_owned(), session)];
        if quota.is_ok_and(|quota| quota.expire.0.is_some_and(|expired| expired != 0)) {
            facts.push(("Premium".to_owned(), "has run out".to_owned()));
        }
        facts
    }
}

#[async_trait]
impl Drive for Terabox {
    fn place(&self) -> &Place {
        &self.place
    }

    fn kind(&self) -> &'static str {
        KIND.kind
    }

    fn take_turns(&self, turns: Arc<dyn Turns>) {
        self.turns.decided_by(turns);
    }

    fn capabilities(&self) -> &[Capability] {
        &self.capabilities
    }

    fn manage(&self) -> Option<&dyn Manage> {
        Some(self)
    }

    fn upload(&self) -> Option<&dyn Upload> {
        self.uploads.is_some().then_some(self as &dyn Upload)
    }

    fn own_shares(&self) -> Option<&dyn super::OwnShares> {
        self.web.is_some().then_some(self as &dyn super::OwnShares)
    }

    fn sign_in(&self) -> Option<&dyn SignIn> {
        Some(self)
    }

    fn open_shares(&self) -> Option<&dyn OpenShares> {
        Some(self)
    }

    async fn account(&self) -> Result<Account, DriveError> {
        let (user, quota, facts) =
            tokio::join!(self.api.uinfo(), self.api.quota(), self.web_facts());
        let (user, quota) = (user?, quota?);
        let bytes = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        Ok(Account {
            id: user.uk.0.unwrap_or_default(),
            name: user.uname.0.unwrap_or_default(),
            avatar_url: user.avatar_url.0.filter(|url| !url.is_empty()),
            plan: match user.vip_type.0 {
                Some(0) => Some("free".to_owned()),
                Some(1) => Some("premium".to_owned()),
                Some(2) => Some("super premium".to_owned()),
                _ => None,
            },
            quota: match (bytes(quota.total.0), bytes(quota.used.0)) {
                (Some(total), Some(used)) => Some(Quota { total, used }),
                _ => None,
            },
            session_ends_at: self
                .api
                .auth
                .ends_at()
                .await
                .and_then(|at| DateTime::from_timestamp(i64::try_from(at).ok()?, 0)),
            facts,
        })
    }

    fn local_path(&self, upstream: &str) -> Option<EntryPath> {
        self.root.local(upstream)
    }

    async fn keep_session(&self) -> Result<(), DriveError> {
        self.api.auth.access().await.map(drop)
    }

    async fn settled(&self) {
        self.api.auth.settled().await;
    }

    async fn list(&self, folder: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError> {
        self.list_folder(folder, page).await
    }

    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        if path.is_root() {
            return Ok(root_entry(&self.place));
        }
        self.file_info(path).await
    }

    async fn search(&self, query: &str, page: &PageRequest) -> Result<Listing, DriveError> {
        self.search_files(query, page).await
    }

    fn candidates(&self, entry: &Entry) -> Vec<Rendition> {
        ladder::candidates(entry)
    }

    async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        let kind = ladder::kind(rendition)?;
        let path = self.root.upstream(&entry.path);
        let playlist = self.api.streaming(&path, kind).await?;
        Ok(UpstreamPlaylist::new(
            playlist.text,
            Origin::new(playlist.url, None),
        ))
    }

    fn codecs(&self, rendition: Rendition) -> Option<&'static str> {
        ladder::codecs(rendition)
    }

    fn segment_facts(&self, address: &Origin) -> SegmentFacts {
        segment::facts(address.url())
    }

    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.download_address(entry).await
    }

    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.picture_address(entry).await
    }

    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let wanted = fetch::Wanted {
            url: origin.url(),
            from,
            last,
            referer: self.referer.as_ref(),
            is_own_file: links::carries_token(origin.url()),
            length: origin.length(),
        };
        let result = fetch::open(&self.http, &self.clock, wanted).await;
        if let Err(error) = &result
            && error.kind == ErrorKind::Expired
        {
            self.thumbnails.refused(origin).await;
        }
        result
    }
}
