//! Sign-in on the site's own page: the authorization code flow of OAuth with PKCE, for sites from 4.12 (wire document
//! section 2). The site shows its captcha, passkey or second factor there, and this server never gets the password.
//!
//! Unlike other calls, the exchange takes a form and answers without an envelope.

use http::{HeaderMap, Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::form_urlencoded;

use crate::cloudreve::codes;
use crate::cloudreve::config::OAuthClient;
use crate::cloudreve::request::Site;
use crate::cloudreve::session::stored::Session;
use crate::http::HttpCall;
use crate::json::elements;
use crate::{Authorization, DriveError};

const OPERATION: &str = "sign_in";
/// Everything that this program does at a site. Without `offline_access` there is no refresh token.
const SCOPES: &str = "openid offline_access Files.Read Files.Write Shares.Read Shares.Write UserInfo.Read Workflow.Read Workflow.Write";
/// Upper limit for a reply, in bytes.
const MAX_REPLY_BYTES: usize = 64 << 10;

/// Successful reply of `/session/oauth/token`.
#[derive(Deserialize)]
struct TokenReply {
    access_token: String,
    expires_in: u64,
    refresh_token: Option<String>,
    refresh_token_expires_in: Option<u64>,
}

/// Failed reply. Its `error` is the site's message and none of the words of RFC 6749: the numbers decide.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TokenFailure {
    #[serde(deserialize_with = "elements")]
    error_codes: Vec<i64>,
}

impl Site {
    /// Returns the URL of the page on which the owner agrees.
    pub(crate) fn authorization_url(
        &self,
        client: &OAuthClient,
        authorization: &Authorization,
    ) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &client.client_id)
            .append_pair("redirect_uri", &authorization.redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("scope", SCOPES)
            .append_pair("state", &authorization.state)
            .append_pair("code_challenge", &authorization.challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        format!("{}/session/authorize?{query}", self.base_url)
    }

    /// Exchanges the code for a pair of tokens.
    ///
    /// # Errors
    /// `bad_request` for a code or a `client_secret` that the site refuses, `unsupported` at a site that has no such
    /// call.
    pub(crate) async fn exchange(
        &self,
        client: &OAuthClient,
        code: &SecretString,
        verifier: &SecretString,
    ) -> Result<Session, DriveError> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &client.client_id)
            .append_pair("client_secret", client.client_secret.expose_secret())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code.expose_secret())
            .append_pair("code_verifier", verifier.expose_secret())
            .finish();
        let url = self.url("/session/oauth/token");
        let call = HttpCall {
            method: Method::POST,
            url: &url,
            headers: HeaderMap::new(),
            body: Some(("application/x-www-form-urlencoded", form)),
            limit: MAX_REPLY_BYTES,
            patience: None,
        };
        let reply = self.http.call(OPERATION, call).await?;
        if reply.status == StatusCode::NOT_FOUND {
            let detail = "the site has no such sign-in";
            return Err(DriveError::unsupported(OPERATION, detail)
                .with_sentence("The site’s version of Cloudreve is too old for this sign-in."));
        }
        let Ok(told) = serde_json::from_slice::<TokenReply>(&reply.body) else {
            let failure: TokenFailure = serde_json::from_slice(&reply.body).unwrap_or_default();
            return Err(refused(failure.error_codes.first().copied()));
        };
        let refresh_token = told.refresh_token.filter(|token| !token.is_empty());
        let refresh_token = refresh_token.ok_or_else(|| {
            DriveError::bad_request(OPERATION, "no refresh token").with_sentence(
                "The site’s administrator has to allow the application “offline_access”.",
            )
        })?;
        let now = self.clock.unix_s();
        Ok(Session {
            access_token: Some(told.access_token.into()),
            access_ends_at: now + told.expires_in,
            refresh_token: refresh_token.into(),
            refresh_ends_at: told.refresh_token_expires_in.map(|left| now + left),
        })
    }
}

/// Returns the error for a reply without tokens.
fn refused(code: Option<i64>) -> DriveError {
    let sentence = match code {
        // The code has just come from the site, by way of the owner's browser.
        Some(codes::CREDENTIAL_INVALID) => {
            "The site did not accept the sign-in: the client_secret is another one at the site, or the sign-in took longer \
             than ten minutes."
        }
        Some(codes::NO_SUCH_THING) => "The site does not know this client_id any more.",
        Some(codes::BAD_PARAMETERS) => {
            "The site has registered this application with fewer scopes than Drive-In asks for."
        }
        _ => "The site did not accept the sign-in. Begin it again.",
    };
    let error =
        DriveError::bad_request(OPERATION, "no tokens in the reply").with_sentence(sentence);
    match code {
        Some(code) => error.with_code(code),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a site of version 4.18.0 answers a code that it does not know.
    #[test]
    fn a_refusal_is_read_by_its_number() {
        let reply = r#"{"error":"Invalid or expired authorization code","error_description":"",
            "error_codes":[40020],"correlation_id":"b1aefd2d-4ce7-4c40-8323-d41453821230"}"#;
        let failure: TokenFailure = serde_json::from_str(reply).unwrap();
        let error = refused(failure.error_codes.first().copied());
        assert_eq!(error.upstream_code, Some(40020));
        assert!(error.sentence.unwrap().contains("client_secret"));
        let odd: TokenFailure = serde_json::from_str(r#"{"error":"x"}"#).unwrap();
        assert_eq!(odd.error_codes.first(), None);
    }
}
