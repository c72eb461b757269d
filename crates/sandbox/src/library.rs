//! The account's files: what a path is, what lies in a folder, and where the bytes are.
//!
//! A library is a tree of virtual entries (the bundled films under many names, and folders that a test adds)
//! and, where the sandbox was given one, a person's own folder under it. Names and folders answer the same
//! way for both; only the bytes differ. What is changed through the API is changed in the tree: a person's own
//! folder stays as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::bundled;
use super::folder::OwnFolder;
use super::nodes::{Content, Details, Node, Rendition, Rung, Source, Unready};

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
    /// Paths of the own folder that the account has no more.
    hidden: BTreeSet<String>,
}

impl Tree {
    fn add(&mut self, mut node: Node) {
        if self.nodes.contains_key(&node.path) {
            return;
        }
        // An id belongs to a file for its life, wherever it is moved.
        while self.paths.contains_key(&node.fs_id) {
            node.fs_id += 1;
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

    fn remove(&mut self, path: &str) {
        if let Some(node) = self.nodes.remove(path) {
            self.paths.remove(&node.fs_id);
        }
        self.children.remove(path);
        if let Some(siblings) = self.children.get_mut(parent(path)) {
            siblings.retain(|sibling| sibling != path);
        }
        self.hidden.insert(path.to_owned());
    }

    /// Whether the own folder's entry at a path is covered by what was changed.
    fn hides(&self, path: &str) -> bool {
        let mut at = path;
        while at != "/" {
            if self.hidden.contains(at) {
                return true;
            }
            at = parent(at);
        }
        false
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

    /// These entries and nothing else.
    pub fn of(nodes: Vec<Node>) -> Self {
        let mut tree = Tree::default();
        for node in nodes {
            tree.add(node);
        }
        Self {
            tree: RwLock::new(tree),
            own: None,
        }
    }

    /// A person's own folder.
    pub fn own(folder: OwnFolder) -> Self {
        Self {
            tree: RwLock::default(),
            own: Some(folder),
        }
    }

    fn tree(&self) -> RwLockReadGuard<'_, Tree> {
        self.tree.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a folder with `entries` films in it, `Entry 00001.mp4` and so on.
    pub fn add_folder(&self, path: &str, entries: usize) -> anyhow::Result<()> {
        let films = bundled::films()?;
        let path = format!("/{}", path.trim_matches('/'));
        let mut tree = self.tree.write().unwrap_or_else(PoisonError::into_inner);
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
        {
            let tree = self.tree();
            if let Some(node) = tree.nodes.get(path) {
                return Some(node.clone());
            }
            if tree.hides(path) {
                return None;
            }
        }
        self.own.as_ref()?.stat(path)
    }

    /// A new entry, with the folders that it lies in; what was there is replaced.
    pub fn put(&self, node: Node) -> Node {
        let path = node.path.clone();
        let mut tree = self.tree.write().unwrap_or_else(PoisonError::into_inner);
        if tree.nodes.contains_key(&path) {
            tree.remove(&path);
        }
        tree.add(node.clone());
        tree.nodes.get(&path).cloned().unwrap_or(node)
    }

    /// An entry less, with all that is in it.
    pub fn remove(&self, path: &str) {
        let below = self.below(path);
        let mut tree = self.tree.write().unwrap_or_else(PoisonError::into_inner);
        for node in below.iter().rev() {
            tree.remove(&node.path);
        }
        tree.remove(path);
    }

    /// An entry and all that is in it, at another path as well, or instead.
    pub fn copy(&self, from: &str, to: &str, moves: bool) {
        let Some(top) = self.stat(from) else { return };
        let mut nodes = vec![top];
        nodes.extend(self.below(from));
        if moves {
            self.remove(from);
        }
        let mut tree = self.tree.write().unwrap_or_else(PoisonError::into_inner);
        for node in nodes {
            let path = format!("{to}{}", &node.path[from.len()..]);
            let mut copy = Node::new(&path, node.size_bytes, node.modified_s, node.content);
            copy.md5 = node.md5;
            if moves {
                copy.fs_id = node.fs_id;
            }
            tree.add(copy);
        }
    }

    /// The entry with an id.
    pub fn find(&self, fs_id: u64) -> Option<Node> {
        let known = self.tree().paths.get(&fs_id).cloned();
        let path = known.or_else(|| self.own.as_ref()?.path_of(fs_id))?;
        self.stat(&path).filter(|node| node.fs_id == fs_id)
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
        let own = self.own.as_ref().and_then(|own| own.children(path));
        all.extend(
            own.unwrap_or_default()
                .into_iter()
                .filter(|node| !tree.nodes.contains_key(&node.path) && !tree.hides(&node.path)),
        );
        Some(all)
    }

    /// Everything below a folder, the folder itself not included.
    pub fn below(&self, path: &str) -> Vec<Node> {
        let inside = format!("{}/", path.trim_end_matches('/'));
        let tree = self.tree();
        let mut all: Vec<Node> = tree
            .nodes
            .range(inside.clone()..)
            .take_while(|(p, _)| p.starts_with(&inside))
            .filter(|(p, _)| *p != "/")
            .map(|(_, node)| node.clone())
            .collect();
        let own = self.own.as_ref().map(|own| own.below(path));
        all.extend(
            own.unwrap_or_default()
                .into_iter()
                .filter(|node| !tree.nodes.contains_key(&node.path) && !tree.hides(&node.path)),
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
