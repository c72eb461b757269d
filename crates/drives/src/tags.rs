//! Tags of recordings and films, their texts and their pictures, read by `lofty` within bounds.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lofty::config::ParseOptions;
use lofty::file::{AudioFile, FileType, TaggedFile, TaggedFileExt};
use lofty::probe::Probe as Tagged;
use lofty::tag::{Accessor, ItemKey, Tag as FileTag};

/// Bounds of one reading. A parser that goes in circles ends with them.
#[derive(Debug, Clone, Copy)]
pub struct TagLimits {
    /// Bytes that the parser may read.
    pub bytes: u64,
    /// Reads and seeks.
    pub calls: u64,
    pub timeout: Duration,
}

/// A file for a parser that has no bounds of its own: reading fails past the limits.
pub(crate) struct TagReader<R> {
    inner: BufReader<R>,
    position: u64,
    bytes_left: u64,
    calls_left: u64,
    until: Instant,
}

/// Bytes that are read at once.
const BUFFER_BYTES: usize = 32 << 10;

/// The texts in the tags of a recording, and its length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SoundTags {
    pub title: Option<String>,
    /// Several artists are separated by commas.
    pub artist: Option<String>,
    pub album: Option<String>,
    pub album_artist: Option<String>,
    pub year: Option<u32>,
    pub track: Option<u32>,
    pub disc: Option<u32>,
    pub genre: Option<String>,
    /// Its length in seconds.
    pub length_s: Option<f64>,
    /// True if a picture is embedded.
    pub has_picture: bool,
}

/// The longest text of a tag, in characters.
const MAX_TEXT_CHARS: usize = 300;

impl SoundTags {
    /// Reads the tags of a recording with this file name. `None` if there are none, or none within the limits. Blocks.
    pub fn read(source: impl Read + Seek, name: &str, limits: &TagLimits) -> Option<Self> {
        let mut reader = TagReader::new(source, limits);
        // A parser that panics on hostile input must not end the server.
        let read = std::panic::catch_unwind(AssertUnwindSafe(|| {
            // A file whose frames are damaged or cut off still has its tags.
            let file = tagged_file(&mut reader, name, true)
                .or_else(|| tagged_file(&mut reader, name, false))?;
            Some(SoundTags::of(&file))
        }));
        read.ok().flatten()
    }

    fn of(file: &TaggedFile) -> Self {
        // The tag that is usual in a file of this type is first: others may be older.
        let others = file.tags().iter();
        let tags: Vec<&FileTag> = file.primary_tag().into_iter().chain(others).collect();
        let text = |key: ItemKey| tags.iter().find_map(|tag| text(tag, key));
        let number = |of: fn(&FileTag) -> Option<u32>| {
            let found = tags.iter().find_map(|tag| of(tag));
            found.filter(|number| *number > 0)
        };
        let length = file.properties().duration();
        SoundTags {
            title: text(ItemKey::TrackTitle),
            artist: text(ItemKey::TrackArtist),
            album: text(ItemKey::AlbumTitle),
            album_artist: text(ItemKey::AlbumArtist),
            year: number(|tag| tag.date().map(|date| u32::from(date.year))),
            track: number(|tag| tag.track()),
            disc: number(|tag| tag.disk()),
            genre: text(ItemKey::Genre),
            length_s: (length > Duration::ZERO).then_some(length.as_secs_f64()),
            has_picture: tags.iter().any(|tag| tag.picture_count() > 0),
        }
    }
}

/// Parses a file from its beginning; `None` if it is of no known type, or damaged.
fn tagged_file<R: Read + Seek>(
    reader: &mut TagReader<R>,
    name: &str,
    with_length: bool,
) -> Option<TaggedFile> {
    reader.rewind().ok()?;
    let options = ParseOptions::new().read_properties(with_length);
    let tagged = Tagged::new(&mut *reader).options(options);
    let tagged = tagged.guess_file_type().ok()?;
    let (_, extension) = name.rsplit_once('.').unwrap_or_default();
    let kind = tagged.file_type().or_else(|| FileType::from_ext(extension));
    tagged.set_file_type(kind?).read().ok()
}

/// Returns the texts of a field, as one line; `None` without any.
fn text(tag: &FileTag, key: ItemKey) -> Option<String> {
    let mut values: Vec<String> = Vec::new();
    for value in tag.get_strings(key).flat_map(|value| value.split('\0')) {
        let line: String = value
            .chars()
            .map(|char| if char.is_control() { ' ' } else { char })
            .take(MAX_TEXT_CHARS)
            .collect();
        let line = line.trim();
        if !line.is_empty() && !values.iter().any(|known| known == line) {
            values.push(line.to_owned());
        }
    }
    let joined: String = values.join(", ").chars().take(MAX_TEXT_CHARS).collect();
    (!joined.is_empty()).then_some(joined)
}

/// Returns the picture embedded in a recording or a film; `None` if there is none, or none within the limits. Blocks.
pub fn embedded_picture(source: impl Read + Seek, limits: &TagLimits) -> Option<Bytes> {
    // A parser that panics on hostile input must not end the server.
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let tagged = Tagged::new(TagReader::new(source, limits));
        let options = ParseOptions::new().read_properties(false);
        let file = tagged
            .guess_file_type()
            .ok()?
            .options(options)
            .read()
            .ok()?;
        let tag = file.primary_tag().or(file.first_tag())?;
        let picture = tag.pictures().first()?;
        Some(Bytes::copy_from_slice(picture.data()))
    }));
    read.ok().flatten()
}

impl<R: Read + Seek> TagReader<R> {
    pub(crate) fn new(mut source: R, limits: &TagLimits) -> Self {
        // A failure shows at the first read.
        let _ = source.rewind();
        TagReader {
            inner: BufReader::with_capacity(BUFFER_BYTES, source),
            position: 0,
            bytes_left: limits.bytes,
            calls_left: limits.calls,
            until: Instant::now() + limits.timeout,
        }
    }

    fn count(&mut self, bytes: u64) -> std::io::Result<()> {
        let calls = self.calls_left.checked_sub(1);
        let bytes = self.bytes_left.checked_sub(bytes);
        match calls.zip(bytes) {
            Some((calls, bytes)) if Instant::now() < self.until => {
                (self.calls_left, self.bytes_left) = (calls, bytes);
                Ok(())
            }
            _ => Err(std::io::Error::other("more than tags take")),
        }
    }
}

impl<R: Read + Seek> Read for TagReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position += read as u64;
        self.count(read as u64)?;
        Ok(read)
    }
}

impl<R: Read + Seek> Seek for TagReader<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.count(0)?;
        let target = match to {
            SeekFrom::Start(target) => Some(target),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(_) => {
                self.position = self.inner.seek(to)?;
                return Ok(self.position);
            }
        };
        // Bytes in the buffer are not read again.
        let by = target.and_then(|target| target.checked_signed_diff(self.position));
        self.inner
            .seek_relative(by.ok_or(std::io::ErrorKind::InvalidInput)?)?;
        self.position = target.unwrap_or_default();
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests;
