//! Copies and moves between places: what is to be done, and how far it is. A task goes on after a restart.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::{Store, now_ms};
use drives::{ErrorKind, ResumeKey};
use media::{EntryPath, Place};

/// The kind of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    Copy,
    Move,
}

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    Queued,
    Running,
    Paused,
    Done,
    Failed,
    Cancelled,
}

/// A copy or a move of entries of one place into a folder of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTask {
    pub id: i64,
    pub kind: TaskKind,
    pub state: TaskState,
    pub from: Place,
    pub paths: Vec<EntryPath>,
    pub to: Place,
    pub folder: EntryPath,
    /// Bytes of all files that were copied whole.
    pub done_bytes: u64,
    /// Bytes of all files; `None` until the source was listed.
    pub total_bytes: Option<u64>,
    /// The kind of its failure; `None` unless it has failed.
    pub problem: Option<ErrorKind>,
    pub created_at: DateTime<Utc>,
}

/// One entry that a task copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskItem {
    pub number: i64,
    pub path: EntryPath,
    pub target: EntryPath,
    pub is_folder: bool,
    pub size: u64,
    /// True if the copy was begun before, so that a part of it may be at the target.
    pub is_begun: bool,
    /// The key under which the target keeps what has arrived; `None` if it keeps nothing.
    pub resume_key: Option<ResumeKey>,
}

/// The states of an item.
const WAITING: i64 = 0;
const BEGUN: i64 = 1;
const DONE: i64 = 2;

/// The names of states, and of kinds of failures, in the state file.
const STATES: [(TaskState, &str); 6] = [
    (TaskState::Queued, "queued"),
    (TaskState::Running, "running"),
    (TaskState::Paused, "paused"),
    (TaskState::Done, "done"),
    (TaskState::Failed, "failed"),
    (TaskState::Cancelled, "cancelled"),
];
const PROBLEMS: [(ErrorKind, &str); 16] = [
    (ErrorKind::UpstreamFailed, "upstream_failed"),
    (ErrorKind::UpstreamTimeout, "upstream_timeout"),
    (ErrorKind::PlanRequired, "plan_required"),
    (ErrorKind::VerificationRequired, "verification_required"),
    (ErrorKind::SignedOut, "signed_out"),
    (ErrorKind::Forbidden, "forbidden"),
    (ErrorKind::RateLimited, "rate_limited"),
    (ErrorKind::NotFound, "not_found"),
    (ErrorKind::Gone, "gone"),
    (ErrorKind::Unsupported, "unsupported"),
    (ErrorKind::Conflict, "conflict"),
    (ErrorKind::NoSpace, "no_space"),
    (ErrorKind::RefusedName, "refused_name"),
    (ErrorKind::ShareGone, "share_gone"),
    (ErrorKind::SharePasswordWrong, "share_password_wrong"),
    (ErrorKind::BadRequest, "bad_request"),
];

impl TaskKind {
    /// Returns the name in the API and in the state.
    pub fn as_str(self) -> &'static str {
        match self {
            TaskKind::Copy => "copy",
            TaskKind::Move => "move",
        }
    }
}

impl TaskState {
    /// Returns the name in the API and in the state.
    pub fn as_str(self) -> &'static str {
        let found = STATES.iter().find(|(state, _)| *state == self);
        found.map_or("failed", |(_, name)| name)
    }

    fn parse(name: &str) -> TaskState {
        let found = STATES.iter().find(|(_, known)| *known == name);
        found.map_or(TaskState::Failed, |(state, _)| *state)
    }

    /// Returns true if the task is to be worked on.
    pub fn is_open(self) -> bool {
        matches!(self, TaskState::Queued | TaskState::Running)
    }
}

/// Returns the name of a failure in the state. Kinds that no copy has are failures of the upstream.
fn problem_name(kind: ErrorKind) -> &'static str {
    let found = PROBLEMS.iter().find(|(known, _)| *known == kind);
    found.map_or("upstream_failed", |(_, name)| name)
}

type TaskRow = (
    i64,
    String,
    String,
    String,
    String,
    String,
    String,
    Option<i64>,
    Option<String>,
    i64,
    i64,
);

const COLUMNS: &str = "id, kind, state, from_place, from_paths, to_place, to_path, total_bytes, problem, created_at, \
    CAST(COALESCE((SELECT SUM(i.size) FROM task_item i WHERE i.task = task.id AND i.state = 2), 0) AS BIGINT)";

impl StoredTask {
    fn parse(row: TaskRow) -> Option<Self> {
        let (id, kind, state, from, paths, to, folder, total, problem, created_at, done) = row;
        let problem = problem.map(|name| {
            let found = PROBLEMS.iter().find(|(_, known)| *known == name);
            found.map_or(ErrorKind::UpstreamFailed, |(kind, _)| *kind)
        });
        Some(StoredTask {
            id,
            kind: match kind.as_str() {
                "move" => TaskKind::Move,
                _ => TaskKind::Copy,
            },
            state: TaskState::parse(&state),
            from: Place::parse(&from).ok()?,
            paths: paths
                .lines()
                .filter_map(|path| EntryPath::parse(path).ok())
                .collect(),
            to: Place::parse(&to).ok()?,
            folder: EntryPath::parse(&folder).ok()?,
            done_bytes: done.try_into().ok()?,
            total_bytes: total.and_then(|total| total.try_into().ok()),
            problem,
            created_at: DateTime::from_timestamp_millis(created_at)?,
        })
    }
}

type TaskItemRow = (i64, String, String, i64, i64, i64, Option<String>);

impl TaskItem {
    fn parse(row: TaskItemRow) -> Option<Self> {
        let (number, path, target, is_folder, size, state, resume_key) = row;
        Some(TaskItem {
            number,
            path: EntryPath::parse(&path).ok()?,
            target: EntryPath::parse(&target).ok()?,
            is_folder: is_folder != 0,
            size: size.try_into().ok()?,
            is_begun: state == BEGUN,
            resume_key: resume_key.as_deref().and_then(ResumeKey::parse),
        })
    }
}

impl Store {
    /// Stores a new task, which is queued. Returns its id.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn add_task(
        &self,
        kind: TaskKind,
        from: (&Place, &[EntryPath]),
        to: (&Place, &EntryPath),
    ) -> sqlx::Result<i64> {
        // A path has no control characters.
        let paths: Vec<&str> = from.1.iter().map(EntryPath::as_str).collect();
        // A row may come before the commit; all of them end with it.
        let ids: Vec<i64> = sqlx::query_scalar(
            "INSERT INTO task (kind, state, from_place, from_paths, to_place, to_path, created_at) \
             VALUES ($1, 'queued', $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(kind.as_str())
        .bind(from.0.as_str())
        .bind(paths.join("\n"))
        .bind(to.0.as_str())
        .bind(to.1.as_str())
        .bind(now_ms())
        .fetch_all(&self.pool)
        .await?;
        ids.into_iter().next().ok_or(sqlx::Error::RowNotFound)
    }

    /// Returns up to `limit` tasks, the newest first; of ids below `before` if given.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn tasks(&self, limit: u32, before: Option<i64>) -> sqlx::Result<Vec<StoredTask>> {
        let rows: Vec<TaskRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM task WHERE id < $1 ORDER BY id DESC LIMIT $2"
        )))
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().filter_map(StoredTask::parse).collect())
    }

    /// Returns one task; `None` if there is none of that id.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn task(&self, id: i64) -> sqlx::Result<Option<StoredTask>> {
        let row: Option<TaskRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM task WHERE id = $1"
        )))
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.and_then(StoredTask::parse))
    }

    /// Sets the state of a task, if it is one of `from`. Returns false if it is another.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn set_task_state(
        &self,
        id: i64,
        from: &[TaskState],
        to: TaskState,
        problem: Option<ErrorKind>,
    ) -> sqlx::Result<bool> {
        let names: Vec<&str> = from.iter().map(|state| state.as_str()).collect();
        let changed = sqlx::query(
            "UPDATE task SET state = $2, problem = $3 WHERE id = $1 AND $4 LIKE '%,' || state || ',%'",
        )
        .bind(id)
        .bind(to.as_str())
        .bind(problem.map(problem_name))
        .bind(format!(",{},", names.join(",")))
        .execute(&self.pool)
        .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Stores what a task copies, once its source was listed.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn plan_task(&self, id: i64, items: &[TaskItem]) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        let mut total = 0u64;
        for item in items {
            total += item.size;
            sqlx::query(
                "INSERT INTO task_item (task, number, path, target, is_folder, size, state) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(id)
            .bind(item.number)
            .bind(item.path.as_str())
            .bind(item.target.as_str())
            .bind(i64::from(item.is_folder))
            .bind(i64::try_from(item.size).unwrap_or(i64::MAX))
            .bind(WAITING)
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query("UPDATE task SET total_bytes = $2 WHERE id = $1")
            .bind(id)
            .bind(i64::try_from(total).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }

    /// Returns the next entry that a task has to copy; `None` if all are done.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn next_task_item(&self, id: i64) -> sqlx::Result<Option<TaskItem>> {
        let row: Option<TaskItemRow> = sqlx::query_as(
            "SELECT number, path, target, is_folder, size, state, resume_key FROM task_item \
             WHERE task = $1 AND state < $2 ORDER BY number LIMIT 1",
        )
        .bind(id)
        .bind(DONE)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.and_then(TaskItem::parse))
    }

    /// Stores that the copy of an entry begins, with the size and the key that it has now.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn begin_task_item(
        &self,
        id: i64,
        number: i64,
        (size, resume_key): (u64, Option<&ResumeKey>),
    ) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "UPDATE task_item SET state = $3, size = $4, resume_key = $5 WHERE task = $1 AND number = $2",
        )
        .bind(id)
        .bind(number)
        .bind(BEGUN)
        .bind(i64::try_from(size).unwrap_or(i64::MAX))
        .bind(resume_key.map(ResumeKey::as_str))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "UPDATE task SET total_bytes = \
             (SELECT CAST(SUM(i.size) AS BIGINT) FROM task_item i WHERE i.task = task.id) WHERE id = $1",
        )
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await
    }

    /// Stores that the copy of an entry is done.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn finish_task_item(&self, id: i64, number: i64) -> sqlx::Result<()> {
        sqlx::query("UPDATE task_item SET state = $3 WHERE task = $1 AND number = $2")
            .bind(id)
            .bind(number)
            .bind(DONE)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Returns the keys under which targets keep what has arrived, of all tasks that are queued, running or paused.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn resume_keys_in_use(&self) -> sqlx::Result<HashSet<ResumeKey>> {
        let keys: Vec<String> = sqlx::query_scalar(
            "SELECT i.resume_key FROM task_item i JOIN task t ON t.id = i.task \
             WHERE t.state IN ('queued', 'running', 'paused') AND i.state = $1 AND i.resume_key IS NOT NULL",
        )
        .bind(BEGUN)
        .fetch_all(&self.pool)
        .await?;
        Ok(keys
            .iter()
            .filter_map(|key| ResumeKey::parse(key))
            .collect())
    }
}

#[cfg(test)]
mod tests;
