//! Conditions of a change: locks (RFC 4918 §6), `If`, `If-Match` and `If-None-Match`, depth, and the parent.

use std::sync::Arc;

use axum::http::header;

use super::super::if_header::{IfHeader, ResourceState};
use super::refusals::{DavRefusal, NO_PARENT};
use super::{DavChange, DavResult};
use crate::store::{ChangedPath, DavLock};
use crate::web::error::Problem;
use crate::web::preconditions::{Precondition, ReplyValidators};
use media::{Entry, EntryKind, EntryPath};

impl DavChange<'_> {
    /// Checks the header `If`, and that no lock is in the way of the changes whose token the client does not have.
    pub(in crate::web::play::dav) async fn guard(
        &self,
        changes: &[ChangedPath<'_>],
    ) -> DavResult<()> {
        let locks = self.site.store.dav_locks(&self.place).await?;
        let header = self.if_header()?;
        if let Some(header) = &header {
            self.check_if(header, &locks).await?;
        }
        let tokens: Vec<&str> = header.iter().flat_map(IfHeader::tokens).collect();
        let is_open = |lock: &DavLock| {
            // Of shared locks of one entry, one is enough.
            let mut alike = locks.iter().filter(|other| other.path == lock.path);
            alike.any(|other| tokens.contains(&other.token.as_str()))
        };
        for change in changes {
            let mut in_the_way = locks.iter().filter(|lock| lock.concerns(change));
            let in_the_way = in_the_way.find(|lock| !is_open(lock));
            if let Some(lock) = in_the_way {
                return Err(DavRefusal::Locked(self.href(&lock.path)));
            }
        }
        Ok(())
    }

    pub(in crate::web::play::dav) fn if_header(&self) -> DavResult<Option<IfHeader>> {
        if !self.headers.contains_key("if") {
            return Ok(None);
        }
        let parsed = IfHeader::parse(self.header("if"));
        parsed
            .map(Some)
            .map_err(|_| Problem::bad_request("The header “If” could not be read.").into())
    }

    async fn check_if(&self, header: &IfHeader, locks: &[DavLock]) -> DavResult<()> {
        let mut states: Vec<(Option<String>, ResourceState)> = Vec::new();
        for resource in header.resources() {
            let path = match resource {
                None => Some(self.path.clone()),
                Some(url) => self
                    .path_of(url)
                    .filter(|(place, _)| *place == self.place)
                    .map(|it| it.1),
            };
            let mut state = ResourceState::default();
            if let Some(path) = path {
                let covering = locks.iter().filter(|lock| lock.covers(&path));
                state.tokens = covering.map(|lock| lock.token.clone()).collect();
                let entry = self.entry(&path).await?;
                let file = entry.filter(|entry| entry.kind != EntryKind::Folder);
                state.etag = file.map(|entry| self.etag(&entry));
            }
            states.push((resource.map(str::to_owned), state));
        }
        let state_of = |resource: Option<&str>| {
            let mut known = states.iter();
            let found = known.find(|(other, _)| other.as_deref() == resource);
            found.map(|(_, state)| state.clone()).unwrap_or_default()
        };
        match header.is_met(state_of) {
            true => Ok(()),
            false => Err(Problem::PRECONDITION_FAILED.into()),
        }
    }

    /// Checks the conditions of RFC 9110 §13.
    pub(super) fn check_version(&self, current: Option<&Arc<Entry>>) -> DavResult<()> {
        let is_met = match current {
            Some(entry) if entry.kind != EntryKind::Folder => {
                let validators = ReplyValidators {
                    etag: &self.etag(entry),
                    modified: entry.modified,
                };
                let outcome = validators.evaluate(&self.method, &self.headers);
                matches!(outcome, Precondition::Met { .. })
            }
            Some(_) => true,
            None => !self.headers.contains_key(header::IF_MATCH),
        };
        match is_met {
            true => Ok(()),
            false => Err(Problem::PRECONDITION_FAILED.into()),
        }
    }

    /// Checks the header `Depth` of a request for a folder; without it, the last of `allowed` is meant.
    pub(super) fn check_depth(&self, entry: &Entry, allowed: &[&str]) -> DavResult<()> {
        let depth = self.header("depth").trim();
        let is_allowed =
            depth.is_empty() || allowed.iter().any(|it| it.eq_ignore_ascii_case(depth));
        match is_allowed || entry.kind != EntryKind::Folder {
            true => Ok(()),
            false => Err(Problem::bad_request("This “Depth” is not one of this method.").into()),
        }
    }

    pub(in crate::web::play::dav) async fn check_parent(&self, path: &EntryPath) -> DavResult<()> {
        let parent = path.parent().unwrap_or_else(EntryPath::root);
        match self.entry(&parent).await? {
            Some(entry) if entry.kind == EntryKind::Folder => Ok(()),
            _ => Err(NO_PARENT.into()),
        }
    }
}
