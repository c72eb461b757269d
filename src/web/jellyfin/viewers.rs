//! Viewers as Jellyfin's users.

use crate::web::AppState;
use crate::web::api::library::OWNER;
use crate::web::error::Problem;

/// A viewer who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AppUser {
    /// The id in the state; empty for the owner.
    pub id: String,
    pub name: String,
}

/// The user name of the owner.
const OWNER_NAME: &str = "owner";

/// Returns the viewer of a user name; `None` if there is none.
pub(super) async fn viewer_by_name(_: &AppState, name: &str) -> Result<Option<AppUser>, Problem> {
    Ok(name.trim().eq_ignore_ascii_case(OWNER_NAME).then(owner))
}

/// Returns the viewer of an id; `None` if there is none any more.
pub(super) async fn viewer_by_id(_: &AppState, id: &str) -> Result<Option<AppUser>, Problem> {
    Ok((id == OWNER).then(owner))
}

/// Returns the owner as a viewer.
pub(super) fn owner() -> AppUser {
    AppUser {
        id: OWNER.to_owned(),
        name: OWNER_NAME.to_owned(),
    }
}
