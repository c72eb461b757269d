//! The calls about the account and its files: user, quota, list, filemetas, search, download (sections 3.2 to 3.4).

use std::cmp::Ordering;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::call::{ApiCall, USER_ID};
use super::nodes::Node;
use super::replies::{ApiError, ApiReply};
use super::signing::now_s;
use super::{items, urls};

/// Greatest number of files in one call; more is errno 3.
const MAX_TARGETS: usize = 100;
const MAX_LIST_ITEMS: i64 = 20_000;
const MAX_SEARCH_ITEMS: i64 = 10_000;

/// The user of the account (section 3.2.1).
pub async fn user(call: ApiCall) -> Result<ApiReply, ApiError> {
    Ok(ApiReply::Object(json!({
        "avatar_url": format!("http://{}/_sandbox/avatar.jpg", call.state.hosts.api),
        "errmsg": "",
        "server_time": now_s(),
        "uk": USER_ID,
        "uname": "Sandbox",
        "use_type": call.state.plan.use_type(),
        "user_type": 1,
        "vip_type": call.state.plan.vip_type(),
    })))
}

/// Activates sharing (section 3.2.2).
pub async fn active(call: ApiCall) -> Result<ApiReply, ApiError> {
    call.state.plan.activate();
    Ok(ApiReply::Object(
        json!({"newno": "", "order_id": "77736131208677901", "server_time": now_s(), "show_msg": ""}),
    ))
}

/// Storage in bytes. In loose mode, `free` equals `total`, as clients reported.
pub async fn quota(call: ApiCall) -> Result<ApiReply, ApiError> {
    let (total, used) = (call.state.plan.total(), call.state.used_bytes());
    let mut reply = json!({"total": total, "used": used});
    if call.state.options.loose {
        reply["free"] = json!(total);
    }
    Ok(ApiReply::Object(reply))
}

/// The entries of a folder, by page.
pub async fn list(call: ApiCall) -> Result<ApiReply, ApiError> {
    let params = &call.params;
    let dir = params.need("dir")?;
    if !dir.starts_with('/') {
        return Err(ApiError::parameters("dir"));
    }
    // The page number is `path` in the document's table and `page` in its example.
    let page = match params.get("page") {
        Some(_) => params.number("page", 1)?,
        None => params.need("path").and_then(|_| params.number("path", 1))?,
    };
    params.need("num")?;
    let num = params.number("num", 0)?;
    if page < 1 || !(1..=MAX_LIST_ITEMS).contains(&num) {
        return Err(ApiError::parameters("page, num"));
    }
    let order = params.get("order").unwrap_or("name");
    let descending = params.number("desc", 0)? == 1;
    let thumbs = params.number("web", 0)? == 1;
    let mut nodes = call.state.library.children(dir).ok_or_else(missing)?;
    sort(&mut nodes, order, descending)?;
    let start = ((page - 1) * num) as usize;
    let listed: Vec<Value> = nodes
        .iter()
        .skip(start)
        .take(num as usize)
        .map(|node| {
            let mut item = items::listed(&call, node);
            if let Some(thumbs) = thumbs
                .then(|| urls::thumbnails(&call.state, node))
                .flatten()
            {
                item["thumbs"] = thumbs;
            }
            item
        })
        .collect();
    let key = if call.state.options.info_key || call.effect.info_key {
        "info"
    } else {
        "list"
    };
    Ok(ApiReply::Object(
        json!({"guid_info": "", key: listed, "guid": 0}),
    ))
}

/// Sorts entries by `name`, `time` or `size`, folders always first.
///
/// # Errors
/// errno 2 for another order.
pub fn sort(nodes: &mut [Node], order: &str, descending: bool) -> Result<(), ApiError> {
    let by_name = |a: &Node, b: &Node| {
        a.name()
            .to_lowercase()
            .cmp(&b.name().to_lowercase())
            .then_with(|| a.path.cmp(&b.path))
    };
    let key: fn(&Node) -> i64 = match order {
        "name" => |_| 0,
        "time" => |node| node.modified_s,
        "size" => |node| node.size_bytes as i64,
        _ => return Err(ApiError::parameters("order")),
    };
    nodes.sort_by(|a, b| {
        let within = key(a).cmp(&key(b)).then_with(|| by_name(a, b));
        let within = if descending { within.reverse() } else { within };
        match b.is_folder().cmp(&a.is_folder()) {
            Ordering::Equal => within,
            folders_first => folders_first,
        }
    });
    Ok(())
}

fn missing() -> ApiError {
    ApiError(-9, "file does not exist".to_owned())
}

/// Details of files, and their download links if `dlink` is 1.
pub async fn metas(call: ApiCall) -> Result<ApiReply, ApiError> {
    let paths: Vec<String> = serde_json::from_str(call.params.need("target")?)
        .map_err(|_| ApiError::parameters("target"))?;
    let with_dlink = call.params.number("dlink", 0)? == 1;
    if paths.is_empty() {
        return Err(ApiError::parameters("target"));
    }
    if paths.len() > MAX_TARGETS {
        return Err(ApiError(3, "too many files".to_owned()));
    }
    let mut all_found = true;
    let mut info = Vec::new();
    for path in paths {
        match call.state.library.stat(&decoded_target(&path)) {
            Some(node) => info.push(items::described(&call, &node, with_dlink).await),
            None => {
                all_found = false;
                info.push(json!({"errno": -9, "path": path}));
            }
        }
    }
    Ok(ApiReply::Object(
        json!({"errno": if all_found { 0 } else { 12 }, "info": info}),
    ))
}

/// Decodes a target: the document requires encoded slashes inside the JSON, clients send plain paths too.
fn decoded_target(path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// Files whose name contains a text.
pub async fn search(call: ApiCall) -> Result<ApiReply, ApiError> {
    let params = &call.params;
    let key = params.need("key")?.to_lowercase();
    params.need("recursion")?;
    if params.number("recursion", 1)? != 1 {
        return Err(ApiError::parameters("recursion"));
    }
    let (page, num) = (params.number("page", 1)?, params.number("num", 100)?);
    if page < 1 || !(1..=MAX_SEARCH_ITEMS).contains(&num) {
        return Err(ApiError::parameters("page, num"));
    }
    let mut found = call.state.library.below(params.get("dir").unwrap_or("/"));
    found.retain(|node| node.name().to_lowercase().contains(&key));
    let order = if params.get("order").is_some() {
        "time"
    } else {
        "name"
    };
    sort(&mut found, order, params.number("desc", 0)? == 1)?;
    let start = ((page - 1) * num) as usize;
    let more = found.len() > start.saturating_add(num as usize);
    let list: Vec<Value> = found
        .iter()
        .skip(start)
        .take(num as usize)
        .map(items::found)
        .collect();
    Ok(ApiReply::Escaped(
        json!({"list": list, "has_more": u8::from(more)}),
    ))
}

/// Download links by file id.
pub async fn download(call: ApiCall) -> Result<ApiReply, ApiError> {
    if call.params.need("type")? != "dlink" {
        return Err(ApiError::parameters("type"));
    }
    let ids: Vec<Value> = serde_json::from_str(call.params.need("fidlist")?)
        .map_err(|_| ApiError::parameters("fidlist"))?;
    let mut links = Vec::new();
    for id in &ids {
        let id = id
            .as_u64()
            .or_else(|| id.as_str()?.parse().ok())
            .ok_or_else(|| ApiError::parameters("fidlist"))?;
        let Some(node) = call.state.library.find(id).filter(|node| !node.is_folder()) else {
            continue;
        };
        let link = urls::download(&call.state, &node, call.state.options.download_life);
        links.push(json!({"fs_id": id.to_string(), "dlink": link}));
    }
    if links.is_empty() {
        return Err(missing());
    }
    if call.effect.empty_dlink {
        links.clear();
    }
    Ok(ApiReply::Escaped(json!({"dlink": links})))
}

#[cfg(test)]
mod tests {
    use super::super::nodes::Content;
    use super::*;

    #[test]
    fn folders_come_first_whichever_way_the_rest_is_ordered() {
        let node = |path: &str, size, time, content| Node::new(path, size, time, content);
        let file = || Content::Bytes(bytes::Bytes::new());
        let nodes = vec![
            node("/Episode 10.mp4", 5, 1, file()),
            node("/episode 2.mp4", 7, 3, file()),
            node("/zoo", 0, 2, Content::Folder),
            node("/Bar", 0, 9, Content::Folder),
        ];
        for (order, descending, expected) in [
            (
                "name",
                false,
                ["/Bar", "/zoo", "/Episode 10.mp4", "/episode 2.mp4"],
            ),
            (
                "name",
                true,
                ["/zoo", "/Bar", "/episode 2.mp4", "/Episode 10.mp4"],
            ),
            (
                "time",
                false,
                ["/zoo", "/Bar", "/Episode 10.mp4", "/episode 2.mp4"],
            ),
            (
                "size",
                true,
                ["/zoo", "/Bar", "/episode 2.mp4", "/Episode 10.mp4"],
            ),
        ] {
            let mut nodes = nodes.clone();
            sort(&mut nodes, order, descending).unwrap();
            assert_eq!(
                nodes.iter().map(|n| n.path.as_str()).collect::<Vec<_>>(),
                expected,
                "{order} {descending}"
            );
        }
        assert!(sort(&mut [], "colour", false).is_err());
    }

    #[test]
    fn targets_may_be_encoded_once_more() {
        for (target, path) in [
            ("%2FFrom%3A%20Other%2Fa%25b.mp4", "/From: Other/a%b.mp4"),
            ("/100%25.mp4", "/100%25.mp4"),
            ("%2fa.mp4", "/a.mp4"),
        ] {
            assert_eq!(decoded_target(target), path);
        }
    }
}
