//! The hosts of media: segments, the two hops of a download, thumbnails, subtitles.
//!
//! Each handler checks the raw URL against its signature first. Errors are HTTP statuses with `error_code`: 31362 changed
//! URL, 31360 expired URL, 31045 no session, 31066 no such file.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode, header};
use axum::routing::get;
use bytes::Bytes;
use percent_encoding::percent_decode_str;

use super::accounts::TokenStatus;
use super::body::{ResponseHead, SourceRange};
use super::media_request::{
    HostedResource, MediaError, MediaRequest, NO_SUCH_FILE, check_lifetime,
};
use super::nodes::{Node, Quality, SampleSource};
use super::signing::{self, Spelling, raw_value};
use super::{SandboxState, urls};

/// Returns the routes of a host of segments.
pub fn segments(state: Arc<SandboxState>) -> Router {
    Router::new().route(
        "/video/{*object}",
        get(move |request| segment(state, request)),
    )
}

/// Returns the routes of the first hop of a download.
pub fn gate(state: Arc<SandboxState>) -> Router {
    Router::new().route("/file/{md5}", get(move |request| dlink(state, request)))
}

/// Returns the routes of the last hop of a download, of thumbnails and subtitles.
pub fn data(state: Arc<SandboxState>) -> Router {
    let (for_thumbnails, for_subtitles) = (state.clone(), state.clone());
    Router::new()
        .route("/file/{md5}", get(move |request| original(state, request)))
        .route(
            "/thumbnail/{md5}",
            get(move |request| thumbnail(for_thumbnails, request)),
        )
        .route(
            "/netdisk-subtitle/{object}",
            get(move |request| subtitle(for_subtitles, request)),
        )
}

/// Returns the name of a segment in the counters.
pub fn segment_object(path: &str, rendition: &str, number: usize) -> String {
    format!("{path}#{rendition}/{number}")
}

/// Returns the file of a URL, by its `fsid` or `fid`. `None` if there is none.
fn node_of(state: &SandboxState, query: &str) -> Option<Node> {
    let plain = raw_value(query, "fsid").and_then(|v| v.parse().ok());
    state.find(plain.or_else(|| urls::file_in(raw_value(query, "fid")?))?)
}

fn path_of(state: &SandboxState, request: &Request) -> String {
    node_of(state, request.uri().query().unwrap_or_default())
        .map(|node| node.path)
        .unwrap_or_default()
}

async fn segment(state: Arc<SandboxState>, request: Request) -> Response<Body> {
    // The rendition is in the path, `<md5>_<template>_<chunk>_ts`; the range in the query.
    let template = request
        .uri()
        .path()
        .split('_')
        .nth_back(2)
        .unwrap_or_default()
        .to_owned();
    let rung = [Quality::P480, Quality::P720, Quality::P1080, Quality::Audio]
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
    let media = match MediaRequest::begin(state, request, "segment", &subject).await {
        Ok(media) => media,
        Err(response) => return response,
    };
    let life = media.state.options.url_life;
    if let Err(error) =
        media
            .state
            .signer
            .check(media.uri.path(), media.query(), Spelling::Twice, life, "")
    {
        return media.refuse(error.into());
    }
    let Some((rendition, segment)) = rendition
        .as_ref()
        .and_then(|r| Some((r, *r.segments.get(number?)?)))
    else {
        return media.refuse(NO_SUCH_FILE);
    };
    media.serve(HostedResource {
        range: SourceRange {
            source: rendition.object.clone(),
            start: segment.offset_bytes,
            length: segment.length_bytes,
        },
        content_type: "video/mp2t".to_owned(),
        etag: format!("\"{}-{}\"", rendition.etag, segment.offset_bytes),
        extra: Vec::new(),
    })
}

async fn dlink(state: Arc<SandboxState>, request: Request) -> Response<Body> {
    let subject = path_of(&state, &request);
    let media = match MediaRequest::begin(state, request, "dlink", &subject).await {
        Ok(media) => media,
        Err(response) => return response,
    };
    let token = raw_value(media.query(), "access_tokens")
        .or(raw_value(media.query(), "access_token"))
        .unwrap_or_default();
    let token = percent_decode_str(token).decode_utf8_lossy().into_owned();
    let signed = signing::without(
        &signing::without(media.query(), "access_tokens"),
        "access_token",
    );
    if let Err(error) = check_lifetime(&media, &signed, "", Spelling::Once) {
        return media.refuse(error);
    }
    let by_token = matches!(
        media.state.accounts.status(&token),
        TokenStatus::Alive { .. }
    );
    // The origin is part of the signed query, so a client cannot add it.
    let is_open = raw_value(&signed, "origin") == Some("dlna");
    if !is_open && !by_token && !media.state.is_signed_in(media.cookie()) {
        return media.refuse(MediaError(StatusCode::FORBIDDEN, 31045, "user not exists"));
    }
    let Some(node) = node_of(&media.state, &signed) else {
        return media.refuse(NO_SUCH_FILE);
    };
    let to = urls::original(&media.state, &node, media.user_agent());
    media.answer(
        ResponseHead::new(StatusCode::FOUND, "text/html").with(header::LOCATION, to),
        Bytes::new().into(),
    )
}

async fn original(state: Arc<SandboxState>, request: Request) -> Response<Body> {
    let node = node_of(&state, request.uri().query().unwrap_or_default());
    let subject = node
        .as_ref()
        .map(|node| node.path.clone())
        .unwrap_or_default();
    let media = match MediaRequest::begin(state, request, "original", &subject).await {
        Ok(media) => media,
        Err(response) => return response,
    };
    if let Err(error) = check_lifetime(&media, media.query(), media.user_agent(), Spelling::Once) {
        return media.refuse(error);
    }
    if media.state.options.exact_media && !media.cookie().is_empty() {
        return media.refuse(MediaError(
            StatusCode::BAD_REQUEST,
            31064,
            "a session at the wrong host",
        ));
    }
    let Some((node, source)) = node
        .and_then(|node| Some((media.state.library.original(&node)?, node)))
        .map(|(s, n)| (n, s))
    else {
        return media.refuse(NO_SUCH_FILE);
    };
    let Some(length) = length_of(&source).await else {
        return media.refuse(NO_SUCH_FILE);
    };
    let disposition = format!(
        "attachment;filename*=UTF-8''{}",
        signing::encode(node.name())
    );
    media.serve(HostedResource {
        range: SourceRange {
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

async fn thumbnail(state: Arc<SandboxState>, request: Request) -> Response<Body> {
    let node = node_of(&state, request.uri().query().unwrap_or_default());
    let subject = node
        .as_ref()
        .map(|node| node.path.clone())
        .unwrap_or_default();
    let media = match MediaRequest::begin(state, request, "thumbnail", &subject).await {
        Ok(media) => media,
        Err(response) => return response,
    };
    if let Err(error) = check_lifetime(&media, media.query(), "", Spelling::Lower) {
        return media.refuse(error);
    }
    let width = raw_value(media.query(), "size")
        .and_then(urls::width_in)
        .unwrap_or(360);
    let picture = match &node {
        Some(node) => media.state.library.poster(node, width).await,
        None => None,
    };
    let (Some(node), Some(source)) = (node, picture) else {
        return media.refuse(NO_SUCH_FILE);
    };
    let Some(length) = length_of(&source).await else {
        return media.refuse(NO_SUCH_FILE);
    };
    media.serve(HostedResource {
        range: SourceRange {
            source,
            start: 0,
            length,
        },
        content_type: "image/jpeg".to_owned(),
        etag: format!("\"{}-{width}\"", node.md5),
        extra: Vec::new(),
    })
}

async fn subtitle(state: Arc<SandboxState>, request: Request) -> Response<Body> {
    let node = node_of(&state, request.uri().query().unwrap_or_default());
    let subject = node
        .as_ref()
        .map(|node| node.path.clone())
        .unwrap_or_default();
    let media = match MediaRequest::begin(state, request, "subtitle", &subject).await {
        Ok(media) => media,
        Err(response) => return response,
    };
    if let Err(error) = check_lifetime(&media, media.query(), "", Spelling::Once) {
        return media.refuse(error);
    }
    let Some((node, source)) = node
        .and_then(|node| Some((media.state.library.original(&node)?, node)))
        .map(|(source, node)| (node, source))
    else {
        return media.refuse(NO_SUCH_FILE);
    };
    let Some(length) = length_of(&source).await else {
        return media.refuse(NO_SUCH_FILE);
    };
    media.serve(HostedResource {
        range: SourceRange {
            source,
            start: 0,
            length,
        },
        content_type: "application/x-subrip".to_owned(),
        etag: format!("\"{}\"", node.md5),
        extra: Vec::new(),
    })
}

async fn length_of(source: &SampleSource) -> Option<u64> {
    match source {
        SampleSource::Memory(bytes) => Some(bytes.len() as u64),
        SampleSource::File(path) => Some(tokio::fs::metadata(path).await.ok()?.len()),
    }
}
