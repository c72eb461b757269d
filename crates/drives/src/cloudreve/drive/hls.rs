//! Films that were uploaded in pieces: a playlist (`.m3u8`) with its segments beside it.
//!
//! The site packages nothing itself, but a folder of pieces plays like any other stream: the playlist is
//! parsed, each segment is looked up among the files beside it, and its URI is replaced by a URL that only this
//! drive understands: `http://parts.invalid/{entity}/{size}/{path}`, never opened over a network. The real URL
//! of a segment is requested when a client fetches it. Segments elsewhere are not followed.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::BytesMut;
use futures_util::StreamExt;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::entries;
use crate::cloudreve::drive::browse::SiteTree;
use crate::cloudreve::drive::entries::is_list;
use crate::cloudreve::types::File;
use crate::{DriveError, ErrorKind, FactsReader, Incoming, Origin, SegmentFacts, UpstreamPlaylist};
use media::{Entry, EntryPath, Rendition};

const OPERATION: &str = "playlist";
const BASE: &str = "http://parts.invalid/";
/// A segment takes about a hundred bytes of the playlist: room for 40,000 of them.
const MAX_PLAYLIST_BYTES: u64 = 4 << 20;
/// Heights that renditions are named by.
const HEIGHTS: [u32; 4] = [360, 480, 720, 1080];
/// Rendition of a playlist of one quality, which does not say its height.
const ONLY: Rendition = Rendition::Video { height: 720 };

/// A segment's URL, parsed.
struct SegmentUrl {
    entity: String,
    size: Option<u64>,
    path: EntryPath,
}

/// Returns the renditions that a film in pieces may have. The actual ones are listed in its playlist.
pub(crate) fn possible_renditions(entry: &Entry) -> Vec<Rendition> {
    match is_list(&entry.name) {
        true => Rendition::ALL.to_vec(),
        false => Vec::new(),
    }
}

/// Renditions that every film in pieces has, whatever its playlist says: none.
pub(crate) const CERTAIN: [Rendition; 0] = [];

impl SiteTree {
    /// Returns the playlist of one quality of a film in pieces.
    pub(crate) async fn playlist(
        &self,
        entry: &Entry,
        rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        let unsupported = |detail| DriveError::unsupported(OPERATION, detail);
        if !is_list(&entry.name) {
            return Err(unsupported("the file is no list"));
        }
        let text = self.text(entry).await?;
        let variants = variants(&text);
        let (path, text) = match (variants.is_empty(), rendition == ONLY) {
            (true, true) => (entry.path.clone(), text),
            (true, false) => return Err(unsupported("there is one quality alone")),
            (false, _) => {
                let uri = variants
                    .get(&rendition)
                    .ok_or_else(|| unsupported("there is no such quality"))?;
                let path = beside(&entry.path, uri)
                    .filter(|path| is_list(path.name()))
                    .ok_or_else(|| unsupported("the quality lies elsewhere"))?;
                let list = self.stat(&path).await?;
                (path, self.text(&list).await?)
            }
        };
        let text = self.with_addresses(&path, &text).await?;
        Ok(UpstreamPlaylist::new(text, Origin::new(BASE, None)))
    }

    /// Replaces the URI of each segment by our URL.
    async fn with_addresses(&self, list: &EntryPath, text: &str) -> Result<String, DriveError> {
        let mut folders: HashMap<EntryPath, HashMap<String, File>> = HashMap::new();
        let mut written = String::with_capacity(text.len() * 2);
        for line in text.lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                written.push_str(line);
                written.push('\n');
                continue;
            }
            let path = beside(list, line).ok_or_else(|| {
                let detail = "a part lies outside of the drive";
                DriveError::unsupported(OPERATION, detail)
            })?;
            let folder = path.parent().unwrap_or(EntryPath::root());
            if !folders.contains_key(&folder) {
                let files = self.all_files(&folder).await?;
                let files = files.into_iter().map(|file| (file.name.clone(), file));
                folders.insert(folder.clone(), files.collect());
            }
            let file = folders
                .get(&folder)
                .and_then(|files| files.get(path.name()));
            written.push_str(&address(&path, file));
            written.push('\n');
        }
        Ok(written)
    }

    /// Returns the text of a playlist, fetched once for all qualities that are looked for in it.
    async fn text(&self, entry: &Entry) -> Result<Arc<String>, DriveError> {
        let key = match &entry.content {
            Some(content) => content.clone(),
            None => entry.path.to_string(),
        };
        let text = self
            .texts
            .try_get_with(key, async { self.fetched_text(entry).await.map(Arc::new) });
        text.await.map_err(Arc::unwrap_or_clone)
    }

    async fn fetched_text(&self, entry: &Entry) -> Result<String, DriveError> {
        let malformed = |detail| DriveError::unsupported(OPERATION, detail);
        if entry.size > MAX_PLAYLIST_BYTES {
            return Err(malformed("the list is too long"));
        }
        let origin = self.kept_origin(OPERATION, &entry.path).await?;
        let mut incoming = match self.open(&origin, 0, None).await {
            Err(error) if error.kind == ErrorKind::Expired => {
                let origin = self.kept_origin(OPERATION, &entry.path).await?;
                self.open(&origin, 0, None).await?
            }
            other => other?,
        };
        let mut text = BytesMut::new();
        while let Some(piece) = incoming.chunks.next().await {
            text.extend_from_slice(&piece?);
            if text.len() as u64 > MAX_PLAYLIST_BYTES {
                return Err(malformed("the list is too long"));
            }
        }
        if incoming
            .length
            .is_some_and(|length| length != text.len() as u64)
        {
            let detail = "the list was cut short";
            return Err(DriveError::failed(OPERATION, detail));
        }
        String::from_utf8(text.into()).map_err(|_| malformed("the list is no text"))
    }

    /// Returns a function that reads the facts from a segment's URL.
    pub(crate) fn facts(&self) -> FactsReader {
        let mark = self.mark.clone();
        FactsReader::new(move |address| match read(address.url()) {
            Some(part) => SegmentFacts {
                content: (!part.entity.is_empty()).then(|| entries::content(&mark, &part.entity)),
                length: part.size,
            },
            None => SegmentFacts::default(),
        })
    }

    /// Opens a URL of the upstream, or of a segment.
    pub(crate) async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let Some(part) = read(origin.url()) else {
            return self.open(origin, from, last).await;
        };
        let real = self.kept_origin("segment", &part.path).await?;
        self.open(&real, from, last).await
    }

    async fn open(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        let site = &self.api.site;
        let result = super::fetch::open(&site.http, &site.clock, origin, from, last).await;
        if let Err(error) = &result
            && error.kind == ErrorKind::Expired
        {
            self.refused(origin).await;
        }
        result
    }
}

/// Returns the playlist URI of each quality in a master playlist; of several with the same name, the best.
/// Empty if the text is a media playlist.
pub(crate) fn variants(text: &str) -> HashMap<Rendition, &str> {
    let mut found: HashMap<Rendition, (u64, &str)> = HashMap::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(about) = line.strip_prefix("#EXT-X-STREAM-INF:") else {
            continue;
        };
        let Some(uri) = lines.find(|line| !line.is_empty() && !line.starts_with('#')) else {
            break;
        };
        let bandwidth = attribute(about, "BANDWIDTH").and_then(|bits| bits.parse().ok());
        let bandwidth = bandwidth.unwrap_or(0);
        let rendition = rendition(about);
        let better = found
            .get(&rendition)
            .is_none_or(|(known, _)| *known < bandwidth);
        if better {
            found.insert(rendition, (bandwidth, uri));
        }
    }
    let uris = found.into_iter();
    uris.map(|(rendition, (_, uri))| (rendition, uri)).collect()
}

/// Returns the rendition that a variant stands for, by its height or by its codecs.
fn rendition(about: &str) -> Rendition {
    let lines =
        attribute(about, "RESOLUTION").and_then(|size| size.split_once('x')?.1.parse::<u32>().ok());
    if let Some(lines) = lines {
        let height = HEIGHTS.into_iter().find(|height| lines <= *height);
        return Rendition::Video {
            height: height.unwrap_or(1080),
        };
    }
    let is_sound = |codec: &str| {
        ["mp4a", "ac-3", "ec-3", "opus", "flac"]
            .iter()
            .any(|sound| codec.trim().starts_with(sound))
    };
    match attribute(about, "CODECS") {
        Some(codecs) if codecs.split(',').all(is_sound) => Rendition::Audio,
        _ => ONLY,
    }
}

/// Returns the value of an attribute, without its quotes (RFC 8216 §4.2); `None` if it is missing.
fn attribute<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = list;
    loop {
        let (key, value) = rest.split_once('=')?;
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"')?;
                (value, after.trim_start_matches(','))
            }
            None => value.split_once(',').unwrap_or((value, "")),
        };
        if key.trim() == name {
            return Some(value);
        }
        rest = after;
    }
}

/// Resolves a relative URI in the playlist at `list`; `None` if it leads out of the drive.
pub(crate) fn beside(list: &EntryPath, uri: &str) -> Option<EntryPath> {
    if uri.contains(':') || uri.starts_with('/') || uri.starts_with('?') {
        return None;
    }
    let uri = uri.split(['?', '#']).next()?;
    let folder = list.parent()?;
    let mut names: Vec<String> = folder.names().map(str::to_owned).collect();
    for name in uri.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()?),
            name => {
                let name = percent_decode_str(name).decode_utf8().ok()?;
                if name.contains('/') {
                    return None;
                }
                names.push(name.into_owned());
            }
        }
    }
    EntryPath::parse(&names.join("/"))
        .ok()
        .filter(|path| !path.is_root())
}

fn address(path: &EntryPath, file: Option<&File>) -> String {
    let entity = file.and_then(|file| file.primary_entity.as_deref());
    let size = file.map_or("-".to_owned(), |file| file.size.to_string());
    format!(
        "{BASE}{}/{size}/{}",
        entity.unwrap_or_default(),
        utf8_percent_encode(path.as_str(), NON_ALPHANUMERIC)
    )
}

/// Parses a segment's URL; `None` if it is something else.
fn read(address: &str) -> Option<SegmentUrl> {
    let (entity, rest) = address.strip_prefix(BASE)?.split_once('/')?;
    let (size, path) = rest.split_once('/')?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    Some(SegmentUrl {
        entity: entity.to_owned(),
        size: size.parse().ok(),
        path: EntryPath::parse(&path).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> EntryPath {
        EntryPath::parse(text).unwrap()
    }

    #[test]
    fn parts_lie_beside_their_list_or_nowhere() {
        let list = path("/Films/A b/index.m3u8");
        for (uri, expected) in [
            ("seg0.ts", Some("/Films/A b/seg0.ts")),
            ("./720p/seg%200.ts?x=1", Some("/Films/A b/720p/seg 0.ts")),
            ("../seg0.ts", Some("/Films/seg0.ts")),
            ("../../../seg0.ts", None),
            ("/seg0.ts", None),
            ("https://elsewhere.example/seg0.ts", None),
            ("file:seg0.ts", None),
            ("..%2F..%2Fseg0.ts", None),
            ("%2e%2e/seg0.ts", None),
        ] {
            assert_eq!(beside(&list, uri), expected.map(path), "{uri}");
        }
    }

    #[test]
    fn a_list_of_lists_tells_its_qualities() {
        let text = "#EXTM3U\n\
            #EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS=\"avc1.4d401f,mp4a.40.2\",RESOLUTION=1280x536\nlow.m3u8\n\
            #EXT-X-STREAM-INF:RESOLUTION=1280x720,BANDWIDTH=2000000\n\n# a note\nmid.m3u8\n\
            #EXT-X-STREAM-INF:BANDWIDTH=9000000,RESOLUTION=3840x2160\nbest.m3u8\n\
            #EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS=\"mp4a.40.2\"\nsound.m3u8\n";
        let found = variants(text);
        let of = |height| found.get(&Rendition::Video { height }).copied();
        assert_eq!(of(720), Some("mid.m3u8"));
        assert_eq!(of(1080), Some("best.m3u8"));
        assert_eq!(of(360), None);
        assert_eq!(found.get(&Rendition::Audio).copied(), Some("sound.m3u8"));
        assert!(variants("#EXTM3U\n#EXTINF:6,\nseg0.ts\n").is_empty());
    }

    #[test]
    fn the_address_of_a_part_tells_what_it_is() {
        let file = File {
            size: 12,
            primary_entity: Some("e1".to_owned()),
            ..File::default()
        };
        let there = path("/A b/#1 seg.ts");
        let part = read(&address(&there, Some(&file))).unwrap();
        assert_eq!(
            (part.entity.as_str(), part.size, part.path),
            ("e1", Some(12), there.clone())
        );
        let missing = read(&address(&there, None)).unwrap();
        assert_eq!((missing.entity.as_str(), missing.size), ("", None));
        assert!(read("https://cloud.example.org/api/v4/file/content/e1/0/x").is_none());
    }
}
