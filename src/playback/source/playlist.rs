//! The media playlists of a repackaged original (RFC 8216), written from its plan.

use std::fmt::Write;

use containers::Source;

use super::SourceStream;

/// Returns the media playlist of a stream. Its URLs are relative to the URL of the playlist.
pub(super) fn media_playlist(source: &Source, stream: SourceStream) -> String {
    let plan = source.plan();
    let durations: Vec<f64> = plan
        .iter()
        .map(|segment| plan.seconds(segment.duration))
        .collect();
    let longest = durations.iter().copied().fold(1.0, f64::max);
    let mut text = String::with_capacity(200 + durations.len() * 48);
    let _ = write!(
        text,
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:VOD\n",
        longest.ceil()
    );
    text.push_str(match stream {
        SourceStream::KeyFrames => "#EXT-X-I-FRAMES-ONLY\n",
        _ => "#EXT-X-INDEPENDENT-SEGMENTS\n",
    });
    let _ = writeln!(text, "#EXT-X-MAP:URI=\"{stream}/init.mp4\"");
    for (n, duration) in durations.iter().enumerate() {
        let _ = writeln!(text, "#EXTINF:{duration:.6},\n{stream}/{n}.m4s");
    }
    text.push_str("#EXT-X-ENDLIST\n");
    text
}
