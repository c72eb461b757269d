//! Request logging: a metrics count per request, a line for each that was answered with a problem, or, with
//! `access_log`, for each; and a request id that the reply carries too.
//!
//! Paths are logged without their tickets, since a ticket in a play URL is a credential.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::AppState;
use super::client::ClientInfo;
use super::error::ProblemCode;
use super::viewers::VIEWER_HEADER;
use crate::store::WriteFault;

/// The target of the access log in the filter of the log.
pub const ACCESS_LOG_TARGET: &str = "drivein::access";

/// Maximum length of a path in the log, in characters.
const MAX_TARGET_CHARS: usize = 200;

/// The header that carries the request id on a reply and, inside the server, on the request.
pub(super) const REQUEST_ID: &str = "x-request-id";

/// Assigns an id to the request, runs it, and writes the log line.
pub(super) async fn record(
    State(site): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = request_id();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-".to_owned(), |path| path.as_str().to_owned());
    let target = loggable(request.uri().path());
    let client = ClientInfo::of(&request).ip;
    let span = tracing::info_span!("request", id = %id);
    let id_header = HeaderValue::from_str(&id).ok();
    // Headers of these names that the client sent are dropped.
    request.headers_mut().remove(REQUEST_ID);
    request.headers_mut().remove(VIEWER_HEADER);
    if let Some(value) = &id_header {
        request.headers_mut().insert(REQUEST_ID, value.clone());
    }
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let took_ms = started.elapsed().as_millis() as u64;
    let code = response
        .extensions()
        .get::<ProblemCode>()
        .map(|code| code.as_str());
    span.in_scope(|| match code {
        _ if site.has_access_log => {
            let code = code.unwrap_or("-");
            tracing::info!(target: ACCESS_LOG_TARGET, %client, %method, %target, status, took_ms, code, "request");
        }
        Some(code) => {
            tracing::info!(%client, %method, %target, status, took_ms, code, "answered with a problem")
        }
        None => tracing::debug!(%client, %method, %target, status, took_ms, "answered"),
    });
    site.metrics.count(&route, status);
    if let Some(fault) = response.extensions().get::<WriteFault>() {
        site.store.record_fault(*fault);
    }
    if let Some(value) = id_header {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn request_id() -> String {
    let mut random = [0u8; 8];
    // Without random numbers all ids are equal, which only makes the log less useful.
    let _ = getrandom::fill(&mut random);
    data_encoding::HEXLOWER.encode(&random)
}

/// Returns the path without the ticket in it, cut to [`MAX_TARGET_CHARS`].
fn loggable(path: &str) -> String {
    let path = without_ticket(path);
    match path.char_indices().nth(MAX_TARGET_CHARS) {
        Some((end, _)) => format!("{}…", &path[..end]),
        None => path,
    }
}

fn without_ticket(path: &str) -> String {
    for door in ["/play/", "/guest/"] {
        // The prefix may stand anywhere in the path: a proxy may prepend a path of its own.
        if let Some((before, rest)) = path.split_once(door) {
            let after = rest.split_once('/').map_or("", |(_, after)| after);
            return format!("{before}{door}…/{after}");
        }
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::loggable;

    #[test]
    fn tickets_stay_out_of_the_log() {
        assert_eq!(loggable("/play/SECRET/films/a.mp4"), "/play/…/films/a.mp4");
        assert_eq!(loggable("/play/SECRET"), "/play/…/");
        assert_eq!(
            loggable("/drive-in/play/SECRET/films"),
            "/drive-in/play/…/films"
        );
        assert_eq!(loggable("//guest/SECRET"), "//guest/…/");
        assert_eq!(loggable("/browse/films"), "/browse/films");
        assert_eq!(loggable(&"/ä".repeat(9_000)).chars().count(), 201);
    }
}
