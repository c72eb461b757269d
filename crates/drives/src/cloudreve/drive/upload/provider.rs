//! The requests to a storage provider, and its answers, each as the provider's own document has them.
//!
//! - S3, KS3, COS, OSS, OBS: `UploadPart` and `CompleteMultipartUpload`, under URLs that the site has signed. The site
//!   signs `Content-Type: application/octet-stream` where the provider allows it, so every request has that header.
//! - Qiniu Kodo: `uploadPart` and `completeMultipartUpload` of resumable uploads, version 2
//! - Upyun: the form API
//! - OneDrive: "Upload bytes to the upload session" of Microsoft Graph, in `onedrive`
//!
//! No request carries a login or a token of the site, and none follows a redirect.

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::target::{MultipartProvider, OPERATION};
use crate::http::{Client, HttpCall, Reply};
use crate::uploads::SentParts;
use crate::{DriveError, ErrorKind};

/// Upper limit for the reply of a provider.
pub(crate) const MAX_REPLY_BYTES: usize = 1 << 20;
/// Status by which Qiniu reports that the file was stored and the site could not be told of it.
const QINIU_CALLBACK_FAILED: u16 = 579;
const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
const NOT_REPORTED: &str = "The site’s storage provider has the file, but could not report it to the site. The site’s administrator can help.";

/// The answer to a part at Qiniu.
#[derive(Deserialize)]
struct QiniuPart {
    etag: String,
}

/// Returns the header of a credential, which is not printed.
pub(crate) fn authorization(text: String) -> Result<HeaderValue, DriveError> {
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| DriveError::failed(OPERATION, "no usable credential"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Checks the answer to a part and returns its `ETag`; an empty text if there is none.
pub(crate) fn part_receipt(reply: &Reply) -> Result<String, DriveError> {
    check_reply(reply)?;
    let etag = reply.headers.get(http::header::ETAG);
    Ok(etag
        .and_then(|etag| etag.to_str().ok())
        .unwrap_or_default()
        .to_owned())
}

/// Checks the answer to a part at Qiniu and returns its `etag`.
pub(crate) fn qiniu_receipt(reply: &Reply) -> Result<String, DriveError> {
    check_reply(reply)?;
    serde_json::from_slice::<QiniuPart>(&reply.body)
        .map(|part| part.etag)
        .map_err(|_| DriveError::failed(OPERATION, "the answer to a part has no etag"))
}

/// Has a provider make the file from its parts.
pub(crate) async fn complete_multipart(
    http: &Client,
    provider: MultipartProvider,
    url: &str,
    sent: &SentParts,
) -> Result<(), DriveError> {
    let mut headers = HeaderMap::new();
    let mut add = |name: &'static str, value: &'static str| {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    };
    let mut body = complete_body(sent);
    match provider {
        MultipartProvider::Cos => add("x-cos-forbid-overwrite", "true"),
        MultipartProvider::Oss => {
            add("x-oss-forbid-overwrite", "true");
            add("x-oss-complete-all", "yes");
            // With `x-oss-complete-all`, a body is refused.
            body = String::new();
        }
        MultipartProvider::S3 | MultipartProvider::Ks3 | MultipartProvider::Obs => {}
    }
    let call = HttpCall {
        method: Method::POST,
        url,
        headers,
        body: Some(("application/octet-stream", body)),
        limit: MAX_REPLY_BYTES,
        patience: Some(COMPLETE_TIMEOUT),
    };
    let reply = http.call(OPERATION, call).await?;
    // S3 sends the status before it has finished, so that 200 may come with an error in the body.
    if reply.status == StatusCode::OK && error_code(&reply.body).is_some() {
        return Err(DriveError::failed(
            OPERATION,
            "an error in place of the file",
        ));
    }
    if reply.status == StatusCode::NON_AUTHORITATIVE_INFORMATION {
        return Err(not_reported());
    }
    check_reply(&reply)
}

/// Has Qiniu make the file from its parts.
pub(crate) async fn complete_qiniu(
    http: &Client,
    (url, token): (&str, &str),
    mime_type: Option<&str>,
    sent: &SentParts,
) -> Result<(), DriveError> {
    let parts: Vec<_> = sent
        .receipts()
        .map(|(index, etag)| json!({"etag": etag, "partNumber": index + 1}))
        .collect();
    let mut body = json!({"parts": parts});
    if let Some(mime_type) = mime_type {
        body["mimeType"] = json!(mime_type);
    }
    let mut headers = HeaderMap::new();
    headers.insert(
        http::header::AUTHORIZATION,
        authorization(format!("UpToken {token}"))?,
    );
    let call = HttpCall {
        method: Method::POST,
        url,
        headers,
        body: Some(("application/json", body.to_string())),
        limit: MAX_REPLY_BYTES,
        patience: Some(COMPLETE_TIMEOUT),
    };
    let reply = http.call(OPERATION, call).await?;
    check_reply(&reply)
}

/// Returns an error unless a provider has accepted a request.
pub(crate) fn check_reply(reply: &Reply) -> Result<(), DriveError> {
    let status = reply.status;
    if status.is_success() {
        return Ok(());
    }
    if status.as_u16() == QINIU_CALLBACK_FAILED {
        return Err(not_reported());
    }
    let code = error_code(&reply.body).unwrap_or_default();
    let kind = match (status.as_u16(), code.as_str()) {
        (408, _) | (400, "RequestTimeout") => ErrorKind::UpstreamTimeout,
        (429, _) => ErrorKind::RateLimited,
        // 612 of Qiniu: no such upload.
        (404 | 410 | 612, _) | (400, "InvalidPart" | "InvalidPartOrder") => ErrorKind::Gone,
        (401 | 403, _) => ErrorKind::Expired,
        (413, _) | (400, "EntityTooLarge") => ErrorKind::PlanRequired,
        _ => ErrorKind::UpstreamFailed,
    };
    let detail = format!("the storage provider answered {} {code}", status.as_u16());
    let error = DriveError::new(kind, OPERATION, detail)
        .with_code(i64::from(status.as_u16()))
        .with_sentence("The site’s storage provider refused the file.");
    Err(error)
}

/// Returns true if the same request may be accepted at the next attempt: nothing was answered, the other side failed,
/// or asks for a pause. A status of 4xx, and numbers of the site that are no failure of its own, are final.
pub(crate) fn is_retryable(error: &DriveError) -> bool {
    match error.kind {
        ErrorKind::UpstreamTimeout | ErrorKind::RateLimited | ErrorKind::SignedOut => true,
        ErrorKind::UpstreamFailed => !matches!(
            error.upstream_code,
            Some(300..500 | CODE_OF_CALLBACK_FAILURE)
        ),
        _ => false,
    }
}

/// The `upstream_code` of [`not_reported`].
const CODE_OF_CALLBACK_FAILURE: i64 = QINIU_CALLBACK_FAILED as i64;

/// Returns the error for a file that the provider has and the site does not.
pub(crate) fn not_reported() -> DriveError {
    DriveError::failed(OPERATION, "the provider's callback failed")
        .with_code(CODE_OF_CALLBACK_FAILURE)
        .with_sentence(NOT_REPORTED)
}

/// Returns the error for a file whose bytes have all been accepted, and that the site does not show as complete.
pub(crate) fn not_taken_over() -> DriveError {
    DriveError::failed(OPERATION, "the file is not complete at the site")
        .with_code(CODE_OF_CALLBACK_FAILURE)
        .with_sentence("The site has not taken the file over.")
}

/// Returns the body of `CompleteMultipartUpload` (Amazon S3 API Reference).
fn complete_body(sent: &SentParts) -> String {
    let mut body = "<CompleteMultipartUpload>".to_owned();
    for (index, etag) in sent.receipts() {
        // A text of the provider: only the characters of an ETag may stand in the document.
        let etag: String = etag
            .chars()
            .filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '&'))
            .collect();
        body.push_str(&format!(
            "<Part><PartNumber>{}</PartNumber><ETag>{etag}</ETag></Part>",
            index + 1
        ));
    }
    body.push_str("</CompleteMultipartUpload>");
    body
}

/// Returns the code of an error document of S3 and its relatives; `None` if the body is another one.
fn error_code(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let error = &text[text.find("<Error>")?..];
    let code = error.split_once("<Code>")?.1.split_once("</Code>")?.0;
    let is_word = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_word.then(|| code.to_owned())
}

/// Returns headers for octets, and those of `more`.
pub(crate) fn octets() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, OCTETS);
    headers
}

/// Timeout for a provider to make a file from its parts: minutes for large files (Amazon S3 API Reference).
const COMPLETE_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(600);

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn reply(status: u16, body: &'static str) -> Reply {
        Reply {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
            url: String::new(),
        }
    }

    #[test]
    fn answers_of_providers_and_their_meaning() {
        let xml = "<?xml version=\"1.0\"?><Error><Code>NoSuchUpload</Code></Error>";
        let slow = "<Error><Code>RequestTimeout</Code></Error>";
        for (status, body, kind, retryable) in [
            (500, "", ErrorKind::UpstreamFailed, true),
            (
                503,
                "<Error><Code>SlowDown</Code></Error>",
                ErrorKind::UpstreamFailed,
                true,
            ),
            (429, "", ErrorKind::RateLimited, true),
            (400, slow, ErrorKind::UpstreamTimeout, true),
            (400, "", ErrorKind::UpstreamFailed, false),
            (302, "", ErrorKind::UpstreamFailed, false),
            (403, "", ErrorKind::Expired, false),
            (404, xml, ErrorKind::Gone, false),
            (612, "", ErrorKind::Gone, false),
            (413, "", ErrorKind::PlanRequired, false),
            (
                579,
                "{\"error\":\"callback\"}",
                ErrorKind::UpstreamFailed,
                false,
            ),
        ] {
            let error = check_reply(&reply(status, body)).unwrap_err();
            assert_eq!(error.kind, kind, "{status}");
            assert_eq!(is_retryable(&error), retryable, "{status}");
        }
        assert!(check_reply(&reply(201, "")).is_ok());
        let unclassified = DriveError::failed(OPERATION, "").with_code(50004);
        assert!(is_retryable(&unclassified), "a failure of the site");
    }

    #[test]
    fn the_list_of_parts_is_the_document_of_s3() {
        let mut sent = SentParts::default();
        sent.insert(1, "\"b\"".to_owned());
        sent.insert(0, "\"a<\"".to_owned());
        assert_eq!(
            complete_body(&sent),
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag></Part>\
             <Part><PartNumber>2</PartNumber><ETag>\"b\"</ETag></Part></CompleteMultipartUpload>"
        );
        assert_eq!(error_code(b"<Error><Code>x y</Code></Error>"), None);
        assert_eq!(error_code(b"<CompleteMultipartUploadResult/>"), None);
    }
}
