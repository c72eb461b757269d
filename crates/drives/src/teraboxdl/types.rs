//! The service's JSON and nothing else. Replies have been seen in two shapes, that of the document and a
//! wrapped one (`{"status":"success","data":{"list":[…]}}`, items with `size_bytes` and `download_link`); both
//! are parsed. The answers of the client endpoints are not documented field by field, so numbers are looked for
//! under their usual names.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::json;

/// Content of a link.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Extracted {
    pub(crate) title: Option<String>,
    pub(crate) items: Vec<Item>,
}

/// One file. Its URLs are secrets.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Item {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) direct_link: Option<String>,
    pub(crate) stream_url: Option<String>,
    pub(crate) stream_download_url: Option<String>,
    pub(crate) picture: Option<String>,
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Item")
            .field("name", &self.name)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// The reason why a reply with status 200 has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotExtracted {
    /// It is not JSON, or has no list.
    NoList,
    /// It reports a failure, with a number if it has one.
    Failed(Option<i64>),
}

/// Parses a reply of the extracting calls, in either shape.
pub(crate) fn extracted(body: &[u8]) -> Result<Extracted, NotExtracted> {
    let reply: Value = json::parse(body).ok_or(NotExtracted::NoList)?;
    let inner = reply.get("data").unwrap_or(&reply);
    let errno = whole(&reply, &["errno"]).or_else(|| whole(inner, &["errno"]));
    if errno.is_some_and(|errno| errno != 0) {
        return Err(NotExtracted::Failed(errno));
    }
    let status = text(&reply, &["status"]);
    let is_success = status.is_none_or(|status| {
        matches!(
            status.to_ascii_lowercase().as_str(),
            "success" | "ok" | "200" | "true"
        )
    });
    let list = [inner.get("list"), reply.get("list"), Some(inner)];
    let list = list.into_iter().flatten().find_map(Value::as_array);
    match list {
        _ if !is_success => Err(NotExtracted::Failed(None)),
        None => Err(NotExtracted::NoList),
        Some(list) => Ok(Extracted {
            title: text(inner, &["title"]).or_else(|| text(&reply, &["title"])),
            items: list
                .iter()
                .filter_map(|value| {
                    let item = item(value);
                    if item.is_none() {
                        json::count_odd("a file without a name");
                    }
                    item
                })
                .collect(),
        }),
    }
}

fn item(value: &Value) -> Option<Item> {
    let address = |names: &[&str]| {
        text(value, names).filter(|url| url.starts_with("https://") || url.starts_with("http://"))
    };
    // The largest comes last; the icon is for files without a picture.
    let picture = value
        .get("thumbs")
        .and_then(|thumbs| text(thumbs, &["url3", "url2", "url1", "icon"]));
    Some(Item {
        id: text(value, &["fs_id"]),
        name: text(value, &["server_filename", "filename", "file_name", "name"])?,
        size: whole(value, &["size", "size_bytes"])
            .and_then(|size| u64::try_from(size).ok())
            .unwrap_or(0),
        direct_link: address(&["direct_link", "download_link"]),
        stream_url: address(&["stream_url"]),
        stream_download_url: address(&["stream_download_url"]),
        picture: picture
            .or_else(|| text(value, &["thumbnail", "thumb"]))
            .filter(|url| url.starts_with("http")),
    })
}

/// Returns the first of these fields that holds a text, or a number as text; `None` if none does. Empty ones do
/// not count.
pub(crate) fn text(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match value.get(name)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    })
}

/// Returns the first of these fields that holds a whole number, as such or as text; `None` if none does.
fn whole(value: &Value, names: &[&str]) -> Option<i64> {
    names.iter().find_map(|name| match value.get(name)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// Content of `account/info`, as far as it is understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct AccountInfo {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) plan: Option<String>,
    /// Requests allowed per day.
    pub(crate) limit: Option<u64>,
    /// Requests made today.
    pub(crate) used: Option<u64>,
    /// Time at which the count restarts.
    pub(crate) resets_at: Option<DateTime<Utc>>,
    /// End of the paid subscription, as reported.
    pub(crate) valid_until: Option<String>,
}

const LIMITS: &[&str] = &[
    "daily_limit",
    "daily_request_limit",
    "requests_per_day",
    "daily_requests",
    "daily_allowance",
    "daily_request_allowance",
    "request_limit",
];
const USED: &[&str] = &[
    "used_today",
    "requests_today",
    "today_requests",
    "today_usage",
    "daily_used",
    "daily_usage",
    "requests_used",
];
const LEFT: &[&str] = &[
    "remaining_today",
    "remaining_requests",
    "requests_remaining",
    "daily_remaining",
    "remaining",
];

/// Parses `GET /client/account/info`.
pub(crate) fn account_info(reply: &Value) -> AccountInfo {
    let number = |names: &[&str]| {
        deep(reply, names, &|value| {
            let number = match value {
                Value::Number(number) => number.as_f64(),
                Value::String(text) => text.trim().parse().ok(),
                _ => None,
            };
            number
                .filter(|number| *number >= 0.0)
                .map(|number| number as u64)
        })
    };
    let word = |names: &[&str]| {
        deep(reply, names, &|value| match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let limit = number(LIMITS);
    AccountInfo {
        id: word(&["account_id", "client_id", "user_id", "id"]),
        name: word(&["username", "full_name", "client_name", "email", "name"]),
        plan: word(&["plan_name", "plan", "tier"]).or_else(|| {
            deep(reply, &["plan", "subscription"], &|value| {
                text(value, &["name", "title"])
            })
        }),
        used: number(USED).or_else(|| Some(limit?.saturating_sub(number(LEFT)?))),
        limit,
        resets_at: deep(
            reply,
            &["resets_at", "reset_at", "next_reset", "reset_time"],
            &moment,
        ),
        valid_until: word(&[
            "valid_until",
            "expires_at",
            "expiry_date",
            "plan_expires_at",
        ]),
    }
}

/// Parses seconds since 1970, or a date with its time; `None` for anything else.
fn moment(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Number(number) => DateTime::from_timestamp(number.as_i64()?, 0),
        Value::String(text) => Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc()),
        _ => None,
    }
}

/// Returns the first field of one of these names that `read` understands, the names in their order, at any
/// depth; `None` if there is no such field.
fn deep<T>(value: &Value, names: &[&str], read: &dyn Fn(&Value) -> Option<T>) -> Option<T> {
    names.iter().find_map(|name| named(value, name, 0, read))
}

fn named<T>(
    value: &Value,
    name: &str,
    depth: usize,
    read: &dyn Fn(&Value) -> Option<T>,
) -> Option<T> {
    if depth > 4 {
        return None;
    }
    let fields = value.as_object()?;
    let here = fields.get(name).and_then(read);
    here.or_else(|| {
        fields
            .values()
            .find_map(|inner| named(inner, name, depth + 1, read))
    })
}

/// Returns the credentials in a reply of `api-key/regenerate`: the key, and the secret if there is a new one.
/// `None` without a key.
pub(crate) fn new_keys(reply: &Value) -> Option<(String, Option<String>)> {
    let word = |names: &[&str]| {
        deep(reply, names, &|value| {
            Some(value.as_str()?.trim().to_owned()).filter(|text| !text.is_empty())
        })
    };
    let key = word(&["api_key", "new_api_key", "apiKey", "key"])?;
    Some((
        key,
        word(&["api_secret", "new_api_secret", "apiSecret", "secret"]),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    /// Parses the document's own example.
    #[test]
    fn the_documented_shape_is_read() {
        let found = extracted(include_bytes!("testdata/documented.json")).unwrap();
        assert_eq!(found.title.as_deref(), Some("Terabox Download"));
        let item = &found.items[0];
        assert_eq!(
            (item.name.as_str(), item.size),
            ("sample-video.mp4", 104_857_600)
        );
        assert_eq!(item.id.as_deref(), Some("123456789"));
        assert_eq!(item.picture.as_deref(), Some("https://data.example/3.jpg"));
        assert!(item.direct_link.is_some() && item.stream_url.is_some());
        assert!(!format!("{found:?}").contains("https"), "an address prints");
    }

    /// Parses a reply as clients have seen it: wrapped, other names, sizes as text, no streams of files that
    /// are no video.
    #[test]
    fn the_wrapped_shape_is_read() {
        let found = extracted(include_bytes!("testdata/wrapped.json")).unwrap();
        let sizes: Vec<u64> = found.items.iter().map(|item| item.size).collect();
        assert_eq!(sizes, [52_428_800, 1200]);
        assert!(found.items[0].direct_link.is_some());
        assert_eq!(found.items[1].stream_url, None);
    }

    #[test]
    fn one_bad_element_of_a_list_costs_no_other() {
        let list = br#"{"list":[{"name":"a.mp4","size":"many"},{"name":"cut \ud83c"},null,{"size":1},{"name":"b.mp4"}]}"#;
        let found = extracted(list).unwrap();
        let names: Vec<&str> = found.items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["a.mp4", "cut \u{fffd}", "b.mp4"]);
    }

    #[test]
    fn failures_under_a_200_are_failures() {
        for (text, expected) in [
            (r#"{"errno":-9,"list":[]}"#, NotExtracted::Failed(Some(-9))),
            (
                r#"{"status":"error","message":"x"}"#,
                NotExtracted::Failed(None),
            ),
            (r#"{"errno":0}"#, NotExtracted::NoList),
            ("<html>", NotExtracted::NoList),
            ("[1]", NotExtracted::NoList),
        ] {
            let found = extracted(text.as_bytes());
            match text {
                "[1]" => assert_eq!(found.unwrap().items, []),
                _ => assert_eq!(found.unwrap_err(), expected, "{text}"),
            }
        }
    }

    #[test]
    fn accounts_are_understood_under_several_names() {
        let flat =
            read(r#"{"username":"ada","plan":"Starter","daily_limit":"1000","used_today":12}"#);
        let flat = account_info(&flat);
        assert_eq!((flat.limit, flat.used), (Some(1000), Some(12)));
        assert_eq!(
            (flat.name.as_deref(), flat.plan.as_deref()),
            (Some("ada"), Some("Starter"))
        );
        let deep = account_info(&read(
            r#"{"status":"success","data":{"client":{"email":"ada@example.org"},"plan":{"name":"Pro",
                "requests_per_day":500},"usage":{"remaining_today":0,"resets_at":"2026-01-02T00:00:00Z"}}}"#,
        ));
        assert_eq!((deep.limit, deep.used), (Some(500), Some(500)));
        assert_eq!(deep.plan.as_deref(), Some("Pro"));
        assert_eq!(deep.name.as_deref(), Some("ada@example.org"));
        assert!(deep.resets_at.is_some());
        assert_eq!(account_info(&read("[]")), AccountInfo::default());
    }

    #[test]
    fn new_keys_are_found_with_or_without_a_secret() {
        let both = read(r#"{"status":"success","data":{"api_key":"k","api_secret":"s"}}"#);
        assert_eq!(
            new_keys(&both),
            Some(("k".to_owned(), Some("s".to_owned())))
        );
        assert_eq!(
            new_keys(&read(r#"{"api_key":"k"}"#)),
            Some(("k".to_owned(), None))
        );
        assert_eq!(new_keys(&read(r#"{"status":"success"}"#)), None);
    }
}
