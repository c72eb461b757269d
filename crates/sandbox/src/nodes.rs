//! The data types of an account's files: entries, bundled films, renditions, segments, and sources of bytes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use md5::{Digest, Md5};
use serde::Serialize;
use sha2::Sha256;

/// A quality that the service streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    P480,
    P720,
    P1080,
    /// Audio only, MP3.
    Audio,
}

impl Quality {
    /// Parses the `type` of a streaming call. `None` for an unknown one.
    pub fn from_type(text: &str) -> Option<Self> {
        match text {
            "M3U8_AUTO_480" => Some(Self::P480),
            "M3U8_AUTO_720" => Some(Self::P720),
            "M3U8_AUTO_1080" => Some(Self::P1080),
            "M3U8_MP3_128" => Some(Self::Audio),
            _ => None,
        }
    }

    /// Parses the name in control calls: `480p`, `720p`, `1080p`, `audio`. `None` for another text.
    pub fn from_name(text: &str) -> Option<Self> {
        [Self::P480, Self::P720, Self::P1080, Self::Audio]
            .into_iter()
            .find(|rung| rung.name() == text)
    }

    /// Returns the name in control calls.
    pub fn name(self) -> &'static str {
        match self {
            Self::P480 => "480p",
            Self::P720 => "720p",
            Self::P1080 => "1080p",
            Self::Audio => "audio",
        }
    }

    /// Returns its name in paths of the media hosts.
    pub fn template(self) -> &'static str {
        match self {
            Self::P480 => "480",
            Self::P720 => "720",
            Self::P1080 => "1080",
            Self::Audio => "mp3",
        }
    }
}

/// A segment: a byte range of the rendition's object.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SegmentRange {
    pub offset_bytes: u64,
    pub length_bytes: u64,
    pub duration_s: f64,
}

/// A rendition: an MPEG-TS object and the table of its segments.
#[derive(Debug, Clone)]
pub struct SampleRendition {
    pub object: SampleSource,
    pub object_bytes: u64,
    /// 32 hex digits that identify the object's content.
    pub etag: String,
    pub segments: Vec<SegmentRange>,
}

/// A source of bytes.
#[derive(Debug, Clone)]
pub enum SampleSource {
    Memory(Bytes),
    File(PathBuf),
}

/// A bundled film and all its forms.
#[derive(Debug)]
pub struct BundledFilm {
    pub title: String,
    pub details: Details,
    pub renditions: BTreeMap<Quality, Arc<SampleRendition>>,
    /// An MP4 with the packets of the 1080p rendition.
    pub original: Bytes,
    /// An MP3 with the packets of the sound-only rendition, where there is one.
    pub sound: Option<Bytes>,
    /// JPEGs by their width in pixels.
    pub posters: BTreeMap<u32, Bytes>,
}

impl BundledFilm {
    /// Returns the smallest poster of at least this width in pixels, else the widest. `None` if there is no poster.
    pub fn poster(&self, width: u32) -> Option<Bytes> {
        self.posters
            .range(width..)
            .next()
            .or_else(|| self.posters.iter().next_back())
            .map(|(_, jpeg)| jpeg.clone())
    }
}

/// Reason why a rendition is not available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RenditionError {
    /// It is being made: 31341.
    Transcoding,
    /// There is none and there will be none: 31066.
    Unsupported,
}

/// The content of an entry.
#[derive(Debug, Clone)]
pub enum Content {
    Folder,
    Film(Arc<BundledFilm>),
    /// The film's sound as an MP3 file.
    Sound(Arc<BundledFilm>),
    /// The film's poster as a picture file.
    Picture(Arc<BundledFilm>),
    Bytes(Bytes),
    /// A file on this machine.
    Disk(PathBuf),
}

/// A file or folder of the account.
#[derive(Debug, Clone)]
pub struct Node {
    /// Absolute, `/` for the root.
    pub path: String,
    pub fs_id: u64,
    /// 32 hex digits, the same for the same path.
    pub md5: String,
    pub size_bytes: u64,
    /// Seconds since the epoch.
    pub modified_s: i64,
    /// 1 video, 2 audio, 3 image, 4 document, 6 other (section 3.4.6).
    pub category: u8,
    pub content: Content,
}

impl Node {
    /// Returns an entry whose id and MD5 are derived from its path.
    pub fn new(path: &str, size_bytes: u64, modified_s: i64, content: Content) -> Self {
        let digest = Sha256::digest(path.as_bytes());
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Self {
            path: path.to_owned(),
            fs_id: (u64::from_be_bytes(id) >> 14) | (1 << 49),
            md5: md5_hex(path),
            size_bytes,
            modified_s,
            category: if matches!(content, Content::Folder) {
                6
            } else {
                category(path)
            },
            content,
        }
    }

    /// Returns the last component of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub fn is_folder(&self) -> bool {
        matches!(self.content, Content::Folder)
    }
}

/// Media properties, which filemetas adds to a listing. Zero or empty if unknown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Details {
    pub duration_s: f64,
    pub width: u32,
    pub height: u32,
    /// Frames per second.
    pub frame_rate: f64,
    /// Clockwise rotation for display, in degrees.
    pub rotate: u32,
    pub channels: u32,
    /// Hertz.
    pub sample_rate: u32,
    /// The names of codecs and container are those of ffmpeg.
    pub video_codec: String,
    pub audio_codec: String,
    pub format_name: String,
    pub pixel_format: String,
    /// Bits per second.
    pub video_bitrate: u64,
    /// Bits per second.
    pub audio_bitrate: u64,
}

/// Returns the MD5 of a text in hex digits.
pub fn md5_hex(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Md5::digest(text.as_bytes()))
}

/// Returns the service's category of a file name, by its extension.
pub fn category(name: &str) -> u8 {
    let extension = name
        .rsplit_once('.')
        .map(|(_, e)| e.to_ascii_lowercase())
        .unwrap_or_default();
    match extension.as_str() {
        "mp4" | "mkv" | "mov" | "webm" | "avi" | "m4v" | "ts" | "mpg" | "mpeg" | "wmv" | "flv" => 1,
        "mp3" | "flac" | "m4a" | "ogg" | "opus" | "wav" | "aac" => 2,
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "avif" | "heic" => 3,
        "txt" | "pdf" | "doc" | "docx" | "xls" | "xlsx" | "ppt" | "srt" | "vtt" | "ass" => 4,
        _ => 6,
    }
}
