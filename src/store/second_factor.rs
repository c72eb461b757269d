//! The second factor of the owner's password: the secret of an authenticator app, and recovery codes.
//!
//! The secret is stored as it is, since codes are computed from it; recovery codes as SHA-256. Every method fails if the
//! state cannot be read or written; a failed transaction changes nothing.

use secrecy::{ExposeSecret, SecretString};
use sqlx::Row;

use super::Store;

/// The authenticator app of the owner.
#[derive(Debug, Clone)]
pub struct OwnerTotp {
    /// The shared secret, in Base32.
    pub secret: SecretString,
    /// The time step of the last code that was accepted (RFC 6238, section 4.2).
    pub last_step: i64,
}

impl Store {
    /// Returns the authenticator app; `None` if there is none.
    pub async fn owner_totp(&self) -> sqlx::Result<Option<OwnerTotp>> {
        let row = sqlx::query("SELECT secret, last_step FROM owner_totp WHERE only_row = 1")
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| OwnerTotp {
            secret: row.get::<String, _>("secret").into(),
            last_step: row.get("last_step"),
        }))
    }

    /// Stores an authenticator app with the hashes of its recovery codes, and revokes every session, in one transaction.
    pub async fn set_owner_totp(
        &self,
        totp: &OwnerTotp,
        recovery_codes: &[String],
    ) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        for statement in [
            "DELETE FROM owner_totp",
            "DELETE FROM owner_recovery_code",
            "DELETE FROM owner_session",
        ] {
            sqlx::query(statement).execute(&mut *transaction).await?;
        }
        sqlx::query("INSERT INTO owner_totp (only_row, secret, last_step) VALUES (1, $1, $2)")
            .bind(totp.secret.expose_secret())
            .bind(totp.last_step)
            .execute(&mut *transaction)
            .await?;
        for hash in recovery_codes {
            sqlx::query("INSERT INTO owner_recovery_code (hash) VALUES ($1)")
                .bind(hash)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }

    /// Removes the authenticator app and the recovery codes, in one transaction. Returns false if there was none.
    pub async fn remove_owner_totp(&self) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let removed = sqlx::query("DELETE FROM owner_totp")
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM owner_recovery_code")
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(removed.rows_affected() > 0)
    }

    /// Records the time step of an accepted code. Returns false if that step or a later one was recorded before.
    pub async fn take_totp_step(&self, step: i64) -> sqlx::Result<bool> {
        let taken = sqlx::query(
            "UPDATE owner_totp SET last_step = $1 WHERE only_row = 1 AND last_step < $1",
        )
        .bind(step)
        .execute(&self.pool)
        .await?;
        Ok(taken.rows_affected() > 0)
    }

    /// Replaces the recovery codes by those with these hashes, in one transaction.
    pub async fn set_recovery_codes(&self, hashes: &[String]) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM owner_recovery_code")
            .execute(&mut *transaction)
            .await?;
        for hash in hashes {
            sqlx::query("INSERT INTO owner_recovery_code (hash) VALUES ($1)")
                .bind(hash)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }

    /// Consumes the recovery code with this hash. Returns false if there is none.
    pub async fn take_recovery_code(&self, hash: &str) -> sqlx::Result<bool> {
        let taken = sqlx::query("DELETE FROM owner_recovery_code WHERE hash = $1")
            .bind(hash)
            .execute(&self.pool)
            .await?;
        Ok(taken.rows_affected() > 0)
    }

    /// Returns the number of recovery codes that were not used yet.
    pub async fn recovery_codes_left(&self) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT COUNT(*) FROM owner_recovery_code")
            .fetch_one(&self.pool)
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::{TestState, on_both_states};

    on_both_states! {
        a_step_and_a_recovery_code_are_taken_once,
    }

    async fn a_step_and_a_recovery_code_are_taken_once(state: TestState) {
        let store = state.open().await;
        assert!(!store.take_totp_step(7).await.unwrap(), "there is no app");
        let totp = OwnerTotp {
            secret: "JBSWY3DPEHPK3PXP".into(),
            last_step: 7,
        };
        let codes = ["aa".to_owned(), "bb".to_owned()];
        store.set_owner_totp(&totp, &codes).await.unwrap();
        assert!(!store.take_totp_step(7).await.unwrap());
        assert!(store.take_totp_step(8).await.unwrap());
        assert!(!store.take_totp_step(8).await.unwrap());
        assert!(store.take_recovery_code("aa").await.unwrap());
        assert!(!store.take_recovery_code("aa").await.unwrap());
        assert_eq!(store.recovery_codes_left().await.unwrap(), 1);
        store.set_recovery_codes(&codes).await.unwrap();
        assert_eq!(store.recovery_codes_left().await.unwrap(), 2);
        assert!(store.remove_owner_totp().await.unwrap());
        assert!(!store.remove_owner_totp().await.unwrap());
        assert_eq!(store.recovery_codes_left().await.unwrap(), 0);
        assert!(store.owner_totp().await.unwrap().is_none());
    }
}
