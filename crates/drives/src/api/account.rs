//! The account behind a drive, and where its session is stored.

use async_trait::async_trait;
use serde::Serialize;

use super::{DriveError, FactValue};

/// The account behind a drive or a share, and the upkeep of its session.
#[async_trait]
pub trait AccountSession: Send + Sync {
    /// Returns the account's name, quota and the like. Errors as any other call, `signed_out` among them.
    async fn account(&self) -> Result<Account, DriveError>;

    /// Returns true if [`AccountSession::account`] makes no request.
    fn is_known(&self) -> bool {
        false
    }

    /// Makes the account able to share its files, where an upstream requires that once.
    async fn activate_sharing(&self) -> Result<(), DriveError> {
        Err(
            DriveError::unsupported("share", "sharing needs no activation there")
                .with_sentence("This drive shares files without an activation."),
        )
    }

    /// Refreshes the session if it is due. The server calls this periodically, so that an idle account's session does
    /// not expire.
    async fn refresh_if_due(&self) -> Result<(), DriveError> {
        Ok(())
    }

    /// Waits until shutdown is safe, such as until refreshed tokens have been stored.
    async fn drain(&self) {}
}

/// The account of a drive: its owner, plan and quota.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Account {
    /// The account's id as text.
    pub id: String,
    /// The name that the upstream shows.
    pub name: String,
    /// A picture of the owner, an upstream URL: never sent to a client as it is.
    pub avatar_url: Option<String>,
    /// The plan in words, such as `free` or `premium`.
    pub plan: Option<String>,
    /// Bytes that the account may hold and holds.
    pub quota: Option<Quota>,
    /// Time at which the session ends for good and the owner must sign in again; `None` if unknown.
    pub session_ends_at: Option<chrono::DateTime<chrono::Utc>>,
    /// True if the account may share its files only after [`AccountSession::activate_sharing`].
    pub is_sharing_inactive: bool,
    /// Further facts of the account, as an English name and a value.
    pub facts: Vec<(String, FactValue)>,
}

/// Bytes of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Quota {
    /// All bytes of the plan.
    pub total: u64,
    /// Bytes in use.
    pub used: u64,
}

/// Stores a drive's session, so that it survives a restart: one text per drive, durable
/// before `save` returns, secret.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Returns the text saved last; `None` if there is none.
    async fn load(&self) -> Result<Option<String>, SessionStoreError>;

    /// Deletes the text.
    async fn forget(&self) -> Result<(), SessionStoreError>;

    /// Replaces the text. When this returns `Ok`, a power cut does not lose it.
    async fn save(&self, session: &str) -> Result<(), SessionStoreError>;

    /// Waits for the lock under which the session is refreshed, held by one process of all that share the state. The
    /// holder loads the session again before it uses a refresh token, which works once.
    async fn lock(&self) -> Result<SessionLock, SessionStoreError> {
        Ok(SessionLock::new(()))
    }
}

/// Held while a session is renewed; released when it is dropped, or when the process dies.
pub struct SessionLock(#[allow(dead_code)] Box<dyn std::any::Any + Send + Sync>);

impl SessionLock {
    /// Returns a lock that is held as long as `holder` lives.
    pub fn new(holder: impl Send + Sync + 'static) -> Self {
        SessionLock(Box::new(holder))
    }
}

/// An error in reading or writing the state.
#[derive(Debug, thiserror::Error)]
#[error("the drive's session could not be kept: {0}")]
pub struct SessionStoreError(pub String);
