//! A drive whose every request takes a permit: the only way in which the rest of the program reaches a drive.
//!
//! Calls for browsing and playing are made at a priority ([`GovernedDrive::at`]). The other abilities are
//! handles with the calls of their traits. A function that makes no request requires no permit.

use std::collections::{BTreeMap, HashSet};
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use secrecy::SecretString;

use crate::api::limiter::{Acquire, Permit, Permits, Purpose, RequestKind, RequestLimiter, under};
use crate::api::{
    Account, Archives, Authorization, Capability, DeviceSignIn, DirectLink, DirectLinks, Drive,
    DriveError, FactsReader, FileVersion, Incoming, LinkHome, LoginPage, Manage, NewShare,
    OnConflict, OpenShares, Origin, Outcome, OwnShare, OwnShares, RemoteDownloads, RemoteTask,
    ReportKind, RestoreOutcome, ResumeKey, SessionStore, ShareLink, ShortLink, SignIn, SignInForm,
    SignInState, SignInWays, Tags, Trash, TrashedEntry, Upload, UploadBody, UploadRequest,
    UpstreamPlaylist, UpstreamSubtitles, UsageReports, Versions, Volume,
};
use media::{Entry, EntryPath, FileKind, Listing, PageRequest, Place, Rendition, Tag};

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

    /// Returns the renditions that are guaranteed to exist; see [`Volume::guaranteed_renditions`].
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

    /// Returns true if a browser plays the file itself best; see [`Volume::plays_directly`].
    pub fn plays_directly(&self, entry: &Entry) -> bool {
        let volume = self.drive.volume.as_ref();
        volume.is_some_and(|volume| volume.plays_directly(entry))
    }

    /// See [`Volume::has_small_thumbnails`].
    pub fn has_small_thumbnails(&self) -> bool {
        let volume = self.drive.volume.as_ref();
        volume.is_some_and(|volume| volume.has_small_thumbnails())
    }

    /// See [`Volume::may_have_subtitles`].
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

    /// See [`Volume::poll_changes`].
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

/// The calls for browsing and playing, at one priority.
pub struct VolumeCalls<L: RequestLimiter> {
    drive: Arc<GovernedDrive<L>>,
    priority: L::Priority,
}

impl<L: RequestLimiter> Clone for VolumeCalls<L> {
    fn clone(&self) -> Self {
        VolumeCalls {
            drive: self.drive.clone(),
            priority: self.priority.clone(),
        }
    }
}

impl<L: RequestLimiter> Deref for VolumeCalls<L> {
    type Target = Arc<GovernedDrive<L>>;

    fn deref(&self) -> &Self::Target {
        &self.drive
    }
}

impl<L: RequestLimiter> VolumeCalls<L> {
    /// See [`Volume::list`].
    pub async fn list(
        &self,
        folder: &EntryPath,
        page: &PageRequest,
    ) -> Result<Listing, DriveError> {
        self.permitted(self.volume("list")?.list(folder, page))
            .await
    }

    /// See [`Volume::stat`].
    pub async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        match self.volume("stat") {
            Ok(volume) => self.permitted(volume.stat(path)).await,
            Err(_) if path.is_root() => Ok(Entry::root_of(self.place())),
            Err(error) => Err(error),
        }
    }

    /// See [`Volume::details`].
    pub async fn details(&self, paths: &[EntryPath]) -> Result<Vec<Entry>, DriveError> {
        self.permitted(self.volume("details")?.details(paths)).await
    }

    /// See [`Volume::search`].
    pub async fn search(&self, query: &str, page: &PageRequest) -> Result<Listing, DriveError> {
        self.permitted(self.volume("search")?.search(query, page))
            .await
    }

    /// See [`Volume::files_of_kind`].
    pub async fn files_of_kind(
        &self,
        kind: FileKind,
        page: &PageRequest,
    ) -> Result<Option<Listing>, DriveError> {
        self.permitted(self.volume("list")?.files_of_kind(kind, page))
            .await
    }

    /// See [`Volume::playlist`].
    pub async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        self.permitted(self.volume("playlist")?.playlist(entry, rendition))
            .await
    }

    /// See [`Volume::original`].
    pub async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.permitted(self.volume("original")?.original(entry))
            .await
    }

    /// See [`Volume::thumbnail`].
    pub async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.permitted(self.volume("thumbnail")?.thumbnail(entry))
            .await
    }

    /// See [`Volume::small_thumbnail`].
    pub async fn small_thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.permitted(self.volume("thumbnail")?.small_thumbnail(entry))
            .await
    }

    /// See [`Volume::subtitles`].
    pub async fn subtitles(&self, entry: &Entry) -> Result<Vec<UpstreamSubtitles>, DriveError> {
        self.permitted(self.volume("subtitles")?.subtitles(entry))
            .await
    }

    /// See [`Volume::fetch`]. The permit is held until the body ends or is dropped.
    pub async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let volume = self.volume("fetch")?;
        let request = RequestKind::Fetch(origin.host());
        let limiter = &self.drive.limiter;
        let mut permit = limiter.acquire(request, &self.priority).await?;
        let incoming = under(&permit, volume.fetch(origin, from, last)).await?;
        permit.begin_body();
        let held = move |_: &Result<Bytes, DriveError>| {
            let _ = &permit;
        };
        Ok(Incoming {
            chunks: incoming.chunks.inspect(held).boxed(),
            ..incoming
        })
    }

    fn volume(&self, operation: &'static str) -> Result<&dyn Volume, DriveError> {
        self.drive.drive.volume.as_deref().ok_or_else(|| {
            DriveError::unsupported(operation, "no files of its own")
                .with_sentence("This drive holds no files: it opens share links.")
        })
    }

    async fn permitted<T>(
        &self,
        call: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        let limiter = &self.drive.limiter;
        let permit = limiter.acquire(RequestKind::Call, &self.priority).await?;
        under(&permit, call).await
    }
}

/// The calls of one ability.
pub struct AbilityCalls<'d, L, T: ?Sized> {
    drive: &'d GovernedDrive<L>,
    ability: &'d T,
}

impl<L, T: ?Sized> Clone for AbilityCalls<'_, L, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L, T: ?Sized> Copy for AbilityCalls<'_, L, T> {}

impl<L: RequestLimiter, T: ?Sized> AbilityCalls<'_, L, T> {
    async fn permitted<R>(
        &self,
        call: impl Future<Output = Result<R, DriveError>>,
    ) -> Result<R, DriveError> {
        self.drive.permitted(Purpose::Interactive, call).await
    }

    fn permits(&self, purpose: Purpose) -> OperationPermits<'_, L> {
        OperationPermits {
            limiter: &self.drive.limiter,
            priority: L::priority_of(purpose),
        }
    }
}

/// The source of [`Permits`].
struct OperationPermits<'d, L: RequestLimiter> {
    limiter: &'d L,
    priority: L::Priority,
}

impl<L: RequestLimiter> Acquire for OperationPermits<'_, L> {
    fn acquire(&self, request: RequestKind) -> BoxFuture<'_, Result<Box<dyn Permit>, DriveError>> {
        Box::pin(async move {
            let permit = self.limiter.acquire(request, &self.priority).await?;
            Ok(Box::new(permit) as Box<dyn Permit>)
        })
    }
}

/// Generates calls that take one permit each, and calls of many requests, which take one for each of them.
macro_rules! calls {
    ($ability:ident: $($calls:tt)*) => {
        impl<L: RequestLimiter> AbilityCalls<'_, L, dyn $ability> {
            calls!(@ $ability $($calls)*);
        }
    };
    (@ $ability:ident one $name:ident($($arg:ident: $type:ty),*) -> $result:ty; $($rest:tt)*) => {
        #[doc = concat!("See [`", stringify!($ability), "::", stringify!($name), "`].")]
        pub async fn $name(&self, $($arg: $type),*) -> Result<$result, DriveError> {
            self.permitted(self.ability.$name($($arg),*)).await
        }
        calls!(@ $ability $($rest)*);
    };
    (@ $ability:ident many($purpose:ident) $name:ident($($arg:ident: $type:ty),*) -> $result:ty; $($rest:tt)*) => {
        #[doc = concat!("See [`", stringify!($ability), "::", stringify!($name), "`].")]
        pub async fn $name(&self, $($arg: $type),*) -> Result<$result, DriveError> {
            let permits = self.permits(Purpose::$purpose);
            self.ability.$name($($arg,)* Permits::new(&permits)).await
        }
        calls!(@ $ability $($rest)*);
    };
    (@ $ability:ident free $name:ident($($arg:ident: $type:ty),*) -> $result:ty; $($rest:tt)*) => {
        #[doc = concat!("See [`", stringify!($ability), "::", stringify!($name), "`].")]
        pub fn $name(&self, $($arg: $type),*) -> $result {
            self.ability.$name($($arg),*)
        }
        calls!(@ $ability $($rest)*);
    };
    (@ $ability:ident) => {};
}

calls! { Manage:
    many(Interactive) make_folder(path: &EntryPath) -> Entry;
    many(Interactive) copy(paths: &[EntryPath], to: &EntryPath) -> Vec<Outcome>;
    many(Interactive) move_to(paths: &[EntryPath], to: &EntryPath) -> Vec<Outcome>;
    many(Interactive) copy_as(path: &EntryPath, target: &EntryPath) -> Entry;
    many(Interactive) move_as(path: &EntryPath, target: &EntryPath) -> Entry;
    many(Interactive) rename(path: &EntryPath, name: &str) -> Entry;
    many(Interactive) delete(paths: &[EntryPath]) -> Vec<Outcome>;
}

calls! { Upload:
    one check(request: &UploadRequest) -> ();
    many(Upload) upload(request: &UploadRequest, body: UploadBody) -> Entry;
    one resumable_bytes(path: &EntryPath, key: &ResumeKey) -> u64;
    many(Upload) discard(path: &EntryPath, key: &ResumeKey) -> ();
    many(Background) remove_abandoned(in_use: &Arc<HashSet<ResumeKey>>) -> ();
}

calls! { OwnShares:
    one create(share: &NewShare) -> OwnShare;
    one list(cursor: Option<&str>) -> (Vec<OwnShare>, Option<String>);
    one extend(id: &str, period_days: u32) -> ();
    one cancel(id: &str) -> ();
}

calls! { Trash:
    one list(cursor: Option<&str>) -> (Vec<TrashedEntry>, Option<String>);
    many(Interactive) restore(ids: &[String]) -> Vec<RestoreOutcome>;
    many(Interactive) empty() -> ();
}

calls! { Versions:
    one list(path: &EntryPath) -> Vec<FileVersion>;
    one make_current(path: &EntryPath, id: &str) -> ();
    one delete(path: &EntryPath, id: &str) -> ();
}

calls! { RemoteDownloads:
    one start(url: &SecretString, to: &EntryPath) -> RemoteTask;
    one list(cursor: Option<&str>) -> (Vec<RemoteTask>, Option<String>);
    one cancel(id: &str) -> ();
}

calls! { Archives:
    one pack(paths: &[EntryPath], archive: &EntryPath) -> RemoteTask;
    one unpack(archive: &EntryPath, to: &EntryPath, password: Option<&SecretString>) -> RemoteTask;
    one list(cursor: Option<&str>) -> (Vec<RemoteTask>, Option<String>);
}

calls! { DirectLinks:
    one make(paths: &[EntryPath]) -> Vec<DirectLink>;
}

calls! { Tags:
    one set(path: &EntryPath, tags: &[Tag]) -> Vec<Tag>;
    one find(name: &str, page: &PageRequest) -> Listing;
}

calls! { SignIn:
    one begin_device() -> DeviceSignIn;
    one poll_device(sign_in: &DeviceSignIn) -> SignInState;
    one with_code(code: &SecretString) -> ();
    one answer(answers: &BTreeMap<String, SecretString>) -> SignInState;
    one sign_out() -> ();
    one with_authorization(code: &SecretString, verifier: &SecretString) -> ();
    free authorization_url(authorization: &Authorization) -> Option<String>;
    free form() -> Option<SignInForm>;
    free login_page() -> Option<LoginPage>;
    free ways() -> SignInWays;
}

calls! { OpenShares:
    one follow(link: &ShortLink) -> Option<String>;
    many(Interactive) save(share: &Drive, paths: &[EntryPath], to: &EntryPath, on_conflict: OnConflict) -> Vec<Outcome>;
    free opens(link: &ShareLink) -> bool;
    free homes() -> Vec<LinkHome>;
    free is_fallback() -> bool;
    free saves(share: &Drive) -> bool;
}

calls! { UsageReports:
    one report(id: &str, query: &[(String, String)]) -> serde_json::Value;
    one history_csv() -> Bytes;
    one renew_key() -> ();
    one try_link(link: &ShareLink) -> serde_json::Value;
    free reports() -> Vec<ReportKind>;
}

impl<L: RequestLimiter> AbilityCalls<'_, L, dyn OpenShares> {
    /// See [`OpenShares::open`]. The share is under the limiter of the account that opened it, unless it needs no
    /// further call of that account.
    pub async fn open(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
    ) -> Result<GovernedDrive<L>, DriveError> {
        let share = self
            .permitted(self.ability.open(place, link, memory))
            .await?;
        Ok(self.governed(share))
    }

    /// See [`OpenShares::reopen`].
    pub fn reopen(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
    ) -> GovernedDrive<L> {
        self.governed(self.ability.reopen(place, link, memory))
    }

    fn governed(&self, share: Drive) -> GovernedDrive<L> {
        let limiter = match share.is_self_contained {
            true => self.drive.limiter.separate(),
            false => self.drive.limiter.clone(),
        };
        GovernedDrive::new(share, limiter)
    }
}
