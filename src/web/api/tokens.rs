//! `/api/v1/tokens`: API tokens. The text of a token is returned once, when it is made.

use std::time::SystemTime;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::store::ApiToken;
use crate::web::AppState;
use crate::web::api::viewers::find as find_viewer;
use crate::web::auth::TokenScope;
use crate::web::error::Problem;
use crate::web::pages::sessions::is_name;
use media::ViewerId;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Tokens)]
pub(in crate::web) struct TokensJson {
    tokens: Vec<TokenJson>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TokenJson {
    id: String,
    name: String,
    scope: String,
    /// The id of the viewer that it acts for; missing for a token that may act for every viewer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    viewer: Option<ViewerId>,
    created_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime<Utc>>,
    /// Only in the reply that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewToken {
    name: String,
    #[schema(value_type = String)]
    scope: TokenScope,
    /// The id of the viewer that it acts for; without it, every viewer.
    viewer: Option<String>,
}

impl From<ApiToken> for TokenJson {
    fn from(token: ApiToken) -> Self {
        let time = |time: SystemTime| DateTime::<Utc>::from(time);
        TokenJson {
            id: token.id,
            name: token.name,
            scope: token.scope,
            viewer: token.viewer,
            created_at: time(token.created_at),
            last_used_at: token.last_used_at.map(time),
            token: None,
        }
    }
}

/// Lists all tokens made by the owner.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", responses((status = 200, body = TokensJson)))]
pub(in crate::web) async fn list(
    State(site): State<AppState>,
) -> Result<Json<TokensJson>, Problem> {
    let tokens = site.auth.api_tokens().await?;
    Ok(Json(TokensJson {
        tokens: tokens.into_iter().map(TokenJson::from).collect(),
    }))
}

/// Makes a token.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = NewToken,
    responses((status = 200, body = TokenJson)))]
pub(in crate::web) async fn make(
    State(site): State<AppState>,
    body: Result<Json<NewToken>, JsonRejection>,
) -> Result<(StatusCode, Json<TokenJson>), Problem> {
    let Ok(Json(wanted)) = body else {
        return Err(Problem::bad_request(
            "“name” and “scope” are needed; a scope is “watch”, “change” or “everything”.",
        ));
    };
    let name = wanted.name.trim();
    if !is_name(name) {
        return Err(Problem::bad_request(
            "“name” must be 1 to 80 printable characters.",
        ));
    }
    let viewer = match wanted.viewer.as_deref() {
        None => None,
        Some(id) => Some(find_viewer(&site, id)?.id),
    };
    let made = site.auth.make_token(name, wanted.scope, viewer).await;
    let (token, text) = made?;
    let json = TokenJson {
        token: Some(text.expose_secret().to_owned()),
        ..TokenJson::from(token)
    };
    Ok((StatusCode::CREATED, Json(json)))
}

/// Revokes a token with immediate effect.
#[utoipa::path(delete, operation_id = "revoke", path = "/api/v1/tokens/{id}", tag = "tokens", params(("id" = String, Path)),
    responses((status = 204, description = "The token is revoked")))]
pub(in crate::web) async fn revoke(
    State(site): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    match site.auth.revoke_token(&id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::NOT_FOUND),
    }
}
