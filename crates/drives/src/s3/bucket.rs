//! Requests to a bucket: signed URLs (AWS Signature Version 4, by `rusty-s3`), and the meaning of errors.
//!
//! A URL is signed for each request and lives for an hour; it is never given to a viewer.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use quick_xml::de;
use rusty_s3::{Bucket as SignedBucket, Credentials, S3Action, UrlStyle};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use url::Url;

use super::config::S3Config;
use super::types::ErrorReply;
use crate::http::{Client, HttpCall, StreamedBody, status};
use crate::json::count_odd;
use crate::{Clock, DriveError, ErrorKind, UploadBody};
use media::EntryPath;

/// A bucket, with the keys to it.
pub(super) struct Bucket {
    pub(super) http: Arc<Client>,
    pub(super) clock: Clock,
    /// `None` if the settings name no bucket that a URL can have.
    signed: Option<SignedBucket>,
    credentials: Option<Credentials>,
    config: S3Config,
}

/// A reply without a large body.
pub(super) struct S3Reply {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Lifetime of a signed URL.
const SIGNATURE_TTL: Duration = Duration::from_secs(3600);
/// Upper limit for the bytes of a reply: 1,000 keys of 1,024 bytes each, encoded, and their elements.
const MAX_REPLY_BYTES: usize = 8 << 20;
/// Query parameters that stay with the host that was asked.
pub(super) const SECRETS: [&str; 4] = [
    "X-Amz-Signature",
    "X-Amz-Credential",
    "X-Amz-Security-Token",
    "X-Amz-Algorithm",
];

const NO_BUCKET_NAME: &str = "Endpoint and bucket make no address together. Check endpoint, bucket and path_style: a name with dots or capital \
     letters, and an endpoint that is an IP address, need path_style = true.";
const WRONG_KEY: &str = "The service does not know this access key, or the secret does not belong to it. Check access_key_id and \
     secret_access_key.";
const WRONG_CLOCK: &str =
    "This machine’s clock is off, so the service refuses every signature. Set the clock (NTP).";
const NO_BUCKET: &str = "There is no such bucket at this endpoint. Check bucket and endpoint.";
const WRONG_REGION: &str =
    "The bucket is in another region, or at another endpoint. Check region and endpoint.";
const FORBIDDEN: &str =
    "The keys of this drive do not allow this. Check the policy of the bucket or of the user.";
const NO_S3: &str = "This is not the address of an S3 service. Check endpoint.";

impl Bucket {
    pub(super) fn new(http: Arc<Client>, clock: Clock, config: S3Config) -> Self {
        let style = match config.path_style {
            true => UrlStyle::Path,
            false => UrlStyle::VirtualHost,
        };
        let signed = Url::parse(&config.endpoint).ok().and_then(|endpoint| {
            let (name, region) = (config.bucket.clone(), config.region.clone());
            SignedBucket::new(endpoint, style, name, region).ok()
        });
        let keys = config
            .access_key_id
            .as_ref()
            .zip(config.secret_access_key.as_ref());
        Bucket {
            http,
            clock,
            signed,
            credentials: keys
                .map(|(id, secret)| Credentials::new(id.clone(), secret.expose_secret())),
            config,
        }
    }

    /// Returns `bucket at host` for people.
    pub(super) fn name(&self) -> String {
        let url = Url::parse(&self.config.endpoint).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        format!("{} at {host}", self.config.bucket)
    }

    /// Returns the bucket that signs requests, and the keys; `None` for unsigned requests.
    ///
    /// # Errors
    /// `upstream_failed` if the settings make no URL.
    pub(super) fn signer(
        &self,
        operation: &'static str,
    ) -> Result<(&SignedBucket, Option<&Credentials>), DriveError> {
        let bucket = self.signed.as_ref().ok_or_else(|| {
            DriveError::failed(operation, "no URL of the bucket").with_sentence(NO_BUCKET_NAME)
        })?;
        Ok((bucket, self.credentials.as_ref()))
    }

    /// Returns the key of an entry, without a slash at its end; empty for the root of a drive that shows the whole
    /// bucket.
    pub(super) fn key(&self, path: &EntryPath) -> String {
        let names: Vec<&str> = self.config.root.names().chain(path.names()).collect();
        names.join("/")
    }

    /// Returns the prefix of the keys in a folder: its key with a slash, or nothing for the whole bucket.
    pub(super) fn prefix(&self, path: &EntryPath) -> String {
        match self.key(path) {
            key if key.is_empty() => key,
            key => format!("{key}/"),
        }
    }

    /// Makes a request that `action` signs. `headers` are those that the signature covers.
    ///
    /// # Errors
    /// Those of [`Bucket::error`]; also for an error that comes with status 200.
    pub(super) async fn call<'a>(
        &self,
        operation: &'static str,
        method: Method,
        action: &impl S3Action<'a>,
        headers: &[(&'static str, String)],
        body: Option<String>,
    ) -> Result<S3Reply, DriveError> {
        let url = action.sign(SIGNATURE_TTL);
        let is_head = method == Method::HEAD;
        let call = HttpCall {
            method,
            url: url.as_str(),
            headers: header_map(operation, headers)?,
            body: body.map(|body| ("application/xml", body)),
            limit: MAX_REPLY_BYTES,
            patience: None,
        };
        let mut reply = self.http.call_streamed(operation, call).await?;
        let mut bytes = BytesMut::new();
        while let Some(piece) = reply.body.next().await.filter(|_| !is_head) {
            let piece = piece.map_err(|error| DriveError::failed(operation, error.to_string()))?;
            bytes.extend_from_slice(&piece);
            if bytes.len() > MAX_REPLY_BYTES {
                return Err(DriveError::failed(operation, "the reply is too long"));
            }
        }
        let body = bytes.freeze();
        // Only an error has this element at its root.
        let is_error = || error_code(&body).is_some();
        match reply.status.is_success() && !is_error() {
            true => Ok(S3Reply {
                headers: reply.headers,
                body,
            }),
            false => Err(self.error(operation, reply.status, &reply.headers, &body)),
        }
    }

    /// PUTs a body to the URL that `action` signs, and returns the headers of the reply. `headers` are those that the signature
    /// covers.
    ///
    /// # Errors
    /// Those of [`Bucket::error`].
    pub(super) async fn put<'a>(
        &self,
        operation: &'static str,
        action: &impl S3Action<'a>,
        headers: &[(&'static str, String)],
        length: u64,
        body: UploadBody,
    ) -> Result<HeaderMap, DriveError> {
        let url = action.sign(SIGNATURE_TTL);
        let streamed = StreamedBody {
            method: Method::PUT,
            url: url.as_str(),
            headers: header_map(operation, headers)?,
            length,
            body,
            limit: MAX_REPLY_BYTES,
        };
        let reply = self.http.send_body(operation, streamed).await?;
        match reply.status.is_success() {
            true => Ok(reply.headers),
            false => Err(self.error(operation, reply.status, &reply.headers, &reply.body)),
        }
    }

    /// Returns the URL of an object, signed now.
    ///
    /// # Errors
    /// Those of [`Bucket::signer`].
    pub(super) fn object_url(&self, operation: &'static str, key: &str) -> Result<Url, DriveError> {
        let (bucket, credentials) = self.signer(operation)?;
        Ok(bucket.get_object(credentials, key).sign(SIGNATURE_TTL))
    }

    /// Returns the error that a status and the code in the body stand for.
    pub(super) fn error(
        &self,
        operation: &'static str,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> DriveError {
        let code = error_code(body).unwrap_or_default();
        let (kind, sentence) = match (code.as_str(), status.as_u16()) {
            (
                "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "NotSignedUp" | "InvalidToken",
                _,
            ) => (ErrorKind::SignedOut, Some(WRONG_KEY)),
            ("RequestTimeTooSkewed" | "RequestExpired", _) => {
                (ErrorKind::UpstreamFailed, Some(WRONG_CLOCK))
            }
            ("NoSuchBucket", _) => (ErrorKind::NotFound, Some(NO_BUCKET)),
            (
                "PermanentRedirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException",
                _,
            )
            | (_, 301 | 307) => (ErrorKind::UpstreamFailed, Some(WRONG_REGION)),
            ("AccessDenied" | "AllAccessDisabled", _) => (ErrorKind::Forbidden, Some(FORBIDDEN)),
            // The bytes were changed on their way.
            ("BadDigest", _) => (ErrorKind::UpstreamFailed, None),
            ("NoSuchKey" | "NoSuchUpload", _) => (ErrorKind::NotFound, None),
            ("SlowDown" | "TooManyRequests" | "ServiceUnavailable", _) => {
                (ErrorKind::RateLimited, None)
            }
            ("QuotaExceeded" | "XMinioStorageFull" | "EntityTooLarge", _) | (_, 507) => {
                (ErrorKind::NoSpace, None)
            }
            ("PreconditionFailed", _) | (_, 412) => (ErrorKind::Conflict, None),
            ("NotImplemented", _) | (_, 405 | 501) => (ErrorKind::Unsupported, None),
            ("", 401) => (ErrorKind::SignedOut, Some(WRONG_KEY)),
            ("", 403) => (ErrorKind::Forbidden, Some(FORBIDDEN)),
            ("", 400) => (ErrorKind::UpstreamFailed, Some(NO_S3)),
            (_, 404) => (ErrorKind::NotFound, None),
            _ => (status::kind_of_call(status), None),
        };
        let detail = format!("status {} {code}", status.as_u16());
        let mut error = DriveError::new(kind, operation, detail.trim_end());
        error.sentence = sentence;
        status::with_wait(error, headers, self.clock.now())
    }
}

/// Parses an answer.
///
/// # Errors
/// `upstream_failed` if it has another form, such as a page of a website.
pub(super) fn parse<T: DeserializeOwned>(
    operation: &'static str,
    root: &str,
    body: &[u8],
) -> Result<T, DriveError> {
    let failed = || DriveError::failed(operation, "an answer of another form").with_sentence(NO_S3);
    let text = String::from_utf8_lossy(body);
    if matches!(text, Cow::Owned(_)) {
        count_odd("a text");
    }
    if root_element(&text) != Some(root) {
        return Err(failed());
    }
    de::from_str(&text).map_err(|_| failed())
}

/// Returns the code of an error; `None` if the body is none.
fn error_code(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    if root_element(text) != Some("Error") {
        return None;
    }
    let error: ErrorReply = de::from_str(text).ok()?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '.';
    Some(
        error
            .code
            .chars()
            .filter(|c| is_word(*c))
            .take(64)
            .collect(),
    )
}

/// Returns the name of the root element, after the declaration; `None` if there is none.
fn root_element(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let text = match text.starts_with("<?") {
        true => text.split_once("?>")?.1.trim_start(),
        false => text,
    };
    let name = text.strip_prefix('<')?;
    let end = name.find(|c: char| !c.is_ascii_alphanumeric())?;
    Some(&name[..end])
}

fn header_map(
    operation: &'static str,
    headers: &[(&'static str, String)],
) -> Result<HeaderMap, DriveError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let value = HeaderValue::try_from(value)
            .map_err(|_| DriveError::failed(operation, "an unusable header"))?;
        map.insert(HeaderName::from_static(name), value);
    }
    Ok(map)
}

/// Returns the bytes as a body.
pub(super) fn body_of(bytes: &'static [u8]) -> UploadBody {
    futures_util::stream::iter([Ok::<_, io::Error>(Bytes::from_static(bytes))]).boxed()
}

#[cfg(test)]
mod tests {
    use super::super::types::ObjectList;
    use super::*;

    #[test]
    fn answers_with_and_without_namespaces() {
        let with = "<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Name>films</Name><Contents><Key>a%20b.mp4</Key><Size>7</Size><LastModified>2026-01-02T03:04:05.000Z\
            </LastModified><ETag>&quot;abc&quot;</ETag></Contents><CommonPrefixes><Prefix>dir/</Prefix></CommonPrefixes>\
            <IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>";
        let without = with.replace(" xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"", "");
        for text in [with, &without] {
            let list: ObjectList = parse("list", "ListBucketResult", text.as_bytes()).unwrap();
            assert_eq!(list.contents[0].key, "a%20b.mp4");
            assert_eq!(list.contents[0].etag().as_deref(), Some("\"abc\""));
            assert_eq!(
                list.contents[0].last_modified.unwrap().timestamp(),
                1_767_323_045
            );
            assert_eq!(list.common_prefixes[0].prefix, "dir/");
            assert!(list.is_truncated);
        }
        let empty = "<ListBucketResult></ListBucketResult>";
        let list: ObjectList = parse("list", "ListBucketResult", empty.as_bytes()).unwrap();
        assert!(list.contents.is_empty() && !list.is_truncated);
        for other in [
            "",
            "<html><body/></html>",
            "<!DOCTYPE html><ListBucketResult/>",
            "{}",
        ] {
            let found: Result<ObjectList, _> = parse("list", "ListBucketResult", other.as_bytes());
            assert!(found.is_err(), "{other}");
        }
        let error =
            b"<?xml version='1.0'?><Error><Code>NoSuchBucket</Code><Message>m</Message></Error>";
        assert_eq!(error_code(error).as_deref(), Some("NoSuchBucket"));
        assert_eq!(error_code(with.as_bytes()), None);
    }
}
