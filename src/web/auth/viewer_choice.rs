//! The viewer of a request, and what a viewer may open.
//!
//! A browser chooses its viewer once; a cookie remembers it. A session that a viewer has begun with an account of an OpenID
//! provider is for that viewer alone. A token may act for every viewer, or for the one that it was
//! made for. Calls of the API name another viewer by `?viewer=`. A viewer that is limited to places opens the routes that
//! are listed here, and nothing else.

use std::sync::Arc;

use axum::extract::{MatchedPath, Query, Request};
use axum::http::{HeaderMap, HeaderValue, Method};

use super::scope::{TokenScope, required_scope};
use super::{Authenticator, Caller};
use crate::store::Viewer;
use crate::viewers::Viewers;
use crate::web::client::ClientInfo;
use crate::web::error::Problem;
use crate::web::locale::{LANGUAGE_COOKIE, Language};
use crate::web::urls::parse_location;
use crate::web::viewers::{VIEWER_HEADER, ViewerQuery};
use media::ViewerId;

/// The page on which a browser chooses its viewer.
pub(in crate::web) const CHOICE: &str = "/viewers/choose";

/// The reason why a request has no viewer.
pub(super) enum ViewerRefusal {
    /// The browser has not chosen one yet.
    Choose,
    /// The viewer may not open this, or there is none of this id.
    Refused(Problem),
}

const NO_VIEWER: Problem = Problem {
    sentence: Some("There is no such viewer."),
    ..Problem::NOT_FOUND
};

const OTHER_VIEWER: Problem = Problem {
    sentence: Some("That belongs to another viewer."),
    ..Problem::FORBIDDEN
};

const LIMITED: Problem = Problem {
    sentence: Some("This viewer is limited to some places, and does not open that."),
    ..Problem::FORBIDDEN
};

const BOUND: Problem = Problem {
    sentence: Some("This sign-in is for one viewer. Sign out first to watch as another."),
    ..Problem::FORBIDDEN
};

const OWNER_ONLY: Problem = Problem {
    sentence: Some("Only the owner opens that. Choose the owner as the viewer first."),
    ..Problem::FORBIDDEN
};

/// Routes that show no more than the viewer may see.
const FILTERED: [&str; 9] = [
    "/",
    "/search",
    "/library/films",
    "/library/series",
    "/library/items/{id}",
    "/library/items/{id}/watched",
    "/api/v1/drives",
    "/api/v1/search",
    "/api/v1/history",
];

/// Beginnings of routes that end with the place and the path of an entry.
const OF_ENTRIES: [&str; 5] = [
    "/browse/",
    "/watch/",
    "/api/v1/entries/",
    "/api/v1/history/",
    "/api/v1/thumbnails/",
];

impl Authenticator {
    /// Returns the `Set-Cookie` header that remembers a chosen viewer, whose PIN was asked for.
    pub(in crate::web) fn remember_viewer(
        &self,
        viewer: &Viewer,
        client: ClientInfo,
    ) -> HeaderValue {
        self.cookies.set_viewer(viewer, self.is_secure(client))
    }

    /// Returns the `Set-Cookie` header that remembers a chosen language; with `None`, the one that forgets it.
    pub(in crate::web) fn remember_language(
        &self,
        language: Option<&Language>,
        client: ClientInfo,
    ) -> HeaderValue {
        let is_secure = self.is_secure(client);
        match language {
            Some(language) => self
                .cookies
                .set_plain(LANGUAGE_COOKIE, language.tag, is_secure),
            None => self.cookies.clear(LANGUAGE_COOKIE, is_secure),
        }
    }

    /// Returns the `Set-Cookie` header that forgets the chosen viewer.
    pub(in crate::web) fn forget_viewer(&self, client: ClientInfo) -> HeaderValue {
        self.cookies.clear_viewer(self.is_secure(client))
    }

    /// Returns the viewer that was chosen in this browser; `None` if there is none.
    pub(in crate::web) fn chosen_viewer(
        &self,
        headers: &HeaderMap,
        viewers: &Viewers,
    ) -> Option<Arc<Viewer>> {
        self.cookies.viewer(headers, viewers)
    }

    /// Returns the viewer that a caller acts for; `None` if a browser has to choose one first. The owner needs no choice
    /// without a PIN.
    pub(in crate::web) fn viewer_of(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        viewers: &Viewers,
    ) -> Option<Arc<Viewer>> {
        if let Some(bound) = caller.bound_viewer() {
            return viewers.get(bound);
        }
        match caller {
            Caller::Owner | Caller::Token { .. } => viewers.get(caller.viewer()),
            Caller::Session(_) | Caller::Anybody => {
                let owner = viewers.owner();
                let chosen = self.chosen_viewer(headers, viewers);
                chosen.or_else(|| owner.pin_hash.is_none().then_some(owner))
            }
        }
    }
}

/// Determines the viewer of a request, and names it in a header for the handlers.
pub(super) fn assign(
    auth: &Authenticator,
    viewers: &Viewers,
    caller: &Caller,
    request: &mut Request,
) -> Result<(), ViewerRefusal> {
    let pattern = request
        .extensions()
        .get::<MatchedPath>()
        .map_or(String::new(), |path| path.as_str().to_owned());
    let is_call = pattern.starts_with("/api/");
    let is_bound = caller.bound_viewer().is_some();
    let is_browser = matches!(caller, Caller::Session(_) | Caller::Anybody) && !is_bound;
    if is_bound && pattern == CHOICE {
        return Err(ViewerRefusal::Refused(BOUND));
    }
    let headers = request.headers();
    let own = match auth.viewer_of(caller, headers, viewers) {
        // The viewer was deleted since.
        None if is_bound => return Err(ViewerRefusal::Refused(Problem::UNAUTHORIZED)),
        None if pattern == CHOICE => viewers.owner(),
        None => return Err(ViewerRefusal::Choose),
        // A page asks, even where the owner has no PIN.
        Some(_)
            if is_browser
                && !is_call
                && pattern != CHOICE
                && viewers.must_choose()
                && auth.chosen_viewer(headers, viewers).is_none() =>
        {
            return Err(ViewerRefusal::Choose);
        }
        Some(own) => own,
    };
    let viewer = match is_call {
        true => named(viewers, &own, request).map_err(ViewerRefusal::Refused)?,
        false => own.clone(),
    };
    if let Ok(id) = HeaderValue::from_str(&viewer.id.to_string()) {
        request.headers_mut().insert(VIEWER_HEADER, id);
    }
    let has_own_door = is_bound || viewers.owner().pin_hash.is_some();
    check_owner(&own, has_own_door, request.method(), &pattern).map_err(ViewerRefusal::Refused)?;
    match viewer.places.is_some() && !may_open(&viewer, &pattern, request) {
        true => Err(ViewerRefusal::Refused(LIMITED)),
        false => Ok(()),
    }
}

/// Returns the viewer that `?viewer=` names, without it the caller's own. The owner may name every viewer.
fn named(viewers: &Viewers, own: &Arc<Viewer>, request: &Request) -> Result<Arc<Viewer>, Problem> {
    // A query that cannot be parsed is refused by its handler.
    let query = Query::<ViewerQuery>::try_from_uri(request.uri());
    let Some(text) = query.ok().and_then(|Query(query)| query.viewer) else {
        return Ok(own.clone());
    };
    if text.is_empty() {
        return Ok(own.clone());
    }
    let viewer = ViewerId::parse(&text).and_then(|id| viewers.get(id));
    let viewer = viewer.ok_or(NO_VIEWER)?;
    match own.id == ViewerId::OWNER || own.id == viewer.id {
        true => Ok(viewer),
        false => Err(OTHER_VIEWER),
    }
}

/// Viewers are managed by the owner, and so is access to the server if the owner has a PIN, or the viewer has signed in by an
/// account of its own.
fn check_owner(
    own: &Viewer,
    has_own_door: bool,
    method: &Method,
    pattern: &str,
) -> Result<(), Problem> {
    let is_about_viewers = match pattern {
        CHOICE => false,
        _ if pattern.starts_with("/api/v1/viewers") => !method.is_safe(),
        _ => pattern.starts_with("/viewers"),
    };
    let is_about_access = has_own_door && required_scope(method, pattern) == TokenScope::Everything;
    match own.id != ViewerId::OWNER && (is_about_viewers || is_about_access) {
        true => Err(OWNER_ONLY),
        false => Ok(()),
    }
}

/// Returns true if a viewer that is limited to places may open this.
fn may_open(viewer: &Viewer, pattern: &str, request: &Request) -> bool {
    if pattern == CHOICE
        || FILTERED.contains(&pattern)
        || (pattern.starts_with("/api/v1/library/")
            && !pattern.contains("/walks/")
            && (request.method().is_safe() || pattern.ends_with("/watched")))
        || (pattern.starts_with("/api/v1/viewers") && request.method().is_safe())
    {
        return true;
    }
    let location = OF_ENTRIES
        .iter()
        .filter(|beginning| pattern.starts_with(**beginning))
        .find_map(|beginning| request.uri().path().strip_prefix(beginning));
    location
        .and_then(parse_location)
        .is_some_and(|(place, _)| viewer.may_see(&place))
}
