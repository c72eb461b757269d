//! The TeraBox Open Platform over a folder of films, written from its documents alone.
//!
//! The sandbox is an upstream one can touch: the same calls, the same answers, signed addresses on other
//! hosts, and faults on request. It serves the demo and every test, in this process or beside it. It shares
//! no code with the drives: where both were wrong in the same way, nobody would notice.
//!
//! - `api`: the calls under `/oauth` and `/openapi`, what they have in common; `oauth`, `files` and
//!   `streaming` answer them
//! - `changes` and `uploads`: files on their way in and about; `web_session` and `own_shares`: the account's own web
//!   API with its cookie, for what the Open Platform has no call for; `web_drive`: files and shares by the same · `strict` and `loose`: the documents to the
//!   letter, or what was met in the wild
//! - `shares`: links of another user, `shares_calls` their part of the API
//! - `accounts`: tokens and codes · `library` of `nodes`: files, from `bundled` films or somebody's own `folder`
//!   (`ffmpeg` makes its renditions, after a `probe`) · `items`: how the API describes them
//! - `media_hosts`: segments, download links, originals, thumbnails, each a `visit` · `addresses` and
//!   `signing`: how those are written and recognised · `body`: bytes on their way out
//! - `faults` and `control`: what goes wrong on request, and the `/_sandbox` calls

mod accounts;
mod addresses;
mod api;
mod body;
mod bundled;
mod changes;
mod control;
mod faults;
mod ffmpeg;
mod files;
mod folder;
mod items;
mod library;
mod loose;
mod media_hosts;
mod nodes;
mod oauth;
mod options;
mod own_shares;
mod params;
mod plan;
mod probe;
mod replies;
mod shares;
mod shares_calls;
mod signing;
mod streaming;
mod strict;
mod uploads;
mod visit;
mod web_drive;
mod web_session;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::Context;
use axum::Router;
use axum::serve::ListenerExt;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use accounts::Credentials;
pub use faults::{Effect, Fault, FaultId, ROUTES};
pub use nodes::Segment;
pub use options::{Films, Options};
pub use own_shares::OwnShare;
pub use plan::{PlanChange, WebStanding};
pub use shares::{ShareLink, Standing};

/// `host:port` of every host.
#[derive(Debug)]
struct Hosts {
    api: String,
    /// Two of them, as one account sees several.
    segments: [String; 2],
    /// First hop of a download.
    gate: String,
    /// Last hop of a download, thumbnails.
    data: String,
    /// Parts of uploads.
    upload: String,
}

/// What every request can see.
#[derive(Debug)]
struct State {
    options: Options,
    hosts: Hosts,
    accounts: accounts::Accounts,
    library: library::Library,
    plan: plan::Plan,
    uploads: uploads::Uploads,
    tasks: changes::Tasks,
    own_shares: own_shares::OwnShares,
    shares: shares::Shares,
    signer: signing::Signer,
    faults: faults::Faults,
    counters: faults::Counters,
    stopping: CancellationToken,
}

impl State {
    /// The entry with an id, of the account or shared with it.
    fn find(&self, fs_id: u64) -> Option<nodes::Node> {
        let own = self.library.find(fs_id);
        own.or_else(|| self.shares.library.find(fs_id))
    }

    /// The entry at a path, of the account or of the other user.
    fn stat(&self, path: &str) -> Option<nodes::Node> {
        let own = self.library.stat(path);
        own.or_else(|| self.shares.library.stat(path))
    }
}

/// A running sandbox. It stops, open connections and all, when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    state: Arc<State>,
    servers: JoinSet<std::io::Result<()>>,
}

/// Binds all hosts and serves them in the background of this runtime.
///
/// # Errors
/// Where an address cannot be bound or the folder of films cannot be read.
pub async fn start(options: Options) -> anyhow::Result<Sandbox> {
    let library = match &options.films {
        Films::Bundled => library::Library::bundled()?,
        Films::Folder(folder) => library::Library::own(folder::OwnFolder::open(folder)?),
    };
    let api = bind(options.listen).await?;
    let address = api.local_addr()?;
    let any_port = SocketAddr::new(address.ip(), 0);
    let media = [
        bind(any_port).await?,
        bind(any_port).await?,
        bind(any_port).await?,
        bind(any_port).await?,
        bind(any_port).await?,
    ];
    let host = options
        .public_host
        .clone()
        .unwrap_or_else(|| match address.ip() {
            ip if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
            IpAddr::V4(ip) => ip.to_string(),
        });
    let public = |listener: &TcpListener| -> anyhow::Result<String> {
        Ok(format!("{host}:{}", listener.local_addr()?.port()))
    };
    let hosts = Hosts {
        api: public(&api)?,
        segments: [public(&media[0])?, public(&media[1])?],
        gate: public(&media[2])?,
        data: public(&media[3])?,
        upload: public(&media[4])?,
    };
    let stopping = CancellationToken::new();
    let state = Arc::new(State {
        accounts: accounts::Accounts::new(&options),
        options,
        hosts,
        library,
        plan: plan::Plan::default(),
        uploads: uploads::Uploads::default(),
        tasks: changes::Tasks::default(),
        own_shares: own_shares::OwnShares::default(),
        shares: shares::Shares::new()?,
        signer: signing::Signer::new(),
        faults: faults::Faults::default(),
        counters: faults::Counters::new(),
        stopping: stopping.clone(),
    });
    let mut servers = JoinSet::new();
    servers.spawn(serve(
        api,
        api::routes(state.clone()).merge(control::routes(state.clone())),
        stopping.clone(),
    ));
    let [segments, more_segments, gate, data, upload] = media;
    for (listener, router) in [
        (segments, media_hosts::segments(state.clone())),
        (more_segments, media_hosts::segments(state.clone())),
        (gate, media_hosts::gate(state.clone())),
        (data, media_hosts::data(state.clone())),
        (upload, uploads::host(state.clone())),
    ] {
        servers.spawn(serve(listener, router, stopping.clone()));
    }
    Ok(Sandbox {
        address,
        state,
        servers,
    })
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("the sandbox cannot listen on {address}"))
}

async fn serve(
    listener: TcpListener,
    router: Router,
    stopping: CancellationToken,
) -> std::io::Result<()> {
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    axum::serve(listener, router)
        .with_graceful_shutdown(stopping.cancelled_owned())
        .await
}

impl Sandbox {
    /// Where the API listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`: what a drive's `auth_url` is set to.
    pub fn url(&self) -> String {
        format!("http://{}", self.state.hosts.api)
    }

    /// `host:port` of the media hosts: two for segments, the first and the last hop of downloads, uploads.
    pub fn media_hosts(&self) -> [String; 5] {
        let hosts = &self.state.hosts;
        [
            hosts.segments[0].clone(),
            hosts.segments[1].clone(),
            hosts.gate.clone(),
            hosts.data.clone(),
            hosts.upload.clone(),
        ]
    }

    /// The application's credentials and a pair of tokens that is already signed in.
    pub fn credentials(&self) -> Credentials {
        self.state.accounts.credentials.clone()
    }

    /// From now on, this goes wrong.
    pub fn fault(&self, fault: Fault) -> FaultId {
        self.state.faults.add(fault)
    }

    /// One fault less; whether it was still set.
    pub fn mend(&self, fault: FaultId) -> bool {
        self.state.faults.remove(fault)
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        self.state.faults.clear();
    }

    /// Requests at one of [`ROUTES`] since the last reset.
    pub fn count(&self, route: &str) -> u64 {
        self.state
            .counters
            .route(route)
            .requests
            .load(Ordering::Relaxed)
    }

    /// Bytes of bodies sent at one of [`ROUTES`] since the last reset.
    pub fn bytes(&self, route: &str) -> u64 {
        self.state
            .counters
            .route(route)
            .bytes
            .load(Ordering::Relaxed)
    }

    /// Requests for one segment (from 0) of a rendition (`720p`, `audio`) since the last reset.
    pub fn count_segment(&self, path: &str, rendition: &str, number: usize) -> u64 {
        let object = media_hosts::segment_object(path, rendition, number);
        self.state
            .counters
            .objects()
            .get(&object)
            .copied()
            .unwrap_or(0)
    }

    pub fn reset_counts(&self) {
        self.state.counters.reset();
    }

    /// Every address of a segment, a download or a thumbnail given out so far has expired.
    pub fn expire_urls(&self) {
        self.state.signer.expire_all();
    }

    /// Every access token given out so far has expired; refresh tokens still serve.
    pub fn expire_tokens(&self) {
        self.state.accounts.expire_access();
    }

    /// Every refresh token given out so far has expired.
    pub fn expire_refresh_tokens(&self) {
        self.state.accounts.expire_refresh();
    }

    /// The account is another one from now on: its quota, its plan, its web session.
    pub fn change_account(&self, change: PlanChange) {
        self.state.plan.change(change);
    }

    /// A link that the account has made, by what stands behind `/s/`.
    pub fn own_share(&self, short: &str) -> Option<OwnShare> {
        self.state.own_shares.find(short)
    }

    /// How often each part of an upload has arrived whole, by path and number.
    pub fn parts_taken(&self) -> std::collections::BTreeMap<(String, usize), u64> {
        self.state.uploads.taken()
    }

    /// The user agrees to all devices that wait for it; how many those were.
    pub fn approve(&self) -> usize {
        self.state.accounts.approve_devices()
    }

    /// A code as the sign-in page gives it, good for one exchange.
    pub fn authorization_code(&self) -> String {
        self.state.accounts.new_code()
    }

    /// Adds a folder of so many films, `Entry 00001.mp4` and so on.
    ///
    /// # Errors
    /// Where the bundled films cannot be read.
    pub fn add_folder(&self, path: &str, entries: usize) -> anyhow::Result<()> {
        self.state.library.add_folder(path, entries)
    }

    /// The bytes behind a path: `original`, or the whole object of a rendition (`480p`, `720p`, `1080p`, `audio`).
    pub async fn source(&self, path: &str, rendition: &str) -> Option<Bytes> {
        control::source(&self.state, path, rendition).await
    }

    /// The segments of a rendition.
    pub async fn segments(&self, path: &str, rendition: &str) -> Option<Vec<Segment>> {
        let node = self.state.stat(path)?;
        let rendition = self
            .state
            .library
            .rendition(&node, nodes::Rung::from_name(rendition)?)
            .await
            .ok()?;
        Some(rendition.segments.clone())
    }

    /// Share links of another user, in the order of the documents' stories.
    pub fn share_links(&self) -> Vec<ShareLink> {
        self.state.shares.links(&self.state.hosts.api)
    }

    /// The owner of the share of that name chooses another password, or none; whether there is such a share.
    pub fn set_share_password(&self, name: &str, password: Option<&str>) -> bool {
        self.state.shares.change(name, |share| {
            share.password = password.map(str::to_owned);
        })
    }

    /// The share of that name is withdrawn, runs out or comes back; whether there is such a share.
    pub fn set_share_state(&self, name: &str, standing: Standing) -> bool {
        self.state
            .shares
            .change(name, |share| share.state = standing)
    }

    /// Every rendition of a share that was being made is there.
    pub fn finish_transcoding(&self) {
        self.state.shares.finish_transcoding();
    }

    /// Answers nobody any more: from now on its addresses refuse connections.
    pub fn stop(&self) {
        self.state.stopping.cancel();
    }

    /// Stops, and returns when all hosts have.
    pub async fn closed(mut self) {
        self.state.stopping.cancel();
        while self.servers.join_next().await.is_some() {}
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.state.stopping.cancel();
    }
}
