//! The token calls, in the upstream's words: `devicecode`, `gettoken`, `tokeninfo` and `refreshtoken`.
//!
//! Their schedule is decided elsewhere. The secrets are sent in form bodies only, to the configured `auth_url`
//! and nowhere else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use data_encoding::HEXLOWER;
use http::StatusCode;
use md5::{Digest, Md5};
use percent_encoding::utf8_percent_encode;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use url::Url;

use crate::http::{Client, FormEncoding};
use crate::session::ServerClock;
use crate::terabox::codes::Context;
use crate::terabox::config::TeraboxConfig;
use crate::terabox::request::QUERY;
use crate::terabox::response::check_response;
use crate::terabox::types;
use crate::terabox::types::{DeviceCode, OAuthTokens, TokenInfo, Wrapped};
use crate::{Clock, DriveError, LoginPage};

/// Token replies are a few hundred bytes.
const LIMIT: usize = 256 * 1024;

pub(crate) struct Oauth {
    config: TeraboxConfig,
    http: Arc<Client>,
    clock: Clock,
    pub(crate) server_clock: ServerClock,
    /// True as long as the upstream takes multipart forms, which the Open Platform document sends (section 1.4).
    multipart: AtomicBool,
}

/// A new pair.
pub(crate) struct NewTokens {
    pub(crate) access_token: SecretString,
    pub(crate) refresh_token: Option<SecretString>,
    /// Lifetime in seconds.
    pub(crate) expires_in: Option<u64>,
}

/// The facts that `tokeninfo` reports about a token.
pub(crate) struct TokenInfoParsed {
    /// Base URL of calls (scheme and host), without a slash at its end.
    pub(crate) api_base: String,
    /// Base URL of upload parts, likewise.
    pub(crate) upload_base: String,
    /// Creation time of the token, in seconds since 1970.
    pub(crate) made_at: Option<u64>,
    /// Expiry in seconds since 1970.
    pub(crate) expires_at: Option<u64>,
    /// True if the token was issued to another application than the configured one.
    pub(crate) is_of_another_application: bool,
}

impl Oauth {
    pub(crate) fn new(config: TeraboxConfig, http: Arc<Client>, clock: Clock) -> Self {
        Oauth {
            config,
            http,
            server_clock: ServerClock::new(clock.clone()),
            clock,
            multipart: AtomicBool::new(true),
        }
    }

    /// Exchanges a refresh token for a new pair. The token works once.
    pub(crate) async fn refresh(&self, token: &SecretString) -> Result<NewTokens, DriveError> {
        let fields = [("refresh_token", token.expose_secret())];
        self.new_tokens("refreshtoken", &fields).await
    }

    /// Exchanges a code of the login page for a first pair. The code works once, within five minutes.
    pub(crate) async fn exchange_code(&self, code: &SecretString) -> Result<NewTokens, DriveError> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
        ];
        self.new_tokens("gettoken", &fields).await
    }

    /// Exchanges a device code for a pair; an error if the owner has not confirmed it yet.
    pub(crate) async fn exchange_device(
        &self,
        code: &SecretString,
    ) -> Result<NewTokens, DriveError> {
        let fields = [
            ("grant_type", "device_code"),
            ("code", code.expose_secret()),
        ];
        self.new_tokens("gettoken", &fields).await
    }

    /// Requests a device code and its QR code.
    pub(crate) async fn device_code(&self) -> Result<DeviceCode, DriveError> {
        let operation = "devicecode";
        let id = utf8_percent_encode(&self.config.client_id, QUERY);
        let url = format!(
            "{}/oauth/devicecode?client_id={id}",
            self.config.auth_url.trim_end_matches('/')
        );
        let reply = self.http.get(operation, &url, &[], LIMIT).await?;
        self.server_clock.note(&reply.headers);
        check_response(operation, &reply, Context::Auth, self.clock.now())
            .map_err(|error| self.explained(error))?;
        types::read::<Wrapped<DeviceCode>>(&reply.body)
            .and_then(|wrapped| wrapped.data)
            .ok_or_else(|| incomplete(operation))
    }

    /// Returns the upstream's login page.
    pub(crate) fn login_page(&self) -> Option<LoginPage> {
        let base = self.config.auth_url.trim_end_matches('/');
        let id = utf8_percent_encode(&self.config.client_id, QUERY);
        Some(LoginPage {
            url: format!("{base}/wap/outside/login?clientId={id}"),
            origin: Url::parse(base).ok()?.origin().ascii_serialization(),
        })
    }

    /// Requests tokens. If the signature is refused and the clocks turn out to differ, it is signed once more by the
    /// upstream's clock: a refused signature uses nothing up.
    async fn new_tokens(
        &self,
        operation: &'static str,
        fields: &[(&str, &str)],
    ) -> Result<NewTokens, DriveError> {
        let skew = self.server_clock.skew_s();
        let answer = self.signed(operation, fields, skew).await;
        let is_refused = |error: &DriveError| matches!(error.upstream_code, Some(2 | 100_001));
        if answer.as_ref().is_err_and(is_refused) && self.server_clock.differs_from(skew) {
            let skew = self.server_clock.skew_s();
            return self.signed(operation, fields, skew).await;
        }
        answer
    }

    async fn signed(
        &self,
        operation: &'static str,
        fields: &[(&str, &str)],
        skew_s: i64,
    ) -> Result<NewTokens, DriveError> {
        let timestamp = self.server_clock.unix_s(skew_s).to_string();
        let client_secret = self.config.client_secret.expose_secret();
        let sign = sign(
            &self.config.client_id,
            &timestamp,
            client_secret,
            self.config.private_secret.expose_secret(),
        );
        let mut form = vec![
            ("client_id", self.config.client_id.as_str()),
            ("client_secret", client_secret),
        ];
        form.extend_from_slice(fields);
        form.extend([("timestamp", timestamp.as_str()), ("sign", &sign)]);
        let tokens: OAuthTokens = self.post(operation, &form).await?;
        if tokens.access_token.is_empty() {
            return Err(incomplete(operation));
        }
        Ok(NewTokens {
            access_token: tokens.access_token.into(),
            refresh_token: tokens
                .refresh_token
                .filter(|token| !token.is_empty())
                .map(SecretString::from),
            expires_in: positive(tokens.expires_in.0).map(|lasts| lasts.min(MAX_LIFETIME_S)),
        })
    }

    /// Requests the base URLs and the expiry of a token.
    pub(crate) async fn token_facts(&self, token: &str) -> Result<TokenInfoParsed, DriveError> {
        let info: TokenInfo = self.post("tokeninfo", &[("access_token", token)]).await?;
        let domain = info.api_domain.0.unwrap_or_default();
        let api_base =
            base_of(&domain, &self.config.auth_url).ok_or_else(|| incomplete("tokeninfo"))?;
        // The document's table names this field, its example does not.
        let upload_domain = info.upload_domain.0.unwrap_or_default();
        let upload_base = match upload_domain.trim() {
            "" => api_base.clone(),
            domain => {
                base_of(domain, &self.config.auth_url).ok_or_else(|| incomplete("tokeninfo"))?
            }
        };
        let expires_at = match (positive(info.create_time.0), positive(info.expires_in.0)) {
            (Some(made), Some(lasts)) => made.checked_add(lasts.min(MAX_LIFETIME_S)),
            _ => None,
        };
        let issued_to = info.client_id.0.filter(|id| !id.is_empty());
        Ok(TokenInfoParsed {
            is_of_another_application: issued_to.is_some_and(|id| id != self.config.client_id),
            api_base,
            upload_base,
            made_at: positive(info.create_time.0).filter(|&made| made > 0),
            expires_at,
        })
    }

    async fn post<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        form: &[(&str, &str)],
    ) -> Result<T, DriveError> {
        let url = format!(
            "{}/oauth/{operation}",
            self.config.auth_url.trim_end_matches('/')
        );
        let encoding = |multipart| match multipart {
            true => FormEncoding::Multipart,
            false => FormEncoding::Urlencoded,
        };
        let multipart = self.multipart.load(Ordering::Relaxed);
        let post = |multipart| {
            self.http
                .post_form(operation, &url, form, encoding(multipart), LIMIT)
        };
        let mut reply = post(multipart).await?;
        self.server_clock.note(&reply.headers);
        let mut judged = check_response(operation, &reply, Context::Auth, self.clock.now());
        // The document sends one kind of form, clients were seen to send the other. A form that was not understood
        // has no effect, so the other kind may be tried.
        if judged
            .as_ref()
            .is_err_and(|error| is_unread(error, reply.status))
        {
            let other = post(!multipart).await?;
            let other_judged = check_response(operation, &other, Context::Auth, self.clock.now());
            if !other_judged
                .as_ref()
                .is_err_and(|error| is_unread(error, other.status))
            {
                self.multipart.store(!multipart, Ordering::Relaxed);
                (reply, judged) = (other, other_judged);
            }
        }
        judged.map_err(|error| self.explained(error))?;
        types::read::<Wrapped<T>>(&reply.body)
            .and_then(|wrapped| wrapped.data)
            .ok_or_else(|| incomplete(operation))
    }

    /// Adds the owner's remedy to a refusal of the application itself.
    fn explained(&self, error: DriveError) -> DriveError {
        match error.upstream_code {
            Some(2 | 100_001) if self.server_clock.is_off() => error.with_sentence(
                "TeraBox refuses what is signed here. This machine’s clock is off by more than a minute: set it right; \
                 if that is not all, look at client_id, client_secret and private_secret.",
            ),
            Some(100_001) => error.with_sentence(
                "TeraBox does not know this client: client_id or client_secret is wrong.",
            ),
            Some(2) => error.with_sentence(
                "TeraBox refused the signature: private_secret is wrong, or this machine’s clock is off.",
            ),
            Some(100_002) => error.with_sentence(
                "The code has run out or was used already. Start again to get a new one.",
            ),
            _ => error,
        }
    }
}

/// Returns true if a form arrived without its fields (2: required parameters are missing) or was refused as
/// such.
fn is_unread(error: &DriveError, status: StatusCode) -> bool {
    match error.upstream_code {
        Some(code) => code == 2,
        None => matches!(status.as_u16(), 400 | 415 | 422),
    }
}

fn incomplete(operation: &'static str) -> DriveError {
    DriveError::failed(operation, "the reply lacks what was asked for")
}

/// Longest lifetime of a token that is believed, in seconds: ten years. Sums with more could leave the range of a time.
const MAX_LIFETIME_S: u64 = 10 * 366 * 24 * 3600;

fn positive(number: Option<i64>) -> Option<u64> {
    number.and_then(|number| u64::try_from(number).ok())
}

/// `md5(client_id_timestamp_client_secret_private_secret)`, in hex.
fn sign(client_id: &str, timestamp: &str, client_secret: &str, private_secret: &str) -> String {
    let text = format!("{client_id}_{timestamp}_{client_secret}_{private_secret}");
    HEXLOWER.encode(&Md5::digest(text))
}

/// Returns scheme, host and port of a domain, which may come with or without a scheme and a slash. The scheme
/// of `auth_url` is the default, and `auth_url` itself is returned if there is no domain.
fn base_of(domain: &str, auth_url: &str) -> Option<String> {
    let domain = domain.trim();
    let text = if domain.is_empty() {
        auth_url.to_owned()
    } else if domain.contains("://") {
        domain.to_owned()
    } else {
        let scheme = auth_url
            .split_once("://")
            .map_or("https", |(scheme, _)| scheme);
        format!("{scheme}://{}", domain.trim_start_matches('/'))
    };
    let url = Url::parse(&text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host())
        .then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_calls_are_signed_over_underscores() {
        assert_eq!(
            sign("id", "1705570481", "secret", "private"),
            HEXLOWER.encode(&Md5::digest("id_1705570481_secret_private"))
        );
    }

    #[test]
    fn domains_in_all_their_spellings() {
        let https = "https://www.terabox.com";
        let cases = [
            ("www.terabox.com", https, Some("https://www.terabox.com")),
            (
                "https://jp.terabox.com/",
                https,
                Some("https://jp.terabox.com"),
            ),
            (
                "http://jp.terabox.com",
                https,
                Some("http://jp.terabox.com"),
            ),
            (
                "127.0.0.1:81",
                "http://127.0.0.1:80",
                Some("http://127.0.0.1:81"),
            ),
            (
                "localhost:81",
                "http://127.0.0.1",
                Some("http://localhost:81"),
            ),
            (
                "//jp.terabox.com/x?y",
                https,
                Some("https://jp.terabox.com"),
            ),
            (
                "",
                "https://www.terabox.com/",
                Some("https://www.terabox.com"),
            ),
            ("ftp://x", https, None),
            ("a b", https, None),
        ];
        for (domain, auth_url, expected) in cases {
            assert_eq!(base_of(domain, auth_url).as_deref(), expected, "{domain:?}");
        }
    }
}
