//! Fonts inside of a SubStation file, in its section `[Fonts]`. They are found while the text is read (`attachments`), and
//! decoded while they are sent, so none is in memory as a whole.
//!
//! Three bytes are four characters of six bits each, plus 33, in lines of 80; what is left at the end is two or three
//! characters (Sub Station Alpha v4.00+ Script Format, Appendix B; libass `decode_font`).

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::ready;
use futures_util::stream::{self, BoxStream, StreamExt};

use super::Playback;
use drives::{DriveError, ErrorKind};
use media::{Entry, SubtitleOrigin};

/// Added to each value of six bits.
const OFFSET: u8 = 33;

/// Decodes the lines of one font.
#[derive(Debug, Default)]
struct FontDecoder {
    /// Up to three values of six bits.
    pending: Vec<u8>,
}

impl FontDecoder {
    /// Decodes the next bytes of the file. Those that are no encoded values, such as the ends of lines, are left out.
    fn push(&mut self, bytes: &[u8]) -> Bytes {
        let mut decoded = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
        for byte in bytes {
            let value = byte.checked_sub(OFFSET).filter(|value| *value < 64);
            self.pending.extend(value);
            if let [a, b, c, d] = self.pending[..] {
                decoded.extend_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
                self.pending.clear();
            }
        }
        decoded.into()
    }

    /// Returns the last one or two bytes, if the length of the font is no multiple of three.
    fn finish(&mut self) -> Bytes {
        match std::mem::take(&mut self.pending)[..] {
            [a, b] => vec![a << 2 | b >> 4].into(),
            [a, b, c] => vec![a << 2 | b >> 4, b << 4 | c >> 2].into(),
            _ => Bytes::new(),
        }
    }
}

impl Playback {
    /// Opens one of the fonts inside of a film's subtitles; its bytes are decoded as they are read.
    ///
    /// # Errors
    /// `not_found` if there is no such font.
    pub async fn font_of_subtitles(
        &self,
        film: &Arc<Entry>,
        id: &str,
        number: usize,
    ) -> Result<BoxStream<'static, Result<Bytes, DriveError>>, DriveError> {
        let missing = || DriveError::new(ErrorKind::NotFound, "subtitles", "no such font");
        let text = self.subtitle_text(film, id).await?;
        let range = *text.fonts.get(number).ok_or_else(missing)?;
        let SubtitleOrigin::File(file) = self.subtitles_of_id(film, id).await?.origin else {
            return Err(missing());
        };
        let object = self.original(&Arc::new(*file));
        let body = self.engine.read(&object, Some(range)).await?.body;
        let pieces = body.map(Some).chain(stream::iter([None]));
        let decoded = pieces.scan(FontDecoder::default(), |decoder, piece| {
            ready(Some(match piece {
                Some(piece) => piece.map(|bytes| decoder.push(&bytes)),
                None => Ok(decoder.finish()),
            }))
        });
        let is_empty =
            |piece: &Result<Bytes, DriveError>| piece.as_ref().is_ok_and(Bytes::is_empty);
        Ok(decoded.filter(move |piece| ready(!is_empty(piece))).boxed())
    }
}

/// Returns the fonts inside of a SubStation file.
#[cfg(any(test, fuzzing))]
pub fn fonts_in_file(file: &[u8]) -> Vec<Vec<u8>> {
    let mut collector =
        super::attachments::TextCollector::new(media::SubtitleFormat::Ass, file.len() + 1);
    collector.push(file);
    let ranges = collector.finish().fonts.into_iter();
    let fonts = ranges.map(|range| {
        let mut decoder = FontDecoder::default();
        let encoded = &file[range.first as usize..=range.last as usize];
        [decoder.push(encoded), decoder.finish()].concat()
    });
    fonts.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Encodes a font, as an editor of subtitles does.
    fn encoded(font: &[u8], line_end: &str) -> String {
        let mut text = String::new();
        for three in font.chunks(3) {
            let mut whole = [0; 3];
            whole[..three.len()].copy_from_slice(three);
            let [a, b, c] = whole;
            let values = [
                a >> 2,
                (a & 3) << 4 | b >> 4,
                (b & 15) << 2 | c >> 6,
                c & 63,
            ];
            let kept = &values[..three.len() + 1];
            text.extend(kept.iter().map(|value| char::from(value + OFFSET)));
        }
        let lines = text.as_bytes().chunks(80);
        let lines = lines.map(|line| String::from_utf8(line.to_vec()).unwrap() + line_end);
        lines.collect()
    }

    #[test]
    fn fonts_are_found_wherever_they_stand() {
        let fonts = [vec![0; 61], (0..=255).collect::<Vec<u8>>(), vec![255, 1]];
        for end in ["\n", "\r\n"] {
            let [one, two, three] = fonts.each_ref().map(|font| encoded(font, end));
            let file = [
                "[Script Info]",
                "fontname: no_font.ttf",
                "!!!!",
                "[FONTS]",
                "!!!!",
                "fontname: one_0.ttf",
                one.trim_end(),
                "Fontname: empty_0.ttf",
                "fontname: two_B0.ttf",
                two.trim_end(),
                "",
                "[Events]",
                "Dialogue: 0,0:00:01.00,0:00:02.00,,,,,,,One",
                "[Fonts]",
                "fontname: three_0.otf",
                three.trim_end(),
            ]
            .join(end);
            assert_eq!(fonts_in_file(file.as_bytes()), fonts, "{end:?}");
        }
    }

    #[test]
    fn a_font_of_the_specification_is_decoded() {
        // Three bytes become four characters: 0x00 0xff 0x10 is 0, 15, 60, 16.
        assert_eq!(encoded(&[0x00, 0xff, 0x10], "\n"), "!0]1\n");
        let file = b"[Fonts]\nfontname: a_0.ttf\n!0]1\n";
        assert_eq!(fonts_in_file(file), [vec![0x00, 0xff, 0x10]]);
    }

    proptest! {
        #[test]
        fn every_font_comes_back(font in prop::collection::vec(any::<u8>(), 1..500)) {
            let file = format!("[Fonts]\nfontname: a_0.ttf\n{}", encoded(&font, "\r\n"));
            prop_assert_eq!(fonts_in_file(file.as_bytes()), [font]);
        }
    }
}
