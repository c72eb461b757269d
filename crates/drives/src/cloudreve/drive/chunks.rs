//! The chunks of an upload (document section 8.15): their target, how one is sent, and when it is retried.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::ExposeSecret;

use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::drive::upload_job::{Note, OPERATION, UploadJob};
use crate::cloudreve::request::Site;
use crate::cloudreve::types::UploadSession;
use crate::http::StreamedBody;
use crate::uploads::PartProgress;
use crate::{DriveError, ErrorKind, Permits, UploadBody};

/// Attempts per chunk, and the pause before each retry.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);
const JSON_LIMIT: usize = 1 << 20;

/// Target of chunks.
pub(crate) enum UploadTarget {
    /// To the site itself.
    Site,
    /// To a node of the site, with the credential that it accepts.
    Node { url: String, credential: String },
}

impl Cloudreve {
    pub(crate) async fn send_chunk(
        &self,
        job: &UploadJob<'_>,
        note: &Note,
        target: &UploadTarget,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let from = note.done * note.chunk;
        let length = note.chunk.min(job.spooled.length() - from);
        let mut attempt = 1;
        loop {
            let sending = PartProgress::new(job.progress.clone());
            let counter = sending.clone();
            let body = job.spooled.read(from, length);
            let body = body.inspect_ok(move |piece| counter.add(piece.len() as u64));
            let posted = self.post_chunk(note, target, length, body.boxed());
            let result = permits.send(posted).await;
            let Err(error) = result else {
                sending.keep();
                return Ok(());
            };
            // The answer to the last chunk was lost: the session ended when the file was complete.
            let whole = job.spooled.length();
            if attempt > 1
                && error.upstream_code == Some(codes::SESSION_EXPIRED)
                && from + length == whole
                && self.is_whole(job, permits).await
            {
                sending.keep();
                return Ok(());
            }
            sending.take_back();
            if attempt == ATTEMPTS || is_final(&error) {
                return Err(error);
            }
            tracing::debug!(%error, number = note.done, "a chunk is sent once more");
            tokio::time::sleep(PAUSE * attempt).await;
            attempt += 1;
        }
    }

    /// Returns true if the file is there in full length.
    async fn is_whole(&self, job: &UploadJob<'_>, permits: Permits<'_>) -> bool {
        let found = permits.call(self.tree.stat(&job.path));
        found
            .await
            .is_ok_and(|entry| entry.size == job.spooled.length())
    }

    async fn post_chunk(
        &self,
        note: &Note,
        target: &UploadTarget,
        length: u64,
        body: UploadBody,
    ) -> Result<(), DriveError> {
        let site: &Site = &self.api.site;
        let number = note.done;
        let mut headers = HeaderMap::new();
        let mut generation = None;
        let (url, authorization) = match target {
            UploadTarget::Site => {
                let access = self.api.auth.access().await?;
                generation = Some(access.generation);
                let token = access.token;
                (
                    site.url(&format!("/file/upload/{}/{number}", note.session_id)),
                    format!("Bearer {}", token.expose_secret()),
                )
            }
            UploadTarget::Node { url, credential } => {
                let mark = if url.contains('?') { '&' } else { '?' };
                (format!("{url}{mark}chunk={number}"), credential.clone())
            }
        };
        let mut authorization = HeaderValue::try_from(authorization)
            .map_err(|_| DriveError::failed(OPERATION, "no usable credential"))?;
        authorization.set_sensitive(true);
        headers.insert(AUTHORIZATION, authorization);
        let streamed = StreamedBody {
            url: &url,
            headers,
            length,
            body,
            limit: JSON_LIMIT,
        };
        let reply = site.http.post_body(OPERATION, streamed).await?;
        let told = site.told(OPERATION, Context::Files, &reply)?;
        if told.code() == Some(codes::LOGIN_REQUIRED)
            && let Some(generation) = generation
        {
            // The next attempt uses another token.
            self.api.auth.renewed(generation).await?;
        }
        told.done()
    }
}

/// Returns the target for the chunks of a session; `None` if that is a storage provider.
pub(crate) fn target(session: &UploadSession) -> Option<UploadTarget> {
    let policy = session.storage_policy.as_ref();
    let kind = policy.and_then(|policy| policy.kind.as_deref());
    match kind {
        _ if policy.is_some_and(|policy| policy.relay) => Some(UploadTarget::Site),
        None | Some("local") if session.upload_urls.is_empty() => Some(UploadTarget::Site),
        Some("remote") => Some(UploadTarget::Node {
            url: session.upload_urls.first()?.clone(),
            credential: session.credential.clone()?,
        }),
        _ => None,
    }
}

/// Returns true if retrying the same chunk would get the same answer.
pub(crate) fn is_final(error: &DriveError) -> bool {
    error.upstream_code.is_some()
        && !matches!(
            error.kind,
            ErrorKind::UpstreamFailed
                | ErrorKind::UpstreamTimeout
                | ErrorKind::RateLimited
                | ErrorKind::SignedOut
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_chunks_go() {
        let session = |text: &str| serde_json::from_str::<UploadSession>(text).unwrap();
        let local = r#"{"session_id":"a","storage_policy":{"type":"local"}}"#;
        assert!(matches!(target(&session(local)), Some(UploadTarget::Site)));
        let relay = r#"{"upload_urls":null,"storage_policy":{"type":"s3","relay":true}}"#;
        assert!(matches!(target(&session(relay)), Some(UploadTarget::Site)));
        let node = r#"{"upload_urls":["https://n/u"],"credential":"c","storage_policy":{"type":"remote"}}"#;
        assert!(matches!(
            target(&session(node)),
            Some(UploadTarget::Node { .. })
        ));
        let s3 = r#"{"upload_urls":["https://s3/u"],"storage_policy":{"type":"s3"}}"#;
        assert!(target(&session(s3)).is_none());
    }
}
