//! The only room that knows viewers' HTTP. Every URL of the program stands in this file, grouped by
//! who calls it; handlers extract, ask, and answer.

mod access_log;
mod address;
mod api;
mod assets;
mod client;
mod crawlers;
mod door;
mod error;
mod gateway;
mod headers;
mod limits;
mod media_reply;
mod operators;
mod pages;
mod play;
mod qr;
mod routes;
mod send;
mod tickets;
mod traffic;
mod withdrawal;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, OriginalUri, Query};
use axum::http::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, delete, get, post, put};
use tower::{Layer, util::MapRequestLayer};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use routes::Group;

use crate::config::DriveConfig;
use crate::governor::SharedDrive;
use crate::library::{Library, SignIns};
use crate::playback::Playback;
use crate::playback::ticket::TicketSigner;
use crate::players::Players;
use crate::shares::Shares;
use crate::store::Store;
use media::Place;

pub use address::Addresses;
pub use api::content::Uploads;
pub use client::Proxies;
pub use door::{Door, DoorSettings, TokenScope};
pub use limits::Crowd;
pub use routes::{Access, Route};
pub use tickets::{keep_uses, open_office, write_uses};

/// What every handler can reach. Clones share it.
pub type Site = Arc<SiteParts>;

/// The parts of a running server.
pub struct SiteParts {
    /// What can be watched.
    pub library: Library,
    /// Share links that were opened.
    pub shares: Shares,
    /// How it is played.
    pub playback: Playback,
    /// Players in the house.
    pub players: Players,
    /// Whether the watch page offers to play on a Chromecast.
    pub has_chromecast: bool,
    /// Who signs play addresses.
    pub tickets: TicketSigner,
    /// Who may come in.
    pub door: Door,
    /// Whose word is taken for where a viewer comes from.
    pub proxies: Proxies,
    /// Who asks for how much at once.
    pub crowd: Crowd,
    /// How long a request's body may be silent.
    pub body_idle_timeout: Duration,
    /// What addresses look like.
    pub addresses: Addresses,
    /// Durable state, asked whether it is well.
    pub store: Store,
    /// How a drive that is connected from a page is opened.
    pub open_drive: OpenDrive,
    /// The drives of the config file: a page neither replaces nor removes them.
    pub configured: Vec<Place>,
    /// Sign-ins of drives that are under way.
    pub sign_ins: SignIns,
    /// How far uploads are.
    pub uploads: Uploads,
    /// Counters for operators.
    pub metrics: operators::Metrics,
    /// When the server started.
    pub started_at: SystemTime,
}

/// Opens a drive, asking nobody.
pub type OpenDrive = Box<dyn Fn(&DriveConfig) -> SharedDrive + Send + Sync>;

/// The counters of a new server.
pub fn new_metrics() -> operators::Metrics {
    operators::Metrics::default()
}

/// Bytes of a request body that is a form or a few words of JSON.
const LARGEST_FORM: usize = 64 * 1024;

/// Bytes of a request that names entries: a thousand of them with long paths.
const LONGEST_CHOICE: usize = 4 << 20;

/// Every URL of the program: the router, and the list of its routes.
pub fn router(site: Site) -> (Router, Vec<Route>) {
    let people = Group::new(Access::Owner)
        .route("/", get(pages::home::show))
        .route("/browse/{*location}", get(pages::browse::show))
        .route("/watch/{*location}", get(pages::watch::show))
        .route("/search", get(pages::search::show))
        .route("/share", get(pages::share::show).post(pages::share::submit))
        .route("/share/save", post(pages::open_share::save))
        .route("/share/forget", post(pages::open_share::forget))
        .route("/status", get(pages::status::show))
        .route("/account/{drive}", get(pages::account::show))
        .route(
            "/account/{drive}/sign-in/device",
            post(pages::account::begin_device),
        )
        .route(
            "/account/{drive}/sign-in/code",
            post(pages::account::by_code),
        )
        .route(
            "/account/{drive}/sign-in/form",
            post(pages::account::by_form),
        )
        .route("/account/{drive}/sign-out", post(pages::account::sign_out))
        .route(
            "/account/{drive}/reports/{report}",
            get(pages::reports::show),
        )
        .route("/account/{drive}/key", post(pages::reports::renew_key))
        .route("/account/{drive}/trial", post(pages::reports::try_link))
        .route("/account/{drive}/remove", post(pages::connect::remove))
        .route("/account/{drive}/shares", get(pages::own_shares::show))
        .route(
            "/account/{drive}/shares/{id}/cancel",
            post(pages::own_shares::cancel),
        )
        .route(
            "/connect",
            get(pages::connect::show).post(pages::connect::connect),
        )
        .merge(
            Group::new(Access::Owner)
                .route(
                    "/organize",
                    get(pages::organize::show).post(pages::organize::act),
                )
                .layer(DefaultBodyLimit::max(LONGEST_CHOICE)),
        )
        .merge(
            Group::new(Access::Owner)
                .route("/upload/{*location}", post(pages::upload::take_in))
                .layer(DefaultBodyLimit::disable()),
        )
        .route("/sessions", get(pages::sessions::show))
        .route("/sessions/end", post(pages::sessions::end))
        .route("/sessions/end-all", post(pages::sessions::end_all))
        .route("/tokens", post(pages::sessions::make_token))
        .route("/tokens/withdraw", post(pages::sessions::withdraw_token))
        .route(
            "/password",
            get(pages::password::show).post(pages::password::choose),
        )
        .route("/send", post(pages::send::send))
        .route(
            "/devices",
            get(pages::devices::show).post(pages::devices::add),
        )
        .route("/devices/{id}/withdraw", post(pages::devices::withdraw))
        .route("/devices/own", post(pages::devices::replace_own))
        .route("/devices/key", post(pages::devices::change_key))
        .route("/devices/keys/retire", post(pages::devices::retire_keys))
        .route(
            "/pass-on/{*location}",
            get(pages::pass_on::show).post(pages::pass_on::make),
        )
        .route_layer(from_fn_with_state(site.clone(), door::pages_need_the_owner));

    let programs = Group::new(Access::Program)
        .route("/api/v1/drives", get(api::drives::list))
        .route("/api/v1/entries/{*location}", get(api::entries::show))
        .route("/api/v1/search", get(api::search::find))
        .route("/api/v1/shares/open", post(api::shares::open))
        .route("/api/v1/shares/save", post(api::shares::save))
        .route("/api/v1/drives/{drive}/avatar", get(api::drives::avatar))
        .route(
            "/api/v1/drives/{drive}/sign-in/device",
            post(api::sign_in::begin_device),
        )
        .route(
            "/api/v1/drives/{drive}/sign-in/device/{id}",
            get(api::sign_in::device_state),
        )
        .route(
            "/api/v1/drives/{drive}/sign-in/code",
            post(api::sign_in::by_code),
        )
        .route(
            "/api/v1/drives/{drive}/sign-in/form",
            get(api::sign_in::form).post(api::sign_in::by_form),
        )
        .route(
            "/api/v1/drives/{drive}/sign-out",
            post(api::sign_in::sign_out),
        )
        .route(
            "/api/v1/drives/{drive}/shares",
            get(api::own_shares::list).post(api::own_shares::create),
        )
        .route(
            "/api/v1/drives/{drive}/shares/{id}",
            delete(api::own_shares::cancel).patch(api::own_shares::extend),
        )
        .route("/api/v1/drives/{drive}/reports", get(api::reports::list))
        .route(
            "/api/v1/drives/{drive}/reports/{report}",
            get(api::reports::show),
        )
        .route(
            "/api/v1/drives/{drive}/requests.csv",
            get(api::reports::requests),
        )
        .route("/api/v1/drives/{drive}/key", post(api::reports::renew_key))
        .route("/api/v1/drives/{drive}/trial", post(api::reports::try_link))
        .route("/api/v1/history", get(api::history::list))
        .route("/api/v1/history/{*location}", put(api::history::note))
        .route("/api/v1/openapi.json", get(api::openapi::show))
        .route("/api/v1/uploads/{id}", get(api::content::state))
        .merge(
            Group::new(Access::Program)
                .route("/api/v1/content/{*location}", put(api::content::put))
                .layer(DefaultBodyLimit::disable()),
        )
        .merge(
            Group::new(Access::Program)
                .route("/api/v1/files/copy", post(api::files::copy))
                .route("/api/v1/files/move", post(api::files::relocate))
                .route("/api/v1/files/rename", post(api::files::rename))
                .route("/api/v1/files/delete", post(api::files::delete))
                .route("/api/v1/folders", post(api::files::make_folder))
                .layer(DefaultBodyLimit::max(LONGEST_CHOICE)),
        )
        .route(
            "/api/v1/tokens",
            get(api::tokens::list).post(api::tokens::make),
        )
        .route("/api/v1/tokens/{id}", delete(api::tokens::withdraw))
        .route("/api/v1/sessions", get(api::sessions::list))
        .route("/api/v1/sessions/{id}", delete(api::sessions::end))
        .route("/api/v1/players", get(api::players::list))
        .route("/api/v1/send", post(api::players::send))
        .route(
            "/api/v1/tickets",
            get(api::tickets::list).post(api::tickets::make),
        )
        .route("/api/v1/tickets/{id}", delete(api::tickets::withdraw))
        .route("/api/{*rest}", any(api::not_found))
        .route_layer(from_fn_with_state(
            site.clone(),
            door::programs_need_a_token,
        ))
        .method_not_allowed_fallback(api::not_that_way)
        .layer(from_fn(api::in_our_words))
        .layer(from_fn(headers::for_programs));

    let players = Group::new(Access::Ticket)
        .route("/play/{*address}", any(play::serve))
        .layer(from_fn(headers::for_players));

    let file_managers = Group::new(Access::Ticket)
        .route("/dav/", any(play::dav::serve))
        .route("/dav/{*location}", any(play::dav::serve))
        .layer(from_fn(headers::for_file_managers));

    let gateway = Group::new(Access::Ticket)
        .route("/openapi/api/streaming", get(gateway::streaming))
        .route("/openapi/share/streaming", get(gateway::share_streaming))
        .layer(from_fn(headers::for_players));

    let guests = Group::new(Access::Ticket).route("/guest/{*address}", get(pages::guest::show));

    let doors = Group::new(Access::Open)
        .route(
            "/login",
            get(pages::login::show).post(pages::login::sign_in),
        )
        .route("/logout", post(pages::login::sign_out))
        .route("/assets/{hash}/{*name}", get(assets::serve))
        .route("/favicon.ico", get(assets::favicon));

    let operators = Group::new(Access::Open)
        .route("/healthz", get(operators::healthz))
        .route("/readyz", get(operators::readyz));

    let counters = Group::new(Access::Operator)
        .route("/metrics", get(operators::metrics))
        .route_layer(from_fn_with_state(site.clone(), door::operators_need_a_key));

    Group::new(Access::Open)
        .merge(people)
        .merge(guests)
        .merge(doors)
        .layer(from_fn_with_state(site.clone(), pages::error::in_our_words))
        .layer(from_fn(headers::for_pages))
        .merge(programs)
        // Pages, scripts and JSON only: players lose their way in compressed playlists and media.
        .layer(CompressionLayer::new())
        .merge(players)
        .merge(file_managers)
        .merge(gateway)
        .merge(operators)
        .merge(counters)
        .fallback(pages::error::not_found)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(RequestBodyTimeoutLayer::new(site.body_idle_timeout))
        .layer(forged_forms(&site))
        .layer(from_fn_with_state(site.clone(), limits::keep))
        .layer(CatchPanicLayer::custom(died))
        .layer(from_fn(headers::for_everybody))
        .layer(from_fn_with_state(site.clone(), access_log::record))
        .layer(from_fn_with_state(site.clone(), client::note))
        .finish(site)
}

/// The answer where a handler died: its words are for nobody.
fn died(_: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    pages::error::internal()
}

/// The check for forms that another site has made: by what browsers say of a request's origin, and
/// behind a proxy by the address that the world knows, whatever the proxy makes of `Host`.
fn forged_forms(site: &Site) -> CsrfLayer {
    let check = CsrfLayer::new();
    match site.addresses.public_origin() {
        Some(origin) => check.clone().add_trusted_origin(origin).unwrap_or(check),
        None => check,
    }
}

/// The router, reachable at the root and below the base path alike, so that a proxy in front may
/// strip the path or pass it on.
pub fn service(site: Site) -> Router {
    let base = site.addresses.base_path().to_owned();
    let (router, _) = router(site);
    let strip = move |mut request: Request<axum::body::Body>| {
        if let Some(uri) = without_base(request.uri(), &base) {
            // Handlers that read the address as it came, not decoded, must not see the base either.
            request.extensions_mut().insert(OriginalUri(uri.clone()));
            *request.uri_mut() = uri;
        }
        request
    };
    // Around the router, not inside of it: routes are chosen by the address without the base path.
    Router::new().fallback_service(MapRequestLayer::new(strip).layer(router))
}

/// A query that may be missing or make no sense.
type MaybeQuery<T> = Result<Query<T>, QueryRejection>;

/// The address without the base path; `None` where it does not begin with it.
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
            .layer(CatchPanicLayer::custom(died));
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
