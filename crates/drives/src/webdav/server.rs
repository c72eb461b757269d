//! Requests to a WebDAV server: authentication, URLs, PROPFIND, and the meaning of statuses.
//!
//! A refused sign-in is not tried again for a while: servers shut an address out after some failures, with the right
//! password, too.

mod collection;
mod digest_auth;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::BufReader;
use tokio::sync::OnceCell;
use tokio_util::io::StreamReader;
use url::Url;

use super::config::WebDavConfig;
use super::digest::DigestState;
use super::multistatus::{self, Resource};
use crate::http::{Client, HttpCall, StreamedBody, StreamedReply, status, utf8};
use crate::{Clock, DriveError, ErrorKind};
use media::EntryPath;

/// One server, as one user.
pub(super) struct Server {
    http: Arc<Client>,
    clock: Clock,
    config: WebDavConfig,
    digest: DigestState,
    /// The collection that answered, with a slash at its end; found with the first request.
    collection: OnceCell<Url>,
    /// Time at which the sign-in was refused last.
    refused_at: Mutex<Option<SystemTime>>,
}

/// A request without a large body.
pub(super) struct DavCall<'a> {
    pub(super) operation: &'static str,
    pub(super) method: &'static str,
    pub(super) url: &'a str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<&'static str>,
}

/// Depth of a PROPFIND, which is always sent: without it, some servers walk the whole tree.
#[derive(Debug, Clone, Copy)]
pub(super) enum Depth {
    /// The resource alone.
    Itself,
    /// A folder and its children.
    Children,
}

/// Pause after a refused sign-in. OpenList shuts an IP out for five minutes after five failures.
const REFUSED_TTL: Duration = Duration::from_secs(60);
/// Upper limit for the bytes of an answer to PROPFIND: 100,000 entries or more.
const MAX_LISTING_BYTES: u64 = 64 << 20;
/// Upper limit for the bytes of any other answer.
const MAX_REPLY_BYTES: usize = 64 << 10;
/// Everything but unreserved characters is encoded (RFC 3986 §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The properties that are read; all of them take three times the bytes.
const LISTED: &str = r#"<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/><getetag/></prop></propfind>"#;

pub(super) const WRONG_PASSWORD: &str = "The server refuses the user name or the password (or the token) of this drive. Check user and password; \
     some servers want a password of its own for apps.";
const NO_WEBDAV: &str = "This is not a WebDAV address: the server does not answer PROPFIND there. For OpenList it ends in /dav, \
     for Nextcloud in /remote.php/dav/files/ and the user’s name. Check base_url.";
const MOVED: &str = "The server redirects this address elsewhere. Check base_url, also whether it begins with https.";
const FORBIDDEN: &str = "The server does not allow this to the user of this drive. (OpenList: the user needs “WebDAV read” and “WebDAV \
     manage”.)";
const BUSY: &str = "Somebody else is working on it: the server has locked it.";
pub(super) const BEHIND_TLS: &str = "The server refuses the address of the target. Behind a proxy that speaks TLS for it, it takes https for another \
     server; its administrator can mend that.";

impl Server {
    pub(super) fn new(http: Arc<Client>, clock: Clock, config: WebDavConfig) -> Self {
        Server {
            http,
            clock,
            config,
            digest: DigestState::default(),
            collection: OnceCell::new(),
            refused_at: Mutex::new(None),
        }
    }

    /// Returns the user name, or the host if there is none.
    pub(super) fn user(&self) -> &str {
        self.config.user.as_deref().unwrap_or_default()
    }

    /// Returns the host of the server.
    pub(super) fn host(&self) -> Option<String> {
        Url::parse(&self.config.base_url)
            .ok()?
            .host_str()
            .map(str::to_owned)
    }

    /// Returns the URL of an entry. That of a folder ends with a slash: servers redirect or refuse otherwise.
    pub(super) async fn url(
        &self,
        operation: &'static str,
        path: &EntryPath,
        is_folder: bool,
    ) -> Result<String, DriveError> {
        let mut url = self.collection(operation).await?.as_str().to_owned();
        for name in self.config.root.names().chain(path.names()) {
            url.extend(utf8_percent_encode(name, RESERVED));
            url.push('/');
        }
        if !is_folder && !path.is_root() {
            url.pop();
        }
        Ok(url)
    }

    /// Returns the decoded path of an entry on the server, without a slash at its end.
    pub(super) async fn decoded(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<String, DriveError> {
        let collection = self.collection(operation).await?;
        let mut decoded = super::decode(collection.path())
            .ok_or_else(|| DriveError::failed(operation, "base_url is not text"))?;
        while decoded.ends_with('/') {
            decoded.pop();
        }
        for name in self.config.root.names().chain(path.names()) {
            decoded.push('/');
            decoded.push_str(name);
        }
        Ok(decoded)
    }

    /// Requests the properties of a resource, and of its children.
    ///
    /// # Errors
    /// `not_found` if there is none; those of [`Server::error`].
    pub(super) async fn propfind(
        &self,
        operation: &'static str,
        url: &str,
        depth: Depth,
    ) -> Result<Vec<Resource>, DriveError> {
        self.properties(operation, url, depth, LISTED).await
    }

    async fn properties(
        &self,
        operation: &'static str,
        url: &str,
        depth: Depth,
        properties: &'static str,
    ) -> Result<Vec<Resource>, DriveError> {
        let depth = match depth {
            Depth::Itself => "0",
            Depth::Children => "1",
        };
        let call = DavCall {
            operation,
            method: "PROPFIND",
            url,
            headers: vec![("depth", depth.to_owned())],
            body: Some(properties),
        };
        let reply = self.call(&call).await?;
        if reply.status != StatusCode::MULTI_STATUS {
            return Err(self.error(operation, reply.status, &reply.headers));
        }
        let code = i64::from(reply.status.as_u16());
        let read = multistatus::read(operation, limited(reply)).await;
        read.map_err(|error| error.with_code(code))
    }

    /// Makes a request, and a second one if the server asks for another kind of authentication first. Returns the
    /// reply, whatever its status.
    ///
    /// # Errors
    /// `signed_out` if the sign-in is refused.
    pub(super) async fn call(&self, call: &DavCall<'_>) -> Result<StreamedReply, DriveError> {
        let method = Method::from_bytes(call.method.as_bytes())
            .map_err(|_| DriveError::failed(call.operation, "no such method"))?;
        let send = async || {
            let mut headers = self.headers(call.operation, &method, call.url)?;
            for (name, value) in &call.headers {
                let value = HeaderValue::try_from(value)
                    .map_err(|_| DriveError::failed(call.operation, "an unusable header"))?;
                headers.insert(HeaderName::from_static(name), value);
            }
            let request = HttpCall {
                method: method.clone(),
                url: call.url,
                headers,
                body: call
                    .body
                    .map(|body| ("application/xml; charset=utf-8", body.to_owned())),
                limit: MAX_REPLY_BYTES,
                patience: None,
            };
            self.http.call_streamed(call.operation, request).await
        };
        let reply = send().await?;
        if !self.is_challenge(call.operation, reply.status, &reply.headers)? {
            return Ok(reply);
        }
        let reply = send().await?;
        self.accept_status(call.operation, reply.status)?;
        Ok(reply)
    }

    /// PUTs a body. `body` makes it anew for a second request.
    ///
    /// # Errors
    /// Those of [`Server::error`].
    pub(super) async fn put(
        &self,
        operation: &'static str,
        url: &str,
        length: u64,
        body: impl Fn() -> BoxStream<'static, io::Result<Bytes>>,
    ) -> Result<(), DriveError> {
        let send = async || {
            let streamed = StreamedBody {
                method: Method::PUT,
                url,
                headers: self.headers(operation, &Method::PUT, url)?,
                length,
                body: body(),
                limit: MAX_REPLY_BYTES,
            };
            self.http.send_body(operation, streamed).await
        };
        let mut reply = send().await?;
        if self.is_challenge(operation, reply.status, &reply.headers)? {
            reply = send().await?;
            self.accept_status(operation, reply.status)?;
        }
        match reply.status.is_success() {
            true => Ok(()),
            false => Err(self.error(operation, reply.status, &reply.headers)),
        }
    }

    /// Returns the headers of a request: those that identify the user.
    ///
    /// # Errors
    /// `signed_out` while a refused sign-in is not tried again.
    pub(super) fn headers(
        &self,
        operation: &'static str,
        method: &Method,
        url: &str,
    ) -> Result<HeaderMap, DriveError> {
        let refused_at = *self
            .refused_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        if refused_at.is_some_and(|at| now.duration_since(at).is_ok_and(|age| age < REFUSED_TTL)) {
            return Err(signed_out(operation));
        }
        let mut headers = HeaderMap::new();
        if let Some(text) = self.authorization(method, url) {
            let mut value = HeaderValue::try_from(text)
                .map_err(|_| DriveError::failed(operation, "unusable credentials"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(headers)
    }

    /// Remembers a refused sign-in.
    ///
    /// # Errors
    /// `signed_out` for status 401.
    fn accept_status(&self, operation: &'static str, status: StatusCode) -> Result<(), DriveError> {
        if status != StatusCode::UNAUTHORIZED {
            return Ok(());
        }
        let mut refused_at = self
            .refused_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *refused_at = Some(self.clock.now());
        Err(signed_out(operation))
    }

    /// Returns the error that a status stands for.
    pub(super) fn error(
        &self,
        operation: &'static str,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> DriveError {
        let (kind, sentence) = match status.as_u16() {
            401 => return signed_out(operation),
            301 | 302 | 303 | 307 | 308 => (ErrorKind::UpstreamFailed, Some(MOVED)),
            403 => (ErrorKind::Forbidden, Some(FORBIDDEN)),
            404 | 409 | 410 => (ErrorKind::NotFound, None),
            405 | 501 => (ErrorKind::Unsupported, None),
            412 => (ErrorKind::Conflict, None),
            423 => (ErrorKind::Conflict, Some(BUSY)),
            507 => (ErrorKind::NoSpace, None),
            _ => (status::kind_of_call(status), None),
        };
        let mut error = DriveError::new(kind, operation, "").with_code(status.as_u16().into());
        error.sentence = sentence;
        status::with_wait(error, headers, self.clock.now())
    }
}

/// Returns true if another URL at the same server would fail in the same way.
fn is_final(error: &DriveError) -> bool {
    let is_outage = match error.upstream_code {
        // No answer at all.
        None => error.kind.is_transient(),
        Some(status) => status >= 500,
    };
    let is_refusal = matches!(
        error.kind,
        ErrorKind::SignedOut | ErrorKind::Forbidden | ErrorKind::RateLimited
    );
    is_outage || is_refusal
}

fn signed_out(operation: &'static str) -> DriveError {
    DriveError::new(ErrorKind::SignedOut, operation, "the sign-in is refused")
        .with_sentence(WRONG_PASSWORD)
}

/// Returns a body as a reader that ends with an error after the limit.
fn limited(reply: StreamedReply) -> impl tokio::io::AsyncBufRead + Unpin {
    use futures_util::StreamExt;
    let mut left = MAX_LISTING_BYTES;
    let body = utf8::mended(reply.body).map(move |piece| {
        let piece = piece?;
        left = left
            .checked_sub(piece.len() as u64)
            .ok_or_else(|| io::Error::other("the answer is too long"))?;
        Ok::<_, io::Error>(piece)
    });
    BufReader::new(StreamReader::new(body))
}
