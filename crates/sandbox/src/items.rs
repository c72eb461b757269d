//! The JSON of a file: as an item of a listing, of filemetas, of a search.

use serde_json::{Value, json};

use super::call::{ApiCall, USER_ID};
use super::nodes::{Details, Node};
use super::signing::encode;
use super::urls;

/// Returns an item of a listing.
pub fn listed(call: &ApiCall, node: &Node) -> Value {
    let time = node.modified_s;
    let mut item = json!({
        "tkbind_id": 0,
        "server_filename": node.name(),
        "category": node.category,
        "real_category": "",
        "fs_id": node.fs_id,
        "owner_type": 0,
        "oper_id": 0,
        "server_ctime": time,
        "play_forbid": 0,
        "wpfile": 0,
        "local_mtime": time,
        "size": node.size_bytes,
        "isdir": u8::from(node.is_folder()),
        "extent_tinyint7": 0,
        "share": 0,
        "pl": 0,
        "from_type": u8::from(!node.is_folder()),
        "local_ctime": time,
        "path": node.path,
        "server_mtime": time,
        "server_atime": 0,
        "owner_id": 0,
        "unlist": 0,
    });
    if node.is_folder() {
        let empty = call
            .state
            .library
            .children(&node.path)
            .is_none_or(|c| c.is_empty());
        item["dir_empty"] = json!(u8::from(empty));
        item["empty"] = json!(0);
    } else {
        item["md5"] = json!(node.md5);
    }
    item
}

/// Returns an item of filemetas, with a download link if `with_dlink`. Links of `origin=dlna` need no session.
pub async fn described(call: &ApiCall, node: &Node, with_dlink: bool) -> Value {
    let mut item = listed(call, node);
    let more = json!({
        "errno": 0,
        "bitmap": "0",
        "filename": node.name(),
        "file_key": format!("C-{}", node.md5),
        "id": (node.fs_id % 10_000_000).to_string(),
        "path_md5": 0,
        "privacy": 0,
        "src_location": "tky",
        "use_segment": 1,
        "videotag": 0,
        "upload_type": 2,
        "file_size": node.size_bytes.to_string(),
    });
    if let (Some(item), Value::Object(more)) = (item.as_object_mut(), more) {
        item.extend(more);
    }
    if let Some(details) = call.state.library.details(node).await {
        add_details(&mut item, &details);
    }
    if let Some(thumbs) = urls::thumbnails(&call.state, node) {
        item["thumbs"] = thumbs;
    }
    if with_dlink && !node.is_folder() {
        item["dlink"] = json!(dlink(call, node));
    }
    item
}

fn add_details(item: &mut Value, details: &Details) {
    item["duration"] = json!(details.duration_s.round() as u64);
    item["channels"] = json!(details.channels);
    item["sample_rate"] = json!(details.sample_rate);
    item["rotate"] = json!(details.rotate);
    if details.height == 0 {
        return;
    }
    item["width"] = json!(details.width);
    item["height"] = json!(details.height);
    item["resolution"] = json!(format!("width:{},height:{}", details.width, details.height));
    item["frame_rate"] = json!(details.frame_rate);
    // JSON in a text (section 3.4.7).
    let extra = json!({
        "audio_codec_name": details.audio_codec,
        "format_name": details.format_name,
        "audio_bitrate": details.audio_bitrate,
        "video_codec_name": details.video_codec,
        "pix_fmt": details.pixel_format,
        "video_bitrate": details.video_bitrate,
        "video_duration": (details.duration_s * 1000.0).round() as u64,
    });
    item["extra_info"] = json!(extra.to_string());
}

fn dlink(call: &ApiCall, node: &Node) -> String {
    if call.effect.empty_dlink {
        return String::new();
    }
    let origin = call.params.get("origin").filter(|origin| *origin == "dlna");
    let link = urls::download_from(&call.state, node, call.state.options.url_life, origin);
    if call.state.options.encoded_dlinks || call.effect.encoded_dlink {
        encode(&link)
    } else {
        link
    }
}

/// Returns an item of a search.
pub fn found(node: &Node) -> Value {
    let time = node.modified_s;
    let mut item = json!({
        "category": node.category,
        "delete_type": 0,
        "extent_tinyint1": 0,
        "fs_id": node.fs_id,
        "isdir": u8::from(node.is_folder()),
        "local_ctime": time,
        "local_mtime": time,
        "oper_id": USER_ID,
        "owner_id": 0,
        "path": node.path,
        "server_ctime": time,
        "server_filename": node.name(),
        "server_mtime": time,
        "share": 0,
        "size": node.size_bytes,
        "wpfile": 0,
    });
    if !node.is_folder() {
        item["md5"] = json!(node.md5);
    }
    item
}
