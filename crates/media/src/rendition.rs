//! One rendition of an entry in HLS: `1080p`, `720p`, `480p`, `360p` or `audio`.

use std::fmt;

/// A quality in which an upstream may offer an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rendition {
    /// Audio without a picture.
    Audio,
    /// Video of at most this many lines, with audio.
    Video {
        /// Lines of the picture: 360, 480, 720 or 1080.
        height: u32,
    },
}

impl Rendition {
    /// All renditions, best first.
    pub const ALL: [Rendition; 5] = [
        Rendition::Video { height: 1080 },
        Rendition::Video { height: 720 },
        Rendition::Video { height: 480 },
        Rendition::Video { height: 360 },
        Rendition::Audio,
    ];

    /// Parses the name in URLs; `None` for any other.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|rendition| rendition.to_string() == name)
    }

    /// Returns the lines of the picture; `None` for audio.
    pub fn height(self) -> Option<u32> {
        match self {
            Rendition::Audio => None,
            Rendition::Video { height } => Some(height),
        }
    }
}

impl fmt::Display for Rendition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rendition::Audio => f.write_str("audio"),
            Rendition::Video { height } => write!(f, "{height}p"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for rendition in Rendition::ALL {
            assert_eq!(Rendition::parse(&rendition.to_string()), Some(rendition));
        }
        for not_one in ["", "720", "720P", "0720p", "144p", "master", "audio.m3u8"] {
            assert_eq!(Rendition::parse(not_one), None, "{not_one:?}");
        }
    }
}
