//! A parser for the lists that nearly all films have, in one pass.
//!
//! A list of two hours has three quarters of a megabyte, nearly all of it URLs. If it consists of segments,
//! discontinuities and an end only, it is split into lines. Any other list, and any irregular one, is left
//! to [`super::strict_parser`].

use super::parsed::{ParsedPlaylist, ParsedSegment, parse_seconds};

/// Parses a plain list. Returns `None` for any other.
pub(super) fn parse_fast(text: &str) -> Option<ParsedPlaylist<'_>> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let bytes = text.as_bytes();
    let mut list = ParsedPlaylist {
        // A segment takes about a kilobyte.
        segments: Vec::with_capacity(text.len() / 1024 + 16),
        ended: false,
        independent: false,
    };
    let (mut duration, mut breaks) = (None, false);
    let mut start = 0;
    let mut is_first = true;
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        let line = text.get(start..end)?.trim();
        start = end + 1;
        if line.is_empty() {
            continue;
        }
        if list.ended || is_first != (line == "#EXTM3U") {
            return None;
        }
        is_first = false;
        if !line.starts_with('#') {
            list.segments.push(ParsedSegment {
                url: line,
                duration_s: duration.take()?,
                discontinuity: std::mem::take(&mut breaks),
                byte_range: None,
            });
        } else if let Some(value) = line.strip_prefix("#EXTINF:") {
            if duration.replace(parse_seconds(value)?).is_some() {
                return None;
            }
        } else if line == "#EXT-X-DISCONTINUITY" {
            breaks = true;
        } else if line == "#EXT-X-ENDLIST" {
            list.ended = true;
        } else if line == "#EXT-X-INDEPENDENT-SEGMENTS" {
            list.independent = true;
        } else if line != "#EXTM3U" {
            let tag = line.split(':').next().unwrap_or(line);
            if tag.starts_with("#EXT") && !IGNORED_TAGS.contains(&tag) {
                return None;
            }
        }
    }
    (duration.is_none() && !breaks && !is_first).then_some(list)
}

/// Tags that do not affect playback.
const IGNORED_TAGS: [&str; 5] = [
    "#EXT-X-TARGETDURATION",
    "#EXT-X-VERSION",
    "#EXT-X-MEDIA-SEQUENCE",
    "#EXT-X-ALLOW-CACHE",
    "#EXT-X-PLAYLIST-TYPE",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::playback::segment_index::strict_parser::parse_strict;

    /// Generates usual and unusual lines of a playlist.
    fn line() -> impl Strategy<Value = String> {
        prop_oneof![
            8 => (0u32..20, "[,a-z]{0,3}").prop_map(|(seconds, title)| format!("#EXTINF:{seconds}.5,{title}")),
            8 => "https?://[a-z]{1,9}[?][a-z&=%#]{0,20}",
            2 => Just("#EXT-X-DISCONTINUITY".to_owned()),
            1 => Just("#EXT-X-ENDLIST".to_owned()),
            1 => Just("#EXT-X-INDEPENDENT-SEGMENTS".to_owned()),
            1 => Just("#EXTM3U".to_owned()),
            1 => Just("#EXTINF:x,".to_owned()),
            1 => Just("#EXT-X-KEY:METHOD=NONE".to_owned()),
            1 => Just("#EXT-X-MEDIA-SEQUENCE:0".to_owned()),
            1 => Just("# a remark".to_owned()),
            1 => Just("  ".to_owned()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Both parsers agree on what the fast one accepts.
        #[test]
        fn the_quick_reader_says_what_the_careful_one_says(
            lines in proptest::collection::vec(line(), 0..12),
            end in prop_oneof![Just("\n"), Just("\r\n")],
        ) {
            let text = format!("#EXTM3U{end}#EXT-X-TARGETDURATION:10{end}{}{end}", lines.join(end));
            if let Some(quick) = super::parse_fast(&text) {
                // Only the strict parser refuses an empty list.
                if !quick.segments.is_empty() {
                    prop_assert_eq!(Ok(quick), parse_strict(&text));
                }
            }
        }
    }

    #[test]
    fn usual_lists_are_read_quickly() {
        let usual = "\u{feff}#EXTM3U\r\n#EXT-X-TARGETDURATION:15\r\n#EXT-X-DISCONTINUITY\r\n#EXTINF:10,\r\nhttps://v/a\r\n#EXT-X-ENDLIST";
        assert_eq!(
            super::parse_fast(usual).unwrap(),
            parse_strict(usual).unwrap()
        );
        for odd in [
            "",
            "{\"errno\":1}",
            "#EXTM3U\n#EXTINF:1,\n",
            "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128\n#EXTINF:1,\na\n",
            "#EXTM3U\n#EXT-X-BYTERANGE:10@0\n#EXTINF:1,\na\n",
            "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na\n",
        ] {
            assert!(super::parse_fast(odd).is_none(), "{odd}");
        }
    }
}
