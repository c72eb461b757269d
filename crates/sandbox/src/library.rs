//! The files of an account: entries by path and id, the content of folders, sources of bytes, and changes since a cursor.
//!
//! A library is a tree of virtual entries (the bundled films under many names, and folders that a test adds) over an
//! optional folder on this machine. Both are read in the same way; only the bytes differ. Changes through the API are
//! made in the tree: the folder on this machine stays unchanged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use parking_lot::{RwLock, RwLockReadGuard};

use super::folder::HostFolder;
use super::journal::{ChangeCursor, Diff};
use super::nodes::{
    Content, Details, Node, Quality, RenditionError, SampleRendition, SampleSource,
};
use super::{bundled, bundled_library};

/// The files of an account.
#[derive(Debug)]
pub struct AccountFiles {
    tree: RwLock<NodeTree>,
    own: Option<HostFolder>,
}

#[derive(Debug, Default)]
struct NodeTree {
    nodes: BTreeMap<String, Node>,
    paths: BTreeMap<u64, String>,
    children: BTreeMap<String, Vec<String>>,
    /// Paths of the folder on this machine that were removed from the account.
    hidden: BTreeSet<String>,
    /// The changed paths, in their order.
    journal: Vec<String>,
}

impl NodeTree {
    fn add(&mut self, mut node: Node) {
        if self.nodes.contains_key(&node.path) {
            return;
        }
        // A moved file keeps its id, so another file may need a new one.
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
        self.journal.push(node.path.clone());
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
        self.journal.push(path.to_owned());
    }

    /// Returns true if the path, or a folder above it, was removed from the account.
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

/// Returns the folder that contains a path.
fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

impl AccountFiles {
    /// Returns a library of the bundled films.
    ///
    /// # Errors
    /// If a sample file is missing or broken.
    pub fn bundled(with_library: bool) -> anyhow::Result<Self> {
        let mut tree = NodeTree::default();
        let films = bundled::films()?;
        let library = match with_library {
            true => bundled_library::entries(&films),
            false => Vec::new(),
        };
        for node in bundled::account(films).into_iter().chain(library) {
            tree.add(node);
        }
        Ok(Self {
            tree: RwLock::new(tree),
            own: None,
        })
    }

    /// Returns a library of these entries.
    pub fn of(nodes: Vec<Node>) -> Self {
        let mut tree = NodeTree::default();
        for node in nodes {
            tree.add(node);
        }
        Self {
            tree: RwLock::new(tree),
            own: None,
        }
    }

    /// Returns a library over a folder on this machine.
    pub fn own(folder: HostFolder) -> Self {
        Self {
            tree: RwLock::default(),
            own: Some(folder),
        }
    }

    fn tree(&self) -> RwLockReadGuard<'_, NodeTree> {
        self.tree.read()
    }

    /// Adds a folder with `entries` films in it, `Entry 00001.mp4` and so on.
    ///
    /// # Errors
    /// If a sample file is missing or broken.
    pub fn add_folder(&self, path: &str, entries: usize) -> anyhow::Result<()> {
        let films = bundled::films()?;
        let path = format!("/{}", path.trim_matches('/'));
        let mut tree = self.tree.write();
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

    /// Returns the entry at a path, `None` if there is none.
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

    /// Adds an entry and the missing folders above it; an entry at the same path is replaced.
    pub fn put(&self, node: Node) -> Node {
        let path = node.path.clone();
        let mut tree = self.tree.write();
        if tree.nodes.contains_key(&path) {
            tree.remove(&path);
        }
        tree.add(node.clone());
        tree.nodes.get(&path).cloned().unwrap_or(node)
    }

    /// Removes an entry and all entries below it.
    pub fn remove(&self, path: &str) {
        let below = self.below(path);
        let mut tree = self.tree.write();
        for node in below.iter().rev() {
            tree.remove(&node.path);
        }
        tree.remove(path);
    }

    /// Copies an entry and all entries below it to another path; with `moves`, the entries keep their ids and leave the
    /// old path.
    pub fn copy(&self, from: &str, to: &str, moves: bool) {
        let Some(top) = self.stat(from) else { return };
        let mut nodes = vec![top];
        nodes.extend(self.below(from));
        if moves {
            self.remove(from);
        }
        let mut tree = self.tree.write();
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

    /// Returns the paths that changed since a cursor, at most `max` of them. Without a cursor, or with one of another run,
    /// the listing begins anew.
    pub fn diff(&self, cursor: Option<ChangeCursor>, max: usize) -> Diff {
        let changes = self.tree().journal.len();
        let cursor = cursor.filter(|cursor| cursor.changes <= changes);
        if let Some(ChangeCursor {
            listed: None,
            changes: seen,
        }) = cursor
        {
            let end = changes.min(seen.saturating_add(max));
            let changed: BTreeSet<String> =
                self.tree().journal[seen..end].iter().cloned().collect();
            return Diff {
                paths: changed.into_iter().collect(),
                cursor: ChangeCursor {
                    listed: None,
                    changes: end,
                },
                has_more: end < changes,
                reset: false,
            };
        }
        let start = cursor.and_then(|cursor| cursor.listed).unwrap_or(0);
        // Changes during the listing come after it.
        let changes = cursor.map_or(changes, |cursor| cursor.changes);
        let mut all: Vec<String> = self.below("/").into_iter().map(|node| node.path).collect();
        all.sort();
        let end = all.len().min(start.saturating_add(max));
        let has_more = end < all.len();
        Diff {
            paths: all[start.min(end)..end].to_vec(),
            cursor: ChangeCursor {
                listed: has_more.then_some(end),
                changes,
            },
            has_more,
            reset: true,
        }
    }

    /// Returns the entry with an id, `None` if there is none.
    pub fn find(&self, fs_id: u64) -> Option<Node> {
        let known = self.tree().paths.get(&fs_id).cloned();
        let path = known.or_else(|| self.own.as_ref()?.path_of(fs_id))?;
        self.stat(&path).filter(|node| node.fs_id == fs_id)
    }

    /// Returns the entries of a folder in no order, `None` if there is no such folder.
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

    /// Returns all entries below a folder, without the folder itself.
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

    /// Returns the media properties of a video or a sound, `None` for other entries.
    pub async fn details(&self, node: &Node) -> Option<Details> {
        match &node.content {
            Content::Film(film) => Some(film.details.clone()),
            Content::Sound(film) => Some(Details {
                duration_s: film.details.duration_s,
                channels: film.details.channels,
                sample_rate: film.details.sample_rate,
                audio_codec: "mp3".to_owned(),
                format_name: "mp3".to_owned(),
                ..Details::default()
            }),
            Content::Disk(file) => self.own.as_ref()?.details(file, node).await,
            _ => None,
        }
    }

    /// Returns the source of a file's bytes, `None` for a folder.
    pub fn original(&self, node: &Node) -> Option<SampleSource> {
        match &node.content {
            Content::Folder => None,
            Content::Film(film) => Some(SampleSource::Memory(film.original.clone())),
            Content::Sound(film) => film.sound.clone().map(SampleSource::Memory),
            Content::Picture(film) => film.poster(850).map(SampleSource::Memory),
            Content::Bytes(bytes) => Some(SampleSource::Memory(bytes.clone())),
            Content::Disk(file) => Some(SampleSource::File(file.clone())),
        }
    }

    /// Returns a JPEG of about this width in pixels, `None` for entries without a picture.
    pub async fn poster(&self, node: &Node, width: u32) -> Option<SampleSource> {
        match &node.content {
            Content::Film(film) | Content::Picture(film) => {
                film.poster(width).map(SampleSource::Memory)
            }
            Content::Disk(file) => self.own.as_ref()?.poster(file, node, width).await,
            _ => None,
        }
    }

    /// Returns a rendition of an entry.
    ///
    /// # Errors
    /// If the rendition is still being made, or if there is none.
    pub async fn rendition(
        &self,
        node: &Node,
        rung: Quality,
    ) -> Result<Arc<SampleRendition>, RenditionError> {
        match (&node.content, rung) {
            (Content::Film(film), _) | (Content::Sound(film), Quality::Audio) => film
                .renditions
                .get(&rung)
                .cloned()
                .ok_or(RenditionError::Unsupported),
            (Content::Disk(file), _) => match &self.own {
                Some(own) => own.rendition(file, node, rung).await,
                None => Err(RenditionError::Unsupported),
            },
            _ => Err(RenditionError::Unsupported),
        }
    }
}
