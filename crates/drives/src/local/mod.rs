//! A folder of this machine: its files as they are, the facts in their containers, and, if ffmpeg is installed, HLS
//! of films whose container cannot be sent in ranges.
//!
//! - `tree`: files of the folder that may be shown · `listing`: pages and search · `watch`: change events
//! - `chunks`: the bytes of a file as a stream
//! - `probe` (and `transport`): lengths, picture sizes, embedded pictures · `ffprobe`: the same of other containers
//! - `changes`, `trash`, `slot`: what a writable folder changes · `manage`, `upload`: the same as abilities of a drive
//! - `hls`: segments by ffmpeg · `programs`: limits the ffmpeg processes, and stops idle ones

mod changes;
mod chunks;
mod config;
mod ffprobe;
mod hls;
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

use std::fs::{File, Metadata};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use moka::future::Cache;
use moka::sync::Cache as SyncCache;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::local::chunks::{changed, chunks};
use crate::local::hls::{KeyframeIndex, Segmenter};
use crate::local::listing::Orders;
use crate::local::probe::{Facts, FileProbe, Streams};
use crate::local::tree::{FolderTree, version};
use crate::local::watch::Watch;
use crate::tags::embedded_picture;
use crate::{
    Account, AccountSession, Capability, Drive, DriveContext, DriveError, DriveKind, ErrorKind,
    FactsReader, Incoming, Origin, OwnFolder, Quota, SegmentFacts, UpstreamPlaylist, Volume,
};
use media::{Entry, EntryKind, EntryPath, FileKind, Listing, PageRequest, Place, Rendition};

pub use config::LocalConfig;

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

    /// Returns the facts of a file, read once for each version of it. A file that cannot be opened has none, and is
    /// looked at again.
    async fn facts(&self, entry: &Entry) -> Arc<Facts> {
        let key = version_of(entry);
        if let Some(kept) = self.facts.get(key) {
            return kept;
        }
        let facts = self.read_facts(entry).await.map(Arc::new);
        if let Some(facts) = &facts {
            self.facts.insert(key.to_owned(), facts.clone());
        }
        facts.unwrap_or_default()
    }

    /// Reads the facts of a file; `None` if it cannot be opened.
    async fn read_facts(&self, entry: &Entry) -> Option<Facts> {
        let (tree, path) = (self.tree.clone(), entry.path.clone());
        let look = move || {
            let (file, _) = tree.open(&path, "stat").ok()?;
            Some((probe::facts(path.name(), &file), file))
        };
        let (outcome, file) = tokio::task::spawn_blocking(look).await.ok()??;
        let facts = match outcome {
            FileProbe::Done(facts) => return Some(facts),
            FileProbe::AskFfprobe(facts) => facts,
        };
        if entry.kind != EntryKind::Video || !self.segmenter.is_available() {
            return Some(facts);
        }
        let Some(described) = self.segmenter.describe(file).await else {
            return Some(facts);
        };
        let size = facts.width.zip(facts.height).or(described.size);
        Some(Facts {
            duration_s: facts.duration_s.or(described.duration_s),
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
            streams: described.streams,
        })
    }

    /// Returns the streams of a file whose facts were read; `None` for one that was never looked into.
    fn known_streams(&self, entry: &Entry) -> Option<Streams> {
        let facts = self.facts.get(version_of(entry))?;
        Some(facts.streams)
    }

    /// Returns the keyframes of a film, found once for each version of it.
    async fn keyframes(&self, entry: &Entry) -> Result<Arc<KeyframeIndex>, DriveError> {
        let version = version_of(entry);
        let find = async {
            let (film, _) = self.still_there(&entry.path, version).await?;
            Ok::<_, DriveError>(Arc::new(self.segmenter.keyframes(film).await?))
        };
        let found = self.keyframes.try_get_with_by_ref(version, find).await;
        found.map_err(|error| (*error).clone())
    }

    /// Finds the file behind one of our origins. Fails if it is no longer the version that the origin was made
    /// for.
    async fn still_there(
        &self,
        path: &EntryPath,
        version_then: &str,
    ) -> Result<(File, Metadata), DriveError> {
        let path = path.clone();
        let (file, found) = self
            .looking(move |tree, _| tree.open(&path, "fetch"))
            .await?;
        // An open file stays the same file, even if another is renamed over it now.
        if version(&found) == version_then {
            Ok((file, found))
        } else {
            Err(changed())
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

    /// Adds metadata that were read before: a page of a folder or of a search opens no file.
    fn tell_what_is_kept(&self, listing: &mut Listing) {
        for entry in &mut listing.entries {
            tell(entry, self.facts.get(version_of(entry)).as_deref());
            entry.has_thumbnail = self.may_have_picture(entry);
        }
    }
}

#[async_trait]
impl AccountSession for Local {
    /// Returns the size of the file system that contains the folder.
    async fn account(&self) -> Result<Account, DriveError> {
        let path = self.path.clone();
        let look = move || {
            // The size of a file system is reported even if the folder may not be read.
            std::fs::read_dir(&path)?;
            rustix::fs::statvfs(&path).map_err(std::io::Error::from)
        };
        let found = tokio::task::spawn_blocking(look)
            .await
            .map_err(|_| DriveError::failed("account", "cut off"))?;
        let found = found.map_err(|error| {
            DriveError::failed("account", error.kind().to_string()).with_sentence(tree::NO_FOLDER)
        })?;
        let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
        Ok(Account {
            name: self.path.display().to_string(),
            quota: Some(Quota {
                total: bytes(found.f_blocks),
                used: bytes(found.f_blocks.saturating_sub(found.f_bfree)),
            }),
            facts: self.told_facts(),
            ..Account::default()
        })
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
        Ok(Origin::new(address(FILE, version, &entry.path), None).with_length(entry.size))
    }

    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let version = version_of(entry);
        match entry.kind {
            EntryKind::Image => Ok(Origin::new(address(FILE, version, &entry.path), None)),
            EntryKind::Video | EntryKind::Audio => {
                Ok(Origin::new(address(PICTURE, version, &entry.path), None))
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
        if let Some((version, path)) = read_address(PICTURE, url) {
            return self.picture(&path, &version).await;
        }
        let (version, path) = read_address(FILE, url)
            .ok_or_else(|| DriveError::failed("fetch", "not an address of ours"))?;
        self.bytes(&path, &version, from, last).await
    }
}

impl Local {
    /// Returns the facts about this folder beyond its storage.
    fn told_facts(&self) -> Vec<(String, String)> {
        let streams = match self.segmenter.is_available() {
            true => "of the files themselves, and by ffmpeg where their container cannot be sent",
            false => {
                "of MP4, Matroska and TS files; others play as they are, since ffmpeg and ffprobe are not installed"
            }
        };
        let new_files = match self.watch.is_told() {
            true => "show at once",
            false => "show after ten minutes: this system does not tell of them",
        };
        let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        vec![fact("Streams", streams), fact("New files", new_files)]
    }

    fn may_have_picture(&self, entry: &Entry) -> bool {
        match entry.kind {
            EntryKind::Image => entry.size <= LARGEST_PICTURE,
            EntryKind::Video => self.segmenter.is_available(),
            EntryKind::Audio => true,
            EntryKind::Folder | EntryKind::Subtitle | EntryKind::Other => false,
        }
    }

    /// Reads bytes of a file, which must still have the requested version.
    async fn bytes(
        &self,
        path: &EntryPath,
        version_then: &str,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let (file, found) = self.still_there(path, version_then).await?;
        let end = last.map_or(found.len(), |last| (last + 1).min(found.len()));
        let chunks = chunks(file, version_then.to_owned(), from..end);
        Ok(Incoming {
            offset: from,
            length: Some(found.len()),
            etag: Some(version(&found)),
            chunks: chunks.boxed(),
        })
    }

    /// Returns the picture embedded in a file, or one of its frames.
    async fn picture(&self, path: &EntryPath, version: &str) -> Result<Incoming, DriveError> {
        let (file, _) = self.still_there(path, version).await?;
        let inside =
            tokio::task::spawn_blocking(move || embedded_picture(&file, &probe::TAG_LIMITS)).await;
        let bytes: Bytes = match inside.ok().flatten() {
            Some(bytes) => bytes,
            None if self.segmenter.is_available()
                && EntryKind::of_file(path.name()) == EntryKind::Video =>
            {
                let length = self.facts.get(version).and_then(|facts| facts.duration_s);
                let (film, _) = self.still_there(path, version).await?;
                self.segmenter.frame(film, length).await?
            }
            None => {
                return Err(DriveError::not_found(
                    "thumbnail",
                    "there is no picture in it",
                ));
            }
        };
        Ok(Incoming {
            offset: 0,
            length: Some(bytes.len() as u64),
            etag: None,
            chunks: stream::iter([Ok(bytes)]).boxed(),
        })
    }
}

/// Upper limit for the bytes of an image that is its own thumbnail.
const LARGEST_PICTURE: u64 = 4 << 20;

fn tell(entry: &mut Entry, facts: Option<&Facts>) {
    if let Some(facts) = facts {
        entry.duration_s = facts.duration_s;
        entry.width = facts.width;
        entry.height = facts.height;
    }
}

/// Returns the version of an entry's file.
fn version_of(entry: &Entry) -> &str {
    entry.content.as_deref().unwrap_or_default()
}

/// Returns `file:{version}/{path}`.
fn address(scheme: &str, version: &str, path: &EntryPath) -> String {
    let path = utf8_percent_encode(path.as_str(), NON_ALPHANUMERIC);
    format!("{scheme}{version}/{path}")
}

fn read_address(scheme: &str, text: &str) -> Option<(String, EntryPath)> {
    let (version, path) = text.strip_prefix(scheme)?.split_once('/')?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    Some((version.to_owned(), EntryPath::parse(&path).ok()?))
}
