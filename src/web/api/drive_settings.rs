//! Settings of drives that were connected from a page: tried before they are stored, and changed while the server runs.
//!
//! The settings of another account are tried under a name that no drive has (`~films` for `films`), so that the stored
//! session neither serves the trial nor is lost by it. If the trial succeeds, its session becomes the drive's.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::sign_in::sign_in_problem;
use crate::config::{DriveConfig, KindForm};
use crate::governor::{Priority, SharedDrive};
use crate::store::ConnectedDrive;
use crate::web::AppState;
use crate::web::error::Problem;
use drives::{Capability, DriveError, ErrorKind, SessionStore};
use media::{EntryPath, PageRequest, Place};

/// The reason why settings are refused.
pub(in crate::web) enum SettingsProblem {
    /// The values break the rules of the config: a sentence for each.
    Invalid(Vec<String>),
    /// The drive does not exist, does not answer, or cannot be stored.
    Failed(Problem),
}

impl From<Problem> for SettingsProblem {
    fn from(problem: Problem) -> Self {
        SettingsProblem::Failed(problem)
    }
}

/// Changes some settings of a drive: a value replaces the stored one, `None` removes it. Nothing is stored unless the drive
/// answers with the new ones. Returns false if the owner has to sign in to it.
///
/// # Errors
///
/// The drive is unknown, the values are invalid, the upstream refuses them, or the state cannot be written.
pub(in crate::web) async fn change_settings(
    site: &AppState,
    place: &Place,
    changes: &BTreeMap<String, Option<SecretString>>,
) -> Result<bool, SettingsProblem> {
    let (stored, form) = stored(site, place).await?;
    let changed = form.changed(&stored.settings, changes);
    let mut settings = changed.map_err(SettingsProblem::Invalid)?;
    let config = DriveConfig::typed_in(place, &stored.kind, &settings);
    let mut config = config.map_err(SettingsProblem::Invalid)?;
    config.reduce(&mut settings);
    let is_same = form.is_same_account(&stored.settings, &settings);
    let trial = match is_same {
        true => place.clone(),
        false => Place::parse(&format!("~{place}")).map_err(|_| Problem::INTERNAL)?,
    };
    config.name = trial.clone();
    let tried = try_settings(site, &config).await;
    let new = ConnectedDrive { settings, ..stored };
    let other = (!is_same).then_some(&trial);
    let done = match tried {
        Ok(is_signed_in) => keep(site, &new, other).await.map(|()| is_signed_in),
        Err(problem) => Err(problem),
    };
    if !is_same {
        forget_sessions(site, &trial).await?;
    }
    config.name = place.clone();
    if done.is_ok() && site.library.drive(place).is_ok() {
        put_drive(site, &config).await;
    }
    Ok(done?)
}

/// Opens a drive with these settings, and puts it in place of the one of its name. If its folders of the library have changed,
/// it is walked again.
pub(in crate::web) async fn put_drive(site: &AppState, config: &DriveConfig) {
    let index = site.library.index();
    let folders = config.library.clone();
    let has_changed = index.is_some_and(|index| index.set_folders(&config.name, folders));
    site.library.put_drive((site.open_drive)(config)).await;
    if let Some(index) = index.filter(|_| has_changed)
        && let Err(error) = index.folders_changed(&site.library, &config.name).await
    {
        tracing::warn!(drive = %config.name, %error, "the library has the former folders of a drive");
    }
}

/// Returns the settings of a drive without its secrets, and the keys of the secrets that are set.
///
/// # Errors
///
/// The drive is unknown, or the state cannot be read.
pub(in crate::web) async fn shown_settings(
    site: &AppState,
    place: &Place,
) -> Result<ShownSettings, Problem> {
    let (stored, form) = stored(site, place).await?;
    let mut shown = ShownSettings {
        form,
        values: BTreeMap::new(),
        secrets: Vec::new(),
    };
    for field in form.fields {
        match stored.settings.get(field.key) {
            Some(_) if field.is_secret => shown.secrets.push(field.key),
            Some(value) => {
                let value = value.expose_secret().to_owned();
                drop(shown.values.insert(field.key, value));
            }
            None => {}
        }
    }
    Ok(shown)
}

/// The settings of a drive as they may be shown.
pub(in crate::web) struct ShownSettings {
    /// The form that they belong to.
    pub form: &'static KindForm,
    /// The values that are no secrets, by their keys.
    pub values: BTreeMap<&'static str, String>,
    /// The keys of the secrets that are set.
    pub secrets: Vec<&'static str>,
}

async fn stored(
    site: &AppState,
    place: &Place,
) -> Result<(ConnectedDrive, &'static KindForm), Problem> {
    let stored = site.store.connected_drive(place).await?;
    let stored = stored.ok_or(Problem::NOT_FOUND)?;
    let form = KindForm::of_settings(&stored.kind, &stored.settings);
    Ok((stored, form.ok_or(Problem::NOT_FOUND)?))
}

/// Opens a drive and tries it. Returns false if only a sign-in is missing; its first call verifies the keys.
async fn try_settings(site: &AppState, config: &DriveConfig) -> Result<bool, Problem> {
    if config.name.is_share() {
        forget_sessions(site, &config.name).await?;
    }
    let drive = (site.open_drive)(config);
    if try_drive(&drive).await? {
        return Ok(true);
    }
    let sign_in = drive.sign_in().filter(|sign_in| sign_in.ways().device);
    if let Some(sign_in) = sign_in {
        sign_in.begin_device().await.map_err(sign_in_problem)?;
    }
    Ok(false)
}

/// Stores the settings, under the lock of the drive's session, so that no refresh with the former ones replaces it.
async fn keep(
    site: &AppState,
    drive: &ConnectedDrive,
    sessions_of: Option<&Place>,
) -> Result<(), Problem> {
    let session = site.store.drive_session(&drive.name);
    let _lock = match sessions_of {
        Some(_) => Some(session.lock().await.map_err(|error| {
            tracing::error!(%error, "a session could not be locked");
            Problem::INTERNAL
        })?),
        None => None,
    };
    site.store.change_drive_settings(drive, sessions_of).await?;
    tracing::info!(drive = %drive.name, "the settings of a drive were changed");
    Ok(())
}

async fn forget_sessions(site: &AppState, place: &Place) -> Result<(), Problem> {
    for session in [
        site.store.drive_session(place),
        site.store.web_session(place),
    ] {
        session.forget().await.map_err(|error| {
            tracing::error!(%error, "an old session could not be forgotten");
            Problem::INTERNAL
        })?;
    }
    Ok(())
}

/// Makes the simplest upstream calls. Returns true if the drive is signed in.
///
/// # Errors
///
/// The upstream does not answer, or refuses the keys.
pub(in crate::web) async fn try_drive(drive: &SharedDrive) -> Result<bool, Problem> {
    let asked = async {
        drive.account().await?;
        if drive.capabilities().contains(&Capability::List) {
            let root = EntryPath::root();
            let calls = drive.at(Priority::Opening);
            calls.list(&root, &PageRequest::default()).await?;
        }
        Ok::<(), DriveError>(())
    };
    match asked.await {
        Ok(()) => Ok(true),
        Err(error) if is_first_step(&error, drive) => Ok(false),
        Err(error) => Err(trial_problem(error)),
    }
}

/// Returns true if only a sign-in is missing, which follows once the drive is connected. Keys that the
/// upstream has rejected must be corrected first.
fn is_first_step(error: &DriveError, drive: &SharedDrive) -> bool {
    let has_way = drive.sign_in().is_some_and(|sign_in| {
        sign_in.ways().device
            || sign_in.ways().code
            || sign_in.form().is_some() && error.upstream_code.is_none()
    });
    error.kind == ErrorKind::SignedOut && has_way
}

fn trial_problem(error: DriveError) -> Problem {
    match error.kind {
        // Its own sentence says more than the general one.
        _ if error.upstream_code.is_some() && error.sentence.is_some() => Problem::from(error),
        ErrorKind::NotFound => {
            let mut problem = Problem::from(error);
            problem.sentence = Some("The drive has no such folder to show.");
            problem
        }
        _ => sign_in_problem(error),
    }
}
