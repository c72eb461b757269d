//! `/play/{ticket}/…`, the URLs for players: no cookie and no query string; the streams of a file are below
//! the file's URL.

pub(super) mod dav;
mod film_bytes;
mod list_names;
mod listing;
mod lists;
mod positions;
mod resource;
mod source;
mod strm_tree;
mod texts;
mod thumbnails;
mod titles;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;
pub(crate) use strm_tree::file_name;

use axum::body::Body;
use axum::extract::{ConnectInfo, OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};

use super::crawlers::is_crawler;
use super::error::{Problem, ProblemCode};
use super::media_reply::NO_CACHE;
use super::ticket_visits::{TicketVisits, VisitGuard};
use super::{AppState, preconditions, revocation};
use crate::library::Freshness;
use crate::playback::pictures::PictureSize;
use crate::playback::ticket::Ticket;
use drives::ErrorKind;
use media::{Entry, EntryPath, Place};

use list_names::SearchList;
use positions::TicketHolder;
use resource::{PlayPath, PlayResource};

pub(super) use list_names::search_list;
pub use positions::play_on_loop;

/// The content type by which every player recognizes HLS; with others VLC and Kodi take it for a list of
/// titles.
pub(super) const HLS_CONTENT_TYPE: &str = "application/vnd.apple.mpegurl";

/// Serves all URLs below `/play/`: GET and HEAD, PROPFIND, and OPTIONS for pages of other origins.
/// Read-only.
pub(super) async fn serve(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Response, Problem> {
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let call = PlayRequest {
        site: &site,
        peer,
        method: &method,
        headers: &headers,
        holder: OnceLock::new(),
    };
    let answer = match method {
        Method::GET | Method::HEAD => call.answer(uri.path()).await,
        Method::OPTIONS => Ok(options()),
        _ if dav::is_propfind(&method) => call.properties(uri.path(), request).await,
        // A stranger learns no more than that the ticket is wrong.
        _ => call
            .verify_ticket(uri.path())
            .and_then(|_| Err(dav::READ_ONLY)),
    };
    answer.map_err(Problem::for_players)
}

/// Answers GET or HEAD of a play URL that another part of this server made: its path from `/play/` on.
///
/// # Errors
///
/// Those of play URLs.
pub(super) fn answer_at<'a>(
    site: &'a AppState,
    (peer, method, headers): (SocketAddr, &'a Method, &'a HeaderMap),
    path: &'a str,
) -> BoxFuture<'a, Result<Response, Problem>> {
    // Boxed: the replies of players are large futures.
    Box::pin(async move {
        let call = PlayRequest {
            site,
            peer,
            method,
            headers,
            holder: OnceLock::new(),
        };
        call.answer(path).await.map_err(Problem::for_players)
    })
}

/// Returns the headers that pages of other origins may send, and the WebDAV methods.
pub(super) fn options() -> Response {
    let headers = [
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "GET, HEAD, OPTIONS, PROPFIND",
        ),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Range, Content-Type, Accept-Encoding, If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, \
             If-Range, Depth",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, headers, dav::abilities(false)).into_response()
}

/// One request of a player.
struct PlayRequest<'a> {
    site: &'a AppState,
    peer: SocketAddr,
    method: &'a Method,
    headers: &'a HeaderMap,
    /// Set when the credential was verified.
    holder: OnceLock<TicketHolder>,
}

impl PlayRequest<'_> {
    /// Verifies the ticket in a URL, and returns it with the rest of the path.
    fn verify_ticket<'p>(&self, path: &'p str) -> Result<(&'p str, Ticket, &'p str), Problem> {
        let rest = path.strip_prefix("/play/").unwrap_or(path);
        let (ticket_text, rest) = rest.split_once('/').ok_or(Problem::NOT_FOUND)?;
        let (tickets, now) = (&self.site.tickets, SystemTime::now());
        let verified = self.site.verify_ticket(ticket_text, now);
        let ticket = verified.map_err(|_| Problem::BAD_TICKET)?;
        if is_crawler(self.headers) {
            // A chat that fetches a preview would download the film. Previews are at the guest pages.
            return Err(Problem::FORBIDDEN);
        }
        tickets.record_use(&ticket, now);
        let _ = self.holder.set(TicketHolder {
            ticket: ticket.id,
            viewer: ticket.viewer,
            without_originals: ticket.limits.without_originals,
        });
        Ok((ticket_text, ticket, rest))
    }

    async fn properties(&self, path: &str, request: Request) -> Result<Response, Problem> {
        let (ticket_text, ticket, rest) = self.verify_ticket(path)?;
        let _visit = self.admit(&ticket).await?;
        dav::propfind_with_ticket(self.site, ticket_text, &ticket, rest, request).await
    }

    async fn answer(&self, path: &str) -> Result<Response, Problem> {
        let (ticket_text, ticket, rest) = self.verify_ticket(path)?;
        let visit = self.admit(&ticket).await?;
        let response = self.answer_under(ticket_text, &ticket, rest).await?;
        Ok(match *self.method {
            Method::GET => {
                let response = self.site.ticket_speeds.limit(response, &ticket);
                revocation::until_revoked(response, &self.site.tickets, &ticket, visit)
            }
            _ => response,
        })
    }

    /// Lets the client in if the ticket's limits allow it.
    async fn admit(&self, ticket: &Ticket) -> Result<VisitGuard, Problem> {
        TicketVisits::admit(self.site, ticket, self.peer, self.headers).await
    }

    /// Returns true for what is hidden from the holder of a ticket. The viewers of the household find it by its URL, on
    /// pages of their own.
    fn is_hidden(&self, ticket: &Ticket, place: &Place, path: &EntryPath) -> bool {
        ticket.id != self.site.tickets.owner_id()
            && self.site.library.folder_settings().hides(place, path)
    }

    /// Returns true if the ticket opens a file.
    fn covers(&self, ticket: &Ticket, place: &Place, path: &EntryPath) -> bool {
        ticket.scope.covers(place, path) && !self.is_hidden(ticket, place, path)
    }

    /// Fails if the ticket opens streams alone.
    fn may_have_originals(&self) -> Result<(), Problem> {
        match self.holder.get() {
            Some(holder) if holder.without_originals => Err(WITHOUT_ORIGINALS),
            _ => Ok(()),
        }
    }

    async fn answer_under(
        &self,
        ticket_text: &str,
        ticket: &Ticket,
        rest: &str,
    ) -> Result<Response, Problem> {
        if rest.is_empty() {
            return Ok(listing::places(self.site, &ticket.scope));
        }
        if SearchList::matches(rest) {
            let search = SearchList::parse(rest).ok_or(Problem::NOT_FOUND)?;
            return lists::search(self, ticket_text, ticket, &search).await;
        }
        let address = PlayPath::parse(rest).ok_or(Problem::NOT_FOUND)?;
        if self.is_hidden(ticket, &address.place, &address.path) {
            return Err(Problem::NOT_FOUND);
        }
        if !ticket.scope.covers(&address.place, &address.path) {
            // A file may have the name of a stream, while the entry of that stream is outside of the
            // ticket's scope.
            return match self.covers(ticket, &address.place, &address.as_file) {
                true => self.original(&address.place, &address.as_file).await,
                false => Err(Problem::FORBIDDEN),
            };
        }
        match &address.resource {
            PlayResource::Folder if !rest.ends_with('/') => Ok(with_slash(address.place.as_str())),
            PlayResource::Folder => {
                let (place, path) = (&address.place, &address.path);
                listing::folder(self.site, place, path, ticket.prefers_hls).await
            }
            PlayResource::Original => self.original(&address.place, &address.path).await,
            _ => self.stream(ticket_text, ticket, address).await,
        }
    }

    /// Returns a stream of a file, or a list of a folder. A real file may have such a name: if the entry
    /// before it has no such resource, the whole path is that of a file.
    async fn stream(
        &self,
        ticket_text: &str,
        ticket: &Ticket,
        address: PlayPath,
    ) -> Result<Response, Problem> {
        let (place, path) = (&address.place, &address.path);
        let library = &self.site.library;
        let entry = match library.entry(place, path, Freshness::Cached).await {
            Ok(entry) if address.resource.fits(entry.kind) => entry,
            Err(error) if error.kind != ErrorKind::NotFound => return Err(error.into()),
            _ if self.covers(ticket, &address.place, &address.as_file) => {
                return self.original(&address.place, &address.as_file).await;
            }
            _ => return Err(Problem::NOT_FOUND),
        };
        if address.resource.begins_playing() {
            library.revalidate_entry(place, path);
        }
        match self.resource(ticket_text, &entry, &address.resource).await {
            Err(problem) if problem.code == ProblemCode::Gone => {
                let entry = self.replaced(&entry).await.ok_or(problem)?;
                self.resource(ticket_text, &entry, &address.resource).await
            }
            answer => answer,
        }
    }

    /// Returns the entry in its new version if its file was replaced; `None` if it is the same, or there is none any
    /// more.
    async fn replaced(&self, entry: &Arc<Entry>) -> Option<Arc<Entry>> {
        let library = &self.site.library;
        let found = library.entry(&entry.place, &entry.path, Freshness::Fresh);
        let found = found.await.ok()?;
        (!found.is_same_version(entry)).then_some(found)
    }

    /// Returns the reply for a resource of an entry. It is on the heap: on the stack, the futures of all resources would lie
    /// side by side.
    fn resource<'a>(
        &'a self,
        ticket_text: &'a str,
        entry: &'a Arc<Entry>,
        resource: &'a PlayResource,
    ) -> BoxFuture<'a, Result<Response, Problem>> {
        if resource.is_of_original()
            && let Err(problem) = self.may_have_originals()
        {
            return Box::pin(ready(Err(problem)));
        }
        match resource {
            PlayResource::Master => Box::pin(self.master(entry)),
            PlayResource::Playlist(rendition) => Box::pin(self.playlist(entry, *rendition)),
            PlayResource::Segment(rendition, number) => {
                Box::pin(self.segment(entry, *rendition, *number))
            }
            PlayResource::Whole(rendition) => Box::pin(self.whole(entry, *rendition)),
            PlayResource::SourcePlaylist(stream) => Box::pin(self.source_playlist(entry, *stream)),
            PlayResource::SourceInit(stream) => Box::pin(self.source_init(entry, *stream)),
            PlayResource::SourceSegment(stream, number) => {
                Box::pin(self.source_segment(entry, *stream, *number))
            }
            PlayResource::SourceFile => Box::pin(self.source_file(entry)),
            PlayResource::Chapters => Box::pin(self.chapters(entry)),
            PlayResource::Thumbnails => Box::pin(self.thumbnails(entry)),
            PlayResource::Thumbnail(number) => Box::pin(self.thumbnail(entry, *number)),
            PlayResource::Poster(size) => Box::pin(self.poster(entry, *size)),
            PlayResource::Subtitles(id, form) => Box::pin(self.subtitles(entry, id, *form)),
            PlayResource::SubtitleList => Box::pin(self.subtitle_list(entry)),
            PlayResource::FontList => Box::pin(self.font_list(entry)),
            PlayResource::Font(number) => Box::pin(self.font(entry, *number)),
            PlayResource::SoundTags => Box::pin(self.sound_tags(entry)),
            PlayResource::List(list) => Box::pin(lists::list(self, ticket_text, entry, *list)),
            PlayResource::Strm => Box::pin(lists::strm(self, ticket_text, entry).map(Ok)),
            PlayResource::StrmTree => Box::pin(strm_tree::answer(self, ticket_text, entry)),
            PlayResource::Folder | PlayResource::Original => {
                Box::pin(ready(Err(Problem::NOT_FOUND)))
            }
        }
    }

    async fn poster(&self, entry: &Arc<Entry>, size: PictureSize) -> Result<Response, Problem> {
        let picture = self.site.playback.picture(entry, size).await?;
        let etag = format!("\"{}\"", picture.etag);
        let about = [
            (header::CONTENT_TYPE, picture.content_type),
            (header::CACHE_CONTROL, "public, max-age=86400"),
        ];
        let body = picture.bytes.clone();
        preconditions::answer(self.method, self.headers, &etag, about, body)
    }
}

/// The refusal of originals under a ticket for streams alone.
const WITHOUT_ORIGINALS: Problem = Problem {
    sentence: Some("This link opens the streams of a film, and not its file."),
    ..Problem::FORBIDDEN
};

/// Redirects to a folder's URL with a trailing slash, against which the relative URLs of its listing
/// resolve. `name` is the last name of the path.
fn with_slash(name: &str) -> Response {
    let target = format!("{}/", super::urls::encode_name(name));
    // Not permanent: a film may have this path one day.
    let headers = [
        (header::LOCATION, HeaderValue::try_from(target).ok()),
        (header::CACHE_CONTROL, Some(NO_CACHE)),
    ];
    let headers: HeaderMap = headers
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    (StatusCode::FOUND, headers).into_response()
}

/// Returns a playlist reply: not cached without revalidation, and never compressed (browsers' native
/// players and Kodi fail on it).
pub(super) fn hls(text: impl Into<Body>) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(HLS_CONTENT_TYPE),
        ),
        (header::CACHE_CONTROL, NO_CACHE),
    ];
    (headers, text.into()).into_response()
}
