//! TeraBox: the files of one account, reached by an application of the Open Platform or by the account's own web
//! session (`way`), and its own links by the latter.
//!
//! Here is the promise of a drive, kept with the upstream's calls (`client`). Sources: the Open
//! Platform document and those of the web session, and where they are silent or contradict themselves, what clients
//! met; both readings are accepted then. Nothing here works around a plan, a preview or a verification: they are told.

mod account;
mod auth;
mod changes;
mod client;
mod codes;
mod config;
mod entries;
mod fetch;
mod files;
#[cfg(any(test, fuzzing, feature = "fuzzing"))]
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
mod way;
mod web;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderValue;

use self::client::Api;
use self::entries::Root;
use self::files::Thumbnails;
use self::share_open::Tries;
use self::way::Way;
use self::web::WebSession;
use super::http::Client;
use super::links::LinkHome;
use super::sending::Room;
use super::turns::OwnTurns;
use super::{
    Account, Capability, Clock, Drive, DriveError, DriveKind, ErrorKind, FactsReader, Incoming,
    Manage, OpenShares, Origin, SessionStore, SignIn, Spool, Turns, Upload, UploadNotes,
    UpstreamPlaylist,
};
use media::{Entry, EntryPath, Listing, PageRequest, Place, Rendition};

pub use config::{TeraboxConfig, WebConfig, WebDriveConfig};
pub use web::{NoCookie, WebCookie};

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

/// What an account at TeraBox can do that is reached by its web session alone.
pub static WEB_KIND: DriveKind = DriveKind {
    kind: "terabox",
    title: "TeraBox by web session",
    abilities: &[
        (Capability::List, None),
        (Capability::Search, None),
        (Capability::Stream, None),
        (Capability::Original, None),
        (Capability::Share, None),
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
    /// What media hosts are told; of a web session, its website.
    referer: Option<HeaderValue>,
    thumbnails: Thumbnails,
    uploads: Option<Room>,
    turns: OwnTurns,
    /// The web session, as the way or beside it.
    web: Option<Arc<WebSession>>,
    capabilities: Vec<Capability>,
    /// Where the account is at home; share links at that host are its links.
    home: Option<LinkHome>,
    tries: Arc<Tries>,
}

impl Terabox {
    /// A drive named `place`, reached by an application. Nothing is asked before the first call.
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
        let web = web.map(|web| Arc::new(WebSession::new(web, http.clone(), clock.clone())));
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
            api: Api::new(Way::Platform(Arc::new(auth)), http.clone(), clock.clone()),
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

    /// A drive named `place`, reached by the account's own web session alone, which `sessions` keeps. Nothing is
    /// asked before the first call. It changes no files: the website's calls for that are not known well enough.
    pub fn by_web_session(
        place: Place,
        config: WebDriveConfig,
        http: Arc<Client>,
        sessions: Arc<dyn SessionStore>,
        clock: Clock,
    ) -> Self {
        let web = Arc::new(WebSession::new(config.web, http.clone(), clock.clone()));
        web.keep_in(sessions);
        let website = web.base_url();
        Terabox {
            place,
            root: Root::new(config.root),
            api: Api::new(Way::Web(web.clone()), http.clone(), clock.clone()),
            http,
            clock,
            referer: HeaderValue::try_from(format!("{website}/")).ok(),
            thumbnails: Thumbnails::new(),
            uploads: None,
            turns: OwnTurns::default(),
            web: Some(web),
            capabilities: WEB_KIND.capabilities(),
            home: LinkHome::of("terabox", &website),
            tries: Arc::default(),
        }
    }

    /// The same drive; a web session beside its application that is pasted on a page is kept there.
    pub fn with_web_sessions(self, sessions: Arc<dyn SessionStore>) -> Self {
        if let Some(web) = &self.web {
            web.keep_in(sessions);
        }
        self
    }

    /// The same drive, able to take files in: they pass through `spool`, and `notes` remember how far each is.
    pub fn with_uploads(mut self, spool: Spool, notes: Arc<dyn UploadNotes>) -> Self {
        self.uploads = Some(Room::new(spool, notes));
        let missing: &[Capability] = match self.web {
            Some(_) => &[],
            None => &[Capability::Share],
        };
        self.capabilities = KIND.capabilities_without(missing);
        self
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
        self.api.way.web().is_none().then_some(self as &dyn Manage)
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
        self.told_account().await
    }

    fn local_path(&self, upstream: &str) -> Option<EntryPath> {
        self.root.local(upstream)
    }

    async fn keep_session(&self) -> Result<(), DriveError> {
        match &self.api.way {
            Way::Platform(auth) => auth.access().await.map(drop),
            // A cookie is not renewed by being used from here.
            Way::Web(_) => Ok(()),
        }
    }

    async fn settled(&self) {
        if let Way::Platform(auth) = &self.api.way {
            auth.settled().await;
        }
        if let Some(web) = &self.web {
            web.settled().await;
        }
    }

    async fn list(&self, folder: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError> {
        self.list_folder(folder, page).await
    }

    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        if path.is_root() {
            return Ok(Entry::root_of(&self.place));
        }
        self.file_info(path).await
    }

    async fn details(&self, paths: &[EntryPath]) -> Result<Vec<Entry>, DriveError> {
        self.file_infos(paths).await
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

    fn segment_facts(&self) -> FactsReader {
        FactsReader::new(|address| segment::facts(address.url()))
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
        let wanted = fetch::wanted(&self.api.way, origin, self.referer.as_ref(), from, last);
        let result = fetch::open(&self.http, &self.clock, wanted).await;
        if let Err(error) = &result
            && error.kind == ErrorKind::Expired
        {
            self.thumbnails.refused(origin).await;
        }
        result
    }
}
