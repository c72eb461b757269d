//! Changes to files: `filemanager` (section 3.4.4), and how far its tasks are.
//!
//! Each path has an outcome of its own. A task is done at once, but tells so only when it is asked the second
//! time: whoever does not wait for the end is found out.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::api::Call;
use super::faults::lock;
use super::replies::{Failure, Reply};

/// More files than this in one call is errno 3.
const MOST: usize = 100;
/// Where replies are loose, more paths than this become a task.
const ADAPTIVE: usize = 2;

/// Tasks that were begun.
#[derive(Debug, Default)]
pub struct Tasks(Mutex<BTreeMap<u64, Task>>);

#[derive(Debug, Clone)]
struct Task {
    results: Vec<Value>,
    questions: u64,
}

impl Tasks {
    fn begin(&self, results: Vec<Value>) -> u64 {
        let mut tasks = lock(&self.0);
        // Apart from those of shares, which are asked for at the same address.
        let id = 357_329_558_616_538 + tasks.len() as u64;
        tasks.insert(
            id,
            Task {
                results,
                questions: 0,
            },
        );
        id
    }
}

pub async fn manage(call: Call) -> Result<Reply, Failure> {
    let opera = call.params.need("opera")?.to_owned();
    if !matches!(opera.as_str(), "copy" | "move" | "rename" | "delete") {
        return Err(Failure::parameters("opera"));
    }
    let way = call.params.number("async", 0)?;
    let options = &call.state.options;
    if !(0..=2).contains(&way) || (way == 0 && options.loose) {
        return Err(Failure::parameters("async"));
    }
    let list: Vec<Value> = serde_json::from_str(call.params.need("filelist")?)
        .map_err(|_| Failure::parameters("filelist"))?;
    if list.is_empty() {
        return Err(Failure::parameters("filelist"));
    }
    if list.len() > MOST {
        return Err(Failure(3, "too many files".to_owned()));
    }
    let results: Vec<Value> = list
        .iter()
        .map(|item| {
            let (path, errno) = change(&call, &opera, item);
            json!({"errno": errno, "path": path})
        })
        .collect();
    if way == 2 || call.effect.task || (options.loose && list.len() > ADAPTIVE) {
        let taskid = call.state.tasks.begin(results);
        return Ok(Reply::Object(json!({"info": [], "taskid": taskid})));
    }
    let failed = results.iter().any(|result| result["errno"] != 0);
    let errno = if failed { 12 } else { 0 };
    Ok(Reply::Object(json!({"errno": errno, "info": results})))
}

/// Does one thing: the path that it was about, and its number.
fn change(call: &Call, opera: &str, item: &Value) -> (String, i64) {
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
        library.remove(&path);
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
    let target = format!("{folder}/{name}");
    if library.stat(&target).is_some() {
        return (path, -8);
    }
    if target.starts_with(&format!("{path}/")) {
        return (path, 5);
    }
    library.copy(&path, &target, opera != "copy");
    (path, 0)
}

/// Whether the service takes such a name; otherwise it is -7.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= 255
        && !name.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*'])
        && !name.chars().any(|c| c.is_control() || c > '\u{ffff}')
}

/// How far a task is. Not in the documents: clients ask the web API so.
pub async fn task(call: Call) -> Result<Reply, Failure> {
    let id = call.params.need("taskid")?.parse::<u64>();
    let mut tasks = lock(&call.state.tasks.0);
    let task = id
        .ok()
        .and_then(|id| tasks.get_mut(&id))
        .ok_or_else(|| Failure::parameters("taskid"))?;
    task.questions += 1;
    if task.questions == 1 {
        return Ok(Reply::Object(
            json!({"task_errno": 0, "status": "running", "progress": 50}),
        ));
    }
    let failed = task.results.iter().find(|result| result["errno"] != 0);
    Ok(Reply::Object(json!({
        "task_errno": failed.map_or(json!(0), |result| result["errno"].clone()),
        "status": if failed.is_some() { "failed" } else { "success" },
        "list": task.results,
        "total": task.results.len(),
    })))
}
