//! Who may come in: the owner's password behind a signed cookie, and tokens for programs.
//!
//! The cookie holds when it ends and a signature over that and the password, so it survives a
//! restart, cannot be made by anybody else, and a changed password ends every session.
//!
//! A server that listens on loopback may do without a password: then everybody on the machine is the
//! owner. A page of another site could reach it all the same, through a name of its own that leads to
//! this machine, so it answers to the machine's own names alone. Where `public_url` says that the world
//! comes in too, through a proxy, only those who call the machine by its own name are let in without
//! the code.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

use super::Site;
use super::address::encoded_name;
use super::error::Problem;
use super::pages::desk::Desk;

/// Who may come in.
pub struct Door {
    lock: Lock,
    api_tokens: Vec<SecretString>,
    key: [u8; 32],
    secure: bool,
    /// The host of `public_url`, in lower case.
    public_host: Option<String>,
}

enum Lock {
    /// Everybody who reaches us is the owner: we listen on loopback only.
    Open,
    /// The same for who comes from this machine; who comes through `public_url` needs the code.
    OpenHere(SecretString),
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
    /// The door of a server that listens at `listen`, and that the world sees as `public_url`. `key`
    /// signs sessions.
    pub fn new(
        password: Option<SecretString>,
        api_tokens: Vec<SecretString>,
        listen: SocketAddr,
        key: [u8; 32],
        public_url: Option<&Url>,
    ) -> anyhow::Result<Self> {
        let public_host = public_url
            .and_then(Url::host_str)
            .map(str::to_ascii_lowercase);
        let lock = match password {
            Some(password) => Lock::Password(password),
            None if !listen.ip().is_loopback() => Lock::SetUpCode(set_up_code()?),
            None if public_host.as_deref().is_none_or(is_this_machine) => Lock::Open,
            None => Lock::OpenHere(set_up_code()?),
        };
        Ok(Door {
            lock,
            api_tokens,
            key,
            secure: public_url.is_some_and(|url| url.scheme() == "https"),
            public_host,
        })
    }

    /// The code to print at start, where one is needed.
    pub fn set_up_code(&self) -> Option<&SecretString> {
        match &self.lock {
            Lock::SetUpCode(code) | Lock::OpenHere(code) => Some(code),
            Lock::Open | Lock::Password(_) => None,
        }
    }

    /// Whether whoever sent these headers needs no sign-in.
    pub(super) fn is_open_to(&self, headers: &HeaderMap) -> bool {
        match self.lock {
            Lock::Open => self.knows_host(headers),
            Lock::OpenHere(_) => {
                hosts(headers).all(|host| host.as_deref().is_some_and(is_this_machine))
                    && !FORWARDED.iter().any(|name| headers.contains_key(*name))
            }
            Lock::Password(_) | Lock::SetUpCode(_) => false,
        }
    }

    /// Whether the host that was asked for is one of ours. Behind a lock any is; without one, a name
    /// that we do not know may be another site's, made to lead here.
    fn knows_host(&self, headers: &HeaderMap) -> bool {
        match self.lock {
            Lock::Password(_) | Lock::SetUpCode(_) => true,
            Lock::Open | Lock::OpenHere(_) => hosts(headers).all(|host| {
                host.is_some_and(|host| {
                    is_this_machine(&host)
                        || address(&host).is_some()
                        || self.public_host.as_ref() == Some(&host)
                })
            }),
        }
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
        self.is_open_to(headers) || self.has_session(headers, now)
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
            Lock::Password(secret) | Lock::SetUpCode(secret) | Lock::OpenHere(secret) => {
                Some(secret)
            }
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

/// Headers by which proxies say for whom they ask.
const FORWARDED: [&str; 5] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-real-ip",
];

/// What is said to who asks for a host that an open server does not know.
const FOREIGN_HOST: Problem = Problem {
    status: StatusCode::MISDIRECTED_REQUEST,
    ..Problem::bad_request(
        "Without a password this server answers at 127.0.0.1 and localhost only. To use it under another name, \
         set auth.password, or public_url to that name.",
    )
};

/// The hosts that a request names, without ports and in lower case; `None` for one that makes no sense.
fn hosts(headers: &HeaderMap) -> impl Iterator<Item = Option<String>> {
    headers.get_all(header::HOST).iter().map(|value| {
        let authority = Authority::try_from(value.as_bytes()).ok()?;
        let host = authority.host().to_ascii_lowercase();
        Some(host.strip_suffix('.').unwrap_or(&host).to_owned())
    })
}

/// Whether a host is this machine, whoever asks.
fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || address(host).is_some_and(|address| address.is_loopback())
}

/// The address that a host is written as; no name can be made to look like one.
fn address(host: &str) -> Option<IpAddr> {
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    host.parse().ok()
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
    if !site.door.knows_host(request.headers()) {
        return Desk::new(&site, request.headers()).problem(&FOREIGN_HOST);
    }
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
    if !site.door.knows_host(request.headers()) {
        return FOREIGN_HOST.into_response();
    }
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
            None,
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
                None
            )
            .unwrap()
            .is_owner(&headers, now)
        );
        assert!(!door.is_owner(&with_cookie(&door.sign_out()), now));
    }

    #[test]
    fn without_a_password_only_loopback_is_open() {
        assert!(door(None, "127.0.0.1:1").is_open_to(&HeaderMap::new()));
        let outside = door(None, "0.0.0.0:1");
        assert!(!outside.is_open_to(&HeaderMap::new()));
        let code = outside.set_up_code().unwrap().expose_secret().to_owned();
        assert_eq!(code.len(), 14);
        assert!(outside.sign_in(&code, SystemTime::now()).is_some());
    }

    fn asking(host: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, HeaderValue::try_from(host).unwrap())])
    }

    #[test]
    fn without_a_password_only_the_machines_own_names_are_answered() {
        let open = door(None, "127.0.0.1:1");
        let known = [
            "127.0.0.1:7373",
            "localhost",
            "LOCALHOST.:7373",
            "drive-in.localhost",
            "[::1]:7373",
            "192.168.1.5:7373",
        ];
        for host in known {
            assert!(open.knows_host(&asking(host)), "{host}");
            assert!(open.is_open_to(&asking(host)), "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example:7373",
            "localhost.evil.example",
            "",
            "a b",
        ] {
            assert!(!open.knows_host(&asking(host)), "{host:?}");
            assert!(!open.is_open_to(&asking(host)), "{host:?}");
        }
        assert!(door(Some("x"), "127.0.0.1:1").knows_host(&asking("films.example")));
    }

    #[test]
    fn who_comes_through_the_public_address_needs_the_code() {
        let url = Url::parse("https://Films.example/drive-in").unwrap();
        let listen = "127.0.0.1:1".parse().unwrap();
        let door = super::Door::new(None, vec![], listen, [3; 32], Some(&url)).unwrap();
        assert!(door.is_open_to(&asking("127.0.0.1:1")));
        assert!(door.knows_host(&asking("films.example")));
        for headers in [
            asking("films.example"),
            asking("192.168.1.5"),
            HeaderMap::from_iter([
                (header::HOST, HeaderValue::from_static("127.0.0.1:1")),
                (
                    header::HeaderName::from_static("x-forwarded-for"),
                    HeaderValue::from_static("203.0.113.9"),
                ),
            ]),
        ] {
            assert!(!door.is_open_to(&headers), "{headers:?}");
        }
        assert!(!door.knows_host(&asking("evil.example")));
        let code = door.set_up_code().unwrap().expose_secret().to_owned();
        let cookie = door.sign_in(&code, SystemTime::now()).unwrap();
        assert!(cookie.to_str().unwrap().contains("Secure"));

        let here = Url::parse("http://localhost:7373/").unwrap();
        let door = super::Door::new(None, vec![], listen, [3; 32], Some(&here)).unwrap();
        assert!(door.set_up_code().is_none());
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
