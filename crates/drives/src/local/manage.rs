//! New folders, copies, moves, renames, deletions and the trash of a folder that may be written.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::Utc;

use crate::local::listing::Orders;
use crate::local::tree::FolderTree;
use crate::local::{Local, changes, trash};
use crate::{DriveError, ErrorKind, Manage, Outcome, Permits, RestoreOutcome, Trash, TrashedEntry};
use media::{Entry, EntryPath};

/// Interval at which entries that have been in the trash for long enough are deleted for good.
const TRASH_INTERVAL: Duration = Duration::from_secs(3600);

#[async_trait]
impl Manage for Local {
    async fn make_folder(
        &self,
        path: &EntryPath,
        _permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let path = path.clone();
        self.looking(move |tree, orders| {
            let made = changes::make_folder(tree, &path);
            noted(tree, orders, &[&path], false);
            made
        })
        .await
    }

    async fn copy(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        _permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.each(paths, Some(to), move |tree, path, target| {
            changes::copy(tree, path, target).map(Some)
        })
        .await
    }

    async fn move_to(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        _permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.each(paths, Some(to), move |tree, path, target| {
            changes::relocate(tree, "move", path, target).map(Some)
        })
        .await
    }

    async fn copy_as(
        &self,
        path: &EntryPath,
        target: &EntryPath,
        _permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let (path, target) = (path.clone(), target.clone());
        self.looking(move |tree, orders| {
            let copied = changes::copy(tree, &path, &target);
            noted(tree, orders, &[&target], false);
            copied
        })
        .await
    }

    async fn move_as(
        &self,
        path: &EntryPath,
        target: &EntryPath,
        _permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        self.relocated("move", path, target).await
    }

    async fn rename(
        &self,
        path: &EntryPath,
        name: &str,
        _permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let parent = path.parent().unwrap_or_else(EntryPath::root);
        let target = parent.join(name).ok().filter(|it| it.name() == name);
        let target = target
            .ok_or_else(|| DriveError::new(ErrorKind::RefusedName, "rename", "not one name"))?;
        self.relocated("rename", path, &target).await
    }

    async fn delete(
        &self,
        paths: &[EntryPath],
        _permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.empty_trash_by_age().await;
        self.each(paths, None, move |tree, path, _| {
            trash::put(tree, path, Utc::now()).map(|()| None)
        })
        .await
    }
}

#[async_trait]
impl Trash for Local {
    async fn list(
        &self,
        _cursor: Option<&str>,
    ) -> Result<(Vec<TrashedEntry>, Option<String>), DriveError> {
        self.empty_trash_by_age().await;
        let days = self.trash_days;
        let listed = self.looking(move |tree, _| trash::list(tree, days)).await?;
        Ok((listed, None))
    }

    async fn restore(
        &self,
        ids: &[String],
        _permits: Permits<'_>,
    ) -> Result<Vec<RestoreOutcome>, DriveError> {
        let ids = ids.to_vec();
        self.looking(move |tree, orders| {
            let mut outcomes = Vec::with_capacity(ids.len());
            for id in ids {
                let path = trash::path_of(tree, &id)?;
                let result = trash::restore(tree, &id).map(Some);
                // Folders above it may have been made.
                orders.forget();
                outcomes.push(RestoreOutcome { id, path, result });
            }
            Ok(outcomes)
        })
        .await
    }

    async fn empty(&self, _permits: Permits<'_>) -> Result<(), DriveError> {
        self.looking(move |tree, _| trash::empty(tree, None)).await
    }
}

impl Local {
    /// Applies a change to each path, with the path of the same name in the folder `to`, or with itself.
    async fn each(
        &self,
        paths: &[EntryPath],
        to: Option<&EntryPath>,
        change: impl Fn(&FolderTree, &EntryPath, &EntryPath) -> Result<Option<Entry>, DriveError>
        + Send
        + 'static,
    ) -> Result<Vec<Outcome>, DriveError> {
        const OPERATION: &str = "change";
        let (paths, to) = (paths.to_vec(), to.cloned());
        self.looking(move |tree, orders| {
            // A folder that is missing as a whole is no matter of a path.
            tree.open_folder(&to.clone().unwrap_or_else(EntryPath::root), OPERATION)?;
            let mut outcomes = Vec::with_capacity(paths.len());
            for path in paths {
                let target = match &to {
                    Some(to) => to.join(path.name()),
                    None => Ok(path.clone()),
                };
                let result = match target {
                    Ok(target) => {
                        let result = change(tree, &path, &target);
                        noted(tree, orders, &[&path, &target], true);
                        result
                    }
                    Err(_) => Err(DriveError::bad_request(
                        OPERATION,
                        "a path that is too long",
                    )),
                };
                outcomes.push(Outcome { path, result });
            }
            Ok(outcomes)
        })
        .await
    }

    async fn relocated(
        &self,
        operation: &'static str,
        path: &EntryPath,
        target: &EntryPath,
    ) -> Result<Entry, DriveError> {
        let (path, target) = (path.clone(), target.clone());
        self.looking(move |tree, orders| {
            let moved = changes::relocate(tree, operation, &path, &target);
            noted(tree, orders, &[&path, &target], true);
            moved
        })
        .await
    }

    /// Deletes entries for good that have been in the trash for long enough, once in an interval.
    pub(super) async fn empty_trash_by_age(&self) {
        let now = Instant::now();
        {
            let last = self.trash_emptied_at.lock();
            let mut last = last.unwrap_or_else(PoisonError::into_inner);
            if last.is_some_and(|last| now.duration_since(last) < TRASH_INTERVAL) {
                return;
            }
            *last = Some(now);
        }
        let days = self.trash_days;
        let emptied = self.looking(move |tree, _| trash::empty_by_age(tree, days, Utc::now()));
        if let Err(error) = emptied.await {
            tracing::debug!(%error, "the trash was not emptied");
        }
    }
}

/// Updates the cached orders after a change of names. `has_left` is true if a name may have gone: the orders of folders
/// below it are stale then.
fn noted(tree: &FolderTree, orders: &Orders, paths: &[&EntryPath], has_left: bool) {
    for path in paths {
        if let Some(parent) = path.parent() {
            orders.changed(tree, &parent, path.name());
        }
    }
    if has_left {
        orders.forget();
    }
}
