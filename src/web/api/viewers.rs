//! `/api/v1/viewers`: the viewers of the household.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};

use super::files::{MaybeJson, read};
use crate::playback::ticket::TicketId;
use crate::store::Viewer;
use crate::viewers::ViewerError;
use crate::web::AppState;
use crate::web::auth::is_pin;
use crate::web::error::Problem;
use media::{Place, ViewerId};

/// The viewers, the owner first.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Viewers)]
pub(in crate::web) struct ViewersJson {
    viewers: Vec<ViewerJson>,
}

/// A viewer.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Viewer)]
pub(in crate::web) struct ViewerJson {
    #[schema(value_type = String)]
    id: ViewerId,
    name: String,
    /// `#rrggbb`, or the name of a colour.
    colour: String,
    has_pin: bool,
    /// The places that the viewer is limited to; missing if there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    places: Option<Vec<Place>>,
    /// The account by which the viewer signs in; only in replies to the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    openid: Option<String>,
}

impl From<&Viewer> for ViewerJson {
    fn from(viewer: &Viewer) -> Self {
        ViewerJson {
            id: viewer.id,
            name: viewer.name.clone(),
            colour: viewer.colour.clone(),
            has_pin: viewer.pin_hash.is_some(),
            places: viewer.places.clone(),
            openid: None,
        }
    }
}

impl ViewerJson {
    /// Returns the JSON as the caller may have it.
    fn for_caller(site: &AppState, headers: &HeaderMap, viewer: &Viewer) -> Self {
        let is_owner = site.viewer(headers).id == ViewerId::OWNER;
        ViewerJson {
            openid: viewer.openid.clone().filter(|_| is_owner),
            ..viewer.into()
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct NewViewer {
    name: String,
    colour: Option<String>,
    /// 4 to 64 characters. Never returned.
    #[schema(value_type = Option<String>)]
    pin: Option<SecretString>,
    /// The places to limit the viewer to.
    places: Option<Vec<String>>,
    /// The account of the OpenID provider by which the viewer signs in: its id (`sub`), or a verified email address.
    openid: Option<String>,
}

/// A missing field leaves what there is; `null` removes the PIN, the limit or the account.
#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct ViewerChange {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    colour: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pin: Option<Option<SecretString>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>)]
    places: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    openid: Option<Option<String>>,
}

/// Deserializes a field that is there, whose value may be `null`.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Lists the viewers.
#[utoipa::path(get, operation_id = "list_viewers", path = "/api/v1/viewers", tag = "viewers",
    responses((status = 200, body = ViewersJson)))]
pub(in crate::web) async fn list(
    State(site): State<AppState>,
    headers: HeaderMap,
) -> Json<ViewersJson> {
    let viewers = site.viewers.all();
    let viewers = viewers.iter();
    Json(ViewersJson {
        viewers: viewers
            .map(|viewer| ViewerJson::for_caller(&site, &headers, viewer))
            .collect(),
    })
}

/// Returns a viewer.
#[utoipa::path(get, operation_id = "show_viewer", path = "/api/v1/viewers/{id}", tag = "viewers", params(("id" = String, Path)),
    responses((status = 200, body = ViewerJson)))]
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ViewerJson>, Problem> {
    let viewer = find(&site, &id)?;
    Ok(Json(ViewerJson::for_caller(&site, &headers, &viewer)))
}

/// Adds a viewer.
#[utoipa::path(post, operation_id = "add_viewer", path = "/api/v1/viewers", tag = "viewers", request_body = NewViewer,
    responses((status = 201, body = ViewerJson)))]
pub(in crate::web) async fn add(
    State(site): State<AppState>,
    body: MaybeJson<NewViewer>,
) -> Result<(StatusCode, Json<ViewerJson>), Problem> {
    let new: NewViewer = read(body)?;
    let places = new.places.map(|names| places(&names)).transpose()?;
    let pin_hash = pin_hash(&site, new.pin).await?;
    let colour = new.colour.as_deref();
    let added = site
        .viewers
        .add(&new.name, colour, pin_hash, places, new.openid)
        .await?;
    let json = ViewerJson {
        openid: added.openid.clone(),
        ..(&*added).into()
    };
    Ok((StatusCode::CREATED, Json(json)))
}

/// Changes a viewer.
#[utoipa::path(patch, operation_id = "change_viewer", path = "/api/v1/viewers/{id}", tag = "viewers", params(("id" = String, Path)),
    request_body = ViewerChange, responses((status = 200, body = ViewerJson)))]
pub(in crate::web) async fn change(
    State(site): State<AppState>,
    Path(id): Path<String>,
    body: MaybeJson<ViewerChange>,
) -> Result<Json<ViewerJson>, Problem> {
    let mut viewer = Viewer::clone(&*find(&site, &id)?);
    let change: ViewerChange = read(body)?;
    if let Some(name) = change.name {
        name.trim().clone_into(&mut viewer.name);
    }
    if let Some(colour) = change.colour {
        viewer.colour = colour;
    }
    if let Some(names) = change.places {
        viewer.places = names.map(|names| places(&names)).transpose()?;
    }
    if let Some(pin) = change.pin {
        viewer.pin_hash = pin_hash(&site, pin).await?;
    }
    if let Some(openid) = change.openid {
        viewer.openid = openid;
    }
    let changed = put(&site, viewer).await?;
    Ok(Json(ViewerJson {
        openid: changed.openid.clone(),
        ..(&*changed).into()
    }))
}

/// Deletes a viewer with its history, marks, tickets and tokens.
#[utoipa::path(delete, operation_id = "delete_viewer", path = "/api/v1/viewers/{id}", tag = "viewers", params(("id" = String, Path)),
    responses((status = 204, description = "Deleted")))]
pub(in crate::web) async fn delete(
    State(site): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    remove(&site, find(&site, &id)?.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stores a viewer that was changed; sessions by another account of it end. Also used by pages.
pub(in crate::web) async fn put(site: &AppState, viewer: Viewer) -> Result<Arc<Viewer>, Problem> {
    let before = site.viewers.get(viewer.id);
    let changed = site.viewers.put(viewer).await?;
    if before.is_some_and(|before| before.openid != changed.openid) {
        site.auth.revoke_viewer_sessions(changed.id).await?;
    }
    Ok(changed)
}

/// Deletes a viewer. Also used by pages.
pub(in crate::web) async fn remove(site: &AppState, id: ViewerId) -> Result<(), Problem> {
    let tickets = site.viewers.delete(id).await?;
    site.tickets.revoke(tickets.into_iter().map(TicketId));
    site.auth.tokens_were_deleted();
    site.auth.revoke_viewer_sessions(id).await?;
    Ok(())
}

/// Returns the viewer of an id.
pub(in crate::web) fn find(site: &AppState, id: &str) -> Result<Arc<Viewer>, Problem> {
    let viewer = ViewerId::parse(id).and_then(|id| site.viewers.get(id));
    viewer.ok_or(Problem {
        sentence: Some("There is no such viewer."),
        ..Problem::NOT_FOUND
    })
}

/// Returns the hash of a PIN; `None` for none, or an empty one.
pub(in crate::web) async fn pin_hash(
    site: &AppState,
    pin: Option<SecretString>,
) -> Result<Option<String>, Problem> {
    use secrecy::ExposeSecret;
    match pin {
        Some(pin) if !pin.expose_secret().is_empty() => {
            if !is_pin(pin.expose_secret()) {
                return Err(Problem::bad_request("A PIN has 4 to 64 characters."));
            }
            Ok(Some(site.auth.hash_pin(pin).await?))
        }
        _ => Ok(None),
    }
}

/// Parses the names of places.
pub(in crate::web) fn places(names: &[String]) -> Result<Vec<Place>, Problem> {
    let places = names.iter().map(|name| Place::parse(name));
    places
        .collect::<Result<_, _>>()
        .map_err(|_| Problem::bad_request("“places” are names of drives or shares."))
}

impl From<ViewerError> for Problem {
    fn from(error: ViewerError) -> Self {
        match error {
            ViewerError::Unknown => Problem::NOT_FOUND,
            ViewerError::Invalid(sentence) => Problem::bad_request(sentence),
            ViewerError::Store(error) => Problem::of_state(error.as_ref()),
        }
    }
}
