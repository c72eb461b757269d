//! The drive in the path of a page.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::page_context::PageContext;
use crate::web::AppState;
use crate::web::error::Problem;
use media::Place;

/// The drive that a path names, whether or not there is one. A name that no drive can have is answered with the page “not found”.
pub(in crate::web) struct DrivePath(pub Place);

impl FromRequestParts<AppState> for DrivePath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &AppState) -> Result<Self, Response> {
        let name = Path::<String>::from_request_parts(parts, site).await;
        let Path(name) = name.map_err(IntoResponse::into_response)?;
        Place::parse(&name).map(DrivePath).map_err(|_| {
            let context = PageContext::new(site, &parts.headers);
            context.problem(&Problem::NOT_FOUND)
        })
    }
}
