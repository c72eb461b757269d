//! Parses the service's replies as each call does, for fuzz targets and their corpora.

use serde_json::Value;

use super::{redact, types};
use crate::teraboxdl::auth::Keys;

const KEY: &str = "key-of-seeds";
const SECRET: &str = "secret-of-seeds";

/// Parses `body` as each kind of reply, and checks that a report for display contains neither key.
pub fn read_json(body: &[u8]) {
    let keys = Keys {
        key: KEY.into(),
        secret: SECRET.into(),
    };
    if let Ok(extracted) = types::extracted(body) {
        for item in extracted.items {
            assert!(!format!("{item:?}").contains("://") || item.name.contains("://"));
        }
    }
    if let Ok(mut reply) = serde_json::from_slice::<Value>(body) {
        let _ = types::account_info(&reply);
        let _ = types::new_keys(&reply);
        redact::value(&mut reply, &keys);
        assert!(is_clean(&reply), "{reply}");
    }
    let table = String::from_utf8_lossy(body);
    let shown = redact::text(&table, &keys);
    assert!(holds_no_key(&shown), "{shown}");
}

/// Returns true if no value contains a key; field names are the service's own.
fn is_clean(value: &Value) -> bool {
    match value {
        Value::String(text) => holds_no_key(text),
        Value::Array(items) => items.iter().all(is_clean),
        Value::Object(fields) => fields.values().all(is_clean),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

fn holds_no_key(text: &str) -> bool {
    !text.contains(KEY) && !text.contains(SECRET)
}
