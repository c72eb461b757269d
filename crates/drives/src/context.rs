//! What the program provides to a drive when it opens it.

use std::sync::Arc;

use crate::http::Client;
use crate::{Clock, OwnFolder, SessionStore, Spool, UploadNotes};

/// What the program provides to a drive when it opens it.
pub struct DriveContext {
    /// The HTTP client of the program.
    pub http: Arc<Client>,
    /// The time.
    pub clock: Clock,
    /// Where the drive keeps its session.
    pub sessions: Arc<dyn SessionStore>,
    /// Where it keeps a second session beside that one, of kinds that have two.
    pub web_sessions: Arc<dyn SessionStore>,
    /// Where files wait on their way to the upstream, and where their progress is kept; `None` for no uploads.
    pub uploads: Option<(Spool, Arc<dyn UploadNotes>)>,
    /// The folder in which the server keeps its state, which no drive may show.
    pub own_folder: Option<OwnFolder>,
}
