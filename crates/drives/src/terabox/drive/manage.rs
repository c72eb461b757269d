//! Creates folders; copies, moves, renames and deletes entries (Open Platform document, section 3.4.4).
//!
//! The upstream takes up to a hundred paths at once and answers for each. If it answers with a task instead,
//! the task is polled to its end; if no call reports the task's progress, the outcome is read from what exists
//! at the paths afterwards. The same is done where the website reports a success without results: it does so for
//! a stale token, too, and changes nothing (field notes, section 6).

mod outcome;

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{entries, names};
use crate::terabox::Terabox;
use crate::terabox::types::{File, Managed};
use crate::terabox::write_calls::Opera;
use crate::{DriveError, ErrorKind, Manage, Outcome, Permits};
use media::{Entry, EntryPath};

use outcome::{CONFIRMED_POLLS, LISTING_LAG_INTERVALS_MS, UNCONFIRMED_POLLS, outcomes, pause};

/// Maximum number of paths in a call; more are errno 3.
const MAX_PATHS_PER_CALL: usize = 100;
/// Maximum number of retries while another client's task is unfinished (111).
const MAX_BUSY_RETRIES: usize = 5;

#[async_trait]
impl Manage for Terabox {
    async fn make_folder(
        &self,
        path: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let operation = "make_folder";
        refuse_root(operation, path)?;
        names::check(operation, path.name())?;
        let file = permits
            .call(self.api.create_folder(&self.root.upstream(path)))
            .await?;
        let made = file
            .path
            .0
            .as_deref()
            .and_then(|path| self.root.local(path));
        let file = File {
            isdir: crate::terabox::lenient::Whole(Some(1)),
            ..file
        };
        Ok(entries::entry(
            &self.place,
            made.unwrap_or_else(|| path.clone()),
            &file,
        ))
    }

    async fn copy(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.change(Opera::Copy, paths, Some(to), permits).await
    }

    async fn move_to(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.change(Opera::Move, paths, Some(to), permits).await
    }

    async fn copy_as(
        &self,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        self.change_to(Opera::Copy, path, target, permits).await
    }

    async fn move_as(
        &self,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        match path.parent() == target.parent() {
            true => self.rename(path, target.name(), permits).await,
            false => self.change_to(Opera::Move, path, target, permits).await,
        }
    }

    async fn rename(
        &self,
        path: &EntryPath,
        name: &str,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let operation = "rename";
        refuse_root(operation, path)?;
        names::check(operation, name)?;
        let new = path
            .parent()
            .and_then(|folder| folder.join(name).ok())
            .ok_or_else(|| DriveError::new(ErrorKind::RefusedName, operation, "no path"))?;
        let step = ManageStep {
            source: self.root.upstream(path),
            target: Some((self.root.upstream(&new), name.to_owned())),
        };
        self.change_one(Opera::Rename, path, new, &step, permits)
            .await
    }

    async fn delete(
        &self,
        paths: &[EntryPath],
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.change(Opera::Delete, paths, None, permits).await
    }
}

/// One path of a call.
struct ManageStep {
    /// The account's path.
    source: String,
    /// The account's path afterwards, and its last name; `None` if the entry is deleted.
    target: Option<(String, String)>,
}

impl ManageStep {
    fn of_filelist(&self, opera: Opera) -> Value {
        match &self.target {
            None => json!(self.source),
            Some((_, name)) if opera == Opera::Rename => {
                json!({"path": self.source, "newname": name})
            }
            Some((path, name)) => {
                let folder = path.strip_suffix(name.as_str()).unwrap_or(path);
                let folder = match folder.trim_end_matches('/') {
                    "" => "/",
                    folder => folder,
                };
                json!({"path": self.source, "dest": folder, "newname": name})
            }
        }
    }
}

type StepResult = Result<(), DriveError>;

impl Terabox {
    /// Copies or moves an entry to another folder and name, by one call.
    async fn change_to(
        &self,
        opera: Opera,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let operation = opera.word();
        names::check(operation, target.name())?;
        let folder = target.parent().unwrap_or_else(EntryPath::root);
        let step = ManageStep {
            target: Some((self.root.upstream(target), target.name().to_owned())),
            ..self.step(opera, path, Some(&folder))?
        };
        self.change_one(opera, path, target.clone(), &step, permits)
            .await
    }

    /// Runs the operation on one path, and returns the entry as it is at its new path.
    async fn change_one(
        &self,
        opera: Opera,
        path: &EntryPath,
        new: EntryPath,
        step: &ManageStep,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let mut done = self.perform(opera, &[step], permits).await?;
        done.pop().unwrap_or(Ok(()))?;
        self.thumbnails.forget(&[path.clone(), new.clone()]).await;
        for wait in LISTING_LAG_INTERVALS_MS {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            match permits.call(self.file_info(&new)).await {
                Err(error) if error.kind == ErrorKind::NotFound => {}
                told => return told,
            }
        }
        // It was done, but the upstream does not report it yet.
        Ok(entries::entry(&self.place, new, &File::default()))
    }

    /// Runs the operation on all steps. Returns one outcome per path, in their order.
    async fn change(
        &self,
        opera: Opera,
        paths: &[EntryPath],
        to: Option<&EntryPath>,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let mut outcomes = Vec::with_capacity(paths.len());
        for batch in paths.chunks(MAX_PATHS_PER_CALL) {
            let planned: Vec<Result<ManageStep, DriveError>> = batch
                .iter()
                .map(|path| self.step(opera, path, to))
                .collect();
            let steps: Vec<&ManageStep> = planned.iter().flatten().collect();
            let done = match steps.is_empty() {
                true => Vec::new(),
                false => match self.perform(opera, &steps, permits).await {
                    Ok(done) => done,
                    // A failure now must not hide the outcomes of earlier calls.
                    Err(error) if outcomes.is_empty() => return Err(error),
                    Err(error) => steps.iter().map(|_| Err(error.clone())).collect(),
                },
            };
            let targets: Vec<String> = steps
                .iter()
                .zip(&done)
                .filter(|(_, done)| done.is_ok())
                .filter_map(|(step, _)| Some(step.target.as_ref()?.0.clone()))
                .collect();
            let found = self.found(opera, &targets, permits).await;
            let mut done = done.into_iter();
            for (path, planned) in batch.iter().zip(&planned) {
                let result = match planned {
                    Err(error) => Err(error.clone()),
                    Ok(step) => done
                        .next()
                        .unwrap_or(Ok(()))
                        .map(|()| self.entry_at(step, &found)),
                };
                outcomes.push(Outcome {
                    path: path.clone(),
                    result,
                });
            }
        }
        self.thumbnails.forget(paths).await;
        Ok(outcomes)
    }

    fn step(
        &self,
        opera: Opera,
        path: &EntryPath,
        to: Option<&EntryPath>,
    ) -> Result<ManageStep, DriveError> {
        let operation = opera.word();
        refuse_root(operation, path)?;
        let target = match to {
            None => None,
            Some(to) if to.is_within(path) => {
                return Err(DriveError::bad_request(operation, "into itself")
                    .with_sentence("A folder cannot be put into itself."));
            }
            Some(to) => {
                let name = path.name().to_owned();
                let target = to
                    .join(&name)
                    .map_err(|_| DriveError::new(ErrorKind::RefusedName, operation, "no path"))?;
                Some((self.root.upstream(&target), name))
            }
        };
        Ok(ManageStep {
            source: self.root.upstream(path),
            target,
        })
    }

    /// Runs the operation upstream and waits for its end. Returns one result per step.
    async fn perform(
        &self,
        opera: Opera,
        steps: &[&ManageStep],
        permits: Permits<'_>,
    ) -> Result<Vec<StepResult>, DriveError> {
        let list = steps.iter().map(|step| step.of_filelist(opera)).collect();
        let filelist = Value::Array(list);
        let first = self.call_manager(opera, &filelist, steps, permits).await?;
        let Some(web) = self.api.transport.web().filter(|_| first.is_none()) else {
            return Ok(first.unwrap_or_else(|| steps.iter().map(|_| Ok(())).collect()));
        };
        let looked = self.look(opera, steps, UNCONFIRMED_POLLS, permits).await?;
        if looked.iter().any(Result::is_ok) {
            return Ok(looked);
        }
        tracing::debug!(
            operation = opera.word(),
            "a success changed nothing: the token may be stale"
        );
        permits.call(web.renew_tokens(opera.word())).await?;
        match self.call_manager(opera, &filelist, steps, permits).await? {
            Some(done) => Ok(done),
            None => self.look(opera, steps, CONFIRMED_POLLS, permits).await,
        }
    }

    /// Calls `filemanager` and waits for its task. Returns one result per step; `None` if the upstream reports
    /// success without any result.
    async fn call_manager(
        &self,
        opera: Opera,
        filelist: &Value,
        steps: &[&ManageStep],
        permits: Permits<'_>,
    ) -> Result<Option<Vec<StepResult>>, DriveError> {
        let mut tries = 0;
        let (managed, overall) = loop {
            match permits.call(self.api.filemanager(opera, filelist)).await {
                Err(error) if error.upstream_code == Some(111) && tries < MAX_BUSY_RETRIES => {
                    tokio::time::sleep(pause(tries)).await;
                    tries += 1;
                }
                told => break told?,
            }
        };
        let Managed { info, taskid } = managed;
        let items = info.unwrap_or_default();
        if !items.is_empty() || overall.is_some() {
            return Ok(Some(outcomes(opera, steps, &items, overall.as_ref())));
        }
        match taskid.0.filter(|id| !matches!(id.as_str(), "" | "0")) {
            Some(taskid) => self.follow(opera, &taskid, steps, permits).await.map(Some),
            None => Ok(None),
        }
    }
}

fn refuse_root(operation: &'static str, path: &EntryPath) -> Result<(), DriveError> {
    if path.is_root() {
        return Err(DriveError::bad_request(operation, "the root")
            .with_sentence("The drive itself can be neither moved, renamed nor deleted."));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
