//! The services that the program provides to a drive.

use std::sync::Arc;

use crate::http::Client;
use crate::{Clock, OwnFolder, SessionStore, Spool, UploadNotes};

/// The services that the program provides to a drive when it opens it.
pub struct DriveContext {
    /// The HTTP client of the program.
    pub http: Arc<Client>,
    /// The time.
    pub clock: Clock,
    /// Stores the drive's session.
    pub sessions: Arc<dyn SessionStore>,
    /// Stores a second session, of kinds that have two.
    pub web_sessions: Arc<dyn SessionStore>,
    /// The spool of uploads, and the store of their progress; `None` for no uploads.
    pub uploads: Option<(Spool, Arc<dyn UploadNotes>)>,
    /// The folder in which the server keeps its state, which no drive may show.
    pub own_folder: Option<OwnFolder>,
}
