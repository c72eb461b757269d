//! The progress of uploads, which any of the servers on one database returns.

use std::time::Duration;

use sqlx::{AnyPool, AssertSqlSafe};

use super::{NOW, millis};
use crate::store::Store;

/// Progress in the database.
#[derive(Clone)]
pub struct SharedUploads {
    pool: AnyPool,
}

/// The progress of an upload, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProgress {
    /// The id that the client has chosen.
    pub id: String,
    /// Bytes that a server has received.
    pub received: u64,
    /// Bytes that the drive has accepted.
    pub sent: u64,
    /// The announced size; `None` if there was none.
    pub size: Option<u64>,
}

impl Store {
    /// Returns the progress of uploads that servers share; `None` where no other server uses the state.
    pub fn shared_uploads(&self) -> Option<SharedUploads> {
        self.is_shared().then(|| SharedUploads {
            pool: self.pool.clone(),
        })
    }
}

impl SharedUploads {
    /// Stores the progress of uploads, and forgets those that have not changed for `ttl`. One without a byte replaces none:
    /// another server may receive the file.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn put(&self, uploads: &[StoredProgress], ttl: Duration) -> sqlx::Result<()> {
        let mut rows: Vec<_> = uploads
            .iter()
            .map(|upload| {
                let id = upload.id.replace('\0', "");
                // A client may announce more than the database can hold.
                let size = upload.size.map(|size| size.min(i64::MAX.unsigned_abs()));
                (id, upload.received, upload.sent, size)
            })
            .collect();
        // In one order, since two servers that change rows in different orders would wait for each other. An id is there once.
        rows.sort_unstable();
        rows.dedup_by(|next, kept| next.0 == kept.0);
        let rows =
            serde_json::to_string(&rows).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let statement = format!(
            "WITH old AS (DELETE FROM upload_progress WHERE id IN (SELECT id FROM upload_progress \
             WHERE seen_at < {NOW} - $2 LIMIT 1000 FOR UPDATE SKIP LOCKED)) \
             INSERT INTO upload_progress (id, received, sent, size, seen_at) \
             SELECT upload ->> 0, CAST(upload ->> 1 AS BIGINT), CAST(upload ->> 2 AS BIGINT), \
             CAST(upload ->> 3 AS BIGINT), {NOW} \
             FROM json_array_elements(CAST($1 AS JSON)) WITH ORDINALITY AS found (upload, number) ORDER BY number \
             ON CONFLICT (id) DO UPDATE SET received = excluded.received, sent = excluded.sent, size = excluded.size, \
             seen_at = excluded.seen_at WHERE excluded.received > 0"
        );
        sqlx::query(AssertSqlSafe(statement))
            .bind(rows)
            .bind(millis(ttl))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Returns the progress of an upload; `None` if no server has stored any within `ttl`.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn get(&self, id: &str, ttl: Duration) -> sqlx::Result<Option<StoredProgress>> {
        if id.contains('\0') {
            return Ok(None);
        }
        let statement = format!(
            "SELECT received, sent, size FROM upload_progress WHERE id = $1 AND seen_at >= {NOW} - $2"
        );
        let row: Option<(i64, i64, Option<i64>)> = sqlx::query_as(AssertSqlSafe(statement))
            .bind(id)
            .bind(millis(ttl))
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|(received, sent, size)| StoredProgress {
            id: id.to_owned(),
            received: received.unsigned_abs(),
            sent: sent.unsigned_abs(),
            size: size.map(i64::unsigned_abs),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::TestState;

    #[tokio::test]
    async fn the_progress_that_was_stored_last_is_found_until_its_time_is_over() {
        let state = TestState::postgres().await;
        let (one, other) = (state.open().await, state.open().await);
        assert!(TestState::sqlite().open().await.shared_uploads().is_none());
        let (at_one, at_other) = (
            one.shared_uploads().unwrap(),
            other.shared_uploads().unwrap(),
        );
        let hour = Duration::from_secs(3600);
        let upload = |id: &str, received, size| StoredProgress {
            id: id.to_owned(),
            received,
            sent: 1,
            size,
        };
        let both = [upload("b", 5, Some(9)), upload("a", 3, None)];
        at_one.put(&both, hour).await.unwrap();
        for progress in &both {
            let found = at_other.get(&progress.id, hour).await.unwrap();
            assert_eq!(found.as_ref(), Some(progress));
        }
        // It began anew at the other one.
        let anew = [upload("b", 2, Some(9))];
        at_other.put(&anew, hour).await.unwrap();
        let found = at_one.get("b", hour).await.unwrap();
        assert_eq!(found.as_ref(), Some(&anew[0]));
        at_one.put(&[upload("b", 0, None)], hour).await.unwrap();
        let found = at_one.get("b", hour).await.unwrap();
        assert_eq!(found.as_ref(), Some(&anew[0]), "it was only checked here");
        assert_eq!(at_one.get("c", hour).await.unwrap(), None);
        assert_eq!(at_one.get("b\0", hour).await.unwrap(), None);

        sqlx::query("UPDATE upload_progress SET seen_at = seen_at - 3600001")
            .execute(&one.pool)
            .await
            .unwrap();
        assert_eq!(at_one.get("b", hour).await.unwrap(), None);
        at_one.put(&[upload("c", 0, None)], hour).await.unwrap();
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM upload_progress")
            .fetch_one(&one.pool)
            .await
            .unwrap();
        assert_eq!(left, 1);
    }
}
