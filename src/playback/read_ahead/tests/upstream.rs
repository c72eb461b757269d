//! A scripted drive, and viewers who watch from it under a paused clock.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::time::{sleep, sleep_until};

use super::super::*;
use crate::governor::Governor;
use crate::library::Library;
use drives::{
    Account, AccountSession, Capability, Drive, DriveError, ErrorKind, FactsReader, GovernedDrive,
    Incoming, Origin, SegmentFacts, UpstreamPlaylist, Volume,
};
use media::{EntryKind, EntryPath, Listing, PageRequest, Place};

/// All films: 3.36 Mbit/s in segments of ten seconds.
pub const SEGMENT_S: f64 = 10.0;
pub const SEGMENT_BYTES: u64 = 4_200_000;
pub const SEGMENTS: usize = 30;

pub const HD: Rendition = Rendition::Video { height: 720 };

/// Requests counted by the upstream.
#[derive(Default)]
pub struct Seen {
    pub opened: AtomicUsize,
    pub open: AtomicUsize,
    pub most_open: AtomicUsize,
    pub sent: AtomicU64,
}

impl Seen {
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

/// The drive.
pub struct Upstream {
    place: Place,
    /// The rate of each connection, as a multiple of the film's.
    speed: f64,
    origins: Vec<Origin>,
    pub seen: Arc<Seen>,
}

/// A body in progress, counted until it is dropped.
struct Open(Arc<Seen>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Upstream {
    fn new(speed: f64) -> Self {
        let origin = |number| Origin::new(format!("https://v/{number}"), None);
        Upstream {
            place: Place::parse("films").unwrap(),
            speed,
            origins: (0..SEGMENTS).map(origin).collect(),
            seen: Arc::default(),
        }
    }
}

fn number(origins: &[Origin], origin: &Origin) -> usize {
    origins.iter().position(|known| known == origin).unwrap()
}

/// Returns byte `at` of segment `number`.
fn byte(number: usize, at: u64) -> u8 {
    ((number as u64 * 7919 + at * 31) % 251) as u8
}

#[async_trait]
impl AccountSession for Upstream {
    async fn account(&self) -> Result<Account, DriveError> {
        Ok(Account::default())
    }
}

#[async_trait]
impl Volume for Upstream {
    async fn list(&self, _: &EntryPath, _: &PageRequest) -> Result<Listing, DriveError> {
        Err(DriveError::new(ErrorKind::NotFound, "list", ""))
    }
    async fn stat(&self, _: &EntryPath) -> Result<Entry, DriveError> {
        Err(DriveError::new(ErrorKind::NotFound, "stat", ""))
    }
    fn possible_renditions(&self, _: &Entry) -> Vec<Rendition> {
        vec![HD]
    }
    async fn playlist(&self, _: &Entry, _: Rendition) -> Result<UpstreamPlaylist, DriveError> {
        let lines: String = (0..SEGMENTS)
            .map(|number| format!("#EXTINF:{SEGMENT_S},\nhttps://v/{number}\n"))
            .collect();
        let text = format!("#EXTM3U\n{lines}#EXT-X-ENDLIST\n");
        Ok(UpstreamPlaylist::new(text, Origin::new("https://v/", None)))
    }
    fn segment_facts(&self) -> FactsReader {
        let origins = self.origins.clone();
        FactsReader::new(move |origin| SegmentFacts {
            content: Some(number(&origins, origin).to_string()),
            length: Some(SEGMENT_BYTES),
        })
    }
    async fn original(&self, _: &Entry) -> Result<Origin, DriveError> {
        Err(DriveError::new(ErrorKind::NotFound, "original", ""))
    }
    async fn thumbnail(&self, _: &Entry) -> Result<Origin, DriveError> {
        Err(DriveError::new(ErrorKind::NotFound, "thumbnail", ""))
    }

    /// Sends the first byte after 300 ms, then a chunk every tenth of a second.
    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let (number, seen) = (number(&self.origins, origin), self.seen.clone());
        let open = Open(seen.clone());
        seen.opened.fetch_add(1, Ordering::Relaxed);
        let now_open = seen.open.fetch_add(1, Ordering::Relaxed) + 1;
        seen.most_open.fetch_max(now_open, Ordering::Relaxed);
        sleep(Duration::from_millis(300)).await;
        let end = last.map_or(SEGMENT_BYTES, |last| last + 1);
        let size = (SEGMENT_BYTES as f64 / SEGMENT_S * self.speed / 10.0) as u64;
        let chunks = stream::unfold((from, open), move |(at, open)| async move {
            if at >= end {
                return None;
            }
            let size = size.min(end - at);
            sleep(Duration::from_millis(100)).await;
            open.0.sent.fetch_add(size, Ordering::Relaxed);
            let chunk: Bytes = (at..at + size)
                .map(|at| byte(number, at))
                .collect::<Vec<u8>>()
                .into();
            Some((Ok(chunk), (at + size, open)))
        });
        Ok(Incoming {
            offset: from,
            length: Some(SEGMENT_BYTES),
            etag: None,
            chunks: chunks.boxed(),
        })
    }
}

/// The program's playback over the scripted drive.
pub struct Cinema {
    pub playback: Playback,
    pub entry: Arc<Entry>,
    pub seen: Arc<Seen>,
}

/// The result of watching.
#[derive(Debug, Default, PartialEq)]
pub struct Evening {
    pub stalls: usize,
    pub stalled: Duration,
    pub startup: Duration,
}

impl Cinema {
    pub fn new(speed: f64) -> Self {
        let upstream = Upstream::new(speed);
        let (place, seen) = (upstream.place.clone(), upstream.seen.clone());
        let upstream = Arc::new(upstream);
        let drive = Drive::new(place.clone(), "scripted", upstream.clone())
            .with_volume(upstream, &[Capability::Stream]);
        let drive = GovernedDrive::new(drive, Governor::of_account());
        let library = Library::new(vec![Arc::new(drive)], 256 << 20);
        Cinema {
            playback: Playback::new(library, 256 << 20, None),
            entry: Arc::new(Entry {
                place,
                path: EntryPath::parse("/a.mp4").unwrap(),
                name: "a.mp4".to_owned(),
                kind: EntryKind::Video,
                size: 1,
                modified: None,
                id: None,
                content: Some("film".to_owned()),
                duration_s: Some(SEGMENT_S * SEGMENTS as f64),
                width: None,
                height: None,
                has_thumbnail: false,
                tracks: Vec::new(),
                tags: Vec::new(),
            }),
            seen,
        }
    }

    /// Reads up to `most` bytes of segment `number` as a player would, over the connection of `peer`.
    /// Returns the time to the first byte.
    pub async fn read(&self, peer: SocketAddr, number: usize, most: u64) -> Duration {
        let began = Instant::now();
        let object = self
            .playback
            .segment(&self.entry, HD, number)
            .await
            .unwrap();
        let mut body = self.playback.engine.read(&object, None).await.unwrap().body;
        let first_byte = began.elapsed();
        self.playback.track_playhead(peer, &self.entry, HD, number);
        let mut at = 0;
        while at < most
            && let Some(chunk) = body.next().await
        {
            let chunk = chunk.unwrap();
            let probes = [0, chunk.len() / 2, chunk.len() - 1];
            for probe in probes {
                assert_eq!(chunk[probe], byte(number, at + probe as u64));
            }
            at += chunk.len() as u64;
        }
        first_byte
    }

    /// Watches segments in real time, with a buffer of thirty seconds.
    pub async fn watch(&self, peer: SocketAddr, segments: Range<usize>) -> Evening {
        let began = Instant::now();
        let mut evening = Evening::default();
        let mut plays_until: Option<Instant> = None;
        for number in segments {
            if let Some(until) = plays_until {
                sleep_until(until - Duration::from_secs(30)).await;
            }
            self.read(peer, number, SEGMENT_BYTES).await;
            let now = Instant::now();
            let from = match plays_until {
                None => {
                    evening.startup = began.elapsed();
                    now
                }
                Some(until) if now > until => {
                    evening.stalls += 1;
                    evening.stalled += now - until;
                    now
                }
                Some(until) => until,
            };
            plays_until = Some(from + Duration::from_secs_f64(SEGMENT_S));
        }
        evening
    }
}
