//! Compresses the front end's dependencies, hls.js and libass, for the binary. Fails with a sentence if they were not fetched
//! yet.

use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::{Compression, GzBuilder};

/// The files that the binary contains, and the names under which they are served below `/assets/{hash}/vendor/`.
const FILES: [(&str, &str); 7] = [
    ("hls.js/dist/hls.min.mjs", "hls.min.mjs"),
    ("hls.js/dist/hls.worker.js", "hls.worker.js"),
    (
        "@jellyfin/libass-wasm/dist/js/subtitles-octopus.js",
        "libass/subtitles-octopus.js",
    ),
    (
        "@jellyfin/libass-wasm/dist/js/subtitles-octopus-worker.js",
        "libass/subtitles-octopus-worker.js",
    ),
    (
        "@jellyfin/libass-wasm/dist/js/subtitles-octopus-worker.wasm",
        "libass/subtitles-octopus-worker.wasm",
    ),
    (
        "@jellyfin/libass-wasm/dist/js/default.woff2",
        "libass/default.woff2",
    ),
    (
        "@jellyfin/libass-wasm/dist/js/COPYRIGHT",
        "libass/COPYRIGHT",
    ),
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=static");
    println!("cargo::rerun-if-changed=samples");
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var("OUT_DIR").map_err(io::Error::other)?);
    let mut table = format!("const FILES: [(&str, &[u8]); {}] = [\n", FILES.len());
    for (file, name) in FILES {
        let source = format!("node_modules/{file}");
        println!("cargo::rerun-if-changed={source}");
        if !Path::new(&source).exists() {
            println!(
                "cargo::error={source} is missing: run `npm ci --ignore-scripts` first (`make build` does both)"
            );
            continue;
        }
        let packed = out.join(format!("{}.gz", name.replace('/', "-")));
        if !is_current(&packed, Path::new(&source)) {
            compress(Path::new(&source), &packed)?;
        }
        let _ = writeln!(table, "    ({name:?}, include_bytes!({packed:?})),");
    }
    table.push_str("];\n");
    std::fs::write(out.join("third_party.rs"), table)
}

/// Returns true if a file was made of `source` as it is now. Texts and styles change more often than the packages.
fn is_current(packed: &Path, source: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|it| it.modified()).ok();
    let newest = time(source).max(time(Path::new("build.rs")));
    matches!((time(packed), newest), (Some(packed), Some(newest)) if packed > newest && newest > SystemTime::UNIX_EPOCH)
}

/// Writes `source`, compressed, with nothing in it that differs from build to build.
fn compress(source: &Path, packed: &Path) -> io::Result<()> {
    let new = packed.with_extension("new");
    let mut writer = GzBuilder::new().write(File::create(&new)?, Compression::best());
    io::copy(&mut File::open(source)?, &mut writer)?;
    writer.finish()?;
    std::fs::rename(new, packed)
}
