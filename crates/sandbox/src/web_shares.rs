//! The website's calls about shares: those that the account creates (sharing document) and those of other users that
//! it opens (field notes, section 5).
//!
//! The key of a share comes as the cookie `BOXCLND`, percent-encoded. `shorturlinfo` without the cookie `browserid` is
//! 400210. A share's playlist requires `sign` and `timestamp` of `shorturlinfo`. Numbers in lists are texts.

use serde_json::{Value, json};

use super::call::ApiCall;
use super::own_shares::OwnedLink;
use super::params::Params;
use super::replies::{ApiError, ApiReply};
use super::signing::{encode, now_s};
use super::web_auth::{RequiredToken, admit};
use super::{shares_calls, urls};

const SIGN: &str = "44674aaf4334be4317ecbde94f60a3945dbe5d41";
/// Lifetime of a share's `sign`, in seconds.
const SIGN_TTL_S: i64 = 3600;

/// Creates a link to files of the account.
pub async fn create(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::JsToken)? {
        return Ok(reply);
    }
    let wrong = |name: &'static str| move || ApiError::parameters(name);
    let ids: Vec<Value> = serde_json::from_str(call.params.need("fid_list")?)
        .map_err(|_| ApiError::parameters("fid_list"))?;
    let mut fs_ids = Vec::new();
    let mut paths = Vec::new();
    for id in &ids {
        let id = id
            .as_u64()
            .or_else(|| id.as_str()?.parse().ok())
            .ok_or_else(wrong("fid_list"))?;
        let node = call.state.library.find(id);
        let node = node.ok_or_else(|| ApiError(-9, "file does not exist".to_owned()))?;
        fs_ids.push(id);
        paths.push(node.path);
    }
    if fs_ids.is_empty() || call.params.need("schannel")? != "0" {
        return Err(ApiError::parameters("fid_list, schannel"));
    }
    call.params.need("channel_list")?;
    let period = call.params.number("period", -1)?;
    if ![0, 1, 7, 30].contains(&period) {
        return Err(ApiError::parameters("period"));
    }
    let password = match call.params.need("public")? {
        "1" => None,
        "0" => {
            let password = call.params.need("pwd")?;
            let is_one = password.len() == 4
                && password
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
            Some(
                is_one
                    .then(|| password.to_owned())
                    .ok_or_else(wrong("pwd"))?,
            )
        }
        _ => return Err(ApiError::parameters("public")),
    };
    let share = call
        .state
        .own_shares
        .create(fs_ids, paths, password, period);
    let mut reply = json!({"shorturl": share.shorturl});
    // The document has no more fields.
    if !call.state.options.strict {
        reply["shareid"] = json!(share.id);
        reply["ctime"] = json!(share.created_s);
        reply["link"] = json!(format!(
            "http://{}/s/{}",
            call.state.hosts.api, share.shorturl
        ));
    }
    Ok(ApiReply::Object(reply))
}

/// The links of the account, by page.
pub async fn list_own(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::JsToken)? {
        return Ok(reply);
    }
    let (page, size) = (
        call.params.number("page", 1)?,
        call.params.number("page_size", 100)?,
    );
    if page < 1 || !(1..=100).contains(&size) {
        return Err(ApiError::parameters("page, page_size"));
    }
    let shares = call.state.own_shares.all();
    let described = |share: &OwnedLink| {
        let mut item = json!({"share_id": share.id, "shorturl": share.shorturl});
        if !call.state.options.strict {
            let left_s = share.left_s();
            item["ctime"] = json!(share.created_s);
            item["fs_ids"] = json!(share.fs_ids);
            item["typical_path"] = json!(share.paths.first());
            item["public"] = json!(u8::from(share.password.is_none()));
            item["passwd"] = json!(share.password.as_deref().unwrap_or("0"));
            item["expired_type"] = json!(match left_s {
                None => 0,
                Some(left_s) if left_s <= 0 => -1,
                Some(_) => 1,
            });
            item["expired_time"] = json!(left_s.unwrap_or(0).max(0));
            item["status"] = json!(0);
        }
        item
    };
    let list: Vec<Value> = shares
        .iter()
        .skip(((page - 1) * size) as usize)
        .take(size as usize)
        .map(described)
        .collect();
    Ok(ApiReply::Object(
        json!({"data": {"share_list": list, "total": shares.len()}}),
    ))
}

/// Revokes links by their ids.
pub async fn cancel(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Bdstoken)? {
        return Ok(reply);
    }
    let ids: Vec<u64> = serde_json::from_str(call.params.need("shareid_list")?)
        .map_err(|_| ApiError::parameters("shareid_list"))?;
    let mut missing = false;
    for id in ids {
        missing |= !call.state.own_shares.cancel(id);
    }
    match missing {
        true => Err(ApiError(-9, "share does not exist".to_owned())),
        false => Ok(ApiReply::Object(json!({}))),
    }
}

/// Returns the share's key of the cookie `BOXCLND`, `None` without that cookie.
fn key_of(call: &ApiCall) -> Option<String> {
    let pairs = call.cookie.split(';').map(str::trim);
    let key = pairs
        .filter_map(|pair| pair.strip_prefix("BOXCLND="))
        .next()?;
    Some(
        percent_encoding::percent_decode_str(key)
            .decode_utf8_lossy()
            .into_owned(),
    )
}

/// Returns the call with the key as the parameter `name`, where the Open Platform's calls read it.
fn unlocked(mut call: ApiCall, name: &str) -> ApiCall {
    let key = key_of(&call);
    call.params = Params::of(
        call.params
            .all()
            .filter(|(known, _)| *known != name)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain(key.map(|key| (name.to_owned(), key))),
    );
    call
}

/// The share of a link.
pub async fn info(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Required)? {
        return Ok(reply);
    }
    if !call.cookie.contains("browserid=") {
        return Err(ApiError(400_210, "need verify_v2".to_owned()));
    }
    shares_calls::info(unlocked(call, "spd")).await
}

/// Exchanges a password for the share's key.
pub async fn verify(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Required)? {
        return Ok(reply);
    }
    // The key in the body is percent-encoded, as in the cookie.
    match shares_calls::verify(call).await? {
        ApiReply::WithHeaders(headers, mut object) => {
            object["randsk"] = json!(encode(object["randsk"].as_str().unwrap_or_default()));
            Ok(ApiReply::WithHeaders(headers, object))
        }
        other => Ok(other),
    }
}

/// The entries of a folder of a share, with download links.
pub async fn list(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Required)? {
        return Ok(reply);
    }
    let call = unlocked(call, "sekey");
    let (state, params) = (call.state.clone(), call.params.clone());
    let empty = call.effect.empty_dlink;
    let ApiReply::Object(mut listed) = shares_calls::list(call).await? else {
        return Err(ApiError(1, String::new()));
    };
    let share = state
        .shares
        .by_surl(params.need("shorturl")?, params.get("sekey"))?;
    let items = listed["list"].as_array_mut();
    for item in items.into_iter().flatten() {
        let node = item["fs_id"].as_u64().and_then(|id| state.find(id));
        if let Some(node) = node.filter(|node| !node.is_folder() && !empty && !share.preview) {
            let address = urls::download(&state, &node, state.options.url_life);
            // HTML-escaped, as in a page.
            item["dlink"] = json!(address.replace('&', "&amp;"));
        }
        as_texts(item);
    }
    Ok(ApiReply::Object(listed))
}

/// The media playlist of one quality of a shared file.
pub async fn playlist(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Required)? {
        return Ok(reply);
    }
    let timestamp = call.params.number("timestamp", 0)?;
    if call.params.need("sign")? != SIGN || (now_s() - timestamp).abs() > SIGN_TTL_S {
        return Err(ApiError::parameters("sign, timestamp"));
    }
    shares_calls::playlist(unlocked(call, "sekey")).await
}

/// Copies shared files into the account.
pub async fn transfer(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Required)? {
        return Ok(reply);
    }
    shares_calls::transfer(unlocked(call, "sekey")).await
}

/// The progress of a transfer.
pub async fn task(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Required)? {
        return Ok(reply);
    }
    shares_calls::task(call).await
}

/// Replaces each number of a list item by a text (field notes, section 5).
fn as_texts(item: &mut Value) {
    for value in item
        .as_object_mut()
        .into_iter()
        .flat_map(|fields| fields.values_mut())
    {
        if let Value::Number(number) = value {
            *value = json!(number.to_string());
        }
    }
}
