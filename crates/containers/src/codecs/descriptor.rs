//! Elementary stream descriptors (ISO/IEC 14496-1 §7.2.6), the content of an `esds` box.

/// A decoder's configuration in an `esds` box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecoderConfig<'a> {
    /// The object type indication: 0x40 for MPEG-4 sound.
    pub object_type: u8,
    /// Bytes that configure the decoder; empty if there are none.
    pub specific_info: &'a [u8],
}

const ES_DESCRIPTOR: u8 = 3;
const DECODER_CONFIG: u8 = 4;
const DECODER_SPECIFIC_INFO: u8 = 5;
const SYNC_LAYER_CONFIG: u8 = 6;

/// Parses the content of an `esds` box. `None` if it is malformed.
pub(crate) fn parse(esds: &[u8]) -> Option<DecoderConfig<'_>> {
    let (tag, es, _) = descriptor(esds.get(4..)?)?;
    if tag != ES_DESCRIPTOR {
        return None;
    }
    let flags = *es.get(2)?;
    let mut at = 3;
    if flags & 0x80 != 0 {
        at += 2;
    }
    if flags & 0x40 != 0 {
        at += 1 + usize::from(*es.get(at)?);
    }
    if flags & 0x20 != 0 {
        at += 2;
    }
    let mut rest = es.get(at..)?;
    while let Some((tag, content, next)) = descriptor(rest) {
        if tag == DECODER_CONFIG {
            let specific_info = content
                .get(13..)
                .and_then(descriptor)
                .filter(|(tag, _, _)| *tag == DECODER_SPECIFIC_INFO)
                .map_or(&[][..], |(_, content, _)| content);
            return Some(DecoderConfig {
                object_type: *content.first()?,
                specific_info,
            });
        }
        rest = next;
    }
    None
}

/// Splits off one descriptor: its tag, its content, and the bytes behind it.
fn descriptor(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let tag = *bytes.first()?;
    let mut size = 0usize;
    let mut at = 1;
    loop {
        let byte = *bytes.get(at)?;
        size = size << 7 | usize::from(byte & 0x7f);
        at += 1;
        if byte & 0x80 == 0 {
            break;
        }
        if at > 4 {
            return None;
        }
    }
    let rest = &bytes[at..];
    // Some files give a length that reaches past the box: the bytes that exist are taken.
    let (content, next) = rest.split_at(size.min(rest.len()));
    Some((tag, content, next))
}

/// Makes an `esds` box. `stream_type` is 5 for sound and 4 for pictures.
pub(crate) fn esds(object_type: u8, stream_type: u8, specific_info: &[u8]) -> Vec<u8> {
    let mut config = vec![object_type, stream_type << 2 | 1];
    config.extend_from_slice(&[0; 3]); // buffer size
    config.extend_from_slice(&[0; 8]); // highest and mean bit rate: not known
    if !specific_info.is_empty() {
        push(&mut config, DECODER_SPECIFIC_INFO, specific_info);
    }
    let mut es = vec![0, 0, 0];
    push(&mut es, DECODER_CONFIG, &config);
    push(&mut es, SYNC_LAYER_CONFIG, &[2]);
    let mut content = vec![0; 4];
    push(&mut content, ES_DESCRIPTOR, &es);
    super::boxes::make(b"esds", &content)
}

fn push(to: &mut Vec<u8>, tag: u8, content: &[u8]) {
    let size = content.len();
    to.push(tag);
    // The length always takes four bytes, as most writers do.
    for shift in [21, 14, 7] {
        to.push((size >> shift) as u8 & 0x7f | 0x80);
    }
    to.push(size as u8 & 0x7f);
    to.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_read_back() {
        let made = esds(0x40, 5, &[0x12, 0x10]);
        let read = parse(&made[8..]).unwrap();
        assert_eq!(
            (read.object_type, read.specific_info),
            (0x40, &[0x12, 0x10][..])
        );
        let bare = esds(0x6b, 5, &[]);
        assert!(parse(&bare[8..]).unwrap().specific_info.is_empty());
        for cut in 8..made.len() {
            let _ = parse(&made[8..cut]);
        }
    }
}
