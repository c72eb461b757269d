//! Bytes, from the site itself and from its storage provider. The site reports an expired signature with status
//! 200; the provider refuses a login that is not meant for it.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response as HttpResponse, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::Value;

use super::{Asked, Shared, World, decoded, envelope};

/// Answers `/file/content/{entity}/{speed}/{name}?sign=…`.
pub fn own(world: &mut World, asked: &Asked) -> Response {
    if asked.headers.contains_key(header::AUTHORIZATION) {
        world.logins_at_bytes += 1;
    }
    let fail = |code: i64| envelope(Err((code, Value::Null)));
    let Some(sign) = asked.parameter("sign") else {
        return fail(403);
    };
    let key = sign
        .strip_prefix("key-")
        .and_then(|rest| rest.split_once('_'));
    match key.and_then(|(key, _)| key.parse::<u64>().ok()) {
        Some(key) if key == world.key => {}
        Some(_) => return fail(40005),
        None => return fail(40071),
    }
    let entity = asked.path.get(2).cloned().unwrap_or_default();
    if asked.parameter("thumb").is_some() {
        let picture = include_bytes!("../../../../samples/tidal-light/poster-360.jpg");
        let picture = Bytes::from_static(picture);
        return ranged(
            world,
            &asked.headers,
            &format!("T{entity}"),
            &picture,
            "image/jpeg",
        );
    }
    match world.blobs.get(&entity).cloned() {
        Some(bytes) => ranged(world, &asked.headers, &entity, &bytes, "video/mp4"),
        None => fail(40077),
    }
}

/// Answers `/f/{id}/{name}`, a direct link to a file: the id is that of its bytes here.
pub fn redirect(world: &World, id: &str, name: &str) -> Response {
    match world.blobs.contains_key(id) {
        true => {
            let to = world.signed(id, name, "");
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
        false => (StatusCode::NOT_FOUND, envelope(Err((404, Value::Null)))).into_response(),
    }
}

/// Answers as the storage provider: `/bucket/{entity}?X-Signature={key}/%2B`.
pub async fn provide(State(world): State<Shared>, request: Request) -> Response {
    let trouble = world.lock().unwrap().trouble.clone();
    tokio::time::sleep(trouble.slow).await;
    let mut world = world.lock().unwrap();
    *world.calls.entry("GET /bucket".to_owned()).or_default() += 1;
    let xml = |status: StatusCode, code: &str| {
        let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
        (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
    };
    if trouble.broken {
        return xml(StatusCode::SERVICE_UNAVAILABLE, "SlowDown");
    }
    if request.headers().contains_key(header::AUTHORIZATION) {
        world.logins_at_bytes += 1;
        return xml(StatusCode::BAD_REQUEST, "InvalidArgument");
    }
    // Byte for byte as the URL was given out: encoded twice in one place.
    let expected = format!("X-Expires=3600&X-Signature={}%2F%252B", world.key);
    if request.uri().query() != Some(expected.as_str()) {
        return xml(StatusCode::FORBIDDEN, "SignatureDoesNotMatch");
    }
    let entity = decoded(request.uri().path().rsplit('/').next().unwrap_or_default());
    match world.blobs.get(&entity).cloned() {
        Some(bytes) => {
            let name = format!("provider-{entity}");
            ranged(
                &mut world,
                request.headers(),
                &name,
                &bytes,
                "binary/octet-stream",
            )
        }
        None => xml(StatusCode::NOT_FOUND, "NoSuchKey"),
    }
}

/// Returns all of it, or the requested range.
fn ranged(
    world: &mut World,
    headers: &HeaderMap,
    entity: &str,
    bytes: &Bytes,
    content_type: &str,
) -> Response {
    let whole = bytes.len();
    let range = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok()?.strip_prefix("bytes="))
        .and_then(|range| {
            let (first, last) = range.split_once('-')?;
            let first: usize = first.parse().ok()?;
            let last = last
                .parse()
                .ok()
                .unwrap_or(usize::MAX)
                .min(whole.saturating_sub(1));
            Some((first, last))
        });
    let answer = HttpResponse::builder()
        .header(header::ETAG, format!("\"{entity}\""))
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CACHE_CONTROL, "public, max-age=86400");
    let (answer, part) = match range {
        Some((first, _)) if first >= whole => {
            let answer = answer
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(header::CONTENT_RANGE, format!("bytes */{whole}"));
            (answer, Bytes::new())
        }
        Some((first, last)) => {
            let answer = answer.status(StatusCode::PARTIAL_CONTENT).header(
                header::CONTENT_RANGE,
                format!("bytes {first}-{last}/{whole}"),
            );
            (answer, bytes.slice(first..=last))
        }
        None => (answer, bytes.clone()),
    };
    let answer = answer.header(header::CONTENT_LENGTH, part.len());
    let body = match world.trouble.cut_after.take() {
        Some(kept) if kept < part.len() => {
            if std::mem::take(&mut world.trouble.expires_when_cut) {
                world.key += 1;
            }
            let cut = std::io::Error::other("cut off");
            Body::from_stream(stream::iter([Ok(part.slice(..kept)), Err(cut)]))
        }
        _ => Body::from(part),
    };
    answer.body(body).unwrap()
}
