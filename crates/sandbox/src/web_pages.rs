//! The pages of the website: `/` leads to `/main` for a signed-in browser and to `/login` otherwise.
//!
//! A page contains two things that clients read: `templateData`, a JSON object with `bdstoken` and the domains of the
//! region, and a percent-encoded script with `jsToken`. Each page sets the cookie `browserid` (field notes, sections 5,
//! 10 and 11).

use axum::http::header::SET_COOKIE;
use serde_json::{Value, json};

use super::call::{ApiCall, USER_ID};
use super::nodes::md5_hex;
use super::plan::WebSessionFault;
use super::replies::{ApiError, ApiReply};
use super::web_auth::{RequiredToken, check, other_region};

/// Redirects to the page that fits the visitor.
pub async fn root(call: ApiCall) -> Result<ApiReply, ApiError> {
    Ok(ApiReply::Redirect(
        match check(&call, RequiredToken::None) {
            Ok(()) => region_page(&call).unwrap_or_else(|| "/main".to_owned()),
            Err(_) => "/login".to_owned(),
        },
    ))
}

/// The page of the owner's files.
pub async fn main(call: ApiCall) -> Result<ApiReply, ApiError> {
    if check(&call, RequiredToken::None).is_err() {
        return Ok(ApiReply::Redirect("/login".to_owned()));
    }
    if let Some(page) = region_page(&call) {
        return Ok(ApiReply::Redirect(page));
    }
    let token = match call.state.plan.web_session() {
        WebSessionFault::Tokenless => None,
        _ => Some(call.state.js_token()),
    };
    let bdstoken = &call.state.accounts.credentials.bdstoken;
    Ok(page(&call, token, bdstoken, USER_ID))
}

/// A page for a visitor without a session. Its `jsToken` is longer and admits no call of an account.
pub async fn login(call: ApiCall) -> Result<ApiReply, ApiError> {
    let token = format!("{0}{0}", md5_hex("jsToken of a visitor").to_uppercase());
    Ok(page(&call, Some(token), "", 0))
}

/// Returns the URL of `/main` in the account's region, `None` if this host serves that region.
fn region_page(call: &ApiCall) -> Option<String> {
    other_region(call)?;
    let region = call.state.options.web_region.as_deref()?;
    let (name, port) = call.host.split_once(':').unwrap_or((&call.host, "80"));
    Some(format!("http://{region}.{name}:{port}/main"))
}

fn page(call: &ApiCall, js_token: Option<String>, bdstoken: &str, uk: u64) -> ApiReply {
    let script = js_token.map_or_else(String::new, |token| {
        format!(
            "<script>try {{eval(decodeURIComponent(`function%20fn%28a%29%7Bwindow.jsToken%20%3D%20a%7D%3B\
             fn%28%22{token}%22%29`))}} catch (e) {{}}</script>"
        )
    });
    let data = template_data(call, bdstoken, uk);
    let html = format!(
        "<!DOCTYPE html><html><head><title>TeraBox</title><script>var templateData = {data};</script>{script}</head>\
         <body><div id=\"app\"></div></body></html>"
    );
    let cookie = |text: &str| (SET_COOKIE, format!("{text}; path=/"));
    ApiReply::Page(
        vec![
            cookie("browserid=sbx-browser"),
            cookie(&format!("csrfToken={}", csrf(call))),
        ],
        html,
    )
}

fn csrf(call: &ApiCall) -> String {
    md5_hex(&format!("csrf {}", call.state.accounts.credentials.ndus))[..24].to_owned()
}

fn template_data(call: &ApiCall, bdstoken: &str, uk: u64) -> Value {
    let prefix = call.state.options.web_region.as_deref().unwrap_or("www");
    json!({
        "bdstoken": bdstoken,
        "pcftoken": md5_hex(&format!("pcf {}", call.host)),
        "csrf": csrf(call),
        "newDomain": {
            "origin": format!("http://{}", call.host),
            "host": call.host,
            "domain": call.host,
            "cdn": format!("http://{}", call.state.hosts.data),
            "isGCP": false,
            "originalPrefix": "www",
            "regionDomainPrefix": prefix,
            "urlDomainPrefix": prefix,
        },
        "internal": false,
        "country": "",
        "userVipIdentity": call.state.plan.vip_type(),
        "uk": uk,
    })
}
