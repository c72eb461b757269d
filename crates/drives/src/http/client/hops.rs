//! Redirects, hop by hop: each URL is checked before it is called.

use http::header::{HeaderMap, LOCATION};
use http::{StatusCode, Version};
use url::Url;

use super::Client;
use crate::DriveError;
use crate::http::redirects;
use crate::http::reply::failure;
use crate::http::stream::Streamed;

/// Limit of redirects per request.
const MAX_HOPS: usize = 10;

impl Client {
    pub(super) async fn follow(
        &self,
        operation: &'static str,
        url: &str,
        mut headers: HeaderMap,
        secrets: &[&str],
    ) -> Result<(Streamed, String), DriveError> {
        let mut text = url.to_owned();
        for _ in 0..=MAX_HOPS {
            let address = self.admitted(operation, &text)?;
            let response = self
                .media
                .get(address.as_str(), &headers)
                .await
                .map_err(|error| failure(operation, error))?;
            if !is_redirect(response.status()) {
                return Ok((response, text));
            }
            let next = next_hop(operation, &address, response.headers(), secrets)?;
            if !redirects::is_same_origin(&address, &next) {
                // Headers that identify us belong to the host that was called.
                headers = redirects::for_strangers(&headers);
            }
            text = next;
        }
        Err(too_many_hops(operation))
    }

    pub(super) async fn follow_call(
        &self,
        operation: &'static str,
        url: &str,
        secrets: &[&str],
    ) -> Result<(reqwest::Response, String), DriveError> {
        let mut text = url.to_owned();
        for _ in 0..=MAX_HOPS {
            let address = self.admitted(operation, &text)?;
            let response = self
                .calls
                .get(address.clone())
                .send()
                .await
                .map_err(|error| failure(operation, error))?;
            if response.version() < Version::HTTP_2 {
                self.http1_hosts.insert(address.authority().to_owned(), ());
            }
            if !is_redirect(response.status()) {
                return Ok((response, text));
            }
            text = next_hop(operation, &address, response.headers(), secrets)?;
        }
        Err(too_many_hops(operation))
    }
}

/// Returns the target of a redirect of `url`.
fn next_hop(
    operation: &'static str,
    url: &Url,
    headers: &HeaderMap,
    secrets: &[&str],
) -> Result<String, DriveError> {
    headers
        .get(LOCATION)
        .and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
        .and_then(|location| redirects::next(url, location, secrets))
        .ok_or_else(|| DriveError::failed(operation, "a redirect that leads nowhere"))
}

fn too_many_hops(operation: &'static str) -> DriveError {
    DriveError::failed(operation, "too many redirects")
}

pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}
