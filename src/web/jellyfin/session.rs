//! Apps that signed in. The token of an app is the ticket of its device, so it is listed and revoked with the others;
//! it opens this API and play URLs, and nothing of the owner's.

use std::sync::Arc;
use std::time::SystemTime;

use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use super::ids::ItemId;
use super::request::{AppCall, Parameters};
use crate::playback::ticket::{Scope, Ticket};
use crate::store::{AppDevice, Viewer};
use crate::web::AppState;
use crate::web::error::Problem;
use media::{EntryPath, Place, plain_title, short_title};

/// Longest name of an app or a device, in characters.
const MAX_NAME_CHARS: usize = 60;

/// Longest id of a device, in bytes: some apps send a whole user agent.
const MAX_DEVICE_ID_BYTES: usize = 400;

/// An app that is signed in.
#[derive(Clone)]
pub(super) struct AppSession {
    pub ticket: Ticket,
    pub device: Arc<AppDevice>,
    pub viewer: Arc<Viewer>,
}

impl AppSession {
    /// Returns the session of a call.
    ///
    /// # Errors
    ///
    /// The call has no valid token.
    pub async fn of(call: &AppCall) -> Result<Self, Problem> {
        let token = token(&call.headers, &call.parameters).ok_or(Problem::UNAUTHORIZED)?;
        AppSession::of_token(&call.site, &token).await
    }

    /// Returns the session of a token, and notes that it was used.
    ///
    /// # Errors
    ///
    /// The token is not that of an app, or was revoked.
    pub async fn of_token(site: &AppState, token: &str) -> Result<Self, Problem> {
        let now = SystemTime::now();
        let ticket = site.verify_ticket(token, now);
        let ticket = ticket.map_err(|_| Problem::UNAUTHORIZED)?;
        // A ticket for one film is no token of an app.
        let device = device(site, ticket.id.0)
            .await?
            .filter(|device| {
                !matches!(ticket.scope, Scope::Within(..) | Scope::Several(_))
                    || device.scope == ticket.scope.to_text()
            })
            .ok_or(Problem::UNAUTHORIZED)?;
        let viewer = site.viewers.get(ticket.viewer);
        site.tickets.record_use(&ticket, now);
        Ok(AppSession {
            viewer: viewer.ok_or(Problem::UNAUTHORIZED)?,
            ticket,
            device,
        })
    }

    /// Returns true if this app may see an entry.
    pub fn covers(&self, place: &Place, path: &EntryPath) -> bool {
        self.ticket.scope.covers(place, path)
    }

    /// Returns true if this app may see the library, as far as its viewer may.
    pub fn sees_library(&self) -> bool {
        matches!(self.ticket.scope, Scope::Everything | Scope::Places(_))
    }

    /// Returns a ticket for the media of one entry. It is revoked with the device.
    pub fn media_ticket(&self, site: &AppState, place: &Place, path: &EntryPath) -> String {
        let ticket = Ticket {
            scope: Scope::Within(place.clone(), path.clone()),
            ..self.ticket.clone()
        };
        site.tickets.sign(&ticket).0
    }

    /// Returns the id of the session for apps.
    pub fn id(&self) -> String {
        self.ticket.id.to_string().repeat(2)
    }
}

async fn device(site: &AppState, ticket: [u8; 8]) -> Result<Option<Arc<AppDevice>>, Problem> {
    let devices = &site.jellyfin.devices;
    if let Some(known) = devices.get(&ticket).await {
        return Ok(known);
    }
    let found = site.store.app_device(ticket).await?;
    let found = found.map(Arc::new);
    devices.insert(ticket, found.clone()).await;
    Ok(found)
}

/// Returns the ticket of a media URL, and its text: that of an app, one for this media, or that of a play session. `source`
/// chooses among the media of the latter.
///
/// # Errors
///
/// There is none, or it is not valid.
pub(super) async fn media_credentials(
    call: &AppCall,
    source: Option<ItemId>,
) -> Result<(Ticket, String), Problem> {
    let token = match token(&call.headers, &call.parameters) {
        Some(token) => Some(token),
        None => {
            let sessions = &call.site.jellyfin.play_sessions;
            let id = call.parameters.text("playsessionid").unwrap_or_default();
            sessions.ticket(&call.site.store, id, source).await
        }
    };
    let token = token.ok_or(Problem::UNAUTHORIZED)?;
    let now = SystemTime::now();
    let ticket = call.site.verify_ticket(&token, now);
    let ticket = ticket.map_err(|_| Problem::UNAUTHORIZED)?;
    call.site.tickets.record_use(&ticket, now);
    Ok((ticket, token))
}

/// An app, as it describes itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AppIdentity {
    pub app: String,
    pub version: String,
    pub device: String,
    pub device_id: String,
}

impl AppIdentity {
    /// Returns the description in the headers of a call; fields that an app leaves out are filled.
    pub fn of(headers: &HeaderMap) -> Self {
        let fields = authorization_fields(headers);
        let name = |field: &str, default: &str| {
            let given = find(&fields, field).map(|text| plain_title(text.trim()));
            let given = given.filter(|text| !text.is_empty());
            short_title(&given.unwrap_or_else(|| default.to_owned()), MAX_NAME_CHARS)
        };
        let device_id = find(&fields, "deviceid").unwrap_or_default();
        AppIdentity {
            app: name("client", "App"),
            version: name("version", "0"),
            device: name("device", "Device"),
            device_id: device_id.chars().take(MAX_DEVICE_ID_BYTES).collect(),
        }
    }
}

/// Returns the token of a call: in `Authorization`, in the headers of older apps, or in the URL.
pub(super) fn token(headers: &HeaderMap, parameters: &Parameters) -> Option<String> {
    let fields = authorization_fields(headers);
    let in_header = find(&fields, "token").filter(|token| !token.is_empty());
    if let Some(token) = in_header {
        return Some(token.to_owned());
    }
    let plain = ["x-emby-token", "x-mediabrowser-token"].into_iter();
    let plain = plain.filter_map(|name| headers.get(name)?.to_str().ok());
    let in_url = ["apikey", "api_key"].into_iter();
    let in_url = in_url.filter_map(|name| parameters.text(name));
    plain
        .chain(in_url)
        .find(|token| !token.is_empty())
        .map(str::to_owned)
}

fn find<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    let found = fields.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

/// Returns the fields of `Authorization: MediaBrowser …`, or of `X-Emby-Authorization`.
fn authorization_fields(headers: &HeaderMap) -> Vec<(String, String)> {
    let names = [header::AUTHORIZATION.as_str(), "x-emby-authorization"];
    let values = names.into_iter().filter_map(|name| headers.get(name));
    for value in values {
        let text = String::from_utf8_lossy(value.as_bytes());
        let (scheme, rest) = text.split_once(' ').unwrap_or((&text, ""));
        let is_ours = ["mediabrowser", "emby"]
            .iter()
            .any(|it| scheme.eq_ignore_ascii_case(it));
        if is_ours {
            return parse_fields(rest);
        }
    }
    Vec::new()
}

/// Parses `Client="A", Device="B"`. Values may lack their quotes, contain commas within them, and be percent-encoded.
fn parse_fields(text: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([',', ' ', '\t']).to_ascii_lowercase();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        let value = percent_decode_str(value.trim()).decode_utf8_lossy();
        fields.push((name, value.into_owned()));
        rest = next;
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn old_and_new_headers_are_understood() {
        let modern = "MediaBrowser Client=\"Living, room\", Device=\"TV%20set\", DeviceId=\"a=b\", Version=\"1\", Token=\"t\"";
        let modern = headers(&[("authorization", modern)]);
        let identity = AppIdentity::of(&modern);
        assert_eq!(
            (
                identity.app.as_str(),
                identity.device.as_str(),
                identity.device_id.as_str()
            ),
            ("Living, room", "TV set", "a=b")
        );
        let none = Parameters::default();
        assert_eq!(token(&modern, &none).as_deref(), Some("t"));
        let old = headers(&[
            (
                "x-emby-authorization",
                "Emby UserId=x, Client=Kodi, Device=PC, Version=2",
            ),
            ("x-emby-token", "u"),
        ]);
        assert_eq!(AppIdentity::of(&old).app, "Kodi");
        assert_eq!(token(&old, &none).as_deref(), Some("u"));
        let in_url = Parameters::parse("ApiKey=v");
        assert_eq!(token(&HeaderMap::new(), &in_url).as_deref(), Some("v"));
        assert_eq!(
            token(&HeaderMap::new(), &Parameters::parse("api_key=w")).as_deref(),
            Some("w")
        );
        // A token for our own API is none of an app.
        assert_eq!(
            token(&headers(&[("authorization", "Bearer x")]), &none),
            None
        );
        assert_eq!(AppIdentity::of(&HeaderMap::new()).app, "App");
    }
}
