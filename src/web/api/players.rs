//! `GET /api/v1/players` and `POST /api/v1/send`: sends films to players on the home network.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::web::AppState;
use crate::web::error::Problem;
use crate::web::send::{self, SendRequest};
use media::{EntryPath, Place};

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Players)]
pub(in crate::web) struct PlayersJson {
    players: Vec<PlayerJson>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct PlayerJson {
    name: String,
    kind: &'static str,
}

/// Lists the players of the config.
#[utoipa::path(get, path = "/api/v1/players", tag = "players", responses((status = 200, body = PlayersJson)))]
pub(in crate::web) async fn list(State(site): State<AppState>) -> Json<PlayersJson> {
    let players = site.players.all().iter().map(|player| PlayerJson {
        name: player.name.clone(),
        kind: player.kind.as_str(),
    });
    Json(PlayersJson {
        players: players.collect(),
    })
}

/// The film and the player: `{"place","path","rendition"?,"to"}`.
#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct SendJson {
    place: String,
    path: String,
    rendition: Option<String>,
    to: String,
}

/// The name of the player and the URL that it opened.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Sent {
    to: String,
    url: String,
}

/// Makes a player open a film.
#[utoipa::path(post, path = "/api/v1/send", tag = "players", request_body = SendJson,
    responses((status = 200, body = Sent)))]
pub(in crate::web) async fn send(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: Result<Json<SendJson>, JsonRejection>,
) -> Result<Json<Sent>, Problem> {
    let Json(body) = body.map_err(|_| {
        Problem::bad_request("The body is JSON with “place”, “path”, “to” and maybe “rendition”.")
    })?;
    let order = SendRequest {
        place: &Place::parse(&body.place).map_err(|_| Problem::NOT_FOUND)?,
        path: &EntryPath::parse(&body.path).map_err(|_| Problem::NOT_FOUND)?,
        rendition: body.rendition.as_deref(),
        to: &body.to,
    };
    let url = send::send(&site, &headers, order).await?;
    Ok(Json(Sent { to: body.to, url }))
}
