//! The same tree over WebDAV (RFC 4918), read-only: for Kodi, VLC, Infuse, rclone and file managers, with
//! exact sizes and dates, which the HTML listing rounds.
//!
//! dav-server answers PROPFIND over one folder that was loaded beforehand, so that a drive's failure is a
//! status and not a truncated reply. GET and HEAD do not go through it: bytes come from the byte engine,
//! with ranges, the same ETag, and a body that ends short where the drive's does.

use std::net::SocketAddr;
use std::time::SystemTime;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use dav_server::davpath::DavPath;
use dav_server::fs::{
    DavDirEntry, DavFile, DavFileSystem, DavMetaData, FsError, FsFuture, FsResult, FsStream,
    OpenOptions, ReadDirMeta,
};
use dav_server::{DavHandler, DavMethodSet};
use futures_util::{FutureExt, future, stream};
use secrecy::ExposeSecret;

use super::titles::all_children;
use super::{AppState, PlayRequest, listing, with_slash};
use crate::governor::SharedDrive;
use crate::library::Freshness;
use crate::playback::ticket::{Scope, Ticket};
use crate::web::auth::{AuthError, basic_password};
use crate::web::client::ClientInfo;
use crate::web::error::Problem;
use crate::web::revocation::until_revoked;
use crate::web::urls::parse_location;
use media::{Entry, EntryKind, EntryPath, Place};

/// The mount path for clients that use Basic authentication.
const MOUNT: &str = "/dav/";

/// Limit of a PROPFIND body in bytes: a list of properties has some hundred.
const MAX_PROPFIND_BYTES: usize = 16 << 10;

/// Serves `/dav/…`: any user name; the password is the owner's, an API token, or a ticket.
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
    let Some((scope, ticket)) = admitted else {
        let mut response = Problem::UNAUTHORIZED.into_response();
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"Drive-In\", charset=\"UTF-8\""),
        );
        return response;
    };
    let location = uri.path().strip_prefix(MOUNT).unwrap_or_default();
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let answer = match method.as_str() {
        "GET" | "HEAD" => {
            let call = PlayRequest {
                site: &site,
                peer,
                method: &method,
                headers: &headers,
            };
            read(&call, &scope, location).await
        }
        "OPTIONS" => Ok(options()),
        "PROPFIND" => propfind(&site, &scope, MOUNT, location, request).await,
        _ => Ok(read_only()),
    };
    let response = answer.unwrap_or_else(|problem| problem.for_players().into_response());
    match ticket {
        Some(ticket) if method == Method::GET => until_revoked(response, &site.tickets, &ticket),
        _ => response,
    }
}

/// The allowed methods: RFC 4918 class 1, without the writing half.
pub(super) const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS, PROPFIND");

/// Returns the headers by which clients recognize WebDAV.
pub(super) fn abilities() -> [(&'static str, HeaderValue); 3] {
    [
        ("dav", HeaderValue::from_static("1")),
        ("allow", ALLOWED),
        // Windows requires this header for mounting.
        ("ms-author-via", HeaderValue::from_static("DAV")),
    ]
}

fn options() -> Response {
    (StatusCode::OK, abilities()).into_response()
}

/// Returns the reply to every method that would change something.
pub(super) fn read_only() -> Response {
    let problem = Problem {
        status: StatusCode::METHOD_NOT_ALLOWED,
        ..Problem::bad_request("Nothing can be changed here: this tree is for reading.")
    };
    let mut response = problem.into_response();
    response.headers_mut().insert(header::ALLOW, ALLOWED);
    response
}

/// Returns the scope that these headers permit, and the ticket if they contain one; `None` for strangers.
async fn authorize(
    site: &AppState,
    headers: &HeaderMap,
    client: ClientInfo,
) -> Result<Option<(Scope, Option<Ticket>)>, AuthError> {
    let now = SystemTime::now();
    let ticket = basic_password(headers)
        .and_then(|password| site.tickets.verify(password.expose_secret(), now).ok());
    if let Some(ticket) = ticket {
        site.tickets.record_use(&ticket, now);
        return Ok(Some((ticket.scope.clone(), Some(ticket))));
    }
    let caller = site.auth.authenticate(headers, client).await?;
    Ok(caller.map(|_| (Scope::Everything, None)))
}

/// Answers GET and HEAD: a file's own bytes, or a folder as a page.
async fn read(call: &PlayRequest<'_>, scope: &Scope, location: &str) -> Result<Response, Problem> {
    if location.is_empty() {
        return Ok(listing::places(call.site, scope));
    }
    let (place, path) = located(scope, location)?;
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
    propfind(site, &ticket.scope, &mount, location, request).await
}

async fn propfind(
    site: &AppState,
    scope: &Scope,
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
    let question = to_bytes(body, MAX_PROPFIND_BYTES)
        .await
        .map_err(|_| Problem::bad_request("The list of properties is too long."))?;
    let folder = if location.is_empty() {
        Snapshot::of_places(site, scope)
    } else {
        let (place, path) = located(scope, location)?;
        Snapshot::of_entry(site, &place, &path, with_children).await?
    };

    // Clients compare the URLs in the reply with the one that they requested, so these include the base
    // path.
    let base = site.urls.base_path();
    let uri: Uri = format!("{base}{mount}{location}")
        .parse()
        .map_err(|_| Problem::NOT_FOUND)?;
    let mut asked = http::Request::builder()
        .method(parts.method)
        .uri(uri)
        .header("depth", if with_children { "1" } else { "0" })
        .body(Body::from(question))
        .map_err(|_| Problem::INTERNAL)?;
    // dav-server adapts its reply to some clients; nothing else of the request matters.
    if let Some(agent) = parts.headers.get(header::USER_AGENT) {
        asked
            .headers_mut()
            .insert(header::USER_AGENT, agent.clone());
    }
    let handler = DavHandler::builder()
        .filesystem(Box::new(folder))
        .methods(DavMethodSet::WEBDAV_RO)
        .strip_prefix(format!("{base}{}", mount.trim_end_matches('/')))
        .build_handler();
    let answer = handler.handle(asked).await;
    Ok(answer.map(Body::new))
}

/// Refuses `Depth: infinity` (RFC 4918 §9.1): a whole tree in one reply would need one upstream call per
/// folder.
fn too_deep() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/xml; charset=utf-8")];
    let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <D:error xmlns:D=\"DAV:\"><D:propfind-finite-depth/></D:error>\n";
    (StatusCode::FORBIDDEN, headers, text).into_response()
}

/// One entry and, for a folder, its children: all that dav-server gets to see.
#[derive(Debug, Clone)]
struct Snapshot {
    itself: DavNode,
    children: Vec<DavNode>,
}

#[derive(Debug, Clone)]
struct DavNode {
    name: String,
    is_folder: bool,
    size: u64,
    modified: Option<SystemTime>,
    /// In quotes, as in the header of the bytes.
    etag: Option<String>,
}

impl Snapshot {
    fn of_places(site: &AppState, scope: &Scope) -> Self {
        let covered = |drive: &&SharedDrive| scope.covers(drive.place(), &EntryPath::root());
        let drives = site.library.browsable();
        Snapshot {
            itself: DavNode::folder(String::new()),
            children: drives
                .iter()
                .filter(covered)
                .map(|drive| DavNode::folder(drive.place().to_string()))
                .collect(),
        }
    }

    async fn of_entry(
        site: &AppState,
        place: &Place,
        path: &EntryPath,
        with_children: bool,
    ) -> Result<Self, Problem> {
        let entry = site.library.entry(place, path, Freshness::Cached).await?;
        let children = if with_children && entry.kind == EntryKind::Folder {
            all_children(site, place, path).await?
        } else {
            Vec::new()
        };
        Ok(Snapshot {
            itself: DavNode::of(site, entry.as_ref().clone()),
            children: children
                .into_iter()
                .map(|child| DavNode::of(site, child))
                .collect(),
        })
    }
}

impl DavNode {
    fn folder(name: String) -> Self {
        DavNode {
            name,
            is_folder: true,
            size: 0,
            modified: None,
            etag: None,
        }
    }

    fn of(site: &AppState, entry: Entry) -> Self {
        let entry = std::sync::Arc::new(entry);
        let is_folder = entry.kind == EntryKind::Folder;
        DavNode {
            name: entry.name.clone(),
            is_folder,
            size: entry.size,
            modified: entry.modified.map(SystemTime::from),
            etag: (!is_folder).then(|| format!("\"{}\"", site.playback.original(&entry).etag)),
        }
    }
}

impl DavFileSystem for Snapshot {
    /// Bytes are not read this way.
    fn open<'a>(&'a self, _: &'a DavPath, _: OpenOptions) -> FsFuture<'a, Box<dyn DavFile>> {
        future::ready(Err(FsError::Forbidden)).boxed()
    }

    fn read_dir<'a>(
        &'a self,
        _: &'a DavPath,
        _: ReadDirMeta,
    ) -> FsFuture<'a, FsStream<Box<dyn DavDirEntry>>> {
        let children = self
            .children
            .clone()
            .into_iter()
            .map(|child| Ok(Box::new(child) as Box<dyn DavDirEntry>));
        let children: FsStream<_> = Box::pin(stream::iter(children));
        future::ready(Ok(children)).boxed()
    }

    /// Returns the metadata of the requested path; that of its children comes with them.
    fn metadata<'a>(&'a self, _: &'a DavPath) -> FsFuture<'a, Box<dyn DavMetaData>> {
        self.itself.metadata()
    }
}

impl DavDirEntry for DavNode {
    fn name(&self) -> Vec<u8> {
        self.name.clone().into_bytes()
    }

    fn metadata(&'_ self) -> FsFuture<'_, Box<dyn DavMetaData>> {
        let node: Box<dyn DavMetaData> = Box::new(self.clone());
        future::ready(Ok(node)).boxed()
    }
}

impl DavMetaData for DavNode {
    fn len(&self) -> u64 {
        self.size
    }

    fn modified(&self) -> FsResult<SystemTime> {
        self.modified.ok_or(FsError::NotImplemented)
    }

    fn is_dir(&self) -> bool {
        self.is_folder
    }

    fn etag(&self) -> Option<String> {
        self.etag.clone()
    }
}

/// Returns true for the WebDAV method that play URLs support.
pub(super) fn is_propfind(method: &Method) -> bool {
    method.as_str() == "PROPFIND"
}
