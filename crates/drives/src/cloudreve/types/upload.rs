//! The JSON of uploads and of storage policies (document section 8).

use serde::Deserialize;

use super::null_is_empty;

/// An upload session that was opened. Most of it is secret.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct UploadSession {
    pub(crate) session_id: String,
    /// Bytes of a chunk; 0 if the file is sent as one.
    pub(crate) chunk_size: u64,
    /// Seconds since 1970.
    pub(crate) expires: i64,
    #[serde(deserialize_with = "null_is_empty")]
    pub(crate) upload_urls: Vec<String>,
    /// Credential of the upload at another node, or at Qiniu or Upyun.
    pub(crate) credential: Option<String>,
    #[serde(rename = "completeURL")]
    pub(crate) complete_url: Option<String>,
    pub(crate) callback_secret: Option<String>,
    pub(crate) mime_type: Option<String>,
    /// The signed policy of a form at Upyun.
    pub(crate) upload_policy: Option<String>,
    pub(crate) storage_policy: Option<Policy>,
    /// Present if the client is to encrypt what it sends.
    pub(crate) encrypt_metadata: Option<EncryptMetadata>,
}

/// Encryption of a file. Secret.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct EncryptMetadata {
    pub(crate) algorithm: String,
    /// 32 bytes in Base64.
    pub(crate) key_plain_text: Option<String>,
    /// The initial counter, 16 bytes in Base64.
    pub(crate) iv: Option<String>,
}

/// The storage policy of a folder.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Policy {
    pub(crate) id: Option<String>,
    /// The name that the site's administrator has given it.
    pub(crate) name: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    /// True if the site takes the bytes and passes them on to its storage.
    pub(crate) relay: bool,
    /// True if files are stored encrypted.
    pub(crate) encryption: bool,
    /// Upper limit for the size of a file in bytes; 0 for none.
    pub(crate) max_size: i64,
    /// Chunks that a client may send concurrently; 0 for the default of 1.
    pub(crate) chunk_concurrency: i64,
    /// The only extensions that are accepted, if there are any.
    #[serde(deserialize_with = "null_is_empty")]
    pub(crate) allowed_suffix: Vec<String>,
    #[serde(deserialize_with = "null_is_empty")]
    pub(crate) denied_suffix: Vec<String>,
}
