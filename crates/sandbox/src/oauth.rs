//! The calls under `/oauth`: sign-in by device code or authorization code, and tokens.
//!
//! Documented error numbers: 2 parameters, 100001 client, 100002 code, 200001 grant type, 200002 to 200005 tokens, 300001
//! polled too often, 400001 approval pending.

use data_encoding::BASE64;
use serde_json::json;

use super::accounts::{IssuedTokens, PairError, TokenStatus};
use super::call::{ApiCall, USER_ID};
use super::replies::{ApiError, ApiReply};
use super::{bundled, nodes, signing};

/// Greatest difference between the client's and our clock, in seconds.
const MAX_CLOCK_SKEW_S: i64 = 600;

/// Issues a device code.
pub async fn device_code(call: ApiCall) -> Result<ApiReply, ApiError> {
    let accounts = &call.state.accounts;
    if call.params.need("client_id")? != accounts.credentials.client_id {
        return Err(wrong_client());
    }
    Ok(ApiReply::Data(json!({
        "device_code": accounts.new_device_code(),
        "expires_in": accounts.device_life.as_secs(),
        "interval": accounts.device_interval.as_secs(),
        "qrcode_url": format!("data:image/png;base64,{}", BASE64.encode(&bundled::sign_in_picture())),
        "user_code": "",
        "verification_url": "",
    })))
}

/// Exchanges a code for tokens.
pub async fn get_token(call: ApiCall) -> Result<ApiReply, ApiError> {
    let grant = call.params.need("grant_type")?;
    let code = call.params.need("code")?;
    check_client(&call)?;
    let pair = match grant {
        "device_code" => call.state.accounts.exchange_device_code(code),
        "authorization_code" => call.state.accounts.exchange_code(code),
        _ => return Err(ApiError(200_001, "unsupported grant_type".to_owned())),
    };
    match pair {
        Ok(pair) => Ok(ApiReply::Data(token_data(&pair))),
        Err(PairError::Pending) => Err(ApiError(400_001, "authorization pending".to_owned())),
        Err(PairError::TooSoon) => Err(ApiError(300_001, "too frequent".to_owned())),
        Err(PairError::Invalid | PairError::Expired) => {
            Err(ApiError(100_002, "invalid code".to_owned()))
        }
    }
}

/// The hosts, lifetime and user of an access token.
pub async fn token_info(call: ApiCall) -> Result<ApiReply, ApiError> {
    let token = call.params.need("access_token")?;
    let TokenStatus::Alive { created_s, left_s } = call.token_status(token)? else {
        return Err(ApiError(500_001, "internal service exception".to_owned()));
    };
    let hosts = &call.state.hosts;
    let mut data = json!({
        // Without a scheme in the document; clients reported one too.
        "api_domain": if call.state.options.loose { format!("http://{}/", hosts.api) } else { hosts.api.clone() },
        "client_id": call.state.accounts.credentials.client_id,
        "create_time": created_s,
        "expires_in": left_s,
        "user_id": USER_ID,
    });
    if call.state.options.upload_domain {
        data["upload_domain"] = json!(hosts.uploads[0]);
    }
    Ok(ApiReply::Data(data))
}

/// Exchanges a refresh token for new tokens.
pub async fn refresh_token(call: ApiCall) -> Result<ApiReply, ApiError> {
    let token = call.params.need("refresh_token")?;
    check_client(&call)?;
    match call.state.accounts.refresh(token) {
        Ok(pair) => Ok(ApiReply::Data(token_data(&pair))),
        Err(PairError::Expired) => Err(ApiError(200_005, "refresh_token expired".to_owned())),
        Err(_) => Err(ApiError(200_004, "invalid refresh_token".to_owned())),
    }
}

/// Checks the application's id, secret, timestamp and signature.
fn check_client(call: &ApiCall) -> Result<(), ApiError> {
    let ours = &call.state.accounts.credentials;
    let client_id = call.params.need("client_id")?;
    let client_secret = call.params.need("client_secret")?;
    let timestamp = call.params.need("timestamp")?;
    let sign = call.params.need("sign")?;
    if client_id != ours.client_id || client_secret != ours.client_secret {
        return Err(wrong_client());
    }
    let seconds: i64 = timestamp
        .parse()
        .map_err(|_| ApiError::parameters("timestamp"))?;
    if (seconds - signing::now_s()).abs() > MAX_CLOCK_SKEW_S {
        return Err(ApiError::parameters("timestamp"));
    }
    let expected = nodes::md5_hex(&format!(
        "{client_id}_{timestamp}_{client_secret}_{}",
        ours.private_secret
    ));
    if sign != expected {
        return Err(ApiError::parameters("sign"));
    }
    Ok(())
}

fn wrong_client() -> ApiError {
    ApiError(100_001, "invalid client".to_owned())
}

fn token_data(pair: &IssuedTokens) -> serde_json::Value {
    json!({
        "access_token": pair.access_token,
        "expires_in": pair.expires_in_s,
        "refresh_token": pair.refresh_token,
    })
}
