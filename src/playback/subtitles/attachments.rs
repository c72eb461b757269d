//! Leaves the fonts and pictures inside of a SubStation file out while it is read: they are most of a large one, and none
//! of its text. The positions of the fonts are kept.

use super::fonts::FontLimits;
use media::{ByteRange, SubtitleFormat};

/// A subtitle file as it was read.
pub(super) struct CollectedText {
    pub(super) text: Vec<u8>,
    /// Positions of its encoded fonts in the file.
    pub(super) fonts: Vec<ByteRange>,
}

impl CollectedText {
    /// Makes it of a text without fonts.
    pub(super) fn of(text: Vec<u8>) -> Self {
        CollectedText {
            text,
            fonts: Vec::new(),
        }
    }
}

/// Collects the text of a subtitle file, line by line.
pub(super) struct TextCollector {
    has_sections: bool,
    max_bytes: usize,
    text: Vec<u8>,
    /// The beginning of a line whose end was not read yet.
    line: Vec<u8>,
    /// Bytes of that line, those included that are not kept.
    line_bytes: u64,
    /// Offset of the next byte in the file.
    at: u64,
    section: FileSection,
    fonts: FontFinder,
}

/// The section of a SubStation file in which a line stands.
#[derive(Clone, Copy, PartialEq)]
enum FileSection {
    Text,
    Fonts,
    Graphics,
}

/// Bytes of a line that are kept while its end is looked for.
const MAX_LINE_BYTES: usize = 64 << 10;

impl TextCollector {
    /// Creates a collector of at most `max_bytes` of text.
    pub(super) fn new(format: SubtitleFormat, max_bytes: usize) -> Self {
        TextCollector {
            has_sections: format == SubtitleFormat::Ass,
            max_bytes,
            text: Vec::new(),
            line: Vec::new(),
            line_bytes: 0,
            at: 0,
            section: FileSection::Text,
            fonts: FontFinder::default(),
        }
    }

    /// Adds the next bytes of the file. Returns false after the last that are of use.
    pub(super) fn push(&mut self, bytes: &[u8]) -> bool {
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            if self.line.len() < MAX_LINE_BYTES {
                self.line.extend_from_slice(piece);
            }
            self.line_bytes += piece.len() as u64;
            self.at += piece.len() as u64;
            if piece.ends_with(b"\n") || piece.ends_with(b"\r") {
                self.end_line();
            }
        }
        self.text.len() < self.max_bytes
    }

    /// Returns the text. A file that is too long ends with its last whole line.
    pub(super) fn finish(mut self) -> CollectedText {
        self.end_line();
        if self.text.len() > self.max_bytes {
            let kept = &self.text[..self.max_bytes];
            let end = kept.iter().rposition(|byte| *byte == b'\n');
            self.text.truncate(end.map_or(self.max_bytes, |at| at + 1));
        }
        CollectedText {
            text: self.text,
            fonts: self.fonts.finish(),
        }
    }

    fn end_line(&mut self) {
        let name = self.has_sections.then(|| section(&self.line)).flatten();
        if let Some(name) = &name {
            self.fonts.end_font();
            self.section = match name.as_str() {
                "fonts" => FileSection::Fonts,
                "graphics" => FileSection::Graphics,
                _ => FileSection::Text,
            };
        }
        match self.section {
            FileSection::Text if self.text.len() <= self.max_bytes => {
                self.text.extend_from_slice(&self.line);
            }
            FileSection::Fonts if name.is_none() => {
                self.fonts.line(&self.line, self.at, self.line_bytes);
            }
            _ => {}
        }
        self.line.clear();
        self.line_bytes = 0;
    }
}

/// The fonts of one file, as they are found.
#[derive(Debug, Default)]
struct FontFinder {
    found: Vec<ByteRange>,
    limits: FontLimits,
    current: Option<EncodedFont>,
}

/// A font whose lines are being read.
#[derive(Debug)]
struct EncodedFont {
    /// Offset of its first line in the file.
    first: u64,
    /// Offset behind its last line.
    end: u64,
    /// Characters of its lines.
    chars: u64,
}

impl FontFinder {
    /// Adds a line of the section, which ends before offset `end` in the file. `bytes` is its length, its end included.
    fn line(&mut self, line: &[u8], end: u64, bytes: u64) {
        let line = line.trim_ascii();
        let is_name = |name: &[u8]| name.eq_ignore_ascii_case(b"fontname:");
        if line.get(..9).is_some_and(is_name) {
            self.end_font();
            self.current = Some(EncodedFont {
                first: end,
                end,
                chars: 0,
            });
        } else if let Some(font) = &mut self.current
            && !line.is_empty()
        {
            font.end = end;
            font.chars += bytes;
        }
    }

    /// Ends the font whose lines were added last. One that is larger than fonts may be is left out.
    fn end_font(&mut self) {
        let font = self.current.take();
        let range = font.as_ref().and_then(|font| {
            let last = font.end.checked_sub(1)?;
            ByteRange::new(font.first, last)
        });
        if let Some((font, range)) = font.zip(range)
            && self.limits.admit(font.chars.div_ceil(4) * 3)
        {
            self.found.push(range);
        }
    }

    /// Returns the positions of the fonts in the file.
    fn finish(mut self) -> Vec<ByteRange> {
        self.end_font();
        self.found
    }
}

/// Returns the name in a line `[Name]`, in lower case; `None` for other lines. The encoding of fonts has no lower-case
/// letters, so a line of a font is never taken for a section.
fn section(line: &[u8]) -> Option<String> {
    let line = std::str::from_utf8(line.trim_ascii()).ok()?;
    let name = line
        .trim_start_matches('\u{feff}')
        .strip_prefix('[')?
        .strip_suffix(']')?;
    let is_known = ["EVENTS", "FONTS", "GRAPHICS", "SCRIPT INFO"].contains(&name);
    (is_known || name.bytes().any(|byte| byte.is_ascii_lowercase())).then(|| name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(format: SubtitleFormat, max_bytes: usize, text: &str, step: usize) -> String {
        let mut collector = TextCollector::new(format, max_bytes);
        for piece in text.as_bytes().chunks(step) {
            if !collector.push(piece) {
                break;
            }
        }
        String::from_utf8(collector.finish().text).unwrap()
    }

    #[test]
    fn fonts_are_left_out_wherever_they_stand_and_count_for_nothing() {
        let font = "fontname: a.ttf\r\n[M!1A]\r\n".to_owned()
            + &"[!\"#$%&'()*+,-./0123456789\r\n".repeat(1000);
        let events = "[Events]\r\nDialogue: 0,0:00:01.00,0:00:02.00,,,,,,,One\r\n";
        for text in [
            format!("[Script Info]\r\n[Fonts]\r\n{font}{events}"),
            format!("[Script Info]\r\n{events}[Fonts]\r\n{font}[Graphics]\r\n{font}"),
        ] {
            for step in [1, 7, 4096] {
                let found = collected(SubtitleFormat::Ass, 1000, &text, step);
                assert_eq!(found, format!("[Script Info]\r\n{events}"), "{step}");
            }
        }
    }

    #[test]
    fn a_text_that_is_too_long_ends_with_a_whole_line() {
        let text = "one\ntwo\nthree\n";
        assert_eq!(collected(SubtitleFormat::Srt, 9, text, 4), "one\ntwo\n");
        assert_eq!(
            collected(SubtitleFormat::Srt, 100, "[Fonts]\nx", 4),
            "[Fonts]\nx"
        );
    }
}
