//! Start-up, every step in order, and the run until a stop signal.

mod drive_factory;
mod sockets;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use axum_server::Handle;
use futures_util::future::join_all;
use hyper_util::rt::TokioTimer;
use secrecy::ExposeSecret;
use tokio::time::{Instant, timeout, timeout_at};

use crate::bytes::Disk;
use crate::cluster::ServerMembership;
use crate::config::{Config, DEFAULT_SHARED_CACHE_S};
use crate::library::{Authorizations, IndexQueue, IndexSettings, Library, LibraryIndex, SignIns};
use crate::metadata::Metadata;
use crate::playback::Playback;
use crate::playback::player_positions::PlayerPositions;
use crate::players::Players;
use crate::seek_pictures::SeekPictureMaker;
use crate::shares::Shares;
use crate::store::Store;
use crate::tasks::TaskRunner;
use crate::viewers::Viewers;
use crate::web::{
    self, AppState, AppStateInner, AuthSettings, Authenticator, ClientLimiter, Drain, Jellyfin,
    OpenId, StallTimeoutAcceptor, TicketSpeeds, TicketVisits, TrustedProxies, UploadTracker,
    UpstreamTasks, UrlBuilder,
};
use drive_factory::{DISK_CACHE, DriveFactory, library_folders};

pub use drive_factory::open_drives;

/// A server that is ready to run.
pub struct App {
    site: AppState,
    store: Store,
    membership: ServerMembership,
    /// True if searches of TV apps are answered.
    answers_searches: bool,
    /// True if pictures over the seek bar are made from key frames.
    makes_seek_pictures: bool,
    /// Fills the index of the library.
    index_queue: IndexQueue,
    /// Timeout for the headers of a request: long enough for a phone in a tunnel, short enough that open
    /// connections cannot be collected.
    header_timeout: Duration,
}

/// Timeout for running replies after a stop signal. A segment takes seconds. A film that is played from its
/// original would take hours; its player resumes by itself after the next start.
const GRACEFUL_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// Time from the stop signal until which new requests are accepted, if replies are under way. What is left of
/// [`GRACEFUL_SHUTDOWN_TIMEOUT`] then is longer than a segment takes.
const ACCEPT_TIMEOUT: Duration = Duration::from_secs(2);

/// Time from the stop signal until which token refreshes in flight are awaited. A refresh token works once, so
/// new tokens that are not stored are lost.
const REFRESH_TIMEOUT: Duration = Duration::from_millis(6_500);

/// Timeout, after that, for what waits to be written. A block that is not written is fetched again.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// Interval of the refresh of idle sessions, and the delay of the first one. Access tokens are valid for
/// days, refresh tokens for weeks. The short delay covers a server that is started and stopped every day.
const SESSION_REFRESH_INTERVAL: Duration = Duration::from_secs(12 * 3600);
const SESSION_REFRESH_DELAY: Duration = Duration::from_secs(15 * 60);

/// Maximum size of a connection's buffers, in bytes: enough for the headers of any honest request and to keep
/// a fast viewer's socket filled, little enough for a thousand slow ones.
const MAX_CONNECTION_BUFFER_BYTES: usize = 64 << 10;

impl App {
    /// Opens the state and connects the modules. Makes no upstream call, so that a drive that is down does
    /// not affect the others. `listen` is the address of the listening socket.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be opened.
    pub async fn new(config: &Config, listen: SocketAddr) -> anyhow::Result<Self> {
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        let store = Store::open_at(config.state_url.as_ref(), &config.data_dir).await?;
        let membership = ServerMembership::begin(store.clone()).await?;
        let factory = DriveFactory::new(config, &store, membership.quota(), membership.pauses())?;
        let drives = factory.open_all(config).await?;
        let settings = IndexSettings {
            walk: config.library.walk,
            folders: library_folders(config, &store).await?,
        };
        let (index, index_queue) = LibraryIndex::new(store.clone(), settings);
        let metadata = config.metadata.service.clone().map(|settings| {
            let client = factory.client.clone();
            Metadata::new(client, settings, store.clone(), index.recorded())
        });
        if metadata.is_none() {
            store.forget_metadata().await?;
        }
        let library = Library::new(drives, config.cache.memory_bytes).with_index(index);
        library.folder_settings().reload(&store).await?;
        let disk_bytes = config.cache.disk_bytes;
        let disk =
            (disk_bytes > 0).then(|| Disk::open(config.data_dir.join(DISK_CACHE), disk_bytes));
        let playback = Playback::new(library.clone(), config.cache.memory_bytes, disk)
            .with_parallel_ranges(config.playback.parallel_ranges);
        let auth = AuthSettings {
            password: config.auth.password.clone(),
            api_tokens: config.auth.api_tokens.clone(),
            totp: config.auth.totp,
            passkeys: config.auth.passkeys,
            openid: config
                .auth
                .oidc
                .clone()
                .map(|provider| OpenId::new(provider, factory.client.clone())),
            listen,
            key: store.server_key("session").await?,
            public_url: config.public_url.as_ref(),
        };
        let auth = Authenticator::open(auth, store.clone()).await?;
        let shares = Shares::new(library.clone(), store.clone()).await?;
        let site = Arc::new(AppStateInner {
            shares,
            positions: PlayerPositions::default(),
            metadata,
            players: Players::new(config.players.clone())?,
            has_chromecast: config.playback.chromecast,
            tickets: web::load_ticket_signer(&store).await?,
            ticket_visits: TicketVisits::default(),
            ticket_speeds: TicketSpeeds::new(store.shared_turns()),
            viewers: Viewers::open(store.clone()).await?,
            auth,
            proxies: TrustedProxies::new(config.network.trusted_proxies.clone()),
            shared_cache_s: Some(config.network.shared_cache_s)
                .filter(|seconds| *seconds != DEFAULT_SHARED_CACHE_S),
            quota: membership.quota(),
            drain: Drain::default(),
            request_limiter: ClientLimiter::new(config.limits.requests_per_address),
            body_idle_timeout: Duration::from_secs(config.limits.body_idle_timeout_s),
            urls: UrlBuilder::new(config.public_url.as_ref(), listen),
            store: store.clone(),
            jellyfin: Jellyfin::open(config.jellyfin.enabled, &store).await?,
            open_drive: Box::new(move |drive| factory.open(drive)),
            configured: config
                .drives
                .iter()
                .map(|drive| drive.name.clone())
                .collect(),
            sign_ins: SignIns::new(store.clone()),
            authorizations: Authorizations::new(store.clone()),
            system_files: config.webdav.system_files,
            tasks: TaskRunner::new(store.clone(), library.clone(), playback.clone()),
            library,
            playback,
            uploads: UploadTracker::default(),
            upstream_tasks: UpstreamTasks::default(),
            has_access_log: config.access_log,
            metrics: web::new_metrics(),
            started_at: SystemTime::now(),
        });
        Ok(App {
            site,
            store,
            membership,
            answers_searches: config.jellyfin.enabled && config.network.discovery,
            makes_seek_pictures: config.playback.seek_pictures,
            index_queue,
            header_timeout: Duration::from_secs(config.limits.headers_s),
        })
    }

    /// Returns the set-up code for the first visit, `None` if none is needed.
    pub fn set_up_code(&self) -> Option<String> {
        self.site
            .auth
            .set_up_code()
            .map(|code| code.expose_secret().to_owned())
    }

    /// Returns all routes with the access that each requires.
    pub fn routes(&self) -> Vec<web::Route> {
        web::router(self.site.clone()).1
    }

    /// Serves `listener` until `shutdown` completes, waits for running replies, and closes the state.
    ///
    /// # Errors
    ///
    /// Fails if the socket cannot be used.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        listener.set_nonblocking(true)?;
        let port = listener.local_addr().ok().map(|address| address.port());
        sockets::raise_open_files_limit();
        sockets::set_options(&listener);
        let handle = Handle::new();
        let (stop_sender, stopped_at) = tokio::sync::watch::channel(None);
        let open_socket = listener.try_clone()?;
        tokio::spawn({
            let (handle, drain) = (handle.clone(), self.site.drain.clone());
            async move {
                shutdown.await;
                tracing::info!(
                    "stopping; running replies have {} s",
                    GRACEFUL_SHUTDOWN_TIMEOUT.as_secs()
                );
                let stopped_at = Instant::now();
                let _ = stop_sender.send(Some(stopped_at));
                drain.begin();
                // Until then the listener is open: a load balancer sees at `/readyz` that others are to be asked. One that
                // does not look there goes on sending requests, and the last of them need their time, too.
                let end = stopped_at + GRACEFUL_SHUTDOWN_TIMEOUT;
                let _ = timeout_at(stopped_at + ACCEPT_TIMEOUT, drain.wait_for_replies()).await;
                drain.end_handshakes(open_socket).await;
                handle.graceful_shutdown(Some(end.saturating_duration_since(Instant::now())));
            }
        });
        let mut server = axum_server::from_tcp(listener)
            .context("the listening socket cannot be used")?
            .handle(handle)
            // It refuses HTTP/2, which no viewer speaks without TLS. The server's own limit to HTTP/1.1 (`http1_only`)
            // would serve no web sockets.
            .acceptor(StallTimeoutAcceptor {
                first_bytes_timeout: self.header_timeout,
            });
        // Old players compare header names case-sensitively.
        server
            .http_builder()
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_timeout)
            .title_case_headers(true)
            .max_buf_size(MAX_CONNECTION_BUFFER_BYTES);
        let (library, engine) = (
            self.site.library.clone(),
            self.site.playback.engine().clone(),
        );
        let index = library.index().cloned();
        let mut background = vec![
            tokio::spawn(self.membership.clone().keep()),
            tokio::spawn(self.membership.clone().share_pauses()),
            tokio::spawn(refresh_sessions(library.clone())),
            tokio::spawn(library.clone().watch_changes()),
            tokio::spawn(self.site.tasks.clone().resume_all()),
            tokio::spawn(self.site.tasks.clone().remove_abandoned()),
            tokio::spawn(self.index_queue.run(library.clone())),
            tokio::spawn(web::flush_last_used_loop(self.site.clone())),
            tokio::spawn(web::watch_foreign_changes(self.site.clone())),
            tokio::spawn(web::play_on_loop(self.site.clone())),
            tokio::spawn(web::renew_ticket_clients(self.site.clone())),
            tokio::spawn(web::share_app_sessions(self.site.clone())),
            tokio::spawn(web::share_upload_progress(self.site.clone())),
        ];
        if self.answers_searches
            && let Some(port) = port
        {
            background.push(tokio::spawn(web::answer_searches(self.site.clone(), port)));
        }
        if self.makes_seek_pictures {
            let playback = self.site.playback.clone();
            let maker = SeekPictureMaker::new(self.site.store.clone(), playback);
            background.push(tokio::spawn(maker.run()));
        }
        if let Some(metadata) = self.site.metadata.clone() {
            background.push(tokio::spawn(metadata.run()));
        }
        let walks = index.clone();
        background.extend(walks.map(|index| tokio::spawn(index.walk_when_due(library.clone()))));
        let served = server
            .serve(
                web::service(self.site.clone()).into_make_service_with_connect_info::<SocketAddr>(),
            )
            .await;
        for task in background {
            task.abort();
        }
        self.site.tasks.interrupt();
        if let Some(index) = index {
            index.interrupt_walks();
        }
        let stopped_at = stopped_at.borrow().unwrap_or_else(Instant::now);
        let drives = library.drives();
        let drained = join_all(drives.iter().map(|drive| drive.drain()));
        if timeout_at(stopped_at + REFRESH_TIMEOUT, drained)
            .await
            .is_err()
        {
            tracing::warn!("a renewal of tokens did not end in time; the drive may be signed out");
        }
        let flushed = async {
            tokio::join!(
                web::flush_last_used(&self.site),
                engine.flush(),
                self.membership.end()
            );
            self.store.close().await;
        };
        let _ = timeout(FLUSH_TIMEOUT, flushed).await;
        served.context("the server stopped")
    }
}

/// Refreshes the sessions of all drives periodically, until it is aborted.
async fn refresh_sessions(library: Library) {
    tokio::time::sleep(SESSION_REFRESH_DELAY).await;
    loop {
        for drive in library.drives().iter() {
            if let Err(error) = drive.refresh_if_due().await {
                tracing::warn!(drive = %drive.place(), %error, "its session could not be renewed");
            }
        }
        tokio::time::sleep(SESSION_REFRESH_INTERVAL).await;
    }
}
