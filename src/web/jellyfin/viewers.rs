//! Viewers as Jellyfin's users.

use std::sync::Arc;

use crate::store::Viewer;
use crate::web::AppState;
use media::ViewerId;

/// The user name by which the owner is found whatever the viewer is called.
pub(super) const OWNER_NAME: &str = "owner";

/// Returns the viewer of a user name in any case; `None` if there is none.
pub(super) fn viewer_by_name(site: &AppState, name: &str) -> Option<Arc<Viewer>> {
    let name = name.trim().to_lowercase();
    let all = site.viewers.all();
    let named = all.iter().find(|viewer| viewer.name.to_lowercase() == name);
    let owner = || (name == OWNER_NAME).then(|| site.viewers.owner());
    named.cloned().or_else(owner)
}

/// Returns the name of a viewer as a user: that of the owner is the same in all apps.
pub(super) fn user_name(viewer: &Viewer) -> &str {
    match viewer.id {
        ViewerId::OWNER => OWNER_NAME,
        _ => &viewer.name,
    }
}
