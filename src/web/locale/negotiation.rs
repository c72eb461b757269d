//! The language that a visitor reads: that of the cookie, else the best one of `Accept-Language`, else English.

use axum::http::{HeaderMap, header};
use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use unic_langid::LanguageIdentifier;

use super::Language;

/// The cookie with the tag of the chosen language.
pub(in crate::web) const LANGUAGE_COOKIE: &str = "lang";

/// Languages of one header that are looked at.
const MAX_REQUESTED: usize = 32;

impl Language {
    /// Returns the language of a request. A cookie with an unknown language counts as none.
    pub fn of(headers: &HeaderMap) -> &'static Language {
        let chosen = cookies(headers).find_map(Language::tagged);
        chosen.unwrap_or_else(|| accepted(headers))
    }
}

/// Returns the values of the cookie.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| {
            cookie
                .trim()
                .strip_prefix(LANGUAGE_COOKIE)?
                .strip_prefix('=')
        })
}

/// Returns the best language of `Accept-Language` (RFC 9110 §12.5.4), by look-up (RFC 4647 §3.4) with likely subtags:
/// `zh-HK` is traditional Chinese, `pt` Brazilian Portuguese.
fn accepted(headers: &HeaderMap) -> &'static Language {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter();
    let mut requested: Vec<(LanguageIdentifier, u16)> = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .take(MAX_REQUESTED)
        .filter_map(weighted)
        .collect();
    // Stable: of equal weights, the first one counts.
    requested.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    let requested: Vec<LanguageIdentifier> = requested.into_iter().map(|(tag, _)| tag).collect();
    let tags = Language::all().iter().map(|language| language.tag);
    let available: Vec<LanguageIdentifier> = tags.filter_map(|tag| tag.parse().ok()).collect();
    let found = negotiate_languages(&requested, &available, None, NegotiationStrategy::Lookup);
    found
        .first()
        .and_then(|tag| Language::tagged(&tag.to_string()))
        .unwrap_or_default()
}

/// Parses `de-AT;q=0.8` to the language and its weight in thousandths; `None` for `*`, for what is malformed, and for the
/// weight 0, which refuses a language.
fn weighted(item: &str) -> Option<(LanguageIdentifier, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let tag = parts.next()?.parse().ok()?;
    let weight = match parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q="))) {
        Some(weight) => (weight.parse::<f32>().ok()?.clamp(0.0, 1.0) * 1000.0) as u16,
        None => 1000,
    };
    (weight > 0).then_some((tag, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_a_visitor() {
        let cases = [
            ("", "", "en"),
            ("de", "", "de"),
            ("de-AT, en;q=0.5", "", "de"),
            ("en-GB,de;q=0.9", "", "en"),
            ("en;q=0.3, fr;q=0.8", "", "fr"),
            ("fr;q=0, es", "", "es"),
            ("fr;q=0", "", "en"),
            ("xx, tr;q=0.1", "", "tr"),
            ("*", "", "en"),
            ("pt", "", "pt-BR"),
            ("pt-PT", "", "pt-BR"),
            ("zh", "", "zh-Hans"),
            ("zh-CN,zh;q=0.9,en;q=0.8", "", "zh-Hans"),
            ("zh-TW", "", "zh-Hant"),
            ("zh-HK", "", "zh-Hant"),
            ("zh-Hant-MO", "", "zh-Hant"),
            ("ar-EG", "", "ar"),
            ("de;q=x, ja", "", "ja"),
            (";;;,,q=1", "", "en"),
            ("de", "lang=ru", "ru"),
            ("de", "drivein_session=x; lang=pt-BR", "pt-BR"),
            ("de", "lang=xx", "de"),
            ("de", "lang=", "de"),
            ("de", "language=ru", "de"),
        ];
        for (accepted, cookie, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            let found = Language::of(&headers);
            assert_eq!(found.tag, expected, "{accepted:?} {cookie:?}");
        }
    }

    #[test]
    fn several_lines_of_a_header_count_as_one() {
        let mut headers = HeaderMap::new();
        headers.append(header::ACCEPT_LANGUAGE, "de;q=0.2".parse().unwrap());
        headers.append(header::ACCEPT_LANGUAGE, "ko;q=0.4".parse().unwrap());
        assert_eq!(Language::of(&headers).tag, "ko");
    }
}
