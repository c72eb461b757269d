//! The settings of an S3 drive, as plain values. Reading them from a file is done elsewhere.

use media::EntryPath;
use secrecy::SecretString;

/// Settings made by the owner.
#[derive(Debug, Clone)]
pub struct S3Config {
    /// The service: `https://s3.example.org`.
    pub endpoint: String,
    pub region: String,
    pub bucket: String,
    /// Without keys, requests are not signed: a public bucket.
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<SecretString>,
    /// True if the bucket is a part of the path, false if it is a part of the host name.
    pub path_style: bool,
    /// Prefix of all keys that are shown.
    pub root: EntryPath,
}
