//! `drivein completions` and `drivein man`: shell completions and manual pages, generated from the arguments
//! that clap parses. `make completions` writes all of them to `target/assets/`.

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
pub(super) fn print_completions(command: Command, shell: Shell) -> anyhow::Result<()> {
    print(&completions(command, shell))
}

fn completions(mut command: Command, shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, "drivein", &mut text);
    text
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

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, ValueEnum};

    use super::*;
    use crate::cmd::Arguments;

    #[test]
    fn every_command_is_completed_and_has_a_page() {
        for shell in Shell::value_variants() {
            let text = String::from_utf8(completions(Arguments::command(), *shell)).unwrap();
            for word in ["serve", "demo", "sandbox", "check", "listen"] {
                assert!(text.contains(word), "{shell}: {word}");
            }
        }
        let folder = tempfile::tempdir().unwrap();
        print_man_pages(Arguments::command(), Some(folder.path().to_owned())).unwrap();
        for name in ["drivein", "drivein-serve", "drivein-check"] {
            let page = std::fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
            assert!(page.contains(".TH"), "{name}");
        }
        assert!(!folder.path().join("drivein-man.1").exists());
    }
}
