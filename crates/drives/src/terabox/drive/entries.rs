//! Maps the upstream's files to entries, and paths in both directions.
//!
//! The upstream uses absolute paths of the account; the drive shows one folder of it as its root. A file that
//! lies outside of the root, or whose name is invalid here, is not an entry.

use crate::terabox::types::File;
use media::{Entry, EntryKind, EntryPath, Place, TrackFacts, TrackFactsKind};

/// The folder of the account that the drive shows.
pub(crate) struct ShownRoot(EntryPath);

impl ShownRoot {
    pub(crate) fn new(folder: EntryPath) -> Self {
        ShownRoot(folder)
    }

    /// Returns the account's path of an entry.
    pub(crate) fn upstream(&self, path: &EntryPath) -> String {
        match (self.0.is_root(), path.is_root()) {
            (true, _) => path.as_str().to_owned(),
            (false, true) => self.0.as_str().to_owned(),
            (false, false) => format!("{}{path}", self.0),
        }
    }

    /// Returns the entry's path of an account's path; `None` outside of the root.
    pub(crate) fn local(&self, upstream: &str) -> Option<EntryPath> {
        let path = EntryPath::parse(upstream).ok()?;
        if self.0.is_root() {
            return Some(path);
        }
        if !path.is_within(&self.0) {
            return None;
        }
        EntryPath::parse(path.as_str().strip_prefix(self.0.as_str())?).ok()
    }
}

/// Returns a file as an entry at `path`.
pub(crate) fn entry(place: &Place, path: EntryPath, file: &File) -> Entry {
    let is_folder = file.isdir.0.unwrap_or(0) != 0;
    let kind = match (EntryKind::of_file(path.name()), file.category.0) {
        _ if is_folder => EntryKind::Folder,
        (EntryKind::Other, Some(1)) => EntryKind::Video,
        (EntryKind::Other, Some(2)) => EntryKind::Audio,
        (EntryKind::Other, Some(3)) => EntryKind::Image,
        (kind, _) => kind,
    };
    let dimension = |number: Option<i64>| {
        number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|&number| number > 0)
    };
    let thumbnail = file.thumbs.as_ref().and_then(|thumbs| thumbs.best());
    Entry {
        place: place.clone(),
        name: path.name().to_owned(),
        path,
        kind,
        size: match file.size.0 {
            Some(size) if !is_folder => u64::try_from(size).unwrap_or(0),
            _ => 0,
        },
        modified: file
            .server_mtime
            .0
            .filter(|&seconds| seconds > 0)
            .or(file.local_mtime.0.filter(|&seconds| seconds > 0))
            .and_then(media::unix_time),
        id: file.fs_id.0.clone().filter(|id| !id.is_empty()),
        content: match file.md5.0.as_deref() {
            Some(md5) if !is_folder && !md5.is_empty() => Some(plain_md5(md5)),
            _ => None,
        },
        duration_s: file.duration.filter(|&seconds| seconds > 0.0),
        width: dimension(file.width.0),
        height: dimension(file.height.0),
        // Folders come with thumbnails, too, but no page shows them.
        has_thumbnail: thumbnail.is_some() && !is_folder,
        tracks: tracks(file),
        tags: Vec::new(),
    }
}

/// Returns what the upstream reports about the tracks of a file; empty where it names no codec.
fn tracks(file: &File) -> Vec<TrackFacts> {
    let Some(extra) = &file.extra_info else {
        return Vec::new();
    };
    let small = |number: Option<i64>| {
        let number = number.and_then(|number| u32::try_from(number).ok());
        number.filter(|&number| number > 0)
    };
    let bits = |number: Option<i64>| {
        let number = number.and_then(|number| u64::try_from(number).ok());
        number.filter(|&number| number > 0)
    };
    let mut tracks = Vec::with_capacity(2);
    if let Some(codec) = extra.video_codec_name.0.as_deref().and_then(plain_codec) {
        tracks.push(TrackFacts {
            width: small(file.width.0),
            height: small(file.height.0),
            rotation_degrees: small(file.rotate.0).filter(|degrees| *degrees < 360),
            frame_rate: file.frame_rate.filter(|rate| *rate > 0.0 && *rate < 1000.0),
            bit_rate: bits(extra.video_bitrate.0),
            hdr: match extra.color_transfer.0.as_deref() {
                Some("smpte2084") => Some("hdr10"),
                Some("arib-std-b67") => Some("hlg"),
                _ => None,
            },
            ..TrackFacts::new(TrackFactsKind::Video, &codec)
        });
    }
    if let Some(codec) = extra.audio_codec_name.0.as_deref().and_then(plain_codec) {
        tracks.push(TrackFacts {
            channels: small(file.channels.0),
            bit_rate: bits(extra.audio_bitrate.0),
            ..TrackFacts::new(TrackFactsKind::Audio, &codec)
        });
    }
    tracks
}

/// Returns ffmpeg's name of a codec, as far as it is one: `pcm_s16le` and its relatives are `pcm`.
fn plain_codec(name: &str) -> Option<String> {
    let name = name.trim().to_ascii_lowercase();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_codec = !name.is_empty()
        && name.len() <= 24
        && name.bytes().all(is_name)
        && !matches!(name.as_str(), "none" | "unknown" | "null");
    is_codec.then(|| match name.starts_with("pcm_") {
        true => "pcm".to_owned(),
        false => name,
    })
}

/// Returns an MD5 as `filemetas` spells it. Lists scramble theirs: the tenth digit is moved up to `g` and
/// beyond, each digit is XORed with its index, and the eights are swapped in pairs. Any other text is returned
/// as it is.
fn plain_md5(md5: &str) -> String {
    scrambled_digits(md5).unwrap_or_else(|| md5.to_owned())
}

fn scrambled_digits(md5: &str) -> Option<String> {
    let text = md5.as_bytes();
    if text.len() != 32 || !(b'g'..=b'v').contains(&text[9].to_ascii_lowercase()) {
        return None;
    }
    let mut digits = String::with_capacity(32);
    for (index, &byte) in text.iter().enumerate() {
        let digit = match index {
            9 => u32::from(byte.to_ascii_lowercase() - b'g'),
            _ => char::from(byte).to_digit(16)?,
        };
        digits.push(char::from_digit(digit ^ (index as u32 & 15), 16)?);
    }
    let [a, b, c, d] = [0, 8, 16, 24].map(|from| &digits[from..from + 8]);
    Some([b, a, d, c].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_there_and_back() {
        let path = |text: &str| EntryPath::parse(text).unwrap();
        let cases = [
            ("/", "/", "/"),
            ("/", "/a/b.mp4", "/a/b.mp4"),
            (
                "/From: Other Applications/App-1/",
                "/",
                "/From: Other Applications/App-1",
            ),
            ("/Apps", "/a b.mp4", "/Apps/a b.mp4"),
        ];
        for (root, local, upstream) in cases {
            let root = ShownRoot::new(path(root));
            assert_eq!(root.upstream(&path(local)), upstream);
            assert_eq!(root.local(upstream), Some(path(local)), "{upstream}");
        }
        let root = ShownRoot::new(path("/Apps"));
        for outside in ["/", "/Other/a", "/Apps2/a", "/Apps/../a"] {
            assert_eq!(root.local(outside), None, "{outside}");
        }
    }

    #[test]
    fn a_scrambled_md5_becomes_what_filemetas_says() {
        // Plain hashes and other texts stay.
        for same in [
            "cc06043bb48c0ecd38e063e449ebc729",
            "",
            "x",
            "0000000000000000180800010000001",
        ] {
            assert_eq!(plain_md5(same), same);
        }
        // Scrambling is its own inverse, so scrambling twice changes nothing.
        let scrambled = "bb290fa11t9db11d44a69dd2e2a89578";
        let plain = plain_md5(scrambled);
        assert!(
            plain.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{plain}"
        );
        assert_eq!(scramble(&plain), scrambled);
    }

    #[test]
    fn the_tracks_of_a_film_are_read_off_its_metadata() {
        let read = |json: &str| {
            let file: File = crate::terabox::types::read(json.as_bytes()).unwrap();
            tracks(&file)
        };
        // The example of the Open Platform document, section 3.4.7, shortened.
        let found = read(
            r#"{"rotate":90,"height":1280,"width":620,"channels":1,"frame_rate":25.859109,
            "extra_info":"{\"audio_codec_name\":\"aac\",\"audio_bitrate\":96000,\"video_codec_name\":\"h264\",\"color_transfer\":\"bt709\",\"video_bitrate\":3610263}"}"#,
        );
        let [video, audio] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(
            video,
            &TrackFacts {
                width: Some(620),
                height: Some(1280),
                rotation_degrees: Some(90),
                frame_rate: Some(25.859109),
                bit_rate: Some(3_610_263),
                ..TrackFacts::new(TrackFactsKind::Video, "h264")
            }
        );
        assert_eq!(
            audio,
            &TrackFacts {
                channels: Some(1),
                bit_rate: Some(96_000),
                ..TrackFacts::new(TrackFactsKind::Audio, "aac")
            }
        );
        let hdr =
            read(r#"{"extra_info":{"video_codec_name":"HEVC","color_transfer":"smpte2084"}}"#);
        assert_eq!((hdr[0].codec.as_str(), hdr[0].hdr), ("hevc", Some("hdr10")));
        for nothing in [
            r#"{}"#,
            r#"{"extra_info":""}"#,
            r#"{"extra_info":"{"}"#,
            r#"{"extra_info":"{\"video_codec_name\":\"<b>\"}","channels":2}"#,
        ] {
            assert!(read(nothing).is_empty(), "{nothing}");
        }
    }

    fn scramble(plain: &str) -> String {
        let [a, b, c, d] = [0, 8, 16, 24].map(|from| &plain[from..from + 8]);
        let swapped = [b, a, d, c].concat();
        let digit = |(index, c): (usize, char)| {
            let digit = c.to_digit(16).unwrap() ^ (index as u32 & 15);
            match index {
                9 => char::from(b'g' + digit as u8),
                _ => char::from_digit(digit, 16).unwrap(),
            }
        };
        swapped.chars().enumerate().map(digit).collect()
    }
}
