//! Uploads in parts.

use axum::body::Bytes;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;
use data_encoding::HEXLOWER;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::super::{Asked, World};
use super::{OCTETS, Provided, REFUSED, TOKEN, sign, signed_headers};

impl World {
    /// Answers like S3 and its relatives.
    pub(super) fn multipart(
        &mut self,
        asked: &Asked,
        target: &str,
        kind: &str,
        id: &str,
    ) -> Provided {
        if asked.headers.contains_key(header::AUTHORIZATION) {
            self.logins_at_bytes += 1;
            return Err((StatusCode::BAD_REQUEST, "InvalidArgument"));
        }
        let (signed, signature) = target.split_once("&X-Signature=").ok_or(REFUSED)?;
        let signed = signed.trim_start_matches(&format!("http://{}", self.provider));
        let length = asked.body.len();
        let expected = match asked.method {
            Method::PUT => signed_headers(kind, "PUT", Some(length)),
            _ => signed_headers(kind, "POST", None),
        };
        for pair in expected.split(';').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once(':').unwrap();
            if asked
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                != Some(value)
            {
                return Err(REFUSED);
            }
        }
        if sign(&format!("{} {signed} {expected}", asked.method)) != signature {
            return Err(REFUSED);
        }
        if asked.method == Method::PUT {
            let number: usize = asked.number().ok_or(REFUSED)?;
            if self.refuse(number - 1).is_err() {
                return Err((StatusCode::SERVICE_UNAVAILABLE, "SlowDown"));
            }
            let etag = self.add_part(id, number, &asked.body)?;
            return Ok(([(header::ETAG, etag)], "").into_response());
        }
        let upload = self.provided.get(id);
        let upload = upload.ok_or((StatusCode::NOT_FOUND, "NoSuchUpload"))?;
        let list: String = upload
            .parts
            .iter()
            .map(|(number, (etag, _))| {
                format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
            })
            .collect();
        let list = format!("<CompleteMultipartUpload>{list}</CompleteMultipartUpload>");
        let is_fine = match kind {
            // With `x-oss-complete-all`, a body is refused.
            "oss" => asked.body.is_empty(),
            _ => asked.body == list,
        };
        if !is_fine {
            return Err((StatusCode::BAD_REQUEST, "MalformedXML"));
        }
        self.make_object(id)?;
        if matches!(kind, "oss" | "obs") && !self.report(id) {
            return Ok(
                (StatusCode::NON_AUTHORITATIVE_INFORMATION, "CallbackFailed").into_response(),
            );
        }
        Ok("<CompleteMultipartUploadResult/>".into_response())
    }

    pub(super) fn take_qiniu_part(&mut self, asked: &Asked, id: &str, number: &str) -> Provided {
        if asked.header(header::AUTHORIZATION) != format!("UpToken {TOKEN}") {
            return Err((StatusCode::UNAUTHORIZED, "BadToken"));
        }
        if asked.header(header::CONTENT_TYPE) != OCTETS || asked.method != Method::PUT {
            return Err((StatusCode::BAD_REQUEST, "InvalidArgument"));
        }
        let number: usize = number.parse().map_err(|_| REFUSED)?;
        if self.refuse(number - 1).is_err() {
            return Err((StatusCode::SERVICE_UNAVAILABLE, "Busy"));
        }
        let etag = self.add_part(id, number, &asked.body)?;
        Ok(axum::Json(json!({"etag": etag, "md5": etag})).into_response())
    }

    pub(super) fn complete_qiniu(&mut self, asked: &Asked, id: &str) -> Provided {
        if asked.header(header::AUTHORIZATION) != format!("UpToken {TOKEN}") {
            return Err((StatusCode::UNAUTHORIZED, "BadToken"));
        }
        let upload = self.provided.get(id);
        let upload = upload.ok_or((StatusCode::from_u16(612).unwrap(), "NoSuchUpload"))?;
        let parts: Vec<Value> = upload
            .parts
            .iter()
            .map(|(number, (etag, _))| json!({"partNumber": number, "etag": etag}))
            .collect();
        if asked.json() != json!({"parts": parts, "mimeType": "video/mp4"}) {
            return Err((StatusCode::BAD_REQUEST, "InvalidPart"));
        }
        self.make_object(id)?;
        match self.report(id) {
            true => Ok(axum::Json(json!({"code": 0})).into_response()),
            false => {
                let status = StatusCode::from_u16(579).unwrap();
                Ok((status, "{\"error\":\"callback failed\"}").into_response())
            }
        }
    }

    pub(super) fn add_part(
        &mut self,
        id: &str,
        number: usize,
        bytes: &Bytes,
    ) -> Result<String, (StatusCode, &'static str)> {
        let upload = self.provided.get_mut(id);
        let upload = upload.ok_or((StatusCode::NOT_FOUND, "NoSuchUpload"))?;
        let etag = format!("\"{}\"", HEXLOWER.encode(&Md5::digest(bytes)));
        upload.parts.insert(number, (etag.clone(), bytes.to_vec()));
        Ok(etag)
    }

    /// Takes a range of an upload session of Microsoft Graph.
    pub(super) fn take_range(&mut self, asked: &Asked, id: &str) -> Provided {
        if asked.headers.contains_key(header::AUTHORIZATION) {
            return Err((StatusCode::UNAUTHORIZED, "unauthenticated"));
        }
        let Some(upload) = self.provided.get(id) else {
            return Err((StatusCode::NOT_FOUND, "itemNotFound"));
        };
        let has: usize = upload.parts.values().map(|(_, bytes)| bytes.len()).sum();
        let size = upload.size;
        let state = json!({"nextExpectedRanges": [format!("{has}-{}", size.saturating_sub(1))]});
        if asked.method == Method::GET {
            return Ok(axum::Json(state).into_response());
        }
        let range = asked.header(header::CONTENT_RANGE);
        let parsed = range.strip_prefix("bytes ").and_then(|range| {
            let (range, whole) = range.split_once('/')?;
            let (first, last) = range.split_once('-')?;
            let number = |text: &str| text.parse::<usize>().ok();
            Some((number(first)?, number(last)?, number(whole)?))
        });
        let (first, last, whole) = parsed.ok_or((StatusCode::BAD_REQUEST, "invalidRange"))?;
        if whole != size || last + 1 - first != asked.body.len() {
            return Err((StatusCode::BAD_REQUEST, "invalidRange"));
        }
        // Only the last range has another length than a multiple of 320 KiB.
        if last + 1 != size && (last + 1) % (320 << 10) != 0 {
            return Err((StatusCode::BAD_REQUEST, "invalidRange"));
        }
        if self.refuse(first / (320 << 10)).is_err() {
            return Err((StatusCode::SERVICE_UNAVAILABLE, "serviceNotAvailable"));
        }
        if first != has {
            let overlap = json!({"error": {"code": "invalidRange", "innererror": {"code": "fragmentOverlap"}}});
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, axum::Json(overlap)).into_response());
        }
        let upload = self.provided.get_mut(id).unwrap();
        let number = upload.parts.len() + 1;
        upload
            .parts
            .insert(number, (String::new(), asked.body.to_vec()));
        if last + 1 == size {
            self.make_object(id)?;
            return Ok((StatusCode::CREATED, axum::Json(json!({"id": "item"}))).into_response());
        }
        Ok((StatusCode::ACCEPTED, axum::Json(state)).into_response())
    }
}
