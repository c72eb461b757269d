//! Sounds that browsers lack (AC-3, DTS, TrueHD and others), decoded and encoded as AAC by ffmpeg. The picture is never
//! touched.
//!
//! One process makes one segment, for all viewers: it reads the sound of this segment and of the one before through its
//! standard input, so that it never sees a file or a URL, and ends with it. A film that is not watched has none.
//!
//! Segments join without a gap or a click. Their frames are numbered on the stream's clock, and each is made with the
//! two frames before it, which are dropped: a frame of AAC overlaps with its predecessor. A segment ends
//! [`MARGIN_SAMPLES`] early, since the last packets of a sound may stand in the next segment. Matroska has times in whole
//! milliseconds, so where a packet lasts for a fraction of one (DTS), two segments may differ by half a millisecond; the
//! frames at the joint fade into each other.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use containers::{
    AAC_FRAME_SAMPLES, Codec, ENCODED_SAMPLE_RATE, Plan, Track, adts_frames, encoded_sound_segment,
};
use futures_util::future::try_join_all;
use moka::future::Cache;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{RepackagedFilm, SourceStream, drive_error};
use crate::library::single_flight;
use crate::playback::{EntryKey, Playback, ffmpeg};
use drives::{DriveError, ErrorKind, is_installed};
use media::Entry;

/// Concurrent processes: each runs for a fraction of a second.
const MAX_PROCESSES: usize = 2;

/// The longest run of a process, with the time in which the upstream sends its input.
const PROCESS_TIMEOUT: Duration = Duration::from_secs(60);

/// The sound of a segment has at most this many bytes: TrueHD takes up to 18 Mbit/s.
const MAX_SOUND_BYTES: u64 = 64 << 20;

/// The samples by which a segment ends before its planned end: more than any packet of sound lasts.
const MARGIN_SAMPLES: u64 = 12_000;

/// Frames that are made before the first of a segment and dropped, since it overlaps with them.
const OVERLAPPING_FRAMES: u64 = 2;

/// A frame of stereo silence, for a sound that ends before the picture.
const SILENCE: &[u8] = &[33, 0, 73, 144, 2, 25, 0, 35, 128];

/// The bit rate of stereo sound.
const BIT_RATE: &str = "192k";

const NO_DECODER: &str = "This sound has to be decoded for browsers, and ffmpeg is not installed on the server. VLC and other \
                          players play it as it is.";

type SegmentKey = (EntryKey, usize, usize);

/// Decodes sounds with ffmpeg, a limited number at a time, and caches the results.
#[derive(Clone)]
pub(in crate::playback) struct SoundDecoder {
    is_available: bool,
    permits: Arc<Semaphore>,
    segments: Cache<SegmentKey, Bytes>,
}

impl SoundDecoder {
    /// Creates a decoder that caches at most `memory_bytes` of its results.
    pub fn new(memory_bytes: u64) -> Self {
        SoundDecoder {
            is_available: is_installed("ffmpeg"),
            permits: Arc::new(Semaphore::new(MAX_PROCESSES)),
            segments: Cache::builder()
                .weigher(|_, segment: &Bytes| segment.len().min(u32::MAX as usize) as u32)
                .max_capacity(memory_bytes)
                .build(),
        }
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
        let stream = SourceStream::Sound(k);
        let frames = FrameSpan::of(film.source.plan(), n);
        let parts = (n.saturating_sub(1)..=n).map(async |n| {
            let object = self.carried_segment(entry, film.clone(), stream, n).await?;
            self.beginning(&object, MAX_SOUND_BYTES).await
        });
        let init = film.source.init(&film.selection(stream)?);
        let mut input = vec![init.map_err(|error| drive_error(error, None))?];
        input.extend(try_join_all(parts).await?);
        let _permit = self.sound_decoder.permits.acquire().await;
        let output = timeout(PROCESS_TIMEOUT, encode(input, &frames)).await;
        let output = output.map_err(|_| failed("ffmpeg took too long"))??;
        let made = adts_frames(&output).map_err(|error| failed(&error.to_string()))?;
        let mut wanted: Vec<Bytes> = made.into_iter().skip(frames.dropped as usize).collect();
        wanted.resize(frames.count as usize, Bytes::from_static(SILENCE));
        let segment = encoded_sound_segment(n, frames.first, &wanted);
        segment.map_err(|error| drive_error(error, None))
    }
}

/// The frames of a segment on the stream's clock.
#[derive(Debug, PartialEq, Eq)]
struct FrameSpan {
    /// The number of the first frame.
    first: u64,
    count: u64,
    /// Frames that the encoder makes before the first: one of silence, and those that overlap.
    dropped: u64,
}

impl FrameSpan {
    /// Returns the frames of segment `n`, which begin where those of the segment before end.
    fn of(plan: &Plan, n: usize) -> Self {
        let end_of = |n: usize| {
            let Some(segment) = plan.get(n) else { return 0 };
            let ticks = (segment.start + segment.duration).max(0) as u128;
            let samples = ticks * u128::from(ENCODED_SAMPLE_RATE) / u128::from(plan.timescale());
            let margin = if n + 1 == plan.len() {
                0
            } else {
                MARGIN_SAMPLES
            };
            (samples as u64).saturating_sub(margin) / u64::from(AAC_FRAME_SAMPLES)
        };
        let first = n.checked_sub(1).map_or(0, end_of);
        FrameSpan {
            first,
            // A segment is never empty: players take that for the end.
            count: end_of(n).saturating_sub(first).max(1),
            dropped: first.min(OVERLAPPING_FRAMES) + 1,
        }
    }

    /// Returns the sample at which encoding begins.
    fn first_sample(&self) -> u64 {
        let before = self.dropped - 1;
        self.first.saturating_sub(before) * u64::from(AAC_FRAME_SAMPLES)
    }
}

/// Runs ffmpeg over a sound in fragmented MP4, and returns its frames as ADTS. Gaps in the sound become silence.
async fn encode(input: Vec<Bytes>, frames: &FrameSpan) -> Result<Bytes, DriveError> {
    let filter = format!(
        "aresample={ENCODED_SAMPLE_RATE}:async=1:first_pts={},aformat=channel_layouts=stereo,apad",
        frames.first_sample()
    );
    let mut command = Command::new("ffmpeg");
    command
        .args(["-v", "error", "-copyts", "-f", "mp4", "-i", "pipe:0"])
        .args(["-map", "0:a:0", "-af", &filter])
        .args(["-c:a", "aac", "-b:a", BIT_RATE, "-frames:a"])
        .arg((frames.count + frames.dropped).to_string())
        .args(["-threads", "1", "-f", "adts", "pipe:1"]);
    ffmpeg::run(command, input)
        .await
        .map_err(|detail| failed(&detail))
}

fn failed(detail: &str) -> DriveError {
    let error = DriveError::new(ErrorKind::Unsupported, "decode sound", detail);
    error.with_sentence("This sound could not be decoded. VLC and other players play it as it is.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_span_begins_where_the_one_before_ends() {
        let first = FrameSpan {
            first: 0,
            count: 269,
            dropped: 1,
        };
        assert_eq!(first.first_sample(), 0);
        let later = FrameSpan {
            first: 269,
            count: 281,
            dropped: 3,
        };
        assert_eq!(later.first_sample(), 267 * 1024);
    }

    #[test]
    fn sounds_that_every_browser_has_are_left_alone() {
        for codec in [Codec::Aac, Codec::Opus, Codec::Mp3] {
            assert!(!is_decoded(codec), "{codec:?}");
        }
        assert!(is_decoded(Codec::Ac3) && is_decoded(Codec::Dts));
    }
}
