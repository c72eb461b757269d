//! One call of an app: its path in names, its parameters, and its JSON body. Names, parameters and keys are in lower
//! case, since apps write them in any.

use std::net::SocketAddr;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::ids::ItemId;
use crate::web::AppState;
use crate::web::client::ClientInfo;
use crate::web::error::Problem;

/// Limit of a body, in bytes. The largest is the device profile of an app.
const MAX_BODY_BYTES: usize = 512 << 10;

/// Limit of the values of one parameter; further ones are ignored.
pub(super) const MAX_VALUES: usize = 1_000;

/// Nesting of a body beyond which keys are not converted.
const MAX_DEPTH: usize = 16;

/// One call.
pub(super) struct AppCall {
    pub site: AppState,
    pub method: Method,
    pub headers: HeaderMap,
    pub client: ClientInfo,
    pub peer: SocketAddr,
    /// The names of the path below `/jellyfin`, in lower case.
    pub names: Vec<String>,
    /// The same as they were sent.
    pub raw_names: Vec<String>,
    pub parameters: Parameters,
    /// The body with keys in lower case; `Null` if it is not JSON.
    pub body: Value,
    /// True if there was a body that is not JSON.
    pub is_body_malformed: bool,
}

impl AppCall {
    /// Reads a call.
    ///
    /// # Errors
    ///
    /// The body is too large or was not sent.
    pub async fn read(site: AppState, peer: SocketAddr, request: Request) -> Result<Self, Problem> {
        let client = ClientInfo::of(&request);
        let (parts, body) = request.into_parts();
        let bytes = match parts.method {
            Method::GET | Method::HEAD => axum::body::Bytes::new(),
            _ => to_bytes(body, MAX_BODY_BYTES)
                .await
                .map_err(|_| Problem::bad_request("The body is too large."))?,
        };
        let body = serde_json::from_slice(&bytes).map(|value| lower_keys(value, 0));
        let path = parts.uri.path();
        let below = path.get("/jellyfin".len()..).unwrap_or_default();
        let raw_names: Vec<String> = below
            .split('/')
            .filter(|name| !name.is_empty())
            .map(|name| percent_decode_str(name).decode_utf8_lossy().into_owned())
            .collect();
        Ok(AppCall {
            client,
            peer,
            names: raw_names
                .iter()
                .map(|name| name.to_ascii_lowercase())
                .collect(),
            raw_names,
            parameters: Parameters::parse(parts.uri.query().unwrap_or_default()),
            is_body_malformed: !bytes.is_empty() && body.is_err(),
            body: body.unwrap_or_default(),
            method: parts.method,
            headers: parts.headers,
            site,
        })
    }

    /// Returns a text of the parameters or the body.
    pub fn text(&self, name: &str) -> Option<&str> {
        let sent = self.parameters.text(name);
        sent.or_else(|| self.body[name].as_str())
    }

    /// Returns a switch of the parameters or the body.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.parameters
            .flag(name)
            .or_else(|| self.body[name].as_bool())
    }

    /// Returns a number of the parameters or the body.
    pub fn number(&self, name: &str) -> Option<i64> {
        let sent = self.parameters.text(name).and_then(number);
        sent.or_else(|| number_of(&self.body[name]))
    }

    /// Returns an id of the parameters or the body.
    ///
    /// # Errors
    ///
    /// It is not an id.
    pub fn id(&self, name: &str) -> Result<Option<ItemId>, Problem> {
        match self.text(name) {
            None | Some("") => Ok(None),
            Some(text) => ItemId::parse(text).map(Some).ok_or(NOT_AN_ID),
        }
    }
}

const NOT_AN_ID: Problem = Problem::bad_request("An id has thirty-two hexadecimal digits.");

/// Parameters by their names in lower case.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Parameters(
            pairs
                .take(4 * MAX_VALUES)
                .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
                .collect(),
        )
    }

    /// Returns the first value of a parameter that is not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// Returns a switch: `true` in any case, or `1`.
    pub fn flag(&self, name: &str) -> Option<bool> {
        let text = self.text(name)?;
        Some(text.eq_ignore_ascii_case("true") || text == "1")
    }

    /// Returns the values of an array, in lower case: by commas, or by repeating the parameter.
    pub fn list(&self, name: &str) -> Vec<String> {
        let values = self.list_as_sent(name).into_iter();
        values.map(|value| value.to_ascii_lowercase()).collect()
    }

    /// Returns the values of an array as they were sent.
    pub fn list_as_sent(&self, name: &str) -> Vec<String> {
        let values = self.0.iter().filter(|(known, _)| known == name);
        values
            .flat_map(|(_, value)| value.split([',', '|']))
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
            .take(MAX_VALUES)
            .collect()
    }
}

fn number(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// Returns a number that may be written as a text or with a fraction.
fn number_of(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => number(text),
        value => value
            .as_i64()
            .or_else(|| value.as_f64().map(|it| it as i64)),
    }
}

/// Converts all keys to lower case.
fn lower_keys(value: Value, depth: usize) -> Value {
    match value {
        _ if depth > MAX_DEPTH => Value::Null,
        Value::Object(object) => {
            let keys = object.into_iter();
            let lower =
                keys.map(|(key, value)| (key.to_ascii_lowercase(), lower_keys(value, depth + 1)));
            Value::Object(lower.collect::<Map<_, _>>())
        }
        Value::Array(values) => {
            let values = values.into_iter();
            Value::Array(values.map(|value| lower_keys(value, depth + 1)).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parameters_are_taken_in_any_case_and_arrays_in_both_forms() {
        let parameters = Parameters::parse(
            "Recursive=True&recursive=false&IncludeItemTypes=Movie,Series&includeitemtypes=Episode&limit=&Limit=5",
        );
        assert_eq!(parameters.flag("recursive"), Some(true));
        assert_eq!(
            parameters.list("includeitemtypes"),
            ["movie", "series", "episode"]
        );
        assert_eq!(parameters.text("limit"), Some("5"));
        assert_eq!(parameters.text("other"), None);
        let many = "Ids=".to_owned() + &"a,".repeat(1_000_000);
        assert_eq!(Parameters::parse(&many).list("ids").len(), MAX_VALUES);
    }

    #[test]
    fn keys_of_a_body_are_in_lower_case_at_every_level() {
        let body =
            json!({"ItemId": "A", "DeviceProfile": {"DirectPlayProfiles": [{"Type": "Video"}]}});
        let lower = lower_keys(body, 0);
        assert_eq!(lower["itemid"], "A");
        assert_eq!(
            lower["deviceprofile"]["directplayprofiles"][0]["type"],
            "Video"
        );
    }
}
