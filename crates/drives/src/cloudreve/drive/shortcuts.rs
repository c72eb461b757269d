//! Shortcuts into other accounts' shares, which stand among the account's own files (document section 7): a
//! request below a shortcut goes to that share.
//!
//! The target of a shortcut is learned when its folder is listed. After a restart no target is known, so the
//! folders above a path that is not found are searched for a shortcut from the top, once.

use super::entries;
use crate::DriveError;
use crate::cloudreve::client::STAT;
use crate::cloudreve::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::drive::browse::SiteTree;
use crate::cloudreve::types::File;
use crate::cloudreve::uri::{UriRoot, below};
use media::EntryPath;

/// Upper limit for the folders above a missing path that are searched for a shortcut.
const MAX_SHORTCUT_DEPTH: usize = 8;

impl SiteTree {
    /// Calls `ask` with the URI of `path`. If nothing is there and a folder above it is a shortcut, calls it
    /// again with the URI behind the shortcut.
    pub(crate) async fn following<T, F>(
        &self,
        operation: &'static str,
        path: &EntryPath,
        ask: impl Fn(String, Context) -> F,
    ) -> Result<T, DriveError>
    where
        F: Future<Output = Result<T, DriveError>>,
    {
        if let Some(target) = self.behind(operation, path).await {
            return ask(target, Context::Share).await;
        }
        let answer = ask(self.root.uri(path), self.context).await;
        let may_lead_on = |error: &DriveError| {
            let code = error.upstream_code;
            self.root == UriRoot::My
                && code.is_some_and(|code| {
                    matches!(
                        code,
                        codes::FORBIDDEN | codes::NO_SUCH_THING | 40016 | 40077
                    )
                })
        };
        match answer {
            Err(error) if may_lead_on(&error) && self.finds_shortcut(operation, path).await => {
                match self.behind(operation, path).await {
                    Some(target) => ask(target, Context::Share).await,
                    None => Err(error),
                }
            }
            other => other,
        }
    }

    /// Returns the URI behind a known shortcut at `path` or above it; `None` if there is none. Operations on
    /// the shortcut itself use its own URI.
    async fn behind(&self, operation: &'static str, path: &EntryPath) -> Option<String> {
        let mut at = path.clone();
        if operation == STAT {
            at = at.parent()?;
        }
        loop {
            if at.is_root() {
                return None;
            }
            if let Some(target) = self.shortcuts.get(&at).await {
                let rest = path.as_str().strip_prefix(at.as_str())?;
                return Some(below(&target, &EntryPath::parse(rest).ok()?));
            }
            at = at.parent()?;
        }
    }

    /// Searches for a shortcut at `path` or above it, from the top. Returns true if there is one.
    async fn finds_shortcut(&self, operation: &'static str, path: &EntryPath) -> bool {
        let mut above: Vec<EntryPath> = Vec::new();
        let mut at = match operation {
            STAT => path.parent(),
            _ => Some(path.clone()),
        };
        while let Some(folder) = at.filter(|folder| !folder.is_root()) {
            at = folder.parent();
            above.push(folder);
        }
        for folder in above.iter().rev().take(MAX_SHORTCUT_DEPTH) {
            let uri = self.root.uri(folder);
            match self.api.info(operation, self.context, &uri).await {
                Ok(file) if entries::redirect(&file).is_some() => {
                    self.learn(folder, &file).await;
                    return true;
                }
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        false
    }

    pub(crate) async fn learn(&self, path: &EntryPath, file: &File) {
        if self.root != UriRoot::My {
            return;
        }
        match entries::redirect(file) {
            Some(target) => self.shortcuts.insert(path.clone(), target.to_owned()).await,
            None => self.shortcuts.invalidate(path).await,
        }
    }
}
