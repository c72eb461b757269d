//! The client for media: connections by host, which are used again.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::header::{ACCEPT, HOST, HeaderMap, HeaderValue, USER_AGENT};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::time::timeout;
use tower_service::Service;

use super::connection::HttpConnection;
use super::error::StreamError;
use super::head;
use super::idle::IdleConnections;
use super::page::FreePages;
use super::streamed::Streamed;
use crate::http::dns::GuardedDns;
use crate::http::settings::ClientSettings;

const TCP_KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);

/// The client for media bodies.
pub(crate) struct Media {
    tcp: HttpConnector<GuardedDns>,
    tls: Arc<ClientConfig>,
    connect_timeout: Duration,
    read_timeout: Duration,
    user_agent: HeaderValue,
    free: Arc<FreePages>,
    idle: Arc<IdleConnections>,
}

impl Media {
    /// Creates the client. Its TLS must offer HTTP/1.1 alone, or nothing.
    pub fn new(
        dns: GuardedDns,
        settings: &ClientSettings,
        user_agent: &'static str,
        tls: ClientConfig,
    ) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(dns);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(TCP_KEEPALIVE_INTERVAL));
        tcp.set_connect_timeout(Some(settings.connect_timeout));
        Media {
            tcp,
            tls: Arc::new(tls),
            connect_timeout: settings.connect_timeout,
            read_timeout: settings.read_timeout,
            user_agent: HeaderValue::from_static(user_agent),
            free: FreePages::up_to(settings.free_memory),
            idle: Arc::default(),
        }
    }

    /// Requests a URL, which must have passed the guard. Any status is a response, and so is a redirect.
    pub async fn get(&self, url: &str, headers: &HeaderMap) -> Result<Streamed, StreamError> {
        let uri: Uri = url.parse().map_err(|_| StreamError::Address)?;
        let authority = uri.authority().ok_or(StreamError::Address)?.as_str();
        let host: Arc<str> =
            format!("{}://{authority}", uri.scheme_str().unwrap_or_default()).into();
        let request = head::request(&uri, &self.headers(authority, headers)?);
        loop {
            let (mut connection, was_used) = match self.idle.take(&host) {
                Some(connection) => (connection, true),
                None => (self.connect(&uri, host.clone()).await?, false),
            };
            match timeout(self.read_timeout, connection.ask(&request)).await {
                Ok(Ok((head, received))) => {
                    let idle = self.idle.clone();
                    let parts = (connection, idle, self.read_timeout);
                    return Ok(Streamed::new(head, received, parts));
                }
                // The upstream had closed it meanwhile, which says nothing about other connections.
                Ok(Err(_)) if was_used => continue,
                Ok(Err(error)) => return Err(error),
                Err(_) => return Err(StreamError::Timeout),
            }
        }
    }

    fn headers(&self, authority: &str, own: &HeaderMap) -> Result<HeaderMap, StreamError> {
        let mut sent = HeaderMap::with_capacity(own.len() + 3);
        let host = HeaderValue::from_str(authority).map_err(|_| StreamError::Address)?;
        sent.insert(HOST, host);
        sent.insert(ACCEPT, HeaderValue::from_static("*/*"));
        sent.insert(USER_AGENT, self.user_agent.clone());
        sent.extend(
            own.iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        Ok(sent)
    }

    async fn connect(&self, uri: &Uri, host: Arc<str>) -> Result<HttpConnection, StreamError> {
        let mut tcp = self.tcp.clone();
        let connected = async {
            poll_fn(|context| tcp.poll_ready(context))
                .await
                .map_err(unreachable)?;
            let tcp = tcp.call(uri.clone()).await.map_err(unreachable)?;
            let tcp = tcp.into_inner();
            if uri.scheme_str() != Some("https") {
                return Ok(HttpConnection::plain(tcp, self.free.clone(), host));
            }
            let name = uri.host().unwrap_or_default();
            let name = name
                .strip_prefix('[')
                .and_then(|name| name.strip_suffix(']'));
            let name = name.or(uri.host()).unwrap_or_default().to_owned();
            let name = ServerName::try_from(name).map_err(|_| StreamError::Address)?;
            HttpConnection::encrypted(tcp, (self.tls.clone(), name), self.free.clone(), host)
                .await
                .map_err(unreachable)
        };
        // DNS, TCP and TLS together.
        timeout(self.connect_timeout, connected)
            .await
            .map_err(|_| StreamError::Timeout)?
    }
}

fn unreachable(error: impl std::error::Error + Send + Sync + 'static) -> StreamError {
    StreamError::Connect(Box::new(error))
}
