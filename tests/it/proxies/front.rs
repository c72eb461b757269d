//! A web server in front of ours, with a certificate that was made a moment ago.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, StatusCode};
use sandbox::Options;
use serde_json::Value;

use crate::harness::*;

pub const PASSWORD: &str = "open sesame";

/// A web server in front of ours, at `https://localhost:PORT/drive-in`.
pub struct Front {
    pub drivein: Drivein,
    /// `https://localhost:PORT/drive-in`
    pub url: String,
    client: Client,
    _running: Running,
    _folder: Arc<tempfile::TempDir>,
}

#[derive(Clone, Copy)]
pub enum Kind {
    Nginx,
    Caddy,
}

impl Kind {
    fn config(self, folder: &Path, port: u16, upstream: &str) -> String {
        let at = |name: &str| folder.join(name).display().to_string();
        let (key, certificate) = (at("key.pem"), at("cert.pem"));
        match self {
            // The part in `server` is the one of docs/install.md.
            Kind::Nginx => format!(
                "daemon off; master_process off; pid {pid}; error_log {log};\n\
                 events {{}}\n\
                 http {{\n  access_log off;\n  client_body_temp_path {tmp};\n  proxy_temp_path {tmp};\n\
                 fastcgi_temp_path {tmp};\n  uwsgi_temp_path {tmp};\n  scgi_temp_path {tmp};\n\
                 server {{\n    listen 127.0.0.1:{port} ssl;\n    server_name localhost;\n\
                 ssl_certificate {certificate};\n    ssl_certificate_key {key};\n\
                 location /drive-in/ {{\n      proxy_pass http://{upstream};\n      proxy_http_version 1.1;\n\
                 proxy_set_header Host $http_host;\n      proxy_set_header X-Forwarded-For $remote_addr;\n\
                 proxy_set_header X-Forwarded-Proto $scheme;\n      proxy_buffering off;\n\
                 proxy_request_buffering off;\n      client_max_body_size 0;\n    }}\n  }}\n}}\n",
                pid = at("nginx.pid"),
                log = at("error.log"),
                tmp = at("tmp"),
            ),
            Kind::Caddy => format!(
                "{{\n\tadmin off\n\tauto_https off\n\tstorage file_system {}\n}}\n\
                 https://localhost:{port} {{\n\ttls {certificate} {key}\n\tredir /drive-in /drive-in/\n\treverse_proxy /drive-in/* {upstream}\n}}\n",
                at("caddy")
            ),
        }
    }

    fn program(self, folder: &Path) -> Program {
        let at = |name: &str| folder.join(name).display().to_string();
        match self {
            Kind::Nginx => {
                need("/usr/sbin/nginx", "nginx-light");
                Program::new("/usr/sbin/nginx").args([
                    "-p",
                    &folder.display().to_string(),
                    "-e",
                    &at("error.log"),
                    "-c",
                    &at("front.conf"),
                ])
            }
            Kind::Caddy => {
                need("caddy", "caddy");
                Program::new("caddy").args([
                    "run",
                    "--adapter",
                    "caddyfile",
                    "--config",
                    &at("front.conf"),
                ])
            }
        }
    }
}

impl Front {
    /// Starts the server with a drive that is not signed in yet, and `kind` in front of it.
    pub async fn start(kind: Kind) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        certificate(folder.path()).await;
        // Neither accepts an open socket, so another program may take the port in between; then another port is
        // tried.
        for _ in 0..10 {
            let port = free_port();
            let url = format!("https://localhost:{port}/drive-in");
            let drivein = Drivein::setup()
                .sandbox(Options {
                    device_interval: Duration::from_secs(1),
                    ..Options::default()
                })
                .signed_out()
                .public_url(&url)
                .trusted_proxy()
                .password(PASSWORD)
                .start()
                .await;
            let config = kind.config(folder.path(), port, &drivein.address.to_string());
            std::fs::write(folder.path().join("front.conf"), config).unwrap();
            let client = Client::builder()
                .tls_danger_accept_invalid_certs(true)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .gzip(false)
                .timeout(Duration::from_secs(60))
                .build()
                .unwrap();
            let mut running = kind.program(folder.path()).spawn();
            let up = eventually(
                "the web server answers or has ended",
                Duration::from_secs(60),
                async || {
                    if running.has_ended() {
                        return Some(false);
                    }
                    let reply = client.get(format!("{url}/healthz")).send().await.ok()?;
                    Some(reply.status() == StatusCode::OK)
                },
            );
            if up.await {
                return Self {
                    drivein,
                    url,
                    client,
                    _running: running,
                    _folder: folder,
                };
            }
            let (_, _, log) = running.ended().await;
            let file = std::fs::read_to_string(folder.path().join("error.log"));
            let log = format!("{log}{}", file.unwrap_or_default());
            assert!(log.contains("in use"), "{log}");
        }
        panic!("ten ports in a row were taken");
    }

    /// Returns `https://localhost:PORT`.
    pub fn origin(&self) -> &str {
        self.url.strip_suffix("/drive-in").unwrap()
    }

    /// Sends one request to one of our absolute URLs, and returns its whole reply.
    pub async fn ask(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        assert!(url.starts_with("https://localhost:"), "{url}");
        let mut request = self.client.request(method, url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = request.send().await.unwrap();
        Answer {
            status: reply.status().as_u16(),
            headers: reply.headers().clone(),
            body: reply.bytes().await.unwrap().to_vec(),
        }
    }

    pub async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::GET, url, headers, "").await
    }
}

pub struct Answer {
    pub status: u16,
    headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:?} {}", self.headers, self.text());
        self
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}
