//! Response headers of whole route groups, each with its reason.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::locale::Language;
use super::{AppState, error};

/// Scripts, styles and pictures from this origin alone, nothing inline, no framing. `blob:` is how a script
/// passes media to a `<video>`.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; \
    img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The origin of Google's Cast sender, which is not available elsewhere.
const CAST_SENDER: &str = "https://www.gstatic.com";

/// Attached to a page that offers to play on a Chromecast.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoadsCastSender;

/// A file of a drive that a browser opens directly may be displayed and do nothing else.
const FILE_POLICY: &str =
    "sandbox; default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'";

/// Attached to a page that shows a page of another origin in a frame.
#[derive(Debug, Clone)]
pub(super) struct FramesFrom(String);

impl FramesFrom {
    /// Returns `None` unless `origin` is an origin and nothing else.
    pub fn origin(origin: &str) -> Option<Self> {
        let is_origin = url::Url::parse(origin).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == origin
        });
        is_origin.then(|| FramesFrom(origin.to_owned()))
    }
}

/// Sets the headers of pages.
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

/// Sets the headers of the API: a reply contains the caller's ticket, so it must not be cached. Problems get their message
/// in the language of the request, for the scripts of pages.
pub(super) async fn for_programs(request: Request, next: Next) -> Response {
    let language = Language::of(request.headers());
    let mut response = error::localise(next.run(request).await, language);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Sets the headers for players: any page may embed a play URL, since the URL itself is the credential.
pub(super) async fn for_players(request: Request, next: Next) -> Response {
    let language = Language::of(request.headers());
    let mut response = error::localise(next.run(request).await, language);
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
        HeaderValue::from_static(
            "Content-Length, Content-Range, Accept-Ranges, ETag, Last-Modified, Retry-After",
        ),
    );
    response
}

/// Limits the time for which caches in front of the server keep what they may: within it, they answer for a ticket that
/// was revoked. A player's own cache is not affected.
pub(super) async fn for_shared_caches(
    State(site): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let Some(seconds) = site.shared_cache_s else {
        return response;
    };
    let is_public = |value: &HeaderValue| {
        value
            .to_str()
            .ok()?
            .strip_prefix("public, ")
            .map(str::to_owned)
    };
    let kept = response.headers().get(header::CACHE_CONTROL);
    if let Some(kept) = kept.and_then(is_public)
        && let Ok(value) = HeaderValue::try_from(format!("public, s-maxage={seconds}, {kept}"))
    {
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}

/// Sets the headers for file managers: their credentials are not in the URL, so no page of another origin
/// may read a reply, nor display a file in a browser that has stored the password and learn that it exists.
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

/// Sets the headers of every reply: URLs contain tickets, so they are never sent as a referrer; content
/// types are never sniffed; a reply without a content security policy gets that of pages.
pub(super) async fn for_all_replies(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(PAGE_POLICY));
    let content_type = headers.get(header::CONTENT_TYPE);
    if content_type.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        // The language of a page.
        headers.append(
            header::VARY,
            HeaderValue::from_static("accept-language, cookie"),
        );
    }
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
