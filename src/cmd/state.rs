//! `drivein state`: backup, restore and copies of the state.

use std::path::PathBuf;

use clap::Subcommand;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::config::hosts_of_url;
use crate::store::{BackupSummary, CopySummary, StateUrl, back_up, copy_state, restore};

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
    /// Copy the state to another database, which must be empty
    ///
    /// An address is sqlite:DATA_DIR/drivein.sqlite or postgres://USER@HOST/DATABASE; the password of PostgreSQL may come
    /// from PGPASSWORD or ~/.pgpass. Stop the server first: what it stores after the copy has begun stays behind.
    Copy {
        /// The address of the state
        #[arg(long, value_name = "URL")]
        from: String,
        /// The address of the empty database
        #[arg(long, value_name = "URL")]
        to: String,
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
        StateCommand::Copy { from, to } => {
            let (from, to) = (StateUrl::parse(&from)?, StateUrl::parse(&to)?);
            let CopySummary { tables, rows } = copy_state(&from, &to).await?;
            say!("The state was copied and compared: {rows} rows in {tables} tables.");
        }
        StateCommand::Backup { file, config } => {
            let config = super::load_config(config)?;
            if let Some(url) = &config.state_url {
                say!("The state is in PostgreSQL, whose own program makes the backup:");
                say!(
                    "  pg_dump --format=custom --no-owner --file={} {}",
                    quoted(&file.display().to_string()),
                    quoted(&without_password(url))
                );
                return Ok(());
            }
            let summary = back_up(&config.data_dir, &file).await?;
            say!(
                "{} holds the state: {}.",
                file.display(),
                in_words(&summary)
            );
        }
        StateCommand::Restore { file, config } => {
            let config = super::load_config(config)?;
            if let Some(url) = &config.state_url {
                say!(
                    "The state is in PostgreSQL, whose own program restores a backup into an empty database:"
                );
                say!(
                    "  pg_restore --no-owner --exit-on-error --single-transaction --dbname={} {}",
                    quoted(&without_password(url)),
                    quoted(&file.display().to_string())
                );
                return Ok(());
            }
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

/// Returns a URL that can be printed.
fn without_password(url: &SecretString) -> String {
    let (before, hosts, behind) = hosts_of_url(url.expose_secret());
    let first = hosts.split(',').next().unwrap_or_default();
    let Ok(mut url) = Url::parse(&[before, first, behind].concat()) else {
        return String::new();
    };
    // Only a URL without a host refuses.
    let _ = url.set_password(None);
    let query: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != "password")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let (before, _, behind) = hosts_of_url(url.as_str());
    [before, hosts, behind].concat()
}

/// Quotes a word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_url_has_no_password() {
        for (url, printed) in [
            (
                "postgres://films:canary@db.example.org/drivein?sslmode=require",
                "postgres://films@db.example.org/drivein?sslmode=require",
            ),
            (
                "postgres://db.example.org/drivein?password=canary&user=films",
                "postgres://db.example.org/drivein?user=films",
            ),
            (
                "postgres:///drivein?host=%2Frun%2Fpostgresql&password=canary",
                "postgres:///drivein?host=%2Frun%2Fpostgresql",
            ),
        ] {
            assert_eq!(without_password(&url.to_owned().into()), printed);
        }
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}
