//! The program as a person starts it: the real binary, its output, its exit codes, and its shutdown.

mod check;
mod demo;
mod start;
mod state;
mod stop;
mod strm;

use std::net::SocketAddr;
use std::path::Path;

use sandbox::{self};

use crate::harness::*;

/// Returns the address and port in the line that a server prints at its start.
fn address_in(line: &str) -> SocketAddr {
    let (_, rest) = line.split_once("http://").unwrap();
    let end = rest
        .find(|c: char| c == '/' || c.is_whitespace())
        .unwrap_or(rest.len());
    rest[..end].parse().unwrap()
}

pub async fn visitor(running: &mut Running, word: &str) -> Visitor {
    let line = running.line_with(word).await;
    Visitor::new(address_in(&line), Secrets::none())
}

pub async fn get(visitor: &Visitor, path: &str) -> Reply {
    visitor.ask(reqwest::Method::GET, path).send().await
}

pub fn config_in(folder: &Path, text: &str) -> String {
    let file = folder.join("drivein.toml");
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Returns the output of `drivein check` with this section of a drive.
pub async fn checked(section: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "data_dir = {:?}\n[network]\nallow_hosts = [\"127.0.0.1\"]\n{section}",
        folder.path().join("data")
    );
    let config = config_in(folder.path(), &text);
    let output = own_binary()
        .args(["check", "--config"])
        .arg_last(&config)
        .output()
        .await;
    String::from_utf8(output.stdout).unwrap()
}

/// Starts a sandbox, and writes the config of a server that plays from it.
pub async fn sandbox_and_config(folder: &Path, head: &str) -> (sandbox::Sandbox, String) {
    let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
    let text = format!(
        "data_dir = {:?}\n{head}{}",
        folder.join("data"),
        drive_section(&sandbox)
    );
    let config = config_in(folder, &text);
    (sandbox, config)
}
