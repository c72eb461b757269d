//! Tests of `hls`.

use super::*;

#[test]
fn times_are_counted_from_the_start_of_the_film() {
    let csv = "packet,3.400000,3.320000,K__\npacket,1.500000,N/A,K__,side_data\n\
               packet,1.540000,1.500000,___\npacket,N/A,1.540000,___\npacket,N/A,N/A,K__\nformat,1.400000\n";
    let mut times = PacketTimes::default();
    csv.lines().for_each(|line| times.read_line(line));
    let KeyframeIndex { keys, end_s } = times.index();
    assert_eq!(keys.len(), 2);
    assert!((end_s - 2.04).abs() < 1e-9, "{end_s}");
    assert!((keys[0].shown_s - 0.1).abs() < 1e-9 && (keys[1].shown_s - 2.0).abs() < 1e-9);
    assert!((keys[1].decoded_s - 1.92).abs() < 1e-9);
}

#[test]
fn a_list_ends_segments_where_the_picture_can_be_entered() {
    let path = EntryPath::parse("/a b/ä&?.mkv").unwrap();
    let keys = [0.0, 2.0, 4.0, 6.0, 9.5, 12.1, 18.0, 19.8].map(|shown_s| Keyframe {
        shown_s,
        decoded_s: shown_s - 0.1,
    });
    let text = playlist(&path, "v1", &keys, 20.0, Some(1));
    let pieces: Vec<LocalSegment> = text.lines().filter_map(read).collect();
    let starts: Vec<f64> = pieces.iter().map(|piece| piece.from.shown_s).collect();
    assert_eq!(starts, [0.0, 6.0, 12.1]);
    assert_eq!((pieces[2].to, pieces[2].sound), (None, Some(1)));
    assert_eq!(pieces[1].to, Some(pieces[2].from));
    assert_eq!(
        only_between(&pieces[1], |key| key.decoded_s),
        "noise=drop=lt(dts*tb\\,5.898000)+gte(dts*tb\\,11.998000)"
    );
    assert!(
        pieces
            .iter()
            .enumerate()
            .all(|(n, piece)| piece.number == n && piece.path == path && piece.version == "v1")
    );
    assert!(text.contains("#EXT-X-TARGETDURATION:8\n"), "{text}");
    assert_eq!(read("http://elsewhere/0?from=1"), None);
}
