//! Adopts what another server or process on the same state has changed: tickets, keys, the owner's password, viewers,
//! drives and opened shares, as far as they are held in memory.

use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::sync::Notify;

use super::api::drive_settings::put_drive;
use super::{AppState, tickets};
use crate::config::DriveConfig;
use crate::store::ConnectedDrive;

/// Time after which changes are looked for again when that failed.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// Adopts changes as they come: what was revoked elsewhere is refused here within two seconds. Drives and shares are opened
/// beside that, since a revocation must not wait for them. Never returns.
pub async fn watch_foreign_changes(site: AppState) {
    let may_have_changed = Notify::new();
    let access = async {
        loop {
            let waited = site.store.wait_for_foreign_changes().await;
            may_have_changed.notify_one();
            let adopted = async {
                waited?;
                adopt_access(&site).await
            };
            // A change that could not be read is not announced again.
            let mut adopted = adopted.await;
            while let Err(error) = adopted {
                wait_after(&error).await;
                adopted = adopt_access(&site).await;
            }
        }
    };
    let places = async {
        let mut drives = site.store.connected_drives().await.unwrap_or_default();
        loop {
            may_have_changed.notified().await;
            while let Err(error) = adopt_places(&site, &mut drives).await {
                wait_after(&error).await;
            }
        }
    };
    tokio::join!(access, places);
}

async fn wait_after(error: &anyhow::Error) {
    tracing::warn!(%error, "changes of another process could not be read");
    tokio::time::sleep(RETRY_INTERVAL).await;
}

async fn adopt_access(site: &AppState) -> anyhow::Result<()> {
    let signer = tickets::stored_signer(&site.store).await?;
    site.tickets.reload(signer);
    site.auth.reload_password().await?;
    site.auth.reload_second_factor().await?;
    site.viewers.reload().await?;
    site.library.folder_settings().reload(&site.store).await?;
    Ok(())
}

async fn adopt_places(site: &AppState, drives: &mut Vec<ConnectedDrive>) -> anyhow::Result<()> {
    adopt_drives(site, drives).await?;
    site.shares.reload().await
}

/// Opens and closes drives so that they are those of the state. `known` is what the state had before, since a drive that
/// is being connected here is not stored yet.
async fn adopt_drives(site: &AppState, known: &mut Vec<ConnectedDrive>) -> anyhow::Result<()> {
    let stored = site.store.connected_drives().await?;
    let of_page = |drive: &&ConnectedDrive| !site.configured.contains(&drive.name);
    for drive in stored.iter().filter(of_page) {
        let before = known.iter().find(|before| before.name == drive.name);
        let has_changed = before.is_some_and(|before| !is_same(before, drive));
        if !has_changed && site.library.drive(&drive.name).is_ok() {
            continue;
        }
        match DriveConfig::typed_in(&drive.name, &drive.kind, &drive.settings) {
            Ok(settings) => put_drive(site, &settings).await,
            Err(problems) => {
                let problems = problems.join("; ");
                tracing::error!(drive = %drive.name, problems, "a drive that was connected cannot be opened");
            }
        }
    }
    for before in known.iter().filter(of_page) {
        if !stored.iter().any(|drive| drive.name == before.name) {
            site.library.remove_drive(&before.name).await;
        }
    }
    let names = site.configured.iter();
    let names = names.chain(stored.iter().map(|drive| &drive.name));
    site.library
        .sort_drives(&names.cloned().collect::<Vec<_>>());
    *known = stored;
    Ok(())
}

fn is_same(one: &ConnectedDrive, other: &ConnectedDrive) -> bool {
    let plain = |drive: &ConnectedDrive| -> Vec<(String, String)> {
        let settings = drive.settings.iter();
        settings
            .map(|(key, value)| (key.clone(), value.expose_secret().to_owned()))
            .collect()
    };
    one.kind == other.kind && plain(one) == plain(other)
}
