//! Names made safe for display, and names made comparable.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Removes what could rearrange the surrounding text from a name: line breaks and other control characters
/// become spaces, and bidirectional marks are dropped. The two characters that XML cannot contain (XML 1.0
/// §2.2) are dropped as well: one such name would make a whole list unreadable.
pub fn plain_title(name: &str) -> String {
    name.chars()
        .filter(|character| {
            !is_bidi_control(*character) && !matches!(character, '\u{fffe}' | '\u{ffff}')
        })
        .map(|character| {
            if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                character
            }
        })
        .collect()
}

/// Like [`plain_title`], shortened to at most `max_chars` characters.
pub fn short_title(name: &str, max_chars: usize) -> String {
    let plain = plain_title(name);
    if plain.chars().count() <= max_chars {
        return plain;
    }
    let mut short: String = plain.chars().take(max_chars.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// Returns the form by which names are compared: composed (Unicode NFC) and in lower case. A Mac writes `é` as two
/// characters, and other systems as one.
pub fn comparable_name(name: &str) -> String {
    match name.is_ascii() {
        true => name.to_ascii_lowercase(),
        false => name.nfc().collect::<String>().to_lowercase(),
    }
}

/// Returns a text without accents and other marks on letters (Unicode NFD without combining marks): `Amelie` for
/// `Amélie`.
pub fn without_accents(text: &str) -> String {
    text.nfd()
        .filter(|character| !is_combining_mark(*character))
        .collect()
}

/// Returns a file's name without its extension.
pub fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// Returns true for marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9
/// §2).
fn is_bidi_control(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_cannot_rearrange_what_stands_around_them() {
        let cases = [
            ("A film.mp4", "A film.mp4"),
            ("a\u{202e}4pm.exe", "a4pm.exe"),
            ("\u{2067}x\u{2069}\u{200f}", "x"),
            ("a\r\n#EXTINF\u{2028}b\u{7f}", "a  #EXTINF b "),
            ("a\u{ffff}b\u{fffe}", "ab"),
            ("<script>\"'&", "<script>\"'&"),
            ("映画 🌊 שלום", "映画 🌊 שלום"),
        ];
        for (name, title) in cases {
            assert_eq!(plain_title(name), title, "{name:?}");
        }
    }

    #[test]
    fn long_titles_end_with_an_ellipsis() {
        assert_eq!(short_title("abc", 3), "abc");
        assert_eq!(short_title("abcd", 3), "ab…");
        assert_eq!(short_title("a bcd", 3), "a…");
        assert_eq!(short_title(&"映".repeat(2000), 60).chars().count(), 60);
    }

    #[test]
    fn names_without_their_extension() {
        for (name, expected) in [("a.b.mp4", "a.b"), ("a", "a"), (".mp4", ".mp4")] {
            assert_eq!(stem(name), expected);
        }
    }
}
