//! The renditions that the upstream may have of a film, and the upstream's names for them.

use crate::DriveError;
use media::{Entry, EntryKind, Rendition};

/// Returns the renditions that may exist. The upstream has no call that lists them. Its own clients go by the
/// picture's size: 720p for more than 854x480, 1080p for more than 1280x720.
pub(crate) fn possible_renditions(entry: &Entry) -> Vec<Rendition> {
    let video = |height| Rendition::Video { height };
    let width = entry.width.map(u64::from);
    let pixels = match (width, entry.height.map(u64::from)) {
        (Some(width), Some(height)) => width * height,
        (None, Some(height)) => height * height * 16 / 9,
        (Some(width), None) => width * width * 9 / 16,
        (None, None) => u64::MAX,
    };
    match entry.kind {
        EntryKind::Audio => vec![Rendition::Audio],
        EntryKind::Video if pixels > 1280 * 720 => {
            vec![video(1080), video(720), video(480), Rendition::Audio]
        }
        EntryKind::Video if pixels > 854 * 480 => {
            vec![video(720), video(480), Rendition::Audio]
        }
        EntryKind::Video => vec![video(480), Rendition::Audio],
        EntryKind::Folder | EntryKind::Image | EntryKind::Subtitle | EntryKind::Other => Vec::new(),
    }
}

/// Returns the `type` parameter of a streaming call.
pub(crate) fn kind(rendition: Rendition) -> Result<&'static str, DriveError> {
    match rendition {
        Rendition::Audio => Ok("M3U8_MP3_128"),
        Rendition::Video { height: 1080 } => Ok("M3U8_AUTO_1080"),
        Rendition::Video { height: 720 } => Ok("M3U8_AUTO_720"),
        Rendition::Video { height: 480 } => Ok("M3U8_AUTO_480"),
        Rendition::Video { .. } => Err(DriveError::unsupported(
            "playlist",
            "TeraBox has no such rendition",
        )),
    }
}

/// Returns the codecs of a rendition. Sound is requested as `M3U8_MP3_128`; the codecs of the other renditions
/// depend on the film (`None`).
pub(crate) fn codecs(rendition: Rendition) -> Option<&'static str> {
    (rendition == Rendition::Audio).then_some("mp4a.40.34")
}
