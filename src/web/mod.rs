//! The only room that knows viewers' HTTP. Every URL of the program stands in this file, grouped by
//! who calls it; handlers extract, ask, and answer.

mod access_log;
mod address;
mod api;
mod assets;
mod crawlers;
mod error;
mod gateway;
mod headers;
mod media_reply;
mod operators;
mod pages;
mod play;
mod qr;
mod send;
mod session;
mod tickets;
mod withdrawal;

use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, OriginalUri, Query};
use axum::http::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, delete, get, post};
use tower::{Layer, util::MapRequestLayer};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use crate::library::Library;
use crate::playback::Playback;
use crate::playback::ticket::TicketOffice;
use crate::players::Players;
use crate::store::Store;

pub use address::Addresses;
pub use session::Door;
pub use tickets::{keep_uses, open_office, write_uses};

/// What every handler can reach. Clones share it.
pub type Site = Arc<SiteParts>;

/// The parts of a running server.
pub struct SiteParts {
    /// What can be watched.
    pub library: Library,
    /// How it is played.
    pub playback: Playback,
    /// Players in the house.
    pub players: Players,
    /// Who signs play addresses.
    pub tickets: TicketOffice,
    /// Who may come in.
    pub door: Door,
    /// What addresses look like.
    pub addresses: Addresses,
    /// Durable state, asked whether it is well.
    pub store: Store,
    /// Counters for operators.
    pub metrics: operators::Metrics,
    /// When the server started.
    pub started_at: SystemTime,
}

/// The counters of a new server.
pub fn new_metrics() -> operators::Metrics {
    operators::Metrics::default()
}

/// Bytes of a request body: forms only, so far.
const LARGEST_FORM: usize = 64 * 1024;

/// Every URL of the program.
pub fn router(site: Site) -> Router {
    let people = Router::new()
        .route("/", get(pages::home::show))
        .route("/browse/{*location}", get(pages::browse::show))
        .route("/watch/{*location}", get(pages::watch::show))
        .route("/search", get(pages::search::show))
        .route("/status", get(pages::status::show))
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
        .route_layer(from_fn_with_state(
            site.clone(),
            session::pages_need_the_owner,
        ));

    let programs = Router::new()
        .route("/api/v1/drives", get(api::drives::list))
        .route("/api/v1/entries/{*location}", get(api::entries::show))
        .route("/api/v1/search", get(api::search::find))
        .route("/api/v1/players", get(api::players::list))
        .route("/api/v1/send", post(api::players::send))
        .route(
            "/api/v1/tickets",
            get(api::tickets::list).post(api::tickets::make),
        )
        .route("/api/v1/tickets/{id}", delete(api::tickets::withdraw))
        .route_layer(from_fn_with_state(
            site.clone(),
            session::programs_need_a_token,
        ))
        .method_not_allowed_fallback(api::not_that_way)
        .route("/api/{*rest}", any(api::not_found))
        .layer(from_fn(headers::for_programs));

    let players = Router::new()
        .route("/play/{*address}", any(play::serve))
        .layer(from_fn(headers::for_players));

    let file_managers = Router::new()
        .route("/dav/", any(play::dav::serve))
        .route("/dav/{*location}", any(play::dav::serve))
        .layer(from_fn(headers::for_file_managers));

    let gateway = Router::new()
        .route("/openapi/api/streaming", get(gateway::streaming))
        .layer(from_fn(headers::for_players));

    let guests = Router::new().route("/guest/{*address}", get(pages::guest::show));

    let doors = Router::new()
        .route(
            "/login",
            get(pages::login::show).post(pages::login::sign_in),
        )
        .route("/logout", post(pages::login::sign_out))
        .route("/assets/{hash}/{*name}", get(assets::serve))
        .route("/favicon.ico", get(assets::favicon));

    let operators = Router::new()
        .route("/healthz", get(operators::healthz))
        .route("/readyz", get(operators::readyz))
        .route("/metrics", get(operators::metrics));

    Router::new()
        .merge(people)
        .merge(guests)
        .merge(doors)
        .layer(from_fn(headers::for_pages))
        .merge(programs)
        // Pages, scripts and JSON only: players lose their way in compressed playlists and media.
        .layer(CompressionLayer::new())
        .merge(players)
        .merge(file_managers)
        .merge(gateway)
        .merge(operators)
        .fallback(pages::error::not_found)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(|_| pages::error::internal()))
        .layer(from_fn_with_state(site.clone(), access_log::record))
        .with_state(site)
}

/// The router, reachable at the root and below the base path alike, so that a proxy in front may
/// strip the path or pass it on.
pub fn service(site: Site) -> Router {
    let base = site.addresses.base_path().to_owned();
    let strip = move |mut request: Request<axum::body::Body>| {
        if let Some(uri) = without_base(request.uri(), &base) {
            // Handlers that read the address as it came, not decoded, must not see the base either.
            request.extensions_mut().insert(OriginalUri(uri.clone()));
            *request.uri_mut() = uri;
        }
        request
    };
    // Around the router, not inside of it: routes are chosen by the address without the base path.
    Router::new().fallback_service(MapRequestLayer::new(strip).layer(router(site)))
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
