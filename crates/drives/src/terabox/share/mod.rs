//! A share link as a place: lists, plays and hands out originals through the account that opened it.
//!
//! A share has its own key. If a call is refused because of the share itself, the share's state is requested
//! once: the key may have expired (the remembered password acquires another), the password may have been
//! changed, or the share may be gone. The result is remembered, and not requested again.

pub(crate) mod attempts;
mod calls;
mod files;
mod open;
mod save;
mod stored;
mod types;

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderValue;
use secrecy::ExposeSecret;

use self::attempts::UnlockAttempts;
use self::open::unlock;
use crate::session::SingleFlight;
use crate::terabox::client::Api;
use crate::terabox::drive::browse::{ThumbnailSize, Thumbnails};
use crate::terabox::drive::{fetch, ladder, segment};
use crate::terabox::share::files::{Known, Roots};
use crate::terabox::share::stored::{ShareInfo, ShareState};
use crate::terabox::types::File;
use crate::{
    Account, AccountSession, Capability, Drive, DriveError, ErrorKind, FactArgument, FactText,
    FactValue, FactsReader, Incoming, Origin, SessionStore, ShareContents, ShareCredentials,
    ShareLink, UpstreamPlaylist, Volume,
};
use cache::Cache;
use media::{Entry, EntryPath, Listing, PageRequest, Place, Rendition};

/// Time for which a share's signature is used. Its lifetime is not documented, and a new one costs a call.
const SIGNATURE_TTL_S: i64 = 1800;

/// An open share.
pub(crate) struct TeraboxShare {
    pub(crate) place: Place,
    pub(crate) link: ShareLink,
    pub(crate) api: Api,
    referer: Option<HeaderValue>,
    attempts: Arc<UnlockAttempts>,
    memory: Arc<dyn SessionStore>,
    facts: SingleFlight<ShareInfo>,
    pub(crate) roots: Cache<(), Arc<Roots>>,
    pub(crate) known: Cache<EntryPath, Arc<File>>,
    pub(crate) thumbnails: Thumbnails,
}

impl TeraboxShare {
    pub(crate) fn new(
        place: Place,
        link: ShareLink,
        api: Api,
        referer: Option<HeaderValue>,
        attempts: Arc<UnlockAttempts>,
        memory: Arc<dyn SessionStore>,
        facts: Option<ShareInfo>,
    ) -> Self {
        TeraboxShare {
            place,
            link,
            api,
            referer,
            attempts,
            memory,
            facts: SingleFlight::new(facts),
            roots: Known::roots(),
            known: Known::files(),
            thumbnails: Thumbnails::new(),
        }
    }

    /// Returns the facts about the share; loads them from the store first, and requests them if the store has
    /// none.
    pub(crate) async fn facts(&self) -> Result<Arc<ShareInfo>, DriveError> {
        let load = async {
            if let Some(facts) = ShareInfo::load(self.memory.as_ref()).await? {
                return Ok(facts);
            }
            let facts = unlock(&self.api, &self.attempts, &self.link, None).await?;
            facts.save(self.memory.as_ref()).await?;
            Ok(facts)
        };
        self.facts.get(load).await
    }

    /// Makes a call with the share's key. If the share itself refuses the call, its state is examined, and the
    /// call is made once more if that yielded another key.
    pub(crate) async fn with_share_key<T, F>(
        &self,
        operation: &'static str,
        ask: impl Fn(Arc<ShareInfo>) -> F,
    ) -> Result<T, DriveError>
    where
        F: Future<Output = Result<T, DriveError>>,
    {
        let facts = self.facts().await?;
        facts.ensure_alive(operation)?;
        match ask(facts.clone()).await {
            Err(error) if is_about_the_share(&error) && !self.link.id.starts_with('@') => {
                let now = self.examined(&facts, operation).await?;
                match ask(now).await {
                    // The share is alive: the requested file does not exist.
                    Err(error) if is_about_the_share(&error) => Err(DriveError {
                        kind: ErrorKind::NotFound,
                        ..error
                    }),
                    other => other,
                }
            }
            other => other,
        }
    }

    /// Returns the share's state after a refusal, requested once for all callers that were refused with
    /// `refused`.
    async fn examined(
        &self,
        refused: &Arc<ShareInfo>,
        operation: &'static str,
    ) -> Result<Arc<ShareInfo>, DriveError> {
        let guard = match self.facts.renew(refused).await {
            Ok(now) => {
                now.ensure_alive(operation)?;
                return Ok(now);
            }
            Err(guard) => guard,
        };
        let link = ShareLink {
            password: None,
            ..self.link.clone()
        };
        let (facts, answer) = match unlock(&self.api, &self.attempts, &link, Some(refused)).await {
            Ok(facts) => (Some(facts), Ok(())),
            Err(error) => {
                let state = match error.kind {
                    ErrorKind::ShareGone => Some(ShareState::Gone),
                    ErrorKind::SharePasswordWrong | ErrorKind::SharePasswordRequired => {
                        Some(ShareState::PasswordChanged)
                    }
                    _ => None,
                };
                let facts = state.map(|state| refused.in_state(state));
                (facts, Err(DriveError { operation, ..error }))
            }
        };
        let Some(facts) = facts else {
            return answer.map(|()| refused.clone());
        };
        facts.save(self.memory.as_ref()).await?;
        let facts = guard.set(facts);
        answer?;
        Ok(facts)
    }

    /// Renews the share's signature when the website's player would have had to reload its page.
    async fn keep_signed(&self) -> Result<(), DriveError> {
        if self.api.transport.web().is_none() || self.link.id.starts_with('@') {
            return Ok(());
        }
        let facts = self.facts().await?;
        let age_s = (self.api.clock.unix_s() as i64).saturating_sub(facts.signed_at);
        if facts.state == ShareState::Alive
            && (facts.sign.is_none() || age_s.abs() > SIGNATURE_TTL_S)
        {
            self.examined(&facts, "playlist").await?;
        }
        Ok(())
    }

    /// Returns the upstream's id of an entry.
    pub(crate) async fn id_of(&self, entry: &Entry) -> Result<String, DriveError> {
        match entry.id.clone().filter(|id| !id.is_empty()) {
            Some(id) => Ok(id),
            None => Ok(self
                .file(&entry.path)
                .await?
                .fs_id
                .0
                .clone()
                .unwrap_or_default()),
        }
    }
}

/// Returns true if a refusal may mean that the share's state has changed.
pub(crate) fn is_about_the_share(error: &DriveError) -> bool {
    matches!(
        error.kind,
        ErrorKind::SharePasswordRequired | ErrorKind::SharePasswordWrong | ErrorKind::ShareGone
    ) || matches!(error.upstream_code, Some(-9 | 105 | 115 | 140))
        && error.kind != ErrorKind::VerificationRequired
}

impl TeraboxShare {
    pub(crate) fn into_drive(self) -> Drive {
        // The upstream has no search in shares.
        const FILES: [Capability; 3] = [Capability::List, Capability::Stream, Capability::Original];
        let share = Arc::new(self);
        Drive::new(share.place.clone(), "terabox", share.clone())
            .with_volume(share.clone(), &FILES)
            .with_contents(share)
    }
}

#[async_trait]
impl AccountSession for TeraboxShare {
    fn is_known(&self) -> bool {
        true
    }

    /// Returns the share's owner and expiry, from memory.
    async fn account(&self) -> Result<Account, DriveError> {
        let facts = self.facts().await?;
        facts.ensure_alive("account")?;
        let day = |at| {
            FactText::new("{day}")
                .with("day", FactArgument::Day(at))
                .into()
        };
        let told = [
            ("Shared by", facts.owner.clone().map(FactValue::from)),
            ("Shared on", facts.shared_at.map(day)),
            ("Ends on", facts.ends_at.map(day)),
        ];
        Ok(Account {
            id: facts.credentials.share_id.clone(),
            name: facts.owner.clone().unwrap_or_default(),
            avatar_url: facts.owner_picture.clone(),
            facts: told
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect(),
            ..Account::default()
        })
    }
}

#[async_trait]
impl ShareContents for TeraboxShare {
    async fn file_id(&self, path: &EntryPath) -> Result<String, DriveError> {
        let file = self.file(path).await?;
        file.fs_id
            .0
            .clone()
            .ok_or_else(|| DriveError::failed("save", "a file without a number"))
    }

    async fn credentials(&self, operation: &'static str) -> Result<ShareCredentials, DriveError> {
        let facts = self.facts().await?;
        facts.ensure_alive(operation)?;
        Ok(facts.credentials.clone())
    }

    async fn renewed_credentials(
        &self,
        operation: &'static str,
        refused: &ShareCredentials,
    ) -> Result<ShareCredentials, DriveError> {
        let facts = self.facts().await?;
        let key = |credentials: &ShareCredentials| {
            let key = credentials.key.as_ref();
            key.map(|key| key.expose_secret().to_owned())
        };
        if key(&facts.credentials) != key(refused) {
            facts.ensure_alive(operation)?;
            return Ok(facts.credentials.clone());
        }
        let facts = self.examined(&facts, operation).await?;
        Ok(facts.credentials.clone())
    }
}

#[async_trait]
impl Volume for TeraboxShare {
    async fn list(&self, folder: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError> {
        if folder.is_root() {
            self.list_root(page).await
        } else {
            self.list_folder(folder, page).await
        }
    }

    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        if !path.is_root() {
            return self.described(path).await;
        }
        let facts = self.facts().await?;
        facts.ensure_alive("stat")?;
        let mut entry = Entry::root_of(&self.place);
        if !facts.title.is_empty() {
            entry.name = facts.title.clone();
        }
        entry.modified = facts.shared_at;
        Ok(entry)
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
        let id = self.id_of(entry).await?;
        self.keep_signed().await?;
        let playlist = self
            .with_share_key("playlist", async |facts| {
                self.api.share_streaming(&facts, &id, kind).await
            })
            .await?;
        let base = Origin::new(playlist.url, None);
        Ok(UpstreamPlaylist::new(playlist.text, base))
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
        let result = fetch::open(&self.api.http, &self.api.clock, wanted).await;
        if let Err(error) = &result
            && error.kind == ErrorKind::Expired
        {
            self.thumbnails.refused(origin).await;
        }
        result
    }
}
