//! A request at a media host: counted, spoiled by faults, and answered, whole or in ranges.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::State;
use super::api::wait;
use super::body::{self, Head, Part, Wanted};
use super::faults::Effect;
use super::replies::{request_id, unexpected_body};
use super::signing::{self, Refusal, Spelling, raw_value};

/// An error of a media host.
pub struct Refused(pub StatusCode, pub i64, pub &'static str);

pub const NO_SUCH_FILE: Refused = Refused(StatusCode::NOT_FOUND, 31066, "file does not exist");

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Sign => Refused(StatusCode::FORBIDDEN, 31362, "sign error"),
            Refusal::Expired => Refused(StatusCode::FORBIDDEN, 31360, "expire time out"),
        }
    }
}

/// A request on its way through a host.
pub struct Visit {
    pub state: Arc<State>,
    route: &'static str,
    pub uri: Uri,
    headers: HeaderMap,
    head_only: bool,
    effect: Effect,
}

/// Something that a host serves, whole or in ranges.
pub struct Thing {
    pub part: Part,
    pub content_type: String,
    pub etag: String,
    pub extra: Vec<(header::HeaderName, String)>,
}

impl Visit {
    /// Counts the request, lets faults strike, and answers where a fault does so in its place.
    pub async fn begin(
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

    pub fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// The `Cookie` header.
    pub fn cookie(&self) -> &str {
        let value = self.headers.get(header::COOKIE);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub fn user_agent(&self) -> &str {
        if !self.state.options.bind_user_agent {
            return "";
        }
        self.headers
            .get(header::USER_AGENT)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }

    pub fn refuse(&self, Refused(status, code, text): Refused) -> Response<Body> {
        let body =
            json!({"error_code": code, "error_msg": text, "request_id": request_id()}).to_string();
        self.answer(
            Head::new(status, "application/json"),
            Bytes::from(body).into(),
        )
    }

    pub fn answer(&self, head: Head, part: Part) -> Response<Body> {
        let count = self.state.counters.route(self.route);
        let mut response =
            body::answer(head, part, &self.effect, count, self.state.stopping.clone());
        if self.head_only {
            *response.body_mut() = Body::empty();
        }
        response
    }

    /// The whole thing or the range that was asked for.
    pub fn serve(&self, thing: Thing) -> Response<Body> {
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

/// The signature, and the lifetime that the address itself names.
pub fn check_lifetime(
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
