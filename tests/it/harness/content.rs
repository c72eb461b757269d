//! The content of files in tests. Unit tests include this file, too.

use std::sync::LazyLock;

/// A prime, so that no two blocks or parts of a file are alike.
const PERIOD: usize = 1_000_003;

static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let numbers = 0..PERIOD as u32;
    numbers
        .map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
});

/// Returns bytes that begin again after a million.
pub fn file_content(length: usize) -> Vec<u8> {
    let mut content = BYTES.repeat(length.div_ceil(PERIOD));
    content.truncate(length);
    content
}
