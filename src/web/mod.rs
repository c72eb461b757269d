//! HTTP for viewers; the only module that uses axum. This file lists the URLs of the program, grouped by caller; those of
//! pages for people who are signed in are in `page_routes.rs`, those of the API in `call_routes.rs`. Handlers extract their
//! input, call the library or the playback, and reply.

mod access_log;
mod api;
mod assets;
mod auth;
mod body_pace;
mod call_routes;
mod client;
mod connection;
mod crawlers;
mod drain;
mod error;
mod foreign_changes;
mod gateway;
mod headers;
mod jellyfin;
mod limits;
mod locale;
mod media_reply;
mod operators;
mod page_routes;
mod pages;
mod play;
mod preconditions;
mod qr;
mod revocation;
mod routes;
mod send;
mod third_party;
mod ticket_access;
mod ticket_speed;
mod ticket_turns;
mod ticket_visits;
mod tickets;
mod traffic;
mod urls;
mod viewers;
mod write_locks;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, OriginalUri, Query};
use axum::http::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};
use tower::{Layer, util::MapRequestLayer};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use routes::RouteGroup;

use crate::config::{DriveConfig, SystemFiles};
use crate::governor::{QuotaShare, SharedDrive};
use crate::library::{Authorizations, Library, SignIns};
use crate::metadata::Metadata;
use crate::playback::Playback;
use crate::playback::player_positions::PlayerPositions;
use crate::playback::ticket::TicketSigner;
use crate::players::Players;
use crate::shares::Shares;
use crate::store::Store;
use crate::tasks::TaskRunner;
use crate::viewers::Viewers;
use media::Place;

pub use access_log::ACCESS_LOG_TARGET;
pub use api::content::UploadTracker;
pub use api::upload_progress::share_upload_progress;
pub use api::upstream_tasks::UpstreamTasks;
pub use auth::{AuthSettings, Authenticator, OpenId, TokenScope};
pub use client::TrustedProxies;
pub use connection::StallTimeoutAcceptor;
pub use drain::Drain;
pub use foreign_changes::watch_foreign_changes;
pub use jellyfin::{Jellyfin, answer_searches, share_app_sessions};
pub use limits::ClientLimiter;
pub(crate) use play::file_name;
pub use play::play_on_loop;
pub use routes::{Route, RouteAccess};
pub use ticket_speed::TicketSpeeds;
pub use ticket_visits::{TicketVisits, renew_ticket_clients};
pub use tickets::{flush_last_used, flush_last_used_loop, load_ticket_signer};
pub use urls::UrlBuilder;

/// The state that every handler can access. Clones share it.
pub type AppState = Arc<AppStateInner>;

/// The parts of a running server.
pub struct AppStateInner {
    /// Places, listings, entries and search.
    pub library: Library,
    /// Share links that were opened.
    pub shares: Shares,
    /// Playlists, segments and pictures.
    pub playback: Playback,
    /// Positions of players that report none.
    pub positions: PlayerPositions,
    /// Titles, texts and pictures of films; `None` if the owner has not switched them on.
    pub metadata: Option<Metadata>,
    /// Players on the home network.
    pub players: Players,
    /// True if the watch page offers to play on a Chromecast.
    pub has_chromecast: bool,
    /// Signs and verifies tickets.
    pub tickets: TicketSigner,
    /// Counts the viewers and visits of tickets with limits.
    pub ticket_visits: TicketVisits,
    /// Limits the speed of tickets.
    pub ticket_speeds: TicketSpeeds,
    /// The viewers of the household.
    pub viewers: Viewers,
    /// Authenticates requests.
    pub auth: Authenticator,
    /// The proxies whose forwarding headers are used.
    pub proxies: TrustedProxies,
    /// Seconds for which caches in front of the server may keep what players may keep for longer; `None` for as long.
    pub shared_cache_s: Option<u64>,
    /// The share of this server in the limits of each account.
    pub quota: QuotaShare,
    /// Counts the replies under way, for a stop.
    pub drain: Drain,
    /// Limits concurrent requests per client IP.
    pub request_limiter: ClientLimiter,
    /// Time after which a request body without progress is aborted.
    pub body_idle_timeout: Duration,
    /// Builds the URLs of this server.
    pub urls: UrlBuilder,
    /// Durable state.
    pub store: Store,
    /// Opens a drive that was connected from a page.
    pub open_drive: OpenDrive,
    /// The drives of the config file, which a page neither replaces nor removes.
    pub configured: Vec<Place>,
    /// Drive sign-ins in progress.
    pub sign_ins: SignIns,
    /// Sign-ins on a site's own page in progress.
    pub authorizations: Authorizations,
    /// Treatment of the files that operating systems leave in folders by WebDAV.
    pub system_files: SystemFiles,
    /// Copies and moves between places.
    pub tasks: TaskRunner,
    /// Upload progress.
    pub uploads: UploadTracker,
    /// Downloads and saves that upstreams run.
    pub upstream_tasks: UpstreamTasks,
    /// True if each request is logged.
    pub has_access_log: bool,
    /// The API for TV apps.
    pub jellyfin: Jellyfin,
    /// Metrics for operators.
    pub metrics: operators::Metrics,
    /// The start time of the server.
    pub started_at: SystemTime,
}

/// Opens a drive without an upstream call.
pub type OpenDrive = Box<dyn Fn(&DriveConfig) -> SharedDrive + Send + Sync>;

/// Returns the metrics of a new server, all zero.
pub fn new_metrics() -> operators::Metrics {
    operators::Metrics::default()
}

/// Limit of a request body that is a form or a small JSON document, in bytes.
const MAX_FORM_BYTES: usize = 64 * 1024;

/// Limit of a request body that names entries, in bytes: a thousand of them with long paths.
const MAX_SELECTION_BYTES: usize = 4 << 20;

/// Returns the router with every URL of the program, and the list of its routes.
pub fn router(site: AppState) -> (Router, Vec<Route>) {
    let people = page_routes::people(&site);
    let programs = calls()
        .route("/api/{*rest}", any(api::not_found))
        .route_layer(from_fn_with_state(site.clone(), auth::require_api_token))
        .method_not_allowed_fallback(api::method_not_allowed)
        .layer(from_fn(api::map_rejections))
        .layer(from_fn(headers::for_programs));

    let players = RouteGroup::new(RouteAccess::Ticket)
        .route("/play/{*address}", any(play::serve))
        .layer(from_fn(headers::for_players))
        .layer(from_fn_with_state(site.clone(), headers::for_shared_caches));

    let file_managers = RouteGroup::new(RouteAccess::Ticket)
        .route("/dav", any(play::dav::serve))
        .route("/dav/", any(play::dav::serve))
        .route("/dav/{*location}", any(play::dav::serve))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(headers::for_file_managers));

    let gateway = RouteGroup::new(RouteAccess::Ticket)
        .route("/openapi/api/streaming", get(gateway::streaming))
        .route("/openapi/share/streaming", get(gateway::share_streaming))
        .layer(from_fn(headers::for_players));

    let guests = RouteGroup::new(RouteAccess::Ticket)
        .route("/guest/{*address}", get(pages::guest::show))
        .layer(from_fn_with_state(site.clone(), headers::for_shared_caches));

    let open = RouteGroup::new(RouteAccess::Open)
        .route(
            "/login",
            get(pages::login::show).post(pages::login::sign_in),
        )
        .route(
            "/login/code",
            get(pages::login_code::show).post(pages::login_code::sign_in),
        )
        .route("/login/passkey", post(pages::passkeys::sign_in))
        .route("/login/passkey/begin", post(pages::passkeys::ask))
        .route("/login/openid", get(pages::login_openid::begin))
        .route(
            "/login/openid/callback",
            get(pages::login_openid::come_back),
        )
        .route("/logout", post(pages::login::sign_out))
        .route("/language", post(pages::language::choose))
        .route("/assets/{hash}/{*name}", get(assets::serve))
        .route("/favicon.ico", get(assets::favicon));

    let apps = RouteGroup::new(RouteAccess::Open)
        .route("/jellyfin", get(jellyfin::redirect_to_web))
        .route("/jellyfin/", get(jellyfin::redirect_to_web))
        .merge(
            RouteGroup::new(RouteAccess::Ticket).route("/jellyfin/{*call}", any(jellyfin::serve)),
        )
        .layer(from_fn(headers::for_players))
        .layer(from_fn_with_state(site.clone(), headers::for_shared_caches))
        .layer(from_fn(body_pace::enforce))
        .layer(RequestBodyTimeoutLayer::new(site.body_idle_timeout));

    let operators = RouteGroup::new(RouteAccess::Open)
        .route("/healthz", get(operators::healthz))
        .route("/readyz", get(operators::readyz));

    let counters = RouteGroup::new(RouteAccess::Operator)
        .route("/metrics", get(operators::metrics))
        .route_layer(from_fn_with_state(site.clone(), auth::require_operator_key));

    RouteGroup::new(RouteAccess::Open)
        .merge(people)
        .merge(guests)
        .merge(open)
        .layer(from_fn_with_state(
            site.clone(),
            pages::error::map_rejections,
        ))
        .layer(from_fn(headers::for_pages))
        .merge(programs)
        // Pages, scripts and JSON only: players fail on compressed playlists and media. A higher level takes most of the time
        // of a long list, and saves a twelfth of its bytes.
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(3)))
        .merge(players)
        .merge(file_managers)
        .merge(gateway)
        .merge(operators)
        .merge(counters)
        .fallback(pages::error::not_found)
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(from_fn(body_pace::enforce))
        .layer(RequestBodyTimeoutLayer::new(site.body_idle_timeout))
        .layer(csrf_layer(&site))
        // Apps send a token and never a cookie, so a page of another origin can make them do nothing.
        .merge(apps)
        .layer(from_fn_with_state(site.clone(), limits::enforce))
        .layer(CatchPanicLayer::custom(handle_panic))
        .layer(from_fn(headers::for_all_replies))
        .layer(from_fn_with_state(site.clone(), access_log::record))
        .layer(from_fn_with_state(site.clone(), client::attach))
        .finish(site)
}

/// Returns the calls of the API with their descriptions, before authentication.
fn calls() -> RouteGroup {
    call_routes::calls()
}

/// Returns the reply after a panic in a handler. The panic message is not shown.
fn handle_panic(_: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    pages::error::internal()
}

/// Returns the CSRF check for requests that another site made, by `Sec-Fetch-Site` and `Origin`. Behind a
/// proxy the origin of `public_url` is trusted, whatever the proxy sends as `Host`.
fn csrf_layer(site: &AppState) -> CsrfLayer {
    let check = CsrfLayer::new();
    match site.urls.public_origin() {
        Some(origin) => check.clone().add_trusted_origin(origin).unwrap_or(check),
        None => check,
    }
}

/// Returns the router, reachable both at the root and below the base path, so that a proxy in front may
/// strip the path or keep it.
pub fn service(site: AppState) -> Router {
    let base = site.urls.base_path().to_owned();
    let (router, _) = router(site.clone());
    let strip = move |mut request: Request<axum::body::Body>| {
        let stripped = without_base(request.uri(), &base);
        let uri = stripped.as_ref().unwrap_or(request.uri());
        if let Some(uri) = site.jellyfin.local_uri(uri).or(stripped) {
            // Handlers that read the raw URL must not see the base path either.
            request.extensions_mut().insert(OriginalUri(uri.clone()));
            *request.uri_mut() = uri;
        }
        request
    };
    // Around the router, not inside of it: routing happens on the URL without the base path.
    Router::new().fallback_service(MapRequestLayer::new(strip).layer(router))
}

/// A query that may be missing or invalid.
type MaybeQuery<T> = Result<Query<T>, QueryRejection>;

/// Returns the URL without the base path; `None` if it does not begin with it.
fn without_base(uri: &axum::http::Uri, base: &str) -> Option<axum::http::Uri> {
    if base.is_empty() {
        return None;
    }
    let rest = uri.path_and_query()?.as_str().strip_prefix(base)?;
    match rest.bytes().next() {
        None => Some(axum::http::Uri::from_static("/")),
        Some(b'/') => rest.parse().ok(),
        Some(b'?') => format!("/{rest}").parse().ok(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_handler_that_dies_says_nothing_of_why() {
        use tower::ServiceExt;
        async fn die() -> &'static str {
            let word = std::hint::black_box("canary");
            panic!("of {word}")
        }
        let router: Router = Router::new()
            .route("/", get(die))
            .layer(CatchPanicLayer::custom(handle_panic));
        let request = Request::new(axum::body::Body::empty());
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 500);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await;
        let body = String::from_utf8(body.unwrap().to_vec()).unwrap();
        assert!(
            body.contains("\"code\":\"internal\"") && !body.contains("canary"),
            "{body}"
        );
    }

    #[test]
    fn the_base_path_is_taken_off_whole_or_not_at_all() {
        let cases = [
            ("/drive-in", Some("/")),
            ("/drive-in/", Some("/")),
            ("/drive-in/browse/a%2Fb?x=1", Some("/browse/a%2Fb?x=1")),
            ("/drive-in?x=1", Some("/?x=1")),
            ("/drive-inn/x", None),
            ("/browse/x", None),
        ];
        for (address, expected) in cases {
            let found = without_base(&address.parse().unwrap(), "/drive-in");
            assert_eq!(
                found.map(|uri| uri.to_string()).as_deref(),
                expected,
                "{address}"
            );
        }
        assert_eq!(without_base(&"/x".parse().unwrap(), ""), None);
    }
}
