//! The API calls for an account and its files, in the upstream's words. The transport (Open Platform or web
//! session) is chosen below this module.
//!
//! A reply that states neither success nor a failure is an error, never an empty answer.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::types;
use crate::http::{Client, Reply};
use crate::terabox::codes::Context;
use crate::terabox::request::ApiRequest;
use crate::terabox::response::{check_response, item_error, parse};
use crate::terabox::transport::Transport;
use crate::terabox::types::{Files, Link, Links, QuotaInfo, UserInfo, WrappedPlaylist};
use crate::{Clock, DriveError, ErrorKind};
use media::{Order, SortBy};

/// Maximum size of a JSON reply. A folder of 10,000 entries with thumbnails stays below this.
pub(crate) const MAX_JSON_BYTES: usize = 32 * 1024 * 1024;
/// Maximum size of a playlist. A segment takes about a kilobyte: 16,000 segments, some 45 hours.
const MAX_PLAYLIST_BYTES: usize = 16 * 1024 * 1024;
/// Delay before the viewer's next attempt at a rendition that is still being made.
const TRANSCODING_RETRY_INTERVAL: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) transport: Transport,
    pub(crate) http: Arc<Client>,
    pub(crate) clock: Clock,
}

/// A page of a folder or of a search, with the upstream's parameters.
pub(crate) struct PageQuery {
    pub(crate) page: u64,
    pub(crate) num: usize,
    pub(crate) sort: SortBy,
    pub(crate) order: Order,
}

/// A playlist and the URL that it came from.
pub(crate) struct PlaylistText {
    pub(crate) text: String,
    pub(crate) url: String,
}

impl Api {
    pub(crate) fn new(transport: Transport, http: Arc<Client>, clock: Clock) -> Self {
        Api {
            transport,
            http,
            clock,
        }
    }

    pub(crate) async fn uinfo(&self) -> Result<UserInfo, DriveError> {
        self.json("account", "/uinfo", &[]).await
    }

    pub(crate) async fn quota(&self) -> Result<QuotaInfo, DriveError> {
        self.json("account", "/api/quota", &[]).await
    }

    pub(crate) async fn list(&self, dir: &str, page: &PageQuery) -> Result<Files, DriveError> {
        let (number, num) = (page.page.to_string(), page.num.to_string());
        let mut query = vec![
            ("dir", dir),
            ("page", number.as_str()),
            ("num", &num),
            ("order", page.order_word()),
            ("desc", page.desc_word()),
            ("web", "1"),
        ];
        if self.transport.web().is_none() {
            // The document's table calls the page number `path`, its example `page`.
            query.push(("path", &number));
        }
        self.json("list", "/api/list", &query).await
    }

    pub(crate) async fn search(&self, key: &str, page: &PageQuery) -> Result<Files, DriveError> {
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

    /// Returns one page of all files of a category (1 video, 2 audio, 3 image, 4 document), by a call of the
    /// website.
    pub(crate) async fn categorylist(
        &self,
        category: u8,
        page: &PageQuery,
    ) -> Result<Files, DriveError> {
        let category = category.to_string();
        let (number, num) = (page.page.to_string(), page.num.to_string());
        let query = [
            ("category", category.as_str()),
            ("page", &number),
            ("num", &num),
            ("order", page.order_word()),
            ("desc", page.desc_word()),
        ];
        self.json("list", "/api/categorylist", &query).await
    }

    /// Returns the metadata of one file. The upstream reports a missing file by `errno` 12, with the real
    /// number in the file's item.
    pub(crate) async fn filemetas(
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
            check_response(operation, reply, Context::Api, self.clock.now()).map_err(|error| {
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
            .call(
                operation,
                "/api/filemetas",
                &query,
                MAX_JSON_BYTES,
                judge_items,
            )
            .await?;
        parse(operation, &reply)
    }

    pub(crate) async fn download(
        &self,
        operation: &'static str,
        fs_id: &str,
    ) -> Result<Vec<Link>, DriveError> {
        let list = format!("[{fs_id}]");
        let query = [("fidlist", list.as_str()), ("type", "dlink")];
        let links: Links = self.json(operation, "/api/download", &query).await?;
        Ok(links.into_vec())
    }

    /// Returns a playlist. The body alone decides whether a reply is a playlist or an error: neither the status
    /// nor the content type is reliable.
    pub(crate) async fn streaming(
        &self,
        path: &str,
        kind: &str,
    ) -> Result<PlaylistText, DriveError> {
        let mut query = vec![("path", path), ("type", kind)];
        query.extend(self.transport.player());
        self.playlist("/api/streaming", &query).await
    }

    /// Returns the playlist that a streaming call answers with.
    pub(crate) async fn playlist(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<PlaylistText, DriveError> {
        let operation = "playlist";
        let judge_playlist = |reply: &Reply| {
            if reply.status.is_success() && begins_like_a_playlist(&reply.body) {
                return Ok(());
            }
            check_response(operation, reply, Context::Streaming, self.clock.now()).map_err(
                |error| match error.kind {
                    ErrorKind::Transcoding if error.retry_after.is_none() => {
                        error.with_retry_after(TRANSCODING_RETRY_INTERVAL)
                    }
                    _ => error,
                },
            )
        };
        let reply = self
            .call(operation, path, query, MAX_PLAYLIST_BYTES, judge_playlist)
            .await?;
        let text = match begins_like_a_playlist(&reply.body) {
            // The body is taken as it came, without a copy: a long film's playlist has a megabyte.
            true => String::from_utf8(reply.body.into()).ok().map(bare),
            false => types::read::<WrappedPlaylist>(&reply.body)
                .and_then(|wrapped| playlist_text(wrapped.m3u8.0?.as_bytes()).map(str::to_owned)),
        };
        let text = text.ok_or_else(|| DriveError::failed(operation, "not a playlist"))?;
        Ok(PlaylistText {
            text,
            url: reply.url,
        })
    }

    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, DriveError> {
        self.json_in(operation, path, query, Context::Api).await
    }

    /// Makes a call and parses its reply, whose codes have the meaning of `context`.
    pub(crate) async fn json_in<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        context: Context,
    ) -> Result<T, DriveError> {
        let judge = |reply: &Reply| check_response(operation, reply, context, self.clock.now());
        let reply = self
            .call(operation, path, query, MAX_JSON_BYTES, judge)
            .await?;
        parse(operation, &reply)
    }

    pub(crate) async fn call(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        limit: usize,
        judge: impl Fn(&Reply) -> Result<(), DriveError>,
    ) -> Result<Reply, DriveError> {
        let request = ApiRequest {
            operation,
            path,
            query,
            form: None,
            limit,
        };
        self.transport.ask(&self.http, &request, judge).await
    }
}

impl PageQuery {
    pub(crate) fn order_word(&self) -> &'static str {
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

/// Removes a BOM and white space before the playlist.
fn bare(text: String) -> String {
    if text.starts_with("#EXTM3U") {
        return text;
    }
    match playlist_text(text.as_bytes()) {
        Some(bare) => bare.to_owned(),
        None => text,
    }
}

/// Returns true if the body begins like a playlist. The rest is not examined here: it is parsed once, as a
/// whole.
fn begins_like_a_playlist(body: &[u8]) -> bool {
    // A BOM or white space takes up no more than this.
    let head = &body[..body.len().min(64)];
    let head = match std::str::from_utf8(head) {
        Ok(head) => head,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or(""),
    };
    playlist_text(head.as_bytes()).is_some()
}

/// Returns the body from `#EXTM3U` on; `None` if it does not begin with that (after a BOM and white space).
fn playlist_text(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    text.starts_with("#EXTM3U").then_some(text)
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
