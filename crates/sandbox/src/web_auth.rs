//! Authentication of the website's calls: the session cookie, the tokens of the page, and the region of the account.
//!
//! The cookie `ndus` is the session. A page of the website contains two tokens: `jsToken` for most calls and `bdstoken`
//! for revoking shares. Error numbers: -6 no session, or another region serves the account; 4000023 stale token;
//! 450016 stale token of a call that writes; 400141 verification required (field notes, sections 1 and 2).
//!
//! Clients differ in the calls that they send `jsToken` with (field notes, sections 10 and 11). [`RequiredToken`] says for
//! each call how it is checked.

use axum::http::header::HeaderName;
use serde_json::json;

use super::SandboxState;
use super::call::ApiCall;
use super::plan::WebSessionFault;
use super::replies::{ApiError, ApiReply};

/// The token of the page that a call requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequiredToken {
    /// No token is read.
    None,
    /// `jsToken` must be valid if the call has it.
    Optional,
    /// `jsToken` must be there and valid, as must the parameters of the app.
    Required,
    /// `jsToken` must be there and valid.
    JsToken,
    /// The same, of a call that changes files: 450016 if it is stale.
    Write,
    /// `jsToken` or `bdstoken` must be there, and valid.
    Either,
    /// `bdstoken` must be there and valid.
    Bdstoken,
}

/// The parameters that the website's own page sends with each call, with the accepted values.
const APP_PARAMETERS: [(&str, &[&str]); 4] = [
    ("app_id", &["250528"]),
    ("web", &["1"]),
    ("channel", &["dubox"]),
    // 5 since 2025 in one client, 0 in the other.
    ("clienttype", &["0", "5"]),
];

impl SandboxState {
    /// Returns the `jsToken` that the page contains now.
    pub fn js_token(&self) -> String {
        let first = &self.accounts.credentials.js_token;
        match self.plan.page_version() {
            0 => first.clone(),
            version => format!("{first}-{version}"),
        }
    }

    /// Returns true if a `Cookie` header contains the account's session and the session has not ended.
    pub fn is_signed_in(&self, cookie: &str) -> bool {
        let ours = format!("ndus={}", self.accounts.credentials.ndus);
        cookie.split(';').any(|pair| pair.trim() == ours)
            && self.plan.web_session() != WebSessionFault::Ended
    }
}

/// Returns the reply of a host that does not serve the account's region: -6 with `Url-Domain-Prefix`. `None` if the
/// host serves it.
pub fn other_region(call: &ApiCall) -> Option<ApiReply> {
    let region = call.state.options.web_region.as_deref()?;
    if call.host.starts_with(&format!("{region}.")) {
        return None;
    }
    let prefix = HeaderName::from_static("url-domain-prefix");
    Some(ApiReply::WithHeaders(
        vec![(prefix, region.to_owned())],
        json!({"errno": -6, "errmsg": ""}),
    ))
}

/// Checks a call of the website. Returns a reply if another region serves the account.
///
/// # Errors
/// The error number of a missing session, a required verification, a stale token or a wrong parameter.
pub fn admit(call: &ApiCall, token: RequiredToken) -> Result<Option<ApiReply>, ApiError> {
    if let Some(reply) = other_region(call) {
        return Ok(Some(reply));
    }
    check(call, token)?;
    for (name, accepted) in APP_PARAMETERS {
        let is_wrong = match call.params.get(name) {
            Some(value) => !accepted.contains(&value),
            None => token == RequiredToken::Required,
        };
        if is_wrong {
            return Err(ApiError::parameters(name));
        }
    }
    Ok(None)
}

/// Checks the session and the token of a call.
///
/// # Errors
/// As [`admit`].
pub fn check(call: &ApiCall, token: RequiredToken) -> Result<(), ApiError> {
    let state = &call.state;
    if !state.is_signed_in(&call.cookie) {
        return Err(ApiError(-6, String::new()));
    }
    if state.plan.web_session() == WebSessionFault::Verify {
        return Err(ApiError(400_141, "need verify".to_owned()));
    }
    let given = |name| call.params.given(name);
    let is_js_token = |value: &str| value == state.js_token();
    let is_bdstoken = |value: &str| value == state.accounts.credentials.bdstoken;
    let (is_valid, stale) = match token {
        RequiredToken::None => (true, 0),
        RequiredToken::Optional => (given("jsToken").is_none_or(is_js_token), 4_000_023),
        RequiredToken::Required | RequiredToken::JsToken => {
            (given("jsToken").is_some_and(is_js_token), 4_000_023)
        }
        RequiredToken::Write => (given("jsToken").is_some_and(is_js_token), 450_016),
        RequiredToken::Either => {
            let (js_token, bdstoken) = (given("jsToken"), given("bdstoken"));
            let are_valid = js_token.is_none_or(is_js_token) && bdstoken.is_none_or(is_bdstoken);
            (are_valid && js_token.or(bdstoken).is_some(), 450_016)
        }
        RequiredToken::Bdstoken => (given("bdstoken").is_some_and(is_bdstoken), 450_016),
    };
    match is_valid {
        true => Ok(()),
        false => Err(ApiError(stale, "the token is stale".to_owned())),
    }
}
