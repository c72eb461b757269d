//! Tests of `cues`.

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
    let segment =
        |cues: &str| format!("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n{cues}");
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
    let broken =
        "WEBVTT\n\n00:01.000 --> 00:02.000\nOne\nx --> y\nnever\n\n00:03.000 --> 00:04.000\nTwo\n";
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
