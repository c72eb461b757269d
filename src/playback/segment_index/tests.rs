//! Playlists as they occur in the wild.

use super::*;

fn read(text: &str) -> Result<SegmentIndex, PlaylistError> {
    let base = Origin::new("https://v1.example.com/a/b/list?x=1", None);
    SegmentIndex::parse(&UpstreamPlaylist::new(text, base), FactsReader::none())
}

/// Returns durations, discontinuities, and true if the playlist is complete.
fn shape(text: &str) -> Result<(Vec<f64>, Vec<usize>, bool), PlaylistError> {
    read(text).map(|plan| {
        let cuts = plan
            .segments
            .iter()
            .enumerate()
            .filter(|(_, s)| s.discontinuity)
            .map(|(n, _)| n)
            .collect();
        (
            plan.segments
                .iter()
                .map(|segment| segment.duration_s)
                .collect(),
            cuts,
            plan.ended,
        )
    })
}

#[test]
fn lists_as_they_are_met_in_the_wild() {
    type Expected = Result<(Vec<f64>, Vec<usize>, bool), PlaylistError>;
    let bad = |what: &str| Err(PlaylistError::Malformed(what.to_owned()));
    let cases: Vec<(&str, &str, Expected)> = vec![
        (
            "the plain form",
            "#EXTM3U\n#EXT-X-TARGETDURATION:15\n#EXT-X-DISCONTINUITY\n#EXTINF:10,\nhttps://v/a\n#EXTINF:2,\nhttps://v/b\n#EXT-X-ENDLIST\n",
            Ok((vec![10.0, 2.0], vec![], true)),
        ),
        (
            "growing",
            "#EXTM3U\n#EXT-X-TARGETDURATION:15\n#EXTINF:10,\nhttps://v/a\n",
            Ok((vec![10.0], vec![], false)),
        ),
        (
            "CRLF and no last line end",
            "#EXTM3U\r\n#EXT-X-TARGETDURATION:10\r\n#EXTINF:9.5,\r\na.ts\r\n#EXT-X-ENDLIST",
            Ok((vec![9.5], vec![], true)),
        ),
        (
            "byte order mark and blank lines",
            "\u{feff}\n\n#EXTM3U\n\n#EXT-X-TARGETDURATION:10\n\n#EXTINF:9,\n\na.ts\n",
            Ok((vec![9.0], vec![], false)),
        ),
        (
            "titles with commas",
            "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,One, two, three\na.ts\n#EXTINF:8, Four\nb.ts\n",
            Ok((vec![9.0, 8.0], vec![], false)),
        ),
        (
            "no comma after the length",
            "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9\na.ts\n",
            Ok((vec![9.0], vec![], false)),
        ),
        (
            "a fractional target",
            "#EXTM3U\n#EXT-X-TARGETDURATION:10.5\n#EXTINF:9.97667,\na.ts\n",
            Ok((vec![9.97667], vec![], false)),
        ),
        (
            "no target",
            "#EXTM3U\n#EXTINF:4,\na.ts\n",
            Ok((vec![4.0], vec![], false)),
        ),
        (
            "a cut in the middle",
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na\n#EXT-X-DISCONTINUITY\n#EXTINF:4,\nb\n",
            Ok((vec![4.0, 4.0], vec![1], false)),
        ),
        (
            "comments and unknown tags",
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n# a note\n#EXT-X-CUE-OUT:30\n#EXTINF:4,\na\n#EXT-X-PROGRAM-DATE-TIME:2026-11-21T00:00:00Z\n#EXTINF:4,\nb\n",
            Ok((vec![4.0, 4.0], vec![], false)),
        ),
        (
            "spaces around",
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n  #EXTINF: 4 , x\n  a  \n",
            Ok((vec![4.0], vec![], false)),
        ),
        (
            "no key",
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:4,\na\n",
            Ok((vec![4.0], vec![], false)),
        ),
        (
            "JSON",
            "{\"errno\":31341}",
            Err(PlaylistError::NotAPlaylist),
        ),
        ("HTML", "<!DOCTYPE html>", Err(PlaylistError::NotAPlaylist)),
        ("empty", "", Err(PlaylistError::NotAPlaylist)),
        (
            "nothing in it",
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-ENDLIST\n",
            Err(PlaylistError::Empty),
        ),
        (
            "multivariant",
            "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n",
            Err(PlaylistError::Multivariant),
        ),
        (
            "encrypted",
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:4,\na\n",
            Err(PlaylistError::Unsupported("encryption")),
        ),
        (
            "fragmented",
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"i\"\n#EXTINF:4,\na\n",
            Err(PlaylistError::Unsupported("an initialisation section")),
        ),
        (
            "variables",
            "#EXTM3U\n#EXT-X-DEFINE:NAME=\"x\",VALUE=\"y\"\n#EXTINF:4,\n{$x}\n",
            Err(PlaylistError::Unsupported("variables")),
        ),
        (
            "a URL alone",
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\na.ts\n#EXTINF:4,\nb.ts\n",
            bad("a URL without EXTINF"),
        ),
        (
            "a length that is none",
            "#EXTM3U\n#EXTINF:soon,\na.ts\n",
            bad("EXTINF without a length that makes sense"),
        ),
        (
            "a length below zero",
            "#EXTM3U\n#EXTINF:-1,\na.ts\n",
            bad("EXTINF without a length that makes sense"),
        ),
        (
            "a foreign scheme",
            "#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n",
            Err(PlaylistError::Url(0)),
        ),
    ];
    for (story, text, expected) in cases {
        assert_eq!(shape(text), expected, "{story}");
    }
}

#[test]
fn byte_ranges_go_on_where_the_one_before_ended() {
    let plan = read("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n#EXT-X-BYTERANGE:100@50\na.ts\n#EXTINF:4,\n#EXT-X-BYTERANGE:30\na.ts\n").unwrap();
    assert_eq!(plan.segments[0].range, ByteRange::new(50, 149));
    assert_eq!(plan.segments[1].range, ByteRange::new(150, 179));
    assert_eq!(plan.length(), Some(130));
    let other = read("#EXTM3U\n#EXTINF:4,\n#EXT-X-BYTERANGE:30\na.ts\n");
    assert_eq!(other.unwrap_err(), PlaylistError::Url(0));
}

#[test]
fn the_target_is_the_longest_segment_rounded() {
    let plan =
        read("#EXTM3U\n#EXT-X-TARGETDURATION:15\n#EXTINF:9.4,\na\n#EXTINF:10.5,\nb\n").unwrap();
    assert_eq!(plan.target_duration_s(), 11);
    assert_eq!(
        read("#EXTM3U\n#EXTINF:0.2,\na\n")
            .unwrap()
            .target_duration_s(),
        1
    );
}
