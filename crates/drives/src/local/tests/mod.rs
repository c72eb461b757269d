//! A folder of the machine as a drive.

mod facts;
mod folders;
mod segments;

use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use futures_util::TryStreamExt;

use super::*;
use crate::ErrorKind;
use media::{Order, SortBy};

struct Folder {
    dir: tempfile::TempDir,
    drive: Local,
}

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("films")).unwrap();
        let place = Place::parse("home").unwrap();
        let path = dir.path().join("films");
        Folder {
            drive: Local::new(None, place, LocalConfig::read_only(path)),
            dir,
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.real(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn real(&self, name: &str) -> PathBuf {
        self.dir.path().join("films").join(name)
    }

    async fn names(&self, folder: &str, page: &PageRequest) -> Vec<String> {
        let listing = self.drive.list(&path(folder), page).await.unwrap();
        listing
            .entries
            .into_iter()
            .map(|entry| entry.name)
            .collect()
    }

    async fn read(&self, origin: &Origin, from: u64, last: Option<u64>) -> Vec<u8> {
        let incoming = self.drive.fetch(origin, from, last).await.unwrap();
        assert_eq!(incoming.offset, from);
        let pieces: Vec<Bytes> = incoming.chunks.try_collect().await.unwrap();
        pieces.concat()
    }
}

fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).unwrap()
}

fn kind_of<T>(answer: Result<T, DriveError>) -> ErrorKind {
    answer.err().expect("this must be refused").kind
}

/// Makes a file with ffmpeg, which the tests have. The arguments before its name are separated by spaces.
fn ffmpeg(arguments: &str, target: &Path) {
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y"])
        .args(arguments.split_whitespace())
        .arg(target)
        .status()
        .unwrap();
    assert!(status.success());
}

const PICTURE: &str = "-f lavfi -i testsrc=size=320x180:rate=25:duration=31";
const SOUND: &str = "-f lavfi -i sine=frequency=440:duration=31";
const H264: &str = "-c:v libx264 -preset ultrafast -g 50";

/// Makes a film of three seconds in which every frame is a keyframe.
fn short_film(target: &Path) {
    let picture = "-f lavfi -i testsrc=size=320x180:rate=5:duration=3";
    ffmpeg(&format!("{picture} -c:v mpeg2video -g 1"), target);
}
