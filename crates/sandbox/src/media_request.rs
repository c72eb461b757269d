//! Requests of a media host: counting, faults, errors, and resources served whole or by `Range`.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::SandboxState;
use super::body::{self, RequestedRange, ResponseHead, SourceRange};
use super::call::delay;
use super::faults::Effect;
use super::replies::{fault_body, request_id};
use super::signing::{self, SignError, Spelling, raw_value};

/// An error of a media host: status, `error_code`, text.
pub struct MediaError(pub StatusCode, pub i64, pub &'static str);

pub const NO_SUCH_FILE: MediaError =
    MediaError(StatusCode::NOT_FOUND, 31066, "file does not exist");

impl From<SignError> for MediaError {
    fn from(refusal: SignError) -> Self {
        match refusal {
            SignError::Sign => MediaError(StatusCode::FORBIDDEN, 31362, "sign error"),
            SignError::Expired => MediaError(StatusCode::FORBIDDEN, 31360, "expire time out"),
        }
    }
}

/// A counted request, with the effect of its faults.
pub struct MediaRequest {
    pub state: Arc<SandboxState>,
    route: &'static str,
    pub uri: Uri,
    headers: HeaderMap,
    head_only: bool,
    effect: Effect,
}

/// A resource that a host serves, whole or by range.
pub struct HostedResource {
    pub range: SourceRange,
    pub content_type: String,
    pub etag: String,
    pub extra: Vec<(header::HeaderName, String)>,
}

impl MediaRequest {
    /// Counts the request and applies the faults of its route.
    ///
    /// # Errors
    /// The response of a fault that replaces the resource.
    pub async fn begin(
        state: Arc<SandboxState>,
        request: Request,
        route: &'static str,
        subject: &str,
    ) -> Result<Self, Response<Body>> {
        let uri = request.uri().to_string();
        let subject = format!("{} {subject}", percent_decode_str(&uri).decode_utf8_lossy());
        state
            .counters
            .route(route)
            .requests
            .fetch_add(1, Ordering::Relaxed);
        let effect = state.faults.take(route, &subject);
        delay(&state, &effect).await;
        let media = Self {
            state,
            route,
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            head_only: request.method() == Method::HEAD,
            effect,
        };
        let effect = &media.effect;
        let status = effect
            .status
            .or((effect.forbidden || effect.errno.is_some()).then_some(403));
        if let Some(status) = status {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return Err(media.refuse(MediaError(
                status,
                effect.errno.unwrap_or(31064),
                "file is not authorized",
            )));
        }
        if effect.expired {
            return Err(media.refuse(SignError::Expired.into()));
        }
        if let Some((head, bytes)) = fault_body(effect) {
            return Err(media.answer(head, bytes.into()));
        }
        Ok(media)
    }

    /// Returns the raw query, empty if there is none.
    pub fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// Returns the `Cookie` header, empty if there is none.
    pub fn cookie(&self) -> &str {
        let value = self.headers.get(header::COOKIE);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Returns the `User-Agent` that URLs are bound to, empty if they are not bound.
    pub fn user_agent(&self) -> &str {
        if !self.state.options.bind_user_agent {
            return "";
        }
        self.headers
            .get(header::USER_AGENT)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }

    /// Responds with an error.
    pub fn refuse(&self, MediaError(status, code, text): MediaError) -> Response<Body> {
        let body =
            json!({"error_code": code, "error_msg": text, "request_id": request_id()}).to_string();
        self.answer(
            ResponseHead::new(status, "application/json"),
            Bytes::from(body).into(),
        )
    }

    pub fn answer(&self, head: ResponseHead, range: SourceRange) -> Response<Body> {
        let counter = self.state.counters.route(self.route);
        let mut response = body::answer(
            head,
            range,
            &self.effect,
            counter,
            self.state.stopping.clone(),
        );
        if self.head_only {
            *response.body_mut() = Body::empty();
        }
        response
    }

    /// Responds with the whole resource, or with the requested range.
    pub fn serve(&self, resource: HostedResource) -> Response<Body> {
        let length = resource.range.length;
        let of = |name| self.headers.get(name).and_then(|v| v.to_str().ok());
        let unchanged = of(header::IF_RANGE).is_none_or(|tag| tag == resource.etag);
        let requested = of(header::RANGE).filter(|_| unchanged && !self.effect.ignore_range);
        let head = |status| {
            let head = ResponseHead::new(status, &resource.content_type)
                .with(header::ACCEPT_RANGES, "bytes")
                .with(header::ETAG, &resource.etag)
                .with(header::CACHE_CONTROL, "max-age=604800");
            resource
                .extra
                .iter()
                .fold(head, |head, (name, value)| head.with(name.clone(), value))
        };
        match body::parse_range(requested, length) {
            RequestedRange::All => self.answer(head(StatusCode::OK), resource.range),
            RequestedRange::Range(first, last) => {
                let range = SourceRange {
                    source: resource.range.source,
                    start: resource.range.start + first,
                    length: last - first + 1,
                };
                let content_range = format!("bytes {first}-{last}/{length}");
                self.answer(
                    head(StatusCode::PARTIAL_CONTENT).with(header::CONTENT_RANGE, content_range),
                    range,
                )
            }
            RequestedRange::Unsatisfiable => {
                let head = ResponseHead::new(StatusCode::RANGE_NOT_SATISFIABLE, "application/json");
                let head = head.with(header::CONTENT_RANGE, format!("bytes */{length}"));
                self.answer(head, Bytes::from_static(b"{\"error_code\":31021}").into())
            }
        }
    }
}

/// Checks the signature of a URL, and the lifetime that the URL contains.
///
/// # Errors
/// 31362 for a changed URL, 31360 for an expired one.
pub fn check_lifetime(
    media: &MediaRequest,
    query: &str,
    bound_to: &str,
    spelling: Spelling,
) -> Result<(), MediaError> {
    let life = raw_value(query, "expires")
        .and_then(signing::parse_lifetime)
        .unwrap_or(Duration::ZERO);
    Ok(media
        .state
        .signer
        .check(media.uri.path(), query, spelling, life, bound_to)?)
}
