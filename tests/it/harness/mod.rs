//! Starts the real server over an emulated TeraBox, both in this process, and speaks to it in short words.
//!
//! ```text
//!   test ──► Drivein { get, api, entry, play, … } ──► the server ──► sandbox { fault, count, source, … }
//! ```
//!
//! Every reply that passes through here, and everything that the server logs meanwhile, is searched for
//! what must not leave the server; so each test is a test of that as well.

mod log;
mod programs;
mod reply;
mod secrets;
mod setup;
mod texts;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use drivein::app::App;
use drivein::config::Config;
use reqwest::Method;
use sandbox::{self, Effect, Fault, FaultId, Sandbox};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use log::{LogMark, watch_log};
pub use programs::{Program, Running, eventually, need, own_binary, soon};
pub use reply::{Ask, Reply, Visitor};
pub use secrets::{Secrets, forbidden_words};
pub use setup::{Setup, drive_section, terabox_section, web_session_section};
pub use texts::{all_between, decoded, encoded, encoded_name, unescaped};

use secrets::forbidden;

/// The name of the drive that every server here has.
pub const DRIVE: &str = "films";
/// A film that lies at the root: 66 s, every quality, seven segments each.
pub const FILM: &str = "/Tidal Light.mp4";

/// A running server with its upstream.
pub struct Drivein {
    pub sandbox: Arc<Sandbox>,
    pub address: SocketAddr,
    /// Speaks to the server, and never follows a redirect by itself.
    pub visitor: Visitor,
    setup: Arc<Setup>,
    home: Arc<TempDir>,
    log: LogMark,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<anyhow::Result<()>>,
    /// Every route that the server has.
    pub routes: Vec<drivein::web::Route>,
    /// The code for the first visit, where one is asked for.
    pub set_up_code: Option<String>,
}

impl Drivein {
    /// A server over the bundled films, open to all clients on this machine.
    pub async fn start() -> Self {
        Setup::default().start().await
    }

    pub fn setup() -> Setup {
        Setup::default()
    }

    async fn run(setup: Arc<Setup>, sandbox: Arc<Sandbox>, home: Arc<TempDir>) -> Self {
        let log = watch_log();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let text = setup.config(&sandbox, home.path());
        let config = Config::parse(&text, std::iter::empty()).unwrap();
        let app = App::new(&config, address).await.unwrap();
        let (routes, set_up_code) = (app.routes(), app.set_up_code());
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(app.run(listener, async move {
            let _ = stopped.await;
        }));
        Self {
            visitor: Visitor::new(address, forbidden(&sandbox)),
            sandbox,
            address,
            setup,
            home,
            log,
            stop: Some(stop),
            served,
            routes,
            set_up_code,
        }
    }

    /// Stops as a signal would, and waits for the end.
    pub async fn stopped(mut self) {
        drop(self.stop.take());
        (&mut self.served).await.unwrap().unwrap();
    }

    /// The same server once more, with the state that it left, on another port.
    pub async fn restarted(self) -> Self {
        let (setup, sandbox, home) = (self.setup.clone(), self.sandbox.clone(), self.home.clone());
        self.stopped().await;
        Self::run(setup, sandbox, home).await
    }

    /// The folder of its state.
    pub fn data_dir(&self) -> &Path {
        self.home.path()
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn ask(&self, method: Method, path: &str) -> Ask {
        self.visitor.ask(method, path)
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path).send().await
    }

    pub async fn head(&self, path: &str) -> Reply {
        self.ask(Method::HEAD, path).send().await
    }

    /// A call of the API that succeeds.
    pub async fn api(&self, call: &str) -> Value {
        let reply = self.get(&format!("/api/v1/{call}")).await;
        assert_eq!(reply.status, 200, "{call}: {}", reply.text());
        reply.json()
    }

    /// A call of the API with a body of JSON.
    pub async fn call(&self, method: Method, call: &str, body: Value) -> Reply {
        self.ask(method, &format!("/api/v1/{call}"))
            .json(&body)
            .send()
            .await
    }

    /// A file put onto the drive.
    pub async fn put(&self, path: &str, query: &str, body: impl Into<Vec<u8>>) -> Reply {
        let address = format!("/api/v1/content/{DRIVE}{}{query}", encoded(path));
        self.ask(Method::PUT, &address)
            .body(body.into())
            .send()
            .await
    }

    /// The names in a folder, as the API lists it.
    pub async fn names(&self, folder: &str) -> Vec<String> {
        let children = self.entry(folder).await["children"].clone();
        let names = children.as_array().unwrap().iter();
        names
            .map(|child| child["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Somebody who may be told addresses of the upstream: links that are to be passed on, and its own
    /// login page.
    pub fn told(&self) -> Visitor {
        Visitor::new(self.address, Secrets::none())
    }

    /// From now on, these must not be seen either: words of another upstream.
    pub fn keep_secret(&mut self, words: Vec<String>) {
        self.visitor.secrets = self.visitor.secrets.and(words);
    }

    /// Returns an entry from the API, with the first page of its children.
    pub async fn entry(&self, path: &str) -> Value {
        self.api(&format!("entries/{DRIVE}{}", encoded(path))).await
    }

    /// The play address of a file, from the root of the host; its streams are below it.
    pub async fn play(&self, path: &str) -> String {
        self.try_play(path)
            .await
            .unwrap_or_else(|| panic!("{path} cannot be played"))
    }

    async fn try_play(&self, path: &str) -> Option<String> {
        let address = self.entry(path).await["entry"]["play"]["original"]
            .as_str()?
            .to_owned();
        Some(self.local(&address))
    }

    /// The play address of the root of the drive.
    pub async fn play_root(&self) -> String {
        let list = self.entry("/").await["entry"]["lists"]["m3u"]
            .as_str()
            .unwrap()
            .to_owned();
        self.local(list.strip_suffix("/list.m3u").unwrap())
    }

    /// An absolute address of ours as a path.
    pub fn local(&self, address: &str) -> String {
        let local = address.strip_prefix(&self.url());
        local
            .unwrap_or_else(|| panic!("{address} is not an address of {}", self.url()))
            .to_owned()
    }

    /// From now on, this goes wrong upstream.
    pub fn fault(&self, route: &str, effect: Effect) -> FaultId {
        self.sandbox.fault(Fault::on(route, effect))
    }

    /// The next time only, this goes wrong upstream.
    pub fn fault_once(&self, route: &str, effect: Effect) -> FaultId {
        self.sandbox.fault(Fault::on(route, effect).times(1))
    }

    /// Requests of all kinds that the upstream has seen.
    pub fn upstream_calls(&self) -> u64 {
        sandbox::ROUTES
            .iter()
            .map(|route| self.sandbox.count(route))
            .sum()
    }

    /// The bytes behind a film: `original`, or a rendition's whole stream.
    pub async fn source(&self, path: &str, rendition: &str) -> Vec<u8> {
        self.sandbox
            .source(path, rendition)
            .await
            .unwrap_or_else(|| panic!("{path} has no {rendition}"))
            .to_vec()
    }

    /// The bytes of one segment.
    pub async fn segment_source(&self, path: &str, rendition: &str, number: usize) -> Vec<u8> {
        let segment = self.sandbox.segments(path, rendition).await.unwrap()[number];
        let start = segment.offset_bytes as usize;
        self.source(path, rendition).await[start..start + segment.length_bytes as usize].to_vec()
    }

    /// Everything logged since the server started, this server's and its neighbours'.
    pub fn log(&self) -> String {
        self.log.text()
    }
}

impl Drop for Drivein {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.visitor.secrets.assert_absent("the log", &self.log());
        }
    }
}

/// A port that was free a moment ago, for programs that cannot choose one by themselves: below those that the
/// system gives to whoever leaves the choice to it, so that nobody takes it meanwhile.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 20_000;
    loop {
        let next = std::process::id() * 61 + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = (FIRST + next % COUNT) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
