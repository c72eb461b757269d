//! Sign-in from a page, in the ways that an upstream offers.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use super::DriveError;

/// A sign-in by another device that was started.
#[derive(Debug, Clone)]
pub struct DeviceSignIn {
    /// The code to poll with; it stays on the server.
    pub code: SecretString,
    /// An image to be scanned, as a `data:` URL.
    pub qr: String,
    /// The minimum interval between two polls.
    pub interval: Duration,
    /// The time until the code expires.
    pub expires_in: Duration,
}

/// The state of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInState {
    /// Not confirmed yet.
    Pending,
    /// Signed in.
    Done,
    /// The code has expired: the sign-in must be started again.
    Expired,
}

/// The form of the current step of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInForm {
    /// Explains the form, in a sentence.
    pub about: &'static str,
    /// The fields.
    pub fields: Vec<SignInField>,
}

/// One value that a sign-in asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInField {
    /// Its name among the answers.
    pub key: &'static str,
    /// Its label for people.
    pub label: &'static str,
    /// The kind of value.
    pub kind: SignInFieldKind,
    /// True if it may be left out.
    pub is_optional: bool,
    /// The picture that the value is read off, as a `data:` URL; `None` without one.
    pub picture: Option<String>,
}

/// The kind of a value that a sign-in asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInFieldKind {
    Email,
    Password,
    /// A code that serves once, such as one of an authenticator app.
    OneTimeCode,
    /// The characters in a picture, which a human reads.
    Captcha,
}

/// A sign-in on the upstream's own site, which leads the browser back with a code: the authorization code flow of OAuth
/// (RFC 6749, section 4.1) with PKCE (RFC 7636).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authorization {
    /// The URL of this server that the site leads back to, equal to the one that is registered there.
    pub redirect_uri: String,
    /// Comes back with the code.
    pub state: String,
    /// The SHA-256 of the verifier, in base64url.
    pub challenge: String,
}

/// Signs in from a page, and signs out. An upstream offers some of these ways.
#[async_trait]
pub trait SignIn: Send + Sync {
    /// Starts a sign-in by another device.
    ///
    /// # Errors
    ///
    /// `unsupported` if the upstream has none.
    async fn begin_device(&self) -> Result<DeviceSignIn, DriveError> {
        Err(no_such_way())
    }

    /// Polls the state once; the new session is durable before this returns `Done`.
    async fn poll_device(&self, _sign_in: &DeviceSignIn) -> Result<SignInState, DriveError> {
        Err(no_such_way())
    }

    /// Signs in with a code that the upstream's own page has shown.
    async fn with_code(&self, _code: &SecretString) -> Result<(), DriveError> {
        Err(no_such_way())
    }

    /// Returns the form of the current step; `None` if this upstream has no form.
    fn form(&self) -> Option<SignInForm> {
        None
    }

    /// Processes the values of the form, by their keys. Returns `Pending` if the form now asks for something
    /// else; the new session is durable before this returns `Done`. A wrong value is a `bad_request` with a
    /// sentence.
    async fn answer(
        &self,
        _answers: &BTreeMap<String, SecretString>,
    ) -> Result<SignInState, DriveError> {
        Err(no_such_way())
    }

    /// Returns the upstream's own login page, to be shown in a frame, and its origin: messages from other
    /// origins are refused. It is the only upstream URL that is given to a browser. `None` if the upstream has
    /// no such page.
    fn login_page(&self) -> Option<LoginPage> {
        None
    }

    /// Returns the URL of the site's page on which the owner agrees to a sign-in; `None` if there is no such way.
    fn authorization_url(&self, _authorization: &Authorization) -> Option<String> {
        None
    }

    /// Signs in with the code that the site led back with, and the verifier of the challenge.
    async fn with_authorization(
        &self,
        _code: &SecretString,
        _verifier: &SecretString,
    ) -> Result<(), DriveError> {
        Err(no_such_way())
    }

    /// Returns the ways that exist.
    fn ways(&self) -> SignInWays {
        SignInWays {
            device: true,
            code: true,
            cookie: false,
        }
    }

    /// Forgets the session, also what is stored.
    async fn sign_out(&self) -> Result<(), DriveError>;
}

fn no_such_way() -> DriveError {
    DriveError::unsupported("sign_in", "the upstream has no such sign-in")
}

/// The ways to sign in to a drive from a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInWays {
    /// By an image that another device scans.
    pub device: bool,
    /// By a code that the upstream's own page shows.
    pub code: bool,
    /// By the cookie of a signed-in browser, in any format in which it was copied; it is entered in place of a
    /// code.
    pub cookie: bool,
}

/// The upstream's own login page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginPage {
    /// Its URL.
    pub url: String,
    /// `https://www.example.org`: scheme and authority of the pages that may answer.
    pub origin: String,
}
