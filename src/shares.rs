//! Share links opened: from a pasted text to places that are watched like any other, and remembered.
//!
//! Which drive opens a link is asked of the drives; what a share must know is kept by the share itself. After a
//! restart every share is a place again before anybody is asked about it.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::Utc;
use moka::future::Cache;

use crate::governor::Priority;
use crate::library::{Freshness, Library};
use crate::store::{OpenedShare, Store};
use drives::links::{self, Found, LinkHome};
use drives::{DriveError, ErrorKind, OnConflict, OpenShares, Outcome, ShareLink, SharedDrive};
use media::{Entry, EntryPath, Place};

/// All shares that were opened. Clones share them.
#[derive(Clone)]
pub struct Shares {
    library: Library,
    store: Store,
    opened: Arc<RwLock<BTreeMap<Place, OpenedShare>>>,
    /// Links that wait for their password.
    waiting: Cache<Place, ShareLink>,
}

/// A share that is a place now.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The place.
    pub place: Place,
    /// Its root.
    pub entry: Arc<Entry>,
}

/// Why a link was not opened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OpenError {
    /// No drive is connected that opens such links.
    #[error("no drive opens such links")]
    NoDrive,
    /// A drive was asked and could not.
    #[error(transparent)]
    Drive(#[from] DriveError),
}

/// How long a link may wait for its password; after that it is pasted again.
const WAITING: Duration = Duration::from_secs(3600);

impl Shares {
    /// Makes places of all shares that are remembered. Asks no upstream.
    pub async fn new(library: Library, store: Store) -> anyhow::Result<Self> {
        let shares = Shares {
            library,
            store,
            opened: Arc::default(),
            waiting: Cache::builder()
                .max_capacity(1000)
                .time_to_live(WAITING)
                .build(),
        };
        for opened in shares.store.opened_shares().await? {
            shares.put_back(&opened).await;
            shares.note(opened);
        }
        Ok(shares)
    }

    /// Every link of a text; short ones are asked where they lead, once.
    pub async fn read(&self, text: &str) -> Vec<Result<ShareLink, DriveError>> {
        let homes = self.homes();
        let mut read: Vec<Result<ShareLink, DriveError>> = Vec::new();
        for found in links::find(text, &homes) {
            let link = match found {
                Found::Share(link) => Ok(link),
                Found::Short(short) => self.followed(&short, &homes).await,
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

    /// The one link of a text, or the first of several.
    pub async fn read_one(&self, text: &str) -> Result<ShareLink, DriveError> {
        let first = self.read(text).await.into_iter().next();
        first.unwrap_or_else(|| {
            let detail = "no link in the text";
            Err(DriveError::new(ErrorKind::NotAShareLink, "read", detail))
        })
    }

    /// The link that a place is, or is to become.
    pub async fn link_of(&self, place: &Place) -> Option<ShareLink> {
        let opened = self.opened().get(place).map(|opened| opened.link.clone());
        match opened {
            Some(link) => Some(link),
            None => match self.waiting.get(place).await {
                Some(link) => Some(link),
                None => ShareLink::of_place(place),
            },
        }
    }

    /// Opens a link, with the first drive that can.
    pub async fn open(&self, link: &ShareLink) -> Result<Opened, OpenError> {
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
            let governor = self.library.governor(drive.place());
            let opening = opener.open(place.clone(), link, memory);
            match governor.call(Priority::Opening, opening).await {
                Ok(share) => {
                    self.library.put_share(share, drive.place()).await;
                    self.remember(link, &place, drive.place()).await?;
                    let root = EntryPath::root();
                    let entry = self.library.entry(&place, &root, Freshness::Kept).await?;
                    return Ok(Opened { place, entry });
                }
                // Another drive may still be able to: signed in, or not failing.
                Err(error) if error.kind == ErrorKind::SignedOut || error.kind.is_transient() => {
                    refused = error.into();
                }
                Err(error) => {
                    self.failed(link, &place, &error).await;
                    return Err(error.into());
                }
            }
        }
        Err(refused)
    }

    /// The shares that were opened, the last one first.
    pub fn list(&self) -> Vec<OpenedShare> {
        let mut all: Vec<OpenedShare> = self.opened().values().cloned().collect();
        // What was opened by its numbers alone was opened by a program, not by a person.
        all.retain(|opened| !opened.link.id.starts_with('@'));
        all.sort_by_key(|opened| std::cmp::Reverse(opened.opened_at));
        all
    }

    /// Whether any drive opens links.
    pub fn can_open(&self) -> bool {
        self.library
            .drives()
            .iter()
            .any(|drive| drive.open_shares().is_some())
    }

    /// Forgets a share, its key included. The share itself is its owner's.
    pub async fn forget(&self, place: &Place) -> Result<(), DriveError> {
        use drives::SessionStore;
        self.library.remove_share(place).await;
        self.opened
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(place);
        self.waiting.invalidate(place).await;
        let forgotten = self.store.delete_share(place).await;
        forgotten.map_err(|error| broken(&error))?;
        let memory = self.store.drive_session(place);
        memory.forget().await.map_err(|error| broken(&error))
    }

    /// Copies entries of a share into a folder of a drive.
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
            DriveError::new(ErrorKind::Unsupported, "save", detail)
        })?;
        let governor = self.library.governor(to.0);
        let saving = opener.save(share.as_ref(), paths, to.1, on_conflict);
        let outcomes = governor.call(Priority::Opening, saving).await;
        self.library.changed(to.0, to.1).await;
        outcomes
    }

    /// A link of which only the upstream's numbers are known, for programs that speak in those.
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

    fn opened(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<Place, OpenedShare>> {
        self.opened.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, opened: OpenedShare) {
        self.opened
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(opened.place.clone(), opened);
    }

    fn homes(&self) -> Vec<LinkHome> {
        let drives = self.library.drives();
        let openers = drives.iter().filter_map(|drive| drive.open_shares());
        openers.filter_map(OpenShares::home).collect()
    }

    /// The drives that open a link: the one that lives where the link leads before the others, and last those that
    /// are nobody's first choice.
    fn openers(&self, link: &ShareLink) -> Vec<SharedDrive> {
        let drives = self.library.drives();
        let mut openers: Vec<SharedDrive> = drives
            .iter()
            .filter(|drive| drive.open_shares().is_some_and(|opener| opener.opens(link)))
            .cloned()
            .collect();
        openers.sort_by_key(|drive| {
            let opener = drive.open_shares();
            let home = opener.and_then(OpenShares::home);
            let is_elsewhere = home.is_none_or(|home| home.authority != link.host);
            (
                opener.is_some_and(OpenShares::is_second_choice),
                is_elsewhere,
            )
        });
        openers
    }

    async fn followed(
        &self,
        short: &links::ShortLink,
        homes: &[LinkHome],
    ) -> Result<ShareLink, DriveError> {
        let drives = self.library.drives();
        for opener in drives.iter().filter_map(|drive| drive.open_shares()) {
            let Some(url) = opener.follow(short).await? else {
                continue;
            };
            if let Some(Found::Share(link)) = links::read(&url, homes) {
                return Ok(ShareLink {
                    password: link.password.or_else(|| short.password.clone()),
                    ..link
                });
            }
        }
        let detail = "a short link that leads to no share";
        Err(DriveError::new(ErrorKind::NotAShareLink, "follow", detail))
    }

    async fn remember(
        &self,
        link: &ShareLink,
        place: &Place,
        drive: &Place,
    ) -> Result<(), DriveError> {
        let opened = OpenedShare {
            place: place.clone(),
            link: link.clone(),
            drive: drive.clone(),
            opened_at: Utc::now(),
        };
        let remembered = self.store.put_share(&opened).await;
        remembered.map_err(|error| broken(&error))?;
        self.waiting.invalidate(place).await;
        self.note(opened);
        Ok(())
    }

    /// A link could not be opened: it waits for its password, or what was open is no more.
    async fn failed(&self, link: &ShareLink, place: &Place, error: &DriveError) {
        match error.kind {
            ErrorKind::SharePasswordRequired | ErrorKind::SharePasswordWrong => {
                let link = ShareLink {
                    password: None,
                    ..link.clone()
                };
                self.waiting.insert(place.clone(), link).await;
            }
            ErrorKind::ShareGone => {}
            _ => return,
        }
        // The open place learns from its memory how it is now.
        let opened = self.opened().get(place).cloned();
        if let Some(opened) = opened {
            self.put_back(&opened).await;
        }
    }

    /// Makes a remembered share a place, by the drive that opened it or another that can.
    async fn put_back(&self, opened: &OpenedShare) {
        let mut openers = self.openers(&opened.link);
        openers.sort_by_key(|drive| *drive.place() != opened.drive);
        let Some(drive) = openers.first() else {
            return;
        };
        if let Some(opener) = drive.open_shares() {
            let memory = Arc::new(self.store.drive_session(&opened.place));
            let share = opener.reopen(opened.place.clone(), &opened.link, memory);
            self.library.put_share(share, drive.place()).await;
        }
    }
}

fn broken(error: &dyn std::fmt::Display) -> DriveError {
    DriveError::new(ErrorKind::UpstreamFailed, "share", error.to_string())
}
