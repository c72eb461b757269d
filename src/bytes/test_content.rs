//! The content of films in tests.

use std::sync::LazyLock;

use bytes::Bytes;

/// A prime, so that no two blocks, pages or parts of a film are alike.
const PERIOD: usize = 1_000_003;

static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let numbers = 0..PERIOD as u32;
    numbers
        .map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
});

/// Returns bytes that begin again after a million.
pub(super) fn content(length: usize) -> Bytes {
    let mut content = BYTES.repeat(length.div_ceil(PERIOD));
    content.truncate(length);
    content.into()
}
