//! JSON inside of a page's `script` element.

use serde::Serialize;

/// Serializes JSON that cannot end the element that contains it: `<`, `>`, `&` and the two line separators
/// are written as escapes, which JSON allows inside strings, the only place where they can occur.
pub(super) fn data_block(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe.push_str(&format!("\\u{:04x}", character as u32));
            }
            other => safe.push(other),
        }
    }
    safe
}
