//! Session cookies: an id of 128 random bits with a signature, so that only ids that were issued are looked
//! up.
//!
//! ```text
//! base64url( id:16  mac:32 )       mac   HMAC-SHA-256 over "session 2" and the id, with a key of the state
//! ```
//!
//! The cookie of the chosen viewer has the same form, with the viewer's id of 8 bytes. Its signature contains the hash of
//! the viewer's PIN: after a new PIN it is asked for again. The cookie between the password and the code of a second factor
//! has the time at which it expires, in seconds since 1970, and a signature that contains the hash of the password.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::store::Viewer;
use crate::viewers::Viewers;
use media::ViewerId;

pub(super) const COOKIE: &str = "drivein_session";

/// The cookie of the viewer that was chosen in a browser.
const VIEWER_COOKIE: &str = "drivein_viewer";

/// The cookie of a browser in which the password was given, and the code of the second factor is missing.
const PASSWORD_COOKIE: &str = "drivein_password";

/// Time for the code after the password.
const CODE_TIMEOUT: Duration = Duration::from_secs(300);

/// The longest lifetime that browsers accept. The server expires a session by its own clock, counted from
/// its last use.
const COOKIE_MAX_AGE_S: u64 = 400 * 24 * 3600;

/// Issues and verifies cookie values.
pub(super) struct Cookies {
    mac: Hmac<Sha256>,
    viewer_mac: Hmac<Sha256>,
    password_mac: Hmac<Sha256>,
    content_mac: Hmac<Sha256>,
    /// The `Path` of the cookie: with a base path, other applications on the host do not receive it.
    path: String,
}

impl Cookies {
    /// Cookies signed with `key` for all URLs below `base_path`, which is empty or such as `/drive-in`.
    pub fn new(key: &[u8; 32], base_path: &str) -> Self {
        let mut block = [0u8; 64];
        block[..32].copy_from_slice(key);
        Cookies {
            mac: Hmac::new(&block.into()).chain_update(b"session 2"),
            viewer_mac: Hmac::new(&block.into()).chain_update(b"viewer 1"),
            password_mac: Hmac::new(&block.into()).chain_update(b"password 1"),
            content_mac: Hmac::new(&block.into()).chain_update(b"content 1"),
            path: match base_path {
                path if path.is_empty() || path.contains(';') => "/".to_owned(),
                path => path.to_owned(),
            },
        }
    }

    /// Returns the `Set-Cookie` header with this value.
    pub fn set_cookie(&self, value: &str, is_secure: bool) -> HeaderValue {
        self.header_with(COOKIE, value, COOKIE_MAX_AGE_S, is_secure)
    }

    /// Returns the `Set-Cookie` header that deletes the cookie.
    pub fn clear_cookie(&self, is_secure: bool) -> HeaderValue {
        self.header_with(COOKIE, "", 0, is_secure)
    }

    /// Returns the `Set-Cookie` header that remembers a chosen viewer, whose PIN was asked for.
    pub fn set_viewer(&self, viewer: &Viewer, is_secure: bool) -> HeaderValue {
        let mut bytes = viewer.id.bytes().to_vec();
        bytes.extend_from_slice(&self.signed_viewer(viewer).finalize().into_bytes());
        let value = BASE64URL_NOPAD.encode(&bytes);
        self.header_with(VIEWER_COOKIE, &value, COOKIE_MAX_AGE_S, is_secure)
    }

    /// Returns the `Set-Cookie` header that forgets the chosen viewer.
    pub fn clear_viewer(&self, is_secure: bool) -> HeaderValue {
        self.header_with(VIEWER_COOKIE, "", 0, is_secure)
    }

    /// Returns the viewer that was chosen in a browser; `None` if there is none, or its PIN has changed.
    pub fn viewer(&self, headers: &HeaderMap, viewers: &Viewers) -> Option<Arc<Viewer>> {
        let read = |value: &str| {
            let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
            let (id, mac) = bytes.split_first_chunk::<8>()?;
            let viewer = viewers.get(ViewerId::from_bytes(*id))?;
            let is_right = self.signed_viewer(&viewer).verify_slice(mac).is_ok();
            is_right.then_some(viewer)
        };
        values(headers, VIEWER_COOKIE)
            .take(MAX_COOKIES)
            .find_map(read)
    }

    /// Returns the `Set-Cookie` header of a browser in which the password with this hash was given.
    pub fn set_password(&self, hash: &str, now: SystemTime, is_secure: bool) -> HeaderValue {
        let ends_at_s = seconds(now + CODE_TIMEOUT).to_be_bytes();
        let mut bytes = ends_at_s.to_vec();
        bytes.extend_from_slice(
            &self
                .signed_password(ends_at_s, hash)
                .finalize()
                .into_bytes(),
        );
        let value = BASE64URL_NOPAD.encode(&bytes);
        self.header_with(PASSWORD_COOKIE, &value, CODE_TIMEOUT.as_secs(), is_secure)
    }

    /// Returns the `Set-Cookie` header that deletes this cookie.
    pub fn clear_password(&self, is_secure: bool) -> HeaderValue {
        self.header_with(PASSWORD_COOKIE, "", 0, is_secure)
    }

    /// Returns true if the password with this hash was given in a browser, and the time for the code is not over.
    pub fn has_password(&self, headers: &HeaderMap, hash: &str, now: SystemTime) -> bool {
        let is_good = |value: &str| {
            let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
            let (ends_at_s, mac) = bytes.split_first_chunk::<8>()?;
            let signed = self.signed_password(*ends_at_s, hash);
            let is_signed = signed.verify_slice(mac).is_ok();
            (is_signed && seconds(now) < u64::from_be_bytes(*ends_at_s)).then_some(())
        };
        values(headers, PASSWORD_COOKIE)
            .take(MAX_COOKIES)
            .any(|value| is_good(value).is_some())
    }

    /// Returns a `Set-Cookie` header with a signed content.
    pub fn set_signed(
        &self,
        name: &str,
        content: &[u8],
        ttl: Duration,
        is_secure: bool,
    ) -> HeaderValue {
        let mut bytes = self
            .signed_content(name, content)
            .finalize()
            .into_bytes()
            .to_vec();
        bytes.extend_from_slice(content);
        let value = BASE64URL_NOPAD.encode(&bytes);
        self.header_with(name, &value, ttl.as_secs(), is_secure)
    }

    /// Returns the content of a cookie that [`Cookies::set_signed`] made; `None` if there is none.
    pub fn signed(&self, headers: &HeaderMap, name: &str) -> Option<Vec<u8>> {
        let read = |value: &str| {
            let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
            let (mac, content) = bytes.split_first_chunk::<32>()?;
            let signed = self.signed_content(name, content).verify_slice(mac);
            signed.ok().map(|()| content.to_vec())
        };
        values(headers, name).take(MAX_COOKIES).find_map(read)
    }

    /// Returns the `Set-Cookie` header with a value that is not signed.
    pub fn set_plain(&self, name: &str, value: &str, is_secure: bool) -> HeaderValue {
        self.header_with(name, value, COOKIE_MAX_AGE_S, is_secure)
    }

    /// Returns the `Set-Cookie` header that deletes a cookie.
    pub fn clear(&self, name: &str, is_secure: bool) -> HeaderValue {
        self.header_with(name, "", 0, is_secure)
    }

    fn signed_content(&self, name: &str, content: &[u8]) -> Hmac<Sha256> {
        let mac = self.content_mac.clone();
        mac.chain_update((name.len() as u64).to_be_bytes())
            .chain_update(name)
            .chain_update(content)
    }

    fn signed_password(&self, ends_at_s: [u8; 8], hash: &str) -> Hmac<Sha256> {
        let mac = self.password_mac.clone();
        mac.chain_update(ends_at_s).chain_update(hash)
    }

    fn signed_viewer(&self, viewer: &Viewer) -> Hmac<Sha256> {
        let pin_hash = viewer.pin_hash.as_deref().unwrap_or_default();
        self.viewer_mac
            .clone()
            .chain_update(viewer.id.bytes())
            .chain_update(pin_hash)
    }

    fn header_with(&self, name: &str, value: &str, life_s: u64, is_secure: bool) -> HeaderValue {
        let (path, secure) = (&self.path, if is_secure { "; Secure" } else { "" });
        let text = format!(
            "{name}={value}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={life_s}{secure}"
        );
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    /// Returns a new cookie value, and the hash under which the state stores the session.
    pub fn issue(&self) -> anyhow::Result<(String, [u8; 32])> {
        let mut id = [0u8; 16];
        getrandom::fill(&mut id).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        let mut bytes = id.to_vec();
        bytes.extend_from_slice(&self.mac.clone().chain_update(id).finalize().into_bytes());
        Ok((BASE64URL_NOPAD.encode(&bytes), hash(&id)))
    }

    /// Returns the hashes of all validly signed session ids in a request.
    pub fn session_hashes(&self, headers: &HeaderMap) -> Vec<[u8; 32]> {
        values(headers, COOKIE)
            .filter_map(|value| self.read(value))
            .take(MAX_COOKIES)
            .collect()
    }

    fn read(&self, value: &str) -> Option<[u8; 32]> {
        let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
        let (id, mac) = bytes.split_first_chunk::<16>()?;
        self.mac
            .clone()
            .chain_update(id)
            .verify_slice(mac)
            .ok()
            .map(|()| hash(id))
    }
}

/// Returns the values of all cookies of a name.
fn values<'h>(headers: &'h HeaderMap, name: &'h str) -> impl Iterator<Item = &'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(move |cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Returns a time as seconds since 1970.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

/// A browser may hold one cookie per path that it has visited; further ones are ignored.
const MAX_COOKIES: usize = 4;

fn hash(id: &[u8; 16]) -> [u8; 32] {
    Sha256::digest(id).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn showing(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(cookie).unwrap())])
    }

    #[test]
    fn only_cookies_of_ours_are_looked_at() {
        let cookies = Cookies::new(&[3; 32], "");
        let (value, hash) = cookies.issue().unwrap();
        let shown =
            |value: &str| cookies.session_hashes(&showing(&format!("a=1; {COOKIE}={value}; b=2")));
        assert_eq!(shown(&value), [hash]);
        for at in 0..value.len() {
            let mut letters: Vec<char> = value.chars().collect();
            letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
            let altered: String = letters.into_iter().collect();
            assert!(shown(&altered).is_empty(), "{altered}");
        }
        for wrong in ["", "A", &value[1..], &format!("{value}A"), "%%%"] {
            assert!(shown(wrong).is_empty(), "{wrong}");
        }
        assert!(
            Cookies::new(&[4; 32], "")
                .session_hashes(&showing(&format!("{COOKIE}={value}")))
                .is_empty()
        );
        assert_ne!(cookies.issue().unwrap().0, value);
        let many = format!("{COOKIE}={value};").repeat(1000);
        assert_eq!(cookies.session_hashes(&showing(&many)).len(), MAX_COOKIES);
    }

    #[tokio::test]
    async fn a_chosen_viewer_is_remembered_until_its_pin_changes() {
        let dir = tempfile::tempdir().unwrap();
        let store = crate::store::Store::open(dir.path()).await.unwrap();
        let viewers = Viewers::open(store).await.unwrap();
        let pin_hash = Some("a hash".to_owned());
        let ada = viewers
            .add("Ada", None, pin_hash, None, None)
            .await
            .unwrap();
        let cookies = Cookies::new(&[3; 32], "");
        let set = cookies.set_viewer(&ada, false);
        let (value, rest) = set.to_str().unwrap().split_once(';').unwrap();
        assert!(rest.contains("HttpOnly") && !value.contains("hash"));
        let headers = showing(value);
        assert_eq!(cookies.viewer(&headers, &viewers), Some(ada.clone()));
        assert_eq!(Cookies::new(&[4; 32], "").viewer(&headers, &viewers), None);
        for wrong in [
            "drivein_viewer=",
            "drivein_viewer=AAAAAAAAAAA",
            "drivein_viewer=%",
        ] {
            assert_eq!(cookies.viewer(&showing(wrong), &viewers), None);
        }
        let changed = Viewer {
            pin_hash: Some("another".to_owned()),
            ..Viewer::clone(&ada)
        };
        viewers.put(changed).await.unwrap();
        assert_eq!(cookies.viewer(&headers, &viewers), None);
    }

    #[test]
    fn a_cookie_goes_where_we_live_and_nowhere_else_on_the_host() {
        for (base_path, path) in [("", "/"), ("/drive-in", "/drive-in"), ("/a;b", "/")] {
            let cookies = Cookies::new(&[3; 32], base_path);
            let given = cookies.set_cookie("x", true);
            let expected = format!(
                "{COOKIE}=x; Path={path}; HttpOnly; SameSite=Lax; Max-Age={COOKIE_MAX_AGE_S}; Secure"
            );
            assert_eq!(given.to_str().unwrap(), expected);
            let taken = cookies.clear_cookie(false);
            let expected = format!("{COOKIE}=; Path={path}; HttpOnly; SameSite=Lax; Max-Age=0");
            assert_eq!(taken.to_str().unwrap(), expected);
        }
    }
}
