//! Styles, scripts and pictures, embedded in the binary with the programs of [`third_party`].
//!
//! Their URLs contain a hash of all of them, so browsers may cache each file without expiry, and modules that
//! import each other by relative URLs always come from the same build. The style sheet is written in parts and
//! served as one file, so that a page needs one request for it. A page that is not in English has the tag of its language
//! behind the hash, so that the modules get their texts in it, by the same relative URL.

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::error::Problem;
use super::headers::RunsWebAssembly;
use super::locale::{self, Language};
use super::third_party;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Own;

/// The script of libass that runs WebAssembly, in a thread of its own.
const LIBASS_WORKER: &str = "vendor/libass/subtitles-octopus-worker.js";

/// The parts of `style.css` below `static/style/`, in the order of their cascade layers.
const STYLE_PARTS: [&str; 13] = [
    "base", "forms", "layout", "cards", "drives", "player", "controls", "watch", "files", "titles",
    "pages", "accounts", "viewers",
];

const CACHE_IMMUTABLE: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");

static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for file in Own::iter().filter_map(|name| Own::get(&name)) {
        hash.update(file.metadata.sha256_hash());
    }
    for content in third_party::contents() {
        hash.update(content);
    }
    locale::hash_all(&mut hash);
    data_encoding::HEXLOWER.encode(&hash.finalize()[..8])
});

/// Returns the URL path of the assets of this build for a language, without a trailing slash: `/assets/3f9c…`,
/// `/assets/3f9c…-de`.
pub(super) fn path(language: &Language) -> String {
    if language == Language::english() {
        return format!("/assets/{}", *HASH);
    }
    format!("/assets/{}-{}", *HASH, language.tag)
}

/// Serves one file. Answers 404 if there is none of that name.
pub(super) async fn serve(
    Path((build, name)): Path<(String, String)>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let (hash, tag) = build.split_once('-').unwrap_or((&build, "en"));
    let language = Language::tagged(tag).unwrap_or_default();
    let third_party = name
        .strip_prefix("vendor/")
        .map(|name| third_party::file(name, &request))
        .transpose()?;
    let is_compressed = third_party.as_ref().map(|file| file.is_compressed);
    let data = match third_party {
        Some(file) => Some(file.data),
        None if name == "style.css" => style_sheet(),
        None if name == "texts.js" => Some(language.script_texts().into_bytes().into()),
        None => Own::get(&name).map(|file| file.data),
    };
    let data = data.ok_or(Problem::NOT_FOUND)?;
    // A page of another build requests another hash: it gets the current file, which it must not cache.
    let keep = if hash == *HASH {
        CACHE_IMMUTABLE
    } else {
        super::media_reply::NO_CACHE
    };
    let mut response = answer(&name, data, keep);
    let headers = response.headers_mut();
    // Our own files are compressed on the way, with this header, too.
    if is_compressed.is_some() {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if is_compressed == Some(true) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if name == LIBASS_WORKER {
        response.extensions_mut().insert(RunsWebAssembly);
    }
    Ok(response)
}

/// Serves the icon that browsers request even if no page names it.
pub(super) async fn favicon() -> Result<Response, Problem> {
    let file = Own::get("favicon.svg").ok_or(Problem::NOT_FOUND)?;
    Ok(answer(
        "favicon.svg",
        file.data,
        HeaderValue::from_static("public, max-age=86400"),
    ))
}

/// Returns the style sheet, its parts one after the other; `None` if a part is missing.
fn style_sheet() -> Option<Cow<'static, [u8]>> {
    let parts = STYLE_PARTS.map(|part| Own::get(&format!("style/{part}.css")));
    let mut sheet = Vec::new();
    for part in parts {
        sheet.extend_from_slice(&part?.data);
    }
    Some(sheet.into())
}

fn answer(name: &str, data: Cow<'static, [u8]>, keep: HeaderValue) -> Response {
    let content_type = match name.rsplit('.').next() {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        Some("png") => "image/png",
        // Compiled while it arrives, if this is its type.
        Some("wasm") => "application/wasm",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, keep),
    ];
    let body = match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => data.into(),
    };
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_has_every_part_once_and_in_the_order_of_its_layers() {
        let mut files: Vec<_> = Own::iter()
            .filter(|name| name.starts_with("style/"))
            .collect();
        files.sort();
        let mut listed = STYLE_PARTS.map(|part| format!("style/{part}.css"));
        listed.sort();
        assert_eq!(files, listed);

        let sheet = String::from_utf8(style_sheet().unwrap().into_owned()).unwrap();
        let layers: Vec<_> = sheet
            .lines()
            .filter_map(|line| line.strip_prefix("@layer ")?.strip_suffix(" {"))
            .collect();
        assert_eq!(layers, STYLE_PARTS);
        let order = sheet
            .split_once("@layer ")
            .unwrap()
            .1
            .split_once(';')
            .unwrap()
            .0;
        let order: Vec<_> = order.split(',').map(str::trim).collect();
        assert_eq!(order, STYLE_PARTS);
    }
}
