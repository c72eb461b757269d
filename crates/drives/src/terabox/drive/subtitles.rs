//! Subtitles that the website has for a film (field notes, section 3).
//!
//! Two forms of the reply are reported. One is a list of `EXT-X-MEDIA` lines, each with a URL on the line after it instead
//! of in a `URI` attribute, so it is no valid playlist. The other is the text of the subtitles. Only the name of the
//! stream type is known for certain, so any refusal of it means that there are none.

use bytes::Bytes;

use crate::http::Reply;
use crate::terabox::Terabox;
use crate::terabox::codes::Context;
use crate::terabox::request::ApiRequest;
use crate::terabox::response::check_response;
use crate::{DriveError, ErrorKind, Origin, UpstreamSubtitles, UpstreamText};

const OPERATION: &str = "subtitles";
const STREAM_TYPE: &str = "M3U8_SUBTITLE_SRT";
/// Maximum size of a reply: a film's dialogue takes some hundred kilobytes.
const MAX_REPLY_BYTES: usize = 5 << 20;
/// Maximum number of subtitles of one film.
const MAX_SUBTITLES: usize = 100;

impl Terabox {
    /// Returns the subtitles of the film at an account's path; empty if there are none.
    pub(crate) async fn told_subtitles(
        &self,
        path: &str,
    ) -> Result<Vec<UpstreamSubtitles>, DriveError> {
        let Some(web) = &self.web else {
            return Ok(Vec::new());
        };
        let query = [
            ("path", path),
            ("type", STREAM_TYPE),
            ("isplayer", "1"),
            ("check_blue", "1"),
        ];
        let request = ApiRequest {
            operation: OPERATION,
            path: "/api/streaming",
            query: &query,
            form: None,
            limit: MAX_REPLY_BYTES,
        };
        let judge = |reply: &Reply| match reply.status.is_success() && is_text(&reply.body) {
            true => Ok(()),
            false => check_response(OPERATION, reply, Context::Web, self.clock.now()),
        };
        match web.ask_for_drive(&request, judge).await {
            Ok(reply) => Ok(parse(&reply.body, &Origin::new(reply.url, None))),
            Err(error) if says_that_there_are_none(&error) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// Returns true if the upstream answered with a number that is neither about the session nor about the rate of calls.
fn says_that_there_are_none(error: &DriveError) -> bool {
    error.upstream_code.is_some()
        && !matches!(
            error.kind,
            ErrorKind::SignedOut | ErrorKind::RateLimited | ErrorKind::VerificationRequired
        )
}

/// Returns true if a body is one of the two forms.
fn is_text(body: &[u8]) -> bool {
    is_list(body) || is_subrip(body)
}

fn is_list(body: &[u8]) -> bool {
    let start = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    start.trim_ascii_start().starts_with(b"#EXTM3U")
}

/// Returns true if a body has an arrow between times in its first kilobytes. Texts in UTF-16 have zeros between.
fn is_subrip(body: &[u8]) -> bool {
    let head = &body[..body.len().min(4096)];
    let plain: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    let is_json = plain.trim_ascii_start().starts_with(b"{");
    !is_json && plain.windows(5).any(|bytes| bytes == b" --> ")
}

/// Returns the subtitles of a reply in either form; empty for any other text.
fn parse(body: &Bytes, base: &Origin) -> Vec<UpstreamSubtitles> {
    if is_list(body) {
        return parse_list(&String::from_utf8_lossy(body), base);
    }
    match is_subrip(body) {
        true => vec![UpstreamSubtitles {
            language: None,
            name: None,
            text: UpstreamText::Inline(body.clone()),
        }],
        false => Vec::new(),
    }
}

fn parse_list(text: &str, base: &Origin) -> Vec<UpstreamSubtitles> {
    let mut found = Vec::new();
    let mut pending: Option<UpstreamSubtitles> = None;
    let text = text.trim_start_matches('\u{feff}');
    for line in text.lines().map(str::trim) {
        if let Some(attributes) = line.strip_prefix("#EXT-X-MEDIA:") {
            let value = |name: &str| attribute(attributes, name).filter(|it| !it.is_empty());
            if value("TYPE").as_deref() != Some("SUBTITLES") {
                continue;
            }
            let described = |at: Origin| UpstreamSubtitles {
                language: value("LANGUAGE"),
                name: value("NAME"),
                text: UpstreamText::At(at),
            };
            match value("URI").and_then(|uri| base.resolve(&uri)) {
                Some(at) => found.push(described(at)),
                // Its URL is on the next line.
                None => pending = Some(described(base.clone())),
            }
        } else if !line.is_empty()
            && !line.starts_with('#')
            && let Some(at) = base.resolve(line)
        {
            let described = pending.take();
            found.push(UpstreamSubtitles {
                language: described.as_ref().and_then(|it| it.language.clone()),
                name: described.and_then(|it| it.name),
                text: UpstreamText::At(at),
            });
        }
        if found.len() >= MAX_SUBTITLES {
            break;
        }
    }
    found
}

/// Returns the value of an attribute without its quotes (RFC 8216 §4.2); `None` if the list has none of that name.
fn attribute(list: &str, name: &str) -> Option<String> {
    let mut rest = list;
    while let Some((key, after)) = rest.split_once('=') {
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at(after.find(',').unwrap_or(after.len())),
        };
        if key.trim() == name {
            return Some(value.to_owned());
        }
        rest = next.trim_start_matches(',');
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Option<String>, Option<String>, String)> {
        let base = Origin::new("https://h/api/streaming?x", None);
        let body = Bytes::copy_from_slice(text.as_bytes());
        let found = parse(&body, &base).into_iter();
        let text = |text| match text {
            UpstreamText::At(at) => at.url().to_owned(),
            UpstreamText::Inline(bytes) => format!("{} bytes", bytes.len()),
        };
        found
            .map(|it| (it.language, it.name, text(it.text)))
            .collect()
    }

    #[test]
    fn both_forms_are_read() {
        let list = "#EXTM3U\n#EXT-X-MEDIA:SUBTITLES\n\
            #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"a, b=c\",DEFAULT=YES,AUTOSELECT=YES,LANGUAGE=\"chi\"\n\
            https://v/netdisk-subtitle/1_srt/x?sign=a%252Fb\n\
            #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"\",DEFAULT=NO,LANGUAGE=\"eng\",URI=\"/2_srt\"\n\
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\"\n";
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            read(list),
            [
                (
                    text("chi"),
                    text("a, b=c"),
                    "https://v/netdisk-subtitle/1_srt/x?sign=a%252Fb".to_owned()
                ),
                (text("eng"), None, "https://h/2_srt".to_owned()),
            ]
        );
        let subrip = "1\n00:00:01,000 --> 00:00:02,000\nHello\n";
        assert_eq!(read(subrip), [(None, None, "38 bytes".to_owned())]);
        // A line without a description, and what is neither form.
        assert_eq!(
            read("\u{feff}#EXTM3U\nhttps://v/3\nfile:///etc/passwd\n"),
            [(None, None, "https://v/3".to_owned())]
        );
        for nothing in [
            "",
            "#EXTM3U\n#EXT-X-MEDIA:SUBTITLES\n",
            "{\"errno\":31066}",
            "<html>",
        ] {
            assert_eq!(read(nothing), [], "{nothing:?}");
        }
        assert!(!is_text(b"{\"errno\":0,\"x\":\"a --> b\"}"));
        assert!(is_text(
            &"1\n00:00:01,000 --> 00:00:02"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<_>>()
        ));
    }

    #[test]
    fn a_refusal_of_the_type_means_that_there_are_none() {
        let error = |kind| DriveError::new(kind, OPERATION, "");
        for (kind, code, none) in [
            (ErrorKind::NotFound, Some(31066), true),
            (ErrorKind::BadRequest, Some(2), true),
            (ErrorKind::UpstreamFailed, Some(4711), true),
            (ErrorKind::UpstreamFailed, None, false),
            (ErrorKind::SignedOut, Some(-6), false),
            (ErrorKind::VerificationRequired, Some(400141), false),
            (ErrorKind::RateLimited, Some(31034), false),
        ] {
            let error = match code {
                Some(code) => error(kind).with_code(code),
                None => error(kind),
            };
            assert_eq!(says_that_there_are_none(&error), none, "{kind:?} {code:?}");
        }
    }
}
