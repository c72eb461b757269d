//! `drivein state`: backup and restore of the state.

use std::path::PathBuf;

use clap::Subcommand;

use crate::store::{BackupSummary, back_up, restore};

#[derive(Subcommand)]
pub(super) enum StateCommand {
    /// Copy the state to a new file, also while the server runs
    ///
    /// The file contains tickets, tokens and the drives' sessions: keep it as safe as a password.
    Backup {
        /// The new file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The configuration file; without it, drivein.toml here, or the defaults
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Make a backup the state of a server that has none yet
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The configuration file; without it, drivein.toml here, or the defaults
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// Runs one of the commands.
///
/// # Errors
///
/// Fails if the config is invalid, or if the backup or the restore fails.
pub(super) async fn run(command: StateCommand) -> anyhow::Result<()> {
    match command {
        StateCommand::Backup { file, config } => {
            let config = super::load_config(config)?;
            let summary = back_up(&config.data_dir, &file).await?;
            say!(
                "{} holds the state: {}.",
                file.display(),
                in_words(&summary)
            );
        }
        StateCommand::Restore { file, config } => {
            let config = super::load_config(config)?;
            let summary = restore(&file, &config.data_dir).await?;
            let data_dir = config.data_dir.display();
            say!(
                "The state in {data_dir} is that of the backup: {}.",
                in_words(&summary)
            );
            say!(
                "A drive whose sign-in was renewed since the backup asks to be connected again. A ticket that was \
                 revoked since is open again: revoke it once more."
            );
        }
    }
    Ok(())
}

fn in_words(summary: &BackupSummary) -> String {
    let BackupSummary {
        size,
        drives,
        tickets,
    } = summary;
    format!(
        "drives signed in: {drives}, tickets: {tickets}, {} KiB",
        size.div_ceil(1024)
    )
}
