//! The contract of a drive with the rest of the program: traits and values, without I/O.

mod abilities;
mod account;
mod archives;
mod clock;
mod direct_links;
mod drive;
mod error;
mod fact;
pub(crate) mod limiter;
mod origin;
mod own_folder;
mod redacted;
mod remote_tasks;
pub(crate) mod secret_serde;
mod sharing;
mod sign_in;
mod subtitles;
mod tags;
mod trash;
mod upload;
mod url_table;
mod versions;
mod volume;

pub use abilities::{Capability, DriveKind, Manage, OnConflict, Outcome, ReportKind, UsageReports};
pub use account::{Account, AccountSession, Quota, SessionLock, SessionStore, SessionStoreError};
pub use archives::Archives;
pub use clock::Clock;
pub use direct_links::{DirectLink, DirectLinks};
pub use drive::{Drive, OpenShares};
pub use error::{DriveError, ErrorKind};
pub use fact::{FactArgument, FactText, FactValue};
pub use limiter::{Permit, Permits, Purpose, RequestKind, RequestLimiter};
pub use origin::{
    CHUNK_UNIT_BYTES, FactsReader, HostKey, Incoming, LARGE_CHUNK_MEMORY_BYTES, Origin,
    SegmentFacts, UpstreamPlaylist, chunk_memory,
};
pub use own_folder::OwnFolder;
pub use remote_tasks::{RemoteDownloads, RemoteTask, RemoteTaskKind, RemoteTaskState};
pub use sharing::{
    LinkHome, NewShare, OwnShare, OwnShareState, OwnShares, ShareContents, ShareCredentials,
    ShareLink, ShortLink,
};
pub use sign_in::{
    Authorization, DeviceSignIn, LoginPage, SignIn, SignInField, SignInFieldKind, SignInForm,
    SignInState, SignInWays,
};
pub use subtitles::{UpstreamSubtitles, UpstreamText};
pub use tags::Tags;
pub use trash::{RestoreOutcome, Trash, TrashedEntry};
pub use upload::{
    InterruptedUploads, ResumeKey, Upload, UploadBody, UploadNotes, UploadProgress, UploadRequest,
    UploadResume,
};
pub use url_table::UrlTable;
pub use versions::{FileVersion, Versions};
pub use volume::Volume;
