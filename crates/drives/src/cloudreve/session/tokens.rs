//! The token calls: exchange passwords, codes of a second factor and refresh tokens for token pairs (document
//! sections 5.2 to 5.4).

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::cloudreve::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::request::{ApiRequest, ApiResponse, Site};
use crate::cloudreve::session::stored::Session;
use crate::cloudreve::types::{CaptchaData, SignedIn, SiteFacts, TokenPair};
use crate::{DriveError, ErrorKind};

/// Lifetime of a token if the upstream does not report it: the default of an installation.
const DEFAULT_TTL_S: u64 = 3600;

const OPERATION: &str = "session";
/// Upper limit for a captcha: the picture has 240 × 60 pixels.
const MAX_CAPTCHA_BYTES: usize = 256 << 10;

/// The account, and what proves it.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) email: String,
    pub(crate) password: SecretString,
}

/// A captcha: a picture, and the ticket that goes with its answer.
pub(crate) struct Captcha {
    /// A `data:` URL.
    pub(crate) image: String,
    pub(crate) ticket: SecretString,
}

/// The characters that a human read off a captcha.
pub(crate) struct CaptchaAnswer {
    pub(crate) ticket: SecretString,
    pub(crate) text: SecretString,
}

/// The upstream's answer to a password.
pub(crate) enum Answer {
    Signed(Box<Session>),
    Second(SecretString),
}

impl Site {
    /// Exchanges a refresh token for another pair.
    pub(crate) async fn renewed_pair(&self, token: &SecretString) -> Result<Session, DriveError> {
        let body = json!({"refresh_token": token.expose_secret()});
        let told = self.session_call("/session/token/refresh", body).await?;
        let at = told.at;
        Ok(self.session(told.data()?, at))
    }

    /// Signs in with a password: returns a session, or the request for a second factor.
    pub(crate) async fn first_step(
        &self,
        credentials: &Credentials,
        captcha: Option<&CaptchaAnswer>,
    ) -> Result<Answer, DriveError> {
        let mut body = json!({
            "email": credentials.email,
            "password": credentials.password.expose_secret(),
        });
        if let Some(captcha) = captcha {
            body["ticket"] = json!(captcha.ticket.expose_secret());
            body["captcha"] = json!(captcha.text.expose_secret().trim());
        }
        let told = self.session_call("/session/token", body).await?;
        let at = told.at;
        if told.code() == Some(codes::CONTINUE) {
            return match &told.envelope.data {
                Value::String(id) if !id.is_empty() => Ok(Answer::Second(id.clone().into())),
                // An e-mail confirmation is requested with the same number.
                _ => Err(DriveError::new(
                    ErrorKind::VerificationRequired,
                    OPERATION,
                    "the sign-in is to go on elsewhere",
                )),
            };
        }
        let SignedIn { token } = told.data()?;
        Ok(Answer::Signed(Box::new(self.session(token, at))))
    }

    /// Returns a captcha that is a picture; `None` if the site's captcha is of another kind, which only its own page can
    /// show (wire document section 2).
    pub(crate) async fn captcha(&self) -> Result<Option<Captcha>, DriveError> {
        let get = async |target: &'static str| {
            let ask = ApiRequest::get(OPERATION, Context::Session, target);
            self.ask(&ask, None).await
        };
        let about: SiteFacts = get("/site/config/basic").await?.data()?;
        if !matches!(
            about.captcha_type.as_deref(),
            None | Some("" | "normal" | "tcaptcha")
        ) {
            return Ok(None);
        }
        let CaptchaData { image, ticket } = get("/site/captcha").await?.data()?;
        let is_picture = image.starts_with("data:image/") && image.len() <= MAX_CAPTCHA_BYTES;
        Ok(is_picture.then(|| Captcha {
            image,
            ticket: ticket.into(),
        }))
    }

    /// Signs in with the code of the second factor.
    ///
    /// # Errors
    ///
    /// `404` if the first step has expired.
    pub(crate) async fn second_step(
        &self,
        id: &SecretString,
        code: &SecretString,
    ) -> Result<Session, DriveError> {
        let body = json!({"otp": code.expose_secret(), "session_id": id.expose_secret()});
        let told = self.session_call("/session/token/2fa", body).await?;
        let at = told.at;
        let SignedIn { token } = told.data()?;
        Ok(self.session(token, at))
    }

    /// Revokes a refresh token, and with it all tokens that came from it.
    pub(crate) async fn end_session(&self, token: &SecretString) -> Result<(), DriveError> {
        let body = json!({"refresh_token": token.expose_secret()});
        let target = "/session/token";
        let ask = ApiRequest::with(OPERATION, Context::Session, Method::DELETE, target, body);
        self.ask(&ask, None).await?.done()
    }

    async fn session_call(&self, target: &str, body: Value) -> Result<ApiResponse, DriveError> {
        let ask = ApiRequest::with(OPERATION, Context::Session, Method::POST, target, body);
        self.ask(&ask, None).await
    }

    /// Returns a pair with its expiry by our clock: the upstream's clock may differ, so the remaining time
    /// counts.
    fn session(&self, token: TokenPair, told_at: Option<SystemTime>) -> Session {
        let now = self.clock.unix_s();
        let their_now = told_at
            .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
            .map_or(now, |since| since.as_secs());
        let by_our_clock = |end: Option<DateTime<Utc>>| {
            let end = u64::try_from(end?.timestamp()).ok()?;
            Some(now + end.saturating_sub(their_now))
        };
        Session {
            access_token: Some(token.access_token.into()),
            access_ends_at: by_our_clock(token.access_expires.0).unwrap_or(now + DEFAULT_TTL_S),
            refresh_token: token.refresh_token.into(),
            refresh_ends_at: by_our_clock(token.refresh_expires.0),
        }
    }
}
