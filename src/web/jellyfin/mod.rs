//! Jellyfin's API in front of the library and the playback, for the TV apps that speak it.
//!
//! The base URL is `/jellyfin`; for apps that cannot take a path, the same calls are at the root, where their
//! names begin with a capital letter and ours never do. Names may be in any case, and `/emby` before them is ignored.
//! The API is that of Jellyfin 10.11 (<https://api.jellyfin.org>), as far as docs/jellyfin.md lists it.
//!
//! - `routes`: the table of all calls
//! - `request`: one call, with its parameters and body
//! - `session`: apps that signed in, and the credentials of a call; `sign_in`, `quick_connect`: signing in
//! - `viewers`: viewers as users; `system`: the server, users and stored settings
//! - `ids`: ids of items, and the way back; `nodes`: items by id
//! - `query`: the parameters of a list; `views`, `items`, `folders`, `titles`, `lists`, `search`: lists; `item_json`, `item_details`: items as JSON
//! - `images`: pictures; `trickplay`: those over the seek bar; `media_segments`: intros
//! - `media_source`, `media_streams`, `device_profile`, `playback_info`, `play_sessions`: what an app may play; `streams`, `hls`, `subtitles`: the bytes
//! - `user_data`: positions, marks and favourites; `reports`: what apps play
//! - `live_sessions`, `remote_control`, `socket`: apps that are connected, and messages to them
//! - `empty`: calls of features that this server lacks
//! - `discovery`: the search for servers in the home network

mod device_profile;
mod discovery;
mod empty;
mod folders;
mod hls;
mod ids;
mod images;
mod item_details;
mod item_json;
mod items;
mod lists;
mod live_sessions;
mod media_segments;
mod media_source;
mod media_streams;
mod nodes;
mod play_sessions;
mod playback_info;
mod query;
mod quick_connect;
mod remote_control;
mod reports;
mod request;
mod routes;
mod search;
mod session;
mod shared_sessions;
mod sign_in;
mod socket;
mod streams;
mod subtitles;
mod system;
mod titles;
mod trickplay;
mod user_data;
mod viewers;
mod views;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, Uri};
use axum::response::{IntoResponse, Redirect, Response};

use super::AppState;
use super::error::Problem;
use crate::store::{AppDevice, Store};
use cache::Cache;

pub(super) use quick_connect::approve;

pub use discovery::answer_searches;
pub use shared_sessions::share_app_sessions;

use ids::ItemIds;
use images::SmallPictures;
use live_sessions::LiveSessions;
use play_sessions::PlaySessions;
use request::AppCall;

/// The version of the API.
pub(super) const VERSION: &str = "10.11.5";

/// Everything that the API holds besides the parts of the server.
pub struct Jellyfin {
    /// True if the API is served.
    is_enabled: bool,
    server_id: String,
    ids: ItemIds,
    live: LiveSessions,
    play_sessions: PlaySessions,
    pictures: SmallPictures,
    /// The apps behind tickets.
    devices: Cache<[u8; 8], Option<Arc<AppDevice>>>,
}

impl Jellyfin {
    /// Creates the API with the keys of the state.
    ///
    /// # Errors
    ///
    /// The state cannot be read or written.
    pub async fn open(is_enabled: bool, store: &Store) -> anyhow::Result<Self> {
        let ids = ItemIds::new(store.server_key("apps").await?, store.clone());
        Ok(Jellyfin {
            is_enabled,
            server_id: ids.of_server(),
            ids,
            live: LiveSessions::default(),
            play_sessions: PlaySessions::default(),
            pictures: SmallPictures::default(),
            devices: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(std::time::Duration::from_secs(60))
                .build(),
        })
    }

    /// Returns the path below `/jellyfin` of a URL that apps use; `None` for any other URL.
    pub(super) fn local_uri(&self, uri: &Uri) -> Option<Uri> {
        if !self.is_enabled {
            return None;
        }
        let path = canonical_path(uri.path())?;
        let query = uri.query().map(|query| format!("?{query}"));
        format!("{path}{}", query.unwrap_or_default()).parse().ok()
    }
}

/// Names at the root that are taken in small letters, too: some apps write them so.
const SMALL_LETTERS: [&str; 5] = [
    "system/info",
    "system/info/public",
    "system/ping",
    "socket",
    "embywebsocket",
];

/// Returns the path below `/jellyfin` that stands for a path of any case, with or without `/emby`. `None` if it is not one
/// of an app.
fn canonical_path(path: &str) -> Option<String> {
    let names = path.strip_prefix('/')?;
    let (first, rest) = names.split_once('/').unwrap_or((names, ""));
    let is = |name: &str| first.eq_ignore_ascii_case(name);
    if is("jellyfin") {
        let (next, after) = rest.split_once('/').unwrap_or((rest, ""));
        return Some(match next.eq_ignore_ascii_case("emby") {
            true => format!("/jellyfin/{after}"),
            false if path.len() == first.len() + 1 => "/jellyfin".to_owned(),
            false => format!("/jellyfin/{rest}"),
        });
    }
    if is("emby") || is("mediabrowser") {
        return Some(format!("/jellyfin/{rest}"));
    }
    let is_capital = first.starts_with(|letter: char| letter.is_ascii_uppercase());
    let small = names.trim_end_matches('/').to_ascii_lowercase();
    (is_capital || SMALL_LETTERS.contains(&small.as_str())).then(|| format!("/jellyfin/{names}"))
}

/// Redirects from the base URL to `web/`, by which apps recognise a server.
pub(super) async fn redirect_to_web(State(site): State<AppState>) -> Response {
    Redirect::to(&site.urls.local("/jellyfin/web/")).into_response()
}

/// Serves all calls.
pub(super) async fn serve(
    State(site): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    if !site.jellyfin.is_enabled {
        return Problem::NOT_FOUND.into_response();
    }
    let is_head = request.method() == Method::HEAD;
    let answer = match socket::is_socket(request.uri().path()) {
        true => socket::open(&site, request).await,
        false => match AppCall::read(site, peer, request).await {
            Ok(call) => routes::answer(&call).await,
            Err(problem) => Err(problem),
        },
    };
    match answer {
        Ok(response) => response,
        // Apps retry nothing that is a 4xx, and give up a server on a 5xx.
        Err(problem) if is_head => problem.status.into_response(),
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::canonical_path;

    #[test]
    fn addresses_of_apps_are_told_from_ours() {
        let cases = [
            ("/jellyfin", Some("/jellyfin")),
            ("/Jellyfin/", Some("/jellyfin/")),
            ("/JELLYFIN/Users/Me", Some("/jellyfin/Users/Me")),
            ("/jellyfin/emby/Items", Some("/jellyfin/Items")),
            (
                "/emby/System/Info/Public",
                Some("/jellyfin/System/Info/Public"),
            ),
            ("/Items/0123", Some("/jellyfin/Items/0123")),
            ("/system/info/public", Some("/jellyfin/system/info/public")),
            ("/System/Info/", Some("/jellyfin/System/Info/")),
            ("/socket", Some("/jellyfin/socket")),
            ("/", None),
            ("/play/x/Items", None),
            ("/system", None),
            ("/sessions", None),
            ("/login", None),
            ("/api/v1/drives", None),
        ];
        for (path, expected) in cases {
            assert_eq!(canonical_path(path).as_deref(), expected, "{path}");
        }
    }
}
