//! A share of any account as a place: it lists, plays and hands out originals through the account that opened
//! it.
//!
//! The password is part of every URI of the share, so a share needs nothing but its link. Each content URL that
//! the site gives out counts as a download, and some shares have a limited number: URLs are cached as long as
//! they are valid.

mod direct;
mod open;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::KIND;
use crate::cloudreve::client::Api;
use crate::cloudreve::codes::Context;
use crate::cloudreve::drive::browse::SiteTree;
use crate::cloudreve::drive::hls;
use crate::cloudreve::types::Share;
use crate::cloudreve::uri::UriRoot;
use crate::session::{SingleFlight, stored};
use crate::{
    Account, AccountSession, Capability, Drive, DriveError, ErrorKind, FactArgument, FactText,
    FactValue, FactsReader, Incoming, Origin, SessionStore, ShareContents, ShareCredentials,
    ShareLink, UpstreamPlaylist, Volume,
};
use media::{Entry, EntryPath, Listing, PageRequest, Place, Rendition};

/// An open share.
pub(crate) struct CloudreveShare {
    tree: SiteTree,
    link: ShareLink,
    memory: Arc<dyn SessionStore>,
    facts: SingleFlight<ShareInfo>,
}

/// Facts about a share that are stored over a restart, beside its link. The password is stored with the link.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct ShareInfo {
    title: String,
    owner: Option<String>,
    owner_id: Option<String>,
    shared_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    /// Downloads left; `None` if they are not counted.
    left: Option<i64>,
}

impl ShareInfo {
    pub(crate) fn of(share: &Share) -> Self {
        let named = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
        ShareInfo {
            title: named(&share.name).unwrap_or_default(),
            owner: share
                .owner
                .as_ref()
                .and_then(|owner| named(&owner.nickname)),
            owner_id: share.owner.as_ref().and_then(|owner| named(&owner.id)),
            shared_at: share.created_at.0,
            ends_at: share.expires.0,
            left: share.remain_downloads,
        }
    }

    pub(crate) async fn save(&self, memory: &dyn SessionStore) -> Result<(), DriveError> {
        stored::save("share", memory, self).await
    }
}

impl CloudreveShare {
    pub(crate) fn new(
        place: Place,
        link: ShareLink,
        api: Api,
        memory: Arc<dyn SessionStore>,
        facts: Option<ShareInfo>,
    ) -> Self {
        let root = UriRoot::Share {
            id: link.id.clone(),
            password: link.password.clone(),
        };
        CloudreveShare {
            tree: SiteTree::new(place, api, root, Context::Share),
            link,
            memory,
            facts: SingleFlight::new(facts),
        }
    }

    /// Returns the facts about the share from memory, or requests them if there are none.
    async fn facts(&self) -> Result<Arc<ShareInfo>, DriveError> {
        let load = async {
            if let Some(facts) = stored::load("share", self.memory.as_ref()).await? {
                return Ok(facts);
            }
            let share = look("share", &self.tree.api, &self.link).await?;
            let facts = ShareInfo::of(&share);
            facts.save(self.memory.as_ref()).await?;
            Ok(facts)
        };
        self.facts.get(load).await
    }
}

/// Requests the state of a share.
///
/// # Errors
///
/// `share_password_required`, `share_password_wrong` and `share_gone`, among others.
pub(crate) async fn look(
    operation: &'static str,
    api: &Api,
    link: &ShareLink,
) -> Result<Share, DriveError> {
    let password = link.password.as_deref();
    let share = api.share(operation, &link.id, password).await?;
    if let Some(url) = &share.url {
        api.site.learn_host(url);
    }
    if share.expired {
        return Err(DriveError::new(
            ErrorKind::ShareGone,
            operation,
            "it has run out",
        ));
    }
    // The owner is let in without it, but the URLs of files require it from every account.
    let wanted = share
        .password
        .as_deref()
        .filter(|wanted| !wanted.is_empty());
    let lacks_it = wanted.is_some() && wanted != password;
    match (share.unlocked && !lacks_it, password) {
        (true, _) => Ok(share),
        (false, None) => Err(DriveError::new(
            ErrorKind::SharePasswordRequired,
            operation,
            "it wants a password",
        )),
        (false, Some(_)) => Err(DriveError::new(
            ErrorKind::SharePasswordWrong,
            operation,
            "it wants another password",
        )),
    }
}

impl CloudreveShare {
    pub(crate) fn into_drive(self) -> Drive {
        const FILES: [Capability; 4] = [
            Capability::List,
            Capability::Search,
            Capability::Stream,
            Capability::Original,
        ];
        let share = Arc::new(self);
        Drive::new(share.tree.place.clone(), KIND.kind, share.clone())
            .with_contents(share.clone())
            .with_volume(share, &FILES)
    }
}

/// The site's own page saves a share as a shortcut to it, which needs the URI of an entry and the owner.
#[async_trait]
impl ShareContents for CloudreveShare {
    async fn file_id(&self, path: &EntryPath) -> Result<String, DriveError> {
        Ok(self.tree.uri(path))
    }

    async fn credentials(&self, _operation: &'static str) -> Result<ShareCredentials, DriveError> {
        let facts = self.facts().await?;
        Ok(ShareCredentials {
            share_id: self.link.id.clone(),
            owner_id: facts.owner_id.clone().unwrap_or_default(),
            key: self.link.password.clone().map(SecretString::from),
        })
    }

    async fn renewed_credentials(
        &self,
        operation: &'static str,
        _refused: &ShareCredentials,
    ) -> Result<ShareCredentials, DriveError> {
        self.credentials(operation).await
    }
}

#[async_trait]
impl AccountSession for CloudreveShare {
    /// Returns the share's owner, its expiry, and the number of downloads left.
    async fn account(&self) -> Result<Account, DriveError> {
        let share = look("account", &self.tree.api, &self.link).await?;
        let facts = self.facts.set(ShareInfo::of(&share));
        let day = |at| {
            FactText::new("{day}")
                .with("day", FactArgument::Day(at))
                .into()
        };
        let told = [
            ("Shared by", facts.owner.clone().map(FactValue::from)),
            ("Shared on", facts.shared_at.map(day)),
            ("Ends on", facts.ends_at.map(day)),
            (
                "Downloads left",
                facts.left.map(|left| left.to_string().into()),
            ),
        ];
        Ok(Account {
            id: self.link.id.clone(),
            name: facts.owner.clone().unwrap_or_default(),
            facts: told
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect(),
            ..Account::default()
        })
    }
}

#[async_trait]
impl Volume for CloudreveShare {
    async fn list(&self, folder: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError> {
        self.tree.list(folder, page).await
    }

    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        let mut entry = self.tree.stat(path).await?;
        if path.is_root() {
            let facts = self.facts().await?;
            if !facts.title.is_empty() {
                entry.name = facts.title.clone();
            }
            entry.modified = facts.shared_at;
        }
        Ok(entry)
    }

    async fn search(&self, query: &str, page: &PageRequest) -> Result<Listing, DriveError> {
        self.tree.search(query, page).await
    }

    fn possible_renditions(&self, entry: &Entry) -> Vec<Rendition> {
        hls::possible_renditions(entry)
    }

    fn guaranteed_renditions(&self, _entry: &Entry) -> Vec<Rendition> {
        hls::CERTAIN.to_vec()
    }

    async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        // Each segment would count as a download.
        if self.facts().await?.left.is_some() {
            let detail = "each part is a download, and they are counted";
            return Err(DriveError::unsupported("playlist", detail).with_sentence(
                "This share may be downloaded from only so many times, and each piece of the film would count.",
            ));
        }
        self.tree.playlist(entry, rendition).await
    }

    fn segment_facts(&self) -> FactsReader {
        self.tree.facts()
    }

    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.tree.kept_original(entry).await
    }

    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.tree.thumbnail(entry).await
    }

    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        self.tree.fetch(origin, from, last).await
    }
}
