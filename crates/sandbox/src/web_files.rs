//! The website's calls about files: the same work as the Open Platform's calls, admitted by cookie and page token
//! (field notes, sections 4, 6, 10 and 11).
//!
//! Differences: `precreate` may come with made-up hashes, `filemanager` with `ondup`, links of `origin=dlna` need no
//! cookie, `download` has a computed `sign`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::call::ApiCall;
use super::journal::ChangeCursor;
use super::nodes::Node;
use super::replies::{ApiError, ApiReply};
use super::signing::now_s;
use super::web_auth::{RequiredToken, admit};
use super::{changes, files, items, streaming, uploads, urls};

/// Greatest difference between the client's and our clock, in seconds.
const MAX_CLOCK_SKEW_S: i64 = 3600;
/// Entries in one reply of `filediff`.
const MAX_DIFF_ENTRIES: usize = 1000;
const MAX_LIST_ITEMS: i64 = 20_000;

macro_rules! admitted {
    ($(#[$doc:meta])* $name:ident, $token:ident, $answer:path) => {
        $(#[$doc])*
        pub async fn $name(call: ApiCall) -> Result<ApiReply, ApiError> {
            match admit(&call, RequiredToken::$token)? {
                Some(reply) => Ok(reply),
                None => $answer(call).await,
            }
        }
    };
}

admitted!(
    /// The entries of a folder.
    list, Required, files::list
);
admitted!(
    /// Details and download links of files.
    metas, Optional, files::metas
);
admitted!(
    /// Files by name.
    search, Required, files::search
);
admitted!(
    /// The media playlist of one quality.
    playlist, Required, streaming::playlist
);
admitted!(
    /// The start of an upload.
    precreate, JsToken, uploads::precreate_unchecked
);

/// Creates a folder, or a file of uploaded parts. Clients create folders without a token.
pub async fn create(call: ApiCall) -> Result<ApiReply, ApiError> {
    let token = match call.params.number("isdir", 0)? {
        1 => RequiredToken::Optional,
        _ => RequiredToken::JsToken,
    };
    match admit(&call, token)? {
        Some(reply) => Ok(reply),
        None => uploads::create(call).await,
    }
}

/// Copies, moves, renames or deletes. With the fault `ignored`, the call reports success and changes nothing.
pub async fn manage(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Write)? {
        return Ok(reply);
    }
    if call.effect.ignored {
        return Ok(ApiReply::Object(json!({"info": [], "taskid": 0})));
    }
    changes::manage_as(call, changes::CallingApi::Website).await
}

/// Download links by file id, for a correct `sign` and a current `timestamp`.
pub async fn download(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Required)? {
        return Ok(reply);
    }
    if call.params.need("sign")? != call.state.signer.download_seed().sign() {
        return Err(ApiError::parameters("sign"));
    }
    let timestamp = call.params.number("timestamp", 0)?;
    if (timestamp - now_s()).abs() > MAX_CLOCK_SKEW_S {
        return Err(ApiError::parameters("timestamp"));
    }
    files::download(call).await
}

/// All files of a category (1 video, 2 audio, 3 image, 4 document, 6 other), or of several (`1,3`), under `info`.
pub async fn category_list(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Optional)? {
        return Ok(reply);
    }
    let params = &call.params;
    let (page, num) = (params.number("page", 1)?, params.number("num", 1000)?);
    if page < 1 || !(1..=MAX_LIST_ITEMS).contains(&num) {
        return Err(ApiError::parameters("page, num"));
    }
    let mut nodes = files_of(&call, params.need("category")?)?;
    let order = params.get("order").unwrap_or("time");
    files::sort(&mut nodes, order, params.number("desc", 1)? == 1)?;
    let start = ((page - 1).saturating_mul(num) as usize).min(nodes.len());
    let end = nodes.len().min(start + num as usize);
    let list: Vec<Value> = nodes[start..end]
        .iter()
        .map(|node| {
            let mut item = items::listed(&call, node);
            if let Some(thumbs) = urls::thumbnails(&call.state, node) {
                item["thumbs"] = thumbs;
            }
            item
        })
        .collect();
    Ok(ApiReply::Object(
        json!({"info": list, "has_more": u8::from(end < nodes.len())}),
    ))
}

/// Number and bytes of the files of a category, under its number.
pub async fn category(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Optional)? {
        return Ok(reply);
    }
    let wanted = call.params.get("category").unwrap_or("1,2,3,4,5,6,7");
    let mut info: BTreeMap<String, (usize, u64)> = wanted
        .split(',')
        .map(|category| (category.to_owned(), (0, 0)))
        .collect();
    for node in files_of(&call, wanted)? {
        let sum = info.entry(node.category.to_string()).or_default();
        *sum = (sum.0 + 1, sum.1 + node.size_bytes);
    }
    let total: usize = info.values().map(|(count, _)| count).sum();
    let info: BTreeMap<String, Value> = info
        .into_iter()
        .map(|(category, (count, size))| {
            (
                category,
                json!({"count": count, "size": size, "total": total}),
            )
        })
        .collect();
    Ok(ApiReply::Object(json!({"info": info})))
}

fn files_of(call: &ApiCall, categories: &str) -> Result<Vec<Node>, ApiError> {
    let parsed: Result<Vec<u8>, _> = categories.split(',').map(str::parse).collect();
    let categories = parsed.map_err(|_| ApiError::parameters("category"))?;
    let folder = call.params.get("parent_path").unwrap_or("/");
    let mut nodes = call.state.library.below(folder);
    nodes.retain(|node| !node.is_folder() && categories.contains(&node.category));
    Ok(nodes)
}

/// Changes since a cursor: entries by path, `isdelete` for those that are gone. Without a known cursor, all entries
/// come with `reset`.
pub async fn diff(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Optional)? {
        return Ok(reply);
    }
    let library = &call.state.library;
    let cursor = call.params.get("cursor").and_then(ChangeCursor::parse);
    let diff = library.diff(cursor, MAX_DIFF_ENTRIES);
    let entries: serde_json::Map<String, Value> = diff
        .paths
        .into_iter()
        .map(|path| {
            let item = match library.stat(&path) {
                Some(node) => {
                    let mut item = items::listed(&call, &node);
                    item["isdelete"] = json!(0);
                    item
                }
                None => json!({"path": path, "isdelete": 1}),
            };
            (path, item)
        })
        .collect();
    Ok(ApiReply::Object(json!({
        "cursor": diff.cursor.to_string(),
        "entries": entries,
        "has_more": diff.has_more,
        "reset": diff.reset,
    })))
}
