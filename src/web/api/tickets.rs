//! `/api/v1/tickets`: issues, lists and revokes tickets for players and guests.

use std::time::SystemTime;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::playback::ticket::{MAX_SCOPE_PATHS, Scope, TicketId};
use crate::store::{StoredTicket, TicketKind};
use crate::web::AppState;
use crate::web::api::viewers::find as find_viewer;
use crate::web::error::Problem;
use crate::web::tickets::{self, IssuedTicket, TicketRequest, read_scope};
use media::{EntryKind, EntryPath, Place, TicketLimits, ViewerId};

/// `{"name","scope":{"place"?,"path"?} or a list of these,"expires_at"?,"max_viewers"?,"max_visits"?,"speed"?,"original"?}`
#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct NewTicket {
    name: String,
    scope: Option<ScopesText>,
    /// RFC 3339, or seconds since 1970.
    expires_at: Option<Value>,
    /// True if listings name streams instead of files.
    #[serde(default)]
    prefers_hls: bool,
    /// The id of the viewer whose history its plays belong to; without it, the caller's own.
    viewer: Option<String>,
    /// Maximum number of concurrent viewers, from 1.
    max_viewers: Option<u16>,
    /// Maximum number of visits, from 1.
    max_visits: Option<u32>,
    /// Maximum speed of all that play by it together, in bytes per second, from 12,500.
    speed: Option<u32>,
    /// False if the ticket opens streams alone.
    original: Option<bool>,
}

/// One part of a drive, or several.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
enum ScopesText {
    // First, since a list would pass for the fields of one, too.
    Several(Vec<ScopeText>),
    One(ScopeText),
}

#[derive(Default, Deserialize, utoipa::ToSchema)]
struct ScopeText {
    #[serde(default)]
    place: Option<String>,
    #[serde(default)]
    path: Option<String>,
}

/// The JSON of a ticket.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TicketJson {
    id: String,
    name: String,
    scope: ScopesJson,
    /// The ticket itself; only in the reply that issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    /// The URL for the player; only in the reply that issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime<Utc>>,
    /// The id of the viewer whose history its plays belong to; missing for a guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    viewer: Option<ViewerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_viewers: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_visits: Option<u32>,
    /// Visits so far, where they are limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    visits: Option<u32>,
    /// Maximum speed of all that play by it together, in bytes per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    speed: Option<u32>,
    /// False if the ticket opens streams alone; else missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<bool>,
}

/// One part of a drive, or several.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
enum ScopesJson {
    One(ScopeJson),
    Several(Vec<ScopeJson>),
}

/// Both fields are missing if the scope is everything.
#[derive(Serialize, utoipa::ToSchema)]
struct ScopeJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    place: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    path: Option<EntryPath>,
}

/// All tickets, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Tickets {
    tickets: Vec<TicketJson>,
}

impl TicketJson {
    fn of(stored: &StoredTicket) -> Self {
        let within = |(place, path): (Place, EntryPath)| ScopeJson {
            place: Some(place),
            path: (!path.is_root()).then_some(path),
        };
        let scope = match Scope::from_text(&stored.scope) {
            Some(Scope::Within(place, path)) => ScopesJson::One(within((place, path))),
            Some(Scope::Several(all)) => ScopesJson::Several(all.into_iter().map(within).collect()),
            _ => ScopesJson::One(ScopeJson {
                place: None,
                path: None,
            }),
        };
        let limits = stored.limits;
        TicketJson {
            id: TicketId(stored.id).to_string(),
            name: stored.name.clone(),
            scope,
            ticket: None,
            url: None,
            expires_at: stored.ends_at.map(Into::into),
            last_used_at: stored.last_used_at.map(Into::into),
            viewer: stored.viewer,
            max_viewers: limits.max_viewers,
            max_visits: limits.max_visits,
            visits: limits.max_visits.map(|_| stored.visits),
            speed: limits.bytes_per_s,
            original: limits.without_originals.then_some(false),
        }
    }
}

fn read_scopes(scope: Option<ScopesText>) -> Result<Scope, Problem> {
    let read = |one: &ScopeText| read_scope(one.place.as_deref(), one.path.as_deref());
    match scope {
        None => Ok(Scope::Everything),
        Some(ScopesText::One(one)) => read(&one),
        Some(ScopesText::Several(all)) => {
            let mut paths = Vec::new();
            for one in &all {
                match read(one)? {
                    Scope::Within(place, path) => paths.push((place, path)),
                    _ => return Err(Problem::bad_request("Each part of a scope needs a place.")),
                }
            }
            paths.dedup();
            match paths.len() {
                0 => Err(Problem::bad_request("A list of paths needs at least one.")),
                1..=MAX_SCOPE_PATHS => Ok(Scope::of_paths(paths)),
                _ => Err(Problem::bad_request(
                    "Those are too many paths for one ticket.",
                )),
            }
        }
    }
}

fn read_limits(new: &NewTicket) -> Result<TicketLimits, Problem> {
    if new.max_viewers == Some(0) || new.max_visits == Some(0) {
        let sentence = "“max_viewers” and “max_visits” are at least 1, or left out.";
        return Err(Problem::bad_request(sentence));
    }
    if new
        .speed
        .is_some_and(|speed| speed < TicketLimits::MIN_BYTES_PER_S)
    {
        let sentence = "“speed” is at least 12500 bytes per second, or left out.";
        return Err(Problem::bad_request(sentence));
    }
    Ok(TicketLimits {
        bytes_per_s: new.speed,
        max_viewers: new.max_viewers,
        max_visits: new.max_visits,
        without_originals: new.original == Some(false),
    })
}

/// Lists the tickets.
#[utoipa::path(get, path = "/api/v1/tickets", tag = "tickets", responses((status = 200, body = Tickets)))]
pub(in crate::web) async fn list(State(site): State<AppState>) -> Result<Json<Tickets>, Problem> {
    let tickets = tickets::all(&site).await?;
    Ok(Json(Tickets {
        tickets: tickets.iter().map(TicketJson::of).collect(),
    }))
}

/// Issues a ticket.
#[utoipa::path(post, path = "/api/v1/tickets", tag = "tickets", request_body = NewTicket,
    responses((status = 200, body = TicketJson)))]
pub(in crate::web) async fn make(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: Result<Json<NewTicket>, JsonRejection>,
) -> Result<Json<TicketJson>, Problem> {
    let Json(new) = body
        .map_err(|_| Problem::bad_request("The body is to be JSON with a “name” and a “scope”."))?;
    let wanted = TicketRequest {
        kind: TicketKind::Device,
        limits: read_limits(&new)?,
        scope: read_scopes(new.scope)?,
        name: new.name,
        ends_at: read_end(new.expires_at.as_ref())?,
        prefers_hls: new.prefers_hls,
        viewer: match new.viewer.as_deref() {
            None => site.viewer(&headers).id,
            Some(id) => find_viewer(&site, id)?.id,
        },
    };
    let made = tickets::make(&site, wanted).await?;
    let local = first_play_url(&site, &made);
    Ok(Json(TicketJson {
        url: Some(format!("{}{local}", site.urls.origin(&headers))),
        ticket: Some(made.text),
        ..TicketJson::of(&made.stored)
    }))
}

/// Revokes a ticket.
#[utoipa::path(delete, operation_id = "revoke", path = "/api/v1/tickets/{id}", tag = "tickets", params(("id" = String, Path)),
    responses((status = 204, description = "The ticket is revoked")))]
pub(in crate::web) async fn revoke(
    State(site): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = TicketId::parse(&id).ok_or(Problem {
        sentence: Some("There is no such ticket."),
        ..Problem::NOT_FOUND
    })?;
    tickets::revoke(&site, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the URL at which a player begins: the listing of all places or of a folder, or a film.
pub(in crate::web) fn first_play_url(site: &AppState, made: &IssuedTicket) -> String {
    let Scope::Within(place, path) = &made.scope else {
        return site.urls.local(&format!("/play/{}/", made.text));
    };
    let address = site.urls.play(&made.text, place, path);
    let is_folder = match &made.entry {
        Some(entry) => entry.kind == EntryKind::Folder,
        None => EntryKind::of_file(path.name()) == EntryKind::Other,
    };
    if is_folder {
        format!("{address}/")
    } else {
        address
    }
}

fn read_end(text: Option<&Value>) -> Result<Option<SystemTime>, Problem> {
    const WRONG: Problem =
        Problem::bad_request("“expires_at” is a time such as 2030-01-31T20:15:00Z.");
    match text {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => DateTime::parse_from_rfc3339(text)
            .map(|time| Some(SystemTime::from(time)))
            .map_err(|_| WRONG),
        // A later time than a date can hold could not be shown.
        Some(Value::Number(seconds)) => seconds
            .as_u64()
            .and_then(|seconds| media::unix_time(seconds.try_into().ok()?))
            .map(|time| Some(SystemTime::from(time)))
            .ok_or(WRONG),
        Some(_) => Err(WRONG),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::web::error::ProblemCode;

    use super::*;

    #[test]
    fn an_end_is_a_time_or_none() {
        let end = |seconds| Ok(Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)));
        let read = |value: Value| read_end(Some(&value)).map_err(|problem| problem.code);
        assert_eq!(read(json!("1970-01-01T00:01:00Z")), end(60));
        assert_eq!(read(json!("1970-01-01T01:01:00+01:00")), end(60));
        assert_eq!(read(json!(60)), end(60));
        assert_eq!(read(json!(null)), Ok(None));
        for bad in [
            json!("tomorrow"),
            json!(-1),
            json!([]),
            json!("2030-01-31"),
            json!(i64::MAX),
            json!(253_402_300_800_u64),
        ] {
            assert_eq!(read(bad), Err(ProblemCode::BadRequest));
        }
    }
}
