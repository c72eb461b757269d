//! The account's own web API, as a browser that is signed in uses it: who one is, and links of one's own.
//!
//! The cookie `ndus` is the session; a call also wants the token of the page (`jsToken`), and `cancel` the other
//! one (`bdstoken`). -6: no session. 4000023, or 450016 where something is written: the token is stale. 400141: the
//! service wants to see a human first.

use serde_json::{Value, json};

use super::State;
use super::api::{Call, USER_ID};
use super::own_shares::OwnShare;
use super::plan::WebStanding;
use super::replies::{Failure, Reply};
use super::web_drive::elsewhere;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    Nothing,
    JsToken,
    Bdstoken,
}

impl State {
    /// The token that the page holds now.
    pub fn js_token(&self) -> String {
        let first = &self.accounts.credentials.js_token;
        match self.plan.pages() {
            0 => first.clone(),
            page => format!("{first}-{page}"),
        }
    }

    /// Whether a `Cookie` header is the account's, and its session goes on.
    pub fn knows_cookie(&self, cookie: &str) -> bool {
        let ours = format!("ndus={}", self.accounts.credentials.ndus);
        cookie.split(';').any(|pair| pair.trim() == ours)
            && self.plan.web_session() != WebStanding::Ended
    }
}

pub fn check(call: &Call, wants: Wants) -> Result<(), Failure> {
    let state = &call.state;
    if !state.knows_cookie(&call.cookie) {
        return Err(Failure(-6, String::new()));
    }
    if state.plan.web_session() == WebStanding::Verify {
        return Err(Failure(400_141, "need verify".to_owned()));
    }
    let (name, expected, stale) = match wants {
        Wants::Nothing => return Ok(()),
        Wants::JsToken => ("jsToken", state.js_token(), 4_000_023),
        Wants::Bdstoken => (
            "bdstoken",
            state.accounts.credentials.bdstoken.clone(),
            450_016,
        ),
    };
    if call.params.get(name) != Some(expected.as_str()) {
        return Err(Failure(stale, "the token is stale".to_owned()));
    }
    Ok(())
}

pub async fn info(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = elsewhere(&call) {
        return Ok(reply);
    }
    check(&call, Wants::JsToken)?;
    for (name, value) in [("app_id", "250528"), ("web", "1"), ("channel", "dubox")] {
        if call.params.need(name)? != value {
            return Err(Failure::parameters(name));
        }
    }
    Ok(Reply::Object(json!({"records": [{
        "uk": USER_ID,
        "uname": "Sandbox",
        "nick_name": "Sandy",
        "avatar_url": format!("http://{}/_sandbox/avatar.jpg", call.state.hosts.api),
        "email": "sa***@example.com",
    }]})))
}

pub async fn quota(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = elsewhere(&call) {
        return Ok(reply);
    }
    check(&call, Wants::JsToken)?;
    let (total, used) = (call.state.plan.total(), call.state.used_bytes());
    Ok(Reply::Object(json!({
        "total": total,
        "used": used,
        "free": if call.state.options.loose { total } else { total.saturating_sub(used) },
        "expire": false,
    })))
}

pub async fn create(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = elsewhere(&call) {
        return Ok(reply);
    }
    check(&call, Wants::JsToken)?;
    let wrong = |name: &'static str| move || Failure::parameters(name);
    let ids: Vec<Value> = serde_json::from_str(call.params.need("fid_list")?)
        .map_err(|_| Failure::parameters("fid_list"))?;
    let mut fs_ids = Vec::new();
    let mut paths = Vec::new();
    for id in &ids {
        let id = id
            .as_u64()
            .or_else(|| id.as_str()?.parse().ok())
            .ok_or_else(wrong("fid_list"))?;
        let node = call.state.library.find(id);
        let node = node.ok_or_else(|| Failure(-9, "file does not exist".to_owned()))?;
        fs_ids.push(id);
        paths.push(node.path);
    }
    if fs_ids.is_empty() || call.params.need("schannel")? != "0" {
        return Err(Failure::parameters("fid_list, schannel"));
    }
    call.params.need("channel_list")?;
    let period = call.params.number("period", -1)?;
    if ![0, 1, 7, 30].contains(&period) {
        return Err(Failure::parameters("period"));
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
        _ => return Err(Failure::parameters("public")),
    };
    let share = call
        .state
        .own_shares
        .create(fs_ids, paths, password, period);
    let mut reply = json!({"shorturl": share.shorturl});
    // The document's reply tells no more.
    if !call.state.options.strict {
        reply["shareid"] = json!(share.id);
        reply["ctime"] = json!(share.created_s);
        reply["link"] = json!(format!(
            "http://{}/s/{}",
            call.state.hosts.api, share.shorturl
        ));
    }
    Ok(Reply::Object(reply))
}

pub async fn list(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = elsewhere(&call) {
        return Ok(reply);
    }
    check(&call, Wants::JsToken)?;
    let (page, size) = (
        call.params.number("page", 1)?,
        call.params.number("page_size", 100)?,
    );
    if page < 1 || !(1..=100).contains(&size) {
        return Err(Failure::parameters("page, page_size"));
    }
    let shares = call.state.own_shares.all();
    let described = |share: &OwnShare| {
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
    Ok(Reply::Object(
        json!({"data": {"share_list": list, "total": shares.len()}}),
    ))
}

pub async fn cancel(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = elsewhere(&call) {
        return Ok(reply);
    }
    check(&call, Wants::Bdstoken)?;
    let ids: Vec<u64> = serde_json::from_str(call.params.need("shareid_list")?)
        .map_err(|_| Failure::parameters("shareid_list"))?;
    let mut missing = false;
    for id in ids {
        missing |= !call.state.own_shares.cancel(id);
    }
    match missing {
        true => Err(Failure(-9, "share does not exist".to_owned())),
        false => Ok(Reply::Object(json!({}))),
    }
}
