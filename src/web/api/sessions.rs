//! `/api/v1/sessions`: the browsers in which the owner is signed in.

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::web::Site;
use crate::web::door::{Caller, session_id};
use crate::web::error::Problem;

#[derive(Serialize)]
pub(in crate::web) struct Sessions {
    sessions: Vec<SessionJson>,
}

#[derive(Serialize)]
struct SessionJson {
    id: String,
    device: String,
    address: String,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    /// Whether it is the caller's own.
    current: bool,
}

/// All of them, the one that was seen last first.
pub(in crate::web) async fn list(
    State(site): State<Site>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Sessions>, Problem> {
    let own = match caller {
        Caller::Session(session) => Some(session.hash),
        _ => None,
    };
    let sessions = site.door.sessions().await?.into_iter();
    Ok(Json(Sessions {
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

/// Ends one.
pub(in crate::web) async fn end(
    State(site): State<Site>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    match site.door.end_session_called(&id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::NOT_FOUND),
    }
}
