//! Opens a share, or finds it again after a restart (document section 9).

use std::sync::Arc;

use async_trait::async_trait;
use http::Method;
use serde_json::json;

use super::direct::{DirectFile, PREFIX};
use super::{CloudreveShare, ShareInfo, look};
use crate::cloudreve::types::File;
use crate::cloudreve::{Cloudreve, KIND};
use crate::links::LinkHome;
use crate::{
    Drive, DriveError, ErrorKind, OnConflict, OpenShares, Outcome, Permits, SessionStore, ShareLink,
};
use media::{Entry, EntryKind, EntryPath, Place};

#[async_trait]
impl OpenShares for Cloudreve {
    fn opens(&self, link: &ShareLink) -> bool {
        let is_home = |home: &LinkHome| home.site == link.host;
        link.kind == KIND.kind && self.home.as_ref().is_some_and(is_home)
    }

    fn homes(&self) -> Vec<LinkHome> {
        let Some(home) = &self.home else {
            return Vec::new();
        };
        let mut homes = vec![home.clone()];
        let configured = self.api.auth.config().links.iter().cloned();
        let learned = self.api.site.learned_hosts();
        for host in configured.chain(learned) {
            if homes.iter().all(|known| known.authority != host) {
                homes.push(home.at(host));
            }
        }
        homes
    }

    async fn open(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
    ) -> Result<Drive, DriveError> {
        if link.id.starts_with(PREFIX) {
            let file = DirectFile::new(place, self.api.site.clone(), link, memory);
            file.look(link).await?;
            return Ok(file.into_drive());
        }
        let facts = ShareInfo::of(&look("open_share", &self.api, link).await?);
        facts.save(memory.as_ref()).await?;
        Ok(self.share(place, link, memory, Some(facts)).into_drive())
    }

    fn reopen(&self, place: Place, link: &ShareLink, memory: Arc<dyn SessionStore>) -> Drive {
        if link.id.starts_with(PREFIX) {
            let site = self.api.site.clone();
            return DirectFile::new(place, site, link, memory).into_drive();
        }
        self.share(place, link, memory, None).into_drive()
    }

    fn saves(&self, share: &Drive) -> bool {
        self.is_here(share)
    }

    /// Saves each entry as a shortcut, as the site's own page does (wire document section 7): it lists and plays for as
    /// long as the share exists.
    async fn save(
        &self,
        share: &Drive,
        paths: &[EntryPath],
        to: &EntryPath,
        on_conflict: OnConflict,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        let parts = share.contents.as_ref().zip(share.volume.as_ref());
        let Some((contents, volume)) = parts.filter(|_| self.is_here(share)) else {
            let detail = "a share of another site";
            return Err(DriveError::unsupported("save", detail)
                .with_sentence("Only shares of the drive’s own site are saved there."));
        };
        let owner = contents.credentials("save").await?.owner_id;
        let mut outcomes = Vec::with_capacity(paths.len());
        for path in paths {
            let result = async {
                let entry = permits.call(volume.stat(path)).await?;
                let target = contents.file_id(path).await?;
                let shortcut = Shortcut {
                    name: path.name(),
                    is_folder: entry.kind == EntryKind::Folder,
                    target: &target,
                    owner: &owner,
                };
                self.make_shortcut(&shortcut, to, on_conflict, permits)
                    .await
            };
            outcomes.push(Outcome {
                path: path.clone(),
                result: result.await.map(Some),
            });
        }
        Ok(outcomes)
    }
}

/// A shortcut that is to be made.
struct Shortcut<'a> {
    name: &'a str,
    is_folder: bool,
    /// The URI of the entry in the share.
    target: &'a str,
    /// The site's id of the share's owner.
    owner: &'a str,
}

impl Cloudreve {
    /// Returns true if a share is one of this drive's site.
    fn is_here(&self, share: &Drive) -> bool {
        let is_ours = |home: &LinkHome| {
            let id = share.place.as_str().strip_prefix("~c")?.rsplit_once('-')?.0;
            let link = ShareLink {
                kind: KIND.kind,
                host: home.site.clone(),
                id: id.to_owned(),
                password: None,
                path: None,
            };
            Some(link.place().ok()? == share.place)
        };
        share.kind == KIND.kind
            && share.contents.is_some()
            && self.home.as_ref().and_then(is_ours) == Some(true)
    }

    async fn make_shortcut(
        &self,
        shortcut: &Shortcut<'_>,
        to: &EntryPath,
        on_conflict: OnConflict,
        permits: Permits<'_>,
    ) -> Result<Entry, DriveError> {
        let mut number = 0;
        loop {
            let path = to.join(&numbered(shortcut.name, number)).map_err(|_| {
                DriveError::new(ErrorKind::RefusedName, "save", "a name that makes no path")
            })?;
            let body = json!({
                "uri": self.tree.uri(&path),
                "type": if shortcut.is_folder { "folder" } else { "file" },
                "err_on_conflict": true,
                "metadata": {
                    "sys:shared_redirect": shortcut.target,
                    "sys:shared_owner": shortcut.owner,
                },
            });
            let made = permits.call(async {
                let answer = self.api.change("save", Method::POST, "/file/create", body);
                answer.await?.data::<File>()
            });
            match made.await {
                Ok(file) => {
                    // The answer does not repeat the metadata.
                    let target = shortcut.target.to_owned();
                    self.tree.shortcuts.insert(path.clone(), target).await;
                    return Ok(self.tree.entry(path, &file));
                }
                Err(error)
                    if error.kind == ErrorKind::Conflict
                        && on_conflict == OnConflict::Rename
                        && number < MAX_NUMBER =>
                {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Upper limit for the number that is added to a taken name.
const MAX_NUMBER: u32 = 50;

/// Returns `Film (2).mp4` for 2, and the name itself for 0.
fn numbered(name: &str, number: u32) -> String {
    match (number, name.rsplit_once('.')) {
        (0, _) => name.to_owned(),
        (_, Some((stem, extension))) if !stem.is_empty() => {
            format!("{stem} ({number}).{extension}")
        }
        _ => format!("{name} ({number})"),
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
