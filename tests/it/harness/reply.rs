//! An HTTP client of the server, and its replies: status, headers, and every byte up to the end or to the loss
//! of the connection.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method, redirect::Policy};
use serde_json::Value;

use super::Secrets;

/// A client that hides nothing: no redirects followed, nothing decompressed, no proxy.
#[derive(Clone)]
pub struct Visitor {
    client: Client,
    address: SocketAddr,
    pub secrets: Secrets,
}

/// A test that waits longer than this for one reply has failed.
const PATIENCE: Duration = Duration::from_secs(60);

impl Visitor {
    pub fn new(address: SocketAddr, secrets: Secrets) -> Self {
        let client = Client::builder()
            .redirect(Policy::none())
            .gzip(false)
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self {
            client,
            address,
            secrets,
        }
    }

    /// Returns the address and port of its server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn ask(&self, method: Method, path: &str) -> Ask {
        assert!(path.starts_with('/'), "{path} is not a path");
        let url = format!("http://{}{path}", self.address);
        Ask {
            request: self.client.request(method, url),
            path: path.to_owned(),
            secrets: self.secrets.clone(),
        }
    }
}

/// A request in the making.
pub struct Ask {
    request: reqwest::RequestBuilder,
    path: String,
    secrets: Secrets,
}

impl Ask {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn range(self, range: &str) -> Self {
        self.header("range", range)
    }

    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        self.request = self.request.form(fields);
        self
    }

    pub fn basic(mut self, user: &str, password: &str) -> Self {
        self.request = self.request.basic_auth(user, Some(password));
        self
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    pub fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.request = self.request.body(body);
        self
    }

    /// Sends the request and returns the reply, however it ends. A page that came without what a slow drive has not
    /// answered yet is loaded again, as a browser does.
    pub async fn send(self) -> Reply {
        let request = self.request.try_clone();
        let again = request.map(|request| Ask {
            request: request.query(&[("waited", "1")]),
            path: self.path.clone(),
            secrets: self.secrets.clone(),
        });
        let first = self.send_once().await;
        match again.filter(|_| first.header("refresh").ends_with("waited=1")) {
            Some(again) => again.send_once().await,
            None => first,
        }
    }

    /// Sends the request and returns the reply, which has this status.
    pub async fn expect(self, status: u16) -> Reply {
        self.send().await.expect(status)
    }

    /// Sends the request and returns the reply, however it ends.
    pub async fn send_once(self) -> Reply {
        let Ask {
            request,
            path,
            secrets,
        } = self;
        let sent = request.send().await;
        let response = sent.unwrap_or_else(|error| panic!("{path}: no reply at all: {error:?}"));
        Ask::read(response, path, &secrets).await
    }

    /// Sends the request once; `None` if the connection is lost before a reply.
    pub async fn try_send(self) -> Option<Reply> {
        let response = self.request.send().await.ok()?;
        Some(Ask::read(response, self.path, &self.secrets).await)
    }

    async fn read(mut response: reqwest::Response, path: String, secrets: &Secrets) -> Reply {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        let is_whole = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        let reply = Reply {
            path,
            status,
            headers,
            body,
            is_whole,
        };
        reply.assert_nothing_leaked(secrets);
        reply
    }

    /// Returns the bare response, for a body that is read slowly.
    pub async fn open(self) -> reqwest::Response {
        self.request.send().await.unwrap()
    }
}

/// The reply.
pub struct Reply {
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// True if the body ended as announced.
    pub is_whole: bool,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}: not JSON: {}", self.path, self.text()))
    }

    /// Returns a header; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Returns the problem's code; empty if the reply is not a problem.
    pub fn code(&self) -> String {
        if self.header("content-type") != "application/problem+json" {
            return String::new();
        }
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.describe());
        self
    }

    /// Describes the reply for failures.
    pub fn describe(&self) -> String {
        let body = match self.is_text() {
            true => self.text().chars().take(400).collect(),
            false => format!("{} bytes", self.body.len()),
        };
        let end = if self.is_whole { "" } else { ", cut off" };
        format!("{} {:?} {body}{end}", self.status, self.headers)
    }

    fn is_text(&self) -> bool {
        let kind = self.header("content-type");
        ["text", "json", "xml", "mpegurl", "xspf", "javascript"]
            .iter()
            .any(|word| kind.contains(word))
    }

    fn assert_nothing_leaked(&self, secrets: &Secrets) {
        for (name, value) in &self.headers {
            let value = String::from_utf8_lossy(HeaderValue::as_bytes(value)).into_owned();
            secrets.assert_absent(&format!("the header {name} of {}", self.path), &value);
        }
        if self.is_text() {
            secrets.assert_absent(&self.path, &self.text());
        }
    }
}
