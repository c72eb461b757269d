//! The fuzzer's entry point on files that are nearly valid.

use proptest::prelude::*;

use super::fixtures::ffmpeg;
use crate::fuzzing;

proptest! {
    #[test]
    fn changed_bytes_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        use std::sync::OnceLock;
        static FILM: OnceLock<Vec<u8>> = OnceLock::new();
        let film = FILM.get_or_init(|| {
            let room = tempfile::tempdir().unwrap();
            let arguments = "-f lavfi -i testsrc2=s=32x32:r=10:d=1 -f lavfi -i sine=440:d=1 -c:v libx264 -preset ultrafast \
                             -c:a eac3";
            std::fs::read(ffmpeg(room.path(), "film.mkv", arguments)).unwrap()
        });
        let mut data = film.clone();
        for (index, value) in changes {
            // Mutations of headers find the most.
            let at = index.index(data.len().min(1_500));
            data[at] = value;
        }
        fuzzing::matroska(&data);
    }
}
