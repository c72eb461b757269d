//! Films that ffmpeg makes: once for the same arguments, since many tests need the same ones.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use super::need;

/// The films that were made, by their names in the folder. A film is made by the first test that needs it; others wait.
static MADE: LazyLock<Mutex<HashMap<String, Arc<OnceLock<()>>>>> = LazyLock::new(Mutex::default);

/// Creates the file `path`, as ffmpeg makes it of these arguments, which end before the name of the output. Names of input
/// files are relative to its folder. Films are kept in Cargo's folder for files of tests, by their arguments and the
/// content of the input files; this one is a copy.
pub fn make_film<S: AsRef<str>>(path: &Path, arguments: impl IntoIterator<Item = S>) {
    let arguments: Vec<String> = arguments
        .into_iter()
        .map(|argument| argument.as_ref().to_owned())
        .collect();
    let (folder, name) = (path.parent().unwrap(), path.file_name().unwrap());
    let extension = path.extension().unwrap().to_str().unwrap();
    let mut hash = DefaultHasher::new();
    arguments.hash(&mut hash);
    for pair in arguments.windows(2).filter(|pair| pair[0] == "-i") {
        // A source that ffmpeg generates is no file.
        std::fs::read(folder.join(&pair[1])).ok().hash(&mut hash);
    }
    let kept = format!("{:016x}.{extension}", hash.finish());
    let made = MADE
        .lock()
        .unwrap()
        .entry(kept.clone())
        .or_default()
        .clone();
    let kept = films().join(kept);
    made.get_or_init(|| {
        if kept.exists() {
            return;
        }
        need("ffmpeg", "ffmpeg");
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y"])
            .args(&arguments)
            .arg(name)
            .current_dir(folder)
            .status()
            .unwrap();
        assert!(status.success(), "{path:?}");
        // Under its name at once, since another run of the tests may look for it.
        let part = kept.with_extension(format!("{}.part", std::process::id()));
        std::fs::copy(path, &part).unwrap();
        std::fs::rename(part, &kept).unwrap();
    });
    std::fs::copy(kept, path).unwrap();
}

fn films() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("films");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
