//! The two transports for an account: an application of the Open Platform, or the account's own web session.
//!
//! Both have the same calls by the same names; the Open Platform has them below `/openapi`. A transport adds
//! the caller's credentials: a token in the URL, or a cookie and the token of the website's page. A call whose
//! token is no longer valid is repeated once with a new one; no other retry is made here.

use std::sync::Arc;

use http::{HeaderMap, Method};
use percent_encoding::utf8_percent_encode;
use secrecy::ExposeSecret;

use super::codes;
use super::download_url;
use crate::http::{Client, HttpCall, Reply};
use crate::session::retry_with_new_token;
use crate::terabox::platform::auth::{Access, Auth};
use crate::terabox::request::{ApiRequest, FORM, QUERY, TOKEN_PARAMETERS, call_url, encode_form};
use crate::terabox::web_session::WebSession;
use crate::{DriveError, Origin};

/// The transport of an account. Clones share its session.
#[derive(Clone)]
pub(crate) enum Transport {
    Platform(Arc<Auth>),
    Web(Arc<WebSession>),
}

impl Transport {
    /// Makes a call; `judge` decides whether its reply is valid.
    pub(crate) async fn ask(
        &self,
        http: &Client,
        request: &ApiRequest<'_>,
        judge: impl Fn(&Reply) -> Result<(), DriveError>,
    ) -> Result<Reply, DriveError> {
        let operation = request.operation;
        let auth = match self {
            Transport::Web(web) => return web.ask_for_drive(request, judge).await,
            Transport::Platform(auth) => auth,
        };
        let named = |error: DriveError| DriveError { operation, ..error };
        let access = auth.access().await.map_err(named)?;
        retry_with_new_token(auth, access, is_refused, async |access: Access| {
            let reply = by_token(http, request, &access).await?;
            judge(&reply).map(|()| reply)
        })
        .await
        .map_err(named)
    }

    /// Returns the Open Platform's session, for calls that only it has.
    pub(crate) fn platform(&self, operation: &'static str) -> Result<&Arc<Auth>, DriveError> {
        match self {
            Transport::Platform(auth) => Ok(auth),
            Transport::Web(_) => Err(DriveError::unsupported(
                operation,
                "the web session has no such call",
            )),
        }
    }

    /// Returns the web session; `None` if the transport is the Open Platform.
    pub(crate) fn web(&self) -> Option<&Arc<WebSession>> {
        match self {
            Transport::Platform(_) => None,
            Transport::Web(web) => Some(web),
        }
    }

    /// Returns the parameters that a playlist request has beside the documented ones.
    pub(crate) fn player(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Transport::Platform(_) => &[],
            // The website's own player sends these.
            Transport::Web(_) => &[("isplayer", "1"), ("check_blue", "1")],
        }
    }

    /// Returns a download URL with the credentials that its first host requires: the token, or a mark that the
    /// session's cookie goes along ([`download_url::wants_session`]).
    pub(crate) async fn signed(
        &self,
        address: &str,
        expires_at: Option<std::time::SystemTime>,
    ) -> Result<Origin, DriveError> {
        let url = match self {
            Transport::Platform(auth) => {
                let access = auth.access().await?;
                let token = access.token.expose_secret();
                let token = utf8_percent_encode(token, QUERY).to_string();
                download_url::with_token(address, &token)
            }
            Transport::Web(_) => download_url::with_session(address),
        };
        Ok(Origin::new(url, expires_at))
    }
}

/// Returns true if the answer says that the access token is not valid.
pub(crate) fn is_refused<T>(answer: &Result<T, DriveError>) -> bool {
    answer.as_ref().is_err_and(codes::wants_a_new_token)
}

async fn by_token(
    http: &Client,
    request: &ApiRequest<'_>,
    access: &Access,
) -> Result<Reply, DriveError> {
    let path = format!("/openapi{}", request.path);
    let url = call_url(&access.api_base, &access.token, &path, request.query);
    let (operation, limit) = (request.operation, request.limit);
    match request.form {
        None => {
            http.get_idempotent(operation, &url, &TOKEN_PARAMETERS, limit)
                .await
        }
        Some(form) => {
            let call = HttpCall {
                method: Method::POST,
                url: &url,
                headers: HeaderMap::new(),
                body: Some((FORM, encode_form(form))),
                limit,
                patience: None,
            };
            http.call(operation, call).await
        }
    }
}
