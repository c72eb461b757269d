//! `drivein completions` and `drivein man`: shell completions and manual pages, generated from the arguments that clap
//! parses. `make completions` writes all of them to `target/assets/`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Command;
use clap_complete::Shell;

/// Prints the completions of `command` for a shell.
///
/// # Errors
///
/// Fails if standard output cannot be written.
pub(super) fn print_completions(mut command: Command, shell: Shell) -> anyhow::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, "drivein", &mut text);
    print(&text)
}

/// Prints the manual page of `command`, or writes it and a page for each subcommand to `folder`.
///
/// # Errors
///
/// Fails if standard output or the folder cannot be written.
pub(super) fn print_man_pages(command: Command, folder: Option<PathBuf>) -> anyhow::Result<()> {
    let Some(folder) = folder else {
        let mut text = Vec::new();
        clap_mangen::Man::new(command).render(&mut text)?;
        return print(&text);
    };
    std::fs::create_dir_all(&folder)
        .and_then(|()| clap_mangen::generate_to(command, &folder))
        .with_context(|| format!("the folder {} cannot be written", folder.display()))
}

fn print(text: &[u8]) -> anyhow::Result<()> {
    std::io::stdout()
        .write_all(text)
        .context("standard output cannot be written")
}
