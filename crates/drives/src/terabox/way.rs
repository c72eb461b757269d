//! The two ways to an account: an application of the Open Platform, or the account's own web session.
//!
//! Both have the same calls by the same names; the Open Platform has them below `/openapi`. What a way adds is who
//! is asking: a token in the address, or a cookie and the token of the website's page. A call that meets a token
//! which is no good any more is repeated once with a new one; nothing else is repeated here.

use std::sync::Arc;

use http::{HeaderMap, Method};
use percent_encoding::utf8_percent_encode;
use secrecy::ExposeSecret;

use super::auth::{Access, Auth};
use super::changes::written;
use super::client::{QUERY, TOKEN_PARAMETERS, address};
use super::codes;
use super::links;
use super::web::WebSession;
use crate::http::{Call, Client, Reply};
use crate::{DriveError, ErrorKind, Origin};

/// The media type of a form.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// How the account is reached. Clones share its session.
#[derive(Clone)]
pub(super) enum Way {
    Platform(Arc<Auth>),
    Web(Arc<WebSession>),
}

/// One call.
pub(super) struct Question<'a> {
    pub(super) operation: &'static str,
    /// Such as `/api/list`.
    pub(super) path: &'a str,
    pub(super) query: &'a [(&'a str, &'a str)],
    /// What is posted; without it, the call is a GET.
    pub(super) form: Option<&'a [(&'a str, &'a str)]>,
    /// Bytes of the reply that are read at most.
    pub(super) limit: usize,
}

impl Way {
    /// Makes a call; `judge` says whether its reply is one.
    pub(super) async fn ask(
        &self,
        http: &Client,
        question: &Question<'_>,
        judge: impl Fn(&Reply) -> Result<(), DriveError>,
    ) -> Result<Reply, DriveError> {
        let operation = question.operation;
        let auth = match self {
            Way::Web(web) => return web.ask_for_drive(question, judge).await,
            Way::Platform(auth) => auth,
        };
        let named = |error: DriveError| DriveError { operation, ..error };
        let mut access = auth.access().await.map_err(named)?;
        let mut repeated = false;
        loop {
            let reply = by_token(http, question, &access).await?;
            match judge(&reply) {
                Ok(()) => {
                    auth.proved(access.generation);
                    return Ok(reply);
                }
                Err(error) if !repeated && codes::wants_a_new_token(&error) => {
                    repeated = true;
                    access = auth.renewed(access.generation).await.map_err(named)?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The Open Platform's session, for what only that has.
    pub(super) fn platform(&self, operation: &'static str) -> Result<&Arc<Auth>, DriveError> {
        match self {
            Way::Platform(auth) => Ok(auth),
            Way::Web(_) => Err(DriveError::new(
                ErrorKind::Unsupported,
                operation,
                "the web session has no such call",
            )),
        }
    }

    /// The web session, where that is the way.
    pub(super) fn web(&self) -> Option<&Arc<WebSession>> {
        match self {
            Way::Platform(_) => None,
            Way::Web(web) => Some(web),
        }
    }

    /// What a playlist is asked for with beside its documented parameters.
    pub(super) fn player(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Way::Platform(_) => &[],
            // As the website's own player asks.
            Way::Web(_) => &[("isplayer", "1"), ("check_blue", "1")],
        }
    }

    /// A download address with what its first host wants to see: the token, or a mark that the session's cookie
    /// goes along ([`links::wants_session`]).
    pub(super) async fn signed(
        &self,
        address: &str,
        expires_at: Option<std::time::SystemTime>,
    ) -> Result<Origin, DriveError> {
        let url = match self {
            Way::Platform(auth) => {
                let access = auth.access().await?;
                let token = access.token.expose_secret();
                let token = utf8_percent_encode(token, QUERY).to_string();
                links::with_token(address, &token)
            }
            Way::Web(_) => links::with_session(address),
        };
        Ok(Origin::new(url, expires_at))
    }
}

async fn by_token(
    http: &Client,
    question: &Question<'_>,
    access: &Access,
) -> Result<Reply, DriveError> {
    let path = format!("/openapi{}", question.path);
    let url = address(&access.api_base, access, &path, question.query);
    let (operation, limit) = (question.operation, question.limit);
    match question.form {
        None => {
            http.look_up(operation, &url, &TOKEN_PARAMETERS, limit)
                .await
        }
        Some(form) => {
            let call = Call {
                method: Method::POST,
                url: &url,
                headers: HeaderMap::new(),
                body: Some((FORM, written(form))),
                limit,
                patience: None,
            };
            http.call(operation, call).await
        }
    }
}
