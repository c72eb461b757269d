//! Behind a real web server, below a path, with TLS: what README says about nginx and Caddy, done.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, StatusCode};

use crate::harness::*;

const PASSWORD: &str = "open sesame";

/// A web server in front of ours, at `https://localhost:PORT/drive-in`.
struct Front {
    drivein: Drivein,
    url: String,
    client: Client,
    _running: Running,
    _folder: Arc<tempfile::TempDir>,
}

#[derive(Clone, Copy)]
enum Kind {
    Nginx,
    Caddy,
}

impl Kind {
    fn config(self, folder: &Path, port: u16, upstream: &str) -> String {
        let at = |name: &str| folder.join(name).display().to_string();
        let (key, certificate) = (at("key.pem"), at("cert.pem"));
        match self {
            // The part in `server` is the one of README.
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
    async fn start(kind: Kind) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        certificate(folder.path()).await;
        // Neither takes a socket that is open already, so somebody else may take the port in between; then
        // another is tried.
        for _ in 0..10 {
            let port = free_port();
            let url = format!("https://localhost:{port}/drive-in");
            let drivein = Drivein::setup()
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

    /// One request at an absolute address of ours, and its whole reply.
    async fn ask(&self, method: Method, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        assert!(url.starts_with("https://localhost:"), "{url}");
        let mut request = self.client.request(method, url).body(body.to_owned());
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

    async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::GET, url, headers, "").await
    }
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:?} {}", self.headers, self.text());
        self
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

async fn certificate(folder: &Path) {
    need("openssl", "openssl");
    let made = Program::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .in_folder(folder)
        .output()
        .await;
    assert!(made.status.success(), "{made:?}");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The evening of an owner: signs in, browses, plays, seeks, hands a list to another player.
async fn an_evening_behind(kind: Kind) {
    let front = Front::start(kind).await;
    let base = front.url.clone();
    let origin = base.strip_suffix("/drive-in").unwrap();

    let to_login = front
        .get(&format!("{base}/browse/films"), &[])
        .await
        .expect(303);
    assert_eq!(
        to_login.header("location"),
        "/drive-in/login?next=%2Fbrowse%2Ffilms"
    );
    let form = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", origin),
    ];
    let signed_in = front
        .ask(
            Method::POST,
            &format!("{base}/login"),
            &form,
            "password=open+sesame&next=%2Fbrowse%2Ffilms",
        )
        .await
        .expect(303);
    assert_eq!(signed_in.header("location"), "/drive-in/browse/films");
    let cookie = signed_in.header("set-cookie").to_owned();
    assert!(
        cookie.contains("; Secure") && cookie.contains("; HttpOnly"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();
    let signed = [("cookie", cookie)];
    front
        .ask(
            Method::POST,
            &format!("{base}/login"),
            &[form[0], ("origin", "https://evil.example")],
            "password=open+sesame",
        )
        .await
        .expect(403);

    let page = front
        .get(&format!("{base}/browse/films"), &signed)
        .await
        .expect(200)
        .text();
    assert!(page.contains("Tidal Light.mp4"));
    for link in all_between(&page, "href=\"", "\"").chain(all_between(&page, "src=\"", "\"")) {
        let is_below =
            link.starts_with("/drive-in/") || link.starts_with('#') || link.starts_with(&base);
        assert!(is_below, "{link}");
    }
    let style = all_between(&page, "href=\"", "\"")
        .find(|link| link.ends_with("style.css"))
        .unwrap();
    front
        .get(&format!("{origin}{style}"), &[])
        .await
        .expect(200);

    let address = format!("{base}/api/v1/entries/{DRIVE}{}", encoded(FILM));
    let entry = front.get(&address, &signed).await.expect(200);
    let entry: serde_json::Value = serde_json::from_slice(&entry.body).unwrap();
    let play = entry["entry"]["play"]["original"].as_str().unwrap();
    assert!(play.starts_with(&format!("{base}/play/")), "{play}");
    let master = front
        .get(&format!("{play}/master.m3u8"), &[])
        .await
        .expect(200)
        .text();
    assert!(master.contains("\n480p.m3u8"));
    let playlist = front
        .get(&format!("{play}/480p.m3u8"), &[])
        .await
        .expect(200)
        .text();
    assert!(playlist.contains("\n480p/1.ts"));
    let segment = front
        .get(&format!("{play}/480p/1.ts"), &[])
        .await
        .expect(200);
    assert!(segment.body == front.drivein.segment_source(FILM, "480p", 1).await);
    let original = front.drivein.source(FILM, "original").await;
    for (range, expected) in [
        ("bytes=1000-1999", &original[1000..2000]),
        ("bytes=-500", &original[original.len() - 500..]),
        ("bytes=0-0", &original[..1]),
    ] {
        let seeked = front.get(play, &[("range", range)]).await.expect(206);
        assert!(seeked.body == expected, "{range}");
        assert_eq!(seeked.header("content-length"), expected.len().to_string());
    }
    let whole = front.get(play, &[]).await.expect(200);
    assert!(whole.body == original, "the whole film");

    let list = entry["entry"]["lists"]["m3u"].as_str().unwrap();
    let list = front.get(list, &[]).await.expect(200).text();
    let listed = list
        .lines()
        .find(|line| line.starts_with("https://"))
        .unwrap();
    assert!(listed.starts_with(&format!("{base}/play/")), "{listed}");
    front.get(listed, &[]).await.expect(200);

    // The viewer's own address, not the web server's.
    let sessions = front
        .get(&format!("{base}/api/v1/sessions"), &signed)
        .await
        .expect(200);
    assert!(sessions.text().contains("127.0.0.1"));
    // Beside the path there is nothing: nginx says so, and Caddy says nothing.
    let beside = front.get(&format!("{origin}/etc/passwd"), &[]).await;
    assert!(
        beside.status == 404 || beside.body.is_empty(),
        "{}",
        beside.text()
    );
}

#[tokio::test]
async fn an_evening_behind_nginx() {
    an_evening_behind(Kind::Nginx).await;
}

#[tokio::test]
#[ignore = "needs Debian's caddy, which the test tools do not install"]
async fn an_evening_behind_caddy() {
    an_evening_behind(Kind::Caddy).await;
}
