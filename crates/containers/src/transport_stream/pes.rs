//! Headers of PES packets (ISO/IEC 13818-1 §2.4.3.7).

/// Ticks per second of all times of a transport stream.
pub(super) const TICKS_PER_S: i64 = 90_000;

/// Times wrap around after this many ticks.
const WRAP: i64 = 1 << 33;

/// A time up to this far before the first one of a film is before it; any other is after it.
const MAX_BEFORE_FIRST: i64 = 60 * TICKS_PER_S;

/// The header of a PES packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PesHeader {
    /// Bytes of the whole packet; `None` where they are not announced, as for most pictures.
    pub length: Option<usize>,
    /// The presentation time in ticks, which wraps around.
    pub time: Option<i64>,
    /// Bytes of the header.
    pub bytes: usize,
}

impl PesHeader {
    /// Parses the first payload of a PES packet; `None` for other data.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let header = payload.first_chunk::<9>()?;
        if header[..3] != [0, 0, 1] || header[6] & 0xc0 != 0x80 {
            return None;
        }
        let length = usize::from(header[4]) << 8 | usize::from(header[5]);
        let has_time = header[7] & 0x80 != 0;
        Some(PesHeader {
            length: (length > 0).then_some(length + 6),
            time: has_time.then(|| time(payload.get(9..14)?)).flatten(),
            bytes: 9 + usize::from(header[8]),
        })
    }
}

/// Parses a time of 33 bits that is spread over five bytes.
fn time(bytes: &[u8]) -> Option<i64> {
    let &[a, b, c, d, e] = bytes else { return None };
    let part = |high: u8, low: u8| (i64::from(high) << 8 | i64::from(low)) >> 1;
    Some(i64::from(a >> 1 & 7) << 30 | part(b, c) << 15 | part(d, e))
}

/// Returns a time without wrapping around, for a film whose first one is `first`.
pub(super) fn unwrapped(time: i64, first: i64) -> i64 {
    let after = (time - first).rem_euclid(WRAP);
    match after > WRAP - MAX_BEFORE_FIRST {
        true => first + after - WRAP,
        false => first + after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_have_times_and_lengths() {
        let header = [
            0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, 0x21, 0x00, 0x07, 0xd8, 0x61, 9,
        ];
        let parsed = PesHeader::parse(&header).unwrap();
        assert_eq!(parsed.time, Some(126_000));
        assert_eq!((parsed.length, parsed.bytes), (None, 14));
        let sound = [0, 0, 1, 0xc0, 1, 0, 0x84, 0, 0, 7];
        let parsed = PesHeader::parse(&sound).unwrap();
        assert_eq!((parsed.length, parsed.time), (Some(262), None));
        assert_eq!(PesHeader::parse(b"no packet"), None);
    }

    #[test]
    fn times_go_on_where_they_wrap_around() {
        assert_eq!(unwrapped(100, WRAP - 50), WRAP + 100);
        assert_eq!(unwrapped(5_000, 8_000), 5_000);
        assert_eq!(unwrapped(20_000, 8_000), 20_000);
    }
}
