//! Parses subtitle formats into WebVTT cues (W3C), the format of browsers and HLS.
//!
//! SubRip and Advanced SubStation Alpha have no standard, and files in the wild follow none: a malformed
//! cue is skipped, and the others are still parsed. [`super::markup`] converts their markup.

use std::fmt::Write;

use super::markup::{CueTextBuilder, parse_digits};
use media::SubtitleFormat;

/// A subtitle cue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Milliseconds from the beginning of the film.
    pub start_ms: u64,
    /// Later than `start_ms`.
    pub end_ms: u64,
    /// WebVTT cue settings; mostly empty.
    pub settings: String,
    /// WebVTT cue text, without blank lines.
    pub text: String,
}

/// Parses the cues of a file, in the order of time. Returns none if it contains none.
pub fn parse(format: SubtitleFormat, text: &str) -> Vec<Cue> {
    let text = with_plain_line_ends(text);
    let is_vtt = || text.trim_start_matches('\u{feff}').starts_with("WEBVTT");
    let mut cues = match format {
        // A file whose name says otherwise.
        SubtitleFormat::Srt if is_vtt() => parse_blocks(&text, true, Cue::of_vtt),
        SubtitleFormat::Srt => parse_blocks(&text, false, Cue::of_srt),
        SubtitleFormat::Vtt => parse_blocks(&text, true, Cue::of_vtt),
        SubtitleFormat::Ass => parse_dialogues(&text),
    };
    cues.sort_by_key(|cue| (cue.start_ms, cue.end_ms));
    // SubStation effects often repeat a line on several layers.
    cues.dedup();
    cues
}

/// Replaces every line end by a line feed. Tools that convert line ends twice write CR CR LF, which is one.
fn with_plain_line_ends(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\r') {
        plain.push_str(&rest[..at]);
        let after = rest[at..].trim_start_matches('\r');
        let returns = rest.len() - at - after.len();
        match after.strip_prefix('\n') {
            Some(next) => {
                plain.push('\n');
                rest = next;
            }
            // Without a line feed, each of them ends a line, as in WebVTT.
            None => {
                plain.extend(std::iter::repeat_n('\n', returns));
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Writes cues as WebVTT cue blocks, without the header of a file.
pub fn write(cues: &[Cue]) -> String {
    let mut text = String::with_capacity(cues.len() * 64);
    for cue in cues {
        // Writing to a String cannot fail.
        let _ = write!(text, "{} --> {}", time(cue.start_ms), time(cue.end_ms));
        if !cue.settings.is_empty() {
            let _ = write!(text, " {}", cue.settings);
        }
        let _ = write!(text, "\n{}\n\n", cue.text);
    }
    text
}

fn time(ms: u64) -> String {
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
    format!(
        "{hours:02}:{minutes:02}:{:02}.{:03}",
        ms / 1000 % 60,
        ms % 1000
    )
}

/// A parsed line with an arrow.
struct Timing<'t> {
    start_ms: u64,
    end_ms: u64,
    settings: &'t str,
}

/// A line with an arrow.
enum ArrowLine<'t> {
    Times(Timing<'t>),
    /// Its times cannot be read: the text below it has no place in the film.
    Unreadable,
}

impl<'t> ArrowLine<'t> {
    /// Parses a line; `None` if it is not one of times. In SubRip an arrow may also be spoken text: then no number
    /// stands beside it.
    fn parse(line: &'t str, is_vtt: bool) -> Option<Self> {
        let (start, rest) = line.split_once("-->")?;
        if let Some(timing) = Timing::parse(start, rest) {
            return Some(ArrowLine::Times(timing));
        }
        let has_number = line.bytes().any(|byte| byte.is_ascii_digit());
        (is_vtt || has_number).then_some(ArrowLine::Unreadable)
    }
}

/// Parses the first line of a WebVTT cue to its start and end in milliseconds; `None` if it is malformed.
pub(super) fn parse_times_ms(line: &str) -> Option<(u64, u64)> {
    let (start, rest) = line.split_once("-->")?;
    let timing = Timing::parse(start, rest)?;
    Some((timing.start_ms, timing.end_ms))
}

impl<'t> Timing<'t> {
    fn parse(start: &str, rest: &'t str) -> Option<Self> {
        let in_time = |c: char| {
            c.is_ascii_digit() || matches!(c, ':' | ',' | '.' | ' ' | '\t' | '-' | '\u{2212}')
        };
        let end = rest.find(|c| !in_time(c)).unwrap_or(rest.len());
        let (end, settings) = rest.split_at(end);
        Some(Timing {
            start_ms: parse_ms(start)?,
            end_ms: parse_ms(end)?,
            settings,
        })
    }
}

/// Parses `01:02:03,456`, `02:03.4` or `1:02:03` (hours and fractions are optional, blanks around numbers allowed) to
/// milliseconds. A time before the film is its beginning. `None` if it is malformed.
fn parse_ms(text: &str) -> Option<u64> {
    let text = text.trim();
    let (is_negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (whole, fraction) = text.split_once([',', '.']).unwrap_or((text, ""));
    let mut seconds = 0_u64;
    let mut parts = 0;
    for part in whole.split(':') {
        let number: u64 = parse_digits(part)?;
        seconds = seconds.checked_mul(60)?.checked_add(number)?;
        parts += 1;
    }
    if !(2..=3).contains(&parts) || seconds > 1_000_000 {
        return None;
    }
    let fraction = fraction.trim();
    let ms = match fraction.len() {
        0 => 0,
        1 => parse_digits(fraction)? * 100,
        2 => parse_digits(fraction)? * 10,
        _ => parse_digits(fraction.get(..3)?)?,
    };
    Some(if is_negative { 0 } else { seconds * 1000 + ms })
}

/// Parses cues below lines with an arrow, as in SubRip and WebVTT. A cue ends at the next arrow; in WebVTT, also at the
/// next blank line or header, and what has no time is no cue (W3C WebVTT §6.1): comments, styles, and the headers of
/// segments that were joined. Some SubRip files have blank lines within a cue, and others none between two.
fn parse_blocks(
    text: &str,
    is_vtt: bool,
    cue: impl Fn(&Timing<'_>, &[&str]) -> Option<Cue>,
) -> Vec<Cue> {
    let mut cues = Vec::new();
    let mut open: Option<(Timing<'_>, Vec<&str>)> = None;
    for line in text.lines().map(str::trim_end) {
        if let Some(arrow) = ArrowLine::parse(line, is_vtt) {
            if let Some((before, mut lines)) = open.take() {
                drop_number(&mut lines);
                cues.extend(cue(&before, &lines));
            }
            if let ArrowLine::Times(timing) = arrow {
                open = Some((timing, Vec::new()));
            }
        } else if is_vtt && (line.is_empty() || is_header(line)) {
            if let Some((before, lines)) = open.take() {
                cues.extend(cue(&before, &lines));
            }
        } else if let Some((_, lines)) = &mut open {
            lines.push(line);
        }
    }
    if let Some((last, lines)) = open {
        cues.extend(cue(&last, &lines));
    }
    cues
}

/// Returns true if a line begins a WebVTT file, or is the one that HLS adds (RFC 8216 §3.5).
fn is_header(line: &str) -> bool {
    let after_name = line.strip_prefix("WEBVTT");
    after_name.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        || line.starts_with("X-TIMESTAMP-MAP=")
}

/// Removes the number or name of the next cue, and the blank lines before it.
fn drop_number(lines: &mut Vec<&str>) {
    let is_number =
        |line: &&str| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
    match lines.as_slice() {
        [.., "", name] if !name.is_empty() => _ = lines.pop(),
        // Without a blank line before it; a line that is the whole text stays.
        [_, .., last] if is_number(last) => _ = lines.pop(),
        _ => {}
    }
}

impl Cue {
    fn new(timing: &Timing<'_>, settings: String, text: &str) -> Option<Cue> {
        let lines = text.lines().map(str::trim);
        // A line that would begin a file has no place in a cue, whatever format it is from.
        let lines = lines.filter(|line| !line.is_empty() && !is_header(line));
        let text = lines.collect::<Vec<_>>().join("\n");
        (timing.end_ms > timing.start_ms && !text.is_empty()).then_some(Cue {
            start_ms: timing.start_ms,
            end_ms: timing.end_ms,
            settings,
            text,
        })
    }

    fn of_srt(timing: &Timing<'_>, lines: &[&str]) -> Option<Cue> {
        let styled = CueTextBuilder::of_srt(&lines.join("\n"));
        Cue::new(timing, styled.settings(), &styled.finished())
    }

    /// Copies the text, which is WebVTT already. Only settings that need no other definition are kept. `None`
    /// without a visible text.
    fn of_vtt(timing: &Timing<'_>, lines: &[&str]) -> Option<Cue> {
        let known = |setting: &&str| {
            let (name, value) = setting.split_once(':').unwrap_or_default();
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '%' | '-');
            ["vertical", "line", "position", "size", "align"].contains(&name)
                && !value.is_empty()
                && value.chars().all(plain)
                && !value.contains("--")
        };
        let settings: Vec<&str> = timing.settings.split_whitespace().filter(known).collect();
        let text = lines.join("\n").replace('\0', "").replace("-->", "--&gt;");
        Cue::new(timing, settings.join(" "), &text)
    }
}

/// Parses the `Dialogue:` lines of SubStation's `[Events]`, with the fields that its `Format:` line names.
fn parse_dialogues(text: &str) -> Vec<Cue> {
    let mut cues = Vec::new();
    // Aegisub's format, for files without a `Format:` line.
    let mut format: Vec<String> = [
        "layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut in_events = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_events = line.eq_ignore_ascii_case("[events]");
            continue;
        }
        let Some((key, value)) = line.split_once(':').filter(|_| in_events) else {
            continue;
        };
        if key.eq_ignore_ascii_case("format") {
            format = value
                .split(',')
                .map(|name| name.trim().to_ascii_lowercase())
                .collect();
        } else if key.eq_ignore_ascii_case("dialogue") {
            cues.extend(dialogue(&format, value));
        }
    }
    cues
}

fn dialogue(format: &[String], value: &str) -> Option<Cue> {
    // The text is the last field, and may contain commas.
    let fields: Vec<&str> = value.splitn(format.len(), ',').collect();
    let field = |name: &str| {
        let at = format.iter().position(|field| field == name)?;
        fields.get(at).copied()
    };
    let timing = Timing {
        start_ms: parse_ms(field("start")?.trim())?,
        end_ms: parse_ms(field("end")?.trim())?,
        settings: "",
    };
    let styled = CueTextBuilder::of_ass(field("text")?);
    Cue::new(&timing, styled.settings(), &styled.finished())
}

#[cfg(test)]
mod tests;
