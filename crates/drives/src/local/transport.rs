//! Measures the length of a transport stream: from its first to its last clock reference (ISO/IEC 13818-1
//! §2.4.3.5, the PCR in the adaptation field). Only its two ends are read.

use std::fs::File;
use std::os::unix::fs::FileExt;

const PACKET: usize = 188;
/// Blu-ray puts four bytes of arrival time before each packet.
const PACKET_WITH_TIME: usize = 192;
const SYNC: u8 = 0x47;
/// Bytes that are read at each end: a clock reference comes ten times a second.
const END: u64 = 1 << 20;
/// The clock wraps around after this many ticks of 90 kHz.
const WRAP: u64 = 1 << 33;
const TICKS_PER_S: f64 = 90_000.0;

/// Returns the seconds from the first to the last clock reference, `None` if there are not two; blocks.
pub(crate) fn duration_s(file: &File) -> Option<f64> {
    let size = file.metadata().ok()?.len();
    let read = |from: u64| {
        let mut bytes = vec![0; END.min(size) as usize];
        file.read_exact_at(&mut bytes, from).ok()?;
        Some(bytes)
    };
    let head = read(0)?;
    let tail = read(size.saturating_sub(END))?;
    let (pid, first) = clocks(&head).next()?;
    let last = clocks(&tail)
        .filter(|(other, _)| *other == pid)
        .map(|(_, clock)| clock)
        .last()?;
    let ticks = (last + WRAP - first) % WRAP;
    (ticks > 0).then(|| ticks as f64 / TICKS_PER_S)
}

/// Returns the clock references in a piece of a stream, with the PID that carries each.
fn clocks(bytes: &[u8]) -> impl Iterator<Item = (u16, u64)> {
    let (start, step) = find_packets(bytes).unwrap_or((bytes.len(), PACKET));
    bytes[start..]
        .chunks(step)
        .filter_map(|chunk| clock(chunk.get(..PACKET)?))
}

/// Finds the offset of the first packet and the distance between packets; `None` if there are no packets.
fn find_packets(bytes: &[u8]) -> Option<(usize, usize)> {
    [PACKET, PACKET_WITH_TIME].into_iter().find_map(|step| {
        (0..step)
            .find(|start| {
                (0..5).all(|number| bytes.get(start + number * step).is_some_and(|b| *b == SYNC))
            })
            .map(|start| (start, step))
    })
}

fn clock(packet: &[u8]) -> Option<(u16, u64)> {
    let has_field = packet[3] & 0x20 != 0;
    let (length, flags) = (packet[4], packet[5]);
    if packet[0] != SYNC || !has_field || length < 7 || flags & 0x10 == 0 {
        return None;
    }
    let base = packet[6..11]
        .iter()
        .fold(0u64, |base, byte| base << 8 | u64::from(*byte));
    let pid = u16::from(packet[1] & 0x1f) << 8 | u16::from(packet[2]);
    Some((pid, base >> 7))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(clock: u64) -> [u8; PACKET] {
        let mut packet = [0xff; PACKET];
        packet[..6].copy_from_slice(&[SYNC, 0x01, 0x00, 0x20, 183, 0x10]);
        packet[6..11].copy_from_slice(&(clock << 7).to_be_bytes()[3..]);
        packet
    }

    #[test]
    fn the_length_is_from_the_first_to_the_last_clock_even_where_it_starts_again() {
        for (first, last, seconds) in [(0, 900_000, 10.0), (WRAP - 90_000, 90_000, 2.0)] {
            for before in [0, 4] {
                let mut bytes = Vec::new();
                for clock in [first, first, first, first, last, last] {
                    bytes.extend(vec![0; before]);
                    bytes.extend(packet(clock));
                }
                let file = tempfile::NamedTempFile::new().unwrap();
                std::fs::write(file.path(), &bytes).unwrap();
                assert_eq!(
                    duration_s(&file.reopen().unwrap()),
                    Some(seconds),
                    "{first} {before}"
                );
            }
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"G not a stream").unwrap();
        assert_eq!(duration_s(&file.reopen().unwrap()), None);
    }
}
