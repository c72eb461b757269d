//! The tables that name the streams of a program (ISO/IEC 13818-1 §2.4.4): the association table (PAT) and the map
//! (PMT), read and written.

use super::packet::Packet;

/// The longest section of these tables, with its header.
const MAX_SECTION_BYTES: usize = 1024;

/// An elementary stream of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ElementaryStream {
    pub stream_type: u8,
    pub pid: u16,
    /// Its descriptors, as they stand in the table.
    pub descriptors: Vec<u8>,
}

/// The streams of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProgramMap {
    pub program: u16,
    pub clock_pid: u16,
    pub descriptors: Vec<u8>,
    pub streams: Vec<ElementaryStream>,
}

/// Collects the sections of one PID.
#[derive(Debug, Default)]
pub(super) struct SectionBuffer {
    bytes: Vec<u8>,
    is_open: bool,
}

impl SectionBuffer {
    /// Takes a packet of the PID, and returns the section that is complete with it.
    pub fn push(&mut self, packet: Packet<'_>) -> Option<Vec<u8>> {
        let payload = packet.payload()?;
        if packet.starts_unit() {
            let skipped = 1 + usize::from(*payload.first()?);
            self.bytes.clear();
            self.bytes.extend_from_slice(payload.get(skipped..)?);
            self.is_open = true;
        } else if self.is_open {
            self.bytes.extend_from_slice(payload);
        }
        let header = self.bytes.get(..3).filter(|_| self.is_open)?;
        let length = 3 + (usize::from(header[1] & 0x0f) << 8 | usize::from(header[2]));
        if length > MAX_SECTION_BYTES {
            self.is_open = false;
            return None;
        }
        let section = self.bytes.get(..length)?.to_vec();
        self.is_open = false;
        Some(section)
    }
}

/// Returns the content of a section of this table, without header and checksum; `None` for another table, or one that
/// applies later.
fn content(section: &[u8], table: u8) -> Option<&[u8]> {
    let is_current = *section.first()? == table && section.get(5)? & 1 == 1;
    is_current
        .then(|| section.get(8..section.len().checked_sub(4)?))
        .flatten()
}

/// Returns the programs of an association table with the PIDs of their maps.
pub(super) fn programs(section: &[u8]) -> Option<Vec<(u16, u16)>> {
    let rows = content(section, 0)?.chunks_exact(4);
    let number = |high: u8, low: u8| u16::from(high) << 8 | u16::from(low);
    let rows = rows.map(|row| (number(row[0], row[1]), number(row[2] & 0x1f, row[3])));
    // Program 0 is the network's information.
    Some(rows.filter(|(program, _)| *program != 0).collect())
}

impl ProgramMap {
    /// Parses a section; `None` for other or malformed ones.
    pub fn parse(section: &[u8]) -> Option<Self> {
        let bytes = content(section, 2)?;
        let number =
            |at: usize| Some(u16::from(*bytes.get(at)?) << 8 | u16::from(*bytes.get(at + 1)?));
        let length = usize::from(number(2)? & 0x0fff);
        let mut at = 4 + length;
        let mut streams = Vec::new();
        while at + 5 <= bytes.len() {
            let length = usize::from(number(at + 3)? & 0x0fff);
            streams.push(ElementaryStream {
                stream_type: bytes[at],
                pid: number(at + 1)? & 0x1fff,
                descriptors: bytes.get(at + 5..at + 5 + length)?.to_vec(),
            });
            at += 5 + length;
        }
        Some(ProgramMap {
            program: u16::from(*section.get(3)?) << 8 | u16::from(*section.get(4)?),
            clock_pid: number(0)? & 0x1fff,
            descriptors: bytes.get(4..4 + length)?.to_vec(),
            streams,
        })
    }

    /// Writes a section of the map with some of its streams.
    pub fn section(&self, pids: &[u16]) -> Vec<u8> {
        let mut content = (0xe000 | self.clock_pid).to_be_bytes().to_vec();
        content.extend((0xf000 | self.descriptors.len() as u16).to_be_bytes());
        content.extend(&self.descriptors);
        for stream in self.streams.iter().filter(|it| pids.contains(&it.pid)) {
            content.push(stream.stream_type);
            content.extend((0xe000 | stream.pid).to_be_bytes());
            content.extend((0xf000 | stream.descriptors.len() as u16).to_be_bytes());
            content.extend(&stream.descriptors);
        }
        section(2, self.program, &content)
    }

    /// Writes a section of an association table with this program alone.
    pub fn association(&self, map_pid: u16) -> Vec<u8> {
        let row = [self.program.to_be_bytes(), (0xe000 | map_pid).to_be_bytes()];
        section(0, 1, &row.concat())
    }
}

fn section(table: u8, id: u16, content: &[u8]) -> Vec<u8> {
    let length = 0xb000 | (content.len() + 9) as u16;
    let mut bytes = vec![table];
    bytes.extend(length.to_be_bytes());
    bytes.extend(id.to_be_bytes());
    bytes.extend([0xc1, 0, 0]);
    bytes.extend(content);
    let checksum = crc32(&bytes);
    bytes.extend(checksum.to_be_bytes());
    bytes
}

/// Returns the checksum of ISO/IEC 13818-1 Annex A.
fn crc32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| {
            crc << 1 ^ if crc >> 31 == 1 { 0x04c1_1db7 } else { 0 }
        })
    })
}

/// Returns the descriptors in some bytes: tag and content.
pub(super) fn descriptors(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (&tag, after) = rest.split_first()?;
        let (&length, after) = after.split_first()?;
        let content = after.get(..usize::from(length))?;
        rest = &after[usize::from(length)..];
        Some((tag, content))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_that_was_written_is_read_again() {
        let stream = |pid, descriptors: &[u8]| ElementaryStream {
            stream_type: 0x0f,
            pid,
            descriptors: descriptors.to_vec(),
        };
        let map = ProgramMap {
            program: 7,
            clock_pid: 0x100,
            descriptors: b"\x05\x04HDMV".to_vec(),
            streams: vec![
                stream(0x100, &[]),
                stream(0x101, b"\x0a\x04deu\0"),
                stream(0x102, &[]),
            ],
        };
        assert_eq!(
            ProgramMap::parse(&map.section(&[0x100, 0x101, 0x102])),
            Some(map.clone())
        );
        let some = ProgramMap::parse(&map.section(&[0x101])).unwrap();
        assert_eq!(some.streams, [map.streams[1].clone()]);
        assert_eq!(programs(&map.association(0x1000)), Some(vec![(7, 0x1000)]));
        // A checksum over a section with its checksum is zero.
        assert_eq!(crc32(&map.section(&[])), 0);
        assert_eq!(crc32(&map.association(1)), 0);
        let found: Vec<_> = descriptors(&map.streams[1].descriptors).collect();
        assert_eq!(found, [(0x0a, &b"deu\0"[..])]);
        assert_eq!(ProgramMap::parse(&map.association(1)), None);
    }
}
