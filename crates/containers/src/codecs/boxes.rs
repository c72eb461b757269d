//! ISO base media boxes (ISO/IEC 14496-12 §4.2) inside a sample entry: walking over them, and making them.

/// Bytes of a box header with a 32-bit size.
pub(crate) const HEADER_BYTES: usize = 8;
/// Bytes of a visual sample entry before its first box, header included (§12.1.3).
pub(crate) const VISUAL_ENTRY_BYTES: usize = 86;
/// Bytes of an audio sample entry of version 0 before its first box, header included (§12.2.3).
pub(crate) const AUDIO_ENTRY_BYTES: usize = 36;

/// Returns the boxes that follow one another in `bytes`, as type and content. A box whose size breaks the
/// bounds ends the walk.
pub(crate) fn children(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let size = u32::from_be_bytes(*rest.first_chunk::<4>()?) as usize;
        let kind = *rest.get(4..)?.first_chunk::<4>()?;
        let size = if size == 0 { rest.len() } else { size };
        let content = rest.get(HEADER_BYTES..size)?;
        rest = &rest[size..];
        Some((kind, content))
    })
}

/// Returns the content of the first box of this type in `bytes`; `None` if there is none.
pub(crate) fn child<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    children(bytes)
        .find(|(found, _)| found == kind)
        .map(|(_, content)| content)
}

/// Makes a box of a type and its content.
pub(crate) fn make(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(HEADER_BYTES + content.len()).unwrap_or(u32::MAX);
    let mut made = Vec::with_capacity(HEADER_BYTES + content.len());
    made.extend_from_slice(&size.to_be_bytes());
    made.extend_from_slice(kind);
    made.extend_from_slice(content);
    made
}

/// Returns the boxes of a sample entry: those behind the fixed fields. Both layouts of QuickTime sound
/// (versions 1 and 2 of the entry) are supported, and a `wave` box is opened. Empty if the entry is too short.
pub(crate) fn entry_boxes(entry: &[u8], visual: bool) -> &[u8] {
    if visual {
        return entry.get(VISUAL_ENTRY_BYTES..).unwrap_or_default();
    }
    let version = entry
        .get(16..18)
        .map_or(0, |v| u16::from_be_bytes([v[0], v[1]]));
    // ISO files use version 1 as well, without the QuickTime fields: there a box follows at once.
    let starts = match version {
        1 => [AUDIO_ENTRY_BYTES + 16, AUDIO_ENTRY_BYTES],
        2 => [AUDIO_ENTRY_BYTES + 36, AUDIO_ENTRY_BYTES],
        _ => [AUDIO_ENTRY_BYTES, AUDIO_ENTRY_BYTES],
    };
    for start in starts {
        let boxes = entry.get(start..).unwrap_or_default();
        if children(boxes).next().is_some() {
            return child(boxes, b"wave").unwrap_or(boxes);
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_whose_size_lies_ends_the_walk() {
        let mut bytes = make(b"free", &[1, 2]);
        bytes.extend_from_slice(&[0, 0, 1, 0, b'a', b'v', b'c', b'C', 1]);
        let found: Vec<_> = children(&bytes).collect();
        assert_eq!(found, [(*b"free", &[1, 2][..])]);
        assert_eq!(children(&[0, 0, 0, 4, 1, 2, 3, 4]).count(), 0);
    }
}
