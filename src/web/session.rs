//! Who may come in: the owner's password behind a signed cookie, and tokens for programs.
//!
//! The cookie holds when it ends and a signature over that and the password, so it survives a
//! restart, cannot be made by anybody else, and a changed password ends every session.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Site;
use super::address::encoded_name;
use super::error::Problem;

/// Who may come in.
pub struct Door {
    lock: Lock,
    api_tokens: Vec<SecretString>,
    key: [u8; 32],
    secure: bool,
}

enum Lock {
    /// Everybody who reaches us is the owner: we listen on loopback only.
    Open,
    /// The owner's password.
    Password(SecretString),
    /// No password is set, and we can be reached from elsewhere: a code printed at start.
    SetUpCode(SecretString),
}

const COOKIE: &str = "drivein_session";
const SESSION_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);
/// Alphabet of set-up codes: no letter that looks like another.
const CODE_LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";

impl Door {
    /// The door of a server that listens at `listen`. `key` signs sessions; `secure` is whether
    /// viewers come by HTTPS.
    pub fn new(
        password: Option<SecretString>,
        api_tokens: Vec<SecretString>,
        listen: SocketAddr,
        key: [u8; 32],
        secure: bool,
    ) -> anyhow::Result<Self> {
        let lock = match password {
            Some(password) => Lock::Password(password),
            None if listen.ip().is_loopback() => Lock::Open,
            None => Lock::SetUpCode(set_up_code()?),
        };
        Ok(Door {
            lock,
            api_tokens,
            key,
            secure,
        })
    }

    /// The code to print at start, where one is needed.
    pub fn set_up_code(&self) -> Option<&SecretString> {
        match &self.lock {
            Lock::SetUpCode(code) => Some(code),
            Lock::Open | Lock::Password(_) => None,
        }
    }

    /// Whether nobody needs to sign in.
    pub fn is_open(&self) -> bool {
        matches!(self.lock, Lock::Open)
    }

    /// The cookie for whoever gave this password; `None` where it is wrong.
    pub(super) fn sign_in(&self, password: &str, now: SystemTime) -> Option<HeaderValue> {
        let expected = self.secret()?;
        if !same(password.trim(), expected.expose_secret()) {
            return None;
        }
        let ends_at = (now + SESSION_LIFE)
            .duration_since(UNIX_EPOCH)
            .ok()?
            .as_secs();
        let mut bytes = ends_at.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.mac(ends_at, expected).finalize().into_bytes());
        Some(self.cookie(&BASE64URL_NOPAD.encode(&bytes), SESSION_LIFE))
    }

    /// The cookie that ends a session in the browser.
    pub(super) fn sign_out(&self) -> HeaderValue {
        self.cookie("", Duration::ZERO)
    }

    fn cookie(&self, value: &str, life: Duration) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!(
            "{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}",
            life.as_secs()
        );
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    fn is_owner(&self, headers: &HeaderMap, now: SystemTime) -> bool {
        self.is_open() || self.has_session(headers, now)
    }

    fn has_session(&self, headers: &HeaderMap, now: SystemTime) -> bool {
        let cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
            .any(|value| self.is_session(value, now).unwrap_or(false))
    }

    fn is_session(&self, value: &str, now: SystemTime) -> Option<bool> {
        let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
        let (ends_at, mac) = bytes.split_first_chunk::<8>()?;
        let ends_at = u64::from_be_bytes(*ends_at);
        self.mac(ends_at, self.secret()?).verify_slice(mac).ok()?;
        Some(UNIX_EPOCH + Duration::from_secs(ends_at) > now)
    }

    fn mac(&self, ends_at: u64, secret: &SecretString) -> Hmac<Sha256> {
        let mut block = [0u8; 64];
        block[..32].copy_from_slice(&self.key);
        Hmac::new(&block.into())
            .chain_update(b"session 1")
            .chain_update(ends_at.to_be_bytes())
            .chain_update(Sha256::digest(secret.expose_secret()))
    }

    fn secret(&self) -> Option<&SecretString> {
        match &self.lock {
            Lock::Open => None,
            Lock::Password(secret) | Lock::SetUpCode(secret) => Some(secret),
        }
    }

    /// Whether this is one of the owner's API tokens.
    pub(super) fn is_api_token(&self, token: &str) -> bool {
        // Every token is looked at, so the time tells nothing of which one it is like.
        self.api_tokens.iter().fold(false, |found, known| {
            same(token, known.expose_secret()) | found
        })
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        bearer
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .is_some_and(|(_, token)| self.is_api_token(token.trim()))
    }
}

/// Compares two secrets in a time that tells neither their content nor their lengths.
fn same(given: &str, expected: &str) -> bool {
    Sha256::digest(given)
        .ct_eq(&Sha256::digest(expected))
        .into()
}

fn set_up_code() -> anyhow::Result<SecretString> {
    let mut random = [0u8; 12];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let letters: Vec<u8> = random
        .iter()
        .map(|byte| CODE_LETTERS[usize::from(byte % 32)])
        .collect();
    let code: Vec<&str> = letters
        .chunks(4)
        .filter_map(|chunk| std::str::from_utf8(chunk).ok())
        .collect();
    Ok(code.join("-").into())
}

/// Sends people who are not signed in to the login page, and back afterwards.
pub(super) async fn pages_need_the_owner(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    if site.door.is_owner(request.headers(), SystemTime::now())
        || site.door.has_token(request.headers())
    {
        return next.run(request).await;
    }
    let wanted = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let login = format!(
        "{}?next={}",
        site.addresses.local("/login"),
        encoded_name(wanted)
    );
    (
        axum::http::HeaderMap::from_iter([(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        )]),
        Redirect::to(&login),
    )
        .into_response()
}

/// Refuses programs without a token; a signed-in browser may call the API too.
pub(super) async fn programs_need_a_token(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    if site.door.has_token(request.headers())
        || site.door.is_owner(request.headers(), SystemTime::now())
    {
        return next.run(request).await;
    }
    let mut response = Problem::UNAUTHORIZED.into_response();
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer realm=\"Drive-In\""),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(password: Option<&str>, listen: &str) -> Door {
        let tokens = vec!["first-api-token-123".into(), "second-api-token-456".into()];
        Door::new(
            password.map(Into::into),
            tokens,
            listen.parse().unwrap(),
            [3; 32],
            false,
        )
        .unwrap()
    }

    fn with_cookie(cookie: &HeaderValue) -> HeaderMap {
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        HeaderMap::from_iter([(
            header::COOKIE,
            HeaderValue::try_from(format!("other=1; {pair}")).unwrap(),
        )])
    }

    #[test]
    fn a_session_lasts_until_it_ends_or_the_password_changes() {
        let now = SystemTime::now();
        let door = door(Some("open sesame"), "0.0.0.0:1");
        assert!(door.sign_in("open sesam", now).is_none());
        let headers = with_cookie(&door.sign_in("open sesame", now).unwrap());
        assert!(door.is_owner(&headers, now));
        assert!(!door.is_owner(&headers, now + SESSION_LIFE + Duration::from_secs(1)));
        assert!(!door.is_owner(&HeaderMap::new(), now));
        assert!(
            !super::Door::new(
                Some("another".into()),
                vec![],
                "0.0.0.0:1".parse().unwrap(),
                [3; 32],
                false
            )
            .unwrap()
            .is_owner(&headers, now)
        );
        assert!(!door.is_owner(&with_cookie(&door.sign_out()), now));
    }

    #[test]
    fn without_a_password_only_loopback_is_open() {
        assert!(door(None, "127.0.0.1:1").is_open());
        let outside = door(None, "0.0.0.0:1");
        assert!(!outside.is_open());
        let code = outside.set_up_code().unwrap().expose_secret().to_owned();
        assert_eq!(code.len(), 14);
        assert!(outside.sign_in(&code, SystemTime::now()).is_some());
    }

    #[test]
    fn tokens_are_known_by_their_whole_text() {
        let door = door(Some("x"), "127.0.0.1:1");
        let bearer = |value: &str| {
            HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::try_from(value).unwrap())])
        };
        assert!(door.has_token(&bearer("Bearer second-api-token-456")));
        assert!(door.has_token(&bearer("bearer first-api-token-123")));
        for wrong in [
            "Bearer first-api-token-12",
            "Bearer ",
            "Basic first-api-token-123",
            "first-api-token-123",
        ] {
            assert!(!door.has_token(&bearer(wrong)), "{wrong}");
        }
    }
}
