//! The work on one task: lists the source, copies file by file, and deletes the source of a move at the end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use parking_lot::Mutex;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{TaskRunner, of_state};
use crate::governor::Priority;
use crate::library::{FileOperation, Freshness};
use crate::store::{StoredTask, TaskItem, TaskKind, TaskState};
use drives::{
    DriveError, ErrorKind, MIN_RESUMABLE_BYTES, OnConflict, ResumeKey, UploadProgress,
    UploadRequest, UploadResume,
};
use media::{ByteRange, Entry, EntryKind, EntryPath, PageRequest};

const OPERATION: &str = "copy";
/// Entries of one task.
const MAX_ITEMS: usize = 100_000;
/// Depth of folders of one task.
const MAX_DEPTH: usize = 64;
/// Attempts per file: a pause of an upstream, or its restart, does not end a task.
const MAX_ATTEMPTS: u32 = 4;
/// Pause before another attempt, times the number of attempts, if the upstream asks for none.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);
/// Longest pause before another attempt.
const MAX_PAUSE: Duration = Duration::from_secs(300);
/// Interval at which the progress is announced.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

impl TaskRunner {
    pub(super) async fn work(&self, id: i64) -> Result<(), DriveError> {
        let store = &self.0.store;
        let open = [TaskState::Queued, TaskState::Running];
        let is_open = store.set_task_state(id, &open, TaskState::Running, None);
        let (true, Some(task)) = (
            is_open.await.map_err(of_state)?,
            store.task(id).await.map_err(of_state)?,
        ) else {
            return Ok(());
        };
        self.announce(id).await;
        if task.total_bytes.is_none() {
            let items = self.plan(&task).await?;
            store.plan_task(id, &items).await.map_err(of_state)?;
        }
        while let Some(item) = store.next_task_item(id).await.map_err(of_state)? {
            self.copy_item(&task, item.clone()).await?;
            let finished = store.finish_task_item(id, item.number);
            finished.await.map_err(of_state)?;
            self.announce(id).await;
        }
        match task.kind {
            TaskKind::Copy => Ok(()),
            TaskKind::Move => self.delete_source(&task).await,
        }
    }

    /// Lists everything that the task copies, folders before what is in them.
    async fn plan(&self, task: &StoredTask) -> Result<Vec<TaskItem>, DriveError> {
        let source = self.0.library.drive(&task.from)?.at(Priority::Scans);
        let target = self.0.library.drive(&task.to)?.at(Priority::Opening);
        let mut items: Vec<TaskItem> = Vec::new();
        for path in &task.paths {
            let entry = source.stat(path).await?;
            let to = joined(&task.folder, path.name())?;
            match target.stat(&to).await {
                Ok(_) => return Err(DriveError::new(ErrorKind::Conflict, OPERATION, "")),
                Err(error) if error.kind == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            // With each entry, the ids of the folders that it is in. A link to one of them leads in a circle.
            let mut waiting = vec![(entry, to, Vec::<String>::new())];
            while let Some((entry, to, above)) = waiting.pop() {
                let is_folder = entry.kind == EntryKind::Folder;
                if items.len() >= MAX_ITEMS || above.len() > MAX_DEPTH {
                    return Err(DriveError::bad_request(OPERATION, "too much for one task")
                        .with_sentence(
                            "This is too much for one task. Copy it folder by folder.",
                        ));
                }
                let path = entry.path.clone();
                items.push(TaskItem {
                    number: items.len() as i64,
                    path: path.clone(),
                    target: to.clone(),
                    is_folder,
                    size: if is_folder { 0 } else { entry.size },
                    is_begun: false,
                    resume_key: None,
                });
                if !is_folder {
                    continue;
                }
                let mut within = above;
                within.push(entry.id.unwrap_or_default());
                let mut page = PageRequest::default();
                loop {
                    let listing = source.list(&path, &page).await?;
                    for child in listing.entries {
                        let is_circle = child.kind == EntryKind::Folder
                            && child.id.as_ref().is_some_and(|id| within.contains(id));
                        if !is_circle {
                            let to = joined(&to, &child.name)?;
                            waiting.push((child, to, within.clone()));
                        }
                    }
                    match listing.next {
                        Some(next) => page.cursor = Some(next),
                        None => break,
                    }
                }
            }
        }
        Ok(items)
    }

    async fn copy_item(&self, task: &StoredTask, mut item: TaskItem) -> Result<(), DriveError> {
        let mut attempts = 1;
        loop {
            let copied = match item.is_folder {
                true => self.make_folder(task, &item).await,
                false => self.copy_file(task, &mut item).await,
            };
            let error = match copied {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let may_pass = error.kind.is_transient() || error.kind == ErrorKind::RateLimited;
            if !may_pass || attempts >= MAX_ATTEMPTS {
                return Err(error);
            }
            let pause = error.retry_after.unwrap_or(RETRY_INTERVAL * attempts);
            tracing::info!(task = task.id, kind = ?error.kind, "a copy waits for {} s", pause.as_secs());
            sleep(pause.min(MAX_PAUSE)).await;
            attempts += 1;
        }
    }

    async fn make_folder(&self, task: &StoredTask, item: &TaskItem) -> Result<(), DriveError> {
        match self.0.library.make_folder(&task.to, &item.target).await {
            // It was made before the server stopped.
            Err(error) if error.kind == ErrorKind::Conflict => Ok(()),
            made => made.map(|_| ()),
        }
    }

    /// Copies a file, from the byte on that the target has kept of it. A source that was changed is copied from its start.
    async fn copy_file(&self, task: &StoredTask, item: &mut TaskItem) -> Result<(), DriveError> {
        let (library, store) = (&self.0.library, &self.0.store);
        let entry = library
            .entry(&task.from, &item.path, Freshness::Fresh)
            .await?;
        let key = resume_key(task, item, &entry);
        if let Some(former) = item
            .resume_key
            .take_if(|former| key.as_ref() != Some(&*former))
        {
            library
                .discard_upload(&task.to, &item.target, &former)
                .await?;
        }
        if item.is_begun && item.size == entry.size && self.is_whole(task, item).await? {
            return Ok(());
        }
        let was_begun = item.is_begun;
        let begin = store.begin_task_item(task.id, item.number, (entry.size, key.as_ref()));
        begin.await.map_err(of_state)?;
        item.is_begun = true;
        item.size = entry.size;
        item.resume_key = key.clone();
        let resume = match key {
            None => None,
            Some(key) => {
                let there = library.resumable_bytes(&task.to, &item.target, &key);
                let from = there.await?;
                let from = if from < entry.size { from } else { 0 };
                Some(UploadResume { key, from })
            }
        };
        let progress = Arc::new(UploadProgress::default());
        if let Some(running) = self.0.running.lock().get_mut(&task.id) {
            running.progress = Some(progress.clone());
        }
        let request = UploadRequest {
            path: item.target.clone(),
            size: Some(entry.size),
            // Only what the task itself has begun is replaced.
            on_conflict: match was_begun {
                true => OnConflict::Overwrite,
                false => OnConflict::Fail,
            },
            progress: Some(progress),
            resume,
        };
        let uploaded = self.stream(task, &entry, &request).await;
        if let Some(running) = self.0.running.lock().get_mut(&task.id) {
            running.progress = None;
        }
        match uploaded? {
            uploaded if uploaded.size == entry.size => Ok(()),
            _ => Err(DriveError::failed(
                OPERATION,
                "it arrived in another length",
            )),
        }
    }

    /// Streams a file into the upload, and announces the progress concurrently.
    async fn stream(
        &self,
        task: &StoredTask,
        entry: &Arc<Entry>,
        request: &UploadRequest,
    ) -> Result<Entry, DriveError> {
        let library = &self.0.library;
        library.check_request(&task.to, request).await?;
        let object = self.0.playback.original_to_copy(entry);
        let from = request.resume.as_ref().map_or(0, |resume| resume.from);
        let range = match from {
            0 => None,
            from => ByteRange::new(from, entry.size.saturating_sub(1)),
        };
        let reading = self.0.playback.engine().read(&object, range).await?;
        // The upload reports that its body has ended early; the reason is the error of the source.
        let failure: Arc<Mutex<Option<DriveError>>> = Arc::default();
        let body = reading.body.map({
            let failure = failure.clone();
            move |chunk| {
                chunk.map_err(|error| {
                    let text = error.kind;
                    *failure.lock() = Some(error);
                    io::Error::other(format!("{text:?}"))
                })
            }
        });
        let upload = library.upload(&task.to, request, body.boxed());
        let announce = || {
            let (tasks, id) = (self.clone(), task.id);
            async move { tasks.announce(id).await }
        };
        let uploaded = announcing(upload, announce).await;
        let source = failure.lock().take();
        uploaded.map_err(|error| source.unwrap_or(error))
    }

    /// Returns true if the target has the whole file already: the server stopped after the upload.
    async fn is_whole(&self, task: &StoredTask, item: &TaskItem) -> Result<bool, DriveError> {
        let library = &self.0.library;
        match library
            .entry(&task.to, &item.target, Freshness::Fresh)
            .await
        {
            Ok(there) => Ok(there.size == item.size && there.kind != EntryKind::Folder),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn delete_source(&self, task: &StoredTask) -> Result<(), DriveError> {
        let (library, root) = (&self.0.library, EntryPath::root());
        let deleted = library
            .change(&task.from, FileOperation::Delete, &task.paths, &root)
            .await?;
        for outcome in deleted {
            match outcome.result {
                // It was deleted before the server stopped.
                Err(error) if error.kind == ErrorKind::NotFound => {}
                result => drop(result?),
            }
        }
        Ok(())
    }
}

/// Returns the output of `work`, and calls `announce` concurrently every second. Both need the state, whose one connection
/// `work` may hold at any await: if `announce` waited for it alone, and not concurrently with `work`, neither would go on.
async fn announcing<T, A: Future<Output = ()>>(
    work: impl Future<Output = T>,
    announce: impl Fn() -> A,
) -> T {
    let announcements = async {
        let mut ticks = interval(PROGRESS_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            announce().await;
        }
    };
    tokio::select! {
        output = work => output,
        () = announcements => unreachable!("it has no end"),
    }
}

/// Returns the key under which the target keeps what arrives of a file; `None` for a small file, and for one of which no
/// look can say that it has changed.
fn resume_key(task: &StoredTask, item: &TaskItem, entry: &Entry) -> Option<ResumeKey> {
    let is_versioned = entry.content.is_some() || entry.modified.is_some();
    if entry.size < MIN_RESUMABLE_BYTES || !is_versioned {
        return None;
    }
    let modified = entry.modified.map(|at| at.timestamp_millis());
    let source = (&entry.id, &entry.content, entry.size, modified);
    let created_at = task.created_at.timestamp_millis();
    let identity = serde_json::json!([
        [task.id, created_at, item.number],
        [task.from.as_str(), item.path.as_str()],
        [task.to.as_str(), item.target.as_str()],
        source,
    ]);
    Some(ResumeKey::of(&identity.to_string()))
}

fn joined(folder: &EntryPath, name: &str) -> Result<EntryPath, DriveError> {
    let path = folder.join(name);
    path.map_err(|_| DriveError::bad_request(OPERATION, "a path that is too long"))
}

#[cfg(test)]
mod tests;
