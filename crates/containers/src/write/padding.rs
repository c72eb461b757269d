//! Padding: `free` boxes (ISO/IEC 14496-12 §8.1.2).

use bytes::Bytes;

const HEADER_BYTES: usize = 8;

/// Makes a `free` box of `length` bytes, header included. `None` if no box is that short or that long.
pub(crate) fn padding(length: u64) -> Option<Bytes> {
    let size = u32::try_from(length).ok()?;
    let mut made = vec![0; usize::try_from(length).ok()?];
    made.get_mut(..4)?.copy_from_slice(&size.to_be_bytes());
    made.get_mut(4..HEADER_BYTES)?.copy_from_slice(b"free");
    Some(made.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_a_box_of_its_length() {
        assert_eq!(padding(10).unwrap().as_ref(), b"\0\0\0\x0afree\0\0");
        assert_eq!(padding(7), None);
    }
}
