//! Storage providers and a node of the site, which take the bytes of uploads, each as its own document says: Amazon S3
//! and KS3, Tencent COS, Alibaba OSS and Huawei OBS (`UploadPart`, `CompleteMultipartUpload`), Qiniu Kodo (resumable
//! upload, version 2), Upyun (form API), OneDrive (upload session of Microsoft Graph).
//!
//! Requests that a provider would refuse are refused, and noted as faults of the client. A presigned URL is checked with
//! the headers that are signed with it; a login of the site must not arrive here.

mod multipart;

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::{BASE64URL, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::upload_faults::read_body;
use super::{Asked, Shared, Site, World, content, decoded, envelope};

/// An upload at a provider.
#[derive(Default)]
pub struct ProviderUpload {
    /// Parts from 1, with their ETags.
    parts: BTreeMap<usize, (String, Vec<u8>)>,
    /// Bytes of the whole file.
    size: usize,
}

const KEY: &[u8] = b"the provider's own key";
const TOKEN: &str = "qiniu-access:signature:policy";
const OCTETS: &str = "application/octet-stream";

impl Site {
    /// Returns the requests that a provider would have refused.
    pub fn provider_faults(&self) -> Vec<String> {
        self.world().faults.clone()
    }

    /// Makes providers fail to report to the site.
    pub fn callbacks_fail(&self) {
        self.world().trouble.callback_fails = true;
    }

    /// Gives out another host than that of the provider for the bytes of uploads.
    pub fn sends_uploads_to(&self, host: &'static str) {
        self.world().upload_host = Some(host);
    }
}

impl World {
    /// Adds what a session of the policy's kind hands out.
    pub fn hand_out(&mut self, id: &str, told: &mut Value) {
        let session = &self.uploads[id];
        let (kind, size, chunk) = (session.policy.kind, session.size, session.chunk.max(1));
        let host = match self.upload_host {
            Some(host) => host.to_owned(),
            None => self.provider.to_string(),
        };
        let upload = ProviderUpload {
            size,
            ..ProviderUpload::default()
        };
        self.provided.insert(id.to_owned(), upload);
        let base = format!("http://{host}");
        match kind {
            "remote" => {
                told["upload_urls"] = json!([format!("{base}/api/v4/slave/upload/{id}")]);
                told["credential"] = json!(format!("Bearer Cr {}:1790000000", sign(id)));
            }
            "qiniu" => {
                let name = BASE64URL.encode(id.as_bytes());
                let url = format!("{base}/buckets/b/objects/{name}/uploads/{id}");
                told["upload_urls"] = json!([url]);
                told["credential"] = json!(TOKEN);
                told["mime_type"] = json!("video/mp4");
            }
            "upyun" => {
                told["upload_urls"] = json!([format!("{base}/upyun-bucket")]);
                told["upload_policy"] = json!(id);
                told["credential"] = json!(format!("UPYUN operator:{}", sign(id)));
                told["mime_type"] = json!("video/mp4");
            }
            "onedrive" => told["upload_urls"] = json!([format!("{base}/up/{id}")]),
            _ => {
                let part = |number: usize| {
                    let length = chunk.min(size.saturating_sub((number - 1) * chunk));
                    let target = format!("/{kind}/{id}?partNumber={number}&uploadId={id}");
                    let signed = signed_headers(kind, "PUT", Some(length));
                    format!(
                        "{base}{target}&X-Signature={}",
                        sign(&format!("PUT {target} {signed}"))
                    )
                };
                let count = size.div_ceil(chunk).max(1);
                told["upload_urls"] = json!((1..=count).map(part).collect::<Vec<_>>());
                let target = format!("/{kind}/{id}?uploadId={id}");
                let signed = signed_headers(kind, "POST", None);
                let signature = sign(&format!("POST {target} {signed}"));
                told["completeURL"] = json!(format!("{base}{target}&X-Signature={signature}"));
                told["upload_id"] = json!(id);
            }
        }
    }
}

/// Returns the headers that a presigned URL covers, with the values that they must have.
fn signed_headers(kind: &str, method: &str, length: Option<usize>) -> String {
    let octets = format!("content-type:{OCTETS}");
    match (kind, method, length) {
        ("s3", ..) => String::new(),
        ("cos", "PUT", Some(length)) => format!("content-length:{length};{octets}"),
        ("cos", ..) => "x-cos-forbid-overwrite:true".to_owned(),
        ("oss", "POST", _) => {
            format!("{octets};x-oss-complete-all:yes;x-oss-forbid-overwrite:true")
        }
        _ => octets,
    }
}

fn sign(text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
    mac.update(text.as_bytes());
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

/// Answers every request at the address of the providers.
pub async fn answer(State(world): State<Shared>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/bucket/") {
        return content::provide(State(world), request).await;
    }
    let (head, body) = request.into_parts();
    let is_form = path == "/upyun-bucket";
    let is_chunk = is_form || head.method == Method::PUT || path.starts_with("/api/v4/slave/");
    let Some(body) = read_body(&world, body, is_chunk).await else {
        return super::routes::cut();
    };
    if is_form {
        return take_form(world, Request::from_parts(head, body.into())).await;
    }
    let query = head.uri.query().unwrap_or_default();
    let asked = Asked {
        method: head.method,
        path: path
            .split('/')
            .filter(|name| !name.is_empty())
            .map(decoded)
            .collect(),
        query: url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: head.headers,
        body,
    };
    let target = head.uri.to_string();
    let mut world = world.lock().unwrap();
    if is_chunk && let Some(redirect) = world.redirect_of(asked.number()) {
        return redirect;
    }
    let reply = world.provide(&asked, &target);
    let reply = reply.unwrap_or_else(|(status, why)| {
        if status.is_client_error() && status != StatusCode::NOT_FOUND {
            world
                .faults
                .push(format!("{} {target}: {why}", asked.method));
        }
        let body = format!("<?xml version=\"1.0\"?><Error><Code>{why}</Code></Error>");
        (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
    });
    match std::mem::take(&mut world.trouble.lost_answer) {
        Some(number) if asked.number() == Some(number) => super::routes::cut(),
        rest => {
            world.trouble.lost_answer = rest;
            reply
        }
    }
}

type Provided = Result<Response, (StatusCode, &'static str)>;

const REFUSED: (StatusCode, &str) = (StatusCode::FORBIDDEN, "SignatureDoesNotMatch");

impl World {
    fn provide(&mut self, asked: &Asked, target: &str) -> Provided {
        let names: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        let name = format!("{} {}", asked.method, names.first().unwrap_or(&""));
        *self.calls.entry(name).or_default() += 1;
        if asked.headers.contains_key(header::REFERER) || asked.headers.contains_key(header::COOKIE)
        {
            return Err((StatusCode::BAD_REQUEST, "NotForProviders"));
        }
        match names.as_slice() {
            ["api", "v4", "slave", "upload", id] => self.take_at_node(asked, id),
            ["up", id] => self.take_range(asked, id),
            ["buckets", "b", "objects", _, "uploads", id] => self.complete_qiniu(asked, id),
            ["buckets", "b", "objects", _, "uploads", id, number] => {
                self.take_qiniu_part(asked, id, number)
            }
            [kind, id] => self.multipart(asked, target, kind, id),
            _ => Err((StatusCode::NOT_FOUND, "NoSuchKey")),
        }
    }

    fn take_at_node(&mut self, asked: &Asked, id: &str) -> Provided {
        let credential = format!("Bearer Cr {}:1790000000", sign(id));
        if asked.header(header::AUTHORIZATION) != credential {
            return Ok(envelope(Err((40020, Value::Null))));
        }
        let number = asked.number().unwrap_or(usize::MAX);
        let stored = self
            .refuse(number)
            .and_then(|()| self.store_chunk(asked, id, number));
        Ok(envelope(stored.map_err(|code| (code, Value::Null))))
    }

    /// Makes the file of an upload from its parts.
    fn make_object(&mut self, id: &str) -> Result<(), (StatusCode, &'static str)> {
        let upload = self.provided.remove(id);
        let upload = upload.ok_or((StatusCode::NOT_FOUND, "NoSuchUpload"))?;
        let parts = upload.parts.into_values().flat_map(|(_, bytes)| bytes);
        let object: Vec<u8> = parts.collect();
        if object.len() != upload.size {
            return Err((StatusCode::BAD_REQUEST, "InvalidPart"));
        }
        self.objects.insert(id.to_owned(), object);
        Ok(())
    }

    /// Reports a file to the site, as the providers do that call back themselves.
    fn report(&mut self, id: &str) -> bool {
        let object = self.objects.get(id).cloned().unwrap_or_default();
        !self.trouble.callback_fails && self.complete_session(id, object).is_ok()
    }
}

/// Takes the form of Upyun: the file comes last.
async fn take_form(world: Shared, request: Request) -> Response {
    let is_signed_in = request.headers().contains_key(header::AUTHORIZATION);
    let mut form = Multipart::from_request(request, &()).await.unwrap();
    let mut fields: Vec<(String, Bytes)> = Vec::new();
    while let Some(field) = form.next_field().await.unwrap() {
        let name = field.name().unwrap_or_default().to_owned();
        fields.push((name, field.bytes().await.unwrap()));
    }
    let mut world = world.lock().unwrap();
    *world.calls.entry("POST upyun".to_owned()).or_default() += 1;
    let text = |name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map_or(String::new(), |(_, value)| {
            String::from_utf8_lossy(value).into_owned()
        })
    };
    let id = text("policy");
    let is_last = fields.last().is_some_and(|(name, _)| name == "file");
    let is_signed = text("authorization") == format!("UPYUN operator:{}", sign(&id));
    if is_signed_in || !is_last || !is_signed || text("content-type") != "video/mp4" {
        world.faults.push("a form that Upyun refuses".to_owned());
        return StatusCode::FORBIDDEN.into_response();
    }
    if world.refuse(0).is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let bytes = fields.pop().unwrap().1;
    let added = world
        .add_part(&id, 1, &bytes)
        .and_then(|_| world.make_object(&id));
    match added {
        Ok(()) if world.report(&id) => axum::Json(json!({"code": 200})).into_response(),
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

impl Asked {
    /// Returns the number of the part or chunk, as its URL has it, or that of a range of 320 KiB.
    fn number(&self) -> Option<usize> {
        let range = self.header(header::CONTENT_RANGE).strip_prefix("bytes ");
        if let Some((first, _)) = range.and_then(|range| range.split_once('-')) {
            return first.parse::<usize>().ok().map(|first| first / (320 << 10));
        }
        let number = self
            .parameter("partNumber")
            .or(self.parameter("chunk"))
            .or(self.path.last().map(String::as_str));
        number?.parse().ok()
    }

    fn header(&self, name: header::HeaderName) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}
