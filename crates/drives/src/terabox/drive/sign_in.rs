//! Signs in from the browser: by a QR code that a phone scans (Open Platform document, section 2), by a code of the login page
//! (its section 1), or by the cookie of a browser that is signed in to the website. Signs out again.
//!
//! Signing out deletes the tokens here and in the store. The pair in the config stays unused until the owner
//! replaces it: it has been used, and the drive must not sign in again by itself after the owner has signed
//! out.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::terabox::Terabox;
use crate::terabox::platform::auth::Grant;
use crate::terabox::transport::Transport;
use crate::terabox::web_session::WebSession;
use crate::{DeviceSignIn, DriveError, LoginPage, SignIn, SignInState, SignInWays};

/// Lifetime of a device code if the reply gives none, from the document's example.
const DEFAULT_EXPIRY_S: u64 = 300;
/// Minimum interval between polls; polling more often gives 300001.
const MIN_POLL_INTERVAL_S: u64 = 2;

#[async_trait]
impl SignIn for Terabox {
    async fn begin_device(&self) -> Result<DeviceSignIn, DriveError> {
        let begun = self
            .api
            .transport
            .platform("devicecode")?
            .oauth
            .device_code()
            .await?;
        let seconds = |number: Option<i64>, otherwise: u64| {
            let number = number.and_then(|number| u64::try_from(number).ok());
            Duration::from_secs(number.filter(|&number| number > 0).unwrap_or(otherwise))
        };
        let qr = begun.qrcode_url.0.unwrap_or_default();
        if begun.device_code.is_empty() || !qr.starts_with("data:image/") {
            return Err(DriveError::failed(
                "devicecode",
                "the reply lacks the code or its picture",
            ));
        }
        Ok(DeviceSignIn {
            code: begun.device_code.into(),
            qr,
            interval: seconds(begun.interval.0, MIN_POLL_INTERVAL_S),
            expires_in: seconds(begun.expires_in.0, DEFAULT_EXPIRY_S),
        })
    }

    async fn poll_device(&self, sign_in: &DeviceSignIn) -> Result<SignInState, DriveError> {
        let grant = Grant::Device(sign_in.code.clone());
        match self.api.transport.platform("gettoken")?.begin(grant).await {
            Ok(()) => Ok(SignInState::Done),
            // 400001: the code is not confirmed yet. 300001: polled too soon, which says nothing about the
            // code.
            Err(error) if matches!(error.upstream_code, Some(400001 | 300001)) => {
                Ok(SignInState::Pending)
            }
            Err(error) if error.upstream_code == Some(100002) => Ok(SignInState::Expired),
            Err(error) => Err(error),
        }
    }

    async fn with_code(&self, code: &SecretString) -> Result<(), DriveError> {
        let code: SecretString = code.expose_secret().trim().into();
        if code.expose_secret().is_empty() {
            return Err(DriveError::bad_request("gettoken", "no code")
                .with_sentence("Paste the code that the login page has shown."));
        }
        if let Some(web) = self.web_for(code.expose_secret()) {
            return web.adopt(code.expose_secret()).await;
        }
        self.api
            .transport
            .platform("gettoken")?
            .begin(Grant::Code(code))
            .await
    }

    fn login_page(&self) -> Option<LoginPage> {
        match &self.api.transport {
            Transport::Platform(auth) => auth.oauth.login_page(),
            // The website forbids framing, and pages cannot read its cookie.
            Transport::Web(_) => None,
        }
    }

    async fn sign_out(&self) -> Result<(), DriveError> {
        match &self.api.transport {
            Transport::Platform(auth) => auth.end().await,
            Transport::Web(web) => web.end().await,
        }
    }

    fn ways(&self) -> SignInWays {
        match (&self.api.transport, &self.web) {
            (Transport::Web(_), _) => SignInWays {
                device: false,
                code: false,
                cookie: true,
            },
            (Transport::Platform(_), web) => SignInWays {
                device: true,
                code: true,
                cookie: web.is_some(),
            },
        }
    }
}

impl Terabox {
    /// Returns the web session if `pasted` is a cookie for it; `None` if it is a code. A cookie is recognised
    /// by its name.
    fn web_for(&self, pasted: &str) -> Option<&Arc<WebSession>> {
        match &self.api.transport {
            Transport::Web(web) => Some(web),
            Transport::Platform(_) => self.web.as_ref().filter(|_| pasted.contains("ndus")),
        }
    }
}
