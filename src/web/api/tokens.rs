//! `/api/v1/tokens`: keys for programs. The text of a token is told once, when it is made.

use std::time::SystemTime;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::store::ApiToken;
use crate::web::Site;
use crate::web::door::TokenScope;
use crate::web::error::Problem;
use crate::web::pages::sessions::is_name;

#[derive(Serialize)]
pub(in crate::web) struct Tokens {
    tokens: Vec<TokenJson>,
}

#[derive(Serialize)]
pub(in crate::web) struct TokenJson {
    id: String,
    name: String,
    scope: String,
    created_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime<Utc>>,
    /// Only in the answer to the call that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewToken {
    name: String,
    scope: TokenScope,
}

impl From<ApiToken> for TokenJson {
    fn from(token: ApiToken) -> Self {
        let time = |time: SystemTime| DateTime::<Utc>::from(time);
        TokenJson {
            id: token.id,
            name: token.name,
            scope: token.scope,
            created_at: time(token.created_at),
            last_used_at: token.last_used_at.map(time),
            token: None,
        }
    }
}

/// All tokens that the owner made.
pub(in crate::web) async fn list(State(site): State<Site>) -> Result<Json<Tokens>, Problem> {
    let tokens = site.door.api_tokens().await?;
    Ok(Json(Tokens {
        tokens: tokens.into_iter().map(TokenJson::from).collect(),
    }))
}

/// Makes a token.
pub(in crate::web) async fn make(
    State(site): State<Site>,
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
    let (token, text) = site.door.make_token(name, wanted.scope).await?;
    let json = TokenJson {
        token: Some(text.expose_secret().to_owned()),
        ..TokenJson::from(token)
    };
    Ok((StatusCode::CREATED, Json(json)))
}

/// Withdraws a token at once.
pub(in crate::web) async fn withdraw(
    State(site): State<Site>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    match site.door.withdraw_token(&id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::NOT_FOUND),
    }
}
