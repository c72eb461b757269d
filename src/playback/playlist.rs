//! Writes media playlists with relative URLs only (RFC 8216 §4.3).

use std::fmt::Write;

use super::segment_index::SegmentIndex;
use media::Rendition;

/// Returns the text of a rendition's media playlist. Every URI is relative to `…/{rendition}.m3u8` and
/// names a segment by its number and the extension of its container, so it stays valid when upstream URLs expire.
///
/// A list that has not ended has the type `EVENT`: it may only grow at its end.
pub fn media_playlist(index: &SegmentIndex, rendition: Rendition, extension: &str) -> String {
    let mut text = String::with_capacity(160 + index.segments.len() * 32);
    let kind = if index.ended { "VOD" } else { "EVENT" };
    // VERSION second: VLC looks for it in the first lines to distinguish a stream from a list of titles.
    text.push_str("#EXTM3U\n#EXT-X-VERSION:3\n");
    // Writing to a String cannot fail.
    let _ = writeln!(text, "#EXT-X-TARGETDURATION:{}", index.target_duration_s());
    let _ = writeln!(text, "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:{kind}");
    if index.independent {
        text.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    let folder = rendition.to_string();
    // Nearly all segments have the same duration, so its text is reused.
    let mut length = (None, String::new());
    for (number, segment) in index.segments.iter().enumerate() {
        if segment.discontinuity {
            text.push_str("#EXT-X-DISCONTINUITY\n");
        }
        // In thousandths: formatting integers takes a fifth of the time.
        let thousandths = (segment.duration_s * 1000.0).round() as u64;
        if length.0 != Some(thousandths) {
            let (seconds, rest) = (thousandths / 1000, thousandths % 1000);
            let line = format!("#EXTINF:{seconds}.{rest:03},\n{folder}/");
            length = (Some(thousandths), line);
        }
        text.push_str(&length.1);
        let _ = writeln!(text, "{number}.{extension}");
    }
    if index.ended {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use drives::{FactsReader, Origin, UpstreamPlaylist};

    const HOST: &str = "v1.upstream.example";

    fn index(text: &str) -> SegmentIndex {
        let base = Origin::new(format!("https://{HOST}/list"), None);
        SegmentIndex::parse(&UpstreamPlaylist::new(text, base), FactsReader::none()).unwrap()
    }

    #[test]
    fn a_finished_list() {
        let index = index(
            "#EXTM3U\n#EXT-X-TARGETDURATION:15\n#EXT-X-DISCONTINUITY\n#EXTINF:10,\nhttps://v/a\n\
             #EXT-X-DISCONTINUITY\n#EXTINF:2.5,\nhttps://v/b\n#EXT-X-ENDLIST\n",
        );
        let expected = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n\
             #EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:10.000,\n720p/0.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:2.500,\n720p/1.ts\n\
             #EXT-X-ENDLIST\n";
        assert_eq!(
            media_playlist(&index, Rendition::Video { height: 720 }, "ts"),
            expected
        );
    }

    #[test]
    fn a_growing_list_stays_open() {
        let text = media_playlist(
            &index("#EXTM3U\n#EXTINF:10,\nhttps://v/a\n"),
            Rendition::Audio,
            "mp3",
        );
        assert!(text.contains("#EXT-X-PLAYLIST-TYPE:EVENT\n") && !text.contains("ENDLIST"));
        assert!(text.ends_with("audio/0.mp3\n"));
    }

    proptest! {
        /// For any upstream list: the same segments in the same order, of the same durations, with the same
        /// discontinuities, and nothing of the upstream.
        #[test]
        fn what_is_written_is_what_was_read(
            segments in proptest::collection::vec((0.1f64..20.0, any::<bool>(), "[a-zA-Z0-9%&=,;+._-]{1,40}"), 1..60),
            ended in any::<bool>(),
        ) {
            let mut text = "#EXTM3U\n#EXT-X-TARGETDURATION:20\n".to_owned();
            for (duration, cut, name) in &segments {
                if *cut { text.push_str("#EXT-X-DISCONTINUITY\n") }
                text.push_str(&format!("#EXTINF:{duration:.3},{name}\nhttps://{HOST}/{name}?sign={name}%252F\n"));
            }
            if ended { text.push_str("#EXT-X-ENDLIST\n") }
            let before = index(&text);
            let written = media_playlist(&before, Rendition::Video { height: 480 }, "ts");
            prop_assert!(!written.contains(HOST) && !written.contains("sign"));
            let after = index(&written);
            prop_assert_eq!(after.ended, before.ended);
            let shape = |index: &SegmentIndex| index.segments.iter().map(|s| (format!("{:.3}", s.duration_s), s.discontinuity)).collect::<Vec<_>>();
            prop_assert_eq!(shape(&after), shape(&before));
            prop_assert!(after.segments.iter().all(|s| s.duration_s.round() as u64 <= after.target_duration_s()));
        }
    }
}
