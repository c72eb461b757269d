//! Writes the multivariant playlist of a ladder: one playlist over an upstream's separate renditions (RFC
//! 8216 §4.3.4).
//!
//! `BANDWIDTH`, which no variant may lack, is the peak computed from the segments' sizes; if those are unknown, it
//! follows from the size of the file, or is that of such a rendition. `RESOLUTION` is that of the film, scaled down to the
//! rung, and left out if it is unknown. The existing rungs are the input; this module does no I/O.

use std::fmt::Write;

use super::segment_index::SegmentIndex;
use super::source::SourceVariants;
use media::{Rendition, Subtitles};

/// One existing rendition.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// The rendition.
    pub rendition: Rendition,
    /// The highest bit rate of any segment, in bits per second.
    pub peak_bits_per_s: u64,
    /// The average bit rate in bits per second; `None` if the segments' sizes are unknown.
    pub average_bits_per_s: Option<u64>,
    /// Codec names (RFC 6381), if the drive provides them.
    pub codecs: Option<&'static str>,
}

impl Rung {
    /// Computes the rung of a rendition from its segments. `file_bits_per_s` is the bit rate of the film's file, if it is
    /// known.
    pub fn of(
        rendition: Rendition,
        index: &SegmentIndex,
        codecs: Option<&'static str>,
        file_bits_per_s: Option<u64>,
    ) -> Self {
        let bits_per_s =
            |bytes: u64, seconds: f64| (bytes as f64 * 8.0 / seconds.max(0.001)).ceil() as u64;
        // Upstreams round durations to whole seconds, so a short last segment yields arbitrary rates.
        let long_enough = index.target_duration_s() as f64 / 2.0;
        let peak = index
            .segments
            .iter()
            .zip(index.lengths())
            .filter(|(segment, _)| segment.duration_s >= long_enough)
            .map(|(segment, length)| length.map(|bytes| bits_per_s(bytes, segment.duration_s)))
            .try_fold(0, |peak, rate| rate.map(|rate| rate.max(peak)));
        Rung {
            rendition,
            peak_bits_per_s: peak
                .filter(|peak| *peak > 0)
                .or(file_bits_per_s
                    .filter(|_| rendition.height().is_some())
                    .map(|average| average + average / 2))
                .unwrap_or_else(|| default_bits_per_s(rendition)),
            average_bits_per_s: index
                .length()
                .map(|bytes| bits_per_s(bytes, index.duration_s())),
            codecs,
        }
    }
}

/// Returns the typical bit rate of a rendition, in bits per second, if nothing was measured.
fn default_bits_per_s(rendition: Rendition) -> u64 {
    match rendition.height() {
        None => 128_000,
        Some(..=360) => 800_000,
        Some(..=480) => 1_400_000,
        Some(..=720) => 2_800_000,
        Some(_) => 5_000_000,
    }
}

/// Returns the rungs in the order of the playlist: 720p or the next lower one first, since some players
/// start with the first; then the others from the best down, audio last.
fn in_order(rungs: &[Rung]) -> Vec<&Rung> {
    let mut order: Vec<&Rung> = rungs.iter().collect();
    order.sort_by_key(|rung| std::cmp::Reverse(rung.rendition));
    if let Some(first) = order
        .iter()
        .position(|rung| rung.rendition.height().is_some_and(|height| height <= 720))
    {
        order[..=first].rotate_right(1);
    }
    order
}

/// Returns the rendition that is listed first, or `None` for an empty ladder.
pub fn first_listed(rungs: &[Rung]) -> Option<Rendition> {
    in_order(rungs).first().map(|rung| rung.rendition)
}

/// The group of subtitles for an upstream's renditions, and for an original that is alone.
const SUBTITLES: &str = "subs";

/// The group of the same subtitles for an original beside such renditions, whose clock is another one.
const SOURCE_SUBTITLES: &str = "source-subs";

/// The contents of a film's master playlist.
#[derive(Debug, Default, Clone, Copy)]
pub struct Master<'a> {
    /// The upstream's renditions.
    pub rungs: &'a [Rung],
    /// The film's width and height in pixels, if known.
    pub size: Option<(u32, u32)>,
    /// The subtitles, each of which is listed once for each clock.
    pub subtitles: &'a [Subtitles],
    /// The repackaged original, if there is one.
    pub source: Option<&'a SourceVariants>,
    /// True if the upstream may have renditions, which may be missing at the moment: `subtitles` have their clock.
    pub has_renditions: bool,
}

/// Returns the text of `master.m3u8`.
///
/// The repackaged original has the highest `BANDWIDTH`, also where the upstream wasted bits on a rendition. Sounds of the
/// original are groups that its variants alone refer to: the upstream's renditions contain theirs. A rung of sound alone carries
/// `CODECS`, so that players with a picture do not choose it. Subtitles are one group for all rungs; a player shows
/// none of them by default but forced ones (RFC 8216 §4.3.4.1).
pub fn master_playlist(master: &Master<'_>) -> String {
    let source = master
        .source
        .filter(|source| source.has_codecs() || master.rungs.is_empty());
    let version = if source.is_some() { 7 } else { 3 };
    let mut text = format!("#EXTM3U\n#EXT-X-VERSION:{version}\n");
    if source.is_none() || !master.has_renditions || !master.rungs.is_empty() {
        write_subtitles(&mut text, master.subtitles, SUBTITLES, "subtitles");
    }
    let mut source_subtitles = SUBTITLES;
    if let Some(source) = source {
        source.write_sounds(&mut text);
        if master.has_renditions || !master.rungs.is_empty() {
            source_subtitles = SOURCE_SUBTITLES;
            write_subtitles(
                &mut text,
                master.subtitles,
                source_subtitles,
                "source-subtitles",
            );
        }
    }
    let size = master
        .size
        .or(source.and_then(SourceVariants::picture_size));
    let subtitles = |group| (!master.subtitles.is_empty()).then_some(group);
    let rungs = in_order(master.rungs);
    // Players that begin with the first variant begin with a modest one, and find the original above all others.
    let (first, rest) = rungs.split_at(rungs.len().min(1));
    for rung in first {
        write_rung(&mut text, rung, size, subtitles(SUBTITLES));
    }
    if let Some(source) = source {
        let highest = rungs.iter().map(|rung| rung.peak_bits_per_s).max();
        let above = highest.map_or(0, |highest| highest + 1);
        source.write_variants(&mut text, above, subtitles(source_subtitles));
    }
    for rung in rest {
        write_rung(&mut text, rung, size, subtitles(SUBTITLES));
    }
    text
}

fn write_rung(
    text: &mut String,
    rung: &Rung,
    size: Option<(u32, u32)>,
    subtitles: Option<&'static str>,
) {
    let _ = write!(text, "#EXT-X-STREAM-INF:BANDWIDTH={}", rung.peak_bits_per_s);
    if let Some(average) = rung.average_bits_per_s {
        let _ = write!(
            text,
            ",AVERAGE-BANDWIDTH={}",
            average.min(rung.peak_bits_per_s)
        );
    }
    let resolution = rung
        .rendition
        .height()
        .zip(size)
        .and_then(|(height, size)| resolution(height, size));
    if let Some((width, height)) = resolution {
        let _ = write!(text, ",RESOLUTION={width}x{height}");
    }
    if let Some(codecs) = rung.codecs {
        let _ = write!(text, ",CODECS=\"{codecs}\"");
    }
    if let Some(group) = subtitles {
        let _ = write!(text, ",SUBTITLES=\"{group}\"");
    }
    let _ = writeln!(text, "\n{}.m3u8", rung.rendition);
}

/// Writes subtitles as a group; their playlists are in `folder`.
fn write_subtitles(text: &mut String, subtitles: &[Subtitles], group: &str, folder: &str) {
    for one in subtitles {
        let _ = write!(
            text,
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"{group}\",NAME=\"{}\",DEFAULT=NO,AUTOSELECT=YES",
            one.label
        );
        if one.is_forced {
            text.push_str(",FORCED=YES");
        }
        if let Some(language) = &one.language {
            let _ = write!(text, ",LANGUAGE=\"{language}\"");
        }
        if one.is_for_deaf {
            text.push_str(
                ",CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog,\
                 public.accessibility.describes-music-and-sound\"",
            );
        }
        let _ = writeln!(text, ",URI=\"{folder}/{}.m3u8\"", one.id);
    }
}

/// Returns the film's resolution, scaled down so that its shorter side has as many lines as the rung, both even; a smaller
/// film keeps its own. `None` for a film without a size.
fn resolution(lines: u32, (width, height): (u32, u32)) -> Option<(u32, u32)> {
    let short = width.min(height);
    if short == 0 {
        return None;
    }
    let lines = lines.min(short);
    let scaled = |side: u32| {
        let even = (f64::from(side) * f64::from(lines) / f64::from(short) / 2.0).round() as u32 * 2;
        even.max(2)
    };
    Some((scaled(width), scaled(height)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use drives::{FactsReader, Origin, SegmentFacts, UpstreamPlaylist};

    fn rung(rendition: &str, peak_bits_per_s: u64) -> Rung {
        let rendition = Rendition::parse(rendition).unwrap();
        Rung {
            rendition,
            peak_bits_per_s,
            average_bits_per_s: None,
            codecs: None,
        }
    }

    fn order(rungs: &[&str]) -> Vec<String> {
        let rungs: Vec<Rung> = rungs.iter().map(|name| rung(name, 1)).collect();
        let text = master_playlist(&Master {
            rungs: &rungs,
            ..Master::default()
        });
        text.lines()
            .filter_map(|line| line.strip_suffix(".m3u8"))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_whole_ladder() {
        let audio = Rung {
            codecs: Some("mp4a.40.34"),
            average_bits_per_s: Some(64_000),
            ..rung("audio", 66_000)
        };
        let rungs = [
            rung("1080p", 5_000),
            rung("720p", 3_000),
            rung("480p", 1_000),
            audio,
        ];
        let expected = "#EXTM3U\n#EXT-X-VERSION:3\n\
            #EXT-X-STREAM-INF:BANDWIDTH=3000,RESOLUTION=1728x720\n720p.m3u8\n\
            #EXT-X-STREAM-INF:BANDWIDTH=5000,RESOLUTION=1920x800\n1080p.m3u8\n\
            #EXT-X-STREAM-INF:BANDWIDTH=1000,RESOLUTION=1152x480\n480p.m3u8\n\
            #EXT-X-STREAM-INF:BANDWIDTH=66000,AVERAGE-BANDWIDTH=64000,CODECS=\"mp4a.40.34\"\naudio.m3u8\n";
        let master = Master {
            rungs: &rungs,
            size: Some((1920, 800)),
            ..Master::default()
        };
        assert_eq!(master_playlist(&master), expected);
    }

    #[test]
    fn the_middle_stands_first_then_the_best() {
        let cases: &[(&[&str], &[&str])] = &[
            (
                &["audio", "480p", "1080p", "720p"],
                &["720p", "1080p", "480p", "audio"],
            ),
            (&["1080p", "480p", "360p"], &["480p", "1080p", "360p"]),
            (&["1080p"], &["1080p"]),
            (&["1080p", "audio"], &["1080p", "audio"]),
            (&["audio"], &["audio"]),
            (&[], &[]),
        ];
        for (rungs, expected) in cases {
            assert_eq!(order(rungs), *expected);
        }
    }

    #[test]
    fn sizes_are_scaled_down_to_the_rung_and_left_out_where_they_are_unknown() {
        let cases = [
            (720, (1920, 1080), Some((1280, 720))),
            (480, (1080, 1920), Some((480, 854))),
            (720, (620, 1280), Some((620, 1280))),
            (360, (320, 180), Some((320, 180))),
            (480, (640, 480), Some((640, 480))),
            (360, (0, 0), None),
        ];
        for (lines, source, expected) in cases {
            assert_eq!(resolution(lines, source), expected, "{lines} of {source:?}");
        }
        let rungs = [rung("720p", 1), rung("480p", 1)];
        let text = master_playlist(&Master {
            rungs: &rungs,
            ..Master::default()
        });
        assert!(!text.contains("RESOLUTION"), "{text}");
    }

    #[test]
    fn rates_come_from_the_segments_and_the_short_last_one_does_not_count() {
        let text = "#EXTM3U\n#EXTINF:10,\nhttps://v/a\n#EXTINF:10,\nhttps://v/bb\n#EXTINF:1,\nhttps://v/ccc\n#EXT-X-ENDLIST\n";
        let base = Origin::new("https://v/", None);
        let by_address = |origin: &Origin| match origin.weight() {
            11 => 1000,
            12 => 2000,
            _ => 900,
        };
        let known = move |origin: &Origin| SegmentFacts {
            length: Some(by_address(origin)),
            content: None,
        };
        let playlist = UpstreamPlaylist::new(text, base);
        let index = SegmentIndex::parse(&playlist, FactsReader::new(known)).unwrap();
        let found = Rung::of(Rendition::Audio, &index, None, None);
        assert_eq!(found.peak_bits_per_s, 1600);
        assert_eq!(found.average_bits_per_s, Some(1486));

        let unknown = SegmentIndex::parse(&playlist, FactsReader::none()).unwrap();
        for (of_file, expected) in [(None, 2_800_000), (Some(400_000), 600_000)] {
            let found = Rung::of(Rendition::Video { height: 720 }, &unknown, None, of_file);
            assert_eq!(
                (found.peak_bits_per_s, found.average_bits_per_s),
                (expected, None)
            );
        }
    }
}
