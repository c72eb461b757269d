//! The account's files: what a path is, what lies in a folder, and where the bytes are.
//!
//! A library is a tree of virtual entries (the bundled films under many names, and folders that a test adds)
//! and, where the sandbox was given one, a person's own folder under it. Names and folders answer the same
//! way for both; only the bytes differ.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use bytes::Bytes;
use md5::{Digest, Md5};
use serde::Serialize;
use sha2::Sha256;

use super::bundled::{self, Film};
use super::folder::OwnFolder;

/// One quality that the service streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    P480,
    P720,
    P1080,
    /// Sound only, MP3.
    Audio,
}

impl Rung {
    /// From the `type` of a streaming call.
    pub fn from_type(text: &str) -> Option<Self> {
        match text {
            "M3U8_AUTO_480" => Some(Self::P480),
            "M3U8_AUTO_720" => Some(Self::P720),
            "M3U8_AUTO_1080" => Some(Self::P1080),
            "M3U8_MP3_128" => Some(Self::Audio),
            _ => None,
        }
    }

    /// From its name in control calls: `480p`, `720p`, `1080p`, `audio`.
    pub fn from_name(text: &str) -> Option<Self> {
        [Self::P480, Self::P720, Self::P1080, Self::Audio]
            .into_iter()
            .find(|rung| rung.name() == text)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::P480 => "480p",
            Self::P720 => "720p",
            Self::P1080 => "1080p",
            Self::Audio => "audio",
        }
    }

    /// How its object is named on the media hosts.
    pub fn template(self) -> &'static str {
        match self {
            Self::P480 => "480",
            Self::P720 => "720",
            Self::P1080 => "1080",
            Self::Audio => "mp3",
        }
    }
}

/// One segment: a range of the rendition's object.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Segment {
    pub offset_bytes: u64,
    pub length_bytes: u64,
    pub duration_s: f64,
}

/// A rendition: one MPEG-TS object and the table of its segments.
#[derive(Debug, Clone)]
pub struct Rendition {
    pub object: Source,
    pub object_bytes: u64,
    /// 32 hex digits naming the object's content.
    pub etag: String,
    pub segments: Vec<Segment>,
}

/// Where bytes are.
#[derive(Debug, Clone)]
pub enum Source {
    Memory(Bytes),
    File(PathBuf),
}

/// Why there is no rendition to stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unready {
    /// 31341: it is being made.
    Transcoding,
    /// 31066: there is none and there will be none.
    Unsupported,
}

/// What an entry consists of.
#[derive(Debug, Clone)]
pub enum Content {
    Folder,
    Film(Arc<Film>),
    /// The film's sound as an MP3 file.
    Sound(Arc<Film>),
    /// The film's poster as a picture file.
    Picture(Arc<Film>),
    Bytes(Bytes),
    Disk(PathBuf),
}

/// A file or folder of the account.
#[derive(Debug, Clone)]
pub struct Node {
    /// Absolute, `/` for the root.
    pub path: String,
    pub fs_id: u64,
    /// 32 hex digits, the same for the same path.
    pub md5: String,
    pub size_bytes: u64,
    /// Seconds since the epoch.
    pub modified_s: i64,
    /// TeraBox's numbers: 1 video, 2 audio, 3 image, 4 document, 6 other.
    pub category: u8,
    pub content: Content,
}

impl Node {
    pub fn new(path: &str, size_bytes: u64, modified_s: i64, content: Content) -> Self {
        let digest = Sha256::digest(path.as_bytes());
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Self {
            path: path.to_owned(),
            fs_id: (u64::from_be_bytes(id) >> 14) | (1 << 49),
            md5: md5_hex(path),
            size_bytes,
            modified_s,
            category: if matches!(content, Content::Folder) {
                6
            } else {
                category(path)
            },
            content,
        }
    }

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub fn is_folder(&self) -> bool {
        matches!(self.content, Content::Folder)
    }
}

/// What filemetas knows beyond the listing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Details {
    pub duration_s: f64,
    pub width: u32,
    pub height: u32,
    pub frame_rate: f64,
}

/// Hex MD5 of a text.
pub fn md5_hex(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Md5::digest(text.as_bytes()))
}

/// TeraBox's category by file extension.
pub fn category(name: &str) -> u8 {
    let extension = name
        .rsplit_once('.')
        .map(|(_, e)| e.to_ascii_lowercase())
        .unwrap_or_default();
    match extension.as_str() {
        "mp4" | "mkv" | "mov" | "webm" | "avi" | "m4v" | "ts" | "mpg" | "mpeg" | "wmv" | "flv" => 1,
        "mp3" | "flac" | "m4a" | "ogg" | "opus" | "wav" | "aac" => 2,
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "avif" | "heic" => 3,
        "txt" | "pdf" | "doc" | "docx" | "xls" | "xlsx" | "ppt" | "srt" | "vtt" | "ass" => 4,
        _ => 6,
    }
}

/// The account's files.
#[derive(Debug)]
pub struct Library {
    tree: RwLock<Tree>,
    own: Option<OwnFolder>,
}

#[derive(Debug, Default)]
struct Tree {
    nodes: BTreeMap<String, Node>,
    paths: BTreeMap<u64, String>,
    children: BTreeMap<String, Vec<String>>,
}

impl Tree {
    fn add(&mut self, node: Node) {
        if self.nodes.contains_key(&node.path) {
            return;
        }
        if node.path != "/" {
            let parent = parent(&node.path);
            if !self.nodes.contains_key(parent) {
                self.add(Node::new(parent, 0, node.modified_s, Content::Folder));
            }
            self.children
                .entry(parent.to_owned())
                .or_default()
                .push(node.path.clone());
        }
        self.paths.insert(node.fs_id, node.path.clone());
        self.nodes.insert(node.path.clone(), node);
    }
}

/// The folder that a path lies in.
fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

impl Library {
    /// The bundled films.
    pub fn bundled() -> anyhow::Result<Self> {
        let mut tree = Tree::default();
        for node in bundled::account(bundled::films()?) {
            tree.add(node);
        }
        Ok(Self {
            tree: RwLock::new(tree),
            own: None,
        })
    }

    /// A person's own folder.
    pub fn own(folder: OwnFolder) -> Self {
        Self {
            tree: RwLock::default(),
            own: Some(folder),
        }
    }

    fn tree(&self) -> std::sync::RwLockReadGuard<'_, Tree> {
        self.tree
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Adds a folder with `entries` films in it, `Entry 00001.mp4` and so on.
    pub fn add_folder(&self, path: &str, entries: usize) -> anyhow::Result<()> {
        let films = bundled::films()?;
        let path = format!("/{}", path.trim_matches('/'));
        let mut tree = self
            .tree
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        tree.add(Node::new(&path, 0, bundled::FIRST_DAY_S, Content::Folder));
        for n in 1..=entries {
            let film = &films[n % films.len()];
            let path = format!("{path}/Entry {n:05}.mp4");
            let modified_s = bundled::FIRST_DAY_S + n as i64;
            tree.add(Node::new(
                &path,
                film.original.len() as u64,
                modified_s,
                Content::Film(film.clone()),
            ));
        }
        Ok(())
    }

    /// The entry at a path.
    pub fn stat(&self, path: &str) -> Option<Node> {
        let path = if path == "/" {
            path
        } else {
            path.trim_end_matches('/')
        };
        self.tree()
            .nodes
            .get(path)
            .cloned()
            .or_else(|| self.own.as_ref()?.stat(path))
    }

    /// The entry with an id.
    pub fn find(&self, fs_id: u64) -> Option<Node> {
        let known = self.tree().paths.get(&fs_id).cloned();
        let path = known.or_else(|| self.own.as_ref()?.path_of(fs_id))?;
        self.stat(&path)
    }

    /// What lies in a folder, in no order; `None` where there is no such folder.
    pub fn children(&self, path: &str) -> Option<Vec<Node>> {
        if !self.stat(path)?.is_folder() {
            return None;
        }
        let path = if path == "/" {
            path
        } else {
            path.trim_end_matches('/')
        };
        let tree = self.tree();
        let mut all: Vec<Node> = tree
            .children
            .get(path)
            .into_iter()
            .flatten()
            .filter_map(|p| tree.nodes.get(p).cloned())
            .collect();
        all.extend(
            self.own
                .as_ref()
                .and_then(|own| own.children(path))
                .unwrap_or_default(),
        );
        Some(all)
    }

    /// Everything below a folder, the folder itself not included.
    pub fn below(&self, path: &str) -> Vec<Node> {
        let inside = format!("{}/", path.trim_end_matches('/'));
        let mut all: Vec<Node> = self
            .tree()
            .nodes
            .range(inside.clone()..)
            .take_while(|(p, _)| p.starts_with(&inside))
            .filter(|(p, _)| *p != "/")
            .map(|(_, node)| node.clone())
            .collect();
        all.extend(
            self.own
                .as_ref()
                .map(|own| own.below(path))
                .unwrap_or_default(),
        );
        all
    }

    /// Length and picture size of a video or a sound.
    pub async fn details(&self, node: &Node) -> Option<Details> {
        match &node.content {
            Content::Film(film) => Some(film.details),
            Content::Sound(film) => Some(Details {
                duration_s: film.details.duration_s,
                ..Details::default()
            }),
            Content::Disk(file) => self.own.as_ref()?.details(file, node).await,
            _ => None,
        }
    }

    /// The file's own bytes.
    pub fn original(&self, node: &Node) -> Option<Source> {
        match &node.content {
            Content::Folder => None,
            Content::Film(film) => Some(Source::Memory(film.original.clone())),
            Content::Sound(film) => film.sound.clone().map(Source::Memory),
            Content::Picture(film) => film.poster(850).map(Source::Memory),
            Content::Bytes(bytes) => Some(Source::Memory(bytes.clone())),
            Content::Disk(file) => Some(Source::File(file.clone())),
        }
    }

    /// A JPEG of about this width in pixels.
    pub async fn poster(&self, node: &Node, width: u32) -> Option<Source> {
        match &node.content {
            Content::Film(film) | Content::Picture(film) => film.poster(width).map(Source::Memory),
            Content::Disk(file) => self.own.as_ref()?.poster(file, node, width).await,
            _ => None,
        }
    }

    /// The rendition to stream.
    pub async fn rendition(&self, node: &Node, rung: Rung) -> Result<Arc<Rendition>, Unready> {
        match (&node.content, rung) {
            (Content::Film(film), _) | (Content::Sound(film), Rung::Audio) => film
                .renditions
                .get(&rung)
                .cloned()
                .ok_or(Unready::Unsupported),
            (Content::Disk(file), _) => match &self.own {
                Some(own) => own.rendition(file, node, rung).await,
                None => Err(Unready::Unsupported),
            },
            _ => Err(Unready::Unsupported),
        }
    }
}
