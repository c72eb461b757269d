//! A folder as an HTML index page that players can browse.
//!
//! Kodi parses such pages with one regular expression: `href` must be the first attribute, relative, and
//! equal to the link's text once decoded; folders end with a slash; a date and a size follow.
//!
//! Kodi caches a folder's page, and from then on takes every file that was not in the page for nonexistent
//! (`CFile::Open` calls `g_directoryCache.FileExists` first). So the folder's list of films stands in its
//! page, too: otherwise Kodi could not open the list after browsing the folder.

use std::fmt::Write;

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use super::AppState;
use super::titles::{children, cut_here};
use crate::governor::SharedDrive;
use crate::library::{FolderEntries, Freshness};
use crate::playback::ticket::Scope;
use crate::web::error::Problem;
use crate::web::urls::{encode_name, encode_path};
use media::{Entry, EntryKind, EntryPath, Place};

/// The list that a folder's page links to. One is enough: for Kodi a list is a folder of its own.
const LIST: &str = "list.m3u";

/// Lists the places that a scope covers.
pub(super) fn places(site: &AppState, scope: &Scope) -> Response {
    if let Scope::Several(paths) = scope {
        return several(paths);
    }
    let covered = |drive: &&SharedDrive| scope.covers(drive.place(), &EntryPath::root());
    let mut page = ListingPage::new("/");
    for drive in site.library.browsable().iter().filter(covered) {
        page.row(drive.place().as_str(), true, None, "-");
    }
    page.answer()
}

/// Lists the paths of a scope. A name without the ending of a file is taken for that of a folder.
fn several(paths: &[(Place, EntryPath)]) -> Response {
    let mut page = ListingPage::new("/");
    for (place, path) in paths {
        let is_folder = EntryKind::of_file(path.name()) == EntryKind::Other;
        let whole = format!("{place}{path}");
        let slash = if is_folder { "/" } else { "" };
        let href = format!("{place}{}", encode_path(path));
        let (href, name) = (href.trim_end_matches('/'), whole.trim_end_matches('/'));
        let _ = writeln!(
            page.text,
            "<a href=\"{href}{slash}\">{}{slash}</a>  -  -",
            escaped(name)
        );
    }
    page.answer()
}

/// Lists one folder: its folders and the files that players can use. If `prefers_hls`, each film is
/// replaced by a file that names its stream; on a drive without streams, films are listed as they are.
pub(super) async fn folder(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
    prefers_hls: bool,
) -> Result<Response, Problem> {
    let FolderEntries {
        entries: children,
        is_whole,
    } = children(site, place, path).await?;
    // Some upstreams list a file, or a missing entry, as an empty folder.
    if children.is_empty() {
        let entry = site.library.entry(place, path, Freshness::Cached).await?;
        if entry.kind != EntryKind::Folder {
            return Err(Problem::NOT_FOUND);
        }
    }
    let mut page = ListingPage::new(&format!("/{place}{path}"));
    page.text.push_str("<a href=\"../\">../</a>\n");
    let streams = |entry: &Entry| prefers_hls && site.playback.may_have_renditions(entry);
    for entry in &children {
        match entry.kind {
            EntryKind::Video | EntryKind::Audio if streams(entry) => {
                page.row(&format!("{}.strm", entry.name), false, Some(entry), "-");
            }
            EntryKind::Folder => page.row(&entry.name, true, Some(entry), "-"),
            EntryKind::Other => {}
            _ => page.row(&entry.name, false, Some(entry), &size(entry.size)),
        }
    }
    if children.iter().any(|entry| entry.kind.is_playable()) {
        page.row(LIST, false, None, "-");
    }
    if !is_whole {
        page.text.push_str(&format!("{}\n", cut_here()));
    }
    Ok(page.answer())
}

struct ListingPage {
    text: String,
}

impl ListingPage {
    fn new(title: &str) -> Self {
        let title = escaped(title);
        ListingPage {
            text: format!(
                "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Index of {title}</title></head>\n\
                 <body><h1>Index of {title}</h1><pre>\n"
            ),
        }
    }

    fn row(&mut self, name: &str, is_folder: bool, entry: Option<&Entry>, size: &str) {
        let slash = if is_folder { "/" } else { "" };
        let modified = entry
            .and_then(|entry| entry.modified)
            .map_or("-".to_owned(), |time| {
                time.format("%Y-%m-%d %H:%M").to_string()
            });
        // Writing to a String cannot fail.
        let _ = writeln!(
            self.text,
            "<a href=\"{}{slash}\">{}{slash}</a>  {modified}  {size}",
            encode_name(name),
            escaped(name)
        );
    }

    fn answer(mut self) -> Response {
        self.text.push_str("</pre></body></html>\n");
        ([(header::CACHE_CONTROL, super::NO_CACHE)], Html(self.text)).into_response()
    }
}

/// Formats bytes as index pages do: `123`, `1.2K`, `34M`.
fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["", "K", "M", "G"] {
        if value < 1000.0 {
            return if unit.is_empty() || value >= 10.0 {
                format!("{value:.0}{unit}")
            } else {
                format!("{value:.1}{unit}")
            };
        }
        value /= 1024.0;
    }
    format!("{value:.1}T")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_what_kodi_reads() {
        let mut page = ListingPage::new("/films/<x>");
        page.row("a & b + c;d.mp4", false, None, &size(1_500_000));
        page.row("映画", true, None, "-");
        assert!(page.text.contains("Index of /films/&lt;x&gt;"));
        assert!(
            page.text.contains(
                "<a href=\"a%20%26%20b%20%2B%20c%3Bd.mp4\">a &amp; b + c;d.mp4</a>  -  1.4M\n"
            ),
            "{}",
            page.text
        );
        assert!(
            page.text
                .contains("<a href=\"%E6%98%A0%E7%94%BB/\">映画/</a>  -  -\n")
        );
    }

    #[test]
    fn sizes() {
        for (bytes, text) in [
            (0, "0"),
            (999, "999"),
            (1200, "1.2K"),
            (20 << 20, "20M"),
            (3 << 30, "3.0G"),
            (5 << 40, "5.0T"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
