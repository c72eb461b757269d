//! A drive: an upstream of one kind, opened with its settings.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    AccountSession, Archives, Capability, DirectLinks, DriveError, LinkHome, Manage, OnConflict,
    Outcome, OwnShares, Permits, RemoteDownloads, SessionStore, ShareContents, ShareLink,
    ShortLink, SignIn, Tags, Trash, Upload, UsageReports, Versions, Volume,
};
use media::{EntryPath, Place};

/// A drive as its kind opened it: its account, its files, and the abilities that it has.
///
/// Nothing here can be called. [`GovernedDrive`](crate::GovernedDrive) takes a drive and makes its calls, each under a
/// permit.
pub struct Drive {
    pub(crate) place: Place,
    pub(crate) kind: &'static str,
    pub(crate) capabilities: Vec<Capability>,
    pub(crate) is_local: bool,
    pub(crate) is_self_contained: bool,
    pub(crate) has_pictures_inside: bool,
    pub(crate) account: Arc<dyn AccountSession>,
    pub(crate) volume: Option<Arc<dyn Volume>>,
    pub(crate) manage: Option<Arc<dyn Manage>>,
    pub(crate) upload: Option<Arc<dyn Upload>>,
    pub(crate) own_shares: Option<Arc<dyn OwnShares>>,
    pub(crate) open_shares: Option<Arc<dyn OpenShares>>,
    pub(crate) trash: Option<Arc<dyn Trash>>,
    pub(crate) versions: Option<Arc<dyn Versions>>,
    pub(crate) remote_downloads: Option<Arc<dyn RemoteDownloads>>,
    pub(crate) archives: Option<Arc<dyn Archives>>,
    pub(crate) direct_links: Option<Arc<dyn DirectLinks>>,
    pub(crate) tags: Option<Arc<dyn Tags>>,
    pub(crate) sign_in: Option<Arc<dyn SignIn>>,
    pub(crate) usage_reports: Option<Arc<dyn UsageReports>>,
    /// For an open share: the access by which other accounts copy it.
    pub(crate) contents: Option<Arc<dyn ShareContents>>,
}

impl Drive {
    /// Returns a drive named `place` with an account and no ability yet. `kind` is the kind as it stands in the config.
    pub fn new(place: Place, kind: &'static str, account: Arc<dyn AccountSession>) -> Self {
        Drive {
            place,
            kind,
            capabilities: Vec::new(),
            is_local: false,
            is_self_contained: false,
            has_pictures_inside: false,
            account,
            volume: None,
            manage: None,
            upload: None,
            own_shares: None,
            open_shares: None,
            trash: None,
            versions: None,
            remote_downloads: None,
            archives: None,
            direct_links: None,
            tags: None,
            sign_in: None,
            usage_reports: None,
            contents: None,
        }
    }

    /// Adds files, and the capabilities that have no trait of their own.
    pub fn with_volume(mut self, volume: Arc<dyn Volume>, capabilities: &[Capability]) -> Self {
        self.volume = Some(volume);
        for capability in capabilities {
            self.add(*capability);
        }
        self
    }

    /// Adds changes to files.
    pub fn with_manage(mut self, manage: Arc<dyn Manage>) -> Self {
        self.manage = Some(manage);
        self.add(Capability::Manage);
        self
    }

    /// Adds uploads.
    pub fn with_upload(mut self, upload: Arc<dyn Upload>) -> Self {
        self.upload = Some(upload);
        self.add(Capability::Upload);
        self
    }

    /// Adds the account's own share links.
    pub fn with_own_shares(mut self, own_shares: Arc<dyn OwnShares>) -> Self {
        self.own_shares = Some(own_shares);
        self.add(Capability::Share);
        self
    }

    /// Adds share links of others.
    pub fn with_open_shares(mut self, open_shares: Arc<dyn OpenShares>) -> Self {
        self.open_shares = Some(open_shares);
        self.add(Capability::OpenShares);
        self
    }

    /// Adds the trash.
    pub fn with_trash(mut self, trash: Arc<dyn Trash>) -> Self {
        self.trash = Some(trash);
        self.add(Capability::Trash);
        self
    }

    /// Adds versions of files.
    pub fn with_versions(mut self, versions: Arc<dyn Versions>) -> Self {
        self.versions = Some(versions);
        self.add(Capability::Versions);
        self
    }

    /// Adds downloads from URLs to the drive.
    pub fn with_remote_downloads(mut self, downloads: Arc<dyn RemoteDownloads>) -> Self {
        self.remote_downloads = Some(downloads);
        self.add(Capability::RemoteDownload);
        self
    }

    /// Adds archives that the upstream packs and unpacks.
    pub fn with_archives(mut self, archives: Arc<dyn Archives>) -> Self {
        self.archives = Some(archives);
        self.add(Capability::Archives);
        self
    }

    /// Adds direct links to files.
    pub fn with_direct_links(mut self, direct_links: Arc<dyn DirectLinks>) -> Self {
        self.direct_links = Some(direct_links);
        self.add(Capability::DirectLinks);
        self
    }

    /// Adds tags.
    pub fn with_tags(mut self, tags: Arc<dyn Tags>) -> Self {
        self.tags = Some(tags);
        self.add(Capability::Tags);
        self
    }

    /// Adds sign-in from a page.
    pub fn with_sign_in(mut self, sign_in: Arc<dyn SignIn>) -> Self {
        self.sign_in = Some(sign_in);
        self
    }

    /// Adds usage reports.
    pub fn with_usage_reports(mut self, usage_reports: Arc<dyn UsageReports>) -> Self {
        self.usage_reports = Some(usage_reports);
        self
    }

    /// Adds the access by which other accounts copy this share.
    pub fn with_contents(mut self, contents: Arc<dyn ShareContents>) -> Self {
        self.contents = Some(contents);
        self
    }

    /// Marks the files as local to this machine.
    pub fn local(mut self) -> Self {
        self.is_local = true;
        self
    }

    /// Marks the upstream as one that makes no pictures: those of a film are inside of its file.
    pub fn with_pictures_inside(mut self) -> Self {
        self.has_pictures_inside = true;
        self
    }

    /// Marks a share as independent of further calls by the account that opened it.
    pub fn self_contained(mut self) -> Self {
        self.is_self_contained = true;
        self
    }

    /// Adds a capability in the order in which they are shown.
    fn add(&mut self, capability: Capability) {
        let mut has = self.capabilities.clone();
        has.push(capability);
        self.capabilities = Capability::ALL
            .into_iter()
            .filter(|capability| has.contains(capability))
            .collect();
    }
}

/// Opens share links. Each share that is opened is a drive of its own.
#[async_trait]
pub trait OpenShares: Send + Sync {
    /// Returns true if this drive opens such a link.
    fn opens(&self, link: &ShareLink) -> bool;

    /// Returns the hosts at which this drive's upstream is found, that of the settings first: links at them are its
    /// links. Empty if it has no host of its own.
    fn homes(&self) -> Vec<LinkHome>;

    /// Returns true if other drives that open a link are preferred, e.g. because each link costs something
    /// here.
    fn is_fallback(&self) -> bool {
        false
    }

    /// Returns the target of a short link, requested once and not followed further; `None` if it has none.
    async fn follow(&self, _link: &ShortLink) -> Result<Option<String>, DriveError> {
        Ok(None)
    }

    /// Opens the share as a drive named `place`. `memory` keeps what the share must remember over a restart (its key),
    /// durable before it is used.
    ///
    /// # Errors
    /// `share_password_required`, `share_password_wrong` and `share_gone` among those of any call.
    async fn open(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
    ) -> Result<Drive, DriveError>;

    /// Returns the same share after a restart, from what `memory` holds, without a request.
    fn reopen(&self, place: Place, link: &ShareLink, memory: Arc<dyn SessionStore>) -> Drive;

    /// Returns true if this drive can copy the open share `share`.
    fn saves(&self, _share: &Drive) -> bool {
        false
    }

    /// Copies entries of the open share `share` into a folder of this drive, which is made if it is missing.
    /// Returns one outcome per path, in their order, once the upstream is done.
    async fn save(
        &self,
        _share: &Drive,
        _paths: &[EntryPath],
        _to: &EntryPath,
        _on_conflict: OnConflict,
        _permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let detail = "the drive copies nothing from shares";
        Err(DriveError::unsupported("save", detail))
    }
}
