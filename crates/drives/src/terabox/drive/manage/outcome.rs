//! The outcome of a change: of its task, which is polled, or of what exists at the paths afterwards.

use std::collections::HashMap;
use std::time::Duration;

use super::super::entries;
use super::{ManageStep, StepResult};
use crate::terabox::Terabox;
use crate::terabox::response::item_error;
use crate::terabox::types::{File, ResultItem};
use crate::terabox::write_calls::Opera;
use crate::{DriveError, ErrorKind, Permits};
use media::Entry;

impl Terabox {
    /// Waits for the end of a task.
    pub(super) async fn follow(
        &self,
        opera: Opera,
        taskid: &str,
        steps: &[&ManageStep],
        permits: Permits<'_>,
    ) -> Result<Vec<StepResult>, DriveError> {
        let operation = opera.word();
        for question in 0..MAX_TASK_POLLS {
            tokio::time::sleep(pause(question)).await;
            let task = match permits.call(self.api.task(operation, taskid)).await {
                Ok(task) => task,
                Err(error) if error.kind == ErrorKind::RateLimited => continue,
                Err(error) if error.kind == ErrorKind::SignedOut => return Err(error),
                Err(error) => {
                    tracing::debug!(%error, "nobody tells of a task: what is there will");
                    return self.look(opera, steps, CONFIRMED_POLLS, permits).await;
                }
            };
            let code = task.task_errno.0.filter(|&code| code != 0);
            match task.status.0.as_deref().unwrap_or("") {
                "success" => return Ok(outcomes(opera, steps, &task.into_items(), None)),
                "failed" => {
                    let failure = item_error(operation, code.unwrap_or(1));
                    let items = task.into_items();
                    return Ok(outcomes(opera, steps, &items, Some(&failure)));
                }
                _ => {}
            }
        }
        Err(DriveError::timeout(operation, "a task did not end in time"))
    }

    /// Determines from what exists at the paths whether the operation was done, by at most `polls` looks.
    pub(super) async fn look(
        &self,
        opera: Opera,
        steps: &[&ManageStep],
        polls: usize,
        permits: Permits<'_>,
    ) -> Result<Vec<StepResult>, DriveError> {
        let operation = opera.word();
        let sources: Vec<String> = steps.iter().map(|step| step.source.clone()).collect();
        let targets: Vec<String> = steps
            .iter()
            .filter_map(|step| Some(step.target.as_ref()?.0.clone()))
            .collect();
        let mut done = Vec::new();
        for question in 0..polls {
            tokio::time::sleep(pause(question)).await;
            let left = permits.call(self.api.metas(operation, &sources)).await?;
            let arrived = match targets.is_empty() {
                true => HashMap::new(),
                false => permits.call(self.api.metas(operation, &targets)).await?,
            };
            done = steps
                .iter()
                .map(|step| {
                    let is_left = left.contains_key(&step.source);
                    match &step.target {
                        None => !is_left,
                        Some((path, _)) if opera == Opera::Copy => arrived.contains_key(path),
                        Some((path, _)) => arrived.contains_key(path) && !is_left,
                    }
                })
                .collect();
            if done.iter().all(|&done| done) {
                break;
            }
        }
        Ok(done
            .into_iter()
            .map(|done| match done {
                true => Ok(()),
                false => Err(DriveError::timeout(operation, "nothing has changed yet")),
            })
            .collect())
    }

    /// Returns what exists at these paths now. An entry that is not reported yet is no failure.
    pub(super) async fn found(
        &self,
        opera: Opera,
        targets: &[String],
        permits: Permits<'_>,
    ) -> HashMap<String, File> {
        if targets.is_empty() {
            return HashMap::new();
        }
        permits
            .call(self.api.metas(opera.word(), targets))
            .await
            .unwrap_or_else(|error| {
                tracing::debug!(%error, "what was changed is not told yet");
                HashMap::new()
            })
    }

    pub(super) fn entry_at(
        &self,
        step: &ManageStep,
        found: &HashMap<String, File>,
    ) -> Option<Entry> {
        let (path, _) = step.target.as_ref()?;
        let file = found.get(path)?;
        Some(entries::entry(&self.place, self.root.local(path)?, file))
    }
}

/// Returns the result of each step, found by the path in its item, or by its place in the list.
pub(super) fn outcomes(
    opera: Opera,
    steps: &[&ManageStep],
    items: &[ResultItem],
    overall: Option<&DriveError>,
) -> Vec<StepResult> {
    let told = |item: &ResultItem, step: &ManageStep| {
        let of =
            |text: &crate::terabox::lenient::Text| text.0.as_deref() == Some(step.source.as_str());
        of(&item.path) || of(&item.from)
    };
    steps
        .iter()
        .enumerate()
        .map(|(index, step)| {
            let item = items.iter().find(|item| told(item, step)).or_else(|| {
                let unnamed = |item: &&ResultItem| {
                    items.len() == steps.len() && !steps.iter().any(|other| told(item, other))
                };
                items.get(index).filter(unnamed)
            });
            match (item.and_then(|item| item.errno.0), overall) {
                (Some(0), _) => Ok(()),
                (Some(code), _) => Err(item_error(opera.word(), code)),
                (None, Some(error)) => Err(error.clone()),
                (None, None) => Ok(()),
            }
        })
        .collect()
}

pub(super) fn pause(turn: usize) -> Duration {
    let last = TASK_POLL_INTERVALS_MS.len() - 1;
    Duration::from_millis(TASK_POLL_INTERVALS_MS[turn.min(last)])
}

/// Intervals between two polls of a task; the last one repeats.
const TASK_POLL_INTERVALS_MS: [u64; 5] = [200, 400, 800, 1500, 3000];

/// Maximum number of polls of a task: some ten minutes.
const MAX_TASK_POLLS: usize = 200;

/// Looks at the paths of an operation that the upstream accepted: some twenty seconds.
pub(super) const CONFIRMED_POLLS: usize = 2 * TASK_POLL_INTERVALS_MS.len();

/// Looks at the paths before a success without results counts as ignored.
pub(super) const UNCONFIRMED_POLLS: usize = 3;

/// Intervals between looks at a path after a change: a list lags some seconds behind.
pub(super) const LISTING_LAG_INTERVALS_MS: [u64; 4] = [0, 500, 1000, 2000];
