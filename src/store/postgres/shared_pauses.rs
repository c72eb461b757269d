//! Pauses that upstreams ask for, which the servers on one database keep together.

use std::time::Duration;

use sqlx::AssertSqlSafe;

use super::{NOW, millis};
use crate::store::Store;

/// A pause of a drive that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPause {
    /// The name of the drive.
    pub drive: String,
    /// The limiter that rests: a text of the governor.
    pub limiter: String,
    /// The rest of the pause.
    pub left: Duration,
}

impl Store {
    /// Stores pauses. One that is stored already is prolonged, never shortened. Does nothing where no other server uses the
    /// state.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn put_pauses(&self, pauses: &[StoredPause]) -> sqlx::Result<()> {
        if !self.is_shared() || pauses.is_empty() {
            return Ok(());
        }
        let mut rows: Vec<(&str, &str, i64)> = pauses
            .iter()
            .map(|pause| {
                (
                    pause.drive.as_str(),
                    pause.limiter.as_str(),
                    millis(pause.left),
                )
            })
            .collect();
        // In one order, since two servers that change rows in different orders would wait for each other.
        rows.sort_unstable();
        let rows =
            serde_json::to_string(&rows).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let statement = format!(
            "WITH ended AS (DELETE FROM account_pause WHERE (drive, limiter) IN (SELECT drive, limiter FROM account_pause \
             WHERE ends_at < {NOW} - 60000 LIMIT 100 FOR UPDATE SKIP LOCKED)) \
             INSERT INTO account_pause (drive, limiter, ends_at) \
             SELECT pause ->> 0, pause ->> 1, {NOW} + CAST(pause ->> 2 AS BIGINT) \
             FROM json_array_elements(CAST($1 AS JSON)) WITH ORDINALITY AS found (pause, number) ORDER BY number \
             ON CONFLICT (drive, limiter) DO UPDATE SET ends_at = GREATEST(account_pause.ends_at, excluded.ends_at)"
        );
        sqlx::query(AssertSqlSafe(statement))
            .bind(rows)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Returns the pauses that have not ended, those of this server among them; none where no other server uses the state.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn pauses(&self) -> sqlx::Result<Vec<StoredPause>> {
        if !self.is_shared() {
            return Ok(Vec::new());
        }
        let statement = format!(
            "SELECT drive, limiter, ends_at - {NOW} FROM account_pause WHERE ends_at > {NOW} ORDER BY drive, limiter"
        );
        let rows: Vec<(String, String, i64)> = sqlx::query_as(AssertSqlSafe(statement))
            .fetch_all(&self.pool)
            .await?;
        let pauses = rows.into_iter().map(|(drive, limiter, left)| StoredPause {
            drive,
            limiter,
            left: Duration::from_millis(left.max(0).unsigned_abs()),
        });
        Ok(pauses.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ConnectedDrive;
    use crate::store::test_state::TestState;

    const HOUR: Duration = Duration::from_secs(3600);

    fn pause(drive: &str, limiter: &str, left: Duration) -> StoredPause {
        StoredPause {
            drive: drive.to_owned(),
            limiter: limiter.to_owned(),
            left,
        }
    }

    fn names(pauses: &[StoredPause]) -> Vec<(&str, &str)> {
        let names = pauses.iter();
        names
            .map(|pause| (pause.drive.as_str(), pause.limiter.as_str()))
            .collect()
    }

    #[tokio::test]
    async fn a_pause_is_seen_by_all_servers_until_it_ends_and_never_shortened() {
        let state = TestState::postgres().await;
        let (one, other) = (state.open().await, state.open().await);
        let begun = [
            pause("films", "sent", Duration::ZERO),
            pause("films", "calls", HOUR),
            pause("films", "calls", HOUR / 2),
        ];
        one.put_pauses(&begun[..2]).await.unwrap();
        other.put_pauses(&begun[2..]).await.unwrap();
        let found = other.pauses().await.unwrap();
        assert_eq!(names(&found), [("films", "calls")]);
        assert!(found[0].left > HOUR / 2 && found[0].left <= HOUR);
        let alone = TestState::sqlite().open().await;
        alone.put_pauses(&begun).await.unwrap();
        assert!(alone.pauses().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_drive_with_other_settings_has_no_pause_of_before() {
        let store = TestState::postgres().await.open().await;
        let drive = ConnectedDrive {
            name: media::Place::parse("films").unwrap(),
            kind: "local".to_owned(),
            settings: std::collections::BTreeMap::new(),
        };
        for drive in ["films", "music"] {
            let begun = [pause(drive, "calls", HOUR)];
            store.put_pauses(&begun).await.unwrap();
        }
        store.put_drive(&drive).await.unwrap();
        let found = store.pauses().await.unwrap();
        assert_eq!(names(&found), [("music", "calls")]);
    }
}
