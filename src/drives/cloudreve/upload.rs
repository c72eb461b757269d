//! Files taken in (document section 8.15): a session, its chunks in their order, and the file is there.
//!
//! A file is spooled to this server's disk first: the upstream wants to know its size beforehand, a chunk that was cut
//! is sent once more, and an upload that broke off goes on at the first chunk that is missing, since the same
//! content has the same hash. What is noted of an upload goes by its path: another content at the same
//! path ends the session of the one before.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use futures_util::StreamExt;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Cloudreve;
use super::codes::{self, Context};
use super::manage::check_name;
use super::site::Site;
use super::types::UploadSession;
use crate::drives::http::Cargo;
use crate::drives::spool::Spooled;
use crate::drives::{
    Drive, DriveError, Errand, ErrorKind, OnConflict, SessionStoreError, Spool, Upload, UploadBody,
    UploadNotes, UploadProgress, UploadRequest,
};
use crate::media::{Entry, EntryPath};

const OPERATION: &str = "upload";
/// How often a chunk is tried, and the pause before each further time.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);
/// Bytes by which a file is hashed on its way into the spool.
const HASHED_BY: u64 = 25 << 20;
/// No file is larger: the upstream's own limit is told by itself.
const LARGEST: u64 = 1 << 50;
/// Other names that are tried where a name is taken.
const OTHER_NAMES: u32 = 100;
/// A session that ends within this is not gone on with.
const LEAST_LIFE_S: u64 = 60;
const JSON_LIMIT: usize = 1 << 20;

/// Where files wait, and what is remembered of them.
pub(super) struct Room {
    spool: Spool,
    notes: Arc<dyn UploadNotes>,
}

impl Room {
    pub(super) fn new(spool: Spool, notes: Arc<dyn UploadNotes>) -> Self {
        Room { spool, notes }
    }
}

/// An upload under way, as it is remembered.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Note {
    session_id: String,
    /// Bytes of a chunk.
    chunk: u64,
    /// Chunks that the upstream has, from the first on.
    done: u64,
    /// Names the content.
    content: String,
    /// Seconds since 1970.
    expires: u64,
}

/// A file that is ready to be sent.
struct Freight<'a> {
    path: EntryPath,
    uri: String,
    /// What the note goes by.
    key: String,
    content: String,
    spooled: &'a Spooled,
    progress: Option<Arc<UploadProgress>>,
}

/// Where chunks go.
enum Way {
    /// To the site itself.
    Site,
    /// To a node of the site, with what opens it.
    Node { url: String, credential: String },
}

#[async_trait]
impl Upload for Cloudreve {
    async fn check(&self, request: &UploadRequest) -> Result<(), DriveError> {
        check_name(OPERATION, request.path.name())?;
        if request.on_conflict == OnConflict::Fail && self.is_there(&request.path).await? {
            return Err(DriveError::new(ErrorKind::Conflict, OPERATION, ""));
        }
        let Some(size) = request.size else {
            return Ok(());
        };
        let capacity = self.api.capacity().await?.unwrap_or_default();
        let left = match (capacity.total, capacity.used) {
            (Some(total), Some(used)) if total > 0 => u64::try_from(total - used).unwrap_or(0),
            _ => return Ok(()),
        };
        if left < size {
            return Err(DriveError::new(
                ErrorKind::NoSpace,
                OPERATION,
                "by its capacity",
            ));
        }
        Ok(())
    }

    async fn upload(&self, request: &UploadRequest, body: UploadBody) -> Result<Entry, DriveError> {
        let room = self.uploads.as_ref().ok_or_else(|| {
            DriveError::new(ErrorKind::Unsupported, OPERATION, "no place for uploads")
        })?;
        check_name(OPERATION, request.path.name())?;
        let progress = request.progress.as_deref();
        let limits = (HASHED_BY, LARGEST);
        let taken = room
            .spool
            .take(OPERATION, body, request.size, limits, progress);
        let spooled = taken.await?;
        let hashes = spooled.hashes(HASHED_BY).await.map_err(|error| {
            DriveError::new(ErrorKind::UpstreamFailed, OPERATION, error.to_string())
        })?;
        let content = digest(&json!([spooled.length(), hashes]));
        let mut path = request.path.clone();
        let mut number = 0;
        loop {
            let uri = self.tree.uri(&path);
            let freight = Freight {
                key: digest(&json!([uri])),
                uri,
                path: path.clone(),
                content: content.clone(),
                spooled: &spooled,
                progress: request.progress.clone(),
            };
            let replaces = request.on_conflict == OnConflict::Overwrite;
            match self.send(room, &freight, replaces).await {
                Err(error)
                    if error.upstream_code == Some(codes::OBJECT_EXISTS)
                        && request.on_conflict == OnConflict::Rename
                        && number < OTHER_NAMES =>
                {
                    number += 1;
                    path = numbered(&request.path, number)?;
                }
                other => return other,
            }
        }
    }
}

impl Cloudreve {
    async fn is_there(&self, path: &EntryPath) -> Result<bool, DriveError> {
        match self.stat(path).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sends a file, or what is missing of it.
    async fn send(
        &self,
        room: &Room,
        freight: &Freight<'_>,
        replaces: bool,
    ) -> Result<Entry, DriveError> {
        let known = room.notes.load(&freight.key).await.map_err(not_kept)?;
        let known = known.and_then(|text| serde_json::from_str::<Note>(&text).ok());
        if let Some(note) = known {
            let now = self.api.site.clock.unix_s();
            if note.content == freight.content && now + LEAST_LIFE_S < note.expires {
                match self.go_on(room, freight, note, &Way::Site).await {
                    // The upstream has forgotten what it had: from the beginning, once.
                    Err(error) if error.upstream_code == Some(codes::SESSION_EXPIRED) => {}
                    told => return told,
                }
            } else {
                self.give_up(room, freight, &note.session_id).await?;
            }
        }
        let session = match self.begin(freight, false).await {
            Err(error) if error.upstream_code == Some(codes::OBJECT_EXISTS) && replaces => {
                self.begin(freight, true).await?
            }
            other => other?,
        };
        let way = match way(&session) {
            Some(way) => way,
            None => {
                self.give_up(room, freight, &session.session_id).await?;
                return Err(DriveError::new(
                    ErrorKind::Unsupported,
                    OPERATION,
                    "the site keeps files at a provider",
                )
                .with_sentence(
                    "This site keeps its files at a storage provider. Drive-In uploads to sites that take them themselves.",
                ));
            }
        };
        let length = freight.spooled.length();
        let note = Note {
            chunk: match session.chunk_size {
                0 => length.max(1),
                bytes => bytes,
            },
            session_id: session.session_id,
            done: 0,
            content: freight.content.clone(),
            expires: u64::try_from(session.expires).unwrap_or(0),
        };
        // What goes to a node cannot be gone on with: what opens it is told once.
        if matches!(way, Way::Site) {
            self.keep(room, freight, &note).await?;
        }
        self.go_on(room, freight, note, &way).await
    }

    async fn begin(
        &self,
        freight: &Freight<'_>,
        as_version: bool,
    ) -> Result<UploadSession, DriveError> {
        let mut body = json!({"uri": freight.uri, "size": freight.spooled.length()});
        if as_version {
            body["entity_type"] = json!("version");
        }
        let begun = self.api.begin_upload(body);
        let session = self.turns.take(Errand::Call, begun).await?;
        if session.session_id.is_empty() {
            let detail = "no id of the upload";
            return Err(DriveError::new(
                ErrorKind::UpstreamFailed,
                OPERATION,
                detail,
            ));
        }
        Ok(session)
    }

    /// Sends the chunks that are missing, in their order: the last one ends the upload, whatever came before it.
    async fn go_on(
        &self,
        room: &Room,
        freight: &Freight<'_>,
        mut note: Note,
        way: &Way,
    ) -> Result<Entry, DriveError> {
        let length = freight.spooled.length();
        let count = length.div_ceil(note.chunk).max(1);
        if let Some(progress) = &freight.progress {
            progress.add_sent((note.done * note.chunk).min(length));
        }
        while note.done < count {
            match self.send_chunk(freight, &note, way).await {
                Ok(()) => note.done += 1,
                // What holds for every further chunk, too: the upstream need not wait for them.
                Err(error) if is_final(&error) => {
                    if error.upstream_code != Some(codes::SESSION_EXPIRED) {
                        self.give_up(room, freight, &note.session_id).await?;
                    }
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
            if note.done < count && matches!(way, Way::Site) {
                self.keep(room, freight, &note).await?;
            }
        }
        room.notes.forget(&freight.key).await.map_err(not_kept)?;
        let stat = self.stat(&freight.path);
        let mut entry = self.turns.take(Errand::Call, stat).await?;
        entry.size = length;
        Ok(entry)
    }

    async fn send_chunk(
        &self,
        freight: &Freight<'_>,
        note: &Note,
        way: &Way,
    ) -> Result<(), DriveError> {
        let from = note.done * note.chunk;
        let length = note.chunk.min(freight.spooled.length() - from);
        let mut attempt = 1;
        loop {
            let sent = Arc::new(AtomicU64::new(0));
            let body = {
                let (progress, sent) = (freight.progress.clone(), sent.clone());
                freight.spooled.read(from, length).inspect(move |piece| {
                    let bytes = piece.as_ref().map_or(0, |piece| piece.len()) as u64;
                    sent.fetch_add(bytes, Ordering::Relaxed);
                    if let Some(progress) = &progress {
                        progress.add_sent(bytes);
                    }
                })
            };
            let posted = self.post_chunk(note, way, length, body.boxed());
            let result = self.turns.take(Errand::Body, posted).await;
            let Err(error) = result else {
                return Ok(());
            };
            // The answer to the last chunk was lost: the session has ended with the file.
            let whole = freight.spooled.length();
            if attempt > 1
                && error.upstream_code == Some(codes::SESSION_EXPIRED)
                && from + length == whole
                && self.is_whole(freight).await
            {
                return Ok(());
            }
            if let Some(progress) = &freight.progress {
                progress.take_back_sent(sent.load(Ordering::Relaxed));
            }
            if attempt == ATTEMPTS || is_final(&error) {
                return Err(error);
            }
            tracing::debug!(%error, number = note.done, "a chunk is sent once more");
            tokio::time::sleep(PAUSE * attempt).await;
            attempt += 1;
        }
    }

    /// Whether the file is there in full length.
    async fn is_whole(&self, freight: &Freight<'_>) -> bool {
        let found = self.turns.take(Errand::Call, self.stat(&freight.path));
        found
            .await
            .is_ok_and(|entry| entry.size == freight.spooled.length())
    }

    async fn post_chunk(
        &self,
        note: &Note,
        way: &Way,
        length: u64,
        body: UploadBody,
    ) -> Result<(), DriveError> {
        let site: &Site = &self.api.site;
        let number = note.done;
        let mut headers = HeaderMap::new();
        let mut generation = None;
        let (url, authorization) = match way {
            Way::Site => {
                let access = self.api.auth.access().await?;
                generation = Some(access.generation);
                let token = access.token;
                (
                    site.url(&format!("/file/upload/{}/{number}", note.session_id)),
                    format!("Bearer {}", token.expose_secret()),
                )
            }
            Way::Node { url, credential } => {
                let mark = if url.contains('?') { '&' } else { '?' };
                (format!("{url}{mark}chunk={number}"), credential.clone())
            }
        };
        let mut authorization = HeaderValue::try_from(authorization).map_err(|_| {
            DriveError::new(ErrorKind::UpstreamFailed, OPERATION, "no usable credential")
        })?;
        authorization.set_sensitive(true);
        headers.insert(AUTHORIZATION, authorization);
        let cargo = Cargo {
            url: &url,
            headers,
            length,
            body,
            limit: JSON_LIMIT,
        };
        let reply = site.http.post_body(OPERATION, cargo).await?;
        let told = site.told(OPERATION, Context::Files, &reply)?;
        if told.code() == Some(codes::LOGIN_REQUIRED)
            && let Some(generation) = generation
        {
            // The next attempt is made with another token.
            self.api.auth.renewed(generation).await?;
        }
        told.done()
    }

    /// Ends a session, here and at the upstream.
    async fn give_up(
        &self,
        room: &Room,
        freight: &Freight<'_>,
        session_id: &str,
    ) -> Result<(), DriveError> {
        // One that has ended by itself is what was wanted.
        let cancelled = self.api.cancel_upload(session_id, &freight.uri);
        if let Err(error) = self.turns.take(Errand::Call, cancelled).await {
            tracing::debug!(%error, "an upload could not be ended at the upstream");
        }
        room.notes.forget(&freight.key).await.map_err(not_kept)
    }

    async fn keep(
        &self,
        room: &Room,
        freight: &Freight<'_>,
        note: &Note,
    ) -> Result<(), DriveError> {
        let text = json!(note).to_string();
        room.notes.save(&freight.key, &text).await.map_err(not_kept)
    }
}

/// Where the chunks of a session go; `None` where that is a storage provider.
fn way(session: &UploadSession) -> Option<Way> {
    let policy = session.storage_policy.as_ref();
    let kind = policy.and_then(|policy| policy.kind.as_deref());
    match kind {
        _ if policy.is_some_and(|policy| policy.relay) => Some(Way::Site),
        None | Some("local") if session.upload_urls.is_empty() => Some(Way::Site),
        Some("remote") => Some(Way::Node {
            url: session.upload_urls.first()?.clone(),
            credential: session.credential.clone()?,
        }),
        _ => None,
    }
}

/// Whether the upstream would say the same to the same chunk again.
fn is_final(error: &DriveError) -> bool {
    error.upstream_code.is_some()
        && !matches!(
            error.kind,
            ErrorKind::UpstreamFailed
                | ErrorKind::UpstreamTimeout
                | ErrorKind::RateLimited
                | ErrorKind::SignedOut
        )
}

/// `Film (2).mp4`
fn numbered(path: &EntryPath, number: u32) -> Result<EntryPath, DriveError> {
    let name = path.name();
    let name = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => format!("{stem} ({number}).{extension}"),
        _ => format!("{name} ({number})"),
    };
    check_name(OPERATION, &name)?;
    let folder = path.parent().unwrap_or(EntryPath::root());
    folder
        .join(&name)
        .map_err(|_| DriveError::new(ErrorKind::RefusedName, OPERATION, "no other name"))
}

fn digest(value: &Value) -> String {
    HEXLOWER.encode(&Sha256::digest(value.to_string()))
}

fn not_kept(error: SessionStoreError) -> DriveError {
    DriveError::new(ErrorKind::UpstreamFailed, OPERATION, error.to_string())
        .with_sentence("This server could not read or write its own state.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number() {
        for (path, expected) in [
            ("/a/Film.mp4", "/a/Film (1).mp4"),
            ("/notes", "/notes (1)"),
            ("/.hidden", "/.hidden (1)"),
        ] {
            let path = EntryPath::parse(path).unwrap();
            assert_eq!(numbered(&path, 1).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn where_chunks_go() {
        let session = |text: &str| serde_json::from_str::<UploadSession>(text).unwrap();
        let local = r#"{"session_id":"a","storage_policy":{"type":"local"}}"#;
        assert!(matches!(way(&session(local)), Some(Way::Site)));
        let relay = r#"{"upload_urls":null,"storage_policy":{"type":"s3","relay":true}}"#;
        assert!(matches!(way(&session(relay)), Some(Way::Site)));
        let node = r#"{"upload_urls":["https://n/u"],"credential":"c","storage_policy":{"type":"remote"}}"#;
        assert!(matches!(way(&session(node)), Some(Way::Node { .. })));
        let s3 = r#"{"upload_urls":["https://s3/u"],"storage_policy":{"type":"s3"}}"#;
        assert!(way(&session(s3)).is_none());
    }
}
