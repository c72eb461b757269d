//! Sign-in from a page, in the ways that an upstream offers.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use super::{DriveError, ErrorKind};

/// A sign-in by another device that has begun.
#[derive(Debug, Clone)]
pub struct DeviceSignIn {
    /// What is polled with; kept on this side.
    pub code: SecretString,
    /// A picture to be scanned, as a `data:` URL.
    pub qr: String,
    /// How often to ask at most.
    pub interval: Duration,
    /// When the code ends.
    pub expires_in: Duration,
}

/// How far a sign-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInState {
    /// Nobody has agreed yet.
    Pending,
    /// Signed in.
    Done,
    /// Too late: begin again.
    Expired,
}

/// What a sign-in asks its owner for, right now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInForm {
    /// What it is about, in a sentence.
    pub about: &'static str,
    /// What is to be typed in.
    pub fields: Vec<SignInField>,
}

/// One value that a sign-in asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInField {
    /// Its name among the answers.
    pub key: &'static str,
    /// The same for people.
    pub label: &'static str,
    /// What kind of value it is.
    pub kind: SignInFieldKind,
    /// Whether it may be left out.
    pub is_optional: bool,
}

/// What kind of value a sign-in asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInFieldKind {
    Email,
    Password,
    /// A code that serves once, such as one of an authenticator app.
    OneTimeCode,
}

/// A session won from the browser, and given up again. Of the ways to win one, an upstream has some.
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

    /// What is to be typed in here to sign in; `None` where nothing is.
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

    /// The upstream's own login page to be shown in a frame, and its origin, from which alone a message
    /// is accepted. The one upstream address that a browser is given, since people type a password there.
    fn login_page(&self) -> Option<LoginPage> {
        None
    }

    /// Which of them there are.
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
    DriveError::new(
        ErrorKind::Unsupported,
        "sign_in",
        "the upstream has no such sign-in",
    )
}

/// How a drive may be signed in to from a page.
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
