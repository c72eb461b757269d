//! A temporary folder of this machine.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use drives::DriveKind;
pub use drives::local::KIND;
use tempfile::TempDir;

use super::{Emulation, NAME, Tree, Trouble};
use crate::harness::{folder_section, make_film};

pub struct Local {
    dir: TempDir,
    tree: Tree,
}

/// Makes a folder with a film and some files of other kinds.
pub async fn emulation() -> Local {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("films");
    let folder = root.join("Season 1 #1 & more");
    std::fs::create_dir_all(folder.join("Extras")).unwrap();
    let sample = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/samples/tidal-light/original.mp4"
    );
    let film = std::fs::read(sample).unwrap();
    std::fs::write(root.join("Tidal Light.mp4"), &film).unwrap();
    // A container that cannot be sent in ranges: ffmpeg copies it.
    let streams = root.join("Streams");
    std::fs::create_dir(&streams).unwrap();
    make_film(&streams.join("Waves.flv"), ["-i", sample, "-c", "copy"]);
    let mut names = vec!["Extras".to_owned()];
    for number in 1..=11_u64 {
        let name = format!("Part {number} 100% ä.mp4");
        // Neither sizes nor times are in the order of the names.
        let size = (number * 7 % 12) * 1000;
        let file = std::fs::File::create(folder.join(&name)).unwrap();
        file.set_len(size).unwrap();
        let seconds = 1_700_000_000 + (number * 5 % 12) * 3600;
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .unwrap();
        names.push(name);
    }
    // Files that must not be visible: outside of the folder, and hidden in it.
    std::fs::write(dir.path().join("outside.mp4"), "outside").unwrap();
    std::fs::write(root.join(".hidden.mp4"), "hidden").unwrap();
    let tree = Tree {
        film: Some(("/Tidal Light.mp4".to_owned(), film)),
        folder: ("/Season 1 #1 & more".to_owned(), names),
        streaming: Some("/Streams/Waves.flv".to_owned()),
        word: "tidal",
        ..Tree::default()
    };
    Local { dir, tree }
}

impl Local {
    fn path(&self) -> PathBuf {
        self.dir.path().join("films")
    }

    fn elsewhere(&self) -> PathBuf {
        self.dir.path().join("unmounted")
    }
}

impl Emulation for Local {
    fn kind(&self) -> &'static DriveKind {
        &KIND
    }

    fn section(&self) -> String {
        folder_section(NAME, &self.path()) + "write = true\n"
    }

    fn tree(&self) -> &Tree {
        &self.tree
    }

    fn has_network(&self) -> bool {
        false
    }

    /// Removes the disk.
    fn trouble(&self, trouble: Trouble) {
        assert_eq!(trouble, Trouble::Broken, "a folder has no network");
        std::fs::rename(self.path(), self.elsewhere()).unwrap();
    }

    fn heal(&self) {
        std::fs::rename(self.elsewhere(), self.path()).unwrap();
    }
}
