//! One chunk of a session, to its target.

use async_trait::async_trait;
use http::Method;
use http::header::{AUTHORIZATION, HeaderMap};
use secrecy::ExposeSecret;

use super::job::{SessionNote, UploadJob};
use super::provider::{self, MAX_REPLY_BYTES, authorization, check_reply, octets};
use super::target::{OPERATION, UploadTarget};
use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes;
use crate::cloudreve::codes::Context;
use crate::http::{Client, FormFile, Reply, StreamedBody};
use crate::uploads::{PartSender, SentParts, UploadPart, UploadStaging};
use crate::{DriveError, ErrorKind, Permits, UploadBody};

/// Sends the chunks of one session.
pub(crate) struct ChunkSender<'a> {
    pub(crate) drive: &'a Cloudreve,
    pub(crate) staging: &'a UploadStaging,
    pub(crate) job: &'a UploadJob<'a>,
    pub(crate) note: &'a SessionNote,
    pub(crate) permits: Permits<'a>,
}

#[async_trait]
impl PartSender for ChunkSender<'_> {
    async fn send(&self, part: &UploadPart<'_>) -> Result<String, DriveError> {
        match self.permits.send(self.send_once(part)).await {
            // The answer to the last chunk was lost: the session ended when the file was complete.
            Err(error)
                if part.attempt > 1
                    && part.is_last()
                    && error.upstream_code == Some(codes::SESSION_EXPIRED)
                    && self.is_complete().await =>
            {
                Ok(String::new())
            }
            result => result,
        }
    }

    fn is_retryable(&self, error: &DriveError) -> bool {
        provider::is_retryable(error)
    }

    async fn save_note(&self, sent: &SentParts) -> Result<(), DriveError> {
        let note = SessionNote {
            sent: sent.clone(),
            ..self.note.clone()
        };
        self.staging.save(&self.job.key, &note).await
    }
}

impl ChunkSender<'_> {
    pub(crate) fn http(&self) -> &Client {
        &self.drive.api.site.http
    }

    /// Returns the bytes of a chunk from `offset` on, encrypted if the session asks for it.
    pub(crate) fn body(
        &self,
        part: &UploadPart<'_>,
        offset: u64,
    ) -> Result<UploadBody, DriveError> {
        let body = part.body_from(offset);
        match &self.note.cipher {
            Some(cipher) => cipher.encrypt(part.from + offset, body),
            None => Ok(body),
        }
    }

    async fn is_complete(&self) -> bool {
        let found = self.drive.uploaded_file(self.job);
        self.permits.call(found).await.is_ok()
    }

    async fn send_once(&self, part: &UploadPart<'_>) -> Result<String, DriveError> {
        match &self.note.target {
            UploadTarget::Site => self.post_to_site(part).await,
            UploadTarget::Node { url, credential } => {
                let mark = if url.contains('?') { '&' } else { '?' };
                let url = format!("{url}{mark}chunk={}", part.index);
                let mut headers = octets();
                headers.insert(AUTHORIZATION, authorization(credential.clone())?);
                let reply = self.request(Method::POST, part, &url, headers).await?;
                let site = &self.drive.api.site;
                let answer = site.told(OPERATION, Context::Files, &reply)?;
                answer.done().map_err(of_node)?;
                Ok(String::new())
            }
            UploadTarget::Multipart { part_urls, .. } => {
                let url = part_urls
                    .get(part.index)
                    .ok_or_else(|| DriveError::failed(OPERATION, "no URL of a part"))?;
                let reply = self.request(Method::PUT, part, url, octets()).await?;
                provider::part_receipt(&reply)
            }
            UploadTarget::Qiniu { url, token, .. } => {
                let url = format!("{url}/{}", part.index + 1);
                let mut headers = octets();
                headers.insert(AUTHORIZATION, authorization(format!("UpToken {token}"))?);
                let reply = self.request(Method::PUT, part, &url, headers).await?;
                provider::qiniu_receipt(&reply)
            }
            UploadTarget::Upyun {
                url,
                policy,
                authorization,
                mime_type,
            } => {
                let mut fields = vec![
                    ("policy", policy.as_str()),
                    ("authorization", authorization.as_str()),
                ];
                if let Some(mime_type) = mime_type {
                    fields.push(("content-type", mime_type));
                }
                let form = FormFile {
                    url,
                    headers: HeaderMap::new(),
                    fields: &fields,
                    field: "file",
                    length: part.length,
                    body: self.body(part, 0)?,
                    limit: MAX_REPLY_BYTES,
                };
                let reply = self.http().post_form_file(OPERATION, form).await?;
                check_reply(&reply).map(|()| String::new())
            }
            UploadTarget::OneDrive { url, .. } => self.put_range(part, url).await,
        }
    }

    async fn post_to_site(&self, part: &UploadPart<'_>) -> Result<String, DriveError> {
        let api = &self.drive.api;
        let access = api.auth.access().await?;
        let mut headers = octets();
        headers.insert(
            AUTHORIZATION,
            authorization(format!("Bearer {}", access.token.expose_secret()))?,
        );
        let target = format!("/file/upload/{}/{}", self.note.session_id, part.index);
        let url = api.site.url(&target);
        let reply = self.request(Method::POST, part, &url, headers).await?;
        let answer = api.site.told(OPERATION, Context::Files, &reply)?;
        if answer.code() == Some(codes::LOGIN_REQUIRED) {
            // The next attempt uses another token.
            api.auth.renewed(access.generation).await?;
        }
        answer.done()?;
        Ok(String::new())
    }

    async fn request(
        &self,
        method: Method,
        part: &UploadPart<'_>,
        url: &str,
        headers: HeaderMap,
    ) -> Result<Reply, DriveError> {
        let streamed = StreamedBody {
            method,
            url,
            headers,
            length: part.length,
            body: self.body(part, 0)?,
            limit: MAX_REPLY_BYTES,
        };
        self.http().send_body(OPERATION, streamed).await
    }
}

/// Returns the error of a node. Its refusal of a credential concerns the session of the upload, not the account's.
fn of_node(error: DriveError) -> DriveError {
    match error.kind {
        ErrorKind::SignedOut => DriveError {
            kind: ErrorKind::Expired,
            sentence: None,
            ..error
        },
        _ => error,
    }
}
