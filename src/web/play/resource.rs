//! What a play address names: an entry, and which of its streams.

use crate::media::{EntryKind, EntryPath, Place, Rendition};
use crate::web::address::read_location;

/// A play address without its ticket.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub place: Place,
    /// The entry.
    pub path: EntryPath,
    /// What of it.
    pub resource: Resource,
    /// The whole address as the path of a file, for files that are called like a stream.
    pub as_file: EntryPath,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Resource {
    /// The file's own bytes.
    Original,
    /// A folder, for players that browse.
    Folder,
    /// `master.m3u8`
    Master,
    /// `{rendition}.m3u8`
    Playlist(Rendition),
    /// `{rendition}/{n}.ts`
    Segment(Rendition, usize),
    /// `{rendition}.ts`
    Whole(Rendition),
    /// `poster.jpg`
    Poster,
    /// `list.m3u` or `list.xspf`
    List(ListFormat),
    /// `{path}.strm`
    Strm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListFormat {
    M3u,
    Xspf,
}

impl Address {
    /// Reads what follows the ticket, percent-encoded.
    pub fn parse(text: &str) -> Option<Self> {
        let (place, whole) = read_location(text)?;
        if text.ends_with('/') || whole.is_root() {
            return Some(Address {
                place,
                path: whole.clone(),
                resource: Resource::Folder,
                as_file: whole,
            });
        }
        let (path, resource) =
            Self::split(&whole).unwrap_or_else(|| (whole.clone(), Resource::Original));
        Some(Address {
            place,
            path,
            resource,
            as_file: whole,
        })
    }

    fn split(whole: &EntryPath) -> Option<(EntryPath, Resource)> {
        let parent = whole.parent()?;
        let resource = match whole.name() {
            "master.m3u8" => Resource::Master,
            "poster.jpg" => Resource::Poster,
            "list.m3u" => Resource::List(ListFormat::M3u),
            "list.xspf" => Resource::List(ListFormat::Xspf),
            name => {
                let (stem, extension) = name.rsplit_once('.')?;
                match extension {
                    "m3u8" => Resource::Playlist(Rendition::parse(stem)?),
                    "strm" => {
                        let path = parent.join(stem).ok().filter(|path| *path != parent)?;
                        return Some((path, Resource::Strm));
                    }
                    "ts" => match Rendition::parse(stem) {
                        Some(rendition) => Resource::Whole(rendition),
                        None => {
                            let rendition = Rendition::parse(parent.name())?;
                            return Some((
                                parent.parent()?,
                                Resource::Segment(rendition, number(stem)?),
                            ));
                        }
                    },
                    _ => return None,
                }
            }
        };
        Some((parent, resource))
    }
}

/// Digits, without a sign or leading zeros, so that each segment has one address.
fn number(text: &str) -> Option<usize> {
    let plain =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

impl Resource {
    /// Whether an entry of this kind has such a resource.
    pub fn fits(&self, kind: EntryKind) -> bool {
        match self {
            Resource::Original => kind != EntryKind::Folder,
            Resource::Folder => kind == EntryKind::Folder,
            Resource::Master
            | Resource::Playlist(_)
            | Resource::Segment(..)
            | Resource::Whole(_)
            | Resource::Strm => kind.is_playable(),
            Resource::Poster => kind != EntryKind::Folder,
            Resource::List(_) => kind == EntryKind::Folder || kind.is_playable(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_film_and_its_streams() {
        let hd = Rendition::Video { height: 720 };
        let cases = [
            ("films/a/b.mp4", "/a/b.mp4", Resource::Original),
            (
                "films/a%20b%23/%E6%98%A0.mp4",
                "/a b#/映.mp4",
                Resource::Original,
            ),
            ("films/a/b.mp4/master.m3u8", "/a/b.mp4", Resource::Master),
            (
                "films/a/b.mp4/720p.m3u8",
                "/a/b.mp4",
                Resource::Playlist(hd),
            ),
            (
                "films/a/b.mp4/audio.m3u8",
                "/a/b.mp4",
                Resource::Playlist(Rendition::Audio),
            ),
            (
                "films/a/b.mp4/720p/12.ts",
                "/a/b.mp4",
                Resource::Segment(hd, 12),
            ),
            ("films/a/b.mp4/720p.ts", "/a/b.mp4", Resource::Whole(hd)),
            ("films/a/b.mp4/poster.jpg", "/a/b.mp4", Resource::Poster),
            ("films/a/list.m3u", "/a", Resource::List(ListFormat::M3u)),
            ("films/list.xspf", "/", Resource::List(ListFormat::Xspf)),
            ("films/a/b.mp4.strm", "/a/b.mp4", Resource::Strm),
            ("films/a/", "/a", Resource::Folder),
            ("films/", "/", Resource::Folder),
            ("films", "/", Resource::Folder),
            ("films/a/720p/012.ts", "/a/720p/012.ts", Resource::Original),
            ("films/a/720p/-1.ts", "/a/720p/-1.ts", Resource::Original),
            ("films/a/144p.m3u8", "/a/144p.m3u8", Resource::Original),
            ("films/a/index.m3u8", "/a/index.m3u8", Resource::Original),
            ("films/12.ts", "/12.ts", Resource::Original),
            ("films/.strm", "/.strm", Resource::Original),
        ];
        for (text, path, resource) in cases {
            let found = Address::parse(text).unwrap();
            assert_eq!(
                (found.path.as_str(), &found.resource),
                (path, &resource),
                "{text}"
            );
        }
        for bad in ["", "a%2Fb/x", "films/%2e%2e/x", "films/a%2F..%2Fb"] {
            assert_eq!(Address::parse(bad), None, "{bad}");
        }
    }
}
