//! Redacts the service's reports for display: no keys, and no URLs but those of share links, which the owner
//! pasted.

use std::borrow::Cow;

use secrecy::ExposeSecret;
use serde_json::Value;

use crate::links;
use crate::links::FoundLink;
use crate::teraboxdl::auth::Keys;

const HIDDEN: &str = "•••";
/// Parts of the names of fields that hold secrets.
const SECRETS: &[&str] = &[
    "secret",
    "token",
    "password",
    "api_key",
    "apikey",
    "signature",
    "cookie",
];
/// Characters that end a URL in a text.
const ENDS: &[char] = &[
    '"', '\'', '<', '>', ' ', '\t', '\r', '\n', ',', ';', '|', '\\',
];

/// Redacts a reply in place.
pub(crate) fn value(reply: &mut Value, keys: &Keys) {
    match reply {
        Value::String(told) => {
            if let Cow::Owned(cleaned) = text(told, keys) {
                *told = cleaned;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| value(item, keys)),
        Value::Object(fields) => {
            for (name, inner) in fields.iter_mut() {
                let name = name.to_ascii_lowercase();
                let is_secret = SECRETS.iter().any(|word| name.contains(word));
                match inner {
                    Value::String(told) if is_secret => *told = HIDDEN.to_owned(),
                    inner => value(inner, keys),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Redacts a text, such as a table.
pub(crate) fn text<'t>(told: &'t str, keys: &Keys) -> Cow<'t, str> {
    let mut cleaned = Cow::Borrowed(told);
    for secret in [keys.key.expose_secret(), keys.secret.expose_secret()] {
        if !secret.is_empty() && cleaned.contains(secret) {
            cleaned = Cow::Owned(cleaned.replace(secret, HIDDEN));
        }
    }
    if !cleaned.contains("://") {
        return cleaned;
    }
    let mut kept = String::with_capacity(cleaned.len());
    let mut rest: &str = &cleaned;
    while let Some(start) = ["https://", "http://"]
        .iter()
        .filter_map(|scheme| rest.find(scheme))
        .min()
    {
        let (before, from) = rest.split_at(start);
        let end = from.find(ENDS).unwrap_or(from.len());
        let (address, after) = from.split_at(end);
        kept.push_str(before);
        match links::read(address, &[]) {
            Some(FoundLink::Share(_) | FoundLink::Short(_)) => kept.push_str(address),
            None => kept.push_str("(an address)"),
        }
        rest = after;
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_and_addresses_of_bytes_are_not_shown() {
        let keys = Keys {
            key: "key-123".into(),
            secret: "secret-456".into(),
        };
        let mut reply = json!({
            "api_key": "key-123", "API_Secret": "other", "used": 3, "tokens": 7,
            "rows": [{"url": "https://terabox.com/s/1AbCdEfGhIj", "answer": "see https://d.example/f?sign=1, key-123"}],
        });
        value(&mut reply, &keys);
        let expected = json!({
            "api_key": HIDDEN, "API_Secret": HIDDEN, "used": 3, "tokens": 7,
            "rows": [{"url": "https://terabox.com/s/1AbCdEfGhIj", "answer": "see (an address), •••"}],
        });
        assert_eq!(reply, expected);
        let table = "url,direct\nhttps://terabox.com/s/1AbCdEfGhIj,\"https://d.example/a?b=c\"\n";
        assert_eq!(
            text(table, &keys),
            "url,direct\nhttps://terabox.com/s/1AbCdEfGhIj,\"(an address)\"\n"
        );
    }
}
