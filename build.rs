//! Fails with a sentence if the front end's dependencies, hls.js and libass, were not fetched yet.

use std::path::Path;

/// The files that the binary contains.
const FILES: [&str; 6] = [
    "hls.js/dist/hls.min.mjs",
    "hls.js/dist/hls.worker.js",
    "@jellyfin/libass-wasm/dist/js/subtitles-octopus.js",
    "@jellyfin/libass-wasm/dist/js/subtitles-octopus-worker.js",
    "@jellyfin/libass-wasm/dist/js/subtitles-octopus-worker.wasm",
    "@jellyfin/libass-wasm/dist/js/default.woff2",
];

fn main() {
    for file in FILES {
        let path = format!("node_modules/{file}");
        println!("cargo::rerun-if-changed={path}");
        if !Path::new(&path).exists() {
            println!(
                "cargo::error={path} is missing: run `npm ci --ignore-scripts` first (`make build` does both)"
            );
        }
    }
    println!("cargo::rerun-if-changed=static");
    println!("cargo::rerun-if-changed=samples");
    println!("cargo::rerun-if-changed=locales");
}
