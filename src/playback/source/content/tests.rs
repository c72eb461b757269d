//! Tests of `content`.

use bytes::Bytes;

use super::*;

#[test]
fn a_range_of_a_reply_is_ranges_of_its_pieces() {
    let pieces = [
        ReplyPiece::Bytes(Bytes::from_static(b"0123")),
        ReplyPiece::Range {
            offset: 100,
            length: 10,
        },
        ReplyPiece::Bytes(Bytes::new()),
        ReplyPiece::Bytes(Bytes::from_static(b"ab")),
    ];
    let range = |offset, length| ReplyPiece::Range { offset, length };
    let text = |text: &'static str| ReplyPiece::Bytes(Bytes::from_static(text.as_bytes()));
    let cases = [
        (
            (0, u64::MAX),
            vec![text("0123"), range(100, 10), text("ab")],
        ),
        ((2, 6), vec![text("23"), range(100, 2)]),
        ((7, 8), vec![range(103, 1)]),
        ((13, 15), vec![range(109, 1), text("a")]),
        ((16, u64::MAX), vec![]),
    ];
    for ((from, end), expected) in cases {
        assert_eq!(cut_pieces(&pieces, from, end), expected, "{from}..{end}");
    }
}
