//! The service's calls: `POST /v1/api`, which is signed and counts, `POST /api/test`, `GET /api/plans`, and the
//! client endpoints, which require the key alone.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::codes;
use super::types;
use crate::http::{Client, HttpCall, Reply, status};
use crate::session::ServerClock;
use crate::teraboxdl::allowance::{Allowance, Verdict, used_up};
use crate::teraboxdl::auth::{KeyRing, Keys};
use crate::teraboxdl::codes::{CLOCK_DIFFERS, KEY_REFUSED, SECRET_REFUSED};
use crate::teraboxdl::config::TeraboxDlConfig;
use crate::teraboxdl::resolve_queue::{Resolution, ResolveKey, ResolveQueue};
use crate::teraboxdl::types::{AccountInfo, Extracted, NotExtracted};
use crate::{Clock, DriveError, ErrorKind, SessionStore};

const EXTRACT: &str = "/v1/api";
const TRIAL: &str = "/api/test";
const ACCOUNT: &str = "/client/account/info";
/// Upper limit of a reply: enough for thousands of files.
const MAX_REPLY_BYTES: usize = 8 << 20;
/// Upper limit of an export: enough for a year of history.
const MAX_EXPORT_BYTES: usize = 32 << 20;
/// Timeout for resolving a link: the document's own example waits 40 s for the answer, to which connecting and
/// reading are added.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(50);

/// Query parameters of a client endpoint.
pub(crate) type Query<'a> = &'a [(String, String)];

pub(crate) struct Api {
    base_url: String,
    http: Arc<Client>,
    pub(crate) clock: Clock,
    pub(crate) keys: KeyRing,
    pub(crate) allowance: Allowance,
    queue: ResolveQueue,
    pub(crate) server_clock: ServerClock,
}

impl Api {
    pub(crate) fn new(
        config: &TeraboxDlConfig,
        http: Arc<Client>,
        sessions: Arc<dyn SessionStore>,
        clock: Clock,
    ) -> Self {
        Api {
            base_url: config.base_url.trim_end_matches('/').to_owned(),
            http,
            server_clock: ServerClock::new(clock.clone()),
            clock,
            keys: KeyRing::new(config, sessions),
            allowance: Allowance::default(),
            queue: ResolveQueue::default(),
        }
    }

    /// Returns the content of a share link, newer than the result of the round `after`. Costs one request of the daily
    /// allowance, shared by concurrent callers (single-flight).
    ///
    /// # Errors
    ///
    /// `upstream_timeout` and a retry time if it takes long.
    pub(crate) async fn extract(
        self: &Arc<Self>,
        link: &str,
        after: Option<u64>,
    ) -> Result<Arc<Resolution>, DriveError> {
        let key = ResolveKey {
            operation: "resolve",
            link: link.to_owned(),
            after,
        };
        let (api, link) = (self.clone(), link.to_owned());
        let call = async move { api.resolve(&link).await };
        self.queue.ask(key, call).await
    }

    /// Does the same with the free call, which allows three requests a day per IP.
    pub(crate) async fn trial(self: &Arc<Self>, link: &str) -> Result<Arc<Resolution>, DriveError> {
        let key = ResolveKey {
            operation: "trial",
            link: link.to_owned(),
            after: None,
        };
        let (api, link) = (self.clone(), link.to_owned());
        let call = async move { api.tried(&link).await };
        self.queue.ask(key, call).await
    }

    /// Resolves a link. A 500 is retried once, as the document advises.
    async fn resolve(&self, link: &str) -> Result<Extracted, DriveError> {
        let operation = "resolve";
        self.spare(operation).await?;
        let body = json!({ "url": link }).to_string();
        let mut reply = self.signed(operation, EXTRACT, &body).await?;
        if reply.status == StatusCode::INTERNAL_SERVER_ERROR {
            reply = self.signed(operation, EXTRACT, &body).await?;
        }
        match reply.status {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => return Err(self.why_refused(operation).await),
            StatusCode::TOO_MANY_REQUESTS => return Err(self.too_many(operation, &reply).await),
            status => return Err(codes::error(operation, status)),
        }
        self.allowance.spent();
        read(operation, &reply.body)
    }

    async fn tried(&self, link: &str) -> Result<Extracted, DriveError> {
        let operation = "trial";
        let call = HttpCall {
            method: Method::POST,
            url: &self.url(TRIAL, &[]),
            headers: HeaderMap::new(),
            body: Some(("application/json", json!({ "url": link }).to_string())),
            limit: MAX_REPLY_BYTES,
            patience: Some(RESOLVE_TIMEOUT),
        };
        let reply = self.http.call(operation, call).await?;
        self.server_clock.note(&reply.headers);
        self.judged(operation, &reply)?;
        read(operation, &reply.body)
    }

    /// Makes a call that requires the key alone, or nothing.
    pub(crate) async fn ask(
        &self,
        operation: &'static str,
        path: &str,
        query: Query<'_>,
    ) -> Result<Value, DriveError> {
        let reply = self
            .with_key(operation, Method::GET, path, query, MAX_REPLY_BYTES)
            .await?;
        json_of(operation, &reply)
    }

    /// Requests `account/info` and records the allowance in it.
    pub(crate) async fn account(&self, operation: &'static str) -> Result<AccountInfo, DriveError> {
        let info = types::account_info(&self.ask(operation, ACCOUNT, &[]).await?);
        self.allowance.told(&info, self.clock.now());
        Ok(info)
    }

    /// Returns the request history as CSV.
    pub(crate) async fn export(&self) -> Result<Bytes, DriveError> {
        let path = "/client/export-urls";
        let reply = self
            .with_key("export", Method::GET, path, &[], MAX_EXPORT_BYTES)
            .await?;
        Ok(reply.body)
    }

    /// Requests a new pair, which invalidates the one in force, and stores it before it is used.
    pub(crate) async fn regenerate(&self) -> Result<(), DriveError> {
        let operation = "key";
        let _alone = self.keys.lock().await?;
        let before = self.keys.keys().await?;
        let path = "/client/api-key/regenerate";
        let reply = self
            .with_key(operation, Method::POST, path, &[], MAX_REPLY_BYTES)
            .await?;
        let (key, secret) = types::new_keys(&json_of(operation, &reply)?).ok_or_else(|| {
            DriveError::failed(operation, "no key in the reply")
                .with_sentence(
                    "The service took the request and told no new key. Look for it on the service’s own pages, and put it into this drive’s settings.",
                )
        })?;
        let keys = Keys {
            key: key.into(),
            secret: secret.map_or(before.secret, Into::into),
        };
        self.keys.replace(keys).await
    }

    /// Checks that a request may be spent, as far as the allowance is known.
    async fn spare(&self, operation: &'static str) -> Result<(), DriveError> {
        let mut verdict = self.allowance.verdict(self.clock.now());
        if verdict == Verdict::Ask {
            self.account(operation).await?;
            verdict = self.allowance.verdict(self.clock.now());
        }
        match verdict {
            Verdict::Go | Verdict::Ask => Ok(()),
            Verdict::UsedUp(wait) => Err(used_up(operation, wait)),
        }
    }

    /// POSTs a signed body. If it is refused and the clocks turn out to differ, it is signed once more by the
    /// service's clock.
    async fn signed(
        &self,
        operation: &'static str,
        path: &str,
        body: &str,
    ) -> Result<Reply, DriveError> {
        let keys = self.keys.keys().await?;
        let skew = self.server_clock.skew_s();
        let reply = self.post_signed(operation, path, body, &keys, skew).await?;
        let differs = self.server_clock.differs_from(skew);
        if reply.status == StatusCode::UNAUTHORIZED && differs {
            let skew = self.server_clock.skew_s();
            return self.post_signed(operation, path, body, &keys, skew).await;
        }
        Ok(reply)
    }

    async fn post_signed(
        &self,
        operation: &'static str,
        path: &str,
        body: &str,
        keys: &Keys,
        skew_s: i64,
    ) -> Result<Reply, DriveError> {
        let timestamp = self.server_clock.unix_s(skew_s);
        let mut headers = HeaderMap::new();
        insert(&mut headers, "x-api-key", keys.key.expose_secret());
        insert(&mut headers, "x-timestamp", &timestamp.to_string());
        let signature = keys.signature("POST", path, timestamp, body);
        insert(&mut headers, "x-signature", &signature);
        let call = HttpCall {
            method: Method::POST,
            url: &self.url(path, &[]),
            headers,
            body: Some(("application/json", body.to_owned())),
            limit: MAX_REPLY_BYTES,
            patience: Some(RESOLVE_TIMEOUT),
        };
        let reply = self.http.call(operation, call).await?;
        self.server_clock.note(&reply.headers);
        Ok(reply)
    }

    async fn with_key(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        query: Query<'_>,
        limit: usize,
    ) -> Result<Reply, DriveError> {
        let keys = self.keys.keys().await?;
        let mut headers = HeaderMap::new();
        // Public endpoints get no key.
        if !path.starts_with("/api/") {
            insert(&mut headers, "x-api-key", keys.key.expose_secret());
        }
        let call = HttpCall {
            method,
            url: &self.url(path, query),
            headers,
            body: None,
            limit,
            patience: None,
        };
        let reply = self.http.call(operation, call).await?;
        self.server_clock.note(&reply.headers);
        self.judged(operation, &reply)?;
        Ok(reply)
    }

    /// Returns the error for a status; success is no error.
    fn judged(&self, operation: &'static str, reply: &Reply) -> Result<(), DriveError> {
        if reply.status == StatusCode::OK || reply.status == StatusCode::CREATED {
            return Ok(());
        }
        let error = codes::error(operation, reply.status);
        let error = match error.kind {
            ErrorKind::SignedOut => error.with_sentence(KEY_REFUSED),
            _ => error,
        };
        Err(status::with_wait(error, &reply.headers, self.clock.now()))
    }

    /// Finds out what the service rejects: an unsigned call tries the key alone.
    async fn why_refused(&self, operation: &'static str) -> DriveError {
        let error = codes::error(operation, StatusCode::UNAUTHORIZED);
        match self.account(operation).await {
            Ok(_) if self.server_clock.is_off() => error.with_sentence(CLOCK_DIFFERS),
            Ok(_) => error.with_sentence(SECRET_REFUSED),
            Err(told) if told.kind == ErrorKind::SignedOut => error.with_sentence(KEY_REFUSED),
            Err(_) => error,
        }
    }

    /// Finds out whether requests came too fast, or too many in a day.
    async fn too_many(&self, operation: &'static str, reply: &Reply) -> DriveError {
        let asked = self.account(operation).await;
        if asked.is_ok() && self.allowance.is_used_up() {
            self.allowance.refused(self.clock.now());
            if let Verdict::UsedUp(wait) = self.allowance.verdict(self.clock.now()) {
                return used_up(operation, wait);
            }
        }
        let error = codes::error(operation, reply.status);
        status::with_wait(error, &reply.headers, self.clock.now())
    }

    fn url(&self, path: &str, query: Query<'_>) -> String {
        let mut url = format!("{}{path}", self.base_url);
        if !query.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(query)
                .finish();
            url.push('?');
            url.push_str(&query);
        }
        url
    }
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(mut value) = HeaderValue::try_from(value) {
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
}

fn read(operation: &'static str, body: &[u8]) -> Result<Extracted, DriveError> {
    let failed = |detail: &str| DriveError::failed(operation, detail);
    match types::extracted(body) {
        Ok(found) if found.items.is_empty() => Err(failed("no file behind the link")
            .with_sentence("The resolving service found no file behind this link.")),
        Ok(found) => Ok(found),
        Err(NotExtracted::NoList) => Err(failed("no list in the reply")),
        Err(NotExtracted::Failed(errno)) => {
            let error = failed("the service could not open the link")
                .with_sentence("The resolving service could not open this link.");
            Err(match errno {
                Some(errno) => error.with_code(errno),
                None => error,
            })
        }
    }
}

fn json_of(operation: &'static str, reply: &Reply) -> Result<Value, DriveError> {
    crate::json::parse(&reply.body)
        .ok_or_else(|| DriveError::failed(operation, "the reply is no JSON"))
}
