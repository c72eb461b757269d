//! Chunks of an upload session of Microsoft Graph ("driveItem: createUploadSession"): ranges in order, each with
//! `Content-Range` and without a login. A range that arrived although its answer was lost is reported as an overlap;
//! the session then says which byte it expects next.

use http::Method;
use http::header::{CONTENT_RANGE, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::Value;

use super::provider::{MAX_REPLY_BYTES, check_reply, octets};
use super::send::ChunkSender;
use super::target::OPERATION;
use crate::http::{HttpCall, Reply, StreamedBody};
use crate::uploads::UploadPart;
use crate::{DriveError, ErrorKind};

/// State of a session.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionState {
    next_expected_ranges: Vec<String>,
}

impl ChunkSender<'_> {
    /// Sends a range of the file, or the rest of it that the session lacks.
    pub(crate) async fn put_range(
        &self,
        part: &UploadPart<'_>,
        url: &str,
    ) -> Result<String, DriveError> {
        let reply = self.put_range_from(part, url, 0).await?;
        if is_overlap(&reply) {
            let expected = self.expected_offset(url).await?;
            let end = part.from + part.length;
            return match expected {
                // It has arrived.
                Some(next) if next >= end => Ok(String::new()),
                Some(next) if next >= part.from => {
                    let rest = self.put_range_from(part, url, next - part.from).await?;
                    check_reply(&rest).map(|()| String::new())
                }
                _ => Err(DriveError::new(
                    ErrorKind::Gone,
                    OPERATION,
                    "the session has lost a range",
                )),
            };
        }
        // The answer to the last range was lost: the session ended when the file was complete.
        let is_ended = part.attempt > 1
            && part.is_last()
            && check_reply(&reply).is_err_and(|error| error.kind == ErrorKind::Gone);
        if !is_ended {
            check_reply(&reply)?;
        }
        Ok(String::new())
    }

    async fn put_range_from(
        &self,
        part: &UploadPart<'_>,
        url: &str,
        offset: u64,
    ) -> Result<Reply, DriveError> {
        let from = part.from + offset;
        let last = (part.from + part.length).saturating_sub(1);
        let range = format!("bytes {from}-{last}/{}", self.job.spooled.length());
        let mut headers = octets();
        let range = HeaderValue::try_from(range)
            .map_err(|_| DriveError::failed(OPERATION, "no usable range"))?;
        headers.insert(CONTENT_RANGE, range);
        let streamed = StreamedBody {
            method: Method::PUT,
            url,
            headers,
            length: part.length - offset,
            body: self.body(part, offset)?,
            limit: MAX_REPLY_BYTES,
        };
        self.http().send_body(OPERATION, streamed).await
    }

    /// Returns the offset of the byte that the session expects next; `None` if it does not say.
    async fn expected_offset(&self, url: &str) -> Result<Option<u64>, DriveError> {
        let call = HttpCall {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: None,
            limit: MAX_REPLY_BYTES,
            patience: None,
        };
        let reply = self.http().call(OPERATION, call).await?;
        check_reply(&reply)?;
        let state: SessionState = serde_json::from_slice(&reply.body)
            .map_err(|_| DriveError::failed(OPERATION, "no state of the session"))?;
        let first = state.next_expected_ranges.first();
        Ok(first.and_then(|range| range.split('-').next()?.parse().ok()))
    }
}

/// Returns true if the session has some of these bytes already.
fn is_overlap(reply: &Reply) -> bool {
    let code = || {
        let body: Value = serde_json::from_slice(&reply.body).ok()?;
        let error = &body["error"];
        let inner = error["innererror"]["code"].as_str();
        inner.or(error["code"].as_str()).map(str::to_owned)
    };
    reply.status == http::StatusCode::RANGE_NOT_SATISFIABLE
        || (reply.status.is_client_error() && code().as_deref() == Some("fragmentOverlap"))
}
