//! Fonts inside of a film (RFC 9559 §21.1), with which its SubStation text is drawn.

use std::sync::Arc;

use containers::Budget;
use containers::matroska::Attachment;

use crate::bytes::Object;
use crate::governor::Priority;
use crate::playback::Playback;
use drives::DriveError;
use media::{ByteRange, Entry};

/// Fonts of one film that are offered.
const MAX_FONTS: usize = 60;
/// Bytes of one font: those of Chinese and Japanese have some ten megabytes.
const MAX_FONT_BYTES: u64 = 32 << 20;
/// Bytes of all fonts of one film that are offered: a browser loads them all.
const MAX_ALL_FONTS_BYTES: u64 = 96 << 20;

/// Counts the fonts that are offered together.
#[derive(Debug)]
pub(super) struct FontLimits {
    left: usize,
    left_bytes: u64,
}

impl Default for FontLimits {
    fn default() -> Self {
        FontLimits {
            left: MAX_FONTS,
            left_bytes: MAX_ALL_FONTS_BYTES,
        }
    }
}

impl FontLimits {
    /// Returns true if a font of this size may be offered with the others.
    pub(super) fn admit(&mut self, bytes: u64) -> bool {
        let fits = self.left > 0 && bytes > 0 && bytes <= MAX_FONT_BYTES.min(self.left_bytes);
        if fits {
            self.left -= 1;
            self.left_bytes -= bytes;
        }
        fits
    }
}

impl Playback {
    /// Returns the positions in the file of the fonts inside of a film; empty for a film that has none, or that is not
    /// repackaged.
    ///
    /// # Errors
    /// Those of [`Playback::source`].
    pub async fn fonts(&self, film: &Arc<Entry>) -> Result<Vec<ByteRange>, DriveError> {
        if !self.has_source(film) {
            return Ok(Vec::new());
        }
        let opened = Box::pin(self.source(film)).await?;
        let reader = self.index_reader(film, Priority::Opening);
        let budget = Budget::default();
        let attached = Box::pin(opened.source().attachments(&reader, &budget)).await;
        let attached = attached.map_err(|error| reader.drive_error(error))?;
        let mut limits = FontLimits::default();
        let fonts = attached.iter().filter(|it| is_font(it));
        let fonts = fonts.filter(|it| limits.admit(it.size));
        let range =
            |it: &Attachment| ByteRange::new(it.offset, (it.offset + it.size).checked_sub(1)?);
        Ok(fonts.filter_map(range).collect())
    }

    /// Returns the object in which the fonts of a film are.
    pub fn font_source(&self, film: &Arc<Entry>) -> Object {
        self.original_at(film, Priority::Opening)
    }
}

fn is_font(attachment: &Attachment) -> bool {
    let media_type = attachment.media_type.to_ascii_lowercase();
    let name = attachment.name.to_ascii_lowercase();
    let is_typed = media_type.starts_with("font/")
        || (media_type.starts_with("application/") && media_type.contains("font"))
        || media_type == "application/vnd.ms-opentype"
        || media_type == "application/x-truetype";
    let ends = [".ttf", ".otf", ".ttc", ".otc", ".woff2"];
    is_typed || ends.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_offered_within_limits() {
        let mut limits = FontLimits::default();
        let sizes = [0, MAX_FONT_BYTES + 1, MAX_FONT_BYTES, MAX_FONT_BYTES, 1];
        let admitted = sizes.map(|size| limits.admit(size));
        assert_eq!(admitted, [false, false, true, true, true]);
        assert!(!limits.admit(MAX_FONT_BYTES), "too much in all");
        let more = (0..2 * MAX_FONTS).filter(|_| limits.admit(1)).count();
        assert_eq!(more, MAX_FONTS - 3);
    }

    #[test]
    fn fonts_are_recognised_by_their_type_or_their_name() {
        for (name, media_type, expected) in [
            ("a.ttf", "application/x-truetype-font", true),
            ("a", "font/otf", true),
            ("a.OTF", "application/octet-stream", true),
            ("a.dat", "application/vnd.ms-opentype", true),
            ("cover.jpg", "image/jpeg", false),
            ("notes.txt", "text/plain", false),
        ] {
            let attachment = Attachment {
                name: name.to_owned(),
                media_type: media_type.to_owned(),
                offset: 0,
                size: 1,
            };
            assert_eq!(is_font(&attachment), expected, "{name} {media_type}");
        }
    }
}
