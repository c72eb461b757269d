//! The stored form of an open share, which survives a restart: its numbers, its key and its state.
//!
//! The key is a secret like a token: it is sent to the store and upstream, nowhere else.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::session::stored;
use crate::{DriveError, ErrorKind, SessionStore, ShareCredentials};

/// State of a share when it was last requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ShareState {
    #[default]
    Alive,
    /// Requires another password than the one that opened it.
    PasswordChanged,
    /// Revoked or expired.
    Gone,
}

/// An open share.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ShareInfo {
    /// Credentials that open it.
    #[serde(flatten)]
    pub(crate) credentials: ShareCredentials,
    /// Password that the key was acquired with.
    #[serde(default, with = "crate::api::secret_serde")]
    pub(crate) password: Option<SecretString>,
    /// Short description of the shared files.
    pub(crate) title: String,
    /// The owner's name as the upstream masks it.
    pub(crate) owner: Option<String>,
    /// The owner's picture, an upstream URL.
    pub(crate) owner_picture: Option<String>,
    /// Number of shared files and folders.
    pub(crate) count: Option<u64>,
    pub(crate) shared_at: Option<DateTime<Utc>>,
    pub(crate) ends_at: Option<DateTime<Utc>>,
    /// Signature that the website's own player sends, and the time of signing, in its seconds since 1970.
    pub(crate) sign: Option<String>,
    #[serde(default)]
    pub(crate) signed_at: i64,
    pub(crate) state: ShareState,
}

impl ShareInfo {
    /// Returns the same share in another state.
    pub(crate) fn in_state(&self, state: ShareState) -> ShareInfo {
        ShareInfo {
            state,
            ..self.clone()
        }
    }

    /// Returns the failure that the state stands for, without a request.
    pub(crate) fn ensure_alive(&self, operation: &'static str) -> Result<(), DriveError> {
        let kind = match self.state {
            ShareState::Alive => return Ok(()),
            ShareState::PasswordChanged => ErrorKind::SharePasswordWrong,
            ShareState::Gone => ErrorKind::ShareGone,
        };
        Err(DriveError::new(
            kind,
            operation,
            "as it was when it was asked last",
        ))
    }

    /// Returns the stored share; `None` if there is none, or none that can be parsed.
    pub(crate) async fn load(memory: &dyn SessionStore) -> Result<Option<ShareInfo>, DriveError> {
        stored::load("share", memory).await
    }

    /// Stores the share durably.
    pub(crate) async fn save(&self, memory: &dyn SessionStore) -> Result<(), DriveError> {
        stored::save("share", memory, self).await
    }
}
