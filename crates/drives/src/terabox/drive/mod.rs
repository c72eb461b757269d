//! An account at TeraBox as a drive: browsing, playing, managing, uploading, sharing.

mod account;
pub(crate) mod browse;
mod changes;
pub(crate) mod entries;
pub(crate) mod fetch;
pub(crate) mod ladder;
mod manage;
mod names;
mod own_shares;
mod recycle;
pub(crate) mod segment;
mod sign_in;
mod subtitles;
mod upload;

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderValue;

use crate::http::Client;
use crate::links::LinkHome;
use crate::terabox::client::Api;
use crate::terabox::config::{TeraboxConfig, WebDriveConfig};
use crate::terabox::drive::browse::{ThumbnailSize, Thumbnails};
use crate::terabox::drive::changes::ChangeFeed;
use crate::terabox::drive::entries::ShownRoot;
use crate::terabox::platform::auth::Auth;
use crate::terabox::share::attempts::UnlockAttempts;
use crate::terabox::transport::Transport;
use crate::terabox::web_session::WebSession;
use crate::uploads::UploadStaging;
use crate::{
    Account, AccountSession, Capability, Clock, Drive, DriveContext, DriveError, DriveKind,
    ErrorKind, FactsReader, Incoming, Origin, UpstreamPlaylist, UpstreamSubtitles, Volume,
};
use media::{Entry, EntryKind, EntryPath, FileKind, Listing, PageRequest, Place, Rendition};

/// The kind of drive that is an account at TeraBox, with its abilities.
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
        (Capability::Trash, Some("with its web session")),
    ],
};

/// The kind of drive that is an account at TeraBox reached by its web session alone, with its abilities.
pub static WEB_KIND: DriveKind = DriveKind {
    kind: "terabox",
    title: "TeraBox by web session",
    abilities: &[
        (Capability::List, None),
        (Capability::Search, None),
        (Capability::Stream, None),
        (Capability::Original, None),
        (Capability::Upload, None),
        (Capability::Manage, None),
        (Capability::Share, None),
        (Capability::OpenShares, None),
        (Capability::Quota, None),
        (Capability::Trash, None),
    ],
};

/// An account at TeraBox.
pub(crate) struct Terabox {
    pub(crate) place: Place,
    pub(crate) root: ShownRoot,
    pub(crate) api: Api,
    pub(crate) http: Arc<Client>,
    pub(crate) clock: Clock,
    /// `Referer` for media hosts; the website, if the transport is a web session.
    pub(crate) referer: Option<HeaderValue>,
    pub(crate) thumbnails: Thumbnails,
    pub(crate) feed: ChangeFeed,
    pub(crate) uploads: Option<UploadStaging>,
    /// The web session, whether it is the transport or stands beside it.
    pub(crate) web: Option<Arc<WebSession>>,
    /// The account's own site; share links at that host belong to this drive.
    pub(crate) home: Option<LinkHome>,
    pub(crate) attempts: Arc<UnlockAttempts>,
}

/// Opens a drive named `place`, reached by an application. The first upstream request is made by the first
/// call.
pub(crate) fn open(place: Place, config: TeraboxConfig, context: DriveContext) -> Drive {
    Arc::new(Terabox::new(place, config, context)).into_drive()
}

/// Opens a drive named `place`, reached by the account's own web session alone. The first upstream request is
/// made by the first call.
pub(crate) fn open_by_web_session(
    place: Place,
    config: WebDriveConfig,
    context: DriveContext,
) -> Drive {
    Arc::new(Terabox::by_web_session(place, config, context)).into_drive()
}

impl Terabox {
    pub(crate) fn new(place: Place, config: TeraboxConfig, context: DriveContext) -> Self {
        let DriveContext { http, clock, .. } = context;
        let referer = format!("{}/", config.auth_url.trim_end_matches('/'));
        let root = ShownRoot::new(config.root.clone());
        let store = context.web_sessions;
        let web = config.web.clone().map(|web| {
            Arc::new(WebSession::new(
                web,
                http.clone(),
                clock.clone(),
                Some(store),
            ))
        });
        let home = LinkHome::of("terabox", &config.auth_url);
        let auth = Auth::new(config, http.clone(), context.sessions, clock.clone());
        let transport = Transport::Platform(Arc::new(auth));
        Terabox {
            place,
            root,
            api: Api::new(transport, http.clone(), clock.clone()),
            http,
            clock,
            referer: HeaderValue::try_from(referer).ok(),
            thumbnails: Thumbnails::new(),
            feed: ChangeFeed::new(),
            uploads: UploadStaging::of(context.uploads),
            web,
            home,
            attempts: Arc::default(),
        }
    }

    fn by_web_session(place: Place, config: WebDriveConfig, context: DriveContext) -> Self {
        let DriveContext { http, clock, .. } = context;
        let store = Some(context.sessions);
        let web = WebSession::new(config.web, http.clone(), clock.clone(), store);
        let web = Arc::new(web);
        let website = web.base_url();
        Terabox {
            place,
            root: ShownRoot::new(config.root),
            api: Api::new(Transport::Web(web.clone()), http.clone(), clock.clone()),
            http,
            clock,
            referer: HeaderValue::try_from(format!("{website}/")).ok(),
            thumbnails: Thumbnails::new(),
            feed: ChangeFeed::new(),
            uploads: UploadStaging::of(context.uploads),
            web: Some(web),
            home: LinkHome::of("terabox", &website),
            attempts: Arc::default(),
        }
    }

    fn into_drive(self: Arc<Self>) -> Drive {
        const FILES: [Capability; 5] = [
            Capability::List,
            Capability::Search,
            Capability::Stream,
            Capability::Original,
            Capability::Quota,
        ];
        let mut drive = Drive::new(self.place.clone(), KIND.kind, self.clone())
            .with_volume(self.clone(), &FILES)
            .with_sign_in(self.clone())
            .with_open_shares(self.clone())
            .with_manage(self.clone());
        if self.uploads.is_some() {
            drive = drive.with_upload(self.clone());
        }
        if self.web.is_some() {
            drive = drive.with_trash(self.clone()).with_own_shares(self);
        }
        drive
    }
}

#[async_trait]
impl AccountSession for Terabox {
    async fn account(&self) -> Result<Account, DriveError> {
        self.told_account().await
    }

    async fn activate_sharing(&self) -> Result<(), DriveError> {
        if self.api.transport.web().is_some() {
            let detail = "the website activates nothing";
            return Err(DriveError::unsupported("share", detail)
                .with_sentence("This drive shares files without an activation."));
        }
        self.api.activate_sharing().await
    }

    async fn refresh_if_due(&self) -> Result<(), DriveError> {
        match &self.api.transport {
            Transport::Platform(auth) => auth.access().await.map(drop),
            // Requests made from here do not renew a cookie.
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
}

#[async_trait]
impl Volume for Terabox {
    fn local_path(&self, upstream: &str) -> Option<EntryPath> {
        self.root.local(upstream)
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

    fn changes(&self) -> Option<tokio::sync::broadcast::Receiver<EntryPath>> {
        self.web.as_ref().map(|_| self.feed.subscribe())
    }

    fn is_polled_for_changes(&self) -> bool {
        self.web.is_some()
    }

    async fn poll_changes(&self) -> Result<bool, DriveError> {
        self.poll_feed().await
    }

    async fn files_of_kind(
        &self,
        kind: FileKind,
        page: &PageRequest,
    ) -> Result<Option<Listing>, DriveError> {
        self.kind_listing(kind, page).await
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
        self.download_origin(entry).await
    }

    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.picture_origin(entry, ThumbnailSize::Large).await
    }

    fn has_small_thumbnails(&self) -> bool {
        true
    }

    async fn small_thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.picture_origin(entry, ThumbnailSize::Small).await
    }

    fn may_have_subtitles(&self, entry: &Entry) -> bool {
        self.web.is_some() && entry.kind == EntryKind::Video
    }

    async fn subtitles(&self, entry: &Entry) -> Result<Vec<UpstreamSubtitles>, DriveError> {
        let path = self.root.upstream(&entry.path);
        self.told_subtitles(&path).await
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
