//! The hosts that have bytes: segments, the two hops of a download, thumbnails.
//!
//! Each checks the raw address it was asked for against its signature before anything else. Errors here are
//! HTTP statuses with `error_code`: 31362 altered, 31360 expired, 31045 nobody signed in, 31066 no such file.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use axum::routing::get;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::accounts::Standing;
use super::api::{request_id, unexpected_body, wait};
use super::body::{self, Head, Part, Wanted};
use super::faults::Effect;
use super::library::{Node, Rung, Source};
use super::signing::{self, Refusal, Spelling, raw_value};
use super::{State, addresses};

/// A host of segments.
pub fn segments(state: Arc<State>) -> Router {
    Router::new().route(
        "/video/{*object}",
        get(move |request| segment(state, request)),
    )
}

/// The first hop of a download.
pub fn gate(state: Arc<State>) -> Router {
    Router::new().route("/file/{md5}", get(move |request| dlink(state, request)))
}

/// The last hop of a download, and thumbnails.
pub fn data(state: Arc<State>) -> Router {
    let too = state.clone();
    Router::new()
        .route("/file/{md5}", get(move |request| original(state, request)))
        .route(
            "/thumbnail/{md5}",
            get(move |request| thumbnail(too, request)),
        )
}

/// What the counters call a segment.
pub fn segment_object(path: &str, rendition: &str, number: usize) -> String {
    format!("{path}#{rendition}/{number}")
}

/// An error of a media host.
struct Refused(StatusCode, i64, &'static str);

const NO_SUCH_FILE: Refused = Refused(StatusCode::NOT_FOUND, 31066, "file does not exist");

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Sign => Refused(StatusCode::FORBIDDEN, 31362, "sign error"),
            Refusal::Expired => Refused(StatusCode::FORBIDDEN, 31360, "expire time out"),
        }
    }
}

/// A request on its way through a host.
struct Visit {
    state: Arc<State>,
    route: &'static str,
    uri: Uri,
    headers: HeaderMap,
    head_only: bool,
    effect: Effect,
}

/// Something that a host serves, whole or in ranges.
struct Thing {
    part: Part,
    content_type: String,
    etag: String,
    extra: Vec<(header::HeaderName, String)>,
}

impl Visit {
    /// Counts the request, lets faults strike, and answers where a fault does so in its place.
    async fn begin(
        state: Arc<State>,
        request: Request,
        route: &'static str,
        subject: &str,
    ) -> Result<Self, Response<Body>> {
        let address = request.uri().to_string();
        let subject = format!(
            "{} {subject}",
            percent_decode_str(&address).decode_utf8_lossy()
        );
        state
            .counters
            .route(route)
            .requests
            .fetch_add(1, Ordering::Relaxed);
        let effect = state.faults.strike(route, &subject);
        wait(&state, &effect).await;
        let visit = Self {
            state,
            route,
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            head_only: request.method() == Method::HEAD,
            effect,
        };
        let effect = &visit.effect;
        let plain = effect
            .status
            .or((effect.forbidden || effect.errno.is_some()).then_some(403));
        if let Some(status) = plain {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return Err(visit.refuse(Refused(
                status,
                effect.errno.unwrap_or(31064),
                "file is not authorized",
            )));
        }
        if effect.expired {
            return Err(visit.refuse(Refusal::Expired.into()));
        }
        if let Some((head, bytes)) = unexpected_body(effect) {
            return Err(visit.answer(head, bytes.into()));
        }
        Ok(visit)
    }

    fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    fn user_agent(&self) -> &str {
        if !self.state.options.bind_user_agent {
            return "";
        }
        self.headers
            .get(header::USER_AGENT)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }

    fn refuse(&self, Refused(status, code, text): Refused) -> Response<Body> {
        let body =
            json!({"error_code": code, "error_msg": text, "request_id": request_id()}).to_string();
        self.answer(
            Head::new(status, "application/json"),
            Bytes::from(body).into(),
        )
    }

    fn answer(&self, head: Head, part: Part) -> Response<Body> {
        let count = self.state.counters.route(self.route);
        let mut response =
            body::answer(head, part, &self.effect, count, self.state.stopping.clone());
        if self.head_only {
            *response.body_mut() = Body::empty();
        }
        response
    }

    /// The whole thing or the range that was asked for.
    fn serve(&self, thing: Thing) -> Response<Body> {
        let length = thing.part.length;
        let of = |name| self.headers.get(name).and_then(|v| v.to_str().ok());
        let unchanged = of(header::IF_RANGE).is_none_or(|tag| tag == thing.etag);
        let range = of(header::RANGE).filter(|_| unchanged && !self.effect.ignore_range);
        let head = |status| {
            let head = Head::new(status, &thing.content_type)
                .with(header::ACCEPT_RANGES, "bytes")
                .with(header::ETAG, &thing.etag)
                .with(header::CACHE_CONTROL, "max-age=604800");
            thing
                .extra
                .iter()
                .fold(head, |head, (name, value)| head.with(name.clone(), value))
        };
        match body::wanted(range, length) {
            Wanted::All => self.answer(head(StatusCode::OK), thing.part),
            Wanted::Range(first, last) => {
                let part = Part {
                    source: thing.part.source,
                    start: thing.part.start + first,
                    length: last - first + 1,
                };
                let content_range = format!("bytes {first}-{last}/{length}");
                self.answer(
                    head(StatusCode::PARTIAL_CONTENT).with(header::CONTENT_RANGE, content_range),
                    part,
                )
            }
            Wanted::Nothing => {
                let head = Head::new(StatusCode::RANGE_NOT_SATISFIABLE, "application/json");
                let head = head.with(header::CONTENT_RANGE, format!("bytes */{length}"));
                self.answer(head, Bytes::from_static(b"{\"error_code\":31021}").into())
            }
        }
    }
}

/// The file that an address speaks of, by `fsid` or inside `fid`.
fn node_of(state: &State, query: &str) -> Option<Node> {
    let plain = raw_value(query, "fsid").and_then(|v| v.parse().ok());
    state
        .library
        .find(plain.or_else(|| addresses::file_in(raw_value(query, "fid")?))?)
}

fn path_of(state: &State, request: &Request) -> String {
    node_of(state, request.uri().query().unwrap_or_default())
        .map(|node| node.path)
        .unwrap_or_default()
}

async fn segment(state: Arc<State>, request: Request) -> Response<Body> {
    // The rendition is in the path, `<md5>_<template>_<chunk>_ts`; the range in the query.
    let template = request
        .uri()
        .path()
        .split('_')
        .nth_back(2)
        .unwrap_or_default()
        .to_owned();
    let rung = [Rung::P480, Rung::P720, Rung::P1080, Rung::Audio]
        .into_iter()
        .find(|r| r.template() == template);
    let query = request.uri().query().unwrap_or_default().to_owned();
    let node = node_of(&state, &query);
    let rendition = match (&node, rung) {
        (Some(node), Some(rung)) => state.library.rendition(node, rung).await.ok(),
        _ => None,
    };
    let first = raw_value(&query, "range").and_then(|r| r.split_once('-')?.0.parse::<u64>().ok());
    let number = rendition.as_ref().and_then(|r| {
        r.segments
            .iter()
            .position(|s| Some(s.offset_bytes) == first)
    });
    let mut subject = String::new();
    if let (Some(node), Some(rung), Some(number)) = (&node, rung, number) {
        state
            .counters
            .count_object(segment_object(&node.path, rung.name(), number));
        subject = format!("{} {}/{number};", node.path, rung.name());
    }
    let visit = match Visit::begin(state, request, "segment", &subject).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let life = visit.state.options.url_life;
    if let Err(refusal) =
        visit
            .state
            .signer
            .check(visit.uri.path(), visit.query(), Spelling::Twice, life, "")
    {
        return visit.refuse(refusal.into());
    }
    let Some((rendition, segment)) = rendition
        .as_ref()
        .and_then(|r| Some((r, *r.segments.get(number?)?)))
    else {
        return visit.refuse(NO_SUCH_FILE);
    };
    visit.serve(Thing {
        part: Part {
            source: rendition.object.clone(),
            start: segment.offset_bytes,
            length: segment.length_bytes,
        },
        content_type: "video/mp2t".to_owned(),
        etag: format!("\"{}-{}\"", rendition.etag, segment.offset_bytes),
        extra: Vec::new(),
    })
}

async fn dlink(state: Arc<State>, request: Request) -> Response<Body> {
    let subject = path_of(&state, &request);
    let visit = match Visit::begin(state, request, "dlink", &subject).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let token = raw_value(visit.query(), "access_tokens")
        .or(raw_value(visit.query(), "access_token"))
        .unwrap_or_default();
    let token = percent_decode_str(token).decode_utf8_lossy().into_owned();
    let signed = signing::without(
        &signing::without(visit.query(), "access_tokens"),
        "access_token",
    );
    if let Err(refusal) = check_lifetime(&visit, &signed, "", Spelling::Once) {
        return visit.refuse(refusal);
    }
    if !matches!(
        visit.state.accounts.standing(&token),
        Standing::Alive { .. }
    ) {
        return visit.refuse(Refused(StatusCode::FORBIDDEN, 31045, "user not exists"));
    }
    let Some(node) = node_of(&visit.state, &signed) else {
        return visit.refuse(NO_SUCH_FILE);
    };
    let to = addresses::original(&visit.state, &node, visit.user_agent());
    visit.answer(
        Head::new(StatusCode::FOUND, "text/html").with(header::LOCATION, to),
        Bytes::new().into(),
    )
}

/// The signature, and the lifetime that the address itself names.
fn check_lifetime(
    visit: &Visit,
    query: &str,
    bound_to: &str,
    spelling: Spelling,
) -> Result<(), Refused> {
    let life = raw_value(query, "expires")
        .and_then(signing::parse_lifetime)
        .unwrap_or(Duration::ZERO);
    Ok(visit
        .state
        .signer
        .check(visit.uri.path(), query, spelling, life, bound_to)?)
}

async fn original(state: Arc<State>, request: Request) -> Response<Body> {
    let node = node_of(&state, request.uri().query().unwrap_or_default());
    let subject = node
        .as_ref()
        .map(|node| node.path.clone())
        .unwrap_or_default();
    let visit = match Visit::begin(state, request, "original", &subject).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    if let Err(refusal) = check_lifetime(&visit, visit.query(), visit.user_agent(), Spelling::Once)
    {
        return visit.refuse(refusal);
    }
    let Some((node, source)) = node
        .and_then(|node| Some((visit.state.library.original(&node)?, node)))
        .map(|(s, n)| (n, s))
    else {
        return visit.refuse(NO_SUCH_FILE);
    };
    let Some(length) = length_of(&source).await else {
        return visit.refuse(NO_SUCH_FILE);
    };
    let disposition = format!(
        "attachment;filename*=UTF-8''{}",
        signing::encode(node.name())
    );
    visit.serve(Thing {
        part: Part {
            source,
            start: 0,
            length,
        },
        content_type: mime_guess::from_path(node.name())
            .first_or_octet_stream()
            .to_string(),
        etag: format!("\"{}\"", node.md5),
        extra: vec![(header::CONTENT_DISPOSITION, disposition)],
    })
}

async fn thumbnail(state: Arc<State>, request: Request) -> Response<Body> {
    let node = node_of(&state, request.uri().query().unwrap_or_default());
    let subject = node
        .as_ref()
        .map(|node| node.path.clone())
        .unwrap_or_default();
    let visit = match Visit::begin(state, request, "thumbnail", &subject).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    if let Err(refusal) = check_lifetime(&visit, visit.query(), "", Spelling::Lower) {
        return visit.refuse(refusal);
    }
    let width = raw_value(visit.query(), "size")
        .and_then(addresses::width_in)
        .unwrap_or(360);
    let picture = match &node {
        Some(node) => visit.state.library.poster(node, width).await,
        None => None,
    };
    let (Some(node), Some(source)) = (node, picture) else {
        return visit.refuse(NO_SUCH_FILE);
    };
    let Some(length) = length_of(&source).await else {
        return visit.refuse(NO_SUCH_FILE);
    };
    visit.serve(Thing {
        part: Part {
            source,
            start: 0,
            length,
        },
        content_type: "image/jpeg".to_owned(),
        etag: format!("\"{}-{width}\"", node.md5),
        extra: Vec::new(),
    })
}

async fn length_of(source: &Source) -> Option<u64> {
    match source {
        Source::Memory(bytes) => Some(bytes.len() as u64),
        Source::File(path) => Some(tokio::fs::metadata(path).await.ok()?.len()),
    }
}
