//! Stored credentials: the owner's password, the owner's sessions, API tokens.
//!
//! Secrets are stored as hashes only: session ids and API tokens as SHA-256, the password as argon2id. None
//! of them opens the server to a reader of the file. Every method fails if the state cannot be read or
//! written; a failed transaction changes nothing.

use std::time::SystemTime;

use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Store, millis, time};
use media::ViewerId;

/// The owner's password.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnerPassword {
    /// An argon2 hash as a PHC string.
    pub hash: String,
    /// Origin of the password.
    pub origin: PasswordOrigin,
}

/// Origin of the owner's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordOrigin {
    /// The configuration, which takes precedence.
    Config,
    /// A page on which the owner chose it.
    Page,
}

/// A browser in which the owner is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerSession {
    /// SHA-256 of the session's id.
    pub hash: [u8; 32],
    /// Name of the device, such as `Firefox on Linux`.
    pub device: String,
    /// IP of the last request.
    pub address: String,
    pub created_at: SystemTime,
    pub last_seen_at: SystemTime,
    /// The viewer for whom alone the session is; `None` for the owner's.
    pub viewer: Option<ViewerId>,
}

/// An API token of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// Public id in URLs: 16 hexadecimal digits.
    pub id: String,
    /// The owner's name for it.
    pub name: String,
    /// Its scope, in the form that `web` writes.
    pub scope: String,
    /// The viewer that it acts for; `None` for a token that may act for every viewer.
    pub viewer: Option<ViewerId>,
    pub created_at: SystemTime,
    pub last_used_at: Option<SystemTime>,
}

/// Number of sessions, more than an owner has devices. Beyond it, the least recently seen are deleted.
const MAX_SESSIONS: i64 = 500;

impl Store {
    /// Returns the owner's password, `None` if none is set.
    pub async fn owner_password(&self) -> sqlx::Result<Option<OwnerPassword>> {
        let row = sqlx::query("SELECT hash, origin FROM owner_password WHERE \"only\" = 1")
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| OwnerPassword {
            hash: row.get("hash"),
            origin: match row.get::<&str, _>("origin") {
                "config" => PasswordOrigin::Config,
                _ => PasswordOrigin::Page,
            },
        }))
    }

    /// Sets or removes the owner's password and revokes every session, in one transaction.
    pub async fn set_owner_password(&self, password: Option<&OwnerPassword>) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM owner_password")
            .execute(&mut *transaction)
            .await?;
        if let Some(password) = password {
            sqlx::query(
                "INSERT INTO owner_password (\"only\", hash, origin, set_at) VALUES (1, $1, $2, $3)",
            )
            .bind(&password.hash)
            .bind(match password.origin {
                PasswordOrigin::Config => "config",
                PasswordOrigin::Page => "page",
            })
            .bind(millis(SystemTime::now()))
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query("DELETE FROM owner_session")
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }

    /// Stores a new session. Deletes sessions that were not seen since `forgotten_before` and those beyond
    /// [`MAX_SESSIONS`], in one transaction.
    pub async fn add_session(
        &self,
        session: &OwnerSession,
        forgotten_before: SystemTime,
    ) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM owner_session WHERE last_seen_at < $1")
            .bind(millis(forgotten_before))
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "DELETE FROM owner_session WHERE hash IN \
             (SELECT hash FROM owner_session ORDER BY last_seen_at DESC LIMIT $2 OFFSET $1)",
        )
        .bind(MAX_SESSIONS - 1)
        .bind(i64::from(i32::MAX))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "INSERT INTO owner_session (hash, device, address, created_at, last_seen_at, viewer) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(session.hash.as_slice())
        .bind(&session.device)
        .bind(&session.address)
        .bind(millis(session.created_at))
        .bind(millis(session.last_seen_at))
        .bind(session.viewer.map(|viewer| viewer.to_string()))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await
    }

    /// Returns the session with that hash, `None` if it does not exist or was revoked.
    pub async fn session(&self, hash: &[u8; 32]) -> sqlx::Result<Option<OwnerSession>> {
        let row = sqlx::query("SELECT * FROM owner_session WHERE hash = $1")
            .bind(hash.as_slice())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| read_session(&row)).transpose()
    }

    /// Returns all sessions, the most recently seen first.
    pub async fn sessions(&self) -> sqlx::Result<Vec<OwnerSession>> {
        sqlx::query("SELECT * FROM owner_session ORDER BY last_seen_at DESC")
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(read_session)
            .collect()
    }

    /// Updates the time and IP of a session's last request.
    pub async fn touch_session(
        &self,
        hash: &[u8; 32],
        address: &str,
        now: SystemTime,
    ) -> sqlx::Result<()> {
        sqlx::query("UPDATE owner_session SET last_seen_at = $2, address = $3 WHERE hash = $1")
            .bind(hash.as_slice())
            .bind(millis(now))
            .bind(address)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Revokes one session.
    pub async fn revoke_session(&self, hash: &[u8; 32]) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM owner_session WHERE hash = $1")
            .bind(hash.as_slice())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Revokes every session.
    pub async fn revoke_sessions(&self) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM owner_session")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Returns true if a session was last seen at this IP.
    pub async fn has_session_from(&self, address: &str) -> sqlx::Result<bool> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM owner_session WHERE address = $1 LIMIT 1")
                .bind(address)
                .fetch_optional(&self.pool)
                .await?;
        Ok(found.is_some())
    }

    /// Stores an API token.
    pub async fn add_api_token(&self, token: &ApiToken) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO api_token (hash, id, name, scope, created_at, viewer) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(token.hash.as_slice())
        .bind(&token.id)
        .bind(&token.name)
        .bind(&token.scope)
        .bind(millis(token.created_at))
        .bind(token.viewer.map(|viewer| viewer.to_string()))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns the API token with that hash, `None` if it does not exist or was revoked.
    pub async fn api_token(&self, hash: &[u8; 32]) -> sqlx::Result<Option<ApiToken>> {
        let row = sqlx::query("SELECT * FROM api_token WHERE hash = $1")
            .bind(hash.as_slice())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| read_token(&row)).transpose()
    }

    /// Returns all API tokens, the newest first.
    pub async fn api_tokens(&self) -> sqlx::Result<Vec<ApiToken>> {
        sqlx::query("SELECT * FROM api_token ORDER BY created_at DESC, id")
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(read_token)
            .collect()
    }

    /// Updates the time of an API token's last use.
    pub async fn touch_api_token(&self, hash: &[u8; 32], now: SystemTime) -> sqlx::Result<()> {
        sqlx::query("UPDATE api_token SET last_used_at = $2 WHERE hash = $1")
            .bind(hash.as_slice())
            .bind(millis(now))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Revokes an API token. Returns its hash, `None` if there is no such token.
    pub async fn revoke_api_token(&self, id: &str) -> sqlx::Result<Option<[u8; 32]>> {
        let hashes: Vec<Vec<u8>> =
            sqlx::query_scalar("DELETE FROM api_token WHERE id = $1 RETURNING hash")
                .bind(id)
                .fetch_all(&self.pool)
                .await?;
        let hash = hashes.into_iter().next();
        Ok(hash.and_then(|hash| hash.try_into().ok()))
    }
}

fn read_session(row: &AnyRow) -> sqlx::Result<OwnerSession> {
    let viewer: Option<&str> = row.try_get("viewer")?;
    // A session of an unknown viewer must not become the owner's.
    let unknown = || sqlx::Error::Decode("the id of a viewer is malformed".into());
    let viewer = viewer.map(|id| ViewerId::parse(id).ok_or_else(unknown));
    Ok(OwnerSession {
        viewer: viewer.transpose()?,
        hash: hash(row)?,
        device: row.try_get("device")?,
        address: row.try_get("address")?,
        created_at: time(row.try_get("created_at")?),
        last_seen_at: time(row.try_get("last_seen_at")?),
    })
}

fn read_token(row: &AnyRow) -> sqlx::Result<ApiToken> {
    let viewer: Option<&str> = row.try_get("viewer")?;
    Ok(ApiToken {
        viewer: viewer.and_then(ViewerId::parse),
        hash: hash(row)?,
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        scope: row.try_get("scope")?,
        created_at: time(row.try_get("created_at")?),
        last_used_at: row.try_get::<Option<i64>, _>("last_used_at")?.map(time),
    })
}

fn hash(row: &AnyRow) -> sqlx::Result<[u8; 32]> {
    let bytes: Vec<u8> = row.try_get("hash")?;
    bytes
        .try_into()
        .map_err(|_| sqlx::Error::Decode("a hash of a wrong length".into()))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::store::test_state::{TestState, on_both_states};

    on_both_states! {
        a_new_password_ends_every_session_and_tokens_stay,
        forgotten_sessions_make_room_and_too_many_do_too,
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn session(number: u16, seen: u64) -> OwnerSession {
        let mut hash = [0; 32];
        hash[..2].copy_from_slice(&number.to_be_bytes());
        OwnerSession {
            hash,
            device: "Firefox on Linux".to_owned(),
            address: "203.0.113.9".to_owned(),
            created_at: at(seen),
            last_seen_at: at(seen),
            viewer: None,
        }
    }

    async fn a_new_password_ends_every_session_and_tokens_stay(state: TestState) {
        let store = state.open().await;
        let password = |origin| OwnerPassword {
            hash: "$argon2id$…".to_owned(),
            origin,
        };
        store
            .set_owner_password(Some(&password(PasswordOrigin::Page)))
            .await
            .unwrap();
        store.add_session(&session(1, 10), at(0)).await.unwrap();
        assert!(store.has_session_from("203.0.113.9").await.unwrap());
        let token = ApiToken {
            hash: [7; 32],
            id: "0123456789abcdef".to_owned(),
            name: "Kodi".to_owned(),
            viewer: None,
            scope: "watch".to_owned(),
            created_at: at(5),
            last_used_at: None,
        };
        store.add_api_token(&token).await.unwrap();
        store.touch_api_token(&[7; 32], at(9)).await.unwrap();
        store
            .set_owner_password(Some(&password(PasswordOrigin::Config)))
            .await
            .unwrap();
        let found = store.owner_password().await.unwrap().unwrap();
        assert_eq!(found.origin, PasswordOrigin::Config);
        assert!(store.sessions().await.unwrap().is_empty());
        let found = store.api_token(&[7; 32]).await.unwrap().unwrap();
        assert_eq!(found.last_used_at, Some(at(9)));
        assert_eq!(store.revoke_api_token("nobody's").await.unwrap(), None);
        let removed = store.revoke_api_token(&token.id).await.unwrap();
        assert_eq!(removed, Some([7; 32]));
        assert!(store.api_tokens().await.unwrap().is_empty());
    }

    async fn forgotten_sessions_make_room_and_too_many_do_too(state: TestState) {
        let store = state.open().await;
        store.add_session(&session(0, 1), at(0)).await.unwrap();
        store.add_session(&session(1, 20), at(10)).await.unwrap();
        assert_eq!(store.session(&session(0, 1).hash).await.unwrap(), None);
        store
            .touch_session(&session(1, 20).hash, "::1", at(5_000))
            .await
            .unwrap();
        for number in 2..=MAX_SESSIONS as u16 + 3 {
            let session = session(number, 100 + u64::from(number));
            store.add_session(&session, at(10)).await.unwrap();
        }
        let sessions = store.sessions().await.unwrap();
        assert_eq!(sessions.len() as i64, MAX_SESSIONS);
        assert_eq!(sessions[0].address, "::1", "the one seen last is kept");
        store.revoke_session(&sessions[0].hash).await.unwrap();
        store.revoke_sessions().await.unwrap();
        assert!(store.sessions().await.unwrap().is_empty());
    }
}
