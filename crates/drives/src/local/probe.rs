//! Reads the metadata in the containers of films and recordings: length, picture size, embedded picture. Done
//! here, without another program; a malformed file yields nothing.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use bytes::Bytes;
use lofty::file::{AudioFile, FileType, TaggedFileExt};
use lofty::probe::Probe as Tagged;
use matroska_demuxer::{MatroskaFile, TrackType};
use re_mp4::Mp4;

use super::transport;

/// Metadata of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    pub duration_s: Option<f64>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Keyframes, if the container lists them.
    pub keyframes: Option<Vec<Keyframe>>,
}

impl Facts {
    /// Returns the bytes that they take in memory.
    pub(crate) fn memory_bytes(&self) -> usize {
        let keyframes = self.keyframes.as_ref().map_or(0, Vec::capacity);
        size_of::<Self>() + keyframes * size_of::<Keyframe>()
    }
}

/// A frame that depends on no other, in seconds from the start of the film.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Keyframe {
    /// Presentation time.
    pub shown_s: f64,
    /// Decoding time: earlier, if frames refer to later ones.
    pub decoded_s: f64,
}

/// Upper limit for the tables: enough for a film of a day. A header that claims more is wrong.
const LARGEST_TABLES: u64 = 256 << 20;

/// Reads the metadata of a file with that name; blocks.
pub(crate) fn facts(name: &str, file: File) -> Facts {
    let extension = extension(name);
    // A parser that panics on hostile input must not end the server.
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| match extension.as_str() {
        "mp4" | "m4v" | "mov" | "m4a" | "m4b" | "3gp" => {
            mp4(&file).or_else(|| sound(&extension, file))
        }
        "mkv" | "webm" | "mka" => matroska(file),
        "ts" | "m2ts" | "mts" => transport::duration_s(file).map(|duration| Facts {
            duration_s: Some(duration),
            ..Facts::default()
        }),
        "mp3" | "flac" | "ogg" | "oga" | "opus" | "wav" | "aac" | "ape" | "aiff" | "wv" => {
            sound(&extension, file)
        }
        _ => None,
    }));
    read.ok().flatten().unwrap_or_default()
}

/// Returns the extension in lower case; empty if there is none.
pub(crate) fn extension(name: &str) -> String {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.unwrap_or_default().to_ascii_lowercase()
}

/// Reads ISO base media (ISO/IEC 14496-12); `None` if it is malformed.
fn mp4(file: &File) -> Option<Facts> {
    let size = file.metadata().ok()?.len();
    let film = Mp4::read(Bounded::new(BufReader::new(file)), size).ok()?;
    let scale = film.moov.mvhd.timescale.max(1);
    let whole = film.moov.mvhd.duration as f64 / f64::from(scale);
    let mut facts = Facts {
        duration_s: (whole > 0.0).then_some(whole),
        ..Facts::default()
    };
    let picture = film
        .tracks()
        .values()
        .find(|track| track.width > 0 && track.height > 0);
    if let Some(track) = picture {
        facts.width = (track.width > 0).then(|| track.width.into());
        facts.height = (track.height > 0).then(|| track.height.into());
        let scale = track.timescale.max(1) as f64;
        let seconds = |ticks: i64| ticks as f64 / scale;
        let mut keys: Vec<Keyframe> = track
            .samples
            .iter()
            .filter(|sample| sample.is_sync)
            .map(|sample| Keyframe {
                shown_s: seconds(sample.composition_timestamp),
                decoded_s: seconds(sample.decode_timestamp),
            })
            .collect();
        // Frames are shown from zero on, however long the first was delayed by reordering.
        let first = keys.first().map_or(0.0, |key| key.shown_s);
        for key in &mut keys {
            key.shown_s -= first;
            key.decoded_s -= first;
        }
        keys.shrink_to_fit();
        facts.keyframes = (!keys.is_empty()).then_some(keys);
    }
    Some(facts)
}

/// Reads Matroska and WebM (RFC 9559); `None` if it is malformed.
fn matroska(file: File) -> Option<Facts> {
    let film = MatroskaFile::open(BufReader::new(file)).ok()?;
    let info = film.info();
    let picture = film
        .tracks()
        .iter()
        .find(|track| track.track_type() == TrackType::Video)
        .and_then(|track| track.video());
    let pixels = |number: u64| u32::try_from(number).ok();
    Some(Facts {
        duration_s: info
            .duration()
            .map(|ticks| ticks * info.timestamp_scale().get() as f64 / 1e9)
            .filter(|seconds| *seconds > 0.0),
        width: picture.and_then(|video| pixels(video.pixel_width().get())),
        height: picture.and_then(|video| pixels(video.pixel_height().get())),
        keyframes: None,
    })
}

fn sound(extension: &str, mut file: File) -> Option<Facts> {
    file.rewind().ok()?;
    let mut tagged = Tagged::new(BufReader::new(file));
    if let Some(kind) = FileType::from_ext(extension) {
        tagged = tagged.set_file_type(kind);
    }
    let file = tagged.read().ok()?;
    let length = file.properties().duration();
    Some(Facts {
        duration_s: (length > Duration::ZERO).then_some(length.as_secs_f64()),
        ..Facts::default()
    })
}

/// Returns the picture embedded in a recording or a film, `None` if there is none; blocks.
pub(crate) fn embedded_picture(file: File) -> Option<Bytes> {
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let tagged = Tagged::new(BufReader::new(file));
        let file = tagged.guess_file_type().ok()?.read().ok()?;
        let tag = file.primary_tag().or(file.first_tag())?;
        let picture = tag.pictures().first()?;
        Some(Bytes::copy_from_slice(picture.data()))
    }));
    read.ok().flatten()
}

/// A reader that fails if tables are larger than those of any valid film.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R> Bounded<R> {
    fn new(inner: R) -> Self {
        Bounded {
            inner,
            left: LARGEST_TABLES,
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(self.left as usize);
        let read = self.inner.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Bounded<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}
