//! The account's own web session, as far as the owner provided it: a cookie, and the tokens that the website's
//! own page holds for the cookie's owner.
//!
//! - `crate::terabox::cookie`: the cookie as people paste it, and the hosts that may see it · `page`: tokens
//!   parsed from the website's page
//! - `send`: sends a call and retries it · `calls`: the calls of the web documents
//! - `upload_host`: the host that takes the parts of an upload
//! - `sign_in`: adopts a session that is pasted · `stored`: its form in the store, which outlives a restart
//!
//! The cookie cannot be renewed from here: an expired one is reported as such. The page's tokens are read when
//! a call first requires them. When a call reports that they are stale, they are read again in a single flight,
//! and each waiting call is then made once more. The region that serves the account
//! (`Url-Domain-Prefix`, or a redirect of the page) is followed once in a call, and stays below the name that
//! issued the cookie. A demand for verification is reported, and no further request is made for it.

mod calls;
mod page;
mod send;
mod sign_in;
mod stored;
pub(super) mod types;
mod upload_host;

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Days, Utc};
use http::Method;
use http::header::{HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use secrecy::SecretString;

use crate::http::Client;
use crate::session::SingleFlight;
use crate::terabox::codes::Context;
use crate::terabox::config::WebConfig;
use crate::terabox::cookie::{WebCookie, hosts};
use crate::terabox::response::check_response;
use crate::terabox::web_session::page::PageTokens;
use crate::terabox::web_session::send::secret_header;
use crate::terabox::web_session::stored::StoredSession;
use crate::{Clock, DriveError, ErrorKind, SessionStore};

/// Default site of the session, if neither the config nor the cookie names one.
const WEBSITE: &str = "https://1024terabox.com";
/// Path of the page of the owner's files.
const PAGE: &str = "/main";
/// Maximum size of the page, which has some hundred kilobytes.
const PAGE_LIMIT: usize = 8 * 1024 * 1024;
/// Header that names the region whose host serves the account.
const PREFIX: &str = "url-domain-prefix";
/// Cookie that the website sets for every visitor of its page, and expects back.
const VISITOR: &str = "browserid";
/// Assumed lifetime of a cookie without an expiry, as observed.
const LASTS: Days = Days::new(365);

const ENDED: &str = "The web session of this drive has ended. Sign in to the website in a browser, copy its ndus cookie, \
    and paste it on the drive’s account page or under [drive.web].";
const UNREADABLE: &str = "The website’s page does not hold the token that its calls want: it may have changed. Set js_token \
    under [drive.web], or try again later.";
const INCOMPLETE: &str =
    "The website’s page does not hold what links are revoked with: set bdstoken under [drive.web].";

/// A token of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageToken {
    Js,
    Bdstoken,
}

/// Credentials of a call.
#[derive(Clone)]
pub(crate) struct WebCredentials {
    base: String,
    cookie: WebCookie,
    /// Further cookies that the website set.
    visitor: Vec<(String, SecretString)>,
    tokens: PageTokens,
}

/// The session as it was stored or configured.
#[derive(Default)]
struct WebSessionState {
    kept: StoredSession,
    loaded: bool,
}

pub(crate) struct WebSession {
    config: WebConfig,
    http: Arc<Client>,
    clock: Clock,
    /// Store of a session that is pasted later.
    store: Option<Arc<dyn SessionStore>>,
    state: RwLock<WebSessionState>,
    /// The credentials in use. Its lock also serialises changes of the session.
    credentials: SingleFlight<WebCredentials>,
    /// Base URL of the host that takes parts of uploads.
    upload_host: SingleFlight<String>,
}

impl WebSession {
    /// Returns a session as configured; one that is pasted later is stored in `store`, if there is one.
    pub(crate) fn new(
        config: WebConfig,
        http: Arc<Client>,
        clock: Clock,
        store: Option<Arc<dyn SessionStore>>,
    ) -> Self {
        WebSession {
            config,
            http,
            clock,
            store,
            state: RwLock::default(),
            credentials: SingleFlight::new(None),
            upload_host: SingleFlight::new(None),
        }
    }

    /// Returns the base URL of the session's site, which is also that of the account's own links.
    pub(crate) fn base_url(&self) -> String {
        let pasted = self.read(|state| state.kept.cookie.clone());
        self.website(pasted.as_ref().or(self.config.cookie.as_ref()))
    }

    /// Returns the website of a session: the owner's setting, or the site that the cookie names.
    fn website(&self, cookie: Option<&WebCookie>) -> String {
        let told = || hosts::website(cookie?.domain.as_deref()?);
        let set = self.config.base_url.clone();
        set.or_else(told).unwrap_or_else(|| WEBSITE.to_owned())
    }

    /// Returns the `Cookie` header for a media URL; `None` if the session may not be sent there.
    pub(crate) fn cookie_for(&self, address: &str) -> Option<HeaderValue> {
        let credentials = self.credentials.current()?;
        let home = self.website(Some(&credentials.cookie));
        hosts::may_see_session(&home, address).then_some(())?;
        secret_header(&credentials.cookie.header(&credentials.visitor))
    }

    /// Returns the expected end of the session, and true if the cookie states it; false marks a guess.
    pub(crate) fn expected_end(&self) -> Option<(DateTime<Utc>, bool)> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let cookie = state.kept.cookie.as_ref()?;
        match cookie.ends_at {
            Some(end) => Some((media::unix_time(end)?, true)),
            None => {
                let since = media::unix_time(state.kept.since?)?;
                Some((since.checked_add_days(LASTS)?, false))
            }
        }
    }

    /// Returns the credentials of a call; reads the page if a token of it is not known yet.
    async fn credentials(
        &self,
        operation: &'static str,
        token: PageToken,
    ) -> Result<Arc<WebCredentials>, DriveError> {
        let first = self.first_credentials(operation);
        let mut credentials = self.credentials.get(first).await?;
        // Another caller may have changed the region meanwhile, which reads no page.
        for _ in 0..2 {
            if WebSession::parameter(token, &credentials).is_some() {
                return Ok(credentials);
            }
            credentials = self.renewed(operation, &credentials).await?;
        }
        match (WebSession::parameter(token, &credentials), token) {
            (Some(_), _) => Ok(credentials),
            (None, PageToken::Js) => Err(unreadable(operation)),
            (None, PageToken::Bdstoken) => {
                let error =
                    DriveError::new(ErrorKind::SignedOut, operation, "web session: no bdstoken");
                Err(error.with_sentence(INCOMPLETE))
            }
        }
    }

    /// Returns the stored or configured session as credentials, without a request.
    async fn first_credentials(
        &self,
        operation: &'static str,
    ) -> Result<WebCredentials, DriveError> {
        self.load().await?;
        let cookie = self.read(|state| state.kept.cookie.clone());
        let cookie = cookie.ok_or_else(|| ended(operation, "signed out"))?;
        Ok(WebCredentials {
            base: self.website(Some(&cookie)),
            cookie,
            visitor: Vec::new(),
            tokens: PageTokens {
                js_token: self.config.js_token.clone(),
                bdstoken: self.config.bdstoken.clone(),
            },
        })
    }

    /// Returns other credentials than `stale`. They are read from the page, once for all callers that come with
    /// the same ones.
    async fn renewed(
        &self,
        operation: &'static str,
        stale: &Arc<WebCredentials>,
    ) -> Result<Arc<WebCredentials>, DriveError> {
        match self.credentials.renew(stale).await {
            Ok(newer) => Ok(newer),
            Err(_) if self.credentials.current().is_none() => {
                Err(ended(operation, "signed out meanwhile"))
            }
            Err(guard) => {
                let found = self.look_at_page(operation, stale).await?;
                Ok(guard.set(found))
            }
        }
    }

    /// Reads the tokens of the page again, for a call that reports success and does nothing with a stale token.
    pub(crate) async fn renew_tokens(&self, operation: &'static str) -> Result<(), DriveError> {
        let stale = self.credentials(operation, PageToken::Js).await?;
        self.renewed(operation, &stale).await.map(drop)
    }

    /// Handles the report that the account is served at `base`.
    async fn moved(&self, refused: &Arc<WebCredentials>, base: String) -> Arc<WebCredentials> {
        match self.credentials.renew(refused).await {
            Ok(newer) => newer,
            Err(guard) => {
                tracing::debug!("the account’s web session is served by another region");
                guard.set(WebCredentials {
                    base,
                    ..(**refused).clone()
                })
            }
        }
    }

    /// Reads the website's page as the owner's browser would, and returns the credentials with its tokens.
    async fn look_at_page(
        &self,
        operation: &'static str,
        credentials: &WebCredentials,
    ) -> Result<WebCredentials, DriveError> {
        tracing::debug!("the tokens of the website’s page are read");
        let mut credentials = credentials.clone();
        let mut moved = false;
        loop {
            let url = format!("{}{PAGE}", credentials.base);
            let reply = self
                .send(
                    operation,
                    &credentials,
                    Method::GET,
                    &url,
                    None,
                    &[],
                    PAGE_LIMIT,
                )
                .await?;
            if reply.status.is_redirection() {
                let location = reply
                    .headers
                    .get(LOCATION)
                    .and_then(|value| value.to_str().ok());
                let home = self.website(Some(&credentials.cookie));
                let region = location.and_then(|to| hosts::region_of_redirect(&home, to));
                match (location, region) {
                    (Some(to), _) if hosts::is_login(to) => {
                        return Err(ended(operation, "the page leads to the login"));
                    }
                    (_, Some(region)) if !moved => {
                        moved = true;
                        credentials.base = region;
                        continue;
                    }
                    _ => return Err(unreadable(operation)),
                }
            }
            if !reply.status.is_success() {
                check_response(operation, &reply, Context::Web, self.clock.now())
                    .map_err(explained)?;
            }
            let html = String::from_utf8_lossy(&reply.body);
            let found = page::tokens(&html);
            if found.js_token.is_none() {
                if page::wants_verification(&html) {
                    let detail = "web session: the page asks for a verification";
                    return Err(DriveError::new(
                        ErrorKind::VerificationRequired,
                        operation,
                        detail,
                    ));
                }
                return Err(unreadable(operation));
            }
            credentials.tokens.js_token = found.js_token;
            if found.bdstoken.is_some() {
                credentials.tokens.bdstoken = found.bdstoken;
            }
            if let Some(visitor) = set_cookie(&reply.headers, VISITOR) {
                credentials.visitor = vec![(VISITOR.to_owned(), visitor)];
            }
            return Ok(credentials);
        }
    }

    fn read<T>(&self, look: impl FnOnce(&WebSessionState) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, change: impl FnOnce(&mut WebSessionState)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Returns the value of a cookie that a reply sets; `None` if it does not set it.
fn set_cookie(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let all = headers.get_all(SET_COOKIE).iter();
    all.filter_map(|cookie| cookie.to_str().ok())
        .filter_map(|cookie| cookie.split(';').next()?.trim().split_once('='))
        .find(|(known, value)| *known == name && !value.is_empty())
        .map(|(_, value)| value.into())
}

fn ended(operation: &'static str, detail: &str) -> DriveError {
    let detail = format!("web session: {detail}");
    DriveError::new(ErrorKind::SignedOut, operation, detail).with_sentence(ENDED)
}

/// Adds the owner's next step to an error of a call, if the session itself is the cause.
fn explained(error: DriveError) -> DriveError {
    match error.kind {
        ErrorKind::SignedOut if error.sentence.is_none() => DriveError {
            detail: format!("web session: {}", error.detail),
            sentence: Some(ENDED),
            ..error
        },
        _ => error,
    }
}

fn unreadable(operation: &'static str) -> DriveError {
    let detail = "web session: no jsToken in the page";
    DriveError::failed(operation, detail).with_sentence(UNREADABLE)
}
