//! The same tree over WebDAV (RFC 4918), to be read and not to be written: for Kodi, VLC, Infuse, rclone and
//! file managers, with sizes and dates that the HTML listing rounds.
//!
//! dav-server answers PROPFIND, over one folder that was read beforehand, so that a drive's failure is a status
//! and not half of a reply. GET and HEAD never reach it: bytes come from the byte engine, with ranges, the same
//! ETag, and an end that is short where the drive's is.

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
use super::{Call, Site, listing, with_slash};
use crate::governor::SharedDrive;
use crate::library::Freshness;
use crate::playback::ticket::{Scope, Ticket};
use crate::web::address::read_location;
use crate::web::client::Client;
use crate::web::door::{Refusal, basic_password};
use crate::web::error::Problem;
use crate::web::withdrawal::while_good;
use media::{Entry, EntryKind, EntryPath, Place};

/// Where the tree is mounted for those who sign in with Basic authentication.
const MOUNT: &str = "/dav/";

/// A list of wanted properties is some hundred bytes.
const LARGEST_QUESTION: usize = 16 << 10;

/// `/dav/…`: any user name; the password is the owner's, an API token, or a ticket.
pub(in crate::web) async fn serve(
    State(site): State<Site>,
    OriginalUri(uri): OriginalUri,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let client = Client::of(&request);
    let admitted = match admitted(&site, request.headers(), client).await {
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
            let call = Call {
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
        Some(ticket) if method == Method::GET => while_good(response, &site.tickets, &ticket),
        _ => response,
    }
}

/// What may be done here: RFC 4918 class 1, without the writing half.
pub(super) const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS, PROPFIND");

/// The headers by which clients see that this is WebDAV.
pub(super) fn abilities() -> [(&'static str, HeaderValue); 3] {
    [
        ("dav", HeaderValue::from_static("1")),
        ("allow", ALLOWED),
        // Windows looks for this before it mounts anything.
        ("ms-author-via", HeaderValue::from_static("DAV")),
    ]
}

fn options() -> Response {
    (StatusCode::OK, abilities()).into_response()
}

/// The answer to everything that would change something.
pub(super) fn read_only() -> Response {
    let problem = Problem {
        status: StatusCode::METHOD_NOT_ALLOWED,
        ..Problem::bad_request("Nothing can be changed here: this tree is for reading.")
    };
    let mut response = problem.into_response();
    response.headers_mut().insert(header::ALLOW, ALLOWED);
    response
}

/// What whoever sent these headers may read, and under which ticket; `None` for strangers.
async fn admitted(
    site: &Site,
    headers: &HeaderMap,
    client: Client,
) -> Result<Option<(Scope, Option<Ticket>)>, Refusal> {
    let now = SystemTime::now();
    let ticket = basic_password(headers)
        .and_then(|password| site.tickets.verify(password.expose_secret(), now).ok());
    if let Some(ticket) = ticket {
        site.tickets.record_use(&ticket, now);
        return Ok(Some((ticket.scope.clone(), Some(ticket))));
    }
    let caller = site.door.basic_auth(headers, client).await?;
    Ok(caller.map(|_| (Scope::Everything, None)))
}

/// GET and HEAD: a file's own bytes, or a folder as a page.
async fn read(call: &Call<'_>, scope: &Scope, location: &str) -> Result<Response, Problem> {
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
    let (place, path) = read_location(location).ok_or(Problem::NOT_FOUND)?;
    if scope.covers(&place, &path) {
        Ok((place, path))
    } else {
        Err(Problem::FORBIDDEN)
    }
}

/// PROPFIND below `/play/{ticket}/`: the address is the key.
pub(super) async fn propfind_with_ticket(
    site: &Site,
    ticket_text: &str,
    ticket: &Ticket,
    location: &str,
    request: Request,
) -> Result<Response, Problem> {
    let mount = format!("/play/{ticket_text}/");
    propfind(site, &ticket.scope, &mount, location, request).await
}

async fn propfind(
    site: &Site,
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
        // None means infinity (RFC 4918 §9.1), which clients do not mean when they leave it out.
        Some("1") | None => true,
        Some(other) if other.eq_ignore_ascii_case("infinity") => return Ok(too_deep()),
        Some(_) => return Err(Problem::bad_request("“Depth” is 0 or 1.")),
    };
    let question = to_bytes(body, LARGEST_QUESTION)
        .await
        .map_err(|_| Problem::bad_request("The list of properties is too long."))?;
    let folder = if location.is_empty() {
        Snapshot::of_places(site, scope)
    } else {
        let (place, path) = located(scope, location)?;
        Snapshot::of_entry(site, &place, &path, with_children).await?
    };

    // Clients compare what they are told with what they asked for, as the world sees it.
    let base = site.addresses.base_path();
    let uri: Uri = format!("{base}{mount}{location}")
        .parse()
        .map_err(|_| Problem::NOT_FOUND)?;
    let mut asked = http::Request::builder()
        .method(parts.method)
        .uri(uri)
        .header("depth", if with_children { "1" } else { "0" })
        .body(Body::from(question))
        .map_err(|_| Problem::INTERNAL)?;
    // Some clients are told more than others; nothing else of the request matters.
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

/// RFC 4918 §9.1: a whole tree in one reply would be a call of the drive per folder.
fn too_deep() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/xml; charset=utf-8")];
    let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <D:error xmlns:D=\"DAV:\"><D:propfind-finite-depth/></D:error>\n";
    (StatusCode::FORBIDDEN, headers, text).into_response()
}

/// One entry and, for a folder, what is in it: all that dav-server gets to see.
#[derive(Debug, Clone)]
struct Snapshot {
    itself: Node,
    children: Vec<Node>,
}

#[derive(Debug, Clone)]
struct Node {
    name: String,
    is_folder: bool,
    size: u64,
    modified: Option<SystemTime>,
    /// In quotes, as the header of the bytes has it.
    etag: Option<String>,
}

impl Snapshot {
    fn of_places(site: &Site, scope: &Scope) -> Self {
        let covered = |drive: &&SharedDrive| scope.covers(drive.place(), &EntryPath::root());
        let drives = site.library.browsable();
        Snapshot {
            itself: Node::folder(String::new()),
            children: drives
                .iter()
                .filter(covered)
                .map(|drive| Node::folder(drive.place().to_string()))
                .collect(),
        }
    }

    async fn of_entry(
        site: &Site,
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
            itself: Node::of(site, entry.as_ref().clone()),
            children: children
                .into_iter()
                .map(|child| Node::of(site, child))
                .collect(),
        })
    }
}

impl Node {
    fn folder(name: String) -> Self {
        Node {
            name,
            is_folder: true,
            size: 0,
            modified: None,
            etag: None,
        }
    }

    fn of(site: &Site, entry: Entry) -> Self {
        let entry = std::sync::Arc::new(entry);
        let is_folder = entry.kind == EntryKind::Folder;
        Node {
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

    /// Of the one path that is asked for; that of its children comes with them.
    fn metadata<'a>(&'a self, _: &'a DavPath) -> FsFuture<'a, Box<dyn DavMetaData>> {
        self.itself.metadata()
    }
}

impl DavDirEntry for Node {
    fn name(&self) -> Vec<u8> {
        self.name.clone().into_bytes()
    }

    fn metadata(&'_ self) -> FsFuture<'_, Box<dyn DavMetaData>> {
        let node: Box<dyn DavMetaData> = Box::new(self.clone());
        future::ready(Ok(node)).boxed()
    }
}

impl DavMetaData for Node {
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

/// Whether a method is one that the trees for players know.
pub(super) fn is_propfind(method: &Method) -> bool {
    method.as_str() == "PROPFIND"
}
