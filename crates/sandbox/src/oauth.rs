//! The calls under `/oauth`: signing in by device code or by authorization code, and tokens.
//!
//! Numbers as the documents list them: 2 parameters, 100001 client, 100002 code, 200001 grant type, 200002
//! to 200005 tokens, 300001 asked too often, 400001 not agreed yet.

use data_encoding::BASE64;
use serde_json::json;

use super::accounts::{NoPair, Pair, Standing};
use super::api::{Call, USER_ID};
use super::replies::{Failure, Reply};
use super::{bundled, nodes, signing};

/// How far a caller's clock may be off, in seconds.
const CLOCK_SLACK_S: i64 = 600;

pub async fn device_code(call: Call) -> Result<Reply, Failure> {
    let accounts = &call.state.accounts;
    if call.params.need("client_id")? != accounts.credentials.client_id {
        return Err(wrong_client());
    }
    Ok(Reply::Data(json!({
        "device_code": accounts.new_device_code(),
        "expires_in": accounts.device_life.as_secs(),
        "interval": accounts.device_interval.as_secs(),
        "qrcode_url": format!("data:image/png;base64,{}", BASE64.encode(&bundled::sign_in_picture())),
        "user_code": "",
        "verification_url": "",
    })))
}

pub async fn get_token(call: Call) -> Result<Reply, Failure> {
    let grant = call.params.need("grant_type")?;
    let code = call.params.need("code")?;
    check_client(&call)?;
    let pair = match grant {
        "device_code" => call.state.accounts.exchange_device_code(code),
        "authorization_code" => call.state.accounts.exchange_code(code),
        _ => return Err(Failure(200_001, "unsupported grant_type".to_owned())),
    };
    match pair {
        Ok(pair) => Ok(Reply::Data(described(&pair))),
        Err(NoPair::Pending) => Err(Failure(400_001, "authorization pending".to_owned())),
        Err(NoPair::TooSoon) => Err(Failure(300_001, "too frequent".to_owned())),
        Err(NoPair::Invalid | NoPair::Expired) => Err(Failure(100_002, "invalid code".to_owned())),
    }
}

pub async fn token_info(call: Call) -> Result<Reply, Failure> {
    let token = call.params.need("access_token")?;
    let Standing::Alive { created_s, left_s } = call.standing(token)? else {
        return Err(Failure(500_001, "internal service exception".to_owned()));
    };
    let hosts = &call.state.hosts;
    let mut data = json!({
        // Without a scheme, as the documents show it; seen with one, too.
        "api_domain": if call.state.options.loose { format!("http://{}/", hosts.api) } else { hosts.api.clone() },
        "client_id": call.state.accounts.credentials.client_id,
        "create_time": created_s,
        "expires_in": left_s,
        "user_id": USER_ID,
    });
    if call.state.options.upload_domain {
        data["upload_domain"] = json!(hosts.upload);
    }
    Ok(Reply::Data(data))
}

pub async fn refresh_token(call: Call) -> Result<Reply, Failure> {
    let token = call.params.need("refresh_token")?;
    check_client(&call)?;
    match call.state.accounts.refresh(token) {
        Ok(pair) => Ok(Reply::Data(described(&pair))),
        Err(NoPair::Expired) => Err(Failure(200_005, "refresh_token expired".to_owned())),
        Err(_) => Err(Failure(200_004, "invalid refresh_token".to_owned())),
    }
}

/// The application's name, secret, clock and signature.
fn check_client(call: &Call) -> Result<(), Failure> {
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
        .map_err(|_| Failure::parameters("timestamp"))?;
    if (seconds - signing::now_s()).abs() > CLOCK_SLACK_S {
        return Err(Failure::parameters("timestamp"));
    }
    let expected = nodes::md5_hex(&format!(
        "{client_id}_{timestamp}_{client_secret}_{}",
        ours.private_secret
    ));
    if sign != expected {
        return Err(Failure::parameters("sign"));
    }
    Ok(())
}

fn wrong_client() -> Failure {
    Failure(100_001, "invalid client".to_owned())
}

fn described(pair: &Pair) -> serde_json::Value {
    json!({
        "access_token": pair.access_token,
        "expires_in": pair.expires_in_s,
        "refresh_token": pair.refresh_token,
    })
}
