//! Films of numbers that look random, for tests that count bytes: no two films have a byte sequence in common, and each is as
//! long as a test needs. There is a 480p rendition, of transport stream packets that decoders skip, and an original.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::bundled::FIRST_DAY_S;
use super::nodes::{
    BundledFilm, Content, Details, Node, Quality, SampleRendition, SampleSource, SegmentRange,
    md5_hex,
};

/// Length of a segment, in seconds.
const SEGMENT_S: f64 = 10.0;

/// Size of a packet, in bytes (ISO/IEC 13818-1, section 2.4.3).
const PACKET_BYTES: usize = 188;

/// The header of a packet that has no stream: PID 8191, a payload alone.
const PACKET_HEADER: [u8; 4] = [0x47, 0x1f, 0xff, 0x10];

/// The numbers of the films of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GeneratedFilms {
    /// The number of films: `/Film 1.mp4` and so on.
    pub films: usize,
    /// The number of segments of each, of ten seconds.
    pub segments: usize,
    /// The number of packets of a segment, of 188 bytes.
    pub packets: usize,
}

impl GeneratedFilms {
    /// Returns all entries of the account.
    pub fn account(self) -> Vec<Node> {
        let mut nodes = vec![Node::new("/", 0, FIRST_DAY_S, Content::Folder)];
        for number in 1..=self.films {
            let film = Arc::new(self.film(number));
            let size = film.original.len() as u64;
            let path = format!("/Film {number}.mp4");
            let modified_s = FIRST_DAY_S + number as i64 * 60;
            nodes.push(Node::new(&path, size, modified_s, Content::Film(film)));
        }
        nodes
    }

    fn film(self, number: usize) -> BundledFilm {
        let title = format!("Film {number}");
        let length_bytes = (self.packets * PACKET_BYTES) as u64;
        let mut random = Random(number as u64);
        let object = random.packets(self.segments * self.packets);
        let segment = |at: usize| SegmentRange {
            offset_bytes: at as u64 * length_bytes,
            length_bytes,
            duration_s: SEGMENT_S,
        };
        let rendition = SampleRendition {
            object_bytes: object.len() as u64,
            object: SampleSource::Memory(object),
            etag: md5_hex(&format!("{title} 480")),
            segments: (0..self.segments).map(segment).collect(),
        };
        let details = Details {
            duration_s: self.segments as f64 * SEGMENT_S,
            width: 854,
            height: 480,
            frame_rate: 24.0,
            video_codec: "h264".to_owned(),
            audio_codec: "aac".to_owned(),
            format_name: "mov,mp4,m4a,3gp,3g2,mj2".to_owned(),
            ..Details::default()
        };
        BundledFilm {
            title,
            details,
            renditions: BTreeMap::from([(Quality::P480, Arc::new(rendition))]),
            original: random.packets(self.packets),
            sound: None,
            posters: BTreeMap::new(),
        }
    }
}

/// A sequence of numbers that look random (Marsaglia, “Xorshift RNGs”, 2003, with a multiplication).
struct Random(u64);

impl Random {
    fn packets(&mut self, count: usize) -> Bytes {
        let mut all = Vec::with_capacity(count * PACKET_BYTES);
        for _ in 0..count {
            all.extend_from_slice(&PACKET_HEADER);
            for _ in 0..(PACKET_BYTES - PACKET_HEADER.len()) / 8 {
                all.extend_from_slice(&self.next().to_le_bytes());
            }
        }
        all.into()
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_segments_are_the_same() {
        let films = GeneratedFilms {
            films: 3,
            segments: 4,
            packets: 5,
        };
        let mut seen = HashSet::new();
        let mut etags = HashSet::new();
        for node in films.account() {
            let Content::Film(film) = node.content else {
                continue;
            };
            let rendition = &film.renditions[&Quality::P480];
            let SampleSource::Memory(object) = &rendition.object else {
                panic!("generated films are in memory")
            };
            etags.insert(rendition.etag.clone());
            for packet in object.chunks(PACKET_BYTES) {
                assert!(packet.len() == PACKET_BYTES && packet[0] == 0x47);
                assert!(seen.insert(packet.to_vec()));
            }
            let last = rendition.segments.last().unwrap();
            assert_eq!(last.offset_bytes + last.length_bytes, object.len() as u64);
        }
        assert_eq!((seen.len(), etags.len()), (3 * 4 * 5, 3));
    }
}
