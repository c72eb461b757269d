//! The chunks of an upload (document section 8.15): their target, how one is sent, and when it is retried.

use async_trait::async_trait;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::ExposeSecret;

use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::drive::upload_job::{OPERATION, SessionRecord, UploadJob};
use crate::cloudreve::request::Site;
use crate::cloudreve::types::UploadSession;
use crate::http::StreamedBody;
use crate::uploads::{PartSender, SentParts, UploadPart, UploadStaging};
use crate::{DriveError, ErrorKind, Permits};

const MAX_REPLY_BYTES: usize = 1 << 20;

/// Target of chunks.
pub(crate) enum UploadTarget {
    /// To the site itself.
    Site,
    /// To a node of the site, with the credential that it accepts.
    Node { url: String, credential: String },
}

/// Sends the chunks of one session.
pub(crate) struct ChunkSender<'a> {
    pub(crate) drive: &'a Cloudreve,
    pub(crate) staging: &'a UploadStaging,
    pub(crate) job: &'a UploadJob<'a>,
    pub(crate) record: &'a SessionRecord,
    pub(crate) target: &'a UploadTarget,
    pub(crate) permits: Permits<'a>,
}

#[async_trait]
impl PartSender for ChunkSender<'_> {
    async fn send(&self, part: &UploadPart<'_>) -> Result<String, DriveError> {
        match self.permits.send(self.post_chunk(part)).await {
            Ok(()) => Ok(String::new()),
            // The answer to the last chunk was lost: the session ended when the file was complete.
            Err(error)
                if part.attempt > 1
                    && part.is_last()
                    && error.upstream_code == Some(codes::SESSION_EXPIRED)
                    && self.is_complete().await =>
            {
                Ok(String::new())
            }
            Err(error) => Err(error),
        }
    }

    fn is_retryable(&self, error: &DriveError) -> bool {
        !is_final(error)
    }

    async fn record(&self, sent: &SentParts) -> Result<(), DriveError> {
        // An upload to a node cannot be resumed: its credential is issued once.
        if !matches!(self.target, UploadTarget::Site) {
            return Ok(());
        }
        let record = SessionRecord {
            sent: sent.clone(),
            ..self.record.clone()
        };
        self.staging.save(&self.job.key, &record).await
    }
}

impl ChunkSender<'_> {
    /// Returns true if the file is there in full length.
    async fn is_complete(&self) -> bool {
        let found = self.permits.call(self.drive.tree.stat(&self.job.path));
        found
            .await
            .is_ok_and(|entry| entry.size == self.job.spooled.length())
    }

    async fn post_chunk(&self, part: &UploadPart<'_>) -> Result<(), DriveError> {
        let api = &self.drive.api;
        let site: &Site = &api.site;
        let index = part.index;
        let mut headers = HeaderMap::new();
        let mut generation = None;
        let (url, authorization) = match self.target {
            UploadTarget::Site => {
                let access = api.auth.access().await?;
                generation = Some(access.generation);
                let token = access.token;
                (
                    site.url(&format!("/file/upload/{}/{index}", self.record.session_id)),
                    format!("Bearer {}", token.expose_secret()),
                )
            }
            UploadTarget::Node { url, credential } => {
                let mark = if url.contains('?') { '&' } else { '?' };
                (format!("{url}{mark}chunk={index}"), credential.clone())
            }
        };
        let mut authorization = HeaderValue::try_from(authorization)
            .map_err(|_| DriveError::failed(OPERATION, "no usable credential"))?;
        authorization.set_sensitive(true);
        headers.insert(AUTHORIZATION, authorization);
        let streamed = StreamedBody {
            url: &url,
            headers,
            length: part.length,
            body: part.body(),
            limit: MAX_REPLY_BYTES,
        };
        let reply = site.http.post_body(OPERATION, streamed).await?;
        let answer = site.told(OPERATION, Context::Files, &reply)?;
        if answer.code() == Some(codes::LOGIN_REQUIRED)
            && let Some(generation) = generation
        {
            // The next attempt uses another token.
            api.auth.renewed(generation).await?;
        }
        answer.done()
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
