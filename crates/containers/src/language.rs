//! Languages: containers name them by three letters of ISO 639-2, the web by BCP 47.

use isolang::Language;

/// Codes of ISO 639-2/B that differ from those of ISO 639-3. The tables of `isolang` contain the latter.
const BIBLIOGRAPHIC: [(&str, &str); 20] = [
    ("alb", "sqi"),
    ("arm", "hye"),
    ("baq", "eus"),
    ("bur", "mya"),
    ("chi", "zho"),
    ("cze", "ces"),
    ("dut", "nld"),
    ("fre", "fra"),
    ("geo", "kat"),
    ("ger", "deu"),
    ("gre", "ell"),
    ("ice", "isl"),
    ("mac", "mkd"),
    ("mao", "mri"),
    ("may", "msa"),
    ("per", "fas"),
    ("rum", "ron"),
    ("slo", "slk"),
    ("tib", "bod"),
    ("wel", "cym"),
];

/// Returns the BCP 47 tag of a three-letter code or of a tag; `None` for "undetermined" and for texts that are
/// no language.
pub(crate) fn tag(code: &str) -> Option<String> {
    let code = code.trim().replace('_', "-");
    let (primary, rest) = code
        .split_once('-')
        .map_or((code.as_str(), None), |(a, b)| (a, Some(b)));
    let primary = primary.to_ascii_lowercase();
    if primary == "und" || primary == "mul" || primary == "zxx" || primary == "mis" {
        return None;
    }
    let three = BIBLIOGRAPHIC
        .iter()
        .find(|(bibliographic, _)| *bibliographic == primary)
        .map_or(primary.as_str(), |(_, terminological)| *terminological);
    let language = match three.len() {
        2 => Language::from_639_1(three)?,
        3 => Language::from_639_3(three)?,
        _ => return None,
    };
    let short = language.to_639_1().unwrap_or(language.to_639_3());
    let is_subtag = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    Some(match rest {
        Some(rest) if rest.len() <= 35 && rest.split('-').all(is_subtag) => {
            format!("{short}-{rest}")
        }
        _ => short.to_owned(),
    })
}

/// Returns the tag for the 15 bits of `mdhd` (ISO/IEC 14496-12 §8.4.2); `None` if no language is set, and for
/// QuickTime's own numbers.
pub(crate) fn unpack(packed: u16) -> Option<String> {
    // QuickTime's language numbers are below 0x400. 0 is English there, and as often means that none was set.
    if !(0x400..0x7FFF).contains(&packed) {
        return None;
    }
    let letters: String = [10, 5, 0]
        .map(|shift| char::from((packed >> shift & 0x1F) as u8 + 0x60))
        .iter()
        .collect();
    tag(&letters)
}

/// Returns the 15 bits of `mdhd` for a tag; "und" if it has no three-letter code.
pub(crate) fn pack(tag: Option<&str>) -> u16 {
    let three = tag
        .and_then(|tag| {
            let primary = tag.split('-').next()?;
            match primary.len() {
                2 => Language::from_639_1(primary),
                _ => Language::from_639_3(primary),
            }
        })
        .map_or("und", |language| language.to_639_3());
    three.bytes().take(3).fold(0, |packed, letter| {
        packed << 5 | u16::from(letter.wrapping_sub(0x60) & 0x1F)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_containers_become_tags() {
        let cases = [
            ("eng", Some("en")),
            ("ger", Some("de")),
            ("deu", Some("de")),
            ("und", None),
            ("en-GB", Some("en-GB")),
            ("pt_BR", Some("pt-BR")),
            ("gsw", Some("gsw")),
            ("x1", None),
        ];
        for (code, expected) in cases {
            assert_eq!(tag(code).as_deref(), expected, "{code}");
        }
    }

    #[test]
    fn packed_codes_come_back() {
        for language in ["en", "de", "zh", "gsw"] {
            assert_eq!(unpack(pack(Some(language))).as_deref(), Some(language));
        }
        assert_eq!(unpack(pack(None)), None);
        assert_eq!(unpack(0x7FFF), None);
        assert_eq!(unpack(0), None);
    }
}
