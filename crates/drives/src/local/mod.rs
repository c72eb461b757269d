//! A folder of this machine: its files as they are, the facts in their containers, and, if ffmpeg is installed, HLS
//! of films whose container cannot be sent in ranges.
//!
//! - `tree`: files of the folder that may be shown · `listing`: pages and search · `watch`: change events
//! - `chunks`: the bytes of a file as a stream
//! - `probe` (and `transport`): lengths, picture sizes, embedded pictures · `ffprobe`: the same of other containers
//! - `changes`, `trash`, `slot`: what a writable folder changes · `manage`, `upload`: the same as abilities of a drive
//! - `file_bytes`: bytes of files and of pictures in them · `known_facts`: facts by version of a file · `account`: the file system
//! - `hls`: segments by ffmpeg · `programs`: limits the ffmpeg processes, and stops idle ones

mod account;
mod changes;
mod chunks;
mod config;
mod ffprobe;
mod file_bytes;
mod hls;
mod known_facts;
mod listing;
mod manage;
mod probe;
mod programs;
mod slot;
mod transport;
mod trash;
mod tree;
mod upload;
mod watch;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod write_tests;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use async_trait::async_trait;

use crate::local::hls::{KeyframeIndex, Segmenter};
use crate::local::listing::Orders;
use crate::local::probe::{Facts, Streams};
use crate::local::tree::FolderTree;
use crate::local::watch::Watch;
use crate::{
    Capability, Drive, DriveContext, DriveError, DriveKind, FactsReader, Incoming, Origin,
    OwnFolder, SegmentFacts, UpstreamPlaylist, Volume,
};
use cache::{Cache, SyncCache};
use media::{Entry, EntryKind, EntryPath, FileKind, Listing, PageRequest, Place, Rendition};

pub use config::LocalConfig;

use file_bytes::{read_url, url_of};
use known_facts::{tell, version_of};

/// Abilities of a folder.
pub static KIND: DriveKind = DriveKind {
    kind: "local",
    title: "Folder",
    abilities: &[
        (Capability::List, None),
        (Capability::Search, None),
        (Capability::Stream, None),
        (Capability::Original, None),
        (Capability::Upload, Some(WRITABLE)),
        (Capability::Manage, Some(WRITABLE)),
        (Capability::Quota, None),
        (Capability::Trash, Some(WRITABLE)),
    ],
};

/// The requirement of every change.
const WRITABLE: &str = "with `write = true`";

/// A folder as a drive.
pub(crate) struct Local {
    path: PathBuf,
    tree: FolderTree,
    orders: Orders,
    watch: Watch,
    segmenter: Segmenter,
    /// Facts by version of the file.
    facts: SyncCache<String, Arc<Facts>>,
    /// Keyframes of films that ffmpeg copies, by version of the file.
    keyframes: Cache<String, Arc<KeyframeIndex>>,
    /// Days that deleted entries stay in the trash.
    trash_days: u32,
    /// Time at which the trash was last looked through for entries that are old enough.
    trash_emptied_at: Mutex<Option<Instant>>,
}

/// Bytes of all cached facts: those of some 20,000 files.
const MAX_FACT_BYTES: u64 = 8 << 20;
/// Bytes of an item of a cache beside its key and value.
const CACHE_ITEM_BYTES: usize = 300;
/// Bytes of all cached keyframes: those of a hundred films.
const MAX_KEYFRAME_BYTES: u64 = 8 << 20;
/// Prefix of the path in the origin of a file, and of its picture.
const FILE: &str = "file:";
const PICTURE: &str = "picture:";
/// Heights that renditions are named by.
const HEIGHTS: [u32; 4] = [360, 480, 720, 1080];

/// Opens a drive named `place`. The folder is accessed by each call, not before.
pub(crate) fn open(place: Place, config: LocalConfig, context: DriveContext) -> Drive {
    const FILES: [Capability; 5] = [
        Capability::List,
        Capability::Search,
        Capability::Stream,
        Capability::Original,
        Capability::Quota,
    ];
    let is_writable = config.write;
    let folder = Arc::new(Local::new(context.own_folder, place.clone(), config));
    let drive = Drive::new(place, KIND.kind, folder.clone())
        .with_volume(folder.clone(), &FILES)
        .local();
    match is_writable {
        true => drive
            .with_upload(folder.clone())
            .with_manage(folder.clone())
            .with_trash(folder),
        false => drive,
    }
}

impl Local {
    fn new(own: Option<OwnFolder>, place: Place, config: LocalConfig) -> Self {
        let tree = FolderTree::new(place, config.path.clone(), own);
        let orders = Orders::new();
        Local {
            watch: Watch::new(&tree, &orders),
            path: config.path,
            tree,
            orders,
            segmenter: Segmenter::new(),
            facts: SyncCache::builder()
                .weigher(|key: &String, _: &Arc<Facts>| {
                    (key.len() + size_of::<Facts>() + CACHE_ITEM_BYTES) as u32
                })
                .max_capacity(MAX_FACT_BYTES)
                .build(),
            keyframes: Cache::builder()
                .weigher(|key: &String, index: &Arc<KeyframeIndex>| {
                    let keys = size_of_val(index.keys.as_slice());
                    let bytes = key.len() + keys + CACHE_ITEM_BYTES;
                    u32::try_from(bytes).unwrap_or(u32::MAX)
                })
                .max_capacity(MAX_KEYFRAME_BYTES)
                .build(),
            trash_days: config.trash_days,
            trash_emptied_at: Mutex::new(None),
        }
    }

    /// Runs blocking disk access off the threads that serve viewers.
    async fn looking<T: Send + 'static>(
        &self,
        look: impl FnOnce(&FolderTree, &Orders) -> Result<T, DriveError> + Send + 'static,
    ) -> Result<T, DriveError> {
        let (tree, orders) = (self.tree.clone(), self.orders.clone());
        tokio::task::spawn_blocking(move || look(&tree, &orders))
            .await
            .map_err(|_| DriveError::failed("list", "the look was cut off"))?
    }
}

#[async_trait]
impl Volume for Local {
    fn changes(&self) -> Option<tokio::sync::broadcast::Receiver<EntryPath>> {
        Some(self.watch.changes())
    }

    async fn list(&self, folder: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError> {
        let losses = self.watch.losses();
        if let Ok(real) = self.tree.real(folder, "list") {
            self.watch.look_at(real);
        }
        let (folder, page) = (folder.clone(), page.clone());
        let mut listing = self
            .looking(move |tree, orders| orders.page(tree, &folder, &page))
            .await?;
        if self.watch.losses() != losses {
            // Perhaps of another folder of that name, which is watched when it is listed again.
            self.orders.forget();
        }
        self.tell_what_is_kept(&mut listing);
        Ok(listing)
    }

    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        let path = path.clone();
        let mut entry = self
            .looking(move |tree, _| tree.entry(&path, "stat"))
            .await?;
        if entry.kind.is_playable() {
            let facts = self.facts(&entry).await;
            tell(&mut entry, Some(&facts));
        }
        entry.has_thumbnail = self.may_have_picture(&entry);
        Ok(entry)
    }

    async fn search(&self, query: &str, page: &PageRequest) -> Result<Listing, DriveError> {
        let (query, page) = (query.to_owned(), page.clone());
        let mut listing = self
            .looking(move |tree, orders| orders.search(tree, &query, &page))
            .await?;
        self.tell_what_is_kept(&mut listing);
        Ok(listing)
    }

    async fn files_of_kind(
        &self,
        kind: FileKind,
        page: &PageRequest,
    ) -> Result<Option<Listing>, DriveError> {
        let page = page.clone();
        let mut listing = self
            .looking(move |tree, orders| orders.of_kind(tree, kind, &page))
            .await?;
        self.tell_what_is_kept(&mut listing);
        Ok(Some(listing))
    }

    /// Returns one quality, the film's own, for films that ffmpeg copies: nothing is scaled down here. A file that was
    /// never looked into has none: nothing is promised that may not be there.
    fn possible_renditions(&self, entry: &Entry) -> Vec<Rendition> {
        let streams = self.known_streams(entry);
        if !matches!(streams, Some(Streams::TransportStream { .. })) {
            return Vec::new();
        }
        let lines = entry.height.unwrap_or(720);
        let height = HEIGHTS
            .into_iter()
            .find(|height| lines <= *height)
            .unwrap_or(1080);
        vec![Rendition::Video { height }]
    }

    fn has_source(&self, entry: &Entry) -> bool {
        match self.known_streams(entry) {
            Some(streams) => entry.kind.is_playable() && streams == Streams::Source,
            None => entry.is_repackageable(),
        }
    }

    fn plays_directly(&self, entry: &Entry) -> bool {
        let name = entry.name.to_ascii_lowercase();
        let of_browsers = [".mp4", ".m4v", ".webm"];
        entry.kind == EntryKind::Video && of_browsers.iter().any(|end| name.ends_with(end))
    }

    async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        let unsupported = |detail| DriveError::unsupported("playlist", detail);
        let facts = self.facts(entry).await;
        let Streams::TransportStream { sound } = facts.streams else {
            return Err(unsupported("no transport stream holds its codecs"));
        };
        if rendition.height().is_none() {
            return Err(unsupported("there is no such quality"));
        }
        let index = self.keyframes(entry).await?;
        let duration = facts.duration_s.unwrap_or_default().max(index.end_s);
        let version = version_of(entry);
        let text = hls::playlist(&entry.path, version, &index.keys, duration, sound);
        Ok(UpstreamPlaylist::new(text, Origin::new(FILE, None)))
    }

    fn segment_facts(&self) -> FactsReader {
        FactsReader::new(|address| SegmentFacts {
            content: hls::read(address.url())
                // The number says how segments are cut: others are other content.
                .map(|piece| format!("cut-2/{}/{}", piece.version, piece.number)),
            length: None,
        })
    }

    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let version = version_of(entry);
        Ok(Origin::new(url_of(FILE, version, &entry.path), None).with_length(entry.size))
    }

    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let version = version_of(entry);
        match entry.kind {
            EntryKind::Image => Ok(Origin::new(url_of(FILE, version, &entry.path), None)),
            EntryKind::Video | EntryKind::Audio => {
                Ok(Origin::new(url_of(PICTURE, version, &entry.path), None))
            }
            EntryKind::Folder | EntryKind::Subtitle | EntryKind::Other => {
                Err(DriveError::not_found("thumbnail", "it has no picture"))
            }
        }
    }

    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let url = origin.url();
        if let Some(piece) = hls::read(url) {
            let (film, _) = self.still_there(&piece.path, &piece.version).await?;
            return self.segmenter.open(film, &piece).await;
        }
        if let Some((version, path)) = read_url(PICTURE, url) {
            return self.picture(&path, &version).await;
        }
        let (version, path) = read_url(FILE, url)
            .ok_or_else(|| DriveError::failed("fetch", "not an address of ours"))?;
        self.bytes(&path, &version, from, last).await
    }
}
