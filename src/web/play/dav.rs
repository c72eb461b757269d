//! The same tree over WebDAV (RFC 4918): for Kodi, VLC, Infuse, rclone and file managers, with exact sizes and dates, which
//! the HTML listing rounds. A caller that may change files writes to the drives that can (class 2); others read.
//!
//! PROPFIND answers from one folder that was loaded whole beforehand, so that a drive's failure is a status and
//! not a truncated reply. GET and HEAD are those of play URLs: bytes come from the byte engine, with ranges, the
//! same ETag, and a body that ends short where the drive's does.
//!
//! - `propfind`: the body of a request
//! - `multistatus`: the reply
//! - `changes`: PUT, MKCOL, DELETE, COPY, MOVE, PROPPATCH · `locking`: LOCK, UNLOCK · `if_header`: their condition
//! - `properties`, `xml`: the body of PROPPATCH, and XML that is kept

mod changes;
mod if_header;
mod locking;
mod multistatus;
mod properties;
mod propfind;
mod tree;
mod xml;

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::SystemTime;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;

use super::lists::is_kodi;
use super::positions::TicketHolder;
use super::{AppState, PlayRequest, listing, with_slash};
use crate::governor::SharedDrive;
use crate::playback::ticket::{Scope, Ticket, TicketId};
use crate::web::auth::{AuthError, Caller, TokenScope, basic_password};
use crate::web::client::ClientInfo;
use crate::web::error::Problem;
use crate::web::revocation::until_revoked;
use crate::web::ticket_visits::{TicketVisits, VisitGuard};
use crate::web::urls::parse_location;
use changes::DavChange;
use media::{EntryPath, Place, ViewerId};
use propfind::PropertyRequest;

use tree::{MountTree, TreeCaller};

/// The mount path for clients that use Basic authentication.
const MOUNT: &str = "/dav/";

/// Limit of a PROPFIND body in bytes: a list of properties has some hundred.
const MAX_PROPFIND_BYTES: usize = 16 << 10;

/// Serves `/dav` and `/dav/…`: any user name; the password is the owner's, an API token, or a ticket.
pub(in crate::web) async fn serve(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let client = ClientInfo::of(&request);
    let admitted = match authorize(&site, request.headers(), client).await {
        Ok(admitted) => admitted,
        Err(refusal) => return Problem::from(refusal).for_players().into_response(),
    };
    let Some(DavAccess {
        scope,
        ticket,
        viewer,
        may_change,
    }) = admitted
    else {
        let mut response = Problem::UNAUTHORIZED.into_response();
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"Drive-In\", charset=\"UTF-8\""),
        );
        return response;
    };
    let Some(location) = uri.path().strip_prefix(MOUNT).or(match *request.method() {
        // A folder's page needs the slash, for its relative URLs; nothing else does.
        Method::GET | Method::HEAD => None,
        _ => Some(""),
    }) else {
        return with_slash("dav");
    };
    let (method, headers) = (request.method().clone(), request.headers().clone());
    if may_change && is_change(&method) {
        return change(&site, &scope, location, request).await;
    }
    let visit = match &ticket {
        Some(ticket) => match TicketVisits::admit(&site, ticket, peer, &headers).await {
            Ok(visit) => visit,
            Err(problem) => return problem.for_players().into_response(),
        },
        None => VisitGuard::default(),
    };
    let answer = match method.as_str() {
        "GET" | "HEAD" => {
            let call = PlayRequest {
                site: &site,
                peer,
                method: &method,
                headers: &headers,
                holder: OnceLock::from(TicketHolder {
                    ticket: ticket.as_ref().map_or(TicketId([0; 8]), |ticket| ticket.id),
                    viewer,
                    without_originals: ticket
                        .as_ref()
                        .is_some_and(|ticket| ticket.limits.without_originals),
                }),
            };
            read(&call, &scope, location).await
        }
        "OPTIONS" => Ok((
            StatusCode::OK,
            abilities(may_change && is_writable(&site, location)),
        )
            .into_response()),
        "PROPFIND" => {
            let caller = TreeCaller {
                scope: &scope,
                may_change,
            };
            propfind(&site, caller, MOUNT, location, request).await
        }
        _ if ticket.is_none() && is_change(&method) => Err(NARROW_TOKEN),
        _ => Err(READ_ONLY),
    };
    let response = answer.unwrap_or_else(|problem| problem.for_players().into_response());
    match ticket {
        Some(ticket) if method == Method::GET => {
            let response = site.ticket_speeds.limit(response, &ticket);
            until_revoked(response, &site.tickets, &ticket, visit)
        }
        _ => response,
    }
}

/// The allowed methods of a tree that is read: RFC 4918 class 1, without the writing half.
pub(super) const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS, PROPFIND");
/// The allowed methods of a tree that is written, too: class 2.
const ALLOWED_TO_WRITE: HeaderValue = HeaderValue::from_static(
    "GET, HEAD, OPTIONS, PROPFIND, PUT, MKCOL, DELETE, COPY, MOVE, PROPPATCH, LOCK, UNLOCK",
);

/// Returns true for a method of the writing half.
fn is_change(method: &Method) -> bool {
    const CHANGES: [&str; 8] = [
        "PUT",
        "MKCOL",
        "DELETE",
        "COPY",
        "MOVE",
        "PROPPATCH",
        "LOCK",
        "UNLOCK",
    ];
    CHANGES.contains(&method.as_str())
}

/// Returns true if something at this location can be changed; at the root, if any drive can be.
fn is_writable(site: &AppState, location: &str) -> bool {
    let can = |drive: &SharedDrive| drive.manage().is_some() && drive.upload().is_some();
    match parse_location(location) {
        Some((place, _)) => site.library.drive(&place).is_ok_and(|drive| can(&drive)),
        None => site.library.browsable().iter().any(can),
    }
}

/// Answers a request that changes something.
async fn change(site: &AppState, scope: &Scope, location: &str, request: Request) -> Response {
    let (place, path) = match located(scope, location) {
        Ok(located) => located,
        Err(problem) => return problem.into_response(),
    };
    let (parts, body) = request.into_parts();
    let change = DavChange {
        site,
        method: parts.method,
        headers: parts.headers,
        place,
        path,
        is_folder_url: location.ends_with('/'),
        root: format!("{}{MOUNT}", site.urls.base_path()),
    };
    match change.answer(body).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    }
}

/// Returns the headers by which clients recognize WebDAV.
pub(super) fn abilities(can_write: bool) -> [(&'static str, HeaderValue); 3] {
    let (class, allowed) = match can_write {
        true => (HeaderValue::from_static("1, 2"), ALLOWED_TO_WRITE),
        false => (HeaderValue::from_static("1"), ALLOWED),
    };
    [
        ("dav", class),
        ("allow", allowed),
        // Windows requires this header for mounting.
        ("ms-author-via", HeaderValue::from_static("DAV")),
    ]
}

/// Answers `OPTIONS /` and `OPTIONS /dav/…`: Windows asks at the root of the host whether there is WebDAV before
/// it goes to a folder.
pub(in crate::web) async fn options(State(site): State<AppState>) -> Response {
    (StatusCode::OK, abilities(is_writable(&site, ""))).into_response()
}

/// The reply to every method that would change something. A 405 to MKCOL would mean that the folder exists
/// (RFC 4918 §9.3.1).
pub(super) const READ_ONLY: Problem = Problem {
    sentence: Some("Nothing can be changed here: this tree is for reading."),
    ..Problem::FORBIDDEN
};

/// The reply to a token with too narrow a scope.
const NARROW_TOKEN: Problem = Problem {
    sentence: Some("This API token reads files and does not change them."),
    ..Problem::FORBIDDEN
};

/// The access of a caller.
struct DavAccess {
    scope: Scope,
    /// The ticket, if that is the password.
    ticket: Option<Ticket>,
    viewer: ViewerId,
    may_change: bool,
}

/// Returns the access that these headers give; `None` for strangers.
async fn authorize(
    site: &AppState,
    headers: &HeaderMap,
    client: ClientInfo,
) -> Result<Option<DavAccess>, AuthError> {
    let now = SystemTime::now();
    let ticket = basic_password(headers)
        .and_then(|password| site.verify_ticket(password.expose_secret(), now).ok());
    if let Some(ticket) = ticket {
        site.tickets.record_use(&ticket, now);
        return Ok(Some(DavAccess {
            scope: ticket.scope.clone(),
            viewer: ticket.viewer,
            ticket: Some(ticket),
            may_change: false,
        }));
    }
    let caller: Option<Caller> = site.auth.authenticate(headers, client).await?;
    let Some(caller) = caller else {
        return Ok(None);
    };
    let viewer = site.auth.viewer_of(&caller, headers, &site.viewers);
    Ok(viewer.map(|viewer| DavAccess {
        may_change: caller.may(TokenScope::Change) && viewer.places.is_none(),
        scope: match &viewer.places {
            None => Scope::Everything,
            Some(places) => Scope::Places(places.clone()),
        },
        ticket: None,
        viewer: viewer.id,
    }))
}

/// Answers GET and HEAD: a file's own bytes, or a folder as a page.
async fn read(call: &PlayRequest<'_>, scope: &Scope, location: &str) -> Result<Response, Problem> {
    if location.is_empty() {
        return Ok(listing::places(call.site, scope));
    }
    let (place, path) = located(scope, location)?;
    let is_by_ticket = call
        .holder
        .get()
        .is_some_and(|holder| holder.ticket != TicketId([0; 8]));
    if is_by_ticket && call.site.library.folder_settings().hides(&place, &path) {
        return Err(Problem::NOT_FOUND);
    }
    if location.ends_with('/') {
        return listing::folder(call.site, &place, &path, false).await;
    }
    if path.is_root() {
        return Ok(with_slash(place.as_str()));
    }
    call.original(&place, &path).await
}

fn located(scope: &Scope, location: &str) -> Result<(Place, EntryPath), Problem> {
    let (place, path) = parse_location(location).ok_or(Problem::NOT_FOUND)?;
    if scope.covers(&place, &path) {
        Ok((place, path))
    } else {
        Err(Problem::FORBIDDEN)
    }
}

/// Answers PROPFIND below `/play/{ticket}/`, where the URL is the credential.
pub(super) async fn propfind_with_ticket(
    site: &AppState,
    ticket_text: &str,
    ticket: &Ticket,
    location: &str,
    request: Request,
) -> Result<Response, Problem> {
    let mount = format!("/play/{ticket_text}/");
    let caller = TreeCaller {
        scope: &ticket.scope,
        may_change: false,
    };
    propfind(site, caller, &mount, location, request).await
}

async fn propfind(
    site: &AppState,
    caller: TreeCaller<'_>,
    mount: &str,
    location: &str,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let depth = parts
        .headers
        .get("depth")
        .map(|value| value.to_str().unwrap_or_default().trim());
    let with_children = match depth {
        Some("0") => false,
        // A missing header means infinity (RFC 4918 §9.1), but clients that omit it do not mean that.
        Some("1") | None => true,
        Some(other) if other.eq_ignore_ascii_case("infinity") => return Ok(too_deep()),
        Some(_) => return Err(Problem::bad_request("“Depth” is 0 or 1.")),
    };
    let body = to_bytes(body, MAX_PROPFIND_BYTES)
        .await
        .map_err(|_| Problem::bad_request("The list of properties is too long."))?;
    let request = PropertyRequest::parse(&body)
        .map_err(|_| Problem::bad_request("The list of properties could not be read."))?;
    // Clients compare the URLs in the reply with the one that they requested, so these include the base
    // path.
    let tree = MountTree {
        site,
        root: format!("{}{mount}", site.urls.base_path()),
        has_quota: *caller.scope == Scope::Everything && multistatus::asks_for_quota(&request),
        has_changes: caller.may_change && is_writable(site, location),
    };
    let mut nodes = if location.is_empty() {
        tree.places(caller.scope, with_children).await
    } else {
        let (place, path) = located(caller.scope, location)?;
        if !caller.may_change && site.library.folder_settings().hides(&place, &path) {
            return Err(Problem::NOT_FOUND);
        }
        tree.entry(&place, &path, with_children).await?
    };
    // Kodi decodes a display name as if it were a part of a URL, and shows “50% + 1.mp4” as “50%   1.mp4”. Without
    // one it takes the name from the URL.
    if is_kodi(&parts.headers) {
        nodes.iter_mut().for_each(|node| node.name = None);
    }
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/xml; charset=utf-8".to_owned(),
        ),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_LOCATION, nodes[0].href.clone()),
    ];
    let body = Body::from_stream(multistatus::body(request, nodes));
    Ok((StatusCode::MULTI_STATUS, headers, body).into_response())
}

/// Refuses `Depth: infinity` (RFC 4918 §9.1): a whole tree in one reply would need one upstream call per
/// folder.
fn too_deep() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/xml; charset=utf-8")];
    let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <D:error xmlns:D=\"DAV:\"><D:propfind-finite-depth/></D:error>\n";
    (StatusCode::FORBIDDEN, headers, text).into_response()
}

/// Returns true for the WebDAV method that play URLs support.
pub(super) fn is_propfind(method: &Method) -> bool {
    method.as_str() == "PROPFIND"
}
