//! Fails with a sentence if hls.js, the front end's one dependency, was not fetched yet.

use std::path::Path;

fn main() {
    for file in ["hls.min.mjs", "hls.worker.js"] {
        let path = format!("node_modules/hls.js/dist/{file}");
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
