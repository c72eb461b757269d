//! The state of walks over the drives: the folders still to be visited, and the numbers for the owner.

use chrono::{DateTime, Utc};

use crate::store::{Store, now_ms};
use media::{EntryPath, Place};

/// The state of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalkState {
    /// There was none yet.
    Idle,
    Running,
    /// Every folder was visited.
    Done,
    /// The owner stopped it.
    Stopped,
    /// The drive could not be listed.
    Failed,
}

impl WalkState {
    /// Returns the lower-case word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            WalkState::Idle => "idle",
            WalkState::Running => "running",
            WalkState::Done => "done",
            WalkState::Stopped => "stopped",
            WalkState::Failed => "failed",
        }
    }

    fn parse(word: &str) -> Self {
        match word {
            "running" => WalkState::Running,
            "done" => WalkState::Done,
            "stopped" => WalkState::Stopped,
            "failed" => WalkState::Failed,
            _ => WalkState::Idle,
        }
    }
}

/// The state of a walk and its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalkStatus {
    /// Its state.
    pub state: WalkState,
    /// Entries that were listed.
    pub seen: u64,
    /// Films and episodes among them.
    pub found: u64,
    /// When it began; `None` before the first one.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended; `None` while it runs, and before the first one.
    pub ended_at: Option<DateTime<Utc>>,
}

/// State, entries listed, films among them, start and end in milliseconds since 1970.
type WalkRow = (String, i64, i64, Option<i64>, Option<i64>);

impl Store {
    /// Returns true if one of these drives was walked, is being walked, or was stopped after films were found.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn has_walked_any(&self, places: &[&Place]) -> anyhow::Result<bool> {
        let places: Vec<&str> = places.iter().map(|place| place.as_str()).collect();
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM library_walk WHERE place IN (SELECT value FROM json_each($1)) \
             AND (state IN ('done', 'running') OR found > 0) LIMIT 1",
        )
        .bind(serde_json::to_string(&places)?)
        .fetch_optional(&self.pool)
        .await?;
        Ok(found.is_some())
    }

    /// Returns the state of the walk of a drive.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn walk_status(&self, place: &Place) -> anyhow::Result<WalkStatus> {
        let row: Option<WalkRow> = sqlx::query_as(
            "SELECT state, seen, found, started_at, ended_at FROM library_walk WHERE place = $1",
        )
        .bind(place.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let (state, seen, found, started_at, ended_at) = row.unwrap_or_default();
        Ok(WalkStatus {
            state: WalkState::parse(&state),
            seen: seen.unsigned_abs(),
            found: found.unsigned_abs(),
            started_at: started_at.and_then(DateTime::from_timestamp_millis),
            ended_at: ended_at.and_then(DateTime::from_timestamp_millis),
        })
    }

    /// Begins a walk at these folders.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn begin_walk(&self, place: &Place, folders: &[EntryPath]) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO library_walk (place, state, seen, found, started_at) VALUES ($1, 'running', 0, 0, $2) \
             ON CONFLICT (place) DO UPDATE SET state = 'running', seen = 0, found = 0, \
             started_at = excluded.started_at, ended_at = NULL",
        )
        .bind(place.as_str())
        .bind(now_ms())
        .execute(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM library_walk_folder WHERE place = $1")
            .bind(place.as_str())
            .execute(&mut *transaction)
            .await?;
        for folder in folders {
            sqlx::query("INSERT INTO library_walk_folder (place, path) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(place.as_str())
                .bind(folder.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Returns the next folder to visit; `None` at the end.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn next_walk_folder(&self, place: &Place) -> anyhow::Result<Option<EntryPath>> {
        let path: Option<String> = sqlx::query_scalar(
            "SELECT path FROM library_walk_folder WHERE place = $1 ORDER BY path LIMIT 1",
        )
        .bind(place.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(path.and_then(|path| EntryPath::parse(&path).ok()))
    }

    /// Replaces a visited folder by the folders in it, and adds to the numbers. Does nothing if the walk was stopped
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn finish_walk_folder(
        &self,
        place: &Place,
        folder: &EntryPath,
        inside: &[EntryPath],
        (seen, found): (u64, u64),
    ) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        let counted = sqlx::query(
            "UPDATE library_walk SET seen = seen + $2, found = found + $3 WHERE place = $1 AND state = 'running'",
        )
        .bind(place.as_str())
        .bind(seen as i64)
        .bind(found as i64)
        .execute(&mut *transaction)
        .await?;
        if counted.rows_affected() == 0 {
            return Ok(());
        }
        for path in inside {
            sqlx::query("INSERT INTO library_walk_folder (place, path) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(place.as_str())
                .bind(path.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query("DELETE FROM library_walk_folder WHERE place = $1 AND path = $2")
            .bind(place.as_str())
            .bind(folder.as_str())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Ends a walk. The folders that were not visited are dropped.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn end_walk(&self, place: &Place, state: WalkState) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM library_walk_folder WHERE place = $1")
            .bind(place.as_str())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "UPDATE library_walk SET state = $2, ended_at = $3 WHERE place = $1 AND state = 'running'",
        )
        .bind(place.as_str())
        .bind(state.as_str())
        .bind(now_ms())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Notes that a drive is not walked any more, whether a walk runs or has ended.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn stop_walks(&self, place: &Place) -> anyhow::Result<()> {
        self.end_walk(place, WalkState::Stopped).await?;
        sqlx::query("UPDATE library_walk SET state = 'stopped' WHERE place = $1")
            .bind(place.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
