//! An account at a Cloudreve site as a drive: browsing, playing, managing, uploading, sharing.

mod account;
mod archives;
pub(crate) mod browse;
mod direct_links;
pub(crate) mod entries;
mod events;
pub(crate) mod fetch;
pub(crate) mod hls;
mod limits;
mod manage;
mod own_shares;
pub(crate) mod paging;
mod remote_downloads;
mod shortcuts;
mod sign_in;
mod tags;
mod trash;
mod upload;
mod versions;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use tokio::sync::OnceCell;

use crate::cloudreve::client::Api;
use crate::cloudreve::codes::Context;
use crate::cloudreve::config::CloudreveConfig;
use crate::cloudreve::drive::account::SiteAbout;
use crate::cloudreve::drive::browse::SiteTree;
use crate::cloudreve::drive::events::ChangeWatcher;
use crate::cloudreve::request::Site;
use crate::cloudreve::session::auth::Auth;
use crate::cloudreve::types::UserGroup;
use crate::cloudreve::uri::UriRoot;
use crate::links::LinkHome;
use crate::uploads::UploadStaging;
use crate::{
    Capability, Drive, DriveContext, DriveError, DriveKind, FactsReader, Incoming, Origin,
    UpstreamPlaylist, Volume,
};
use media::{Entry, EntryPath, Listing, PageRequest, Place, Rendition};

/// Abilities of an account at a site.
pub static KIND: DriveKind = DriveKind {
    kind: "cloudreve",
    title: "Cloudreve",
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
        (Capability::Versions, None),
        (Capability::RemoteDownload, Some("where the group may")),
        (Capability::Archives, Some("where the group may")),
        (Capability::DirectLinks, Some("where the group may")),
        (Capability::Tags, None),
    ],
};

/// An account at a site.
pub(crate) struct Cloudreve {
    pub(crate) api: Api,
    pub(crate) tree: SiteTree,
    pub(crate) uploads: Option<UploadStaging>,
    pub(crate) home: Option<LinkHome>,
    /// The group of the account, once it was requested.
    pub(crate) group: OnceCell<UserGroup>,
    /// Name and limits of the site, once they were requested.
    pub(crate) about: OnceCell<SiteAbout>,
    watcher: OnceLock<Option<ChangeWatcher>>,
}

/// Opens a drive named `place`. No request is made before the first call.
pub(crate) fn open(place: Place, config: CloudreveConfig, context: DriveContext) -> Drive {
    const FILES: [Capability; 5] = [
        Capability::List,
        Capability::Search,
        Capability::Stream,
        Capability::Original,
        Capability::Quota,
    ];
    let account = Arc::new(Cloudreve::new(place.clone(), config, context));
    let drive = Drive::new(place, KIND.kind, account.clone())
        .with_volume(account.clone(), &FILES)
        .with_manage(account.clone())
        .with_own_shares(account.clone())
        .with_open_shares(account.clone())
        .with_trash(account.clone())
        .with_versions(account.clone())
        .with_remote_downloads(account.clone())
        .with_archives(account.clone())
        .with_direct_links(account.clone())
        .with_tags(account.clone())
        .with_sign_in(account.clone());
    match account.uploads {
        Some(_) => drive.with_upload(account),
        None => drive,
    }
}

impl Cloudreve {
    fn new(place: Place, config: CloudreveConfig, context: DriveContext) -> Self {
        let home = LinkHome::of(KIND.kind, &config.base_url);
        let base_url = config.base_url.clone();
        let site = Arc::new(Site::new(context.http, context.clock, base_url));
        let api = Api::new(Arc::new(Auth::new(config, site, context.sessions)));
        Cloudreve {
            tree: SiteTree::new(place, api.clone(), UriRoot::My, Context::Files),
            api,
            uploads: UploadStaging::of(context.uploads),
            home,
            group: OnceCell::new(),
            about: OnceCell::new(),
            watcher: OnceLock::new(),
        }
    }
}

#[async_trait]
impl Volume for Cloudreve {
    fn local_path(&self, upstream: &str) -> Option<EntryPath> {
        self.tree.root.path(upstream)
    }

    fn changes(&self) -> Option<tokio::sync::broadcast::Receiver<EntryPath>> {
        let changes = self.tree.changed.subscribe();
        self.watcher.get_or_init(|| {
            let (recent, changed) = (self.tree.recent.clone(), self.tree.changed.clone());
            ChangeWatcher::start(self.api.clone(), recent, changed)
        });
        Some(changes)
    }

    async fn list(&self, folder: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError> {
        self.tree.list(folder, page).await
    }

    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        self.tree.stat(path).await
    }

    async fn search(&self, query: &str, page: &PageRequest) -> Result<Listing, DriveError> {
        self.tree.search(query, page).await
    }

    fn possible_renditions(&self, entry: &Entry) -> Vec<Rendition> {
        hls::possible_renditions(entry)
    }

    fn guaranteed_renditions(&self, _entry: &Entry) -> Vec<Rendition> {
        hls::CERTAIN.to_vec()
    }

    async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        self.tree.playlist(entry, rendition).await
    }

    fn segment_facts(&self) -> FactsReader {
        self.tree.facts()
    }

    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.tree.original(entry).await
    }

    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.tree.thumbnail(entry).await
    }

    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        self.tree.fetch(origin, from, last).await
    }
}
