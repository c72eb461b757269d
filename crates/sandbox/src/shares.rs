//! Shares of another user: fixed links to films of that user, one for each case of a client.
//!
//! The shared files are in a library of their own, which the account cannot list; a transferred file becomes one of the
//! account. Tests may rely on the table [`SHARES`].

mod links;

use parking_lot::Mutex;
use std::collections::BTreeMap;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::bundled;
use super::library::AccountFiles;
use super::nodes::{Content, Node};

use links::{SHARES, ShareTemplate};

/// The state of a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShareCondition {
    Alive,
    /// Its lifetime is over.
    Expired,
    /// Its owner revoked it.
    Cancelled,
}

const FILM: &str = "/2024-03 shared/Borrowed Light.mp4";
const SERIES: &str = "/Paper Atlas";

/// After so many wrong passwords, the share requires a captcha.
const MAX_WRONG_TRIES: u32 = 5;
/// Number of requests for a rendition before it is ready.
const REQUESTS_UNTIL_MADE: u32 = 2;

/// The current state of a share.
#[derive(Debug, Clone)]
pub struct ShareStatus {
    pub surl: String,
    pub password: Option<String>,
    pub roots: Vec<String>,
    pub share_id: u64,
    pub owner_id: u64,
    pub state: ShareCondition,
    pub preview: bool,
    pub transcodes: bool,
    pub period_days: i64,
    wrong_tries: u32,
}

/// A share link with its password.
#[derive(Debug, Clone, Serialize)]
pub struct NamedLink {
    /// `film`, `series`, `mixed`, `password`, `second password`, `expired`, `cancelled`, `preview`, `transcoding`.
    pub name: String,
    pub surl: String,
    /// The link at the sandbox. `https://www.terabox.com/s/1{surl}` is equivalent.
    pub url: String,
    pub password: Option<String>,
    pub shareid: u64,
    pub uk: u64,
    pub state: ShareCondition,
}

/// Reason why a share is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareError {
    /// There is no such share.
    Unknown,
    /// It expired or was revoked.
    Over(ShareCondition),
    /// The key is missing or wrong.
    Locked,
    /// The password is wrong.
    WrongPassword,
    /// There were too many wrong passwords.
    Captcha,
}

/// All shares and the shared files.
#[derive(Debug)]
pub struct ShareTable {
    pub library: AccountFiles,
    all: Mutex<BTreeMap<&'static str, ShareStatus>>,
    /// Number of requests for each rendition that has to be made.
    requested: Mutex<BTreeMap<String, u32>>,
    tasks: Mutex<BTreeMap<u64, (u32, serde_json::Value)>>,
}

impl ShareTable {
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            library: AccountFiles::of(nodes()?),
            all: Mutex::new(SHARES.iter().enumerate().map(fixed).collect()),
            requested: Mutex::default(),
            tasks: Mutex::default(),
        })
    }

    /// Returns all links, with URLs at the host `api`.
    pub fn links(&self, api: &str) -> Vec<NamedLink> {
        let all = self.all.lock();
        SHARES
            .iter()
            .filter_map(|fixed| Some((fixed.name, all.get(fixed.name)?)))
            .map(|(name, share)| NamedLink {
                name: name.to_owned(),
                surl: share.surl.clone(),
                url: format!("http://{api}/s/1{}", share.surl),
                password: share.password.clone(),
                shareid: share.share_id,
                uk: share.owner_id,
                state: share.state,
            })
            .collect()
    }

    /// Changes a share. Returns true if there is a share of that name.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut ShareStatus)) -> bool {
        match self.all.lock().get_mut(name) {
            Some(share) => {
                share.wrong_tries = 0;
                change(share);
                true
            }
            None => false,
        }
    }

    /// Completes all renditions of all shares.
    pub fn finish_transcoding(&self) {
        for share in self.all.lock().values_mut() {
            share.transcodes = false;
        }
    }

    /// Returns the share of a link.
    ///
    /// # Errors
    /// If it is unknown, expired, revoked, or protected and the key is wrong.
    pub fn by_surl(&self, surl: &str, key: Option<&str>) -> Result<ShareStatus, ShareError> {
        let all = self.all.lock();
        let share = all.values().find(|share| share.surl == surl);
        share.ok_or(ShareError::Unknown)?.admits(key)
    }

    /// Returns the share of an id and its owner's id.
    ///
    /// # Errors
    /// As [`ShareTable::by_surl`].
    pub fn by_id(
        &self,
        share_id: u64,
        owner: u64,
        key: Option<&str>,
    ) -> Result<ShareStatus, ShareError> {
        let all = self.all.lock();
        let fits = |share: &&ShareStatus| share.share_id == share_id && share.owner_id == owner;
        all.values()
            .find(fits)
            .ok_or(ShareError::Unknown)?
            .admits(key)
    }

    /// Exchanges a password for the share's key.
    ///
    /// # Errors
    /// If the share is unknown, expired or revoked, the password is wrong, or a captcha is required.
    pub fn verify(&self, surl: &str, password: &str) -> Result<String, ShareError> {
        let mut all = self.all.lock();
        let share = all.values_mut().find(|share| share.surl == surl);
        let share = share.ok_or(ShareError::Unknown)?;
        if share.state != ShareCondition::Alive {
            return Err(ShareError::Over(share.state));
        }
        if share.wrong_tries >= MAX_WRONG_TRIES {
            return Err(ShareError::Captcha);
        }
        if share
            .password
            .as_deref()
            .is_some_and(|right| right != password)
        {
            share.wrong_tries += 1;
            return Err(ShareError::WrongPassword);
        }
        Ok(share.key())
    }

    /// Returns true if a rendition is ready. The first request starts its making.
    pub fn is_made(&self, share: &ShareStatus, rendition: &str) -> bool {
        if !share.transcodes {
            return true;
        }
        let mut requested = self.requested.lock();
        let times = requested
            .entry(format!("{} {rendition}", share.share_id))
            .or_default();
        *times += 1;
        *times > REQUESTS_UNTIL_MADE
    }

    /// Copies a file, or a folder with its content, to `path` of another library.
    pub fn copy(&self, node: &Node, target: &AccountFiles, path: &str) {
        let mut all = self.library.below(&node.path);
        all.insert(0, node.clone());
        for node_in in all {
            let rest = &node_in.path[node.path.len()..];
            target.put(Node::new(
                &format!("{path}{rest}"),
                node_in.size_bytes,
                node_in.modified_s,
                node_in.content,
            ));
        }
    }

    /// Starts a task whose second poll returns `outcome`. Returns its id.
    pub fn begin_task(&self, outcome: serde_json::Value) -> u64 {
        let mut tasks = self.tasks.lock();
        // Ids of file tasks differ: one call polls both kinds.
        let id = 357_329_558_616_538 + tasks.len() as u64;
        tasks.insert(id, (1, outcome));
        id
    }

    /// Returns the outcome of a task: the outer `None` if it is unknown, the inner one while it runs.
    pub fn task(&self, id: u64) -> Option<Option<serde_json::Value>> {
        let mut tasks = self.tasks.lock();
        let (left, outcome) = tasks.get_mut(&id)?;
        if *left > 0 {
            *left -= 1;
            return Some(None);
        }
        Some(Some(outcome.clone()))
    }
}

impl ShareStatus {
    fn admits(&self, key: Option<&str>) -> Result<ShareStatus, ShareError> {
        if self.state != ShareCondition::Alive {
            return Err(ShareError::Over(self.state));
        }
        if self.password.is_some() && key != Some(self.key().as_str()) {
            return Err(ShareError::Locked);
        }
        Ok(self.clone())
    }

    /// Returns the key, not encoded: Base64 with all its special characters, another one for each password.
    pub fn key(&self) -> String {
        let password = self.password.as_deref().unwrap_or_default();
        let mut mac =
            Hmac::<Sha256>::new_from_slice(b"shares of the sandbox").expect("keys of any length");
        mac.update(self.surl.as_bytes());
        mac.update(password.as_bytes());
        format!("+7/8{}=", BASE64.encode(&mac.finalize().into_bytes()))
    }

    /// Returns true if a path of the owner is in the share.
    pub fn holds(&self, path: &str) -> bool {
        self.roots.iter().any(|root| {
            path.strip_prefix(root.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

fn fixed((number, fixed): (usize, &ShareTemplate)) -> (&'static str, ShareStatus) {
    let share = ShareStatus {
        surl: fixed.surl.to_owned(),
        password: fixed.password.map(str::to_owned),
        roots: fixed.roots.iter().map(|root| (*root).to_owned()).collect(),
        share_id: 1_866_457_029 + 7 * number as u64,
        owner_id: 4_402_034_215_677,
        state: fixed.state,
        preview: fixed.preview,
        transcodes: fixed.transcodes,
        period_days: fixed.period_days,
        wrong_tries: 0,
    };
    (fixed.name, share)
}

/// Returns the files of the other user.
fn nodes() -> anyhow::Result<Vec<Node>> {
    let films = bundled::films()?;
    let mut nodes = vec![Node::new("/", 0, bundled::FIRST_DAY_S, Content::Folder)];
    let mut add = |path: &str, which: usize| {
        if let Some(film) = films.get(which % films.len().max(1)) {
            let (size, content) = if path.ends_with(".mp3") {
                let size = film.sound.as_ref().map_or(0, |sound| sound.len());
                (size, Content::Sound(film.clone()))
            } else {
                (film.original.len(), Content::Film(film.clone()))
            };
            let modified_s = bundled::FIRST_DAY_S + 60 * nodes.len() as i64;
            nodes.push(Node::new(path, size as u64, modified_s, content));
        }
    };
    add(FILM, 0);
    add("/2024-03 shared/Sound only.mp3", 0);
    add("/Elsewhere/Borrowed Light.mp4", 1);
    add("/Behind a door/Locked Harbour.mp4", 1);
    add("/Behind a door/Second Harbour.mp4", 2);
    add("/2024-03 shared/Only a Glimpse.mp4", 0);
    add("/2024-03 shared/Still in the Making.mp4", 1);
    for episode in 1..=120 {
        add(&format!("{SERIES}/Season 1/Episode {episode}.mp4"), episode);
    }
    for name in ["A & B", "Über uns #2", "100% 映画 🌊"] {
        add(&format!("{SERIES}/Extras & more/{name}.mp4"), 2);
    }
    add(&format!("{SERIES}/Trailer.mp4"), 0);
    let notes = bytes::Bytes::from_static(b"Three short films, lent to whoever has the link.\n");
    nodes.push(Node::new(
        "/2024-03 shared/Notes & signs #1 100%.txt",
        notes.len() as u64,
        bundled::FIRST_DAY_S,
        Content::Bytes(notes),
    ));
    Ok(nodes)
}
