//! The account's own web session, as far as the owner lent it: the calls of the two web documents, in their
//! words.
//!
//! The session is a cookie and two tokens that the website's pages hold. It cannot be renewed from here: one
//! that has ended is told as such. The cookie goes to the configured host and to that of the account's region
//! (`Url-Domain-Prefix`), which is followed once and stays below the same name.

use std::sync::{Arc, PoisonError, RwLock};

use http::header::{COOKIE, HeaderMap, HeaderValue, REFERER};
use http::{Method, StatusCode};
use percent_encoding::utf8_percent_encode;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use url::{Host, Url};

use super::changes::written;
use super::client::{QUERY, parsed};
use super::codes::Context;
use super::config::WebConfig;
use super::types::{QuotaInfo, WebShareMade, WebShares, WebUsers};
use super::verdict::judge;
use crate::drives::http::{Call, Client, Reply};
use crate::drives::{Clock, DriveError, ErrorKind};

const LIMIT: usize = 8 * 1024 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";
/// Names the region whose host serves the account.
const PREFIX: &str = "url-domain-prefix";

pub(super) struct WebSession {
    config: WebConfig,
    http: Arc<Client>,
    clock: Clock,
    /// The host of the account's region, once it is known.
    region: RwLock<Option<String>>,
}

impl WebSession {
    pub(super) fn new(config: WebConfig, http: Arc<Client>, clock: Clock) -> Self {
        WebSession {
            config,
            http,
            clock,
            region: RwLock::new(None),
        }
    }

    /// Where links of one's own lead.
    pub(super) fn base_url(&self) -> &str {
        &self.config.base_url
    }

    /// `GET /api/user/getinfo`
    pub(super) async fn info(&self) -> Result<WebUsers, DriveError> {
        let token = self.js_token()?;
        let query = [
            ("app_id", "250528"),
            ("web", "1"),
            ("channel", "dubox"),
            ("clienttype", "0"),
            ("jsToken", token),
            ("need_relation", "0"),
            ("need_secret_info", "0"),
        ];
        self.json("account", "/api/user/getinfo", &query, None)
            .await
    }

    /// `GET /api/quota`
    pub(super) async fn quota(&self) -> Result<QuotaInfo, DriveError> {
        let query = [
            ("app_id", "250528"),
            ("web", "1"),
            ("channel", "dubox"),
            ("clienttype", "0"),
            ("jsToken", self.js_token()?),
            ("checkexpire", "1"),
            ("checkfree", "1"),
        ];
        self.json("account", "/api/quota", &query, None).await
    }

    /// `POST /share/pset`
    pub(super) async fn create(
        &self,
        fs_ids: &[String],
        period_days: u32,
        password: Option<&str>,
    ) -> Result<WebShareMade, DriveError> {
        let ids = format!("[{}]", fs_ids.join(","));
        let period = period_days.to_string();
        let mut form = vec![
            ("fid_list", ids.as_str()),
            ("schannel", "0"),
            ("channel_list", "[]"),
            ("period", &period),
            ("public", if password.is_some() { "0" } else { "1" }),
        ];
        // “Requires extra params”, says the document of a private link; this is what the website sends.
        form.extend(password.map(|password| ("pwd", password)));
        let query = [("jsToken", self.js_token()?)];
        self.json("share", "/share/pset", &query, Some(&form)).await
    }

    /// `GET /share/teratransfer/sharelist`; pages count from 1.
    pub(super) async fn list(&self, page: u64, size: usize) -> Result<WebShares, DriveError> {
        let (page, size) = (page.to_string(), size.to_string());
        let query = [
            ("app_id", "250528"),
            ("web", "1"),
            ("page", &page),
            ("page_size", &size),
            ("jsToken", self.js_token()?),
        ];
        self.json("shares", "/share/teratransfer/sharelist", &query, None)
            .await
    }

    /// `POST /share/cancel`
    pub(super) async fn cancel(&self, id: u64) -> Result<(), DriveError> {
        let bdstoken = self.config.bdstoken.as_ref();
        let bdstoken = bdstoken.ok_or_else(|| lacks("bdstoken"))?;
        let query = [("bdstoken", bdstoken.expose_secret())];
        let ids = format!("[{id}]");
        let form = [("shareid_list", ids.as_str())];
        self.call("unshare", "/share/cancel", &query, Some(&form))
            .await
            .map(drop)
    }

    fn js_token(&self) -> Result<&str, DriveError> {
        let token = self.config.js_token.as_ref();
        token
            .map(SecretString::expose_secret)
            .ok_or_else(|| lacks("js_token"))
    }

    async fn json<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        form: Option<&[(&str, &str)]>,
    ) -> Result<T, DriveError> {
        parsed(operation, &self.call(operation, path, query, form).await?)
    }

    async fn call(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        form: Option<&[(&str, &str)]>,
    ) -> Result<Reply, DriveError> {
        let mut moved = false;
        loop {
            let base = self.base();
            let reply = self.ask(operation, &base, path, query, form).await?;
            let Err(error) = self.judged(operation, &reply) else {
                return Ok(reply);
            };
            let prefix = reply
                .headers
                .get(PREFIX)
                .and_then(|value| value.to_str().ok());
            let region = prefix.and_then(|prefix| in_region(&self.config.base_url, prefix));
            match region.filter(|region| !moved && *region != base) {
                Some(region) if error.upstream_code == Some(-6) => {
                    tracing::debug!("the account’s web session is served by another region");
                    moved = true;
                    *self.region.write().unwrap_or_else(PoisonError::into_inner) = Some(region);
                }
                _ => return Err(error),
            }
        }
    }

    async fn ask(
        &self,
        operation: &'static str,
        base: &str,
        path: &str,
        query: &[(&str, &str)],
        form: Option<&[(&str, &str)]>,
    ) -> Result<Reply, DriveError> {
        let query: Vec<String> = query
            .iter()
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, QUERY)))
            .collect();
        let url = format!("{base}{path}?{}", query.join("&"));
        let cookie = format!("ndus={}", self.config.ndus.expose_secret());
        let mut headers = HeaderMap::new();
        let mut cookie = HeaderValue::try_from(cookie).map_err(|_| {
            DriveError::new(
                ErrorKind::SignedOut,
                operation,
                "drive.web.ndus is no cookie",
            )
        })?;
        cookie.set_sensitive(true);
        headers.insert(COOKIE, cookie);
        if let Ok(referer) = HeaderValue::try_from(format!("{base}/")) {
            headers.insert(REFERER, referer);
        }
        let call = Call {
            method: if form.is_some() {
                Method::POST
            } else {
                Method::GET
            },
            url: &url,
            headers,
            body: form.map(|form| (FORM, written(form))),
            limit: LIMIT,
        };
        self.http.call(operation, call).await
    }

    fn judged(&self, operation: &'static str, reply: &Reply) -> Result<(), DriveError> {
        // Whoever is not signed in is sent to the login page.
        if reply.status.is_redirection() || reply.status == StatusCode::UNAUTHORIZED {
            return Err(ended(DriveError::new(
                ErrorKind::SignedOut,
                operation,
                "web session: sent to sign in",
            )));
        }
        judge(operation, reply, Context::Web, self.clock.now()).map_err(|error| match error.kind {
            ErrorKind::SignedOut => ended(error),
            _ => error,
        })
    }

    fn base(&self) -> String {
        let region = self.region.read().unwrap_or_else(PoisonError::into_inner);
        region
            .clone()
            .unwrap_or_else(|| self.config.base_url.clone())
    }
}

fn ended(mut error: DriveError) -> DriveError {
    if !error.detail.starts_with("web session") {
        error.detail = format!("web session: {}", error.detail);
    }
    error.with_sentence(
        "The web session of this drive has ended: its owner copies ndus, jsToken and bdstoken from the website again.",
    )
}

fn lacks(key: &'static str) -> DriveError {
    DriveError::new(
        ErrorKind::SignedOut,
        "share",
        format!("web session: drive.web.{key} is not set"),
    )
    .with_sentence("The web session of this drive is not complete: js_token or bdstoken is missing under [drive.web].")
}

/// The base address in a region: `https://jp.terabox.com` for `jp`, below the name that is configured, since
/// the cookie is good there alone. `None` where the prefix is none, or the base has no name to put it before.
fn in_region(base_url: &str, prefix: &str) -> Option<String> {
    let is_label = (1..=63).contains(&prefix.len())
        && prefix
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !prefix.starts_with('-')
        && !prefix.ends_with('-');
    let mut url = Url::parse(base_url).ok()?;
    let Some(Host::Domain(host)) = url.host() else {
        return None;
    };
    let labels: Vec<&str> = host.split('.').collect();
    if !is_label {
        return None;
    }
    // The last two labels are the name that is registered; what stands before it is www or another region.
    let name = labels[labels.len().saturating_sub(2)..].join(".");
    url.set_host(Some(&format!("{prefix}.{name}"))).ok()?;
    Some(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_stays_below_the_configured_name() {
        for (base, prefix, expected) in [
            (
                "https://1024terabox.com",
                "jp",
                Some("https://jp.1024terabox.com"),
            ),
            (
                "https://www.terabox.com",
                "jp",
                Some("https://jp.terabox.com"),
            ),
            (
                "https://dm.terabox.com",
                "jp",
                Some("https://jp.terabox.com"),
            ),
            ("http://localhost:81", "jp", Some("http://jp.localhost:81")),
            ("http://127.0.0.1:81", "jp", None),
            ("https://terabox.com", "evil.example/", None),
            ("https://terabox.com", "a.b", None),
            ("https://terabox.com", "-jp", None),
            ("https://terabox.com", "", None),
        ] {
            assert_eq!(
                in_region(base, prefix).as_deref(),
                expected,
                "{base} {prefix}"
            );
        }
    }
}
