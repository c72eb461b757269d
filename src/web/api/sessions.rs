//! `/api/v1/sessions`: the owner's sessions.

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::web::AppState;
use crate::web::auth::{Caller, session_id};
use crate::web::error::Problem;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Sessions)]
pub(in crate::web) struct SessionsJson {
    sessions: Vec<SessionJson>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct SessionJson {
    id: String,
    device: String,
    address: String,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    /// True for the caller's own session.
    current: bool,
}

/// Lists all sessions, the most recently used first.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "sessions", responses((status = 200, body = SessionsJson)))]
pub(in crate::web) async fn list(
    State(site): State<AppState>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<SessionsJson>, Problem> {
    let own = match caller {
        Caller::Session(session) => Some(session.hash),
        _ => None,
    };
    let sessions = site.auth.sessions().await?.into_iter();
    Ok(Json(SessionsJson {
        sessions: sessions
            .map(|session| SessionJson {
                id: session_id(&session),
                current: own == Some(session.hash),
                device: session.device,
                address: session.address,
                created_at: session.created_at.into(),
                last_seen_at: session.last_seen_at.into(),
            })
            .collect(),
    }))
}

/// Revokes a session.
#[utoipa::path(delete, operation_id = "end", path = "/api/v1/sessions/{id}", tag = "sessions", params(("id" = String, Path)),
    responses((status = 204, description = "The session has ended")))]
pub(in crate::web) async fn revoke(
    State(site): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    match site.auth.revoke_session_by_id(&id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::NOT_FOUND),
    }
}
