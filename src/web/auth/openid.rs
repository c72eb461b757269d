//! Sign-in with an OpenID provider (OpenID Connect Core 1.0): the authorization code flow with PKCE (RFC 7636), state and
//! nonce.
//!
//! The browser keeps an attempt in a signed cookie, so that no other browser can finish it. The provider is called by
//! the guarded client of the drives, which follows no redirect here. The ID token is verified: signature, issuer, audience,
//! expiry, nonce, and the hash of the access token. A session of the owner begins for the accounts of the configuration, one
//! of a viewer for the account that the owner has given to that viewer, and none for all others.

mod errors;
mod id_token;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderValue};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreGenderClaim, CoreProviderMetadata,
};
use openidconnect::{
    AccessToken, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EmptyAdditionalClaims, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, IssuerUrl,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    UserInfoClaims,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::{Authenticator, constant_time_eq};
use crate::config::OpenIdConfig;
use crate::store::Viewer;
use crate::viewers::Viewers;
use crate::web::client::ClientInfo;
use ::drives::http::Client;
use errors::{refused_by, unverified};
use id_token::{is_unknown_key, verified};

pub(in crate::web) use errors::OpenIdError;

/// The cookie of an attempt.
const COOKIE: &str = "drivein_openid";

/// Time between the begin of an attempt and its end.
const ATTEMPT_TTL: Duration = Duration::from_secs(600);

/// Lifetime of the provider's metadata and keys in memory.
const METADATA_TTL: Duration = Duration::from_secs(300);

/// Time for which a provider that failed is not called again.
const FAILURE_TTL: Duration = Duration::from_secs(5);

/// A reply of a provider is a few kilobytes.
const MAX_REPLY_BYTES: usize = 512 << 10;

const OPERATION: &str = "sign in with OpenID";

/// A client of one provider, with the endpoints of its metadata.
type ProviderClient = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider of the configuration.
pub struct OpenId {
    config: OpenIdConfig,
    http: Arc<Client>,
    /// The metadata with the time of the call; `None` in place of metadata if the call failed.
    metadata: tokio::sync::Mutex<Option<(Instant, Option<CoreProviderMetadata>)>>,
}

/// An attempt to sign in, in the browser that began it.
#[derive(Serialize, Deserialize)]
struct OpenIdAttempt {
    state: String,
    nonce: String,
    verifier: String,
    /// The URL to return to.
    next: String,
    /// Seconds since 1970.
    ends_at_s: u64,
}

/// The answer of the provider's page (OpenID Connect Core 1.0, sections 3.1.2.5 and 3.1.2.6).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct OpenIdAnswer {
    code: Option<String>,
    state: String,
    error: Option<String>,
    /// The issuer (RFC 9207).
    iss: Option<String>,
}

/// An account of the provider.
struct OpenIdAccount {
    subject: String,
    email: Option<String>,
    is_email_verified: bool,
}

impl OpenId {
    /// Returns the sign-in with this provider, which is called through `http`. Makes no call.
    pub fn new(config: OpenIdConfig, http: Arc<Client>) -> Self {
        OpenId {
            config,
            http,
            metadata: tokio::sync::Mutex::default(),
        }
    }

    /// Returns the provider's metadata and keys, of the cache if they are fresh enough.
    async fn metadata(&self, max_age: Duration) -> Result<CoreProviderMetadata, OpenIdError> {
        let mut cached = self.metadata.lock().await;
        match &*cached {
            Some((at, Some(metadata))) if at.elapsed() < max_age => return Ok(metadata.clone()),
            Some((at, None)) if at.elapsed() < FAILURE_TTL => return Err(OpenIdError::Unreachable),
            _ => {}
        }
        let http = self.transport();
        let found = match IssuerUrl::new(self.config.issuer.clone()) {
            Ok(issuer) => CoreProviderMetadata::discover_async(issuer, &http)
                .await
                .map_err(|error| refused_by(&error)),
            Err(error) => Err(refused_by(&error)),
        };
        *cached = Some((Instant::now(), found.as_ref().ok().cloned()));
        found
    }

    /// Returns the HTTP half of the protocol: each call goes through the guard, with a limited reply and a timeout.
    fn transport(
        &self,
    ) -> impl Fn(
        HttpRequest,
    ) -> futures_util::future::BoxFuture<
        'static,
        Result<http::Response<Vec<u8>>, ::drives::DriveError>,
    > + Send
    + Sync
    + use<> {
        let client = self.http.clone();
        move |request| {
            let client = client.clone();
            Box::pin(async move { client.exchange(OPERATION, request, MAX_REPLY_BYTES).await })
        }
    }

    /// Returns a client for the callback URL `back`.
    fn client(
        &self,
        metadata: CoreProviderMetadata,
        back: &str,
    ) -> Result<ProviderClient, OpenIdError> {
        let methods = metadata.token_endpoint_auth_methods_supported();
        let by_form = methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let secret = self.config.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        let id = ClientId::new(self.config.client_id.clone());
        let back = RedirectUrl::new(back.to_owned()).map_err(|error| refused_by(&error))?;
        let client =
            CoreClient::from_provider_metadata(metadata, id, secret).set_redirect_uri(back);
        Ok(match by_form {
            true => client.set_auth_type(AuthType::RequestBody),
            false => client,
        })
    }

    async fn account(
        &self,
        attempt: &OpenIdAttempt,
        answer: &OpenIdAnswer,
        back: &str,
    ) -> Result<OpenIdAccount, OpenIdError> {
        if answer.error.is_some() {
            return Err(OpenIdError::Declined);
        }
        let is_other = |issuer: &String| *issuer != self.config.issuer;
        if answer.iss.as_ref().is_some_and(is_other) {
            return Err(OpenIdError::Unverified);
        }
        let code = answer.code.clone().ok_or(OpenIdError::Declined)?;
        let metadata = self.metadata(METADATA_TTL).await?;
        let client = self.client(metadata, back)?;
        let http = self.transport();
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| refused_by(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .request_async(&http)
            .await
            .map_err(|error| {
                refused_by(&error);
                OpenIdError::Declined
            })?;
        let nonce = Nonce::new(attempt.nonce.clone());
        let claims = match verified(&client, &tokens, &nonce) {
            Err(error) if is_unknown_key(&error) => {
                // The provider may sign with a new key.
                let metadata = self.metadata(Duration::ZERO).await?;
                verified(&self.client(metadata, back)?, &tokens, &nonce)
            }
            other => other,
        };
        let claims = claims.map_err(|error| unverified(&error))?;
        let mut account = OpenIdAccount {
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            is_email_verified: claims.email_verified() == Some(true),
        };
        if account.email.is_none() && !self.allows(&account) {
            // Many providers hand out the email address at the UserInfo endpoint alone (section 5.3).
            let request = client.user_info(
                AccessToken::new(tokens.access_token().secret().clone()),
                Some(claims.subject().clone()),
            );
            if let Ok(request) = request {
                let info: UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim> = request
                    .request_async(&http)
                    .await
                    .map_err(|error| unverified(&error))?;
                account.email = info.email().map(|email| email.to_string());
                account.is_email_verified = info.email_verified() == Some(true);
            }
        }
        Ok(account)
    }

    /// Returns true if the configuration lists an account by its `sub` or by its verified email address.
    fn allows(&self, account: &OpenIdAccount) -> bool {
        self.config.allowed.contains(&account.subject)
            || (account.is_email_verified && self.lists_email(account))
    }

    /// Returns the viewer whose account this is, by its `sub` or by its verified email address; `None` if no viewer has it.
    fn viewer_of(account: &OpenIdAccount, viewers: &Viewers) -> Option<Arc<Viewer>> {
        let of = |name: &str| viewers.all().iter().find(|it| it.is_account(name)).cloned();
        let email = account.email.as_deref();
        let email = email.filter(|email| account.is_email_verified && email.contains('@'));
        of(&account.subject).or_else(|| of(email?))
    }

    fn lists_email(&self, account: &OpenIdAccount) -> bool {
        let allowed = self.config.allowed.iter();
        account.email.as_ref().is_some_and(|email| {
            let mut allowed = allowed.filter(|listed| listed.contains('@'));
            allowed.any(|listed| listed.eq_ignore_ascii_case(email))
        })
    }
}

fn now_s() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}

impl Authenticator {
    /// Returns the name of the OpenID provider on the button; `None` if there is none.
    pub(in crate::web) fn openid_name(&self) -> Option<&str> {
        let openid = self.openid.as_ref()?;
        Some(&openid.config.name)
    }

    /// Begins a sign-in. Returns the URL of the provider's page, and the cookie of the attempt. `back` is the absolute URL
    /// of the callback.
    ///
    /// # Errors
    ///
    /// There is no provider, or it does not answer.
    pub(in crate::web) async fn begin_openid(
        &self,
        back: &str,
        next: &str,
        client: ClientInfo,
    ) -> Result<(String, HeaderValue), OpenIdError> {
        let openid = self.openid.as_ref().ok_or(OpenIdError::NotConfigured)?;
        let provider = openid.client(openid.metadata(METADATA_TTL).await?, back)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = provider
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let attempt = OpenIdAttempt {
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            next: next.to_owned(),
            ends_at_s: now_s() + ATTEMPT_TTL.as_secs(),
        };
        let attempt = serde_json::to_vec(&attempt).map_err(|error| refused_by(&error))?;
        let is_secure = self.is_secure(client);
        let cookie = self
            .cookies
            .set_signed(COOKIE, &attempt, ATTEMPT_TTL, is_secure);
        Ok((url.into(), cookie))
    }

    /// Completes a sign-in. Returns the cookies of a new session, and the URL to return to.
    ///
    /// # Errors
    ///
    /// The attempt was not begun in this browser, the provider's answer is not valid for it, or the account is neither one
    /// of the configuration nor a viewer's.
    pub(in crate::web) async fn finish_openid(
        &self,
        back: &str,
        answer: &OpenIdAnswer,
        client: ClientInfo,
        headers: &HeaderMap,
        viewers: &Viewers,
    ) -> Result<([HeaderValue; 2], String), OpenIdError> {
        let openid = self.openid.as_ref().ok_or(OpenIdError::NotConfigured)?;
        let attempt = self
            .cookies
            .signed(headers, COOKIE)
            .and_then(|text| serde_json::from_slice::<OpenIdAttempt>(&text).ok())
            .filter(|attempt| attempt.ends_at_s > now_s())
            .filter(|attempt| constant_time_eq(&answer.state, &attempt.state))
            .ok_or(OpenIdError::NotBegun)?;
        self.take_attempt(client.ip).await?;
        let account = openid.account(&attempt, answer, back).await?;
        let is_owner = openid.allows(&account);
        let viewer = match is_owner {
            true => None,
            false => OpenId::viewer_of(&account, viewers),
        };
        if !is_owner && viewer.is_none() {
            let of_viewer = |email: &str| viewers.all().iter().any(|it| it.is_account(email));
            let is_listed =
                openid.lists_email(&account) || account.email.as_deref().is_some_and(of_viewer);
            let (subject, email) = (account.subject, account.email);
            tracing::warn!(client = %client.ip, subject, email, "an account of the OpenID provider was refused");
            return Err(match is_listed {
                true => OpenIdError::UnverifiedEmail,
                false => OpenIdError::NotAllowed,
            });
        }
        self.attempts.refund_one(client.ip).await;
        let session = match viewer {
            None => self.begin_other_session(client, headers).await,
            Some(viewer) => self.begin_viewer_session(client, headers, viewer.id).await,
        };
        let session = session.map_err(OpenIdError::Refused)?;
        let attempt_over = self.cookies.clear(COOKIE, self.is_secure(client));
        Ok(([session, attempt_over], attempt.next))
    }

    /// Takes one of the attempts of a client, so that guessed codes do not reach the provider without end.
    async fn take_attempt(&self, from: IpAddr) -> Result<(), OpenIdError> {
        let taken = self.attempts.take(from, false).await;
        taken.map_err(OpenIdError::Refused)
    }
}
