//! A drive whose every request takes a permit: the only way in which the rest of the program reaches a drive.
//!
//! Calls for browsing and playing are made at a priority ([`GovernedDrive::at`]). The other abilities are
//! handles with the calls of their traits. A function that makes no request requires no permit.

mod abilities;
mod volume;

use std::future::Future;
use std::sync::Arc;

use crate::api::limiter::{Purpose, RequestKind, RequestLimiter, under};
use crate::api::{
    Account, Archives, Capability, DirectLinks, Drive, DriveError, FactsReader, Manage, OpenShares,
    OwnShares, RemoteDownloads, SignIn, Tags, Trash, Upload, UsageReports, Versions,
};
use media::{Entry, EntryPath, Place, Rendition};

pub use abilities::AbilityCalls;
pub use volume::VolumeCalls;

/// A drive and the limiter of its account.
pub struct GovernedDrive<L> {
    drive: Drive,
    limiter: Arc<L>,
}

impl<L: RequestLimiter> GovernedDrive<L> {
    /// Puts `drive` under `limiter`.
    pub fn new(drive: Drive, limiter: Arc<L>) -> Self {
        GovernedDrive { drive, limiter }
    }

    /// Returns the drive itself, which cannot be called, for [`OpenShares::save`].
    pub fn as_drive(&self) -> &Drive {
        &self.drive
    }

    /// Returns the limiter of the account.
    pub fn limiter(&self) -> &Arc<L> {
        &self.limiter
    }

    /// Returns the drive's name, as it stands in paths of URLs.
    pub fn place(&self) -> &Place {
        &self.drive.place
    }

    /// Returns the kind, as it stands in the config (`terabox`).
    pub fn kind(&self) -> &'static str {
        self.drive.kind
    }

    /// Returns the capabilities of the drive, which never change while the program runs.
    pub fn capabilities(&self) -> &[Capability] {
        &self.drive.capabilities
    }

    /// Returns true if the files are on this machine, so that prefetching gains nothing.
    pub fn is_local(&self) -> bool {
        self.drive.is_local
    }

    /// Returns true if the upstream makes no pictures: those of a film are inside of its file.
    pub fn has_pictures_inside(&self) -> bool {
        self.drive.has_pictures_inside
    }

    /// Returns true if this is a share that requires no further call of the account that opened it.
    pub fn is_self_contained(&self) -> bool {
        self.drive.is_self_contained
    }

    /// Returns the renditions that the upstream may have of this entry, best first, without an upstream call.
    pub fn possible_renditions(&self, entry: &Entry) -> Vec<Rendition> {
        let volume = self.drive.volume.as_ref();
        volume.map_or(Vec::new(), |volume| volume.possible_renditions(entry))
    }

    /// Returns the renditions that are guaranteed to exist; see [`Volume::guaranteed_renditions`](crate::api::Volume::guaranteed_renditions).
    pub fn guaranteed_renditions(&self, entry: &Entry) -> Vec<Rendition> {
        let volume = self.drive.volume.as_ref();
        volume.map_or(Vec::new(), |volume| volume.guaranteed_renditions(entry))
    }

    /// Returns true if there may be streams of this entry: renditions of the upstream, or the original in another
    /// container. Otherwise, it has only the file itself.
    pub fn streams(&self, entry: &Entry) -> bool {
        self.has_renditions(entry) || self.has_source(entry)
    }

    /// Returns true if the type of this entry allows to send its original in another container, made of ranges of it.
    pub fn has_source(&self, entry: &Entry) -> bool {
        let volume = self.drive.volume.as_ref();
        volume.is_some_and(|volume| volume.has_source(entry))
            && self.capabilities().contains(&Capability::Original)
    }

    /// Returns true if the upstream may have renditions of this entry.
    pub fn has_renditions(&self, entry: &Entry) -> bool {
        entry.kind.is_playable()
            && self.capabilities().contains(&Capability::Stream)
            && !self.possible_renditions(entry).is_empty()
    }

    /// Returns true if a browser plays the file itself best; see [`Volume::plays_directly`](crate::api::Volume::plays_directly).
    pub fn plays_directly(&self, entry: &Entry) -> bool {
        let volume = self.drive.volume.as_ref();
        volume.is_some_and(|volume| volume.plays_directly(entry))
    }

    /// See [`Volume::has_small_thumbnails`](crate::api::Volume::has_small_thumbnails).
    pub fn has_small_thumbnails(&self) -> bool {
        let volume = self.drive.volume.as_ref();
        volume.is_some_and(|volume| volume.has_small_thumbnails())
    }

    /// See [`Volume::may_have_subtitles`](crate::api::Volume::may_have_subtitles).
    pub fn may_have_subtitles(&self, entry: &Entry) -> bool {
        let volume = self.drive.volume.as_ref();
        volume.is_some_and(|volume| volume.may_have_subtitles(entry))
    }

    /// Returns the RFC 6381 codecs of a rendition; `None` if they depend on the entry.
    pub fn codecs(&self, rendition: Rendition) -> Option<&'static str> {
        self.drive.volume.as_ref()?.codecs(rendition)
    }

    /// Returns a reader of the facts that a segment's URL alone reveals.
    pub fn segment_facts(&self) -> FactsReader {
        let volume = self.drive.volume.as_ref();
        volume.map_or_else(FactsReader::none, |volume| volume.segment_facts())
    }

    /// Returns the entry path of a path in the upstream's notation; `None` outside of the drive.
    pub fn local_path(&self, upstream: &str) -> Option<EntryPath> {
        self.drive.volume.as_ref()?.local_path(upstream)
    }

    /// Returns the channel of folders that have changed; `None` if the drive cannot watch them.
    pub fn changes(&self) -> Option<tokio::sync::broadcast::Receiver<EntryPath>> {
        self.drive.volume.as_ref()?.changes()
    }

    /// Returns true if changes are announced only by [`GovernedDrive::poll_changes`].
    pub fn is_polled_for_changes(&self) -> bool {
        let volume = self.drive.volume.as_ref();
        volume.is_some_and(|volume| volume.is_polled_for_changes())
    }

    /// See [`Volume::poll_changes`](crate::api::Volume::poll_changes).
    pub async fn poll_changes(&self) -> Result<bool, DriveError> {
        match &self.drive.volume {
            Some(volume) => {
                self.permitted(Purpose::Background, volume.poll_changes())
                    .await
            }
            None => Ok(false),
        }
    }

    /// Waits until shutdown is safe, such as until refreshed tokens have been stored.
    pub async fn drain(&self) {
        self.drive.account.drain().await;
    }

    /// Returns the account's name, quota and the like. Errors as any other call, `signed_out` among them.
    pub async fn account(&self) -> Result<Account, DriveError> {
        self.permitted(Purpose::Interactive, self.drive.account.account())
            .await
    }

    /// Returns true if [`GovernedDrive::account`] makes no request.
    pub fn is_account_known(&self) -> bool {
        self.drive.account.is_known()
    }

    /// See [`AccountSession::activate_sharing`](crate::AccountSession::activate_sharing).
    pub async fn activate_sharing(&self) -> Result<(), DriveError> {
        self.permitted(Purpose::Interactive, self.drive.account.activate_sharing())
            .await
    }

    /// Refreshes the session if it is due.
    pub async fn refresh_if_due(&self) -> Result<(), DriveError> {
        self.permitted(Purpose::Background, self.drive.account.refresh_if_due())
            .await
    }

    /// Returns the calls for browsing and playing, made at `priority`.
    pub fn at(self: &Arc<Self>, priority: impl Into<L::Priority>) -> VolumeCalls<L> {
        VolumeCalls {
            drive: self.clone(),
            priority: priority.into(),
        }
    }

    /// Returns the calls that change files; `None` without [`Capability::Manage`].
    pub fn manage(&self) -> Option<AbilityCalls<'_, L, dyn Manage>> {
        self.ability(self.drive.manage.as_deref())
    }

    /// Returns the calls that upload files; `None` without [`Capability::Upload`].
    pub fn upload(&self) -> Option<AbilityCalls<'_, L, dyn Upload>> {
        self.ability(self.drive.upload.as_deref())
    }

    /// Returns the calls for the account's own links; `None` without [`Capability::Share`].
    pub fn own_shares(&self) -> Option<AbilityCalls<'_, L, dyn OwnShares>> {
        self.ability(self.drive.own_shares.as_deref())
    }

    /// Returns the calls for the trash; `None` without [`Capability::Trash`].
    pub fn trash(&self) -> Option<AbilityCalls<'_, L, dyn Trash>> {
        self.ability(self.drive.trash.as_deref())
    }

    /// Returns the calls for versions of files; `None` without [`Capability::Versions`].
    pub fn versions(&self) -> Option<AbilityCalls<'_, L, dyn Versions>> {
        self.ability(self.drive.versions.as_deref())
    }

    /// Returns the calls for downloads from URLs; `None` without [`Capability::RemoteDownload`].
    pub fn remote_downloads(&self) -> Option<AbilityCalls<'_, L, dyn RemoteDownloads>> {
        self.ability(self.drive.remote_downloads.as_deref())
    }

    /// Returns the calls for archives; `None` without [`Capability::Archives`].
    pub fn archives(&self) -> Option<AbilityCalls<'_, L, dyn Archives>> {
        self.ability(self.drive.archives.as_deref())
    }

    /// Returns the calls for direct links; `None` without [`Capability::DirectLinks`].
    pub fn direct_links(&self) -> Option<AbilityCalls<'_, L, dyn DirectLinks>> {
        self.ability(self.drive.direct_links.as_deref())
    }

    /// Returns the calls for tags; `None` without [`Capability::Tags`].
    pub fn tags(&self) -> Option<AbilityCalls<'_, L, dyn Tags>> {
        self.ability(self.drive.tags.as_deref())
    }

    /// Returns the calls that sign in from a page; `None` if the kind has no sign-in.
    pub fn sign_in(&self) -> Option<AbilityCalls<'_, L, dyn SignIn>> {
        self.ability(self.drive.sign_in.as_deref())
    }

    /// Returns the calls that open share links; `None` without [`Capability::OpenShares`].
    pub fn open_shares(&self) -> Option<AbilityCalls<'_, L, dyn OpenShares>> {
        self.ability(self.drive.open_shares.as_deref())
    }

    /// Returns the calls for usage reports; `None` if the upstream counts no requests.
    pub fn usage_reports(&self) -> Option<AbilityCalls<'_, L, dyn UsageReports>> {
        self.ability(self.drive.usage_reports.as_deref())
    }

    fn ability<'d, T: ?Sized>(&'d self, ability: Option<&'d T>) -> Option<AbilityCalls<'d, L, T>> {
        ability.map(|ability| AbilityCalls {
            drive: self,
            ability,
        })
    }

    async fn permitted<T>(
        &self,
        purpose: Purpose,
        call: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        let priority = L::priority_of(purpose);
        let permit = self.limiter.acquire(RequestKind::Call, &priority).await?;
        under(&permit, call).await
    }
}
