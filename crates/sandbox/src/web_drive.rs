//! Files and shares by the account's own web API, and the page that holds its token: what a browser that is signed in
//! asks for. Written from the field notes (sections 1 to 5), facts of high confidence.
//!
//! - `/main` is the page: `jsToken` in a script that is percent-encoded, `bdstoken` in its data, a `browserid` set for
//!   the visitor. Who is not signed in is led to `/login`, who belongs to another region to that region's host.
//! - Calls want `app_id`, the cookie, and the token of the page. -6 with `Url-Domain-Prefix`: another region serves
//!   this account. 4000023: the token has been replaced.
//! - `shorturlinfo` without `browserid` is 400210. The key of a share travels as the cookie `BOXCLND`, encoded; a
//!   share's playlist wants `sign` and `timestamp` of `shorturlinfo`. Download addresses stand in lists.

use axum::http::header::{HeaderName, SET_COOKIE};
use serde_json::{Value, json};

use super::api::Call;
use super::params::Params;
use super::plan::WebStanding;
use super::replies::{Failure, Reply};
use super::signing::{encode, now_s};
use super::web_session::{Wants, check};
use super::{addresses, files, shares_calls, streaming};

const SIGN: &str = "44674aaf4334be4317ecbde94f60a3945dbe5d41";
/// How long a share's page is good.
const SIGNED_FOR_S: i64 = 3600;

/// The reply of a host that does not serve the account.
pub fn elsewhere(call: &Call) -> Option<Reply> {
    let region = call.state.options.web_region.as_deref()?;
    if call.host.starts_with(&format!("{region}.")) {
        return None;
    }
    let prefix = HeaderName::from_static("url-domain-prefix");
    Some(Reply::With(
        vec![(prefix, region.to_owned())],
        json!({"errno": -6, "errmsg": ""}),
    ))
}

fn admitted(call: &Call) -> Result<Option<Reply>, Failure> {
    if let Some(elsewhere) = elsewhere(call) {
        return Ok(Some(elsewhere));
    }
    check(call, Wants::JsToken)?;
    for (name, value) in [
        ("app_id", "250528"),
        ("web", "1"),
        ("channel", "dubox"),
        ("clienttype", "0"),
    ] {
        if call.params.need(name)? != value {
            return Err(Failure::parameters(name));
        }
    }
    Ok(None)
}

/// The key of a share, from its cookie.
fn key_of(call: &Call) -> Option<String> {
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

/// The same call with the key where the documents' calls look for it.
fn unlocked(mut call: Call, name: &str) -> Call {
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

/// The page of the owner's files.
pub async fn page(call: Call) -> Result<Reply, Failure> {
    let state = &call.state;
    if check(&call, Wants::Nothing).is_err() {
        return Ok(Reply::Elsewhere("/login".to_owned()));
    }
    if let Some(region) = state
        .options
        .web_region
        .as_deref()
        .filter(|_| elsewhere(&call).is_some())
    {
        let (_, port) = call.host.split_once(':').unwrap_or((&call.host, "80"));
        let name = call.host.split(':').next().unwrap_or_default();
        return Ok(Reply::Elsewhere(format!(
            "http://{region}.{name}:{port}/main"
        )));
    }
    let script = match state.plan.web_session() {
        WebStanding::Tokenless => String::new(),
        _ => format!(
            "<script>try {{eval(decodeURIComponent(`function%20fn%28a%29%7Bwindow.jsToken%20%3D%20a%7D%3B\
             fn%28%22{}%22%29`))}} catch (e) {{}}</script>",
            state.js_token()
        ),
    };
    let data = json!({"bdstoken": state.accounts.credentials.bdstoken, "uk": super::api::USER_ID, "userVipIdentity": 0});
    let html = format!(
        "<!DOCTYPE html><html><head><title>TeraBox</title>{script}<script>var templateData = {data};</script></head>\
         <body><div id=\"app\"></div></body></html>"
    );
    Ok(Reply::Page(
        vec![(SET_COOKIE, "browserid=sbx-browser; path=/".to_owned())],
        html,
    ))
}

pub async fn list(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = admitted(&call)? {
        return Ok(reply);
    }
    files::list(call).await
}

pub async fn metas(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = admitted(&call)? {
        return Ok(reply);
    }
    files::metas(call).await
}

pub async fn search(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = admitted(&call)? {
        return Ok(reply);
    }
    files::search(call).await
}

pub async fn playlist(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = admitted(&call)? {
        return Ok(reply);
    }
    streaming::playlist(call).await
}

pub async fn share_info(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = admitted(&call)? {
        return Ok(reply);
    }
    if !call.cookie.contains("browserid=") {
        return Err(Failure(400_210, "need verify_v2".to_owned()));
    }
    shares_calls::info(unlocked(call, "spd")).await
}

pub async fn share_verify(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = admitted(&call)? {
        return Ok(reply);
    }
    // The key comes as the cookie; what stands in the body is encoded, as the cookie is.
    match shares_calls::verify(call).await? {
        Reply::With(headers, mut object) => {
            object["randsk"] = json!(encode(object["randsk"].as_str().unwrap_or_default()));
            Ok(Reply::With(headers, object))
        }
        other => Ok(other),
    }
}

pub async fn share_list(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = admitted(&call)? {
        return Ok(reply);
    }
    let call = unlocked(call, "sekey");
    let (state, params) = (call.state.clone(), call.params.clone());
    let empty = call.effect.empty_dlink;
    let Reply::Object(mut listed) = shares_calls::list(call).await? else {
        return Err(Failure(1, String::new()));
    };
    let share = state
        .shares
        .by_surl(params.need("shorturl")?, params.get("sekey"))?;
    let items = listed["list"].as_array_mut();
    for item in items.into_iter().flatten() {
        let node = item["fs_id"].as_u64().and_then(|id| state.find(id));
        if let Some(node) = node.filter(|node| !node.is_folder() && !empty && !share.preview) {
            let address = addresses::download(&state, &node, state.options.url_life);
            // As it stands in a page.
            item["dlink"] = json!(address.replace('&', "&amp;"));
        }
        as_texts(item);
    }
    Ok(Reply::Object(listed))
}

pub async fn share_playlist(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = admitted(&call)? {
        return Ok(reply);
    }
    let timestamp = call.params.number("timestamp", 0)?;
    if call.params.need("sign")? != SIGN || (now_s() - timestamp).abs() > SIGNED_FOR_S {
        return Err(Failure::parameters("sign, timestamp"));
    }
    shares_calls::playlist(unlocked(call, "sekey")).await
}

pub async fn share_transfer(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = admitted(&call)? {
        return Ok(reply);
    }
    shares_calls::transfer(unlocked(call, "sekey")).await
}

pub async fn task(call: Call) -> Result<Reply, Failure> {
    if let Some(reply) = admitted(&call)? {
        return Ok(reply);
    }
    shares_calls::task(call).await
}

/// The website writes every number of a list as a text.
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
