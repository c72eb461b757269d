//! Shares of another user: fixed links to films of that user, each a different story.
//!
//! Everything in a share lies in a library of its own, which the account of the sandbox cannot see; what is
//! transferred becomes a file of the account. The table [`SHARES`] is what a test may rely on.

use std::collections::BTreeMap;
use std::sync::Mutex;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::bundled;
use super::faults::lock;
use super::library::Library;
use super::nodes::{Content, Node};

/// How a share is at first.
struct Fixed {
    name: &'static str,
    surl: &'static str,
    password: Option<&'static str>,
    /// What was shared, by the paths of its owner.
    roots: &'static [&'static str],
    state: Standing,
    /// Streams end after three segments.
    preview: bool,
    /// Streams are being made when they are first asked for.
    transcodes: bool,
    /// Days until it ends; 0 for never.
    period_days: i64,
}

/// Whether a share is still one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Alive,
    /// Past its end.
    Expired,
    /// Withdrawn by its owner.
    Cancelled,
}

const FILM: &str = "/2024-03 shared/Borrowed Light.mp4";
const SERIES: &str = "/Paper Atlas";

const ALIVE: Fixed = Fixed {
    name: "film",
    surl: "SbxFilm0000000000000aA",
    password: None,
    roots: &[FILM],
    state: Standing::Alive,
    preview: false,
    transcodes: false,
    period_days: 0,
};

/// Every share there is at first.
const SHARES: &[Fixed] = &[
    ALIVE,
    Fixed {
        name: "series",
        surl: "-SbxSeries000000000bB-_",
        roots: &[SERIES],
        period_days: 30,
        ..ALIVE
    },
    Fixed {
        name: "mixed",
        surl: "1SbxMixed000000000000cC",
        roots: &[
            FILM,
            "/2024-03 shared/Sound only.mp3",
            "/2024-03 shared/Notes & signs #1 100%.txt",
            "/Elsewhere/Borrowed Light.mp4",
        ],
        ..ALIVE
    },
    Fixed {
        name: "password",
        surl: "SbxPassword0000000000dD",
        password: Some("w3xz"),
        roots: &["/Behind a door/Locked Harbour.mp4"],
        ..ALIVE
    },
    Fixed {
        name: "second password",
        surl: "SbxSecond000000000000eE",
        password: Some("k7q2"),
        roots: &["/Behind a door/Second Harbour.mp4"],
        ..ALIVE
    },
    Fixed {
        name: "expired",
        surl: "SbxExpired00000000000fF",
        state: Standing::Expired,
        period_days: 7,
        ..ALIVE
    },
    Fixed {
        name: "cancelled",
        surl: "SbxCancelled000000000gG",
        state: Standing::Cancelled,
        ..ALIVE
    },
    Fixed {
        name: "preview",
        surl: "SbxPreview00000000000hH",
        roots: &["/2024-03 shared/Only a Glimpse.mp4"],
        preview: true,
        ..ALIVE
    },
    Fixed {
        name: "transcoding",
        surl: "SbxTranscode000000000iI",
        roots: &["/2024-03 shared/Still in the Making.mp4"],
        transcodes: true,
        ..ALIVE
    },
];

/// A wrong password more than this, and the share asks for a captcha.
const FREE_TRIES: u32 = 5;
/// How often a rendition is asked for before it is there.
const MAKING: u32 = 2;

/// A share as it is now.
#[derive(Debug, Clone)]
pub struct Share {
    pub surl: String,
    pub password: Option<String>,
    pub roots: Vec<String>,
    pub share_id: u64,
    pub owner_id: u64,
    pub state: Standing,
    pub preview: bool,
    pub transcodes: bool,
    pub period_days: i64,
    wrong_tries: u32,
}

/// A share link, as one who tries it needs it.
#[derive(Debug, Clone, Serialize)]
pub struct ShareLink {
    /// `film`, `series`, `mixed`, `password`, `second password`, `expired`, `cancelled`, `preview`, `transcoding`.
    pub name: String,
    pub surl: String,
    /// At the sandbox itself. `https://www.terabox.com/s/1{surl}` does as well.
    pub url: String,
    pub password: Option<String>,
    pub shareid: u64,
    pub uk: u64,
    pub state: Standing,
}

/// Why a share says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There never was one of that name.
    Unknown,
    /// It is no more.
    Over(Standing),
    /// The key is missing or wrong.
    Locked,
    /// The password is wrong.
    WrongPassword,
    /// Too many were.
    Captcha,
}

/// All shares, and what lies in them.
#[derive(Debug)]
pub struct Shares {
    pub library: Library,
    all: Mutex<BTreeMap<&'static str, Share>>,
    /// How often each rendition that has to be made was asked for.
    asked: Mutex<BTreeMap<String, u32>>,
    tasks: Mutex<BTreeMap<u64, (u32, serde_json::Value)>>,
}

impl Shares {
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            library: Library::of(nodes()?),
            all: Mutex::new(SHARES.iter().enumerate().map(fixed).collect()),
            asked: Mutex::default(),
            tasks: Mutex::default(),
        })
    }

    /// Every link, with addresses at `api`.
    pub fn links(&self, api: &str) -> Vec<ShareLink> {
        let all = lock(&self.all);
        SHARES
            .iter()
            .filter_map(|fixed| Some((fixed.name, all.get(fixed.name)?)))
            .map(|(name, share)| ShareLink {
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

    /// Changes the share of that name; whether there is one.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Share)) -> bool {
        match lock(&self.all).get_mut(name) {
            Some(share) => {
                share.wrong_tries = 0;
                change(share);
                true
            }
            None => false,
        }
    }

    /// Nothing has to be made any more, for all shares.
    pub fn finish_transcoding(&self) {
        for share in lock(&self.all).values_mut() {
            share.transcodes = false;
        }
    }

    /// The share of a link, opened by a key.
    pub fn by_surl(&self, surl: &str, key: Option<&str>) -> Result<Share, Refusal> {
        let all = lock(&self.all);
        let share = all.values().find(|share| share.surl == surl);
        share.ok_or(Refusal::Unknown)?.admits(key)
    }

    /// The same by its number and its owner's.
    pub fn by_id(&self, share_id: u64, owner: u64, key: Option<&str>) -> Result<Share, Refusal> {
        let all = lock(&self.all);
        let fits = |share: &&Share| share.share_id == share_id && share.owner_id == owner;
        all.values().find(fits).ok_or(Refusal::Unknown)?.admits(key)
    }

    /// The key that a password opens.
    pub fn verify(&self, surl: &str, password: &str) -> Result<String, Refusal> {
        let mut all = lock(&self.all);
        let share = all.values_mut().find(|share| share.surl == surl);
        let share = share.ok_or(Refusal::Unknown)?;
        if share.state != Standing::Alive {
            return Err(Refusal::Over(share.state));
        }
        if share.wrong_tries >= FREE_TRIES {
            return Err(Refusal::Captcha);
        }
        if share
            .password
            .as_deref()
            .is_some_and(|right| right != password)
        {
            share.wrong_tries += 1;
            return Err(Refusal::WrongPassword);
        }
        Ok(share.key())
    }

    /// Whether a rendition is there yet; asking starts it, asking again finds it further.
    pub fn is_made(&self, share: &Share, rendition: &str) -> bool {
        if !share.transcodes {
            return true;
        }
        let mut asked = lock(&self.asked);
        let times = asked
            .entry(format!("{} {rendition}", share.share_id))
            .or_default();
        *times += 1;
        *times > MAKING
    }

    /// Copies a file, or a folder with all that is in it, to `path` of another library.
    pub fn copy(&self, node: &Node, target: &Library, path: &str) {
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

    /// A task that answers with `outcome` when it is asked for the second time.
    pub fn begin_task(&self, outcome: serde_json::Value) -> u64 {
        let mut tasks = lock(&self.tasks);
        // Other numbers than those of tasks of files: one call asks for both.
        let id = 357_329_558_616_538 + tasks.len() as u64;
        tasks.insert(id, (1, outcome));
        id
    }

    /// `None` while it runs; an unknown task is none.
    pub fn task(&self, id: u64) -> Option<Option<serde_json::Value>> {
        let mut tasks = lock(&self.tasks);
        let (left, outcome) = tasks.get_mut(&id)?;
        if *left > 0 {
            *left -= 1;
            return Some(None);
        }
        Some(Some(outcome.clone()))
    }
}

impl Share {
    fn admits(&self, key: Option<&str>) -> Result<Share, Refusal> {
        if self.state != Standing::Alive {
            return Err(Refusal::Over(self.state));
        }
        if self.password.is_some() && key != Some(self.key().as_str()) {
            return Err(Refusal::Locked);
        }
        Ok(self.clone())
    }

    /// What opens the share, not encoded: base64 with all its signs, another one for another password.
    pub fn key(&self) -> String {
        let password = self.password.as_deref().unwrap_or_default();
        let mut mac =
            Hmac::<Sha256>::new_from_slice(b"shares of the sandbox").expect("keys of any length");
        mac.update(self.surl.as_bytes());
        mac.update(password.as_bytes());
        format!("+7/8{}=", BASE64.encode(&mac.finalize().into_bytes()))
    }

    /// Whether a path of the owner lies in the share.
    pub fn holds(&self, path: &str) -> bool {
        self.roots.iter().any(|root| {
            path.strip_prefix(root.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

fn fixed((number, fixed): (usize, &Fixed)) -> (&'static str, Share) {
    let share = Share {
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

/// The files of the other user.
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
