//! Authentication: Basic, and Digest once the server has asked for it.

use data_encoding::{BASE64, HEXLOWER};
use http::header::{HeaderMap, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::Server;
use crate::DriveError;

impl Server {
    pub(super) fn authorization(&self, method: &Method, url: &str) -> Option<String> {
        if let Some(token) = &self.config.token {
            return Some(format!("Bearer {}", token.expose_secret()));
        }
        let user = self.config.user.as_deref()?;
        let none = SecretString::default();
        let password = self.config.password.as_ref().unwrap_or(&none);
        let target = Url::parse(url).map_or_else(|_| "/".to_owned(), |url| url.path().to_owned());
        let digest = self
            .digest
            .authorization(method, &target, (user, password), &nonce());
        digest.or_else(|| {
            let pair = format!("{user}:{}", password.expose_secret());
            Some(format!("Basic {}", BASE64.encode(pair.as_bytes())))
        })
    }

    /// Returns true if the server asks for Digest authentication, which the next request has.
    ///
    /// # Errors
    /// `signed_out` if it refuses the sign-in.
    pub(in crate::webdav) fn is_challenge(
        &self,
        operation: &'static str,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<bool, DriveError> {
        if status != StatusCode::UNAUTHORIZED {
            return Ok(false);
        }
        let offers = headers.get_all(WWW_AUTHENTICATE);
        let offers: Vec<&str> = offers.iter().filter_map(|it| it.to_str().ok()).collect();
        let is_basic = |offer: &&str| {
            let scheme = offer.trim_start().get(..5).unwrap_or_default();
            scheme.eq_ignore_ascii_case("basic")
        };
        let has_basic = offers.iter().any(is_basic);
        let may_digest = self.config.user.is_some() && self.config.token.is_none() && !has_basic;
        if may_digest && offers.iter().any(|offer| self.digest.accept(offer)) {
            return Ok(true);
        }
        self.accept_status(operation, status).map(|()| false)
    }
}

fn nonce() -> String {
    let mut bytes = [0; 12];
    // Without random numbers there would be no keys either, and no server.
    let _ = getrandom::fill(&mut bytes);
    HEXLOWER.encode(&bytes)
}
