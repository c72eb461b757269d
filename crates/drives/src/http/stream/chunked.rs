//! Chunked bodies (RFC 9112 section 7.1), decoded as they arrive, without a copy.

use bytes::{Buf, Bytes};

/// Upper limit for the extensions of all chunks, and for the trailer, in bytes. They are read and dropped.
const MAX_IGNORED_BYTES: usize = 16 << 10;

/// The decoder, between two bytes of a body.
#[derive(Debug)]
pub(super) struct ChunkedDecoder {
    state: ChunkedState,
    ignored: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChunkedState {
    /// Within the size of a chunk, whose first digits are this number; `None` before the first one.
    Size(Option<u64>),
    /// Behind the size.
    Extension(u64),
    /// Before the line feed behind a size.
    SizeEnd(u64),
    Data(u64),
    DataEnd,
    DataEndLine,
    /// At the start of a line of the trailer.
    Trailer,
    TrailerLine,
    /// Before the last line feed.
    LastLine,
    Ended,
}

/// The next part of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DecodedChunk {
    Data(Bytes),
    /// More bytes are needed.
    NotYet,
    End,
}

/// A body that is not chunked as it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chunks of the body are malformed")]
pub(crate) struct MalformedChunks;

impl ChunkedDecoder {
    pub fn new() -> Self {
        ChunkedDecoder {
            state: ChunkedState::Size(None),
            ignored: 0,
        }
    }

    pub fn has_ended(&self) -> bool {
        self.state == ChunkedState::Ended
    }

    /// Takes the next part from `received`. What is behind the end stays there.
    pub fn decode(&mut self, received: &mut Bytes) -> Result<DecodedChunk, MalformedChunks> {
        loop {
            match self.state {
                ChunkedState::Ended => return Ok(DecodedChunk::End),
                _ if received.is_empty() => return Ok(DecodedChunk::NotYet),
                ChunkedState::Data(left) => {
                    let taken = received
                        .len()
                        .min(usize::try_from(left).unwrap_or(usize::MAX));
                    self.state = match left - taken as u64 {
                        0 => ChunkedState::DataEnd,
                        left => ChunkedState::Data(left),
                    };
                    return Ok(DecodedChunk::Data(received.split_to(taken)));
                }
                _ => self.state = self.after(received.get_u8())?,
            }
        }
    }

    /// Returns the state after a byte that is no data.
    fn after(&mut self, byte: u8) -> Result<ChunkedState, MalformedChunks> {
        use ChunkedState::*;
        Ok(match (self.state, byte) {
            (Size(size), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                let digit = char::from(byte).to_digit(16).ok_or(MalformedChunks)?;
                let size = size.unwrap_or(0).checked_mul(16).ok_or(MalformedChunks)?;
                Size(Some(size + u64::from(digit)))
            }
            (Size(Some(size)) | Extension(size), b'\r') => SizeEnd(size),
            (Size(Some(size)), b' ' | b'\t' | b';') => self.ignore(Extension(size))?,
            (Extension(_), b'\n') => return Err(MalformedChunks),
            (Extension(size), _) => self.ignore(Extension(size))?,
            (SizeEnd(0), b'\n') => {
                self.ignored = 0;
                Trailer
            }
            (SizeEnd(size), b'\n') => Data(size),
            (DataEnd, b'\r') => DataEndLine,
            (DataEndLine, b'\n') => Size(None),
            (Trailer, b'\r') => LastLine,
            (LastLine, b'\n') => Ended,
            (TrailerLine, b'\n') => Trailer,
            (Trailer | TrailerLine, _) => self.ignore(TrailerLine)?,
            _ => return Err(MalformedChunks),
        })
    }

    fn ignore(&mut self, state: ChunkedState) -> Result<ChunkedState, MalformedChunks> {
        self.ignored += 1;
        match self.ignored <= MAX_IGNORED_BYTES {
            true => Ok(state),
            false => Err(MalformedChunks),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The data of a body, and the bytes behind it.
    type Decoded = (Vec<u8>, Vec<u8>);

    /// Decodes a body that arrives in parts of `size` bytes; returns `None` if more are needed.
    fn decoded(body: &[u8], size: usize) -> Result<Option<Decoded>, MalformedChunks> {
        let mut decoder = ChunkedDecoder::new();
        let mut data = Vec::new();
        let mut parts = body.chunks(size);
        let mut received = Bytes::new();
        loop {
            match decoder.decode(&mut received)? {
                DecodedChunk::Data(chunk) => data.extend_from_slice(&chunk),
                DecodedChunk::End => {
                    assert!(decoder.has_ended());
                    let rest = parts.flatten().copied();
                    return Ok(Some((data, received.iter().copied().chain(rest).collect())));
                }
                DecodedChunk::NotYet => match parts.next() {
                    Some(part) => received = Bytes::copy_from_slice(part),
                    None => return Ok(None),
                },
            }
        }
    }

    #[test]
    fn chunks_are_decoded_wherever_they_are_cut() {
        let extension = format!("3;{}\r\nabc\r\n0\r\n\r\n", "x".repeat(16_000));
        let long_extension = format!("3;{}\r\nabc\r\n0\r\n\r\n", "x".repeat(17_000));
        let trailer = format!("0\r\nx: {}\r\n\r\n", "y".repeat(16_000));
        let long_trailer = format!("0\r\n{}\r\n", "x: y\r\n".repeat(4000));
        let bytes = |text: &str| text.as_bytes().to_vec();
        let ok = |data, behind| Ok(Some((bytes(data), bytes(behind))));
        let cases = [
            ("0\r\n\r\n", ok("", "")),
            ("3\r\nabc\r\n0\r\n\r\n", ok("abc", "")),
            ("0003\r\nabc\r\n00\r\n\r\n", ok("abc", "")),
            (
                "A\r\n0123456789\r\n1\r\n\n\r\n0\r\n\r\n",
                ok("0123456789\n", ""),
            ),
            ("3 \r\nabc\r\n0\r\n\r\nHTTP", ok("abc", "HTTP")),
            (
                "3;a=\"b\"\r\nabc\r\n0;c\r\nx: y\r\nz: a\r\n\r\n",
                ok("abc", ""),
            ),
            (extension.as_str(), ok("abc", "")),
            (trailer.as_str(), ok("", "")),
            // Not at the end.
            ("", Ok(None)),
            ("3", Ok(None)),
            ("3\r\nab", Ok(None)),
            ("3\r\nabc\r\n", Ok(None)),
            ("3\r\nabc\r\n0\r\n", Ok(None)),
            ("3\r\nabc\r\n0\r\n\r", Ok(None)),
            ("ffffffffffffffff\r\nabc", Ok(None)),
            // Malformed.
            ("\r\n", Err(MalformedChunks)),
            ("x\r\n", Err(MalformedChunks)),
            ("-1\r\n", Err(MalformedChunks)),
            ("3\nabc\r\n0\r\n\r\n", Err(MalformedChunks)),
            ("3;x\nabc\r\n0\r\n\r\n", Err(MalformedChunks)),
            ("3\r\nabcd\r\n0\r\n\r\n", Err(MalformedChunks)),
            ("3\r\nabc0\r\n\r\n", Err(MalformedChunks)),
            ("10000000000000000\r\n", Err(MalformedChunks)),
            ("0\r\n\rx", Err(MalformedChunks)),
            (long_extension.as_str(), Err(MalformedChunks)),
            (long_trailer.as_str(), Err(MalformedChunks)),
        ];
        for (body, expected) in cases {
            for size in [1, 2, 3, 7, 100_000] {
                let shown = &body[..body.len().min(60)];
                assert_eq!(
                    decoded(body.as_bytes(), size),
                    expected,
                    "{shown:?} by {size}"
                );
            }
        }
    }
}
