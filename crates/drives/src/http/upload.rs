//! Calls that carry more than a query: own headers, a small body, or a large one as a stream.
//!
//! None of them follows a redirect: their content belongs to the host that was called, and a redirect in place
//! of an answer is returned as the reply.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use http::{Method, StatusCode};

use super::client::{Client, within};
use crate::DriveError;
use crate::http::reply::{Reply, failure, story};

/// Timeout of a body that is being sent, without progress.
const STALL_TIMEOUT: Duration = Duration::from_secs(60);

/// A call with a small reply.
pub(crate) struct HttpCall<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a str,
    pub(crate) headers: HeaderMap,
    /// The media type of a body, and the body.
    pub(crate) body: Option<(&'static str, String)>,
    /// Upper limit for the bytes of the reply.
    pub(crate) limit: usize,
    /// Timeout of the whole call, if the upstream's document allows the call more time than the client allows
    /// every call.
    pub(crate) patience: Option<Duration>,
}

/// A reply whose body is read as it arrives.
pub(crate) struct StreamedReply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: BoxStream<'static, io::Result<Bytes>>,
}

/// One file as a form with a single field, streamed.
pub(crate) struct MultipartFile<'a> {
    pub(crate) url: &'a str,
    /// Headers beside those of the form.
    pub(crate) headers: HeaderMap,
    /// The field of the form.
    pub(crate) field: &'a str,
    /// Number of bytes in `body`.
    pub(crate) length: u64,
    pub(crate) body: BoxStream<'static, io::Result<Bytes>>,
    /// Upper limit for the bytes of the reply.
    pub(crate) limit: usize,
}

/// A form of texts and a file after them, streamed.
pub(crate) struct FormFile<'a> {
    pub(crate) url: &'a str,
    /// Headers beside those of the form.
    pub(crate) headers: HeaderMap,
    /// The names and the values of the texts.
    pub(crate) fields: &'a [(&'a str, &'a str)],
    /// The field of the file.
    pub(crate) field: &'a str,
    /// Number of bytes in `body`.
    pub(crate) length: u64,
    pub(crate) body: BoxStream<'static, io::Result<Bytes>>,
    /// Upper limit for the bytes of the reply.
    pub(crate) limit: usize,
}

/// A body as it is, streamed.
pub(crate) struct StreamedBody<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a str,
    pub(crate) headers: HeaderMap,
    /// Number of bytes in `body`.
    pub(crate) length: u64,
    pub(crate) body: BoxStream<'static, io::Result<Bytes>>,
    /// Upper limit for the bytes of the reply.
    pub(crate) limit: usize,
}

impl Client {
    /// Makes a call and reads its reply, of any status, redirects included.
    pub(crate) async fn call(
        &self,
        operation: &'static str,
        call: HttpCall<'_>,
    ) -> Result<Reply, DriveError> {
        let work = async {
            let address = self.admitted(operation, call.url)?;
            let client = match call.patience {
                None => &self.calls,
                Some(_) => &self.patient,
            };
            let mut request = client.request(call.method, address).headers(call.headers);
            if let Some((content_type, body)) = call.body {
                request = request.header(CONTENT_TYPE, content_type).body(body);
            }
            let response = request
                .send()
                .await
                .map_err(|error| failure(operation, error))?;
            Reply::read(operation, response, call.url.to_owned(), call.limit).await
        };
        let patience = call.patience.unwrap_or(self.call_timeout);
        within(patience, operation, work).await
    }

    /// Makes a call and returns its reply, of any status, redirects included, with a body that is read as it arrives.
    /// The timeout holds until the head of the reply; the body has that of the client between two chunks.
    pub(crate) async fn call_streamed(
        &self,
        operation: &'static str,
        call: HttpCall<'_>,
    ) -> Result<StreamedReply, DriveError> {
        let work = async {
            let address = self.admitted(operation, call.url)?;
            let mut request = self
                .calls
                .request(call.method, address)
                .headers(call.headers);
            if let Some((content_type, body)) = call.body {
                request = request.header(CONTENT_TYPE, content_type).body(body);
            }
            request
                .send()
                .await
                .map_err(|error| failure(operation, error))
        };
        let patience = call.patience.unwrap_or(self.call_timeout);
        let mut response = within(patience, operation, work).await?;
        Ok(StreamedReply {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body: response
                .bytes_stream()
                .map_err(|error| io::Error::other(story(&error.without_url())))
                .boxed(),
        })
    }

    /// POSTs a file as `multipart/form-data` (RFC 7578), at any speed; a transfer without progress is aborted.
    pub(crate) async fn post_file(
        &self,
        operation: &'static str,
        file: MultipartFile<'_>,
    ) -> Result<Reply, DriveError> {
        let MultipartFile {
            url,
            headers,
            field,
            length,
            body,
            limit,
        } = file;
        let form = FormFile {
            url,
            headers,
            fields: &[],
            field,
            length,
            body,
            limit,
        };
        self.post_form_file(operation, form).await
    }

    /// POSTs a form of texts and a file, as [`Client::post_file`].
    pub(crate) async fn post_form_file(
        &self,
        operation: &'static str,
        file: FormFile<'_>,
    ) -> Result<Reply, DriveError> {
        let address = self.admitted(operation, file.url)?;
        // Random enough that no file contains it by chance; a parser looks for it after a line break only.
        let boundary = format!("drive-in-{:016x}{:016x}", random(), random());
        let mut head = String::new();
        for (name, value) in file.fields {
            head.push_str(&format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        head.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"blob\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            file.field
        ));
        let tail = format!("\r\n--{boundary}--\r\n");
        let length = head.len() as u64 + file.length + tail.len() as u64;
        let body = futures_util::stream::iter([Ok(Bytes::from(head))])
            .chain(file.body)
            .chain(futures_util::stream::iter([Ok(Bytes::from(tail))]))
            .boxed();
        let request = self.patient.post(address).headers(file.headers).header(
            CONTENT_TYPE,
            format!("multipart/form-data; boundary={boundary}"),
        );
        send_streaming(operation, request, (file.url, length, file.limit), body).await
    }

    /// Sends a body with its headers, at any speed; a transfer without progress is aborted.
    pub(crate) async fn send_body(
        &self,
        operation: &'static str,
        streamed: StreamedBody<'_>,
    ) -> Result<Reply, DriveError> {
        let address = self.admitted(operation, streamed.url)?;
        let request = self
            .patient
            .request(streamed.method, address)
            .headers(streamed.headers);
        let about = (streamed.url, streamed.length, streamed.limit);
        send_streaming(operation, request, about, streamed.body).await
    }
}

/// Sends a body of so many bytes and reads the reply, up to a limit.
async fn send_streaming(
    operation: &'static str,
    request: reqwest::RequestBuilder,
    (url, length, limit): (&str, u64, usize),
    body: BoxStream<'static, io::Result<Bytes>>,
) -> Result<Reply, DriveError> {
    let moved = Arc::new(AtomicU64::new(0));
    let counting = moved.clone();
    let body = body.inspect(move |piece| {
        let bytes = piece.as_ref().map_or(0, Bytes::len) as u64;
        counting.fetch_add(bytes, Ordering::Relaxed);
    });
    let request = request
        .header(CONTENT_LENGTH, length)
        .body(reqwest::Body::wrap_stream(body));
    let work = async {
        let response = request
            .send()
            .await
            .map_err(|error| failure(operation, error))?;
        Reply::read(operation, response, url.to_owned(), limit).await
    };
    tokio::select! {
        result = work => result,
        () = stalled(&moved) => Err(DriveError::timeout(operation,
            "the body stood still on its way",
        )),
    }
}

/// Completes when there was no progress for the timeout.
async fn stalled(moved: &AtomicU64) {
    let mut seen = moved.load(Ordering::Relaxed);
    loop {
        tokio::time::sleep(STALL_TIMEOUT).await;
        let now = moved.load(Ordering::Relaxed);
        if now == seen {
            return;
        }
        seen = now;
    }
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    // Without random numbers there would be no keys either, and no server.
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
