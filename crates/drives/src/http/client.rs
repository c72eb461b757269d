//! The HTTP client: GET with redirects followed by hand, POST of forms and JSON, and bodies opened as streams.

mod hops;

use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use http::{Method, StatusCode};
use url::Url;

use super::dns::GuardedDns;
use super::guard::{self, Guard};
use super::multipart::multipart;
use super::reply::{self, Reply, failure};
use super::settings::ClientSettings;
use super::stream::{Media, Streamed};
use super::tls_config::tls_config;
use super::{FormEncoding, gzip, redirects};
use crate::DriveError;
use cache::SyncCache;

use hops::is_redirect;

/// The reason why the client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// An entry of `allow_hosts` is malformed.
    #[error(transparent)]
    Allowed(#[from] guard::AllowedError),
    /// TLS could not be set up; most often the machine has no CA certificates.
    #[error("the HTTP client cannot be set up (are the CA certificates installed?): {0}")]
    Setup(String),
}

/// The client. Built once at the start and shared by all drives.
pub struct Client {
    guard: Arc<Guard>,
    /// For calls: compressed replies, HTTP/2 if the server supports it.
    pub(super) calls: reqwest::Client,
    /// For media: unmodified bytes. Also for idempotent GETs without TLS.
    media: Media,
    /// Without an idle timeout: for request bodies, during which an upstream sends nothing, and for calls with
    /// a timeout of their own.
    pub(super) patient: reqwest::Client,
    pub(super) call_timeout: Duration,
    /// Hosts, with their port, that were offered HTTP/2 over TLS and chose HTTP/1.
    http1_hosts: SyncCache<String, ()>,
}

/// Upper limit for the hosts that are remembered for their HTTP version.
const MAX_HTTP1_HOSTS: u64 = 1000;

/// Time for which a host counts as one without HTTP/2. It may be updated.
const HTTP1_TTL: Duration = Duration::from_secs(3600);

const USER_AGENT: &str = concat!("drivein/", env!("CARGO_PKG_VERSION"));

impl Client {
    /// Builds the client.
    ///
    /// # Errors
    ///
    /// Fails only on a wrong setting, or on a machine without usable TLS.
    pub fn new(settings: &ClientSettings) -> Result<Self, ClientError> {
        let guard = Arc::new(Guard::new(&settings.allow_hosts)?);
        let patient = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .referer(false)
                .user_agent(USER_AGENT)
                .connect_timeout(settings.connect_timeout)
                .pool_idle_timeout(Duration::from_secs(60))
                .pool_max_idle_per_host(256)
                .tcp_keepalive(Duration::from_secs(30))
                .dns_resolver(GuardedDns::new(guard.clone()))
        };
        let tls = |protocols: &[&str]| tls_config(protocols).map_err(ClientError::Setup);
        let setup = |error: reqwest::Error| ClientError::Setup(reply::story(&error.without_url()));
        Ok(Client {
            calls: patient()
                .read_timeout(settings.read_timeout)
                .tls_backend_preconfigured(tls(&["h2", "http/1.1"])?)
                .build()
                .map_err(setup)?,
            media: Media::new(
                GuardedDns::new(guard.clone()),
                settings,
                USER_AGENT,
                tls(&[])?,
            ),
            patient: patient()
                .http1_only()
                .tls_backend_preconfigured(tls(&["http/1.1"])?)
                .build()
                .map_err(setup)?,
            guard,
            call_timeout: settings.call_timeout,
            http1_hosts: SyncCache::builder()
                .max_capacity(MAX_HTTP1_HOSTS)
                .time_to_live(HTTP1_TTL)
                .build(),
        })
    }

    /// GETs a small reply of any status, and reads up to `limit` bytes of it. Follows redirects; query
    /// parameters named in `secrets` stay with the first host.
    pub(crate) async fn get(
        &self,
        operation: &'static str,
        url: &str,
        secrets: &[&str],
        limit: usize,
    ) -> Result<Reply, DriveError> {
        let work = async {
            let (response, url) = self.follow_call(operation, url, secrets).await?;
            Reply::read(operation, response, url, limit).await
        };
        self.in_time(operation, work).await
    }

    /// GETs like [`Client::get`] for a call that changes nothing: retries once if a pooled connection turns out
    /// to be closed. A host without HTTP/2 is asked on a connection that is polled by its reader; one that may speak
    /// it gets concurrent requests on one connection.
    pub(crate) async fn get_idempotent(
        &self,
        operation: &'static str,
        url: &str,
        secrets: &[&str],
        limit: usize,
    ) -> Result<Reply, DriveError> {
        if url.starts_with("https:") && !self.is_http1_host(url) {
            return self.get(operation, url, secrets, limit).await;
        }
        self.get_with(operation, url, HeaderMap::new(), secrets, limit)
            .await
    }

    /// GETs a small reply with headers of the caller, on a connection that is polled by its reader. Headers with
    /// credentials, and query parameters named in `secrets`, stay with the first host.
    pub(crate) async fn get_with(
        &self,
        operation: &'static str,
        url: &str,
        mut headers: HeaderMap,
        secrets: &[&str],
        limit: usize,
    ) -> Result<Reply, DriveError> {
        let work = async {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
            let (mut response, url) = self.follow(operation, url, headers, secrets).await?;
            let body = gzip::read_unpacked(operation, &mut response, limit).await?;
            let head = (response.status(), response.headers().clone());
            Reply::of(operation, head, body, (url, limit))
        };
        self.in_time(operation, work).await
    }

    /// POSTs a form in the given encoding, and reads up to `limit` bytes of the reply. A redirect is an error:
    /// the form belongs to the host that was called.
    pub(crate) async fn post_form(
        &self,
        operation: &'static str,
        url: &str,
        form: &[(&str, &str)],
        encoding: FormEncoding,
        limit: usize,
    ) -> Result<Reply, DriveError> {
        let work = async {
            let address = self.admitted(operation, url)?;
            let request = self.calls.request(Method::POST, address);
            let request = match encoding {
                FormEncoding::Urlencoded => request.form(form),
                FormEncoding::Multipart => {
                    let (content_type, body) = multipart(form);
                    request.header(CONTENT_TYPE, content_type).body(body)
                }
            };
            let response = request
                .send()
                .await
                .map_err(|error| failure(operation, error))?;
            if is_redirect(response.status()) {
                return Err(DriveError::failed(
                    operation,
                    "a redirect instead of an answer",
                ));
            }
            Reply::read(operation, response, url.to_owned(), limit).await
        };
        self.in_time(operation, work).await
    }

    /// Requests a URL and returns the target of its redirect, which is not followed; `None` if it does not
    /// redirect.
    pub(crate) async fn location(
        &self,
        operation: &'static str,
        url: &str,
    ) -> Result<Option<String>, DriveError> {
        let work = async {
            let address = self.admitted(operation, url)?;
            let request = self.calls.get(address.clone()).send();
            let response = request.await.map_err(|error| failure(operation, error))?;
            let location = response.headers().get(LOCATION);
            Ok(location
                .filter(|_| is_redirect(response.status()))
                .and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
                .and_then(|location| redirects::next(&address, location, &[])))
        };
        self.in_time(operation, work).await
    }

    /// POSTs JSON to a host that the owner configured, with Basic authentication if there is a login, and reads
    /// up to `limit` bytes of the reply, of any status. A redirect is a reply like any other.
    pub async fn post_json(
        &self,
        operation: &'static str,
        url: &str,
        login: Option<(&str, &str)>,
        body: &serde_json::Value,
        limit: usize,
    ) -> Result<(StatusCode, bytes::Bytes), DriveError> {
        let work = async {
            let address = self.admitted(operation, url)?;
            let mut request = self.calls.request(Method::POST, address).json(body);
            if let Some((user, password)) = login {
                request = request.basic_auth(user, Some(password));
            }
            let response = request
                .send()
                .await
                .map_err(|error| failure(operation, error))?;
            let reply = Reply::read(operation, response, url.to_owned(), limit).await?;
            Ok((reply.status, reply.body))
        };
        self.in_time(operation, work).await
    }

    /// Makes one call of a protocol library to a host that the owner configured, and reads up to `limit` bytes of the
    /// reply, of any status. A redirect is a reply like any other.
    pub async fn exchange(
        &self,
        operation: &'static str,
        request: http::Request<Vec<u8>>,
        limit: usize,
    ) -> Result<http::Response<Vec<u8>>, DriveError> {
        let (head, body) = request.into_parts();
        let url = head.uri.to_string();
        let work = async {
            let address = self.admitted(operation, &url)?;
            let request = self.calls.request(head.method, address);
            let request = request.headers(head.headers).body(body);
            let response = request
                .send()
                .await
                .map_err(|error| failure(operation, error))?;
            let reply = Reply::read(operation, response, url.clone(), limit).await?;
            let mut response = http::Response::new(reply.body.to_vec());
            *response.status_mut() = reply.status;
            *response.headers_mut() = reply.headers;
            Ok(response)
        };
        self.in_time(operation, work).await
    }

    /// Opens a body as a stream of unmodified bytes, whatever the status. Follows redirects; query parameters
    /// named in `secrets` stay with the first host.
    ///
    /// Characters that are allowed in a URL are sent byte for byte. Others (blanks, quotes, angle brackets,
    /// anything beyond ASCII) are percent-encoded, which has the same meaning at the other end.
    pub(crate) async fn open(
        &self,
        operation: &'static str,
        url: &str,
        headers: HeaderMap,
        secrets: &[&str],
    ) -> Result<Streamed, DriveError> {
        let opened = self.open_at(operation, url, headers, secrets).await?;
        Ok(opened.0)
    }

    /// Opens a body like [`Client::open`], and also returns the URL that it came from in the end, which is a
    /// secret.
    pub(crate) async fn open_at(
        &self,
        operation: &'static str,
        url: &str,
        mut headers: HeaderMap,
        secrets: &[&str],
    ) -> Result<(Streamed, String), DriveError> {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        self.follow(operation, url, headers, secrets).await
    }

    /// Returns true if the host of a URL was offered HTTP/2 lately and chose HTTP/1.
    fn is_http1_host(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| self.http1_hosts.contains_key(url.authority()))
    }

    /// Checks that a URL may be called, without calling it. Names are resolved, and checked again, when they are called.
    pub(crate) fn admits(&self, operation: &'static str, url: &str) -> Result<(), DriveError> {
        self.admitted(operation, url).map(drop)
    }

    pub(super) fn admitted(&self, operation: &'static str, url: &str) -> Result<Url, DriveError> {
        Url::parse(url)
            .map_err(|_| guard::Refusal::Malformed)
            .and_then(|address| self.guard.check(&address).map(|()| address))
            .map_err(|refusal| DriveError::failed(operation, refusal.to_string()))
    }

    async fn in_time<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        within(self.call_timeout, operation, work).await
    }
}

/// Awaits a call, with a timeout.
pub(super) async fn within<T>(
    patience: Duration,
    operation: &'static str,
    work: impl Future<Output = Result<T, DriveError>>,
) -> Result<T, DriveError> {
    match tokio::time::timeout(patience, work).await {
        Ok(result) => result,
        Err(_) => Err(DriveError::timeout(operation, "the call took too long")),
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}
