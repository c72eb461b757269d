//! The account’s own hosts, which the upstream names once a session is there.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;

use super::super::tokens;
use super::{Auth, AuthState, REFRESH_TOKEN_TTL_S, signed_out};
use crate::DriveError;

pub(super) struct Domains {
    pub(super) api_base: Arc<str>,
    pub(super) upload_base: Arc<str>,
    pub(super) until: SystemTime,
}

impl Auth {
    /// Requests the token's domains and expiry, if they are not known.
    pub(super) async fn fetch_domains(&self, state: &mut AuthState) -> Result<(), DriveError> {
        let Some(session) = &mut state.session else {
            return Err(signed_out("not signed in"));
        };
        let Some(token) = &session.access_token else {
            return Err(signed_out("not signed in"));
        };
        let tokens::TokenInfoParsed {
            api_base,
            upload_base,
            made_at,
            expires_at,
            is_of_another_application,
        } = self.oauth.token_facts(token.expose_secret()).await?;
        if session.expires_at.is_none() {
            session.expires_at = expires_at;
        }
        if session.ends_at.is_none() {
            // A configured pair: its refresh token is as old as its access token, or older.
            session.ends_at = made_at.map(|made| made + REFRESH_TOKEN_TTL_S);
        }
        if is_of_another_application {
            tracing::warn!(
                "the access token was issued to another application than client_id names"
            );
        }
        state.is_of_another_application = is_of_another_application;
        state.domains = Some(Domains {
            api_base: api_base.into(),
            upload_base: upload_base.into(),
            until: self.clock.now() + DOMAINS_TTL,
        });
        Ok(())
    }
}

/// Domains may be cached for an hour.
const DOMAINS_TTL: Duration = Duration::from_secs(50 * 60);
