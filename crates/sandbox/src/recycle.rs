//! The recycle bin: deleted entries, and the website's calls that list, restore and delete them for good.
//!
//! `fidlist` of the calls is a JSON list of file ids; each reply lists under `faillist` the ids that failed. A call
//! that writes requires `jsToken` or `bdstoken`.

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::call::ApiCall;
use super::items;
use super::nodes::Node;
use super::replies::{ApiError, ApiReply};
use super::signing::now_s;
use super::web_auth::{RequiredToken, admit};

/// Days until the service removes a deleted entry.
const KEEP_DAYS: i64 = 10;

/// A deleted file, or a folder with its content.
#[derive(Debug, Clone)]
struct DeletedEntry {
    /// The entry itself comes first.
    nodes: Vec<Node>,
    deleted_s: i64,
}

/// The deleted entries, the latest first.
#[derive(Debug, Default)]
pub struct RecycleBin(Mutex<Vec<DeletedEntry>>);

impl RecycleBin {
    /// Adds a deleted entry: the entry itself and the nodes below it.
    pub fn put(&self, nodes: Vec<Node>) {
        let entry = DeletedEntry {
            nodes,
            deleted_s: now_s(),
        };
        self.0.lock().insert(0, entry);
    }

    /// Removes the entry with this id and returns its nodes. `None` if the bin does not contain it.
    fn take(&self, fs_id: u64) -> Option<Vec<Node>> {
        let mut bin = self.0.lock();
        let is_it = |entry: &DeletedEntry| entry.nodes.first().is_some_and(|n| n.fs_id == fs_id);
        let at = bin.iter().position(is_it)?;
        Some(bin.remove(at).nodes)
    }
}

/// The deleted entries with the days that are left.
pub async fn list(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Optional)? {
        return Ok(reply);
    }
    let (page, num) = (
        call.params.number("page", 1)?,
        call.params.number("num", 100)?,
    );
    if page < 1 || num < 1 {
        return Err(ApiError::parameters("page, num"));
    }
    let bin = call.state.recycle_bin.0.lock();
    let list: Vec<Value> = bin
        .iter()
        .skip((page - 1).saturating_mul(num) as usize)
        .take(num as usize)
        .filter_map(|entry| {
            let mut item = items::listed(&call, entry.nodes.first()?);
            let left_days = (entry.deleted_s + KEEP_DAYS * 86_400 - now_s()) / 86_400;
            item["server_mtime"] = json!(entry.deleted_s);
            item["leftTime"] = json!(left_days.max(0));
            Some(item)
        })
        .collect();
    Ok(ApiReply::Object(json!({"list": list, "total": bin.len()})))
}

/// Restores entries at their old paths. An entry whose path is taken stays in the bin and fails.
pub async fn restore(call: ApiCall) -> Result<ApiReply, ApiError> {
    each(call, |call, nodes| {
        let library = &call.state.library;
        let is_free = nodes
            .first()
            .is_some_and(|n| library.stat(&n.path).is_none());
        if !is_free {
            call.state.recycle_bin.put(nodes);
            return false;
        }
        for node in nodes {
            library.put(node);
        }
        true
    })
    .await
}

/// Deletes entries of the bin for good.
pub async fn delete(call: ApiCall) -> Result<ApiReply, ApiError> {
    each(call, |_, _| true).await
}

/// Empties the bin.
pub async fn clear(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Either)? {
        return Ok(reply);
    }
    call.state.recycle_bin.0.lock().clear();
    Ok(ApiReply::Object(json!({"taskid": 0})))
}

/// Takes each entry of `fidlist` out of the bin and applies `work` to it, which returns true on success.
async fn each(
    call: ApiCall,
    work: impl Fn(&ApiCall, Vec<Node>) -> bool,
) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Either)? {
        return Ok(reply);
    }
    let ids: Vec<Value> = serde_json::from_str(call.params.need("fidlist")?)
        .map_err(|_| ApiError::parameters("fidlist"))?;
    let mut failed = Vec::new();
    for id in ids {
        let number = id.as_u64().or_else(|| id.as_str()?.parse().ok());
        let nodes = number.and_then(|number| call.state.recycle_bin.take(number));
        if !nodes.is_some_and(|nodes| work(&call, nodes)) {
            failed.push(id);
        }
    }
    Ok(ApiReply::Object(json!({
        "errno": if failed.is_empty() { 0 } else { 12 },
        "faillist": failed,
        "taskid": 0,
    })))
}
