//! The calls about an account and its files, in the upstream's words, whichever way the account is reached.
//!
//! A reply that says neither “well” nor why not is a failure, never an empty answer.

use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use super::auth::Access;
use super::codes::Context;
use super::types::{self, Files, Link, Links, QuotaInfo, UserInfo, WrappedPlaylist};
use super::verdict::{item_error, judge};
use super::way::{Question, Way};
use crate::http::{Client, Reply};
use crate::{Clock, DriveError, ErrorKind};
use media::{Order, SortBy};

/// A folder of 10,000 entries with thumbnails stays below this.
pub(super) const JSON_LIMIT: usize = 32 * 1024 * 1024;
/// A segment takes about a kilobyte: 16,000 segments, some 45 hours.
const PLAYLIST_LIMIT: usize = 16 * 1024 * 1024;
/// How long a viewer is asked to wait for a rendition that is being made.
const TRANSCODING_WAIT: Duration = Duration::from_secs(10);

/// The query parameters that carry the access token. The document spells it both ways.
pub(super) const TOKEN_PARAMETERS: [&str; 2] = ["access_tokens", "access_token"];

/// What may stand bare in a query.
pub(super) const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

#[derive(Clone)]
pub(super) struct Api {
    pub(super) way: Way,
    pub(super) http: Arc<Client>,
    pub(super) clock: Clock,
}

/// A page of a folder or a search, as the upstream is asked for it.
pub(super) struct PageQuery {
    pub(super) page: u64,
    pub(super) num: usize,
    pub(super) sort: SortBy,
    pub(super) order: Order,
}

/// A playlist and where it came from.
pub(super) struct PlaylistText {
    pub(super) text: String,
    pub(super) url: String,
}

impl Api {
    pub(super) fn new(way: Way, http: Arc<Client>, clock: Clock) -> Self {
        Api { way, http, clock }
    }

    pub(super) async fn uinfo(&self) -> Result<UserInfo, DriveError> {
        self.json("account", "/uinfo", &[]).await
    }

    pub(super) async fn quota(&self) -> Result<QuotaInfo, DriveError> {
        self.json("account", "/api/quota", &[]).await
    }

    pub(super) async fn list(&self, dir: &str, page: &PageQuery) -> Result<Files, DriveError> {
        let (number, num) = (page.page.to_string(), page.num.to_string());
        let mut query = vec![
            ("dir", dir),
            ("page", number.as_str()),
            ("num", &num),
            ("order", page.order_word()),
            ("desc", page.desc_word()),
            ("web", "1"),
        ];
        if self.way.web().is_none() {
            // The document's table calls the page number `path`, its example `page`.
            query.push(("path", &number));
        }
        self.json("list", "/api/list", &query).await
    }

    pub(super) async fn search(&self, key: &str, page: &PageQuery) -> Result<Files, DriveError> {
        let (number, num) = (page.page.to_string(), page.num.to_string());
        let query = [
            ("key", key),
            ("page", &number),
            ("num", &num),
            ("order", page.order_word()),
            ("desc", page.desc_word()),
            ("recursion", "1"),
        ];
        self.json("search", "/api/search", &query).await
    }

    /// One file. A missing one is told by `errno` 12 with the real number in its item.
    pub(super) async fn filemetas(
        &self,
        operation: &'static str,
        path: &str,
        dlink: bool,
    ) -> Result<Files, DriveError> {
        let target = serde_json::json!([path]).to_string();
        let query = [
            ("target", target.as_str()),
            ("dlink", if dlink { "1" } else { "0" }),
        ];
        let judge_items = |reply: &Reply| {
            judge(operation, reply, Context::Api, self.clock.now()).map_err(|error| {
                let item = types::read::<Files>(&reply.body)
                    .and_then(Files::into_parts)
                    .and_then(|(files, _)| files.first().and_then(|file| file.errno.0));
                match (item, error.upstream_code) {
                    (Some(code), Some(12)) if code != 0 => item_error(operation, code),
                    (None, Some(12)) => item_error(operation, -9),
                    _ => error,
                }
            })
        };
        let reply = self
            .call(operation, "/api/filemetas", &query, JSON_LIMIT, judge_items)
            .await?;
        parsed(operation, &reply)
    }

    pub(super) async fn download(
        &self,
        operation: &'static str,
        fs_id: &str,
    ) -> Result<Vec<Link>, DriveError> {
        let list = format!("[{fs_id}]");
        let query = [("fidlist", list.as_str()), ("type", "dlink")];
        let links: Links = self.json(operation, "/api/download", &query).await?;
        Ok(links.into_vec())
    }

    /// A playlist. What it is must be read from the body: neither the status nor the content type of
    /// a reply tells a playlist from an error.
    pub(super) async fn streaming(
        &self,
        path: &str,
        kind: &str,
    ) -> Result<PlaylistText, DriveError> {
        let mut query = vec![("path", path), ("type", kind)];
        query.extend(self.way.player());
        self.playlist("/api/streaming", &query).await
    }

    /// The playlist that a streaming call answers with.
    pub(super) async fn playlist(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<PlaylistText, DriveError> {
        let operation = "playlist";
        let judge_playlist = |reply: &Reply| {
            if reply.status.is_success() && begins_like_a_playlist(&reply.body) {
                return Ok(());
            }
            judge(operation, reply, Context::Streaming, self.clock.now()).map_err(|error| {
                match error.kind {
                    ErrorKind::Transcoding if error.retry_after.is_none() => {
                        error.with_retry_after(TRANSCODING_WAIT)
                    }
                    _ => error,
                }
            })
        };
        let reply = self
            .call(operation, path, query, PLAYLIST_LIMIT, judge_playlist)
            .await?;
        let text = match begins_like_a_playlist(&reply.body) {
            // As it came, without a copy: a long film's list has a megabyte.
            true => String::from_utf8(reply.body.into()).ok().map(bare),
            false => types::read::<WrappedPlaylist>(&reply.body)
                .and_then(|wrapped| playlist_text(wrapped.m3u8.0?.as_bytes()).map(str::to_owned)),
        };
        let text = text.ok_or_else(|| {
            DriveError::new(ErrorKind::UpstreamFailed, operation, "not a playlist")
        })?;
        Ok(PlaylistText {
            text,
            url: reply.url,
        })
    }

    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, DriveError> {
        let judge = |reply: &Reply| judge(operation, reply, Context::Api, self.clock.now());
        let reply = self.call(operation, path, query, JSON_LIMIT, judge).await?;
        parsed(operation, &reply)
    }

    pub(super) async fn call(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        limit: usize,
        judge: impl Fn(&Reply) -> Result<(), DriveError>,
    ) -> Result<Reply, DriveError> {
        let question = Question {
            operation,
            path,
            query,
            form: None,
            limit,
        };
        self.way.ask(&self.http, &question, judge).await
    }
}

impl PageQuery {
    pub(super) fn order_word(&self) -> &'static str {
        match self.sort {
            SortBy::Name => "name",
            SortBy::Time => "time",
            SortBy::Size => "size",
        }
    }

    fn desc_word(&self) -> &'static str {
        match self.order {
            Order::Ascending => "0",
            Order::Descending => "1",
        }
    }
}

/// The address of a call at one of the hosts that `access` names; a secret.
pub(super) fn address(base: &str, access: &Access, path: &str, query: &[(&str, &str)]) -> String {
    let token = utf8_percent_encode(access.token.expose_secret(), QUERY).to_string();
    let mut url = format!("{base}{path}?");
    for name in TOKEN_PARAMETERS {
        url.push_str(&format!("{name}={token}&"));
    }
    for (name, value) in query {
        url.push_str(&format!("{name}={}&", utf8_percent_encode(value, QUERY)));
    }
    url.pop();
    url
}

/// A playlist without what may stand before it.
fn bare(text: String) -> String {
    if text.starts_with("#EXTM3U") {
        return text;
    }
    match playlist_text(text.as_bytes()) {
        Some(bare) => bare.to_owned(),
        None => text,
    }
}

/// Whether a body is a playlist by its beginning. Nothing else is looked at: the rest is read once, as a whole.
fn begins_like_a_playlist(body: &[u8]) -> bool {
    // A byte order mark or white space are no more than this.
    let head = &body[..body.len().min(64)];
    let head = match std::str::from_utf8(head) {
        Ok(head) => head,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or(""),
    };
    playlist_text(head.as_bytes()).is_some()
}

/// The body from `#EXTM3U` on, if that is what it begins with (after a BOM and white space).
fn playlist_text(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    text.starts_with("#EXTM3U").then_some(text)
}

pub(super) fn parsed<T: DeserializeOwned>(
    operation: &'static str,
    reply: &Reply,
) -> Result<T, DriveError> {
    types::read(&reply.body).ok_or_else(|| {
        DriveError::new(
            ErrorKind::UpstreamFailed,
            operation,
            "the reply has another shape than is documented",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_playlist_is_told_by_how_it_begins() {
        for text in ["#EXTM3U\n", "\u{feff}#EXTM3U\r\n", " \n#EXTM3U"] {
            assert!(playlist_text(text.as_bytes()).is_some(), "{text:?}");
        }
        for text in ["", "{\"errno\":31341}", "<html>#EXTM3U", "EXTM3U"] {
            assert!(playlist_text(text.as_bytes()).is_none(), "{text:?}");
        }
    }
}
