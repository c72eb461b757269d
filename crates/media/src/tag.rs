//! Tags: words that an owner has put on a file or a folder.

/// A tag of an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// Its colour as `#rrggbb`; `None` for that of the upstream's theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
}

/// Characters of a tag's name.
const MAX_NAME_CHARS: usize = 64;

impl Tag {
    /// Parses a name and a colour; `None` if the name is empty, too long or contains control characters. A colour of
    /// another form is left out.
    pub fn parse(name: &str, colour: Option<&str>) -> Option<Tag> {
        let name = name.trim();
        let is_name = !name.is_empty()
            && name.chars().count() <= MAX_NAME_CHARS
            && !name.chars().any(char::is_control);
        is_name.then(|| Tag {
            name: name.to_owned(),
            colour: colour.and_then(parse_colour),
        })
    }
}

fn parse_colour(text: &str) -> Option<String> {
    let digits = text.trim().strip_prefix('#')?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digits = match digits.len() {
        3 if is_hex => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        6 if is_hex => digits.to_owned(),
        _ => return None,
    };
    Some(format!("#{}", digits.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_colours_have_six_digits() {
        let cases = [
            (" Seen ", Some("#FF0000"), Some(("Seen", Some("#ff0000")))),
            ("Für später", Some("red"), Some(("Für später", None))),
            ("a", Some("#f0A"), Some(("a", Some("#ff00aa")))),
            ("a", Some("#ff"), Some(("a", None))),
            ("a", None, Some(("a", None))),
            ("  ", None, None),
            ("a\nb", None, None),
        ];
        for (name, colour, expected) in cases {
            let tag = Tag::parse(name, colour);
            let parts = tag
                .as_ref()
                .map(|tag| (tag.name.as_str(), tag.colour.as_deref()));
            assert_eq!(parts, expected, "{name:?}");
        }
        assert_eq!(Tag::parse(&"x".repeat(65), None), None);
    }
}
