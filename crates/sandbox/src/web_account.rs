//! The website's calls about the account: sign-in state, user, plan, quota, and the values that a download is signed
//! with (field notes, sections 10 and 11; account document).

use serde_json::json;

use super::call::{ApiCall, USER_ID};
use super::replies::{ApiError, ApiReply, request_id};
use super::signing::now_s;
use super::web_auth::{RequiredToken, admit, check, other_region};

const USER_NAME: &str = "Sandbox";

/// Answers 0 and the user id for a signed-in browser, else -6.
pub async fn check_login(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = other_region(&call) {
        return Ok(reply);
    }
    check(&call, RequiredToken::None)?;
    Ok(ApiReply::Object(json!({"uk": USER_ID})))
}

/// The passport's own form of the same question: `code` instead of `errno`.
pub async fn get_info(call: ApiCall) -> Result<ApiReply, ApiError> {
    let region = call.state.options.web_region.as_deref().unwrap_or("www");
    Ok(ApiReply::Plain(match check(&call, RequiredToken::None) {
        Ok(()) => json!({
            "code": 0,
            "data": {
                "display_name": USER_NAME,
                "head_url": avatar(&call),
                "region_domain_prefix": region,
                "url_domain_prefix": region,
            },
            "logid": request_id(),
            "msg": "",
        }),
        Err(ApiError(code, text)) => json!({
            "code": if code == -6 { 4 } else { code },
            "data": {},
            "logid": request_id(),
            "msg": if text.is_empty() { "user not login".to_owned() } else { text },
        }),
    }))
}

/// The account's plan.
pub async fn membership(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Optional)? {
        return Ok(reply);
    }
    if call.params.need("method")? != "query" {
        return Err(ApiError::parameters("method"));
    }
    let vip_type = call.state.plan.vip_type();
    Ok(ApiReply::Plain(json!({
        "error_code": 0,
        "error_msg": "",
        "data": {"member_info": {"is_vip": u8::from(vip_type > 0), "vip_type": vip_type}},
        "request_id": request_id(),
    })))
}

/// The user (account document).
pub async fn user(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Required)? {
        return Ok(reply);
    }
    Ok(ApiReply::Object(json!({"records": [{
        "uk": USER_ID,
        "uname": USER_NAME,
        "nick_name": "Sandy",
        "avatar_url": avatar(&call),
        "email": "sa***@example.com",
    }]})))
}

/// Storage in bytes. In loose mode, `free` equals `total`, as clients reported.
pub async fn quota(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Optional)? {
        return Ok(reply);
    }
    let (total, used) = (call.state.plan.total(), call.state.used_bytes());
    Ok(ApiReply::Object(json!({
        "total": total,
        "used": used,
        "free": if call.state.options.loose { total } else { total.saturating_sub(used) },
        "expire": false,
        "sbox_used": 0,
        "server_time": now_s(),
    })))
}

/// The two values that the `sign` of a download is computed from.
pub async fn home_info(call: ApiCall) -> Result<ApiReply, ApiError> {
    if let Some(reply) = admit(&call, RequiredToken::Optional)? {
        return Ok(reply);
    }
    let seed = call.state.signer.download_seed();
    Ok(ApiReply::Object(json!({"data": {
        "sign1": seed.sign1,
        "sign3": seed.sign3,
        "timestamp": now_s(),
        "uk": USER_ID,
    }})))
}

fn avatar(call: &ApiCall) -> String {
    format!("http://{}/_sandbox/avatar.jpg", call.state.hosts.api)
}
