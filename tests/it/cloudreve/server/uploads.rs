//! Uploads: a session, its lock, the placeholder at its path, and its chunks. The last chunk completes the file, or the
//! provider or the client reports that the provider has it.

use std::collections::BTreeMap;

use aes::Aes256;
use axum::http::header;
use ctr::cipher::{KeyIvInit, StreamCipher};
use data_encoding::BASE64;
use serde_json::{Value, json};

use super::policies::{POLICY_ID, Policy};
use super::tree::Node;
use super::{Answer, Asked, Site, World, now};

/// Key and counter of the encryption of a file.
type FileKey = ([u8; 32], [u8; 16]);

/// An upload in progress.
pub struct Session {
    pub path: String,
    pub size: usize,
    /// Bytes of a chunk; 0 if the file is one.
    pub chunk: usize,
    pub policy: Policy,
    pub secret: String,
    /// The key by which the client encrypts.
    key: Option<FileKey>,
    /// True if the site encrypts what it stores.
    is_encrypted: bool,
    /// True if the path was free.
    is_new: bool,
    taken: BTreeMap<usize, Vec<u8>>,
}

/// Metadata of a file with an upload under way.
const UPLOADING: &str = "sys:upload_session_id";
const LIFE_S: i64 = 86_400;

impl Site {
    /// Restarts the site gracefully: sessions live on, their locks do not.
    pub fn restart(&self) {
        self.world().locks.clear();
    }

    /// Kills the site: sessions and locks are gone, placeholders stay.
    pub fn kill(&self) {
        let mut world = self.world();
        world.locks.clear();
        world.uploads.clear();
    }

    /// Begins an upload to a path, as another client does.
    pub fn begin_elsewhere(&self, path: &str, size: usize) {
        let mut world = self.world();
        let policy = world.policy.clone();
        world.open(path, size, policy, false);
    }

    /// Returns the paths that have a placeholder.
    pub fn placeholders(&self) -> Vec<String> {
        let world = self.world();
        let files = world.files.iter();
        files
            .filter(|(_, node)| node.metadata.contains_key(UPLOADING))
            .map(|(path, _)| path.clone())
            .collect()
    }

    /// Returns true if the site stores the file encrypted.
    pub fn is_encrypted(&self, path: &str) -> bool {
        self.world().encrypted.contains(path)
    }

    pub fn uploads_under_way(&self) -> usize {
        self.world().uploads.len()
    }
}

impl World {
    pub fn begin_upload(&mut self, asked: &Asked, is_owner: bool) -> Result<Value, (i64, Value)> {
        let simple = |code: i64| (code, Value::Null);
        let body = asked.json();
        let uri = asked.text("uri");
        let place = self.locate(&uri, is_owner).map_err(simple)?;
        let size = body["size"].as_u64().ok_or(simple(40001))? as usize;
        match body["policy_id"].as_str() {
            Some(POLICY_ID) => {}
            None if !self.requires_policy_id => {}
            _ => return Err(simple(40001)),
        }
        let as_version = body["entity_type"] == json!("version");
        let known = self.files.get(&place.path);
        if known.is_some_and(|node| node.entity.is_none() || !as_version) {
            return Err(simple(40004));
        }
        if self.locks.contains_key(&place.path) {
            let lock =
                json!([{"path": uri, "type": 0, "owner": {"application": {"type": "upload"}}}]);
            return Err((40073, lock));
        }
        self.admit(&place.path, size).map_err(simple)?;
        let policy = self.policy.clone();
        let announced = body["encryption_supported"].as_array();
        let announces = announced.is_some_and(|all| all.contains(&json!("aes-256-ctr")));
        let id = self.open(&place.path, size, policy, announces);
        let session = &self.uploads[&id];
        let mut told = json!({
            "session_id": id, "upload_id": "", "chunk_size": session.chunk, "expires": now() + LIFE_S,
            "storage_policy": session.policy.json(), "uri": uri, "callback_secret": session.secret,
        });
        if let Some((key, iv)) = session.key {
            told["encrypt_metadata"] = json!({
                "algorithm": "aes-256-ctr", "key": null,
                "key_plain_text": BASE64.encode(&key), "iv": BASE64.encode(&iv),
            });
        }
        if !session.policy.is_own() {
            self.hand_out(&id, &mut told);
        }
        Ok(told)
    }

    /// Opens a session, with its lock and its placeholder.
    fn open(&mut self, path: &str, size: usize, policy: Policy, announces: bool) -> String {
        let id = format!("9c0b2f8e-{}", self.id());
        let is_new = !self.files.contains_key(path);
        if is_new {
            self.folder(path.rsplit_once('/').unwrap().0);
            let node = Node {
                id: self.id(),
                entity: Some(self.id()),
                bytes: 0,
                changed_at: now(),
                metadata: BTreeMap::new(),
                versions: Vec::new(),
            };
            self.files.insert(path.to_owned(), node);
        }
        let node = self.files.get_mut(path).unwrap();
        node.metadata.insert(UPLOADING.to_owned(), id.clone());
        self.locks.insert(path.to_owned(), id.clone());
        let is_encrypted = policy.encryption && announces;
        let seed = self.counted as u8;
        let session = Session {
            path: path.to_owned(),
            size,
            chunk: match policy.relay || policy.kind == "upyun" {
                true => 0,
                false => self.uploaded_by,
            },
            secret: format!("0123456789abcdef-callback-{}", self.id()),
            key: (is_encrypted && !policy.relay).then_some(([seed; 32], [seed ^ 255; 16])),
            is_encrypted,
            is_new,
            policy,
            taken: BTreeMap::new(),
        };
        self.uploads.insert(id.clone(), session);
        id
    }

    pub fn take_chunk(&mut self, asked: &Asked, is_owner: bool, id: &str, number: &str) -> Answer {
        if !is_owner {
            return Err(401);
        }
        let number: usize = number.parse().map_err(|_| 40012)?;
        self.refuse(number)?;
        if self.access.is_empty() {
            return Err(401);
        }
        let session = self.uploads.get(id).ok_or(40011)?;
        if self.locks.get(&session.path).map(String::as_str) != Some(id) {
            return Err(40073);
        }
        if !session.policy.is_own() {
            return Err(40006);
        }
        self.store_chunk(asked, id, number)
    }

    /// Fails if the chunk of that number is to be refused.
    pub fn refuse(&mut self, number: usize) -> Result<(), i64> {
        if self.trouble.refused_chunk == Some(number) {
            if !self.trouble.refuses_it_for_good {
                self.trouble.refused_chunk = None;
            }
            return Err(50004);
        }
        if self.trouble.restarts_at_chunk == Some(number) {
            self.trouble.restarts_at_chunk = None;
            self.locks.clear();
        }
        if self.trouble.token_ends_at_chunk == Some(number) {
            self.trouble.token_ends_at_chunk = None;
            self.access.clear();
        }
        Ok(())
    }

    /// Stores a chunk, at the site or at one of its nodes.
    pub fn store_chunk(&mut self, asked: &Asked, id: &str, number: usize) -> Answer {
        let session = self.uploads.get_mut(id).ok_or(40011)?;
        if number > 0 && number * session.chunk >= session.size.max(1) {
            return Err(40012);
        }
        let length = asked.headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        let whole = match session.chunk {
            0 => session.size,
            chunk => chunk,
        };
        let wanted = whole.min(session.size.saturating_sub(number * session.chunk));
        if length != Some(asked.body.len()) || length != Some(wanted) {
            return Err(40013);
        }
        session.taken.insert(number, asked.body.to_vec());
        let count = session.size.div_ceil(whole.max(1)).max(1);
        // Up to 4.17 the last chunk ends the upload, whether or not all others have arrived.
        if number + 1 == count {
            let taken = std::mem::take(&mut session.taken);
            let bytes = taken.into_values().flatten().collect();
            self.complete_session(id, bytes)?;
        }
        Ok(Value::Null)
    }

    /// Makes the file of a session from bytes as they are stored.
    pub fn complete_session(&mut self, id: &str, mut bytes: Vec<u8>) -> Result<(), i64> {
        let session = self.uploads.get(id).ok_or(40011)?;
        if self.locks.get(&session.path).map(String::as_str) != Some(id) {
            return Err(40073);
        }
        if bytes.len() != session.size {
            return Err(40055);
        }
        if let Some((key, iv)) = &session.key {
            ctr::Ctr128BE::<Aes256>::new(key.into(), iv.into()).apply_keystream(&mut bytes);
        }
        let (path, is_encrypted) = (session.path.clone(), session.is_encrypted);
        self.uploads.remove(id);
        self.locks.remove(&path);
        if is_encrypted {
            self.encrypted.insert(path.clone());
        }
        self.put(&path, bytes.into());
        Ok(())
    }

    /// Answers the report of a client that the provider has the file.
    pub fn callback(&mut self, kind: &str, id: &str, secret: &str) -> Answer {
        let session = self.uploads.get(id).ok_or(40011)?;
        if session.secret != secret || session.policy.kind != kind {
            return Err(40020);
        }
        let object = self.objects.get(id).cloned().ok_or(40055)?;
        self.complete_session(id, object)?;
        Ok(Value::Null)
    }

    /// Ends a session, whether or not the site still has it, and removes its placeholder.
    pub fn end_upload(&mut self, asked: &Asked, is_owner: bool) -> Answer {
        if !is_owner {
            return Err(401);
        }
        let id = asked.text("id");
        let place = self.locate(&asked.text("uri"), is_owner)?;
        let node = self.files.get_mut(&place.path).ok_or(40016)?;
        let is_own = node.metadata.get(UPLOADING) == Some(&id);
        let session = self.uploads.remove(&id);
        if is_own {
            let is_new = session.map_or(node.bytes == 0, |session| session.is_new);
            node.metadata.remove(UPLOADING);
            if is_new {
                self.files.remove(&place.path);
            }
        }
        self.locks.retain(|_, holder| *holder != id);
        Ok(Value::Null)
    }
}
