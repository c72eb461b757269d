//! `/api/v1/library`: films and series, what was watched, and what to watch next.

mod item_json;
pub(in crate::web) mod items;
pub(in crate::web) mod walks;

use axum::extract::Query;
use serde::Deserialize;

use crate::library::LibraryIndex;
use crate::web::error::Problem;
use crate::web::{AppState, MaybeQuery};

pub(in crate::web) use item_json::picture;

/// The viewer of a call without `viewer`.
pub(in crate::web) const OWNER: &str = "";

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct ViewerQuery {
    /// The id of a viewer.
    viewer: Option<String>,
}

/// Returns the viewer of a call. Fails with 404 for an unknown one.
fn viewer(named: Option<&str>) -> Result<&'static str, Problem> {
    match named {
        None | Some("") => Ok(OWNER),
        Some(_) => Err(Problem {
            sentence: Some("There is no such viewer."),
            ..Problem::NOT_FOUND
        }),
    }
}

/// Returns the viewer of a call with no other parameters.
fn viewer_of(query: MaybeQuery<ViewerQuery>) -> Result<&'static str, Problem> {
    let Query(query) = query.map_err(|_| Problem::bad_request("The parameters are invalid."))?;
    viewer(query.viewer.as_deref())
}

fn index(site: &AppState) -> Result<&LibraryIndex, Problem> {
    site.library.index().ok_or(Problem::NOT_FOUND)
}

pub(in crate::web) fn unreadable(error: anyhow::Error) -> Problem {
    tracing::error!(%error, "the library could not be read or written");
    Problem::INTERNAL
}
