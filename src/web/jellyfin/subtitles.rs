//! Texts of a film in the format that an app asks for: WebVTT, SubRip, ASS, or JSON.

use std::fmt::Write;

use axum::http::header;
use axum::response::Response;
use serde_json::{Value, json};

use super::ids::ItemId;
use super::item_json::TICKS_PER_S;
use super::request::AppCall;
use super::session::media_credentials;
use super::streams::MediaFile;
use crate::web::error::Problem;
use crate::web::preconditions;
use media::SubtitleOrigin;

/// `GET /Videos/{item}/{source}/Subtitles/{index}/[{start}/]Stream.{format}`
pub(super) async fn stream(
    call: &AppCall,
    (item, source): (ItemId, ItemId),
    index: &str,
    format: &str,
) -> Result<Response, Problem> {
    let (ticket, text) = media_credentials(call, Some(source)).await?;
    let file = MediaFile::find(call, &ticket, text, (item, Some(source))).await?;
    let id = match call.text("subtitleid") {
        Some(id) => id.to_owned(),
        None => id_of_index(call, &file, index.parse().map_err(|_| Problem::NOT_FOUND)?).await?,
    };
    let text = call.site.playback.subtitle_text(&file.entry, &id).await?;
    let cues = parse(&text.file());
    let (content_type, body) = match format {
        "vtt" | "webvtt" => ("text/vtt; charset=utf-8", text.file()),
        "srt" | "subrip" => ("application/x-subrip", srt(&cues)),
        "ass" | "ssa" => ("text/x-ssa; charset=utf-8", ass(&cues)),
        "js" | "json" => ("application/json", track_events(&cues).to_string()),
        _ => return Err(Problem::NOT_FOUND),
    };
    let etag = format!("\"{}-{format}\"", text.etag);
    let about = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    preconditions::answer(&call.method, &call.headers, &etag, about, body)
}

/// Returns the id of the text at an index among the streams of a file.
async fn id_of_index(call: &AppCall, file: &MediaFile, index: usize) -> Result<String, Problem> {
    let playback = &call.site.playback;
    let film = playback.known_source(&file.entry).await;
    let tracks = film.map_or(2, |film| film.source().tracks().len());
    let texts = playback.subtitles(&file.entry).await?;
    let mut beside = texts
        .iter()
        .filter(|it| matches!(it.origin, SubtitleOrigin::File(_)));
    let found = match index.checked_sub(tracks) {
        Some(position) => beside.nth(position),
        None => texts
            .iter()
            .find(|it| it.origin == SubtitleOrigin::Track(index)),
    };
    found.map(|text| text.id.clone()).ok_or(Problem::NOT_FOUND)
}

/// A line with its times in milliseconds.
#[derive(Debug, PartialEq, Eq)]
struct TimedText {
    start_ms: u64,
    end_ms: u64,
    text: String,
}

/// Parses the WebVTT that this server writes.
fn parse(vtt: &str) -> Vec<TimedText> {
    let blocks = vtt.split("\n\n");
    blocks.filter_map(parse_block).collect()
}

fn parse_block(block: &str) -> Option<TimedText> {
    let mut lines = block.lines().skip_while(|line| !line.contains(" --> "));
    let (start, rest) = lines.next()?.split_once(" --> ")?;
    let end = rest.split_whitespace().next()?;
    Some(TimedText {
        start_ms: milliseconds(start)?,
        end_ms: milliseconds(end)?,
        text: lines.collect::<Vec<_>>().join("\n"),
    })
}

/// Parses `01:02:03.456`, with or without hours.
fn milliseconds(text: &str) -> Option<u64> {
    let (rest, fraction) = text.trim().split_once('.')?;
    let parts = rest.split(':').map(|part| part.parse::<u64>().ok());
    let seconds = parts
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .fold(0, |sum, part| sum * 60 + part);
    Some(seconds * 1000 + fraction.parse::<u64>().ok()?)
}

fn clock(ms: u64) -> (u64, u64, u64, u64) {
    (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

fn srt(cues: &[TimedText]) -> String {
    let time = |ms: u64| {
        let (hours, minutes, seconds, ms) = clock(ms);
        format!("{hours:02}:{minutes:02}:{seconds:02},{ms:03}")
    };
    let mut text = String::new();
    for (number, cue) in cues.iter().enumerate() {
        let (start, end) = (time(cue.start_ms), time(cue.end_ms));
        let _ = write!(
            text,
            "{}\n{start} --> {end}\n{}\n\n",
            number + 1,
            plain(&cue.text)
        );
    }
    text
}

const ASS_HEAD: &str = "[Script Info]\nScriptType: v4.00+\nPlayResX: 384\nPlayResY: 288\n\n[V4+ Styles]\n\
    Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
    StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n\
    Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1\n\n[Events]\n\
    Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n";

fn ass(cues: &[TimedText]) -> String {
    let time = |ms: u64| {
        let (hours, minutes, seconds, ms) = clock(ms);
        format!("{hours}:{minutes:02}:{seconds:02}.{:02}", ms / 10)
    };
    let mut text = ASS_HEAD.to_owned();
    for cue in cues {
        let line = without_tags(&plain(&cue.text))
            .replace(['{', '}'], "")
            .replace('\n', "\\N");
        let (start, end) = (time(cue.start_ms), time(cue.end_ms));
        let _ = writeln!(text, "Dialogue: 0,{start},{end},Default,,0,0,0,,{line}");
    }
    text
}

fn track_events(cues: &[TimedText]) -> Value {
    let ticks = |ms: u64| (ms as f64 / 1000.0 * TICKS_PER_S) as i64;
    let events = cues.iter().enumerate().map(|(number, cue)| {
        json!({
            "Id": (number + 1).to_string(),
            "Text": without_tags(&plain(&cue.text)),
            "StartPositionTicks": ticks(cue.start_ms),
            "EndPositionTicks": ticks(cue.end_ms),
        })
    });
    json!({"TrackEvents": events.collect::<Vec<_>>()})
}

/// Replaces the escapes of WebVTT.
fn plain(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

/// Removes the tags of italics and the like.
fn without_tags(text: &str) -> String {
    let mut plain = text.to_owned();
    for tag in ["i", "b", "u"] {
        plain = plain
            .replace(&format!("<{tag}>"), "")
            .replace(&format!("</{tag}>"), "");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const VTT: &str = "WEBVTT\n\n00:00:01.500 --> 00:00:02.000 line:0\n<i>Fish</i> &amp; chips\nfor two\n\n01:00:03.000 --> 01:00:04.000\n{x}\n\n";

    #[test]
    fn one_text_in_every_format() {
        let cues = parse(VTT);
        assert_eq!(cues.len(), 2);
        assert_eq!((cues[1].start_ms, cues[1].end_ms), (3_603_000, 3_604_000));
        assert!(srt(&cues).starts_with(
            "1\n00:00:01,500 --> 00:00:02,000\n<i>Fish</i> & chips\nfor two\n\n2\n01:00:03,000"
        ));
        assert!(ass(&cues).contains(
            "Dialogue: 0,0:00:01.50,0:00:02.00,Default,,0,0,0,,Fish & chips\\Nfor two\n"
        ));
        let events = track_events(&cues);
        assert_eq!(events["TrackEvents"][0]["StartPositionTicks"], 15_000_000);
        assert_eq!(events["TrackEvents"][0]["Text"], "Fish & chips\nfor two");
        assert!(parse("WEBVTT\n\n").is_empty() && parse_block("x --> y").is_none());
    }
}
