//! The nouns of the account's files: entries, renditions, segments, and where their bytes are.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use md5::{Digest, Md5};
use serde::Serialize;
use sha2::Sha256;

use super::bundled::Film;

/// One quality that the service streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    P480,
    P720,
    P1080,
    /// Sound only, MP3.
    Audio,
}

impl Rung {
    /// From the `type` of a streaming call.
    pub fn from_type(text: &str) -> Option<Self> {
        match text {
            "M3U8_AUTO_480" => Some(Self::P480),
            "M3U8_AUTO_720" => Some(Self::P720),
            "M3U8_AUTO_1080" => Some(Self::P1080),
            "M3U8_MP3_128" => Some(Self::Audio),
            _ => None,
        }
    }

    /// From its name in control calls: `480p`, `720p`, `1080p`, `audio`.
    pub fn from_name(text: &str) -> Option<Self> {
        [Self::P480, Self::P720, Self::P1080, Self::Audio]
            .into_iter()
            .find(|rung| rung.name() == text)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::P480 => "480p",
            Self::P720 => "720p",
            Self::P1080 => "1080p",
            Self::Audio => "audio",
        }
    }

    /// How its object is named on the media hosts.
    pub fn template(self) -> &'static str {
        match self {
            Self::P480 => "480",
            Self::P720 => "720",
            Self::P1080 => "1080",
            Self::Audio => "mp3",
        }
    }
}

/// One segment: a range of the rendition's object.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Segment {
    pub offset_bytes: u64,
    pub length_bytes: u64,
    pub duration_s: f64,
}

/// A rendition: one MPEG-TS object and the table of its segments.
#[derive(Debug, Clone)]
pub struct Rendition {
    pub object: Source,
    pub object_bytes: u64,
    /// 32 hex digits naming the object's content.
    pub etag: String,
    pub segments: Vec<Segment>,
}

/// Where bytes are.
#[derive(Debug, Clone)]
pub enum Source {
    Memory(Bytes),
    File(PathBuf),
}

/// Why there is no rendition to stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unready {
    /// 31341: it is being made.
    Transcoding,
    /// 31066: there is none and there will be none.
    Unsupported,
}

/// What an entry consists of.
#[derive(Debug, Clone)]
pub enum Content {
    Folder,
    Film(Arc<Film>),
    /// The film's sound as an MP3 file.
    Sound(Arc<Film>),
    /// The film's poster as a picture file.
    Picture(Arc<Film>),
    Bytes(Bytes),
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
    /// TeraBox's numbers: 1 video, 2 audio, 3 image, 4 document, 6 other.
    pub category: u8,
    pub content: Content,
}

impl Node {
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

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub fn is_folder(&self) -> bool {
        matches!(self.content, Content::Folder)
    }
}

/// What filemetas knows beyond the listing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Details {
    pub duration_s: f64,
    pub width: u32,
    pub height: u32,
    pub frame_rate: f64,
}

/// Hex MD5 of a text.
pub fn md5_hex(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Md5::digest(text.as_bytes()))
}

/// TeraBox's category by file extension.
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
