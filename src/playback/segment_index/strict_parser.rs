//! A parser for any media playlist: normalises it (no byte order mark, no titles, placeholders instead of
//! long URLs), parses it with m3u8-rs, and puts the URLs back.

use super::parsed::{ParsedPlaylist, ParsedSegment, PlaylistError, parse_seconds};

/// Parses any media playlist.
///
/// # Errors
///
/// The reason why it cannot be used.
pub(super) fn parse_strict(text: &str) -> Result<ParsedPlaylist<'_>, PlaylistError> {
    let normalized = NormalizedPlaylist::of(text)?;
    let list = m3u8_rs::parse_media_playlist_res(normalized.text.as_bytes())
        .map_err(|error| PlaylistError::Malformed(error.to_string().chars().take(120).collect()))?;
    if list.segments.len() != normalized.urls.len() {
        return Err(PlaylistError::Malformed(
            "segments were lost in reading".to_owned(),
        ));
    }
    let known = normalized.urls.iter().zip(&normalized.durations);
    let segments = list.segments.into_iter().zip(known);
    Ok(ParsedPlaylist {
        segments: segments
            .map(|(read, (url, duration_s))| ParsedSegment {
                url,
                duration_s: *duration_s,
                discontinuity: read.discontinuity,
                byte_range: read.byte_range,
            })
            .collect(),
        ended: list.end_list,
        independent: list.independent_segments,
    })
}

/// A playlist without anything that m3u8-rs fails on, and what was taken out.
struct NormalizedPlaylist<'a> {
    text: String,
    urls: Vec<&'a str>,
    durations: Vec<f64>,
}

impl<'a> NormalizedPlaylist<'a> {
    fn of(text: &'a str) -> Result<Self, PlaylistError> {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if !text.starts_with("#EXTM3U") {
            return Err(PlaylistError::NotAPlaylist);
        }
        let mut normalized = NormalizedPlaylist {
            text: String::with_capacity(4096),
            urls: Vec::new(),
            durations: Vec::new(),
        };
        let mut has_target = false;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (tag, value) = line.split_once(':').unwrap_or((line, ""));
            match tag {
                _ if !line.starts_with('#') => normalized.push_url(line)?,
                "#EXTINF" => normalized.push_duration(value)?,
                "#EXT-X-TARGETDURATION" => {
                    has_target = true;
                    normalized.push_line("#EXT-X-TARGETDURATION:1");
                }
                "#EXT-X-STREAM-INF" | "#EXT-X-MEDIA" | "#EXT-X-I-FRAME-STREAM-INF" => {
                    return Err(PlaylistError::Multivariant);
                }
                "#EXT-X-KEY" | "#EXT-X-SESSION-KEY" if value.trim() == "METHOD=NONE" => {}
                "#EXT-X-KEY" | "#EXT-X-SESSION-KEY" => {
                    return Err(PlaylistError::Unsupported("encryption"));
                }
                "#EXT-X-MAP" => {
                    return Err(PlaylistError::Unsupported("an initialisation section"));
                }
                "#EXT-X-DEFINE" => return Err(PlaylistError::Unsupported("variables")),
                "#EXT-X-I-FRAMES-ONLY" => {
                    return Err(PlaylistError::Unsupported("key frames only"));
                }
                "#EXT-X-GAP" => return Err(PlaylistError::Unsupported("gaps")),
                "#EXT-X-SKIP" => return Err(PlaylistError::Unsupported("delta updates")),
                "#EXTM3U"
                | "#EXT-X-BYTERANGE"
                | "#EXT-X-DISCONTINUITY"
                | "#EXT-X-ENDLIST"
                | "#EXT-X-INDEPENDENT-SEGMENTS" => {
                    normalized.push_line(line);
                }
                // Titles, comments, dates and hints do not affect playback.
                _ => {}
            }
        }
        if !has_target {
            normalized.text =
                normalized
                    .text
                    .replacen("#EXTM3U\n", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n", 1);
        }
        Ok(normalized)
    }

    fn push_line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn push_url(&mut self, line: &'a str) -> Result<(), PlaylistError> {
        self.urls.push(line);
        if self.durations.len() != self.urls.len() {
            return Err(PlaylistError::Malformed("a URL without EXTINF".to_owned()));
        }
        self.push_line("s");
        Ok(())
    }

    fn push_duration(&mut self, value: &str) -> Result<(), PlaylistError> {
        let seconds = parse_seconds(value).ok_or_else(|| {
            PlaylistError::Malformed("EXTINF without a length that makes sense".to_owned())
        })?;
        // Of two in a row the later one counts, as in other parsers.
        self.durations.truncate(self.urls.len());
        self.durations.push(seconds);
        self.push_line("#EXTINF:1,");
        Ok(())
    }
}
