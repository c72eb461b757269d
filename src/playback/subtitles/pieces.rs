//! Subtitles as HLS segments (RFC 8216 §3.5): one for the whole film, or those of a few seconds for players that begin a
//! stream where the segment of its subtitles begins.

use std::fmt::Write;

use super::cues::parse_times_ms;

/// Length of a segment in seconds.
const PIECE_S: u32 = 5;

/// The time of a segment in whole seconds of the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PieceTime {
    /// Start of the segment.
    pub start_s: u32,
    /// End of the segment, which is not part of it.
    pub end_s: u32,
}

impl PieceTime {
    /// Parses a name such as `40-45`, in which neither number has a sign or leading zeros; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (start, end) = text.split_once('-')?;
        let (start_s, end_s) = (start.parse().ok()?, end.parse().ok()?);
        let time = PieceTime { start_s, end_s };
        (start_s < end_s && time.to_string() == text).then_some(time)
    }

    /// Returns the cue blocks that are shown during this time.
    pub(super) fn cues(self, blocks: &str) -> impl Iterator<Item = &str> {
        let (start_ms, end_ms) = (u64::from(self.start_s) * 1000, u64::from(self.end_s) * 1000);
        blocks.split_inclusive("\n\n").filter(move |block| {
            let times = block.lines().next().and_then(parse_times_ms);
            times.is_some_and(|(from, to)| from < end_ms && to > start_ms)
        })
    }
}

impl std::fmt::Display for PieceTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.start_s, self.end_s)
    }
}

/// Returns the media playlist of subtitles: one segment that lasts as long as the film.
pub fn subtitle_playlist(seconds: f64, id: &str) -> String {
    let segment = format!("#EXTINF:{seconds:.3},\n{id}/0.vtt\n");
    media_playlist(seconds.ceil().max(1.0), &segment)
}

/// Returns the media playlist of a film's subtitles in segments of [`PIECE_S`] seconds.
pub fn playlist_of_pieces(seconds: f64, id: &str) -> String {
    let mut segments = String::new();
    // A film without a length has one segment.
    let end_s = (seconds.ceil() as u32).max(1);
    for start_s in (0..end_s).step_by(PIECE_S as usize) {
        let time = PieceTime {
            start_s,
            end_s: end_s.min(start_s + PIECE_S),
        };
        let length_s = seconds.min(f64::from(time.end_s)) - f64::from(start_s);
        // Writing to a String cannot fail.
        let _ = write!(segments, "#EXTINF:{length_s:.3},\n{id}/{time}.vtt\n");
    }
    media_playlist(f64::from(PIECE_S), &segments)
}

fn media_playlist(target_s: f64, segments: &str) -> String {
    format!(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:{target_s}\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:VOD\n{segments}#EXT-X-ENDLIST\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_pieces() {
        let time = |start_s, end_s| Some(PieceTime { start_s, end_s });
        for (name, parsed) in [
            ("0-5", time(0, 5)),
            ("3600-3601", time(3600, 3601)),
            ("5-5", None),
            ("6-5", None),
            ("05-6", None),
            ("+5-6", None),
            ("5-", None),
            ("5", None),
            ("0-99999999999", None),
        ] {
            assert_eq!(PieceTime::parse(name), parsed, "{name}");
        }
    }

    #[test]
    fn a_playlist_has_pieces_of_five_seconds_to_the_end() {
        let playlist = playlist_of_pieces(11.25, "en");
        let pieces: Vec<&str> = playlist.lines().skip(5).collect();
        assert_eq!(
            pieces,
            [
                "#EXTINF:5.000,",
                "en/0-5.vtt",
                "#EXTINF:5.000,",
                "en/5-10.vtt",
                "#EXTINF:1.250,",
                "en/10-12.vtt",
                "#EXT-X-ENDLIST",
            ]
        );
        assert_eq!(playlist_of_pieces(10.0, "en").matches(".vtt").count(), 2);
    }

    #[test]
    fn a_piece_has_all_cues_that_are_shown_in_its_time() {
        let cues = "00:00:01.000 --> 00:00:05.000\nbefore\n\n\
                    00:00:04.000 --> 00:00:05.001 align:left\ninto it\nby two lines\n\n\
                    00:00:09.999 --> 01:00:00.000\nout of it\n\n\
                    00:00:10.000 --> 00:00:11.000\nafter\n\n";
        let time = PieceTime::parse("5-10").unwrap();
        let shown: Vec<&str> = time.cues(cues).collect();
        assert_eq!(
            shown,
            [
                "00:00:04.000 --> 00:00:05.001 align:left\ninto it\nby two lines\n\n",
                "00:00:09.999 --> 01:00:00.000\nout of it\n\n",
            ]
        );
        let late = PieceTime::parse("3599-3600").unwrap();
        assert_eq!(late.cues(cues).count(), 1);
    }
}
