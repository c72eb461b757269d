//! `/play/{ticket}/…`, the URLs for players: no cookie and no query string; the streams of a file are below
//! the file's URL.

pub(super) mod dav;
mod list_names;
mod listing;
mod lists;
mod positions;
mod resource;
mod source;
mod strm_tree;
mod thumbnails;
mod titles;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;
pub(crate) use strm_tree::file_name;

use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use serde_json::json;

use super::api::sound_json::SoundJson;
use super::crawlers::is_crawler;
use super::error::{NO_SUBTITLES, Problem, ProblemCode};
use super::media_reply::{MediaReply, NO_CACHE};
use super::ticket_visits::{TicketVisits, VisitGuard};
use super::{AppState, preconditions, revocation};
use crate::library::Freshness;
use crate::playback::SegmentContainer;
use crate::playback::pictures::PictureSize;
use crate::playback::subtitles::{SubtitleText, subtitle_playlist};
use crate::playback::ticket::Ticket;
use drives::ErrorKind;
use media::{Entry, EntryKind, EntryPath, Place, Rendition, Subtitles, content_type, stem};

use list_names::SearchList;
use positions::{ORIGINAL, TicketHolder};
use resource::{FONTS, PlayPath, PlayResource, SUBTITLES, SubtitleForm};

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

    /// Returns true for what is hidden from the holder of a ticket. The viewers of the household find it by its address, on
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

    async fn original(&self, place: &Place, path: &EntryPath) -> Result<Response, Problem> {
        self.may_have_originals()?;
        let library = &self.site.library;
        let entry = library.entry(place, path, Freshness::Cached).await?;
        if entry.kind == EntryKind::Folder {
            return Ok(with_slash(path.name()));
        }
        library.revalidate_entry(place, path);
        match self.send_original(&entry).await {
            Err(problem) if problem.code == ProblemCode::Gone => {
                let entry = self.replaced(&entry).await.ok_or(problem)?;
                self.send_original(&entry).await
            }
            answer => answer,
        }
    }

    async fn send_original(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let object = self.site.playback.original(entry);
        let reply = MediaReply {
            engine: self.site.playback.engine(),
            object,
            content_type: content_type(&entry.name),
            file_name: &entry.name,
            modified: entry.modified,
        };
        let response = reply.answer(self.method, self.headers).await?;
        let timeline = self.site.playback.timeline_of_original(entry).await;
        Ok(self.follow(response, entry, ORIGINAL, timeline))
    }

    async fn playlist(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
    ) -> Result<Response, Problem> {
        Ok(hls(self.site.playback.playlist(entry, rendition).await?))
    }

    async fn segment(
        &self,
        entry: &Arc<Entry>,
        rendition: Rendition,
        number: usize,
    ) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let (object, form) = playback.hls_segment(entry, rendition, number).await?;
        let length = object.length;
        let container = form.container;
        let reply = MediaReply {
            engine: playback.engine(),
            object,
            content_type: container.content_type(),
            file_name: &format!("{number}.{}", container.extension()),
            modified: None,
        };
        let response = reply.answer(self.method, self.headers).await?;
        // After the first byte has arrived: prefetching must not delay it.
        if self.method == Method::GET && response.status().is_success() {
            playback.track_playhead(self.peer, entry, rendition, number);
        }
        let timeline = playback.timeline_of_segment(entry, rendition, number, length);
        let timeline = timeline.await;
        Ok(self.follow(response, entry, &rendition.to_string(), timeline))
    }

    async fn whole(&self, entry: &Arc<Entry>, rendition: Rendition) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let object = playback.whole(entry, rendition).await?;
        let length = object.length;
        let container = playback.segment_form(entry, rendition).await?.container;
        let extension = match container {
            SegmentContainer::FragmentedMp4 => "m4a",
            other => other.extension(),
        };
        let file_name = format!("{} ({rendition}).{extension}", stem(&entry.name));
        let reply = MediaReply {
            engine: playback.engine(),
            object,
            content_type: container.content_type(),
            file_name: &file_name,
            modified: None,
        };
        let response = reply.answer(self.method, self.headers).await?;
        let timeline = playback.timeline_of_whole(entry, Some(rendition), length);
        let timeline = timeline.await;
        Ok(self.follow(response, entry, &file_name, timeline))
    }

    /// Lists all subtitles of a film, those of the drive itself among them, relative to this address.
    async fn subtitle_list(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let found = self.site.playback.all_subtitles(entry).await?;
        let track = |one: &Subtitles| {
            let src = format!("{SUBTITLES}/{}.vtt", one.id);
            json!({"label": one.label, "language": one.language, "src": src})
        };
        let tracks: Vec<_> = found.iter().map(track).collect();
        let headers = [(header::CACHE_CONTROL, NO_CACHE)];
        Ok((headers, Json(json!({"subtitles": tracks}))).into_response())
    }

    /// Returns the tags of a recording.
    async fn sound_tags(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let tags = self.site.playback.sound_tags(entry).await?;
        let headers = [(header::CACHE_CONTROL, NO_CACHE)];
        Ok((headers, Json(SoundJson::of(&tags))).into_response())
    }

    async fn subtitles(
        &self,
        entry: &Arc<Entry>,
        id: &str,
        form: SubtitleForm,
    ) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let text = playback
            .subtitle_text(entry, id)
            .await
            .map_err(|error| match error.kind {
                ErrorKind::Unsupported => Problem::unsupported(&NO_SUBTITLES),
                _ => error.into(),
            })?;
        let (body, clock) = match form {
            SubtitleForm::Playlist => {
                let seconds = playback.stream_duration_s(entry).await?;
                return Ok(hls(subtitle_playlist(seconds, id)));
            }
            SubtitleForm::SourcePlaylist => {
                let seconds = playback.source(entry).await?.source().duration_s();
                return Ok(hls(subtitle_playlist(seconds, id)));
            }
            SubtitleForm::Styled => return self.styled_subtitles(&text),
            SubtitleForm::FontList => {
                let fonts = 0..text.fonts.len();
                return Ok(font_addresses(fonts.map(|it| format!("{id}/{it}.ttf"))));
            }
            SubtitleForm::Font(number) => {
                if self.method == Method::HEAD {
                    return Ok(FONT_HEADERS.into_response());
                }
                let font = playback.font_of_subtitles(entry, id, number).await?;
                return Ok((FONT_HEADERS, Body::from_stream(font)).into_response());
            }
            SubtitleForm::File => (text.file(), None),
            SubtitleForm::SourceSegment => {
                let clock = playback.source(entry).await?.clock();
                (text.segment(clock), Some(clock))
            }
            SubtitleForm::Segment => {
                let clock = playback.first_video_timestamp(entry).await?;
                (text.segment(clock), Some(clock))
            }
        };
        let etag = match clock {
            None => format!("\"{}\"", text.etag),
            Some(clock) => format!("\"{}-{clock}\"", text.etag),
        };
        let about = [
            (header::CONTENT_TYPE, "text/vtt; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        preconditions::answer(self.method, self.headers, &etag, about, body)
    }

    /// Returns SubStation text as it was made.
    fn styled_subtitles(&self, text: &SubtitleText) -> Result<Response, Problem> {
        let document = text.document.clone();
        let document = document.ok_or(Problem::unsupported(&NO_SUBTITLES))?;
        let about = [
            (header::CONTENT_TYPE, "text/x-ssa; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        let etag = format!("\"{}-ass\"", text.etag);
        preconditions::answer(self.method, self.headers, &etag, about, document)
    }

    /// Lists the fonts inside of a film, relative to this address.
    async fn font_list(&self, entry: &Arc<Entry>) -> Result<Response, Problem> {
        let fonts = self.site.playback.fonts(entry).await?;
        let addresses = (0..fonts.len()).map(|number| format!("{FONTS}/{number}.ttf"));
        Ok(font_addresses(addresses))
    }

    async fn font(&self, entry: &Arc<Entry>, number: usize) -> Result<Response, Problem> {
        let playback = &self.site.playback;
        let fonts = playback.fonts(entry).await?;
        let range = *fonts.get(number).ok_or(Problem::NOT_FOUND)?;
        let length = HeaderValue::from(range.last - range.first + 1);
        let headers = (FONT_HEADERS, [(header::CONTENT_LENGTH, length)]);
        if self.method == Method::HEAD {
            return Ok(headers.into_response());
        }
        let object = playback.font_source(entry);
        let read = playback.engine().read(&object, Some(range)).await?;
        let (common, length) = headers;
        Ok((common, length, Body::from_stream(read.body)).into_response())
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

/// Headers of a font, whatever its format.
const FONT_HEADERS: [(HeaderName, HeaderValue); 2] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("font/sfnt")),
    (
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=86400"),
    ),
];

/// Returns a list of fonts, by their addresses relative to it.
fn font_addresses(addresses: impl Iterator<Item = String>) -> Response {
    let addresses: Vec<String> = addresses.collect();
    let headers = [(header::CACHE_CONTROL, NO_CACHE)];
    (headers, Json(json!({"fonts": addresses}))).into_response()
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
