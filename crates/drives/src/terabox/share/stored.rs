//! What is remembered of an open share, so that it survives a restart: its numbers, its key, and how it is.
//!
//! The key is a secret like a token: it goes into the store and upstream, nowhere else.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::{DriveError, ErrorKind, SessionStore};

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
#[derive(Debug, Clone)]
pub(crate) struct ShareInfo {
    /// The upstream's number of the share.
    pub(crate) share_id: String,
    /// The upstream's number of its owner.
    pub(crate) owner_id: String,
    /// What opens it, decoded; some shares need none.
    pub(crate) key: Option<SecretString>,
    /// What the key was won with.
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
    pub(crate) sign: Option<String>,
    pub(crate) signed_at: i64,
    pub(crate) state: State,
}

#[derive(Serialize, Deserialize)]
struct Written {
    share_id: String,
    owner_id: String,
    key: Option<String>,
    password: Option<String>,
    title: String,
    owner: Option<String>,
    count: Option<u64>,
    shared_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    #[serde(default)]
    sign: Option<String>,
    #[serde(default)]
    signed_at: i64,
    state: State,
}

impl ShareInfo {
    /// The parameter that carries the key.
    pub(crate) fn sekey(&self) -> Option<(&'static str, &str)> {
        Some(("sekey", self.key.as_ref()?.expose_secret()))
    }

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

    /// What was remembered; `None` where nothing was, or nothing that makes sense.
    pub(crate) async fn load(memory: &dyn SessionStore) -> Result<Option<ShareInfo>, DriveError> {
        let text = memory.load().await.map_err(|error| broken(&error))?;
        let written: Option<Written> = text.and_then(|text| serde_json::from_str(&text).ok());
        Ok(written.map(|written| ShareInfo {
            share_id: written.share_id,
            owner_id: written.owner_id,
            key: written.key.map(SecretString::from),
            password: written.password.map(SecretString::from),
            title: written.title,
            owner: written.owner,
            count: written.count,
            shared_at: written.shared_at,
            ends_at: written.ends_at,
            sign: written.sign,
            signed_at: written.signed_at,
            state: written.state,
        }))
    }

    /// Remembers it durably.
    pub(crate) async fn save(&self, memory: &dyn SessionStore) -> Result<(), DriveError> {
        let plain = |secret: &Option<SecretString>| {
            secret
                .as_ref()
                .map(|secret| secret.expose_secret().to_owned())
        };
        let written = Written {
            share_id: self.share_id.clone(),
            owner_id: self.owner_id.clone(),
            key: plain(&self.key),
            password: plain(&self.password),
            title: self.title.clone(),
            owner: self.owner.clone(),
            count: self.count,
            shared_at: self.shared_at,
            ends_at: self.ends_at,
            sign: self.sign.clone(),
            signed_at: self.signed_at,
            state: self.state,
        };
        let text = serde_json::to_string(&written).map_err(|error| broken(&error))?;
        memory.save(&text).await.map_err(|error| broken(&error))
    }
}

fn broken(error: &dyn std::fmt::Display) -> DriveError {
    DriveError::new(ErrorKind::UpstreamFailed, "share", error.to_string())
}
