//! The owner's passkeys: public keys, with a counter and a name. None of it opens the server to a reader of the file.
//!
//! Every method fails if the state cannot be read or written.

use std::time::SystemTime;

use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Store, millis, time};

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPasskey {
    /// The credential's id, in base64url.
    pub id: String,
    /// The owner's name for it.
    pub name: String,
    /// The public key and what else never changes, encoded by `web`.
    pub public_key: String,
    /// The counter and what else changes with each use, encoded by `web`.
    pub flags: String,
    pub created_at: SystemTime,
    pub last_used_at: Option<SystemTime>,
}

impl Store {
    /// Returns all passkeys, the oldest first.
    pub async fn passkeys(&self) -> sqlx::Result<Vec<StoredPasskey>> {
        let rows = sqlx::query("SELECT * FROM owner_passkey ORDER BY created_at, id")
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().map(read_passkey).collect())
    }

    /// Returns the passkey with this id; `None` if there is none.
    pub async fn passkey(&self, id: &str) -> sqlx::Result<Option<StoredPasskey>> {
        let row = sqlx::query("SELECT * FROM owner_passkey WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.as_ref().map(read_passkey))
    }

    /// Stores a new passkey.
    pub async fn add_passkey(&self, passkey: &StoredPasskey) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO owner_passkey (id, name, public_key, flags, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&passkey.id)
        .bind(&passkey.name)
        .bind(&passkey.public_key)
        .bind(&passkey.flags)
        .bind(millis(passkey.created_at))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Renames a passkey. Returns false if there is none with this id.
    pub async fn rename_passkey(&self, id: &str, name: &str) -> sqlx::Result<bool> {
        let renamed = sqlx::query("UPDATE owner_passkey SET name = $2 WHERE id = $1")
            .bind(id)
            .bind(name)
            .execute(&self.pool)
            .await?;
        Ok(renamed.rows_affected() > 0)
    }

    /// Removes a passkey. Returns false if there is none with this id.
    pub async fn remove_passkey(&self, id: &str) -> sqlx::Result<bool> {
        let removed = sqlx::query("DELETE FROM owner_passkey WHERE id = $1")
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(removed.rows_affected() > 0)
    }

    /// Records a use of a passkey. Returns false if it was removed or used by another request since `flags` was read.
    pub async fn touch_passkey(
        &self,
        id: &str,
        flags: &str,
        new_flags: &str,
        at: SystemTime,
    ) -> sqlx::Result<bool> {
        let touched = sqlx::query(
            "UPDATE owner_passkey SET flags = $3, last_used_at = $4 WHERE id = $1 AND flags = $2",
        )
        .bind(id)
        .bind(flags)
        .bind(new_flags)
        .bind(millis(at))
        .execute(&self.pool)
        .await?;
        Ok(touched.rows_affected() > 0)
    }
}

fn read_passkey(row: &AnyRow) -> StoredPasskey {
    let used: Option<i64> = row.get("last_used_at");
    StoredPasskey {
        id: row.get("id"),
        name: row.get("name"),
        public_key: row.get("public_key"),
        flags: row.get("flags"),
        created_at: time(row.get("created_at")),
        last_used_at: used.map(time),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::store::test_state::{TestState, on_both_states};

    on_both_states! {
        a_use_counts_once_and_a_removed_passkey_is_gone,
    }

    async fn a_use_counts_once_and_a_removed_passkey_is_gone(state: TestState) {
        let store = state.open().await;
        let at = UNIX_EPOCH + Duration::from_secs(1_000);
        let passkey = StoredPasskey {
            id: "AAAA".to_owned(),
            name: "phone".to_owned(),
            public_key: "BBBB".to_owned(),
            flags: "1".to_owned(),
            created_at: at,
            last_used_at: None,
        };
        store.add_passkey(&passkey).await.unwrap();
        assert!(store.add_passkey(&passkey).await.is_err(), "once is enough");
        assert_eq!(store.passkeys().await.unwrap(), [passkey]);
        assert!(store.touch_passkey("AAAA", "1", "2", at).await.unwrap());
        assert!(!store.touch_passkey("AAAA", "1", "2", at).await.unwrap());
        assert!(store.rename_passkey("AAAA", "the phone").await.unwrap());
        let found = store.passkey("AAAA").await.unwrap().unwrap();
        assert_eq!(
            (found.name.as_str(), found.last_used_at),
            ("the phone", Some(at))
        );
        assert!(store.remove_passkey("AAAA").await.unwrap());
        assert!(!store.remove_passkey("AAAA").await.unwrap());
        assert!(store.passkey("AAAA").await.unwrap().is_none());
    }
}
