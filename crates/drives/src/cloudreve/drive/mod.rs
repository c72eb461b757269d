//! An account at a Cloudreve site as a drive: browsing, playing, managing, uploading, sharing.

pub(crate) mod browse;
pub(crate) mod entries;
mod fetch;
pub(crate) mod hls;
mod manage;
mod own_shares;
pub(crate) mod paging;
mod shortcuts;
mod sign_in;
mod upload;

use std::sync::Arc;

use async_trait::async_trait;

use crate::cloudreve::client::Api;
use crate::cloudreve::codes::Context;
use crate::cloudreve::config::CloudreveConfig;
use crate::cloudreve::drive::browse::Tree;
use crate::cloudreve::request::Site;
use crate::cloudreve::session::auth::Auth;
use crate::cloudreve::uri::Root;
use crate::links::LinkHome;
use crate::uploads::UploadStaging;
use crate::{
    Account, AccountSession, Capability, Drive, DriveContext, DriveError, DriveKind, FactsReader,
    Incoming, Origin, Quota, UpstreamPlaylist, Volume,
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
    ],
};

/// An account at a site.
pub(crate) struct Cloudreve {
    pub(crate) api: Api,
    pub(crate) tree: Tree,
    pub(crate) uploads: Option<UploadStaging>,
    pub(crate) home: Option<LinkHome>,
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
        .with_sign_in(account.clone());
    match account.uploads {
        Some(_) => drive.with_upload(account),
        None => drive,
    }
}

impl Cloudreve {
    fn new(place: Place, config: CloudreveConfig, context: DriveContext) -> Self {
        let home = LinkHome::of(KIND.kind, &config.base_url);
        let site = Arc::new(Site {
            http: context.http,
            clock: context.clock,
            base_url: config.base_url.clone(),
        });
        let api = Api::new(Arc::new(Auth::new(config, site, context.sessions)));
        Cloudreve {
            tree: Tree::new(place, api.clone(), Root::My, Context::Files),
            api,
            uploads: UploadStaging::of(context.uploads),
            home,
        }
    }
}

#[async_trait]
impl AccountSession for Cloudreve {
    async fn account(&self) -> Result<Account, DriveError> {
        let (user, capacity, unfinished) = tokio::join!(
            self.api.me(),
            self.api.capacity(),
            self.unfinished_uploads()
        );
        let (user, capacity) = (user?, capacity?.unwrap_or_default());
        let bytes = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        let (total, used) = (bytes(capacity.total), bytes(capacity.used));
        let packs = bytes(capacity.storage_pack_total).filter(|packs| *packs > 0);
        let has_name = |name: &String| !name.is_empty();
        let email = user.email.filter(has_name);
        let told = [
            ("Email", email.clone()),
            ("Of it in storage packs", packs.map(gigabytes)),
            ("Unfinished uploads", unfinished),
        ];
        Ok(Account {
            name: user.nickname.filter(has_name).or(email).unwrap_or_default(),
            avatar_url: user
                .avatar
                .filter(has_name)
                .map(|_| self.api.site.url(&format!("/user/avatar/{}", user.id))),
            plan: user.group.and_then(|group| group.name).filter(has_name),
            quota: total.zip(used).map(|(total, used)| Quota { total, used }),
            session_ends_at: self
                .api
                .auth
                .ends_at()
                .await
                .and_then(|at| media::unix_time(i64::try_from(at).ok()?)),
            facts: told
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect(),
            id: user.id,
        })
    }

    async fn refresh_if_due(&self) -> Result<(), DriveError> {
        self.api.auth.access().await.map(drop)
    }

    async fn drain(&self) {
        self.api.auth.drain().await;
    }
}

#[async_trait]
impl Volume for Cloudreve {
    fn local_path(&self, upstream: &str) -> Option<EntryPath> {
        self.tree.root.path(upstream)
    }

    fn changes(&self) -> Option<tokio::sync::broadcast::Receiver<EntryPath>> {
        Some(self.tree.changed.subscribe())
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

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}
