//! One line per request, with an id that the reply carries too, and the counters that go with it.
//!
//! Addresses are logged by what they lead to, never whole: a play address holds a ticket.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::AppState;
use super::client::ClientInfo;
use super::error::ProblemCode;

/// The header under which a reply, and inside of us a request, carries its id.
pub(super) const REQUEST_ID: &str = "x-request-id";

/// Gives the request an id, runs it, and writes the line.
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
    // Whatever the viewer sent under that name is not ours.
    request.headers_mut().remove(REQUEST_ID);
    if let Some(value) = &id_header {
        request.headers_mut().insert(REQUEST_ID, value.clone());
    }
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let took_ms = started.elapsed().as_millis() as u64;
    let code = response
        .extensions()
        .get::<ProblemCode>()
        .map(|code| code.0);
    span.in_scope(|| match code {
        Some(code) => {
            tracing::info!(%client, %method, %target, status, took_ms, code, "answered with a problem")
        }
        None => tracing::debug!(%client, %method, %target, status, took_ms, "answered"),
    });
    site.metrics.count(&route, status);
    if let Some(value) = id_header {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn request_id() -> String {
    let mut random = [0u8; 8];
    // Without random numbers all ids are alike, which harms nothing but the log.
    let _ = getrandom::fill(&mut random);
    data_encoding::HEXLOWER.encode(&random)
}

/// A path without the ticket in it.
fn loggable(path: &str) -> String {
    for door in ["/play/", "/guest/"] {
        // Anywhere: a proxy may pass on a path of its own before it.
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
    }
}
