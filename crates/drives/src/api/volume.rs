//! What a drive promises to the rest of the program: browsing and playing.

use std::sync::Arc;

use async_trait::async_trait;

use super::*;
use crate::limiter::Turns;
use media::{Entry, EntryPath, Listing, PageRequest, Place, Rendition};

/// An upstream that the owner configured.
///
/// A drive answers for one account. It retries only what its own document says may be retried (a
/// token that has just expired, a stale domain); every other retry belongs to the byte engine, so
/// that exactly one layer owns it.
#[async_trait]
pub trait Drive: Send + Sync {
    /// The drive's name, as it stands in addresses.
    fn place(&self) -> &Place;

    /// The kind, as it stands in the config (`terabox`).
    fn kind(&self) -> &'static str;

    /// What this drive can do. Never changes while the program runs.
    fn capabilities(&self) -> &[Capability];

    /// Changes to files, where [`Capability::Manage`] is told.
    fn manage(&self) -> Option<&dyn Manage> {
        None
    }

    /// Files taken in, where [`Capability::Upload`] is told.
    fn upload(&self) -> Option<&dyn Upload> {
        None
    }

    /// The owner's own links, where [`Capability::Share`] is told.
    fn own_shares(&self) -> Option<&dyn OwnShares> {
        None
    }

    /// Sign-in from the browser.
    fn sign_in(&self) -> Option<&dyn SignIn> {
        None
    }

    /// Share links opened, where [`Capability::OpenShares`] is told.
    fn open_shares(&self) -> Option<&dyn OpenShares> {
        None
    }

    /// What the upstream tells of the owner's use of it, where it counts that.
    fn usage_reports(&self) -> Option<&dyn UsageReports> {
        None
    }

    /// What the kind itself can look into below a share (`self` as its own type); for [`OpenShares::save`].
    fn as_any(&self) -> Option<&dyn std::any::Any> {
        None
    }

    /// Who the account is and how full it is. Errors as any other call, `signed_out` among them.
    async fn account(&self) -> Result<Account, DriveError>;

    /// The entry's path of a path as the upstream itself writes it; `None` where that lies outside of what
    /// the drive shows.
    fn local_path(&self, upstream: &str) -> Option<EntryPath> {
        EntryPath::parse(upstream).ok()
    }

    /// Renews the session if that is due. Asked now and then, so that a session which nobody uses does not
    /// run out for that alone.
    async fn refresh_if_due(&self) -> Result<(), DriveError> {
        Ok(())
    }

    /// Where the drive tells of folders in which something has changed, if it can tell.
    fn changes(&self) -> Option<tokio::sync::broadcast::Receiver<EntryPath>> {
        None
    }

    /// Ends when nothing is under way that the end of the program must not cut short, such as a refresh
    /// whose new tokens are not stored yet.
    async fn drain(&self) {}

    /// Whether its bytes lie on this machine, so that nothing is gained by reading ahead.
    fn is_local(&self) -> bool {
        false
    }

    /// Whether a share was told as a whole when it was opened, so that looking at it asks nothing of the account.
    fn is_self_contained(&self) -> bool {
        false
    }

    /// Who says when the drive may make a request of its own accord, of the many of one upload. Handed in
    /// before the drive is used.
    fn take_turns(&self, _turns: Arc<dyn Turns>) {}

    /// One page of a folder. `not_found` where there is no such folder.
    async fn list(&self, folder: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError>;

    /// One entry with everything that is known of it (duration and picture size for films).
    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError>;

    /// What `stat` tells, of several files in one call, as far as they are found. Nothing at all from a drive that
    /// has no such call.
    async fn details(&self, _paths: &[EntryPath]) -> Result<Vec<Entry>, DriveError> {
        Ok(Vec::new())
    }

    /// One page of entries of the whole drive whose names match.
    async fn search(&self, query: &str, page: &PageRequest) -> Result<Listing, DriveError>;

    /// The renditions that the upstream may have of this entry, best first, without asking it.
    fn possible_renditions(&self, entry: &Entry) -> Vec<Rendition>;

    /// Those of the candidates that such an entry has for certain, best first, as far as that is known without asking.
    /// A stream is never larger than its film, so where nothing is known of the film's picture, it is the smallest.
    fn guaranteed_renditions(&self, entry: &Entry) -> Vec<Rendition> {
        let mut certain = self.possible_renditions(entry);
        if entry.width.is_none() && entry.height.is_none() {
            let heights = certain.iter().filter_map(|rendition| rendition.height());
            let smallest = heights.min();
            certain.retain(|it| it.height().is_none() || it.height() == smallest);
        }
        certain
    }

    /// Whether there may be streams of this entry; of the rest, there is the file alone.
    fn streams(&self, entry: &Entry) -> bool {
        entry.kind.is_playable()
            && self.capabilities().contains(&Capability::Stream)
            && !self.possible_renditions(entry).is_empty()
    }

    /// Whether a browser does best with the file as it is: its streams hold the same pictures in another wrapping.
    fn plays_directly(&self, _entry: &Entry) -> bool {
        false
    }

    /// The upstream's playlist of one rendition. `transcoding` while it is being made,
    /// `plan_required` where the account may not see it, `unsupported` where it never will be.
    async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError>;

    /// RFC 6381 names of what a rendition holds, where that is certain whatever the entry.
    fn codecs(&self, _rendition: Rendition) -> Option<&'static str> {
        None
    }

    /// What tells of a segment's content by its address, without asking the upstream.
    fn segment_facts(&self) -> FactsReader;

    /// Where the file's own bytes are right now. Made afresh at each call: keeping it is the caller's.
    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError>;

    /// Where a picture of the entry is right now; `not_found` where there is none.
    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError>;

    /// Opens an origin from byte `from` on, up to and with byte `last` where given.
    ///
    /// The upstream may ignore the range: [`Incoming::offset`] says where its bytes begin. A JSON or
    /// HTML body under a media address, an expired signature or a refusal is an error here, with
    /// [`ErrorKind::Expired`] where a fresh origin may help.
    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError>;
}

/// A drive that others share.
pub type SharedDrive = Arc<dyn Drive>;
