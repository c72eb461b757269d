//! Uploads: a session, its chunks in order, and the last of them completes the file.

use std::collections::BTreeMap;

use axum::http::header;
use serde_json::{Value, json};

use super::{Answer, Asked, World, now};

/// An upload in progress.
pub struct Session {
    path: String,
    size: usize,
    chunk: usize,
    taken: BTreeMap<usize, Vec<u8>>,
}

const LIFE_S: i64 = 86_400;

impl World {
    pub fn begin_upload(&mut self, asked: &Asked, is_owner: bool) -> Answer {
        let body = asked.json();
        let place = self.locate(&asked.text("uri"), is_owner)?;
        let size = body["size"].as_u64().ok_or(40001)? as usize;
        if self
            .uploads
            .values()
            .any(|upload| upload.path == place.path)
        {
            return Err(40054);
        }
        if self.files.contains_key(&place.path) && body["entity_type"] != json!("version") {
            return Err(40004);
        }
        let id = format!("9c0b2f8e-{}", self.id());
        let session = Session {
            path: place.path,
            size,
            chunk: self.uploaded_by,
            taken: BTreeMap::new(),
        };
        self.uploads.insert(id.clone(), session);
        Ok(json!({
            "session_id": id, "upload_id": "", "chunk_size": self.uploaded_by, "expires": now() + LIFE_S,
            "storage_policy": {"id": "96u1", "name": "Default storage policy", "type": "local", "max_size": 0},
            "uri": asked.text("uri"), "callback_secret": "0123456789abcdef0123456789abcdef",
        }))
    }

    pub fn take_chunk(&mut self, asked: &Asked, is_owner: bool, id: &str, number: &str) -> Answer {
        if !is_owner {
            return Err(401);
        }
        let number: usize = number.parse().map_err(|_| 40012)?;
        if self.trouble.refused_chunk == Some(number) {
            if !self.trouble.refuses_it_for_good {
                self.trouble.refused_chunk = None;
            }
            return Err(50004);
        }
        let session = self.uploads.get_mut(id).ok_or(40011)?;
        let length = asked.headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        let wanted = session
            .chunk
            .min(session.size.saturating_sub(number * session.chunk));
        if length != Some(asked.body.len()) || length != Some(wanted) {
            return Err(40013);
        }
        session.taken.insert(number, asked.body.to_vec());
        let count = session.size.div_ceil(session.chunk).max(1);
        // Up to 4.17 the last chunk ends the upload, whether or not all others have arrived.
        if number + 1 == count {
            let Some(session) = self.uploads.remove(id) else {
                return Err(40011);
            };
            let whole: Vec<u8> = session.taken.into_values().flatten().collect();
            self.put(&session.path, whole.into());
        }
        Ok(Value::Null)
    }

    pub fn end_upload(&mut self, asked: &Asked, is_owner: bool) -> Answer {
        if !is_owner {
            return Err(401);
        }
        match self.uploads.remove(&asked.text("id")) {
            Some(_) => Ok(Value::Null),
            None => Err(40011),
        }
    }
}
