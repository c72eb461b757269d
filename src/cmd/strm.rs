//! `drivein strm`: writes a tree of `.strm` files, one per film, for Jellyfin, Emby or Kodi, and keeps it up. Subtitles,
//! `.nfo` files and pictures beside the films are copied. A film without an `.nfo` file gets one of what the library has.
//!
//! A list in the target names every file that was written, with a hash. A file that is not in the list, or was changed
//! by others, is neither replaced nor removed. Nothing is removed after a walk that could not read every folder.

mod drive_files;
mod follow;
mod known;

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::stop::stop_signal;
use crate::app::open_drives;
use crate::config::Config;
use crate::governor::{Governor, Priority};
use crate::store::Store;
use crate::web::{UrlBuilder, file_name, load_ticket_signer};
use drives::{Capability, VolumeCalls};
use media::{Entry, EntryKind, EntryPath, stem};

use drive_files::{children, content, is_beside_films};
use follow::DriveChanges;
use known::KnownTitles;

/// Interval between two walks with `--follow`, if no drive reports a change before.
const FOLLOW_INTERVAL: Duration = Duration::from_secs(600);
/// The list of written files, in the target.
const LIST: &str = ".drivein-strm.json";
/// Depth of folders.
const MAX_DEPTH: usize = 32;

/// The changes that the command makes to a tree that is there. In none of them is a file of others touched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum TreeMode {
    /// Write new files only
    Insert,
    /// Also replace files that have changed on the drive
    Update,
    /// Also remove files that are gone from the drive
    #[default]
    Mirror,
}

/// The arguments of the command.
pub(super) struct StrmOptions {
    pub config: Option<PathBuf>,
    /// The folder of the tree.
    pub to: PathBuf,
    /// The one drive of which films are written; `None` for all.
    pub drive: Option<String>,
    pub mode: TreeMode,
    /// True if the tree is kept up until the command is stopped.
    pub follows: bool,
}

/// A file of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct WrittenFile {
    /// SHA-256 of its content, in hex.
    hash: String,
    /// The version of the file on the drive from which it was copied; empty for one that was made here.
    version: String,
}

/// The result of a walk.
#[derive(Debug, Default)]
struct Changes {
    written: usize,
    removed: usize,
    kept: usize,
    /// True if a folder could not be read.
    is_partial: bool,
}

/// Writes the tree once, or until a stop signal with `follows`.
///
/// # Errors
///
/// Fails if the state or the target cannot be used, or there is no such drive.
pub(super) async fn run(options: StrmOptions) -> anyhow::Result<ExitCode> {
    let config = match super::load_config(options.config.clone()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let store = Store::open_at(config.state_url.as_ref(), &config.data_dir).await?;
    std::fs::create_dir_all(&options.to)
        .with_context(|| format!("the folder {} cannot be made", options.to.display()))?;
    let wanted = |name: &str| options.drive.as_deref().is_none_or(|drive| drive == name);
    let mut drives = open_drives(&config, &store).await?;
    drives.retain(|drive| {
        wanted(drive.place().as_str()) && drive.capabilities().contains(&Capability::List)
    });
    if drives.is_empty() {
        bail!("there is no such drive, or none that lists files");
    }
    let tree = StrmTree {
        target: options.to.clone(),
        mode: options.mode,
        base: base_url(&config),
        ticket: load_ticket_signer(&store).await?.owner(),
        urls: UrlBuilder::new(config.public_url.as_ref(), config.listen),
        known: KnownTitles::open(&store).await?,
    };
    // Subscribed before the first walk, so that no change is missed.
    let mut drive_changes = DriveChanges::of(&drives);
    loop {
        let mut written = tree.read_list()?;
        let mut all = true;
        for drive in &drives {
            let place = drive.place().clone();
            let changes = tree
                .update(&drive.at(Priority::Scans), &mut written)
                .await?;
            tree.save_list(&written)?;
            all &= !changes.is_partial;
            say!(
                "{place}: {} written, {} removed, {} left alone{}",
                changes.written,
                changes.removed,
                changes.kept,
                if changes.is_partial {
                    "; some folders could not be read"
                } else {
                    ""
                }
            );
        }
        if !options.follows {
            return Ok(if all {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        tokio::select! {
            () = drive_changes.wait(FOLLOW_INTERVAL) => {}
            () = stop_signal() => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// Returns the scheme and host by which players reach the server.
fn base_url(config: &Config) -> String {
    let public = config.public_url.as_ref();
    public.map_or_else(
        || format!("http://{}", config.listen),
        |url| url.origin().ascii_serialization(),
    )
}

/// The tree on this machine.
struct StrmTree {
    target: PathBuf,
    mode: TreeMode,
    base: String,
    ticket: String,
    urls: UrlBuilder,
    known: KnownTitles,
}

/// The content of a file of the tree.
enum FileContent<'a> {
    Made(Vec<u8>),
    /// That of a file of the drive.
    Copied(&'a Entry),
}

impl StrmTree {
    /// Walks a drive, writes what is new, and removes what is gone, as far as the mode says so.
    async fn update(
        &self,
        drive: &VolumeCalls<Governor>,
        written: &mut BTreeMap<String, WrittenFile>,
    ) -> anyhow::Result<Changes> {
        let mut changes = Changes::default();
        let root = file_name(drive.place().as_str());
        let mut found = HashSet::new();
        // Links of a folder drive may lead in circles: each folder is written once, at the shortest of its paths.
        let at_root = drive.stat(&EntryPath::root()).await;
        let mut seen: HashSet<String> = at_root.ok().and_then(|it| it.id).into_iter().collect();
        let mut folders = VecDeque::from([(EntryPath::root(), root.clone(), 0)]);
        while let Some((path, folder, depth)) = folders.pop_front() {
            let entries = match children(drive, &path).await {
                Ok(entries) => entries,
                Err(error) => {
                    eprintln!("{}{path}: {error}", drive.place());
                    changes.is_partial = true;
                    continue;
                }
            };
            let names: HashSet<String> = entries
                .iter()
                .map(|entry| entry.name.to_lowercase())
                .collect();
            for entry in entries {
                let name = file_name(&entry.name);
                let at = match entry.kind {
                    EntryKind::Folder => {
                        if depth >= MAX_DEPTH {
                            eprintln!("{}{}: left out, it is too deep", drive.place(), entry.path);
                            changes.is_partial = true;
                        } else if entry.id.is_none_or(|id| seen.insert(id)) {
                            folders.push_back((entry.path, format!("{folder}/{name}"), depth + 1));
                        }
                        continue;
                    }
                    EntryKind::Video => {
                        let short = format!("{folder}/{}.strm", file_name(stem(&entry.name)));
                        match found.contains(&short) {
                            // Two films that differ in their extension alone.
                            true => format!("{folder}/{name}.strm"),
                            false => short,
                        }
                    }
                    _ if is_beside_films(&entry) => format!("{folder}/{name}"),
                    _ => continue,
                };
                let mut files = Vec::new();
                if entry.kind == EntryKind::Video {
                    let address = format!("{}\n", self.address(drive, &entry));
                    let beside = at.strip_suffix(".strm").unwrap_or(&at);
                    for (end, content) in self.known_files(&entry, &names).await? {
                        files.push((format!("{beside}{end}"), FileContent::Made(content)));
                    }
                    files.push((at, FileContent::Made(address.into_bytes())));
                } else {
                    files.push((at, FileContent::Copied(&entry)));
                }
                for (at, content) in files {
                    found.insert(at.clone());
                    match self.put(drive, content, &at, written).await {
                        Ok(Some(true)) => changes.written += 1,
                        Ok(Some(false)) => {}
                        Ok(None) => changes.kept += 1,
                        Err(error) => {
                            eprintln!("{at}: {error:#}");
                            changes.is_partial = true;
                        }
                    }
                }
            }
        }
        if !changes.is_partial && self.mode == TreeMode::Mirror {
            let prefix = format!("{root}/");
            let is_gone = |at: &String| at.starts_with(&prefix) && !found.contains(at);
            let gone: Vec<String> = written.keys().filter(|at| is_gone(at)).cloned().collect();
            for at in gone {
                let file = written.remove(&at);
                if file.is_some_and(|file| self.has(&at, &file)) {
                    std::fs::remove_file(self.target.join(&at))?;
                    self.remove_empty_folders(&at);
                    changes.removed += 1;
                }
            }
        }
        Ok(changes)
    }

    /// Writes one file if it is missing or was changed on the drive. Returns true if it was written; `None` if a file of
    /// others is there.
    async fn put(
        &self,
        drive: &VolumeCalls<Governor>,
        source: FileContent<'_>,
        at: &str,
        written: &mut BTreeMap<String, WrittenFile>,
    ) -> anyhow::Result<Option<bool>> {
        let known = written.get(at).cloned();
        let is_there = self.target.join(at).exists();
        let is_ours = known.as_ref().is_some_and(|file| self.has(at, file));
        if is_there && !is_ours {
            return Ok(None);
        }
        if is_there && self.mode == TreeMode::Insert {
            return Ok(Some(false));
        }
        let (content, version) = match source {
            FileContent::Made(content) => (content, String::new()),
            FileContent::Copied(entry) => {
                let version = format!("{} {:?} {:?}", entry.size, entry.modified, entry.content);
                if is_ours && known.as_ref().is_some_and(|file| file.version == version) {
                    return Ok(Some(false));
                }
                (content(drive, entry).await?, version)
            }
        };
        let hash = HEXLOWER.encode(&Sha256::digest(&content));
        if is_ours && known.is_some_and(|file| file.hash == hash) {
            written.insert(at.to_owned(), WrittenFile { hash, version });
            return Ok(Some(false));
        }
        write(&self.target.join(at), &content)?;
        written.insert(at.to_owned(), WrittenFile { hash, version });
        Ok(Some(true))
    }

    /// Returns the files that are made of what the library has of a film, as far as there are none beside it. `names` are those
    /// in its folder, in small letters.
    async fn known_files(
        &self,
        film: &Entry,
        names: &HashSet<String>,
    ) -> anyhow::Result<known::MadeFiles> {
        let mut files = self.known.files(film).await?;
        let own = stem(&film.name).to_lowercase();
        let is_described = names.contains(&format!("{own}.nfo")) || names.contains("movie.nfo");
        files.retain(|(end, _)| match end.as_str() {
            ".nfo" => !is_described,
            end => !names.contains(&format!("{own}{end}")),
        });
        Ok(files)
    }

    /// Returns the play URL of a film: the file itself where it can be had, since players built on ffmpeg seek best in
    /// it.
    fn address(&self, drive: &VolumeCalls<Governor>, entry: &Entry) -> String {
        let play = self.urls.play(&self.ticket, &entry.place, &entry.path);
        match drive.capabilities().contains(&Capability::Original) {
            true => format!("{}{play}", self.base),
            false => format!("{}{play}/master.m3u8", self.base),
        }
    }

    /// Returns true if the file on the disk is the one that was written.
    fn has(&self, at: &str, file: &WrittenFile) -> bool {
        let content = std::fs::read(self.target.join(at));
        content.is_ok_and(|content| HEXLOWER.encode(&Sha256::digest(content)) == file.hash)
    }

    fn remove_empty_folders(&self, at: &str) {
        let mut folder = Path::new(at).parent();
        while let Some(path) = folder.filter(|path| !path.as_os_str().is_empty()) {
            // A folder with anything in it stays.
            if std::fs::remove_dir(self.target.join(path)).is_err() {
                return;
            }
            folder = path.parent();
        }
    }

    fn read_list(&self) -> anyhow::Result<BTreeMap<String, WrittenFile>> {
        match std::fs::read(self.target.join(LIST)) {
            Ok(text) => serde_json::from_slice(&text)
                .with_context(|| format!("{LIST} in {} is damaged", self.target.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(error).context("the list of written files cannot be read"),
        }
    }

    fn save_list(&self, written: &BTreeMap<String, WrittenFile>) -> anyhow::Result<()> {
        write(
            &self.target.join(LIST),
            &serde_json::to_vec_pretty(written)?,
        )
    }
}

/// Replaces a file by a rename, so that a media server never reads half of it.
fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, content)?;
    let permissions = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o644);
    file.as_file().set_permissions(permissions)?;
    file.persist(path)?;
    Ok(())
}
