//! A call and its answer, as every call and every answer of the upstream is shaped (document section 1).
//!
//! Every answer has status 200, whether the call succeeded or not: the number in its envelope decides. An
//! answer without an envelope does not come from the API, but from something in front of it or from another
//! program.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use data_encoding::HEXLOWER;
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::types::Envelope;
use crate::http::{Client, HttpCall, Reply, status};
use crate::json;
use crate::links::authority;
use crate::{Clock, DriveError, ErrorKind};

/// Upper limit of a JSON reply: a page of 2,000 files with all their metadata stays below this.
const JSON_LIMIT: usize = 32 << 20;
/// Prefix of every path.
const API: &str = "/api/v4";

/// The site, and the client that calls it.
pub(crate) struct Site {
    pub(crate) http: Arc<Client>,
    pub(crate) clock: Clock,
    /// Without a slash at its end.
    pub(crate) base_url: String,
    /// Identifies this drive to the site (a UUID), which leaves out the drive's own changes from its events.
    pub(crate) client_id: String,
    /// Hosts at which the site's own links are, as far as it has handed out some.
    learned_hosts: RwLock<BTreeSet<String>>,
}

/// Path of the site's own URLs of bytes. Their signatures hold at any host that leads to the site.
pub(crate) const CONTENT: &str = "/api/v4/file/content/";
/// Sites have a handful of URLs.
const MAX_LEARNED_HOSTS: usize = 16;
/// Header of the client's id (wire document section 6).
pub(crate) const CLIENT_ID: &str = "x-cr-client-id";

/// One API call.
#[derive(Clone)]
pub(crate) struct ApiRequest<'a> {
    pub(crate) operation: &'static str,
    pub(crate) context: Context,
    pub(crate) method: Method,
    /// Path and query after `/api/v4`.
    pub(crate) target: &'a str,
    pub(crate) body: Option<Value>,
}

/// An answer, parsed into its envelope.
pub(crate) struct ApiResponse {
    pub(crate) envelope: Envelope,
    /// The site's clock at the time of the answer.
    pub(crate) at: Option<SystemTime>,
    operation: &'static str,
    context: Context,
}

impl<'a> ApiRequest<'a> {
    pub(crate) fn get(operation: &'static str, context: Context, target: &'a str) -> Self {
        ApiRequest {
            operation,
            context,
            method: Method::GET,
            target,
            body: None,
        }
    }

    pub(crate) fn with(
        operation: &'static str,
        context: Context,
        method: Method,
        target: &'a str,
        body: Value,
    ) -> Self {
        ApiRequest {
            operation,
            context,
            method,
            target,
            body: Some(body),
        }
    }
}

/// Returns a new id of a client: a UUID of version 4 (RFC 9562, section 5.4).
pub(crate) fn new_client_id() -> String {
    let mut bytes = [0; 16];
    // Without random numbers, all clients have the same id and each misses the other's changes.
    let _ = getrandom::fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = HEXLOWER.encode(&bytes);
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}

impl Site {
    /// Returns the site at `base_url`, without a slash at its end.
    pub(crate) fn new(http: Arc<Client>, clock: Clock, base_url: String) -> Self {
        Site {
            http,
            clock,
            base_url,
            client_id: new_client_id(),
            learned_hosts: RwLock::default(),
        }
    }

    /// Returns the hosts of links that the site has handed out.
    pub(crate) fn learned_hosts(&self) -> Vec<String> {
        let hosts = self
            .learned_hosts
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        hosts.iter().cloned().collect()
    }

    /// Learns the host of a link that the site has handed out. A site that was set up carelessly takes itself for a host
    /// of this machine: such a host is left out.
    pub(crate) fn learn_host(&self, link: &str) {
        let host = Url::parse(link).ok().filter(|url| !is_loopback(url));
        let Some(host) = host.and_then(|url| authority(&url)) else {
            return;
        };
        let mut hosts = self
            .learned_hosts
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if hosts.len() < MAX_LEARNED_HOSTS {
            hosts.insert(host);
        }
    }

    /// Rewrites the site's own URLs of bytes to the host at which we reach it: a misconfigured site gives out URLs at
    /// another host, such as `localhost`.
    pub(crate) fn reachable(&self, url: &str) -> String {
        let Ok(parsed) = Url::parse(url) else {
            return url.to_owned();
        };
        let base = &self.base_url;
        if !parsed.path().starts_with(CONTENT) || url.starts_with(&format!("{base}/")) {
            return url.to_owned();
        }
        match url.find(CONTENT) {
            Some(at) => format!("{base}{}", &url[at..]),
            None => url.to_owned(),
        }
    }

    /// Returns the URL of a call.
    pub(crate) fn url(&self, target: &str) -> String {
        format!("{}{API}{target}", self.base_url)
    }

    /// Makes a call, as an account if there is a token, else anonymously.
    pub(crate) async fn ask(
        &self,
        ask: &ApiRequest<'_>,
        token: Option<&SecretString>,
    ) -> Result<ApiResponse, DriveError> {
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            headers.insert(AUTHORIZATION, bearer(token)?);
            if let Ok(id) = HeaderValue::from_str(&self.client_id) {
                headers.insert(CLIENT_ID, id);
            }
        }
        let body = ask.body.as_ref().map(Value::to_string);
        let url = self.url(ask.target);
        let call = HttpCall {
            method: ask.method.clone(),
            url: &url,
            headers,
            body: body.map(|body| ("application/json", body)),
            limit: JSON_LIMIT,
            patience: None,
        };
        let reply = self.http.call(ask.operation, call).await?;
        self.told(ask.operation, ask.context, &reply)
    }

    /// Parses an answer.
    pub(crate) fn told(
        &self,
        operation: &'static str,
        context: Context,
        reply: &Reply,
    ) -> Result<ApiResponse, DriveError> {
        let envelope = envelope(reply).ok_or_else(|| self.stranger(operation, context, reply))?;
        let date = reply.headers.get(DATE).and_then(|date| date.to_str().ok());
        Ok(ApiResponse {
            envelope,
            at: date.and_then(|date| httpdate::parse_http_date(date).ok()),
            operation,
            context,
        })
    }

    /// Returns the error for an answer that does not come from the API.
    fn stranger(&self, operation: &'static str, context: Context, reply: &Reply) -> DriveError {
        let code = reply.status;
        let failed = |kind, sentence: Option<&'static str>| {
            let error = DriveError::new(
                kind,
                operation,
                format!("no envelope, status {}", code.as_u16()),
            );
            match sentence {
                Some(words) => error.with_sentence(words),
                None => error,
            }
        };
        match code {
            StatusCode::TOO_MANY_REQUESTS => {
                let error = failed(ErrorKind::RateLimited, None);
                status::with_wait(error, &reply.headers, self.clock.now())
            }
            StatusCode::GATEWAY_TIMEOUT => failed(ErrorKind::UpstreamTimeout, None),
            code if code.is_server_error() => failed(ErrorKind::UpstreamFailed, None),
            code if code.is_redirection() => failed(
                ErrorKind::UpstreamFailed,
                Some("Its address leads on to another one: set base_url to where it leads."),
            ),
            // The router's own answer, at a site whose session calls were answered.
            StatusCode::NOT_FOUND if context != Context::Session && is_plain_text(reply) => failed(
                ErrorKind::Unsupported,
                Some("The site’s version of Cloudreve is too old for this."),
            ),
            _ => failed(
                ErrorKind::UpstreamFailed,
                Some("What answers at its address is no Cloudreve of version 4."),
            ),
        }
    }
}

impl ApiResponse {
    /// Returns the data of the envelope on success; for a batch of one, the result of that one.
    pub(crate) fn data<T: DeserializeOwned>(self) -> Result<T, DriveError> {
        let operation = self.operation;
        let data = self.checked()?;
        // The parser's message is left out: it quotes values, which may be secrets.
        serde_json::from_value(data).map_err(|_| {
            let detail = "the reply has another shape than is documented";
            DriveError::failed(operation, detail)
        })
    }

    /// Checks that the call succeeded.
    pub(crate) fn done(self) -> Result<(), DriveError> {
        self.checked().map(drop)
    }

    /// Returns the error number; `None` if it is 0.
    pub(crate) fn code(&self) -> Option<i64> {
        Some(self.envelope.code).filter(|code| *code != 0)
    }

    /// Returns the error for a number, in the context of this call.
    pub(crate) fn error(&self, code: i64) -> DriveError {
        codes::error(self.operation, code, self.context)
    }

    fn checked(self) -> Result<Value, DriveError> {
        match self.envelope.code {
            0 => Ok(self.envelope.data),
            codes::NOT_ALL_DONE => {
                let inner = self.envelope.aggregated_error.values().next();
                let code = inner.map_or(codes::NOT_ALL_DONE, |inner| inner.code);
                Err(self.error(code))
            }
            code => Err(self.error(code)),
        }
    }
}

/// Returns the `Authorization` header for a token.
pub(crate) fn bearer(token: &SecretString) -> Result<HeaderValue, DriveError> {
    let text = format!("Bearer {}", token.expose_secret());
    let mut value = HeaderValue::try_from(text).map_err(|_| {
        DriveError::new(
            ErrorKind::SignedOut,
            "session",
            "a token that cannot be sent",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Returns true if a URL leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_plain_text(reply: &Reply) -> bool {
    let content_type = reply.headers.get(CONTENT_TYPE);
    content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("text/plain"))
}

fn envelope(reply: &Reply) -> Option<Envelope> {
    let content_type = reply.headers.get(CONTENT_TYPE);
    let is_events = content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("text/event-stream"));
    if is_events {
        // Without an event stream, the body is an ordinary envelope.
        return events(&reply.body).or_else(|| json::parse(&reply.body));
    }
    // Every envelope has `code`, and no page does.
    json::parse(&reply.body)
}

/// Parses a search that was answered as an event stream (section 3.1 and 8.1): `file` events with files, and a
/// `list` event with the rest. `None` if the body is not such a stream.
pub(crate) fn events(body: &[u8]) -> Option<Envelope> {
    let text = String::from_utf8_lossy(body);
    let mut files: Vec<Value> = Vec::new();
    let mut list = None;
    for event in text.replace("\r\n", "\n").split("\n\n") {
        let field = |name: &str| {
            let mut found = event.lines().filter_map(|line| {
                let value = line.strip_prefix(name)?.strip_prefix(':')?;
                Some(value.strip_prefix(' ').unwrap_or(value))
            });
            found.next()
        };
        let data = || json::parse::<Value>(field("data")?.as_bytes());
        match field("event") {
            Some("file") => match data() {
                Some(Value::Array(more)) => files.extend(more),
                Some(one) => files.push(one),
                None => json::count_odd("an event"),
            },
            Some("list") => list = data().filter(Value::is_object),
            _ => {}
        }
    }
    let mut data = list?;
    data["files"] = json!(files);
    Some(Envelope {
        data,
        ..Envelope::default()
    })
}

#[cfg(test)]
mod tests;
