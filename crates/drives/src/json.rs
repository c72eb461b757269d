//! Parses the JSON of upstreams: one bad element never costs a whole list.
//!
//! A text that is no valid JSON because of its characters is mended: bytes that are not UTF-8, half of a surrogate pair
//! (a name that was cut within an emoji), and bare control characters become what they can be. An element of a list that
//! has another shape than is documented becomes an empty one, which callers leave out, so that a page keeps its number of
//! elements. Both are counted.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::de::{DeserializeOwned, Deserializer, Error};
use serde::{Deserialize, de};
use serde_json::Value;

/// Elements and texts so far that could not be read as they were.
static ODD_ELEMENTS: AtomicU64 = AtomicU64::new(0);

/// Returns the number of elements of upstreams' lists that were left out or mended since the start.
pub fn odd_elements() -> u64 {
    ODD_ELEMENTS.load(Ordering::Relaxed)
}

/// Counts an element that was left out or mended; `what` is for the log.
pub(crate) fn count_odd(what: &'static str) {
    ODD_ELEMENTS.fetch_add(1, Ordering::Relaxed);
    tracing::warn!(
        what,
        "an upstream's list has an element that cannot be read as it is"
    );
}

/// Parses a reply, mended where its characters are no JSON; `None` if it is not JSON of this type.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if let Ok(parsed) = serde_json::from_slice(body) {
        return Some(parsed);
    }
    let mended = mend(&String::from_utf8_lossy(body)).into_owned();
    let parsed = serde_json::from_str(&mended).ok()?;
    count_odd("a text");
    Some(parsed)
}

/// Replaces what JSON does not allow inside of strings: halves of surrogate pairs and control characters.
fn mend(text: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let mut kept = 0;
    let mut in_string = false;
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let (taken, replacement) = match bytes[at] {
            b'"' => {
                in_string = !in_string;
                (1, None)
            }
            b'\\' if in_string => match surrogate(&bytes[at..]) {
                Some(0xD800..=0xDBFF) => match surrogate(&bytes[at + 6..]) {
                    Some(0xDC00..=0xDFFF) => (12, None),
                    _ => (6, Some("\u{fffd}")),
                },
                Some(0xDC00..=0xDFFF) => (6, Some("\u{fffd}")),
                _ => (2, None),
            },
            0..=0x1F if in_string => (1, Some(" ")),
            _ => (1, None),
        };
        if let Some(replacement) = replacement {
            mended.push_str(&text[kept..at]);
            mended.push_str(replacement);
            kept = at + taken;
        }
        at += taken;
    }
    match kept {
        0 => Cow::Borrowed(text),
        _ => Cow::Owned(mended + &text[kept..]),
    }
}

/// Returns the number of an escape `\uXXXX` at the beginning of `bytes`; `None` if there is none.
fn surrogate(bytes: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(bytes.strip_prefix(b"\\u")?.get(..4)?).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// Parses a value; an empty one, counted, if it has another shape.
pub(crate) fn element<T: DeserializeOwned + Default>(value: Value) -> T {
    serde_json::from_value(value).unwrap_or_else(|_| {
        count_odd("an element");
        T::default()
    })
}

/// Parses a list element by element; null is an empty list.
pub(crate) fn elements<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    match Value::deserialize(deserializer)? {
        Value::Array(values) => Ok(values.into_iter().map(element).collect()),
        Value::Null => Ok(Vec::new()),
        _ => Err(D::Error::custom("something else instead of a list")),
    }
}

/// Parses an optional list element by element.
pub(crate) fn some_elements<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        list => elements(list).map(Some).map_err(de::Error::custom),
    }
}

/// Parses a field; one of another type is absent, and counted.
pub(crate) fn odd_is_absent<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(deserializer)?;
    if value.is_null() {
        return Ok(T::default());
    }
    Ok(serde_json::from_value(value).unwrap_or_else(|_| {
        count_odd("a field");
        T::default()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_broken_characters_is_mended_and_others_stay_as_they_are() {
        let cases: [(&[u8], &str); 7] = [
            (br#"{"name":"a \ud83c"}"#, "a \u{fffd}"),
            (br#"{"name":"\udfac b"}"#, "\u{fffd} b"),
            (br#"{"name":"\ud83c\u0041"}"#, "\u{fffd}A"),
            (br#"{"name":"\ud83c\udfac\ud83c"}"#, "\u{1f3ac}\u{fffd}"),
            (b"{\"name\":\"cut \xf0\x9f\x8e\"}", "cut \u{fffd}"),
            (b"{\"name\":\"a\x01b\\\"\"}", "a b\""),
            (b"\xef\xbb\xbf{\"name\":\"a\\\\\"}", "a\\"),
        ];
        for (body, expected) in cases {
            let found: Value = parse(body).unwrap();
            assert_eq!(found["name"], expected, "{}", String::from_utf8_lossy(body));
        }
        assert_eq!(parse::<Value>(b"<html>"), None);
        assert_eq!(mend(r#"{"a":"\ud83c\udfac"}"#), r#"{"a":"\ud83c\udfac"}"#);
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Row {
        id: u32,
    }

    #[derive(Debug, Deserialize)]
    struct Rows {
        #[serde(default, deserialize_with = "elements")]
        rows: Vec<Row>,
    }

    #[test]
    fn an_odd_element_becomes_an_empty_one_and_a_list_of_another_type_is_an_error() {
        let found: Rows = parse(br#"{"rows":[{"id":1},{"id":"x"},null,"3",{"id":4}]}"#).unwrap();
        let ids: Vec<u32> = found.rows.iter().map(|row| row.id).collect();
        assert_eq!(ids, [1, 0, 0, 0, 4]);
        assert!(parse::<Rows>(br#"{"rows":7}"#).is_none());
        assert!(parse::<Rows>(br#"{"rows":null}"#).unwrap().rows.is_empty());
    }
}
