//! Reads facts of films and recordings: length, picture size, embedded picture, and which streams can be made of a
//! file. A malformed file yields nothing.
//!
//! The first bytes identify the container, not the name. MP4, Matroska and transport streams are read by the crate
//! `containers`, within its budget; tags of recordings by `lofty`, through a reader that ends after some bytes, steps and time; the rest is
//! the business of ffprobe (`hls`).

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use bytes::Bytes;
use containers::matroska::{Matroska, ScanProgress};
use containers::{
    Budget, Container, ContainerError, FilmSource, MAGIC_BYTES, ReadRange, Track, TrackKind,
};
use futures_util::FutureExt;
use lofty::file::{AudioFile, FileType};
use lofty::probe::Probe as Tagged;

use super::transport;
use crate::tags::{TagLimits, TagReader};
use media::EntryKind;

/// Facts of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    pub duration_s: Option<f64>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub streams: Streams,
}

/// The streams that can be made of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Streams {
    /// None: players get the file itself.
    #[default]
    None,
    /// Its own samples in segments, made of ranges of the file.
    Source,
    /// Its picture and a sound in transport streams, copied by ffmpeg.
    TransportStream {
        /// Index of the sound among the sounds of the file; `None` without sound.
        sound: Option<usize>,
    },
}

/// The outcome of reading a file without another program.
#[derive(Debug)]
pub(crate) enum FileProbe {
    /// Everything that can be found out.
    Done(Facts),
    /// Facts so far: the container or its codecs are the business of ffprobe.
    AskFfprobe(Facts),
}

/// Time for reading the index of a file.
const INDEX_TIMEOUT: Duration = Duration::from_secs(1);
/// Bounds of a reader of tags: more than any cover takes.
pub(crate) const TAG_LIMITS: TagLimits = TagLimits {
    bytes: 64 << 20,
    calls: 1 << 20,
    timeout: INDEX_TIMEOUT,
};
/// Reads of one step of a walk over clusters.
const SCAN_READS: u32 = 16;

/// Reads the facts of a file with that name; blocks.
pub(crate) fn facts(name: &str, file: &File) -> FileProbe {
    // A parser that panics on hostile input must not end the server.
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| read(name, file)));
    read.unwrap_or(FileProbe::Done(Facts::default()))
}

fn read(name: &str, file: &File) -> FileProbe {
    let mut head = vec![0; MAGIC_BYTES];
    let length = file.read_at(&mut head, 0).unwrap_or_default();
    head.truncate(length);
    match Container::of(&head) {
        Some(container) => container_facts(container, file),
        None if EntryKind::of_file(name) == EntryKind::Audio => {
            FileProbe::Done(sound(name, file).unwrap_or_default())
        }
        None if is_text(&head) => FileProbe::Done(Facts::default()),
        None => FileProbe::AskFfprobe(Facts::default()),
    }
}

/// Returns true if the first bytes of a file are text, which no film begins with: a page of an error that was saved as
/// `film.mp4`, or source code with the extension `.ts`. An empty file is text.
fn is_text(head: &[u8]) -> bool {
    let is_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character may be cut at the end of the bytes.
        Err(error) => error.error_len().is_none(),
    };
    let is_binary = |byte: &u8| byte.is_ascii_control() && !b"\t\n\r\x0c".contains(byte);
    is_utf8 && !head.iter().any(is_binary)
}

/// Returns the extension in lower case; empty if there is none.
fn extension(name: &str) -> String {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.unwrap_or_default().to_ascii_lowercase()
}

/// Reads ISO base media (ISO/IEC 14496-12), Matroska (RFC 9559) or a transport stream (ISO/IEC 13818-1).
fn container_facts(container: Container, file: &File) -> FileProbe {
    let reader = IndexFile::new(file);
    let read = match container {
        Container::Mp4 | Container::TransportStream => opened(&reader).now_or_never(),
        Container::Matroska => matroska(&reader).now_or_never(),
    };
    let of_ends = || Facts {
        duration_s: (container == Container::TransportStream)
            .then(|| transport::duration_s(file))
            .flatten(),
        ..Facts::default()
    };
    match read {
        Some(Ok(facts)) if facts.streams == Streams::None => FileProbe::AskFfprobe(facts),
        Some(Ok(facts)) => FileProbe::Done(facts),
        Some(Err(ContainerError::Unsupported(_))) => FileProbe::AskFfprobe(of_ends()),
        _ => FileProbe::Done(Facts::default()),
    }
}

async fn opened(reader: &IndexFile<'_>) -> Result<Facts, ContainerError> {
    let source = FilmSource::open(reader, &Budget::default()).await?;
    let picture = source.picture().map(|index| &source.tracks()[index]);
    let duration = source.duration_s();
    let has_sound = source.default_sound().is_some();
    Ok(Facts {
        duration_s: (duration > 0.0).then_some(duration),
        ..of_tracks(source.tracks(), picture, has_sound)
    })
}

async fn matroska(reader: &IndexFile<'_>) -> Result<Facts, ContainerError> {
    let mut film = Matroska::open(reader, &Budget::default()).await?;
    if film.duration_s().is_none() {
        let mut scan = containers::matroska::Scan::new(&film);
        // A file that takes longer to walk through has no length, and its other facts.
        loop {
            match scan.step(reader, SCAN_READS).await {
                Ok(ScanProgress::More) => {}
                Ok(ScanProgress::Done) => break film.take_scan(&scan)?,
                Err(_) => break,
            }
        }
    }
    let picture = film
        .tracks()
        .iter()
        .find(|track| track.kind == TrackKind::Video && track.sample_entry.is_some());
    let is_sound = |track: &Track| track.kind == TrackKind::Audio && track.sample_entry.is_some();
    let has_sound = film.tracks().iter().any(is_sound);
    Ok(Facts {
        duration_s: film.duration_s(),
        ..of_tracks(film.tracks(), picture, has_sound)
    })
}

/// Returns the facts of tracks, of which `picture` and some sound can be carried in segments. A film whose picture cannot
/// has no such stream, whatever its sounds.
fn of_tracks(tracks: &[Track], picture: Option<&Track>, has_sound: bool) -> Facts {
    let is_video = |track: &&Track| track.kind == TrackKind::Video;
    let any = tracks.iter().find(is_video);
    let is_carried = match any {
        Some(_) => picture.is_some(),
        None => has_sound,
    };
    let video = picture.or(any).and_then(|track| track.video.as_ref());
    let size = video.filter(|video| video.width > 0 && video.height > 0);
    let size = size.map(|video| match video.rotation {
        90 | 270 => (video.height, video.width),
        _ => (video.width, video.height),
    });
    Facts {
        duration_s: None,
        width: size.map(|(width, _)| width),
        height: size.map(|(_, height)| height),
        streams: match is_carried {
            true => Streams::Source,
            false => Streams::None,
        },
    }
}

fn sound(name: &str, file: &File) -> Option<Facts> {
    let mut tagged = Tagged::new(TagReader::new(file, &TAG_LIMITS));
    tagged = match FileType::from_ext(extension(name)) {
        Some(kind) => tagged.set_file_type(kind),
        None => tagged.guess_file_type().ok()?,
    };
    let length = tagged.read().ok()?.properties().duration();
    Some(Facts {
        duration_s: (length > Duration::ZERO).then_some(length.as_secs_f64()),
        ..Facts::default()
    })
}

/// A file for the crate `containers`, read for at most [`INDEX_TIMEOUT`]. Its futures are always ready.
struct IndexFile<'a> {
    file: &'a File,
    size: u64,
    until: Instant,
}

impl<'a> IndexFile<'a> {
    fn new(file: &'a File) -> Self {
        IndexFile {
            file,
            size: file.metadata().map_or(0, |found| found.len()),
            until: Instant::now() + INDEX_TIMEOUT,
        }
    }
}

impl ReadRange for IndexFile<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, ContainerError> {
        let end = offset.checked_add(length as u64);
        if end.is_none_or(|end| end > self.size) {
            return Err(ContainerError::Truncated);
        }
        if Instant::now() > self.until {
            return Err(ContainerError::OverBudget("the time allowed for it"));
        }
        let mut bytes = vec![0; length];
        let read = self.file.read_exact_at(&mut bytes, offset);
        read.map_err(|error| ContainerError::Read(error.to_string()))?;
        Ok(bytes.into())
    }
}
