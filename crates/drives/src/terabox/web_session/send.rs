//! Sends calls with the session's credentials, and retries a call whose reply says that the token is stale or
//! that another region serves the account.

use http::header::{COOKIE, HeaderMap, HeaderValue, REFERER};
use http::{Method, StatusCode};
use percent_encoding::utf8_percent_encode;
use secrecy::SecretString;

use super::{PREFIX, PageToken, WebCredentials, WebSession, ended, explained};
use crate::DriveError;
use crate::http::{HttpCall, Reply};
use crate::terabox::codes;
use crate::terabox::codes::Context;
use crate::terabox::cookie::hosts;
use crate::terabox::request::{ApiRequest, FORM, QUERY, encode_form};
use crate::terabox::types;
use crate::terabox::types::CallOutcome;

impl WebSession {
    /// Makes a call. If its token is stale or another region serves the account, the call is made once more.
    pub(crate) async fn ask(
        &self,
        request: &ApiRequest<'_>,
        token: PageToken,
        judge: impl Fn(&Reply) -> Result<(), DriveError>,
    ) -> Result<Reply, DriveError> {
        let operation = request.operation;
        let mut credentials = self.credentials(operation, token).await?;
        let (mut moved, mut renewed) = (false, false);
        loop {
            let reply = self.call(request, token, &credentials).await?;
            // A caller who is not signed in is redirected to the login page.
            if reply.status.is_redirection() || reply.status == StatusCode::UNAUTHORIZED {
                return Err(ended(operation, "sent to sign in"));
            }
            let body = reply.body.as_ref();
            let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
            let outcome = body
                .trim_ascii_start()
                .starts_with(b"{")
                .then(|| types::read::<CallOutcome>(&reply.body));
            let outcome = outcome.flatten();
            let code = outcome.as_ref().and_then(CallOutcome::code);
            let message = outcome.as_ref().map_or("", CallOutcome::message);
            match code {
                Some(-6) => {
                    let prefix = reply
                        .headers
                        .get(PREFIX)
                        .and_then(|value| value.to_str().ok());
                    let home = self.website(Some(&credentials.cookie));
                    let region = prefix.and_then(|prefix| hosts::in_region(&home, prefix));
                    match region.filter(|region| !moved && *region != credentials.base) {
                        Some(region) => {
                            moved = true;
                            credentials = self.moved(&credentials, region).await;
                        }
                        None => return Err(ended(operation, "").with_code(-6)),
                    }
                }
                Some(code) if !renewed && codes::wants_a_new_page(code, message) => {
                    renewed = true;
                    credentials = self.renewed(operation, &credentials).await?;
                }
                Some(code) if codes::wants_a_new_page(code, message) => {
                    let kind = codes::kind(code, message, Context::Web);
                    let detail = "web session: a token that was just read is refused";
                    return Err(explained(
                        DriveError::new(kind, operation, detail).with_code(code),
                    ));
                }
                _ => return judge(&reply).map(|()| reply).map_err(explained),
            }
        }
    }

    async fn call(
        &self,
        request: &ApiRequest<'_>,
        token: PageToken,
        credentials: &WebCredentials,
    ) -> Result<Reply, DriveError> {
        let token = WebSession::parameter(token, credentials);
        let token = token.iter().map(|(name, value)| (*name, value.as_str()));
        let query: Vec<String> = request
            .query
            .iter()
            .copied()
            .chain(token)
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, QUERY)))
            .collect();
        let url = format!("{}{}?{}", credentials.base, request.path, query.join("&"));
        // The website carries the key of a share as a cookie.
        let key = request
            .query
            .iter()
            .find(|(name, _)| matches!(*name, "sekey" | "spd"));
        let key = key.map(|(_, key)| utf8_percent_encode(key, QUERY).to_string());
        let key: Vec<(String, SecretString)> = key
            .into_iter()
            .map(|key| ("BOXCLND".to_owned(), key.into()))
            .collect();
        let (operation, limit) = (request.operation, request.limit);
        let (method, body) = match request.form {
            None => (Method::GET, None),
            Some(form) => (Method::POST, Some(encode_form(form))),
        };
        self.send(operation, credentials, method, &url, body, &key, limit)
            .await
    }

    #[allow(clippy::too_many_arguments)] // one request, spelled out
    pub(crate) async fn send(
        &self,
        operation: &'static str,
        credentials: &WebCredentials,
        method: Method,
        url: &str,
        body: Option<String>,
        more: &[(String, SecretString)],
        limit: usize,
    ) -> Result<Reply, DriveError> {
        let more: Vec<_> = credentials.visitor.iter().chain(more).cloned().collect();
        let mut headers = HeaderMap::new();
        let cookie = secret_header(&credentials.cookie.header(&more));
        headers.insert(COOKIE, cookie.ok_or_else(|| ended(operation, "no header"))?);
        if let Ok(referer) = HeaderValue::try_from(format!("{}/", credentials.base)) {
            headers.insert(REFERER, referer);
        }
        let call = HttpCall {
            method,
            url,
            headers,
            body: body.map(|body| (FORM, body)),
            limit,
            patience: None,
        };
        self.http.call(operation, call).await
    }
}

pub(crate) fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
