//! Authenticates tickets: the check that every ticket passes which authorizes a request, whether it came in the path of a
//! play URL or guest link, as the token of a TV app, or as a WebDAV password.
//!
//! The caller checks that the scope of the result covers what is requested
//! ([`Scope::covers`](crate::playback::ticket::Scope::covers)), and the limits (`ticket_visits`, `ticket_speed`);
//! `revocation` ends replies under way. The sign-in of a TV app, which exchanges a ticket for another one, verifies it by
//! itself (`jellyfin::sign_in`).

use std::time::SystemTime;

use super::AppStateInner;
use crate::playback::ticket::{Ticket, TicketError};

impl AppStateInner {
    /// Returns the ticket in `text`, with the scope that its viewer has.
    ///
    /// # Errors
    ///
    /// It was not signed here, was revoked, has expired, or its viewer was deleted.
    pub(super) fn verify_ticket(&self, text: &str, now: SystemTime) -> Result<Ticket, TicketError> {
        let ticket = self.tickets.verify(text, now)?;
        let viewer = self.viewers.get(ticket.viewer);
        let viewer = viewer.ok_or(TicketError::Revoked)?;
        Ok(match &viewer.places {
            None => ticket,
            Some(places) => Ticket {
                scope: ticket.scope.limited_to(places),
                ..ticket
            },
        })
    }
}
