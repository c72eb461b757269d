//! The media playlists of a repackaged original (RFC 8216), written from its plan.

use std::fmt::Write;

use super::{RepackagedFilm, SourceStream};

/// Returns the media playlist of a stream. Its URLs are relative to the URL of the playlist.
///
/// Segments that are transport streams have their tables in front. Each begins with a key frame unless the file has none in
/// its time, so that is not promised.
pub(super) fn media_playlist(film: &RepackagedFilm, stream: SourceStream) -> String {
    let plan = film.source.plan();
    let durations: Vec<f64> = plan
        .iter()
        .map(|segment| plan.seconds(segment.duration))
        .collect();
    let longest = durations.iter().copied().fold(1.0, f64::max);
    let has_init = film.has_init(stream);
    let (version, extension) = if has_init { (7, "m4s") } else { (4, "ts") };
    let mut text = String::with_capacity(200 + durations.len() * 48);
    let _ = write!(
        text,
        "#EXTM3U\n#EXT-X-VERSION:{version}\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:VOD\n",
        longest.ceil()
    );
    if stream == SourceStream::KeyFrames {
        text.push_str("#EXT-X-I-FRAMES-ONLY\n");
    } else if has_init {
        text.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    if has_init {
        let _ = writeln!(text, "#EXT-X-MAP:URI=\"{stream}/init.mp4\"");
    }
    for (n, duration) in durations.iter().enumerate() {
        let _ = writeln!(text, "#EXTINF:{duration:.6},\n{stream}/{n}.{extension}");
    }
    text.push_str("#EXT-X-ENDLIST\n");
    text
}
