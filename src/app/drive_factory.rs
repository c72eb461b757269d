//! The drives of a server: opened from the config and from the state, with what all of them share.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::{Config, DriveConfig};
use crate::governor::{DrivePauses, Governor, QuotaShare, SharedDrive, SharedPauses};
use crate::store::Store;
use drives::http::{Client, ClientSettings};
use drives::{Clock, DriveContext, GovernedDrive, OwnFolder, Spool};
use media::{EntryPath, Place};

/// Folder of the disk cache in the data directory.
pub(super) const DISK_CACHE: &str = "cache";

/// Folder in the data directory to which uploads are spooled.
const SPOOL: &str = "uploads";

/// Names of everything in the data directory; some have a suffix behind a hyphen.
const STATE_FILES: [&str; 4] = ["drivein.sqlite", "locks", DISK_CACHE, SPOOL];

/// Opens the drives of a config and those that were connected from a page, without an upstream call. If both
/// have a name, the config takes precedence.
///
/// # Errors
///
/// Fails if the state cannot be read.
pub async fn open_drives(config: &Config, store: &Store) -> anyhow::Result<Vec<SharedDrive>> {
    DriveFactory::new(config, store, QuotaShare::whole(), SharedPauses::default())?
        .open_all(config)
        .await
}

/// Memory of received media that waits to be used again may take this fraction (1/n) of `cache.memory`.
const FREE_MEMORY_DIVISOR: u64 = 12;

/// Creates drives from their settings, without an upstream call. Holds what all of them share.
pub(super) struct DriveFactory {
    pub client: Arc<Client>,
    store: Store,
    spool: Spool,
    own_folder: Option<OwnFolder>,
    /// The share of each account's limits.
    quota: QuotaShare,
    /// The pauses of each account.
    pauses: SharedPauses,
}

impl DriveFactory {
    pub fn new(
        config: &Config,
        store: &Store,
        quota: QuotaShare,
        pauses: SharedPauses,
    ) -> anyhow::Result<Self> {
        Ok(DriveFactory {
            client: Arc::new(Client::new(&ClientSettings {
                allow_hosts: config.network.allow_hosts.clone(),
                free_memory: (config.cache.memory_bytes / FREE_MEMORY_DIVISOR) as usize,
                ..ClientSettings::default()
            })?),
            store: store.clone(),
            spool: Spool::new(config.data_dir.join(SPOOL)),
            own_folder: OwnFolder::at(&config.data_dir, &STATE_FILES),
            quota,
            pauses,
        })
    }

    /// Opens the drives of a config and of the state.
    pub async fn open_all(&self, config: &Config) -> anyhow::Result<Vec<SharedDrive>> {
        let written = config.drives.iter();
        let mut drives: Vec<SharedDrive> = written.map(|drive| self.open(drive)).collect();
        for kept in self.store.connected_drives().await? {
            if config.drives.iter().any(|drive| drive.name == kept.name) {
                tracing::warn!(drive = %kept.name,
                    "the config has a drive of this name; the one that was connected from a page is left out");
                continue;
            }
            match DriveConfig::typed_in(&kept.name, &kept.kind, &kept.settings) {
                Ok(settings) => drives.push(self.open(&settings)),
                // One invalid drive must not affect the others.
                Err(problems) => {
                    let problems = problems.join("; ");
                    tracing::error!(drive = %kept.name, problems, "a drive that was connected cannot be opened");
                }
            }
        }
        Ok(drives)
    }

    /// Opens one drive.
    pub fn open(&self, config: &DriveConfig) -> SharedDrive {
        let notes = Arc::new(self.store.drive_uploads(&config.name));
        let context = DriveContext {
            http: self.client.clone(),
            clock: Clock::system(),
            sessions: Arc::new(self.store.drive_session(&config.name)),
            web_sessions: Arc::new(self.store.web_session(&config.name)),
            uploads: Some((self.spool.clone(), notes)),
            own_folder: self.own_folder.clone(),
        };
        let drive = config.settings.open(config.name.clone(), context);
        // None is known at the start. Later the drive was changed, and may be another account.
        self.pauses.forget(&config.name);
        let pauses = DrivePauses::new(config.name.clone(), self.pauses.clone());
        let governor = Governor::of_shared_account(self.quota.clone(), pauses);
        Arc::new(GovernedDrive::new(drive, governor))
    }
}

/// Returns the folders of drives of which not the whole is part of the library: those of the file, and those that were
/// connected in the browser.
pub(super) async fn library_folders(
    config: &Config,
    store: &Store,
) -> anyhow::Result<HashMap<Place, Vec<EntryPath>>> {
    let connected = store.connected_drives().await?;
    let connected = connected
        .iter()
        .filter_map(|kept| DriveConfig::typed_in(&kept.name, &kept.kind, &kept.settings).ok())
        .map(|drive| (drive.name, drive.library));
    let written = config.drives.iter();
    let written = written.map(|drive| (drive.name.clone(), drive.library.clone()));
    // A drive of the file takes the place of another one of its name.
    let all: HashMap<Place, Option<Vec<EntryPath>>> = connected.chain(written).collect();
    let chosen = all.into_iter();
    Ok(chosen
        .filter_map(|(name, folders)| Some((name, folders?)))
        .collect())
}
