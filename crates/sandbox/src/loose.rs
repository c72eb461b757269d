//! Replies in the types that clients reported: the endpoints of the service disagree about types.
//!
//! Numbers become texts, objects become texts with JSON, empty values become null.

use serde_json::{Value, json};

/// Keys whose values were reported only as numbers.
const NUMBERS: [&str; 5] = ["errno", "request_id", "server_time", "has_more", "duration"];

/// Returns a reply with the types changed below the top level.
pub fn loosened(mut reply: Value) -> Value {
    if let Some(fields) = reply.as_object_mut() {
        for (key, value) in fields.iter_mut() {
            if !NUMBERS.contains(&key.as_str()) {
                change_type(key, value);
            }
        }
        fields.insert("newno".to_owned(), Value::Null);
    }
    reply
}

fn change_type(key: &str, value: &mut Value) {
    match value {
        Value::Number(number) => *value = json!(number.to_string()),
        Value::Bool(is) => *value = json!(u8::from(*is)),
        Value::Array(items) => items.iter_mut().for_each(|item| change_type(key, item)),
        Value::Object(fields) if key == "thumbs" => *value = json!(json!(fields).to_string()),
        Value::Object(fields) => fields
            .iter_mut()
            .for_each(|(key, value)| change_type(key, value)),
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
