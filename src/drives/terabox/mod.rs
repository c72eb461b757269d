//! TeraBox by its Open Platform: the files of one account.
//!
//! Here is the promise of a drive, kept with the upstream's calls (`client`). Sources: the Open
//! Platform document, and where it is silent or contradicts itself, what clients met; both readings
//! are accepted then. Nothing here works around a plan, a preview or a verification: they are told.

mod auth;
mod client;
mod codes;
mod config;
mod entries;
mod fetch;
mod files;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod links;
mod loose;
mod oauth;
mod segment;
mod session;
mod types;
mod verdict;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderValue;

use self::client::Api;
use self::entries::{Root, root_entry};
use self::files::Thumbnails;
use super::http::Client;
use super::{
    Account, Capability, Clock, Drive, DriveError, ErrorKind, Incoming, Origin, Quota,
    SegmentFacts, SessionStore, UpstreamPlaylist,
};
use crate::media::{Entry, EntryKind, EntryPath, Listing, PageRequest, Place, Rendition};

pub use config::TeraboxConfig;

/// An account at TeraBox.
pub struct Terabox {
    place: Place,
    root: Root,
    api: Api,
    http: Arc<Client>,
    clock: Clock,
    referer: Option<HeaderValue>,
    thumbnails: Thumbnails,
}

impl Terabox {
    /// A drive named `place`. Nothing is asked before the first call.
    pub fn new(
        place: Place,
        config: TeraboxConfig,
        http: Arc<Client>,
        sessions: Arc<dyn SessionStore>,
        clock: Clock,
    ) -> Self {
        let referer = format!("{}/", config.auth_url.trim_end_matches('/'));
        let root = Root::new(config.root.clone());
        let auth = auth::Auth::new(config, http.clone(), sessions, clock.clone());
        Terabox {
            place,
            root,
            api: Api::new(Arc::new(auth), http.clone(), clock.clone()),
            http,
            clock,
            referer: HeaderValue::try_from(referer).ok(),
            thumbnails: Thumbnails::new(),
        }
    }
}

#[async_trait]
impl Drive for Terabox {
    fn place(&self) -> &Place {
        &self.place
    }

    fn kind(&self) -> &'static str {
        "terabox"
    }

    fn capabilities(&self) -> &[Capability] {
        &[
            Capability::List,
            Capability::Search,
            Capability::Stream,
            Capability::Original,
            Capability::Quota,
        ]
    }

    async fn account(&self) -> Result<Account, DriveError> {
        let (user, quota) = tokio::try_join!(self.api.uinfo(), self.api.quota())?;
        let bytes = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        Ok(Account {
            id: user.uk.0.unwrap_or_default(),
            name: user.uname.0.unwrap_or_default(),
            avatar_url: user.avatar_url.0.filter(|url| !url.is_empty()),
            plan: match user.vip_type.0 {
                Some(0) => Some("free".to_owned()),
                Some(1) => Some("premium".to_owned()),
                Some(2) => Some("super premium".to_owned()),
                _ => None,
            },
            quota: match (bytes(quota.total.0), bytes(quota.used.0)) {
                (Some(total), Some(used)) => Some(Quota { total, used }),
                _ => None,
            },
            ..Account::default()
        })
    }

    fn local_path(&self, upstream: &str) -> Option<EntryPath> {
        self.root.local(upstream)
    }

    async fn keep_session(&self) -> Result<(), DriveError> {
        self.api.auth.access().await.map(drop)
    }

    async fn settled(&self) {
        self.api.auth.settled().await;
    }

    async fn list(&self, folder: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError> {
        self.list_folder(folder, page).await
    }

    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        if path.is_root() {
            return Ok(root_entry(&self.place));
        }
        self.file_info(path).await
    }

    async fn search(&self, query: &str, page: &PageRequest) -> Result<Listing, DriveError> {
        self.search_files(query, page).await
    }

    /// The upstream has no call that lists them. Its own clients go by the size of the picture: 720p
    /// for more than 854x480, 1080p for more than 1280x720.
    fn candidates(&self, entry: &Entry) -> Vec<Rendition> {
        let video = |height| Rendition::Video { height };
        let width = entry.width.map(u64::from);
        let pixels = match (width, entry.height.map(u64::from)) {
            (Some(width), Some(height)) => width * height,
            (None, Some(height)) => height * height * 16 / 9,
            (Some(width), None) => width * width * 9 / 16,
            (None, None) => u64::MAX,
        };
        match entry.kind {
            EntryKind::Audio => vec![Rendition::Audio],
            EntryKind::Video if pixels > 1280 * 720 => {
                vec![video(1080), video(720), video(480), Rendition::Audio]
            }
            EntryKind::Video if pixels > 854 * 480 => {
                vec![video(720), video(480), Rendition::Audio]
            }
            EntryKind::Video => vec![video(480), Rendition::Audio],
            EntryKind::Folder | EntryKind::Image | EntryKind::Subtitle | EntryKind::Other => {
                Vec::new()
            }
        }
    }

    async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        let kind = match rendition {
            Rendition::Audio => "M3U8_MP3_128",
            Rendition::Video { height: 1080 } => "M3U8_AUTO_1080",
            Rendition::Video { height: 720 } => "M3U8_AUTO_720",
            Rendition::Video { height: 480 } => "M3U8_AUTO_480",
            Rendition::Video { .. } => {
                return Err(DriveError::new(
                    ErrorKind::Unsupported,
                    "playlist",
                    "TeraBox has no such rendition",
                ));
            }
        };
        let path = self.root.upstream(&entry.path);
        let playlist = self.api.streaming(&path, kind).await?;
        Ok(UpstreamPlaylist::new(
            playlist.text,
            Origin::new(playlist.url, None),
        ))
    }

    /// Sound is asked for as `M3U8_MP3_128`; what the other qualities hold depends on the film.
    fn codecs(&self, rendition: Rendition) -> Option<&'static str> {
        (rendition == Rendition::Audio).then_some("mp4a.40.34")
    }

    fn segment_facts(&self, address: &Origin) -> SegmentFacts {
        segment::facts(address.url())
    }

    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.download_address(entry).await
    }

    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        self.picture_address(entry).await
    }

    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let wanted = fetch::Wanted {
            url: origin.url(),
            from,
            last,
            referer: self.referer.as_ref(),
            is_own_file: links::carries_token(origin.url()),
            length: origin.length(),
        };
        let result = fetch::open(&self.http, &self.clock, wanted).await;
        if let Err(error) = &result
            && error.kind == ErrorKind::Expired
        {
            self.thumbnails.refused(origin).await;
        }
        result
    }
}
