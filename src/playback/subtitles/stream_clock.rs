//! Reads the timestamp at which the picture of an MPEG transport stream begins.
//!
//! HLS maps WebVTT times to that clock (RFC 8216 §3.5), which may begin anywhere. Without the mapping,
//! subtitles are early or late by the clock's initial value.

/// The size of a packet in bytes (ISO/IEC 13818-1 §2.4.3).
const PACKET: usize = 188;

/// The first byte of every packet.
const SYNC: u8 = 0x47;

/// Returns the presentation timestamp of the first video frame in ticks of 90 kHz, or that of the first
/// audio frame if there is no video. `None` if these are no packets of a transport stream, or neither
/// begins in them.
pub fn first_video_timestamp(bytes: &[u8]) -> Option<u64> {
    let start = (0..PACKET.min(bytes.len())).find(|start| {
        let mut packets = bytes[*start..].chunks_exact(PACKET).take(3).peekable();
        packets.peek().is_some() && packets.all(|packet| packet[0] == SYNC)
    })?;
    let mut sound = None;
    for packet in bytes[start..].chunks_exact(PACKET) {
        let Some((stream, time)) = presentation_time(packet) else {
            continue;
        };
        match stream {
            0xe0..=0xef => return Some(time),
            _ => sound = sound.or(Some(time)),
        }
    }
    sound
}

/// Parses stream id and presentation timestamp of the PES packet that begins in this packet (§2.4.3.6);
/// `None` if none begins.
fn presentation_time(packet: &[u8]) -> Option<(u8, u64)> {
    let begins = packet[0] == SYNC && packet[1] & 0x40 != 0;
    let payload = match packet[3] >> 4 & 0b11 {
        0b01 => &packet[4..],
        0b11 => packet.get(5 + usize::from(packet[4])..)?,
        _ => return None,
    };
    let &[
        0,
        0,
        1,
        stream @ 0xc0..=0xef,
        _,
        _,
        _,
        flags,
        _,
        a,
        b,
        c,
        d,
        e,
        ..,
    ] = payload
    else {
        return None;
    };
    (begins && flags & 0x80 != 0).then(|| {
        let [a, b, c, d, e] = [a, b, c, d, e].map(u64::from);
        let time = (a >> 1 & 0b111) << 30 | b << 22 | (c >> 1) << 15 | d << 7 | e >> 1;
        (stream, time)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a packet in which a PES packet of this stream begins.
    fn packet(stream: u8, time: u64, adaptation: usize) -> Vec<u8> {
        let mut packet = vec![SYNC, 0x41, 0x00, if adaptation > 0 { 0x30 } else { 0x10 }];
        if adaptation > 0 {
            packet.push(adaptation as u8);
            packet.resize(packet.len() + adaptation, 0xff);
        }
        packet.extend([0, 0, 1, stream, 0, 0, 0x80, 0x80, 5]);
        packet.extend([
            0x21 | (time >> 30 << 1) as u8,
            (time >> 22) as u8,
            0x01 | (time >> 15 << 1) as u8,
            (time >> 7) as u8,
            0x01 | (time << 1) as u8,
        ]);
        packet.resize(PACKET, 0xff);
        packet
    }

    fn filler() -> Vec<u8> {
        let mut packet = vec![SYNC, 0x1f, 0xff, 0x10];
        packet.resize(PACKET, 0xff);
        packet
    }

    #[test]
    fn the_first_picture_tells_the_time() {
        let longest = (1 << 33) - 1;
        let cases = [
            (vec![packet(0xe0, 126_000, 0)], Some(126_000)),
            (vec![packet(0xe0, longest, 7)], Some(longest)),
            (
                vec![filler(), packet(0xc0, 1, 0), packet(0xe0, 2, 0)],
                Some(2),
            ),
            (vec![packet(0xc0, 90_000, 0), filler()], Some(90_000)),
            (vec![packet(0xbd, 5, 0)], None),
            (vec![filler()], None),
            (vec![packet(0xe0, 5, 183)], None),
            (vec![vec![0; 400]], None),
            (vec![], None),
        ];
        for (packets, expected) in cases {
            assert_eq!(first_video_timestamp(&packets.concat()), expected);
        }
        let late = [vec![0; 11], packet(0xe0, 77, 0), filler()].concat();
        assert_eq!(
            first_video_timestamp(&late),
            Some(77),
            "not from the first byte on"
        );
    }
}
