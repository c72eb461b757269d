//! Starts the real server over an emulated TeraBox, both in this process, and provides short calls to it.
//!
//! ```text
//!   test ──► Drivein { get, api, entry, play, … } ──► the server ──► sandbox { fault, count, source, … }
//! ```
//!
//! Every reply that passes through here, and everything that the server logs meanwhile, is searched for secrets
//! that must not leave the server; so each test is a test of that as well.

mod content;
mod films;
mod log;
pub mod numbered_films;
pub mod postgres;
mod programs;
mod reply;
mod secrets;
mod setup;
mod states;
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

pub use content::file_content;
pub use films::make_film;
pub use log::{LogMark, watch_log};
pub use programs::{
    Program, Running, SmallDisk, certificate, eventually, need, own_binary, packet_hashes, python,
    rust_server, soon,
};
pub use reply::{Ask, Reply, Visitor};
pub use secrets::{Secrets, forbidden_words};
pub use setup::{Setup, drive_section, folder_section, terabox_section, web_session_section};
pub(crate) use states::{on_both_states, run_on_postgres};
pub use texts::{all_between, decoded, encoded, encoded_name, unescaped};

use secrets::forbidden;

/// The name of the drive that every server here has.
pub const DRIVE: &str = "films";
/// A film at the root: 66 s, every quality, seven segments each.
pub const FILM: &str = "/Tidal Light.mp4";

/// A running server with its upstream.
pub struct Drivein {
    pub sandbox: Arc<Sandbox>,
    pub address: SocketAddr,
    /// The client of the server, which never follows a redirect by itself.
    pub visitor: Visitor,
    setup: Arc<Setup>,
    home: Arc<TempDir>,
    log: LogMark,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<anyhow::Result<()>>,
    /// Every route that the server has.
    pub routes: Vec<drivein::web::Route>,
    /// The code for the first visit, if one is required.
    pub set_up_code: Option<String>,
}

impl Drivein {
    /// Starts a server over the bundled films, open to all clients on this machine.
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

    /// Stops the server as a signal would, and waits for its end.
    pub async fn stopped(mut self) {
        drop(self.stop.take());
        (&mut self.served).await.unwrap().unwrap();
    }

    /// Starts the same server again, with the state that it left, on another port.
    pub async fn restarted(self) -> Self {
        let (setup, sandbox, home) = (self.setup.clone(), self.sandbox.clone(), self.home.clone());
        self.stopped().await;
        Self::run(setup, sandbox, home).await
    }

    /// Starts another server with the same set-up and the same upstream, and a folder of its own.
    pub async fn beside(&self) -> Self {
        let home = Arc::new(tempfile::tempdir().unwrap());
        Self::run(self.setup.clone(), self.sandbox.clone(), home).await
    }

    /// Starts another server with the same set-up and the same upstream, on the PostgreSQL database of a URL.
    pub async fn beside_on(&self, url: &str) -> Self {
        let home = Arc::new(tempfile::tempdir().unwrap());
        let setup = Arc::new(self.setup.as_ref().clone().state_url(url));
        Self::run(setup, self.sandbox.clone(), home).await
    }

    /// Returns the folder of its state.
    pub fn data_dir(&self) -> &Path {
        self.home.path()
    }

    /// Returns `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn ask(&self, method: Method, path: &str) -> Ask {
        self.visitor.ask(method, path)
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path).send().await
    }

    /// Requests a path, and returns the reply, which has this status.
    pub async fn fetch(&self, path: &str, status: u16) -> Reply {
        self.get(path).await.expect(status)
    }

    /// Requests a part of what is at a path, and returns the reply, which has it.
    pub async fn fetch_range(&self, path: &str, range: &str) -> Reply {
        self.ask(Method::GET, path).range(range).expect(206).await
    }

    /// Requests a path that is there, and returns its text.
    pub async fn text(&self, path: &str) -> String {
        self.get(path).await.expect(200).text()
    }

    pub async fn head(&self, path: &str) -> Reply {
        self.ask(Method::HEAD, path).send().await
    }

    /// Makes a call of the API that succeeds.
    pub async fn api(&self, call: &str) -> Value {
        let reply = self.get(&format!("/api/v1/{call}")).await;
        assert_eq!(reply.status, 200, "{call}: {}", reply.text());
        reply.json()
    }

    /// Makes a call of the API with a JSON body.
    pub async fn call(&self, method: Method, call: &str, body: Value) -> Reply {
        self.ask(method, &format!("/api/v1/{call}"))
            .json(&body)
            .send()
            .await
    }

    /// Makes a POST call of the API with a JSON body.
    pub async fn post(&self, call: &str, body: Value) -> Reply {
        self.call(Method::POST, call, body).await
    }

    /// Uploads a file to the drive.
    pub async fn put(&self, path: &str, query: &str, body: impl Into<Vec<u8>>) -> Reply {
        let address = format!("/api/v1/content/{DRIVE}{}{query}", encoded(path));
        self.ask(Method::PUT, &address)
            .body(body.into())
            .send()
            .await
    }

    /// Returns the names in a folder, as the API lists it.
    pub async fn names(&self, folder: &str) -> Vec<String> {
        let children = self.entry(folder).await["children"].clone();
        let names = children.as_array().unwrap().iter();
        names
            .map(|child| child["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Returns a client that may receive URLs of the upstream: links to be passed on, and its own login page.
    pub fn told(&self) -> Visitor {
        Visitor::new(self.address, Secrets::none())
    }

    /// Adds words of another upstream that must not be seen either.
    pub fn keep_secret(&mut self, words: Vec<String>) {
        self.visitor.secrets = self.visitor.secrets.and(words);
    }

    /// Returns an entry from the API, with the first page of its children.
    pub async fn entry(&self, path: &str) -> Value {
        self.api(&format!("entries/{DRIVE}{}", encoded(path))).await
    }

    /// Returns the play URL of a file, as a path; its streams are below it.
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

    /// Returns the play URL of the drive's root.
    pub async fn play_root(&self) -> String {
        let list = self.entry("/").await["entry"]["lists"]["m3u"]
            .as_str()
            .unwrap()
            .to_owned();
        self.local(list.strip_suffix("/list.m3u").unwrap())
    }

    /// Returns one of our absolute URLs as a path.
    pub fn local(&self, address: &str) -> String {
        let local = address.strip_prefix(&self.url());
        local
            .unwrap_or_else(|| panic!("{address} is not an address of {}", self.url()))
            .to_owned()
    }

    /// Makes a route of the upstream fail from now on.
    pub fn fault(&self, route: &str, effect: Effect) -> FaultId {
        self.sandbox.fault(Fault::on(route, effect))
    }

    /// Makes a route of the upstream fail once.
    pub fn fault_once(&self, route: &str, effect: Effect) -> FaultId {
        self.sandbox.fault(Fault::on(route, effect).times(1))
    }

    /// Returns the number of upstream requests of all kinds.
    pub fn upstream_calls(&self) -> u64 {
        sandbox::ROUTES
            .iter()
            .map(|route| self.sandbox.count(route))
            .sum()
    }

    /// Returns the bytes behind a film: `original`, or a rendition's whole stream.
    pub async fn source(&self, path: &str, rendition: &str) -> Vec<u8> {
        self.sandbox
            .source(path, rendition)
            .await
            .unwrap_or_else(|| panic!("{path} has no {rendition}"))
            .to_vec()
    }

    /// Returns the bytes of one segment.
    pub async fn segment_source(&self, path: &str, rendition: &str, number: usize) -> Vec<u8> {
        let segment = self.sandbox.segments(path, rendition).await.unwrap()[number];
        let start = segment.offset_bytes as usize;
        self.source(path, rendition).await[start..start + segment.length_bytes as usize].to_vec()
    }

    /// Returns the log since the server started, which includes concurrent servers.
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

/// Returns a port that was free a moment ago, for programs that cannot choose one by themselves. It is below
/// the range from which the system assigns ports, so that no one takes it meanwhile.
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
