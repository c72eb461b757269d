//! Languages in the names of subtitle files.

use isolang::Language;
use unicode_normalization::UnicodeNormalization;

/// Names of languages in files that are neither ISO 639 codes nor English names.
const ALIASES: [(&str, &str); 34] = [
    ("chs", "zh-Hans"),
    ("sc", "zh-Hans"),
    ("gb", "zh-Hans"),
    ("simplified", "zh-Hans"),
    ("cht", "zh-Hant"),
    ("tc", "zh-Hant"),
    ("big5", "zh-Hant"),
    ("traditional", "zh-Hant"),
    ("cn", "zh"),
    ("chn", "zh"),
    ("jp", "ja"),
    ("jap", "ja"),
    ("kor", "ko"),
    ("ptbr", "pt-BR"),
    ("pob", "pt-BR"),
    ("brazilian", "pt-BR"),
    ("latino", "es-419"),
    ("castellano", "es-ES"),
    // ISO 639-2/B, the codes of libraries.
    ("alb", "sq"),
    ("arm", "hy"),
    ("baq", "eu"),
    ("chi", "zh"),
    ("cze", "cs"),
    ("dut", "nl"),
    ("fre", "fr"),
    ("ger", "de"),
    ("gre", "el"),
    ("ice", "is"),
    ("mac", "mk"),
    ("may", "ms"),
    ("per", "fa"),
    ("rum", "ro"),
    ("slo", "sk"),
    ("greek", "el"),
];

/// Returns the English name of a language by its BCP 47 tag; `None` for languages without a two-letter code.
pub fn language_name(tag: &str) -> Option<String> {
    let lower = tag.to_lowercase();
    let primary = lower.split('-').next().unwrap_or_default();
    let found = language(&lower).or_else(|| language(primary));
    found.map(|(_, name)| name)
}

/// Returns the tag and the English name of the language that a lower-case word of a file's name denotes, or
/// `None`.
pub(super) fn language(word: &str) -> Option<(String, String)> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == word);
    let word = alias.map_or(word, |(_, tag)| tag);
    let (primary, more) = word.split_once('-').unwrap_or((word, ""));
    let language = match primary.len() {
        2 => Language::from_639_1(primary),
        // Restricted to common languages, since codes of many rare ones are words that occur in names.
        3 => Language::from_639_3(primary).filter(|language| language.to_639_1().is_some()),
        _ if more.is_empty() => {
            Language::from_name_lowercase(primary).filter(|language| language.to_639_1().is_some())
        }
        _ => None,
    }?;
    let code = language.to_639_1()?;
    // "Modern Greek (1453-)", "Malay (macrolanguage)".
    let name = language.to_name();
    let name = name.split(" (").next().unwrap_or(name);
    if more.is_empty() {
        return Some((code.to_owned(), name.to_owned()));
    }
    let more = subtag(more)?;
    let remark = match (code, more.as_str()) {
        ("zh", "Hans" | "CN") => "simplified",
        ("zh", "Hant" | "TW") => "traditional",
        ("pt", "BR") => "Brazil",
        ("es", "419") => "Latin America",
        ("es", "ES") => "Spain",
        (_, other) => other,
    };
    Some((format!("{code}-{more}"), format!("{name} ({remark})")))
}

/// Returns a script or region in the case of BCP 47; `None` for any other text.
fn subtag(text: &str) -> Option<String> {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphabetic());
    match text.len() {
        2 if letters => Some(text.to_ascii_uppercase()),
        3 if text.bytes().all(|byte| byte.is_ascii_digit()) => Some(text.to_owned()),
        4 if letters => {
            let (first, rest) = text.split_at(1);
            Some(first.to_ascii_uppercase() + &rest.to_ascii_lowercase())
        }
        _ => None,
    }
}

/// Replaces the underscore of a language with a region or script (`en_GB`, `zh_Hans`) by a hyphen. Others separate words.
pub(super) fn with_hyphens(rest: &str) -> String {
    let mut words = rest.split('_');
    let mut text = words.next().unwrap_or_default().to_owned();
    let mut joined = false;
    for word in words {
        let before = text
            .rsplit(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or_default();
        let after: String = word.chars().take_while(|c| c.is_alphanumeric()).collect();
        let pair = format!("{before}-{after}").to_lowercase();
        // `en_hi` is English for people who are hard of hearing.
        let is_remark = ["hi", "cc"].contains(&after.to_lowercase().as_str());
        let is_pair = !joined && !before.is_empty() && !after.is_empty() && !is_remark;
        joined = is_pair && language(&pair).is_some();
        text.push(if joined { '-' } else { '_' });
        text.push_str(word);
    }
    text
}

/// Returns a name in its composed form (Unicode NFC).
pub(super) fn composed(name: &str) -> String {
    name.nfc().collect()
}
