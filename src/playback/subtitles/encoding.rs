//! Decodes a subtitle file to text, whatever its encoding.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// Decodes a file. A byte order mark, zeros in one half of UTF-16, or valid UTF-8 determine the encoding;
/// otherwise it is guessed from the bytes and the language in the file's name.
pub fn decode(bytes: &[u8], language: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(&bytes[mark..])
            .0
            .into_owned();
    }
    let encoding = utf_16(bytes);
    // Checked first, since UTF-16 may be valid UTF-8 full of zeros.
    if encoding.is_none()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    let encoding = encoding.unwrap_or_else(|| {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
        detector.feed(bytes, true);
        detector.guess(language.and_then(top_level_domain), Utf8Detection::Deny)
    });
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Detects UTF-16 without a byte order mark: of the first bytes, nearly all in one position are zero, and
/// hardly any in the other. `None` if it is not UTF-16.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(4096)];
    let pairs = start.chunks_exact(2).count();
    let zeros = |at: usize| start.chunks_exact(2).filter(|pair| pair[at] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    match pairs {
        0..=7 => None,
        _ if second * 2 > pairs && first * 20 < pairs => Some(UTF_16LE),
        _ if first * 2 > pairs && second * 20 < pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// Returns the country whose legacy encodings texts in this language have, a hint for the guess; `None` if
/// unknown.
fn top_level_domain(language: &str) -> Option<&'static [u8]> {
    let country: &[u8] = match language {
        "zh-Hant" | "zh-TW" | "zh-HK" => b"tw",
        _ => match language.split('-').next()? {
            "ar" => b"sa",
            "be" => b"by",
            "bg" => b"bg",
            "cs" => b"cz",
            "el" => b"gr",
            "et" => b"ee",
            "fa" => b"ir",
            "he" => b"il",
            "hr" => b"hr",
            "hu" => b"hu",
            "ja" => b"jp",
            "ko" => b"kr",
            "lt" => b"lt",
            "lv" => b"lv",
            "mk" => b"mk",
            "pl" => b"pl",
            "ro" => b"ro",
            "ru" => b"ru",
            "sk" => b"sk",
            "sl" => b"si",
            "sr" => b"rs",
            "th" => b"th",
            "tr" => b"tr",
            "uk" => b"ua",
            "vi" => b"vn",
            "zh" => b"cn",
            _ => return None,
        },
    };
    Some(country)
}

#[cfg(test)]
mod tests {
    use encoding_rs::{
        BIG5, GBK, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253,
    };

    use super::*;

    #[test]
    fn texts_in_the_encodings_of_old_files() {
        let cases = [
            ("Été, garçon, où est-ce ?", WINDOWS_1252, "fr"),
            ("Příliš žluťoučký kůň úpěl ďábelské ódy", WINDOWS_1250, "cs"),
            (
                "Съешь же ещё этих мягких французских булок",
                WINDOWS_1251,
                "ru",
            ),
            ("Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", WINDOWS_1253, "el"),
            ("我们明天早上在车站见面，好吗？", GBK, "zh-Hans"),
            ("我們明天早上在車站見面，好嗎？", BIG5, "zh-Hant"),
            ("明日の朝、駅で会いましょう。", SHIFT_JIS, "ja"),
        ];
        for (text, encoding, language) in cases {
            let (bytes, _, failed) = encoding.encode(text);
            assert!(!failed, "{text}");
            assert_eq!(decode(&bytes, Some(language)), text, "{}", encoding.name());
        }
    }

    #[test]
    fn unicode_with_and_without_a_mark() {
        let text = "1\n00:00:01,000 --> 00:00:02,000\nÉté 映画\n";
        let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            marked(b"\xef\xbb\xbf", text.as_bytes().to_vec()),
            marked(b"\xff\xfe", le.clone()),
            marked(b"\xfe\xff", be.clone()),
            le,
            be,
        ] {
            assert_eq!(decode(&bytes, None), text);
        }
        assert_eq!(decode(b"", None), "");
    }
}
