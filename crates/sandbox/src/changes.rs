//! Changes to files: `filemanager` (section 3.4.4) and the progress of its tasks.
//!
//! Each path has its own result. A task is complete at once, but reports `running` to the first poll: a client that does
//! not wait for the end fails here.

use parking_lot::Mutex;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::call::ApiCall;
use super::library::AccountFiles;
use super::replies::{ApiError, ApiReply};

/// Greatest number of files in one call; more is errno 3.
const MAX_FILES: usize = 100;
/// In loose mode, a call with more paths becomes a task.
const MAX_SYNC_PATHS: usize = 2;

/// The started tasks by their ids.
#[derive(Debug, Default)]
pub struct Tasks(Mutex<BTreeMap<u64, FileTask>>);

#[derive(Debug, Clone)]
struct FileTask {
    results: Vec<Value>,
    polls: u64,
}

impl Tasks {
    fn begin(&self, results: Vec<Value>) -> u64 {
        let mut tasks = self.0.lock();
        // Ids of share tasks differ: one call polls both kinds.
        let id = 457_329_558_616_538 + tasks.len() as u64;
        tasks.insert(id, FileTask { results, polls: 0 });
        id
    }
}

/// The API that a call comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallingApi {
    Platform,
    /// `async=0` is accepted in loose mode too: a maintained client sends it (field notes, section 11).
    Website,
}

/// Copies, moves, renames or deletes files.
pub async fn manage(call: ApiCall) -> Result<ApiReply, ApiError> {
    manage_as(call, CallingApi::Platform).await
}

/// Does the work of [`manage`] for either API.
pub async fn manage_as(call: ApiCall, caller: CallingApi) -> Result<ApiReply, ApiError> {
    let opera = call.params.need("opera")?.to_owned();
    if !matches!(opera.as_str(), "copy" | "move" | "rename" | "delete") {
        return Err(ApiError::parameters("opera"));
    }
    let mode = call.params.number("async", 0)?;
    let options = &call.state.options;
    let is_refused = mode == 0 && options.loose && caller == CallingApi::Platform;
    if !(0..=2).contains(&mode) || is_refused {
        return Err(ApiError::parameters("async"));
    }
    let list: Vec<Value> = serde_json::from_str(call.params.need("filelist")?)
        .map_err(|_| ApiError::parameters("filelist"))?;
    if list.is_empty() {
        return Err(ApiError::parameters("filelist"));
    }
    if list.len() > MAX_FILES {
        return Err(ApiError(3, "too many files".to_owned()));
    }
    let results: Vec<Value> = list
        .iter()
        .map(|item| {
            let (path, errno) = change(&call, &opera, item);
            json!({"errno": errno, "path": path})
        })
        .collect();
    if mode == 2 || call.effect.task || (options.loose && list.len() > MAX_SYNC_PATHS) {
        let taskid = call.state.tasks.begin(results);
        return Ok(ApiReply::Object(json!({"info": [], "taskid": taskid})));
    }
    let failed = results.iter().any(|result| result["errno"] != 0);
    let errno = if failed { 12 } else { 0 };
    Ok(ApiReply::Object(json!({"errno": errno, "info": results})))
}

/// Applies one change. Returns its path and error number.
fn change(call: &ApiCall, opera: &str, item: &Value) -> (String, i64) {
    let library = &call.state.library;
    let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let path = match item.as_str() {
        Some(path) => path.to_owned(),
        None => text("path"),
    };
    let Some(node) = library.stat(&path).filter(|node| node.path != "/") else {
        return (path, -9);
    };
    if opera == "delete" {
        let mut nodes = vec![node];
        nodes.extend(library.below(&path));
        library.remove(&path);
        call.state.recycle_bin.put(nodes);
        return (path, 0);
    }
    let name = match text("newname") {
        name if name.is_empty() => node.name().to_owned(),
        name => name,
    };
    if !is_name(&name) {
        return (path, -7);
    }
    let folder = match opera {
        "rename" => path
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder)
            .to_owned(),
        _ => text("dest").trim_end_matches('/').to_owned(),
    };
    let is_folder = folder.is_empty() || library.stat(&folder).is_some_and(|node| node.is_folder());
    if !is_folder {
        return (path, -9);
    }
    let mut target = format!("{folder}/{name}");
    if target.starts_with(&format!("{path}/")) {
        return (path, 5);
    }
    if library.stat(&target).is_some() {
        let ondup = item["ondup"].as_str().or(call.params.get("ondup"));
        match ondup {
            Some("newcopy") if target != path || opera == "copy" => {
                target = free_path(library, &target);
            }
            Some("overwrite") if target != path => library.remove(&target),
            _ => return (path, -8),
        }
    }
    library.copy(&path, &target, opera != "copy");
    (path, 0)
}

/// Returns the first free path of `name(1).ext`, `name(2).ext` and so on.
fn free_path(library: &AccountFiles, path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let mut number = 1;
    loop {
        let path = format!("{folder}/{stem}({number}){extension}");
        if library.stat(&path).is_none() {
            return path;
        }
        number += 1;
    }
}

/// Returns true if the service accepts the name; else the error is -7.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= 255
        && !name.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*'])
        && !name.chars().any(|c| c.is_control() || c > '\u{ffff}')
}

/// The progress of a task. The documents have no such call; clients use it on the website.
pub async fn task(call: ApiCall) -> Result<ApiReply, ApiError> {
    let id = call.params.need("taskid")?.parse::<u64>();
    let mut tasks = call.state.tasks.0.lock();
    let task = id
        .ok()
        .and_then(|id| tasks.get_mut(&id))
        .ok_or_else(|| ApiError::parameters("taskid"))?;
    task.polls += 1;
    if task.polls == 1 {
        return Ok(ApiReply::Object(
            json!({"task_errno": 0, "status": "running", "progress": 50}),
        ));
    }
    let failed = task.results.iter().find(|result| result["errno"] != 0);
    Ok(ApiReply::Object(json!({
        "task_errno": failed.map_or(json!(0), |result| result["errno"].clone()),
        "status": if failed.is_some() { "failed" } else { "success" },
        "list": task.results,
        "total": task.results.len(),
    })))
}
