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
        let mut left = MAX_ALL_FONTS_BYTES;
        let fonts = attached.iter().filter(|it| is_font(it)).filter(|it| {
            let fits = it.size <= MAX_FONT_BYTES.min(left);
            left -= if fits { it.size } else { 0 };
            fits
        });
        let range =
            |it: &Attachment| ByteRange::new(it.offset, (it.offset + it.size).checked_sub(1)?);
        Ok(fonts.filter_map(range).take(MAX_FONTS).collect())
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
