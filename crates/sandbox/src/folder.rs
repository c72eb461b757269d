//! A folder on this machine as the files of the account.
//!
//! Names that begin with a dot and names that are not Unicode are left out. No path leads outside the folder, by `..` or
//! by a symbolic link. All work of ffmpeg is in `ffmpeg`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use std::time::UNIX_EPOCH;

use anyhow::Context;

use super::ffmpeg::Transcoder;
use super::nodes::{
    Content, Details, Node, Quality, RenditionError, SampleRendition, SampleSource, md5_hex,
};

/// Greatest depth of a search: a symbolic link to a parent folder would never end.
const MAX_DEPTH: usize = 32;

/// The folder, and the results of ffmpeg for its files.
#[derive(Debug)]
pub struct HostFolder {
    root: PathBuf,
    /// Paths by `fs_id`, of the entries read so far.
    seen: Mutex<BTreeMap<u64, String>>,
    transcoder: Transcoder,
}

impl HostFolder {
    /// Opens a folder. With `packed_sound`, pieces of sound are MP3 frames alone.
    ///
    /// # Errors
    /// If it does not exist or is no folder.
    pub fn open(folder: &Path, packed_sound: bool) -> anyhow::Result<Self> {
        let root = folder
            .canonicalize()
            .with_context(|| format!("cannot open {}", folder.display()))?;
        anyhow::ensure!(root.is_dir(), "{} is not a folder", root.display());
        Ok(Self {
            root,
            seen: Mutex::default(),
            transcoder: Transcoder::new(packed_sound)?,
        })
    }

    /// Returns the file of a path of the account, `None` if there is none inside the folder.
    fn resolve(&self, path: &str) -> Option<PathBuf> {
        let mut file = self.root.clone();
        for name in path.strip_prefix('/')?.split('/').filter(|_| path != "/") {
            if name.is_empty() || name.starts_with('.') || name.contains(['\0', '\\']) {
                return None;
            }
            file.push(name);
        }
        let file = file.canonicalize().ok()?;
        file.starts_with(&self.root).then_some(file)
    }

    /// Returns the entry at a path, `None` if there is none.
    pub fn stat(&self, path: &str) -> Option<Node> {
        let file = self.resolve(path)?;
        let about = file.metadata().ok()?;
        let modified = about
            .modified()
            .ok()
            .and_then(|t| t.duration_since(UNIX_EPOCH).ok());
        let modified_s = modified.map_or(0, |d| d.as_secs() as i64);
        let mut node = if about.is_dir() {
            Node::new(path, 0, modified_s, Content::Folder)
        } else if about.is_file() {
            Node::new(path, about.len(), modified_s, Content::Disk(file))
        } else {
            return None;
        };
        // A changed file has another MD5.
        node.md5 = md5_hex(&format!("{path}\n{}\n{modified_s}", node.size_bytes));
        self.seen.lock().insert(node.fs_id, path.to_owned());
        Some(node)
    }

    /// Returns the path of an id, `None` if there is none. Searches the folder if the entry was not read yet.
    pub fn path_of(&self, fs_id: u64) -> Option<String> {
        if let Some(path) = self.seen.lock().get(&fs_id) {
            return Some(path.clone());
        }
        self.below("/")
            .into_iter()
            .find(|node| node.fs_id == fs_id)
            .map(|node| node.path)
    }

    /// Returns the entries of a folder, `None` if there is no such folder.
    pub fn children(&self, path: &str) -> Option<Vec<Node>> {
        let names = std::fs::read_dir(self.resolve(path)?).ok()?;
        let inside = path.trim_end_matches('/');
        let child = |entry: std::io::Result<std::fs::DirEntry>| {
            let name = entry.ok()?.file_name();
            self.stat(&format!("{inside}/{}", name.to_str()?))
        };
        Some(names.filter_map(child).collect())
    }

    /// Returns all entries below a folder.
    pub fn below(&self, path: &str) -> Vec<Node> {
        let mut all = Vec::new();
        let mut folders = vec![(path.to_owned(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            for node in self.children(&folder).unwrap_or_default() {
                if node.is_folder() && depth < MAX_DEPTH {
                    folders.push((node.path.clone(), depth + 1));
                }
                all.push(node);
            }
        }
        all
    }

    pub async fn details(&self, file: &Path, node: &Node) -> Option<Details> {
        match node.category {
            1 | 2 => Some(
                self.transcoder
                    .probe(file, &node.md5)
                    .await?
                    .details
                    .clone(),
            ),
            _ => None,
        }
    }

    pub async fn poster(&self, file: &Path, node: &Node, width: u32) -> Option<SampleSource> {
        match node.category {
            1 | 3 => self
                .transcoder
                .poster(file, node, width)
                .await
                .map(SampleSource::File),
            _ => None,
        }
    }

    pub async fn rendition(
        &self,
        file: &Path,
        node: &Node,
        rung: Quality,
    ) -> Result<Arc<SampleRendition>, RenditionError> {
        match (node.category, rung) {
            (1, _) | (2, Quality::Audio) => self.transcoder.rendition(file, node, rung),
            _ => Err(RenditionError::Unsupported),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_is_inside_and_not_hidden_is_shown() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret.mp4"), b"no").unwrap();
        let films = tempfile::tempdir().unwrap();
        let inside = films.path().join("films");
        std::fs::create_dir_all(inside.join("Sub folder")).unwrap();
        std::fs::write(films.path().join("beside.mp4"), b"no").unwrap();
        std::fs::write(inside.join("a & b #1.mp4"), b"film").unwrap();
        std::fs::write(inside.join(".hidden.mp4"), b"no").unwrap();
        std::fs::write(inside.join("Sub folder/c.srt"), b"text").unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outside.path(), inside.join("way out")).unwrap();
            std::os::unix::fs::symlink(inside.join("a & b #1.mp4"), inside.join("link.mp4"))
                .unwrap();
            std::os::unix::fs::symlink(&inside, inside.join("Sub folder/loop")).unwrap();
        }
        let folder = HostFolder::open(&inside, false).unwrap();
        let mut names: Vec<String> = folder
            .children("/")
            .unwrap()
            .iter()
            .map(|n| n.path.clone())
            .collect();
        names.sort();
        assert_eq!(names, ["/Sub folder", "/a & b #1.mp4", "/link.mp4"]);
        for path in [
            "/../beside.mp4",
            "/way out/secret.mp4",
            "/.hidden.mp4",
            "relative",
            "/Sub folder/../a & b #1.mp4",
            "//a & b #1.mp4",
        ] {
            assert!(folder.stat(path).is_none(), "{path}");
        }
        let film = folder.stat("/a & b #1.mp4").unwrap();
        assert_eq!((film.size_bytes, film.category), (4, 1));
        assert!(
            folder
                .below("/")
                .iter()
                .any(|n| n.path == "/Sub folder/c.srt")
        );
        let fresh = HostFolder::open(&inside, false).unwrap();
        assert_eq!(fresh.path_of(film.fs_id).as_deref(), Some("/a & b #1.mp4"));
    }
}
