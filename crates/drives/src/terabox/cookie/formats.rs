//! Parses pasted browser cookies, in each of their forms, into the same list. Pure; the choice of the session
//! among them is not made here.

use chrono::{DateTime, NaiveDateTime};
use serde_json::Value;

/// Name of the cookie that is the session.
pub(crate) const SESSION: &str = "ndus";
const MAX_VALUE_BYTES: usize = 2048;

/// One cookie of a browser.
pub(crate) struct FoundCookie {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Domain without a leading dot.
    pub(crate) domain: Option<String>,
    pub(crate) ends_at: Option<i64>,
}

/// Returns every cookie of a paste, in its order.
pub(crate) fn all(paste: &str) -> Vec<FoundCookie> {
    if paste.starts_with(['[', '{'])
        && let Ok(json) = serde_json::from_str::<Value>(paste)
    {
        return of_json(&json);
    }
    let rows: Vec<FoundCookie> = paste.lines().filter_map(of_row).collect();
    if !rows.is_empty() {
        return rows;
    }
    if paste.contains("ndus=") {
        return of_header(paste);
    }
    let bare = paste.trim_matches(['"', '\'', '`']).trim();
    // A single word is the bare value: it is no sentence, no other cookie, and not some short name.
    if bare.len() >= 8 && is_value(bare) && !bare.trim_end_matches('=').contains('=') {
        return vec![FoundCookie {
            name: SESSION.to_owned(),
            value: bare.to_owned(),
            domain: None,
            ends_at: None,
        }];
    }
    Vec::new()
}

/// Parses the JSON that extensions export: a list of objects, such a list below `cookies`, or names with their
/// values.
fn of_json(json: &Value) -> Vec<FoundCookie> {
    if let Some(object) = json.as_object()
        && let Some(value) = object.get(SESSION).and_then(Value::as_str)
    {
        let others = object.iter().filter(|(name, _)| *name != SESSION);
        let pairs = std::iter::once((SESSION, value))
            .chain(others.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))));
        return pairs
            .map(|(name, value)| FoundCookie {
                name: name.to_owned(),
                value: value.to_owned(),
                domain: None,
                ends_at: None,
            })
            .collect();
    }
    let list = json.as_array().or_else(|| json.get("cookies")?.as_array());
    let text = |cookie: &Value, keys: &[&str]| {
        let value = keys.iter().find_map(|key| cookie.get(*key)?.as_str());
        value.map(str::to_owned)
    };
    let end = |cookie: &Value| {
        ["expirationDate", "expires", "expiry", "expiration"]
            .iter()
            .find_map(|key| match cookie.get(*key)? {
                Value::Number(number) => number.as_f64(),
                Value::String(text) => text.parse().ok().or(moment(text).map(|at| at as f64)),
                _ => None,
            })
            .and_then(plausible)
    };
    list.into_iter()
        .flatten()
        .filter_map(|cookie| {
            Some(FoundCookie {
                name: text(cookie, &["name", "Name"])?,
                value: text(cookie, &["value", "Value"])?,
                domain: text(cookie, &["domain", "Domain", "host"]).map(|name| bare_domain(&name)),
                ends_at: end(cookie),
            })
        })
        .collect()
}

/// Parses a row of Netscape's `cookies.txt` (seven fields), or of the table that browsers show (name and value
/// first).
fn of_row(line: &str) -> Option<FoundCookie> {
    let line = line.strip_prefix("#HttpOnly_").unwrap_or(line);
    if line.starts_with('#') || !line.contains('\t') {
        return None;
    }
    let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
    let is_flag = |text: &str| matches!(text, "TRUE" | "FALSE" | "true" | "false");
    if let [domain, flag, _, _, end, name, value, ..] = fields[..]
        && is_flag(flag)
    {
        return Some(FoundCookie {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: Some(bare_domain(domain)),
            ends_at: end.parse().ok().and_then(plausible),
        });
    }
    let (name, value) = (fields.first()?, fields.get(1)?);
    let domain = fields.get(2).filter(|text| text.contains('.'));
    is_name(name).then(|| FoundCookie {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
        domain: domain.map(|domain| bare_domain(domain)),
        ends_at: fields.get(4).and_then(|text| moment(text)),
    })
}

/// Parses `name=value; name=value`, with the text that a browser or curl puts around it.
fn of_header(paste: &str) -> Vec<FoundCookie> {
    let Some(line) = paste.lines().find(|line| line.contains("ndus=")) else {
        return Vec::new();
    };
    let lower = line.to_ascii_lowercase();
    let begin = lower.find("cookie:").map_or(0, |at| at + "cookie:".len());
    let text = match line.get(begin..) {
        Some(rest) if rest.contains("ndus=") => rest,
        _ => line,
    };
    // In a curl command without the header's name, the text before the quote is an option.
    let text = text
        .trim()
        .trim_start_matches("-b")
        .trim()
        .trim_start_matches(['"', '\'', '$']);
    let text = text.split(['"', '\'', '`']).next().unwrap_or(text);
    let (mut found, mut ends_at, mut domain) = (Vec::new(), None, None);
    for pair in text.split(';') {
        let Some((name, value)) = pair.trim().split_once('=') else {
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "expires" => ends_at = moment(value),
            "domain" => domain = Some(bare_domain(value)),
            "path" | "max-age" | "samesite" | "priority" => {}
            _ => found.push(FoundCookie {
                name: name.trim().to_owned(),
                value: value.trim().to_owned(),
                domain: None,
                ends_at: None,
            }),
        }
    }
    for cookie in &mut found {
        cookie.ends_at = ends_at;
        cookie.domain.clone_from(&domain);
    }
    found
}

/// Parses a time into seconds since 1970: ISO 8601, or the form of a header. `None` if it is neither.
fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    let iso = DateTime::parse_from_rfc3339(text).map(|at| at.timestamp());
    let http = || {
        // The weekday adds nothing to the date.
        let date = text.split_once(", ").map_or(text, |(_, date)| date);
        let date = date.replace('-', " ");
        let at = NaiveDateTime::parse_from_str(&date, "%d %b %Y %H:%M:%S GMT");
        at.map(|at| at.and_utc().timestamp())
    };
    iso.or_else(|_| http()).ok()
}

/// Returns the time at which a cookie ends, in seconds since 1970; `None` for 0 and less, which stand for “with
/// the browser”. Numbers a thousand times too large are milliseconds.
fn plausible(seconds: f64) -> Option<i64> {
    let seconds = if seconds > 1e11 {
        seconds / 1000.0
    } else {
        seconds
    };
    (seconds > 0.0 && seconds < 1e11).then_some(seconds as i64)
}

fn bare_domain(domain: &str) -> String {
    domain.trim().trim_start_matches('.').to_ascii_lowercase()
}

/// Returns true if `text` is a cookie name (RFC 6265 section 4.1.1).
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

pub(crate) fn is_value(value: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\');
    !value.is_empty() && value.len() <= MAX_VALUE_BYTES && value.bytes().all(fits)
}
