//! Styles, scripts and pictures, and the one third-party script (hls.js), embedded in the binary.
//!
//! Their URLs contain a hash of all of them, so browsers may cache each file without expiry, and modules
//! that import each other by relative URLs always come from the same build.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

use super::error::Problem;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Own;

#[derive(RustEmbed)]
#[folder = "node_modules/hls.js/dist/"]
#[include = "hls.min.mjs"]
#[include = "hls.worker.js"]
struct Vendor;

const CACHE_IMMUTABLE: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");

static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    let own = Own::iter().filter_map(|name| Own::get(&name));
    let vendor = Vendor::iter().filter_map(|name| Vendor::get(&name));
    for file in own.chain(vendor) {
        hash.update(file.metadata.sha256_hash());
    }
    data_encoding::HEXLOWER.encode(&hash.finalize()[..8])
});

/// Returns the URL path of the assets of this build, without a trailing slash: `/assets/3f9c…`.
pub(super) fn path() -> String {
    format!("/assets/{}", *HASH)
}

/// Serves one file. Answers 404 if there is none of that name.
pub(super) async fn serve(Path((hash, name)): Path<(String, String)>) -> Result<Response, Problem> {
    let file = match name.strip_prefix("vendor/") {
        Some(name) => Vendor::get(name),
        None => Own::get(&name),
    };
    let file = file.ok_or(Problem::NOT_FOUND)?;
    // A page of another build requests another hash: it gets the current file, which it must not cache.
    let keep = if hash == *HASH {
        CACHE_IMMUTABLE
    } else {
        super::media_reply::NO_CACHE
    };
    Ok(answer(&name, file, keep))
}

/// Serves the icon that browsers request even if no page names it.
pub(super) async fn favicon() -> Result<Response, Problem> {
    let file = Own::get("favicon.svg").ok_or(Problem::NOT_FOUND)?;
    Ok(answer(
        "favicon.svg",
        file,
        HeaderValue::from_static("public, max-age=86400"),
    ))
}

fn answer(name: &str, file: EmbeddedFile, keep: HeaderValue) -> Response {
    let content_type = match name.rsplit('.').next() {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, keep),
    ];
    (headers, file.data.into_owned()).into_response()
}
