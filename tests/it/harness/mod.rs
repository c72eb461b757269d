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

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use drivein::app::App;
use drivein::config::Config;
use drivein::sandbox::{self, Effect, Fault, FaultId, Sandbox};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use log::{LogMark, watch_log};
pub use programs::{Program, Running, eventually, need, own_binary, soon};
pub use reply::{Ask, Reply, Visitor};

/// The name of the drive that every server here has.
pub const DRIVE: &str = "films";
/// A film that lies at the root: 66 s, every quality, seven segments each.
pub const FILM: &str = "/Tidal Light.mp4";

/// What a server is started with.
#[derive(Default)]
pub struct Setup {
    sandbox: sandbox::Options,
    head: String,
    auth: String,
    cache: String,
    network: String,
    limits: String,
    has_no_drive: bool,
    is_signed_out: bool,
    is_by_web_session: bool,
    more_hosts: Vec<String>,
    more_drives: String,
}

impl Setup {
    /// The sandbox's own settings.
    pub fn sandbox(self, sandbox: sandbox::Options) -> Self {
        Self { sandbox, ..self }
    }

    /// With a password at the door.
    pub fn password(mut self, password: &str) -> Self {
        self.auth.push_str(&format!("password = {password:?}\n"));
        self
    }

    /// With this token for programs.
    pub fn api_token(mut self, token: &str) -> Self {
        self.auth.push_str(&format!("api_tokens = [{token:?}]\n"));
        self
    }

    /// Behind a proxy whose word is taken: this test, which comes from loopback.
    pub fn trusted_proxy(mut self) -> Self {
        self.network.push_str("trusted_proxies = [\"127.0.0.1\"]\n");
        self
    }

    /// With a line in `[limits]`.
    pub fn limit(mut self, line: &str) -> Self {
        self.limits.push_str(&format!("{line}\n"));
        self
    }

    /// With one more host of the upstream that is allowed although it is private.
    pub fn allow_host(mut self, host: &str) -> Self {
        self.more_hosts.push(host.to_owned());
        self
    }

    /// As the world sees it.
    pub fn public_url(mut self, url: &str) -> Self {
        self.head.push_str(&format!("public_url = {url:?}\n"));
        self
    }

    /// With other sections at the end of its config.
    pub fn sections(self, text: &str) -> Self {
        self.drives(text)
    }

    /// With so little memory that hardly anything is kept of what was played.
    pub fn forgetful(mut self) -> Self {
        self.cache.push_str("[cache]\nmemory = \"200 KiB\"\n");
        self
    }

    /// With more drives: sections of a config.
    pub fn drives(mut self, sections: &str) -> Self {
        self.more_drives.push_str(sections);
        self
    }

    /// As it is before a drive was connected.
    pub fn no_drive(self) -> Self {
        Self {
            has_no_drive: true,
            ..self
        }
    }

    /// With the keys of its application, and without a session.
    pub fn signed_out(self) -> Self {
        Self {
            is_signed_out: true,
            ..self
        }
    }

    /// With its drive reached by the account's web session alone.
    pub fn by_web_session(self) -> Self {
        Self {
            is_by_web_session: true,
            ..self
        }
    }

    pub async fn start(self) -> Drivein {
        let sandbox = sandbox::start(self.sandbox.clone()).await.unwrap();
        let home = Arc::new(tempfile::tempdir().unwrap());
        Drivein::run(Arc::new(self), Arc::new(sandbox), home).await
    }

    fn config(&self, sandbox: &Sandbox, data_dir: &Path) -> String {
        let mut drive = match self.has_no_drive {
            true => "[network]\nallow_hosts = [\"127.0.0.1\"]\n".to_owned(),
            false if self.is_by_web_session => {
                let drive = web_session_section(sandbox, DRIVE);
                format!("[network]\nallow_hosts = [\"127.0.0.1\"]\n{drive}")
            }
            false => drive_section(sandbox),
        };
        if self.is_signed_out {
            let is_token = |line: &&str| {
                !line.starts_with("access_token") && !line.starts_with("refresh_token")
            };
            drive = drive.split_inclusive('\n').filter(is_token).collect();
        }
        let hosts = self.more_hosts.iter().map(|host| format!(", {host:?}"));
        let hosts = format!("allow_hosts = [\"127.0.0.1\"{}]", hosts.collect::<String>());
        let drive = drive.replacen("allow_hosts = [\"127.0.0.1\"]", &hosts, 1);
        let drive = drive.replacen("[network]\n", &format!("[network]\n{}", self.network), 1);
        format!(
            "{}data_dir = {data_dir:?}\n[limits]\n{}[auth]\n{}{}{drive}{}",
            self.head, self.limits, self.auth, self.cache, self.more_drives
        )
    }
}

/// The part of a config by which a server finds a sandbox.
pub fn drive_section(sandbox: &Sandbox) -> String {
    let drive = terabox_section(sandbox, DRIVE);
    format!("[network]\nallow_hosts = [\"127.0.0.1\"]\n{drive}")
}

/// The section of the drive alone, under a name.
pub fn terabox_section(sandbox: &Sandbox, name: &str) -> String {
    let ours = sandbox.credentials();
    format!(
        "[[drive]]\nname = {name:?}\nkind = \"terabox\"\nclient_id = {:?}\n\
         client_secret = {:?}\nprivate_secret = {:?}\nauth_url = {:?}\naccess_token = {:?}\nrefresh_token = {:?}\n\
         [drive.web]\nbase_url = {:?}\nndus = {:?}\njs_token = {:?}\nbdstoken = {:?}\n",
        ours.client_id,
        ours.client_secret,
        ours.private_secret,
        sandbox.url(),
        ours.access_token,
        ours.refresh_token,
        sandbox.url(),
        ours.ndus,
        ours.js_token,
        ours.bdstoken,
    )
}

/// The section of a drive that has nothing but the account's web session; the tokens of its page are left out.
pub fn web_session_section(sandbox: &Sandbox, name: &str) -> String {
    format!(
        "[[drive]]\nname = {name:?}\nkind = \"terabox\"\n[drive.web]\nbase_url = {:?}\nndus = {:?}\n",
        sandbox.url(),
        sandbox.credentials().ndus,
    )
}

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
    /// A server over the bundled films, open to everybody on this machine.
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

    /// Where its state lives.
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
        let all = self.visitor.secrets.0.iter().cloned().chain(words);
        self.visitor.secrets = Secrets(all.collect());
    }

    /// An entry as the API tells it, with the first page of its children.
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

/// What no viewer and no log may see of a sandbox.
fn forbidden(sandbox: &Sandbox) -> Secrets {
    Secrets(forbidden_words(sandbox).into())
}

/// The same, word by word.
pub fn forbidden_words(sandbox: &Sandbox) -> Vec<String> {
    let hosts = sandbox.media_hosts();
    let mut words = vec![
        sandbox.address().to_string(),
        // Every secret of a sandbox begins like this: the application's and all tokens.
        "sbx-secret-".to_owned(),
        "&sign=".to_owned(),
        "&amp;sign=".to_owned(),
        "access_tokens=".to_owned(),
        // Every key of a share begins like this, plain or encoded.
        "+7/8".to_owned(),
        "%2B7%2F8".to_owned(),
        "sekey=".to_owned(),
    ];
    words.extend(hosts);
    let encoded: Vec<String> = words
        .iter()
        .filter(|word| word.contains(':'))
        .map(|word| encoded_name(word))
        .collect();
    words.extend(encoded);
    words
}

/// Words that must not be seen.
#[derive(Clone)]
pub struct Secrets(Arc<[String]>);

impl Secrets {
    /// For servers that are told their secrets otherwise.
    pub fn none() -> Self {
        Self(Arc::default())
    }

    /// Fails where one of the words is in `text`, which `what` names.
    pub fn assert_absent(&self, what: &str, text: &str) {
        if let Some(word) = self.found_in(text) {
            let at = text.find(word).unwrap();
            let from = text.floor_char_boundary(at.saturating_sub(300));
            let to = text.ceil_char_boundary(at + word.len() + 100);
            panic!("{word:?} leaked into {what}: …{}…", &text[from..to]);
        }
    }

    pub fn found_in(&self, text: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|word| text.contains(word.as_str()))
            .map(String::as_str)
    }
}

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A path as it stands in an address; empty for the root.
pub fn encoded(path: &str) -> String {
    path.split('/')
        .filter(|name| !name.is_empty())
        .map(|name| format!("/{}", encoded_name(name)))
        .collect()
}

pub fn encoded_name(name: &str) -> String {
    utf8_percent_encode(name, PLAIN).to_string()
}

pub fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
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

/// Text of HTML or XML as a reader sees it.
pub fn unescaped(text: &str) -> String {
    let mut plain = text.to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(entity, character);
    }
    plain
}

/// What stands between `before` and `after`, everywhere in `text`.
pub fn all_between<'a>(
    text: &'a str,
    before: &'a str,
    after: &'a str,
) -> impl Iterator<Item = &'a str> {
    text.split(before)
        .skip(1)
        .filter_map(move |rest| rest.split_once(after).map(|(inside, _)| inside))
}
