//! Moves or deletes what is stored about entries, after a move or a deletion of them.

use crate::store::StoreError;
use crate::web::AppState;
use media::{Entry, EntryPath, Place};

/// Moves what is stored about an entry to its new path.
pub(in crate::web::api) async fn follow(
    site: &AppState,
    place: &Place,
    from: &EntryPath,
    to: &Entry,
) {
    if to.path != *from {
        let moved = site.store.move_folder_settings(place, from, &to.path).await;
        adopt_settings(site, moved).await;
        note(site.store.move_history(place, from, &to.path).await);
    }
}

/// Reads the settings of folders again if some were moved or deleted. A failure does not fail the call.
pub(super) async fn adopt_settings(site: &AppState, changed: Result<bool, StoreError>) {
    let adopted = match changed {
        Ok(false) => return,
        Ok(true) => site.library.folder_settings().reload(&site.store).await,
        Err(error) => Err(error),
    };
    if adopted.is_err() {
        tracing::warn!("the settings of a folder could not follow it");
    }
}

/// Logs a failure to update the history, which does not fail the call.
pub(super) fn note(kept: anyhow::Result<()>) {
    if let Err(error) = kept {
        tracing::warn!(%error, "what was watched could not be corrected");
    }
}
