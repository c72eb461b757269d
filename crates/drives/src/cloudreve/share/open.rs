//! Opens a share, or finds it again after a restart (document section 9).

use std::sync::Arc;

use async_trait::async_trait;

use super::{CloudreveShare, ShareInfo, look};
use crate::cloudreve::{Cloudreve, KIND};
use crate::links::LinkHome;
use crate::{Drive, DriveError, OnConflict, OpenShares, Outcome, Permits, SessionStore, ShareLink};
use media::{EntryPath, Place};

#[async_trait]
impl OpenShares for Cloudreve {
    fn opens(&self, link: &ShareLink) -> bool {
        let is_home = |home: &LinkHome| home.authority == link.host;
        link.kind == KIND.kind && self.home.as_ref().is_some_and(is_home)
    }

    fn home(&self) -> Option<LinkHome> {
        self.home.clone()
    }

    async fn open(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
    ) -> Result<Drive, DriveError> {
        let facts = ShareInfo::of(&look("open_share", &self.api, link).await?);
        facts.save(memory.as_ref()).await?;
        Ok(self.share(place, link, memory, Some(facts)).into_drive())
    }

    fn reopen(&self, place: Place, link: &ShareLink, memory: Arc<dyn SessionStore>) -> Drive {
        self.share(place, link, memory, None).into_drive()
    }

    /// Returns true: `save` reports with a sentence that nothing is saved.
    fn saves(&self, _share: &Drive) -> bool {
        true
    }

    async fn save(
        &self,
        _share: &Drive,
        _paths: &[EntryPath],
        _to: &EntryPath,
        _on_conflict: OnConflict,
        _permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let detail = "only one's own files are copied there";
        Err(DriveError::unsupported("save", detail).with_sentence(
            "This drive copies its owner’s own files alone, not those of somebody’s share.",
        ))
    }
}

impl Cloudreve {
    fn share(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
        facts: Option<ShareInfo>,
    ) -> CloudreveShare {
        CloudreveShare::new(place, link.clone(), self.api.clone(), memory, facts)
    }
}
