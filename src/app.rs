//! Start-up, every step in order, and the run until somebody asks to stop.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use axum_server::Handle;
use futures_util::future::join_all;
use hyper_util::rt::TokioTimer;
use secrecy::ExposeSecret;

use crate::bytes::Disk;
use crate::config::{Config, DriveConfig, DriveSettings};
use crate::library::{Library, SignIns};
use crate::playback::Playback;
use crate::players::Players;
use crate::shares::Shares;
use crate::store::Store;
use crate::web::{
    self, AuthSettings, Authenticator, PerIpLimiter, Site, SiteParts, TrustedProxies,
    UploadTracker, UrlBuilder,
};
use drives::cloudreve::Cloudreve;
use drives::http::{Client, ClientSettings};
use drives::local::{Local, OwnFolder};
use drives::terabox::Terabox;
use drives::teraboxdl::TeraboxDl;
use drives::{Clock, SharedDrive, Spool};

/// A server that is ready to run.
pub struct App {
    site: Site,
    store: Store,
    /// How long a connection may take for the headers of a request: slow enough for a phone in a tunnel,
    /// quick enough that open connections cannot be collected.
    header_timeout: Duration,
}

/// How long running replies may go on after a stop was asked for. A segment takes seconds; a film
/// played from its original would take hours, and its player goes on by itself at the next start.
const GRACE: Duration = Duration::from_secs(10);

/// How long, after that, a refresh of tokens that is under way is waited for. A refresh token works once:
/// what it has brought and was not stored is lost.
const SETTLING: Duration = Duration::from_secs(10);

/// The folder in the data directory in which blocks of media are kept.
const DISK_CACHE: &str = "cache";

/// The folder in the data directory that uploads pass through.
const SPOOL: &str = "uploads";

/// The names of all that we keep in the data directory, some with more behind a hyphen.
const STATE: [&str; 4] = ["drivein.sqlite", "locks", DISK_CACHE, SPOOL];

/// How long, after that, blocks that wait for the disk may take: what is not written is fetched again.
const WRITING: Duration = Duration::from_secs(3);

/// How often sessions that nobody uses are looked after, and when first. Access tokens live for days,
/// refresh tokens for weeks; a server that is started and stopped every day is to do it, too.
const KEEPING_EVERY: Duration = Duration::from_secs(12 * 3600);
const KEEPING_FIRST: Duration = Duration::from_secs(15 * 60);

/// Bytes of a request's headers, and of a reply, that wait in one connection: enough for any honest
/// request and to keep a fast viewer's socket filled, little enough for a thousand slow ones.
const CONNECTION_BUFFER: usize = 64 << 10;

/// Bytes that the kernel takes for one viewer beyond what is on its way: what a fast one has
/// read before we are asked again. Without it, a slow one's socket is filled with up to four megabytes; with half
/// of it, a fast one costs a tenth more.
const UNSENT: u32 = 256 << 10;

impl App {
    /// Opens the state and wires the rooms. Asks no upstream: a drive that is down must not keep the
    /// others from being watched. `listen` is where viewers will come in.
    pub async fn new(config: &Config, listen: SocketAddr) -> anyhow::Result<Self> {
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        let store = Store::open(&config.data_dir).await?;
        let opener = Opener::new(config, &store)?;
        let drives = opener.open_all(config).await?;
        let library = Library::new(drives, config.cache.memory_bytes);
        let disk_bytes = config.cache.disk_bytes;
        let disk =
            (disk_bytes > 0).then(|| Disk::open(config.data_dir.join(DISK_CACHE), disk_bytes));
        let playback = Playback::new(library.clone(), config.cache.memory_bytes, disk)
            .with_parallel_ranges(config.playback.parallel_ranges);
        let auth = AuthSettings {
            password: config.auth.password.clone(),
            api_tokens: config.auth.api_tokens.clone(),
            listen,
            key: store.server_key("session").await?,
            public_url: config.public_url.as_ref(),
        };
        let auth = Authenticator::open(auth, store.clone()).await?;
        let shares = Shares::new(library.clone(), store.clone()).await?;
        let site = Arc::new(SiteParts {
            library,
            shares,
            playback,
            players: Players::new(config.players.clone())?,
            has_chromecast: config.playback.chromecast,
            tickets: web::load_ticket_signer(&store).await?,
            auth,
            proxies: TrustedProxies::new(config.network.trusted_proxies.clone()),
            request_limiter: PerIpLimiter::new(config.limits.requests_per_address),
            body_idle_timeout: Duration::from_secs(config.limits.body_idle_timeout_s),
            urls: UrlBuilder::new(config.public_url.as_ref(), listen),
            store: store.clone(),
            open_drive: Box::new(move |drive| opener.open(drive)),
            configured: config
                .drives
                .iter()
                .map(|drive| drive.name.clone())
                .collect(),
            sign_ins: SignIns::default(),
            uploads: UploadTracker::default(),
            metrics: web::new_metrics(),
            started_at: SystemTime::now(),
        });
        Ok(App {
            site,
            store,
            header_timeout: Duration::from_secs(config.limits.headers_s),
        })
    }

    /// The code to be typed in at the first visit, where one is needed.
    pub fn set_up_code(&self) -> Option<String> {
        self.site
            .auth
            .set_up_code()
            .map(|code| code.expose_secret().to_owned())
    }

    /// Every route of the program, and what it asks of whoever calls it.
    pub fn routes(&self) -> Vec<web::Route> {
        web::router(self.site.clone()).1
    }

    /// Serves `listener` until `shutdown` ends, lets running replies end, and closes the state.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        listener.set_nonblocking(true)?;
        tune(&listener);
        let handle = Handle::new();
        tokio::spawn({
            let handle = handle.clone();
            async move {
                shutdown.await;
                tracing::info!("stopping; running replies have {} s", GRACE.as_secs());
                handle.graceful_shutdown(Some(GRACE));
            }
        });
        let mut server = axum_server::from_tcp(listener)
            .context("the listening socket cannot be used")?
            .handle(handle)
            // Without TLS no viewer speaks HTTP/2, and who does not even say which one is meant would be waited
            // for without an end.
            .http1_only();
        // Old players compare header names with their capitals.
        server
            .http_builder()
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_timeout)
            .title_case_headers(true)
            .max_buf_size(CONNECTION_BUFFER);
        let (library, engine) = (
            self.site.library.clone(),
            self.site.playback.engine().clone(),
        );
        let keeping = tokio::spawn(keep_sessions(library.clone()));
        let noticing = tokio::spawn(library.clone().notice_changes());
        let noting = tokio::spawn(web::flush_last_used_loop(self.site.clone()));
        let served = server
            .serve(
                web::service(self.site.clone()).into_make_service_with_connect_info::<SocketAddr>(),
            )
            .await;
        keeping.abort();
        noticing.abort();
        noting.abort();
        web::flush_last_used(&self.site).await;
        let drives = library.drives();
        let settled = join_all(drives.iter().map(|drive| drive.settled()));
        if tokio::time::timeout(SETTLING, settled).await.is_err() {
            tracing::warn!("a renewal of tokens did not end in time; the drive may be signed out");
        }
        let _ = tokio::time::timeout(WRITING, engine.settled()).await;
        self.store.close().await;
        served.context("the server stopped")
    }
}

/// How viewers' sockets send; each connection has it from its listener.
fn tune(listener: &TcpListener) {
    let socket = socket2::SockRef::from(listener);
    // Where it cannot be set, buffers are larger.
    let _ = socket.set_tcp_notsent_lowat(UNSENT);
    // Otherwise the end of a reply waits until the viewer has acknowledged what came before it, which many do
    // after 40 ms only.
    let _ = socket.set_tcp_nodelay(true);
}

/// Looks after the sessions of all drives, now and then, until it is stopped.
async fn keep_sessions(library: Library) {
    tokio::time::sleep(KEEPING_FIRST).await;
    loop {
        for drive in library.drives().iter() {
            if let Err(error) = drive.keep_session().await {
                tracing::warn!(drive = %drive.place(), %error, "its session could not be renewed");
            }
        }
        tokio::time::sleep(KEEPING_EVERY).await;
    }
}

/// The drives of a config and those that were connected from a page, none of them asked anything yet.
/// Where both have a name, the config's rules.
pub async fn open_drives(config: &Config, store: &Store) -> anyhow::Result<Vec<SharedDrive>> {
    Opener::new(config, store)?.open_all(config).await
}

/// Opens drives, asking nobody: what all of them share.
struct Opener {
    client: Arc<Client>,
    store: Store,
    spool: Spool,
    own_folder: Option<OwnFolder>,
}

impl Opener {
    fn new(config: &Config, store: &Store) -> anyhow::Result<Self> {
        Ok(Opener {
            client: Arc::new(Client::new(&ClientSettings {
                allow_hosts: config.network.allow_hosts.clone(),
                ..ClientSettings::default()
            })?),
            store: store.clone(),
            spool: Spool::new(config.data_dir.join(SPOOL)),
            own_folder: OwnFolder::at(&config.data_dir, &STATE),
        })
    }

    async fn open_all(&self, config: &Config) -> anyhow::Result<Vec<SharedDrive>> {
        let written = config.drives.iter();
        let mut drives: Vec<SharedDrive> = written.map(|drive| self.open(drive)).collect();
        for kept in self.store.connected_drives().await? {
            if config.drives.iter().any(|drive| drive.name == kept.name) {
                tracing::warn!(drive = %kept.name,
                    "the config has a drive of this name; the one that was connected from a page is left out");
                continue;
            }
            match DriveConfig::typed_in(&kept.name, &kept.kind, &kept.settings) {
                Ok(settings) => drives.push(self.open(&settings)),
                // The others must not suffer for it.
                Err(problems) => {
                    let problems = problems.join("; ");
                    tracing::error!(drive = %kept.name, problems, "a drive that was connected cannot be opened");
                }
            }
        }
        Ok(drives)
    }

    fn open(&self, config: &DriveConfig) -> SharedDrive {
        let session = Arc::new(self.store.drive_session(&config.name));
        match &config.settings {
            DriveSettings::Terabox(settings) => {
                let notes = Arc::new(self.store.drive_uploads(&config.name));
                let drive = Terabox::new(
                    config.name.clone(),
                    settings.clone(),
                    self.client.clone(),
                    session,
                    Clock::system(),
                );
                let web = Arc::new(self.store.web_session(&config.name));
                let drive = drive.with_web_sessions(web);
                Arc::new(drive.with_uploads(self.spool.clone(), notes))
            }
            DriveSettings::Cloudreve(settings) => {
                let notes = Arc::new(self.store.drive_uploads(&config.name));
                let drive = Cloudreve::new(
                    config.name.clone(),
                    settings.clone(),
                    self.client.clone(),
                    session,
                    Clock::system(),
                );
                Arc::new(drive.with_uploads(self.spool.clone(), notes))
            }
            DriveSettings::TeraboxWeb(settings) => Arc::new(Terabox::by_web_session(
                config.name.clone(),
                settings.clone(),
                self.client.clone(),
                session,
                Clock::system(),
            )),
            DriveSettings::TeraboxDl(settings) => Arc::new(TeraboxDl::new(
                config.name.clone(),
                settings,
                self.client.clone(),
                session,
                Clock::system(),
            )),
            DriveSettings::Local(settings) => {
                let (name, own) = (config.name.clone(), self.own_folder.clone());
                Arc::new(Local::without(own, name, settings.clone()))
            }
        }
    }
}

/// Ends when the process is asked to stop.
pub async fn until_asked_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending::<()>().await,
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_to_a_viewer_leaves_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        tune(&listener);
        let _viewer = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (connection, _) = listener.accept().unwrap();
        let socket = socket2::SockRef::from(&connection);
        assert!(socket.tcp_nodelay().unwrap());
        assert_eq!(socket.tcp_notsent_lowat().unwrap(), UNSENT);
    }
}
