//! URLs among words: finds where one begins and, harder, where it ends.

use percent_encoding::percent_decode_str;

/// A URL in a text.
pub(super) struct FoundUrl {
    /// Its start and end in the text, in bytes.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The URL, with a scheme.
    pub(super) url: String,
}

/// Returns the text without the additions of chats: invisible characters, escapes of HTML and Markdown.
pub(super) fn plain(text: &str, most_bytes: usize) -> String {
    let text = &text[..text.floor_char_boundary(most_bytes)];
    let invisible = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}');
    let seen: String = text.chars().filter(|&c| !invisible(c)).collect();
    seen.replace("&amp;", "&")
        .replace("\\_", "_")
        .replace("\\-", "-")
}

/// Returns every URL of a text. One inside another is a part of that.
pub(super) fn urls(text: &str) -> Vec<FoundUrl> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let Some((start, kind)) = next_start(&lower, at) else {
            break;
        };
        let end = end_of(text, &lower, start, kind);
        let spelled = trimmed(text, start, end);
        let url = match kind {
            Start::Scheme => spelled.to_owned(),
            Start::Encoded => percent_decode_str(spelled).decode_utf8_lossy().into_owned(),
            Start::Bare => format!("https://{spelled}"),
        };
        found.push(FoundUrl {
            start,
            end: start + spelled.len(),
            url,
        });
        at = end.max(start + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// `https://…`
    Scheme,
    /// `https%3A%2F%2F…`
    Encoded,
    /// `www.example.com/…`
    Bare,
}

fn next_start(lower: &str, from: usize) -> Option<(usize, Start)> {
    let mut before = lower[..from].chars().next_back();
    for (offset, c) in lower[from..].char_indices() {
        let at = from + offset;
        let rest = &lower[at..];
        if scheme(rest) {
            return Some((at, Start::Scheme));
        }
        if rest.starts_with("http%3a%2f%2f") || rest.starts_with("https%3a%2f%2f") {
            return Some((at, Start::Encoded));
        }
        let glued = before.is_some_and(|c| {
            c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '/' | ':' | '%')
        });
        if c.is_ascii_alphanumeric() && !glued && is_bare(rest) {
            return Some((at, Start::Bare));
        }
        before = Some(c);
    }
    None
}

fn scheme(rest: &str) -> bool {
    rest.starts_with("http://")
        || rest.starts_with("https://")
        || rest.starts_with(super::cloudreve::SCHEME)
}

/// Upper limit for the bytes of an authority: a host name has 253 characters at most, plus a port, a colon and
/// a slash.
const MAX_AUTHORITY_BYTES: usize = 260;

/// Returns true for `name.name/…` and `name.name:port/…`.
fn is_bare(rest: &str) -> bool {
    let near = &rest[..rest.floor_char_boundary(MAX_AUTHORITY_BYTES)];
    let Some((host, _)) = near.split_once('/') else {
        return false;
    };
    let (host, port) = host.split_once(':').unwrap_or((host, ""));
    host.contains('.')
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the latest possible end of the URL that begins at `start`.
fn end_of(text: &str, lower: &str, start: usize, kind: Start) -> usize {
    let mut open_brackets = 0;
    let authority = start + text[start..].find("//").map_or(0, |at| at + 2);
    let mut in_host = kind == Start::Scheme;
    for (offset, c) in text[start..].char_indices() {
        let at = start + offset;
        if at >= authority && matches!(c, '/' | '?' | '#') {
            in_host = false;
        }
        let ends = match c {
            '[' | ']' => !(in_host && at >= authority),
            '<' | '>' | '"' | '\'' | '`' | '{' | '}' | '|' | '\\' | '^' | '*' | ',' | ';' => true,
            '(' => {
                open_brackets += 1;
                false
            }
            ')' => {
                open_brackets -= 1;
                open_brackets < 0
            }
            c => c.is_whitespace() || c.is_control() || !c.is_ascii(),
        };
        if ends {
            return at;
        }
        // Two URLs without a blank between, as one-line fields make them of two lines.
        let previous = text[..at].chars().next_back();
        let after_word =
            previous.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if offset > 0 && after_word && scheme(&lower[at..]) {
            return at;
        }
    }
    text.len()
}

/// Returns the URL without the punctuation of the sentence around it.
fn trimmed(text: &str, start: usize, end: usize) -> &str {
    let mut address = text[start..end].trim_end_matches(['.', ':', '!', '?', '~', '…', '$']);
    // `_address_`, `__address__`
    let mut before = text[..start].chars();
    while before.next_back() == Some('_') && address.ends_with('_') {
        address = &address[..address.len() - 1];
    }
    address
}
