//! What a drive is to the rest of the program: traits and values, without a line of I/O.

mod abilities;
mod account;
mod clock;
mod error;
mod origin;
mod redacted;
mod sharing;
mod sign_in;
mod upload;
mod url_table;
mod volume;

pub use abilities::{Capability, Manage, OnConflict, Outcome, ReportKind, UsageReports};
pub use account::{Account, Quota, SessionLock, SessionStore, SessionStoreError};
pub use clock::Clock;
pub use error::{DriveError, ErrorKind};
pub use origin::{FactsReader, HostKey, Incoming, Origin, SegmentFacts, UpstreamPlaylist};
pub use sharing::{LinkHome, NewShare, OpenShares, OwnShare, OwnShares, ShareLink, ShortLink};
pub use sign_in::{
    DeviceSignIn, LoginPage, SignIn, SignInField, SignInFieldKind, SignInForm, SignInState,
    SignInWays,
};
pub use upload::{Upload, UploadBody, UploadNotes, UploadProgress, UploadRequest};
pub use url_table::UrlTable;
pub use volume::{Drive, SharedDrive};
