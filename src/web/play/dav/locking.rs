//! LOCK and UNLOCK (RFC 4918 §9.10, §9.11): write locks, exclusive or shared, of an entry or of everything below it. They
//! are stored, so they outlive a restart, and end by themselves.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use futures_util::StreamExt;
use quick_xml::escape::escape;

use super::changes::{DavChange, DavRefusal, DavResult, XML};
use super::properties::MAX_BODY_BYTES;
use super::propfind::{DAV, MalformedBody};
use super::xml::XmlElement;
use crate::config::SystemFiles;
use crate::store::{ChangedPath, DavLock};
use crate::web::error::Problem;
use crate::web::urls::encode_path;
use drives::{ErrorKind, OnConflict, UploadRequest};

/// Duration of a lock for which the client asks for none. Clients extend their locks while they use them.
const DEFAULT_LOCK_TTL: Duration = Duration::from_secs(600);
/// Longest duration: a client that is gone must not lock a file for days.
const MAX_LOCK_TTL: Duration = Duration::from_secs(3600);

const NO_SUCH_LOCK: Problem = Problem {
    status: StatusCode::CONFLICT,
    ..Problem::bad_request("There is no such lock here.")
};

/// The body of a LOCK.
struct LockInfo {
    is_shared: bool,
    owner: String,
}

impl LockInfo {
    fn parse(body: &[u8]) -> Result<Self, MalformedBody> {
        let root = XmlElement::parse(body)?;
        let scope = root.child(DAV, "lockscope").ok_or(MalformedBody)?;
        let is_write = root
            .child(DAV, "locktype")
            .is_some_and(|kind| kind.child(DAV, "write").is_some());
        let is_shared = scope.child(DAV, "shared").is_some();
        let is_exclusive = scope.child(DAV, "exclusive").is_some();
        if !root.is(DAV, "lockinfo") || !is_write || is_shared == is_exclusive {
            return Err(MalformedBody);
        }
        let owner = root.child(DAV, "owner").map(XmlElement::to_xml);
        Ok(LockInfo {
            is_shared,
            owner: owner.unwrap_or_default(),
        })
    }
}

impl DavChange<'_> {
    pub(super) async fn lock(&self, body: Body) -> DavResult<Response> {
        self.needs_management()?;
        let body = to_bytes(body, MAX_BODY_BYTES)
            .await
            .map_err(|_| Problem::bad_request("The body is too long."))?;
        let ttl = ttl(self.header("timeout"));
        if body.iter().all(u8::is_ascii_whitespace) {
            return self.refresh_lock(ttl).await;
        }
        let info = LockInfo::parse(&body)
            .map_err(|_| Problem::bad_request("What to lock could not be read."))?;
        let is_deep = match self.header("depth").trim() {
            "0" => false,
            depth if depth.is_empty() || depth.eq_ignore_ascii_case("infinity") => true,
            _ => return Err(Problem::bad_request("“Depth” is 0 or infinity.").into()),
        };
        let is_new = self.entry(&self.path).await?.is_none();
        if is_new {
            self.check_parent(&self.path).await?;
            let change = ChangedPath {
                path: &self.path,
                is_deep: false,
                is_of_name: true,
            };
            self.guard(&[change]).await?;
        } else {
            // Only the header “If” is checked; other locks are found when this one is added.
            self.guard(&[]).await?;
        }
        let lock = DavLock {
            token: new_token()?,
            place: self.place.clone(),
            path: self.path.clone(),
            is_deep,
            is_shared: info.is_shared,
            owner: info.owner,
            left_s: ttl.as_secs(),
        };
        let ends_at = SystemTime::now() + ttl;
        if let Some(other) = self.site.store.add_dav_lock(&lock, ends_at).await? {
            return Err(DavRefusal::Locked(self.href(&other.path)));
        }
        // Of a name that is kept out, the lock is all that there is, so that its client goes on.
        let makes_file = is_new && self.system_files() != Some(SystemFiles::Drop);
        if makes_file && let Err(refusal) = self.make_empty().await {
            self.site.store.remove_dav_lock(&lock.token).await?;
            return Err(refusal);
        }
        let status = if is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        let token = [(
            HeaderName::from_static("lock-token"),
            format!("<{}>", lock.token),
        )];
        let body = self.lock_reply(&[&lock]);
        Ok((status, XML, token, body).into_response())
    }

    /// Extends the locks whose tokens the header `If` contains.
    async fn refresh_lock(&self, ttl: Duration) -> DavResult<Response> {
        let header = self.if_header()?;
        let tokens: Vec<&str> = header.iter().flat_map(|header| header.tokens()).collect();
        let locks = self.site.store.dav_locks(&self.place).await?;
        let mut extended = Vec::new();
        for lock in locks {
            if lock.covers(&self.path) && tokens.contains(&lock.token.as_str()) {
                let ends_at = SystemTime::now() + ttl;
                self.site
                    .store
                    .extend_dav_lock(&lock.token, ends_at)
                    .await?;
                extended.push(DavLock {
                    left_s: ttl.as_secs(),
                    ..lock
                });
            }
        }
        if extended.is_empty() {
            return Err(Problem::PRECONDITION_FAILED.into());
        }
        let body = self.lock_reply(&extended.iter().collect::<Vec<_>>());
        Ok((StatusCode::OK, XML, body).into_response())
    }

    pub(super) async fn unlock(&self) -> DavResult<Response> {
        let token = self.header("lock-token").trim();
        let token = token
            .strip_prefix('<')
            .and_then(|token| token.strip_suffix('>'));
        let Some(token) = token else {
            return Err(Problem::bad_request("The header “Lock-Token” is missing.").into());
        };
        let locks = self.site.store.dav_locks(&self.place).await?;
        let mut covering = locks.iter().filter(|lock| lock.covers(&self.path));
        if !covering.any(|lock| lock.token == token) {
            return Err(NO_SUCH_LOCK.into());
        }
        self.site.store.remove_dav_lock(token).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    /// Makes an empty file under the locked name (RFC 4918 §7.3). A drive that takes no empty files has the lock alone
    /// until the file comes.
    async fn make_empty(&self) -> DavResult<()> {
        let request = UploadRequest {
            path: self.path.clone(),
            size: Some(0),
            on_conflict: OnConflict::Fail,
            progress: None,
            resume: None,
        };
        let body = futures_util::stream::empty().boxed();
        match self.site.library.upload(&self.place, &request, body).await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.kind, ErrorKind::BadRequest | ErrorKind::Unsupported) => {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn lock_reply(&self, locks: &[&DavLock]) -> String {
        let discovery: String = locks
            .iter()
            .map(|lock| active_lock(&self.root, lock))
            .collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:prop xmlns:D=\"DAV:\"><D:lockdiscovery>{discovery}\
             </D:lockdiscovery></D:prop>\n"
        )
    }
}

/// The locks that an entry of a drive that can be written may have (RFC 4918 §15.10).
pub(super) const SUPPORTED: &str = "<D:lockentry><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype>\
    </D:lockentry><D:lockentry><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>";

/// Returns a lock as an element of `lockdiscovery` (RFC 4918 §15.8). `root` is the URL of the tree's root.
pub(super) fn active_lock(root: &str, lock: &DavLock) -> String {
    let mut text = String::from("<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope>");
    text.push_str(if lock.is_shared {
        "<D:shared/>"
    } else {
        "<D:exclusive/>"
    });
    text.push_str("</D:lockscope><D:depth>");
    text.push_str(if lock.is_deep { "infinity" } else { "0" });
    text.push_str("</D:depth>");
    text.push_str(&lock.owner);
    let href = format!("{root}{}{}", lock.place, encode_path(&lock.path));
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "<D:timeout>Second-{}</D:timeout><D:locktoken><D:href>{}</D:href></D:locktoken>\
         <D:lockroot><D:href>{}</D:href></D:lockroot></D:activelock>",
        lock.left_s,
        escape(lock.token.as_str()),
        escape(href.as_str())
    );
    text
}

/// Returns the duration for a header `Timeout`: the first that can be read, within the limits.
fn ttl(header: &str) -> Duration {
    let seconds = header.split(',').find_map(|wanted| {
        let wanted = wanted.trim();
        match wanted.eq_ignore_ascii_case("infinite") {
            true => Some(u64::MAX),
            false => wanted
                .get(7..)
                .filter(|_| {
                    wanted
                        .get(..7)
                        .is_some_and(|word| word.eq_ignore_ascii_case("second-"))
                })?
                .parse()
                .ok(),
        }
    });
    let wanted = seconds.map_or(DEFAULT_LOCK_TTL, Duration::from_secs);
    wanted.clamp(Duration::from_secs(1), MAX_LOCK_TTL)
}

/// Returns a new URI for a lock: a random UUID (RFC 9562 §5.4).
fn new_token() -> DavResult<String> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| Problem::INTERNAL)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = HEXLOWER.encode(&bytes);
    let (a, b, c, d, e) = (
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    );
    Ok(format!("urn:uuid:{a}-{b}-{c}-{d}-{e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_lasts_as_long_as_the_client_asks_for_within_limits() {
        for (header, seconds) in [
            ("", 600),
            ("Second-30", 30),
            ("second-0", 1),
            ("Infinite, Second-4100000000", 3600),
            ("Second-99999999999999999999, Second-20", 20),
            ("Extend-1", 600),
        ] {
            assert_eq!(ttl(header), Duration::from_secs(seconds), "{header}");
        }
    }
}
