//! Cues of 3GPP timed text (TS 26.245) and QuickTime text. Each sample is a length and that many bytes of text.

use std::ops::Range;

use super::boxes::u16_at;
use super::cursor::{Position, SampleCursor};
use super::track::TrackIndex;
use crate::metered::Metered;
use crate::{ContainerError, ReadRange, TextCue};

/// Maximum bytes of one cue; boxes of styles behind the text are not read.
const MAX_CUE_BYTES: u64 = 16 << 10;

/// Reads the cues that are displayed within `span_ms`, on the common clock; `base` is the track's offset to it.
pub(super) async fn cues<R: ReadRange>(
    file: &mut Metered<'_, R>,
    track: &TrackIndex,
    base: i64,
    span_ms: Range<u64>,
) -> Result<Vec<TextCue>, ContainerError> {
    let mut cursor = SampleCursor::new(track.tables, Position::default());
    let timescale = track.facts.timescale;
    let mut cues = Vec::new();
    while let Some(sample) = cursor.next(file).await? {
        let start = sample.decode_time.saturating_add(base) + i64::from(sample.composition_offset);
        let end_ms = milliseconds(start + i64::from(sample.duration), timescale);
        let start_ms = milliseconds(start, timescale);
        if start_ms >= span_ms.end {
            break;
        }
        // Gaps are samples without text.
        if sample.size <= 2 || end_ms <= span_ms.start || end_ms <= start_ms {
            continue;
        }
        let length = u64::from(sample.size).min(MAX_CUE_BYTES);
        let content = file.read(sample.offset, length).await?;
        let counted = usize::from(u16_at(&content, 0));
        let bytes = content
            .get(2..(2 + counted).min(content.len()))
            .unwrap_or(&[]);
        let text = decode(bytes);
        if text.is_empty() {
            continue;
        }
        file.allocate(text.len() as u64 + 64)?;
        cues.push(TextCue {
            start_ms,
            end_ms,
            text,
        });
    }
    Ok(cues)
}

/// Returns milliseconds, rounded; a time before zero is zero.
fn milliseconds(ticks: i64, timescale: u32) -> u64 {
    let timescale = i128::from(timescale.max(1));
    let rounded = (i128::from(ticks) * 1000 + timescale / 2).div_euclid(timescale);
    u64::try_from(rounded).unwrap_or(0)
}

/// Decodes UTF-8, or UTF-16 if a byte order mark says so (§5.17.1).
fn decode(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept = |letter: &char| *letter == '\n' || !letter.is_control();
    lines
        .chars()
        .filter(kept)
        .collect::<String>()
        .trim()
        .to_owned()
}

fn utf16(bytes: &[u8], order: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|unit| order([unit[0], unit[1]]))
        .collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_in_two_encodings() {
        assert_eq!(decode("Grüße\r\nzwei".as_bytes()), "Grüße\nzwei");
        assert_eq!(decode(&[0xFE, 0xFF, 0, b'a', 0x20, 0xAC]), "a€");
        assert_eq!(decode(&[0xFF, 0xFE, b'a', 0]), "a");
    }

    #[test]
    fn a_time_before_zero_is_zero() {
        assert_eq!(milliseconds(-5, 1000), 0);
        assert_eq!(milliseconds(1_501, 3000), 500);
    }
}
