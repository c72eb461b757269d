//! The streams that are made of an original, by their names in URLs.

use std::fmt;

use super::RepackagedFilm;
use drives::{DriveError, ErrorKind};

/// One stream of a repackaged original. Its name is that of its playlist and of the folder of its segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceStream {
    /// `source`: the picture with the default sound, for players that open a stream without its master playlist.
    Muxed,
    /// `source-video`: the picture alone, to which a master playlist adds a sound.
    Video,
    /// `source-iframes`: the key frame at the start of each segment, for pictures while seeking.
    KeyFrames,
    /// `sound-{k}`: a sound track, counted from 1 in the order of the file.
    Sound(usize),
    /// `sound-{k}-aac`: the same sound track, decoded and encoded again for browsers.
    DecodedSound(usize),
}

impl SourceStream {
    /// Parses a name; `None` for others.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "source" => Some(SourceStream::Muxed),
            "source-video" => Some(SourceStream::Video),
            "source-iframes" => Some(SourceStream::KeyFrames),
            _ => {
                let name = name.strip_prefix("sound-")?;
                let (digits, stream): (_, fn(usize) -> Self) = match name.strip_suffix("-aac") {
                    Some(digits) => (digits, SourceStream::DecodedSound),
                    None => (name, SourceStream::Sound),
                };
                let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
                let number = (is_plain && !digits.starts_with('0')).then(|| digits.parse().ok());
                number.flatten().map(stream)
            }
        }
    }

    /// Returns true if it has no picture.
    pub fn is_sound(self) -> bool {
        matches!(self, SourceStream::Sound(_) | SourceStream::DecodedSound(_))
    }
}

impl fmt::Display for SourceStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SourceStream::Muxed => f.write_str("source"),
            SourceStream::Video => f.write_str("source-video"),
            SourceStream::KeyFrames => f.write_str("source-iframes"),
            SourceStream::Sound(k) => write!(f, "sound-{k}"),
            SourceStream::DecodedSound(k) => write!(f, "sound-{k}-aac"),
        }
    }
}

impl RepackagedFilm {
    /// Returns the tracks of a stream.
    ///
    /// # Errors
    /// `NotFound` where the film has no such stream, `Unsupported` where its codec cannot be carried.
    pub(super) fn selection(&self, stream: SourceStream) -> Result<Vec<usize>, DriveError> {
        let none = || {
            let detail = format!("the film has no {stream}");
            DriveError::new(ErrorKind::NotFound, "source", detail)
        };
        let picture = self.source.picture();
        match stream {
            SourceStream::Muxed => {
                let sound = self.source.default_sound();
                let tracks: Vec<usize> = picture.into_iter().chain(sound).collect();
                match tracks.is_empty() {
                    true => Err(super::unsupported("none of its codecs can be carried")),
                    false => Ok(tracks),
                }
            }
            SourceStream::Video | SourceStream::KeyFrames => {
                picture.map(|picture| vec![picture]).ok_or_else(none)
            }
            SourceStream::Sound(k) | SourceStream::DecodedSound(k) => {
                let sounds = self.source.sounds();
                let track = k
                    .checked_sub(1)
                    .and_then(|index| sounds.get(index).copied());
                let track = track.ok_or_else(none)?;
                match self.source.can_carry(track) {
                    true => Ok(vec![track]),
                    false => Err(super::unsupported("this sound cannot be carried")),
                }
            }
        }
    }

    /// Returns the picture and all sounds that can be carried, in the order of the file.
    pub(super) fn all_tracks(&self) -> Vec<usize> {
        let sounds = self.source.sounds().into_iter();
        let sounds = sounds.filter(|&track| self.source.can_carry(track));
        let mut tracks: Vec<usize> = self.source.picture().into_iter().chain(sounds).collect();
        tracks.sort_unstable();
        tracks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stream_has_one_name() {
        for name in [
            "source",
            "source-video",
            "source-iframes",
            "sound-1",
            "sound-12",
            "sound-3-aac",
        ] {
            let stream = SourceStream::parse(name).unwrap();
            assert_eq!(stream.to_string(), name);
        }
        for name in [
            "",
            "sound",
            "sound-",
            "sound-0",
            "sound-01",
            "sound-+1",
            "sources",
            "sound-1a",
            "sound-aac",
            "sound--aac",
            "sound-0-aac",
            "sound-1-aac-aac",
        ] {
            assert_eq!(SourceStream::parse(name), None, "{name}");
        }
    }
}
