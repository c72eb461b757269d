//! Sign-in from a page, in the ways that an upstream offers.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use super::DriveError;

/// A sign-in by another device that has begun.
#[derive(Debug, Clone)]
pub struct DeviceSignIn {
    /// The code to poll with; it stays on the server.
    pub code: SecretString,
    /// A picture to be scanned, as a `data:` URL.
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
    /// Too late: begin again.
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
    /// The same for people.
    pub label: &'static str,
    /// The kind of value.
    pub kind: SignInFieldKind,
    /// True if it may be left out.
    pub is_optional: bool,
}

/// The kind of a value that a sign-in asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInFieldKind {
    Email,
    Password,
    /// A code that serves once, such as one of an authenticator app.
    OneTimeCode,
}

/// Signs in from a page, and out again. An upstream has some of these ways.
#[async_trait]
pub trait SignIn: Send + Sync {
    /// Begins a sign-in by another device; `unsupported` where the upstream has none.
    async fn begin_device(&self) -> Result<DeviceSignIn, DriveError> {
        Err(no_such_way())
    }

    /// Asks once how far it is; the new session is durable before this says `Done`.
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

    /// Takes what was typed in, by its keys. `Pending` where the form now asks for something else; the new session
    /// is durable before this says `Done`. What is wrong with an answer is `bad_request` in a sentence.
    async fn answer(
        &self,
        _answers: &BTreeMap<String, SecretString>,
    ) -> Result<SignInState, DriveError> {
        Err(no_such_way())
    }

    /// Returns the upstream's own login page, to be shown in a frame, and its origin: messages of other origins are
    /// refused. It is the only upstream URL that a browser is given.
    fn login_page(&self) -> Option<LoginPage> {
        None
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

/// The ways in which a drive is signed in to from a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInWays {
    /// By a picture that another device scans.
    pub device: bool,
    /// By a code that the upstream's own page shows.
    pub code: bool,
    /// By the cookie of a browser that is signed in there, however it was copied; it goes where a code goes.
    pub cookie: bool,
}

/// The upstream's own login page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginPage {
    /// Its address.
    pub url: String,
    /// `https://www.example.org`: scheme and authority of the pages that may answer.
    pub origin: String,
}
