//! An emulation of TeraBox over a folder of films: the Open Platform and the website, written from their documents alone.
//!
//! The sandbox serves the same calls with the same replies, signed URLs on other hosts, and faults on request. The demo
//! uses it, and every test, in this process or in another one. It shares no code with the drives: a mistake that both
//! shared would pass all tests.
//!
//! - Calls: `api` lists the routes, `call` surrounds each call, `params` and `replies` are its input and output; `strict`
//!   checks it against the documents, `loose` changes the types of its reply
//! - Open Platform: `oauth`, `files`, `changes`, `uploads` and `upload_parts`, `streaming`, `shares_calls`; `items` is the
//!   JSON of a file
//! - Website: `web_auth` admits its calls; `web_pages`, `web_account`, `web_files`, `web_shares`, `recycle`
//! - State: `accounts` (tokens), `plan` (the account), `library` (files, of `bundled` films or of a `folder`; `journal` its changes), `shares` (of
//!   another user), `own_shares`, `nodes` (data types)
//! - Renditions of files in a `folder`: `ffmpeg`, `probe`
//! - Media: `media_hosts`, `media_request`, `body`; `urls`, `signing` and `download_sign` are their URLs
//! - `faults` and `control`: faults, counters, and the calls under `/_sandbox`

mod accounts;
mod api;
mod body;
mod bundled;
mod bundled_library;
mod call;
mod changes;
mod control;
mod credentials;
mod download_sign;
mod faults;
mod ffmpeg;
mod files;
mod folder;
mod generated;
mod handle;
mod items;
mod journal;
mod library;
mod loose;
mod media_hosts;
mod media_request;
mod nodes;
mod oauth;
mod options;
mod own_shares;
mod params;
mod plan;
mod probe;
mod recycle;
mod replies;
mod shares;
mod shares_calls;
mod signing;
mod streaming;
mod strict;
mod upload_parts;
mod uploads;
mod urls;
mod web_account;
mod web_auth;
mod web_files;
mod web_pages;
mod web_shares;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use credentials::AccountCredentials;
pub use faults::{Effect, Fault, FaultId, ROUTES};
pub use generated::GeneratedFilms;
pub use nodes::SegmentRange;
pub use options::{Films, Options, SubtitleReply};
pub use own_shares::OwnedLink;
pub use plan::{PlanChange, WebSessionFault};
pub use shares::{NamedLink, ShareCondition};

/// `host:port` of each host.
#[derive(Debug)]
struct Hosts {
    api: String,
    /// Two hosts, since an account sees several.
    segments: [String; 2],
    /// The first hop of a download.
    gate: String,
    /// The last hop of a download, thumbnails, subtitles.
    data: String,
    /// Parts of uploads: two hosts, so that a client can locate another one after a failure.
    uploads: [String; 2],
}

/// The state that all requests share.
#[derive(Debug)]
struct SandboxState {
    options: Options,
    hosts: Hosts,
    accounts: accounts::Accounts,
    library: library::AccountFiles,
    plan: plan::AccountPlan,
    uploads: uploads::Uploads,
    tasks: changes::Tasks,
    recycle_bin: recycle::RecycleBin,
    own_shares: own_shares::OwnedLinks,
    shares: shares::ShareTable,
    signer: signing::Signer,
    faults: faults::Faults,
    counters: faults::Counters,
    stopping: CancellationToken,
}

impl SandboxState {
    /// Returns the entry with an id, of the account or of the other user. `None` if there is none.
    fn find(&self, fs_id: u64) -> Option<nodes::Node> {
        let own = self.library.find(fs_id);
        own.or_else(|| self.shares.library.find(fs_id))
    }

    /// Returns the entry at a path, of the account or of the other user. `None` if there is none.
    fn stat(&self, path: &str) -> Option<nodes::Node> {
        let own = self.library.stat(path);
        own.or_else(|| self.shares.library.stat(path))
    }
}

/// A running sandbox. Dropping it stops the hosts and closes open connections.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    state: Arc<SandboxState>,
    servers: JoinSet<std::io::Result<()>>,
}

/// Binds all hosts and serves them in background tasks.
///
/// # Errors
/// If a port cannot be bound or the folder of films cannot be read.
pub async fn start(options: Options) -> anyhow::Result<Sandbox> {
    let library = match &options.films {
        Films::Bundled => library::AccountFiles::bundled(false)?,
        Films::BundledLibrary => library::AccountFiles::bundled(true)?,
        Films::Generated(films) => library::AccountFiles::of(films.account()),
        Films::Folder(folder) => {
            library::AccountFiles::own(folder::HostFolder::open(folder, options.packed_sound)?)
        }
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
        uploads: [public(&media[4])?, public(&media[5])?],
    };
    let stopping = CancellationToken::new();
    let signer = signing::Signer::new(options.exact_media);
    let state = Arc::new(SandboxState {
        accounts: accounts::Accounts::new(&options),
        options,
        hosts,
        library,
        plan: plan::AccountPlan::default(),
        uploads: uploads::Uploads::default(),
        tasks: changes::Tasks::default(),
        recycle_bin: recycle::RecycleBin::default(),
        own_shares: own_shares::OwnedLinks::default(),
        shares: shares::ShareTable::new()?,
        signer,
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
    let [segments, more_segments, gate, data, upload, more_upload] = media;
    let upload_routes = || upload_parts::routes(state.clone());
    for (listener, router) in [
        (segments, media_hosts::segments(state.clone())),
        (more_segments, media_hosts::segments(state.clone())),
        (
            gate,
            media_hosts::gate(state.clone()).merge(upload_routes()),
        ),
        (
            data,
            media_hosts::data(state.clone()).merge(upload_routes()),
        ),
        (upload, upload_routes()),
        (more_upload, upload_routes()),
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
    /// Returns the listening address of the API.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns `http://127.0.0.1:PORT`, the `auth_url` of a drive.
    pub fn url(&self) -> String {
        format!("http://{}", self.state.hosts.api)
    }

    /// Returns the host names in all URLs, without ports: the public name, and the one of the account's region.
    pub fn host_names(&self) -> Vec<String> {
        let api = &self.state.hosts.api;
        let name = api.rsplit_once(':').map_or(api.as_str(), |(name, _)| name);
        let name = name.trim_matches(['[', ']']).to_owned();
        let region = self.state.options.web_region.as_ref();
        let in_region = region.map(|region| format!("{region}.{name}"));
        std::iter::once(name).chain(in_region).collect()
    }

    /// Returns `host:port` of the media hosts: two for segments, the first and the last hop of downloads, two for uploads.
    pub fn media_hosts(&self) -> [String; 6] {
        let hosts = &self.state.hosts;
        [
            hosts.segments[0].clone(),
            hosts.segments[1].clone(),
            hosts.gate.clone(),
            hosts.data.clone(),
            hosts.uploads[0].clone(),
            hosts.uploads[1].clone(),
        ]
    }

    /// Returns the application's credentials and a signed-in pair of tokens.
    pub fn credentials(&self) -> AccountCredentials {
        self.state.accounts.credentials.clone()
    }

    /// Stops: its ports refuse connections from now on.
    pub fn stop(&self) {
        self.state.stopping.cancel();
    }

    /// Stops, and waits for all hosts to end.
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
