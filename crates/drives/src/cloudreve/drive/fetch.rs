//! Fetches bytes from the site itself, or from the storage provider that it points to (document section 10).
//!
//! A URL carries all that it needs: no login is ever sent along. The site answers an expired signature with
//! status 200 and an envelope, which must not pass for a film; a provider answers with a status.

use http::header::{ACCEPT_RANGES, CONTENT_TYPE, ETAG, HeaderMap, RANGE};

use crate::cloudreve::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::types::Envelope;
use crate::http::{Client, Streamed, failure, range, read_up_to, status};
use crate::{Clock, DriveError, Incoming, Origin};

const OPERATION: &str = "fetch";
/// An envelope or a page that comes in place of a file is shorter than this.
const SUSPECT_LIMIT: usize = 64 << 10;

/// Opens a URL, following redirects.
pub(crate) async fn open(
    http: &Client,
    clock: &Clock,
    origin: &Origin,
    from: u64,
    last: Option<u64>,
) -> Result<Incoming, DriveError> {
    let mut headers = HeaderMap::new();
    if let Some(range) = range::header(from, last) {
        headers.insert(RANGE, range);
    }
    let mut response = http.open(OPERATION, origin.url(), headers, &[]).await?;
    let Some(part) = range::part(OPERATION, &response, from)? else {
        return Err(status::media_error(
            OPERATION,
            response.status(),
            response.headers(),
            clock.now(),
        ));
    };
    // A file has an ETag and accepts ranges, whatever its type. A text that has neither is not the file.
    let is_file = response.headers().contains_key(ETAG)
        || response.headers().contains_key(ACCEPT_RANGES)
        || origin.length().is_some() && origin.length() == part.length;
    if !is_file && is_text(response.headers()) {
        return Err(unmasked(&mut response).await);
    }
    let first = response
        .chunk()
        .await
        .map_err(|error| failure(OPERATION, error))?;
    Ok(range::incoming(OPERATION, response, part, first))
}

fn is_text(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("json") || value.contains("html"))
}

/// Reads the error from a text that came in place of a file.
async fn unmasked(response: &mut Streamed) -> DriveError {
    let body = match read_up_to(OPERATION, response, SUSPECT_LIMIT).await {
        Ok((body, _)) => body,
        Err(error) => return error,
    };
    match serde_json::from_slice::<Envelope>(&body) {
        Ok(envelope) if envelope.code != 0 => {
            codes::error(OPERATION, envelope.code, Context::Content)
        }
        _ => DriveError::failed(OPERATION, "a text instead of a file"),
    }
}
