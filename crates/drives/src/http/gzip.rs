//! Bodies that may be compressed with gzip (RFC 9110 §8.4), decompressed chunk by chunk as they arrive.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, HeaderMap};

use super::Streamed;
use crate::DriveError;
use crate::http::reply::{Pieces, failure, read_up_to};

/// Reads a body, decompressed, until it ends (`true`) or exceeds `limit` bytes (`false`).
pub(super) async fn read_unpacked(
    operation: &'static str,
    response: &mut Streamed,
    limit: usize,
) -> Result<(Bytes, bool), DriveError> {
    if !is_packed(response.headers()) {
        return read_up_to(operation, response, limit).await;
    }
    let mut unpacking = Unpacking::new(operation, limit);
    while let Some(piece) = response
        .next()
        .await
        .map_err(|error| failure(operation, error))?
    {
        if let Some(ended) = unpacking.take(&piece) {
            return ended;
        }
    }
    unpacking.finish()
}

fn is_packed(headers: &HeaderMap) -> bool {
    let encoding = headers.get(CONTENT_ENCODING).map(|value| value.as_bytes());
    encoding.is_some_and(|name| {
        name.eq_ignore_ascii_case(b"gzip") || name.eq_ignore_ascii_case(b"x-gzip")
    })
}

/// A body that is being decompressed.
struct Unpacking {
    operation: &'static str,
    decoder: MultiGzDecoder<Limited>,
    has_begun: bool,
}

impl Unpacking {
    fn new(operation: &'static str, limit: usize) -> Self {
        let bytes = Vec::new();
        Unpacking {
            operation,
            decoder: MultiGzDecoder::new(Limited { bytes, limit }),
            has_begun: false,
        }
    }

    /// Decompresses the next chunk. Returns the final result if that ends the body, else `None`.
    fn take(&mut self, piece: &[u8]) -> Option<Result<(Bytes, bool), DriveError>> {
        self.has_begun = true;
        let is_well = self.decoder.write_all(piece).is_ok();
        (!is_well).then(|| self.ended())
    }

    fn finish(mut self) -> Result<(Bytes, bool), DriveError> {
        // The answer to some requests declares a compression, but has no body.
        if self.has_begun && self.decoder.try_finish().is_err() {
            return self.ended();
        }
        let unpacked = self.decoder.get_mut();
        let is_whole = unpacked.bytes.len() <= unpacked.limit;
        Ok((std::mem::take(&mut unpacked.bytes).into(), is_whole))
    }

    /// Handles an early end: the limit was exceeded, or the data are malformed.
    fn ended(&mut self) -> Result<(Bytes, bool), DriveError> {
        let unpacked = self.decoder.get_mut();
        if unpacked.bytes.len() > unpacked.limit {
            return Ok((std::mem::take(&mut unpacked.bytes).into(), false));
        }
        Err(DriveError::failed(
            self.operation,
            "the reply cannot be unpacked",
        ))
    }
}

/// A buffer that accepts one byte more than `limit`, and then fails.
struct Limited {
    bytes: Vec<u8>,
    limit: usize,
}

impl Write for Limited {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let room = self
            .limit
            .saturating_add(1)
            .saturating_sub(self.bytes.len());
        let taken = &piece[..piece.len().min(room)];
        self.bytes.extend_from_slice(taken);
        match taken.len() {
            0 if !piece.is_empty() => Err(io::ErrorKind::FileTooLarge.into()),
            taken => Ok(taken),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut packing = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packing.write_all(text).unwrap();
        packing.finish().unwrap()
    }

    /// Decompresses chunks as they come.
    fn unpacked(pieces: &[&[u8]], limit: usize) -> Result<(Bytes, bool), ErrorKind> {
        let mut unpacking = Unpacking::new("test", limit);
        for piece in pieces {
            if let Some(ended) = unpacking.take(piece) {
                return ended.map_err(|error| error.kind);
            }
        }
        unpacking.finish().map_err(|error| error.kind)
    }

    #[test]
    fn what_was_packed_is_unpacked_in_any_pieces_up_to_the_limit() {
        let text = b"#EXTM3U\n".repeat(100);
        let whole = packed(&text);
        for size in [1, 7, whole.len()] {
            let pieces: Vec<&[u8]> = whole.chunks(size).collect();
            let found = unpacked(&pieces, text.len());
            assert_eq!(found, Ok((Bytes::from(text.clone()), true)), "{size}");
            let (found, is_whole) = unpacked(&pieces, text.len() - 1).unwrap();
            assert!(!is_whole && found == text);
        }
        assert_eq!(unpacked(&[], 10), Ok((Bytes::new(), true)));
    }

    #[test]
    fn what_is_cut_or_is_not_packed_is_a_failure() {
        let whole = packed(&b"#EXTM3U\n".repeat(100));
        let failed = Err(ErrorKind::UpstreamFailed);
        assert_eq!(unpacked(&[&whole[..whole.len() - 1]], 10_000), failed);
        assert_eq!(unpacked(&[&whole[..20]], 10_000), failed);
        assert_eq!(unpacked(&[b"#EXTM3U\n"], 10_000), failed);
    }

    #[test]
    fn packed_or_not_is_told_by_the_headers() {
        for (value, expected) in [
            (None, false),
            (Some("gzip"), true),
            (Some("GZIP"), true),
            (Some("x-gzip"), true),
            (Some("identity"), false),
            (Some("br"), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert(CONTENT_ENCODING, value.parse().unwrap());
            }
            assert_eq!(is_packed(&headers), expected, "{value:?}");
        }
    }
}
