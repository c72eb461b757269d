//! Text that arrives in pieces: bytes that are no UTF-8 become U+FFFD, so that one name in another encoding does not cost
//! the list that it is in.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, StreamExt};

use crate::json::count_odd;

/// Returns the pieces as UTF-8. A text that had to be mended is counted once.
pub(crate) fn mended(
    pieces: BoxStream<'static, io::Result<Bytes>>,
) -> BoxStream<'static, io::Result<Bytes>> {
    let mut mender = Mender::default();
    pieces
        .map(Some)
        .chain(futures_util::stream::iter([None]))
        .filter_map(move |piece| {
            let text = match piece {
                Some(Ok(piece)) => Some(Ok(mender.push(piece))),
                Some(Err(error)) => Some(Err(error)),
                None => mender.end().map(Ok),
            };
            std::future::ready(text)
        })
        .boxed()
}

#[derive(Default)]
struct Mender {
    /// The beginning of a character whose end has not arrived.
    begun: BytesMut,
    has_counted: bool,
}

impl Mender {
    fn push(&mut self, piece: Bytes) -> Bytes {
        let all = match self.begun.is_empty() {
            true => piece,
            false => {
                self.begun.extend_from_slice(&piece);
                self.begun.split().freeze()
            }
        };
        let whole = all.len() - incomplete(&all);
        self.begun.extend_from_slice(&all[whole..]);
        self.valid(all.slice(..whole))
    }

    fn end(&mut self) -> Option<Bytes> {
        let rest = self.begun.split().freeze();
        (!rest.is_empty()).then(|| self.valid(rest))
    }

    fn valid(&mut self, bytes: Bytes) -> Bytes {
        if std::str::from_utf8(&bytes).is_ok() {
            return bytes;
        }
        if !self.has_counted {
            self.has_counted = true;
            count_odd("a text");
        }
        String::from_utf8_lossy(&bytes).into_owned().into()
    }
}

/// Returns the length of the character at the end of `bytes` whose last bytes are missing; 0 for none.
fn incomplete(bytes: &[u8]) -> usize {
    let last = &bytes[bytes.len().saturating_sub(3)..];
    for (at, byte) in last.iter().enumerate() {
        let length = match byte {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => continue,
        };
        let found = &last[at..];
        let continues = found[1..].iter().all(|byte| byte & 0xC0 == 0x80);
        if continues && found.len() < length {
            return found.len();
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(pieces: &[&[u8]]) -> String {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let mut pieces = mended(futures_util::stream::iter(pieces).boxed());
        let mut text = Vec::new();
        while let Some(piece) = pieces.next().await {
            text.extend_from_slice(&piece.unwrap());
        }
        String::from_utf8(text).unwrap()
    }

    #[tokio::test]
    async fn characters_are_joined_across_pieces_and_other_bytes_are_mended() {
        let film = "Кино 🎬 é".as_bytes();
        for cut in 0..=film.len() {
            assert_eq!(text(&[&film[..cut], &film[cut..]]).await, "Кино 🎬 é");
        }
        let one_by_one: Vec<&[u8]> = film.chunks(1).collect();
        assert_eq!(text(&one_by_one).await, "Кино 🎬 é");
        let before = crate::odd_elements();
        assert_eq!(
            text(&[b"caf\xe9.mp4 ", b"\xf0\x9f"]).await,
            "caf\u{fffd}.mp4 \u{fffd}"
        );
        assert!(crate::odd_elements() > before);
    }
}
