//! One quality of one entry as HLS: `1080p`, `720p`, `480p`, `360p` or `audio`.

use std::fmt;

/// A quality that an upstream may offer of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rendition {
    /// Sound without a picture.
    Audio,
    /// A picture of at most this many lines, with sound.
    Video {
        /// Lines of the picture: 360, 480, 720 or 1080.
        height: u32,
    },
}

impl Rendition {
    /// Every rendition there is, best first.
    pub const ALL: [Rendition; 5] = [
        Rendition::Video { height: 1080 },
        Rendition::Video { height: 720 },
        Rendition::Video { height: 480 },
        Rendition::Video { height: 360 },
        Rendition::Audio,
    ];

    /// Reads the name that stands in addresses.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|rendition| rendition.to_string() == name)
    }

    /// Lines of the picture; `None` for sound alone.
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
