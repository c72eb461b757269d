//! The calls of the Open Platform about shares (section 3.5), with the types of each: `shorturlinfo` writes numbers as
//! texts, `share/list` as numbers.

use axum::http::header;
use serde_json::{Value, json};

use super::call::ApiCall;
use super::files;
use super::nodes::{Node, Quality};
use super::replies::{ApiError, ApiReply};
use super::shares::{ShareCondition, ShareError, ShareStatus};
use super::signing::{encode, now_s};
use super::{streaming, urls};

/// Creation time of all shares without an end, in seconds since the epoch.
const SHARED_AT_S: i64 = 1_697_461_920;
const MAX_PAGE_ITEMS: i64 = 20_000;

impl From<ShareError> for ApiError {
    fn from(error: ShareError) -> Self {
        let (errno, text) = match error {
            // Clients reported different numbers for unknown, expired and revoked links (field notes, section 5).
            ShareError::Unknown => (105, "share link error"),
            ShareError::Over(ShareCondition::Expired) => (130, "share expired"),
            ShareError::Over(_) => (115, "the share has been cancelled"),
            ShareError::Locked => (-9, ""),
            ShareError::WrongPassword => (-12, ""),
            ShareError::Captcha => (-62, "need vcode"),
        };
        ApiError(errno, text.to_owned())
    }
}

fn by_id(call: &ApiCall) -> Result<ShareStatus, ApiError> {
    let params = &call.params;
    let (share, owner) = (
        params.need("shareid")?,
        params.get("uk").or(params.get("from")),
    );
    let number = |text: &str| {
        text.parse()
            .map_err(|_| ApiError::parameters("shareid, uk"))
    };
    let owner = owner.ok_or_else(|| ApiError::parameters("uk"))?;
    let shares = &call.state.shares;
    Ok(shares.by_id(number(share)?, number(owner)?, params.get("sekey"))?)
}

/// Returns a file of the share, by its id.
fn shared_file(call: &ApiCall, share: &ShareStatus, id: &str) -> Result<Node, ApiError> {
    let missing = || ApiError(-9, "file does not exist".to_owned());
    let id: u64 = id.parse().map_err(|_| ApiError::parameters("fid"))?;
    let node = call.state.shares.library.find(id).ok_or_else(missing)?;
    share.holds(&node.path).then_some(node).ok_or_else(missing)
}

/// The share of a link.
pub async fn info(call: ApiCall) -> Result<ApiReply, ApiError> {
    let params = &call.params;
    let short = params.need("shorturl")?;
    params.need("root")?;
    // The service requires a verification if the leading 1 is missing.
    let Some(surl) = short.strip_prefix('1') else {
        return Err(ApiError(400_210, "need verify_v2".to_owned()));
    };
    let share = call.state.shares.by_surl(surl, params.get("spd"))?;
    let list: Vec<Value> = nodes_of(&call, &share)
        .iter()
        .map(|node| as_texts(described(&call, node)))
        .collect();
    Ok(ApiReply::Escaped(json!({
        "shareid": share.share_id,
        "uk": share.owner_id,
        "uk_str": share.owner_id.to_string(),
        "dir": "",
        "type": 0,
        "page": 1,
        "root": 1,
        "purchase_forbid_status": 0,
        "head_url": format!("http://{}/_sandbox/avatar.jpg", call.state.hosts.api),
        "share_username": "4k***eo",
        "title": share.roots.first(),
        "randsk": if share.password.is_none() { encode(&share.key()) } else { String::new() },
        "country": "JP",
        "sign": "44674aaf4334be4317ecbde94f60a3945dbe5d41",
        "timestamp": now_s(),
        // A share with an end is created now, so that its end is in the future.
        "ctime": if share.period_days > 0 { now_s() } else { SHARED_AT_S },
        "expiredtype": share.period_days,
        "fcount": share.roots.len(),
        "vipType": 0,
        "list": list,
    })))
}

/// Exchanges a password for the key: plain in the body, percent-encoded in the cookie.
pub async fn verify(call: ApiCall) -> Result<ApiReply, ApiError> {
    let surl = call.params.need("surl")?;
    let key = call.state.shares.verify(surl, call.params.need("pwd")?)?;
    let cookie = format!("BOXCLND={}; path=/; HttpOnly", encode(&key));
    Ok(ApiReply::WithHeaders(
        vec![(header::SET_COOKIE, cookie)],
        json!({"randsk": key, "show_msg": "Request Success"}),
    ))
}

/// The entries of a folder of a share, by page.
pub async fn list(call: ApiCall) -> Result<ApiReply, ApiError> {
    let params = &call.params;
    params.need("page")?;
    params.need("num")?;
    let (page, num) = (params.number("page", 1)?, params.number("num", 0)?);
    if page < 1 || !(1..=MAX_PAGE_ITEMS).contains(&num) {
        return Err(ApiError::parameters("page, num"));
    }
    let key = params.get("sekey");
    let share = call.state.shares.by_surl(params.need("shorturl")?, key)?;
    let by = params.get("by").unwrap_or("name");
    let descending = params.get("order").unwrap_or("desc") == "desc";
    let is_root = params.number("root", 0)? == 1;
    let mut nodes = match params.get("dir").filter(|_| !is_root) {
        None => nodes_of(&call, &share),
        Some(dir) => {
            let children = call.state.shares.library.children(dir);
            let children = children.filter(|_| share.holds(dir.trim_end_matches('/')));
            children.ok_or_else(|| ApiError(-9, "file does not exist".to_owned()))?
        }
    };
    files::sort(&mut nodes, by, descending)?;
    let page = match is_root {
        // The root is returned whole, whatever page is requested.
        true => nodes.as_slice(),
        false => {
            let start = ((page - 1).saturating_mul(num) as usize).min(nodes.len());
            &nodes[start..nodes.len().min(start + num as usize)]
        }
    };
    let list: Vec<Value> = page
        .iter()
        .enumerate()
        .map(|(n, node)| {
            let mut item = described(&call, node);
            // An object for every second item, else a text with JSON.
            if n % 2 == 1 && item["thumbs"].is_object() {
                item["thumbs"] = json!(item["thumbs"].to_string());
            }
            item
        })
        .collect();
    Ok(ApiReply::Object(json!({
        "cfrom_id": 0,
        "list": list,
        "newno": "",
        "server_time": now_s(),
        "share_id": share.share_id,
        "show_msg": "",
        "uk": share.owner_id,
    })))
}

/// Length and picture size of a shared file.
pub async fn mediameta(call: ApiCall) -> Result<ApiReply, ApiError> {
    let share = by_id(&call)?;
    call.params.need("clienttype")?;
    let node = shared_file(&call, &share, call.params.need("fid")?)?;
    let details = call.state.shares.library.details(&node).await;
    let details = details.ok_or_else(|| ApiError(31066, "no media".to_owned()))?;
    Ok(ApiReply::Object(json!({
        "duration": details.duration_s.round() as u64,
        "height": details.height,
        "width": details.width,
        "rotate": 0,
        "newno": "",
        "show_msg": "",
    })))
}

/// The media playlist of one quality of a shared file.
pub async fn playlist(mut call: ApiCall) -> Result<ApiReply, ApiError> {
    let share = by_id(&call)?;
    let params = &call.params;
    if params.need("channel")? != "dubox" || params.need("clienttype")? != "0" {
        return Err(ApiError::parameters("channel, clienttype"));
    }
    let kind = params.need("type")?;
    let rung = Quality::from_type(kind).ok_or_else(|| ApiError::parameters("type"))?;
    let node = shared_file(&call, &share, params.need("fid")?)?;
    if !call
        .state
        .shares
        .is_made(&share, &format!("{} {kind}", node.fs_id))
    {
        return Err(ApiError(
            31341,
            "be transcoding, please wait and retry".to_owned(),
        ));
    }
    if share.preview && call.effect.preview.is_none() {
        call.effect.preview = Some(3);
    }
    streaming::media_playlist(&call, &node, rung).await
}

/// Download links of shared files.
pub async fn download(call: ApiCall) -> Result<ApiReply, ApiError> {
    let share = by_id(&call)?;
    let ids: Vec<Value> = serde_json::from_str(call.params.need("fid_list")?)
        .map_err(|_| ApiError::parameters("fid_list"))?;
    let mut list = Vec::new();
    for id in &ids {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let node = shared_file(&call, &share, &id)?;
        let mut item = as_texts(described(&call, &node));
        let is_given = !call.effect.empty_dlink && !share.preview;
        item["dlink"] = match is_given {
            true => json!(urls::download(
                &call.state,
                &node,
                call.state.options.url_life
            )),
            false => json!(""),
        };
        list.push(item);
    }
    Ok(ApiReply::Object(json!({
        "shareid": share.share_id,
        "uk": share.owner_id,
        "uk_str": share.owner_id.to_string(),
        "dir": "",
        "type": 0,
        "prod_type": "share",
        "share_username": "4k***eo",
        "randsk": encode(&share.key()),
        "sign": "b35e1d5490e292f1387b0c5ecfa7e6c94fa6c706",
        "timestamp": now_s(),
        "expiredtype": share.period_days,
        "fcount": list.len(),
        "list": list,
    })))
}

/// Copies files into the account, at once (`async` 0, and 1 for up to two files) or in a task.
pub async fn transfer(call: ApiCall) -> Result<ApiReply, ApiError> {
    let share = by_id(&call)?;
    let params = &call.params;
    let mode = params.number("async", 0)?;
    let new_copy = params.get("ondup") == Some("newcopy");
    let ids: Vec<Value> = match params.get("fsidlist") {
        Some(list) => serde_json::from_str(list).map_err(|_| ApiError::parameters("fsidlist"))?,
        None => return Err(ApiError::parameters("fsidlist")),
    };
    let folder = params.get("path").unwrap_or("/").trim_end_matches('/');
    let library = &call.state.library;
    let is_folder = folder.is_empty() || library.stat(folder).is_some_and(|node| node.is_folder());
    if !is_folder {
        return Err(ApiError(2, "the folder does not exist".to_owned()));
    }
    let (mut info, mut copies, mut refused) = (Vec::new(), Vec::new(), 0);
    for id in &ids {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let node = shared_file(&call, &share, &id)?;
        let wanted = format!("{folder}/{}", node.name());
        let free = match library.stat(&wanted) {
            None => Some(wanted),
            Some(_) if new_copy => another_name(&call, &wanted),
            Some(_) => None,
        };
        let errno = match &free {
            Some(path) => {
                call.state.shares.copy(&node, library, path);
                let there = library.stat(path);
                let meta = there.map(|node| as_texts(described(&call, &node)));
                copies.push(json!({
                    "from": node.path, "from_fs_id": node.fs_id, "to": path,
                    "to_fs_id": meta.as_ref().map(|meta| meta["fs_id"].clone()), "meta": meta,
                }));
                0
            }
            None => {
                refused += 1;
                4
            }
        };
        info.push(
            json!({"errno": errno, "fsid": id, "path": node.path, "hasVideo": 1, "haszip": 0}),
        );
    }
    let mut outcome = json!({
        "errno": if refused > 0 { 12 } else { 0 },
        "extra": {"list": copies},
        "info": info,
        "newno": "",
        "quantity_limit": 20,
        "show_msg": "",
        "task_id": 0,
    });
    if mode == 2 || mode == 1 && ids.len() > 2 {
        outcome["status"] = json!("success");
        outcome["task_errno"] = outcome["errno"].take();
        outcome["errno"] = json!(0);
        let task = call.state.shares.begin_task(outcome);
        return Ok(ApiReply::Object(json!({
            "errno": 0, "extra": {"list": []}, "info": [], "task_id": task, "newno": "", "show_msg": "",
        })));
    }
    Ok(ApiReply::Object(outcome))
}

/// The progress of a transfer: `running` for the first poll, then its outcome. The same call polls the tasks of
/// `filemanager`.
pub async fn task(call: ApiCall) -> Result<ApiReply, ApiError> {
    let id = call.params.need("taskid")?;
    let id = id.parse().map_err(|_| ApiError::parameters("taskid"))?;
    match call.state.shares.task(id) {
        None => super::changes::task(call).await,
        Some(None) => Ok(ApiReply::Object(
            json!({"status": "running", "progress": 50, "task_errno": 0}),
        )),
        Some(Some(outcome)) => Ok(ApiReply::Object(outcome)),
    }
}

fn another_name(call: &ApiCall, path: &str) -> Option<String> {
    let (stem, extension) = path.rsplit_once('.').unwrap_or((path, ""));
    (1..100)
        .map(|n| format!("{stem}({n}).{extension}"))
        .find(|path| call.state.library.stat(path).is_none())
}

fn nodes_of(call: &ApiCall, share: &ShareStatus) -> Vec<Node> {
    let found = share
        .roots
        .iter()
        .map(|root| call.state.shares.library.stat(root));
    found.flatten().collect()
}

/// Returns an item of `share/list`.
fn described(call: &ApiCall, node: &Node) -> Value {
    let time = node.modified_s;
    let mut item = json!({
        "category": node.category,
        "fs_id": node.fs_id,
        "isdir": u8::from(node.is_folder()),
        "local_ctime": time,
        "local_mtime": time,
        "path": node.path,
        "play_forbid": 0,
        "server_ctime": time,
        "server_filename": node.name(),
        "server_mtime": time,
        "size": node.size_bytes,
    });
    if !node.is_folder() {
        item["md5"] = json!(node.md5);
        item["emd5"] = json!(node.md5);
    }
    if let Some(thumbs) = urls::thumbnails(&call.state, node) {
        item["thumbs"] = thumbs;
    }
    item
}

/// Replaces each number of an item by a text.
fn as_texts(mut item: Value) -> Value {
    if let Some(fields) = item.as_object_mut() {
        for value in fields.values_mut() {
            if let Value::Number(number) = value {
                *value = json!(number.to_string());
            }
        }
    }
    item
}
