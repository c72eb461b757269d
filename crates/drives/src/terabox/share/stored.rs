//! What is remembered of an open share, so that it survives a restart: its numbers, its key, and how it is.
//!
//! The key is a secret like a token: it goes into the store and upstream, nowhere else.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::session::stored;
use crate::{DriveError, ErrorKind, SessionStore, ShareCredentials};

/// How a share was when it was asked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    #[default]
    Alive,
    /// It wants another password than the one that opened it.
    PasswordChanged,
    /// Withdrawn, or run out.
    Gone,
}

/// An open share.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ShareInfo {
    /// What opens it.
    #[serde(flatten)]
    pub(crate) credentials: ShareCredentials,
    /// What the key was won with.
    #[serde(default, with = "crate::api::secret_serde")]
    pub(crate) password: Option<SecretString>,
    /// What was shared, in a few words.
    pub(crate) title: String,
    /// The owner's name as the upstream masks it.
    pub(crate) owner: Option<String>,
    /// How many files and folders were shared.
    pub(crate) count: Option<u64>,
    pub(crate) shared_at: Option<DateTime<Utc>>,
    pub(crate) ends_at: Option<DateTime<Utc>>,
    /// What the website signs its own player's questions with, and when it did, in its seconds since 1970.
    #[serde(default)]
    pub(crate) sign: Option<String>,
    #[serde(default)]
    pub(crate) signed_at: i64,
    pub(crate) state: State,
}

impl ShareInfo {
    /// The same with another state.
    pub(crate) fn in_state(&self, state: State) -> ShareInfo {
        ShareInfo {
            state,
            ..self.clone()
        }
    }

    /// The failure that the state is; nobody has to be asked for it again.
    pub(crate) fn ensure_alive(&self, operation: &'static str) -> Result<(), DriveError> {
        let kind = match self.state {
            State::Alive => return Ok(()),
            State::PasswordChanged => ErrorKind::SharePasswordWrong,
            State::Gone => ErrorKind::ShareGone,
        };
        Err(DriveError::new(
            kind,
            operation,
            "as it was when it was asked last",
        ))
    }

    /// Returns what was remembered; `None` where nothing was, or nothing that makes sense.
    pub(crate) async fn load(memory: &dyn SessionStore) -> Result<Option<ShareInfo>, DriveError> {
        stored::load("share", memory).await
    }

    /// Remembers it durably.
    pub(crate) async fn save(&self, memory: &dyn SessionStore) -> Result<(), DriveError> {
        stored::save("share", memory, self).await
    }
}
