//! Download URLs (dlinks): decoded as the upstream hands them out, and completed for the request.
//!
//! They may be escaped for HTML or percent-encoded as a whole. Apart from that, not a byte of them may change,
//! since they are signed. The first host requires the access token beside the signature.

use std::time::{Duration, SystemTime};

use percent_encoding::percent_decode_str;

const SESSION_MARK: &str = "#with-session";

/// Returns the URL that a `dlink` field stands for; `None` if the field holds none.
pub(crate) fn of_dlink(dlink: &str) -> Option<String> {
    let dlink = dlink.trim();
    let lower = dlink.get(..9).unwrap_or(dlink).to_ascii_lowercase();
    let decoded = if lower.starts_with("http%3a") || lower.starts_with("https%3a") {
        percent_decode_str(dlink).decode_utf8().ok()?.into_owned()
    } else {
        dlink.to_owned()
    };
    let address = decoded.replace("&amp;", "&");
    (address.starts_with("http://") || address.starts_with("https://")).then_some(address)
}

/// Returns the URL with the access token, unless it carries one already.
pub(crate) fn with_token(address: &str, encoded_token: &str) -> String {
    let (rest, fragment) = match address.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (address, None),
    };
    if carries_token(rest) {
        return address.to_owned();
    }
    let joint = match rest.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    let mut text = format!("{rest}{joint}access_tokens={encoded_token}");
    if let Some(fragment) = fragment {
        text.push('#');
        text.push_str(fragment);
    }
    text
}

/// Marks a URL whose first host requires the session's cookie. The mark is never sent: it stands behind a `#`.
pub(crate) fn with_session(address: &str) -> String {
    let address = address.split('#').next().unwrap_or(address);
    format!("{address}{SESSION_MARK}")
}

/// Returns the URL without its mark; `None` if [`with_session`] did not mark it.
pub(crate) fn wants_session(address: &str) -> Option<&str> {
    address.strip_suffix(SESSION_MARK)
}

/// Returns true if the URL was made by [`with_token`].
pub(crate) fn carries_token(address: &str) -> bool {
    address.split_once('?').is_some_and(|(_, query)| {
        query
            .split('&')
            .any(|pair| pair.starts_with("access_tokens="))
    })
}

/// Returns the expiry of a URL that was just made, from its `expires`: a number with a unit (`1h`, `8h`), or
/// seconds since 1970. `None` if it has no such parameter that can be parsed.
pub(crate) fn expires_at(address: &str, now: SystemTime) -> Option<SystemTime> {
    let (_, query) = address.split_once('?')?;
    let text = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("expires="))?;
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok()?;
    let unit = match &text[digits.len()..] {
        "h" => 3600,
        "m" => 60,
        "d" => 86_400,
        "s" => 1,
        "" if number > 1_000_000_000 => {
            return SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(number));
        }
        "" => 1,
        _ => return None,
    };
    now.checked_add(Duration::from_secs(number.checked_mul(unit)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dlinks_as_they_come() {
        let plain =
            "https://d.terabox.com/file/84fd?fid=44-25-93&sign=FDt-u2yx%3D&expires=1h&chkpc=&vip=2";
        let cases = [
            (plain, Some(plain)),
            (
                "https%3A%2F%2Fd.terabox.com%2Ff%3Fsign%3Da%253D%26vip%3D2",
                Some("https://d.terabox.com/f?sign=a%3D&vip=2"),
            ),
            ("http%3a%2f%2fh%2ff", Some("http://h/f")),
            ("https://h/f?a=1&amp;b=%2B", Some("https://h/f?a=1&b=%2B")),
            ("", None),
            ("ftp://h/f", None),
            ("null", None),
        ];
        for (dlink, expected) in cases {
            assert_eq!(of_dlink(dlink).as_deref(), expected, "{dlink}");
        }
    }

    #[test]
    fn the_token_joins_and_nothing_else_changes() {
        let cases = [
            (
                "https://h/f?sign=%2B",
                "https://h/f?sign=%2B&access_tokens=T",
            ),
            (
                "https://h/f?sign=%2B&",
                "https://h/f?sign=%2B&access_tokens=T",
            ),
            ("https://h/f?", "https://h/f?access_tokens=T"),
            ("https://h/f", "https://h/f?access_tokens=T"),
            ("https://h/f?access_tokens=U", "https://h/f?access_tokens=U"),
        ];
        for (address, expected) in cases {
            let made = with_token(address, "T");
            assert_eq!(made, expected);
            assert!(carries_token(&made) && !carries_token("https://h/f?x=1"));
        }
    }

    #[test]
    fn what_wants_the_session_is_marked_behind_the_address() {
        let marked = with_session("https://h/f?sign=%2B#x");
        assert_eq!(wants_session(&marked), Some("https://h/f?sign=%2B"));
        assert_eq!(wants_session("https://h/f?sign=%2B"), None);
    }

    #[test]
    fn expiry_as_a_unit_or_a_moment() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let at = |text: &str| {
            expires_at(&format!("https://h/f?sign=x&expires={text}&v=1"), now)
                .map(|at| at.duration_since(now).unwrap().as_secs())
        };
        assert_eq!(at("1h"), Some(3600));
        assert_eq!(at("8h"), Some(28_800));
        assert_eq!(at("30m"), Some(1800));
        assert_eq!(at("1700000500"), Some(500));
        assert_eq!((at("soon"), at("")), (None, None));
    }
}
