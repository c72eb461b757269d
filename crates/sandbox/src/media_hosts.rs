//! The hosts that have bytes: segments, the two hops of a download, thumbnails.
//!
//! Each checks the raw address it was asked for against its signature before anything else. Errors here are
//! HTTP statuses with `error_code`: 31362 altered, 31360 expired, 31045 nobody signed in, 31066 no such file.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode, header};
use axum::routing::get;
use bytes::Bytes;
use percent_encoding::percent_decode_str;

use super::accounts::Standing;
use super::body::{Head, Part};
use super::nodes::{Node, Rung, Source};
use super::signing::{self, Spelling, raw_value};
use super::visit::{NO_SUCH_FILE, Refused, Thing, Visit, check_lifetime};
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

/// The file that an address speaks of, by `fsid` or inside `fid`.
fn node_of(state: &State, query: &str) -> Option<Node> {
    let plain = raw_value(query, "fsid").and_then(|v| v.parse().ok());
    state.find(plain.or_else(|| addresses::file_in(raw_value(query, "fid")?))?)
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
    let by_token = matches!(
        visit.state.accounts.standing(&token),
        Standing::Alive { .. }
    );
    if !by_token && !visit.state.knows_cookie(visit.cookie()) {
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
    // Here, the session is nobody's business.
    if !visit.cookie().is_empty() {
        return visit.refuse(Refused(
            StatusCode::BAD_REQUEST,
            31064,
            "a session at the wrong host",
        ));
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
