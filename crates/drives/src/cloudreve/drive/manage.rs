//! Creates folders; copies, moves, renames and deletes entries (document sections 8.5 to 8.8).
//!
//! A batch answers with the failures only, by URI; entries that it does not name succeeded. Deleted entries go
//! to the account's trash.

use std::collections::HashSet;

use async_trait::async_trait;
use futures_util::StreamExt;

use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes;
use crate::cloudreve::request::ApiResponse;
use crate::{DriveError, ErrorKind, Manage, Outcome, Permits};
use media::{Entry, EntryPath};

/// Entries per call; sites accept 3,000 by default.
const BATCH: usize = 500;
/// Upper limit for the bytes of a name.
const MAX_NAME_BYTES: usize = 255;
/// Moved or copied entries whose new state is requested at a time.
const MAX_CONCURRENT_STATS: usize = 4;

/// A copy or a move into a folder.
struct Shift<'a> {
    operation: &'static str,
    /// The URI of the folder, and its path.
    folder: &'a str,
    to: &'a EntryPath,
    copy: bool,
}

#[async_trait]
impl Manage for Cloudreve {
    async fn make_folder(
        &self,
        path: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        check_name("mkdir", path.name())?;
        let made = permits
            .call(self.api.create_folder(&self.tree.uri(path)))
            .await?;
        Ok(self.tree.entry(path.clone(), &made))
    }

    async fn copy(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.shift("copy", paths, to, true, permits).await
    }

    async fn move_to(
        &self,
        paths: &[EntryPath],
        to: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        self.shift("move", paths, to, false, permits).await
    }

    async fn rename(
        &self,
        path: &EntryPath,
        name: &str,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        check_name("rename", name)?;
        let renamed = permits
            .call(self.api.rename(&self.tree.uri(path), name))
            .await?;
        let parent = path.parent().unwrap_or(EntryPath::root());
        let path = parent.join(name).map_err(|_| refused_name("rename"))?;
        Ok(self.tree.entry(path, &renamed))
    }

    async fn delete(
        &self,
        paths: &[EntryPath],
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let mut outcomes = Vec::with_capacity(paths.len());
        for batch in paths.chunks(BATCH) {
            let told = permits.call(self.api.delete(&self.uris(batch))).await?;
            outcomes.extend(self.outcomes(batch, &told)?);
        }
        Ok(outcomes)
    }
}

impl Cloudreve {
    async fn shift(
        &self,
        operation: &'static str,
        paths: &[EntryPath],
        to: &EntryPath,
        copy: bool,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let folder = self.tree.uri(to);
        let mut outcomes = Vec::with_capacity(paths.len());
        for batch in paths.chunks(BATCH) {
            let shift = Shift {
                operation,
                folder: &folder,
                to,
                copy,
            };
            outcomes.extend(self.shift_batch(&shift, batch, permits).await?);
        }
        let looked_at = futures_util::stream::iter(outcomes).map(|outcome| async move {
            let Outcome { path, result } = outcome;
            let result = match (result, to.join(path.name())) {
                // The new state is useful, but failing to get it is no failure of the operation.
                (Ok(_), Ok(there)) => Ok(permits.call(self.tree.stat(&there)).await.ok()),
                (other, _) => other,
            };
            Outcome { path, result }
        });
        Ok(looked_at.buffered(MAX_CONCURRENT_STATS).collect().await)
    }

    /// Copies or moves a batch. One taken name fails a whole batch at the site, with nothing done (wire document
    /// section 1): then the taken names are looked up and left out, and what still fails is sent path by path.
    async fn shift_batch(
        &self,
        shift: &Shift<'_>,
        batch: &[EntryPath],
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let told = self.send_shift(shift, batch, permits).await?;
        if told.code() != Some(codes::OBJECT_EXISTS) {
            return self.outcomes(batch, &told);
        }
        let conflict = told.error(codes::OBJECT_EXISTS);
        let taken: HashSet<String> = match batch.len() {
            1 => HashSet::from([batch[0].name().to_owned()]),
            _ => {
                let files = permits.call(self.tree.all_files(shift.to)).await?;
                files.into_iter().map(|file| file.name).collect()
            }
        };
        let free: Vec<EntryPath> = batch
            .iter()
            .filter(|path| !taken.contains(path.name()))
            .cloned()
            .collect();
        let mut done = Vec::with_capacity(free.len());
        if !free.is_empty() {
            let told = self.send_shift(shift, &free, permits).await?;
            if told.code() == Some(codes::OBJECT_EXISTS) {
                // Two of them have the same name, or one was taken meanwhile.
                for path in &free {
                    let one = std::slice::from_ref(path);
                    let told = self.send_shift(shift, one, permits).await?;
                    match told.code() {
                        Some(codes::OBJECT_EXISTS) => done.push(Outcome {
                            path: path.clone(),
                            result: Err(conflict.clone()),
                        }),
                        _ => done.extend(self.outcomes(one, &told)?),
                    }
                }
            } else {
                done = self.outcomes(&free, &told)?;
            }
        }
        let mut done = done.into_iter();
        let outcomes = batch.iter().map(|path| match taken.contains(path.name()) {
            false => done.next(),
            true => Some(Outcome {
                path: path.clone(),
                result: Err(conflict.clone()),
            }),
        });
        Ok(outcomes.flatten().collect())
    }

    async fn send_shift(
        &self,
        shift: &Shift<'_>,
        paths: &[EntryPath],
        permits: Permits<'_>,
    ) -> Result<ApiResponse, DriveError> {
        let uris = self.uris(paths);
        let call = self
            .api
            .shift(shift.operation, &uris, shift.folder, shift.copy);
        permits.call(call).await
    }

    fn uris(&self, paths: &[EntryPath]) -> Vec<String> {
        paths.iter().map(|path| self.tree.uri(path)).collect()
    }

    /// Returns one outcome for each path of a batch, in their order.
    pub(crate) fn outcomes(
        &self,
        paths: &[EntryPath],
        told: &ApiResponse,
    ) -> Result<Vec<Outcome>, DriveError> {
        let failures = match told.code() {
            None => Vec::new(),
            Some(codes::NOT_ALL_DONE) => {
                let failed = told.envelope.aggregated_error.iter();
                // The URIs come back in another spelling, so they are compared after parsing.
                failed
                    .map(|(uri, inner)| (self.tree.root.path(uri), inner.code))
                    .collect()
            }
            Some(code) => return Err(told.error(code)),
        };
        let is_known = |(path, _): &(Option<EntryPath>, i64)| {
            path.as_ref().is_some_and(|path| paths.contains(path))
        };
        if told.code().is_some() && (failures.is_empty() || !failures.iter().all(is_known)) {
            // The failed entries cannot be identified, so none is reported as successful.
            let code = failures
                .first()
                .map_or(codes::NOT_ALL_DONE, |(_, code)| *code);
            return Err(told.error(code));
        }
        let outcome = |path: &EntryPath| {
            let failure = failures
                .iter()
                .find(|(failed, _)| failed.as_ref() == Some(path));
            Outcome {
                path: path.clone(),
                result: match failure {
                    Some((_, code)) => Err(told.error(*code)),
                    None => Ok(None),
                },
            }
        };
        Ok(paths.iter().map(outcome).collect())
    }
}

/// Checks that the upstream accepts a name (document section 3).
pub(crate) fn check_name(operation: &'static str, name: &str) -> Result<(), DriveError> {
    let is_fine = !name.is_empty()
        && name != "."
        && name != ".."
        && name.len() <= MAX_NAME_BYTES
        && !name.contains(['\\', '/', ':', '*', '?', '"', '<', '>', '|'])
        && !name.contains(char::is_control);
    if is_fine {
        Ok(())
    } else {
        Err(refused_name(operation))
    }
}

fn refused_name(operation: &'static str) -> DriveError {
    DriveError::new(ErrorKind::RefusedName, operation, "a name of another form").with_sentence(
        "A name on this drive has at most 255 bytes and none of \\ / : * ? \" < > | in it.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_upstream_takes() {
        for name in ["a", "Film #1 100% ä.mp4", "..a", "映画"] {
            assert!(check_name("rename", name).is_ok(), "{name}");
        }
        for name in ["", ".", "..", "a/b", "a:b", "a?b", "a\"b", "a\nb", "a|b"] {
            assert!(check_name("rename", name).is_err(), "{name:?}");
        }
        assert!(check_name("rename", &"ä".repeat(127)).is_ok());
        assert!(check_name("rename", &"ä".repeat(128)).is_err());
    }
}
