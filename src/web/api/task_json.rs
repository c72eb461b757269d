//! A task as JSON, whatever runs it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::open_uploads::OpenUpload;
use super::result_json::ProblemJson;
use super::upstream_tasks::OpenSave;
use crate::store::{StoredTask, TaskState};
use crate::web::error::{Problem, of_kind};
use drives::{RemoteTask, RemoteTaskState};
use media::{EntryPath, Place};

/// Prefixes of the ids of what is listed while it runs.
pub(super) const UPLOAD_ID: &str = "upload-";
pub(super) const SAVE_ID: &str = "save-";
const DOWNLOAD_ID: &str = "download-";
const WALK_ID: &str = "walk-";

/// A copy or a move between places, an upload, a save from a share, a download by a drive, or a walk of the library over a
/// drive.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Task)]
pub(in crate::web) struct TaskJson {
    pub id: String,
    /// `copy` or `move`; `upload`, `save`, `remote_download` or `walk`, which are listed while they run.
    pub kind: &'static str,
    /// `queued`, `running`, `paused`, `done`, `failed` or `cancelled`; what is listed while it runs is sent once more as an
    /// event when it has ended.
    pub state: &'static str,
    /// The name of what a drive downloads; missing until it is known, and for anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Bytes that have arrived at the target, or here for an upload; missing for a walk and a save.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_bytes: Option<u64>,
    /// Bytes of all files; missing until they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_bytes: Option<u64>,
    /// Entries that a walk has listed; missing for anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemJson>,
    /// Missing for an upload and a download.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<TaskSourceJson>,
    /// The folder, or the file of an upload; missing for a walk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<TaskTargetJson>,
    pub created_at: DateTime<Utc>,
}

/// The entries that are copied.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = TaskSource)]
pub(in crate::web) struct TaskSourceJson {
    #[schema(value_type = String)]
    pub place: Place,
    /// The first of them.
    #[schema(value_type = String)]
    pub path: EntryPath,
    #[schema(value_type = Vec<String>)]
    pub paths: Vec<EntryPath>,
}

/// The folder into which they are copied.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = TaskTarget)]
pub(in crate::web) struct TaskTargetJson {
    #[schema(value_type = String)]
    pub place: Place,
    #[schema(value_type = String)]
    pub path: EntryPath,
}

impl From<StoredTask> for TaskJson {
    fn from(task: StoredTask) -> Self {
        TaskJson {
            id: task.id.to_string(),
            kind: task.kind.as_str(),
            state: task.state.as_str(),
            name: None,
            done_bytes: Some(task.done_bytes),
            total_bytes: task.total_bytes,
            seen: None,
            problem: task.problem.map(|kind| ProblemJson::from(&of_kind(kind))),
            from: Some(TaskSourceJson {
                place: task.from,
                path: task.paths.first().cloned().unwrap_or_else(EntryPath::root),
                paths: task.paths,
            }),
            to: Some(TaskTargetJson {
                place: task.to,
                path: task.folder,
            }),
            created_at: task.created_at,
        }
    }
}

impl TaskJson {
    /// Returns what changes while it runs.
    pub fn progress(&self) -> (&'static str, Option<u64>, Option<u64>) {
        (self.state, self.done_bytes, self.seen)
    }

    pub fn of_upload(number: u64, upload: OpenUpload) -> Self {
        TaskJson {
            id: format!("{UPLOAD_ID}{number}"),
            kind: "upload",
            state: TaskState::Running.as_str(),
            name: None,
            done_bytes: Some(upload.progress.received()),
            total_bytes: upload.size,
            seen: None,
            problem: None,
            from: None,
            to: Some(TaskTargetJson {
                place: upload.place,
                path: upload.path,
            }),
            created_at: upload.begun_at,
        }
    }

    pub fn of_walk(place: Place, seen: u64, created_at: DateTime<Utc>) -> Self {
        TaskJson {
            id: format!("{WALK_ID}{place}"),
            kind: "walk",
            state: TaskState::Running.as_str(),
            name: None,
            done_bytes: None,
            total_bytes: None,
            seen: Some(seen),
            problem: None,
            from: Some(TaskSourceJson {
                place,
                path: EntryPath::root(),
                paths: vec![EntryPath::root()],
            }),
            to: None,
            created_at,
        }
    }

    pub fn of_save(number: u64, save: OpenSave) -> Self {
        TaskJson {
            id: format!("{SAVE_ID}{number}"),
            kind: "save",
            state: TaskState::Running.as_str(),
            name: None,
            done_bytes: None,
            total_bytes: None,
            seen: None,
            problem: None,
            from: Some(TaskSourceJson {
                place: save.from,
                path: save.paths.first().cloned().unwrap_or_else(EntryPath::root),
                paths: save.paths,
            }),
            to: Some(TaskTargetJson {
                place: save.to,
                path: save.folder,
            }),
            created_at: save.begun_at,
        }
    }

    pub fn of_download(place: &Place, task: RemoteTask) -> Self {
        TaskJson {
            id: download_id(place, &task.id),
            kind: "remote_download",
            state: state_of(task.state),
            name: task.name,
            done_bytes: task.done_bytes,
            total_bytes: task.total_bytes,
            seen: None,
            problem: task
                .problem
                .map(|error| ProblemJson::from(&Problem::from(error))),
            from: None,
            to: Some(TaskTargetJson {
                place: place.clone(),
                path: task.to.unwrap_or_else(EntryPath::root),
            }),
            created_at: task.created_at.unwrap_or_default(),
        }
    }
}

/// Returns the id in the list of a download by a drive.
pub(super) fn download_id(place: &Place, id: &str) -> String {
    format!("{DOWNLOAD_ID}{place}-{id}")
}

/// Returns the word for the state of a download.
pub(super) fn state_of(state: RemoteTaskState) -> &'static str {
    let state = match state {
        RemoteTaskState::Queued => TaskState::Queued,
        RemoteTaskState::Running => TaskState::Running,
        RemoteTaskState::Done => TaskState::Done,
        RemoteTaskState::Failed => TaskState::Failed,
        RemoteTaskState::Cancelled => TaskState::Cancelled,
    };
    state.as_str()
}
