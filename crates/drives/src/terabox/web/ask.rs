//! Calls with the session: what goes along, and what is done where a reply says that the token is stale or that another
//! region serves the account.

use http::header::{COOKIE, HeaderMap, HeaderValue, REFERER};
use http::{Method, StatusCode};
use percent_encoding::utf8_percent_encode;
use secrecy::SecretString;

use super::{PREFIX, Seat, Token, WebSession, ended, explained, hosts};
use crate::DriveError;
use crate::http::{Call, Reply};
use crate::terabox::changes::written;
use crate::terabox::client::QUERY;
use crate::terabox::codes::{self, Context};
use crate::terabox::types::{self, Outcome};
use crate::terabox::way::{FORM, Question};

impl WebSession {
    /// Makes a call; where its token is stale or another region serves the account, once more.
    pub(super) async fn ask(
        &self,
        question: &Question<'_>,
        token: Token,
        judge: impl Fn(&Reply) -> Result<(), DriveError>,
    ) -> Result<Reply, DriveError> {
        let operation = question.operation;
        let mut seat = self.seat(operation, token).await?;
        let (mut moved, mut renewed) = (false, false);
        loop {
            let reply = self.call(question, token, &seat).await?;
            // Whoever is not signed in is sent to the login page.
            if reply.status.is_redirection() || reply.status == StatusCode::UNAUTHORIZED {
                return Err(ended(operation, "sent to sign in"));
            }
            let body = reply.body.as_ref();
            let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
            let outcome = body
                .trim_ascii_start()
                .starts_with(b"{")
                .then(|| types::read::<Outcome>(&reply.body));
            let outcome = outcome.flatten();
            let code = outcome.as_ref().and_then(Outcome::code);
            let message = outcome.as_ref().map_or("", Outcome::message);
            match code {
                Some(-6) => {
                    let prefix = reply
                        .headers
                        .get(PREFIX)
                        .and_then(|value| value.to_str().ok());
                    let home = self.website(Some(&seat.cookie));
                    let region = prefix.and_then(|prefix| hosts::in_region(&home, prefix));
                    match region.filter(|region| !moved && *region != seat.base) {
                        Some(region) => {
                            moved = true;
                            seat = self.moved(&seat, region).await;
                        }
                        None => return Err(ended(operation, "").with_code(-6)),
                    }
                }
                Some(code) if !renewed && codes::wants_a_new_page(code, message) => {
                    renewed = true;
                    seat = self.renewed(operation, &seat).await?;
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
        question: &Question<'_>,
        token: Token,
        seat: &Seat,
    ) -> Result<Reply, DriveError> {
        let token = WebSession::parameter(token, seat);
        let token = token.iter().map(|(name, value)| (*name, value.as_str()));
        let query: Vec<String> = question
            .query
            .iter()
            .copied()
            .chain(token)
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, QUERY)))
            .collect();
        let url = format!("{}{}?{}", seat.base, question.path, query.join("&"));
        // The website carries the key of a share as a cookie.
        let key = question
            .query
            .iter()
            .find(|(name, _)| matches!(*name, "sekey" | "spd"));
        let key = key.map(|(_, key)| utf8_percent_encode(key, QUERY).to_string());
        let key: Vec<(String, SecretString)> = key
            .into_iter()
            .map(|key| ("BOXCLND".to_owned(), key.into()))
            .collect();
        let (operation, limit) = (question.operation, question.limit);
        let (method, body) = match question.form {
            None => (Method::GET, None),
            Some(form) => (Method::POST, Some(written(form))),
        };
        self.send(operation, seat, method, &url, body, &key, limit)
            .await
    }

    #[allow(clippy::too_many_arguments)] // one request, spelled out
    pub(super) async fn send(
        &self,
        operation: &'static str,
        seat: &Seat,
        method: Method,
        url: &str,
        body: Option<String>,
        more: &[(String, SecretString)],
        limit: usize,
    ) -> Result<Reply, DriveError> {
        let more: Vec<_> = seat.visitor.iter().chain(more).cloned().collect();
        let mut headers = HeaderMap::new();
        let cookie = secret_header(&seat.cookie.header(&more));
        headers.insert(COOKIE, cookie.ok_or_else(|| ended(operation, "no header"))?);
        if let Ok(referer) = HeaderValue::try_from(format!("{}/", seat.base)) {
            headers.insert(REFERER, referer);
        }
        let call = Call {
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

pub(super) fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
