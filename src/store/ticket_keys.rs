//! The keys that sign tickets. A revoked key keeps its number for good; its value is deleted.

use std::time::SystemTime;

use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Store, millis};

impl Store {
    /// Returns the keys that are not revoked, by number. The last one signs.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn ticket_keys(&self) -> anyhow::Result<Vec<(u8, [u8; 32])>> {
        let mut rows = self.ticket_key_rows().await?;
        if rows.is_empty() {
            let first = self.server_key("ticket").await?;
            sqlx::query(
                "INSERT INTO ticket_key (number, value, made_at) VALUES (0, $1, $2) ON CONFLICT (number) DO NOTHING",
            )
            .bind(first.as_slice())
            .bind(millis(SystemTime::now()))
            .execute(&self.pool)
            .await?;
            rows = self.ticket_key_rows().await?;
        }
        rows.iter()
            .map(|row| {
                let number = u8::try_from(row.try_get::<i64, _>("number")?)?;
                let value: Vec<u8> = row.try_get("value")?;
                let value = value
                    .try_into()
                    .map_err(|_| anyhow::anyhow!("a key of tickets has a wrong length"))?;
                Ok((number, value))
            })
            .collect()
    }

    async fn ticket_key_rows(&self) -> sqlx::Result<Vec<AnyRow>> {
        sqlx::query("SELECT number, value FROM ticket_key WHERE retired_at IS NULL ORDER BY number")
            .fetch_all(&self.pool)
            .await
    }

    /// Generates another key, which signs from now on. Returns `None` if all 256 numbers are used.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn add_ticket_key(&self) -> anyhow::Result<Option<(u8, [u8; 32])>> {
        let mut key = [0u8; 32];
        getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        let numbers: Vec<i64> = sqlx::query_scalar(
            "INSERT INTO ticket_key (number, value, made_at) \
             SELECT MAX(number) + 1, $1, $2 FROM ticket_key HAVING MAX(number) < 255 RETURNING number",
        )
        .bind(key.as_slice())
        .bind(millis(SystemTime::now()))
        .fetch_all(&self.pool)
        .await?;
        Ok(match numbers.into_iter().next() {
            Some(number) => Some((u8::try_from(number)?, key)),
            None => None,
        })
    }

    /// Revokes every key but the one that signs, and every ticket that they signed, in one transaction.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is changed then.
    pub async fn revoke_ticket_keys(&self) -> anyhow::Result<()> {
        let now = millis(SystemTime::now());
        let mut transaction = self.begin().await?;
        sqlx::query(
            "UPDATE ticket_key SET retired_at = $1, value = NULL \
             WHERE retired_at IS NULL AND number < (SELECT MAX(number) FROM ticket_key)",
        )
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM ticket_card WHERE ticket IN (SELECT id FROM ticket JOIN ticket_key ON key = number \
             WHERE retired_at IS NOT NULL)",
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "UPDATE ticket SET withdrawn_at = $1, name = '', scope = '' WHERE withdrawn_at IS NULL \
             AND kind <> 'owner' AND key IN (SELECT number FROM ticket_key WHERE retired_at IS NOT NULL)",
        )
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
