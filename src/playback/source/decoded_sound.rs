//! Sounds that browsers lack (AC-3, DTS, TrueHD and others), decoded and encoded as AAC by ffmpeg. The picture is never
//! touched.
//!
//! One process per sound runs on from segment to segment, for all viewers ([`SoundProcess`]); its segments are cached. A
//! viewer who is elsewhere in the film has another one, which begins with the sound of the segment before. A film that is not
//! watched has none.
//!
//! Segments join without a gap or a click: they are cut from one stream of frames, which are numbered on the stream's clock.
//! A process that begins in mid-film makes two frames in front of its first one and drops them, since a frame of AAC overlaps
//! with its predecessor. A segment ends a little early ([`FrameSpan`]), since the last packets of a sound may stand in the
//! next segment.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cache::Cache;
use containers::{Codec, Track, encoded_sound_segment};
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::frame_span::FrameSpan;
use super::sound_process::{Input, SoundProcess, failed};
use super::{RepackagedFilm, SourceStream, drive_error};
use crate::library::single_flight;
use crate::playback::{EntryKey, Playback};
use drives::{DriveError, ErrorKind, is_installed};
use media::Entry;

/// Processes that work at a time: each does so for a fraction of a second per segment.
const MAX_WORKING: usize = 4;

/// Processes that wait for their next segment, of all films together.
const MAX_WAITING: usize = 8;

/// A process without another request is ended after this time.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// The longest time for a segment, with that in which the upstream sends its input.
const SEGMENT_TIMEOUT: Duration = Duration::from_secs(60);

/// A request for a segment this far ahead is served by a process that makes those between, too.
const MAX_SKIPPED: usize = 2;

/// The sound of a segment has at most this many bytes: TrueHD takes up to 18 Mbit/s.
const MAX_SOUND_BYTES: u64 = 64 << 20;

/// A frame of stereo silence, for a sound that ends before the picture.
const SILENCE: &[u8] = &[33, 0, 73, 144, 2, 25, 0, 35, 128];

const NO_DECODER: &str = "This sound has to be decoded for browsers, and ffmpeg is not installed on the server. VLC and other \
                          players play it as it is.";

type SegmentKey = (EntryKey, usize, usize);

/// Decodes sounds with ffmpeg, a limited number at a time, and caches the results.
#[derive(Clone)]
pub(in crate::playback) struct SoundDecoder {
    is_available: bool,
    permits: Arc<Semaphore>,
    segments: Cache<SegmentKey, Bytes>,
    waiting: Arc<Mutex<Vec<WaitingProcess>>>,
    next_id: Arc<AtomicU64>,
}

/// A process between two segments.
struct WaitingProcess {
    id: u64,
    film: EntryKey,
    /// The number of the sound, from 1.
    k: usize,
    /// The segment that it makes next.
    next: usize,
    process: SoundProcess,
}

impl SoundDecoder {
    /// Creates a decoder that caches at most `memory_bytes` of its results.
    pub fn new(memory_bytes: u64) -> Self {
        SoundDecoder {
            is_available: is_installed("ffmpeg"),
            permits: Arc::new(Semaphore::new(MAX_WORKING)),
            segments: Cache::builder()
                .weigher(|_, segment: &Bytes| segment.len().min(u32::MAX as usize) as u32)
                .max_capacity(memory_bytes)
                .build(),
            waiting: Arc::default(),
            next_id: Arc::default(),
        }
    }

    /// Takes the process that makes segment `n` next, or soon.
    fn take(&self, film: &EntryKey, k: usize, n: usize) -> Option<WaitingProcess> {
        let mut waiting = self.waiting.lock();
        let is_near = |it: &WaitingProcess| it.next <= n && n - it.next <= MAX_SKIPPED;
        let found = waiting
            .iter()
            .enumerate()
            .filter(|(_, it)| it.film == *film && it.k == k && is_near(it))
            .max_by_key(|(_, it)| it.next)
            .map(|(index, _)| index);
        found.map(|index| waiting.swap_remove(index))
    }

    /// Keeps a process for its next segment, for some time.
    fn keep(&self, film: EntryKey, k: usize, next: usize, process: SoundProcess) {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let mut waiting = self.waiting.lock();
        if waiting.len() >= MAX_WAITING
            && let Some(oldest) = (0..waiting.len()).min_by_key(|index| waiting[*index].id)
        {
            waiting.swap_remove(oldest);
        }
        waiting.push(WaitingProcess {
            id,
            film,
            k,
            next,
            process,
        });
        drop(waiting);
        let waiting = self.waiting.clone();
        tokio::spawn(async move {
            sleep(IDLE_TIMEOUT).await;
            waiting.lock().retain(|it| it.id != id);
        });
    }
}

/// Returns true for sounds that some browser lacks in fragmented MP4.
pub(super) fn is_decoded(codec: Codec) -> bool {
    matches!(
        codec,
        Codec::Ac3
            | Codec::Eac3
            | Codec::Dts
            | Codec::TrueHd
            | Codec::Flac
            | Codec::Alac
            | Codec::Mp2
            | Codec::Vorbis
    )
}

impl Playback {
    /// Returns true if sounds that browsers lack can be decoded here.
    pub fn decodes_sounds(&self) -> bool {
        self.sound_decoder.is_available
    }

    /// Returns sound track `k` of a film, counted from 1, if it is decoded for browsers.
    ///
    /// # Errors
    /// `NotFound` for sounds that browsers play as they are, `Unsupported` without ffmpeg.
    pub(super) fn decoded_track<'f>(
        &self,
        film: &'f RepackagedFilm,
        k: usize,
    ) -> Result<&'f Track, DriveError> {
        let selection = film.selection(SourceStream::Sound(k))?;
        let track = selection
            .first()
            .and_then(|&track| film.source.tracks().get(track));
        let track = track
            .filter(|track| is_decoded(track.codec))
            .ok_or_else(|| {
                let detail = "this sound is not decoded";
                DriveError::new(ErrorKind::NotFound, "source", detail)
            })?;
        match self.decodes_sounds() {
            true => Ok(track),
            false => {
                let error = DriveError::unsupported("source", "ffmpeg is not installed");
                Err(error.with_sentence(NO_DECODER))
            }
        }
    }

    /// Returns segment `n` of a decoded sound, made once for all concurrent callers.
    pub(super) async fn decoded_segment(
        &self,
        entry: &Arc<Entry>,
        film: &Arc<RepackagedFilm>,
        k: usize,
        n: usize,
    ) -> Result<Bytes, DriveError> {
        self.decoded_track(film, k)?;
        let (playback, entry, film) = (self.clone(), entry.clone(), film.clone());
        let key = (EntryKey::of(&entry), k, n);
        let make =
            async move { Box::pin(playback.make_decoded_segment(&entry, &film, k, n)).await };
        single_flight(&self.sound_decoder.segments, key, make).await
    }

    async fn make_decoded_segment(
        &self,
        entry: &Arc<Entry>,
        film: &Arc<RepackagedFilm>,
        k: usize,
        n: usize,
    ) -> Result<Bytes, DriveError> {
        let decoder = &self.sound_decoder;
        let key = EntryKey::of(entry);
        let _permit = decoder.permits.acquire().await;
        let (mut process, mut next) = match decoder.take(&key, k, n) {
            Some(waiting) => (waiting.process, waiting.next),
            None => (self.start_process(film, k, n)?, n),
        };
        loop {
            let frames = FrameSpan::of(&film.source, next);
            let input = SoundInput {
                playback: self,
                entry,
                film,
                k,
            };
            let made = timeout(SEGMENT_TIMEOUT, process.frames(&input, next, &frames)).await;
            let mut made = made.map_err(|_| failed("ffmpeg took too long"))??;
            let is_whole = made.len() as u64 >= frames.count;
            made.resize(frames.count as usize, Bytes::from_static(SILENCE));
            let segment = encoded_sound_segment(next, frames.first, &made);
            let segment = segment.map_err(|error| drive_error(error, None))?;
            let at = next;
            next += 1;
            if at < n {
                let key = (key.clone(), k, at);
                decoder.segments.insert(key, segment).await;
                continue;
            }
            if is_whole && next < film.source.plan().len() {
                decoder.keep(key, k, next, process);
            }
            return Ok(segment);
        }
    }

    fn start_process(
        &self,
        film: &RepackagedFilm,
        k: usize,
        n: usize,
    ) -> Result<SoundProcess, DriveError> {
        let stream = SourceStream::Sound(k);
        let init = match film.has_init(stream) {
            true => Some(film.source.init(&film.selection(stream)?)),
            false => None,
        };
        let init = init.transpose().map_err(|error| drive_error(error, None))?;
        let sound = self.decoded_track(film, k)?.audio.as_ref();
        let sample_rate = sound.map_or(0, |sound| sound.sample_rate);
        SoundProcess::start(init, sample_rate, n, &FrameSpan::of(&film.source, n))
    }
}

/// The segments of a sound as they are in the film.
struct SoundInput<'a> {
    playback: &'a Playback,
    entry: &'a Arc<Entry>,
    film: &'a Arc<RepackagedFilm>,
    k: usize,
}

impl Input for SoundInput<'_> {
    fn count(&self) -> usize {
        self.film.source.plan().len()
    }

    async fn segment(&self, n: usize) -> Result<Bytes, DriveError> {
        let (film, stream) = (self.film.clone(), SourceStream::Sound(self.k));
        let object = self
            .playback
            .carried_segment(self.entry, film, stream, n)
            .await?;
        self.playback.beginning(&object, MAX_SOUND_BYTES).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_that_every_browser_has_are_left_alone() {
        for codec in [Codec::Aac, Codec::Opus, Codec::Mp3] {
            assert!(!is_decoded(codec), "{codec:?}");
        }
        assert!(is_decoded(Codec::Ac3) && is_decoded(Codec::Dts));
    }
}
