//! An account at TeraBox as a drive: browsing, playing, managing, uploading, sharing.

mod account;
pub(crate) mod browse;
pub(crate) mod entries;
pub(crate) mod fetch;
pub(crate) mod ladder;
mod manage;
mod names;
mod own_shares;
pub(crate) mod segment;
mod sign_in;
mod upload;

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderValue;

use crate::http::Client;
use crate::limiter::OwnTurns;
use crate::links::LinkHome;
use crate::terabox::client::Api;
use crate::terabox::config::{TeraboxConfig, WebDriveConfig};
use crate::terabox::drive::browse::Thumbnails;
use crate::terabox::drive::entries::Root;
use crate::terabox::platform::auth::Auth;
use crate::terabox::share::attempts::UnlockAttempts;
use crate::terabox::transport::Transport;
use crate::terabox::web_session::WebSession;
use crate::uploads::UploadStaging;
use crate::{
    Account, Capability, Clock, Drive, DriveError, DriveKind, ErrorKind, FactsReader, Incoming,
    Manage, OpenShares, Origin, SessionStore, SignIn, Spool, Turns, Upload, UploadNotes,
    UpstreamPlaylist,
};
use media::{Entry, EntryPath, Listing, PageRequest, Place, Rendition};

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
    pub(crate) place: Place,
    pub(crate) root: Root,
    pub(crate) api: Api,
    pub(crate) http: Arc<Client>,
    pub(crate) clock: Clock,
    /// What media hosts are told; of a web session, its website.
    pub(crate) referer: Option<HeaderValue>,
    pub(crate) thumbnails: Thumbnails,
    pub(crate) uploads: Option<UploadStaging>,
    pub(crate) turns: OwnTurns,
    /// The web session, as the way or beside it.
    pub(crate) web: Option<Arc<WebSession>>,
    pub(crate) capabilities: Vec<Capability>,
    /// Where the account is at home; share links at that host are its links.
    pub(crate) home: Option<LinkHome>,
    pub(crate) attempts: Arc<UnlockAttempts>,
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
        let auth = Auth::new(config, http.clone(), sessions, clock.clone());
        Terabox {
            place,
            root,
            api: Api::new(
                Transport::Platform(Arc::new(auth)),
                http.clone(),
                clock.clone(),
            ),
            http,
            clock,
            referer: HeaderValue::try_from(referer).ok(),
            thumbnails: Thumbnails::new(),
            uploads: None,
            turns: OwnTurns::default(),
            web,
            capabilities,
            home,
            attempts: Arc::default(),
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
            api: Api::new(Transport::Web(web.clone()), http.clone(), clock.clone()),
            http,
            clock,
            referer: HeaderValue::try_from(format!("{website}/")).ok(),
            thumbnails: Thumbnails::new(),
            uploads: None,
            turns: OwnTurns::default(),
            web: Some(web),
            capabilities: WEB_KIND.capabilities(),
            home: LinkHome::of("terabox", &website),
            attempts: Arc::default(),
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
        self.uploads = Some(UploadStaging::new(spool, notes));
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
        self.api
            .transport
            .web()
            .is_none()
            .then_some(self as &dyn Manage)
    }

    fn upload(&self) -> Option<&dyn Upload> {
        self.uploads.is_some().then_some(self as &dyn Upload)
    }

    fn own_shares(&self) -> Option<&dyn crate::OwnShares> {
        self.web.is_some().then_some(self as &dyn crate::OwnShares)
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

    async fn refresh_if_due(&self) -> Result<(), DriveError> {
        match &self.api.transport {
            Transport::Platform(auth) => auth.access().await.map(drop),
            // A cookie is not renewed by being used from here.
            Transport::Web(_) => Ok(()),
        }
    }

    async fn drain(&self) {
        if let Transport::Platform(auth) = &self.api.transport {
            auth.drain().await;
        }
        if let Some(web) = &self.web {
            web.drain().await;
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

    fn possible_renditions(&self, entry: &Entry) -> Vec<Rendition> {
        ladder::possible_renditions(entry)
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
        let wanted = fetch::wanted(
            &self.api.transport,
            origin,
            self.referer.as_ref(),
            from,
            last,
        );
        let result = fetch::open(&self.http, &self.clock, wanted).await;
        if let Err(error) = &result
            && error.kind == ErrorKind::Expired
        {
            self.thumbnails.refused(origin).await;
        }
        result
    }
}
