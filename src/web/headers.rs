//! Headers that a whole group of replies carries, each with its reason.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Scripts, styles and pictures from here alone, nothing inline, no frame around us. `blob:` is how
/// a script hands media to a `<video>`.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; \
    img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Where Google's Cast sender comes from; it can be had from nowhere else.
const CAST_SENDER: &str = "https://www.gstatic.com";

/// Left on a page that offers to play on a Chromecast.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoadsCastSender;

/// A file of a drive that a browser opens by itself may show itself and do nothing else.
const FILE_POLICY: &str =
    "sandbox; default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'";

/// Left on a page that shows one of another origin in a frame.
#[derive(Debug, Clone)]
pub(super) struct FramesFrom(String);

impl FramesFrom {
    /// `None` where that is not an origin and nothing else.
    pub fn origin(origin: &str) -> Option<Self> {
        let is_origin = url::Url::parse(origin).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == origin
        });
        is_origin.then(|| FramesFrom(origin.to_owned()))
    }
}

/// What people get.
pub(super) async fn for_pages(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let mut policy = PAGE_POLICY.to_owned();
    if let Some(FramesFrom(origin)) = response.extensions().get() {
        policy.push_str(&format!("; frame-src {origin}"));
    }
    if let Some(LoadsCastSender) = response.extensions().get() {
        let scripts = "script-src 'self'";
        policy = policy.replacen(scripts, &format!("{scripts} {CAST_SENDER}"), 1);
    }
    let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(PAGE_POLICY));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

/// What programs get: a reply holds the caller's ticket, so no cache may hold the reply.
pub(super) async fn for_programs(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What players get: any page may embed it, since the address itself is the key.
pub(super) async fn for_players(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(FILE_POLICY),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Content-Length, Content-Range, Accept-Ranges, ETag, Retry-After"),
    );
    response
}

/// What file managers get: who they are stands in no address, so no page of another host may read along, nor show
/// a file in a browser that remembers their password, and learn that it is there.
pub(super) async fn for_file_managers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(FILE_POLICY),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// What everybody gets, whatever answered: addresses hold tickets, so they never travel as a referrer;
/// types are never guessed; an answer without a policy of its own gets that of pages.
pub(super) async fn for_all_replies(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(PAGE_POLICY));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::FramesFrom;

    #[test]
    fn nothing_but_an_origin_comes_into_the_policy() {
        for good in ["https://www.example.org", "http://127.0.0.1:8080"] {
            assert!(FramesFrom::origin(good).is_some(), "{good}");
        }
        for bad in [
            "https://a.example; script-src *",
            "https://a.example/",
            "javascript:x",
            "*",
            "",
            "https://A.example",
        ] {
            assert!(FramesFrom::origin(bad).is_none(), "{bad}");
        }
    }
}
