//! `drivein check`: parses the config, tries every drive once, reports each problem and how to fix it.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::app::open_drives;
use crate::governor::{Priority, SharedDrive};
use crate::store::Store;
use drives::{Capability, DriveError, ErrorKind};
use media::{EntryPath, PageRequest};

/// Runs the check. Returns failure if the config is invalid or a drive fails.
///
/// # Errors
///
/// Fails if the state cannot be opened.
pub(super) async fn run(config: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let config = match super::load_config(config) {
        Ok(config) => config,
        Err(error) => {
            println!("{error}");
            return Ok(ExitCode::FAILURE);
        }
    };
    for warning in &config.warnings {
        println!("note: {warning}");
    }
    println!(
        "The configuration is in order. Listening would be at {}.",
        config.listen
    );
    // A server that never ran has no state, and a check must not create one.
    let has_state = config.state_url.is_some() || config.data_dir.join("drivein.sqlite").exists();
    if config.drives.is_empty() && !has_state {
        println!("{NO_DRIVE}");
        return Ok(ExitCode::SUCCESS);
    }
    let store = Store::open_at(config.state_url.as_ref(), &config.data_dir).await?;
    let mut all_well = true;
    let drives = open_drives(&config, &store).await?;
    if drives.is_empty() {
        println!("{NO_DRIVE}");
    }
    for drive in drives {
        match try_drive(&drive).await {
            Ok(answers) => println!(
                "drive “{}” ({}): ready\n{answers}",
                drive.place(),
                drive.kind()
            ),
            Err(error) => {
                all_well = false;
                println!(
                    "drive “{}” ({}): {}",
                    drive.place(),
                    drive.kind(),
                    advice_for(&error)
                );
            }
        }
    }
    store.close().await;
    Ok(if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

const NO_DRIVE: &str = "No drive is configured: connect one on the first page of the server, or add a [[drive]] \
    section; drivein.example.toml shows one.";

/// Calls a drive for its account and its root folder, and returns the results as lines of text.
async fn try_drive(drive: &SharedDrive) -> Result<String, DriveError> {
    let account = drive.account().await?;
    let mut answers = format!("  account: {}", account.name);
    if let Some(plan) = &account.plan {
        answers.push_str(&format!(" ({plan})"));
    }
    if let Some(quota) = account.quota {
        let gib = |bytes: u64| bytes as f64 / f64::from(1 << 30);
        answers.push_str(&format!(
            "\n  space: {:.1} of {:.1} GiB used",
            gib(quota.used),
            gib(quota.total)
        ));
    }
    for (name, value) in &account.facts {
        answers.push_str(&format!("\n  {}: {value}", name.to_lowercase()));
    }
    if drive.capabilities().contains(&Capability::List) {
        let calls = drive.at(Priority::Opening);
        let root = calls
            .list(&EntryPath::root(), &PageRequest::default())
            .await?;
        let more = if root.next.is_some() { " and more" } else { "" };
        answers.push_str(&format!("\n  root: {} entries{more}", root.entries.len()));
    }
    let can: Vec<&str> = drive
        .capabilities()
        .iter()
        .copied()
        .map(Capability::as_str)
        .collect();
    answers.push_str(&format!("\n  can: {}", can.join(", ")));
    Ok(answers)
}

/// Describes a drive's error and how to fix it.
fn advice_for(error: &DriveError) -> String {
    // The drive's own sentence is more precise than the general advice.
    if let Some(sentence) = error.sentence {
        return format!("{sentence}\n  it said: {error}");
    }
    let advice = match error.kind {
        ErrorKind::SignedOut => {
            "signed out; sign in on its account page, or set fresh keys in its section"
        }
        ErrorKind::UpstreamTimeout => {
            "it does not answer in time; check the network and its address"
        }
        ErrorKind::UpstreamFailed => {
            "it cannot be reached or fails; check the network, its address, and network.allow_hosts for a private one"
        }
        ErrorKind::VerificationRequired => {
            "it asks for a verification; answer it on the cloud's own site"
        }
        ErrorKind::RateLimited => "it asks us to slow down; try again in some minutes",
        ErrorKind::NotFound => "its folder does not exist; check root, or path",
        ErrorKind::BadRequest => "it does not take our request; check the keys in its section",
        _ => "it refuses",
    };
    format!("{advice}\n  it said: {error}")
}
