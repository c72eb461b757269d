//! Packets of a transport stream (ISO/IEC 13818-1 §2.4.3), and where they stand in a file.

use bytes::Bytes;

use crate::{ContainerError, ReadRange};

/// Bytes of a packet.
pub(super) const PACKET_BYTES: usize = 188;

/// The first byte of each packet.
const SYNC: u8 = 0x47;

/// Packets in a row by which a file is recognised.
const MAGIC_PACKETS: usize = 5;

/// Packets of one read: some 256 KB.
const PACKETS_PER_READ: usize = 1394;

/// The distance of packets in a file, and what stands around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Framing {
    /// Bytes from one packet to the next: 188, 192 (Blu-ray and AVCHD: four bytes of arrival time in front of each), or
    /// 204 (sixteen bytes of error correction behind each).
    unit: usize,
    /// Bytes in front of a packet.
    lead: usize,
    /// Position of the first unit in the file.
    pub start: u64,
}

impl Framing {
    /// Recognises a file by its first bytes, of which a kilobyte is enough; `None` for other files.
    pub fn of(head: &[u8]) -> Option<Self> {
        let frames = [(PACKET_BYTES, 0), (192, 4), (204, 0)];
        frames.into_iter().find_map(|(unit, lead)| {
            let is_sync = |at: usize| head.get(at) == Some(&SYNC);
            let first = (0..unit).find(|at| (0..MAGIC_PACKETS).all(|n| is_sync(at + n * unit)))?;
            let start = (first + unit - lead) % unit;
            Some(Framing {
                unit,
                lead,
                start: start as u64,
            })
        })
    }

    /// Returns the position of the unit at or before `position`.
    pub fn align(&self, position: u64) -> u64 {
        let inside = position.saturating_sub(self.start) / self.unit as u64;
        self.start + inside * self.unit as u64
    }
}

/// One packet.
#[derive(Clone, Copy)]
pub(super) struct Packet<'a>(&'a [u8]);

impl<'a> Packet<'a> {
    pub fn pid(self) -> u16 {
        u16::from(self.0[1] & 0x1f) << 8 | u16::from(self.0[2])
    }

    /// Returns true if a PES packet or a section begins in it.
    pub fn starts_unit(self) -> bool {
        self.0[1] & 0x40 != 0
    }

    /// Returns the adaptation field after its length; empty if there is none.
    fn adaptation(self) -> &'a [u8] {
        match self.0[3] & 0x20 {
            0 => &[],
            _ => self.0.get(5..5 + usize::from(self.0[4])).unwrap_or(&[]),
        }
    }

    /// Returns true if decoders can start here, as far as the packet says so (`random_access_indicator`).
    pub fn is_random_access(self) -> bool {
        self.adaptation()
            .first()
            .is_some_and(|flags| flags & 0x40 != 0)
    }

    /// Returns the six bytes of the clock reference; `None` if it has none.
    pub fn clock_reference(self) -> Option<[u8; 6]> {
        let field = self.adaptation();
        let has_clock = field.first()? & 0x10 != 0;
        has_clock
            .then(|| field.get(1..7)?.first_chunk().copied())
            .flatten()
    }

    /// Returns the payload; `None` if there is none, or if it is scrambled.
    pub fn payload(self) -> Option<&'a [u8]> {
        let has_payload = self.0[3] & 0x10 != 0 && self.0[3] & 0xc0 == 0;
        let skipped = match self.0[3] & 0x20 {
            0 => 4,
            _ => 5 + usize::from(self.0[4]),
        };
        has_payload.then(|| self.0.get(skipped..)).flatten()
    }
}

/// Makes a packet without payload that has a clock reference.
pub(super) fn clock_packet(pid: u16, clock: [u8; 6]) -> [u8; PACKET_BYTES] {
    let mut packet = [0xff; PACKET_BYTES];
    packet[..6].copy_from_slice(&[SYNC, (pid >> 8) as u8, pid as u8, 0x20, 183, 0x10]);
    packet[6..12].copy_from_slice(&clock);
    packet
}

/// Makes the packets of a section of tables (§2.4.4). `first_counter` is the continuity counter of the first.
pub(super) fn section_packets(pid: u16, section: &[u8], first_counter: usize) -> Vec<u8> {
    let content: Vec<u8> = [&[0], section].concat();
    let mut packets = Vec::new();
    for (n, part) in content.chunks(PACKET_BYTES - 4).enumerate() {
        let start = if n == 0 { 0x40 } else { 0 };
        let counter = ((first_counter + n) & 0x0f) as u8;
        packets.extend([SYNC, start | (pid >> 8) as u8, pid as u8, 0x10 | counter]);
        packets.extend_from_slice(part);
        packets.resize(packets.len() + PACKET_BYTES - 4 - part.len(), 0xff);
    }
    packets
}

/// Reads the packets of a file from some position on.
#[derive(Debug)]
pub(super) struct PacketReader {
    framing: Framing,
    /// Position of `chunk` in the file.
    position: u64,
    chunk: Bytes,
    /// Position in `chunk` of the next unit.
    at: usize,
}

impl PacketReader {
    /// Creates a reader from a position that is the start of a unit, or anywhere: it finds the next one.
    pub fn new(framing: Framing, position: u64) -> Self {
        PacketReader {
            framing,
            position,
            chunk: Bytes::new(),
            at: 0,
        }
    }

    /// Creates a reader of bytes that were read already.
    pub fn of_bytes(framing: Framing, position: u64, chunk: Bytes) -> Self {
        PacketReader {
            framing,
            position,
            chunk,
            at: 0,
        }
    }

    /// Returns the position in the file up to which packets were taken.
    pub fn position(&self) -> u64 {
        self.position + self.at as u64
    }

    /// Reads the next chunk; `false` at the end of the file.
    pub async fn fill<R: ReadRange>(&mut self, reader: &R) -> Result<bool, ContainerError> {
        let from = self.position();
        let most = (PACKETS_PER_READ * self.framing.unit) as u64;
        let length = reader.size().saturating_sub(from).min(most) as usize;
        if length < self.framing.lead + PACKET_BYTES {
            return Ok(false);
        }
        self.chunk = reader.read(from, length).await?;
        self.position = from;
        self.at = 0;
        Ok(self.chunk.len() >= self.framing.lead + PACKET_BYTES)
    }

    /// Takes the next packet of the chunk: the position in the chunk of its first byte. `None` at its end.
    pub fn take(&mut self) -> Option<usize> {
        let Framing { unit, lead, .. } = self.framing;
        let has_sync = |at: usize| self.chunk.get(at + lead) == Some(&SYNC);
        if !has_sync(self.at) {
            // Damaged: the next packet is where another follows it.
            let mut found = (self.at..self.chunk.len()).filter(|at| {
                has_sync(*at) && (has_sync(at + unit) || at + unit >= self.chunk.len())
            });
            self.at = found.next().unwrap_or(self.chunk.len());
        }
        let start = self.at + lead;
        if start + PACKET_BYTES > self.chunk.len() {
            return None;
        }
        self.at = (self.at + unit).min(self.chunk.len());
        Some(start)
    }

    /// Returns the packet at a position that [`take`](Self::take) returned.
    pub fn packet(&self, start: usize) -> Packet<'_> {
        Packet(&self.chunk[start..start + PACKET_BYTES])
    }

    /// Returns the position in the file of the unit of a packet.
    pub fn offset(&self, start: usize) -> u64 {
        self.position + (start - self.framing.lead) as u64
    }

    /// Returns bytes of the chunk.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Bytes {
        self.chunk.slice(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_recognised_by_the_distance_of_their_packets() {
        let packets = |unit: usize, lead: usize, garbage: usize| {
            let mut bytes = vec![0; garbage];
            for _ in 0..12 {
                let mut unit_bytes = vec![1; unit];
                unit_bytes[lead] = SYNC;
                bytes.extend(unit_bytes);
            }
            bytes.truncate(1024 + garbage);
            bytes
        };
        for (unit, lead, garbage, start) in [
            (188, 0, 0, 0),
            (188, 0, 100, 100),
            (192, 4, 0, 0),
            (192, 4, 50, 50),
            (204, 0, 3, 3),
        ] {
            let found = Framing::of(&packets(unit, lead, garbage));
            assert_eq!(found, Some(Framing { unit, lead, start }), "{unit}");
        }
        assert_eq!(Framing::of(b"G not a stream"), None);
        assert_eq!(Framing::of(&[0; 1024]), None);
    }

    #[test]
    fn a_reader_goes_on_behind_damaged_bytes() {
        let packet = clock_packet(256, [1, 2, 3, 4, 5, 6]);
        let bytes = [&packet[..], &packet, &[9; 77], &packet, &packet].concat();
        let framing = Framing {
            unit: 188,
            lead: 0,
            start: 0,
        };
        let mut reader = PacketReader::of_bytes(framing, 1000, bytes.into());
        let mut found = Vec::new();
        while let Some(start) = reader.take() {
            assert_eq!(reader.packet(start).pid(), 256);
            assert_eq!(
                reader.packet(start).clock_reference(),
                Some([1, 2, 3, 4, 5, 6])
            );
            assert_eq!(reader.packet(start).payload(), None);
            found.push(reader.offset(start));
        }
        assert_eq!(found, [1000, 1188, 1453, 1641]);
    }

    #[test]
    fn a_long_section_takes_several_packets() {
        let packets = section_packets(0x1234, &[7; 200], 15);
        assert_eq!(packets.len(), 2 * PACKET_BYTES);
        assert_eq!(packets[..6], [SYNC, 0x52, 0x34, 0x1f, 0, 7]);
        assert_eq!(packets[188..193], [SYNC, 0x12, 0x34, 0x10, 7]);
        assert_eq!(packets.last(), Some(&0xff));
    }
}
