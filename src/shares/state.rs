//! The state of opened shares: what is stored of them, and their places after a restart or a failure.

use std::sync::Arc;

use chrono::Utc;

use super::{Shares, store_error};
use crate::store::OpenedShare;
use drives::{DriveError, ErrorKind, ShareLink};
use media::Place;

impl Shares {
    /// Stores a share that was opened, with the drive that opened it.
    pub(super) async fn remember(
        &self,
        link: &ShareLink,
        place: &Place,
        drive: &Place,
    ) -> Result<(), DriveError> {
        let opened = OpenedShare {
            place: place.clone(),
            link: link.clone(),
            drive: drive.clone(),
            opened_at: Utc::now(),
        };
        let remembered = self.store.put_share(&opened).await;
        remembered.map_err(|error| store_error(&error))?;
        self.awaiting_password.invalidate(place).await;
        self.note(opened);
        Ok(())
    }

    /// Handles a failed opening: stores a link that needs a password, or updates the place of a share that
    /// has ended.
    pub(super) async fn handle_failure(&self, link: &ShareLink, place: &Place, error: &DriveError) {
        match error.kind {
            ErrorKind::SharePasswordRequired | ErrorKind::SharePasswordWrong => {
                let link = ShareLink {
                    password: None,
                    ..link.clone()
                };
                self.awaiting_password.insert(place.clone(), link).await;
            }
            ErrorKind::ShareGone => {}
            _ => return,
        }
        // The place reads its new state from the store.
        let opened = self.opened().get(place).cloned();
        if let Some(opened) = opened {
            self.reopen(&opened).await;
        }
    }

    /// Restores a stored share as a place, with the drive that opened it or another one that can.
    pub(super) async fn reopen(&self, opened: &OpenedShare) {
        let mut openers = self.openers(&opened.link);
        openers.sort_by_key(|drive| *drive.place() != opened.drive);
        let Some(drive) = openers.first() else {
            return;
        };
        if let Some(opener) = drive.open_shares() {
            let memory = Arc::new(self.store.drive_session(&opened.place));
            let share = opener.reopen(opened.place.clone(), &opened.link, memory);
            self.library.put_share(Arc::new(share)).await;
        }
    }
}
