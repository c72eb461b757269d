//! Files on their way in (sections 3.4.1 to 3.4.3): precreate, parts at a host of their own, create.
//!
//! Parts lie in a temporary folder, so a large file costs no memory. A file whose list of hashes is known is
//! there already (`return_type` 2).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{Response, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures_util::StreamExt;
use md5::{Digest, Md5};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use super::accounts::Standing;
use super::api::{self, Call};
use super::body::{self, Head};
use super::changes::is_name;
use super::faults::{Effect, lock};
use super::nodes::{Content, Node, md5_hex};
use super::replies::{Failure, Reply, request_id};
use super::signing::now_s;
use super::{State, strict};

/// “Each shard should be larger than 4 MB”, the last one excepted.
const LEAST_PART: u64 = 4_000_000;

/// Uploads that were begun, and what every file that came in consists of.
#[derive(Debug, Default)]
pub struct Uploads(Mutex<Desk>);

#[derive(Debug, Default)]
struct Desk {
    folder: Option<TempDir>,
    made: u64,
    pending: BTreeMap<String, Pending>,
    /// Files by their lists of hashes.
    known: BTreeMap<Vec<String>, (PathBuf, u64, String)>,
    taken: BTreeMap<(String, usize), u64>,
}

#[derive(Debug, Clone)]
struct Pending {
    path: String,
    block_list: Vec<String>,
    parts: BTreeMap<usize, Part>,
}

#[derive(Debug, Clone)]
struct Part {
    file: PathBuf,
    bytes: u64,
    md5: String,
}

impl Uploads {
    /// How often each part has arrived whole, by the path of its file and its number.
    pub fn taken(&self) -> BTreeMap<(String, usize), u64> {
        lock(&self.0).taken.clone()
    }

    fn new_file(&self) -> std::io::Result<PathBuf> {
        let mut desk = lock(&self.0);
        desk.made += 1;
        let name = desk.made.to_string();
        let folder = match &mut desk.folder {
            Some(folder) => folder,
            empty => empty.insert(tempfile::tempdir()?),
        };
        Ok(folder.path().join(name))
    }
}

fn block_list(call: &Call) -> Result<Vec<String>, Failure> {
    let wrong = || Failure::parameters("block_list");
    let list: Vec<String> =
        serde_json::from_str(call.params.need("block_list")?).map_err(|_| wrong())?;
    let is_md5 = |text: &String| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    list.iter().all(is_md5).then_some(list).ok_or_else(wrong)
}

fn new_path(call: &Call) -> Result<String, Failure> {
    let path = call.params.need("path")?;
    let name = path.rsplit('/').next().unwrap_or_default();
    if !path.starts_with('/') {
        return Err(Failure::parameters("path"));
    }
    if !is_name(name) {
        return Err(Failure(-7, "invalid file name".to_owned()));
    }
    Ok(path.to_owned())
}

pub async fn precreate(call: Call) -> Result<Reply, Failure> {
    let path = new_path(&call)?;
    if call.params.need("autoinit")? != "1" {
        return Err(Failure::parameters("autoinit"));
    }
    let list = block_list(&call)?;
    if list.is_empty() {
        return Err(Failure::parameters("block_list"));
    }
    let known = lock(&call.state.uploads.0).known.get(&list).cloned();
    if let Some((file, bytes, md5)) = known {
        let node = call.state.library.put(Node {
            md5,
            ..Node::new(
                &free_path(&call.state, &path),
                bytes,
                now_s(),
                Content::Disk(file),
            )
        });
        return Ok(Reply::Object(
            json!({"return_type": 2, "info": described(&node)}),
        ));
    }
    let mut desk = lock(&call.state.uploads.0);
    desk.made += 1;
    let stamp = format!("127.0.0.1:{}:{}", now_s(), desk.made);
    let uploadid = format!("N1-{}", data_encoding::BASE64.encode(stamp.as_bytes()));
    // An empty list stands for the first part.
    let missing: Vec<usize> = match list.len() {
        1 if call.state.options.loose => Vec::new(),
        count => (0..count).collect(),
    };
    let pending = Pending {
        path: path.clone(),
        block_list: list,
        parts: BTreeMap::new(),
    };
    desk.pending.insert(uploadid.clone(), pending);
    Ok(Reply::Object(json!({
        "path": path,
        "uploadid": uploadid,
        "return_type": 1,
        "block_list": missing,
    })))
}

/// The host that parts are sent to.
pub fn host(state: Arc<State>) -> Router {
    Router::new()
        .route(
            "/rest/2.0/pcs/superfile2",
            post(move |request| part(state, request)),
        )
        .layer(DefaultBodyLimit::disable())
}

/// A refusal of this host: a status, and `error_code` in its body.
struct Refusal(StatusCode, i64, String);

fn bad(code: i64, text: &str) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, code, text.to_owned())
}

async fn part(state: Arc<State>, request: Request) -> Response<Body> {
    let count = state.counters.route("superfile2");
    count.requests.fetch_add(1, Ordering::Relaxed);
    let address = request.uri().to_string();
    let subject = percent_decode_str(&address)
        .decode_utf8_lossy()
        .into_owned();
    let effect = state.faults.strike("superfile2", &subject);
    api::wait(&state, &effect).await;
    let answered = take(&state, request, &effect).await;
    let (head, body) = match answered {
        Ok(reply) => (
            Head::new(StatusCode::OK, "application/json"),
            reply.to_string(),
        ),
        Err(Refusal(status, code, text)) => (
            Head::new(status, "application/json"),
            json!({"error_code": code, "error_msg": text, "request_id": request_id()}).to_string(),
        ),
    };
    let effect = Effect {
        // The reply of a part that was cut does not come at all.
        cut_after_bytes: effect.cut_after_bytes.map(|_| 0),
        ..effect
    };
    body::answer(
        head,
        Bytes::from(body).into(),
        &effect,
        count,
        state.stopping.clone(),
    )
}

/// Takes a part, or refuses it; a refusal comes when the part has been heard to its end, since a sender who is
/// cut short does not hear why.
async fn take(state: &Arc<State>, request: Request, effect: &Effect) -> Result<Value, Refusal> {
    let (parts, body) = request.into_parts();
    let mut body = Some(Request::from_parts(parts.clone(), body));
    let taken = take_or_refuse(state, parts.uri, &mut body, effect).await;
    if let Some(unread) = body.filter(|_| taken.is_err()) {
        let mut pieces = unread.into_body().into_data_stream();
        while let Some(Ok(_)) = pieces.next().await {}
    }
    taken
}

async fn take_or_refuse(
    state: &Arc<State>,
    uri: axum::http::Uri,
    request: &mut Option<Request>,
    effect: &Effect,
) -> Result<Value, Refusal> {
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let get = |name: &str| {
        query
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    };
    if state.options.strict {
        let params = query
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()));
        strict::check("superfile2", params).map_err(|Failure(code, text)| bad(code, &text))?;
    }
    if let Some(status) = effect.status.or(effect.forbidden.then_some(403)) {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return Err(Refusal(
            status,
            effect.errno.unwrap_or(31021),
            String::new(),
        ));
    }
    if let Some(errno) = effect.errno {
        return Err(bad(errno, effect.errmsg.as_deref().unwrap_or_default()));
    }
    let (unknown, expired) = state.options.token_errnos;
    let token = get("access_tokens")
        .or(get("access_token"))
        .unwrap_or_default();
    let standing = match state.accounts.standing(token) {
        Standing::Alive { .. } if !effect.expired => Ok(()),
        Standing::Unknown => Err(unknown),
        _ => Err(expired),
    };
    standing.map_err(|code| Refusal(StatusCode::UNAUTHORIZED, code, "access_token".to_owned()))?;
    if (get("method"), get("app_id")) != (Some("upload"), Some("250528")) {
        return Err(bad(31023, "param error"));
    }
    let (Some(path), Some(uploadid), Some(number)) = (
        get("path"),
        get("uploadid"),
        get("partseq").and_then(|text| text.parse::<usize>().ok()),
    ) else {
        return Err(bad(31023, "param error"));
    };
    let pending = lock(&state.uploads.0).pending.get(uploadid).cloned();
    let pending = pending
        .filter(|pending| pending.path == path && number < pending.block_list.len())
        .ok_or_else(|| bad(31023, "uploadid, path or partseq"))?;
    let is_last = number + 1 == pending.block_list.len();
    let request = request.take().ok_or_else(|| bad(31021, ""))?;
    let mut part = receive(state, request, effect)
        .await
        .map_err(|text| bad(31021, &text))?;
    if !is_last && part.bytes <= LEAST_PART {
        return Err(bad(31299, "invalid superfile part size"));
    }
    if effect.wrong_md5 {
        part.md5 = md5_hex(&part.md5);
    }
    let reply = json!({
        "md5": part.md5,
        "partseq": if state.options.loose { json!(number.to_string()) } else { json!(number) },
        "request_id": request_id(),
        "uploadid": uploadid,
    });
    let mut desk = lock(&state.uploads.0);
    *desk.taken.entry((path.to_owned(), number)).or_default() += 1;
    if let Some(pending) = desk.pending.get_mut(uploadid) {
        pending.parts.insert(number, part);
    }
    Ok(reply)
}

/// Writes the field `file` of the form to the disk.
async fn receive(state: &Arc<State>, request: Request, effect: &Effect) -> Result<Part, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|error| told(&error))?;
    while let Some(mut field) = form.next_field().await.map_err(|error| told(&error))? {
        if field.name() != Some("file") {
            continue;
        }
        let path = state.uploads.new_file().map_err(|error| told(&error))?;
        let mut file = tokio::fs::File::create(&path)
            .await
            .map_err(|error| told(&error))?;
        let mut hasher = Md5::new();
        let mut bytes = 0;
        while let Some(piece) = field.chunk().await.map_err(|error| told(&error))? {
            hasher.update(&piece);
            bytes += piece.len() as u64;
            if effect.cut_after_bytes.is_some_and(|most| bytes > most) {
                drop(file);
                let _ = tokio::fs::remove_file(&path).await;
                return Err("cut by a fault".to_owned());
            }
            file.write_all(&piece).await.map_err(|error| told(&error))?;
        }
        file.flush().await.map_err(|error| told(&error))?;
        return Ok(Part {
            file: path,
            bytes,
            md5: HEXLOWER.encode(&hasher.finalize()),
        });
    }
    Err("no file".to_owned())
}

pub async fn create(call: Call) -> Result<Reply, Failure> {
    let path = new_path(&call)?;
    let rtype = call.params.number("rtype", 1)?;
    if !(0..=3).contains(&rtype) {
        return Err(Failure::parameters("rtype"));
    }
    let taken = call.state.library.stat(&path);
    if call.params.number("isdir", 0)? == 1 {
        let path = match taken {
            Some(_) if rtype == 0 => return Err(exists()),
            Some(_) => free_path(&call.state, &path),
            None => path,
        };
        let folder = Node::new(&path, 0, now_s(), Content::Folder);
        return Ok(Reply::Object(described(&call.state.library.put(folder))));
    }
    call.params.need("size")?;
    let size = call.params.number("size", 0)?;
    let uploadid = call.params.need("uploadid")?.to_owned();
    let list = block_list(&call)?;
    let pending = lock(&call.state.uploads.0).pending.get(&uploadid).cloned();
    let pending = pending
        .filter(|pending| pending.path == path)
        .ok_or_else(|| Failure::parameters("uploadid"))?;
    if call.state.options.strict && pending.block_list != list {
        return Err(Failure::parameters("block_list"));
    }
    let parts: Vec<Part> = pending.parts.into_values().collect();
    let whole: u64 = parts.iter().map(|part| part.bytes).sum();
    let md5s: Vec<&String> = parts.iter().map(|part| &part.md5).collect();
    if md5s != list.iter().collect::<Vec<_>>() || u64::try_from(size) != Ok(whole) {
        return Err(Failure(10, "create super file failed".to_owned()));
    }
    if whole > call.state.plan.largest_file() {
        return Err(Failure(58, String::new()));
    }
    if call.state.used_bytes() + whole > call.state.plan.total() {
        return Err(Failure(-10, "no space".to_owned()));
    }
    let same = |node: &Node| node.size_bytes == whole && node.md5 == whole_md5(&list);
    let path = match (rtype, taken) {
        (0, Some(_)) => return Err(exists()),
        (1, Some(_)) => free_path(&call.state, &path),
        (2, Some(there)) if !same(&there) => free_path(&call.state, &path),
        (3, Some(there)) if there.is_folder() => return Err(exists()),
        _ => path,
    };
    let file = joined(&parts)
        .await
        .map_err(|error| Failure(31355, error.to_string()))?;
    let md5 = whole_md5(&list);
    {
        let mut desk = lock(&call.state.uploads.0);
        desk.pending.remove(&uploadid);
        desk.known.insert(list, (file.clone(), whole, md5.clone()));
    }
    let node = call.state.library.put(Node {
        md5,
        ..Node::new(&path, whole, now_s(), Content::Disk(file))
    });
    Ok(Reply::Object(described(&node)))
}

fn exists() -> Failure {
    Failure(-8, "file already exists".to_owned())
}

/// All parts as one file: the first one, with the others behind it.
async fn joined(parts: &[Part]) -> std::io::Result<PathBuf> {
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
        .unwrap_or_else(|_| Err(std::io::Error::other("cut short")))
}

fn append(whole: &mut std::fs::File, part: &Path) -> std::io::Result<()> {
    std::io::copy(&mut std::fs::File::open(part)?, whole)?;
    std::fs::remove_file(part)
}

/// The MD5 of a file: its own where it came in one part, else that of the list of its parts' MD5s.
fn whole_md5(list: &[String]) -> String {
    match list {
        [only] => only.clone(),
        several => md5_hex(&json!(several).to_string()),
    }
}

/// The path, or one beside it where something is there: `name_20231215_173800.mp4`.
fn free_path(state: &State, path: &str) -> String {
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

fn described(node: &Node) -> Value {
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

/// How `create` spells an MD5: the eights swapped in pairs, each digit XORed with its index, the tenth beyond `f`.
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
