//! Opened share links: from pasted text to places that are browsed like drives, and that survive a restart.
//!
//! The drives decide which of them opens a link; a share stores what it needs itself. After a restart every
//! share is a place again without an upstream call.

mod state;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;

use crate::governor::SharedDrive;
use crate::library::{Freshness, Library, single_flight};
use crate::store::{OpenedShare, Store};
use cache::Cache;
use drives::links::{self, FoundLink, LinkHome, UnknownHostLink};
use drives::{DriveError, ErrorKind, OnConflict, Outcome, ShareLink};
use media::{Entry, EntryPath, Place};

/// All opened shares. Clones share them.
#[derive(Clone)]
pub struct Shares {
    library: Library,
    store: Store,
    opened: Arc<RwLock<BTreeMap<Place, OpenedShare>>>,
    /// Links that are being opened. Nothing is kept: it makes concurrent openings one.
    opening: Cache<ShareLink, OpenedPlace>,
    /// Links that need a password.
    awaiting_password: Cache<Place, ShareLink>,
}

/// An opened share.
#[derive(Debug, Clone)]
pub struct OpenedPlace {
    /// The place.
    pub place: Place,
    /// The entry that the link leads to: mostly its root folder.
    pub entry: Arc<Entry>,
}

/// The reason why a link was not opened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OpenError {
    /// No connected drive opens such links.
    #[error("no drive opens such links")]
    NoDrive,
    /// A drive failed to open it.
    #[error(transparent)]
    Drive(#[from] DriveError),
}

/// The time for which a link waits for its password; after that it must be pasted again.
const PASSWORD_TTL: Duration = Duration::from_secs(3600);

impl Shares {
    /// Restores the places of all stored shares. Makes no upstream call.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub async fn new(library: Library, store: Store) -> anyhow::Result<Self> {
        let shares = Shares {
            library,
            store,
            opened: Arc::default(),
            opening: Cache::new(0),
            awaiting_password: Cache::builder()
                .max_capacity(1000)
                .time_to_live(PASSWORD_TTL)
                .build(),
        };
        for opened in shares.store.opened_shares().await? {
            shares.reopen(&opened).await;
            shares.note(opened);
        }
        Ok(shares)
    }

    /// Returns all links of a text. Short links are resolved, with one call each.
    pub async fn read(&self, text: &str) -> Vec<Result<ShareLink, DriveError>> {
        let homes = self.homes();
        let mut read: Vec<Result<ShareLink, DriveError>> = Vec::new();
        for found in links::find(text, &homes) {
            let link = match found {
                FoundLink::Share(link) => Ok(link),
                FoundLink::Short(short) => self.resolve_short_link(&short, &homes).await,
            };
            let is_known = |known: &Result<ShareLink, DriveError>| match (known, &link) {
                (Ok(known), Ok(link)) => known.place() == link.place(),
                _ => false,
            };
            if !read.iter().any(is_known) {
                read.push(link);
            }
        }
        read
    }

    /// Returns the first link of a text.
    ///
    /// # Errors
    ///
    /// `NotAShareLink` if there is none.
    pub async fn read_one(&self, text: &str) -> Result<ShareLink, DriveError> {
        let first = self.read(text).await.into_iter().next();
        first.unwrap_or_else(|| {
            let detail = "no link in the text";
            Err(DriveError::new(ErrorKind::NotAShareLink, "read", detail))
        })
    }

    /// Returns the links of a text at hosts that are not known, which are opened only if the reader asks for it. Makes no
    /// call.
    pub fn at_unknown_hosts(&self, text: &str) -> Vec<UnknownHostLink> {
        links::find_at_unknown_hosts(text, &self.homes())
    }

    /// Returns the link of a place, whether it is open or waits for a password; `None` if the place is no
    /// share.
    pub async fn link_of(&self, place: &Place) -> Option<ShareLink> {
        let opened = self.opened().get(place).map(|opened| opened.link.clone());
        match opened {
            Some(link) => Some(link),
            None => match self.awaiting_password.get(place).await {
                Some(link) => Some(link),
                None => ShareLink::of_place(place),
            },
        }
    }

    /// Opens a link with the first drive that can.
    ///
    /// # Errors
    ///
    /// The last drive's error.
    pub async fn open(&self, link: &ShareLink) -> Result<OpenedPlace, OpenError> {
        let (shares, opened) = (self.clone(), link.clone());
        let open = async move { shares.open_now(&opened).await };
        single_flight(&self.opening, link.clone(), open).await
    }

    async fn open_now(&self, link: &ShareLink) -> Result<OpenedPlace, OpenError> {
        let place = link.place().map_err(|_| {
            DriveError::new(
                ErrorKind::NotAShareLink,
                "open_share",
                "a link without a name",
            )
        })?;
        let mut refused = OpenError::NoDrive;
        for drive in self.openers(link) {
            let Some(opener) = drive.open_shares() else {
                continue;
            };
            let memory = Arc::new(self.store.drive_session(&place));
            match opener.open(place.clone(), link, memory).await {
                Ok(share) => {
                    self.library.put_share(Arc::new(share)).await;
                    self.remember(link, &place, drive.place()).await?;
                    let entry = self.target(&place, link).await?;
                    return Ok(OpenedPlace { place, entry });
                }
                // Another drive may succeed: it may be signed in, or not failing.
                Err(error) if error.kind == ErrorKind::SignedOut || error.kind.is_transient() => {
                    refused = error.into();
                }
                Err(error) => {
                    self.handle_failure(link, &place, &error).await;
                    return Err(error.into());
                }
            }
        }
        Err(refused)
    }

    /// Returns the entry that a link to an open share leads to, or its root if there is no such entry.
    async fn target(&self, place: &Place, link: &ShareLink) -> Result<Arc<Entry>, DriveError> {
        let entry = async |path| self.library.entry(place, path, Freshness::Cached).await;
        match &link.path {
            Some(path) => match entry(path).await {
                Err(error) if error.kind == ErrorKind::NotFound => entry(&EntryPath::root()).await,
                found => found,
            },
            None => entry(&EntryPath::root()).await,
        }
    }

    /// Returns the opened shares, the latest first.
    pub fn list(&self) -> Vec<OpenedShare> {
        let mut all: Vec<OpenedShare> = self.opened().values().cloned().collect();
        // Links without a URL were opened by a program, not by a person.
        all.retain(|opened| !opened.link.id.starts_with('@'));
        all.sort_by_key(|opened| std::cmp::Reverse(opened.opened_at));
        all
    }

    /// Returns true if any drive opens share links.
    pub fn can_open(&self) -> bool {
        self.library
            .drives()
            .iter()
            .any(|drive| drive.open_shares().is_some())
    }

    /// Deletes an opened share and its stored key from this server. The share itself is not changed.
    pub async fn forget(&self, place: &Place) -> Result<(), DriveError> {
        use drives::SessionStore;
        self.library.remove_share(place).await;
        self.opened.write().remove(place);
        self.awaiting_password.invalidate(place).await;
        let forgotten = self.store.delete_share(place).await;
        forgotten.map_err(|error| store_error(&error))?;
        let memory = self.store.drive_session(place);
        memory.forget().await.map_err(|error| store_error(&error))
    }

    /// Copies entries of a share into a folder of a drive. Returns one outcome per path.
    pub async fn save(
        &self,
        place: &Place,
        paths: &[EntryPath],
        to: (&Place, &EntryPath),
        on_conflict: OnConflict,
    ) -> Result<Vec<Outcome>, DriveError> {
        let share = self.library.drive(place)?;
        let drive = self.library.drive(to.0)?;
        let opener = drive.open_shares().filter(|_| place.is_share());
        let opener = opener.ok_or_else(|| {
            let detail = "only shares are saved, and only to drives that open them";
            DriveError::unsupported("save", detail)
        })?;
        let outcomes = opener
            .save(share.as_drive(), paths, to.1, on_conflict)
            .await;
        self.library.changed(to.0, to.1).await;
        outcomes
    }

    /// Opens a share by the upstream's ids, for programs that use those instead of a link.
    pub async fn open_by_numbers(
        &self,
        kind: &'static str,
        share_id: u64,
        owner_id: u64,
        key: Option<String>,
    ) -> Result<Place, OpenError> {
        let link = ShareLink {
            kind,
            host: String::new(),
            id: format!("@{share_id}.{owner_id}"),
            password: key,
            path: None,
        };
        let place = link.place().map_err(|_| OpenError::NoDrive)?;
        let known = self
            .opened()
            .get(&place)
            .map(|opened| opened.link.password.clone());
        if known.as_ref() != Some(&link.password) || self.library.drive(&place).is_err() {
            self.open(&link).await?;
        }
        Ok(place)
    }

    /// Adopts the shares that another server on the same state has opened or forgotten.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn reload(&self) -> anyhow::Result<()> {
        // One that is opened here meanwhile is among neither.
        let before: BTreeMap<Place, ShareLink> = self
            .opened()
            .iter()
            .map(|(place, opened)| (place.clone(), opened.link.clone()))
            .collect();
        let stored = self.store.opened_shares().await?;
        for place in before.keys() {
            if !stored.iter().any(|opened| opened.place == *place) {
                self.library.remove_share(place).await;
                self.opened.write().remove(place);
            }
        }
        for opened in stored {
            let known = before.get(&opened.place);
            if known.is_none_or(|link| link.password != opened.link.password) {
                self.reopen(&opened).await;
                self.note(opened);
            }
        }
        Ok(())
    }

    fn opened(&self) -> parking_lot::RwLockReadGuard<'_, BTreeMap<Place, OpenedShare>> {
        self.opened.read()
    }

    fn note(&self, opened: OpenedShare) {
        self.opened.write().insert(opened.place.clone(), opened);
    }

    fn homes(&self) -> Vec<LinkHome> {
        let drives = self.library.drives();
        let openers = drives.iter().filter_map(|drive| drive.open_shares());
        openers.flat_map(|opener| opener.homes()).collect()
    }

    /// Returns the drives that can open a link: first the drive whose host the link names, last the
    /// fallbacks.
    fn openers(&self, link: &ShareLink) -> Vec<SharedDrive> {
        let drives = self.library.drives();
        let mut openers: Vec<SharedDrive> = drives
            .iter()
            .filter(|drive| drive.open_shares().is_some_and(|opener| opener.opens(link)))
            .cloned()
            .collect();
        openers.sort_by_key(|drive| {
            let opener = drive.open_shares();
            let homes = opener.map_or(Vec::new(), |opener| opener.homes());
            let is_other_host = homes.iter().all(|home| home.site != link.host);
            (
                opener.is_some_and(|opener| opener.is_fallback()),
                is_other_host,
            )
        });
        openers
    }

    async fn resolve_short_link(
        &self,
        short: &links::ShortLink,
        homes: &[LinkHome],
    ) -> Result<ShareLink, DriveError> {
        let drives = self.library.drives();
        for opener in drives.iter().filter_map(|drive| drive.open_shares()) {
            let Some(url) = opener.follow(short).await? else {
                continue;
            };
            if let Some(FoundLink::Share(link)) = links::read(&url, homes) {
                return Ok(ShareLink {
                    password: link.password.or_else(|| short.password.clone()),
                    ..link
                });
            }
        }
        let detail = "a short link that leads to no share";
        Err(DriveError::new(ErrorKind::NotAShareLink, "follow", detail))
    }
}

fn store_error(error: &dyn std::fmt::Display) -> DriveError {
    DriveError::failed("share", error.to_string())
}
