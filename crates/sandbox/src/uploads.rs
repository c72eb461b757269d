//! Uploads (sections 3.4.1 to 3.4.3): the start (`precreate`) and the end (`create`). `upload_parts` receives the parts.
//!
//! Parts are files in a temporary folder, so a large file needs no memory. If the list of hashes is known, the file is
//! created at once (`return_type` 2).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::SandboxState;
use super::call::ApiCall;
use super::changes::is_name;
use super::nodes::{Content, Node, md5_hex};
use super::replies::{ApiError, ApiReply};
use super::signing::now_s;

/// “Each shard should be larger than 4 MB”, except the last one.
pub const MIN_PART_BYTES: u64 = 4_000_000;

/// The uploads in progress, and the parts of every uploaded file.
#[derive(Debug, Default)]
pub struct Uploads(Mutex<UploadTable>);

#[derive(Debug, Default)]
struct UploadTable {
    folder: Option<TempDir>,
    /// Number of files and upload ids made so far.
    made: u64,
    /// Number of calls of `locateupload`.
    located: usize,
    pending: BTreeMap<String, PendingUpload>,
    /// File, size in bytes and MD5 by the list of hashes.
    known: BTreeMap<Vec<String>, (PathBuf, u64, String)>,
    received: BTreeMap<(String, usize), u64>,
}

#[derive(Debug, Clone)]
pub struct PendingUpload {
    pub path: String,
    pub block_list: Vec<String>,
    parts: BTreeMap<usize, ReceivedPart>,
}

#[derive(Debug, Clone)]
pub struct ReceivedPart {
    pub file: PathBuf,
    pub bytes: u64,
    pub md5: String,
}

impl Uploads {
    /// Returns how often each part was received completely, by the path of its file and its number.
    pub fn received(&self) -> BTreeMap<(String, usize), u64> {
        self.0.lock().received.clone()
    }

    /// Returns the upload with an id, `None` if there is none.
    pub fn pending(&self, uploadid: &str) -> Option<PendingUpload> {
        self.0.lock().pending.get(uploadid).cloned()
    }

    /// Adds a received part to its upload, and counts it.
    pub fn add_part(&self, uploadid: &str, number: usize, part: ReceivedPart) {
        let mut table = self.0.lock();
        let Some(pending) = table.pending.get_mut(uploadid) else {
            return;
        };
        pending.parts.insert(number, part);
        let path = pending.path.clone();
        *table.received.entry((path, number)).or_default() += 1;
    }

    /// Counts the calls of `locateupload`, from 0.
    pub fn next_host(&self) -> usize {
        let mut table = self.0.lock();
        table.located += 1;
        table.located - 1
    }

    /// Returns the path of a new file in the temporary folder.
    pub fn new_file(&self) -> std::io::Result<PathBuf> {
        let mut table = self.0.lock();
        table.made += 1;
        let name = table.made.to_string();
        let folder = match &mut table.folder {
            Some(folder) => folder,
            empty => empty.insert(tempfile::tempdir()?),
        };
        Ok(folder.path().join(name))
    }
}

fn block_list(call: &ApiCall) -> Result<Vec<String>, ApiError> {
    let wrong = || ApiError::parameters("block_list");
    let list: Vec<String> =
        serde_json::from_str(call.params.need("block_list")?).map_err(|_| wrong())?;
    let is_md5 = |text: &String| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    list.iter().all(is_md5).then_some(list).ok_or_else(wrong)
}

fn new_path(call: &ApiCall) -> Result<String, ApiError> {
    let path = call.params.need("path")?;
    let name = path.rsplit('/').next().unwrap_or_default();
    if !path.starts_with('/') {
        return Err(ApiError::parameters("path"));
    }
    if !is_name(name) {
        return Err(ApiError(-7, "invalid file name".to_owned()));
    }
    Ok(path.to_owned())
}

/// Starts an upload: returns its id and the numbers of the parts to send. A file with known hashes is created at once.
pub async fn precreate(call: ApiCall) -> Result<ApiReply, ApiError> {
    let (path, list) = checked(&call)?;
    let known = call.state.uploads.0.lock().known.get(&list).cloned();
    let Some((file, bytes, md5)) = known else {
        return begin(&call, path, list);
    };
    let path = free_path(&call.state, &path);
    let node = Node::new(&path, bytes, now_s(), Content::Disk(file));
    let node = call.state.library.put(Node { md5, ..node });
    Ok(ApiReply::Object(
        json!({"return_type": 2, "info": created(&node)}),
    ))
}

/// Starts an upload of the website, which does not check the hashes (field notes, sections 6 and 11).
pub async fn precreate_unchecked(call: ApiCall) -> Result<ApiReply, ApiError> {
    let (path, list) = checked(&call)?;
    begin(&call, path, list)
}

/// Returns the path and the hashes of a `precreate`.
fn checked(call: &ApiCall) -> Result<(String, Vec<String>), ApiError> {
    let path = new_path(call)?;
    if call.params.need("autoinit")? != "1" {
        return Err(ApiError::parameters("autoinit"));
    }
    let list = block_list(call)?;
    match list.is_empty() {
        true => Err(ApiError::parameters("block_list")),
        false => Ok((path, list)),
    }
}

fn begin(call: &ApiCall, path: String, list: Vec<String>) -> Result<ApiReply, ApiError> {
    let mut table = call.state.uploads.0.lock();
    table.made += 1;
    let stamp = format!("127.0.0.1:{}:{}", now_s(), table.made);
    let uploadid = format!("N1-{}", data_encoding::BASE64.encode(stamp.as_bytes()));
    // In loose mode, an empty list means the first part.
    let missing: Vec<usize> = match list.len() {
        1 if call.state.options.loose => Vec::new(),
        count => (0..count).collect(),
    };
    let pending = PendingUpload {
        path: path.clone(),
        block_list: list,
        parts: BTreeMap::new(),
    };
    table.pending.insert(uploadid.clone(), pending);
    Ok(ApiReply::Object(json!({
        "path": path,
        "uploadid": uploadid,
        "return_type": 1,
        "block_list": missing,
    })))
}

/// Creates a folder, or a file of the received parts.
pub async fn create(call: ApiCall) -> Result<ApiReply, ApiError> {
    let path = new_path(&call)?;
    let rtype = call.params.number("rtype", 1)?;
    if !(0..=3).contains(&rtype) {
        return Err(ApiError::parameters("rtype"));
    }
    let taken = call.state.library.stat(&path);
    if call.params.number("isdir", 0)? == 1 {
        let path = match taken {
            Some(_) if rtype == 0 => return Err(exists()),
            Some(_) => free_path(&call.state, &path),
            None => path,
        };
        let folder = Node::new(&path, 0, now_s(), Content::Folder);
        return Ok(ApiReply::Object(created(&call.state.library.put(folder))));
    }
    call.params.need("size")?;
    let size = call.params.number("size", 0)?;
    let uploadid = call.params.need("uploadid")?.to_owned();
    let list = block_list(&call)?;
    let pending = call.state.uploads.pending(&uploadid);
    let pending = pending
        .filter(|pending| pending.path == path)
        .ok_or_else(|| ApiError::parameters("uploadid"))?;
    if call.state.options.strict && pending.block_list != list {
        return Err(ApiError::parameters("block_list"));
    }
    let parts: Vec<ReceivedPart> = pending.parts.into_values().collect();
    let whole: u64 = parts.iter().map(|part| part.bytes).sum();
    let md5s: Vec<&String> = parts.iter().map(|part| &part.md5).collect();
    let is_short = |part: &ReceivedPart| part.bytes <= MIN_PART_BYTES;
    let has_short_part = parts.iter().rev().skip(1).any(is_short);
    let is_complete = md5s == list.iter().collect::<Vec<_>>() && u64::try_from(size) == Ok(whole);
    if !is_complete || has_short_part {
        return Err(ApiError(10, "create super file failed".to_owned()));
    }
    if whole > call.state.plan.max_file_bytes() {
        return Err(ApiError(58, String::new()));
    }
    if call.state.used_bytes() + whole > call.state.plan.total() {
        return Err(ApiError(-10, "no space".to_owned()));
    }
    let same = |node: &Node| node.size_bytes == whole && node.md5 == whole_md5(&list);
    let path = match (rtype, taken) {
        (0, Some(_)) => return Err(exists()),
        (1, Some(_)) => free_path(&call.state, &path),
        (2, Some(there)) if !same(&there) => free_path(&call.state, &path),
        (3, Some(there)) if there.is_folder() => return Err(exists()),
        _ => path,
    };
    let file = join_parts(&parts)
        .await
        .map_err(|error| ApiError(31355, error.to_string()))?;
    let md5 = whole_md5(&list);
    {
        let mut table = call.state.uploads.0.lock();
        table.pending.remove(&uploadid);
        table.known.insert(list, (file.clone(), whole, md5.clone()));
    }
    let node = call.state.library.put(Node {
        md5,
        ..Node::new(&path, whole, now_s(), Content::Disk(file))
    });
    Ok(ApiReply::Object(created(&node)))
}

fn exists() -> ApiError {
    ApiError(-8, "file already exists".to_owned())
}

/// Appends all parts to the file of the first one and returns its path.
async fn join_parts(parts: &[ReceivedPart]) -> std::io::Result<PathBuf> {
    let files: Vec<PathBuf> = parts.iter().map(|part| part.file.clone()).collect();
    let work = move || {
        let (first, others) = files
            .split_first()
            .ok_or(std::io::ErrorKind::InvalidInput)?;
        let mut whole = std::fs::OpenOptions::new().append(true).open(first)?;
        for other in others {
            append(&mut whole, other)?;
        }
        Ok(first.clone())
    };
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(std::io::Error::other("cancelled")))
}

fn append(whole: &mut std::fs::File, part: &Path) -> std::io::Result<()> {
    std::io::copy(&mut std::fs::File::open(part)?, whole)?;
    std::fs::remove_file(part)
}

/// Returns the MD5 of a file: its own for one part, else that of the JSON list of the parts' MD5s.
fn whole_md5(list: &[String]) -> String {
    match list {
        [only] => only.clone(),
        several => md5_hex(&json!(several).to_string()),
    }
}

/// Returns the path, or if it is taken, a free one like `name_20231215_173800.mp4`.
fn free_path(state: &SandboxState, path: &str) -> String {
    if state.library.stat(path).is_none() {
        return path.to_owned();
    }
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let now = chrono::DateTime::from_timestamp(now_s(), 0).unwrap_or_default();
    let stamp = now.format("%Y%m%d_%H%M%S");
    let mut turn = String::new();
    loop {
        let path = format!("{folder}/{stem}_{stamp}{turn}{extension}");
        if state.library.stat(&path).is_none() {
            return path;
        }
        turn.push('x');
    }
}

fn created(node: &Node) -> Value {
    let mut item = json!({
        "category": node.category,
        "ctime": node.modified_s,
        "from_type": 1,
        "fs_id": node.fs_id,
        "isdir": u8::from(node.is_folder()),
        "mtime": node.modified_s,
        "path": node.path,
        "server_filename": node.name(),
        "size": node.size_bytes,
        "name": node.path,
    });
    if !node.is_folder() {
        item["md5"] = json!(scrambled(&node.md5));
    }
    item
}

/// Returns an MD5 as `create` spells it: blocks of eight digits swapped in pairs, each digit XORed with its index, the
/// tenth shifted beyond `f` (field notes, section 6).
fn scrambled(md5: &str) -> String {
    let order = [8..16, 0..8, 24..32, 16..24];
    let digits = order.into_iter().flat_map(|eight| md5[eight].chars());
    digits
        .enumerate()
        .map(|(index, digit)| {
            let digit = digit.to_digit(16).unwrap_or(0) ^ (index as u32 & 15);
            match index {
                9 => char::from(b'g' + digit as u8),
                _ => char::from_digit(digit, 16).unwrap_or('0'),
            }
        })
        .collect()
}
