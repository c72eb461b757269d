//! Replies as clients have met them: the same facts in other clothes.
//!
//! The endpoints of the service disagree about types: what is a number here is a string there, an object is a
//! text that holds one, and what is empty is missing or null.

use serde_json::{Value, json};

/// Keys whose numbers stay numbers wherever they were seen.
const NUMBERS: [&str; 5] = ["errno", "request_id", "server_time", "has_more", "duration"];

/// Everything below the top in other clothes.
pub fn loosened(mut reply: Value) -> Value {
    if let Some(fields) = reply.as_object_mut() {
        for (key, value) in fields.iter_mut() {
            if !NUMBERS.contains(&key.as_str()) {
                disguise(key, value);
            }
        }
        fields.insert("newno".to_owned(), Value::Null);
    }
    reply
}

fn disguise(key: &str, value: &mut Value) {
    match value {
        Value::Number(number) => *value = json!(number.to_string()),
        Value::Bool(is) => *value = json!(u8::from(*is)),
        Value::Array(items) => items.iter_mut().for_each(|item| disguise(key, item)),
        Value::Object(fields) if key == "thumbs" => *value = json!(json!(fields).to_string()),
        Value::Object(fields) => fields
            .iter_mut()
            .for_each(|(key, value)| disguise(key, value)),
        Value::Null | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_below_the_top_become_strings() {
        let plain =
            json!({"errno": 0, "list": [{"isdir": 1, "errno": -9, "thumbs": {"url1": "a"}}]});
        let loose = loosened(plain);
        assert_eq!(
            loose,
            json!({"errno": 0, "newno": null, "list": [
                {"isdir": "1", "errno": "-9", "thumbs": "{\"url1\":\"a\"}"},
            ]})
        );
    }
}
