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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(format: SubtitleFormat, text: &str) -> Vec<String> {
        let show = |cue: &Cue| {
            let place = if cue.settings.is_empty() {
                String::new()
            } else {
                format!(" [{}]", cue.settings)
            };
            format!(
                "{}-{}{place} {}",
                cue.start_ms,
                cue.end_ms,
                cue.text.replace('\n', " / ")
            )
        };
        parse(format, text).iter().map(show).collect()
    }

    #[test]
    fn subrip_as_it_is_written_in_the_wild() {
        let cases: &[(&str, &[&str])] = &[
            (
                "1\n00:00:01,000 --> 00:00:02,500\nOne\nTwo\n\n2\n00:00:03,000 --> 00:00:04,000\nThree\n",
                &["1000-2500 One / Two", "3000-4000 Three"],
            ),
            (
                "1\r\n00:00:01,000 --> 00:00:02,000\r\nCarriage returns\r\n\r\n",
                &["1000-2000 Carriage returns"],
            ),
            (
                "00:01.5-->00:02\nNo number, no hours\n",
                &["1500-2000 No number, no hours"],
            ),
            (
                "1\n0:00:01.25 --> 0:00:02,3 X1:10 X2:20\nPlaces\n",
                &["1250-2300 Places"],
            ),
            (
                "1\n00:00:01,000 --> 00:00:02,000\nA\n\nB\n\n2\n00:00:03,000 --> 00:00:04,000\nC\n",
                &["1000-2000 A / B", "3000-4000 C"],
            ),
            (
                "1\n00:00:01,000 --> 00:00:02,000\nA\n2\n00:00:03,000 --> 00:00:04,000\nB\n",
                &["1000-2000 A", "3000-4000 B"],
            ),
            (
                "1\n00:00:01,000 --> 00:00:02,000\n1984\n\n2\n00:00:03,000 --> 00:00:04,000\n42\n",
                &["1000-2000 1984", "3000-4000 42"],
            ),
            (
                "5\n00:00:05,000 --> 00:00:06,000\nLate\n\n1\n00:00:01,000 --> 00:00:02,000\nEarly\n",
                &["1000-2000 Early", "5000-6000 Late"],
            ),
            (
                // Line ends that were converted twice.
                "1\r\r\n00:00:01,000 --> 00:00:02,000\r\r\nA\r\r\n\r\r\n2\r\r\n00:00:03,000 --> 00:00:04,000\r\r\nB\r\r\n",
                &["1000-2000 A", "3000-4000 B"],
            ),
            (
                "1\n-00:00:01,000 --> 00:00:02,000\nBegun before\n\n2\n-00:00:03,000 --> -00:00:02,000\nOver before\n",
                &["0-2000 Begun before"],
            ),
            (
                "1\n 00 : 00 : 01 , 500 --> 00 : 00 : 02 , 000  X1:10\nBlanks\n",
                &["1500-2000 Blanks"],
            ),
            (
                "1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:00:0x,000 --> 00:00:03,000\nNowhere\n\n3\n00:00:04,000 --> 00:00:05,000\nA --> B\n",
                &["1000-2000 A", "4000-5000 A --&gt; B"],
            ),
            (
                "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nA\n\nNOTE named wrongly\n",
                &["1000-2000 A"],
            ),
            (
                "1\n00:00:02,000 --> 00:00:01,000\nBackwards\n\n2\nnonsense --> 00:00:01\nA\n\n3\n00:00:01,000 --> 00:00:02,000\nGood\n",
                &["1000-2000 Good"],
            ),
            (
                "1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:03,000 --> 00:00:04,000\n<i></i>\n",
                &[],
            ),
            (
                "1\n99:59:59,999 --> 100:00:01,000\nLong\n",
                &["359999999-360001000 Long"],
            ),
            (
                "1\n99999999999999999999:00:00,000 --> 99999999999999999999:00:01,000\nNever\n",
                &[],
            ),
            ("", &[]),
            ("just a text", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(lines(SubtitleFormat::Srt, text), *expected, "{text:?}");
        }
    }

    #[test]
    fn what_markup_becomes() {
        let cases = [
            ("<i>a</i> <B>b</B> <u>c</u>", "<i>a</i> <b>b</b> <u>c</u>"),
            ("<font color=\"#ff0000\">red</font>", "red"),
            ("<i>never closed", "<i>never closed</i>"),
            (
                "<b><i>crossed</b> over</i>",
                "<b><i>crossed</i></b><i> over</i>",
            ),
            ("</i>never opened", "never opened"),
            ("1 < 2 && 3 > 2", "1 &lt; 2 &amp;&amp; 3 &gt; 2"),
            ("Tom &amp; Jerry", "Tom &amp; Jerry"),
            ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
            ("<c.x>y", "&lt;c.x&gt;y"),
            ("a {\\i1}b{\\i0} {laughs}", "a <i>b</i> {laughs}"),
            ("a { b", "a { b"),
            ("a\0b", "ab"),
            ("one<br>two", "one / two"),
        ];
        for (text, expected) in cases {
            let file = format!("1\n00:00:01,000 --> 00:00:02,000\n{text}\n");
            assert_eq!(
                lines(SubtitleFormat::Srt, &file),
                [format!("1000-2000 {expected}")],
                "{text:?}"
            );
        }
        let top = "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}up\n";
        assert_eq!(lines(SubtitleFormat::Srt, top), ["1000-2000 [line:0] up"]);
    }

    #[test]
    fn substation() {
        let file = "[Script Info]\nTitle: x\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n[Events]\n\
            Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n\
            Dialogue: 0,0:00:03.50,0:00:04.00,Default,,0,0,0,,{\\i1}Later{\\i0}, with a comma\\Nand a line\n\
            Comment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,not shown\n\
            Dialogue: 1,0:00:01.00,0:00:02.00,Sign,,0,0,0,,{\\an8\\pos(1,2)}Up\\hthere\n\
            Dialogue: 0,0:00:01.00,0:00:02.00,Sign,,0,0,0,,{\\an8}Up\\hthere\n\
            Dialogue: 0,0:00:01.00,0:00:09.00,Draw,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}\n\
            Dialogue: 0,broken\n[Fonts]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,not an event\n";
        let expected = [
            "1000-2000 [line:0] Up\u{a0}there",
            "3500-4000 <i>Later</i>, with a comma / and a line",
        ];
        assert_eq!(lines(SubtitleFormat::Ass, file), expected);

        let older = "[Events]\nFormat: Marked, Start, End, Text\nDialogue: Marked=0,0:00:01.00,0:00:02.00,a, b\n";
        assert_eq!(lines(SubtitleFormat::Ass, older), ["1000-2000 a, b"]);
    }

    #[test]
    fn webvtt_keeps_what_stands_for_itself() {
        let file = "WEBVTT - title\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\nSTYLE\n::cue { color: red }\n\n\
            NOTE a remark\nin two lines\n\nintro\n00:01.000 --> 00:02.000 align:start region:r line:10% evil:<x>\n<v Ann>Hello &amp; bye\n\n\
            01:00:00.000 --> 01:00:01.000\n- NOTE\nNOTE in the text\n";
        let expected = [
            "1000-2000 [align:start line:10%] <v Ann>Hello &amp; bye",
            "3600000-3601000 - NOTE / NOTE in the text",
        ];
        assert_eq!(lines(SubtitleFormat::Vtt, file), expected);
    }

    #[test]
    fn segments_of_webvtt_that_were_joined_have_the_cues_of_each() {
        let segment = |cues: &str| {
            format!("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n{cues}")
        };
        let parts = [
            segment("1\n00:01.000 --> 00:02.000\nOne\n\n"),
            segment("00:03.000 --> 00:04.000\nTwo\n"),
            segment("a name\n00:05.000 --> 00:06.000\nThree\n\na block\nwithout a time\n"),
        ];
        let expected = ["1000-2000 One", "3000-4000 Two", "5000-6000 Three"];
        assert_eq!(lines(SubtitleFormat::Vtt, &parts.concat()), expected);
        assert_eq!(
            lines(SubtitleFormat::Vtt, &parts.concat().replace('\n', "\r\r\n")),
            expected
        );
        let broken = "WEBVTT\n\n00:01.000 --> 00:02.000\nOne\nx --> y\nnever\n\n00:03.000 --> 00:04.000\nTwo\n";
        assert_eq!(lines(SubtitleFormat::Vtt, broken), expected[..2]);
    }

    #[test]
    fn written_as_webvtt() {
        let cues = parse(
            SubtitleFormat::Srt,
            "1\n01:02:03,004 --> 01:02:05,000\n{\\an8}a\nb\n",
        );
        assert_eq!(
            write(&cues),
            "01:02:03.004 --> 01:02:05.000 line:0\na\nb\n\n"
        );
    }

    proptest! {
        /// For any file: cues are in the order of time, none ends the file or another cue, and parsing the
        /// written text changes nothing.
        #[test]
        fn any_text_becomes_webvtt(text in "(?s)([0-9:,.]{0,12}( --> [0-9:,.]{0,12})?|[<>{}/\\\\ibuNp18&;a-z]{0,8}|\n|\r\n|.){0,60}", srt: bool) {
            let format = if srt { SubtitleFormat::Srt } else { SubtitleFormat::Vtt };
            let cues = parse(format, &text);
            for cue in &cues {
                prop_assert!(cue.end_ms > cue.start_ms);
                prop_assert!(!cue.text.contains("-->") && !cue.text.contains("\n\n") && !cue.text.trim().is_empty());
            }
            let again = parse(SubtitleFormat::Vtt, &format!("WEBVTT\n\n{}", write(&cues)));
            prop_assert_eq!(again, cues);
        }

        #[test]
        fn any_times_are_written_as_they_were_read(start in 0u64..300_000_000, length in 1u64..100_000) {
            let cue = Cue { start_ms: start, end_ms: start + length, settings: String::new(), text: "a".to_owned() };
            prop_assert_eq!(parse(SubtitleFormat::Vtt, &write(std::slice::from_ref(&cue))), [cue]);
        }
    }
}
