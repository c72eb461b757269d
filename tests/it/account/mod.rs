//! The abilities of a drive beyond playback: the real drive and the real state over an emulated upstream, in
//! the upstream's three modes.
//!
//! - [`files`]: folders, copies, moves, renames, deletions, one outcome per path
//! - [`uploads`]: uploads, interrupted anywhere and resumed
//! - [`sign_in`]: by a picture, by a code, and sign-out
//! - [`links`]: the owner's own links, and the error of a web session that has ended
//! - [`watching`]: playback in every mode
//! - [`tokens`]: refreshed in a single flight, and never lost

mod files;
mod links;
mod sign_in;
mod tokens;
mod uploads;
mod watching;

use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use drivein::app::open_drives;
use drivein::config::Config;
use drivein::governor::{Governor, Priority};
use drivein::store::Store;
use drives::{
    AbilityCalls, DriveError, ErrorKind, Manage, OnConflict, OwnShares, SignIn, Upload, UploadBody,
    UploadProgress, UploadRequest, VolumeCalls,
};
use futures_util::{StreamExt, stream};
use media::{Entry, EntryPath, PageRequest};
use sandbox::{self, Effect, Fault, Options, Sandbox};
use tempfile::TempDir;

use crate::harness::{DRIVE, drive_section, web_session_section};

/// The mode of the upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    /// Behaves as the documents' examples.
    Plain,
    /// Accepts only the parameters in the documents' tables.
    Strict,
    /// Answers as observed by clients.
    Loose,
}

const MOODS: [Mood; 3] = [Mood::Plain, Mood::Strict, Mood::Loose];

fn options(mood: Mood) -> Options {
    Options {
        strict: mood == Mood::Strict,
        loose: mood == Mood::Loose,
        protocol_relative: mood == Mood::Loose,
        device_interval: std::time::Duration::ZERO,
        ..Options::default()
    }
}

/// A drive over a sandbox, with a state that outlives it.
struct Rig {
    sandbox: Arc<Sandbox>,
    home: Arc<TempDir>,
    drive: VolumeCalls<Governor>,
}

type Calls<'r, T> = AbilityCalls<'r, Governor, T>;

impl Rig {
    async fn new(mood: Mood) -> Self {
        Self::with(options(mood)).await
    }

    async fn with(options: Options) -> Self {
        let sandbox = Arc::new(sandbox::start(options).await.unwrap());
        let home = Arc::new(tempfile::tempdir().unwrap());
        let section = drive_section(&sandbox);
        Self::over(sandbox, home, &section).await
    }

    async fn over(sandbox: Arc<Sandbox>, home: Arc<TempDir>, section: &str) -> Self {
        let drive = drive_over(home.path(), section).await;
        Self {
            sandbox,
            home,
            drive,
        }
    }

    /// Starts another process on the same state: its own connection, its own drive.
    async fn again(&self) -> Self {
        let section = drive_section(&self.sandbox);
        Self::over(self.sandbox.clone(), self.home.clone(), &section).await
    }

    fn manage(&self) -> Calls<'_, dyn Manage> {
        self.drive.manage().unwrap()
    }

    fn uploads(&self) -> Calls<'_, dyn Upload> {
        self.drive.upload().unwrap()
    }

    fn links(&self) -> Calls<'_, dyn OwnShares> {
        self.drive.own_shares().unwrap()
    }

    fn sign_in(&self) -> Calls<'_, dyn SignIn> {
        self.drive.sign_in().unwrap()
    }

    /// Returns the names in a folder.
    async fn names(&self, folder: &str) -> Vec<String> {
        let page = PageRequest::default();
        let listing = self.drive.list(&path(folder), &page).await.unwrap();
        listing
            .entries
            .into_iter()
            .map(|entry| entry.name)
            .collect()
    }

    async fn is_there(&self, at: &str) -> bool {
        match self.drive.stat(&path(at)).await {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
                false
            }
        }
    }

    async fn upload(&self, request: &UploadRequest, content: &Bytes) -> Result<Entry, DriveError> {
        self.uploads().upload(request, body(content)).await
    }
}

async fn drive_over(home: &Path, section: &str) -> VolumeCalls<Governor> {
    let text = format!("data_dir = {home:?}\n{section}");
    let config = Config::parse(&text, std::iter::empty()).unwrap();
    let store = Store::open(&config.data_dir).await.unwrap();
    let drives = open_drives(&config, &store).await;
    drives.unwrap().remove(0).at(Priority::Opening)
}

fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).unwrap()
}

fn paths(texts: &[&str]) -> Vec<EntryPath> {
    texts.iter().map(|text| path(text)).collect()
}

fn request(at: &str, content: &Bytes, on_conflict: OnConflict) -> UploadRequest {
    UploadRequest {
        path: path(at),
        size: Some(content.len() as u64),
        on_conflict,
        progress: Some(Arc::new(UploadProgress::default())),
        resume: None,
    }
}

/// Returns bytes as they come over a line.
fn body(content: &Bytes) -> UploadBody {
    let content = content.clone();
    let starts = (0..content.len()).step_by(16 << 10);
    let pieces: Vec<io::Result<Bytes>> = starts
        .map(|at| Ok(content.slice(at..content.len().min(at + (16 << 10)))))
        .collect();
    stream::iter(pieces).boxed()
}

/// Returns bytes without a pattern, the same for the same seed.
fn noise(length: usize, seed: u64) -> Bytes {
    let mut random = Random(seed);
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend(random.next().to_le_bytes());
    }
    bytes.truncate(length);
    bytes.into()
}

/// A xorshift64* generator: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        let mut x = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15).max(1);
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.0 = x;
        x.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}
