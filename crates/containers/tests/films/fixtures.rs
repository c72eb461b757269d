//! Films made by ffmpeg in a temporary folder, and ffprobe's view of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Runs a program of Debian's ffmpeg package and returns what it prints.
pub fn run(program: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| {
            panic!("{program} did not start ({error}): install the package ffmpeg")
        });
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with one film in it.
pub struct Film {
    pub folder: TempDir,
    pub path: PathBuf,
}

impl Film {
    /// Makes a film of a test picture and a tone; `arguments` is a line of ffmpeg options behind these inputs
    /// (`%` stands for the folder).
    pub fn make(name: &str, inputs: &str, arguments: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let film = Film {
            path: folder.path().join(name),
            folder,
        };
        film.ffmpeg(&format!("{inputs} {arguments} {name}"));
        film
    }

    /// Runs ffmpeg in the folder.
    pub fn ffmpeg(&self, line: &str) {
        let mut words = vec!["-nostdin", "-v", "error", "-y"];
        words.extend(line.split_whitespace());
        run("ffmpeg", &words, self.folder.path());
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// A packet as ffprobe reports it: times in ticks of its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    pub pts: i64,
    pub dts: i64,
    pub size: u64,
}

/// Returns the packets of one stream (`v:0`, `a:1`).
pub fn packets(path: &Path, stream: &str) -> Vec<Packet> {
    let line = [
        "-v",
        "error",
        "-select_streams",
        stream,
        "-show_entries",
        "packet=pts,dts,size",
        "-of",
        "csv=p=0",
    ];
    let mut words = line.to_vec();
    let name = path.to_str().unwrap();
    words.push(name);
    let text = run("ffprobe", &words, path.parent().unwrap());
    let rows = text.lines().filter(|row| !row.trim().is_empty());
    rows.map(|row| {
        let mut fields = row.split(',');
        let mut number = || fields.next().unwrap_or("").parse::<i64>();
        let (pts, dts) = (number(), number());
        Packet {
            pts: pts.clone().or(dts.clone()).unwrap_or(0),
            dts: dts.or(pts).unwrap_or(0),
            size: number().unwrap() as u64,
        }
    })
    .collect()
}

/// Returns the hash of the coded bytes of one stream.
pub fn hash(path: &Path, stream: &str) -> String {
    let name = path.to_str().unwrap();
    let map = format!("0:{stream}");
    let line = [
        "-nostdin",
        "-v",
        "error",
        "-i",
        name,
        "-map",
        &map,
        "-c",
        "copy",
        "-f",
        "streamhash",
        "-",
    ];
    let text = run("ffmpeg", &line, path.parent().unwrap());
    text.rsplit(',').next().unwrap().trim().to_owned()
}

/// Returns ffprobe's complaints about a file; empty if there are none.
pub fn complaints(path: &Path) -> String {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "packet=size", "-of", "csv"])
        .arg(path)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Returns one field of a stream by ffprobe.
pub fn stream_field(path: &Path, stream: &str, field: &str) -> String {
    let entries = format!("stream={field}");
    let line = [
        "-v",
        "error",
        "-select_streams",
        stream,
        "-show_entries",
        &entries,
        "-of",
        "default=nk=1:nw=1",
        path.to_str().unwrap(),
    ];
    let text = run("ffprobe", &line, path.parent().unwrap());
    text.lines().next().unwrap_or("").to_owned()
}
